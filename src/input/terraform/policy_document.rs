//! `data.aws_iam_policy_document`: from its arguments to its JSON.

use crate::source::{Problem, Span};
use crate::value::Value;

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

/// Renders the document. `arguments` is an object with the data source's arguments; nested blocks (`statement`,
/// `principals`, `not_principals`, `condition`) are tuples of objects under their block type's name, in order; a list
/// of blocks that is not fully known is a tuple that is `open`.
pub(super) fn render(_arguments: &Value, _span: Span) -> Rendered {
    todo!()
}
