//! Files that hold one policy document.

use crate::policy::{Document, PolicyKind, read_with};
use crate::source::{FileId, Limits, Problem, SourceMap};
use crate::syntax::json::{parse_file, parse_text};
use crate::value::Value;
use std::io::Read as _;

/// Reads a file as text into the map; `-` is standard input.
pub(super) fn read_text(path: &str, map: &SourceMap) -> Result<FileId, String> {
    let told = |error: std::io::Error| format!("`{path}` cannot be read: {error}");
    let most = Limits::DEFAULT.file_bytes;
    let mut text = String::new();
    let read = if path == "-" {
        std::io::stdin().lock().take(most + 1).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most + 1).read_to_string(&mut text))
    };
    read.map_err(told)?;
    if text.len() as u64 > most {
        return Err(format!("`{path}` is larger than {most} bytes"));
    }
    Ok(map.add(if path == "-" { "<stdin>" } else { path }, text))
}

/// Reads a policy document from a JSON file.
pub(super) fn read(path: &str, kind: PolicyKind, map: &SourceMap) -> Result<Document, String> {
    let file = read_text(path, map)?;
    let text = map.file(file).text().clone();
    let value = parse_file(file, &text, 0..text.len()).map_err(|problem| told(&problem, map))?;
    if !is_policy(&value) {
        return Err(format!("`{path}` is not a policy document: it has no `Statement`"));
    }
    document(&value, kind).ok_or_else(|| format!("`{path}` states no policy"))
}

/// Whether a JSON value is a policy document as it stands.
pub(super) fn is_policy(value: &Value) -> bool {
    value.get("Statement").is_some()
}

/// A value read as a policy, JSON texts included.
pub(super) fn document(value: &Value, kind: PolicyKind) -> Option<Document> {
    read_with(value, kind, &|text| parse_text(text, value.span))
}

/// A mistake in a text, in one line.
pub(super) fn told(problem: &Problem, map: &SourceMap) -> String {
    format!("{}: {}", super::place::at(map, problem.span), map.discreet(&problem.message))
}
