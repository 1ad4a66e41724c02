//! The policy of a replica beside that of its primary.
//!
//! AWS KMS Developer Guide, "Controlling access to multi-Region keys": the policies of related keys are independent, and
//! each gives access to the same key material. What is easy to get wrong: conditions and services of one Region differ
//! from those of another on purpose; only principals whom the primary does not name at all are told.

use super::element::decided;
use crate::access::{Access, NewAccess, Witness, compare};
use crate::key::{Attribute, Lead, Pointer};
use crate::policy::{Document, Effect, Element, PolicyKind, Principal};
use crate::rule::slot;
use crate::rule::subject::{Case, document};

/// Whether the policy of the replica lets somebody in whom that of its primary, declared here, does not name.
pub(super) fn beyond_primary(wanted: bool, case: &Case<'_>) -> Access {
    let answer = newcomers(case).unwrap_or_else(|| Access::no([]));
    if wanted { answer } else { !answer }
}

fn newcomers(case: &Case<'_>) -> Option<Access> {
    let primary = case.scene.key?.attributes.get(&Attribute::PrimaryKey)?;
    let Lead::Key(primary) = case.scene.leads.lead(&Pointer::of(primary.clone())) else {
        return None;
    };
    let ([stated], [held]) = (primary.policies.as_slice(), &*case.scene.policies) else {
        return None;
    };
    let primary = document(&stated.value, PolicyKind::Key)?;
    let new = compare(&primary, &held.document, &case.scene.setting);
    let stranger = |access: &&NewAccess| is_stranger(access, &held.document, &primary) == Some(true);
    let found: Vec<&NewAccess> = new.found.iter().filter(stranger).collect();
    let because = found.into_iter().flat_map(|access| {
        let refused = access.refused_by(&primary, &held.document, "in the policy of its primary, ");
        access.because.iter().cloned().chain([refused]).collect::<Vec<Witness>>()
    });
    let because: Vec<Witness> = because.collect();
    Some(match because.is_empty() {
        false => Access::yes(because),
        true if new.answer.is_open() => Access::cannot_tell(new.answer.because),
        true => decided(false),
    })
}

/// Whether the primary names the principal nowhere; services are of a Region.
fn is_stranger(access: &NewAccess, replica: &Document, primary: &Document) -> Option<bool> {
    let principal = &access.principal_of(replica)?.value;
    if matches!(principal, Principal::Service(_)) {
        return Some(false);
    }
    let allows = primary.statements.iter().filter(|statement| !matches!(statement.effect, Effect::Deny));
    let mut named = allows.filter_map(|statement| statement.principals.as_ref());
    let it = |item: &Element<Principal>| slot::is_same_principal(&item.value, principal);
    Some(!named.any(|all| all.negated || all.items.iter().any(it)))
}
