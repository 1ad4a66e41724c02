//! Terraform's operators on values.
//!
//! Arithmetic, comparison and logic convert their operands; equality never does. What is easy to get wrong: an unknown
//! operand does not make every result unknown (`false && x` is false, `1 == [x]` is false).

use super::alternative;
use super::number::{Float, negated};
use super::types::{Type, convert, equal, kind_name};
use crate::source::{Problem, ProblemKind, Span};
use crate::syntax::hcl::Operator;
use crate::value::{Kind, Reason, Symbol, Trail, Unknown, Value};

/// `left operator right`, with unknowns; `&&` and `||` included (both sides are evaluated in Terraform 1.11).
///
/// # Errors
/// Where Terraform refuses the operands.
pub(super) fn binary(op: Operator, left: &Value, right: &Value, span: Span) -> Result<Value, Problem> {
    let operands = [left.clone(), right.clone()];
    if let Some(result) = alternative::each(&operands, span, |operands| match operands {
        [left, right] => binary(op, left, right, span),
        _ => Ok(left.clone()),
    }) {
        return result;
    }
    let kind = match op {
        Operator::Equal => equality(left, right, true),
        Operator::NotEqual => equality(left, right, false),
        Operator::And => logic(left, right, false)?,
        Operator::Or => logic(left, right, true)?,
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
            comparison(op, left, right)?
        }
        _ => arithmetic(op, left, right, span)?,
    };
    Ok(made(kind, &operands, span))
}

/// `!operand`, `-operand`.
///
/// # Errors
/// Where Terraform refuses the operand.
pub(super) fn unary(op: Operator, operand: &Value, span: Span) -> Result<Value, Problem> {
    let operands = [operand.clone()];
    if let Some(result) = alternative::each(&operands, span, |operands| {
        operands
            .iter()
            .map(|one| unary(op, one, span))
            .collect::<Result<Vec<_>, _>>()
            .map(|mut all| all.remove(0))
    }) {
        return result;
    }
    let to = if op == Operator::Not { Type::Bool } else { Type::Number };
    let kind = match needed(operand, &to)?.kind {
        Kind::Bool(known) => Kind::Bool(!known),
        Kind::Number(number) => Kind::Number(negated(&number)),
        other => open(&other),
    };
    Ok(made(kind, &operands, span))
}

fn made(kind: Kind, operands: &[Value], span: Span) -> Value {
    let trail = Trail::of_all(operands.iter().map(|operand| &operand.trail));
    let secret = operands.iter().any(|operand| operand.secret);
    Value { trail, secret, ..Value::new(kind, span) }
}

/// An operand as the type that the operator takes; null is refused.
fn needed(operand: &Value, to: &Type) -> Result<Value, Problem> {
    if operand.is_null() {
        let message = format!("the operand is null, a {} is needed", to.shown());
        return Err(Problem::new(ProblemKind::Evaluation, operand.span, message));
    }
    convert(operand, to).map_err(|mut problem| {
        problem.message = match operand.as_text() {
            Some(text) => format!("`{}` is not a {}", text.shown(), to.shown()),
            None => format!("the operand is a {}, a {} is needed", kind_name(operand), to.shown()),
        };
        problem
    })
}

/// The result of an operand that is not known.
fn open(kind: &Kind) -> Kind {
    match kind {
        Kind::Unknown(unknown) => Kind::Unknown(Unknown { symbol: Symbol::Anything, ..unknown.clone() }),
        other => other.clone(),
    }
}

fn equality(left: &Value, right: &Value, wanted: bool) -> Kind {
    let never_null = |value: &Value| matches!(&value.kind, Kind::Unknown(unknown) if !matches!(unknown.symbol, Symbol::Anything | Symbol::AnyText));
    let null_and_symbol = left.is_null() && never_null(right) || right.is_null() && never_null(left);
    if null_and_symbol {
        return Kind::Bool(!wanted);
    }
    if let Some(same) = equal(left, right) {
        return Kind::Bool(same == wanted);
    }
    let unknown = alternative::undecided(left).or_else(|| alternative::undecided(right));
    // Nothing unknown is left over only when the values are nested too deeply to be compared.
    let deep = || Value::unknown(Reason::Limit, "a deeply nested value", left.span).kind;
    unknown.map_or_else(deep, |unknown| open(&Kind::Unknown(unknown)))
}

/// `strong` on one side decides, whatever the other side is.
fn logic(left: &Value, right: &Value, strong: bool) -> Result<Kind, Problem> {
    let (left, right) = (needed(left, &Type::Bool)?.kind, needed(right, &Type::Bool)?.kind);
    Ok(match (&left, &right) {
        (Kind::Bool(known), _) | (_, Kind::Bool(known)) if *known == strong => Kind::Bool(strong),
        (Kind::Bool(_), other) | (other, _) => open(other),
    })
}

/// Both operands as numbers, or the result when one is not known.
fn numbers(left: &Value, right: &Value) -> Result<Result<(Float, Float), Kind>, Problem> {
    let (first, second) = (needed(left, &Type::Number)?, needed(right, &Type::Number)?);
    match (&first.kind, &second.kind) {
        (Kind::Number(one), Kind::Number(two)) => {
            let read = |number, value: &Value| Float::of(number).ok_or_else(|| out_of_bounds(value.span));
            Ok(Ok((read(one, left)?, read(two, right)?)))
        }
        (Kind::Number(_), other) | (other, _) => Ok(Err(open(other))),
    }
}

fn out_of_bounds(span: Span) -> Problem {
    Problem::new(ProblemKind::Limit, span, "this number is too large or too small to calculate with")
}

fn comparison(op: Operator, left: &Value, right: &Value) -> Result<Kind, Problem> {
    Ok(match numbers(left, right)? {
        Err(unknown) => unknown,
        Ok((left, right)) => Kind::Bool(match op {
            Operator::Less => left < right,
            Operator::LessOrEqual => left <= right,
            Operator::Greater => left > right,
            _ => left >= right,
        }),
    })
}

fn arithmetic(op: Operator, left: &Value, right: &Value, span: Span) -> Result<Kind, Problem> {
    let (one, two) = match numbers(left, right)? {
        Ok(both) => both,
        Err(unknown) => return Ok(unknown),
    };
    if op == Operator::Divide && two.is_zero() {
        // Terraform gives infinity here, which no attribute can hold: it fails wherever the result is used.
        return Err(Problem::new(ProblemKind::Evaluation, span, "division by zero"));
    }
    let result = match op {
        Operator::Add => one.add(&two),
        Operator::Subtract => one.add(&two.negate()),
        Operator::Multiply => one.multiply(&two),
        Operator::Divide => one.divide(&two),
        _ => one.remainder(&two),
    };
    result.map(|float| Kind::Number(float.number())).ok_or_else(|| out_of_bounds(span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;
    use crate::value::{Number, Text};

    fn place() -> Span {
        Span::start_of(SourceMap::default().add("t", ""))
    }

    fn text(text: &str) -> Value {
        Value::text(Text::made(text, place()), place())
    }

    #[test]
    fn operands_are_converted_but_never_for_equality() {
        let one = Value::new(Kind::Number(Number::from(1)), place());
        let kind = |op, left: &Value, right: &Value| binary(op, left, right, place()).unwrap().kind;
        assert_eq!(kind(Operator::Equal, &one, &text("1")), Kind::Bool(false));
        assert_eq!(kind(Operator::Add, &one, &text("2")), Kind::Number(Number::from(3)));
        assert_eq!(kind(Operator::And, &text("true"), &Value::bool(true, place())), Kind::Bool(true));
        assert!(binary(Operator::Less, &text("a"), &text("b"), place()).is_err());
        assert!(binary(Operator::Or, &Value::bool(true, place()), &Value::null(place()), place()).is_err());
    }

    #[test]
    fn an_unknown_operand_leaves_what_is_certain() {
        let unknown = Value::unknown(Reason::NotSet, "var.x", place());
        let kind = |op, left: &Value, right: &Value| binary(op, left, right, place()).unwrap().kind;
        assert_eq!(kind(Operator::And, &unknown, &Value::bool(false, place())), Kind::Bool(false));
        assert!(matches!(kind(Operator::And, &unknown, &Value::bool(true, place())), Kind::Unknown(_)));
        assert!(matches!(kind(Operator::Equal, &unknown, &Value::null(place())), Kind::Unknown(_)));
        let mut partly = Text::made("arn:", place());
        partly.push(&Text::unknown(Unknown {
            reason: Reason::NotSet,
            name: "x".into(),
            span: place(),
            symbol: Symbol::AnyText,
        }));
        let partly = Value::text(partly, place());
        assert_eq!(kind(Operator::Equal, &partly, &text("*")), Kind::Bool(false));
        assert!(matches!(kind(Operator::Equal, &partly, &text("arn:aws")), Kind::Unknown(_)));
    }
}
