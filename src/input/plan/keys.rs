//! From planned changes to keys, each with what the plan does to it.
//!
//! What is easy to get wrong: `policy` is optional and computed. Unknown after the apply, it is either computed from
//! something not known yet or not written at all, and then AWS attaches the default key policy; only the
//! configuration tells which.

use super::address::Address;
use super::configuration::{Configuration, Written};
use super::identifier;
use super::pointer::is_pointer;
use super::shape::{merged, name_span};
use super::stream;
use super::users::is_user;
use crate::input::terraform;
use crate::key::{Action, Attribute, Change, Declared, Dialect, IdentityPolicy, Key, Role, StatedPolicy};
use crate::source::{FileId, Problem, Span};
use crate::syntax::json;
use crate::value::{Kind, Text, Trail, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub(super) use crate::input::terraform::{IDENTITY_POLICIES, role_of};

/// A resource's change, parsed.
pub(super) struct Resource {
    pub(super) address: Address,
    /// The address as the plan has it.
    pub(super) name: String,
    pub(super) type_name: String,
    /// The address in the plan.
    pub(super) span: Span,
    change: Value,
    reason: Option<String>,
    /// The values after the apply, or before it where there are none after; unknown and sensitive parts put back.
    pub(super) planned: Value,
}

/// An `aws_kms_key_policy` that waits for its key.
struct Apart {
    resource: Resource,
    key: Key,
}

/// The reading of one plan.
pub(super) struct Reading<'a> {
    file: FileId,
    text: &'a str,
    pub(super) configuration: Option<Configuration<'a>>,
    /// The addresses of all managed resources.
    pub(super) managed: FxHashSet<String>,
    /// Documents that are read during the apply, by address.
    documents: FxHashMap<String, Resource>,
    /// Keys by address, and by what existing keys are called: id and ARN.
    pub(super) by_name: FxHashMap<String, usize>,
    apart: Vec<Apart>,
    pub(super) declared: Declared,
}

impl<'a> Reading<'a> {
    pub(super) fn new(file: FileId, text: &'a str, configuration: Option<Configuration<'a>>) -> Self {
        let (documents, by_name, managed) = Default::default();
        Self {
            file,
            text,
            configuration,
            managed,
            documents,
            by_name,
            apart: Vec::new(),
            declared: Declared::default(),
        }
    }

    /// Reads all changes; documents first, as policies are made of them.
    pub(super) fn changes(&mut self, changes: Vec<stream::Change<'a>>) {
        let (data, managed): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| change.mode == "data");
        for change in data {
            if let Some(resource) = self.resource(&change) {
                self.documents.insert(resource.address.instance(), resource);
            }
        }
        let (mut pointers, mut users) = (Vec::new(), Vec::new());
        for change in managed {
            if is_user(&change.type_name) {
                users.push(change);
                continue;
            }
            if is_pointer(&change.type_name) {
                pointers.extend(self.resource(&change));
                continue;
            }
            let role = role_of(&change.type_name);
            if role.is_none() && !change.body.is_some_and(|raw| speaks_of_kms(raw.get())) {
                // A policy that is unknown in the plan may still be made of a document that speaks of KMS.
                if self.documents.is_empty() {
                    continue;
                }
            }
            let Some(resource) = self.resource(&change) else { continue };
            match role {
                Some(role) => self.key(resource, role),
                None => self.identity_policy(&resource),
            }
        }
        self.join_policies();
        self.pointers(&pointers);
        self.managed.extend(pointers.iter().map(|resource| resource.name.clone()));
        self.managed.extend(self.declared.keys.iter().map(|key| key.address.clone()));
        self.users(&users);
    }

    /// Parses a change; its mistakes are noted.
    pub(super) fn resource(&mut self, change: &stream::Change<'a>) -> Option<Resource> {
        let outcome = self.parsed(change);
        match outcome {
            Ok(resource) => resource,
            Err(problem) => {
                self.declared.problems.push(problem);
                None
            }
        }
    }

    fn parsed(&self, change: &stream::Change<'a>) -> Result<Option<Resource>, Problem> {
        let (Some(address), Some(raw)) = (change.address, change.body) else { return Ok(None) };
        let address = self.value(address)?;
        let Some(mut name) = address.as_text().and_then(Text::known) else { return Ok(None) };
        let parts = Address::parse(&name);
        if let Some(deposed) = &change.deposed {
            name = format!("{name} (deposed {deposed})");
        }
        let value = self.value(raw)?;
        let after = value.get("after").filter(|after| !after.is_null());
        let planned = if let Some(after) = after {
            merged(after, value.get("after_unknown"), value.get("after_sensitive"), &name)
        } else {
            let before = value.get("before").cloned().unwrap_or_else(|| Value::null(value.span));
            merged(&before, None, value.get("before_sensitive"), &name)
        };
        Ok(Some(Resource {
            address: parts,
            name,
            type_name: change.type_name.clone().into_owned(),
            span: address.span,
            reason: change.action_reason.clone(),
            change: value,
            planned,
        }))
    }

    fn value(&self, raw: &RawValue) -> Result<Value, Problem> {
        let start = (raw.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        json::parse_file(self.file, self.text, start..start + raw.get().len())
    }

    fn written(&self, resource: &Resource, argument: &str) -> Written {
        let configuration = self.configuration.as_ref();
        configuration.map_or(Written::CannotTell, |known| known.written(&resource.address, argument))
    }

    fn key(&mut self, resource: Resource, role: Role) {
        let change = resource.what_happens();
        let gone = change.as_ref().is_some_and(|change| change.action == Action::Delete);
        let attributes = self.attributes(&resource);
        let arn = resource.planned.get("arn").and_then(Value::as_text);
        let region =
            resource.planned.get("region").and_then(Value::as_text).filter(|region| region.is_known());
        let mut key = Key {
            address: resource.name.clone(),
            type_name: resource.type_name.clone(),
            role,
            dialect: Dialect::Plan,
            span: resource.span,
            trail: Trail::default(),
            policies: Vec::new(),
            // Which policy a key has that is deleted is of no concern any more.
            policy_elsewhere: gone,
            attributes,
            account: part_of_arn(arn, 4),
            partition: part_of_arn(arn, 1),
            region: part_of_arn(arn, 3).or_else(|| region.cloned()),
            deployer: None,
            change,
        };
        if role == Role::PolicyAlone {
            if !gone {
                key.policies.extend(self.policy(&resource, &key));
                self.apart.push(Apart { resource, key });
            }
            return;
        }
        if !gone {
            key.policies.extend(self.policy(&resource, &key));
        }
        let index = self.declared.keys.len();
        self.by_name.insert(resource.address.instance(), index);
        for name in ["arn", "key_id", "id"] {
            let known = resource.planned.get(name).and_then(Value::as_str);
            self.by_name.extend(known.map(|known| (known.to_owned(), index)));
        }
        self.declared.keys.push(key);
    }

    /// What is written, or planned where nothing is. Null and empty texts are what the provider puts where nothing is
    /// written, and so is an unknown value that the configuration does not write.
    fn attributes(&self, resource: &Resource) -> BTreeMap<Attribute, Value> {
        let mut found = BTreeMap::new();
        for entry in resource.planned.as_map().map(|map| map.entries.as_slice()).unwrap_or_default() {
            let argument = entry.name.text.known_parts();
            let Some(attribute) = terraform::attribute_name(&argument) else { continue };
            let empty = entry.value.is_null() || entry.value.as_text().is_some_and(Text::is_empty);
            let computed = matches!(entry.value.kind, Kind::Unknown(_))
                && self.written(resource, &argument) == Written::No;
            if !empty && !computed {
                found.insert(attribute, entry.value.clone());
            }
        }
        found
    }

    /// The policy that a resource states; `None` when none is written.
    fn policy(&mut self, resource: &Resource, key: &Key) -> Option<StatedPolicy> {
        let argument = if resource.type_name.starts_with("awscc_") { "key_policy" } else { "policy" };
        let value = self.policy_value(resource, argument)?;
        let change = &resource.change;
        let objects = [change.get("after"), change.get("after_unknown"), change.get("before")];
        Some(StatedPolicy {
            address: resource.name.clone(),
            name_span: name_span(&objects, argument, resource.span),
            value,
            bypass: key.attributes.get(&Attribute::BypassLockoutCheck).cloned(),
        })
    }

    fn policy_value(&mut self, resource: &Resource, argument: &str) -> Option<Value> {
        let value = resource.planned.get(argument)?;
        match &value.kind {
            Kind::Null => None,
            Kind::Text(text) if text.is_empty() => None,
            Kind::Unknown(_) => match self.written(resource, argument) {
                Written::No => None,
                _ => Some(self.rendered(resource, argument).unwrap_or_else(|| value.clone())),
            },
            _ => Some(value.clone()),
        }
    }

    /// The document that an unknown policy is made of, from its planned statements: reading it is put off to the
    /// apply, but its arguments are planned.
    fn rendered(&mut self, resource: &Resource, argument: &str) -> Option<Value> {
        let configuration = self.configuration.as_ref()?;
        let origin = configuration.origin(&resource.address, argument)?;
        if !["json", "minified_json", ""].contains(&origin.attribute.as_str()) {
            return None;
        }
        let same_key = Address { key: resource.address.key.clone(), ..origin.clone() };
        let found =
            [origin.instance(), same_key.instance()].into_iter().find_map(|name| self.documents.get(&name));
        let document = found?;
        let planned = identifier::named(&document.planned, configuration, &document.address);
        let (value, problems) = terraform::render_document(&planned, document.span);
        let note = format!("through `{}`", document.name);
        let value = value.via(document.span, note);
        self.declared.problems.extend(problems);
        Some(value)
    }

    fn identity_policy(&mut self, resource: &Resource) {
        if resource.what_happens().is_some_and(|change| change.action == Action::Delete) {
            return;
        }
        let Some(value) = self.policy_value(resource, "policy") else { return };
        let speaks = match &value.kind {
            Kind::Text(text) => speaks_of_kms(&text.known_parts()),
            _ => false,
        };
        if speaks {
            let (address, span) = (resource.name.clone(), resource.span);
            self.declared.identity_policies.push(IdentityPolicy {
                address,
                span,
                trail: Trail::default(),
                value,
                holder: None,
            });
        }
    }

    /// Gives each `aws_kms_key_policy` to its key: by what its `key_id` refers to, else by the id itself.
    fn join_policies(&mut self) {
        for apart in std::mem::take(&mut self.apart) {
            let key_id = apart.resource.planned.get("key_id");
            let known = key_id.and_then(Value::as_str);
            let owner = self.owner(&apart.resource, "key_id").or_else(|| self.by_name.get(known?).copied());
            let Some(index) = owner else {
                for key in self.declared.keys.iter_mut().filter(|_| known.is_none()) {
                    key.policy_elsewhere |= key.policies.is_empty();
                }
                self.declared.keys.push(apart.key);
                continue;
            };
            let Some(configuration) = &self.configuration else { continue };
            let Some(key) = self.declared.keys.get_mut(index) else { continue };
            // A policy that the key's own block does not write is the live one, which this one replaces.
            let own = Address::parse(&key.address);
            if configuration.written(&own, "policy") == Written::No {
                key.policies.retain(|policy| policy.address != key.address);
            }
            key.policies.extend(apart.key.policies);
            let before = apart.key.change.and_then(|change| change.policy_before);
            if let (Some(change), Some(before)) = (&mut key.change, before) {
                change.policy_before = Some(before);
            }
        }
    }

    /// The key that an argument refers to.
    pub(super) fn owner(&self, resource: &Resource, argument: &str) -> Option<usize> {
        let origin = self.configuration.as_ref()?.origin(&resource.address, argument)?;
        let same_key = Address { key: resource.address.key.clone(), ..origin.clone() };
        [origin.instance(), same_key.instance()].iter().find_map(|name| self.by_name.get(name).copied())
    }
}

impl Resource {
    /// What the plan does to it; `None` when the plan does not say.
    pub(super) fn what_happens(&self) -> Option<Change> {
        let actions = self.change.get("actions")?;
        let names: Vec<&str> = actions.as_list()?.items.iter().filter_map(Value::as_str).collect();
        let action = match names.as_slice() {
            ["no-op" | "read"] => Action::None,
            // What is forgotten lives on, so beside it something is only created.
            ["create"] | ["create", "forget"] => Action::Create,
            ["update"] => Action::Update,
            ["delete"] => Action::Delete,
            ["forget"] => Action::Forget,
            ["delete", "create"] | ["create", "delete"] => Action::Replace,
            _ => return None,
        };
        let before = self.before()?;
        let stated = |value: &&Value| !value.is_null() && !value.as_text().is_some_and(Text::is_empty);
        let policy_before = ["policy", "key_policy"].iter().find_map(|name| before.get(name)).filter(stated);
        Some(Change {
            action,
            reason: self.reason.clone(),
            span: actions.span,
            forced_by: self.forced_by(),
            policy_before: policy_before.cloned(),
        })
    }

    /// Its values before the apply; null where it is new.
    pub(super) fn before(&self) -> Option<Value> {
        Some(merged(self.change.get("before")?, None, self.change.get("before_sensitive"), &self.name))
    }

    fn forced_by(&self) -> Vec<(String, Span)> {
        let paths = self.change.get("replace_paths").and_then(Value::as_list);
        let first = |path: &Value| {
            let step = path.as_list()?.items.first()?;
            step.as_str().map(|name| (name.to_owned(), step.span))
        };
        paths.map(|paths| paths.items.iter().filter_map(first).collect()).unwrap_or_default()
    }
}

fn speaks_of_kms(text: &str) -> bool {
    text.as_bytes().windows(3).any(|three| three.eq_ignore_ascii_case(b"kms"))
}

/// A part of an ARN between its colons.
pub(super) fn part_of_arn(arn: Option<&Text>, index: usize) -> Option<Text> {
    let arn = arn?;
    let known = arn.as_known().filter(|known| known.starts_with("arn:"))?;
    let start: usize = known.split(':').take(index).map(|part| part.len() + 1).sum();
    let part = known.split(':').nth(index).filter(|part| !part.is_empty())?;
    Some(arn.slice(start..start + part.len()))
}
