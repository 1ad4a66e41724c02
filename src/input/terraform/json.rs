//! JSON texts of values, byte for byte as Go's `encoding/json` writes them.
//!
//! Each character keeps the place that it was written at, unknown values stay as unknown pieces, and the text
//! remembers the value that it encodes, so that reading it loses nothing. What is easy to get wrong: Go escapes `<`,
//! `>`, `&`, U+2028 and U+2029, and `jsonencode` sorts names by bytes while a policy document keeps its order.

use super::alternative::undecided;
use super::piece;
use crate::source::{Limits, Problem, ProblemKind, Span};
use crate::value::{Branch, Entry, Kind, List, ListKind, Map, MapKind, Symbol, Text, Unknown, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How the text is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Without blanks.
    Compact,
    /// One name or element on a line, indented by two.
    Indented,
}

/// The JSON text of a value whose names are in order already; it remembers the value.
///
/// # Errors
/// When the value is nested too deeply or the text becomes too long.
pub(super) fn encode(value: &Value, layout: Layout, span: Span) -> Result<Text, Problem> {
    let mut writer = Writer { parts: Vec::new(), pending: String::new(), bytes: 0, span, layout };
    writer.value(value, 0)?;
    writer.flush();
    Ok(Text::concat(&writer.parts).encoding(value.clone()))
}

struct Writer {
    parts: Vec<Text>,
    pending: String,
    bytes: usize,
    span: Span,
    layout: Layout,
}

impl Writer {
    fn flush(&mut self) {
        if !self.pending.is_empty() {
            self.parts.push(Text::made(std::mem::take(&mut self.pending), self.span));
        }
    }

    fn add(&mut self, text: Text) {
        self.flush();
        self.bytes += text.known_len();
        self.parts.push(text);
    }

    fn mark(&mut self, text: &str) {
        self.bytes += text.len();
        self.pending.push_str(text);
    }

    fn line(&mut self, depth: usize) {
        if self.layout == Layout::Indented {
            self.mark("\n");
            self.mark(&"  ".repeat(depth));
        }
    }

    fn value(&mut self, value: &Value, depth: usize) -> Result<(), Problem> {
        if depth > Limits::DEFAULT.depth || self.bytes > Limits::DEFAULT.text_bytes {
            let what = if depth > Limits::DEFAULT.depth { "too deeply nested" } else { "too long" };
            return Err(Problem::new(ProblemKind::Limit, self.span, format!("this JSON is {what}")));
        }
        match &value.kind {
            Kind::Null => self.mark("null"),
            Kind::Bool(known) => self.mark(if *known { "true" } else { "false" }),
            Kind::Number(number) => self.add(Text::made(number.as_str(), value.span)),
            Kind::Text(text) => self.text(text),
            Kind::Unknown(unknown) => self.unknown(unknown),
            Kind::OneOf(_) => {
                if let Some(unknown) = undecided(value) {
                    self.unknown(&unknown);
                }
            }
            Kind::List(list) => self.list(list, depth)?,
            Kind::Map(map) => self.map(map, depth)?,
        }
        Ok(())
    }

    /// A value that is certainly a text stands between quotes.
    fn unknown(&mut self, unknown: &Unknown) {
        let text = Text::unknown(unknown.clone());
        match unknown.symbol {
            Symbol::Anything | Symbol::Attribute { .. } => self.add(text),
            _ => self.text(&text),
        }
    }

    fn text(&mut self, text: &Text) {
        self.mark("\"");
        self.add(piece::edit(text, escapes));
        self.mark("\"");
    }

    fn list(&mut self, list: &List, depth: usize) -> Result<(), Problem> {
        if list.items.is_empty() && list.open.is_none() {
            self.mark("[]");
            return Ok(());
        }
        self.mark("[");
        for (index, item) in list.items.iter().enumerate() {
            self.mark(if index > 0 { "," } else { "" });
            self.line(depth + 1);
            self.value(item, depth + 1)?;
        }
        if let Some(unknown) = &list.open {
            self.add(Text::unknown(unknown.clone()));
        }
        self.line(depth);
        self.mark("]");
        Ok(())
    }

    fn map(&mut self, map: &Map, depth: usize) -> Result<(), Problem> {
        if map.entries.is_empty() && map.open.is_none() {
            self.mark("{}");
            return Ok(());
        }
        self.mark("{");
        for (index, entry) in map.entries.iter().enumerate() {
            self.mark(if index > 0 { "," } else { "" });
            self.line(depth + 1);
            self.text(&entry.name.text);
            self.mark(if self.layout == Layout::Indented { ": " } else { ":" });
            self.value(&entry.value, depth + 1)?;
        }
        if let Some(unknown) = &map.open {
            self.add(Text::unknown(unknown.clone()));
        }
        self.line(depth);
        self.mark("}");
        Ok(())
    }
}

/// The characters that Go escapes.
fn escapes(characters: &str) -> Vec<piece::Edit> {
    let escape = |(at, character): (usize, char)| {
        let instead = match character {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '\t' => "\\t".to_owned(),
            '\u{8}' => "\\b".to_owned(),
            '\u{c}' => "\\f".to_owned(),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                format!("\\u{:04x}", u32::from(character))
            }
            _ => return None,
        };
        Some((at..at + character.len_utf8(), instead))
    };
    characters.char_indices().filter_map(escape).collect()
}

/// A value as JSON would give it back: tuples and objects, names sorted by bytes, the last of equal names.
pub(super) fn plain(value: &Value) -> Value {
    plain_at(value, Limits::DEFAULT.depth + 1)
}

fn plain_at(value: &Value, depth: usize) -> Value {
    let Some(deeper) = depth.checked_sub(1) else { return value.clone() };
    let kind = match &value.kind {
        Kind::List(list) => Kind::List(Arc::new(List {
            kind: ListKind::Tuple,
            items: list.items.iter().map(|item| plain_at(item, deeper)).collect(),
            open: list.open.clone(),
        })),
        Kind::Map(map) => Kind::Map(Arc::new(Map {
            kind: MapKind::Object,
            entries: sorted_entries(map)
                .into_iter()
                .map(|entry| Entry { name: entry.name.clone(), value: plain_at(&entry.value, deeper) })
                .collect(),
            open: map.open.clone(),
        })),
        Kind::OneOf(branches) => Kind::OneOf(
            branches
                .iter()
                .map(|branch| Branch { when: branch.when.clone(), value: plain_at(&branch.value, deeper) })
                .collect(),
        ),
        Kind::Null => return Value { of: None, ..value.clone() },
        other => return Value { kind: other.clone(), ..value.clone() },
    };
    Value { kind, of: None, ..value.clone() }
}

/// The entries of a mapping in Terraform's order, by bytes of their names; of equal names the last. Names that are
/// not known come last.
pub(super) fn sorted_entries(map: &Map) -> Vec<&Entry> {
    let mut named = BTreeMap::new();
    let mut unnamed = Vec::new();
    for entry in &map.entries {
        match entry.name.text.known() {
            Some(name) => {
                named.insert(name, entry);
            }
            None => unnamed.push(entry),
        }
    }
    named.into_values().chain(unnamed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;
    use crate::value::{Name, Reason};

    #[test]
    fn texts_are_escaped_as_go_does_and_keep_their_places() {
        let map = SourceMap::default();
        let source = "a<b";
        let span = Span::new(map.add("t", source), 0..source.len());
        let value = Value::text(Text::verbatim(source, span), span);
        let text = encode(&value, Layout::Compact, span).unwrap();
        assert_eq!(text.known().unwrap(), "\"a\\u003cb\"");
        assert_eq!(map.slice(text.span(8..9).unwrap()), "b");
        assert_eq!(map.slice(text.span(2..8).unwrap()), "<");
    }

    #[test]
    fn unknown_parts_stay_inside_and_the_value_is_remembered() {
        let map = SourceMap::default();
        let span = Span::start_of(map.add("t", ""));
        let entry = |name: &str, value| Entry { name: Name { text: Text::made(name, span), span }, value };
        let unknown = Value::unknown(Reason::NotSet, "var.x", span);
        let value =
            Value::object(vec![entry("b", unknown), entry("a", Value::tuple(Vec::new(), span))], span);
        let text = encode(&plain(&value), Layout::Indented, span).unwrap();
        assert_eq!(text.shown(), "{\n  \"a\": [],\n  \"b\": ${var.x}\n}");
        assert!(text.encodes().unwrap().get("b").is_some());
    }
}
