//! Trees, places, and hostile input.

use super::{Stream, parse};
use crate::source::{ProblemKind, SourceMap};
use crate::value::{Kind, Value};
use proptest::prelude::*;
use std::sync::Arc;

fn read(text: &str) -> (SourceMap, Stream) {
    let map = SourceMap::default();
    let file = map.add("t.yaml", text);
    let stream = parse(file, text);
    (map, stream)
}

fn shown(value: &Value) -> String {
    match &value.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(value) => value.to_string(),
        Kind::Number(number) => number.as_str().to_owned(),
        Kind::Text(text) => format!("{:?}", text.shown()),
        Kind::List(list) => {
            let mut items: Vec<_> = list.items.iter().map(shown).collect();
            items.extend(list.open.iter().map(|_| "…".to_owned()));
            format!("[{}]", items.join(","))
        }
        Kind::Map(map) => {
            let mut items: Vec<_> = map
                .entries
                .iter()
                .map(|entry| format!("{}:{}", entry.name.text.shown(), shown(&entry.value)))
                .collect();
            items.extend(map.open.iter().map(|_| "…".to_owned()));
            format!("{{{}}}", items.join(","))
        }
        Kind::OneOf(_) => panic!("YAML has none"),
        Kind::Unknown(unknown) => format!("?{}", unknown.name),
    }
}

fn documents(text: &str) -> String {
    let (_, stream) = read(text);
    assert_eq!(stream.problems, [], "{text}");
    stream.documents.iter().map(shown).collect::<Vec<_>>().join(" ")
}

#[test]
fn trees_are_as_yaml_says() {
    for (text, expected) in [
        (
            "a: 1\nb: [x, 'it''s', \"q\\n\"]\nc:\n- {k: v}\n-\n",
            "{a:1,b:[\"x\",\"it's\",\"q\\n\"],c:[{k:\"v\"},null]}",
        ),
        ("!Sub ${A}", "{!Sub:\"${A}\"}"),
        (
            "k: !GetAtt A.B\nl: !Ref 12\nm: !If [c, !Ref yes, no]",
            "{k:{!GetAtt:\"A.B\"},l:{!Ref:\"12\"},m:{!If:[\"c\",{!Ref:\"yes\"},false]}}",
        ),
        ("a: !!str 12\nb: ! yes\nc: !!int 0x10\nd: !!str", "{a:\"12\",b:\"yes\",c:16,d:\"\"}"),
        ("a: !X\nb: !Y {}", "{a:{!X:\"\"},b:{!Y:{}}}"),
        ("Version: 2012-10-17\nId: 012345678901", "{Version:\"2012-10-17\",Id:012345678901}"),
        (
            "a: one\n  two\n\n  three\nb: 'x\n  y'\nc: \"x\\\n  y\"",
            "{a:\"one two\\nthree\",b:\"x y\",c:\"xy\"}",
        ),
        (
            "a: |\n  {\n    x\n  }\nb: >-\n  one\n  two\n\n  three\n",
            "{a:\"{\\n  x\\n}\\n\",b:\"one two\\nthree\"}",
        ),
        ("a: 1\n---\n- 2\n...\n---\n", "{a:1} [2] null"),
        ("1: x\nyes: y\n", "{1:\"x\",yes:\"y\"}"),
        ("a: &x {k: v}\nb: *x", "{a:{k:\"v\"},b:{k:\"v\"}}"),
        (
            "x: &x {k: 1, l: 2}\ny: &y {l: 3, m: 4}\nz: {k: 9, <<: [*x, *y]}",
            "{x:{k:1,l:2},y:{l:3,m:4},z:{k:9,l:2,m:4}}",
        ),
        ("z: {k: 9, <<: !Include x}", "{z:{k:9,…}}"),
        ("'<<': 1", "{<<:1}"),
        ("", ""),
        ("\u{feff}a: b\r\nc: |\r\n  d\r\n  e\r\n", "{a:\"b\",c:\"d\\ne\\n\"}"),
    ] {
        assert_eq!(documents(text), expected, "{text}");
    }
}

#[test]
fn places_are_those_of_the_written_characters() {
    let text = "# head\nP:\n  D: !Sub \"a\\\"${X}\"\n  J: |\n    {\"Action\":\n      \"kms:*\"}\n  F: >\n    one\n    two\n  S: 'it''s\n    so'\nE:\n";
    let (map, stream) = read(text);
    let root = &stream.documents[0];
    let policy = root.get("P").unwrap();
    let sub = &policy.get("D").unwrap().as_map().unwrap().entries[0];
    assert_eq!(map.slice(sub.name.span), "!Sub");
    let places = |value: &Value, part: &str| {
        let text = value.as_text().unwrap();
        let at = text.known().unwrap().find(part).unwrap();
        map.slice(text.span(at..at + part.len()).unwrap())
    };
    assert_eq!(places(&sub.value, "${X}"), "${X}");
    assert_eq!(places(&sub.value, "\""), "\\\"");
    assert_eq!(map.slice(sub.value.span), "\"a\\\"${X}\"");
    let json = policy.get("J").unwrap();
    let inner = crate::syntax::json::parse_text(json.as_text().unwrap(), json.span).unwrap();
    let action = &inner.as_map().unwrap().entries[0];
    assert_eq!(
        (map.slice(action.name.span), map.slice(action.value.span)),
        ("\"Action\"".into(), "\"kms:*\"".into())
    );
    assert_eq!(map.slice(json.span), "{\"Action\":\n      \"kms:*\"}");
    assert_eq!(places(policy.get("F").unwrap(), "two"), "two");
    assert_eq!(places(policy.get("S").unwrap(), "'"), "''");
    assert_eq!(places(policy.get("S").unwrap(), "so"), "so");
    assert!(map.slice(policy.span).starts_with("D: !Sub") && map.slice(policy.span).ends_with("so'"));
    assert!(root.get("E").unwrap().is_null());
    assert_eq!(stream.comments.iter().map(|span| map.slice(*span)).collect::<Vec<_>>(), ["# head"]);
}

#[test]
fn a_value_behind_an_alias_says_so() {
    let (map, stream) = read("a: &x v\nb: *x\n");
    let value = stream.documents[0].get("b").unwrap();
    let step = value.trail.steps().next().unwrap();
    assert_eq!(
        (map.slice(value.span), map.slice(step.span), &*step.note),
        ("v".into(), "*x".into(), "through the alias `*x`")
    );
}

#[test]
fn mistakes_leave_what_was_read_and_the_next_document() {
    for (text, expected, message) in [
        ("a: 1\nb: [1, 2\n---\nc: 3\n", "{a:1,b:[1,…],…} {c:3}", "unclosed bracket `[`"),
        ("a: 1\na: 2\n", "{a:1,a:2}", "the name `a` stands twice in this mapping"),
        ("a: !x!y b\n", "{a:?the rest of the document,…}", "the handle wasn't declared"),
        ("a: *x\nb: 1\n", "{a:?*x,b:1}", "there is no anchor `&x` before this alias"),
        ("a: &x [*x]\n", "{a:[?*x]}", "the alias `*x` stands inside what it means"),
        ("a: !!int b\n", "{a:\"b\"}", "`b` is not what its tag `!!int` says"),
        (
            "? [a]\n: 1\n",
            "{${this name}:1}",
            "a name must be a text, not a mapping, a list or a tagged value",
        ),
    ] {
        let (_, stream) = read(text);
        let found: Vec<_> = stream.documents.iter().map(shown).collect();
        assert_eq!(stream.problems.first().map(|problem| problem.message.as_str()), Some(message), "{text}");
        assert_eq!(found.join(" "), expected, "{text}");
    }
}

#[test]
fn a_tab_is_where_the_mistake_is() {
    for (text, at) in [("a:\n  b:\n\t c: 1\n", 8), ("a:\n  b: x\n\t c: 1\n", 10)] {
        let (map, stream) = read(text);
        let problem = &stream.problems[0];
        assert_eq!((map.slice(problem.span).as_str(), problem.span.start), ("\t", at), "{}", problem.message);
    }
}

#[test]
fn hostile_input_is_bounded() {
    let bomb = std::iter::once("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned())
        .chain((1..60).map(|level| {
            let below = format!("*a{}", level - 1);
            format!("a{level}: &a{level} [{}]\n", [below.as_str(); 10].join(","))
        }))
        .collect::<String>();
    let tower: String = std::iter::once("a0: &a0 x\n".to_owned())
        .chain((1..5000).map(|level| format!("a{level}: &a{level} [*a{}]\n", level - 1)))
        .collect();
    let nested: String =
        (0..10_000).flat_map(|level| [" ".repeat(level % 3000), "a:\n".to_owned()]).collect();
    let cases = [
        "[".repeat(100_000),
        "{a: ".repeat(10_000),
        "- ".repeat(10_000),
        nested,
        bomb,
        tower,
        "!A [".repeat(10_000),
    ];
    for text in cases {
        let (_, stream) = read(&text);
        assert!(!stream.problems.is_empty());
        assert!(stream.problems.len() < 10, "each limit is said once");
        drop(stream);
    }
}

#[test]
fn a_limit_is_named_as_one() {
    let (_, stream) = read(&"[".repeat(500));
    assert_eq!(stream.problems[0].kind, ProblemKind::Limit);
}

fn check_texts(value: &Value, map: &Arc<SourceMap>) {
    match &value.kind {
        Kind::Text(text) => {
            let known = text.known().unwrap();
            for (at, character) in known.char_indices() {
                let Some(span) = text.span(at..at + character.len_utf8()) else {
                    panic!("no place in {known:?}")
                };
                let written = map.slice(span);
                // White space may be folded and anything may be escaped; all else stands there as it is.
                let folded = character.is_whitespace() || written.starts_with(['\\', '\'']);
                assert!(
                    folded || written == character.to_string(),
                    "{written:?} for {character:?} of {known:?}"
                );
            }
        }
        Kind::List(list) => list.items.iter().for_each(|item| check_texts(item, map)),
        Kind::Map(inner) => inner.entries.iter().for_each(|entry| check_texts(&entry.value, map)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn every_character_of_every_text_has_its_place(text in "((a|b|c): ?(\\||>|>-|\"|'|x y|&a|\\*a|!Sub|\\[|\\{)?( |\n|\n  |\n    |\\\\\"|\\\\n|''|é|w|\"|'|\\]|\\}|,|\r\n){0,9}\n){0,4}") {
        let map = Arc::new(SourceMap::default());
        let file = map.add("t", text.as_str());
        for document in parse(file, &text).documents {
            check_texts(&document, &map);
        }
    }

    #[test]
    fn json_read_as_yaml_is_the_same_tree(list in prop::collection::vec("[ -~é😀\n\t]{0,12}", 0..6)) {
        let text = serde_json::to_string(&list).unwrap();
        let (map, stream) = read(&text);
        prop_assert_eq!(stream.problems.len(), 0);
        let map = Arc::new(map);
        let items: Vec<String> = stream.documents[0].as_list().unwrap().items.iter().map(|item| item.as_text().unwrap().known().unwrap()).collect();
        prop_assert_eq!(items, list);
        check_texts(&stream.documents[0], &map);
    }
}
