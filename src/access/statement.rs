//! What a statement speaks about: its actions and its resource.

use crate::policy::Statement;

/// The KMS actions that a statement covers, by full name (`kms:Decrypt`) in the order of the facts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EffectiveActions {
    /// Covered, whatever the unknowns are.
    pub certain: Vec<&'static str>,
    /// Perhaps covered.
    pub possible: Vec<&'static str>,
}

/// The KMS actions that have an effect in a key policy and that `statement` covers, wildcards expanded,
/// `NotAction` inverted. Empty when it has no `Action` or no `Resource`: KMS accepts that, and it does nothing.
pub fn effective_actions(_statement: &Statement) -> EffectiveActions {
    todo!()
}
