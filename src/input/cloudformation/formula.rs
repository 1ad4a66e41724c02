//! Conditions as formulas over what is not known.
//!
//! A condition that is decided is a truth value; of one that is not, its formula is kept, so that [`Facts`] can tell what
//! follows from it.
//!
//! [`Facts`]: super::facts::Facts

use std::sync::Arc;

/// What a condition says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Formula {
    /// It holds, or not.
    Known(bool),
    /// What is called by the first name (a parameter, mostly) is the text behind it.
    Is(Arc<str>, Arc<str>),
    /// A condition with a name holds.
    Named(Arc<str>),
    /// It does not hold.
    Not(Arc<Formula>),
    /// All of them hold.
    All(Arc<[Formula]>),
    /// Any of them holds.
    Any(Arc<[Formula]>),
    /// Nothing is known of it.
    Open,
}

impl Formula {
    pub(super) fn not(self) -> Self {
        match self {
            Self::Known(holds) => Self::Known(!holds),
            Self::Not(inner) => (*inner).clone(),
            Self::Open => Self::Open,
            other => Self::Not(Arc::new(other)),
        }
    }

    /// How many comparisons it is made of.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Not(inner) => inner.size(),
            Self::All(members) | Self::Any(members) => members.iter().map(Self::size).sum(),
            _ => 1,
        }
    }

    /// All of them (`strong` is false) or any of them (`strong` is true).
    pub(super) fn join(formulas: Vec<Self>, strong: bool) -> Self {
        if formulas.contains(&Self::Known(strong)) {
            return Self::Known(strong);
        }
        let mut left: Vec<Self> =
            formulas.into_iter().filter(|formula| !matches!(formula, Self::Known(_))).collect();
        match (left.len(), strong) {
            (0, _) => Self::Known(!strong),
            (1, _) => left.pop().unwrap_or(Self::Open),
            (_, true) => Self::Any(left.into()),
            (_, false) => Self::All(left.into()),
        }
    }
}
