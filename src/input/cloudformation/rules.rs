//! Rules: what a template asserts of its parameters before anything is made.
//!
//! CloudFormation checks the assertions whose rule's condition holds, and makes no stack where one is false (User Guide,
//! "`CloudFormation` template Rules syntax"). With values given, a false assertion is a mistake. What is asserted of
//! parameters that are not known narrows what they can be. What is easy to get wrong: a *default* that an assertion
//! refuses is no mistake. Whoever deploys must give another value, so the default is passed over.

use super::conditions::{self, Truth};
use super::formula::Formula;
use super::intrinsics;
use super::mistake;
use super::scope::Evaluator;
use crate::value::{Entry, Kind, Value};
use rustc_hash::FxHashSet;

/// Holds the values of parameters to the rules of the template.
pub(super) fn hold(evaluator: &mut Evaluator<'_>) {
    let rules = evaluator.template.section("Rules").map(|rules| rules.entries.as_slice());
    for rule in rules.unwrap_or_default() {
        let Some(assertions) = rule.value.get("Assertions").and_then(Value::as_list) else {
            if rule.value.as_map().is_some_and(|map| map.open.is_none()) {
                let message = format!("the rule `{}` has no list of `Assertions`", rule.name.text.shown());
                evaluator.report(mistake(rule.name.span, message));
            }
            continue;
        };
        for assertion in &assertions.items {
            assert(evaluator, rule, assertion);
        }
    }
}

fn assert(evaluator: &mut Evaluator<'_>, rule: &Entry, assertion: &Value) {
    let Some(asserted) = assertion.get("Assert") else { return };
    let mut truth = told(evaluator, rule, asserted);
    if truth.holds == Some(false)
        && pass_over_defaults(evaluator, &[rule.value.get("RuleCondition"), Some(asserted)])
    {
        truth = told(evaluator, rule, asserted);
    }
    match (truth.holds, truth.formula) {
        (Some(true), _) | (None, None) => {}
        (None, Some(formula)) => evaluator.hold_to(&formula),
        (Some(false), _) => {
            let name = rule.name.text.shown();
            let message = format!("an assertion of the rule `{name}` is false, and no stack is made");
            let mut problem = mistake(asserted.span, message);
            for (at, note) in truth.by {
                problem = problem.label(at, &*note);
            }
            let says = assertion.get("AssertDescription").and_then(Value::as_str);
            evaluator.report(match says {
                Some(says) => problem.help(format!("the rule says: `{says}`")),
                None => problem,
            });
        }
    }
}

/// Whether an assertion holds, which it need not where the condition of its rule does not.
fn told(evaluator: &mut Evaluator<'_>, rule: &Entry, asserted: &Value) -> Truth {
    let condition = rule.value.get("RuleCondition");
    let condition = condition.map(|condition| conditions::stated(evaluator, condition));
    let condition = condition.unwrap_or_else(|| Truth::known(true));
    if condition.holds == Some(false) {
        return Truth::known(true);
    }
    let mut truth = conditions::stated(evaluator, asserted);
    if truth.holds == Some(true) {
        return truth;
    }
    let mut by = condition.by.clone();
    by.append(&mut truth.by);
    Truth { by, ..Truth::of(Formula::join(vec![condition.formula().not(), truth.formula()], true)) }
}

/// Whether a false assertion was decided by defaults that whoever deploys can replace; they are passed over from here on.
///
/// Where values are given, they are the ones to be deployed with; a nested stack has what its parent gives and no more.
fn pass_over_defaults(evaluator: &mut Evaluator<'_>, written: &[Option<&Value>]) -> bool {
    let mut names = FxHashSet::default();
    written.iter().flatten().for_each(|value| parameters(value, &mut names));
    let given = |name: &&str| evaluator.stack.given.get(*name).filter(|given| !given.is_null());
    let by_parents_default =
        names.iter().filter_map(given).any(|given| given.trail.defaults().next().is_some());
    if by_parents_default || (!evaluator.stack.is_nested() && !names.iter().any(|name| given(name).is_some()))
    {
        let before = evaluator.passed_over.len();
        let names = names.into_iter().filter(|name| evaluator.template.entry("Parameters", name).is_some());
        let names: Vec<String> = names.map(str::to_owned).collect();
        evaluator.passed_over.extend(names);
        evaluator.conditions.clear();
        return evaluator.passed_over.len() > before;
    }
    false
}

/// The names of the parameters that an expression speaks of. Trees are at most as deep as the parsers allow.
fn parameters<'a>(value: &'a Value, found: &mut FxHashSet<&'a str>) {
    match &value.kind {
        Kind::List(list) => list.items.iter().for_each(|item| parameters(item, found)),
        Kind::Map(map) => {
            let call = intrinsics::call_of(value, map).filter(|call| matches!(call.name, "Ref" | "ValueOf"));
            let named = call.map(|call| call.arg);
            let named = named.map(|named| named.as_list().map_or(Some(named), |list| list.items.first()));
            found.extend(named.flatten().and_then(Value::as_str));
            map.entries.iter().for_each(|entry| parameters(&entry.value, found));
        }
        _ => {}
    }
}
