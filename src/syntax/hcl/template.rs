//! Templates: literal characters, `${…}` and `%{…}`, in quotes or bare.
//!
//! A template is read into flat tokens first, as HCL's own parser does: strip marks (`~`) and the indentation of
//! `<<-` work on tokens, and a heredoc's line is a token. What is easy to get wrong: a strip mark reaches to the end
//! of one token, so in a heredoc it never takes more than one line break.

use super::cursor::{Node, Parsed, Parser};
use super::literal::Literal;
use super::tree::{Expr, ExprKind, Ident, Template};
use std::ops::Range;

/// A token of a template; ranges are those of the directive.
#[derive(Debug)]
pub(super) enum Token {
    Literal(Literal),
    Interpolation(Expr),
    If(Expr, Range<usize>),
    Else(Range<usize>),
    EndIf(Range<usize>),
    For { names: (Option<Ident>, Ident), source: Expr, range: Range<usize> },
    EndFor(Range<usize>),
}

/// The tokens read so far.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) list: Vec<Token>,
    /// The height of the tallest expression.
    pub(super) below: usize,
    trim_next: bool,
}

impl Tokens {
    pub(super) fn literal(&mut self, mut literal: Literal) {
        if literal.is_empty() {
            return;
        }
        literal.normalise();
        if std::mem::take(&mut self.trim_next) {
            literal.trim_start();
        }
        self.list.push(Token::Literal(literal));
    }

    fn trim_last(&mut self) {
        if let Some(Token::Literal(literal)) = self.list.last_mut() {
            literal.trim_end();
        }
    }
}

impl Parser<'_> {
    /// `"…"`.
    pub(super) fn quoted(&mut self) -> Parsed<Node> {
        let open = self.pos;
        self.pos += 1;
        let mut tokens = Tokens::default();
        loop {
            let literal = self.quoted_literal(open)?;
            tokens.literal(literal);
            if self.eat("\"") {
                break;
            }
            self.sequence(&mut tokens)?;
        }
        self.template_node(tokens, open, false)
    }

    /// A label in quotes: a literal without interpolation.
    pub(super) fn quoted_label(&mut self) -> Parsed<Ident> {
        let open = self.pos;
        self.pos += 1;
        let mut literal = self.quoted_literal(open)?;
        if !self.eat("\"") {
            let message = "a block's label cannot hold an interpolation";
            return Err(self.mistake(self.pos..self.pos + 2, message));
        }
        literal.normalise();
        Ok(Ident { text: literal.as_str().into(), span: self.since(open) })
    }

    /// Characters up to the closing quote or the next `${` or `%{`, escapes decoded.
    fn quoted_literal(&mut self, open: usize) -> Parsed<Literal> {
        let mut literal = Literal::default();
        loop {
            let plain = self
                .rest()
                .bytes()
                .position(|byte| matches!(byte, b'"' | b'\\' | b'$' | b'%' | b'\n' | b'\r'));
            let plain = plain.unwrap_or(self.rest().len());
            literal.verbatim(self.slice(self.pos..self.pos + plain), self.pos);
            self.pos += plain;
            match self.peek() {
                Some(b'"') => return Ok(literal),
                Some(b'\\') => self.escape(&mut literal)?,
                Some(b'$' | b'%') => {
                    if self.marker(&mut literal) {
                        return Ok(literal);
                    }
                }
                found => {
                    let message = if found.is_some() {
                        "a text in quotes cannot go on in the next line"
                    } else {
                        "expected `\"` at the end of the text in quotes, found the end of the text"
                    };
                    let help = "close it with `\"`, write `\\n`, or use a heredoc for several lines";
                    let stop = self.mistake_help(self.pos..self.pos, message, help);
                    let quote = self.span(open..open + 1);
                    self.label_last(quote, "opened here");
                    return Err(stop);
                }
            }
        }
    }

    /// At `$` or `%`: whether a sequence begins. Otherwise takes the character, or `$${`, which stands for `${`.
    pub(super) fn marker(&mut self, literal: &mut Literal) -> bool {
        let (first, second, third) = (self.peek(), self.byte(1), self.byte(2));
        if second == Some(b'{') {
            return true;
        }
        if second == first && third == Some(b'{') {
            literal.made(self.slice(self.pos + 1..self.pos + 3), self.pos..self.pos + 3);
            self.pos += 3;
        } else {
            literal.verbatim(self.slice(self.pos..self.pos + 1), self.pos);
            self.pos += 1;
        }
        false
    }

    /// HCL specification, "Template literals": `\n \r \t \" \\ \uNNNN \UNNNNNNNN`.
    fn escape(&mut self, literal: &mut Literal) -> Parsed<()> {
        let start = self.pos;
        let (decoded, length) = match self.byte(1) {
            Some(b'n') => (Some('\n'), 2),
            Some(b'r') => (Some('\r'), 2),
            Some(b't') => (Some('\t'), 2),
            Some(b'"') => (Some('"'), 2),
            Some(b'\\') => (Some('\\'), 2),
            Some(b'u') => (self.code_point(4), 6),
            Some(b'U') => (self.code_point(8), 10),
            _ => (None, 2),
        };
        let Some(decoded) = decoded else {
            let end = self.text.ceil_char_boundary(start + 2);
            let help =
                "write `\\\\` for a backslash; the escapes are \\n \\r \\t \\\" \\\\ \\uNNNN and \\UNNNNNNNN";
            return Err(self.mistake_help(start..end, "this backslash begins no escape", help));
        };
        self.pos += length;
        literal.made(decoded.encode_utf8(&mut [0; 4]), start..self.pos);
        Ok(())
    }

    /// The character named by hexadecimal digits after `\u`; half a surrogate pair is none.
    fn code_point(&self, digits: usize) -> Option<char> {
        let hex = self.text.get(self.pos + 2..self.pos + 2 + digits)?;
        if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let code = u32::from_str_radix(hex, 16).ok()?;
        char::from_u32(code)
    }

    /// A template that is the whole text.
    pub(super) fn bare_template(&mut self) -> Parsed<Template> {
        let mut tokens = Tokens::default();
        while self.peek().is_some() {
            let literal = self.line_literal();
            tokens.literal(literal);
            if matches!(self.peek(), Some(b'$' | b'%')) {
                self.sequence(&mut tokens)?;
            }
        }
        let (parts, _) = self.nest(tokens)?;
        Ok(Template { parts, heredoc: false })
    }

    /// Characters up to and with the next line break, or to the next `${` or `%{`: a heredoc knows no escapes but
    /// `$${` and `%%{`.
    pub(super) fn line_literal(&mut self) -> Literal {
        let mut literal = Literal::default();
        loop {
            let rest = self.rest();
            let plain = memchr::memchr3(b'\n', b'$', b'%', rest.as_bytes());
            let plain = plain.unwrap_or(rest.len());
            literal.verbatim(self.slice(self.pos..self.pos + plain), self.pos);
            self.pos += plain;
            match self.peek() {
                None => return literal,
                Some(b'\n') => {
                    literal.verbatim("\n", self.pos);
                    self.pos += 1;
                    return literal;
                }
                Some(_) => {
                    if self.marker(&mut literal) {
                        return literal;
                    }
                }
            }
        }
    }

    /// `${…}` or `%{…}` with its strip marks.
    pub(super) fn sequence(&mut self, tokens: &mut Tokens) -> Parsed<()> {
        let open = self.pos;
        let directive = self.peek() == Some(b'%');
        self.pos += 2;
        if self.eat("~") {
            tokens.trim_last();
        }
        self.with_newlines(false, |parser| {
            let token = if directive {
                parser.directive(open, &mut tokens.below)?
            } else {
                Token::Interpolation(parser.expr("an expression")?.within(&mut tokens.below))
            };
            parser.skip();
            tokens.trim_next = parser.eat("~");
            let what = if directive { "`}` after the directive" } else { "`}` after the interpolation" };
            parser.close("}", what, open)?;
            tokens.list.push(token);
            Ok(())
        })
    }

    /// The expression made of the tokens of a template that began at `open` and ends here.
    pub(super) fn template_node(&mut self, tokens: Tokens, open: usize, heredoc: bool) -> Parsed<Node> {
        let end = self.pos;
        let (parts, below) = self.nest(tokens)?;
        let span = self.span(open..end);
        self.node(ExprKind::Template(Template { parts, heredoc }), span, below)
    }
}
