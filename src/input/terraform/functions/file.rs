//! Files and paths.
//!
//! What is easy to get wrong: the directory that Terraform runs in is not known here, so `abspath` of a relative path
//! is known in its last part only.

use super::signature::{Arguments, Function, Outcome, Parameter, Takes};
use crate::input::terraform::types::Type;
use crate::input::terraform::types::edge;
use crate::value::{Kind, ListKind, Reason, Symbol, Text, Unknown, Value};
use globset::GlobBuilder;

const PATH: &[Parameter] = &[Parameter::new("path", Takes::Text)];

pub(super) const ROWS: &[Function] = &[
    Function::new("file", PATH, file).text(),
    Function::new("fileexists", PATH, fileexists),
    Function::new(
        "fileset",
        &[Parameter::new("path", Takes::Text), Parameter::new("pattern", Takes::Text)],
        fileset,
    ),
    Function::new("basename", PATH, basename).text(),
    Function::new("dirname", PATH, |args| args.give_made(dirname(&args.known(0)?))).text(),
    Function::new("abspath", PATH, abspath).text(),
    Function::new("pathexpand", PATH, pathexpand).text(),
];

/// Terraform takes UTF-8 alone, though files in other encodings are read elsewhere.
fn file(args: &Arguments<'_>) -> Outcome {
    let (path, at) = (args.known(0)?, args.value(0)?.span);
    let text = args.call.host.file(&path, at)?;
    if String::from_utf8(args.call.host.bytes(&path, at)?).is_err() {
        return Err(args.wrong(0, format!("`{path}` is not UTF-8 text")));
    }
    args.give_text(text)
}

/// A directory is an error, not a no.
fn fileexists(args: &Arguments<'_>) -> Outcome {
    let path = args.known(0)?;
    let exists = args.call.host.exists(&path);
    if !exists && !args.call.host.walk(&path).is_empty() {
        return Err(args.wrong(0, format!("`{path}` is a directory, not a file")));
    }
    args.give_bool(exists)
}

/// `*` stays within a directory, `**` does not; dot files count.
fn fileset(args: &Arguments<'_>) -> Outcome {
    let (path, pattern) = (args.known(0)?, args.known(1)?);
    let pattern = pattern.strip_prefix("./").unwrap_or(&pattern);
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let glob = glob.map_err(|_| args.wrong(1, format!("`{pattern}` is not a pattern for files")))?;
    let matcher = glob.compile_matcher();
    let found = args.call.host.walk(&path).into_iter().filter(|file| matcher.is_match(file));
    let items = found.map(|file| args.make(Kind::Text(Text::made(file, args.call.span)))).collect();
    args.give_list_of(ListKind::Set, items, None, Type::String)
}

/// The last part. Where the text ends in something known, that may be enough.
fn basename(args: &Arguments<'_>) -> Outcome {
    let text = args.text(0)?;
    let end = edge(&text, false);
    let trimmed = end.trim_end_matches('/');
    let cut = text.known_len() - (end.len() - trimmed.len());
    if let Some(slash) = trimmed.rfind('/') {
        let from = text.known_len() - end.len() + slash + 1;
        return args.give_text(text.slice(from..cut));
    }
    let path = args.known(0)?;
    match (path.is_empty(), trimmed.is_empty()) {
        (true, _) => args.give_made("."),
        (_, true) => args.give_made("/"),
        _ => args.give_text(text.slice(0..cut)),
    }
}

fn dirname(path: &str) -> String {
    match path.rfind('/') {
        Some(slash) => clean(path.get(..=slash).unwrap_or("/")),
        None => ".".to_owned(),
    }
}

/// Go's `filepath.Clean`.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match (part, parts.last()) {
            ("..", Some(&last)) if last != ".." => {
                parts.pop();
            }
            ("..", None) if rooted => {}
            _ => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

fn abspath(args: &Arguments<'_>) -> Outcome {
    let path = args.known(0)?;
    let cleaned = clean(&path);
    if path.starts_with('/') {
        return args.give_made(cleaned);
    }
    // Above the working directory nothing is known.
    if cleaned == "." || cleaned.starts_with("..") {
        return Ok(elsewhere(args, "the working directory"));
    }
    under(args, "the working directory", &cleaned)
}

fn pathexpand(args: &Arguments<'_>) -> Outcome {
    let path = args.known(0)?;
    match path.strip_prefix('~') {
        Some("") => Ok(elsewhere(args, "the home directory")),
        Some(rest) if rest.starts_with('/') => {
            under(args, "the home directory", rest.trim_start_matches('/'))
        }
        _ => Ok(args.value(0)?.clone()),
    }
}

fn place(args: &Arguments<'_>, name: &str) -> Unknown {
    Unknown { reason: Reason::NotEvaluated, name: name.into(), span: args.call.span, symbol: Symbol::AnyText }
}

fn elsewhere(args: &Arguments<'_>, name: &str) -> Value {
    args.make(Kind::Unknown(place(args, name)))
}

fn under(args: &Arguments<'_>, name: &str, rest: &str) -> Outcome {
    let mut text = Text::unknown(place(args, name));
    text.push(&Text::made(format!("/{rest}"), args.call.span));
    args.give_text(text)
}
