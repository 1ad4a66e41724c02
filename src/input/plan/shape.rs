//! A planned value with what is unknown and what is sensitive put back into it.
//!
//! `after` leaves unknown attributes out and has null for unknown elements; `after_unknown` has `true` at their place,
//! position for position (Terraform documentation, "JSON Output Format"). Sensitive values are printed in clear and
//! only marked in `after_sensitive`.

use crate::source::Span;
use crate::value::{Entry, Kind, List, Map, Reason, Value};
use std::sync::Arc;

/// `after` with the marks of `unknown` and `sensitive`. `name` is what the value is called: its address.
pub(super) fn merged(after: &Value, unknown: Option<&Value>, sensitive: Option<&Value>, name: &str) -> Value {
    if let Some(unknown) = unknown.filter(|unknown| is_true(unknown)) {
        let mut value = Value::unknown(Reason::AfterApply, name, unknown.span);
        value.secret = sensitive.is_some_and(is_true);
        return value;
    }
    let mut value = match &after.kind {
        Kind::Map(map) => {
            Value { kind: Kind::Map(Arc::new(object(map, unknown, sensitive, name))), ..after.clone() }
        }
        Kind::List(list) => {
            let item = |mark: Option<&Value>, at: usize| {
                mark.and_then(|mark| mark.as_list()?.items.get(at).cloned())
            };
            let items = list.items.iter().enumerate().map(|(at, value)| {
                let (unknown, sensitive) = (item(unknown, at), item(sensitive, at));
                merged(value, unknown.as_ref(), sensitive.as_ref(), &format!("{name}[{at}]"))
            });
            let list = List { kind: list.kind, items: items.collect(), open: list.open.clone() };
            Value { kind: Kind::List(Arc::new(list)), ..after.clone() }
        }
        _ => after.clone(),
    };
    value.secret |= sensitive.is_some_and(is_true);
    value
}

fn object(after: &Map, unknown: Option<&Value>, sensitive: Option<&Value>, name: &str) -> Map {
    let below = |entry: &Entry| format!("{name}.{}", entry.name.text.known_parts());
    let mark = |marks: Option<&Value>, entry: &Entry| {
        marks.and_then(|marks| marks.get(&entry.name.text.known_parts()).cloned())
    };
    let mut entries = Vec::with_capacity(after.entries.len());
    for entry in &after.entries {
        let (unknown, sensitive) = (mark(unknown, entry), mark(sensitive, entry));
        let value = merged(&entry.value, unknown.as_ref(), sensitive.as_ref(), &below(entry));
        entries.push(Entry { name: entry.name.clone(), value });
    }
    for entry in unknown.and_then(Value::as_map).map(|map| map.entries.as_slice()).unwrap_or_default() {
        let is_new = after.entry(&entry.name.text.known_parts()).is_none();
        if is_new && holds_true(&entry.value) {
            let sensitive = mark(sensitive, entry);
            let absent = Value::null(entry.value.span);
            let value = merged(&absent, Some(&entry.value), sensitive.as_ref(), &below(entry));
            // Something unknown below a place that is not there at all: nothing is known of it.
            let value = if value.is_null() {
                Value::unknown(Reason::AfterApply, below(entry), entry.value.span)
            } else {
                value
            };
            entries.push(Entry { name: entry.name.clone(), value });
        }
    }
    Map { kind: after.kind, entries, open: after.open.clone() }
}

fn is_true(value: &Value) -> bool {
    matches!(value.kind, Kind::Bool(true))
}

fn holds_true(value: &Value) -> bool {
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        match &value.kind {
            Kind::Bool(true) => return true,
            Kind::List(list) => left.extend(&list.items),
            Kind::Map(map) => left.extend(map.entries.iter().map(|entry| &entry.value)),
            _ => {}
        }
    }
    false
}

/// The place of an argument's name in an object of the plan; `otherwise` where it is in none of them.
pub(super) fn name_span(objects: &[Option<&Value>], name: &str, otherwise: Span) -> Span {
    let entry = objects.iter().flatten().find_map(|object| object.as_map()?.entry(name));
    entry.map_or(otherwise, |entry| entry.name.span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;
    use crate::syntax::json;

    fn read(text: &str) -> Value {
        let file = SourceMap::default().add("plan.json", text);
        json::parse_file(file, text, 0..text.len()).unwrap()
    }

    #[test]
    fn unknown_and_sensitive_parts_come_back_at_their_place() {
        let after = read(r#"{"a": "x", "l": ["k", null], "o": {"p": 1}, "s": "hush"}"#);
        let unknown = read(r#"{"l": [false, true], "n": true, "m": [false], "o": {"q": true}}"#);
        let sensitive = read(r#"{"s": true, "l": [false, false]}"#);
        let value = merged(&after, Some(&unknown), Some(&sensitive), "aws_x.y");
        assert_eq!(value.get("a").unwrap().as_str(), Some("x"));
        let names: Vec<_> = value.unknowns().into_iter().map(|unknown| unknown.name.to_string()).collect();
        assert_eq!(names, ["aws_x.y.l[1]", "aws_x.y.o.q", "aws_x.y.n"]);
        assert!(value.get("s").unwrap().secret && !value.get("a").unwrap().secret);
        assert!(value.get("m").is_none());
    }
}
