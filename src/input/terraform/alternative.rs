//! Calculations over undecided alternatives.
//!
//! Where an operand is one of a few values, the calculation is done for each combination that can hold at once, and
//! the result is one of the results. What is easy to get wrong: the same condition may decide several operands, so
//! combinations that contradict themselves do not count.

use crate::source::{Limits, Problem, Span};
use crate::value::{Assumption, Branch, Kind, Reason, Symbol, Unknown, Value, consistent};

/// Calculates with every combination of the alternatives of `operands`; `None` when no operand has any.
pub(super) fn each(
    operands: &[Value],
    span: Span,
    mut calculate: impl FnMut(&[Value]) -> Result<Value, Problem>,
) -> Option<Result<Value, Problem>> {
    if !operands.iter().any(|operand| matches!(operand.kind, Kind::OneOf(_))) {
        return None;
    }
    let secret = operands.iter().any(|operand| operand.secret);
    let Some(combinations) = combine(operands) else {
        let unknown = operands.iter().find_map(undecided);
        return unknown.map(|unknown| Ok(Value { secret, ..Value::new(Kind::Unknown(unknown), span) }));
    };
    let mut results = Vec::new();
    let mut failed = None;
    for (when, operands) in &combinations {
        match calculate(operands) {
            Ok(value) => results.push(Branch { when: when.clone(), value }),
            Err(problem) => {
                let value = Value::unknown(Reason::InError, &*problem.message, problem.span);
                results.push(Branch { when: when.clone(), value });
                failed.get_or_insert((problem, 0)).1 += 1;
            }
        }
    }
    Some(match failed {
        Some((problem, count)) if count == combinations.len() => Err(problem),
        _ => Ok(Value { secret, ..joined(results, span) }),
    })
}

type Combination = (Vec<Assumption>, Vec<Value>);

/// The combinations that can hold. `None`: more than the limit.
fn combine(operands: &[Value]) -> Option<Vec<Combination>> {
    let mut found: Vec<Combination> = vec![(Vec::new(), Vec::new())];
    for operand in operands {
        let Kind::OneOf(branches) = &operand.kind else {
            for (_, values) in &mut found {
                values.push(operand.clone());
            }
            continue;
        };
        let mut next = Vec::new();
        for (when, values) in &found {
            for branch in branches.iter() {
                let when = both(when, &branch.when);
                if consistent(&when) {
                    let mut values = values.clone();
                    values.push(marked(&branch.value, operand.secret));
                    next.push((when, values));
                }
            }
        }
        if next.len() > Limits::DEFAULT.alternatives || next.is_empty() {
            return None;
        }
        found = next;
    }
    Some(found)
}

fn marked(value: &Value, secret: bool) -> Value {
    Value { secret: secret || value.secret, ..value.clone() }
}

fn both(left: &[Assumption], right: &[Assumption]) -> Vec<Assumption> {
    let mut when = left.to_vec();
    for assumption in right {
        let known =
            |have: &Assumption| have.condition == assumption.condition && have.holds == assumption.holds;
        if !when.iter().any(known) {
            when.push(assumption.clone());
        }
    }
    when
}

/// One value of several alternatives, those inside alternatives included.
pub(super) fn joined(branches: Vec<Branch>, span: Span) -> Value {
    let mut flat = Vec::new();
    for branch in branches {
        match &branch.value.kind {
            Kind::OneOf(inner) => {
                let inner = inner.iter().map(|inner| Branch {
                    when: both(&branch.when, &inner.when),
                    value: marked(&inner.value, branch.value.secret),
                });
                flat.extend(inner.filter(|branch| consistent(&branch.when)));
            }
            _ => flat.push(branch),
        }
    }
    if flat.len() > Limits::DEFAULT.alternatives {
        let all = Value::new(Kind::OneOf(flat.into()), span);
        return Value::new(undecided(&all).map_or(Kind::Null, Kind::Unknown), span);
    }
    match flat.len() {
        1 => flat.remove(0).value,
        _ => Value::new(Kind::OneOf(flat.into()), span),
    }
}

/// A value that stands unless something not known replaces it; `condition` says when it stands.
pub(super) fn perhaps(value: &Value, unknown: &Unknown, condition: String) -> Value {
    let condition: std::sync::Arc<str> = condition.into();
    let when = |holds| vec![Assumption { condition: condition.clone(), holds, span: unknown.span }];
    let other = Unknown { symbol: Symbol::Anything, ..unknown.clone() };
    let other = Value { kind: Kind::Unknown(other), ..value.clone() };
    let stands = Branch { when: when(true), value: value.clone() };
    let joined = joined(vec![stands, Branch { when: when(false), value: other }], value.span);
    Value { trail: value.trail.clone(), secret: value.secret, ..joined }
}

/// What to say of a value of which it must be said that it is not known: its first unknown, or the condition that
/// decides between its alternatives.
pub(super) fn undecided(value: &Value) -> Option<Unknown> {
    match &value.kind {
        Kind::Unknown(unknown) => Some(unknown.clone()),
        Kind::OneOf(branches) => {
            let assumption = branches.iter().find_map(|branch| branch.when.first())?;
            Some(Unknown {
                reason: Reason::NotEvaluated,
                name: assumption.condition.clone(),
                span: assumption.span,
                symbol: Symbol::Anything,
            })
        }
        _ => {
            value.unknowns().first().map(|unknown| Unknown { symbol: Symbol::Anything, ..(*unknown).clone() })
        }
    }
}
