//! Texts: cutting, joining, looking inside.
//!
//! What is untouched keeps its place. Unknown pieces stay wherever the result is certain around them. What is easy to
//! get wrong: Terraform counts characters as people see them (grapheme clusters), not bytes.

use super::signature::{Arguments, Function, Outcome, Parameter, Stop, Takes};
use crate::input::terraform::piece;
use crate::input::terraform::types::Type;
use crate::input::terraform::types::edge;
use crate::value::{Kind, ListKind, Piece, Symbol, Text, Unknown, Value};
use unicode_segmentation::UnicodeSegmentation;

const STR: Parameter = Parameter::new("str", Takes::Text);
const ONE: &[Parameter] = &[STR];

pub(super) const ROWS: &[Function] = &[
    Function::new("trimprefix", &[STR, Parameter::new("prefix", Takes::Text)], trimprefix).text(),
    Function::new("trimsuffix", &[STR, Parameter::new("suffix", Takes::Text)], trimsuffix).text(),
    Function::new("trimspace", ONE, |args| trim(args, true, &char::is_whitespace)).text(),
    Function::new("trim", &[STR, Parameter::new("cutset", Takes::Text)], trim_set).text(),
    Function::new("chomp", ONE, |args| trim(args, false, &|character| matches!(character, '\r' | '\n')))
        .text(),
    Function::new(
        "substr",
        &[STR, Parameter::new("offset", Takes::Number), Parameter::new("length", Takes::Number)],
        substr,
    )
    .text(),
    Function::new("strrev", ONE, strrev).text(),
    Function::new("split", &[Parameter::new("separator", Takes::Text), STR], split),
    Function::new("join", &[Parameter::new("separator", Takes::Text)], join)
        .rest(Parameter::new("lists", Takes::Texts))
        .text(),
    Function::new("startswith", &[STR, Parameter::new("prefix", Takes::Text)], |args| at_edge(args, true)),
    Function::new("endswith", &[STR, Parameter::new("suffix", Takes::Text)], |args| at_edge(args, false)),
    Function::new("strcontains", &[STR, Parameter::new("substr", Takes::Text)], strcontains),
    Function::new("indent", &[Parameter::new("spaces", Takes::Number), STR], indent).text(),
];

/// Stops at the first unknown piece.
pub(super) fn stop(args: &Arguments<'_>, text: &Text) -> Stop {
    text.unknowns()
        .next()
        .map_or_else(|| args.fail("a text is not known"), |unknown| Stop::Unknown(unknown.clone()))
}

/// An unknown piece of which a function may have changed something: only that it is a text is still known.
pub(super) fn vague(text: &Text) -> Text {
    let parts: Vec<Text> = text
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Known(characters, places) => Text::placed(characters.clone(), places.clone()),
            Piece::Unknown(unknown) => Text::unknown(Unknown { symbol: Symbol::AnyText, ..unknown.clone() }),
        })
        .collect();
    Text::concat(&parts)
}

fn trimprefix(args: &Arguments<'_>) -> Outcome {
    let (text, prefix) = (args.text(0)?, args.known(1)?);
    let start = edge(&text, true);
    if start.starts_with(&prefix) {
        return args.give_text(text.slice(prefix.len()..text.known_len()));
    }
    if !text.is_known() && prefix.starts_with(&start) {
        return Err(stop(args, &text));
    }
    args.give_text(text)
}

fn trimsuffix(args: &Arguments<'_>) -> Outcome {
    let (text, suffix) = (args.text(0)?, args.known(1)?);
    let end = edge(&text, false);
    if end.ends_with(&suffix) {
        return args.give_text(text.slice(0..text.known_len() - suffix.len()));
    }
    if !text.is_known() && suffix.ends_with(&end) {
        return Err(stop(args, &text));
    }
    args.give_text(text)
}

fn trim_set(args: &Arguments<'_>) -> Outcome {
    let set = args.known(1)?;
    trim(args, true, &|character| set.contains(character))
}

/// Takes characters off the end, and off the start too when `both`.
fn trim(args: &Arguments<'_>, both: bool, gone: &dyn Fn(char) -> bool) -> Outcome {
    let text = args.text(0)?;
    let (start, end) = (edge(&text, true), edge(&text, false));
    let known = text.is_known();
    let cut_start = if both { start.len() - start.trim_start_matches(gone).len() } else { 0 };
    let cut_end = end.len() - end.trim_end_matches(gone).len();
    // When all of a known piece goes, what follows it would be trimmed as well.
    let into_unknown = !known && (cut_start == start.len() && both || cut_end == end.len());
    let whole = text.known_len();
    let cut = if known && cut_start + cut_end >= whole {
        Text::default()
    } else {
        text.slice(cut_start..whole - cut_end)
    };
    args.give_text(if into_unknown { vague(&cut) } else { cut })
}

fn substr(args: &Arguments<'_>) -> Outcome {
    let text = args.text(0)?;
    let (mut offset, length) = (args.integer(1)?, args.integer(2)?);
    let start = if text.is_known() { text.known_parts() } else { edge(&text, true) };
    let mut borders: Vec<usize> = start.grapheme_indices(true).map(|(at, _)| at).collect();
    let count = i64::try_from(borders.len()).unwrap_or(i64::MAX);
    if !text.is_known() {
        // Only what lies before the last known character is certain: the next piece may go on with it.
        let inside = offset >= 0 && offset < count && (length < 0 || offset.saturating_add(length) < count);
        if !inside {
            return Err(stop(args, &text));
        }
    }
    // From the end, a length of 0 is none (cty `SubstrFunc`).
    let whole = length < 0 || (length == 0 && offset < 0);
    if offset < 0 {
        offset = (offset + count).max(0);
    }
    borders.push(start.len());
    let border =
        |index: i64| usize::try_from(index.min(count)).ok().and_then(|index| borders.get(index)).copied();
    let from = border(offset).unwrap_or(start.len());
    if whole {
        return args.give_text(text.slice(from..text.known_len()));
    }
    let to = border(offset.saturating_add(length)).unwrap_or(start.len());
    args.give_text(text.slice(from..to))
}

fn strrev(args: &Arguments<'_>) -> Outcome {
    let text = args.known(0)?;
    args.give_made(text.graphemes(true).rev().collect::<String>())
}

fn split(args: &Arguments<'_>) -> Outcome {
    let (separator, text) = (args.known(0)?, args.pieces(1)?);
    let (certain, open) = certain_part(&text, &separator);
    let mut parts = cut_at(&certain, &separator);
    if open.is_some() {
        // The last part may go on in what is not known.
        parts.pop();
    }
    let value = args.value(1)?;
    let items = parts.into_iter().map(|part| Value { kind: Kind::Text(part), ..value.clone() }).collect();
    args.give_list_of(ListKind::List, items, open, Type::String)
}

/// The part of a text before the first unknown piece in which the separator may stand.
fn certain_part(text: &Text, separator: &str) -> (Text, Option<Unknown>) {
    let mut parts = Vec::new();
    for piece in text.pieces() {
        match piece {
            Piece::Known(characters, places) => parts.push(Text::placed(characters.clone(), places.clone())),
            Piece::Unknown(unknown) if never_holds(&unknown.symbol, separator) => {
                parts.push(Text::unknown(unknown.clone()));
            }
            Piece::Unknown(unknown) => return (Text::concat(&parts), Some(unknown.clone())),
        }
    }
    (Text::concat(&parts), None)
}

/// Whether a separator certainly does not stand in what a symbol stands for, not even in part.
fn never_holds(symbol: &Symbol, separator: &str) -> bool {
    let none = |allowed: fn(char) -> bool| {
        !separator.is_empty() && separator.chars().all(|character| !allowed(character))
    };
    match symbol {
        Symbol::OwnAccount | Symbol::SomeAccount | Symbol::AccountOf(_) => {
            none(|character| character.is_ascii_digit())
        }
        Symbol::Partition | Symbol::Region => {
            none(|character| character.is_ascii_alphanumeric() || character == '-')
        }
        Symbol::Name => none(|character| !matches!(character, '*' | ':')),
        _ => false,
    }
}

fn cut_at(text: &Text, separator: &str) -> Vec<Text> {
    let mut parts = Vec::new();
    let mut current: Vec<Text> = Vec::new();
    for piece in text.pieces() {
        let Piece::Known(characters, places) = piece else {
            if let Piece::Unknown(unknown) = piece {
                current.push(Text::unknown(unknown.clone()));
            }
            continue;
        };
        let whole = Text::placed(characters.clone(), places.clone());
        let mut at = 0;
        for (found, matched) in characters.match_indices(separator) {
            if separator.is_empty() && (found == 0 || found == characters.len()) {
                continue;
            }
            current.push(whole.slice(at..found));
            parts.push(Text::concat(&current));
            current.clear();
            at = found + matched.len();
        }
        current.push(whole.slice(at..characters.len()));
    }
    if !(separator.is_empty() && text.is_empty()) {
        parts.push(Text::concat(&current));
    }
    parts
}

/// An element that is not known becomes an unknown piece.
fn join(args: &Arguments<'_>) -> Outcome {
    let separator = args.pieces(0)?;
    if args.rest().is_empty() {
        return Err(args.fail("at least one list is needed"));
    }
    let mut parts: Vec<Text> = Vec::new();
    for value in args.rest() {
        if let Kind::Unknown(unknown) = &value.kind {
            add_part(&mut parts, &separator, text_unknown(unknown));
            continue;
        }
        let list = args.list_of(value)?;
        for item in &list.items {
            let text = match &item.kind {
                Kind::Text(text) => text.clone(),
                Kind::Null => return Err(args.fail("a null cannot be joined")),
                Kind::Unknown(unknown) => text_unknown(unknown),
                _ => return Err(args.not_known(item)),
            };
            add_part(&mut parts, &separator, text);
        }
        if let Some(unknown) = &list.open {
            // How many more there are is not known, so neither is the separator.
            parts.push(text_unknown(unknown));
        }
    }
    args.give_text(Text::concat(&parts))
}

/// A list or element that is not known, as a piece: only that it is text is certain.
fn text_unknown(unknown: &Unknown) -> Text {
    let symbol = if unknown.symbol == Symbol::Anything { Symbol::AnyText } else { unknown.symbol.clone() };
    Text::unknown(Unknown { symbol, ..unknown.clone() })
}

fn add_part(parts: &mut Vec<Text>, separator: &Text, text: Text) {
    if !parts.is_empty() {
        parts.push(separator.clone());
    }
    parts.push(text);
}

/// `startswith` and `endswith`: what is known at the edge may be enough.
fn at_edge(args: &Arguments<'_>, start: bool) -> Outcome {
    let (text, wanted) = (args.pieces(0)?, args.pieces(1)?);
    let (have, want) = (edge(&text, start), edge(&wanted, start));
    let begins =
        |long: &str, short: &str| if start { long.starts_with(short) } else { long.ends_with(short) };
    if wanted.is_known() && begins(&have, &want) {
        return args.give_bool(true);
    }
    let possible = begins(&have, &want) || begins(&want, &have);
    if !possible || (text.is_known() && wanted.is_known()) {
        return args.give_bool(false);
    }
    Err(stop(args, if text.is_known() { &wanted } else { &text }))
}

fn strcontains(args: &Arguments<'_>) -> Outcome {
    let (text, wanted) = (args.pieces(0)?, args.known(1)?);
    let holds = |piece: &Piece| matches!(piece, Piece::Known(characters, _) if characters.contains(&wanted));
    if wanted.is_empty() || text.pieces().iter().any(holds) {
        return args.give_bool(true);
    }
    if text.is_known() { args.give_bool(false) } else { Err(stop(args, &text)) }
}

/// Every line but the first.
/// A text may not have more characters than this on any machine (Go's `strings.Repeat`).
const MOST_SPACES: usize = 1 << 48;

fn indent(args: &Arguments<'_>) -> Outcome {
    let spaces = args.integer(0)?;
    let Ok(spaces) = usize::try_from(spaces) else {
        return Err(args.wrong(0, "the number of spaces is negative"));
    };
    // What no machine can hold is a mistake to Terraform, too.
    if spaces > MOST_SPACES {
        return Err(args.wrong(0, "there are too many spaces"));
    }
    let text = args.text(1)?;
    if spaces.saturating_mul(text.known_len()) > crate::source::Limits::DEFAULT.text_bytes.saturating_mul(16)
    {
        return Err(args.too_much("characters"));
    }
    let pad = " ".repeat(spaces.min(crate::source::Limits::DEFAULT.text_bytes));
    let padded = piece::edit(&text, |characters| {
        characters.match_indices('\n').map(|(at, _)| (at + 1..at + 1, pad.clone())).collect()
    });
    args.give_text(if text.is_known() { padded } else { vague(&padded) })
}
