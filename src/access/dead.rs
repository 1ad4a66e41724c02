//! Dead text: actions and condition tests that can have no effect where they stand.
//!
//! A key policy governs its own key alone (KMS Developer Guide, "Key policies"), an operation works with some types of
//! keys only, and each condition key is carried by some requests and not by others (Service Authorization Reference;
//! IAM User Guide, "Availability" of the global condition keys). What is easy to get wrong: a test that holds where
//! its key is missing (negated, `IfExists`, `ForAllValues`) is not dead, and a wildcard that merely covers an action
//! says nothing about it.

use super::view::View;
use super::{Access, Setting, Witness};
use crate::key::{Attribute, Key, Role};
use crate::logic::{Answer, Verdict};
use crate::policy::condition::Operator;
use crate::policy::facts::{self, ActionFact, ConditionKey, KeyType, Presence, Scope};
use crate::policy::glob::{Case, Glob};
use crate::policy::{Condition, Document, Element, Elements, Principal, Statement, action};
use crate::value::{Text, Trail, Value};

/// Whether an action belongs to another service than KMS.
pub fn acts_elsewhere(action: &Element<Text>) -> Access {
    let written = &action.value;
    if written.is_known() && !written.known_parts().contains(':') {
        return Answer::no([]);
    }
    match Glob::pattern(written, Case::Ignored).meets(&Glob::of("kms:*", Case::Ignored)) {
        Verdict::Yes => Answer::no([]),
        Verdict::No => found(action, "is an action of another service"),
        Verdict::CannotTell => unknown(written),
    }
}

/// Whether an action, written without wildcards, is one that policies of identities alone can allow
/// (KMS Developer Guide, "KMS API permissions").
pub fn never_in_key_policies(action: &Element<Text>) -> Access {
    of_named(&action.value, |fact| match fact.in_key_policy {
        Some(false) => found(action, "has an effect in policies of identities only"),
        _ => Answer::no([]),
    })
}

/// Whether an action, written without wildcards, does not work with keys of the type that `key` is.
pub fn not_for_key_type(action: &Element<Text>, key: &Key) -> Access {
    of_named(&action.value, |fact| {
        if !fact.on_key || KeyType::ALL.iter().all(|kind| fact.key_types.contains(kind)) {
            return Answer::no([]);
        }
        match key_type(key) {
            Ok(Some(kind)) if !fact.key_types.contains(&kind) => {
                found(action, "does not work with a key of this type")
            }
            Ok(_) => Answer::no([]),
            Err(open) => open,
        }
    })
}

/// Whether an action, written without wildcards, works in its own account only while all principals of its statement
/// belong to other accounts (Service Authorization Reference; KMS API Reference, "Cross-account use").
pub fn not_across_accounts(
    action: &Element<Text>,
    statement: &Statement,
    document: &Document,
    setting: &Setting,
) -> Access {
    of_named(&action.value, |fact| {
        if fact.cross_account || !fact.on_key {
            return Answer::no([]);
        }
        let Some(principals) = statement.principals.as_ref().filter(|it| closed(it)) else {
            return Answer::no([]);
        };
        let view = View::new(document, setting);
        let foreign = principals.items.iter().map(|item| match item.value.account() {
            Some(account) => !view.own.is(account),
            None => Answer::no([]),
        });
        Answer::all(foreign).and(found(action, "works within the key's own account only"))
    })
}

/// Whether no action of the statement sends the key of `condition`, though the test needs it: nothing is allowed.
pub fn carried_by_no_action(condition: &Condition, statement: &Statement, setting: &Setting) -> Access {
    let Some(key) = needed(condition).filter(|key| key.scope == Scope::Request) else {
        return Answer::no([]);
    };
    let covered = super::effective_actions_on(statement, setting);
    let mut names = covered.certain.iter().chain(&covered.possible).peekable();
    let none = names.peek().is_some() && names.all(|name| !sends(name, key));
    if none { tested(condition, "is sent with none of these actions") } else { Answer::no([]) }
}

/// Whether some action of the statement, written without wildcards, does not send the key of `condition`, though the
/// test needs it, while another one does: that one is not allowed.
pub fn not_carried_by_some_action(condition: &Condition, statement: &Statement, setting: &Setting) -> Access {
    let Some(key) = needed(condition).filter(|key| key.scope == Scope::Request) else {
        return Answer::no([]);
    };
    let covered = super::effective_actions_on(statement, setting);
    if !covered.certain.iter().any(|name| sends(name, key)) {
        return Answer::no([]);
    }
    let Some(actions) = statement.actions.as_ref().filter(|actions| !actions.negated) else {
        return Answer::no([]);
    };
    let dead = actions.items.iter().filter(|item| item.when.is_empty()).map(|item| {
        of_named(&item.value, |fact| {
            if !fact.on_key || sends(fact.name, key) {
                return Answer::no([]);
            }
            found(item, &format!("does not send `{}`", condition.key.shown()))
        })
    });
    let dead: Vec<Witness> = dead.filter(Answer::is_yes).flat_map(|answer| answer.because).collect();
    if dead.is_empty() { Answer::no([]) } else { Answer::yes(dead) }
}

/// Whether the principals of the statement are of a sort whose requests never carry the key of `condition`, though the
/// test needs it: `aws:SourceArn` and the like are set for services only, `kms:ViaService` and properties of IAM
/// principals for these only (IAM User Guide, "AWS global condition context keys"; KMS Developer Guide, "kms:ViaService").
pub fn carried_for_no_principal(condition: &Condition, statement: &Statement) -> Access {
    let Some(key) = needed(condition) else { return Answer::no([]) };
    let Some(principals) = statement.principals.as_ref().filter(|it| closed(it)) else {
        return Answer::no([]);
    };
    let all = |holds: fn(&Principal) -> bool| principals.items.iter().all(|item| holds(&item.value));
    if all(|it| matches!(it, Principal::Service(_))) && of_identities(key) {
        return tested(condition, "is not set when a service calls for itself");
    }
    if all(|it| it.account().is_some()) && set_for_services_only(condition) {
        return tested(condition, "is set only when a service calls for itself");
    }
    Answer::no([])
}

/// Whether a test needs a key that is set only when a service calls for itself (`aws:SourceArn` and the like).
pub(super) fn set_for_services_only(condition: &Condition) -> bool {
    needed(condition)
        .is_some_and(|key| matches!(key.presence, Presence::ServiceCaller | Presence::ServiceToService))
}

/// Whether the key of `condition` has one value in a request.
pub fn has_one_value(condition: &Condition) -> Access {
    match condition.key.as_known().map(facts::condition_key) {
        None => unknown(&condition.key),
        Some(Some(key)) if !key.many => Answer::yes([]),
        Some(_) => Answer::no([]),
    }
}

/// Whether another test of the statement holds only where the key of `condition` is in the request.
pub fn presence_is_demanded(condition: &Condition, statement: &Statement) -> Access {
    let same = |other: &&Condition| {
        let keys = condition.key.as_known().zip(other.key.as_known());
        other.span != condition.span && keys.is_some_and(|(one, two)| one.eq_ignore_ascii_case(two))
    };
    let demands = statement.conditions.iter().filter(same).map(|other| {
        let stands = if other.when.is_empty() { Answer::yes([]) } else { Answer::cannot_tell([]) };
        match Operator::of(&other.operator).map(Operator::when_missing) {
            Some(Some(false)) => stands,
            Some(None) if is_false(other) => stands,
            _ => Answer::no([]),
        }
    });
    let open = statement.open_conditions.iter().map(|it| Answer::cannot_tell([Witness::of_unknown(it)]));
    Answer::any(demands.chain(open))
}

/// Whether an ARN or a service's host names a partition other than the one that the key is in.
pub fn of_other_partition(text: &Text, setting: &Setting) -> Access {
    let own = setting.partition.as_deref();
    let own = own.or_else(|| facts::partition_of_region(setting.region.as_deref()?).map(|it| it.name));
    let Some(own) = own else { return Answer::cannot_tell([]) };
    let known = text.known_parts();
    let begins_known = matches!(text.pieces().first(), Some(crate::value::Piece::Known(..)));
    let arn = known.strip_prefix("arn:").filter(|_| begins_known).and_then(|rest| rest.split_once(':'));
    let other = match arn {
        Some((partition, _)) => facts::partition(partition).is_some_and(|it| it.name != own),
        None => text.is_known() && known.ends_with(".amazonaws.com.cn") && own != "aws-cn",
    };
    if other { Answer::yes([]) } else { Answer::no([]) }
}

/// The type of a key; `None` where its spec and usage do not go together.
fn key_type(key: &Key) -> Result<Option<KeyType>, Access> {
    if !matches!(key.role, Role::Key | Role::External) {
        return Err(Answer::cannot_tell([]));
    }
    let read = |name: Attribute, default: &'static str| {
        let value = key.attributes.get(&name).filter(|value| !value.is_null());
        match value.map(Value::as_str) {
            None => Ok(default.to_owned()),
            Some(Some(text)) => Ok(text.to_owned()),
            Some(None) => {
                Err(Answer::cannot_tell(value.into_iter().flat_map(Value::unknowns).map(Witness::of_unknown)))
            }
        }
    };
    let spec = read(Attribute::Spec, "SYMMETRIC_DEFAULT")?;
    Ok(facts::key_type(&spec, &read(Attribute::Usage, "ENCRYPT_DECRYPT")?))
}

/// Asks about the action that a text names without wildcards.
fn of_named(written: &Text, ask: impl Fn(&'static ActionFact) -> Access) -> Access {
    let Some(name) = written.known() else { return unknown(written) };
    let exact = !name.contains(['*', '?']) && action::concerns_kms(written) == Verdict::Yes;
    facts::action(&name).filter(|_| exact).map_or_else(|| Answer::no([]), ask)
}

/// The condition key, where the test cannot hold without it.
fn needed(condition: &Condition) -> Option<&'static ConditionKey> {
    let missing = Operator::of(&condition.operator)?.when_missing();
    let needed = missing == Some(false) || (missing.is_none() && is_false(condition));
    facts::condition_key(condition.key.as_known()?).filter(|_| needed)
}

/// Whether `Null` asks for a key to be there.
fn is_false(condition: &Condition) -> bool {
    let known =
        |item: &Element<Text>| item.value.as_known().is_some_and(|it| it.eq_ignore_ascii_case("false"));
    condition.open.is_none() && !condition.values.is_empty() && condition.values.iter().all(known)
}

/// Whether requests for an action carry the key.
fn sends(action: &str, key: &ConditionKey) -> bool {
    facts::action(action).is_some_and(|fact| fact.condition_keys.contains(&key.name))
}

/// Keys that describe an IAM principal, or a call that a service forwards for one.
fn of_identities(key: &ConditionKey) -> bool {
    const NAMES: [&str; 4] =
        ["kms:ViaService", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalTag/${TagKey}"];
    NAMES.contains(&key.name)
}

/// Whether all principals are known, and some are.
fn closed(principals: &Elements<Principal>) -> bool {
    !principals.negated && principals.open.is_none() && !principals.items.is_empty()
}

fn found(element: &Element<Text>, fact: &str) -> Access {
    let fact = format!("`{}` {fact}", element.value.shown());
    Answer::yes([Witness::new(element.span, fact, &element.trail)])
}

fn tested(condition: &Condition, fact: &str) -> Access {
    let fact = format!("`{}` {fact}", condition.key.shown());
    Answer::yes([Witness::new(condition.key_span, fact, &Trail::default())])
}

fn unknown(text: &Text) -> Access {
    Answer::cannot_tell(text.unknowns().map(Witness::of_unknown))
}
