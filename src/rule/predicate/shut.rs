//! Permissions of identity policies that a key's policy makes void.
//!
//! AWS KMS Developer Guide, "Key policies in AWS KMS": IAM policies count only where the key policy delegates to the
//! account. What is easy to get wrong: an identity that the key policy itself names has access all the same, so the one
//! that has the identity policy must be known to be another.

use super::element::decided;
use crate::access::{Access, Witness};
use crate::key::{Key, Lead, Pointer};
use crate::policy::{AccountRef, Document, Effect, PolicyKind, Principal, Statement};
use crate::rule::subject::{Case, Item, Thing, document};
use crate::value::{Piece, Reason, Symbol, Text, Trail, Value};

/// Whether the resource is a key that is declared here, whose policy neither delegates to IAM policies nor names the
/// identity that has this one.
pub(super) fn shut_out(wanted: bool, case: &Case<'_>) -> Access {
    let answer = resource(case).unwrap_or_else(|| Access::no([]));
    if wanted { answer } else { !answer }
}

fn resource(case: &Case<'_>) -> Option<Access> {
    let (Item::Resource(element), Thing::Identity(policy)) = (case.item, case.scene.thing) else {
        return None;
    };
    let arn = matches!(element.value.attribute(), Some((_, name)) if name.eq_ignore_ascii_case("arn"));
    let value = Value::text(element.value.clone(), element.span);
    let Lead::Key(key) = case.scene.leads.lead(&Pointer::of(value)) else { return None };
    if !arn || key.policy_elsewhere {
        return None;
    }
    let [stated] = key.policies.as_slice() else { return None };
    let read = document(&stated.value, PolicyKind::Key)?;
    let holder = policy.holder.as_ref()?;
    if !is_shut(&read, holder, case.scene.setting.account.as_deref(), key) {
        return Some(decided(false));
    }
    let here = format!("nothing is allowed on `{}` by this", key.address);
    Some(Access::yes([
        Witness::new(element.span, here, &element.trail),
        Witness::new(stated.name_span, "this policy does not let IAM policies count", &Trail::default()),
    ]))
}

/// Whether no statement can let the holder in, by its name or by an IAM policy.
fn is_shut(policy: &Document, holder: &Pointer, own: Option<&str>, key: &Key) -> bool {
    let own = key.account.as_ref().and_then(Text::known).or_else(|| own.map(str::to_owned));
    policy.open.is_empty()
        && policy.statements.iter().all(|statement| {
            matches!(statement.effect, Effect::Deny) || leaves_out(statement, holder, own.as_deref())
        })
}

fn leaves_out(statement: &Statement, holder: &Pointer, own: Option<&str>) -> bool {
    let Some(principals) = &statement.principals else { return true };
    let other = |principal: &Principal| match principal {
        Principal::Service(_) => true,
        Principal::Account(AccountRef::Id(id)) => own.is_some_and(|own| own != id),
        Principal::Role(arn) | Principal::User(arn) => is_another(&arn.text, holder),
        Principal::Someone(text) => is_another(text, holder),
        _ => false,
    };
    !principals.negated && principals.open.is_none() && principals.items.iter().all(|item| other(&item.value))
}

/// Whether a principal is certainly not the holder: another declared one, or one of another name.
fn is_another(principal: &Text, holder: &Pointer) -> bool {
    let held = holder.value.as_text();
    let declared = holder.address.clone().or_else(|| held.and_then(declared));
    if let Some(own) = declared {
        return self::declared(principal).is_some_and(|other| other != own);
    }
    let shown = principal.shown();
    let name = shown.rsplit('/').next().filter(|name| !name.contains('$'));
    let held = held.and_then(Text::known).filter(|held| !held.contains('/'));
    held.zip(name).is_some_and(|(held, name)| !name.eq_ignore_ascii_case(&held))
}

/// The role or user that is made here, whose name or ARN a text is.
fn declared(text: &Text) -> Option<String> {
    let Some(Piece::Unknown(unknown)) = text.pieces().last() else { return None };
    match &unknown.symbol {
        Symbol::Attribute { resource, .. } => Some(resource.to_string()),
        Symbol::Name if unknown.reason == Reason::AfterApply => {
            Some(unknown.name.strip_suffix(".name").unwrap_or(&unknown.name).to_owned())
        }
        _ => None,
    }
}
