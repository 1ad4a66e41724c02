//! What Deny statements take away from outsiders.
//!
//! A Deny of everyone under a negated test (`StringNotEquals aws:PrincipalOrgID`) leaves those for whom the test
//! fails; callers without the key are denied too, with or without `IfExists` (IAM User Guide, "Condition operators").

use super::limit::{Kind, Limit};
use super::range::Range;
use super::view::View;
use super::{Access, Witness};
use crate::logic::{Answer, Verdict};
use crate::policy::{AccountRef, Effect, Principal, Statement};
use crate::value::Trail;

/// What one Deny statement leaves.
pub(super) struct Leaves {
    /// Those left, each for another reason; none: nobody.
    left: Vec<Limit>,
    /// Whether the statement stands and covers the action and the caller.
    covers: Access,
    because: Witness,
}

impl View<'_> {
    /// Deny statements that cover the action for callers of `account` (`None`: for every outsider).
    pub(super) fn denied(&self, act: &str, account: Option<&AccountRef>) -> Vec<Leaves> {
        let mut found: Vec<Leaves> = self
            .denies()
            .filter_map(|deny| {
                let who = self.world.gate(&deny.when).and(denies(deny)).and(self.denies_whom(deny, account));
                let covers = if who.is_no() { who } else { who.and(self.covers(deny, act)) };
                (!covers.is_no()).then(|| self.leaves(deny, covers))
            })
            .collect();
        found.extend(self.document.open.iter().map(|unknown| Leaves {
            left: Vec::new(),
            covers: Answer::cannot_tell([]),
            because: Witness::of_unknown(unknown),
        }));
        found
    }

    fn leaves(&self, deny: &Statement, covers: Access) -> Leaves {
        let mut left: Vec<Limit> =
            deny.conditions.iter().map(|condition| self.left_alone(condition)).collect();
        if let Some(unknown) = &deny.open_conditions {
            left.push(Limit::new(Kind::Within(Range::ANYONE), vec![Witness::of_unknown(unknown)]));
        }
        let because = Witness::new(deny.effect_span, "this statement denies it", &deny.trail);
        Leaves { left, covers, because }
    }

    /// Whether a Deny statement is about all callers of `account`, or all outsiders.
    fn denies_whom(&self, deny: &Statement, account: Option<&AccountRef>) -> Access {
        let Some(principals) = &deny.principals else { return Answer::no([]) };
        if principals.negated {
            let fact = "whom `NotPrincipal` with `Deny` spares cannot be told";
            return Answer::cannot_tell([Witness::new(principals.name_span, fact, &Trail::default())]);
        }
        self.any_item(principals, |principal, _, _| match (principal, account) {
            (Principal::Everyone, _) => Answer::yes([]),
            (Principal::Unknown(unknown), _) => Answer::cannot_tell([Witness::of_unknown(unknown)]),
            (Principal::Account(denied), Some(account)) => match self.same_account(denied, account) {
                Verdict::Yes => Answer::yes([]),
                Verdict::No => Answer::no([]),
                Verdict::CannotTell => Answer::cannot_tell([]),
            },
            _ => Answer::no([]),
        })
    }
}

impl Leaves {
    /// What is left of `range`.
    pub(super) fn apply(&self, view: &View<'_>, range: Range, account: Option<&AccountRef>) -> Range {
        let left = self.left.iter().map(|limit| limit.apply(view, range, account));
        let left = left.fold(Range::NOBODY, Range::join);
        match self.covers.verdict {
            Verdict::Yes => left,
            Verdict::No => range,
            Verdict::CannotTell => Range { least: left.least.min(range.least), most: range.most },
        }
    }

    /// Why: the statement, and what it depends on.
    pub(super) fn witnesses(&self) -> impl Iterator<Item = Witness> {
        let open = self.left.iter().filter(|limit| matches!(limit.kind, Kind::Within(_)));
        let open = open.flat_map(|limit| limit.because.iter().cloned());
        let covers = self.covers.because.iter().filter(|_| self.covers.is_open()).cloned();
        std::iter::once(self.because.clone()).chain(covers).chain(open)
    }
}

pub(super) fn denies(statement: &Statement) -> Access {
    match &statement.effect {
        Effect::Deny => Answer::yes([]),
        Effect::Unknown(unknown) => Answer::cannot_tell([Witness::of_unknown(unknown)]),
        Effect::Allow | Effect::Invalid => Answer::no([]),
    }
}
