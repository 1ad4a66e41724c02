//! How far something reaches, between what is certain and what is possible.

use super::{Access, Breadth, Witness};
use crate::logic::{Answer, Verdict};

/// A breadth between two bounds; equal when nothing relevant is unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Range {
    /// At least.
    pub(super) least: Breadth,
    /// At most.
    pub(super) most: Breadth,
}

impl Range {
    pub(super) const NOBODY: Self = Self::exactly(Breadth::Nobody);
    pub(super) const ANYONE: Self = Self { least: Breadth::Nobody, most: Breadth::World };

    pub(super) const fn exactly(breadth: Breadth) -> Self {
        Self { least: breadth, most: breadth }
    }

    /// Whoever is admitted by both.
    pub(super) fn meet(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.min(other.most) }
    }

    /// Whoever is admitted by either.
    pub(super) fn join(self, other: Self) -> Self {
        Self { least: self.least.max(other.least), most: self.most.max(other.most) }
    }

    /// The same when the answer is yes, nobody when it is no.
    pub(super) fn if_so(self, answer: Verdict) -> Self {
        match answer {
            Verdict::Yes => self,
            Verdict::No => Self::NOBODY,
            Verdict::CannotTell => Self { least: Breadth::Nobody, most: self.most },
        }
    }

    /// Whether it reaches at least so far.
    pub(super) fn reaches(self, breadth: Breadth, because: &[Witness], open: &[Witness]) -> Access {
        if self.least >= breadth {
            Answer::yes(because.iter().cloned())
        } else if self.most < breadth {
            Answer::no(because.iter().cloned())
        } else {
            Answer::cannot_tell(if open.is_empty() { because } else { open }.iter().cloned())
        }
    }
}
