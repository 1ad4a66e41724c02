//! `data.aws_iam_policy_document`: from its arguments to its JSON.
//!
//! The provider builds a document from source documents, the `statement` blocks and override documents, merges them by
//! Sid and prints the result in an order of its own (provider source, `iam/policy_document_data_source.go` and
//! `iam/policy_model.go`). The result here is the same text, and the text remembers the document in which every
//! element stands at the characters it was written with. What is easy to get wrong: text from the blocks is sorted and
//! rewritten, text from source and override documents mostly is not.

mod block;
mod foreign;
mod merge;

use super::alternative::{self, undecided};
use super::json::{Layout, encode};
use super::types::{Type, convert};
use crate::source::{Problem, ProblemKind, Span};
use crate::value::{
    Branch, Entry, Kind, List, ListKind, Map, MapKind, Name, Reason, Symbol, Text, Unknown, Value,
};
use std::sync::Arc;

/// What the data source computes.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    /// `json`: a text that remembers the document it encodes ([`Text::encoding`](crate::value::Text::encoding)), so
    /// that spans, trails and unknown parts of every element survive.
    pub json: Value,
    /// `minified_json`, likewise.
    pub minified_json: Value,
    /// Mistakes that Terraform would report, and things that the provider drops or widens silently.
    pub problems: Vec<Problem>,
}

/// A document on its way to be printed.
#[derive(Default)]
struct Document {
    version: Option<Value>,
    id: Option<Value>,
    statements: Vec<Statement>,
    /// Set when there may be statements that are not known.
    open: Option<Unknown>,
}

/// A statement, its elements in the order they are printed.
struct Statement {
    /// Its Sid, when it is not blank.
    sid: Option<Text>,
    value: Value,
}

/// Renders the document. `arguments` is an object with the data source's arguments; nested blocks (`statement`,
/// `principals`, `not_principals`, `condition`) are tuples of objects under their block type's name, in order; a list
/// of blocks that is not fully known is a tuple that is `open`.
pub(super) fn render(arguments: &Value, span: Span) -> Rendered {
    let sources = documents(arguments, "source_policy_documents");
    let overrides = documents(arguments, "override_policy_documents");
    let statements = arguments.get("statement").cloned().unwrap_or_else(|| Value::tuple(Vec::new(), span));
    let mut operands = vec![statements];
    operands.extend(sources.items.iter().chain(&overrides.items).map(foreign::lifted));
    let mut problems = Vec::new();
    let mut build = |operands: &[Value]| {
        let (statements, documents) = operands.split_first().unwrap_or((arguments, &[]));
        let (first, last) = documents.split_at(sources.items.len().min(documents.len()));
        let parts = Parts {
            arguments,
            statements,
            sources: first,
            overrides: last,
            open: [&sources.open, &overrides.open],
        };
        let (document, found) = merge::build(&parts, span);
        for problem in found {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        Ok(document)
    };
    let document = match alternative::each(&operands, span, &mut build) {
        Some(document) => document,
        None => build(&operands),
    };
    let document =
        document.unwrap_or_else(|problem: Problem| Value::unknown(Reason::InError, &*problem.message, span));
    let secret = arguments.holds_secret();
    let mut text = |layout| match printed(&document, layout, span) {
        Ok(value) => Value { secret, ..value },
        Err(problem) => {
            let unknown = Value::unknown(Reason::Limit, "aws_iam_policy_document", span);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
            unknown
        }
    };
    let (json, minified_json) = (text(Layout::Indented), text(Layout::Compact));
    Rendered { json, minified_json, problems }
}

/// What a document is made of, alternatives decided.
struct Parts<'a> {
    arguments: &'a Value,
    statements: &'a Value,
    sources: &'a [Value],
    overrides: &'a [Value],
    /// Set when there may be more source documents and more override documents.
    open: [&'a Option<Unknown>; 2],
}

/// The documents of `source_policy_documents` or `override_policy_documents`.
fn documents(arguments: &Value, name: &str) -> List {
    let mut list = List { kind: ListKind::Tuple, items: Vec::new(), open: None };
    match arguments.get(name) {
        None => {}
        Some(value) => match &value.kind {
            Kind::List(given) => list = (**given).clone(),
            Kind::Null => {}
            _ => list.open = undecided(value),
        },
    }
    list
}

/// The text of a document, or of each of its alternatives.
fn printed(document: &Value, layout: Layout, span: Span) -> Result<Value, Problem> {
    let kind = match &document.kind {
        Kind::OneOf(branches) => {
            let mut texts = Vec::new();
            for branch in branches.iter() {
                texts
                    .push(Branch { when: branch.when.clone(), value: printed(&branch.value, layout, span)? });
            }
            Kind::OneOf(texts.into())
        }
        Kind::Unknown(unknown) => Kind::Unknown(unknown.clone()),
        _ => Kind::Text(encode(document, layout, span)?),
    };
    Ok(Value::new(kind, span))
}

fn wrong(span: Span, message: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Evaluation, span, message)
}

/// An entry of the printed document whose name is ours; it stands where the value was given a name.
fn entry(name: &str, span: Span, value: Value) -> Entry {
    Entry { name: Name { text: Text::made(name, span), span }, value }
}

fn object(entries: Vec<Entry>, open: Option<Unknown>, like: &Value) -> Value {
    let map = Map { kind: MapKind::Object, entries, open };
    Value { kind: Kind::Map(Arc::new(map)), ..like.clone() }
}

fn tuple(items: Vec<Value>, open: Option<Unknown>, like: &Value) -> Value {
    let list = List { kind: ListKind::Tuple, items, open };
    Value { kind: Kind::List(Arc::new(list)), ..like.clone() }
}

/// A value that is not known because it is in error.
fn in_error(problem: &Problem, like: &Value) -> Value {
    let unknown = Unknown {
        reason: Reason::InError,
        name: problem.message.as_str().into(),
        span: problem.span,
        symbol: Symbol::Anything,
    };
    Value { kind: Kind::Unknown(unknown), ..like.clone() }
}

/// A value as a text; what cannot be one is a problem and not known.
fn text_of(value: &Value, problems: &mut Vec<Problem>) -> Value {
    convert(value, &Type::String).unwrap_or_else(|problem| {
        let unknown = in_error(&problem, value);
        problems.push(problem);
        unknown
    })
}

/// The order in which the provider sorts texts: descending by bytes; what is not known comes last, as written.
fn descending(items: &mut [Value]) {
    let known = |value: &Value| value.as_text().and_then(Text::known);
    items.sort_by(|left, right| match (known(left), known(right)) {
        (Some(left), Some(right)) => right.cmp(&left),
        (left, right) => right.is_some().cmp(&left.is_some()),
    });
}
