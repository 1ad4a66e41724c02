//! `Fn::Select`, `Fn::Length`.

use super::intrinsics::Call;
use super::scope::Evaluator;
use super::{alternative, mistake, text};
use crate::value::{Kind, Number, Reason, Value};

/// `Fn::Select: [index, [value, …]]`; the index counts from 0.
pub(super) fn select(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let [index, values] = call.args() else {
        return call.malformed(evaluator, "an index and a list");
    };
    let index = evaluator.present(index);
    let values = evaluator.present(values);
    alternative::each(&evaluator.facts.clone(), vec![index, values], call.span, |both| {
        let [index, values] = both.as_slice() else { return call.unknown(Reason::NotEvaluated) };
        let Kind::List(list) = &values.kind else {
            return match &values.kind {
                Kind::Unknown(_) => call.unknown_of(std::slice::from_ref(values)),
                _ => call.malformed(evaluator, "an index and a list"),
            };
        };
        let Some(text) = text::of(index) else { return call.malformed(evaluator, "an index and a list") };
        let Some(known) = text.known() else { return call.unknown_of(std::slice::from_ref(index)) };
        match (known.trim().parse::<usize>().ok().and_then(|at| list.items.get(at)), &list.open) {
            (Some(item), _) => Value { secret: item.secret || values.secret, ..item.clone() },
            (None, Some(_)) => call.unknown_of(std::slice::from_ref(values)),
            (None, None) => {
                let count = list.items.len();
                let message = format!("`{}` asks for element `{known}` of a list of {count}", call.written);
                evaluator.wrong(call.span, call.written, mistake(index.span, message))
            }
        }
    })
}

/// `Fn::Length: [value, …]` (`AWS::LanguageExtensions`).
pub(super) fn length(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let argument = evaluator.present(call.arg);
    alternative::each(&evaluator.facts.clone(), vec![argument], call.span, |argument| {
        match argument.first().map(|value| &value.kind) {
            Some(Kind::List(list)) if list.open.is_none() => {
                let count = i64::try_from(list.items.len()).unwrap_or(i64::MAX);
                Value::new(Kind::Number(Number::from(count)), call.span)
            }
            Some(Kind::List(_) | Kind::Unknown(_)) => call.unknown_of(&argument),
            _ => call.malformed(evaluator, "a list"),
        }
    })
}
