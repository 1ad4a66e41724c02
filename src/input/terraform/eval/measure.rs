//! Operators, and what they tell of what is not known: `length(concat(["a"], var.more)) > 0` holds, and so does
//! `upper(var.name) != null`.
//!
//! What is easy to get wrong: elements of a set that are not known may turn out to be equal to others, so a set of three
//! may hold one.

use super::block::setting;
use super::scope::Scope;
use super::{Eval, Outcome};
use crate::input::terraform::{functions, operators, types};
use crate::source::{Problem, Span};
use crate::syntax::hcl::{Expr, ExprKind, Operator};
use crate::value::{Kind, List, ListKind, Map, Value};
use std::collections::BTreeSet;

/// The least and the most elements that a collection may have; no most where others may follow.
type Bounds = (i64, Option<i64>);

impl Eval<'_> {
    /// `left operator right`.
    pub(super) fn binary(
        &self,
        operator: Operator,
        [left, right]: [&Expr; 2],
        span: Span,
        scope: Scope<'_>,
    ) -> Outcome {
        let (left_there, right_there) = (never_null(left, scope), never_null(right, scope));
        let (left, left_bounds) = self.operand(left, scope)?;
        let (right, right_bounds) = self.operand(right, scope)?;
        let decided = match (left_bounds, right_bounds) {
            _ if left_there && right.is_null() || right_there && left.is_null() => match operator {
                Operator::Equal => Some(false),
                Operator::NotEqual => Some(true),
                _ => None,
            },
            (Some(bounds), None) => whole(&right).and_then(|number| decided(operator, bounds, number)),
            (None, Some(bounds)) => {
                whole(&left).and_then(|number| decided(mirrored(operator), bounds, number))
            }
            _ => None,
        };
        let value = self.distribute(&[left, right], span, &mut |sides| match sides {
            [left, right] => operators::binary(operator, left, right, span),
            _ => Ok(Value::null(span)),
        })?;
        Ok(match (&value.kind, decided) {
            (Kind::Unknown(_), Some(holds)) => Value { kind: Kind::Bool(holds), ..value },
            _ => value,
        })
    }

    /// An operand; of `length(…)` also what is known of a length that is not.
    fn operand(&self, expr: &Expr, scope: Scope<'_>) -> Result<(Value, Option<Bounds>), Problem> {
        let ExprKind::Call(call) = &expr.kind else { return Ok((self.expr(expr, scope)?, None)) };
        let [arg] = call.args.as_slice() else { return Ok((self.expr(expr, scope)?, None)) };
        if &*call.name.text != "length" || call.expand {
            return Ok((self.expr(expr, scope)?, None));
        }
        let arg = self.expr(arg, scope)?;
        let bounds = bounds(&arg);
        let value = self.applied(call, vec![arg], expr.span, scope)?;
        let bounds = bounds.filter(|_| matches!(value.kind, Kind::Unknown(_)));
        Ok((value, bounds))
    }
}

/// Whether an expression never gives null: a function that makes a text, a variable with `nullable = false`.
fn never_null(expr: &Expr, scope: Scope<'_>) -> bool {
    match &expr.kind {
        ExprKind::Paren(inner) => never_null(inner, scope),
        ExprKind::Call(call) => functions::gives_text(&call.name.text),
        ExprKind::Attr(source, name) => {
            let variable = matches!(&source.kind, ExprKind::Variable(space) if &**space == "var");
            let declared = scope.instance.module.variables.get(&name.text);
            variable && declared.is_some_and(|block| setting(block, "nullable") == Some(false))
        }
        _ => false,
    }
}

fn whole(value: &Value) -> Option<i64> {
    match &value.kind {
        Kind::Number(number) => number.as_i64(),
        _ => None,
    }
}

fn bounds(value: &Value) -> Option<Bounds> {
    let (least, most) = match &value.kind {
        Kind::List(list) => (least_of(list), list.open.is_none().then_some(list.items.len())),
        Kind::Map(map) => (names(map), map.open.is_none().then_some(map.entries.len())),
        _ => return None,
    };
    let most = most.and_then(|most| i64::try_from(most).ok());
    Some((i64::try_from(least).ok()?, most))
}

fn least_of(list: &List) -> usize {
    if list.kind != ListKind::Set {
        return list.items.len();
    }
    let known = list.items.iter().filter(|item| types::identity(item).is_some()).count();
    known.max(usize::from(!list.items.is_empty()))
}

fn names(map: &Map) -> usize {
    let known: BTreeSet<String> = map.entries.iter().filter_map(|entry| entry.name.text.known()).collect();
    known.len().max(usize::from(!map.entries.is_empty()))
}

/// `length operator number`, where that is the same for all lengths within the bounds.
fn decided(operator: Operator, (least, most): Bounds, number: i64) -> Option<bool> {
    let at_most = |number: i64| most.is_some_and(|most| most <= number);
    let below = |number: i64| most.is_some_and(|most| most < number);
    let (yes, no) = match operator {
        Operator::Greater => (least > number, at_most(number)),
        Operator::GreaterOrEqual => (least >= number, below(number)),
        Operator::Less => (below(number), least >= number),
        Operator::LessOrEqual => (at_most(number), least > number),
        Operator::Equal => (false, least > number || below(number)),
        Operator::NotEqual => (least > number || below(number), false),
        _ => (false, false),
    };
    if yes { Some(true) } else { no.then_some(false) }
}

fn mirrored(operator: Operator) -> Operator {
    match operator {
        Operator::Greater => Operator::Less,
        Operator::GreaterOrEqual => Operator::LessOrEqual,
        Operator::Less => Operator::Greater,
        Operator::LessOrEqual => Operator::GreaterOrEqual,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_decide_only_what_holds_for_all_lengths() {
        let cases = [
            (Operator::Greater, (1, None), 0, Some(true)),
            (Operator::Greater, (0, None), 0, None),
            (Operator::Greater, (1, Some(2)), 2, Some(false)),
            (Operator::Less, (1, Some(2)), 3, Some(true)),
            (Operator::Less, (1, Some(2)), 1, Some(false)),
            (Operator::LessOrEqual, (1, Some(2)), 1, None),
            (Operator::GreaterOrEqual, (0, None), 0, Some(true)),
            (Operator::Equal, (1, Some(2)), 0, Some(false)),
            (Operator::Equal, (1, Some(2)), 2, None),
            (Operator::NotEqual, (1, None), 0, Some(true)),
            (Operator::Add, (1, None), 0, None),
        ];
        for (operator, bounds, number, expected) in cases {
            assert_eq!(decided(operator, bounds, number), expected, "{operator:?} {bounds:?} {number}");
        }
        assert_eq!(mirrored(Operator::GreaterOrEqual), Operator::LessOrEqual);
    }
}
