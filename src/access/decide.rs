//! One request against all policies.

use super::{Request, Witness};
use crate::policy::Document;

/// The policies that take part.
#[derive(Clone, Copy, Debug)]
pub struct Policies<'a> {
    /// The key policy.
    pub key: &'a Document,
    /// The caller's identity policies; all that there are.
    pub identity: &'a [Document],
    /// The caller's permissions boundary; empty: none.
    pub boundary: &'a [Document],
}

/// What comes of a request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    /// It is allowed.
    Allowed,
    /// No policy allows it.
    ImplicitlyDenied,
    /// A policy denies it.
    ExplicitlyDenied,
    /// It depends on what is not known.
    Undecided,
}

/// An outcome and what makes it so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// What comes of it.
    pub outcome: Outcome,
    /// The statements, conditions and unknowns that decide.
    pub because: Vec<Witness>,
}

/// What comes of `request` (IAM User Guide, "Policy evaluation logic"; AWS KMS Developer Guide, "Troubleshooting
/// key access"): Deny first, then the key policy, directly or by delegation; another account's caller needs its
/// own identity policy as well.
pub fn decide(_request: &Request, _policies: &Policies<'_>) -> Decision {
    todo!()
}
