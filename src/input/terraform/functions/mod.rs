//! Terraform's built-in functions, one file per family.
//!
//! Functions take evaluated values and give a value. What is easy to get wrong: an unknown argument makes most
//! results unknown, but not all (`length`, `merge`, `concat`, `startswith` know more). `try`, `can`, `templatefile` and
//! `templatestring` belong to the evaluator, which alone can catch errors and evaluate templates.

mod arithmetic;
mod choice;
mod convert;
mod digest;
mod encoding;
mod file;
mod format;
mod letter;
mod list;
mod mapping;
mod network;
mod pattern;
mod set;
mod signature;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod verb;
mod yaml;
mod yamlencode;

use crate::source::{Problem, Span};
use crate::value::{Reason, Text, Value};
use signature::Function;

/// What a function may ask of its surroundings.
pub(super) trait Host {
    /// A file's text, by a path as Terraform takes it (relative to the root module's directory).
    fn file(&self, path: &str, at: Span) -> Result<Text, Problem>;
    /// A file's bytes.
    fn bytes(&self, path: &str, at: Span) -> Result<Vec<u8>, Problem>;
    /// Whether there is such a file.
    fn exists(&self, path: &str) -> bool;
    /// The files below a directory, relative to it, with `/`, sorted.
    fn walk(&self, dir: &str) -> Vec<String>;
}

/// One call of a function.
pub(super) struct Call<'a> {
    /// The function's name.
    pub name: &'a str,
    /// The whole call.
    pub span: Span,
    /// The evaluated arguments, each with the span of its expression or its origin.
    pub args: &'a [Value],
    /// Files.
    pub host: &'a dyn Host,
}

/// The rows of every family.
const FAMILIES: &[&[Function]] = &[
    convert::ROWS,
    encoding::ROWS,
    list::ROWS,
    mapping::ROWS,
    set::ROWS,
    choice::ROWS,
    text::ROWS,
    letter::ROWS,
    pattern::ROWS,
    format::ROWS,
    arithmetic::ROWS,
    digest::ROWS,
    file::ROWS,
    network::ROWS,
    time::ROWS,
    yaml::ROWS,
    yamlencode::ROWS,
];

/// Calls a built-in function. `None`: there is no function of that name.
///
/// Names of the `core::` namespace are the same functions; those of providers are not evaluated here.
pub(super) fn call(call: &Call<'_>) -> Option<Result<Value, Problem>> {
    if call.name.starts_with("provider::") {
        return Some(Ok(Value::unknown(Reason::NotEvaluated, call.name, call.span)));
    }
    Some(named(call.name)?.call(call))
}

/// Whether a function's result is a text, whatever it is given.
pub(super) fn gives_text(name: &str) -> bool {
    named(name).is_some_and(|function| function.text)
}

fn named(name: &str) -> Option<&'static Function> {
    let name = name.strip_prefix("core::").unwrap_or(name);
    FAMILIES.iter().flat_map(|family| family.iter()).find(|function| function.name == name)
}
