//! `[for …]` and `{for …}`.

use super::cursor::{Parsed, Parser};
use super::tree::{ExprKind, For, Ident};

impl Parser<'_> {
    /// What follows `for`, up to and with the closing bracket. `braces`: it makes an object, with a key.
    pub(super) fn for_expr(&mut self, open: usize, braces: bool, below: &mut usize) -> Parsed<ExprKind> {
        let (key_name, value_name) = self.for_names()?;
        let source = self.expr("what to go through")?.within(below);
        self.expect(":", "`:` after what the `for` goes through")?;
        let first = self.expr("the value for each element")?.within(below);
        self.skip();
        let arrow = self.pos;
        let (key, value) = if self.eat("=>") {
            if !braces {
                let help = "write `{for …}` to make an object, or only the value";
                return Err(self.mistake_help(arrow..self.pos, "a list has no keys", help));
            }
            (Some(first), self.expr("the value for each key")?.within(below))
        } else if braces {
            return Err(self.expected("`=>` and the value for each key"));
        } else {
            (None, first)
        };
        self.skip();
        let dots = self.pos;
        let group = self.eat("...");
        if group && !braces {
            let help = "grouping is for `{for …}` alone";
            return Err(self.mistake_help(dots..self.pos, "a list cannot group its values", help));
        }
        self.skip();
        let condition =
            if self.eat_word("if") { Some(self.expr("a condition")?.within(below)) } else { None };
        let (token, what) = if braces { ("}", "`if` or `}`") } else { ("]", "`if` or `]`") };
        self.close(token, what, open)?;
        Ok(ExprKind::For(For { key_name, value_name, source, key, value, group, condition }.into()))
    }

    /// `v in` or `k, v in`.
    pub(super) fn for_names(&mut self) -> Parsed<(Option<Ident>, Ident)> {
        let first = self.expect_ident("a name for each element")?;
        self.skip();
        let second = if self.eat(",") { Some(self.expect_ident("a name for each value")?) } else { None };
        self.skip();
        if !self.eat_word("in") {
            return Err(self.expected("`in` and what to go through"));
        }
        Ok(match second {
            Some(second) => (Some(first), second),
            None => (None, first),
        })
    }
}
