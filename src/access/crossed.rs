//! Two Deny statements that spare nobody together.
//!
//! Each denies everyone but those whom its `aws:PrincipalArn` exempts. Whoever the one spares, the other denies, unless an
//! ARN is exempt from both (IAM User Guide, "Policy evaluation logic": an explicit Deny in any statement wins).

use super::Access;
use super::candidate::{Candidate, DenyPut, is_exemption};
use super::view::View;
use super::words::Test;
use crate::logic::{Answer, Verdict};
use crate::policy::glob::{Case, Glob};
use crate::policy::{Condition, Statement};
use crate::value::Text;

/// More exempting statements than this are not compared with each other.
const MOST: usize = 16;

impl View<'_> {
    /// Whether two Deny statements cover the candidate together, whoever it is.
    pub(super) fn covered_by_two(&self, candidate: &Candidate<'_>, denies: &[DenyPut<'_>]) -> Access {
        let sparing = denies.iter().filter_map(|deny| Some((deny, self.only_exemption(deny.statement)?)));
        let sparing: Vec<(&DenyPut<'_>, &Condition)> = sparing.take(MOST).collect();
        let mut found = Answer::no([]);
        for (at, (one, first)) in sparing.iter().enumerate() {
            for (two, second) in sparing.iter().skip(at + 1) {
                let both = [one, two]
                    .map(|deny| deny.covers.clone().and(self.deny_means(deny.statement, candidate)));
                let stand = self.world.gate(&first.when).and(self.world.gate(&second.when));
                let answer = Answer::all(both).and(stand).and(!self.exempt_from_both(first, second));
                if answer.is_yes() {
                    return Answer::yes([one.witness(self.duty), two.witness(self.duty)]);
                }
                found = found.or(answer);
            }
        }
        found
    }

    /// The condition of a Deny that does nothing but spare some by their ARN, of those that may stand here.
    fn only_exemption<'a>(&self, deny: &'a Statement) -> Option<&'a Condition> {
        let mut standing = deny.conditions.iter().filter(|condition| !self.world.excludes(&condition.when));
        let only = standing.next().filter(|_| deny.open_conditions.is_none())?;
        (standing.next().is_none() && is_exemption(only)).then_some(only)
    }

    /// Whether some ARN is exempt from both.
    fn exempt_from_both(&self, one: &Condition, two: &Condition) -> Access {
        let (Some(first), Some(second)) = (exemption(one), exemption(two)) else { return Answer::yes([]) };
        let open = one.open.iter().chain(&two.open);
        let open = open.map(|unknown| Answer::cannot_tell([super::Witness::of_unknown(unknown)]));
        let pairs = one.values.iter().flat_map(|a| two.values.iter().map(move |b| (a, b)));
        let pairs = pairs.map(|(a, b)| {
            let stands = self.world.gate(&a.when).and(self.world.gate(&b.when));
            stands.and(match first(&a.value).meets(&second(&b.value)) {
                Verdict::Yes => Answer::yes([]),
                Verdict::No => Answer::no([]),
                Verdict::CannotTell => {
                    let unknowns =
                        super::view::unknowns(&a.value).into_iter().chain(super::view::unknowns(&b.value));
                    Answer::cannot_tell(unknowns)
                }
            })
        });
        Answer::any(open.chain(pairs))
    }
}

/// How the values of an exemption are compared; `None` where that is not as plain as here.
fn exemption(condition: &Condition) -> Option<fn(&Text) -> Glob> {
    let test = Test::of(&condition.operator)?;
    let variable = condition.values.iter().any(|value| value.value.known_parts().contains("${"));
    if test.set.is_some() || variable {
        return None;
    }
    // `ArnNotEquals` takes wildcards as `ArnNotLike` does.
    let wild = test.wild || test.form == super::words::Form::Arn;
    Some(if wild {
        |text| Glob::pattern(text, Case::Counts)
    } else {
        |text| Glob::literal(text, Case::Counts)
    })
}
