//! What the plain reader reads, it reads as the parser of all of YAML does: trees, places, comments and mistakes.

use super::Stream;
use super::build::{any_stream, plain_stream};
use crate::source::SourceMap;
use proptest::prelude::*;
use std::path::{Path, PathBuf};

/// Whether the plain reader reads a text; it must read it as the other does.
fn agrees(text: &str) -> bool {
    let file = SourceMap::default().add("t.yaml", text);
    let Some(Stream { documents, comments, problems }) = plain_stream(file, text) else { return false };
    let full = any_stream(file, text);
    assert_eq!(documents, full.documents, "{text}");
    assert_eq!((comments, problems), (full.comments, full.problems), "{text}");
    true
}

#[test]
fn what_is_common_is_plain() {
    for text in [
        "a: b\nc: d e  # f\n",
        "---\na:\n  b: 1\n\n  c:\n  - d\n  -   e: f\n      g: h\n",
        "# c\n- - a\n  - b\n-\n  - c\n- d: e\n",
        "a:\nb: ~\nc:\n  # only a comment\n",
        "a: it's \"so\" a-b ?c :d x#y http://z:80/\n",
        "a: one\n  two\n\n\n  three: not\n".replace("three: not", "three").as_str(),
        "a:\n  words\n  on lines\n- b".replace("\n- b", "").as_str(),
        "'a b': 'it''s'\n\"c\": \"d\\n\\\"e\\\\\"\n",
        "a: !Sub '${B}'\nb: !If [C, !Ref D, { e : f, \"g\":h }]\n",
        "a: !Join\n- ''\n- - b\n  - !Ref C\nd: !Transform\n  Name: e\nf:\n  !If [a: b, c]\n",
        "a: [\n  b,\n  [c, d e],\n  ]\nf: []\ng: {}\n",
        "a: |\n  b\n    c\n\n  d\n\ne: |-\n  f\ng: |+\n  h\n\ni: >-\n\n  j\n  k\n\n    l\n\n  m\nn: |2\n    o\np: !Sub |\n  q\n# r\n",
        "a: é\n  ü\nb: \"ß\"\nc: |\n  日本\n",
        "a: 1\na: 2\n<<: {b: c}\n",
        "a: 12",
        "a: |\n  b\nc: d",
    ] {
        assert!(agrees(text), "{text}");
    }
}

#[test]
fn what_is_not_is_left_alone() {
    for text in [
        "",
        "a",
        "a: &x b\n",
        "a: *x\n",
        "a: b\n---\nc: d\n",
        "%YAML 1.2\n---\na: b\n",
        "a:\tb\n",
        "a: b\r\n",
        "a: b: c\n",
        "a: - b\n",
        "a: 'b\n  c'\n",
        "a: [b\nc]\n",
        "a: \"\\x41\"\n",
        "a: @b\n",
        "a: b # c\n  d\n",
        "  a: b\n c: d\n",
        "a:\n    b: c\n  d: e\n",
        "? a\n: b\n",
        "!X a: b\n",
        "a: !!str b\n",
        "a: |\n  b\n c\n",
        "a: |\n  b",
        "a: 'b'c\n",
        "a: b\n\u{feff}c: d\n",
    ] {
        assert!(!agrees(text), "{text}");
    }
}

/// The YAML files below a directory.
fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            found.push(path);
        }
    }
}

#[test]
fn nearly_every_file_here_is_plain() {
    let mut found = Vec::new();
    for directory in ["testdata", "rules", "docs"] {
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(directory), &mut found);
    }
    let texts: Vec<String> = found.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let plain = texts.iter().filter(|text| agrees(text)).count();
    assert!(texts.len() > 200 && plain * 10 > texts.len() * 8, "{plain} of {}", texts.len());
}

#[test]
fn no_nesting_is_too_deep_for_it() {
    let nested: String = (0..10_000).map(|level| " ".repeat(level % 3000) + "a:\n").collect();
    for text in ["[".repeat(100_000), "- ".repeat(100_000), "a: ".to_owned() + &"{a: ".repeat(10_000), nested]
    {
        assert!(!agrees(&text));
        assert!(!agrees(&format!("a: b\nc: {text}\n")));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn both_readers_agree(text in r#"((- |  )?(a|b c|'d'|"e"|<<)?(: |:|:\n *)?(!X |!X\n *)?([|>][-+2]?\n  |'f''g'|"h\\n"|\[i, (j|\[k: l\]|!Y m)\]|\{n: o\}|p q|-|&r |# s|é|\t)?( # t| |\n|\n  |\n    |\n- |\n  - ){0,3}\n?){1,6}"#) {
        agrees(&text);
    }
}
