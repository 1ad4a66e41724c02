//! Parameters: values that are given, defaults, allowed values, and what is known without any.

use super::facts::Facts;
use super::formula::Formula;
use super::scope::Evaluator;
use super::{alternative, constraint, stack, text};
use crate::source::Span;
use crate::value::{Assumption, Branch, Entry, Kind, Number, Reason, Symbol, Unknown, Value};
use std::sync::Arc;

/// The value of a parameter, as `Ref` gives it (CloudFormation User Guide, "Parameters").
///
/// The default stands for a value that was not given. Without default, `AllowedValues` leaves one of a few. Where the
/// type is an SSM parameter, a value is only its name. What `NoEcho` hides is placed where it is used: neither it nor the
/// line that it stands on is shown.
pub(super) fn value(evaluator: &mut Evaluator<'_>, parameter: &Entry, at: Span) -> Value {
    let name = parameter.name.text.shown();
    let of = type_of(parameter);
    let secret = parameter.value.get("NoEcho").and_then(Value::as_bool) == Some(true);
    let found =
        if of.starts_with("AWS::SSM::Parameter::Value<") {
            unknown(evaluator, parameter, of, Reason::ReadOutside)
        } else if let Some(given) = evaluator.stack.given.get(&name).filter(|given| !given.is_null()) {
            used(evaluator, given.span, format!("decided by the value given for `{name}`"));
            if allowed(evaluator, parameter, given) {
                as_given(&evaluator.facts, of, given)
            } else {
                unknown(evaluator, parameter, of, Reason::InError)
            }
        } else if let Some(default) = parameter.value.get("Default").filter(|default| {
            !evaluator.passed_over.contains(&name) && allowed(evaluator, parameter, default)
        }) {
            used(evaluator, default.span, format!("decided by the default of `{name}`"));
            typed(of, default, &|value| value.as_default_of(&name, default.span))
        } else {
            allowed_values(evaluator, parameter, of, at)
        };
    if secret {
        return hidden(&found, at).via(at, format!("through parameter `{name}`"));
    }
    found.via(at, format!("through parameter `{name}`"))
}

/// A value that is given, one of several perhaps; its way is that of what was given.
fn as_given(facts: &Facts, of: &str, given: &Value) -> Value {
    let at = given.span;
    alternative::each(facts, vec![given.clone()], at, |given| {
        let typed = |given: &Value| typed(of, given, &|item| Value { trail: given.trail.clone(), ..item });
        given.first().map_or_else(|| Value::null(at), typed)
    })
}

fn type_of(parameter: &Entry) -> &str {
    parameter.value.get("Type").and_then(Value::as_str).unwrap_or("String")
}

/// Notes what a condition was decided by.
fn used(evaluator: &mut Evaluator<'_>, at: Span, note: String) {
    if evaluator.deciding > 0 {
        evaluator.used.push((at, note.into()));
    }
}

/// Reports what CloudFormation refuses among the values given.
pub(super) fn check_given(evaluator: &mut Evaluator<'_>) {
    let (template, stack) = (evaluator.template, evaluator.stack);
    for (name, value) in &stack.given {
        if let Some(entry) = template.entry("Parameters", name) {
            allowed(evaluator, entry, value);
        }
    }
}

/// Whether a parameter may have a value; what forbids it is reported.
fn allowed(evaluator: &mut Evaluator<'_>, parameter: &Entry, value: &Value) -> bool {
    if evaluator.stack.kind == stack::Sort::Module {
        return true;
    }
    match constraint::broken(parameter, type_of(parameter), value) {
        Some(problem) => {
            evaluator.report(problem);
            false
        }
        None => true,
    }
}

/// The same value, placed where it is used and marked.
fn hidden(value: &Value, at: Span) -> Value {
    let kind = match &value.kind {
        Kind::Text(text) => Kind::Text(text::replaced(text, at)),
        Kind::List(list) => {
            let items = list.items.iter().map(|item| hidden(item, at)).collect();
            text::list(items, list.open.clone(), at).kind
        }
        Kind::OneOf(branches) => {
            let branch = |branch: &Branch| Branch {
                value: hidden(&branch.value, at),
                when: unnamed(&branch.when, at),
            };
            Kind::OneOf(branches.iter().map(branch).collect())
        }
        kind => kind.clone(),
    };
    Value { secret: true, ..Value::new(kind, at) }
}

/// Assumptions about a value that is hidden do not tell it.
fn unnamed(when: &[Assumption], at: Span) -> Vec<Assumption> {
    let name =
        |condition: &str| condition.split_once(" = ").map_or_else(String::new, |(name, _)| name.to_owned());
    let number =
        |index: usize, one: &Assumption| format!("{} is allowed value {}", name(&one.condition), index + 1);
    let hide = |(index, one): (usize, &Assumption)| Assumption {
        condition: number(index, one).into(),
        span: at,
        ..one.clone()
    };
    when.iter().enumerate().map(hide).collect()
}

/// One of the values that are allowed; not known where there are none, or many without a wildcard.
fn allowed_values(evaluator: &Evaluator<'_>, parameter: &Entry, of: &str, at: Span) -> Value {
    let allowed = parameter.value.get("AllowedValues").and_then(Value::as_list);
    let allowed =
        allowed.filter(|list| list.open.is_none()).map(|list| list.items.as_slice()).unwrap_or_default();
    let name = evaluator.full(&parameter.name.text.shown());
    let shown = |value: &Value| text::of(value).map(|text| text.shown()).unwrap_or_default();
    // Of a list, each element is one of them.
    if is_list(of) {
        return unknown(evaluator, parameter, of, Reason::NotSet);
    }
    if !allowed.is_empty() {
        evaluator.facts.confine(&name, || allowed.iter().map(|value| shown(value).into()).collect());
    }
    let possible = |value: &&Value| evaluator.facts.is(&name, &shown(value)) != Some(false);
    let allowed: Vec<&Value> = allowed.iter().filter(possible).collect();
    let (told, others) = told(allowed);
    if told.is_empty() {
        return unknown(evaluator, parameter, of, Reason::NotSet);
    }
    let is = |value: &Value, holds: bool| {
        let condition: Arc<str> = format!("{name} = {}", shown(value)).into();
        evaluator
            .facts
            .define(Arc::clone(&condition), Formula::Is(name.as_str().into(), shown(value).into()));
        Assumption { condition, holds, span: value.span }
    };
    // Exactly one of them holds.
    let when = |at: usize| told.iter().enumerate().map(|(other, one)| is(one, at == other)).collect();
    let one = |(index, value): (usize, &&Value)| Branch {
        when: when(index),
        value: typed(of, value, &|item| item.via(value.span, "allowed value")),
    };
    let other =
        || Branch { when: when(told.len()), value: unknown(evaluator, parameter, of, Reason::NotSet) };
    let branches = told.iter().enumerate().map(one).chain(others.then(other));
    alternative::one_of(&evaluator.facts, branches.collect(), at)
}

/// The values that are told one by one: all of a few; of many those with a wildcard, for which it matters most. Whether
/// there are others.
fn told(allowed: Vec<&Value>) -> (Vec<&Value>, bool) {
    let most = crate::source::Limits::DEFAULT.alternatives;
    if allowed.len() <= most {
        return (allowed, false);
    }
    let wild = |value: &&Value| value.as_str().is_some_and(|text| text.contains('*'));
    (allowed.into_iter().filter(wild).take(most - 1).collect(), true)
}

/// A written text as a value of the parameter's type: lists are written with commas, all else is a text or number.
/// `mark` tells of every value how it came.
fn typed(of: &str, written: &Value, mark: &dyn Fn(Value) -> Value) -> Value {
    if matches!(written.kind, Kind::List(_) | Kind::Map(_) | Kind::Unknown(_)) {
        return mark(written.clone());
    }
    let written_text = text::of(written).unwrap_or_default();
    if is_list(of) {
        if !text::cannot_hold(&written_text, ",") {
            let unknown = written_text.unknowns().next().map(super::intrinsics::derived);
            return mark(unknown.map_or_else(
                || written.clone(),
                |unknown| Value::new(Kind::Unknown(unknown), written.span),
            ));
        }
        let item = |item: Value| mark(Value { secret: written.secret, ..item });
        let items = items(&written_text, written.span).into_iter().map(item).collect();
        return mark(text::list(items, None, written.span));
    }
    if of == "Number"
        && let Some(number) = written_text.as_known().map(str::trim).filter(|known| is_number(known))
    {
        return mark(Value { kind: Kind::Number(Number::from_canonical(number)), ..written.clone() });
    }
    mark(Value { kind: text::resolved(&written_text, written.span), ..written.clone() })
}

/// Whether a parameter is a list, of whatever.
pub(super) fn is_list_type(parameter: &Entry) -> bool {
    let of = type_of(parameter);
    is_list(of) || of.contains("List<")
}

/// Whether a type is a list that is written with commas.
pub(super) fn is_list(of: &str) -> bool {
    of == "CommaDelimitedList" || of.starts_with("List<")
}

/// The elements of a list that is written with commas, blanks around them left out.
pub(super) fn items(written: &crate::value::Text, at: Span) -> Vec<Value> {
    let known = written.known_parts();
    let mut items = Vec::new();
    let mut from = 0;
    for part in known.split(',').filter(|_| !written.is_empty()) {
        let start = from + (part.len() - part.trim_start().len());
        let item = written.slice(start..start + part.trim().len());
        let span = item.span(0..item.known_len()).unwrap_or(at);
        items.push(text::value(&item, span));
        from += part.len() + 1;
    }
    items
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
