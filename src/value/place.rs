//! Where the characters of a text were written.

use crate::source::Span;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Where a run of decoded characters was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// Offset of the run's first byte in the piece; the run goes on to the next place. The first is 0.
    pub at: u32,
    /// The source of the run.
    pub span: Span,
    /// Whether the run stands there byte for byte. Otherwise the whole run comes from the whole span (an escape, a
    /// computed text).
    pub verbatim: bool,
}

/// The runs of a piece, in order. Nearly every text is one run, and that one is kept without an allocation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Places(Runs);

#[derive(Clone, PartialEq, Eq, Debug)]
enum Runs {
    One([Place; 1]),
    /// Not one.
    Many(Arc<[Place]>),
}

impl Places {
    /// The places of `range` of a piece that is `len` bytes long, moved to start at 0 and narrowed where that is exact.
    pub(super) fn cut(&self, range: Range<usize>, len: usize) -> Self {
        let first = self.partition_point(|place| place.at as usize <= range.start).saturating_sub(1);
        let mut kept = Vec::with_capacity(1);
        for (index, place) in self.iter().enumerate().skip(first) {
            let start = place.at as usize;
            if start >= range.end && !kept.is_empty() {
                break;
            }
            let end = self.get(index + 1).map_or(len, |next| next.at as usize);
            let from = range.start.max(start);
            let to = range.end.min(end);
            let base = place.span.start as usize;
            let span = if place.verbatim {
                Span::new(place.span.file, base + (from - start)..base + (to.max(from) - start))
            } else {
                place.span
            };
            let at = u32::try_from(from - range.start).unwrap_or(u32::MAX);
            kept.push(Place { at, span, verbatim: place.verbatim });
        }
        kept.into()
    }
}

impl Deref for Places {
    type Target = [Place];

    fn deref(&self) -> &[Place] {
        match &self.0 {
            Runs::One(one) => one,
            Runs::Many(many) => many,
        }
    }
}

impl<const N: usize> From<[Place; N]> for Places {
    fn from(places: [Place; N]) -> Self {
        match places.as_slice() {
            [one] => Self(Runs::One([*one])),
            many => Self(Runs::Many(many.into())),
        }
    }
}

impl From<Vec<Place>> for Places {
    fn from(places: Vec<Place>) -> Self {
        match *places.as_slice() {
            [one] => Self(Runs::One([one])),
            _ => Self(Runs::Many(places.into())),
        }
    }
}

impl FromIterator<Place> for Places {
    fn from_iter<I: IntoIterator<Item = Place>>(places: I) -> Self {
        places.into_iter().collect::<Vec<_>>().into()
    }
}
