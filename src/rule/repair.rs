//! Changes of text that repair a finding.
//!
//! An edit replaces what the finding underlines, and only where exactly the expected text stands there: a value that came
//! together elsewhere is never rewritten. What is easy to get wrong: what is written must need no escapes in any notation.

use super::check::Rule;
use super::subject::Case;
use crate::finding::Fix;
use crate::source::{SourceMap, Span};

/// The edits of a rule that fit one case whose finding underlines `span`.
pub(super) fn fixes(rule: &Rule, case: &Case<'_>, span: Span, map: &SourceMap) -> Vec<Fix> {
    if rule.edits.is_empty() {
        return Vec::new();
    }
    let stands = map.slice(span);
    let fitting = rule.edits.iter().filter_map(|edit| {
        let (find, with) = (edit.find.exactly(case)?, edit.with.exactly(case)?);
        let title = edit.title.exactly(case)?;
        // Names of conditions are underlined with their quotes, which stay.
        let quote = ["", "\"", "'"].into_iter().find(|quote| stands == format!("{quote}{find}{quote}"))?;
        let safe = find != with && needs_no_escape(&with);
        safe.then(|| Fix { title, edits: vec![(span, format!("{quote}{with}{quote}"))] })
    });
    fitting.collect()
}

/// Whether a text means itself in HCL, JSON and YAML, quoted or not.
fn needs_no_escape(text: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || " -_.:/*@+=,".contains(letter);
    !text.is_empty() && text.chars().all(plain) && text.trim() == text && !text.contains(": ")
}

#[cfg(test)]
mod tests {
    use super::needs_no_escape;

    #[test]
    fn what_needs_an_escape_is_not_written() {
        assert!(needs_no_escape("kms:ReEncrypt*") && needs_no_escape("2012-10-17"));
        for text in ["", "a\"b", "${x}", "a\\b", "a: b", " a", "%{if}"] {
            assert!(!needs_no_escape(text), "{text}");
        }
    }
}
