//! Values read as policies.

use super::{Document, PolicyKind};
use crate::source::Problem;
use crate::value::{Text, Value};

/// Reads a value as a policy whose texts are decoded already ([`Text::encodes`]). `None` when no policy is stated
/// (null, or a blank text: the service's default holds).
pub fn read(value: &Value, kind: PolicyKind) -> Option<Document> {
    read_with(value, kind, &|_| todo!())
}

/// Reads a value as a policy; `decode` reads a JSON text that was not made by encoding a value.
pub fn read_with(
    _value: &Value,
    _kind: PolicyKind,
    _decode: &dyn Fn(&Text) -> Result<Value, Problem>,
) -> Option<Document> {
    todo!()
}
