//! Parameters: defaults, allowed values, and what is known without either.

use super::scope::Evaluator;
use super::{alternative, text};
use crate::source::Span;
use crate::value::{Assumption, Branch, Entry, Kind, Number, Reason, Symbol, Unknown, Value};

/// The value of a parameter, as `Ref` gives it (CloudFormation User Guide, "Parameters").
///
/// The default stands for a value that was not given. Without default, `AllowedValues` leaves one of a few. Where the
/// type is an SSM parameter, the default is only its name.
pub(super) fn value(evaluator: &mut Evaluator<'_>, parameter: &Entry, at: Span) -> Value {
    let name = parameter.name.text.shown();
    let get = |member: &str| parameter.value.get(member);
    let of = get("Type").and_then(Value::as_str).unwrap_or("String");
    let secret = get("NoEcho").and_then(Value::as_bool) == Some(true);
    let found = if of.starts_with("AWS::SSM::Parameter::Value<") {
        unknown(parameter, of, Reason::ReadOutside)
    } else if let Some(default) = get("Default") {
        if evaluator.deciding > 0 {
            evaluator.used.push((default.span, name.as_str().into()));
        }
        typed(of, &name, default).as_default_of(&name, default.span)
    } else {
        let allowed = get("AllowedValues").and_then(Value::as_list).map(|list| list.items.as_slice());
        allowed_values(parameter, of, allowed.unwrap_or_default(), at)
    };
    let found = found.via(at, format!("through parameter `{name}`"));
    Value { secret, ..found }
}

fn allowed_values(parameter: &Entry, of: &str, allowed: &[Value], at: Span) -> Value {
    let most = crate::source::Limits::DEFAULT.alternatives;
    if allowed.is_empty() || allowed.len() > most {
        return unknown(parameter, of, Reason::NotSet);
    }
    let name = parameter.name.text.shown();
    let is = |value: &Value, holds: bool| {
        let shown = text::of(value).map(|text| text.shown()).unwrap_or_default();
        Assumption { condition: format!("{name} = {shown}").into(), holds, span: at }
    };
    let branches = allowed.iter().enumerate().map(|(index, value)| {
        // Exactly one of them holds.
        let when = allowed.iter().enumerate().map(|(other, one)| is(one, index == other)).collect();
        Branch { when, value: typed(of, &name, value).via(value.span, "allowed value") }
    });
    alternative::one_of(branches.collect(), at)
}

/// A written default as a value of the parameter's type: lists are written with commas, all else is a text or number.
fn typed(of: &str, name: &str, written: &Value) -> Value {
    if matches!(written.kind, Kind::List(_) | Kind::Map(_) | Kind::Unknown(_)) {
        return written.clone();
    }
    let written_text = text::of(written).unwrap_or_default();
    if of == "CommaDelimitedList" || of.starts_with("List<") {
        let known = written_text.known_parts();
        let mut items = Vec::new();
        let mut from = 0;
        for part in known.split(',') {
            let start = from + (part.len() - part.trim_start().len());
            let item = written_text.slice(start..start + part.trim().len());
            let span = item.span(0..item.known_len()).unwrap_or(written.span);
            items.push(Value::text(item, span).as_default_of(name, written.span));
            from += part.len() + 1;
        }
        return text::list(if known.is_empty() { Vec::new() } else { items }, None, written.span);
    }
    if of == "Number"
        && let Some(number) = written_text.as_known().map(str::trim).filter(|known| is_number(known))
    {
        return Value { kind: Kind::Number(Number::from_canonical(number)), ..written.clone() };
    }
    Value { kind: text::resolved(&written_text, written.span), ..written.clone() }
}

/// Whether a text is a plain decimal; account ids with leading zeros keep them.
fn is_number(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().enumerate().all(|(at, byte)| byte.is_ascii_digit() || (byte == b'-' && at == 0))
        && text != "-"
}

fn unknown(parameter: &Entry, of: &str, reason: Reason) -> Value {
    let pattern = parameter.value.get("AllowedPattern").and_then(Value::as_str).unwrap_or_default();
    let pattern = pattern.trim_start_matches('^').trim_end_matches('$');
    let symbol = match pattern {
        "[0-9]{12}" | "\\d{12}" | "(\\d{12})" | "([0-9]{12})" => Symbol::SomeAccount,
        _ if of.contains("List<") || of == "CommaDelimitedList" => Symbol::Anything,
        _ => Symbol::AnyText,
    };
    let span = parameter.name.span;
    let name = parameter.name.text.shown().into();
    Value::new(Kind::Unknown(Unknown { reason, name, span, symbol }), span)
}
