//! Values with something put in for what is not known in them.

use super::{Branch, Entry, Kind, List, Map, Name, Piece, Text, Unknown, Value};
use crate::source::Limits;
use std::sync::Arc;

/// What is put in for an unknown; `None`: it stays.
pub type Put<'p> = &'p dyn Fn(&Unknown) -> Option<Text>;

impl Value {
    /// The value with something put in for its unknowns, in names and in what texts encode as well. Open ends of lists
    /// and mappings stay open.
    #[must_use]
    pub fn put_in(&self, put: Put<'_>) -> Self {
        self.put_below(put, 0)
    }

    fn put_below(&self, put: Put<'_>, depth: usize) -> Self {
        if depth > Limits::DEFAULT.depth {
            return self.clone();
        }
        let below = |value: &Self| value.put_below(put, depth + 1);
        let kind = match &self.kind {
            Kind::Unknown(unknown) => match put(unknown) {
                Some(text) => match text.pieces() {
                    [Piece::Unknown(unknown)] => Kind::Unknown(unknown.clone()),
                    _ => Kind::Text(text),
                },
                None => return self.clone(),
            },
            Kind::Text(text) => Kind::Text(text.put_below(put, depth)),
            Kind::List(list) => Kind::List(Arc::new(List {
                items: list.items.iter().map(below).collect(),
                ..List::clone(list)
            })),
            Kind::Map(map) => {
                let entries = map.entries.iter().map(|entry| Entry {
                    name: Name { text: entry.name.text.put_below(put, depth), span: entry.name.span },
                    value: below(&entry.value),
                });
                Kind::Map(Arc::new(Map { entries: entries.collect(), ..Map::clone(map) }))
            }
            Kind::OneOf(branches) => Kind::OneOf(
                branches
                    .iter()
                    .map(|branch| Branch { when: branch.when.clone(), value: below(&branch.value) })
                    .collect(),
            ),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => return self.clone(),
        };
        Self { kind, ..self.clone() }
    }
}

impl Text {
    /// The text with something put in for its unknown pieces.
    #[must_use]
    pub fn put_in(&self, put: Put<'_>) -> Self {
        self.put_below(put, 0)
    }

    fn put_below(&self, put: Put<'_>, depth: usize) -> Self {
        if let Some(value) = self.encodes() {
            return self.clone().encoding(value.put_below(put, depth + 1));
        }
        if self.is_known() {
            return self.clone();
        }
        let piece = |piece: &Piece| match piece {
            Piece::Known(known, places) => Self::placed(Arc::clone(known), places.clone()),
            Piece::Unknown(unknown) => put(unknown).unwrap_or_else(|| Self::unknown(unknown.clone())),
        };
        Self::concat(self.pieces().iter().map(piece).collect::<Vec<_>>().iter())
    }
}
