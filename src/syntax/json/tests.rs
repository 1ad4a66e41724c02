//! Our tree is that of `serde_json`, and every scalar's place re-reads to its value.

use super::{parse_file, parse_text};
use crate::source::{Problem, SourceMap, Span};
use crate::value::{Kind, Place, Reason, Symbol, Text, Unknown, Value};
use proptest::prelude::*;

fn read(text: &str) -> (SourceMap, Result<Value, Problem>) {
    let map = SourceMap::default();
    let file = map.add("t.json", text);
    let value = parse_file(file, text, 0..text.len());
    (map, value)
}

/// What the tree means, for comparison with `serde_json`.
fn plain(value: &Value) -> serde_json::Value {
    match &value.kind {
        Kind::Null => serde_json::Value::Null,
        Kind::Bool(value) => (*value).into(),
        Kind::Number(number) => serde_json::from_str(number.as_str()).unwrap(),
        Kind::Text(text) => text.known().unwrap().into(),
        Kind::List(list) => list.items.iter().map(plain).collect(),
        Kind::Map(map) => {
            map.entries.iter().map(|entry| (entry.name.text.known().unwrap(), plain(&entry.value))).collect()
        }
        Kind::OneOf(_) | Kind::Unknown(_) => panic!("a plain document has none"),
    }
}

/// The same with numbers as what they are worth: `0E0` is no other zero than `0`.
fn floats(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Number(number) => number.as_f64().into(),
        serde_json::Value::Array(items) => items.into_iter().map(floats).collect(),
        serde_json::Value::Object(entries) => {
            entries.into_iter().map(|(name, value)| (name, floats(value))).collect()
        }
        other => other,
    }
}

/// Every place, read again, gives what it is the place of; `unescape` undoes the outer notation.
fn check_places(value: &Value, map: &SourceMap, unescape: &dyn Fn(&str) -> String) {
    let again = |span: Span| -> serde_json::Value {
        let text = unescape(&map.slice(span));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
    };
    match &value.kind {
        Kind::List(list) => list.items.iter().for_each(|item| check_places(item, map, unescape)),
        Kind::Map(entries) => {
            for entry in &entries.entries {
                assert_eq!(again(entry.name.span), entry.name.text.known().unwrap().as_str());
                check_places(&entry.value, map, unescape);
            }
        }
        _ => {}
    }
    assert_eq!(again(value.span), plain(value));
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "\\PC*|[a\"\\\\\n\t/\u{7f}é😀]{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec(("[a-z\"\\\\é😀]{0,4}", inner), 0..6)
                .prop_map(|entries| entries.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn the_tree_is_that_of_serde_json(document in any_json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) };
        let (map, value) = read(&text.unwrap());
        let value = value.unwrap();
        prop_assert_eq!(plain(&value), document);
        check_places(&value, &map, &str::to_owned);
    }

    #[test]
    fn places_lead_through_a_string_in_a_string(document in any_json()) {
        let outer = serde_json::to_string(&serde_json::to_string(&document).unwrap()).unwrap();
        let (map, outer) = read(&outer);
        let outer = outer.unwrap();
        let inner = parse_text(outer.as_text().unwrap(), outer.span).unwrap();
        prop_assert_eq!(plain(&inner), document);
        check_places(&inner, &map, &|text| serde_json::from_str(&format!("\"{text}\"")).unwrap());
    }

    #[test]
    fn any_text_is_read_or_refused_as_serde_json_does(text in "[\\[\\]{}\":,0-9a-z.eE+ \\\\-]{0,24}") {
        let (_, value) = read(&text);
        match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(document) => prop_assert_eq!(floats(plain(&value.unwrap())), floats(document)),
            Err(error) => prop_assert!(value.is_err() || error.to_string().contains("out of range")),
        }
    }
}

#[test]
fn mistakes_are_named_and_underlined() {
    for (text, message, under, help) in [
        ("{\"a\": 1 \"b\": 2}", "expected `,` or `}` after a value, found `\"`", "\"", None),
        ("[1, 2,]", "expected a value, found `]`", "]", Some("remove the comma before it")),
        ("{\"a\": True}", "expected a value, found `True`", "True", Some("did you mean `true`")),
        (
            "{'a': 1}",
            "expected a name in double quotes, found `'`",
            "'",
            Some("write texts in double quotes"),
        ),
        ("{\"a\" 1}", "expected `:` after a name, found `1`", "1", None),
        ("[1] x", "unexpected `x` after the document", "x", None),
        (
            "[012]",
            "`012` is not a number in JSON",
            "012",
            Some("write it as a text in double quotes, or without the leading zero"),
        ),
        ("[\"ab]", "the text that starts here has no closing `\"`", "\"", None),
        ("[\"a\nb\"]", "a line break inside a text must be written as `\\n`", "\n", None),
        ("[\"a\\qb\"]", "`\\q` is not an escape in JSON", "\\q", Some("write a backslash as `\\\\`")),
        ("", "expected a value, found the end of the text", "", None),
        ("// x\n{}", "expected a value, found `/`", "/", Some("remove the comment: JSON has none")),
    ] {
        let (map, value) = read(text);
        let problem = value.unwrap_err();
        let found = (problem.message.as_str(), map.slice(problem.span), problem.help.as_deref());
        assert_eq!(found, (message, under.to_owned(), help), "{text}");
    }
}

#[test]
fn names_that_stand_twice_are_kept_and_lone_surrogates_replaced() {
    let (_, value) = read("\u{feff}{\"a\": 1, \"a\": \"\\ud800x\\ud83d\\ude00\"}");
    let value = value.unwrap();
    assert_eq!(value.as_map().unwrap().entries.len(), 2);
    assert_eq!(value.get("a").unwrap().as_str(), Some("\u{fffd}x😀"));
}

#[test]
fn deep_nesting_is_a_limit_not_an_overflow() {
    let (_, value) = read(&"[{\"a\":".repeat(100_000));
    assert_eq!(value.unwrap_err().kind, crate::source::ProblemKind::Limit);
}

/// A text in which `@` is a gap of unknown content and `#` one that holds an account id.
fn with_gaps(pattern: &str) -> (Text, Span) {
    let map = SourceMap::default();
    let file = map.add("t", pattern);
    let at = Span::new(file, 0..pattern.len());
    let mut text = Text::default();
    for (offset, part) in pattern.split_inclusive(['@', '#']).scan(0, |at, part| {
        *at += part.len();
        Some((*at - part.len(), part))
    }) {
        let known = part.trim_end_matches(['@', '#']);
        let span = Span::new(file, offset..offset + known.len());
        text.push(&Text::placed(known, [Place { at: 0, span, verbatim: true }]));
        let symbol = if part.ends_with('#') { Symbol::OwnAccount } else { Symbol::Anything };
        if known.len() < part.len() {
            text.push(&Text::unknown(Unknown { reason: Reason::NotSet, name: "u".into(), span, symbol }));
        }
    }
    (text, at)
}

fn gapped(pattern: &str) -> Result<String, String> {
    let (text, at) = with_gaps(pattern);
    parse_text(&text, at).map(|value| shown(&value)).map_err(|problem| problem.message)
}

fn shown(value: &Value) -> String {
    let list = |items: Vec<String>, open: bool| {
        items.into_iter().chain(open.then(|| "…".to_owned())).collect::<Vec<_>>().join(",")
    };
    match &value.kind {
        Kind::Unknown(_) => "?".to_owned(),
        Kind::Text(text) => text.shown(),
        Kind::List(inner) => {
            format!("[{}]", list(inner.items.iter().map(shown).collect(), inner.open.is_some()))
        }
        Kind::Map(map) => {
            let entry =
                |entry: &crate::value::Entry| format!("{}:{}", entry.name.text.shown(), shown(&entry.value));
            format!("{{{}}}", list(map.entries.iter().map(entry).collect(), map.open.is_some()))
        }
        _ => plain(value).to_string(),
    }
}

#[test]
fn gaps_make_as_little_unknown_as_is_certain() {
    for (pattern, expected) in [
        ("@", "?"),
        ("{\"a\": \"x@y\"}", "{a:x${u}y}"),
        ("{\"a@\": 1}", "{a${u}:1}"),
        ("{\"a\": @}", "{a:?}"),
        ("{\"a\": 1@, \"b\": @2}", "{a:?,b:?}"),
        ("[@]", "[…]"),
        ("[\"a\", @, \"b\"]", "[a,b,…]"),
        ("{\"a\": [1 @], \"b\": 2}", "{a:?,b:2}"),
        ("{\"a\": {\"x\": 1 @}, \"b\": 2}", "{a:?,b:2}"),
        ("{\"a\": {@}, \"b\": 2}", "{a:?,b:2}"),
        ("{\"a\": {@: 1, \"c\": 3}, \"b\": 2}", "{a:?,b:2}"),
        ("{\"a\": 1} @", "?"),
        ("{\"a\": @ \"b\": 1}", "?"),
        ("{\"a\": \"\\u00@\"}", "?"),
        ("{\"a\": \"@\", \"b\": ]", "?"),
        ("{\"a\": \"@]", "?"),
    ] {
        assert_eq!(gapped(pattern).as_deref(), Ok(expected), "{pattern}");
    }
}

#[test]
fn mistakes_before_gaps_and_behind_tame_ones_are_certain() {
    assert!(gapped("{\"a\" 1, \"b\": \"@\"}").is_err());
    assert!(gapped("{\"a\": \"arn:#:root\", \"b\" 1}").is_err());
}

#[test]
fn an_encoded_value_comes_back_itself() {
    let (text, at) = with_gaps("{}");
    let value = Value::bool(true, at);
    assert_eq!(parse_text(&text.encoding(value.clone()), at), Ok(value));
}
