//! What proves an answer, and where the key lives.

use crate::logic::Answer;
use crate::source::Span;
use crate::value::{Assumption, Reason, Trail, Unknown};
use std::sync::Arc;

/// A place that decides an answer, and what it says there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness {
    /// The place.
    pub span: Span,
    /// A fact about it: `` `*` is everyone ``.
    pub fact: Arc<str>,
    /// How what stands there came.
    pub trail: Trail,
    /// Set where it says what is not known: what would have to be.
    pub missing: Option<Missing>,
}

/// What would have to be known for an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Missing {
    /// A value, by its name, and why it is not known.
    Value(Arc<str>, Reason),
    /// Whether a condition of the configuration holds.
    Decision(Arc<str>),
    /// The key's account.
    Account,
}

/// An answer of this room.
pub type Access = Answer<Witness>;

/// Where a key lives and whom its owner trusts: from the settings, the source, or not known (`None`).
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// The 12 digits of the key's account.
    pub account: Option<String>,
    /// The address of the key's declaration, so that a reference to its own ARN is known as such.
    pub key: Option<String>,
    /// The partition.
    pub partition: Option<String>,
    /// The Region.
    pub region: Option<String>,
    /// Accounts that may use the key.
    pub trusted_accounts: Vec<String>,
    /// Organisations that may use the key.
    pub trusted_orgs: Vec<String>,
    /// The ARN of the identity that applies changes.
    pub deployer: Option<String>,
}

impl Witness {
    /// A fact about a place.
    pub fn new(span: Span, fact: impl Into<Arc<str>>, trail: &Trail) -> Self {
        Self { span, fact: fact.into(), trail: trail.clone(), missing: None }
    }

    /// The same, as what says that something is not known.
    #[must_use]
    pub fn misses(self, missing: Missing) -> Self {
        Self { missing: Some(missing), ..self }
    }

    /// A condition of the configuration that is not decided.
    pub fn of_assumption(assumption: &Assumption) -> Self {
        let fact = format!("`{}` decides this and is not known", assumption.condition);
        Self::new(assumption.span, fact, &Trail::default())
            .misses(Missing::Decision(Arc::clone(&assumption.condition)))
    }

    /// An unknown, with its name and the reason that it is not known.
    pub fn of_unknown(unknown: &Unknown) -> Self {
        let fact = format!("`{}` {}", unknown.name, unknown.reason);
        let missing = Missing::Value(Arc::clone(&unknown.name), unknown.reason);
        Self::new(unknown.span, fact, &Trail::default()).misses(missing)
    }
}
