//! What a statement speaks about: its actions on this key.

use super::view::View;
use super::words;
use crate::logic::Verdict;
use crate::policy::{Document, Statement};

/// The KMS actions that a statement covers, by full name (`kms:Decrypt`) in the order of the facts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EffectiveActions {
    /// Covered, whatever the unknowns are.
    pub certain: Vec<&'static str>,
    /// Perhaps covered.
    pub possible: Vec<&'static str>,
}
