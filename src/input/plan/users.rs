//! What uses keys, and what sends to it, as planned.
//!
//! What is easy to get wrong: the ARN of a new key, queue or topic is not known in a plan; the configuration tells whose it
//! is.

use super::address::Address;
use super::keys::{Reading, Resource, part_of_arn};
use crate::key::table::{self as users, Written};
use crate::key::{Action, KeyUser};
use crate::value::{Text, Trail, Value};

/// Whether a type has rows in the table of users.
pub(super) fn is_user(type_name: &str) -> bool {
    !users::of_terraform(type_name).0.is_empty()
}

impl Reading<'_> {
    /// Reads users, once all keys and aliases are read.
    pub(super) fn users(&mut self, resources: &[Resource]) {
        for resource in resources {
            if resource.what_happens().is_some_and(|change| change.action == Action::Delete) {
                continue;
            }
            let (rows, names) = users::of_terraform(&resource.type_name);
            let read = |path: &[&str]| self.at_path(resource, path);
            let found = rows.iter().filter_map(|row| row.user(names, || bare(resource), read));
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
