//! Laws that hold for every text.

use super::*;
use crate::source::SourceMap;
use crate::value::Piece;
use proptest::prelude::*;
use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization;

/// The literal of `a`, which stands alone in its template, and the map that holds its text.
fn literal(text: &str) -> (SourceMap, Text) {
    let map = SourceMap::default();
    let file = map.add("main.tf", text);
    let parsed = parse(file, text);
    assert_eq!(parsed.problems, [], "{text:?}");
    let value = parsed.body.attribute("a").unwrap().value.kind.clone();
    let ExprKind::Template(template) = value else { panic!("{value:?}") };
    match template.parts.as_slice() {
        [] => (map, Text::default()),
        [Part::Literal(text)] => (map, text.clone()),
        parts => panic!("{parts:?}"),
    }
}

/// Every verbatim run stands in the source as it is in the text.
fn places_hold(map: &SourceMap, text: &Text) {
    for piece in text.pieces() {
        let Piece::Known(text, places) = piece else { panic!("unknown") };
        for (index, place) in places.iter().enumerate() {
            let end = places.get(index + 1).map_or(text.len(), |next| next.at as usize);
            if place.verbatim {
                assert_eq!(Some(map.slice(place.span).as_str()), text.get(place.at as usize..end));
            }
        }
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("a = \"");
    for next in text.chars() {
        match next {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '$' | '%' => write!(quoted, "\\u{:04x}", next as u32).unwrap(),
            next => quoted.push(next),
        }
    }
    quoted + "\"\n"
}

/// Pieces of HCL, put together at random.
fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        "a",
        " = ",
        "\n",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "\"",
        "${",
        "%{ if x }",
        "%{ endif }",
        "<<E\n",
        "<<-E\n",
        "E\n",
        "for ",
        " in ",
        ": ",
        "=> ",
        "...",
        "if ",
        ".",
        "*",
        "[*]",
        "0",
        "1.5",
        "b \"c\" {\n",
        ",",
        "?",
        "#",
        "//",
        "/*",
        "*/",
        "\\",
        "~",
        "é",
        "$",
        "-",
        "!",
        "==",
        "resource \"x\" \"y\" {\n",
        "\r\n",
        "\u{feff}",
    ]);
    prop::collection::vec(fragment, 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn quoted_texts_read_back(text in any::<String>()) {
        // Each escape is a run of its own, but Terraform normalises the whole.
        let (map, read) = literal(&quoted(&text));
        prop_assert_eq!(read.known().unwrap(), text.nfc().collect::<String>());
        places_hold(&map, &read);
    }

    #[test]
    fn heredocs_read_back(lines in prop::collection::vec("[ \t]{0,3}[a-d\"\\\\\u{e9}]{0,6}", 0..8)) {
        let body: String = lines.iter().fold(String::new(), |all, line| all + line + "\n");
        let (map, plain) = literal(&format!("a = <<END\n{body}END\n"));
        prop_assert_eq!(&plain.known().unwrap(), &body);
        places_hold(&map, &plain);
        let (map, dedented) = literal(&format!("a = <<-END\n{body}  END\n"));
        places_hold(&map, &dedented);
        let known = dedented.known().unwrap();
        prop_assert!(known.lines().zip(&lines).all(|(here, line)| line.ends_with(here)));
    }

    #[test]
    fn any_text_is_read_without_panic(text in fragments(), limit in 0usize..200) {
        let map = SourceMap::default();
        let file = map.add("main.tf", text.as_str());
        let parsed = parse(file, &text);
        for problem in &parsed.problems {
            prop_assert!(problem.span.range().end <= text.len());
        }
        let cut: String = text.chars().take(limit).collect();
        let whole = Span::new(file, 0..cut.len());
        let inner = Text::verbatim(cut.as_str(), whole);
        let _ = parse_template(&inner, whole);
        let _ = parse_expression(&inner, whole);
    }

    #[test]
    fn what_stands_behind_a_mistake_is_still_read(text in "[a-z0-9=\\[\\](,.\"$ ]{0,30}") {
        let source = format!("a {{\n  x = {text}\n}}\n\nb \"c\" {{\n  y = 1\n}}\n");
        let file = SourceMap::default().add("main.tf", source.as_str());
        let parsed = parse(file, &source);
        let last = parsed.body.blocks.last().unwrap();
        prop_assert_eq!(&*last.kind.text, "b", "{}", source);
        prop_assert_eq!(last.body.attributes.len(), 1);
    }
}
