//! One tree for every notation.
//!
//! HCL, JSON, YAML and plans all become [`Value`]s: plain data in which every scalar knows the characters that it was
//! written with, every value the way that it came ([`Trail`]), and what cannot be known is a value too
//! ([`Unknown`]). Clones are cheap: what is large is shared.
//!
//! This room evaluates nothing and knows neither Terraform nor IAM. What is easy to get wrong: a text that is partly
//! unknown is a [`Text`] with an unknown piece, not an [`Unknown`], and an undecided conditional is a
//! [`Kind::OneOf`], not an unknown either: both still say a lot.

mod number;
mod pieces;
mod place;
mod put;
mod text;
mod tree;
mod types;
mod unknown;

pub use number::Number;
pub use place::{Place, Places};
pub use put::Put;
pub use text::{Piece, Text};
pub(crate) use tree::consistent;
pub use tree::{Assumption, Branch, Entry, Kind, List, ListKind, Map, MapKind, Name, Value};
pub use types::{Member, Type};
pub use unknown::{DEFAULT_HERE, Default, Reason, Step, Symbol, Trail, Unknown, by_key, key_needed};
