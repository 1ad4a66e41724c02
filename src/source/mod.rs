//! The texts we read, places in them, mistakes in them.
//!
//! Everything that kmsguard says points at bytes of a text that it has read. This room holds those texts
//! ([`SourceMap`]), the places in them ([`Span`]), the only door to the file system ([`Disk`]) and the mistakes
//! found in them ([`Problem`]). Lines and columns exist here alone and are asked for at the last moment.
//!
//! It knows no notation. What is easy to get wrong: a [`FileId`] depends on the order in which threads read files,
//! so nothing may be sorted by it; sort by path.

mod disk;
mod limit;
mod map;
mod nearest;
mod problem;
mod secret;
mod span;

pub use disk::Disk;
pub use limit::Limits;
pub use map::{Position, SourceFile, SourceMap};
pub use nearest::nearest;
pub use problem::{Problem, ProblemKind};
pub use secret::HIDDEN;
pub use span::{FileId, Remark, Span};
