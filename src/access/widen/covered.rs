//! What of the new policy is plainly in the old one, so that nobody has to search for it.
//!
//! A statement that asks for no less than one of the old policy, for no more actions and nobody else, lets nothing new
//! in as long as no Deny about those actions was lifted. Most pairs of real policies share most of their statements.
//! What is easy to get wrong: naming a role is more than naming its account, while everyone is more than either.

use super::bits::Bits;
use super::line::{Line, Named, Who};

/// What a Deny of the old policy forbids and none of the new one: to whom, and which actions.
pub(super) struct Lifted<'a> {
    who: &'a Who,
    acts: Bits,
}

/// The Deny statements that are not in the new policy, or not as wide.
pub(super) fn lifted<'a>(old: &'a [Line], new: &[Line]) -> Vec<Lifted<'a>> {
    let mut lifted = Vec::new();
    for deny in old.iter().filter(|line| line.denies) {
        let mut gone = deny.acts.any();
        for other in new.iter().filter(|line| line.denies && asks_less(line, deny)) {
            if everybody(&other.who, &deny.who) {
                gone.drop(&other.acts.certain);
                if other.act_test == deny.act_test && deny.acts.perhaps.within(&other.acts.perhaps) {
                    gone.drop(&deny.acts.perhaps);
                }
            }
        }
        if !gone.is_empty() {
            lifted.push(Lifted { who: &deny.who, acts: gone });
        }
    }
    lifted
}

impl Lifted<'_> {
    /// Whether it may have forbidden something to those whom a principal means.
    fn concerns(&self, item: Option<&Named>) -> bool {
        let Some(named) = item else { return true };
        self.who.negated
            || self.who.hidden.is_some()
            || self.who.items.iter().any(|(_, denied)| !apart(denied, named))
    }
}

/// Whether nobody is meant by both, plainly. Names count without regard to case, for they are unique that way.
fn apart(one: &Named, other: &Named) -> bool {
    let differ = |one: &str, other: &str| !one.eq_ignore_ascii_case(other);
    match (one, other) {
        (Named::Nobody, _)
        | (_, Named::Nobody)
        | (Named::Service(_), Named::Role(..) | Named::Identity(..))
        | (Named::Role(..) | Named::Identity(..), Named::Service(_)) => true,
        (Named::Role(account, name, _), Named::Role(its_account, its_name, _))
        | (Named::Identity(account, name, _), Named::Identity(its_account, its_name, _)) => {
            account != its_account || differ(name, its_name)
        }
        // A session of a role is that role too, a user is not.
        (Named::Role(..), Named::Identity(_, _, of_sts))
        | (Named::Identity(_, _, of_sts), Named::Role(..)) => !of_sts,
        _ => false,
    }
}

/// The actions of a new line that may be new for one of its principals; `None`: for all of a list that is negated or
/// not known in part.
pub(super) fn may_be_new(line: &Line, item: Option<&Named>, old: &[Line], lifted: &[Lifted<'_>]) -> Bits {
    let mut left = line.acts.any();
    for known in old.iter().filter(|known| !known.denies && asks_less(known, line)) {
        let same = match item {
            Some(named) => holds(&known.who, named),
            None => everybody(&known.who, &line.who),
        };
        if same {
            let mut known_acts = known.acts.certain.clone();
            if known.act_test == line.act_test {
                known_acts.take(&known.acts.perhaps);
                // What both cover in doubt they cover together; what is certain in the new line is not.
                let mut doubted = known.acts.perhaps.clone();
                doubted.keep(&line.acts.certain);
                known_acts.drop(&doubted);
            }
            let concerned = lifted.iter().filter(|lifted| lifted.concerns(item));
            concerned.for_each(|lifted| known_acts.drop(&lifted.acts));
            left.drop(&known_acts);
        }
    }
    left
}

/// Whether each test of one line is one of the other's too.
fn asks_less(line: &Line, other: &Line) -> bool {
    let within = |some: &[usize], all: &[usize]| some.iter().all(|test| all.contains(test));
    within(&line.tests, &other.tests) && within(&line.tied, &other.tied)
}

fn everyone(who: &Who) -> bool {
    !who.negated && who.items.iter().any(|(_, named)| *named == Named::Everyone)
}

/// Whether a list holds a principal.
fn holds(who: &Who, named: &Named) -> bool {
    everyone(who)
        || (!who.negated && who.items.iter().any(|(_, other)| other == named))
        || matches!(named, Named::Hidden(_, test, _) if !who.negated && who.hidden == Some(*test))
}

/// Whether a list holds everybody whom another one means.
fn everybody(who: &Who, other: &Who) -> bool {
    let within = |one: &Who, two: &Who| {
        one.items.iter().all(|(_, item)| two.items.iter().any(|(_, other)| other == item))
    };
    everyone(who)
        || (who.negated == other.negated
            && (other.hidden.is_none() || who.hidden == other.hidden)
            && within(other, who)
            && (!who.negated || (within(who, other) && who.hidden == other.hidden)))
}
