//! Texts that know where their characters were written, and which of them are not known.

use super::pieces::Pieces;
use super::{Place, Places, Unknown, Value};
use crate::source::Span;
use std::ops::Range;
use std::sync::Arc;

/// A text in pieces.
///
/// Offsets into a text count the bytes of its known pieces; an unknown piece takes no room.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Text {
    pieces: Pieces,
    encodes: Option<Arc<Value>>,
}

/// A piece of a [`Text`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// Characters that are known, and where each was written. Never empty.
    Known(Arc<str>, Places),
    /// Characters that are not known.
    Unknown(Unknown),
}

impl Text {
    /// A text that stands at `span` byte for byte.
    pub fn verbatim(text: impl Into<Arc<str>>, span: Span) -> Self {
        Self::placed(text, [Place { at: 0, span, verbatim: true }])
    }

    /// A text that was made from what stands at `span`.
    pub fn made(text: impl Into<Arc<str>>, span: Span) -> Self {
        Self::placed(text, [Place { at: 0, span, verbatim: false }])
    }

    /// A text with its runs; they are in order and the first starts at 0.
    pub fn placed(text: impl Into<Arc<str>>, places: impl Into<Places>) -> Self {
        let text = text.into();
        if text.is_empty() {
            return Self::default();
        }
        Self { pieces: Pieces::One([Piece::Known(text, places.into())]), encodes: None }
    }

    /// A text of which no character is known.
    pub fn unknown(unknown: Unknown) -> Self {
        Self { pieces: Pieces::One([Piece::Unknown(unknown)]), encodes: None }
    }

    /// The same text, remembered as the JSON text of `value`, so that reading it gives that very value back with
    /// its spans, trails and unknowns. Any change to the text forgets it.
    #[must_use]
    pub fn encoding(mut self, value: Value) -> Self {
        self.encodes = Some(Arc::new(value));
        self
    }

    /// The value of which this is the JSON text, when it was made by encoding one.
    pub fn encodes(&self) -> Option<&Value> {
        self.encodes.as_deref()
    }

    /// The pieces in order.
    pub fn pieces(&self) -> &[Piece] {
        self.pieces.as_slice()
    }

    /// Whether it is certainly the empty text.
    pub fn is_empty(&self) -> bool {
        self.pieces().is_empty()
    }

    /// Whether every character is known.
    pub fn is_known(&self) -> bool {
        self.unknowns().next().is_none()
    }

    /// The unknown pieces.
    pub fn unknowns(&self) -> impl Iterator<Item = &Unknown> {
        self.pieces().iter().filter_map(|piece| match piece {
            Piece::Unknown(unknown) => Some(unknown),
            Piece::Known(..) => None,
        })
    }

    /// The address of a resource and the name of its attribute, where the text is that throughout.
    pub fn attribute(&self) -> Option<(&str, &str)> {
        match self.pieces() {
            [Piece::Unknown(unknown)] => unknown.attribute(),
            _ => None,
        }
    }

    /// The characters, if all are known.
    pub fn known(&self) -> Option<String> {
        self.as_known().map(str::to_owned).or_else(|| self.is_known().then(|| self.known_parts()))
    }

    /// The characters without a copy, if all are known and they lie in at most one piece.
    pub fn as_known(&self) -> Option<&str> {
        match self.pieces() {
            [] => Some(""),
            [Piece::Known(text, _)] => Some(text),
            _ => None,
        }
    }

    /// The known characters, unknown pieces left out.
    pub fn known_parts(&self) -> String {
        self.pieces()
            .iter()
            .filter_map(|piece| match piece {
                Piece::Known(text, _) => Some(&**text),
                Piece::Unknown(_) => None,
            })
            .collect()
    }

    /// For people: unknown pieces as `${name}`.
    pub fn shown(&self) -> String {
        let mut shown = String::new();
        for piece in self.pieces() {
            match piece {
                Piece::Known(text, _) => shown.push_str(text),
                Piece::Unknown(unknown) => {
                    shown.push_str("${");
                    shown.push_str(&unknown.name);
                    shown.push('}');
                }
            }
        }
        shown
    }

    /// Whether it certainly reads `other`.
    pub fn is(&self, other: &str) -> bool {
        self.as_known().map_or_else(|| self.known().as_deref() == Some(other), |known| known == other)
    }

    /// Puts `other` behind it. Neighbouring known pieces become one.
    pub fn push(&mut self, other: &Self) {
        if self.is_empty() {
            self.clone_from(other);
            return;
        }
        if other.is_empty() {
            return;
        }
        self.encodes = None;
        for piece in other.pieces() {
            self.push_piece(piece.clone());
        }
    }

    fn push_piece(&mut self, piece: Piece) {
        let Piece::Known(added, added_places) = &piece else {
            self.pieces.push(piece);
            return;
        };
        let Some((text, places)) = self.pieces.last_known() else {
            self.pieces.push(piece);
            return;
        };
        let shift = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let moved = added_places.iter().map(|place| Place { at: place.at.saturating_add(shift), ..*place });
        *places = places.iter().copied().chain(moved).collect();
        *text = format!("{text}{added}").into();
    }

    /// One text from many, in linear time.
    pub fn concat<'a>(texts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut builder = Builder::default();
        for text in texts {
            builder.push(text);
        }
        builder.finish()
    }

    /// The part between two byte offsets (of the known characters); unknown pieces strictly inside or at its borders
    /// stay. Offsets inside a character are moved to the character's start.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let mut parts = Self::default();
        let mut offset = 0;
        for piece in self.pieces() {
            match piece {
                Piece::Unknown(_) => {
                    if range.start <= offset && offset <= range.end {
                        parts.pieces.push(piece.clone());
                    }
                }
                Piece::Known(text, places) => {
                    let from = text.floor_char_boundary(range.start.saturating_sub(offset));
                    let to = text.floor_char_boundary(range.end.saturating_sub(offset));
                    if let Some(part) = text.get(from..to).filter(|part| !part.is_empty()) {
                        parts.pieces.push(Piece::Known(part.into(), places.cut(from..to, text.len())));
                    }
                    offset += text.len();
                }
            }
        }
        parts
    }

    /// The source of the known characters between two byte offsets: as narrow as is certain. `None` when nothing
    /// known lies there.
    pub fn span(&self, range: Range<usize>) -> Option<Span> {
        let mut offset = 0;
        let mut found: Option<Span> = None;
        for piece in self.pieces() {
            let Piece::Known(text, places) = piece else { continue };
            let from = range.start.saturating_sub(offset).min(text.len());
            let to = range.end.saturating_sub(offset).min(text.len());
            if from < to || (range.is_empty() && from < text.len() && range.start >= offset) {
                let to = to.max(from + usize::from(range.is_empty()));
                for place in places.cut(from..to, text.len()).iter() {
                    found = Some(found.map_or(place.span, |span| span.cover(place.span)));
                }
            }
            offset += text.len();
        }
        if range.is_empty() {
            return found.map(|span| Span { end: span.start, ..span });
        }
        found
    }

    /// The number of known bytes.
    pub fn known_len(&self) -> usize {
        self.pieces().iter().map(|piece| if let Piece::Known(text, _) = piece { text.len() } else { 0 }).sum()
    }
}

/// Builds a [`Text`] piece by piece in linear time.
#[derive(Default)]
struct Builder {
    pieces: Pieces,
    text: String,
    places: Vec<Place>,
    /// What the only text so far encodes; nothing once there are two.
    encodes: Option<Arc<Value>>,
    texts: usize,
}

impl Builder {
    fn push(&mut self, other: &Text) {
        if other.is_empty() {
            return;
        }
        self.texts += 1;
        self.encodes = if self.texts == 1 { other.encodes.clone() } else { None };
        for piece in other.pieces() {
            match piece {
                Piece::Unknown(_) => {
                    self.flush();
                    self.pieces.push(piece.clone());
                }
                Piece::Known(text, places) => {
                    let shift = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
                    self.places.extend(
                        places.iter().map(|place| Place { at: place.at.saturating_add(shift), ..*place }),
                    );
                    self.text.push_str(text);
                }
            }
        }
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.pieces.push(Piece::Known(text.into(), std::mem::take(&mut self.places).into()));
        }
    }

    fn finish(mut self) -> Text {
        self.flush();
        Text { pieces: self.pieces, encodes: self.encodes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    fn span(map: &SourceMap, text: &str) -> Span {
        Span::new(map.add("t", text), 0..text.len())
    }

    #[test]
    fn offsets_map_back_through_pieces_and_escapes() {
        let map = SourceMap::default();
        let file = map.add("t", r"ab\ncd");
        let text = Text::placed(
            "ab\ncd",
            vec![
                Place { at: 0, span: Span::new(file, 0..2), verbatim: true },
                Place { at: 2, span: Span::new(file, 2..4), verbatim: false },
                Place { at: 3, span: Span::new(file, 4..6), verbatim: true },
            ],
        );
        assert_eq!(text.span(1..2), Some(Span::new(file, 1..2)));
        assert_eq!(text.span(2..3), Some(Span::new(file, 2..4)));
        assert_eq!(text.span(1..4), Some(Span::new(file, 1..5)));
        assert_eq!(text.slice(3..5).span(1..2), Some(Span::new(file, 5..6)));
        assert_eq!(text.span(3..3), Some(Span::new(file, 4..4)));
    }

    #[test]
    fn concat_and_push_agree() {
        let map = SourceMap::default();
        let parts = [
            Text::verbatim("one", span(&map, "one")),
            Text::default(),
            Text::verbatim("two", span(&map, "two")),
        ];
        let mut pushed = Text::default();
        for part in &parts {
            pushed.push(part);
        }
        assert_eq!(Text::concat(&parts), pushed);
        assert_eq!(pushed.known().as_deref(), Some("onetwo"));
        assert_eq!(map.slice(pushed.span(3..6).unwrap()), "two");
    }

    #[test]
    fn a_change_forgets_the_encoded_value() {
        let map = SourceMap::default();
        let place = span(&map, "{}");
        let encoded = Text::verbatim("{}", place).encoding(Value::null(place));
        assert!(Text::concat([&encoded]).encodes().is_some());
        assert!(Text::concat([&encoded, &Text::made("x", place)]).encodes().is_none());
        assert!(Text::concat([&Text::made("x", place), &encoded]).encodes().is_none());
    }
}
