//! What follows a term: `.name`, `.0`, `[index]`, splats.
//!
//! What is easy to get wrong: after `[*]` every further step belongs to the elements; after `.*` only names and
//! numbers do, and a bracket applies to the whole result (HCL specification, "Splat Operators").

use super::cursor::{Node, Parsed, Parser};
use super::tree::{Expr, ExprKind, Splat, Traverse};

/// One step as read, before it is known what it is taken of.
enum Step {
    One(Traverse),
    Splat { legacy: bool },
}

impl Parser<'_> {
    /// A term with its steps.
    pub(super) fn traversed(&mut self, what: &str) -> Parsed<Node> {
        let start = self.pos;
        let mut node = self.term(what)?;
        let mut end = self.pos;
        loop {
            let mut below = 0;
            let Some(step) = self.step(&mut below)? else {
                self.pos = end;
                return Ok(node);
            };
            let source = node.within(&mut below);
            let kind = match step {
                Step::One(Traverse::Attr(name)) => ExprKind::Attr(source.into(), name),
                Step::One(Traverse::Index(index)) => ExprKind::Index(source.into(), index.into()),
                Step::One(Traverse::Splat(each)) => {
                    ExprKind::Splat(Splat { source, each, legacy: false }.into())
                }
                Step::Splat { legacy } => {
                    let each = self.nested(|parser| parser.steps_of_each(legacy, &mut below))?;
                    ExprKind::Splat(Splat { source, each, legacy }.into())
                }
            };
            end = self.pos;
            let span = self.since(start);
            node = self.node(kind, span, below)?;
        }
    }

    /// The steps taken of each element after a splat.
    fn steps_of_each(&mut self, legacy: bool, below: &mut usize) -> Parsed<Vec<Traverse>> {
        let mut each = Vec::new();
        let mut end = self.pos;
        loop {
            self.skip();
            if legacy && self.peek() == Some(b'[') {
                break;
            }
            let at = self.pos;
            match self.step(below)? {
                None => break,
                Some(Step::One(step)) => each.push(step),
                Some(Step::Splat { .. }) if legacy => {
                    return Err(self.mistake_help(
                        at..self.pos,
                        "a `.*` splat cannot stand inside another",
                        "write `[*]` for both",
                    ));
                }
                Some(Step::Splat { legacy }) => {
                    each.push(Traverse::Splat(self.nested(|parser| parser.steps_of_each(legacy, below))?));
                }
            }
            end = self.pos;
        }
        self.pos = end;
        Ok(each)
    }

    /// The next step, if there is one.
    fn step(&mut self, below: &mut usize) -> Parsed<Option<Step>> {
        self.skip();
        match self.peek() {
            // `...` after an argument or a value is no step.
            Some(b'.') if self.byte(1) != Some(b'.') => {
                self.pos += 1;
                self.dotted().map(Some)
            }
            Some(b'[') => self.bracketed(below).map(Some),
            _ => Ok(None),
        }
    }

    fn dotted(&mut self) -> Parsed<Step> {
        self.skip();
        let start = self.pos;
        if self.eat("*") {
            return Ok(Step::Splat { legacy: true });
        }
        if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            let digits = self.number_text();
            if digits.contains('.') {
                return Err(self.mistake_help(
                    start..self.pos,
                    "two indices cannot be chained with dots",
                    "write them in brackets: `[0][0]`",
                ));
            }
            let index = Expr { kind: ExprKind::Number(digits.into()), span: self.since(start) };
            return Ok(Step::One(Traverse::Index(index)));
        }
        self.expect_ident("an attribute's name, an index or `*` after the dot")
            .map(|name| Step::One(Traverse::Attr(name)))
    }

    fn bracketed(&mut self, below: &mut usize) -> Parsed<Step> {
        let open = self.pos;
        self.pos += 1;
        self.with_newlines(false, |parser| {
            parser.skip();
            if parser.eat("*") {
                parser.close("]", "`]` after the splat's `*`", open)?;
                return Ok(Step::Splat { legacy: false });
            }
            let index = parser.expr("an index")?.within(below);
            parser.close("]", "`]` after the index", open)?;
            Ok(Step::One(Traverse::Index(index)))
        })
    }
}
