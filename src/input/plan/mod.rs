//! Terraform plans, as `terraform show -json` prints them.
//!
//! A plan says what will be there after the apply, so its values come before those of the source; the source, where
//! it is given, says where they were written and what the plan could not say yet. What is easy to get wrong:
//! sensitive values stand in a plan in clear, and nothing of them may be shown.

mod address;
mod configuration;
mod identifier;
mod keys;
mod origin;
mod pointer;
mod shape;
mod stream;
#[cfg(test)]
mod tests;
mod users;

use crate::key::Declared;
use crate::source::{FileId, Problem, ProblemKind, SourceMap, Span};
use configuration::Configuration;
use memchr::memmem;

/// Whether a text looks like a plan (cheap, by content): an object with `format_version` and what only plans have.
pub fn recognises(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let holds = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    text.starts_with('{')
        && holds("\"format_version\"")
        && (holds("\"resource_changes\"") || holds("\"planned_values\""))
}

/// Reads the plan in `file`. With `source`, what the plan's source directory declares, findings point into the source
/// and policies that are unknown in the plan are taken from it.
pub fn load(map: &SourceMap, file: FileId, source: Option<Declared>) -> Declared {
    let text = map.file(file);
    let mut declared = match stream::outline(file, text.text()) {
        Ok(outline) => read(file, text.text(), outline),
        Err(problem) => Declared { problems: vec![problem], ..Declared::default() },
    };
    if let Some(source) = source {
        origin::point_into(&mut declared, source);
    }
    declared.keys.sort_by_cached_key(|key| (map.path(key.span.file), key.span.start, key.address.clone()));
    declared
}

fn read(file: FileId, text: &str, outline: stream::Outline<'_>) -> Declared {
    let configuration = outline.configuration.and_then(Configuration::read);
    let mut reading = keys::Reading::new(file, text, configuration);
    reading.declared.problems.extend(partial(file, &outline));
    reading.changes(outline.resource_changes.map(|changes| changes.0).unwrap_or_default());
    reading.declared
}

/// A plan that does not say all: Terraform stopped in the middle, or was told to leave something out.
fn partial(file: FileId, outline: &stream::Outline<'_>) -> Option<Problem> {
    let message = if outline.errored == Some(true) {
        "the plan is partial: planning ended with an error"
    } else if outline.complete == Some(false) {
        "the plan is partial: something was left out of it or put off"
    } else {
        return None;
    };
    let help = "judge a complete plan as well: one without `-target`, made without errors";
    Some(Problem::new(ProblemKind::Partial, Span::start_of(file), message).help(help))
}
