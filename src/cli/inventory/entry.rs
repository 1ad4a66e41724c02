//! The entries of an inventory: one for every key, policy, alias and grant.

use super::document::{Resolved, json, one, resolved};
use crate::cli::output::{Place, place};
use crate::key::{
    Alias, Attribute, Declared, Grant, IdentityPolicy, Key, KeyUser, Leads, Part, Pointer, Role, StatedPolicy,
};
use crate::source::SourceMap;
use crate::value::{Trail, Value};
use serde::Serialize;
use std::collections::BTreeMap;

/// One thing that is declared.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    /// What it is: `key`, `replica`, `key policy`, `alias`, `grant`, `IAM policy`, `key user`, `sender`.
    pub(super) kind: &'static str,
    /// Its address.
    pub(super) address: String,
    /// The stack that it is part of, for templates.
    #[serde(skip_serializing_if = "Option::is_none")]
    stack: Option<String>,
    /// The path of the CDK construct that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    construct: Option<String>,
    /// File, line and column.
    pub(super) place: Place,
    /// How it came to be declared: notes with their places, the newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trail: Vec<Step>,
    /// The address of the key that it is about, or what is written in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// What is written about it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    facts: BTreeMap<String, serde_json::Value>,
    /// The policy's text: one, or one for each case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) policy: Vec<Resolved>,
}

/// A step of the way by which something came to be declared.
#[derive(Debug, Serialize)]
struct Step {
    note: String,
    place: Place,
}

/// Everything that a root module, plan or template declares; a key is followed by its policies.
pub(super) fn entries(declared: &Declared, map: &SourceMap) -> Vec<Entry> {
    let mut found = Vec::new();
    for key in &declared.keys {
        if key.role != Role::PolicyAlone {
            found.push(of_key(key, map));
        }
        found.extend(key.policies.iter().map(|policy| of_policy(key, policy, map)));
    }
    found.extend(declared.aliases.iter().map(|alias| of_alias(alias, map)));
    found.extend(declared.grants.iter().map(|grant| of_grant(grant, map)));
    found.extend(declared.identity_policies.iter().map(|policy| of_identity(policy, map)));
    let leads = Leads::of(declared);
    found.extend(
        declared.users.iter().filter(|user| user.takes_part()).map(|user| of_user(user, &leads, map)),
    );
    for entry in &mut found {
        entry.stack.clone_from(&declared.stack);
        entry.construct = declared.constructs.get(&entry.address).cloned();
    }
    found
}

impl Entry {
    fn new(kind: &'static str, address: &str, place: Place, trail: Vec<Step>) -> Self {
        let (stack, construct, key, facts, policy) = Default::default();
        Self { stack, construct, kind, address: address.to_owned(), place, trail, key, facts, policy }
    }

    fn fact(&mut self, name: &str, value: &Value, map: &SourceMap) {
        if !value.is_null() {
            self.facts.insert(name.to_owned(), json(value, map));
        }
    }

    /// A fact that there may be several of.
    fn several(&mut self, name: &str, value: serde_json::Value) {
        let known = self.facts.entry(name.to_owned()).or_insert(serde_json::Value::Null);
        match known {
            serde_json::Value::Null => *known = value,
            serde_json::Value::Array(items) if !items.contains(&value) => items.push(value),
            serde_json::Value::Array(_) => {}
            other if *other == value => {}
            other => *other = vec![other.clone(), value].into(),
        }
    }

    /// What a row of the table says about it.
    pub(super) fn about(&self) -> String {
        let text = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Array(items) => {
                let texts =
                    items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned));
                texts.collect::<Vec<_>>().join(", ")
            }
            other => other.to_string(),
        };
        let key = self.key.iter().map(|key| format!("for {key}"));
        let facts = self.facts.iter().filter(|(name, _)| *name != "tags" && *name != "description");
        let facts = facts.map(|(name, value)| format!("{name} {}", text(value)));
        let stack = self.stack.iter().filter(|stack| !self.place.is_in(stack));
        let stack = stack.map(|stack| format!("stack {stack}"));
        let construct = self.construct.iter().map(|path| format!("construct {path}"));
        key.chain(facts).chain(stack).chain(construct).collect::<Vec<_>>().join("; ")
    }
}

fn of_key(key: &Key, map: &SourceMap) -> Entry {
    let kind = match key.role {
        Role::Key | Role::PolicyAlone => "key",
        Role::External => "external key",
        Role::Replica => "replica",
        Role::ReplicaExternal => "external replica",
    };
    let mut entry = Entry::new(kind, &key.address, place(key.span, map), steps(&key.trail, map));
    for (attribute, value) in &key.attributes {
        entry.fact(&name_of(*attribute), value, map);
    }
    let deployed = [("account", &key.account), ("partition", &key.partition), ("region", &key.region)];
    for (name, text) in deployed {
        if let Some(text) = text {
            entry.facts.insert(name.to_owned(), serde_json::Value::String(text.shown()));
        }
    }
    if key.policies.is_empty() {
        let which = if key.policy_elsewhere { "stated out of sight" } else { "the default key policy" };
        entry.facts.insert("policy".to_owned(), which.into());
    }
    entry
}

fn of_policy(key: &Key, policy: &StatedPolicy, map: &SourceMap) -> Entry {
    let mut entry = Entry::new("key policy", &policy.address, place(policy.name_span, map), Vec::new());
    entry.key = (key.role != Role::PolicyAlone).then(|| key.address.clone());
    entry.policy = resolved(&policy.value, map);
    entry
}

fn of_alias(alias: &Alias, map: &SourceMap) -> Entry {
    let mut entry = Entry::new("alias", &alias.address, place(alias.span, map), steps(&alias.trail, map));
    entry.key = target(&alias.key, map);
    entry.fact("name", &alias.name, map);
    entry
}

fn of_grant(grant: &Grant, map: &SourceMap) -> Entry {
    let mut entry = Entry::new("grant", &grant.address, place(grant.span, map), steps(&grant.trail, map));
    entry.key = target(&grant.key, map);
    entry.fact("grantee", &grant.grantee, map);
    entry.fact("operations", &grant.operations, map);
    let more = [("name", &grant.name), ("retiring", &grant.retiring), ("constraints", &grant.constraints)];
    for (name, value) in more {
        if let Some(value) = value {
            entry.fact(name, value, map);
        }
    }
    entry
}

fn of_identity(policy: &IdentityPolicy, map: &SourceMap) -> Entry {
    let mut entry =
        Entry::new("IAM policy", &policy.address, place(policy.span, map), steps(&policy.trail, map));
    entry.policy = resolved(&policy.value, map);
    entry
}

/// What uses a key, or sends to what does. Two keys of one user are named one after the other.
fn of_user(user: &KeyUser, leads: &Leads<'_>, map: &SourceMap) -> Entry {
    let of_key = |part| matches!(part, Part::Key | Part::ReplicaKey);
    let kind = if user.has_key() { "key user" } else { "sender" };
    let mut entry = Entry::new(kind, &user.address, place(user.span, map), steps(&user.trail, map));
    entry.facts.insert("as".to_owned(), user.sort.into());
    let mut keys: Vec<String> = Vec::new();
    for of in &user.parts {
        if of_key(of.part) {
            let key = leads.lead(&of.value).key();
            let named = key.map(|key| key.address.clone()).or_else(|| target(&of.value, map));
            keys.extend(named.filter(|named| !keys.contains(named)));
        } else if of.part != Part::Policy {
            let shown = match (&of.value.address, of.part) {
                (Some(address), Part::Source | Part::Target | Part::Role) => address.clone().into(),
                _ => json(&of.value.value, map),
            };
            entry.several(of.part.name(), shown);
        }
    }
    keys.extend(user.default_key.filter(|_| keys.is_empty()).map(str::to_owned));
    entry.key = (!keys.is_empty()).then(|| keys.join(", "));
    entry
}

/// The key that something leads to: its address, or what is written.
fn target(pointer: &Pointer, map: &SourceMap) -> Option<String> {
    let written = || (!pointer.value.is_null()).then(|| one(&pointer.value, map).text);
    pointer.address.clone().or_else(written)
}

fn steps(trail: &Trail, map: &SourceMap) -> Vec<Step> {
    let step = |step: &crate::value::Step| Step { note: step.note.to_string(), place: place(step.span, map) };
    trail.steps().map(step).collect()
}

/// The attribute's name in rule files.
fn name_of(attribute: Attribute) -> String {
    let mut name = String::new();
    for (at, letter) in format!("{attribute:?}").char_indices() {
        if letter.is_uppercase() && at > 0 {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}
