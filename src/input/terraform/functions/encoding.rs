//! JSON, Base64, CSV and URLs.

use super::signature::{Arguments, Function, Outcome, Parameter, Stop, Takes};
use crate::input::terraform::json::{Layout, encode, plain, sorted_entries};
use crate::source::{Limits, Problem, ProblemKind};
use crate::syntax;
use crate::value::{Entry, Kind, List, ListKind, Map, MapKind, Name, Reason, Text, Value};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::sync::Arc;

const TEXT: &[Parameter] = &[Parameter::new("str", Takes::Text)];

pub(super) const ROWS: &[Function] = &[
    Function::new("jsonencode", &[Parameter::new("val", Takes::Any).nullable()], jsonencode).text().keeps(),
    Function::new("jsondecode", TEXT, jsondecode),
    Function::new("base64encode", TEXT, |args| args.give_made(STANDARD.encode(args.known(0)?))).text(),
    Function::new("base64decode", TEXT, |args| {
        let bytes = decoded_base64(args)?;
        let text = String::from_utf8(bytes).map_err(|_| args.wrong(0, "the decoded bytes are not UTF-8"))?;
        args.give_made(text)
    })
    .text(),
    // Terraform's bytes depend on Go's compressor.
    Function::new("base64gzip", TEXT, |args| not_evaluated(args, "base64gzip")).text(),
    // Two functions of OpenTofu.
    Function::new("base64gunzip", TEXT, |args| not_evaluated(args, "base64gunzip")).text(),
    Function::new("urldecode", TEXT, urldecode).text(),
    Function::new("urlencode", TEXT, urlencode).text(),
    Function::new("textencodebase64", WITH_ENCODING, textencode).text(),
    Function::new("textdecodebase64", WITH_ENCODING, textdecode).text(),
    Function::new("csvdecode", TEXT, csvdecode),
];

const WITH_ENCODING: &[Parameter] =
    &[Parameter::new("string", Takes::Text), Parameter::new("encoding", Takes::Text)];

/// A result that only Terraform itself can calculate.
#[expect(clippy::unnecessary_wraps, reason = "functions end with what this gives")]
pub(super) fn not_evaluated(args: &Arguments<'_>, name: &str) -> Outcome {
    Ok(Value::unknown(Reason::NotEvaluated, name, args.call.span))
}

fn decoded_base64(args: &Arguments<'_>) -> Result<Vec<u8>, Stop> {
    let text = args.known(0)?.replace(['\r', '\n'], "");
    STANDARD.decode(text).map_err(|_| args.wrong(0, "the text is not Base64"))
}

/// Go's `url.QueryEscape`: a blank becomes `+`.
fn urlencode(args: &Arguments<'_>) -> Outcome {
    const KEPT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b' ');
    let text = args.known(0)?;
    args.give_made(utf8_percent_encode(&text, &KEPT).to_string().replace(' ', "+"))
}

/// Go's `url.QueryUnescape`: `+` becomes a blank, and every `%` must be followed by two digits.
fn urldecode(args: &Arguments<'_>) -> Outcome {
    let text = args.known(0)?;
    let escapes = text
        .split('%')
        .skip(1)
        .all(|part| part.get(..2).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())));
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    match decoded.ok().filter(|_| escapes) {
        Some(decoded) => args.give_made(&*decoded),
        None => Err(args.wrong(0, "the text is not encoded as in a URL")),
    }
}

/// The encodings that people use; Terraform knows more of IANA's.
fn textencode(args: &Arguments<'_>) -> Outcome {
    let (text, encoding) = (args.known(0)?, args.known(1)?);
    let single = |most: u32| {
        text.chars().map(move |character| u8::try_from(character).ok().filter(|byte| u32::from(*byte) < most))
    };
    let bytes = match encoding.to_ascii_uppercase().as_str() {
        "UTF-8" => Some(text.clone().into_bytes()),
        "UTF-16LE" => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        "UTF-16BE" => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        "US-ASCII" => single(0x80).collect(),
        "ISO-8859-1" => single(0x100).collect(),
        // Outside 80 to 9F the same as ISO 8859-1.
        "WINDOWS-1252"
            if text.chars().all(|character| !matches!(u32::from(character), 0x80..=0x9f | 0x100..)) =>
        {
            single(0x100).collect()
        }
        _ => return not_evaluated(args, "textencodebase64"),
    };
    let bytes: Vec<u8> =
        bytes.ok_or_else(|| args.wrong(0, format!("a character does not exist in `{encoding}`")))?;
    args.give_made(STANDARD.encode(bytes))
}

fn textdecode(args: &Arguments<'_>) -> Outcome {
    let (bytes, encoding) = (decoded_base64(args)?, args.known(1)?);
    let units = |read: fn([u8; 2]) -> u16| -> Vec<u16> {
        bytes.as_chunks::<2>().0.iter().map(|pair| read(*pair)).collect()
    };
    let text = match encoding.to_ascii_uppercase().as_str() {
        "UTF-8" => String::from_utf8(bytes.clone()).ok(),
        "UTF-16LE" => String::from_utf16(&units(u16::from_le_bytes)).ok(),
        "UTF-16BE" => String::from_utf16(&units(u16::from_be_bytes)).ok(),
        "ISO-8859-1" => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        "WINDOWS-1252" if bytes.iter().all(|byte| !(0x80..=0x9f).contains(byte)) => {
            Some(bytes.iter().map(|byte| char::from(*byte)).collect())
        }
        _ => return not_evaluated(args, "textdecodebase64"),
    };
    args.give_made(text.ok_or_else(|| args.wrong(0, format!("the bytes are not `{encoding}`")))?)
}

/// One object for each line, named by the first.
fn csvdecode(args: &Arguments<'_>) -> Outcome {
    let text = args.known(0)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(text.as_bytes());
    let wrong = |_: csv::Error| args.wrong(0, "the text is not well-formed CSV");
    let span = args.call.span;
    let names: Vec<String> = reader.headers().map_err(wrong)?.iter().map(str::to_owned).collect();
    if let Some((_, twice)) =
        names.iter().enumerate().find(|(at, name)| names.iter().take(*at).any(|other| other == *name))
    {
        return Err(args.wrong(0, format!("two columns are called `{twice}`")));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let entry = |(name, field): (&String, &str)| Entry {
            name: Name { text: Text::made(name.as_str(), span), span },
            value: args.make(Kind::Text(Text::made(field, span))),
        };
        let row = Value::object(names.iter().zip(record.iter()).map(entry).collect(), span);
        rows.push(row);
        if rows.len() > Limits::DEFAULT.elements {
            return Err(args.too_much("elements"));
        }
    }
    args.give_list(ListKind::List, rows, None)
}

/// The text remembers the value, so that a policy reads as the user wrote it.
fn jsonencode(args: &Arguments<'_>) -> Outcome {
    let value = args.value(0)?;
    let text = encode(&plain(value), Layout::Compact, args.call.span)?;
    let mut result = args.give_text(text)?;
    result.secret = value.holds_secret();
    Ok(result)
}

fn jsondecode(args: &Arguments<'_>) -> Outcome {
    let text = args.text(0)?;
    if let Some(value) = text.encodes() {
        return Ok(plain(value));
    }
    let value = syntax::json::parse_text(&text, args.value(0)?.span).map_err(|mut problem: Problem| {
        problem.message = format!("in `jsondecode`, {}", problem.message);
        // For Terraform this is a call that fails, which `try` may catch.
        if problem.kind == ProblemKind::Syntax {
            problem.kind = ProblemKind::Evaluation;
        }
        problem
    })?;
    Ok(decoded(&value, Limits::DEFAULT.depth + 1))
}

/// A value as read, as Terraform takes it: objects and tuples, the last of equal names, numbers in canonical form.
pub(super) fn decoded(value: &Value, depth: usize) -> Value {
    let Some(deeper) = depth.checked_sub(1) else { return value.clone() };
    let kind = match &value.kind {
        Kind::List(list) => Kind::List(Arc::new(List {
            kind: ListKind::Tuple,
            items: list.items.iter().map(|item| decoded(item, deeper)).collect(),
            open: list.open.clone(),
        })),
        Kind::Map(map) => Kind::Map(Arc::new(Map {
            kind: MapKind::Object,
            entries: sorted_entries(map)
                .into_iter()
                .map(|entry| Entry { name: entry.name.clone(), value: decoded(&entry.value, deeper) })
                .collect(),
            open: map.open.clone(),
        })),
        other => other.clone(),
    };
    Value { kind, ..value.clone() }
}
