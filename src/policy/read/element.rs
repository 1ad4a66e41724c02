//! Lists of actions and resources, and the texts in them.

use super::scope::{Scope, leaves, stated};
use super::{Flaw, Reader, broken, scalar};
use crate::policy::{DefectKind, Element, Elements};
use crate::source::Span;
use crate::value::{Entry, Kind, Piece, Symbol, Text, Unknown, Value};

/// Values of one element, gathered from all alternatives.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) items: Vec<Element<Text>>,
    pub(super) open: Option<Unknown>,
}

impl Reader {
    /// `Action`, `NotAction`, `Resource` or `NotResource`: a text or a list of texts.
    pub(super) fn texts(&mut self, entry: &Entry, negated: bool, scope: &Scope) -> Elements<Text> {
        let name = entry.name.text.shown();
        let mut gathered = Gathered::default();
        for (value, scope) in stated(&entry.value, scope) {
            self.gather(&name, &value, &scope, &mut gathered);
        }
        Elements {
            negated,
            name_span: entry.name.span,
            span: entry.value.span,
            items: gathered.items,
            open: gathered.open,
        }
    }

    /// One alternative: a text, a list of texts, or not known.
    pub(super) fn gather(&mut self, name: &str, value: &Value, scope: &Scope, into: &mut Gathered) {
        match &value.kind {
            Kind::List(list) => {
                if list.items.is_empty() && list.open.is_none() {
                    let fact = "an empty list, so it matches nothing";
                    self.note(Flaw::new(DefectKind::Empty, value.span, name, fact), scope);
                }
                if into.open.is_none() {
                    into.open.clone_from(&list.open);
                }
                for item in &list.items {
                    for (value, scope) in stated(item, scope) {
                        self.gather_one(name, &value, &scope, into);
                    }
                }
            }
            Kind::Unknown(unknown) if unknown.symbol == Symbol::Anything => {
                into.open.get_or_insert_with(|| unknown.clone());
            }
            _ => self.gather_one(name, value, scope, into),
        }
    }

    fn gather_one(&mut self, name: &str, value: &Value, scope: &Scope, into: &mut Gathered) {
        match (scalar(value), &value.kind) {
            (Some(text), _) => into.items.push(element(text, value, scope)),
            // A member of a list must be a text, so one that is not known is a text that is not known.
            (None, Kind::Unknown(unknown)) => {
                into.items.push(element(Text::unknown(unknown.clone()), value, scope));
            }
            (None, _) => {
                self.wrong_type(name, value, "a text or a list of texts", scope);
                into.open.get_or_insert_with(|| broken(name, value.span));
            }
        }
    }

    /// `Sid`: a text; what is undecided about it is not known.
    pub(super) fn sid(&mut self, entry: &Entry, scope: &Scope) -> Option<Text> {
        let mut found: Option<Text> = None;
        for (value, scope) in leaves(&entry.value, scope) {
            let next = match (scalar(&value), &value.kind) {
                (Some(text), _) => text,
                (None, Kind::Unknown(unknown)) => Text::unknown(unknown.clone()),
                (None, Kind::Null) if matches!(entry.value.kind, Kind::OneOf(_)) => continue,
                (None, _) => {
                    self.wrong_type("Sid", &value, "a text", &scope);
                    continue;
                }
            };
            found = Some(match found {
                Some(before) if before.shown() != next.shown() => {
                    Text::unknown(super::undecided(&value, &scope))
                }
                _ => next,
            });
        }
        found
    }
}

/// A text as an element, with its place and the way that it came.
pub(super) fn element<T>(value: T, at: &Value, scope: &Scope) -> Element<T> {
    let span = at.as_text().map_or(at.span, |text| place(text, at.span));
    Element { value, span, trail: scope.trail.clone(), when: scope.when.clone() }
}

/// The characters of a text without quotes, where all of them stand within `whole`; otherwise `whole`.
pub(super) fn place(text: &Text, whole: Span) -> Span {
    let ends = |piece: Option<&Piece>| matches!(piece, Some(Piece::Known(..)));
    let inside = text.pieces().iter().all(|piece| match piece {
        Piece::Known(_, places) => places.iter().all(|place| whole.contains(place.span)),
        Piece::Unknown(_) => true,
    });
    let bounded = ends(text.pieces().first()) && ends(text.pieces().last());
    text.span(0..text.known_len()).filter(|_| inside && bounded).unwrap_or(whole)
}
