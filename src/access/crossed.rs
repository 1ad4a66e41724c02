//! Two Deny statements that spare nobody together.
//!
//! Each denies everyone but those whom its `aws:PrincipalArn` exempts. Whoever the one spares, the other denies, unless an
//! ARN is exempt from both (IAM User Guide, "Policy evaluation logic": an explicit Deny in any statement wins).

use super::Access;
use super::candidate::{Candidate, DenyPut, spares_by_arn};
use super::view::View;
use super::words::Test;
use crate::logic::{Answer, Verdict};
use crate::policy::Condition;
use crate::policy::glob::{Case, Glob};
use crate::value::Text;

/// More exempting statements than this are not compared with each other.
const MOST: usize = 16;

impl View<'_> {
    /// Whether two Deny statements cover the candidate together, whoever it is.
    pub(super) fn covered_by_two(&self, candidate: &Candidate<'_>, denies: &[DenyPut<'_>]) -> Access {
        let alone = |deny: &&DenyPut<'_>| {
            let statement = deny.statement;
            statement.conditions.len() == 1 && statement.open_conditions.is_none() && spares_by_arn(statement)
        };
        let sparing: Vec<&DenyPut<'_>> = denies.iter().filter(alone).take(MOST).collect();
        let mut found = Answer::no([]);
        for (at, one) in sparing.iter().enumerate() {
            for two in sparing.iter().skip(at + 1) {
                let (Some(first), Some(second)) =
                    (one.statement.conditions.first(), two.statement.conditions.first())
                else {
                    continue;
                };
                let both = [one, two]
                    .map(|deny| deny.covers.clone().and(self.deny_means(deny.statement, candidate)));
                let answer = Answer::all(both).and(!self.exempt_from_both(first, second));
                if answer.is_yes() {
                    return Answer::yes([one.witness(self.duty), two.witness(self.duty)]);
                }
                found = found.or(answer);
            }
        }
        found
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
    if test.set.is_some() || variable || !condition.when.is_empty() {
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
