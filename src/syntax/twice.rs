//! Names that stand twice in one mapping.
//!
//! Readers keep both, and look-ups give the last, as `CloudFormation` and most parsers do. Where a person writes the
//! mapping, it is a mistake: what stands first has no effect.

use crate::source::{Problem, ProblemKind, Span};
use crate::value::{Entry, Kind, Value};
use rustc_hash::FxHashMap;

/// Up to so many names are compared one by one: most mappings are small, and that is faster than a table.
const FEW: usize = 12;

/// Mistakes told of one document.
const MOST: usize = 1000;

/// Tells of each name that stands in a mapping again.
pub(super) fn in_mapping(entries: &[Entry], mut tell: impl FnMut(Problem)) {
    let mut report = |name: &str, at: Span, first: Span| {
        let message = format!("the name `{name}` stands twice in this mapping");
        let problem = Problem::new(ProblemKind::Syntax, at, message);
        tell(problem.label(first, "first here").help("remove or rename one of the two"));
    };
    let names = || entries.iter().filter_map(|entry| Some((entry.name.text.as_known()?, entry.name.span)));
    if entries.len() <= FEW {
        for (at, (name, span)) in names().enumerate() {
            if let Some((_, first)) = names().take(at).find(|(earlier, _)| *earlier == name) {
                report(name, span, first);
            }
        }
        return;
    }
    let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
    for (name, span) in names() {
        match seen.get(name) {
            Some(first) => report(name, span, *first),
            None => {
                seen.insert(name, span);
            }
        }
    }
}

/// All names of a document that stand twice in their mapping.
pub fn in_document(document: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut left = vec![document];
    while let Some(value) = left.pop() {
        match &value.kind {
            Kind::List(list) => left.extend(&list.items),
            Kind::Map(map) => {
                in_mapping(&map.entries, |problem| {
                    if found.len() < MOST {
                        found.push(problem);
                    }
                });
                left.extend(map.entries.iter().map(|entry| &entry.value));
            }
            _ => {}
        }
    }
    found.sort_by_key(|problem| problem.span);
    found
}
