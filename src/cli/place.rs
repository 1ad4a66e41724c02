//! Places, as these commands print them: `path:line:column`, and as JSON.

use crate::access::Witness;
use crate::policy::Statement;
use crate::report::safe;
use crate::source::{SourceMap, Span};
use serde::Serialize;

/// A place with a fact about it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(super) struct Place {
    /// The file.
    path: String,
    /// From 1.
    line: usize,
    /// In characters, from 1.
    column: usize,
    /// The fact.
    fact: String,
}

impl Place {
    pub(super) fn new(map: &SourceMap, span: Span, fact: impl Into<String>) -> Self {
        let file = map.file(span.file);
        let position = file.position(span.start as usize);
        Self { path: file.path().to_owned(), line: position.line, column: position.column, fact: fact.into() }
    }

    pub(super) fn of(map: &SourceMap, witness: &Witness) -> Self {
        Self::new(map, witness.span, &*witness.fact)
    }

    /// The fact, to be changed.
    pub(super) fn fact_mut(&mut self) -> &mut String {
        &mut self.fact
    }

    /// The fact, made safe.
    pub(super) fn fact(&self) -> String {
        safe::line(&self.fact).into_owned()
    }

    /// `path:line:column`, made safe.
    pub(super) fn short(&self) -> String {
        format!("{}:{}:{}", safe::line(&self.path), self.line, self.column)
    }

    /// `path:line:column  fact`, made safe.
    pub(super) fn shown(&self) -> String {
        format!("{}:{}:{}  {}", safe::line(&self.path), self.line, self.column, safe::line(&self.fact))
    }
}

/// `path:line:column` of a span.
pub(super) fn at(map: &SourceMap, span: Span) -> String {
    let file = map.file(span.file);
    let position = file.position(span.start as usize);
    format!("{}:{}:{}", safe::line(file.path()), position.line, position.column)
}

/// A statement as people call it: by its Sid, else by its number.
pub(super) fn statement(statement: &Statement) -> String {
    match statement.sid.as_ref().map(crate::value::Text::shown).filter(|sid| !sid.is_empty()) {
        Some(sid) => format!("statement `{}`", safe::line(&sid)),
        None => format!("statement {}", statement.index + 1),
    }
}
