//! Who can change the key policy, and whether anybody can.

use super::{Access, Setting};
use crate::policy::Document;
use crate::source::Span;
use crate::value::Trail;

/// What sort of manager, by how long it lasts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ManagerClass {
    /// The account principal: IAM policies and the account root user.
    Account,
    /// Everyone, limited by a condition to the own account or to ARN patterns of it; survives recreation.
    Pattern,
    /// A role by ARN; dead when the role is recreated.
    Role,
    /// A user by ARN; dead when the user is recreated.
    User,
    /// A role of IAM Identity Center, which recreates it under another name.
    SsoRole,
    /// One session: assumed role or federated user.
    Session,
    /// Not known who.
    Unknown,
}

/// A principal that can call `kms:PutKeyPolicy`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ManagerFinding {
    /// What sort.
    pub class: ManagerClass,
    /// As written.
    pub principal: String,
    /// Where it is written.
    pub span: Span,
    /// How it came.
    pub trail: Trail,
    /// Yes: it can. Cannot tell: perhaps (condition, unknown, Deny that may match). Never no.
    pub answer: Access,
}

/// The principals of the key's account that can, or perhaps can, call `kms:PutKeyPolicy` under `document`, Deny
/// statements subtracted (AWS KMS Developer Guide, "Default key policy"). Other accounts and services never can.
pub fn managers(_document: &Document, _setting: &Setting) -> Vec<ManagerFinding> {
    todo!()
}

/// Whether no principal of the key's account can call `kms:PutKeyPolicy`, and not because of a Deny statement:
/// then only AWS Support can recover the key.
pub fn nobody_manages(_document: &Document, _setting: &Setting) -> Access {
    todo!()
}

/// Whether there would be managers but Deny statements cover them all, exemptions counted.
pub fn deny_covers_managers(_document: &Document, _setting: &Setting) -> Access {
    todo!()
}

/// Whether there are managers and all of them are of the given classes (only sessions, only named roles …).
pub fn managed_only_by(_document: &Document, _setting: &Setting, _classes: &[ManagerClass]) -> Access {
    todo!()
}
