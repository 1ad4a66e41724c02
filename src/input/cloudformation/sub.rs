//! `Fn::Sub`: a text with `${…}`.

use super::intrinsics::Call;
use super::scope::Evaluator;
use super::{alternative, mistake, reference, text};
use crate::source::Span;
use crate::value::{Map, Text, Value};
use std::borrow::Cow;
use std::ops::Range;

/// A part of the template text.
enum Segment {
    /// It stands there as it is.
    Literal(Text),
    /// The value of the variable with this number.
    Variable(usize, Span),
}

/// `Fn::Sub: text` or `Fn::Sub: [text, {name: value}]`. `${Name}` is a variable of the second argument, a parameter, a
/// resource or (`${Name.Attribute}`) an attribute; `${!Name}` is the text `${Name}`.
pub(super) fn sub(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let (template, variables) = match call.args() {
        [template] => (template, None),
        [template, variables] if variables.as_map().is_some() => (template, variables.as_map()),
        _ => return call.malformed(evaluator, "a text, or a list of a text and a mapping of variables"),
    };
    let Some(text) = template.as_text().cloned() else {
        return call.malformed(evaluator, "a text, or a list of a text and a mapping of variables");
    };
    let (segments, values) = segments(evaluator, &text, template.span, variables);
    let mut result = alternative::each(&evaluator.facts.clone(), values, call.span, |values| {
        let mut parts = Vec::with_capacity(segments.len());
        for segment in &segments {
            match segment {
                Segment::Literal(text) => parts.push(text.clone()),
                Segment::Variable(index, at) => {
                    let part = values.get(*index).and_then(text::of);
                    let part = part.unwrap_or_else(|| no_text(evaluator, call, *at));
                    parts.push(text::replaced(&part, *at));
                }
            }
        }
        text::together(evaluator, &parts, &values, template.span)
    });
    if result.trail.is_empty() {
        result.trail = template.trail.clone();
    }
    result
}

/// Reports a list or mapping in the place of a text; what stands for it.
fn no_text(evaluator: &mut Evaluator<'_>, call: &Call<'_>, at: Span) -> Text {
    let problem = mistake(at, "only a text can stand inside a text");
    text::of(&evaluator.wrong(at, call.written, problem)).unwrap_or_default()
}

/// The parts of a template text, and the values of its variables, each once.
fn segments(
    evaluator: &mut Evaluator<'_>,
    text: &Text,
    at: Span,
    variables: Option<&Map>,
) -> (Vec<Segment>, Vec<Value>) {
    let known = text.known_parts();
    let (mut segments, mut values) = (Vec::new(), Vec::new());
    let mut numbers = rustc_hash::FxHashMap::default();
    let mut done = 0;
    for range in placeholders(&known) {
        let Some(name) = known.get(range.start + 2..range.end - 1) else { continue };
        if name.starts_with('!') {
            segments.push(Segment::Literal(text.slice(done..range.start + 2)));
            done = range.start + 3;
            continue;
        }
        segments.push(Segment::Literal(text.slice(done..range.start)));
        done = range.end;
        let place = text.span(range).unwrap_or(at);
        let number = *numbers.entry(name.trim().to_owned()).or_insert_with(|| {
            values.push(variable(evaluator, name.trim(), place, variables));
            values.len() - 1
        });
        segments.push(Segment::Variable(number, place));
    }
    segments.push(Segment::Literal(text.slice(done..known.len())));
    (segments, values)
}

/// The names that a template text puts in, and where; pseudo parameters are no names of the template's own.
pub(super) fn names(template: &Value) -> Vec<(String, Span)> {
    let Some(text) = template.as_text() else { return Vec::new() };
    let known = text.as_known().map_or_else(|| Cow::Owned(text.known_parts()), Cow::Borrowed);
    let name = |range: Range<usize>| {
        let name = known.get(range.start + 2..range.end - 1)?.trim();
        let own = !name.starts_with('!') && !name.starts_with("AWS::");
        own.then(|| (name.to_owned(), text.span(range).unwrap_or(template.span)))
    };
    placeholders(&known).into_iter().filter_map(name).collect()
}

/// Where each `${…}` stands.
fn placeholders(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.as_bytes().get(from..).and_then(|rest| memchr::memchr(b'$', rest)) {
        let start = from + at;
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        if rest.get(1) != Some(&b'{') {
            from = start + 1;
            continue;
        }
        let Some(end) = memchr::memchr(b'}', rest) else { break };
        from = start + end + 1;
        found.push(start..from);
    }
    found
}

fn variable(evaluator: &mut Evaluator<'_>, name: &str, at: Span, variables: Option<&Map>) -> Value {
    if let Some(entry) = variables.and_then(|variables| variables.entry(name)) {
        let value = evaluator.present(&entry.value);
        let note = format!("`${{{name}}}` is set here");
        return if value.trail.is_empty() { value.via(entry.value.span, note) } else { value };
    }
    let well = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':');
    if name.is_empty() || !name.bytes().all(well) || name.starts_with("aws:") {
        let message = format!("`{name}` is not a name that `Fn::Sub` can put in");
        let help = format!("write `${{!{name}}}` for a variable of the policy language or of a script");
        return evaluator.wrong(at, name, mistake(at, message).help(help));
    }
    match name.split_once('.') {
        Some((resource, attribute)) if evaluator.bound(name).is_none() => {
            reference::attribute(evaluator, resource, attribute, at)
        }
        _ => reference::named(evaluator, name, at),
    }
}
