//! Undecided conditionals, decided one way and the other.
//!
//! Elements may stand only under assumptions (`when`). A question is asked in every world that a few such conditions
//! make; where all worlds agree, the answer holds. With too many conditions there is one world that decides none of
//! them, and whatever depends on one is cannot tell: nothing is multiplied out.

use super::{Access, Missing, Witness};
use crate::logic::{Answer, Verdict};
use crate::policy::Statement;
use crate::value::{Assumption, Trail};

/// How many conditions are decided both ways; each doubles the work.
const DECIDED: usize = 3;

/// Conditions that are taken to hold or not.
#[derive(Clone, Debug, Default)]
pub(super) struct World(Vec<Assumption>);

impl World {
    /// Whether something that stands under `when` stands in this world.
    pub(super) fn gate(&self, when: &[Assumption]) -> Access {
        Answer::all(when.iter().map(|one| {
            match self.0.iter().find(|decided| decided.condition == one.condition) {
                Some(decided) if decided.holds == one.holds => Answer::yes([]),
                Some(_) => Answer::no([]),
                None => Answer::cannot_tell([assumed(one)]),
            }
        }))
    }

    /// Whether it certainly does not stand here.
    pub(super) fn excludes(&self, when: &[Assumption]) -> bool {
        self.gate(when).is_no()
    }

    fn without(&self, index: usize) -> Self {
        let flipped = self.0.iter().enumerate().map(|(at, one)| {
            let holds = if at == index { !one.holds } else { one.holds };
            Assumption { holds, ..one.clone() }
        });
        Self(flipped.collect())
    }
}

/// The worlds that these assumptions make.
pub(super) fn worlds<'a>(whens: impl Iterator<Item = &'a Assumption>) -> Vec<World> {
    let mut distinct: Vec<&Assumption> = Vec::new();
    for when in whens {
        if distinct.iter().all(|known| known.condition != when.condition) {
            if distinct.len() == DECIDED {
                return vec![World::default()];
            }
            distinct.push(when);
        }
    }
    let mut made = vec![World::default()];
    for one in distinct {
        made = made
            .into_iter()
            .flat_map(|world| {
                [true, false].map(|holds| {
                    let mut decided = world.0.clone();
                    decided.push(Assumption { holds, ..one.clone() });
                    World(decided)
                })
            })
            .collect();
    }
    made
}

/// One answer from those of all worlds: theirs where they agree, cannot tell otherwise.
pub(super) fn across(worlds: &[World], ask: impl Fn(&World) -> Access) -> Access {
    let answers: Vec<Access> = worlds.iter().map(&ask).collect();
    let Some(first) = answers.first() else { return Answer::no([]) };
    if answers.iter().all(|answer| answer.verdict == first.verdict) {
        return Answer { verdict: first.verdict, because: joined(answers.iter().flat_map(|a| &a.because)) };
    }
    let (at, telling) = answers
        .iter()
        .enumerate()
        .find(|(_, answer)| answer.verdict == Verdict::Yes)
        .or_else(|| answers.iter().enumerate().find(|(_, answer)| answer.verdict == Verdict::CannotTell))
        .unwrap_or((0, first));
    let mut because = telling.because.clone();
    if let Some(world) = worlds.get(at) {
        let mattering = world.0.iter().enumerate().filter(|(index, _)| {
            let other = ask(&world.without(*index));
            other.verdict != telling.verdict
        });
        let mattering: Vec<Witness> = mattering.map(|(_, one)| assumed(one)).collect();
        let all = || world.0.iter().map(assumed).collect();
        because.extend(if mattering.is_empty() { all() } else { mattering });
    }
    Answer::cannot_tell(joined(because.iter()))
}

/// `` when `IsProd` is true ``.
fn assumed(one: &Assumption) -> Witness {
    let fact = format!("when `{}` is {}, which is not known", one.condition, one.holds);
    Witness::new(one.span, fact, &Trail::default()).misses(Missing::Decision(one.condition.clone()))
}

/// Each witness once, in order.
pub(super) fn joined<'a>(witnesses: impl Iterator<Item = &'a Witness>) -> Vec<Witness> {
    let mut kept: Vec<Witness> = Vec::new();
    for witness in witnesses {
        if kept.len() >= MOST_WITNESSES {
            break;
        }
        if kept.iter().all(|known| known.span != witness.span || known.fact != witness.fact) {
            kept.push(witness.clone());
        }
    }
    kept
}

/// Nobody reads more places than these.
const MOST_WITNESSES: usize = 64;

/// Every assumption that something in the statement stands under.
pub(super) fn assumptions(statement: &Statement) -> impl Iterator<Item = &Assumption> {
    let principals = statement.principals.iter().flat_map(|e| &e.items).flat_map(|item| &item.when);
    let actions = statement.actions.iter().flat_map(|e| &e.items).flat_map(|item| &item.when);
    let resources = statement.resources.iter().flat_map(|e| &e.items).flat_map(|item| &item.when);
    let conditions = statement.conditions.iter().flat_map(|condition| {
        condition.when.iter().chain(condition.values.iter().flat_map(|value| &value.when))
    });
    statement.when.iter().chain(principals).chain(actions).chain(resources).chain(conditions)
}
