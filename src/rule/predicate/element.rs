//! What the predicates on the elements of a statement have in common.

use crate::access::{Access, Witness};
use crate::logic::Verdict;
use crate::policy::by_default::without_defaults;
use crate::policy::{Document, Element, Elements, Statement};
use crate::rule::subject::{Case, Item, under};
use crate::value::{Text, Unknown};

/// A part of a statement that has a negation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatementPart {
    /// `NotPrincipal`.
    Principal,
    /// `NotAction`.
    Action,
    /// `NotResource`.
    Resource,
}

/// All that is given; `None` entries are not given.
pub(super) fn all_given(given: impl IntoIterator<Item = Option<Access>>) -> Access {
    Access::all(given.into_iter().flatten())
}

pub(super) fn decided(holds: bool) -> Access {
    if holds { Access::yes([]) } else { Access::no([]) }
}

pub(super) fn unknown(unknown: &Unknown) -> Access {
    Access::cannot_tell([Witness::of_unknown(unknown)])
}

/// Asks a question of a text that must be known for an answer.
pub(super) fn of_text(text: &Text, holds: impl Fn(&str) -> bool) -> Access {
    match text.known() {
        Some(known) => decided(holds(&known)),
        None => Access::cannot_tell(text.unknowns().map(Witness::of_unknown)),
    }
}

/// A verdict about a text; what is unknown of it leaves it open.
pub(super) fn of_verdict(verdict: Verdict, text: &Text) -> Access {
    match verdict {
        Verdict::Yes => Access::yes([]),
        Verdict::No => Access::no([]),
        Verdict::CannotTell => Access::cannot_tell(text.unknowns().map(Witness::of_unknown)),
    }
}

/// Puts the element itself in front of the witnesses of a yes, unless they speak of it already.
pub(super) fn at<T>(element: &Element<T>, fact: impl Fn() -> String, answer: Access) -> Access {
    let told = answer.because.iter().any(|witness| witness.span == element.span);
    if told || !answer.is_yes() {
        return answer;
    }
    let own = Witness::new(element.span, fact(), &element.trail);
    Access::yes(std::iter::once(own).chain(answer.because))
}

/// Asks every element that is known; what is unknown leaves a no open.
pub(super) fn any_element<T>(elements: Option<&Elements<T>>, ask: impl Fn(&Element<T>) -> Access) -> Access {
    let Some(elements) = elements else { return Access::no([]) };
    let known = elements.items.iter().map(|element| under(&element.when).and(ask(element)));
    let open = elements.open.iter().map(unknown);
    Access::any(known.chain(open))
}

/// Whether any statement in view answers yes. Outside the case, a statement stands only under its assumptions, and
/// statements that are not known leave it open.
pub(super) fn any_statement(case: &Case<'_>, ask: impl Fn(&Statement) -> Access) -> Access {
    any_statement_in(case, |statement, _| ask(statement))
}

/// The same, asked with the policy that the statement lies in.
pub(super) fn any_statement_in(case: &Case<'_>, ask: impl Fn(&Statement, &Document) -> Access) -> Access {
    if let (Some(held), Some(statement)) = (case.policy, case.statement) {
        return ask(statement, &held.document);
    }
    let known = case.statements().into_iter().map(|(held, it)| under(&it.when).and(ask(it, &held.document)));
    let open = case.policies().into_iter().flat_map(|held| &held.document.open).map(unknown);
    Access::any(known.chain(open))
}

/// Whether a part is written as its negation.
pub(super) fn negated(part: StatementPart, case: &Case<'_>) -> Access {
    fn of<T>(elements: Option<&Elements<T>>) -> Access {
        match elements.filter(|elements| elements.negated) {
            Some(elements) => Access::yes([Witness::new(
                elements.name_span,
                "everything but what is listed",
                &crate::value::Trail::default(),
            )]),
            None => Access::no([]),
        }
    }
    any_statement(case, |statement| match part {
        StatementPart::Principal => of(statement.principals.as_ref()),
        StatementPart::Action => of(statement.actions.as_ref()),
        StatementPart::Resource => of(statement.resources.as_ref()),
    })
}

/// Whether a default is to blame for what is judged. A guard: the trail shows the default.
pub(super) fn by_default(wanted: bool, case: &Case<'_>) -> Access {
    let blamed = match case.item {
        Item::Defect(defect) => defect.by_default,
        Item::Action(element) => {
            let other = without_defaults(&element.value, element.span, &element.trail);
            other.is_some_and(|other| super::action::names_some(&other) != Verdict::No)
        }
        _ => case.trail().by_default().is_some(),
    };
    decided(blamed == wanted)
}
