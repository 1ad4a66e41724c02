//! Mistakes in the texts: born here, shown as findings with reserved ids.

use super::Span;

/// What sort of mistake; each is shown under a reserved rule id.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The text does not follow its notation's grammar.
    Syntax,
    /// The file could not be read, or is not text.
    Unreadable,
    /// A bound of [`Limits`](super::Limits) was hit.
    Limit,
    /// The configuration cannot be evaluated: Terraform or CloudFormation would stop here too.
    Evaluation,
    /// A plan that does not say all.
    Partial,
    /// Something that is not here may declare keys.
    Unseen,
    /// Something was written that nothing reads.
    Unread,
    /// The settings file has a mistake.
    Settings,
    /// A rule file has a mistake.
    Rule,
    /// A mistake of our own: a part of the work was not done.
    Internal,
}

impl ProblemKind {
    /// Every sort.
    pub const ALL: [Self; 10] = [
        Self::Syntax,
        Self::Unreadable,
        Self::Limit,
        Self::Evaluation,
        Self::Partial,
        Self::Unseen,
        Self::Unread,
        Self::Settings,
        Self::Rule,
        Self::Internal,
    ];

    /// Whether it keeps a scan from looking at what it was asked to look at. What a text says wrongly, in vain or not at
    /// all does not: it was looked at.
    pub fn hides(self) -> bool {
        match self {
            Self::Syntax | Self::Unreadable | Self::Limit | Self::Settings | Self::Rule | Self::Internal => {
                true
            }
            Self::Evaluation | Self::Partial | Self::Unseen | Self::Unread => false,
        }
    }

    /// The reserved rule id that it is shown under.
    pub fn id(self) -> &'static str {
        match self {
            Self::Syntax => "syntax-error",
            Self::Unreadable => "unreadable-file",
            Self::Limit => "limit-reached",
            Self::Evaluation => "evaluation-error",
            Self::Partial => "plan-partial",
            Self::Unread => "argument-ignored",
            Self::Unseen => "module-missing",
            Self::Settings => "settings-invalid",
            Self::Rule => "rule-invalid",
            Self::Internal => "internal-error",
        }
    }
}

/// A mistake in a text, with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// What sort of mistake it is.
    pub kind: ProblemKind,
    /// One lower-case sentence without full stop; the user's text in backticks.
    pub message: String,
    /// Where it lies; the empty span at the start of the file when the whole file is meant.
    pub span: Span,
    /// Other places that explain it, each with a fact.
    pub labels: Vec<(Span, String)>,
    /// What to do about it.
    pub help: Option<String>,
    /// Whether it is one only if something holds that is not known, which the labels tell.
    pub doubtful: bool,
}

impl Problem {
    /// A mistake of the given kind at `span`.
    pub fn new(kind: ProblemKind, span: Span, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), span, labels: Vec::new(), help: None, doubtful: false }
    }

    /// Whether it is a mistake for certain: what is not here may be fine.
    pub fn is_certain(&self) -> bool {
        !self.doubtful && self.kind != ProblemKind::Unseen
    }

    /// The same with an advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same, not certain for what is told at the places.
    #[must_use]
    pub fn doubtful(self, doubts: impl IntoIterator<Item = (Span, String)>) -> Self {
        let problem = doubts.into_iter().fold(self, |problem, (span, fact)| problem.label(span, fact));
        Self { doubtful: true, ..problem }
    }

    /// The same with one more place.
    #[must_use]
    pub fn label(mut self, span: Span, fact: impl Into<String>) -> Self {
        self.labels.push((span, fact.into()));
        self
    }
}
