//! Heredocs: `<<MARK` and `<<-MARK`.
//!
//! The closing marker stands on a line of its own, blanks around it allowed, and that line must end with a line
//! break. `<<-` takes the smallest indentation off every line. What is easy to get wrong: lines of white space alone
//! keep all of it, and a line that begins with an interpolation counts as not indented.

use super::cursor::{Node, Parsed, Parser};
use super::template::{Token, Tokens};

/// The first line of a heredoc.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    /// Whether it is `<<-`.
    dedent: bool,
    /// The marker.
    pub(super) marker: &'a str,
    /// Offset of the first line after it.
    pub(super) body: usize,
}

impl<'a> Parser<'a> {
    /// The head of the heredoc that begins here, if one does: nothing may follow the marker on its line.
    pub(super) fn heredoc_head(&self) -> Option<Head<'a>> {
        let rest = self.rest();
        let after = rest.strip_prefix("<<")?;
        let dedent = after.starts_with('-');
        let mut ahead = Parser::new(self.text, self.origin.clone());
        ahead.pos = self.pos + 2 + usize::from(dedent);
        let start = ahead.pos;
        ahead.pos += ahead.ident_len();
        let marker = self.slice(start..ahead.pos);
        let breaks = !marker.is_empty() && (ahead.eat("\n") || ahead.eat("\r\n"));
        breaks.then_some(Head { dedent, marker, body: ahead.pos })
    }

    pub(super) fn heredoc(&mut self, head: Head<'_>) -> Parsed<Node> {
        let open = self.pos;
        self.pos = head.body;
        let mut tokens = Tokens::default();
        let mut at_line_start = true;
        loop {
            if at_line_start && self.heredoc_ends(head.marker) {
                break;
            }
            if self.peek().is_none() {
                return Err(self.heredoc_unclosed(open, head));
            }
            let literal = self.line_literal();
            at_line_start = literal.as_str().ends_with('\n');
            tokens.literal(literal);
            if !at_line_start && self.peek().is_some() {
                self.sequence(&mut tokens)?;
            }
        }
        if head.dedent {
            dedent(&mut tokens.list);
        }
        self.template_node(tokens, open, true)
    }

    /// Whether the line that starts here is the closing marker; it is taken then, without its line break.
    fn heredoc_ends(&mut self, marker: &str) -> bool {
        let end = self.line_end();
        let line = self.slice(self.pos..end);
        let ends = end < self.text.len() && line.trim() == marker;
        if ends {
            self.pos += line.trim_end().len();
            let trailing = self.pos..end;
            // Blanks behind the marker are skipped like any others.
            debug_assert!(self.slice(trailing).trim().is_empty());
        }
        ends
    }

    fn heredoc_unclosed(&mut self, open: usize, head: Head<'_>) -> super::cursor::Stop {
        let marker: String = head.marker.chars().take(40).collect();
        let last = self.text.rsplit('\n').next().unwrap_or_default();
        let help = if last.trim() == head.marker {
            "end the last line with a line break".to_owned()
        } else {
            format!("close it with a line that holds `{marker}` alone")
        };
        let message = format!("the heredoc `{marker}` is never closed");
        let range = open..head.body.saturating_sub(1).max(open);
        self.mistake_help(range, &message, &help)
    }
}

/// Takes the smallest indentation off every line; a tab counts like a blank.
fn dedent(tokens: &mut [Token]) {
    let mut least = usize::MAX;
    let mut indented = Vec::new();
    let mut at_line_start = true;
    for (index, token) in tokens.iter().enumerate() {
        let Token::Literal(literal) = token else {
            if at_line_start {
                least = 0;
            }
            at_line_start = false;
            continue;
        };
        let text = literal.as_str();
        if at_line_start {
            let line = text.trim_start();
            if !(line.is_empty() && text.ends_with('\n')) {
                least = least.min(text.chars().count() - line.chars().count());
                indented.push(index);
            }
        }
        at_line_start = text.ends_with('\n');
    }
    for index in indented {
        if let Some(Token::Literal(literal)) = tokens.get_mut(index) {
            let bytes = literal.as_str().chars().take(least).map(char::len_utf8).sum();
            literal.drop_front(bytes);
        }
    }
}
