//! AWS Serverless Application Model: the roles that SAM makes, and what their policies say of KMS.
//!
//! A function or state machine without `Role` gets a role of its own, named after it (`OrdersRole`), with the policies
//! that its property `Policies` lists (SAM, "`AWS::Serverless::Function`", "AWS SAM policy templates"). Connectors grant
//! nothing on keys. What is easy to get wrong: with `Role`, `Policies` has no effect, and nothing is made.

use super::alternative;
use super::identity;
use super::keys;
use super::reference;
use super::scope::Evaluator;
use super::template::Template;
use super::text;
use super::transform::Resource;
use crate::key::IdentityPolicy;
use crate::source::Span;
use crate::value::{Branch, Entry, Kind, Name, Text, Value};

/// The policy templates with actions on keys, all for the key with the id `KeyId` in the account and Region that is
/// deployed to (SAM, "Policy template list").
const TEMPLATES: &[(&str, &[&str])] = &[
    ("KMSDecryptPolicy", &["kms:Decrypt"]),
    ("KMSEncryptPolicy", &["kms:Encrypt"]),
    (
        "KMSEncryptPolicy_v2",
        &[
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:GenerateDataKeyPair",
            "kms:GenerateDataKeyPairWithoutPlaintext",
        ],
    ),
];

/// Whether SAM makes a role for a resource of this type.
pub(super) fn makes_role(of: &str) -> bool {
    matches!(of, "AWS::Serverless::Function" | "AWS::Serverless::StateMachine")
}

/// Whether a transform that we know nothing of rewrites a template: anything but SAM's, and those that rewrite no reference.
pub(super) fn is_rewritten_beyond(template: &Template) -> bool {
    let known = |transform: &Value| {
        matches!(
            transform.get("Name").unwrap_or(transform).as_str(),
            Some("AWS::LanguageExtensions" | "AWS::Serverless-2016-10-31")
        )
    };
    let root = template.root();
    let all = root.get("Transform").is_none_or(|written| match &written.kind {
        Kind::List(list) => list.items.iter().all(known),
        _ => known(written),
    });
    !all || root.get("Fn::Transform").is_some()
}

/// What a property of a SAM resource makes its references part of: the role that SAM makes for it (true), the resource
/// itself (false), or other resources, which depend on it and not the other way round.
pub(super) fn refers(of: &str, property: &str) -> Option<bool> {
    let resource: &[&str] = match of {
        "AWS::Serverless::Function" => &[
            "Environment",
            "KmsKeyArn",
            "Layers",
            "DeadLetterQueue",
            "VpcConfig",
            "FileSystemConfigs",
            "Role",
        ],
        "AWS::Serverless::StateMachine" => &["DefinitionSubstitutions", "Definition", "Role", "Logging"],
        "AWS::Serverless::SimpleTable" => &["SSESpecification", "TableName"],
        _ => return None,
    };
    let role = ["Policies", "PermissionsBoundary", "AssumeRolePolicyDocument", "RolePath"];
    if role.contains(&property) { Some(true) } else { resource.contains(&property).then_some(false) }
}

/// A property of a SAM resource: its own, or that of the section `Globals` (SAM, "Globals section"; a value of the
/// resource replaces a text of that section).
pub(super) fn property<'a>(template: &'a Template, body: &'a Value, name: &str) -> Option<&'a Value> {
    let own = body.get("Properties").and_then(|properties| properties.get(name));
    own.or_else(|| {
        let kind = body.get("Type")?.as_str()?.strip_prefix("AWS::Serverless::")?;
        template.section("Globals")?.get(kind)?.get(name)
    })
}

/// The resource that `role` is made for, if SAM makes it: `Orders` for `OrdersRole`.
pub(super) fn owner<'a>(template: &'a Template, role: &str) -> Option<&'a Entry> {
    let entry = template.entry("Resources", role.strip_suffix("Role")?)?;
    let of = entry.value.get("Type").and_then(Value::as_str).unwrap_or_default();
    (makes_role(of) && entry.value.get("Properties").is_none_or(|own| own.get("Role").is_none()))
        .then_some(entry)
}

/// The policies of the role that SAM makes for a resource, where they speak of KMS.
pub(super) fn policies(evaluator: &mut Evaluator<'_>, resource: &Resource<'_>) -> Vec<IdentityPolicy> {
    let Some(properties) = resource.body.get("Properties") else { return Vec::new() };
    let mut items = Vec::new();
    if let Some(written) = properties.get("Policies").filter(|written| speaks(written)) {
        flat(written, &mut items, 0);
    }
    let keys: Vec<&Entry> = event_keys(properties);
    if (items.is_empty() && keys.is_empty()) || has_role(evaluator, properties) {
        return Vec::new();
    }
    let Some(trail) = keys::present(evaluator, resource) else { return Vec::new() };
    let mut found = Vec::new();
    for item in items {
        found.extend(policy(evaluator, item));
    }
    for Entry { name, value } in keys {
        let id = evaluator.present(value);
        found.push(on_key(evaluator, &["kms:Decrypt"], id, name.span));
    }
    let of = |value| IdentityPolicy {
        address: format!("{}Role", resource.address),
        span: resource.span,
        trail: trail.clone(),
        value,
        holder: None,
    };
    found.into_iter().map(of).collect()
}

/// Whether the resource certainly names a role.
fn has_role(evaluator: &mut Evaluator<'_>, properties: &Value) -> bool {
    let role = properties.get("Role").and_then(|role| evaluator.value(role));
    let absent = |branch: &Branch| branch.value.is_null();
    role.is_some_and(|role| match &role.kind {
        Kind::Null => false,
        Kind::OneOf(branches) => !branches.iter().any(absent),
        _ => true,
    })
}

/// Whether policies may name KMS: an action, or a policy template.
fn speaks(written: &Value) -> bool {
    let mut left = vec![written];
    while let Some(value) = left.pop() {
        match &value.kind {
            Kind::List(list) => left.extend(&list.items),
            Kind::Map(map) => {
                if map.entries.iter().any(|entry| template_of(&entry.name).is_some()) {
                    return true;
                }
                left.extend(map.entries.iter().map(|entry| &entry.value));
            }
            _ if identity::speaks_of_kms(value) => return true,
            _ => {}
        }
    }
    false
}

/// The policies of a list, also those in the alternatives of `Fn::If`.
fn flat<'a>(written: &'a Value, found: &mut Vec<&'a Value>, depth: usize) {
    let inner = match &written.kind {
        _ if depth > 16 => return,
        Kind::List(list) => list.items.as_slice(),
        Kind::Map(map) => match identity::alternatives(map) {
            [] => {
                found.push(written);
                return;
            }
            both => both,
        },
        _ => return,
    };
    for item in inner {
        flat(item, found, depth + 1);
    }
}

fn template_of(name: &Name) -> Option<&'static [&'static str]> {
    let known = TEMPLATES.iter().find(|(template, _)| name.text.is(template));
    known.map(|(_, actions)| *actions)
}

/// A policy document as written, or the one that a policy template stands for.
fn policy(evaluator: &mut Evaluator<'_>, item: &Value) -> Option<Value> {
    if item.get("Statement").is_some() {
        return identity::speaks_of_kms(item).then(|| evaluator.value(item)).flatten();
    }
    let [Entry { name, value }] = item.as_map()?.entries.as_slice() else { return None };
    let actions = template_of(name)?;
    let id = value.get("KeyId").map(|id| evaluator.present(id))?;
    Some(on_key(evaluator, actions, id, name.span))
}

/// The ids of the keys that secrets of event sources are encrypted with: SAM lets the function decrypt with them
/// (`SecretsManagerKmsKeyId` of Amazon MQ, Apache Kafka and the like).
fn event_keys(properties: &Value) -> Vec<&Entry> {
    let events = properties.get("Events").and_then(Value::as_map);
    let events = events.map(|events| events.entries.as_slice()).unwrap_or_default().iter();
    events
        .filter_map(|event| event.value.get("Properties")?.as_map()?.entry("SecretsManagerKmsKeyId"))
        .collect()
}

/// The policy that allows `actions` on the key with an id.
fn on_key(evaluator: &mut Evaluator<'_>, actions: &[&str], id: Value, at: Span) -> Value {
    let around = ["AWS::Partition", "AWS::Region", "AWS::AccountId"];
    let around = around.map(|name| text::of(&reference::named(evaluator, name, at)).unwrap_or_default());
    let [partition, region, account] = &around;
    let made = |text: &str| Text::made(text, at);
    let resource = alternative::each(&evaluator.facts.clone(), vec![id], at, |ids| {
        let [id] = ids.as_slice() else { return Value::null(at) };
        let key = text::of(id).map(|id| text::replaced(&id, at)).unwrap_or_default();
        let parts = [
            made("arn:"),
            partition.clone(),
            made(":kms:"),
            region.clone(),
            made(":"),
            account.clone(),
            made(":key/"),
            key,
        ];
        let value = Value::text(Text::concat(&parts), at);
        Value { trail: id.trail.clone(), secret: id.secret, ..value }
    });
    let text = |known: &str| Value::text(made(known), at);
    let actions = Value::tuple(actions.iter().map(|action| text(action)).collect(), at);
    let entry = |name: &str, value: Value| Entry { name: Name { text: made(name), span: at }, value };
    let statement =
        vec![entry("Effect", text("Allow")), entry("Action", actions), entry("Resource", resource)];
    let statements = Value::tuple(vec![Value::object(statement, at)], at);
    Value::object(vec![entry("Version", text("2012-10-17")), entry("Statement", statements)], at)
}
