//! Operators: conditionals, binary by precedence, unary.
//!
//! Precedence and associativity are those of the HCL native syntax specification, "Operations". What is easy to get
//! wrong: `a ? b : c ? d : e` nests to the right, everything else to the left.

use super::cursor::{Node, Parsed, Parser};
use super::tree::{ExprKind, Operator};

/// A binary operator with its precedence, from 1 (`||`) to 6 (`*`), and its length.
type Found = (Operator, u8, usize);

impl Parser<'_> {
    /// An expression; `what` names it where there is none.
    pub(super) fn expr(&mut self, what: &str) -> Parsed<Node> {
        self.nested(|parser| parser.conditional(what))
    }

    fn conditional(&mut self, what: &str) -> Parsed<Node> {
        self.skip();
        let start = self.pos;
        let condition = self.binary(1, what)?;
        let end = self.pos;
        self.skip();
        if !self.eat("?") {
            self.pos = end;
            return Ok(condition);
        }
        let mut below = 0;
        let condition = condition.within(&mut below);
        let then = self.expr("the value if the condition holds")?.within(&mut below);
        self.expect(":", "`:` and the value if the condition does not hold")?;
        let otherwise = self.expr("the value if the condition does not hold")?.within(&mut below);
        let span = self.since(start);
        self.node(ExprKind::Conditional(condition.into(), then.into(), otherwise.into()), span, below)
    }

    /// Operators of precedence `least` and above.
    fn binary(&mut self, least: u8, what: &str) -> Parsed<Node> {
        self.skip();
        let start = self.pos;
        let mut left = self.unary(what)?;
        let mut end = self.pos;
        loop {
            self.skip();
            let Some((operator, precedence, length)) = self.operator().filter(|found| found.1 >= least)
            else {
                self.pos = end;
                return Ok(left);
            };
            let operator_span = self.span(self.pos..self.pos + length);
            self.pos += length;
            let mut below = 0;
            let left_expr = left.within(&mut below);
            let right = self.binary(precedence + 1, "the operator's right side")?.within(&mut below);
            end = self.pos;
            let span = self.span(start..end);
            let kind = ExprKind::Binary(operator, operator_span, left_expr.into(), right.into());
            left = self.node(kind, span, below)?;
        }
    }

    fn operator(&self) -> Option<Found> {
        let next = self.byte(1);
        Some(match self.peek()? {
            b'|' if next == Some(b'|') => (Operator::Or, 1, 2),
            b'&' if next == Some(b'&') => (Operator::And, 2, 2),
            b'=' if next == Some(b'=') => (Operator::Equal, 3, 2),
            b'!' if next == Some(b'=') => (Operator::NotEqual, 3, 2),
            b'>' if next == Some(b'=') => (Operator::GreaterOrEqual, 4, 2),
            b'<' if next == Some(b'=') => (Operator::LessOrEqual, 4, 2),
            b'>' => (Operator::Greater, 4, 1),
            b'<' => (Operator::Less, 4, 1),
            b'+' => (Operator::Add, 5, 1),
            b'-' => (Operator::Subtract, 5, 1),
            b'*' => (Operator::Multiply, 6, 1),
            b'/' => (Operator::Divide, 6, 1),
            b'%' => (Operator::Remainder, 6, 1),
            _ => return None,
        })
    }

    fn unary(&mut self, what: &str) -> Parsed<Node> {
        self.skip();
        let start = self.pos;
        let operator = match self.peek() {
            Some(b'-') => Operator::Negate,
            Some(b'!') => Operator::Not,
            _ => return self.traversed(what),
        };
        self.pos += 1;
        let mut below = 0;
        let operand = self.nested(|parser| parser.unary("the operator's operand"))?.within(&mut below);
        let span = self.since(start);
        self.node(ExprKind::Unary(operator, operand.into()), span, below)
    }
}
