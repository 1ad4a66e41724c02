//! Terraform's operators on values.

use crate::source::{Problem, Span};
use crate::syntax::hcl::Operator;
use crate::value::Value;

/// `left operator right`, with unknowns; `&&` and `||` included (both sides are evaluated in Terraform 1.11).
pub(super) fn binary(_op: Operator, _left: &Value, _right: &Value, _span: Span) -> Result<Value, Problem> {
    todo!()
}

/// `!operand`, `-operand`.
pub(super) fn unary(_op: Operator, _operand: &Value, _span: Span) -> Result<Value, Problem> {
    todo!()
}
