//! Terms: literals, names, calls, brackets.

use super::cursor::{Node, Parsed, Parser};
use super::tree::{Call, Expr, ExprKind, Ident, ObjectItem, ObjectKey};

impl<'a> Parser<'a> {
    /// A term without what follows it; `what` names it where there is none.
    pub(super) fn term(&mut self, what: &str) -> Parsed<Node> {
        if let Some(head) = self.heredoc_head() {
            return self.heredoc(head);
        }
        match self.peek() {
            Some(b'"') => self.quoted(),
            Some(b'(') => self.paren(),
            Some(b'[') => self.tuple(),
            Some(b'{') => self.object(),
            Some(byte) if byte.is_ascii_digit() => self.number(),
            _ => match self.ident() {
                Some(name) => self.named(name),
                None => Err(self.expected(what)),
            },
        }
    }

    fn number(&mut self) -> Parsed<Node> {
        let start = self.pos;
        let text = self.number_text();
        let dots = text.bytes().filter(|byte| *byte == b'.').count();
        if dots > 1 || text.parse::<f64>().is_err() {
            let message = format!("`{}` is not a number", text.chars().take(40).collect::<String>());
            return Err(self.mistake(start..self.pos, message));
        }
        let span = self.since(start);
        self.node(ExprKind::Number(text.into()), span, 0)
    }

    /// The characters that HCL's scanner takes as one number: digits, dots and exponents, not ending with a dot.
    pub(super) fn number_text(&mut self) -> &'a str {
        let start = self.pos;
        let mut end = self.pos;
        while let Some(byte) = self.peek() {
            match byte {
                b'0'..=b'9' => {
                    self.pos += 1;
                    end = self.pos;
                }
                b'.' => self.pos += 1,
                b'e' | b'E' => {
                    let sign = usize::from(matches!(self.byte(1), Some(b'+' | b'-')));
                    if !self.byte(1 + sign).is_some_and(|digit| digit.is_ascii_digit()) {
                        break;
                    }
                    self.pos += 2 + sign;
                    end = self.pos;
                }
                _ => break,
            }
        }
        self.pos = end;
        self.slice(start..end)
    }

    /// A keyword, a call or the start of a reference.
    fn named(&mut self, name: Ident) -> Parsed<Node> {
        let end = self.pos;
        self.skip();
        if self.rest().starts_with("::") || self.peek() == Some(b'(') {
            return self.call(&name);
        }
        self.pos = end;
        let kind = match &*name.text {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" => ExprKind::Null,
            _ => ExprKind::Variable(name.text),
        };
        self.node(kind, name.span, 0)
    }

    fn call(&mut self, first: &Ident) -> Parsed<Node> {
        let mut text = first.text.to_string();
        let mut name = first.span;
        while self.eat("::") {
            let part = self.expect_ident("a function's name after `::`")?;
            text.push_str("::");
            text.push_str(&part.text);
            name = name.cover(part.span);
            self.skip();
        }
        if self.peek() != Some(b'(') {
            return Err(self.expected("`(` after the function's name"));
        }
        let open = self.pos;
        self.pos += 1;
        let mut below = 0;
        let (args, expand) = self.with_newlines(false, |parser| parser.arguments(open, &mut below))?;
        let end = self.span(self.pos - 1..self.pos);
        let name = Ident { text: text.into(), span: name };
        let span = name.span.cover(end);
        self.node(ExprKind::Call(Call { name, args, expand }.into()), span, below)
    }

    fn arguments(&mut self, open: usize, below: &mut usize) -> Parsed<(Vec<Expr>, bool)> {
        let mut args = Vec::new();
        loop {
            self.skip();
            if self.eat(")") {
                return Ok((args, false));
            }
            args.push(self.expr("an argument")?.within(below));
            self.skip();
            if self.eat("...") {
                self.close(")", "`)` after `...`", open)?;
                return Ok((args, true));
            }
            if !self.eat(",") {
                self.close(")", "`,` or `)` after the argument", open)?;
                return Ok((args, false));
            }
        }
    }

    fn paren(&mut self) -> Parsed<Node> {
        let open = self.pos;
        self.pos += 1;
        let mut below = 0;
        let inner = self.with_newlines(false, |parser| {
            let inner = parser.expr("an expression")?.within(&mut below);
            parser.close(")", "`)`", open).map(|()| inner)
        })?;
        let span = self.since(open);
        self.node(ExprKind::Paren(inner.into()), span, below)
    }

    fn tuple(&mut self) -> Parsed<Node> {
        let open = self.pos;
        self.pos += 1;
        let mut below = 0;
        let kind = self.with_newlines(false, |parser| {
            parser.skip();
            if parser.eat_word("for") {
                return parser.for_expr(open, false, &mut below);
            }
            parser.elements(open, &mut below)
        })?;
        let span = self.since(open);
        self.node(kind, span, below)
    }

    fn elements(&mut self, open: usize, below: &mut usize) -> Parsed<ExprKind> {
        let mut items = Vec::new();
        loop {
            self.skip();
            if self.eat("]") {
                return Ok(ExprKind::Tuple(items));
            }
            items.push(self.expr("an element")?.within(below));
            self.skip();
            if !self.eat(",") {
                self.close("]", "`,` or `]` after the element", open)?;
                return Ok(ExprKind::Tuple(items));
            }
        }
    }

    fn object(&mut self) -> Parsed<Node> {
        let open = self.pos;
        self.pos += 1;
        let mut below = 0;
        let inside = self.pos;
        let is_for = self.with_newlines(false, |parser| {
            parser.skip();
            parser.eat_word("for")
        });
        let kind = if is_for {
            self.with_newlines(false, |parser| parser.for_expr(open, true, &mut below))?
        } else {
            self.pos = inside;
            self.with_newlines(true, |parser| parser.items(open, &mut below))?
        };
        let span = self.since(open);
        self.node(kind, span, below)
    }

    /// The items of an object, separated by commas or line breaks.
    fn items(&mut self, open: usize, below: &mut usize) -> Parsed<ExprKind> {
        let mut items = Vec::new();
        loop {
            while self.line_break() {}
            if self.eat("}") {
                return Ok(ExprKind::Object(items));
            }
            let key = self.object_key(below)?;
            self.skip();
            match (self.peek(), self.byte(1)) {
                (Some(b'='), next) if next != Some(b'=') && next != Some(b'>') => self.pos += 1,
                (Some(b':'), next) if next != Some(b':') => self.pos += 1,
                _ => return Err(self.expected("`=` or `:` and the item's value")),
            }
            let value = self.expr("the item's value")?.within(below);
            items.push(ObjectItem { key, value });
            self.skip();
            if !(self.eat(",") || self.line_break()) {
                self.close("}", "`,`, the end of the line or `}` after the item", open)?;
                return Ok(ExprKind::Object(items));
            }
        }
    }

    fn object_key(&mut self, below: &mut usize) -> Parsed<ObjectKey> {
        let start = self.pos;
        if let Some(name) = self.ident() {
            self.skip();
            let next = self.byte(1);
            let separator = match self.peek() {
                Some(b'=') => next != Some(b'='),
                Some(b':') => next != Some(b':'),
                _ => false,
            };
            if separator {
                return Ok(ObjectKey::Name(name));
            }
            self.pos = start;
        }
        self.expr("an item's name or `}`").map(|key| ObjectKey::Expr(key.within(below)))
    }
}
