//! JSON, Base64, CSV and URLs.

use super::signature::{Arguments, Function, Outcome, Parameter, Takes, is_secret};
use crate::input::terraform::json::{Layout, encode, plain, sorted_entries};
use crate::source::Limits;
use crate::syntax;
use crate::value::{Entry, Kind, List, ListKind, Map, MapKind, Text, Value};
use std::sync::Arc;

const TEXT: &[Parameter] = &[Parameter::new("str", Takes::Text)];

pub(super) const ROWS: &[Function] = &[
    Function::new("jsonencode", &[Parameter::new("val", Takes::Any).nullable()], jsonencode).text().keeps(),
    Function::new("jsondecode", TEXT, jsondecode),
];

/// The text remembers the value, so that a policy reads as the user wrote it.
fn jsonencode(args: &Arguments<'_>) -> Outcome {
    let value = args.value(0)?;
    let text = encode(&plain(value), Layout::Compact, args.call.span)?;
    let mut result = args.give_text(text)?;
    result.secret = is_secret(value);
    Ok(result)
}

fn jsondecode(args: &Arguments<'_>) -> Outcome {
    let text = args.text(0)?;
    if let Some(value) = text.encodes() {
        return Ok(plain(value));
    }
    let value = syntax::json::parse_text(&text, args.value(0)?.span).map_err(|mut problem| {
        problem.message = format!("in `jsondecode`, {}", problem.message);
        problem
    })?;
    Ok(decoded(&value, Limits::DEFAULT.depth + 1))
}

/// A value as read, as Terraform takes it: objects and tuples, the last of equal names, numbers in canonical form.
pub(super) fn decoded(value: &Value, depth: usize) -> Value {
    let Some(deeper) = depth.checked_sub(1) else { return value.clone() };
    let kind = match &value.kind {
        Kind::List(list) => Kind::List(Arc::new(List {
            kind: ListKind::Tuple,
            items: list.items.iter().map(|item| decoded(item, deeper)).collect(),
            open: list.open.clone(),
        })),
        Kind::Map(map) => Kind::Map(Arc::new(Map {
            kind: MapKind::Object,
            entries: sorted_entries(map)
                .into_iter()
                .map(|entry| Entry { name: entry.name.clone(), value: decoded(&entry.value, deeper) })
                .collect(),
            open: map.open.clone(),
        })),
        other => other.clone(),
    };
    Value { kind, ..value.clone() }
}
