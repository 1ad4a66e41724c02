//! Templates of templates: Jinja, serverless placeholders and the like.

use crate::source::{FileId, Problem, ProblemKind, Span};
use memchr::memmem;

/// Replaces the syntax errors of a file that a template engine still has to render by one that says so.
pub(super) fn explain(file: FileId, text: &str, problems: &mut Vec<Problem>) {
    if !problems.iter().any(|problem| problem.kind == ProblemKind::Syntax) {
        return;
    }
    let Some(at) = marker(text) else { return };
    problems.retain(|problem| problem.kind != ProblemKind::Syntax);
    let message = "this template is made by a template engine and is no YAML or JSON before it is rendered";
    let problem = Problem::new(ProblemKind::Syntax, Span::new(file, at..at + 2), message);
    problems.push(problem.help("check the rendered template instead"));
}

/// The first `{%`, or `{{` that is not a dynamic reference of CloudFormation.
fn marker(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let braces = memmem::find_iter(bytes, "{{")
        .find(|at| !bytes.get(at + 2..).unwrap_or_default().starts_with(b"resolve:"));
    [memmem::find(bytes, b"{%"), braces].into_iter().flatten().min()
}
