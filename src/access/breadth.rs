//! How wide.

use super::Witness;

/// Whom a statement admits, from nobody to the world: AWS KMS Developer Guide, "Key policies", and IAM User Guide,
/// "Principal". Service principals are a class of their own and not counted here
/// (see [`service_without_source`](super::service_without_source)).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Breadth {
    /// No identity: a Deny, a statement without effect, service principals only.
    Nobody,
    /// Named identities of the key's account.
    NamedOwn,
    /// The key's account by delegation: its IAM policies decide.
    OwnAccount,
    /// Every identity of the key's account directly: no IAM policy is needed.
    DirectOwnAccount,
    /// Another account that the settings trust.
    TrustedAccount,
    /// An organisation that the settings trust, or the deploying account's own.
    TrustedOrg,
    /// Another account that the settings do not name.
    ForeignAccount,
    /// An organisation that the settings do not name.
    ForeignOrg,
    /// Every AWS account, but only from given networks.
    WorldByNetwork,
    /// Every AWS account.
    World,
}

/// How far a statement reaches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reach {
    /// At least so far, whatever the unknowns are.
    pub at_least: Breadth,
    /// At most so far, whatever the unknowns are. Equal to `at_least` when nothing relevant is unknown.
    pub at_most: Breadth,
    /// What makes it so: principals, conditions, unknowns.
    pub because: Vec<Witness>,
}

/// An account other than the key's that a statement admits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForeignAccount {
    /// Its 12 digits; `None` when they are not known.
    pub account: Option<String>,
    /// Whether the settings trust it.
    pub trusted: bool,
    /// Whether the whole account is admitted, not named identities of it.
    pub whole: bool,
    /// Yes: foreign and admitted. Cannot tell: perhaps the own account, perhaps not admitted.
    pub answer: super::Access,
}
