//! Every scalar of a template is placed byte for byte, however it is written.
//!
//! A text is written in each style that YAML has for it, and each of its characters must lie where it was written (blanks
//! in a run of blanks); so must the parts of a JSON policy inside of such a text. What each style does to a text is stated here once more, from YAML
//! 1.2.2 ("Scalar styles"), so that the reader does not judge itself.

use super::parse;
use crate::source::{SourceMap, Span};
use crate::syntax::json;
use crate::value::Value;
use proptest::prelude::*;

/// A scalar as written, and where each character of what it means is written; `None`: made by folding or chomping.
struct Written {
    scalar: String,
    means: Vec<(char, Option<std::ops::Range<usize>>)>,
}

impl Written {
    fn new(opening: &str) -> Self {
        Self { scalar: opening.to_owned(), means: Vec::new() }
    }

    /// Writes what stands for one character.
    fn put(&mut self, character: char, as_written: &str) {
        let start = self.scalar.len();
        self.scalar.push_str(as_written);
        self.means.push((character, Some(start..self.scalar.len())));
    }
}

fn plain(text: &str) -> Written {
    let mut written = Written::new("");
    text.chars().for_each(|one| written.put(one, one.encode_utf8(&mut [0; 4])));
    written
}

fn single(text: &str) -> Written {
    let mut written = Written::new("'");
    for one in text.chars() {
        let as_written = if one == '\'' { "''".to_owned() } else { one.to_string() };
        written.put(one, &as_written);
    }
    written.scalar.push('\'');
    written
}

/// With `all`, whatever may be escaped is.
fn double(text: &str, all: bool) -> Written {
    let mut written = Written::new("\"");
    for one in text.chars() {
        let escaped = match one {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\t' if all => "\\t".to_owned(),
            '/' if all => "\\/".to_owned(),
            'a' if all => "\\x61".to_owned(),
            'é' if all => "\\u00e9".to_owned(),
            '😀' if all => "\\U0001F600".to_owned(),
            other => other.to_string(),
        };
        written.put(one, &escaped);
    }
    written.scalar.push('"');
    written
}

/// Lines below `|` or `>`: `header` has the indicators, `indent` blanks stand before each line.
fn block(lines: &[String], header: &str, indent: usize, folded: bool) -> Written {
    let mut written = Written::new(&format!("{header}\n"));
    for (at, line) in lines.iter().enumerate() {
        written.scalar.push_str(&" ".repeat(indent));
        line.chars().for_each(|one| written.put(one, one.encode_utf8(&mut [0; 4])));
        written.scalar.push('\n');
        let last = at + 1 == lines.len();
        match (last, folded) {
            // Chomping leaves the last line break out for `-`, else it stays.
            (true, _) if header.contains('-') => {}
            (false, true) => written.means.push((' ', None)),
            _ => written.means.push(('\n', None)),
        }
    }
    if header.contains('+') {
        // The empty line below the scalar in the template.
        written.means.push(('\n', None));
    }
    written
}

/// The styles that a text of one line can be written in, as the value of a property eight blanks deep.
fn styles(line: &str) -> Vec<(String, Written)> {
    let mut found = vec![
        ("single".to_owned(), single(line)),
        ("double".to_owned(), double(line, false)),
        ("escaped".to_owned(), double(line, true)),
    ];
    let well = |one: char| one.is_ascii_alphanumeric() || matches!(one, 'é' | '😀' | '*' | '/' | '$' | '}');
    if line.starts_with(|one: char| one.is_ascii_alphabetic()) && line.chars().all(well) && line.len() > 5 {
        found.push(("plain".to_owned(), plain(line)));
    }
    let lines = [line.to_owned(), "next".to_owned(), line.to_owned()];
    for folded in [false, true] {
        // Lines that begin with a blank are not folded, and need the indentation told.
        if line.is_empty() || line.starts_with([' ', '\t']) && folded {
            continue;
        }
        for chomp in ["", "-", "+"] {
            let style = if folded { ">" } else { "|" };
            if !line.starts_with(' ') {
                found
                    .push((format!("{style}{chomp}"), block(&lines, &format!("{style}{chomp}"), 10, folded)));
            }
            found.push((format!("{style}2{chomp}"), block(&lines, &format!("{style}2{chomp}"), 8, folded)));
        }
    }
    found
}

/// A template with this scalar as key policy, and where the scalar begins.
fn template(scalar: &str, tag: &str) -> (String, usize) {
    let head =
        format!("# é\nResources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy: {tag}");
    let start = head.len();
    (format!("{head}{scalar}\n  Other: {{}}\n"), start)
}

fn policy(document: &Value, tag: &str) -> Value {
    let policy = document
        .get("Resources")
        .and_then(|found| found.get("Key")?.get("Properties")?.get("KeyPolicy"))
        .unwrap();
    if tag.is_empty() { policy.clone() } else { policy.get(tag.trim()).unwrap().clone() }
}

/// Reads a scalar in a template and asks for each of its characters.
fn check(style: &str, written: &Written, tag: &str) -> Result<(SourceMap, Value, usize), TestCaseError> {
    let (text, start) = template(&written.scalar, tag);
    let map = SourceMap::default();
    let file = map.add("t.yaml", text.as_str());
    let mut stream = parse(file, &text);
    prop_assert!(stream.problems.is_empty(), "{style}: {:?} in {text}", stream.problems);
    let value = policy(&stream.documents.remove(0), tag);
    let means: String = written.means.iter().map(|(one, _)| *one).collect();
    let found = value.as_text().unwrap();
    prop_assert_eq!(found.known(), Some(means), "{} in {}", style, &text);
    let mut at = 0;
    for (character, place) in &written.means {
        let span = found.span(at..at + character.len_utf8());
        if let Some(place) = place {
            let span = span.unwrap();
            let (from, to) = (span.start as usize, span.end as usize);
            let (first, last) = (start + place.start, start + place.end);
            // A run of blanks is placed as a whole, with line breaks and indentation.
            let wide = *character == ' ' && from <= first && last <= to;
            let blank = text.get(from..to).unwrap().chars().all(char::is_whitespace);
            prop_assert!(
                (from, to) == (first, last) || (wide && blank),
                "{character:?} at {from}..{to}, not {first}..{last}: {style} in {text}"
            );
        }
        at += character.len_utf8();
    }
    Ok((map, value, start))
}

/// Names and texts of a tree, each with its place.
fn scalars(value: &Value, found: &mut Vec<(String, Span)>) {
    if let Some(text) = value.as_str() {
        found.push((text.to_owned(), value.span));
    }
    for entry in value.as_map().into_iter().flat_map(|map| &map.entries) {
        found.push((entry.name.text.known().unwrap(), entry.name.span));
        scalars(&entry.value, found);
    }
    value.as_list().into_iter().flat_map(|list| &list.items).for_each(|item| scalars(item, found));
}

proptest! {
    #[test]
    fn every_character_lies_where_it_is_written(line in "[a-c*/$}{:#,é😀 '\"\\\\\\[!&-]{0,12}[a-cé😀'\"]") {
        for (style, written) in styles(&line) {
            for tag in ["", "!Sub "] {
                check(&style, &written, tag)?;
            }
        }
    }

    #[test]
    fn a_policy_in_any_scalar_is_placed_in_the_template(
        names in prop::collection::vec("[a-c*:/é😀'{}#-]{1,8}", 1..4),
        wide in any::<bool>(),
    ) {
        let policy = serde_json::json!({"Statement": [{"Principal": {"AWS": names}, "Action": "kms:*"}]});
        let text = if wide { serde_json::to_string_pretty(&policy) } else { serde_json::to_string(&policy) }.unwrap();
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut written = vec![("double", double(&text, false)), ("escaped", double(&text, true))];
        for header in ["|", "|-", "|+", "|2", "|2-"] {
            written.push((header, block(&lines, header, 8, false)));
        }
        if !wide {
            written.push(("single", single(&text)));
            written.extend([">", ">-", ">2"].map(|header| (header, block(&lines, header, 8, true))));
        }
        for (style, written) in written {
            let (map, value, _) = check(style, &written, "!Sub ")?;
            let inner = json::parse_text(value.as_text().unwrap(), value.span).unwrap();
            let mut found = Vec::new();
            scalars(&inner, &mut found);
            prop_assert!(names.iter().all(|name| found.iter().any(|(text, _)| text == name)));
            for (text, span) in found {
                // What is underlined is the JSON text, in the notation that it is written in.
                let json = serde_json::to_string(&text).unwrap();
                let as_written = match style {
                    "single" => single(&json).scalar,
                    "double" => double(&json, false).scalar,
                    "escaped" => double(&json, true).scalar,
                    _ => json.clone(),
                };
                let as_written = if style.starts_with(['|', '>']) { as_written } else { as_written.get(1..as_written.len() - 1).unwrap().to_owned() };
                prop_assert_eq!(map.slice(span), as_written, "{}", style);
            }
        }
    }
}
