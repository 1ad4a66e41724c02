//! `%{ if }` and `%{ for }`: from flat tokens to nested parts.

use super::cursor::{Parsed, Parser};
use super::literal::Literal;
use super::template::{Token, Tokens};
use super::tree::{Expr, Ident, Part};
use crate::source::Limits;
use std::ops::Range;

/// A directive that is open.
struct Frame {
    opener: Opener,
    range: Range<usize>,
    /// Parts since the directive or its `else`.
    parts: Vec<Part>,
}

enum Opener {
    Template,
    If { condition: Expr, then: Option<Vec<Part>> },
    For { names: (Option<Ident>, Ident), source: Expr },
}

impl Parser<'_> {
    /// What stands between `%{` and `}`.
    pub(super) fn directive(&mut self, open: usize, below: &mut usize) -> Parsed<Token> {
        let word = self.expect_ident("`if`, `else`, `endif`, `for` or `endfor`")?;
        let range = open..self.pos;
        match &*word.text {
            "if" => Ok(Token::If(self.expr("a condition")?.within(below), range)),
            "else" => Ok(Token::Else(range)),
            "endif" => Ok(Token::EndIf(range)),
            "for" => {
                let names = self.for_names()?;
                let source = self.expr("what to go through")?.within(below);
                Ok(Token::For { names, source, range })
            }
            "endfor" => Ok(Token::EndFor(range)),
            _ => {
                let at = self.pos - word.text.len()..self.pos;
                let message = format!("`{}` is not a template directive", word.text);
                let help = "the directives are `if`, `else`, `endif`, `for` and `endfor`; write `%%{` for the \
                            characters themselves";
                Err(self.mistake_help(at, &message, help))
            }
        }
    }

    /// Tokens as nested parts, and the height of what is below.
    pub(super) fn nest(&mut self, tokens: Tokens) -> Parsed<(Vec<Part>, usize)> {
        let mut open = vec![Frame { opener: Opener::Template, range: 0..0, parts: Vec::new() }];
        let mut deepest = 0;
        for token in melded(tokens.list) {
            match token {
                Token::Literal(literal) => {
                    let text = literal.into_text(&self.origin);
                    push(&mut open, Part::Literal(text));
                }
                Token::Interpolation(expr) => push(&mut open, Part::Interpolation(expr)),
                Token::If(condition, range) => {
                    let opener = Opener::If { condition, then: None };
                    open.push(Frame { opener, range, parts: Vec::new() });
                }
                Token::For { names, source, range } => {
                    open.push(Frame { opener: Opener::For { names, source }, range, parts: Vec::new() });
                }
                Token::Else(range) => self.otherwise(&mut open, range)?,
                Token::EndIf(range) => self.end(&mut open, range, "endif")?,
                Token::EndFor(range) => self.end(&mut open, range, "endfor")?,
            }
            deepest = deepest.max(open.len());
            if deepest > Limits::DEFAULT.depth {
                return Err(self.too_deep(self.pos));
            }
        }
        let Some(last) = open.pop() else { return Ok((Vec::new(), 0)) };
        match last.opener {
            Opener::Template => Ok((last.parts, tokens.below + deepest)),
            Opener::If { .. } => Err(self.mistake(last.range, "this `if` has no `%{ endif }`")),
            Opener::For { .. } => Err(self.mistake(last.range, "this `for` has no `%{ endfor }`")),
        }
    }

    fn otherwise(&mut self, open: &mut [Frame], range: Range<usize>) -> Parsed<()> {
        match open.last_mut() {
            Some(Frame { opener: Opener::If { then: then @ None, .. }, parts, .. }) => {
                *then = Some(std::mem::take(parts));
                Ok(())
            }
            _ => Err(self.mistake(range, "this `else` belongs to no `if`")),
        }
    }

    fn end(&mut self, open: &mut Vec<Frame>, range: Range<usize>, word: &str) -> Parsed<()> {
        let fits = matches!(
            (open.last().map(|frame| &frame.opener), word),
            (Some(Opener::If { .. }), "endif") | (Some(Opener::For { .. }), "endfor")
        );
        let Some(frame) = open.pop().filter(|_| fits) else {
            return Err(self.mistake(range, format!("this `{word}` closes nothing that is open here")));
        };
        let part = match frame.opener {
            Opener::If { condition, then: Some(then) } => {
                Part::If { condition, then, otherwise: frame.parts }
            }
            Opener::If { condition, then: None } => {
                Part::If { condition, then: frame.parts, otherwise: Vec::new() }
            }
            Opener::For { names: (key_name, value_name), source } => {
                Part::For { key_name, value_name, source, body: frame.parts }
            }
            Opener::Template => return Ok(()),
        };
        push(open, part);
        Ok(())
    }
}

fn push(open: &mut [Frame], part: Part) {
    if let Some(frame) = open.last_mut() {
        frame.parts.push(part);
    }
}

/// Neighbouring literals as one; empty ones vanish, but a template with one beside its interpolation is still a
/// text, not the interpolated value.
fn melded(tokens: Vec<Token>) -> Vec<Token> {
    let count = tokens.len();
    let mut melded: Vec<Token> = Vec::with_capacity(count);
    for token in tokens {
        match (token, melded.last_mut()) {
            (Token::Literal(next), Some(Token::Literal(last))) => last.append(next),
            (Token::Literal(next), _) if next.is_empty() => {}
            (token, _) => melded.push(token),
        }
    }
    if count > 1 && matches!(melded.as_slice(), [Token::Interpolation(_)]) {
        melded.push(Token::Literal(Literal::default()));
    }
    melded
}
