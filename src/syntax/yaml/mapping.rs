//! Mappings: names, names that stand twice, merge keys.

use super::build::keep;
use crate::source::{Problem, ProblemKind, Span};
use crate::syntax::twice;
use crate::value::{Entry, Kind, Map, MapKind, Name, Reason, Symbol, Text, Unknown, Value};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// The members of a mapping under construction.
#[derive(Default)]
pub(super) struct Members {
    entries: Vec<Entry>,
    /// The values of merge keys (`<<`), with the key.
    merged: Vec<(Name, Value)>,
    /// The name whose value comes next, and whether it is a merge key.
    name: Option<(Name, bool)>,
    covered: Option<Span>,
}

impl Members {
    /// Takes a node: a name and a value by turns.
    pub(super) fn put(&mut self, value: Value, merges: bool, text: &str, problems: &mut Vec<Problem>) {
        // The text of an alias lies elsewhere; where it is used is what the mapping covers.
        let place = value.trail.steps().next().map_or(value.span, |step| step.span);
        self.covered = Some(self.covered.map_or(place, |covered| covered.cover(place)));
        match self.name.take() {
            None => self.name = Some((name(value, text, problems), merges)),
            Some((name, false)) => self.entries.push(Entry { name, value }),
            Some((name, true)) => self.merged.push((name, value)),
        }
    }

    /// From the first name to the last value.
    pub(super) fn span(&self) -> Option<Span> {
        self.covered
    }

    /// The mapping; names that stand twice are kept and reported. A name whose value could not be read has one that is
    /// not known.
    pub(super) fn finish(mut self, mut open: Option<Unknown>, problems: &mut Vec<Problem>) -> Kind {
        if let (Some((name, false)), Some(rest)) = (self.name.take(), &open) {
            let value = Value::new(Kind::Unknown(rest.clone()), rest.span);
            self.entries.push(Entry { name, value });
        }
        twice::in_mapping(&self.entries, |problem| keep(problems, problem));
        let merged = std::mem::take(&mut self.merged);
        let mut seen: FxHashSet<String> = match merged.as_slice() {
            [] => FxHashSet::default(),
            _ => self.entries.iter().filter_map(|entry| entry.name.text.known()).collect(),
        };
        for (name, value) in merged {
            if !self.merge(&value, &mut seen) {
                // `<<: !Include x`, or a mistake: what it adds is not known.
                let unknown = Unknown {
                    reason: Reason::NotEvaluated,
                    name: "<<".into(),
                    span: name.span.cover(value.span),
                    symbol: Symbol::Anything,
                };
                open.get_or_insert(unknown);
            }
        }
        Kind::Map(Arc::new(Map { kind: MapKind::Object, entries: self.entries, open }))
    }

    /// Adds what `value` (a mapping, or a list of them) has and this mapping has not (YAML 1.1, "Merge Key Language-
    /// Independent Type"): names written here win, then the mappings in order.
    fn merge(&mut self, value: &Value, seen: &mut FxHashSet<String>) -> bool {
        let maps: Vec<&Map> = match &value.kind {
            Kind::Map(map) => vec![map],
            Kind::List(list) if list.open.is_none() => list.items.iter().filter_map(Value::as_map).collect(),
            _ => return false,
        };
        let whole = value.as_list().is_none_or(|list| list.items.len() == maps.len());
        let mut certain = whole;
        for map in maps {
            let tag = map.entries.iter().any(|entry| entry.name.text.known_parts().starts_with('!'));
            if tag || map.open.is_some() {
                certain = false;
                continue;
            }
            for entry in &map.entries {
                if !entry.name.text.known().is_some_and(|name| seen.insert(name)) {
                    continue;
                }
                let mut entry = entry.clone();
                if let Some(step) = value.trail.steps().next() {
                    entry.value.trail = entry.value.trail.with(step);
                }
                self.entries.push(entry);
            }
        }
        certain
    }
}

/// A node as a name. Names that are no texts (`1`, `yes`, a date) keep their written characters.
fn name(value: Value, text: &str, problems: &mut Vec<Problem>) -> Name {
    let span = value.span;
    match value.kind {
        Kind::Text(text) => Name { text, span },
        Kind::List(_) | Kind::Map(_) | Kind::OneOf(_) => {
            let message = "a name must be a text, not a mapping, a list or a tagged value";
            keep(problems, Problem::new(ProblemKind::Syntax, span, message));
            let unknown =
                Unknown { reason: Reason::InError, name: "this name".into(), span, symbol: Symbol::AnyText };
            Name { text: Text::unknown(unknown), span }
        }
        _ => Name { text: Text::verbatim(text.get(span.range()).unwrap_or_default(), span), span },
    }
}
