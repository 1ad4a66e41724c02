//! Numbers as their decimal text.

use std::sync::Arc;

/// A number, kept as canonical decimal text without exponent: `-12`, `0.1`, `123456789012`.
///
/// Policies need numbers only as text (account ids, dates, ports); arithmetic belongs to the evaluators.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Number(Arc<str>);

impl Number {
    /// A number whose canonical text is `text`.
    pub fn from_canonical(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value, if it is an integer that fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(value.to_string().into())
    }
}
