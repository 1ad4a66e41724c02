//! YAML with the place of every name and value.
//!
//! The grammar is granit-parser's, which never leaves this room; texts that have nothing but what is common are read by a
//! reader of our own, ten times as fast (`plain`). The schema, the tree, aliases, merge keys and the exact place of every
//! decoded character are ours. Reading goes on after a mistake: the rest of the broken document
//! is unknown (its unfinished mappings and lists are open), later documents are read.
//!
//! Scalars are resolved as YAML 1.1 does, which is what CloudFormation's loaders do, but never so that written
//! characters are lost: dates stay texts (`Version: 2012-10-17`), and so do sexagesimal numbers; a whole number that
//! is written with leading zeros keeps them, for it is an account id (`012345678901`). What is easy to get wrong: a
//! local tag makes its scalar a text whatever it looks like.

mod block;
mod build;
mod flow;
mod line;
mod mapping;
mod place;
#[cfg(test)]
mod places_tests;
mod plain;
#[cfg(test)]
mod plain_tests;
mod scalar;
#[cfg(test)]
mod tests;

use crate::source::{FileId, Problem, Span};
use crate::value::Value;

/// What a YAML stream holds.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// The documents. A local tag becomes a mapping of one entry: `!Sub x` is `{"!Sub": x}`, its name's span the tag.
    pub documents: Vec<Value>,
    /// The comments.
    pub comments: Vec<Span>,
    /// Mistakes: duplicate keys, broken documents, limits.
    pub problems: Vec<Problem>,
}

/// Reads a YAML file.
pub fn parse(file: FileId, text: &str) -> Stream {
    build::stream(file, text)
}
