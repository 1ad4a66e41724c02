//! placeholder
use crate::source::Problem;
use crate::syntax::hcl::Body;
use crate::value::Value;
pub(super) fn body(_value: &Value) -> (Body, Vec<Problem>) {
    todo!()
}
