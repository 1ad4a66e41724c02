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

impl Label {
    /// Whether it tells of nothing but a reference on the way to the place: `through …`, `in the policy of …`.
    pub fn is_reference(&self) -> bool {
        ["through ", "in the policy of `"].iter().any(|way| self.fact.starts_with(way))
    }
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
    /// The addresses of other resources, most often instances of the same, in which the same is wrong at the same places.
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
        let certainty = if problem.is_certain() { Certainty::Certain } else { Certainty::Undecided };
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

    /// ` and 29 more instances`, or ` and aws_kms_replica_key.r`, where there are any.
    pub fn and_more(&self) -> String {
        match self.others() {
            Some(others) => format!(" and {others}"),
            None => String::new(),
        }
    }

    /// The same behind a sentence.
    pub fn same_in_more(&self) -> String {
        match self.others() {
            Some(others) => format!(" (the same in {others})"),
            None => String::new(),
        }
    }

    /// The other addresses: counted where they are instances of the resource, named where they are a few others.
    fn others(&self) -> Option<String> {
        let own = without_instances(&self.resource);
        let are_instances = self.also.iter().all(|other| without_instances(other) == own);
        Some(match (self.also.as_slice(), are_instances) {
            ([], _) => return None,
            ([_], true) => "one more instance".to_owned(),
            (all, true) => format!("{} more instances", all.len()),
            ([one], false) => one.clone(),
            ([one, two], false) => format!("{one}, {two}"),
            (all, false) => format!("{} more resources", all.len()),
        })
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

/// A text with `[0]` and `["a"]` taken out of it: what instances of one resource have in common.
pub fn without_instances(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        let end = match after.strip_prefix('"') {
            Some(quoted) => end_of_quote(quoted).map(|end| end + 1),
            None => after.find(|c: char| !c.is_ascii_digit()).filter(|end| *end > 0),
        };
        let behind = end.and_then(|end| after.get(end..)?.strip_prefix(']'));
        if behind.is_none() {
            out.push('[');
        }
        rest = behind.unwrap_or(after);
    }
    out + rest
}

/// Where the text behind a quoted text starts, escapes respected.
fn end_of_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_have_one_name() {
        assert_eq!(without_instances(r#"a[0]["x][\""]b[c]["#), "ab[c][");
    }
}
