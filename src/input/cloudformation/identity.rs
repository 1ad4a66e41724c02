//! Identity policies that speak of KMS.

use super::keys;
use super::sam;
use super::scope::Evaluator;
use super::transform::Resource;
use super::users;
use crate::key::{IdentityPolicy, Pointer};
use crate::value::{Kind, Map, Value};

/// The policies that a resource attaches to identities, where they name KMS ("`AWS::IAM::Policy`" and its like).
pub(super) fn policies(evaluator: &mut Evaluator<'_>, resource: &Resource<'_>) -> Vec<IdentityPolicy> {
    if resource.body.get("Type").and_then(Value::as_str).is_some_and(sam::makes_role) {
        return sam::policies(evaluator, resource);
    }
    let written = written(resource.body);
    let written: Vec<&Value> = written.into_iter().filter(|policy| speaks_of_kms(policy)).collect();
    if written.is_empty() {
        return Vec::new();
    }
    let Some(trail) = keys::present(evaluator, resource) else { return Vec::new() };
    let evaluated: Vec<Value> = written.into_iter().filter_map(|policy| evaluator.value(policy)).collect();
    let holder = holder(evaluator, resource);
    let policy = |value| IdentityPolicy {
        address: resource.address.clone(),
        span: resource.span,
        trail: trail.clone(),
        value,
        holder: holder.clone(),
    };
    evaluated.into_iter().map(policy).collect()
}

/// Who has the policies: the role or user itself, or the one that a policy is attached to.
fn holder(evaluator: &mut Evaluator<'_>, resource: &Resource<'_>) -> Option<Pointer> {
    let properties = resource.body.get("Properties")?;
    let only = |name: &str| match properties.get(name)?.as_list()?.items.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    let named = match resource.body.get("Type")?.as_str()? {
        "AWS::IAM::Role" | "AWS::IAM::User" => {
            let address = Some(resource.address.clone());
            return Some(Pointer { value: Value::null(resource.span), address });
        }
        "AWS::IAM::RolePolicy" => properties.get("RoleName"),
        "AWS::IAM::UserPolicy" => properties.get("UserName"),
        "AWS::IAM::Policy" if properties.get("Users").or(properties.get("Groups")).is_none() => only("Roles"),
        _ => None,
    };
    let named = named?;
    let pointer = Pointer::of(evaluator.value(named)?);
    // `Ref` of a role is that role, whatever its name.
    let address = pointer.address.clone().or_else(|| users::leads_to(evaluator, named));
    Some(Pointer { address, ..pointer })
}

/// The policy documents of a resource, not evaluated.
fn written(body: &Value) -> Vec<&Value> {
    let (Some(of), Some(properties)) = (body.get("Type").and_then(Value::as_str), body.get("Properties"))
    else {
        return Vec::new();
    };
    match of {
        "AWS::IAM::Policy"
        | "AWS::IAM::ManagedPolicy"
        | "AWS::IAM::RolePolicy"
        | "AWS::IAM::UserPolicy"
        | "AWS::IAM::GroupPolicy" => properties.get("PolicyDocument").into_iter().collect(),
        "AWS::SSO::PermissionSet" => properties.get("InlinePolicy").into_iter().collect(),
        "AWS::IAM::Role" | "AWS::IAM::User" | "AWS::IAM::Group" => {
            let mut found = Vec::new();
            properties.get("Policies").into_iter().for_each(|list| documents(list, &mut found));
            found
        }
        _ => Vec::new(),
    }
}

/// The documents of inline policies, also in the alternatives of `Fn::If`. Trees are at most as deep as the parsers
/// allow.
fn documents<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match &value.kind {
        Kind::List(list) => list.items.iter().for_each(|item| documents(item, found)),
        Kind::Map(map) => match map.get("PolicyDocument") {
            Some(document) => found.push(document),
            None => alternatives(map).iter().for_each(|item| documents(item, found)),
        },
        _ => {}
    }
}

/// The alternatives of `Fn::If`, when the mapping is one.
pub(super) fn alternatives(map: &Map) -> &[Value] {
    match map.entries.as_slice() {
        [only] if only.name.text.is("Fn::If") || only.name.text.is("!If") => {
            only.value.as_list().and_then(|list| list.items.get(1..)).unwrap_or_default()
        }
        _ => &[],
    }
}

/// Whether `kms:` stands anywhere in it, in any case: actions are compared without regard to case.
pub(super) fn speaks_of_kms(value: &Value) -> bool {
    holds_text(value, b"kms:")
}

/// Whether these letters stand anywhere in it, in any case.
pub(super) fn holds_text(value: &Value, letters: &[u8]) -> bool {
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        match &value.kind {
            Kind::Text(text) => {
                let known = text.known_parts();
                if known.as_bytes().windows(letters.len()).any(|window| window.eq_ignore_ascii_case(letters))
                {
                    return true;
                }
            }
            Kind::List(list) => left.extend(&list.items),
            Kind::Map(map) => left.extend(map.entries.iter().map(|entry| &entry.value)),
            _ => {}
        }
    }
    false
}
