//! From the plan to the source: the same keys and policies, at the characters that people wrote.
//!
//! A plan prints policies in normal form on one line. Where the source's policy has the same element, or one that is
//! not known from source alone, the plan's element takes its place and the way that it came. What is easy to get wrong:
//! the value stays the plan's; an element that the source has not keeps its place in the plan.

use super::address::Address;
use crate::key::{Declared, IdentityPolicy, Key, KeyUser, StatedPolicy};
use crate::source::{ProblemKind, Span};
use crate::syntax::json;
use crate::value::{Entry, Kind, List, Map, Name, Text, Trail, Value};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Lets what the plan declares point into the source.
pub(super) fn point_into(plan: &mut Declared, source: Declared) {
    let keys = Index::of(source.keys.iter().map(|key| key.address.as_str()));
    for key in &mut plan.keys {
        if let Some((at, exact)) = keys.find(&key.address)
            && let Some(found) = source.keys.get(at)
        {
            point_key(key, found, exact);
        }
    }
    let identities = Index::of(source.identity_policies.iter().map(|policy| policy.address.as_str()));
    for policy in &mut plan.identity_policies {
        if let Some((at, exact)) = identities.find(&policy.address)
            && let Some(found) = source.identity_policies.get(at)
        {
            point_identity(policy, found, exact);
        }
    }
    let aliases = Index::of(source.aliases.iter().map(|alias| alias.address.as_str()));
    for alias in &mut plan.aliases {
        if let Some(found) = aliases.find(&alias.address).and_then(|(at, _)| source.aliases.get(at)) {
            (alias.span, alias.trail) = (found.span, found.trail.clone());
        }
    }
    let grants = Index::of(source.grants.iter().map(|grant| grant.address.as_str()));
    for grant in &mut plan.grants {
        if let Some(found) = grants.find(&grant.address).and_then(|(at, _)| source.grants.get(at)) {
            (grant.span, grant.trail) = (found.span, found.trail.clone());
        }
    }
    point_users(&mut plan.users, &source.users);
    plan.comments.extend(source.comments);
    plan.remarks.extend(source.remarks);
    // What the source's evaluation could not do, Terraform did when it planned.
    plan.problems
        .extend(source.problems.into_iter().filter(|problem| problem.kind != ProblemKind::Evaluation));
}

/// Where addresses stand in a list: exactly, or with instance keys left out.
struct Index {
    exact: FxHashMap<String, usize>,
    /// The place, and whether it is the only one.
    declared: FxHashMap<String, (usize, bool)>,
}

impl Index {
    fn of<'a>(addresses: impl Iterator<Item = &'a str>) -> Self {
        let mut index = Self { exact: FxHashMap::default(), declared: FxHashMap::default() };
        for (at, address) in addresses.enumerate() {
            index.exact.insert(address.to_owned(), at);
            let declaration = Address::parse(address).declaration();
            index.declared.entry(declaration).and_modify(|known| known.1 = false).or_insert((at, true));
        }
        index
    }

    /// The place of an address, and whether it is certainly the same instance's.
    fn find(&self, address: &str) -> Option<(usize, bool)> {
        let exact = self.exact.get(address).map(|at| (*at, true));
        exact.or_else(|| self.declared.get(&Address::parse(address).declaration()).copied())
    }
}

/// Users stand where the source declares them, and so does each of their arguments.
fn point_users(users: &mut [KeyUser], sources: &[KeyUser]) {
    let declaration = |user: &KeyUser| (user.sort, Address::parse(&user.address).declaration());
    let index: FxHashMap<(&str, String), &KeyUser> =
        sources.iter().rev().map(|user| (declaration(user), user)).collect();
    for user in users {
        let Some(found) = index.get(&declaration(user)) else { continue };
        (user.span, user.trail) = (found.span, found.trail.clone());
        user.account = user.account.take().or_else(|| found.account.clone());
        user.region = user.region.take().or_else(|| found.region.clone());
        for of in &mut user.parts {
            if let Some(written) = found.part(of.part) {
                of.name_span = written.name_span;
                of.span = written.span;
            }
        }
    }
}

fn point_key(key: &mut Key, source: &Key, exact: bool) {
    key.span = source.span;
    key.trail = source.trail.clone();
    key.account = key.account.take().or_else(|| source.account.clone());
    key.partition = key.partition.take().or_else(|| source.partition.clone());
    key.region = key.region.take().or_else(|| source.region.clone());
    for (name, value) in &source.attributes {
        match key.attributes.get_mut(name) {
            Some(planned) => *planned = grafted(planned, value, exact),
            None if *name == crate::key::Attribute::Retained => {
                key.attributes.insert(*name, value.clone());
            }
            None => {}
        }
    }
    let sources = Index::of(source.policies.iter().map(|policy| policy.address.as_str()));
    for policy in &mut key.policies {
        if let Some((at, same)) = sources.find(&policy.address)
            && let Some(found) = source.policies.get(at)
        {
            point_policy(policy, found, exact && same);
        }
    }
}

fn point_policy(policy: &mut StatedPolicy, source: &StatedPolicy, exact: bool) {
    policy.name_span = source.name_span;
    policy.value = policy_at(&policy.value, &source.value, exact);
    if let (Some(planned), Some(written)) = (&policy.bypass, &source.bypass) {
        policy.bypass = Some(grafted(planned, written, exact));
    }
}

fn point_identity(policy: &mut IdentityPolicy, source: &IdentityPolicy, exact: bool) {
    policy.span = source.span;
    policy.trail = source.trail.clone();
    policy.value = policy_at(&policy.value, &source.value, exact);
}

/// The planned policy at the source's places; the source's own where the plan does not know it yet.
fn policy_at(planned: &Value, source: &Value, exact: bool) -> Value {
    if matches!(planned.kind, Kind::Unknown(_)) {
        return if exact { source.clone() } else { planned.clone() };
    }
    let (Some(inner), Some(outer)) = (document(planned), document(source)) else { return planned.clone() };
    let inner = grafted(&inner, &outer, exact);
    let kind = match &planned.kind {
        Kind::Text(text) => Kind::Text(text.clone().encoding(inner)),
        _ => inner.kind,
    };
    Value { kind, secret: planned.secret || source.secret, ..source.clone() }
}

fn document(value: &Value) -> Option<Value> {
    match &value.kind {
        Kind::Text(text) => json::parse_text(text, value.span).ok(),
        Kind::Map(_) => Some(value.clone()),
        _ => None,
    }
}

/// `planned` with the places of `source`, wherever the two are the same or the source's is not known.
fn grafted(planned: &Value, source: &Value, exact: bool) -> Value {
    let kind = match (&planned.kind, &source.kind) {
        (_, Kind::Unknown(_)) => return moved(planned, source.span, &source.trail),
        (Kind::Unknown(_), _) if exact => return source.clone(),
        (Kind::Map(map), Kind::Map(written)) => Kind::Map(Arc::new(map_at(map, written, exact))),
        (Kind::List(list), Kind::List(written)) => Kind::List(Arc::new(list_at(list, &written.items, exact))),
        (Kind::List(list), Kind::Text(_)) => {
            Kind::List(Arc::new(list_at(list, std::slice::from_ref(source), exact)))
        }
        (Kind::Text(_), Kind::List(written)) => match written.items.as_slice() {
            [one] => return grafted(planned, one, exact),
            _ => return planned.clone(),
        },
        (Kind::Text(text), Kind::Text(written)) => match (text.known(), written.known()) {
            (Some(here), Some(there)) if here == there => Kind::Text(written.clone()),
            (Some(here), None) => Kind::Text(Text::made(here, source.span)),
            _ => return planned.clone(),
        },
        (here, there) if here == there => here.clone(),
        _ => return planned.clone(),
    };
    let secret = planned.secret || source.secret;
    Value { kind, secret, ..source.clone() }
}

fn map_at(planned: &Map, source: &Map, exact: bool) -> Map {
    let entry = |entry: &Entry| match source.entry(&entry.name.text.known_parts()) {
        Some(written) => {
            let name = Name { text: written.name.text.clone(), span: written.name.span };
            Entry { name, value: grafted(&entry.value, &written.value, exact) }
        }
        None => entry.clone(),
    };
    Map { entries: planned.entries.iter().map(entry).collect(), ..planned.clone() }
}

/// Elements find theirs by `Sid`, by being equal, or by their position.
fn list_at(planned: &List, source: &[Value], exact: bool) -> List {
    let mut by_text: FxHashMap<String, &Value> = FxHashMap::default();
    for item in source {
        if let Some(label) = label(item) {
            by_text.entry(label).or_insert(item);
        }
    }
    let same_length = planned.items.len() == source.len();
    let item = |(at, item): (usize, &Value)| {
        let named = label(item).and_then(|label| by_text.get(&label).copied());
        let beside =
            source.get(at).filter(|beside| same_length && (label(beside).is_none() || label(item).is_none()));
        named.or(beside).map_or_else(|| item.clone(), |found| grafted(item, found, exact))
    };
    List { items: planned.items.iter().enumerate().map(item).collect(), ..planned.clone() }
}

/// What an element is told by: a text by itself, a statement by its Sid.
fn label(item: &Value) -> Option<String> {
    match &item.kind {
        Kind::Text(text) => text.known(),
        Kind::Map(_) => item.get("Sid")?.as_text()?.known().filter(|sid| !sid.is_empty()),
        _ => None,
    }
}

/// The same value, all of it from `span`.
fn moved(value: &Value, span: Span, trail: &Trail) -> Value {
    let kind = match &value.kind {
        Kind::Text(text) => {
            text.known().map_or(value.kind.clone(), |known| Kind::Text(Text::made(known, span)))
        }
        Kind::List(list) => {
            let items = list.items.iter().map(|item| moved(item, span, trail)).collect();
            Kind::List(Arc::new(List { items, ..(**list).clone() }))
        }
        Kind::Map(map) => {
            let entry = |entry: &Entry| Entry {
                name: Name { text: entry.name.text.clone(), span },
                value: moved(&entry.value, span, trail),
            };
            Kind::Map(Arc::new(Map { entries: map.entries.iter().map(entry).collect(), ..(**map).clone() }))
        }
        kind => kind.clone(),
    };
    Value { kind, span, trail: trail.clone(), ..value.clone() }
}
