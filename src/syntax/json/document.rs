//! The characters to read, where each was written, and the gaps between them that are not known.

use crate::source::{FileId, Span};
use crate::value::{Piece, Place, Text, Unknown};
use std::borrow::Cow;
use std::ops::Range;

/// A text to read as JSON, flat: known characters, their runs, and gaps.
pub(super) struct Document<'a> {
    /// The known characters.
    pub text: Cow<'a, str>,
    /// The runs of `text`, in order.
    places: Vec<Place>,
    /// Unknown pieces, each before the byte at its offset.
    pub gaps: Vec<(usize, &'a Unknown)>,
    /// The text as a whole.
    at: Span,
}

impl<'a> Document<'a> {
    pub(super) fn of_file(file: FileId, text: &'a str, range: Range<usize>) -> Self {
        let found = text.get(range.clone()).unwrap_or_default();
        let trimmed = found.strip_prefix('\u{feff}').unwrap_or(found);
        let at = Span::new(file, range.start + (found.len() - trimmed.len())..range.end);
        let places = vec![Place { at: 0, span: at, verbatim: true }];
        Self { text: Cow::Borrowed(trimmed), places, gaps: Vec::new(), at }
    }

    pub(super) fn of_text(text: &'a Text, at: Span) -> Self {
        let mut document = Self { text: Cow::Borrowed(""), places: Vec::new(), gaps: Vec::new(), at };
        for piece in text.pieces() {
            let offset = document.text.len();
            match piece {
                Piece::Unknown(unknown) => document.gaps.push((offset, unknown)),
                Piece::Known(known, places) => {
                    let moved = |at: u32| at.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
                    document
                        .places
                        .extend(places.iter().map(|place| Place { at: moved(place.at), ..*place }));
                    if offset == 0 {
                        document.text = Cow::Borrowed(known);
                    } else {
                        document.text.to_mut().push_str(known);
                    }
                }
            }
        }
        document
    }

    /// The source of a range of the known characters, as narrow as is certain; for an empty range the point there.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        if range.is_empty() {
            return self.point(range.start);
        }
        let mut found: Option<Span> = None;
        self.runs(range, |_, span, _| found = Some(found.map_or(span, |so_far| so_far.cover(span))));
        found.unwrap_or(self.at)
    }

    fn point(&self, offset: usize) -> Span {
        if let Some(character) = self.text.get(offset..).and_then(|rest| rest.chars().next()) {
            let span = self.span(offset..offset + character.len_utf8());
            return Span { end: span.start, ..span };
        }
        match self.text.chars().next_back() {
            Some(last) => {
                let span = self.span(self.text.len() - last.len_utf8()..self.text.len());
                Span { start: span.end, ..span }
            }
            None => Span { start: self.at.end, ..self.at },
        }
    }

    /// The runs of a range: offset, source, whether it stands there byte for byte.
    pub(super) fn runs(&self, range: Range<usize>, mut each: impl FnMut(usize, Span, bool)) {
        let first = self.places.partition_point(|place| place.at as usize <= range.start).saturating_sub(1);
        for (index, place) in self.places.iter().enumerate().skip(first) {
            let start = place.at as usize;
            if start >= range.end {
                break;
            }
            let end = self.places.get(index + 1).map_or(self.text.len(), |next| next.at as usize);
            let (from, to) = (range.start.max(start), range.end.min(end));
            let base = place.span.start as usize;
            let narrow = || Span::new(place.span.file, base + (from - start)..base + (to.max(from) - start));
            each(from, if place.verbatim { narrow() } else { place.span }, place.verbatim);
        }
    }
}
