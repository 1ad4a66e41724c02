//! Templates that are written as a text inside another one: `TemplateBody` of a stack set.
//!
//! A text that is JSON is read as such. A literal block is read as the YAML that it is, at its place: all around it is
//! blanked out, so that what is read lies where it is written. What is easy to get wrong: in a folded or quoted text the
//! lines are not those of the file, and all that is read lies in the whole text.

use super::scope::Evaluator;
use super::session::Parsed;
use crate::source::{Problem, SourceMap, Span};
use crate::syntax::{json, yaml};
use crate::value::{Entry, Kind, List, Map, Name, Piece, Text, Unknown, Value};
use std::sync::Arc;

/// A stream of which all lies in one place.
fn wide(stream: yaml::Stream, at: Span) -> yaml::Stream {
    let documents = stream.documents.iter().map(|document| placed(document, at)).collect();
    let problem = |problem: Problem| Problem { span: at, labels: Vec::new(), ..problem };
    yaml::Stream {
        documents,
        problems: stream.problems.into_iter().map(problem).collect(),
        ..yaml::Stream::default()
    }
}

/// A tree as read, all of it in one place. Trees are at most as deep as the parsers allow.
fn placed(value: &Value, at: Span) -> Value {
    let unknown = |unknown: &Unknown| Unknown { span: at, ..unknown.clone() };
    let kind = match &value.kind {
        Kind::Text(text) => Kind::Text(moved(text, at)),
        Kind::List(list) => {
            let items = list.items.iter().map(|item| placed(item, at)).collect();
            Kind::List(Arc::new(List { items, kind: list.kind, open: list.open.as_ref().map(unknown) }))
        }
        Kind::Map(map) => {
            let entry = |entry: &Entry| Entry {
                name: Name { text: moved(&entry.name.text, at), span: at },
                value: placed(&entry.value, at),
            };
            let entries = map.entries.iter().map(entry).collect();
            Kind::Map(Arc::new(Map { entries, kind: map.kind, open: map.open.as_ref().map(unknown) }))
        }
        Kind::Unknown(inner) => Kind::Unknown(unknown(inner)),
        kind => kind.clone(),
    };
    Value::new(kind, at)
}

fn moved(text: &Text, at: Span) -> Text {
    let part = |piece: &Piece| match piece {
        Piece::Known(known, _) => Text::made(known.clone(), at),
        Piece::Unknown(unknown) => Text::unknown(Unknown { span: at, ..unknown.clone() }),
    };
    Text::concat(&text.pieces().iter().map(part).collect::<Vec<_>>())
}

/// What a text holds, when it can be read.
pub(super) fn parsed(evaluator: &mut Evaluator<'_>, written: &Value) -> Option<Parsed> {
    let text = written.as_text()?;
    let known = text.as_known()?;
    let map = evaluator.session.disk.map();
    let size = map.file(written.span.file).text().len();
    if evaluator.spend(size / 64, written.span).is_some() {
        return None;
    }
    let stream = if known.trim_start().starts_with('{') {
        let document = json::parse_text(text, written.span).ok()?;
        yaml::Stream { documents: vec![document], ..yaml::Stream::default() }
    } else if let Some(blanked) = blanked(map, text, known) {
        yaml::parse(written.span.file, &blanked)
    } else {
        wide(yaml::parse(written.span.file, known), written.span)
    };
    let parsed = evaluator.session.taken(stream);
    (!parsed.templates.is_empty()).then_some(parsed)
}

/// The file that a text stands in, with everything else blanked out up to its end; `None` where its lines are not those
/// of the file.
fn blanked(map: &SourceMap, text: &Text, known: &str) -> Option<String> {
    let file = map.file(text.span(0..known.len())?.file);
    let source = file.text();
    let mut blank = String::new();
    let mut from = 0;
    for line in known.split_inclusive('\n') {
        // The indentation is that of the file, of which the text has less.
        let (written, start) = (line.trim(), from + (line.len() - line.trim_start().len()));
        if !written.is_empty() {
            let place = text.span(start..start + written.len())?.range();
            if source.get(place.clone())? != written {
                return None;
            }
            let before = source.as_bytes().get(blank.len()..place.start)?;
            blank.extend(before.iter().map(|byte| if *byte == b'\n' { '\n' } else { ' ' }));
            blank.push_str(written);
        }
        from += line.len();
    }
    Some(blank)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_block_is_read_at_its_place() {
        let map = SourceMap::default();
        let text = "A:\n  B: x\n  T: |\n    # é\n    R:\n      K: v\n\n    S: w\n  Z: y\n";
        let file = map.add("t", text);
        let document = yaml::parse(file, text).documents.remove(0);
        let inside = document.get("A").unwrap().get("T").unwrap().as_text().unwrap().clone();
        let blank = blanked(&map, &inside, inside.as_known().unwrap()).unwrap();
        let inner = yaml::parse(file, &blank).documents.remove(0);
        assert_eq!(map.slice(inner.get("R").unwrap().get("K").unwrap().span), "v");
        assert_eq!(map.slice(inner.get("S").unwrap().span), "w");
    }
}
