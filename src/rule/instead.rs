//! One place, one finding: what a rule says that says more is told in place of the others.
//!
//! A rule names in `instead-of` those that say less of the same place. What is easy to get wrong: a finding about one of
//! several principals is no reason to keep back one about the whole statement, which may be about another principal.

use super::check::Rule;
use super::subject::{Case, Item};
use super::undecided::Open;
use crate::finding::Finding;
use crate::policy::{Elements, Statement};

/// A certain finding, the rule that makes it and the instance that it is about.
pub(super) struct Told<'a> {
    pub(super) rule: &'a Rule,
    pub(super) case: Case<'a>,
    pub(super) finding: Finding,
}

impl Told<'_> {
    /// Whether what `rule` says of `case` is said better here.
    fn stands_for(&self, rule: &Rule, case: &Case<'_>) -> bool {
        self.rule.instead_of.contains(&rule.id) && covers(&self.case, case)
    }
}

/// The findings of one resource without those for which others stand, and what is still open then.
pub(super) fn told_once<'a>(told: Vec<Told<'a>>, mut open: Vec<Open<'a>>) -> (Vec<Finding>, Vec<Open<'a>>) {
    let mut kept: Vec<bool> = vec![true; told.len()];
    let named = |one: &Told<'_>| !one.rule.instead_of.is_empty();
    for (at, one) in told.iter().enumerate().filter(|(_, one)| named(one)) {
        // What is not told itself stands for nothing: two rules that name each other leave one.
        if kept.get(at) != Some(&true) {
            continue;
        }
        for (other, keep) in told.iter().zip(&mut kept) {
            *keep &= !one.stands_for(other.rule, &other.case);
        }
        open.retain(|other| {
            let (rule, case) = other.about();
            !one.stands_for(rule, case)
        });
    }
    let findings = told.into_iter().zip(kept).filter(|(_, keep)| *keep).map(|(one, _)| one.finding);
    (findings.collect(), open)
}

/// Whether a finding about `own` is about all that one about `other` is about.
fn covers(own: &Case<'_>, other: &Case<'_>) -> bool {
    let Some(statement) = own.statement else {
        return own.policy.is_none_or(|held| other.policy.is_some_and(|it| std::ptr::eq(it, held)));
    };
    let same = other.statement.is_some_and(|it| std::ptr::eq(it, statement));
    same && match (own.item, other.item) {
        (Item::Principal(one), Item::Principal(other)) => std::ptr::eq(one, other),
        (Item::Action(one), Item::Action(other)) | (Item::Resource(one), Item::Resource(other)) => {
            std::ptr::eq(one, other)
        }
        (Item::Condition(one), Item::Condition(other)) => std::ptr::eq(one, other),
        (Item::Whole, _) => true,
        (item, _) => is_alone(item, statement),
    }
}

/// Whether an element of a statement is the only one of its sort.
fn is_alone(item: Item<'_>, statement: &Statement) -> bool {
    match item {
        Item::Principal(_) => is_single(statement.principals.as_ref()),
        Item::Action(_) => is_single(statement.actions.as_ref()),
        Item::Resource(_) => is_single(statement.resources.as_ref()),
        Item::Condition(_) => statement.conditions.len() == 1 && statement.open_conditions.is_none(),
        _ => true,
    }
}

fn is_single<T>(elements: Option<&Elements<T>>) -> bool {
    elements.is_some_and(|all| all.items.len() == 1 && all.open.is_none())
}
