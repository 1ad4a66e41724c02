//! The pieces of a text. Nearly every text is one piece, and that one is kept without an allocation.

use super::{Piece, Places};

/// Pieces in order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) enum Pieces {
    /// None: the empty text.
    #[default]
    None,
    /// One.
    One([Piece; 1]),
    /// Two or more.
    Many(Vec<Piece>),
}

impl Pieces {
    pub(super) fn as_slice(&self) -> &[Piece] {
        match self {
            Self::None => &[],
            Self::One(one) => one,
            Self::Many(many) => many,
        }
    }

    /// The last piece, if it is known.
    pub(super) fn last_known(&mut self) -> Option<(&mut std::sync::Arc<str>, &mut Places)> {
        let last = match self {
            Self::None => None,
            Self::One([one]) => Some(one),
            Self::Many(many) => many.last_mut(),
        };
        match last? {
            Piece::Known(text, places) => Some((text, places)),
            Piece::Unknown(_) => None,
        }
    }

    pub(super) fn push(&mut self, piece: Piece) {
        *self = match std::mem::take(self) {
            Self::None => Self::One([piece]),
            Self::One([first]) => Self::Many(vec![first, piece]),
            Self::Many(mut many) => {
                many.push(piece);
                Self::Many(many)
            }
        };
    }
}
