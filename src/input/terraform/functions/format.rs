//! `format` and `formatlist`, with the verbs of Go's `fmt` that Terraform has.
//!
//! A plain `%s` or `%v` puts the very argument in, with its places and unknown pieces. What is easy to get wrong: `%v`
//! of a number is `%g` (`123456789` becomes `1.23456789e+08`), `%s` is not.

use super::signature::{Arguments, Function, Outcome, Parameter, Stop, Takes};
use super::verb::{Mode, Verb, parse};
use crate::input::terraform::alternative::undecided;
use crate::input::terraform::json::{Layout, encode, plain};
use crate::input::terraform::types::{Type, convert};
use crate::source::Limits;
use crate::value::{Kind, ListKind, Reason, Symbol, Text, Trail, Unknown, Value};

const FORMAT: &[Parameter] = &[Parameter::new("format", Takes::Text)];
const ARGS: Parameter = Parameter::new("args", Takes::Any).nullable();

pub(super) const ROWS: &[Function] = &[
    Function::new("format", FORMAT, |args| {
        if let Some(unknown) = untyped_null(args) {
            return Ok(args.make(Kind::Unknown(unknown)));
        }
        let values: Vec<&Value> = args.rest().iter().collect();
        let text = formatted(args, &values)?;
        args.give_text(text)
    })
    .rest(ARGS)
    .text(),
    Function::new("formatlist", FORMAT, formatlist).rest(ARGS),
];

/// The format with its verbs replaced by the values. Beside a value that is not known Terraform does not look at the
/// others, so that it meets no mistake.
fn formatted(args: &Arguments<'_>, values: &[&Value]) -> Result<Text, Stop> {
    filled_in(args, values).map_err(|stop| match (stop, values.iter().find_map(|value| undecided(value))) {
        (Stop::Problem(_), Some(unknown)) => Stop::Unknown(unknown),
        (stop, _) => stop,
    })
}

fn filled_in(args: &Arguments<'_>, values: &[&Value]) -> Result<Text, Stop> {
    let (format, characters) = (args.text(0)?, args.known(0)?);
    let mut parts = Vec::new();
    let (mut at, mut next, mut most) = (0, 0, 0);
    while let Some(found) = characters.get(at..).and_then(|rest| rest.find('%')) {
        let start = at + found;
        parts.push(format.slice(at..start));
        let rest = characters.get(start + 1..).unwrap_or_default();
        if rest.starts_with('%') {
            parts.push(format.slice(start..start + 1));
            at = start + 2;
            continue;
        }
        let (verb, length) = parse(rest).map_err(|why| args.wrong(0, why))?;
        let index = verb.index.unwrap_or(next);
        let Some(value) = values.get(index) else {
            let message = format!(
                "there are only {} values, `{}` needs one more",
                values.len(),
                shown(&characters, start, length)
            );
            return Err(args.fail(message));
        };
        let spot = shown(&characters, start, length);
        parts.push(one(args, &verb, value, &spot)?);
        next = index + 1;
        most = most.max(next);
        at = start + 1 + length;
    }
    parts.push(format.slice(at..characters.len()));
    if most < values.len() {
        return Err(args.fail(format!("the format uses {most} of {} values", values.len())));
    }
    Ok(Text::concat(&parts))
}

fn shown(characters: &str, start: usize, length: usize) -> String {
    characters.get(start..=start + length).unwrap_or("%").to_owned()
}

fn one(args: &Arguments<'_>, verb: &Verb, value: &Value, spot: &str) -> Result<Text, Stop> {
    if value.is_null() && verb.mode != Mode::Plain {
        return Err(args.fail(format!("`{spot}` cannot show a null")));
    }
    if let Some(unknown) = whole_unknown(verb, value) {
        return Ok(Text::unknown(unknown));
    }
    let refused = |what: &str| args.fail(format!("`{spot}` needs {what}"));
    let made = |text: String| Text::made(text, value.span);
    match verb.mode {
        Mode::Plain if !verb.sharp => plain_value(verb, value, args),
        Mode::Plain => json(args, value).map(|text| made(verb.padded(&text))),
        Mode::Text => {
            let value = convert(value, &Type::String).map_err(|_| refused("a text"))?;
            let Kind::Text(text) = &value.kind else { return Err(args.not_known(&value)) };
            if verb.is_plain() { Ok(text.clone()) } else { Ok(made(verb.text(&text.known_parts()))) }
        }
        Mode::Quoted => {
            let value = convert(value, &Type::String).map_err(|_| refused("a text"))?;
            json(args, &value).map(|text| made(verb.padded(&text)))
        }
        Mode::Bool => {
            let value = convert(value, &Type::Bool).map_err(|_| refused("a bool"))?;
            Ok(made(if value.as_bool() == Some(true) { "true" } else { "false" }.to_owned()))
        }
        Mode::Integer(_) | Mode::Float(_) => {
            let value = convert(value, &Type::Number).map_err(|_| refused("a number"))?;
            let number = args.number_of(&value)?;
            verb.number(&number).map(made).ok_or_else(|| refused("a whole number"))
        }
    }
}

/// `%v`: texts and numbers as they are, everything else as JSON.
fn plain_value(verb: &Verb, value: &Value, args: &Arguments<'_>) -> Result<Text, Stop> {
    let made = |text: &str| Text::made(verb.padded(text), value.span);
    match &value.kind {
        Kind::Text(text) if verb.width.is_none() => Ok(text.clone()),
        Kind::Text(text) => Ok(made(&text.known_parts())),
        Kind::Number(_) => Ok(made(&Verb::general().number(&args.number_of(value)?).unwrap_or_default())),
        _ => json(args, value).map(|text| made(&text)),
    }
}

fn json(args: &Arguments<'_>, value: &Value) -> Result<String, Stop> {
    let text = encode(&plain(value), Layout::Compact, args.call.span)?;
    text.known().ok_or_else(|| args.fail("a value is not known"))
}

/// A value that is not known becomes a piece; a text with unknown pieces may stay as it is.
fn whole_unknown(verb: &Verb, value: &Value) -> Option<Unknown> {
    let as_it_is = matches!(verb.mode, Mode::Text | Mode::Plain) && !verb.sharp && verb.is_plain();
    let unknown = undecided(value)?;
    match &value.kind {
        Kind::Text(_) if as_it_is => None,
        Kind::Unknown(whole) if as_it_is && whole.symbol != Symbol::Anything => Some(whole.clone()),
        _ => Some(Unknown { symbol: Symbol::AnyText, ..unknown }),
    }
}

/// A null that is written as such has no type, and what has no type yet gives a result that is not known, not even to
/// be a text.
fn untyped_null(args: &Arguments<'_>) -> Option<Unknown> {
    let value = args.rest().iter().find(|value| value.is_null() && value.of.is_none())?;
    let (reason, symbol) = (Reason::NotEvaluated, Symbol::Anything);
    Some(Unknown { reason, name: "a null in a format".into(), span: value.span, symbol })
}

/// Once for each element of the lists among the values.
fn formatlist(args: &Arguments<'_>) -> Outcome {
    if let Some(unknown) = untyped_null(args) {
        return Err(Stop::Unknown(unknown));
    }
    let mut length = None;
    let mut open = None;
    for (index, value) in args.rest().iter().enumerate() {
        match &value.kind {
            Kind::List(list) => {
                open = open.or_else(|| list.open.clone());
                if *length.get_or_insert(list.items.len()) != list.items.len() && open.is_none() {
                    return Err(args.wrong(index + 1, "the lists have different lengths"));
                }
                length = length.min(Some(list.items.len()));
            }
            Kind::Unknown(unknown) if unknown.symbol == Symbol::Anything => {
                return Err(Stop::Unknown(unknown.clone()));
            }
            _ => {}
        }
    }
    let count = length.unwrap_or(1);
    if count > Limits::DEFAULT.elements {
        return Err(args.too_much("elements"));
    }
    let mut items = Vec::with_capacity(count);
    for at in 0..count {
        let row = args.rest().iter().map(|value| match value.as_list() {
            Some(list) => list.items.get(at).unwrap_or(value),
            None => value,
        });
        let row: Vec<&Value> = row.collect();
        let trail = Trail::of_all(row.iter().map(|value| &value.trail));
        let value = args.make(Kind::Text(formatted(args, &row)?));
        items.push(if trail.is_empty() { value } else { Value { trail, ..value } });
    }
    args.give_list_of(ListKind::List, items, open, Type::String)
}
