//! Bodies: arguments and blocks, one to a line.

use super::cursor::{Parsed, Parser};
use super::tree::{Attribute, Block, Body, Expr, ExprKind, Ident};
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What an item of a body turned out to be.
enum Item {
    Attribute(Attribute),
    Block(Block),
}

impl Parser<'_> {
    /// A whole file.
    pub(super) fn file(&mut self) -> Body {
        self.eat("\u{feff}");
        let mut body = Body::empty(self.span(0..self.text.len()));
        let mut seen = FxHashMap::default();
        loop {
            self.blank_lines();
            if self.peek().is_none() || self.exhausted() {
                break;
            }
            let start = self.pos;
            let closed = self.item(&mut body, &mut seen);
            if !closed {
                self.salvage(start, &mut body);
            }
        }
        body
    }

    /// The items up to the closing brace, which is taken. `open` is the brace; the body's span includes both.
    /// Gives whether the brace was there; if not, the text is at its end.
    fn block_body(&mut self, open: usize) -> (Body, bool) {
        let mut body = Body::empty(self.since(open));
        let mut seen = FxHashMap::default();
        let closed = loop {
            self.blank_lines();
            match self.peek() {
                Some(b'}') => {
                    self.pos += 1;
                    break true;
                }
                None => break false,
                _ if self.exhausted() => break false,
                _ => {
                    if !self.item(&mut body, &mut seen) {
                        break false;
                    }
                }
            }
        };
        body.span = self.since(open);
        body.broken |= !closed;
        (body, closed)
    }

    fn blank_lines(&mut self) {
        while self.line_break() {}
    }

    /// One argument or block and the line break behind it. A mistake costs this item alone. Gives false when a block
    /// in it was still open at the end of the text.
    pub(super) fn item(&mut self, body: &mut Body, seen: &mut FxHashMap<Arc<str>, Span>) -> bool {
        let start = self.pos;
        let Ok(name) = self.item_name() else {
            self.resume(start, start);
            body.broken = true;
            return true;
        };
        self.skip();
        let outcome = if self.peek() == Some(b'=') && self.byte(1) != Some(b'=') {
            self.pos += 1;
            Ok((Item::Attribute(self.attribute(name, start)), true))
        } else {
            self.block(name, start)
        };
        match outcome {
            Ok((Item::Attribute(attribute), closed)) => {
                self.once(&attribute.name, seen);
                body.broken |= self.may_hide_items(&attribute.value);
                body.attributes.push(attribute);
                closed
            }
            Ok((Item::Block(block), closed)) => {
                body.blocks.push(block);
                closed
            }
            Err(_) => {
                self.resume(start, start);
                body.broken = true;
                true
            }
        }
    }

    /// Whether a value that could not be read goes over several lines, of which some may not have been its own.
    fn may_hide_items(&self, value: &Expr) -> bool {
        matches!(value.kind, ExprKind::Invalid)
            && memchr::memchr(b'\n', self.slice(value.span.range()).as_bytes()).is_some()
    }

    fn item_name(&mut self) -> Parsed<Ident> {
        if self.peek() == Some(b'"') {
            return Err(self.mistake_help(
                self.pos..self.pos + 1,
                "an argument's name must not be quoted",
                "write the name without quotes",
            ));
        }
        self.expect_ident("an argument or a block")
    }

    /// Terraform: "Attribute redefined".
    fn once(&mut self, name: &Ident, seen: &mut FxHashMap<Arc<str>, Span>) {
        if let Some(first) = seen.get(&name.text) {
            let first = *first;
            let message = format!("the argument `{}` was already set in this block", name.text);
            let problem = crate::source::Problem::new(crate::source::ProblemKind::Syntax, name.span, message);
            self.note(problem.label(first, "first set here").help("remove one of the two"));
        } else {
            seen.insert(name.text.clone(), name.span);
        }
    }

    /// The value of an argument and the line break behind it; [`ExprKind::Invalid`] when it could not be read.
    fn attribute(&mut self, name: Ident, start: usize) -> Attribute {
        let from = self.pos;
        let value = self.with_newlines(true, |parser| {
            let node = parser.expr("a value")?;
            let closes = parser.ends_line("the end of the line after the argument's value");
            closes.map(|()| node.expr)
        });
        let value = value.unwrap_or_else(|_| {
            self.resume(start, from);
            Expr { kind: ExprKind::Invalid, span: self.value_span(from) }
        });
        Attribute { name, value }
    }

    /// The place of a value that could not be read: from its first character to where reading goes on.
    fn value_span(&self, from: usize) -> Span {
        let text = self.slice(from..self.pos);
        let start = from + (text.len() - text.trim_start().len());
        self.span(start.min(self.pos)..(from + text.trim_end().len()).max(start.min(self.pos)))
    }

    /// Only a comment may stand before the end of the line.
    fn ends_line(&mut self, what: &str) -> Parsed<()> {
        if self.line_break() || self.peek().is_none() { Ok(()) } else { Err(self.expected(what)) }
    }

    fn block(&mut self, kind: Ident, start: usize) -> Parsed<(Item, bool)> {
        let mut labels = Vec::new();
        let mut header_end = start + kind.text.len();
        loop {
            self.skip();
            match self.peek() {
                Some(b'{') => break,
                Some(b'"') => labels.push(self.quoted_label()?),
                _ => match self.ident() {
                    Some(label) => labels.push(label),
                    None if labels.is_empty() => return Err(self.expected("`=` or `{` after the name")),
                    None => return Err(self.expected("`{` or another label")),
                },
            }
            header_end = self.pos;
        }
        let header = self.span(start..header_end);
        let open = self.pos;
        self.pos += 1;
        let (body, closed) = self.nested(|parser| parser.braces(open))?;
        let block = Block { kind, labels, body, header };
        if closed && self.ends_line("the end of the line after the block").is_err() {
            self.resume(self.pos, self.pos);
        }
        Ok((Item::Block(block), closed))
    }

    /// What stands between braces: lines, or one argument on the same line.
    fn braces(&mut self, open: usize) -> Parsed<(Body, bool)> {
        self.skip();
        if matches!(self.peek(), None | Some(b'\n' | b'\r' | b'}')) {
            return Ok(self.block_body(open));
        }
        let name = self.expect_ident("an argument or the end of the line")?;
        self.expect("=", "`=`, as a block on one line holds one argument and nothing else")?;
        let value = self.expr("a value")?.expr;
        self.close("}", "`}`, as a block on one line holds one argument and nothing else", open)?;
        let attributes = vec![Attribute { name, value }];
        Ok((Body { attributes, ..Body::empty(self.since(open)) }, true))
    }
}
