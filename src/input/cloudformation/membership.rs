//! Functions of rules that look into lists: `Fn::Contains`, `Fn::EachMemberEquals`, `Fn::EachMemberIn`.
//!
//! (`CloudFormation` Template Reference Guide, "Rule functions".) What is easy to get wrong: every member of an empty
//! list is equal to anything.

use super::conditions::{self, Side};
use super::formula::Formula;
use super::intrinsics::Call;
use super::scope::Evaluator;
use crate::value::{Kind, Value};

/// What a call of one of these functions says; `None`: it calls another one.
pub(super) fn formula(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Option<Formula> {
    let takes = match call.name {
        "Contains" | "EachMemberEquals" => "a list of texts and a text",
        "EachMemberIn" => "two lists of texts",
        _ => return None,
    };
    let [members, other] = call.args() else {
        call.malformed(evaluator, takes);
        return Some(Formula::Open);
    };
    let (Some(members), Some(others)) = (sides(evaluator, members), sides(evaluator, other)) else {
        return Some(Formula::Open);
    };
    let work = members.len().saturating_mul(others.len());
    if evaluator.spend(work, call.span).is_some() {
        return Some(Formula::Open);
    }
    let facts = &evaluator.facts;
    let same = |member: &Side, strong: bool| {
        Formula::join(others.iter().map(|other| conditions::equal(facts, member, other)).collect(), strong)
    };
    Some(match call.name {
        "Contains" => Formula::join(members.iter().map(|member| same(member, true)).collect(), true),
        "EachMemberEquals" => {
            Formula::join(members.iter().map(|member| same(member, false)).collect(), false)
        }
        _ => Formula::join(members.iter().map(|member| same(member, true)).collect(), false),
    })
}

/// The members of a list, or the only text; `None` where they cannot be told.
fn sides(evaluator: &mut Evaluator<'_>, written: &Value) -> Option<Vec<Side>> {
    let items = match &written.kind {
        Kind::List(list) if list.open.is_none() => list.items.as_slice(),
        _ => std::slice::from_ref(written),
    };
    let mut sides = Vec::with_capacity(items.len());
    for item in items {
        let side = conditions::side(evaluator, item);
        match &side.value.kind {
            Kind::List(list) if list.open.is_none() => {
                sides.extend(list.items.iter().cloned().map(|value| Side { name: None, value }));
            }
            Kind::List(_) | Kind::Map(_) | Kind::Null => return None,
            // Of a list that is not known, the members are not either.
            Kind::Unknown(_) if side.name.as_deref().is_none_or(|_| conditions::is_list(evaluator, item)) => {
                return None;
            }
            _ => sides.push(side),
        }
    }
    Some(sides)
}
