//! Words that ask the same of something wider, or of another statement.
//!
//! What is easy to get wrong: tests side by side are each asked of any element in view, so two of them may be true of two
//! statements; inside `some-statement` all must hold of one.

use super::Test;
use super::element::{decided, unknown};
use crate::access::{Access, EffectiveActions, Witness, effective_actions_on};
use crate::logic::Verdict;
use crate::policy::{Effect, Element, Principal, Statement, action};
use crate::rule::slot;
use crate::rule::subject::{Case, Item, under};
use crate::value::Trail;

/// What another statement of the same policy, of the same effect, must be; all that is given must hold.
#[derive(Clone, PartialEq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OtherTest {
    /// Whom it names.
    #[serde(default)]
    pub principals: Option<WhomWord>,
    /// What it covers.
    #[serde(default)]
    pub actions: Option<HowMany>,
    /// What else holds of it.
    #[serde(default)]
    pub when: Vec<Test>,
}

/// Whom another statement names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhomWord {
    /// Each principal of this one, or everyone.
    SameOrWider,
}

/// How many of the actions of this statement (or of this action) another one covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HowMany {
    /// All of them.
    All,
    /// At least one.
    Some,
}

/// An answer that says only where a rule applies: nothing of it is shown.
pub(super) fn unshown(answer: Access) -> Access {
    if answer.is_yes() { Access::yes([]) } else { answer }
}

/// All tests of one case.
pub(super) fn all(tests: &[Test], case: &Case<'_>) -> Access {
    Access::all(tests.iter().map(|test| test.ask(case)))
}

/// The same, up to the first no.
pub(super) fn all_hold(tests: &[Test], case: &Case<'_>) -> Access {
    let mut answer = Access::yes([]);
    for test in tests {
        answer = answer.and(test.holds(case));
        if answer.is_no() {
            break;
        }
    }
    answer
}

/// Whether all hold of one statement of the policies of the resource.
pub(super) fn some_statement(tests: &[Test], case: &Case<'_>) -> Access {
    let whole = case.policy_around();
    let each = whole.statements().into_iter().map(|(held, statement)| {
        let inside = case.statement_of(held, statement);
        inside.stands().and(all(tests, &inside))
    });
    let open = whole.policies().into_iter().flat_map(|held| &held.document.open);
    Access::any(each.chain(open.map(unknown)))
}

/// Whether all hold of the statement around.
pub(super) fn in_statement(tests: &[Test], case: &Case<'_>) -> Access {
    all(tests, &case.statement_around())
}

/// Whether all hold of the policy around.
pub(super) fn in_policy(tests: &[Test], case: &Case<'_>) -> Access {
    all(tests, &case.policy_around())
}

/// Whether there is another statement such as this.
pub(super) fn other_statement(test: &OtherTest, case: &Case<'_>) -> Access {
    let (Some(held), Some(own)) = (case.policy, case.statement) else { return Access::no([]) };
    let others = held.document.statements.iter().filter(|other| !std::ptr::eq(*other, own));
    let same_effect = |other: &&Statement| {
        matches!((&own.effect, &other.effect), (Effect::Allow, Effect::Allow) | (Effect::Deny, Effect::Deny))
    };
    let each = others.filter(same_effect).map(|other| {
        let inside = case.statement_of(held, other);
        let answer = inside.stands().and(Access::all([
            test.principals.map_or(Access::yes([]), |WhomWord::SameOrWider| as_wide(case, own, other)),
            test.actions.map_or(Access::yes([]), |word| as_much(word, case, own, other)),
        ]));
        if answer.is_no() { answer } else { answer.and(all(&test.when, &inside)) }
    });
    let open = held.document.open.iter().map(unknown);
    Access::any(each.chain(open))
}

/// Whether `other` names whom the case names: the principal, or each of the statement.
fn as_wide(case: &Case<'_>, own: &Statement, other: &Statement) -> Access {
    let (Some(mine), Some(theirs)) = (&own.principals, &other.principals) else { return Access::no([]) };
    if mine.negated || theirs.negated {
        return Access::no([]);
    }
    let named = |element: &Element<Principal>| {
        let each =
            theirs.items.iter().map(|other| under(&other.when).and(same(&element.value, &other.value)));
        Access::any(each.chain(theirs.open.iter().map(unknown)))
    };
    let answer = match case.item {
        Item::Principal(element) => named(element),
        _ => Access::all(mine.items.iter().map(named).chain(mine.open.iter().map(unknown))),
    };
    if !answer.is_yes() {
        return answer;
    }
    Access::yes([Witness::new(theirs.span, "the same principals are named here", &Trail::default())])
}

/// Whether `other` is everyone or the same principal. What is not known is the same where it has the same name.
fn same(own: &Principal, other: &Principal) -> Access {
    if *other == Principal::Everyone {
        return Access::yes([]);
    }
    let open = |it: &Principal| matches!(it, Principal::Unknown(_) | Principal::Someone(_));
    match slot::is_same_principal(own, other) {
        true => Access::yes([]),
        false if open(own) || open(other) => Access::cannot_tell([]),
        false => Access::no([]),
    }
}

/// Whether `other` covers the actions of the case: the action, or those of the statement.
fn as_much(word: HowMany, case: &Case<'_>, own: &Statement, other: &Statement) -> Access {
    let setting = &case.scene.setting;
    let mine = if let Item::Action(element) = case.item {
        let of = |wanted: Verdict| {
            let covered = action::expand(&element.value).into_iter();
            covered
                .filter(|(_, it)| *it == wanted)
                .map(|(fact, _)| fact.full_name().to_owned())
                .collect::<Vec<_>>()
        };
        (of(Verdict::Yes), of(Verdict::CannotTell))
    } else {
        let EffectiveActions { certain, possible } = effective_actions_on(own, setting);
        let names = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
        (names(certain), names(possible))
    };
    let theirs = effective_actions_on(other, setting);
    let surely = |name: &String| theirs.certain.contains(&name.as_str());
    let perhaps = |name: &String| surely(name) || theirs.possible.contains(&name.as_str());
    let (certain, possible) = mine;
    let both = || certain.iter().chain(&possible);
    match word {
        HowMany::All if both().next().is_none() => Access::no([]),
        HowMany::All if both().all(surely) => Access::yes([]),
        HowMany::All => {
            if certain.iter().all(perhaps) {
                Access::cannot_tell([])
            } else {
                Access::no([])
            }
        }
        HowMany::Some if certain.iter().any(surely) => Access::yes([]),
        HowMany::Some => {
            if both().any(perhaps) {
                Access::cannot_tell([])
            } else {
                decided(false)
            }
        }
    }
}
