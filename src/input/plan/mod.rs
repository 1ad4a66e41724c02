//! Terraform plans, as `terraform show -json` prints them.

use crate::key::Declared;
use crate::source::{FileId, SourceMap};

/// Whether a text looks like a plan (cheap, by content).
pub fn recognises(_text: &str) -> bool {
    todo!()
}

/// Reads the plan in `file`. With `source`, what the plan's source directory declares, findings point into the source
/// and policies that are unknown in the plan are taken from it.
pub fn load(_map: &SourceMap, _file: FileId, _source: Option<Declared>) -> Declared {
    todo!()
}
