//! What we tell the user: rule, severity, certainty, labels, help, fix, fingerprint.
//!
//! The one thing that reporters know. A finding is finished when it is made: its texts are the final sentences, its
//! spans the final places. What is easy to get wrong: the user's own text inside a message is hostile until a
//! reporter has made it safe for its format; nothing is escaped here.

use crate::source::{Problem, ProblemKind, Span};
use serde::{Deserialize, Serialize};

/// How bad it is, from an event to mention to one to stop for.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth tidying.
    Low,
    /// Worth changing before it is applied.
    Medium,
    /// It will fail, or expose, or lose something.
    High,
    /// Anyone gets in, or nobody ever again.
    Critical,
}

impl Severity {
    /// From the worst to the least.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// Its name in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// Whether it holds for every value of what is unknown.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// It holds.
    Certain,
    /// It may hold; the labels say what could not be known.
    Undecided,
}

/// A place with a fact about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A fact about the place.
    pub fact: String,
}

/// A change of text that repairs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What it does, as an imperative.
    pub title: String,
    /// What is replaced by what; disjoint, in one file or several.
    pub edits: Vec<(Span, String)>,
}

/// Something to tell the user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The rule that found it, or a reserved id.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// Whether it is certain.
    pub certainty: Certainty,
    /// What is wrong: one lower-case sentence without full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The stack that it is part of, for templates.
    pub stack: Option<String>,
    /// The path of the CDK construct that made the resource.
    pub construct: Option<String>,
    /// The address of the key or other resource; empty for mistakes in a text.
    pub resource: String,
    /// The addresses of other instances of the same resource, in which the same is wrong at the same places.
    pub also: Vec<String>,
    /// Where the problem is.
    pub primary: Label,
    /// Other places that explain it, in any file, the most telling first.
    pub secondary: Vec<Label>,
    /// What repairs it.
    pub fixes: Vec<Fix>,
    /// Stable over edits elsewhere in the file; made by the rule engine.
    pub fingerprint: String,
    /// Set when the user has accepted it: the reason given and the place of the acceptance.
    pub accepted: Option<Acceptance>,
}

/// A user's word that a finding is fine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Acceptance {
    /// The reason that the user gave.
    pub reason: String,
    /// The comment or entry.
    pub span: Span,
}

impl Finding {
    /// A mistake in a text, as a finding with a reserved rule id.
    pub fn of_problem(problem: Problem) -> Self {
        let severity = match problem.kind {
            ProblemKind::Limit | ProblemKind::Partial | ProblemKind::Unseen => Severity::Medium,
            _ => Severity::High,
        };
        let certainty = match problem.kind {
            ProblemKind::Unseen => Certainty::Undecided,
            _ if problem.doubtful => Certainty::Undecided,
            _ => Certainty::Certain,
        };
        Self {
            rule: problem.kind.id().to_owned(),
            severity,
            certainty,
            primary: Label { span: problem.span, fact: String::new() },
            message: problem.message,
            help: problem.help,
            stack: None,
            construct: None,
            resource: String::new(),
            also: Vec::new(),
            secondary: problem.labels.into_iter().map(|(span, fact)| Label { span, fact }).collect(),
            fixes: Vec::new(),
            fingerprint: String::new(),
            accepted: None,
        }
    }

    /// ` and 29 more instances`, where there are any.
    pub fn and_more(&self) -> String {
        match self.also.len() {
            0 => String::new(),
            1 => " and one more instance".to_owned(),
            more => format!(" and {more} more instances"),
        }
    }

    /// The same behind a sentence.
    pub fn same_in_more(&self) -> String {
        match self.also.len() {
            0 => String::new(),
            1 => " (the same in one more instance)".to_owned(),
            more => format!(" (the same in {more} more instances)"),
        }
    }

    /// Every sentence of it.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let facts = self.secondary.iter_mut().map(|label| &mut label.fact);
        [&mut self.message, &mut self.primary.fact].into_iter().chain(&mut self.help).chain(facts)
    }

    /// All labels, the primary one first.
    pub fn labels(&self) -> impl Iterator<Item = &Label> {
        std::iter::once(&self.primary).chain(&self.secondary)
    }
}
