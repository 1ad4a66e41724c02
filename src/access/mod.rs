//! Who can do what.
//!
//! Questions asked of policies and answered with [`Answer`](crate::logic::Answer)s whose witnesses are the deciding
//! elements. Sources: AWS KMS Developer Guide and IAM User Guide, policy evaluation logic. This room knows no
//! notation and no rule. What is easy to get wrong: an account principal is a delegation, not a grant; `Resource: "*"`
//! in a key policy means this key.

use crate::logic::Answer;
use crate::source::Span;
use crate::value::Trail;
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
}

/// An answer of this room.
pub type Access = Answer<Witness>;

/// Where a key lives and whom its owner trusts: from the settings, the source, or not known (`None`).
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// The 12 digits of the key's account.
    pub account: Option<String>,
    /// The partition.
    pub partition: Option<String>,
    /// The Region.
    pub region: Option<String>,
    /// Accounts that may use the key.
    pub trusted_accounts: Vec<String>,
    /// Organisations that may use the key.
    pub trusted_orgs: Vec<String>,
}
