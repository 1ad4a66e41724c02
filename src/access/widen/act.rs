//! Which actions an element of `Action` covers, as sets.

use super::super::words::{self, Act};
use super::bits::Bits;
use crate::logic::Verdict;
use crate::policy::Statement;
use crate::value::Text;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// The actions that a statement covers, by their index in the facts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Covered {
    pub(super) certain: Bits,
    /// What it covers depending on what is not known; nothing that is certain.
    pub(super) perhaps: Bits,
}

impl Covered {
    /// Both.
    pub(super) fn any(&self) -> Bits {
        let mut any = self.certain.clone();
        any.take(&self.perhaps);
        any
    }
}

/// The actions that a key policy can allow.
pub(super) fn all() -> &'static Bits {
    static ALL: LazyLock<Bits> = LazyLock::new(|| {
        let mut all = none();
        words::acts().iter().enumerate().filter(|(_, act)| act.key_policy).for_each(|(at, _)| all.add(at));
        all
    });
    &ALL
}

/// The actions that one of the patterns covers; all where there is none.
pub(super) fn asked(patterns: &[String]) -> Bits {
    if patterns.is_empty() {
        return Bits::all(words::acts().len());
    }
    let patterns: Vec<String> = patterns.iter().map(|pattern| pattern.to_ascii_lowercase()).collect();
    let mut asked = none();
    for (at, act) in words::acts().iter().enumerate() {
        let name = act.name.to_ascii_lowercase();
        if patterns.iter().any(|pattern| words::glob(pattern, &name)) {
            asked.add(at);
        }
    }
    asked
}

pub(super) fn none() -> Bits {
    Bits::none(words::acts().len())
}

/// The actions that a statement covers.
pub(super) fn covered(statement: &Statement) -> Covered {
    let Some(actions) = &statement.actions else { return Covered { certain: none(), perhaps: none() } };
    let (mut certain, mut perhaps) = (none(), none());
    for item in &actions.items {
        let into = if item.when.is_empty() { &mut certain } else { &mut perhaps };
        add(&item.value, into, |act| words::action_covers(&item.value, act) == Verdict::Yes);
        if !item.value.is_known() {
            add(&item.value, &mut perhaps, |act| words::action_covers(&item.value, act) != Verdict::No);
        }
    }
    if actions.open.is_some() {
        perhaps = all().clone();
    }
    perhaps.drop(&certain);
    if actions.negated {
        let mut rest = all().clone();
        rest.drop(&certain);
        rest.drop(&perhaps);
        certain = rest;
    }
    certain.keep(all());
    perhaps.keep(all());
    Covered { certain, perhaps }
}

/// Adds the actions that a pattern covers; a name is looked up, and most patterns are told by how they begin.
fn add(pattern: &Text, into: &mut Bits, covers: impl Fn(&str) -> bool) {
    static NAMES: LazyLock<FxHashMap<String, usize>> = LazyLock::new(|| {
        let acts = words::acts().iter().enumerate();
        acts.map(|(at, act)| (act.name.to_ascii_lowercase(), at)).collect()
    });
    let known = pattern.as_known();
    if known.is_some_and(|known| known == "*" || known.eq_ignore_ascii_case("kms:*")) {
        return into.take(all());
    }
    if let Some(name) = known.filter(|known| !known.contains(['*', '?'])) {
        return NAMES.get(&name.to_ascii_lowercase()).into_iter().for_each(|at| into.add(*at));
    }
    let stem = known.and_then(|known| known.split(['*', '?']).next()).unwrap_or_default().as_bytes();
    let begins =
        |act: &Act| act.name.as_bytes().get(..stem.len()).is_some_and(|head| head.eq_ignore_ascii_case(stem));
    for (at, act) in words::acts().iter().enumerate() {
        if begins(act) && covers(&act.name) {
            into.add(at);
        }
    }
}
