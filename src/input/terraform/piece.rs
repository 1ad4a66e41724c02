//! Changes of texts that keep the places of the characters that they leave alone.
//!
//! What is easy to get wrong: offsets count known characters only, so a cut at an unknown piece would leave that piece
//! on both sides. Everything here works on one known piece at a time.

use crate::value::{Piece, Text};
use std::ops::Range;

/// A stretch of a known piece, and what stands there instead.
pub(super) type Edit = (Range<usize>, String);

/// Makes edits in every known piece; `find` gives them in order and without overlap.
pub(super) fn edit(text: &Text, mut find: impl FnMut(&str) -> Vec<Edit>) -> Text {
    map(text, |piece, characters| {
        let edits = find(characters);
        if edits.is_empty() { piece.clone() } else { edited(piece, characters, edits) }
    })
}

/// Changes every known piece; unknown pieces stay.
pub(super) fn map(text: &Text, mut change: impl FnMut(&Text, &str) -> Text) -> Text {
    let parts: Vec<Text> = text
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Known(characters, places) => {
                change(&Text::placed(characters.clone(), places.clone()), characters)
            }
            Piece::Unknown(unknown) => Text::unknown(unknown.clone()),
        })
        .collect();
    Text::concat(&parts)
}

/// One known piece with its edits made; what is put in comes from the place of what it replaces.
pub(super) fn edited(piece: &Text, characters: &str, edits: Vec<Edit>) -> Text {
    let mut parts = Vec::new();
    let mut at = 0;
    for (range, instead) in edits {
        parts.push(piece.slice(at..range.start));
        // What is put in at the end stands at the character before it.
        let before = range.start.saturating_sub(1)..range.start;
        if let Some(span) = piece.span(range.clone()).or_else(|| piece.span(before)) {
            parts.push(Text::made(instead, span));
        }
        at = range.end;
    }
    parts.push(piece.slice(at..characters.len()));
    Text::concat(&parts)
}
