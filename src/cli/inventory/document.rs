//! A policy's text, as far as it is known.
//!
//! What is not known stands there as `${name}`, and beside the text with its reason. What is easy to get wrong: a text
//! that was made by encoding a value is shown from that value, so that a known part behind an unknown one is not lost.

use crate::cli::output::{Place, place};
use crate::cli::shown::{SENSITIVE, condition};
use crate::source::{Limits, SourceMap};
use crate::value::{Branch, Kind, List, Map, Text, Unknown, Value};
use serde::Serialize;
use serde_json::Value as Json;

/// A text with what is not known in it.
#[derive(Debug, Serialize)]
pub(super) struct Resolved {
    /// Under which condition it holds, where it depends on one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) when: Option<String>,
    /// The text; `${name}` stands for what is not known.
    pub(super) text: String,
    /// What is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) unknown: Vec<Missing>,
    /// Whether the text is sensitive and not shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) sensitive: bool,
}

/// Something that is not known.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(super) struct Missing {
    /// Its name in the text.
    pub(super) name: String,
    /// Why it is not known.
    pub(super) reason: String,
    /// Where it enters.
    pub(super) place: Place,
}

/// A value's texts: one, or one for each case.
pub(super) fn resolved(value: &Value, map: &SourceMap) -> Vec<Resolved> {
    match &value.kind {
        Kind::OneOf(branches) if !value.secret => branches
            .iter()
            .map(|branch| Resolved { when: Some(condition(&branch.when)), ..one(&branch.value, map) })
            .collect(),
        _ => vec![one(value, map)],
    }
}

/// A value as one text.
pub(super) fn one(value: &Value, map: &SourceMap) -> Resolved {
    if value.secret {
        return Resolved { when: None, text: SENSITIVE.to_owned(), unknown: Vec::new(), sensitive: true };
    }
    let mut writer = Writer { map, unknown: Vec::new() };
    let text = match &value.kind {
        Kind::Text(text) if text.encodes().is_none() => writer.text(text),
        Kind::Text(text) => pretty(&writer.json(text.encodes().unwrap_or(value), 0)),
        Kind::Map(_) | Kind::List(_) => pretty(&writer.json(value, 0)),
        _ => match writer.json(value, 0) {
            Json::String(text) => text,
            other => other.to_string(),
        },
    };
    Resolved { when: None, text, unknown: writer.unknown, sensitive: false }
}

/// A value as JSON, unknown parts as texts `${name}`.
pub(super) fn json(value: &Value, map: &SourceMap) -> Json {
    Writer { map, unknown: Vec::new() }.json(value, 0)
}

fn pretty(json: &Json) -> String {
    serde_json::to_string_pretty(json).unwrap_or_default()
}

struct Writer<'a> {
    map: &'a SourceMap,
    unknown: Vec<Missing>,
}

impl Writer<'_> {
    fn json(&mut self, value: &Value, depth: usize) -> Json {
        if value.secret {
            return Json::String(SENSITIVE.to_owned());
        }
        if depth > Limits::DEFAULT.depth {
            return Json::String("…".to_owned());
        }
        match &value.kind {
            Kind::Null => Json::Null,
            Kind::Bool(known) => Json::Bool(*known),
            Kind::Number(number) => {
                let parsed = serde_json::from_str(number.as_str());
                parsed.unwrap_or_else(|_| Json::String(number.as_str().to_owned()))
            }
            Kind::Text(text) => Json::String(self.text(text)),
            Kind::Unknown(unknown) => Json::String(self.missing(unknown)),
            Kind::OneOf(branches) => Json::String(self.one_of(branches, value, depth)),
            Kind::List(list) => self.list(list, depth),
            Kind::Map(map) => self.object(map, depth),
        }
    }

    fn list(&mut self, list: &List, depth: usize) -> Json {
        let mut items: Vec<Json> = list.items.iter().map(|item| self.json(item, depth + 1)).collect();
        items.extend(list.open.as_ref().map(|open| Json::String(self.missing(open))));
        Json::Array(items)
    }

    fn object(&mut self, map: &Map, depth: usize) -> Json {
        let mut entries = serde_json::Map::new();
        for entry in &map.entries {
            let name = self.text(&entry.name.text);
            let value = self.json(&entry.value, depth + 1);
            entries.insert(name, value);
        }
        if let Some(open) = &map.open {
            let name = self.missing(open);
            entries.entry(name.clone()).or_insert(Json::String(name));
        }
        Json::Object(entries)
    }

    fn text(&mut self, text: &Text) -> String {
        let unknowns: Vec<&Unknown> = text.unknowns().collect();
        for unknown in unknowns {
            self.missing(unknown);
        }
        text.shown()
    }

    fn missing(&mut self, unknown: &Unknown) -> String {
        self.note(unknown.name.to_string(), unknown.reason.to_string(), unknown.span)
    }

    /// Cases inside of a document: named by what decides, with the cases as the reason.
    fn one_of(&mut self, branches: &[Branch], value: &Value, depth: usize) -> String {
        let mut deciding: Vec<&str> = Vec::new();
        for assumption in branches.iter().flat_map(|branch| &branch.when) {
            if !deciding.contains(&&*assumption.condition) {
                deciding.push(&assumption.condition);
            }
        }
        let cases: Vec<String> = branches
            .iter()
            .map(|branch| {
                let case = self.json(&branch.value, depth + 1);
                format!("{case} where {}", condition(&branch.when))
            })
            .collect();
        self.note(
            format!("by {}", deciding.join(", ")),
            format!("is one of {}", cases.join("; ")),
            value.span,
        )
    }

    fn note(&mut self, name: String, reason: String, span: crate::source::Span) -> String {
        let shown = format!("${{{name}}}");
        let missing = Missing { name, reason, place: place(span, self.map) };
        if !self.unknown.contains(&missing) {
            self.unknown.push(missing);
        }
        shown
    }
}
