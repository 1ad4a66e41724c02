//! Standard output and standard error: locked, buffered, and how they look.

use crate::report::Look;
use crate::report::safe;
use crate::source::{Problem, SourceMap, Span};
use serde::Serialize;
use std::fmt;
use std::io::{self, BufWriter, IsTerminal, Write};

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Writes to standard output as a whole; a reader that has gone is an error of kind `BrokenPipe`.
pub(super) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    write(&mut out)?;
    out.flush()
}

/// One line on standard error. When that is closed too there is nobody left to tell.
pub(super) fn tell(sentence: &str) {
    for line in sentence.lines() {
        let _ = writeln!(io::stderr().lock(), "{}", safe::line(line));
    }
}

/// A mistake on standard error, with its place; what may be none is a note.
pub(super) fn tell_problem(problem: &Problem, map: &SourceMap) {
    let sort = if problem.is_certain() { "error" } else { "note" };
    tell(&format!("{sort}: {} ({})", map.discreet(&problem.message), place(problem.span, map)));
    if let Some(help) = &problem.help {
        tell(&format!("help: {}", map.discreet(help)));
    }
}

/// A place for people and programs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(super) struct Place {
    /// The file, relative to the working directory.
    path: String,
    /// The line, from 1.
    line: usize,
    /// The column in characters, from 1.
    column: usize,
}

impl Place {
    /// Whether it lies in this file.
    pub(super) fn is_in(&self, path: &str) -> bool {
        self.path == path
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// Where a span starts.
pub(super) fn place(span: Span, map: &SourceMap) -> Place {
    let (start, _) = map.positions(span);
    Place { path: map.path(span.file), line: start.line, column: start.column }
}

/// How text looks on standard output.
pub(super) fn look(color: Color, quiet: bool) -> Look {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let terminal = io::stdout().is_terminal();
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let pretty = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && !dumb && !set("NO_COLOR"),
    };
    let width = terminal.then(terminal_size::terminal_size).flatten();
    Look {
        color: pretty,
        unicode: pretty,
        width: width.map(|(width, _)| usize::from(width.0).max(40)),
        quiet,
    }
}
