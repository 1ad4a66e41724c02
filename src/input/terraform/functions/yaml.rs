//! `yamldecode`: YAML as Terraform reads it.
//!
//! The notation is read by `syntax::yaml`; what plain scalars mean is decided here, for Terraform has its own mixture
//! of YAML 1.1 and 1.2 (zclconf/go-cty-yaml): `yes` and `n` are bools, `0777` is 777, `0o17` is 15, `0b11` a text, and
//! a date becomes a whole time stamp: `2012-10-17` is `2012-10-17T00:00:00Z`, which is no version of a policy.

use super::signature::{Arguments, Function, Outcome, Parameter, Takes};
use super::text::stop;
use crate::input::terraform::json::sorted_entries;
use crate::input::terraform::number::canonical;
use crate::source::{Limits, Problem, ProblemKind, Span};
use crate::syntax::yaml::parse;
use crate::value::{Entry, Kind, List, ListKind, Map, MapKind, Name, Number, Piece, Text, Value};
use std::sync::Arc;

pub(super) const ROWS: &[Function] =
    &[Function::new("yamldecode", &[Parameter::new("src", Takes::Text)], yamldecode)];

fn yamldecode(args: &Arguments<'_>) -> Outcome {
    let text = args.text(0)?;
    if !text.is_known() {
        return Err(stop(args, &text));
    }
    let written = text.known_parts();
    let stream = parse(args.call.span.file, &written);
    let whole = args.value(0)?.span;
    let reader = Reader { text: &text, written: &written, whole };
    let [document] = stream.documents.as_slice() else {
        return Err(args.wrong(0, "the text must hold one YAML document"));
    };
    if let Some(unknown) = document.unknowns().first() {
        let first = stream.problems.first();
        let message = first.map_or_else(|| unknown.name.to_string(), |problem| problem.message.clone());
        let place = first.map_or(whole, |problem| reader.place(problem.span));
        let limit = first.is_some_and(|problem| problem.kind == ProblemKind::Limit);
        let kind = if limit { ProblemKind::Limit } else { ProblemKind::Evaluation };
        return Err(Problem::new(kind, place, format!("in `yamldecode`, {message}")).into());
    }
    let value = reader.value(document, Limits::DEFAULT.depth + 1)?;
    Ok(Value { trail: args.value(0)?.trail.clone(), ..value })
}

/// Puts the places of a text that was read by itself back to where the text was written.
struct Reader<'a> {
    text: &'a Text,
    written: &'a str,
    whole: Span,
}

impl Reader<'_> {
    fn place(&self, span: Span) -> Span {
        self.text.span(span.range()).unwrap_or(self.whole)
    }

    fn value(&self, value: &Value, depth: usize) -> Result<Value, Problem> {
        let Some(deeper) = depth.checked_sub(1) else {
            return Err(Problem::new(ProblemKind::Limit, self.whole, "this YAML is nested too deeply"));
        };
        let kind = match &value.kind {
            Kind::List(list) => {
                let items =
                    list.items.iter().map(|item| self.value(item, deeper)).collect::<Result<_, _>>()?;
                Kind::List(Arc::new(List { kind: ListKind::Tuple, items, open: None }))
            }
            Kind::Map(map) => Kind::Map(Arc::new(self.map(map, deeper)?)),
            scalar => match self.plain(value.span) {
                Some(plain) if is_beyond(plain) => {
                    let message = format!("`{plain}` in YAML is no number that Terraform can write");
                    return Err(Problem::new(ProblemKind::Evaluation, self.place(value.span), message));
                }
                Some(plain) => resolved(plain, self.place(value.span))
                    .unwrap_or_else(|| Kind::Text(self.text.slice(value.span.range()))),
                None => match scalar {
                    Kind::Text(text) => Kind::Text(self.moved(text)),
                    other => other.clone(),
                },
            },
        };
        Ok(Value::new(kind, self.place(value.span)))
    }

    fn map(&self, map: &Map, depth: usize) -> Result<Map, Problem> {
        let mut entries = Vec::new();
        for entry in sorted_entries(map) {
            let plain = self.plain(entry.name.span);
            let name = match plain.and_then(|plain| resolved(plain, self.place(entry.name.span))) {
                Some(Kind::Bool(known)) => self.made(if known { "true" } else { "false" }, entry.name.span),
                Some(Kind::Number(number)) => self.made(number.as_str(), entry.name.span),
                Some(Kind::Text(text)) => text,
                Some(Kind::Null) => {
                    let place = self.place(entry.name.span);
                    return Err(Problem::new(
                        ProblemKind::Evaluation,
                        place,
                        "a name in a mapping must not be null",
                    ));
                }
                _ => self.moved(&entry.name.text),
            };
            let name = Name { text: name, span: self.place(entry.name.span) };
            entries.push(Entry { name, value: self.value(&entry.value, depth)? });
        }
        // Names that differ in YAML may be the same text: `yes` and `true`.
        let map = Map { kind: MapKind::Object, entries, open: None };
        let entries = sorted_entries(&map).into_iter().cloned().collect();
        Ok(Map { entries, ..map })
    }

    fn made(&self, text: &str, span: Span) -> Text {
        Text::made(text, self.place(span))
    }

    /// The characters of a scalar that stands plainly there: without quotes, tag or block indicator.
    fn plain(&self, span: Span) -> Option<&str> {
        let plain = self.written.get(span.range())?;
        let before = self.written.get(..span.start as usize)?;
        let word = before.trim_end().rsplit(char::is_whitespace).next().unwrap_or_default();
        let tagged = word.starts_with('!');
        // The characters of a block stand behind its indicator, which may say more: `|2+`.
        let header =
            word.trim_end_matches(|letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '-'));
        let block = matches!(header, "|" | ">") && before.trim_end_matches([' ', '\t']).ends_with('\n');
        let quoted = plain.starts_with(['"', '\'', '|', '>', '!', '&', '*']);
        if tagged || block || quoted || plain.contains('\n') { None } else { Some(plain) }
    }

    /// A text with its places moved.
    fn moved(&self, text: &Text) -> Text {
        let mut parts = Vec::new();
        for piece in text.pieces() {
            let Piece::Known(characters, places) = piece else { continue };
            for (index, place) in places.iter().enumerate() {
                let end = places.get(index + 1).map_or(characters.len(), |next| next.at as usize);
                let Some(run) = characters.get(place.at as usize..end) else { continue };
                let same = place.verbatim && self.written.get(place.span.range()) == Some(run);
                parts.push(if same {
                    self.text.slice(place.span.range())
                } else {
                    self.made(run, place.span)
                });
            }
        }
        Text::concat(&parts)
    }
}

/// Infinity and NaN.
fn is_beyond(plain: &str) -> bool {
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(plain);
    matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN")
}

/// What a plain scalar means to Terraform; `None`: the text that it is.
fn resolved(plain: &str, place: Span) -> Option<Kind> {
    match plain {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Kind::Null),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Some(Kind::Bool(true));
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Some(Kind::Bool(false));
        }
        _ => {}
    }
    if !plain.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return None;
    }
    let radix = |prefix, radix| {
        let digits = plain.strip_prefix(prefix).filter(|digits: &&str| !digits.starts_with(['+', '-']))?;
        i64::from_str_radix(digits, radix).ok()
    };
    if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Some(Kind::Number(Number::from(number)));
    }
    let stamp = super::time::yaml_stamp(plain).map(|stamp| Kind::Text(Text::made(stamp, place)));
    stamp.or_else(|| canonical(plain).map(Kind::Number))
}
