//! What uses keys, and what sends to it, as planned.
//!
//! What is easy to get wrong: the ARN of a new key, queue or topic is not known in a plan; the configuration tells whose it
//! is.

use super::address::Address;
use super::keys::{Reading, Resource, part_of_arn};
use super::stream::Change;
use crate::key::table::{self as users, Written};
use crate::key::{Action, KeyUser};
use crate::value::{Text, Trail, Value};
use memchr::memmem;
use serde_json::value::RawValue;

/// Whether a type has rows in the table of users.
pub(super) fn is_user(type_name: &str) -> bool {
    !users::of_terraform(type_name).0.is_empty()
}

impl<'a> Reading<'a> {
    /// Reads users, once all keys and aliases are read. One at a time is held: plans have ten thousands of instances.
    pub(super) fn users(&mut self, changes: &[Change<'a>]) {
        self.managed.extend(changes.iter().filter_map(named));
        for change in changes.iter().filter(|change| may_use(change)) {
            let Some(resource) = self.resource(change) else { continue };
            if resource.what_happens().is_some_and(|change| change.action == Action::Delete) {
                continue;
            }
            let (rows, names) = users::of_terraform(&resource.type_name);
            let read = |path: &[&str]| self.at_path(&resource, path);
            let found = rows.iter().filter_map(|row| row.user(names, || bare(&resource), read));
            let found: Vec<KeyUser> = found.collect();
            self.declared.users.extend(found);
        }
    }

    fn at_path(&self, resource: &Resource, path: &[&str]) -> Vec<Written> {
        let mut found = users::at_path(&resource.planned, path, resource.span);
        for written in &mut found {
            written.span = written.value.span;
        }
        let leads_to = self.leads_to(resource, path);
        if let [only] = found.as_mut_slice() {
            only.leads_to = leads_to.or_else(|| self.existing(&only.value));
        }
        found
    }

    /// The one resource that an argument refers to.
    fn leads_to(&self, resource: &Resource, path: &[&str]) -> Option<String> {
        let origin = self.configuration.as_ref()?.origin_at(&resource.address, path)?;
        let same_key = Address { key: resource.address.key.clone(), ..origin.clone() };
        let names = [origin.instance(), same_key.instance()];
        names.into_iter().find(|name| self.managed.contains(name))
    }

    /// The key that exists under this id or ARN.
    fn existing(&self, value: &Value) -> Option<String> {
        let at = *self.by_name.get(value.as_str()?)?;
        self.declared.keys.get(at).map(|key| key.address.clone())
    }
}

/// The address of what a change changes.
fn named(change: &Change<'_>) -> Option<String> {
    serde_json::from_str(change.address?.get()).ok()
}

/// Whether a change can make a user, by the text of it alone: a plan names every argument, and most are null.
fn may_use(change: &Change<'_>) -> bool {
    let Some(text) = change.body.map(RawValue::get) else { return false };
    let (rows, names) = users::of_terraform(&change.type_name);
    // Names may be written with escapes.
    memmem::find(text.as_bytes(), b"\\u").is_some()
        || rows.iter().any(|row| {
            row.paths_that_count(names).is_none_or(|paths| paths.iter().any(|path| may_have(text, path)))
        })
}

/// Whether a value may stand at a path in a JSON text: its last name has one, or one on the way is not known.
fn may_have(text: &str, path: &[&str]) -> bool {
    let Some((last, way)) = path.split_last() else { return false };
    values_of(text, last).any(|value| !value.starts_with("null"))
        || way.iter().any(|name| values_of(text, name).any(|value| value.starts_with("true")))
}

/// The texts that begin with the values of a name.
fn values_of<'t>(text: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    let quoted = format!("\"{name}\"");
    let places: Vec<usize> =
        memmem::find_iter(text.as_bytes(), &quoted).map(|at| at + quoted.len()).collect();
    places.into_iter().filter_map(|behind| {
        Some(text.get(behind..)?.trim_ascii_start().strip_prefix(':')?.trim_ascii_start())
    })
}

fn bare(resource: &Resource) -> KeyUser {
    let arn = resource.planned.get("arn").and_then(Value::as_text);
    let region = resource.planned.get("region").and_then(Value::as_text);
    KeyUser {
        sort: "",
        address: resource.name.clone(),
        type_name: resource.type_name.clone(),
        span: resource.span,
        trail: Trail::default(),
        parts: Vec::new(),
        arn: None,
        default_key: None,
        account: part_of_arn(arn, 4),
        region: part_of_arn(arn, 3).or_else(|| region.filter(|region| Text::is_known(region)).cloned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_tell_what_may_have_a_value() {
        let path = ["root_block_device", "kms_key_id"];
        let cases = [
            (r#"{"after":{"root_block_device":[{"kms_key_id":"k"}]}}"#, true),
            ("{\"after\": {\"root_block_device\": [{\"kms_key_id\" :\n \"k\"}]}}", true),
            (r#"{"after_unknown":{"root_block_device":[{"kms_key_id":true}]}}"#, true),
            (r#"{"after_unknown":{"root_block_device":true}}"#, true),
            (r#"{"after":{"root_block_device":[{"kms_key_id":null}],"ami":"kms_key_id"}}"#, false),
            (r#"{"after":{"root_block_device":[]},"after_unknown":{"root_block_device":[]}}"#, false),
        ];
        for (text, expected) in cases {
            assert_eq!(may_have(text, &path), expected, "{text}");
        }
    }
}
