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

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Goal {
    /// Tests that hold.
    pub(super) hold: Vec<TestId>,
    /// Of each of these, one test fails.
    pub(super) break_one: Vec<Vec<TestId>>,
    /// Whether what is not known may be taken as it suits.
    pub(super) free: bool,
}

/// The keys' classes, and which of them each test holds for.
#[derive(Debug)]
pub(super) struct Ring {
    pub(super) columns: Vec<Classes>,
    /// For each test its key and the classes for which it holds.
    holds: Vec<(usize, Bits)>,
    hidden: Vec<bool>,
    steps: Cell<usize>,
}

impl Ring {
    /// Classes for the keys of a table; `tied` keys have none: they follow from the caller.
    pub(super) fn new(table: &Table, tied: impl Fn(&str) -> bool) -> Self {
        let columns: Vec<Classes> = table
            .keys
            .iter()
            .enumerate()
            .map(|(key, column)| {
                if column.hidden {
                    // False, then true.
                    let none = || Bits::none(0);
                    Classes { classes: vec![(Vec::new(), none()), (Vec::new(), none())], cut: false }
                } else if tied(&column.name) {
                    Classes::default()
                } else {
                    classes(table, key)
                }
            })
            .collect();
        let mut ring = Self { columns, holds: Vec::new(), hidden: Vec::new(), steps: Cell::new(0) };
        for (id, row) in table.rows.iter().enumerate() {
            let (key, hidden) = match row {
                Row::Test(test) => (test.key, false),
                Row::Hidden(key) => (*key, true),
            };
            let classes = ring.columns.get(key).map_or(&[][..], |column| &column.classes);
            let mut holds = Bits::none(classes.len());
            for (at, (_, truth)) in classes.iter().enumerate() {
                if if hidden { at == 1 } else { truth.has(id) } {
                    holds.add(at);
                }
            }
            ring.holds.push((key, holds));
            ring.hidden.push(hidden);
        }
        ring
    }

    /// Every class of every key.
    pub(super) fn everything(&self) -> Space {
        self.columns.iter().map(|column| Bits::all(column.classes.len())).collect()
    }

    /// Whether the bound on steps was hit.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps.get() > Limits::DEFAULT.search_steps
    }

    /// The classes that reach the goal, if any do.
    pub(super) fn reach(&self, goal: &Goal, space: &Space) -> Option<Space> {
        let mut space = space.clone();
        for test in &goal.hold {
            if !self.narrow(&mut space, *test, true, goal.free) {
                return None;
            }
        }
        self.split(space, goal.break_one.iter().map(Vec::as_slice).collect(), goal.free)
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

    fn split<'a>(&self, mut space: Space, mut left: Vec<&'a [TestId]>, free: bool) -> Option<Space> {
        loop {
            self.steps.set(self.steps.get() + 1 + left.len());
            if self.is_exhausted() {
                return None;
            }
            let mut best: Option<(usize, &'a [TestId])> = None;
            let mut open = Vec::with_capacity(left.len());
            for clause in left {
                if clause.iter().any(|test| self.fails(&space, *test)) {
                    continue;
                }
                let ways = clause.iter().filter(|test| self.may_fail(&space, **test, free)).count();
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
            let mut tests = clause.iter().filter(|test| self.may_fail(&space, **test, free));
            if ways == 1 {
                let test = *tests.next()?;
                self.narrow(&mut space, test, false, free);
                continue;
            }
            let tests: Vec<TestId> = tests.copied().collect();
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
