//! Who can do what.
//!
//! Questions asked of policies and answered with [`Answer`](crate::logic::Answer)s whose witnesses are the deciding
//! elements. Sources: AWS KMS Developer Guide and IAM User Guide, policy evaluation logic. This room knows no
//! notation and no rule. What is easy to get wrong: an account principal is a delegation, not a grant; `Resource: "*"`
//! in a key policy means this key.

mod decide;
mod grant;
mod lockout;
mod reach;
mod request;
mod service;
mod statement;
mod witness;
mod write;

pub use decide::{Decision, Outcome, Policies, decide};
pub use grant::create_grant_unrestricted;
pub use lockout::{
    ManagerClass, ManagerFinding, deny_covers_managers, managed_only_by, managers, nobody_manages,
};
pub use reach::{
    Breadth, ForeignAccount, Reach, admits_untrusted_account, foreign_accounts, is_public,
    is_public_despite_conditions, reach,
};
pub use request::{Caller, CallerKind, Request};
pub use service::service_without_source;
pub use statement::{EffectiveActions, effective_actions};
pub use witness::{Access, Setting, Witness};
pub use write::{LacksDecrypt, identity_lacks_decrypt, lacks_decrypt};
