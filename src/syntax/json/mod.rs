//! JSON with the place of every name and value.
//!
//! One strict reader (RFC 8259) for files and for documents that stand in a text: a heredoc, a quoted string, the
//! result of a `join`. There is no second way to find a place: the source's own runs are carried into every name and
//! value, so a mistake in a policy inside a string is underlined where it was typed.
//!
//! It judges no content: names that stand twice are kept in order. What is easy to get wrong: a text with an unknown
//! piece may be a different document than it seems: the piece may hold a quote or a bracket. Behind such a piece
//! nothing is called a mistake; the document, or the smallest part that is certainly one value, is unknown instead.

mod document;
mod number;
mod parse;
mod string;
#[cfg(test)]
mod tests;

pub(in crate::syntax) use number::canonical;

use crate::source::{FileId, Problem, Span};
use crate::value::{Text, Value};
use document::Document;

/// Reads a JSON document that is a file of its own (or `range` of one). A byte order mark is skipped.
///
/// # Errors
/// The first mistake, with its place; also when it is nested too deep.
pub fn parse_file(file: FileId, text: &str, range: std::ops::Range<usize>) -> Result<Value, Problem> {
    parse::document(&Document::of_file(file, text, range))
}

/// Reads a JSON document that stands in a text, perhaps with unknown pieces; `at` is the place of the text as a whole.
///
/// An unknown piece inside a JSON string is an unknown piece of that string; in the place of a value it is an unknown
/// value; in a list it stands for any number of elements, so the list is open; elsewhere in an object or list all of
/// that object or list is unknown; and where not even its end is certain, the document is.
///
/// # Errors
/// The first mistake, with its place, unless it lies behind an unknown piece that may hold a quote or a bracket; also
/// when it is nested too deep.
pub fn parse_text(text: &Text, at: Span) -> Result<Value, Problem> {
    if let Some(value) = text.encodes() {
        return Ok(value.clone());
    }
    parse::document(&Document::of_text(text, at))
}
