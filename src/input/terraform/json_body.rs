//! The JSON syntax of Terraform as a body of blocks and expressions.

use crate::source::{Problem, ProblemKind};
use crate::syntax::hcl::Body;
use crate::value::Value;

/// A `.tf.json` file's body.
pub(super) fn body(value: &Value) -> (Body, Vec<Problem>) {
    let problem = Problem::new(ProblemKind::Unreadable, value.span, "JSON configuration is not read yet");
    (Body { attributes: Vec::new(), blocks: Vec::new(), span: value.span }, vec![problem])
}
