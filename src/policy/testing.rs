//! Values for the tests of this room, made in a few characters.

use crate::source::{FileId, SourceMap, Span};
use crate::value::{Assumption, Branch, Entry, Kind, Name, Number, Reason, Symbol, Text, Unknown, Value};

/// A place in some file.
pub(crate) fn here() -> Span {
    Span::new(file(), 0..1)
}

fn file() -> FileId {
    SourceMap::default().add("t", "")
}

/// A known text.
pub(crate) fn known(text: &str) -> Text {
    Text::made(text, here())
}

/// An unknown of the sort that `name` says.
pub(crate) fn unknown(name: &str) -> Unknown {
    let symbol = match name {
        "own" => Symbol::OwnAccount,
        "account" => Symbol::SomeAccount,
        "partition" => Symbol::Partition,
        "region" => Symbol::Region,
        "name" => Symbol::Name,
        "text" => Symbol::AnyText,
        "id" => Symbol::Attribute { resource: "aws_iam_role.r".into(), attribute: "id".into() },
        "attribute" => Symbol::Attribute { resource: "aws_iam_role.r".into(), attribute: "arn".into() },
        _ => Symbol::Anything,
    };
    Unknown { reason: Reason::NotSet, name: name.into(), span: here(), symbol }
}

/// A text of pieces; those that begin with `?` are unknowns of that sort.
pub(crate) fn mixed(pieces: &[&str]) -> Text {
    let pieces: Vec<Text> = pieces
        .iter()
        .map(|piece| match piece.strip_prefix('?') {
            Some(name) if !name.is_empty() => Text::unknown(unknown(name)),
            _ => known(piece),
        })
        .collect();
    Text::concat(&pieces)
}

/// A value from JSON. The text `?name` is an unknown value, `<?name>` in a text an unknown piece of it;
/// `{"?if": c, "then": a, "else": b}` is undecided.
pub(crate) fn value(json: &str) -> Value {
    from_json(&serde_json::from_str(json).unwrap())
}

fn pieces(text: &str) -> Text {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some((before, (name, behind))) =
        rest.split_once("<?").and_then(|(before, behind)| Some((before, behind.split_once('>')?)))
    {
        all.extend([known(before), Text::unknown(unknown(name))]);
        rest = behind;
    }
    all.push(known(rest));
    Text::concat(&all)
}

/// A value from a JSON tree, as [`value`].
pub(crate) fn from_json(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    let at = here();
    match json {
        Json::Null => Value::null(at),
        Json::Bool(yes) => Value::bool(*yes, at),
        Json::Number(number) => Value::new(Kind::Number(Number::from_canonical(number.to_string())), at),
        Json::String(text) => match text.strip_prefix('?') {
            Some(name) => Value::new(Kind::Unknown(unknown(name)), at),
            None => Value::text(pieces(text), at),
        },
        Json::Array(items) => Value::tuple(items.iter().map(from_json).collect(), at),
        Json::Object(map) => {
            if let Some(Json::String(condition)) = map.get("?if") {
                return one_of(condition, from_json(&map["then"]), from_json(&map["else"]));
            }
            let entry = |(name, value): (&String, &Json)| Entry {
                name: Name { text: known(name), span: at },
                value: from_json(value),
            };
            Value::object(map.iter().map(entry).collect(), at)
        }
    }
}

/// A choice by one condition.
pub(crate) fn one_of(condition: &str, yes: Value, no: Value) -> Value {
    let when = |holds| vec![Assumption { condition: condition.into(), holds, span: here() }];
    let branches = [Branch { when: when(true), value: yes }, Branch { when: when(false), value: no }];
    Value::new(Kind::OneOf(branches.into()), here())
}
