//! The resources of a template, loops (`Fn::ForEach`) unrolled.

use super::scope::Evaluator;
use super::text;
use crate::source::{Limits, Span};
use crate::value::{Kind, Map, Reason, Symbol, Unknown, Value};
use std::sync::Arc;

/// A resource, and the loop variables that hold in it.
pub(super) struct Resource<'a> {
    /// Its logical id.
    pub address: String,
    /// Where the logical id stands.
    pub span: Span,
    /// Its declaration, not evaluated.
    pub body: &'a Value,
    /// Loop variables.
    pub bound: Vec<(Arc<str>, Value)>,
}

/// All resources. Where a loop's collection is not known, its resources stand once, with the variable unknown: a
/// transform must not hide a key.
pub(super) fn resources<'a>(evaluator: &mut Evaluator<'a>) -> Vec<Resource<'a>> {
    section(evaluator, "Resources")
}

/// All that a section declares.
pub(super) fn section<'a>(evaluator: &mut Evaluator<'a>, name: &str) -> Vec<Resource<'a>> {
    let mut found = Vec::new();
    if let Some(map) = evaluator.template.section(name) {
        unroll(evaluator, map, &[], &mut found);
        // Of those that stand twice the last one counts.
        let template = evaluator.template;
        let counts = |body: &Value, written: &str| {
            template.entry(name, written).is_none_or(|entry| std::ptr::eq(&raw const entry.value, body))
        };
        let prefix = evaluator.stack.prefix.as_str();
        found.retain(|one| {
            !one.bound.is_empty() || counts(one.body, one.address.get(prefix.len()..).unwrap_or_default())
        });
    }
    found
}

fn unroll<'a>(
    evaluator: &mut Evaluator<'a>,
    map: &'a Map,
    bound: &[(Arc<str>, Value)],
    found: &mut Vec<Resource<'a>>,
) {
    for entry in &map.entries {
        let name = &entry.name;
        if name.text.as_known().is_some_and(|name| name.starts_with("Fn::ForEach")) {
            each(evaluator, &entry.value, bound, found);
            continue;
        }
        let address = evaluator.full(&substituted(name.text.shown(), bound));
        found.push(Resource { address, span: name.span, body: &entry.value, bound: bound.to_vec() });
    }
}

/// `Fn::ForEach::Name: [variable, [value, …], {name: resource}]`.
fn each<'a>(
    evaluator: &mut Evaluator<'a>,
    written: &'a Value,
    bound: &[(Arc<str>, Value)],
    found: &mut Vec<Resource<'a>>,
) {
    let Some((variable, collection, body)) = parts(written) else { return };
    if bound.len() >= 5 {
        evaluator.limit(written.span, "loops are nested deeper than five levels and were not unrolled");
        return;
    }
    let values = evaluator.with_bound(bound, |evaluator| evaluator.present(collection));
    let items = match &values.kind {
        Kind::List(list) if list.open.is_none() => list.items.clone(),
        _ => {
            let reason = values.unknowns().first().map_or(Reason::NotEvaluated, |unknown| unknown.reason);
            let unknown =
                Unknown { reason, name: variable.into(), span: collection.span, symbol: Symbol::AnyText };
            vec![Value::new(Kind::Unknown(unknown), collection.span)]
        }
    };
    for item in items {
        if found.len() >= Limits::DEFAULT.instances {
            evaluator.limit(written.span, "loops make too many resources and were not unrolled further");
            return;
        }
        let mut inner = bound.to_vec();
        inner.extend(bindings(variable, item, collection.span));
        unroll(evaluator, body, &inner, found);
    }
}

/// What a loop is made of: `[variable, [value, …], {name: body}]`.
pub(super) fn parts(written: &Value) -> Option<(&str, &Value, &Map)> {
    let [variable, collection, body] = written.as_list()?.items.as_slice() else { return None };
    Some((variable.as_str()?, collection, body.as_map()?))
}

/// The variable of a loop in one of its turns. `&{Name}` is the variable without the characters that logical ids may
/// not have.
pub(super) fn bindings(variable: &str, item: Value, at: Span) -> [(Arc<str>, Value); 2] {
    let item = text::of(&item).map_or(item.clone(), |text| Value { kind: Kind::Text(text), ..item });
    let item = item.via(at, format!("`{variable}` in `Fn::ForEach`"));
    let plain: String =
        item.as_str().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
    let stripped = Value::text(crate::value::Text::made(plain, item.span), item.span);
    [(format!("&{{{variable}}}").into(), stripped), (variable.into(), item)]
}

/// A logical id with the loop variables put in; unknown ones stay as they are written.
pub(super) fn substituted(mut name: String, bound: &[(Arc<str>, Value)]) -> String {
    for (variable, value) in bound {
        let Some(value) = value.as_str() else { continue };
        let placeholder =
            if variable.starts_with('&') { variable.to_string() } else { format!("${{{variable}}}") };
        name = name.replace(&placeholder, value);
    }
    name
}
