//! HCL as Terraform reads it.
//!
//! A hand-written, linear, recovering parser: one mistake costs one attribute or block, not the file. It accepts what
//! Terraform accepts. It evaluates nothing. What is easy to get wrong: newlines end an attribute at the top of a
//! body but mean nothing inside brackets.

mod tree;

pub use tree::*;

use crate::source::{FileId, Problem, Span};
use crate::value::Text;

/// A file as parsed.
#[derive(Clone, Debug)]
pub struct File {
    /// What could be read.
    pub body: Body,
    /// Comments, without their line break.
    pub comments: Vec<Span>,
    /// Mistakes, each with its place.
    pub problems: Vec<Problem>,
}

/// Parses a `.tf`, `.tofu` or `.tfvars` file.
pub fn parse(_file: FileId, _text: &str) -> File {
    todo!()
}

/// Parses a template (`templatefile`, strings of `.tf.json`), given as a text that knows its places. `whole` is the
/// place of the text as such (with quotes), which an empty text cannot tell.
pub fn parse_template(_text: &Text, _whole: Span) -> Result<Template, Problem> {
    todo!()
}

/// Parses one expression, given as a text that knows its places (`console`, `--var`); `whole` as above.
pub fn parse_expression(_text: &Text, _whole: Span) -> Result<Expr, Problem> {
    todo!()
}
