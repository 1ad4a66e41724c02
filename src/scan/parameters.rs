//! Files with values for the parameters of templates.
//!
//! They are named by the user and may lie anywhere. What is easy to get wrong: only where one template is looked at is a
//! value for a parameter that it does not declare a mistake.

use super::Request;
use super::unit::Unit;
use crate::input::cloudformation::Given;
use crate::source::{Limits, Problem, SourceMap};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What the files of a request give to these units, and the mistakes in them.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn parameters(
    request: &Request,
    units: &[Unit],
    map: &SourceMap,
) -> Result<(Given, Vec<Problem>), String> {
    let mut given = Given::default();
    let mut problems = Vec::new();
    for path in &request.parameters {
        let text = text(path).map_err(|error| format!("`--parameters {}`: {error}", path.display()))?;
        let file = map.add(path.to_string_lossy().replace('\\', "/"), text);
        problems.extend(given.add(map, file));
    }
    let is_template = |unit: &&Unit| matches!(unit, Unit::Template { .. } | Unit::Piped);
    let given = if units.iter().filter(is_template).count() == 1 { given.for_one() } else { given };
    Ok((given, problems))
}

fn text(path: &Path) -> Result<String, String> {
    let most = Limits::DEFAULT.file_bytes;
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    read.map_err(|error| error.to_string())?;
    if bytes.len() as u64 > most {
        return Err(format!("is larger than {most} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "is not text in UTF-8".to_owned())
}
