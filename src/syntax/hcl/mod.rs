//! HCL as Terraform reads it.
//!
//! A hand-written, linear, recovering parser: one mistake costs one attribute or block, not the file. It accepts what
//! Terraform accepts. It evaluates nothing. What is easy to get wrong: newlines end an attribute at the top of a
//! body but mean nothing inside brackets.

mod body;
mod cursor;
#[cfg(test)]
mod differential;
mod directive;
mod expr;
mod for_expr;
mod heredoc;
mod literal;
mod origin;
#[cfg(test)]
mod properties;
mod recover;
mod template;
mod term;
#[cfg(test)]
mod tests;
mod traversal;
mod tree;
mod walk;

pub use tree::*;
pub use walk::Names;

use crate::source::{FileId, Problem, ProblemKind, Span};
use crate::value::Text;
use cursor::{Parsed, Parser};
use origin::Origin;

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

/// Mistakes of one file that are told: nobody reads more, and hostile text has one in every second character.
const MISTAKES: usize = 100;

/// Parses a `.tf`, `.tofu` or `.tfvars` file.
pub fn parse(file: FileId, text: &str) -> File {
    let mut parser = Parser::new(text, Origin::File(file, 0));
    let body = parser.file();
    let mut problems = parser.problems;
    if let Some(next) = problems.get(MISTAKES).map(|next| next.span) {
        problems.truncate(MISTAKES);
        problems.push(Problem::new(
            ProblemKind::Limit,
            next,
            "the file has more mistakes, which are not told",
        ));
    }
    File { body, comments: parser.comments, problems }
}

/// Parses a template (`templatefile`, strings of `.tf.json`), given as a text that knows its places. `whole` is the
/// place of the text as such (with quotes), which an empty text cannot tell.
///
/// # Errors
/// The first mistake; or that the text is not known throughout.
pub fn parse_template(text: &Text, whole: Span) -> Result<Template, Problem> {
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method itself is not general enough")]
    part(text, whole, |parser| parser.bare_template())
}

/// Parses one expression, given as a text that knows its places (`console`, `--var`); `whole` as above. Line breaks
/// mean nothing in it.
///
/// # Errors
/// The first mistake; or that the text is not known throughout.
pub fn parse_expression(text: &Text, whole: Span) -> Result<Expr, Problem> {
    part(text, whole, |parser| {
        parser.newlines = false;
        let node = parser.expr("an expression")?;
        parser.skip();
        if parser.peek().is_some() {
            Err(parser.expected("the end of the expression"))
        } else {
            Ok(node.expr)
        }
    })
}

fn part<T>(text: &Text, whole: Span, read: impl FnOnce(&mut Parser<'_>) -> Parsed<T>) -> Result<T, Problem> {
    let unknown = || Problem::new(ProblemKind::Evaluation, whole, "is not known and cannot be parsed");
    let known = text.as_known().ok_or_else(unknown)?;
    let mut parser = Parser::new(known, Origin::of(text, whole));
    let outcome = read(&mut parser);
    outcome.map_err(|_| parser.problems.into_iter().next().unwrap_or_else(unknown))
}
