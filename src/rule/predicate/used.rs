//! Predicates on keys by what uses them, for rules about keys, their policies and identity policies.
//!
//! What is easy to get wrong: what uses a key may be declared elsewhere, so that nothing uses it here says little.

use crate::access::{Access, Witness};
use crate::key::{Attribute, Key, KeyUser, Lead, Part, Pointer};
use crate::logic::Verdict;
use crate::policy::{Document, Effect, PolicyKind, Principal, Statement, action};
use crate::rule::subject::{Case, document};
use crate::value::Text;

/// What uses a key, as far as that is declared here.
#[derive(Clone, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct KeyUsedByTest {
    /// One of these uses it.
    pub any_of: Vec<String>,
    /// Whether a key will do too that nothing uses that is declared here.
    #[serde(default)]
    pub or_nobody: bool,
}

/// A key that is declared here, by what uses it.
#[derive(Clone, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ForKeyTest {
    /// One of these uses the key.
    pub used_by: Vec<String>,
    /// The key's own policy leaves this action to identity policies: it names nobody for it but accounts and services.
    pub leaves: String,
}

/// Whether one of these uses the key.
pub(super) fn key_used_by(test: &KeyUsedByTest, case: &Case<'_>) -> Access {
    let Some(key) = case.scene.key else {
        return if test.or_nobody { Access::yes([]) } else { Access::no([]) };
    };
    let leads = case.scene.leads;
    // What uses a primary key says what its replicas are for.
    let primary = key.attributes.get(&Attribute::PrimaryKey).map(|arn| leads.lead(&Pointer::of(arn.clone())));
    let primary = primary.and_then(Lead::key).map(|primary| primary.address.as_str());
    let fits = |user: &KeyUser| test.any_of.iter().any(|sort| sort == user.sort);
    let mut users =
        [Some(key.address.as_str()), primary].into_iter().flatten().flat_map(|at| leads.users_of(at));
    let some = users.clone().next().is_some();
    if users.any(|(user, _)| fits(user)) {
        return Access::yes([]);
    }
    let maybe = leads.unsure_users().iter().any(|user| fits(user));
    match (some, maybe) {
        (false, _) if test.or_nobody => Access::yes([]),
        (_, true) => Access::cannot_tell([]),
        _ => Access::no([]),
    }
}

/// Whether a resource of the statement is such a key.
pub(super) fn for_key(test: &ForKeyTest, case: &Case<'_>) -> Access {
    let Some(resources) = case.statement.and_then(|statement| statement.resources.as_ref()) else {
        return Access::no([]);
    };
    let leads = case.scene.leads;
    let is_one = |(by, part): &&(&KeyUser, Part)| {
        *part == Part::Key && test.used_by.iter().any(|sort| sort == by.sort)
    };
    let each = resources.items.iter().map(|item| {
        let Some((resource, _)) = item.value.attribute() else { return Access::no([]) };
        let key = leads.at(resource);
        let found = leads.users_of(resource).iter().find(is_one);
        let (Some(key), Some((by, _))) = (key, found) else { return Access::no([]) };
        let fact = format!("`{}` uses this key", by.address);
        leaves(key, &test.leaves).and(Access::yes([Witness::new(item.span, fact, &item.trail)]))
    });
    Access::any(each)
}

/// Whether a key's policy leaves an action to identity policies.
fn leaves(key: &Key, action: &str) -> Access {
    if key.policy_elsewhere {
        return Access::cannot_tell([]);
    }
    let documents = key.policies.iter().filter_map(|stated| document(&stated.value, PolicyKind::Key));
    let clear = |document: Document| {
        document.open.is_empty() && document.statements.iter().all(|statement| leaves_out(statement, action))
    };
    if documents.into_iter().all(clear) { Access::yes([]) } else { Access::cannot_tell([]) }
}

/// Whether a statement certainly gives an action to nobody but accounts, which delegate, and services.
fn leaves_out(statement: &Statement, action: &str) -> bool {
    let covers = statement.actions.as_ref().is_some_and(|actions| {
        let named = |text: &Text| action::matches(text, action) != Verdict::No;
        actions.negated || actions.open.is_some() || actions.items.iter().any(|item| named(&item.value))
    });
    let apart = statement.principals.as_ref().is_some_and(|principals| {
        let one = |principal: &Principal| matches!(principal, Principal::Account(_) | Principal::Service(_));
        !principals.negated
            && principals.open.is_none()
            && principals.items.iter().all(|item| one(&item.value))
    });
    statement.effect == Effect::Deny || !covers || apart
}
