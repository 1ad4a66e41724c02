//! What must not be said: sensitive values stay out of messages and out of the lines that a finding shows.
//!
//! Messages quote values, so the texts of sensitive values are remembered and taken out of them; the source map learns
//! them too, for all that is said later. A sensitive variable's value stands where the variable is used, wherever it
//! was given. What is easy to get wrong: what is computed from a sensitive value is sensitive too, and has another text.

use super::Eval;
use crate::source::{HIDDEN, Limits, Problem, Span};
use crate::value::{Branch, Entry, Kind, List, Map, Name, Piece, Text, Value};
use rustc_hash::FxHashSet;
use std::sync::Arc;

impl Eval<'_> {
    /// Notes the texts in a sensitive value.
    pub(super) fn remember_secret(&self, value: &Value) {
        let mut secrets = self.secrets.borrow_mut();
        let mut left = vec![value];
        while let Some(value) = left.pop() {
            if secrets.len() >= Limits::DEFAULT.elements {
                return;
            }
            match &value.kind {
                Kind::Text(text) => self.keep_secret(&mut secrets, text.known_parts()),
                Kind::Number(number) => self.keep_secret(&mut secrets, number.as_str().to_owned()),
                Kind::List(list) => left.extend(&list.items),
                Kind::Map(map) => left.extend(map.entries.iter().map(|entry| &entry.value)),
                Kind::OneOf(branches) => left.extend(branches.iter().map(|branch| &branch.value)),
                Kind::Null | Kind::Bool(_) | Kind::Unknown(_) => {}
            }
        }
    }

    fn keep_secret(&self, secrets: &mut FxHashSet<String>, text: String) {
        self.session.disk().map().hide_text(&text);
        secrets.insert(text);
    }

    /// A mistake without sensitive texts.
    pub(in super::super) fn discreet(&self, mut problem: Problem) -> Problem {
        if self.secrets.borrow().is_empty() {
            return problem;
        }
        problem.message = self.without_secrets(&problem.message);
        problem.help = problem.help.map(|help| self.without_secrets(&help));
        problem
    }

    /// A sentence in which quoted sensitive texts are hidden. Short ones may be part of any word, so they count alone.
    pub(super) fn without_secrets(&self, sentence: &str) -> String {
        let secrets = self.secrets.borrow();
        let told = |part: &str| {
            secrets.iter().any(|secret| {
                part == secret
                    || part.trim_matches('"') == secret
                    || (secret.len() > 2 && part.contains(secret.as_str()))
            })
        };
        let parts = sentence.split('`').enumerate();
        let parts = parts.map(|(at, part)| if at % 2 == 1 && told(part) { HIDDEN } else { part });
        parts.collect::<Vec<_>>().join("`")
    }
}

/// A sensitive value, standing at `span` with all that is in it.
pub(super) fn hidden(value: &Value, span: Span) -> Value {
    let kind = match &value.kind {
        Kind::Text(text) => Kind::Text(hidden_text(text, span)),
        Kind::List(list) => {
            let items = list.items.iter().map(|item| hidden(item, span)).collect();
            Kind::List(Arc::new(List { items, ..List::clone(list) }))
        }
        Kind::Map(map) => {
            let entry = |entry: &Entry| Entry {
                name: Name { text: hidden_text(&entry.name.text, span), span },
                value: hidden(&entry.value, span),
            };
            Kind::Map(Arc::new(Map { entries: map.entries.iter().map(entry).collect(), ..Map::clone(map) }))
        }
        Kind::OneOf(branches) => {
            let branch =
                |branch: &Branch| Branch { when: branch.when.clone(), value: hidden(&branch.value, span) };
            Kind::OneOf(branches.iter().map(branch).collect())
        }
        other => other.clone(),
    };
    Value { secret: true, of: value.of.clone(), ..Value::new(kind, span) }
}

fn hidden_text(text: &Text, span: Span) -> Text {
    let parts: Vec<Text> = text
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Known(known, _) => Text::made(Arc::clone(known), span),
            Piece::Unknown(unknown) => Text::unknown(unknown.clone()),
        })
        .collect();
    Text::concat(&parts)
}
