//! SAM's `Globals`: properties that all resources of a type have.
//!
//! Of a property that stands in both places, mappings are merged, lists added to each other, and all else is the
//! resource's (AWS SAM Developer Guide, "Globals section"). What is easy to get wrong: a function's policies and role can
//! not stand there; SAM refuses such a template.

use super::intrinsics;
use super::mistake;
use super::scope::Evaluator;
use super::template::Template;
use crate::value::{Entry, Kind, List, Map, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// What of a function cannot stand there.
const OWN: [&str; 4] = ["Role", "Policies", "FunctionName", "Events"];

/// The properties of a resource with those that all of its type have.
pub(super) fn properties<'a>(template: &'a Template, body: &'a Value) -> Option<Cow<'a, Value>> {
    let own = body.get("Properties");
    let Some(common) = common(template, body) else { return own.map(Cow::Borrowed) };
    Some(match own {
        None => Cow::Borrowed(common),
        Some(own) => Cow::Owned(merged(common, own)),
    })
}

fn common<'a>(template: &'a Template, body: &Value) -> Option<&'a Value> {
    let kind = body.get("Type")?.as_str()?.strip_prefix("AWS::Serverless::")?;
    template.section("Globals")?.get(kind)
}

/// Trees are at most as deep as the parsers allow.
fn merged(common: &Value, own: &Value) -> Value {
    let call = |value: &Value| value.as_map().is_some_and(|map| intrinsics::call_of(value, map).is_some());
    let kind = match (&common.kind, &own.kind) {
        _ if call(common) || call(own) => return own.clone(),
        (Kind::Map(common), Kind::Map(own)) => {
            let under = |entry: &Entry| {
                let name = entry.name.text.as_known();
                let value = name.and_then(|name| own.get(name)).map(|own| merged(&entry.value, own));
                Entry { value: value.unwrap_or_else(|| entry.value.clone()), ..entry.clone() }
            };
            let is_new =
                |entry: &&Entry| entry.name.text.as_known().is_none_or(|name| common.get(name).is_none());
            let entries = common.entries.iter().map(under).chain(own.entries.iter().filter(is_new).cloned());
            let open = own.open.clone().or_else(|| common.open.clone());
            Kind::Map(Arc::new(Map { kind: own.kind, entries: entries.collect(), open }))
        }
        (Kind::List(common), Kind::List(own)) => {
            let items = common.items.iter().chain(&own.items).cloned().collect();
            let open = own.open.clone().or_else(|| common.open.clone());
            Kind::List(Arc::new(List { items, kind: own.kind, open }))
        }
        _ => return own.clone(),
    };
    Value { kind, ..own.clone() }
}

/// Reports what SAM refuses there.
pub(super) fn check(evaluator: &mut Evaluator<'_>) {
    let globals = evaluator.template.section("Globals").and_then(|globals| globals.get("Function")?.as_map());
    for name in OWN {
        if let Some(entry) = globals.and_then(|function| function.entry(name)) {
            let message = format!("`{name}` cannot stand in `Globals`, and SAM refuses the template");
            evaluator.report(mistake(entry.name.span, message).help("write it in each function"));
        }
    }
}
