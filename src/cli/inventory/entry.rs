//! The entries of an inventory: one for every key, policy, alias and grant.

use super::document::{Resolved, json, one, resolved};
use crate::cli::output::{Place, place};
use crate::key::{Alias, Attribute, Declared, Grant, IdentityPolicy, Key, Pointer, Role, StatedPolicy};
use crate::source::SourceMap;
use crate::value::{Trail, Value};
use serde::Serialize;
use std::collections::BTreeMap;

/// One thing that is declared.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    /// What it is: `key`, `replica`, `key policy`, `alias`, `grant`, `IAM policy`.
    pub(super) kind: &'static str,
    /// Its address.
    pub(super) address: String,
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
    found
}

impl Entry {
    fn new(kind: &'static str, address: &str, place: Place, trail: Vec<Step>) -> Self {
        let (key, facts, policy) = Default::default();
        Self { kind, address: address.to_owned(), place, trail, key, facts, policy }
    }

    fn fact(&mut self, name: &str, value: &Value, map: &SourceMap) {
        if !value.is_null() {
            self.facts.insert(name.to_owned(), json(value, map));
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
        key.chain(facts).collect::<Vec<_>>().join("; ")
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
