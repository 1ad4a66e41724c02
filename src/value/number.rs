//! Numbers as their decimal text.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A number, kept as canonical decimal text without exponent: `-12`, `0.1`, `123456789012`.
///
/// Policies need numbers only as text (account ids, dates, ports); arithmetic belongs to the evaluators. The text is the
/// shortest that reads back as the same binary number of so many bits.
#[derive(Clone, Debug)]
pub struct Number {
    text: Arc<str>,
    bits: u16,
}

/// The bits that a number has which was written or read.
const WRITTEN: u16 = 512;

impl Number {
    /// A number whose canonical text is `text`.
    pub fn from_canonical(text: impl Into<Arc<str>>) -> Self {
        Self { text: text.into(), bits: WRITTEN }
    }

    /// The same as a binary number of so many bits: some calculations give fewer than a written number has.
    #[must_use]
    pub fn of_bits(self, bits: usize) -> Self {
        Self { bits: u16::try_from(bits).unwrap_or(WRITTEN), ..self }
    }

    /// How many bits it has as a binary number.
    pub fn bits(&self) -> usize {
        self.bits.into()
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The value, if it is an integer that fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.text.parse().ok()
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::from_canonical(value.to_string())
    }
}
