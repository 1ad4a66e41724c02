//! What uses keys, and what sends to it, as a template's resources say.
//!
//! Only the properties that matter are evaluated. What is easy to get wrong: a function may stand for any part of the way
//! to a property.

use super::scope::Evaluator;
use super::transform::Resource;
use super::{globals, intrinsics, keys};
use crate::key::KeyUser;
use crate::key::table::{self as users, Names, Written};
use crate::source::Span;
use crate::value::{Kind, Value};

/// The users that a resource is; none where its condition does not hold.
pub(super) fn users(evaluator: &mut Evaluator<'_>, resource: &Resource<'_>) -> Vec<KeyUser> {
    let Some(type_name) = resource.body.get("Type").and_then(Value::as_str) else { return Vec::new() };
    let rows = users::of_cloudformation(type_name);
    if rows.is_empty() {
        return Vec::new();
    }
    let Some(trail) = keys::present(evaluator, resource) else { return Vec::new() };
    let bare = || KeyUser {
        sort: "",
        address: resource.address.clone(),
        type_name: type_name.to_owned(),
        span: resource.span,
        trail: trail.clone(),
        parts: Vec::new(),
        arn: None,
        default_key: None,
        account: None,
        region: None,
    };
    let nothing = Value::null(resource.span);
    let properties = globals::properties(evaluator.template, resource.body);
    let properties = properties.as_deref().unwrap_or(&nothing);
    let mut found = Vec::new();
    for row in rows {
        let user = row.user(Names::CloudFormation, bare, |path| {
            let mut written = Vec::new();
            collect(evaluator, properties, path, resource.span, &mut written);
            written
        });
        found.extend(user);
    }
    found
}

/// What is written at a path. Recursion goes down the path or into a list on it; trees are as deep as parsers allow.
fn collect(
    evaluator: &mut Evaluator<'_>,
    value: &Value,
    path: &[&str],
    name_span: Span,
    found: &mut Vec<Written>,
) {
    let call = value.as_map().and_then(|map| intrinsics::call_of(value, map));
    let Some((name, rest)) = path.split_first().filter(|_| call.is_none()) else {
        let Some(evaluated) = evaluator.value(value) else { return };
        let leads_to = path.is_empty().then(|| leads_to(evaluator, value)).flatten();
        found.extend(users::at_path(&evaluated, path, name_span).into_iter().map(|written| Written {
            leads_to: leads_to.clone(),
            span: value.span,
            ..written
        }));
        return;
    };
    match &value.kind {
        Kind::List(list) => {
            for item in &list.items {
                collect(evaluator, item, path, name_span, found);
            }
        }
        Kind::Map(map) => {
            if let Some(entry) = map.entry(name) {
                collect(evaluator, &entry.value, rest, entry.name.span, found);
            }
        }
        _ => {}
    }
}

/// The logical id that `Ref` or `Fn::GetAtt` names, as it is written.
pub(super) fn leads_to(evaluator: &Evaluator<'_>, value: &Value) -> Option<String> {
    let call = intrinsics::call_of(value, value.as_map()?)?;
    let first = call.args().first()?.as_str()?;
    let name = match call.name {
        "Ref" => first,
        "GetAtt" => first.split('.').next()?,
        _ => return None,
    };
    evaluator.template.entry("Resources", name).map(|_| evaluator.full(name))
}
