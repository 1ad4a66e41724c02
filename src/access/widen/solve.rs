//! The search: is there a request for which some tests hold and, of each of some sets of tests, one fails?
//!
//! Tests of different condition keys are independent, so a state is a set of classes for every key. The set with the
//! fewest ways out is split first, and what has one way out is not split at all.

use super::bits::Bits;
use super::test::{Row, Table, TestId};
use super::value::{Classes, classes};
use crate::source::Limits;
use std::cell::Cell;

/// The classes that are left of every key.
pub(super) type Space = Vec<Bits>;

/// Tests that make a statement apply: its own, and those that stand for what is not known of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clause<'a> {
    pub(super) tests: &'a [TestId],
    pub(super) hidden: &'a [TestId],
    pub(super) gates: [Option<TestId>; 2],
}

impl Clause<'_> {
    fn iter(&self) -> impl Iterator<Item = TestId> {
        self.tests.iter().chain(self.hidden).copied().chain(self.gates.into_iter().flatten())
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goal<'a> {
    /// All tests of these hold.
    pub(super) hold: [Option<Clause<'a>>; 2],
    /// Of each of these, one test fails.
    pub(super) break_one: &'a [Clause<'a>],
    /// Whether what is not known may be taken as it suits.
    pub(super) free: bool,
}

/// The keys' classes, and which of them each test holds for.
#[derive(Debug)]
pub(super) struct Ring {
    pub(super) columns: Vec<Classes>,
    /// Every class of every key: what each search starts from.
    everything: Space,
    /// For each test its key and the classes for which it holds.
    holds: Vec<(usize, Bits)>,
    hidden: Vec<bool>,
    steps: Cell<usize>,
}

impl Ring {
    /// Classes for the keys of those tests that are used. Tied keys have none: they follow from the caller.
    pub(super) fn new(table: &Table, used: &Bits) -> Self {
        let mut holds = vec![(0, Bits::default()); table.rows.len()];
        let mut columns = Vec::with_capacity(table.keys.len());
        for (key, column) in table.keys.iter().enumerate() {
            let ids: Vec<TestId> = column.tests.iter().copied().filter(|id| used.has(*id)).collect();
            if column.hidden {
                // False, then true.
                let none = || (Vec::new(), Bits::default());
                columns.push(Classes { classes: vec![none(), none()], cut: false });
            } else if column.tied || ids.is_empty() {
                columns.push(Classes::default());
            } else {
                let tests: Vec<_> = ids.iter().filter_map(|id| Some(table.test(*id)?.0)).collect();
                columns.push(classes(&tests, column));
            }
            let classes = columns.last().map_or(&[][..], |column| &column.classes);
            for (place, id) in ids.iter().enumerate() {
                let mut held = Bits::none(classes.len());
                let each = classes.iter().enumerate().filter(|(_, (_, truth))| truth.has(place));
                each.for_each(|(at, _)| held.add(at));
                if let Some(slot) = holds.get_mut(*id) {
                    *slot = (key, held);
                }
            }
        }
        let mut hidden = Vec::with_capacity(table.rows.len());
        for (row, slot) in table.rows.iter().zip(&mut holds) {
            if let Row::Hidden(key) = row {
                let mut held = Bits::none(2);
                held.add(1);
                *slot = (*key, held);
            }
            hidden.push(matches!(row, Row::Hidden(_)));
        }
        let everything = columns.iter().map(|column| Bits::all(column.classes.len())).collect();
        Self { columns, everything, holds, hidden, steps: Cell::new(0) }
    }

    /// Every class of every key.
    pub(super) fn everything(&self) -> Space {
        self.everything.clone()
    }

    /// Counts steps from nothing: another question is asked.
    pub(super) fn start(&self) {
        self.steps.set(0);
    }

    /// Whether the bound on steps was hit.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps.get() > Limits::DEFAULT.search_steps
    }

    /// The classes that reach the goal, if any do.
    pub(super) fn reach(&self, goal: &Goal<'_>, space: &Space) -> Option<Space> {
        let mut space = space.clone();
        for test in goal.hold.iter().flatten().flat_map(Clause::iter) {
            if !self.narrow(&mut space, test, true, goal.free) {
                return None;
            }
        }
        self.split(space, goal.break_one.iter().collect(), goal.free)
    }

    /// Keeps the classes for which the test holds or fails; whether any are left.
    fn narrow(&self, space: &mut Space, test: TestId, holds: bool, free: bool) -> bool {
        let (Some((key, classes)), Some(hidden)) = (self.holds.get(test), self.hidden.get(test)) else {
            return false;
        };
        let Some(left) = space.get_mut(*key) else { return false };
        if *hidden && !free {
            return false;
        }
        if holds {
            left.keep(classes);
        } else {
            left.drop(classes);
        }
        !left.is_empty()
    }

    fn split<'a>(&self, mut space: Space, mut left: Vec<&'a Clause<'a>>, free: bool) -> Option<Space> {
        loop {
            self.steps.set(self.steps.get() + 1 + left.len());
            if self.is_exhausted() {
                return None;
            }
            let mut best: Option<(usize, &'a Clause<'a>)> = None;
            let mut open = Vec::with_capacity(left.len());
            for clause in left {
                if clause.iter().any(|test| self.fails(&space, test)) {
                    continue;
                }
                let ways = clause.iter().filter(|test| self.may_fail(&space, *test, free)).count();
                if ways == 0 {
                    return None;
                }
                if best.is_none_or(|(fewest, _)| ways < fewest) {
                    best = Some((ways, clause));
                }
                open.push(clause);
            }
            left = open;
            let Some((ways, clause)) = best else { return Some(space) };
            let mut tests = clause.iter().filter(|test| self.may_fail(&space, *test, free));
            if ways == 1 {
                let test = tests.next()?;
                self.narrow(&mut space, test, false, free);
                continue;
            }
            let tests: Vec<TestId> = tests.collect();
            return tests.into_iter().find_map(|test| {
                let mut narrowed = space.clone();
                self.narrow(&mut narrowed, test, false, free);
                self.split(narrowed, left.clone(), free)
            });
        }
    }

    /// Whether the test fails for every class left.
    fn fails(&self, space: &Space, test: TestId) -> bool {
        self.holds
            .get(test)
            .is_some_and(|(key, classes)| space.get(*key).is_some_and(|left| !left.meets(classes)))
    }

    fn may_fail(&self, space: &Space, test: TestId, free: bool) -> bool {
        let hidden = self.hidden.get(test).copied().unwrap_or(true);
        (free || !hidden)
            && self
                .holds
                .get(test)
                .is_some_and(|(key, classes)| space.get(*key).is_some_and(|left| !left.within(classes)))
    }
}
