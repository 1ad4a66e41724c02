//! The parser's place in its text: blanks, comments, line breaks, and what to say when something else was expected.

use super::origin::Origin;
use super::tree::{Expr, Ident};
use crate::source::{Limits, Problem, ProblemKind, Span};
use std::ops::Range;

/// Parsing of an attribute, block or template stopped; the problem has been noted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stop;

/// A result of parsing.
pub(super) type Parsed<T> = Result<T, Stop>;

/// An expression and how tall its tree is: long chains make tall trees without nesting, and whoever walks the tree
/// recurses.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) expr: Expr,
    pub(super) height: usize,
}

impl Node {
    /// The expression, its height noted as that of a child.
    pub(super) fn within(self, tallest: &mut usize) -> Expr {
        *tallest = self.height.max(*tallest);
        self.expr
    }
}

/// The state of parsing.
#[derive(Debug)]
pub(super) struct Parser<'a> {
    /// The text up to where it is read.
    pub(super) text: &'a str,
    /// Offset of the next byte.
    pub(super) pos: usize,
    /// Whether a line break means something here.
    pub(super) newlines: bool,
    /// Brackets, blocks and templates that are open.
    pub(super) depth: usize,
    /// Where the text stands.
    pub(super) origin: Origin<'a>,
    pub(super) comments: Vec<Span>,
    /// Offset behind the last comment noted: text may be read twice, its comments count once.
    commented: usize,
    /// The length of the text when a comment was found to have no end in it.
    unclosed: Option<usize>,
    pub(super) problems: Vec<Problem>,
    /// Bytes that recovery read a second time.
    pub(super) reread: usize,
    /// How often a byte was looked at, the measure of work that tests take.
    #[cfg(test)]
    pub(super) looks: std::cell::Cell<usize>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str, origin: Origin<'a>) -> Self {
        Self {
            text,
            pos: 0,
            newlines: true,
            depth: 0,
            origin,
            comments: Vec::new(),
            commented: 0,
            unclosed: None,
            problems: Vec::new(),
            reread: 0,
            #[cfg(test)]
            looks: std::cell::Cell::default(),
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.byte(0)
    }

    /// The byte `ahead` of the next one.
    pub(super) fn byte(&self, ahead: usize) -> Option<u8> {
        #[cfg(test)]
        self.looks.set(self.looks.get() + 1);
        self.text.as_bytes().get(self.pos + ahead).copied()
    }

    pub(super) fn rest(&self) -> &'a str {
        self.slice(self.pos..self.text.len())
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    pub(super) fn span(&self, range: Range<usize>) -> Span {
        self.origin.span(range)
    }

    /// The place from `start` up to here.
    pub(super) fn since(&self, start: usize) -> Span {
        self.span(start..self.pos)
    }

    /// Skips blanks, comments and, where they mean nothing, line breaks.
    pub(super) fn skip(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' => self.pos += 1,
                b'\n' if !self.newlines => self.pos += 1,
                b'\r' if !self.newlines && self.byte(1) == Some(b'\n') => self.pos += 2,
                b'#' => self.line_comment(),
                b'/' if self.byte(1) == Some(b'/') => self.line_comment(),
                b'/' if self.byte(1) == Some(b'*') => {
                    let Some(end) = self.comment_end() else { return };
                    self.comment(end);
                }
                _ => return,
            }
        }
    }

    /// The end of the `/*` comment that begins here, if it has one; a search without success is not made twice.
    fn comment_end(&mut self) -> Option<usize> {
        if self.unclosed == Some(self.text.len()) {
            return None;
        }
        let length = memchr::memmem::find(self.rest().as_bytes(), b"*/");
        if length.is_none() {
            self.unclosed = Some(self.text.len());
        }
        length.map(|length| self.pos + length + 2)
    }

    fn line_comment(&mut self) {
        let end = self.line_end();
        let end = if self.slice(self.pos..end).ends_with('\r') { end - 1 } else { end };
        self.comment(end);
    }

    fn comment(&mut self, end: usize) {
        if self.pos >= self.commented {
            self.comments.push(self.span(self.pos..end));
            self.commented = end;
        }
        self.pos = end;
    }

    /// Offset of the next line feed, or of the end.
    pub(super) fn line_end(&self) -> usize {
        memchr::memchr(b'\n', self.rest().as_bytes()).map_or(self.text.len(), |length| self.pos + length)
    }

    /// Takes a line break, if one is next (after blanks).
    pub(super) fn line_break(&mut self) -> bool {
        self.skip();
        self.eat("\n") || self.eat("\r\n")
    }

    /// Takes `token` if it is next, without skipping anything.
    pub(super) fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().as_bytes().starts_with(token.as_bytes());
        if found {
            self.pos += token.len();
        }
        found
    }

    /// Skips blanks and takes `token`; otherwise it is a mistake that `what` was expected.
    pub(super) fn expect(&mut self, token: &str, what: &str) -> Parsed<()> {
        self.skip();
        if self.eat(token) { Ok(()) } else { Err(self.expected(what)) }
    }

    /// As [`Self::expect`], for the bracket that closes the one at `open`.
    pub(super) fn close(&mut self, token: &str, what: &str, open: usize) -> Parsed<()> {
        self.skip();
        if self.eat(token) {
            return Ok(());
        }
        let opened = self.span(open..open + 1);
        let stop = self.expected(what);
        self.label_last(opened, "opened here");
        Err(stop)
    }

    /// The length of the identifier that is next, 0 for none. Identifiers are Unicode's, with `-` inside.
    pub(super) fn ident_len(&self) -> usize {
        let rest = self.rest();
        match rest.as_bytes().first() {
            Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' || *byte >= 0x80 => {}
            _ => return 0,
        }
        if !rest.starts_with(|first: char| first.is_alphabetic() || first == '_') {
            return 0;
        }
        rest.find(|next: char| !(next.is_alphanumeric() || next == '_' || next == '-' || is_mark(next)))
            .unwrap_or(rest.len())
    }

    /// Takes the identifier that is next (nothing is skipped).
    pub(super) fn ident(&mut self) -> Option<Ident> {
        let length = self.ident_len();
        if length == 0 {
            return None;
        }
        let range = self.pos..self.pos + length;
        self.pos += length;
        Some(Ident { text: self.slice(range.clone()).into(), span: self.span(range) })
    }

    /// Skips blanks and takes an identifier; otherwise it is a mistake that `what` was expected.
    pub(super) fn expect_ident(&mut self, what: &str) -> Parsed<Ident> {
        self.skip();
        self.ident().ok_or_else(|| self.expected(what))
    }

    /// Takes the word `word` if it is the identifier that is next.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.ident_len() == word.len() && self.rest().starts_with(word);
        if found {
            self.pos += word.len();
        }
        found
    }

    /// Runs `inner` with line breaks meaning something or nothing.
    pub(super) fn with_newlines<T>(&mut self, newlines: bool, inner: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.newlines, newlines);
        let outcome = inner(self);
        self.newlines = outer;
        outcome
    }

    /// Runs `inner` one level deeper, within the limit.
    pub(super) fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= Limits::DEFAULT.depth {
            return Err(self.too_deep(self.pos));
        }
        self.depth += 1;
        let outcome = inner(self);
        self.depth -= 1;
        outcome
    }

    /// An expression over children of which the tallest is `below` high, within the limit.
    pub(super) fn node(&mut self, kind: super::tree::ExprKind, span: Span, below: usize) -> Parsed<Node> {
        if below >= Limits::DEFAULT.depth {
            return Err(self.too_deep(self.pos));
        }
        Ok(Node { expr: Expr { kind, span }, height: below + 1 })
    }

    pub(super) fn too_deep(&mut self, at: usize) -> Stop {
        let most = Limits::DEFAULT.depth;
        let message = format!("is nested or chained more than {most} levels deep and was not read");
        self.note(Problem::new(ProblemKind::Limit, self.span(at..at), message))
    }

    pub(super) fn note(&mut self, problem: Problem) -> Stop {
        self.problems.push(problem);
        Stop
    }

    pub(super) fn label_last(&mut self, span: Span, fact: &str) {
        if let Some(problem) = self.problems.pop() {
            self.problems.push(problem.label(span, fact));
        }
    }

    /// A mistake at `range`.
    pub(super) fn mistake(&mut self, range: Range<usize>, message: impl Into<String>) -> Stop {
        self.note(Problem::new(ProblemKind::Syntax, self.span(range), message))
    }

    /// A mistake at `range` with an advice.
    pub(super) fn mistake_help(&mut self, range: Range<usize>, message: &str, help: &str) -> Stop {
        self.note(Problem::new(ProblemKind::Syntax, self.span(range), message).help(help))
    }

    /// What stands here is not `what`.
    pub(super) fn expected(&mut self, what: &str) -> Stop {
        let (length, found) = self.found();
        let mut problem = Problem::new(
            ProblemKind::Syntax,
            self.span(self.pos..self.pos + length),
            format!("expected {what}, found {found}"),
        );
        let advice = match self.peek() {
            Some(b'\'') => Some("write texts in double quotes"),
            Some(b';') => Some("end the line instead; arguments stand on lines of their own"),
            Some(b'/') if self.byte(1) == Some(b'*') => Some("close the comment with `*/`"),
            _ => None,
        };
        problem.help = advice.map(str::to_owned);
        self.note(problem)
    }

    /// The length of what is next, and what to call it.
    fn found(&self) -> (usize, String) {
        let rest = self.rest();
        let length = match self.ident_len() {
            0 => rest.chars().next().map_or(0, char::len_utf8),
            length => length,
        };
        match rest.as_bytes().first() {
            None => (0, "the end of the text".to_owned()),
            Some(b'\n' | b'\r') => (length, "the end of the line".to_owned()),
            Some(b'`') => (1, "a backtick".to_owned()),
            Some(_) => {
                let shown: String = self.slice(self.pos..self.pos + length).chars().take(40).collect();
                (length, format!("`{shown}`"))
            }
        }
    }
}

/// Combining marks, which Unicode lets continue an identifier.
fn is_mark(next: char) -> bool {
    !next.is_ascii() && unicode_normalization::char::is_combining_mark(next)
}
