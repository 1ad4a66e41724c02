//! Texts with the few unknowns filled in that have one value for both policies: the key's own account, the partition,
//! the Region where it is set.

use super::super::Setting;
use crate::value::{Piece, Symbol, Text};
use std::borrow::Cow;

/// What unknowns stand for.
#[derive(Clone, Debug)]
pub(super) struct Ground<'a> {
    /// The 12 digits of the key's account.
    pub(super) own: String,
    pub(super) setting: Cow<'a, Setting>,
}

impl Ground<'_> {
    /// The partition that ARNs are made in.
    pub(super) fn partition(&self) -> &str {
        self.setting.partition.as_deref().unwrap_or("aws")
    }

    /// The text, when nothing else in it is unknown.
    pub(super) fn text(&self, text: &Text) -> Option<String> {
        if let Some(known) = text.as_known() {
            return Some(known.to_owned());
        }
        text.pieces().iter().map(|piece| self.piece(piece)).collect()
    }

    fn piece<'b>(&'b self, piece: &'b Piece) -> Option<&'b str> {
        match piece {
            Piece::Known(known, _) => Some(known),
            Piece::Unknown(unknown) => match &unknown.symbol {
                Symbol::OwnAccount => Some(&self.own),
                Symbol::Partition => Some(self.partition()),
                Symbol::Region => self.setting.region.as_deref(),
                Symbol::UrlSuffix => Some(match self.partition() {
                    "aws-cn" => "amazonaws.com.cn",
                    "aws-eusc" => "amazonaws.eu",
                    _ => "amazonaws.com",
                }),
                _ => None,
            },
        }
    }
}
