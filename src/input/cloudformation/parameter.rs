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
        unknown(evaluator, parameter, of, Reason::ReadOutside)
    } else if let Some(given) = evaluator.stack.given.get(&name).filter(|given| !given.is_null()) {
        alternative::each(vec![given.clone()], given.span, |given| {
            let as_given = |item: Value, given: &Value| Value { trail: given.trail.clone(), ..item };
            given.first().map_or_else(|| Value::null(at), |given| typed(of, given, as_given))
        })
    } else if let Some(default) = get("Default") {
        if evaluator.deciding > 0 {
            evaluator.used.push((default.span, name.as_str().into()));
        }
        let by_default = |item: Value, default: &Value| item.as_default_of(&name, default.span);
        typed(of, default, by_default).as_default_of(&name, default.span)
    } else {
        let allowed = get("AllowedValues").and_then(Value::as_list).map(|list| list.items.as_slice());
        allowed_values(evaluator, parameter, of, allowed.unwrap_or_default(), at)
    };
    let found = found.via(at, format!("through parameter `{name}`"));
    Value { secret: secret || found.secret, ..found }
}

fn allowed_values(
    evaluator: &Evaluator<'_>,
    parameter: &Entry,
    of: &str,
    allowed: &[Value],
    at: Span,
) -> Value {
    let most = crate::source::Limits::DEFAULT.alternatives;
    if allowed.is_empty() || allowed.len() > most {
        return unknown(evaluator, parameter, of, Reason::NotSet);
    }
    let name = evaluator.full(&parameter.name.text.shown());
    let is = |value: &Value, holds: bool| {
        let shown = text::of(value).map(|text| text.shown()).unwrap_or_default();
        Assumption { condition: format!("{name} = {shown}").into(), holds, span: at }
    };
    let branches = allowed.iter().enumerate().map(|(index, value)| {
        // Exactly one of them holds.
        let when = allowed.iter().enumerate().map(|(other, one)| is(one, index == other)).collect();
        Branch { when, value: typed(of, value, |item, _| item).via(value.span, "allowed value") }
    });
    alternative::one_of(branches.collect(), at)
}

/// A written value as one of the parameter's type: lists are written with commas, all else is a text or number. `mark`
/// says of the elements of a list how they came.
fn typed(of: &str, written: &Value, mark: impl Fn(Value, &Value) -> Value) -> Value {
    if matches!(written.kind, Kind::List(_) | Kind::Map(_) | Kind::Unknown(_)) {
        return written.clone();
    }
    let written_text = text::of(written).unwrap_or_default();
    if of == "CommaDelimitedList" || of.starts_with("List<") {
        if !text::cannot_hold(&written_text, ",") {
            let unknown = written_text.unknowns().next().map(super::intrinsics::derived);
            return unknown
                .map_or_else(|| written.clone(), |unknown| Value::new(Kind::Unknown(unknown), written.span));
        }
        let known = written_text.known_parts();
        let mut items = Vec::new();
        let mut from = 0;
        for part in known.split(',').filter(|_| !written_text.is_empty()) {
            let start = from + (part.len() - part.trim_start().len());
            let item = written_text.slice(start..start + part.trim().len());
            let span = item.span(0..item.known_len()).unwrap_or(written.span);
            items.push(mark(Value { secret: written.secret, ..text::value(&item, span) }, written));
            from += part.len() + 1;
        }
        return text::list(items, None, written.span);
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

fn unknown(evaluator: &Evaluator<'_>, parameter: &Entry, of: &str, reason: Reason) -> Value {
    let pattern = parameter.value.get("AllowedPattern").and_then(Value::as_str).unwrap_or_default();
    let pattern = pattern.trim_start_matches('^').trim_end_matches('$');
    let symbol = match pattern {
        "[0-9]{12}" | "\\d{12}" | "(\\d{12})" | "([0-9]{12})" => Symbol::SomeAccount,
        _ if of.contains("List<") || of == "CommaDelimitedList" => Symbol::Anything,
        _ => Symbol::AnyText,
    };
    let span = parameter.name.span;
    let name = evaluator.full(&parameter.name.text.shown()).into();
    Value::new(Kind::Unknown(Unknown { reason, name, span, symbol }), span)
}
