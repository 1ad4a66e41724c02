//! Who can do what.
//!
//! Questions asked of policies and answered with [`Answer`](crate::logic::Answer)s whose witnesses are the deciding
//! elements. Sources: AWS KMS Developer Guide and IAM User Guide, policy evaluation logic. This room knows no
//! notation and no rule. What is easy to get wrong: an account principal is a delegation, not a grant; `Resource: "*"`
//! in a key policy means this key.

mod asked;
mod beside;
mod breadth;
mod candidate;
mod compare;
#[cfg(test)]
mod compare_tests;
mod crossed;
mod dead;
#[cfg(test)]
mod dead_tests;
mod decide;
mod delegate;
#[cfg(test)]
mod denial_tests;
mod deny;
mod deployer;
#[cfg(test)]
mod documents_tests;
mod duty;
mod explain;
mod foreign;
mod grant;
mod hold;
mod keeper;
#[cfg(test)]
mod law_tests;
mod limit;
mod lockout;
#[cfg(test)]
mod lockout_tests;
#[cfg(test)]
mod model;
#[cfg(test)]
mod model_tests;
mod narrow;
mod near;
mod own;
mod pinned;
#[cfg(test)]
mod question_tests;
mod range;
mod reach;
#[cfg(test)]
mod reach_tests;
mod request;
mod resource;
mod same;
mod service;
mod spoken;
mod statement;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod told_tests;
mod view;
mod widen;
mod witness;
mod words;
mod world;
mod write;
#[cfg(test)]
mod write_tests;

pub use asked::{Asked, Filled, OpenPolicy, lets_in, only_one_of};
pub use beside::{attestation_is_bypassed, identities_shut_out_by_source};
pub use breadth::{Breadth, ForeignAccount, Reach};
pub use dead::{
    acts_elsewhere, carried_by_no_action, carried_for_no_principal, has_one_value, never_in_key_policies,
    not_across_accounts, not_carried_by_some_action, not_for_key_type, of_other_partition,
    presence_is_demanded,
};
pub use decide::{Decision, Outcome, Policies, decide};
pub use delegate::{delegates_conditionally, no_delegation};
pub use deployer::deployer_may;
pub use duty::Duty;
pub use explain::{Considered, consider};
pub use foreign::{admits_untrusted_account, foreign_accounts};
pub use grant::{changes_policy_too, create_grant_unrestricted};
pub use keeper::{SoleKeeper, nobody_may, sole_keepers};
pub use lockout::{
    ManagerClass, ManagerFinding, deny_covers_managers, managed_only_by, managers, nobody_manages,
};
pub use own::own_account;
pub use reach::{is_public, is_public_despite_conditions, reach};
pub use request::{Caller, CallerKind, Request};
pub use resource::covers_key;
pub use service::service_without_source;
pub use statement::{EffectiveActions, effective_actions, effective_actions_on};
pub use widen::{Granted, New, NewAccess, compare, not_granted};
pub use witness::{Access, Missing, Setting, Witness};
pub use write::{LacksDecrypt, identity_lacks_decrypt, lacks_decrypt, may_decrypt};
