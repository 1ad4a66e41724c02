//! Conditions: holds, does not hold, or cannot be told; and what that does to `Fn::If`.
//!
//! A condition is decided by what is written: literals, mappings, defaults of parameters. Defaults can be overridden, so
//! a value that was chosen by one says so in its trail.

use super::facts::Facts;
use super::formula::Formula;
use super::intrinsics::{self, Call};
use super::scope::Evaluator;
use super::{alternative, loops, membership, mistake, parameter, text};
use crate::source::Span;
use crate::value::{Assumption, Branch, Kind, Piece, Reason, Text, Value};
use std::sync::Arc;

/// What a condition turned out to be.
#[derive(Clone, Default)]
pub(super) struct Truth {
    /// Whether it holds; `None` when that cannot be told.
    pub holds: Option<bool>,
    /// What decided it, defaults and values given: where, and how to say so.
    pub by: Vec<(Span, Arc<str>)>,
    /// What it says, where that is not decided.
    pub formula: Option<Formula>,
}

impl Truth {
    pub(super) fn known(holds: bool) -> Self {
        Self { holds: Some(holds), ..Self::default() }
    }

    pub(super) fn of(formula: Formula) -> Self {
        match formula {
            Formula::Known(holds) => Self::known(holds),
            formula => Self { formula: Some(formula), ..Self::default() },
        }
    }

    pub(super) fn formula(&self) -> Formula {
        self.holds.map_or_else(|| self.formula.clone().unwrap_or(Formula::Open), Formula::Known)
    }
}

/// `Fn::If: [condition, value if it holds, value if not]`; `None`: the value is removed.
pub(super) fn choose(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Option<Value> {
    let [name, yes, no] = call.args() else {
        return Some(call.malformed(evaluator, "the name of a condition and two values"));
    };
    // `!Condition X` is what people write who come from `Fn::And`.
    let name = name.as_map().and_then(|map| intrinsics::call_of(name, map)).map_or(name, |inner| inner.arg);
    let Some(condition) = name.as_str().map(|name| evaluator.filled(name)) else {
        return Some(call.malformed(evaluator, "the name of a condition and two values"));
    };
    let condition = condition.as_str();
    let truth = named(evaluator, condition, name.span);
    if let Some(holds) = truth.holds {
        let value = evaluator.value(if holds { yes } else { no })?;
        return Some(decided(value, &truth));
    }
    let condition: Arc<str> = evaluator.full(condition).into();
    let (follows, looks) = evaluator.facts.decide(&condition);
    evaluator.spend(looks, call.span);
    if let Some(holds) = follows {
        return evaluator.value(if holds { yes } else { no });
    }
    let mut removed = 0;
    let mut branches = Vec::new();
    let origin = evaluator.facts.origin(&condition);
    for (holds, written) in [(true, yes), (false, no)] {
        let when =
            vec![Assumption { condition: Arc::clone(&origin.0), holds: holds == origin.1, span: name.span }];
        let value = under(evaluator, (&condition, holds), written).unwrap_or_else(|| {
            removed += 1;
            Value::null(written.span)
        });
        branches.push(Branch { when, value });
    }
    (removed < 2).then(|| alternative::one_of(&evaluator.facts, branches, call.span))
}

/// A value, evaluated where a condition is taken to hold or not.
fn under(evaluator: &mut Evaluator<'_>, assumed: (&Arc<str>, bool), written: &Value) -> Option<Value> {
    let (condition, holds) = assumed;
    let before = evaluator.facts.clone();
    evaluator.facts.suppose(condition, holds);
    evaluator.assuming += 1;
    let value = evaluator.value(written);
    evaluator.assuming -= 1;
    evaluator.facts = before;
    value
}

/// A value that was chosen by a condition.
pub(super) fn decided(mut value: Value, truth: &Truth) -> Value {
    for (at, note) in &truth.by {
        value = value.via(*at, Arc::clone(note));
    }
    value
}

/// A condition by its name, evaluated once.
pub(super) fn named(evaluator: &mut Evaluator<'_>, name: &str, at: Span) -> Truth {
    match evaluator.conditions.get(name) {
        Some(Some(truth)) => return truth.clone(),
        Some(None) => {
            evaluator.report(mistake(at, format!("the condition `{name}` depends on itself")));
            return Truth::default();
        }
        None => {}
    }
    let template = evaluator.template;
    let made = match template.entry("Conditions", name) {
        Some(_) => None,
        None => loops::made(evaluator, "Conditions", name),
    };
    let written = template.entry("Conditions", name).map(|entry| &entry.value);
    let Some(written) = written.or(made.as_ref().map(|made| made.body)) else {
        missing(evaluator, name, at);
        return Truth::default();
    };
    let bound = made.map_or_else(Vec::new, |made| made.bound.clone());
    evaluator.conditions.insert(name.to_owned(), None);
    let mut truth = evaluator.with_bound(&bound, |evaluator| stated(evaluator, written));
    if truth.holds.is_none() {
        let full: Arc<str> = evaluator.full(name).into();
        evaluator.facts.define(Arc::clone(&full), truth.formula());
        truth.formula = Some(Formula::Named(full));
    }
    evaluator.conditions.insert(name.to_owned(), Some(truth.clone()));
    truth
}

/// What a condition without a name says, wherever it is asked, and what decided it.
pub(super) fn stated(evaluator: &mut Evaluator<'_>, written: &Value) -> Truth {
    let before = std::mem::take(&mut evaluator.used);
    let here = evaluator.facts.none();
    let here = std::mem::replace(&mut evaluator.facts, here);
    evaluator.deciding += 1;
    let mut truth = truth(evaluator, written, 0);
    evaluator.deciding -= 1;
    evaluator.facts = here;
    let used = std::mem::replace(&mut evaluator.used, before);
    for default in used {
        if !truth.by.contains(&default) && truth.by.len() < 8 {
            truth.by.push(default);
        }
    }
    if truth.holds.is_none() {
        truth.by.clear();
    }
    truth
}

fn missing(evaluator: &mut Evaluator<'_>, name: &str, at: Span) {
    let template = evaluator.template;
    let elsewhere = template.is_rewritten()
        || template.hidden("Conditions").is_some()
        || loops::stand_in(template, "Conditions");
    if elsewhere || template.is_fragment() {
        return;
    }
    let problem = mistake(at, format!("there is no condition `{name}` in this template"));
    let near = evaluator.near(name, &["Conditions"]);
    evaluator.report(match near {
        Some(near) => problem.help(format!("did you mean `{near}`")),
        None => problem,
    });
}

/// Functions of conditions inside one another that are evaluated.
const MOST_NESTED: usize = 100;

/// A condition as written: `Fn::And`, `Fn::Or`, `Fn::Not`, `Fn::Equals`, `Condition`.
fn truth(evaluator: &mut Evaluator<'_>, value: &Value, depth: usize) -> Truth {
    if evaluator.spend(1, value.span).is_some() {
        return Truth::default();
    }
    if depth > MOST_NESTED || evaluator.deciding > MOST_NESTED {
        evaluator.limit(value.span, "conditions depend on each other too deep and were not evaluated");
        return Truth::default();
    }
    let Some(map) = value.as_map() else {
        return value.as_bool().map(Truth::known).unwrap_or_default();
    };
    if let [only] = map.entries.as_slice()
        && only.name.text.is("Condition")
        && let Some(name) = only.value.as_str()
    {
        let name = evaluator.filled(name);
        return named(evaluator, &name, only.value.span);
    }
    if let Some(call) = intrinsics::call_of(value, map) {
        return called(evaluator, &call, depth);
    }
    let message = "a condition must be one of `Fn::And`, `Fn::Or`, `Fn::Not`, `Fn::Equals` and `Condition`";
    evaluator.report(mistake(value.span, message));
    Truth::default()
}

fn called(evaluator: &mut Evaluator<'_>, call: &Call<'_>, depth: usize) -> Truth {
    if let Some(formula) = membership::formula(evaluator, call) {
        return Truth::of(formula);
    }
    match (call.name, call.args()) {
        ("Condition", [name]) => match name.as_str() {
            Some(name) => {
                let name = evaluator.filled(name);
                named(evaluator, &name, call.arg.span)
            }
            None => Truth::default(),
        },
        ("Not", [one]) => {
            let truth = truth(evaluator, one, depth + 1);
            Truth { by: truth.by.clone(), ..Truth::of(truth.formula().not()) }
        }
        ("And", all) => join(evaluator, all, false, depth),
        ("Or", all) => join(evaluator, all, true, depth),
        ("Equals", [left, right]) => {
            let (left, right) = (side(evaluator, left), side(evaluator, right));
            Truth::of(equal(&evaluator.facts, &left, &right))
        }
        ("Not" | "Equals", _) => {
            let takes = if call.name == "Not" { "one condition" } else { "two values" };
            call.malformed(evaluator, takes);
            Truth::default()
        }
        _ => {
            let value = evaluator.present(call.arg);
            value.as_bool().map(Truth::known).unwrap_or_default()
        }
    }
}

/// All of them (`strong` is false) or any of them (`strong` is true): `strong` on one side decides.
fn join(evaluator: &mut Evaluator<'_>, conditions: &[Value], strong: bool, depth: usize) -> Truth {
    let mut by = Vec::new();
    let mut formulas = Vec::with_capacity(conditions.len());
    for condition in conditions {
        let mut one = truth(evaluator, condition, depth + 1);
        if one.holds == Some(strong) {
            return one;
        }
        by.append(&mut one.by);
        formulas.push(one.formula());
    }
    Truth { by, ..Truth::of(Formula::join(formulas, strong)) }
}

/// A side of `Fn::Equals`.
pub(super) struct Side {
    /// The parameter that it is, when it is no more than that.
    pub(super) name: Option<Arc<str>>,
    pub(super) value: Value,
}

/// A side as it is written.
pub(super) fn side(evaluator: &mut Evaluator<'_>, written: &Value) -> Side {
    Side { name: name_of(evaluator, written), value: evaluator.present(written) }
}

/// Whether a reference is to a parameter that is a list.
pub(super) fn is_list(evaluator: &Evaluator<'_>, written: &Value) -> bool {
    let call = written.as_map().and_then(|map| intrinsics::call_of(written, map));
    let name = call.and_then(|call| call.arg.as_str());
    let entry = name.and_then(|name| evaluator.template.entry("Parameters", name));
    entry.is_some_and(parameter::is_list_type)
}

fn name_of(evaluator: &Evaluator<'_>, written: &Value) -> Option<Arc<str>> {
    let call = intrinsics::call_of(written, written.as_map()?)?;
    let name = call.arg.as_str().filter(|_| call.name == "Ref")?;
    if is_of_all_stacks(name) {
        return Some(name.into());
    }
    let own = name.starts_with("AWS::") || evaluator.template.entry("Parameters", name).is_some();
    let declared = own && evaluator.bound(name).is_none();
    declared.then(|| evaluator.full(name).into())
}

/// Whether a pseudo parameter is the same in a stack and in those nested in it.
pub(super) fn is_of_all_stacks(name: &str) -> bool {
    matches!(name, "AWS::Region" | "AWS::AccountId" | "AWS::Partition" | "AWS::URLSuffix")
}

/// That two values are the same text.
pub(super) fn equal(facts: &Facts, left: &Side, right: &Side) -> Formula {
    for (one, other) in [(left, right), (right, left)] {
        if let Kind::OneOf(branches) = &one.value.kind {
            let case = |branch: &Branch| {
                let side = Side { name: None, value: branch.value.clone() };
                Formula::join(vec![facts.formula(&branch.when), equal(facts, &side, other)], false)
            };
            return Formula::join(branches.iter().map(case).collect(), true);
        }
    }
    let (Some(one), Some(two)) = (text::of(&left.value), text::of(&right.value)) else {
        let same = text::json(&left.value).zip(text::json(&right.value));
        return same.map_or(Formula::Open, |(left, right)| Formula::Known(left == right));
    };
    match (same_text(&one, &two), &left.name, &right.name) {
        (Some(same), _, _) => Formula::Known(same),
        (None, Some(name), _) if two.is_known() => Formula::Is(Arc::clone(name), two.known_parts().into()),
        (None, _, Some(name)) if one.is_known() => Formula::Is(Arc::clone(name), one.known_parts().into()),
        (None, Some(left), Some(right)) if left == right => Formula::Known(true),
        _ => Formula::Open,
    }
}

fn same_text(left: &Text, right: &Text) -> Option<bool> {
    if let (Some(left), Some(right)) = (left.known(), right.known()) {
        return Some(left == right);
    }
    let (part, whole) = if left.is_known() { (right, left.known()?) } else { (left, right.known()?) };
    // What is known of the one must stand in the other, or they differ whatever the rest is.
    let differs = part
        .pieces()
        .iter()
        .any(|piece| matches!(piece, Piece::Known(known, _) if !whole.contains(&**known)));
    differs.then_some(false)
}

/// A condition function in the place of a value (`Fn::Equals` in a rule's assertion).
pub(super) fn as_value(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    match called(evaluator, call, 0).holds {
        Some(holds) => Value::bool(holds, call.span),
        None => call.unknown(Reason::NotEvaluated),
    }
}
