//! From offsets in the text being parsed to places in the files that it came from.

use crate::source::{FileId, Span};
use crate::value::{Piece, Place, Text};
use std::ops::Range;

/// Where the text being parsed stands.
#[derive(Clone, Debug)]
pub(super) enum Origin<'a> {
    /// In a file byte for byte, from an offset on.
    File(FileId, usize),
    /// In pieces (a string with escapes, a heredoc with its indentation taken off); the span is the whole text's.
    Text(&'a Text, Span),
}

impl<'a> Origin<'a> {
    /// The origin of a text; one that stands in a file byte for byte is mapped without a search.
    pub(super) fn of(text: &'a Text, whole: Span) -> Self {
        match text.pieces() {
            [Piece::Known(_, places)] => match **places {
                [Place { span, verbatim: true, .. }] => Self::File(span.file, span.start as usize),
                _ => Self::Text(text, whole),
            },
            _ => Self::Text(text, whole),
        }
    }

    /// The place of a range of bytes.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        match self {
            Self::File(file, base) => Span::new(*file, base + range.start..base + range.end),
            Self::Text(text, whole) => text
                .span(range.clone())
                .or_else(|| {
                    let last = text.span(range.start.checked_sub(1)?..range.start)?;
                    Some(Span { start: last.end, ..last })
                })
                .unwrap_or(*whole),
        }
    }

    /// The places of decoded characters that begin at `at` of a literal and were written in `range`.
    pub(super) fn places(&self, at: usize, range: Range<usize>, verbatim: bool, into: &mut Vec<Place>) {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        match self {
            Self::Text(text, _) if verbatim => {
                for piece in text.slice(range).pieces() {
                    let Piece::Known(_, places) = piece else { continue };
                    into.extend(
                        places.iter().map(|place| Place { at: at.saturating_add(place.at), ..*place }),
                    );
                }
            }
            _ => into.push(Place { at, span: self.span(range), verbatim }),
        }
    }
}
