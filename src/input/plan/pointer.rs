//! What points at keys: planned aliases and grants.
//!
//! What is easy to get wrong: the id of a new key is not known in a plan; the configuration tells which key it is.

use super::keys::{Reading, Resource};
use crate::key::{Action, Alias, AliasBefore, Grant, Pointer};
use crate::value::{Text, Trail, Value};

/// Whether a type declares an alias or a grant.
pub(super) fn is_pointer(type_name: &str) -> bool {
    matches!(type_name, "aws_kms_alias" | "awscc_kms_alias" | "aws_kms_grant")
}

impl Reading<'_> {
    /// Reads aliases and grants, once all keys are read.
    pub(super) fn pointers(&mut self, resources: &[Resource]) {
        for resource in resources {
            if resource.what_happens().is_some_and(|change| change.action == Action::Delete) {
                continue;
            }
            let (address, span, trail) = (resource.name.clone(), resource.span, Trail::default());
            let argument = |name: &str| stated(resource, name).unwrap_or_else(|| Value::null(span));
            if resource.type_name == "aws_kms_grant" {
                let grant = Grant {
                    address,
                    span,
                    trail,
                    name: stated(resource, "name"),
                    key: self.pointer(resource, "key_id"),
                    grantee: argument("grantee_principal"),
                    retiring: stated(resource, "retiring_principal"),
                    operations: argument("operations"),
                    constraints: stated(resource, "constraints"),
                };
                self.declared.grants.push(grant);
            } else {
                let name = stated(resource, "name").or_else(|| stated(resource, "alias_name"));
                let name = name.unwrap_or_else(|| Value::null(span));
                let key = self.pointer(resource, "target_key_id");
                let before = alias_before(resource);
                self.declared.aliases.push(Alias { address, span, trail, name, key, before });
            }
        }
    }

    fn pointer(&self, resource: &Resource, argument: &str) -> Pointer {
        let value = resource.planned.get(argument).cloned().unwrap_or_else(|| Value::null(resource.span));
        let by_name = value.as_str().and_then(|known| self.by_name.get(known).copied());
        let owner = self.owner(resource, argument).or(by_name);
        let key = owner.and_then(|at| self.declared.keys.get(at)).map(|key| key.address.clone());
        let found = Pointer::of(value);
        Pointer { address: key.or(found.address), ..found }
    }
}

/// What an alias was that the plan changes or makes anew.
fn alias_before(resource: &Resource) -> Option<AliasBefore> {
    let change = resource.what_happens()?;
    if !matches!(change.action, Action::Update | Action::Replace) {
        return None;
    }
    let before = resource.before()?;
    let stated = |name: &str| before.get(name).filter(|value| value.as_text().is_some()).cloned();
    Some(AliasBefore { name: stated("name").or_else(|| stated("alias_name")), key: stated("target_key_id") })
}

fn stated(resource: &Resource, name: &str) -> Option<Value> {
    let empty = |value: &Value| value.is_null() || value.as_text().is_some_and(Text::is_empty);
    resource.planned.get(name).filter(|value| !empty(value)).cloned()
}
