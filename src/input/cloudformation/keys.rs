//! Keys: `AWS::KMS::Key`, `AWS::KMS::ReplicaKey`.

use super::conditions;
use super::scope::Evaluator;
use super::text;
use super::transform::Resource;
use crate::key::{Attribute, Dialect, Key, Role, StatedPolicy};
use crate::source::Span;
use crate::value::{Kind, Number, Reason, Symbol, Text, Trail, Unknown, Value};
use std::collections::BTreeMap;

/// Properties by the name that all notations share (CloudFormation User Guide, "`AWS::KMS::Key`" and
/// "`AWS::KMS::ReplicaKey`"), and what they hold.
const PROPERTIES: &[(&str, Attribute, Holds)] = &[
    ("KeySpec", Attribute::Spec, Holds::Anything),
    ("KeyUsage", Attribute::Usage, Holds::Anything),
    ("Origin", Attribute::Origin, Holds::Anything),
    ("EnableKeyRotation", Attribute::Rotation, Holds::Truth),
    ("RotationPeriodInDays", Attribute::RotationPeriod, Holds::Number),
    ("PendingWindowInDays", Attribute::DeletionWindow, Holds::Number),
    ("Enabled", Attribute::Enabled, Holds::Truth),
    ("MultiRegion", Attribute::MultiRegion, Holds::Truth),
    ("BypassPolicyLockoutSafetyCheck", Attribute::BypassLockoutCheck, Holds::Truth),
    ("Description", Attribute::Description, Holds::Anything),
    ("Tags", Attribute::Tags, Holds::Anything),
    ("PrimaryKeyArn", Attribute::PrimaryKey, Holds::Anything),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Anything,
    Truth,
    Number,
}

/// The key that a resource declares; `None` when it is no key, or its condition does not hold.
pub(super) fn key(evaluator: &mut Evaluator<'_>, resource: &Resource<'_>) -> Option<Key> {
    let type_name = resource.body.get("Type")?.as_str()?;
    let role = match type_name {
        "AWS::KMS::Key" => Role::Key,
        "AWS::KMS::ReplicaKey" => Role::Replica,
        _ => return None,
    };
    let trail = present(evaluator, resource)?;
    let properties = properties(evaluator, resource.body);
    let mut attributes = attributes(properties.as_ref());
    if let Some(retained) = retained(evaluator, resource.body) {
        attributes.insert(Attribute::Retained, retained);
    }
    let policies = policy(resource, properties.as_ref(), attributes.get(&Attribute::BypassLockoutCheck));
    Some(Key {
        address: resource.address.clone(),
        type_name: type_name.to_owned(),
        role,
        dialect: Dialect::CloudFormation,
        span: resource.span,
        trail,
        policies: policies.into_iter().collect(),
        policy_elsewhere: false,
        attributes,
        account: place(evaluator, "AWS::AccountId", resource.span, Symbol::OwnAccount),
        partition: None,
        region: place(evaluator, "AWS::Region", resource.span, Symbol::Region),
        deployer: None,
        change: None,
    })
}

/// What a resource is given; not known where its text is broken off before that.
pub(super) fn properties(evaluator: &mut Evaluator<'_>, body: &Value) -> Option<Value> {
    match body.get("Properties") {
        Some(properties) => Some(evaluator.present(properties)),
        None => body.as_map()?.open.as_ref().map(of_open),
    }
}

/// The account or Region of a key, where it is settled; not known where a stack set deploys it to others.
fn place(evaluator: &Evaluator<'_>, name: &str, at: Span, symbol: Symbol) -> Option<Text> {
    let stack = &evaluator.stack;
    let settled = if symbol == Symbol::Region { &stack.region } else { &stack.account };
    let abroad =
        || Text::unknown(Unknown { reason: Reason::ReadOutside, name: name.into(), span: at, symbol });
    settled.clone().or_else(|| stack.is_abroad.then(abroad))
}

/// The path of the CDK construct that made a resource.
pub(super) fn construct(body: &Value) -> Option<&Value> {
    body.get("Metadata")?.get("aws:cdk:path")
}

/// How a resource comes to be declared; `None` when its condition does not hold.
pub(super) fn present(evaluator: &mut Evaluator<'_>, resource: &Resource<'_>) -> Option<Trail> {
    let mut trail = evaluator.stack.trail.clone();
    if let Some(path) = construct(resource.body)
        && let Some(shown) = path.as_str()
    {
        trail = trail.via(path.span, format!("made by the CDK construct `{shown}`"));
    }
    if let Some(condition) = resource.body.get("Condition")
        && let Some(name) = condition.as_str()
    {
        let name = &evaluator.filled(name);
        let truth = conditions::named(evaluator, name, condition.span);
        match truth.holds {
            Some(false) => return None,
            Some(true) => {
                for (at, note) in &truth.by {
                    trail = trail.via(*at, note.clone());
                }
            }
            None => {
                evaluator.assuming += 1;
                let name: std::sync::Arc<str> = evaluator.full(name).into();
                evaluator.facts.suppose(&name, true);
                trail = trail.via(condition.span, format!("exists only where `{name}` holds"));
            }
        }
    }
    for (name, value) in resource.bound.iter().filter(|(name, _)| !name.starts_with('&')) {
        trail = trail.via(value.span, format!("`{name}` in `Fn::ForEach`"));
    }
    Some(trail)
}

/// The stated policy. Properties that are not all known may state one.
fn policy(
    resource: &Resource<'_>,
    properties: Option<&Value>,
    bypass: Option<&Value>,
) -> Option<StatedPolicy> {
    let (name_span, value) = match properties.and_then(Value::as_map) {
        Some(map) => match (map.entry("KeyPolicy"), &map.open) {
            (Some(entry), _) => (entry.name.span, entry.value.clone()),
            (None, Some(open)) => (open.span, of_open(open)),
            (None, None) => return None,
        },
        None => match &properties?.kind {
            Kind::Unknown(unknown) => (unknown.span, of_open(unknown)),
            _ => return None,
        },
    };
    Some(StatedPolicy { address: resource.address.clone(), name_span, value, bypass: bypass.cloned() })
}

fn attributes(properties: Option<&Value>) -> BTreeMap<Attribute, Value> {
    let mut attributes = BTreeMap::new();
    let map = properties.and_then(Value::as_map);
    let open = match (map, properties.map(|value| &value.kind)) {
        (Some(map), _) => map.open.as_ref(),
        (None, Some(Kind::Unknown(unknown))) => Some(unknown),
        _ => None,
    };
    for (name, attribute, holds) in PROPERTIES {
        match (map.and_then(|map| map.get(name)), open) {
            (Some(value), _) => {
                attributes.insert(*attribute, converted(value, *holds));
            }
            (None, Some(open)) => {
                attributes.insert(*attribute, of_open(open));
            }
            (None, None) => {}
        }
    }
    attributes
}

pub(super) fn of_open(open: &Unknown) -> Value {
    Value::new(Kind::Unknown(open.clone()), open.span)
}

/// A property with the type that CloudFormation gives it: `"true"` is true, `"7"` is 7.
fn converted(value: &Value, holds: Holds) -> Value {
    let kind = match (holds, &value.kind) {
        (_, Kind::OneOf(branches)) => {
            let of = |branch: &crate::value::Branch| crate::value::Branch {
                value: converted(&branch.value, holds),
                ..branch.clone()
            };
            Kind::OneOf(branches.iter().map(of).collect())
        }
        (Holds::Truth, Kind::Text(text)) => {
            match text.known().map(|text| text.to_ascii_lowercase()).as_deref() {
                Some("true") => Kind::Bool(true),
                Some("false") => Kind::Bool(false),
                _ => return value.clone(),
            }
        }
        (Holds::Number, Kind::Text(text)) => {
            match text.known().and_then(|text| text.trim().parse::<i64>().ok()) {
                Some(number) => Kind::Number(Number::from(number)),
                None => return value.clone(),
            }
        }
        _ => return value.clone(),
    };
    Value { kind, ..value.clone() }
}

/// Whether removing the resource keeps the key (CloudFormation User Guide, "`DeletionPolicy` attribute").
fn retained(evaluator: &mut Evaluator<'_>, body: &Value) -> Option<Value> {
    let policy = evaluator.value(body.get("DeletionPolicy")?)?;
    let of = |value: &Value| match text::of(value).and_then(|text| text.known()) {
        Some(known) => Value { kind: Kind::Bool(known.starts_with("Retain")), ..value.clone() },
        None => value.clone(),
    };
    Some(match &policy.kind {
        Kind::OneOf(branches) => {
            let branches = branches
                .iter()
                .map(|branch| crate::value::Branch { when: branch.when.clone(), value: of(&branch.value) });
            Value { kind: Kind::OneOf(branches.collect()), ..policy.clone() }
        }
        _ => of(&policy),
    })
}
