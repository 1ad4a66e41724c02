//! Source and override documents: JSON that is read into the provider's model and printed again.

use super::{Document, Statement, descending, entry, object, text_of, tuple, wrong};
use crate::input::terraform::alternative::undecided;
use crate::source::Problem;
use crate::syntax;
use crate::value::{Branch, Entry, Kind, Text, Value};
use std::sync::Arc;

/// The elements of a statement in the order that they are printed in.
const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
];

/// A document whose list of statements is undecided, as an undecided document.
pub(super) fn lifted(document: &Value) -> Value {
    let Some(statements) =
        document.as_text().and_then(Text::encodes).and_then(|inner| field(inner, "Statement"))
    else {
        return document.clone();
    };
    let (Kind::OneOf(branches), Some(inner)) =
        (&statements.value.kind, document.as_text().and_then(Text::encodes))
    else {
        return document.clone();
    };
    let decided = |value: &Value| {
        let entries =
            inner.as_map().map(|map| map.entries.clone()).unwrap_or_default().into_iter().map(|entry| {
                if entry.name == statements.name { Entry { value: value.clone(), ..entry } } else { entry }
            });
        let inner = object(entries.collect(), inner.as_map().and_then(|map| map.open.clone()), inner);
        let text = document.as_text().cloned().unwrap_or_default().encoding(inner);
        Value { kind: Kind::Text(text), ..document.clone() }
    };
    let branches: Arc<[Branch]> = branches
        .iter()
        .map(|branch| Branch { when: branch.when.clone(), value: decided(&branch.value) })
        .collect();
    Value { kind: Kind::OneOf(branches), ..document.clone() }
}

/// Reads a document. `None`: an empty text, which is skipped.
pub(super) fn read(document: &Value, argument: &str, problems: &mut Vec<Problem>) -> Option<Document> {
    if document.is_null() {
        problems.push(wrong(document.span, "a null stands in this list, which the provider refuses"));
        return None;
    }
    let document = text_of(document, problems);
    let Kind::Text(text) = &document.kind else {
        return Some(Document { open: undecided(&document), ..Document::default() });
    };
    if text.is_empty() {
        return None;
    }
    let value = match text.encodes() {
        Some(value) => value.clone(),
        None => match syntax::json::parse_text(text, document.span) {
            Ok(value) => value,
            Err(problem) => {
                problems.push(problem);
                let message = format!("a document in `{argument}` is not valid JSON");
                problems.push(wrong(document.span, message));
                return None;
            }
        },
    };
    let mut model = Model { argument, problems };
    Some(model.document(&value))
}

struct Model<'a> {
    argument: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Model<'_> {
    fn wrong(&mut self, value: &Value, message: &str) {
        self.problems.push(wrong(value.span, format!("{message} (in `{}`)", self.argument)));
    }

    fn document(&mut self, value: &Value) -> Document {
        let mut document = Document::default();
        let Some(map) = value.as_map() else {
            document.open = undecided(value);
            if document.open.is_none() {
                self.wrong(value, "a policy document must be one JSON object");
            }
            return document;
        };
        document.open.clone_from(&map.open);
        document.version =
            field(value, "Version").map(|entry| entry.value.clone()).filter(|value| !value.is_null());
        document.id = field(value, "Id").map(|entry| entry.value.clone()).filter(|value| !value.is_null());
        match field(value, "Statement").map(|entry| &entry.value) {
            None => {}
            Some(statements) => match &statements.kind {
                Kind::List(list) => {
                    document.statements = list.items.iter().map(|item| self.statement(item)).collect();
                    document.open = document.open.or_else(|| list.open.clone());
                }
                Kind::Map(_) => document.statements.push(self.statement(statements)),
                Kind::Null => {}
                _ => match undecided(statements) {
                    Some(unknown) => document.open = Some(unknown),
                    None => self.wrong(statements, "`Statement` must be a list or an object"),
                },
            },
        }
        document
    }

    fn statement(&mut self, value: &Value) -> Statement {
        if let Kind::OneOf(branches) = &value.kind {
            let branches = branches.iter().map(|branch| Branch {
                when: branch.when.clone(),
                value: self.statement(&branch.value).value,
            });
            return Statement {
                sid: None,
                value: Value { kind: Kind::OneOf(branches.collect()), ..value.clone() },
            };
        }
        let Some(map) = value.as_map() else {
            if undecided(value).is_none() {
                self.wrong(value, "a statement must be a JSON object");
            }
            return Statement { sid: None, value: value.clone() };
        };
        let mut entries = Vec::new();
        for element in ELEMENTS {
            let Some(found) = field(value, element).filter(|entry| !entry.value.is_null()) else { continue };
            let printed = match element {
                "Sid" | "Effect" => self.word(&found.value, element),
                "Principal" | "NotPrincipal" => Some(self.principals(&found.value)),
                "Condition" => self.conditions(&found.value),
                _ => Some(found.value.clone()),
            };
            entries.extend(printed.map(|value| entry(element, found.name.span, value)));
        }
        let sid =
            entries.iter().find(|entry| entry.name.text.is("Sid")).map(|entry| match &entry.value.kind {
                Kind::Text(text) => text.clone(),
                _ => undecided(&entry.value).map(Text::unknown).unwrap_or_default(),
            });
        Statement { sid, value: object(entries, map.open.clone(), value) }
    }

    /// `Sid` and `Effect`: a text; left out when blank.
    fn word(&mut self, value: &Value, element: &str) -> Option<Value> {
        match &value.kind {
            Kind::Text(text) => (!text.is_empty()).then(|| value.clone()),
            Kind::Unknown(_) | Kind::OneOf(_) => Some(value.clone()),
            _ => {
                self.wrong(value, &format!("`{element}` must be a text"));
                None
            }
        }
    }

    fn principals(&mut self, value: &Value) -> Value {
        match &value.kind {
            Kind::Text(text) => {
                if !text.is("*") {
                    let message = format!(
                        "the provider turns the principal `{}` into `*`: everyone, not this principal",
                        text.shown()
                    );
                    let help = "write it as `{ AWS = … }`; a bare text is read as `*` whatever it says";
                    self.problems.push(wrong(value.span, message).help(help));
                }
                let star = if text.is("*") { text.clone() } else { Text::made("*", value.span) };
                Value { kind: Kind::Text(star), ..value.clone() }
            }
            Kind::Map(map) => {
                let mut entries: Vec<Entry> = map
                    .entries
                    .iter()
                    .map(|entry| Entry { name: entry.name.clone(), value: self.identifiers(&entry.value) })
                    .collect();
                entries.sort_by_key(|entry| entry.name.text.known_parts());
                let star = |entry: &Entry| entry.name.text.is("*") && only_star(&entry.value);
                match entries.as_slice() {
                    [only] if map.open.is_none() && star(only) => {
                        Value { kind: Kind::Text(Text::made("*", only.value.span)), ..only.value.clone() }
                    }
                    _ => object(entries, map.open.clone(), value),
                }
            }
            Kind::OneOf(branches) => {
                let branches = branches.iter().map(|branch| Branch {
                    when: branch.when.clone(),
                    value: self.principals(&branch.value),
                });
                Value { kind: Kind::OneOf(branches.collect()), ..value.clone() }
            }
            Kind::Unknown(_) => value.clone(),
            _ => {
                self.wrong(value, "a principal must be a text or an object");
                value.clone()
            }
        }
    }

    /// A text stays; a list is sorted again and stays a list.
    fn identifiers(&mut self, value: &Value) -> Value {
        match &value.kind {
            Kind::List(list) => {
                let mut items = list.items.clone();
                descending(&mut items);
                tuple(items, list.open.clone(), value)
            }
            Kind::Text(_) | Kind::Unknown(_) | Kind::OneOf(_) => value.clone(),
            _ => {
                self.wrong(value, "the identifiers of a principal must be texts");
                value.clone()
            }
        }
    }

    fn conditions(&mut self, value: &Value) -> Option<Value> {
        let Some(map) = value.as_map() else {
            if undecided(value).is_none() {
                self.wrong(value, "`Condition` must be an object");
            }
            return Some(value.clone());
        };
        let mut tests = Vec::new();
        for test in &map.entries {
            let Some(variables) = test.value.as_map() else {
                if undecided(&test.value).is_some() {
                    tests.push(test.clone());
                } else {
                    self.wrong(&test.value, "a condition operator must hold an object");
                }
                continue;
            };
            let mut kept: Vec<Entry> = Vec::new();
            for variable in &variables.entries {
                let values = self.values(&variable.value);
                kept.extend(values.map(|value| Entry { name: variable.name.clone(), value }));
            }
            kept.sort_by_key(|entry| entry.name.text.known_parts());
            if !kept.is_empty() || variables.open.is_some() {
                let value = object(kept, variables.open.clone(), &test.value);
                tests.push(Entry { name: test.name.clone(), value });
            }
        }
        tests.sort_by_key(|entry| entry.name.text.known_parts());
        (!tests.is_empty() || map.open.is_some()).then(|| object(tests, map.open.clone(), value))
    }

    /// Texts and lists stay, bools become texts, anything else is dropped without a word.
    fn values(&mut self, value: &Value) -> Option<Value> {
        match &value.kind {
            Kind::Text(_) | Kind::Unknown(_) | Kind::OneOf(_) => Some(value.clone()),
            Kind::Bool(_) => Some(text_of(value, self.problems)),
            Kind::List(list) => {
                let items: Vec<Value> = list.items.iter().filter_map(|item| self.values(item)).collect();
                match (items.as_slice(), &list.open) {
                    ([only], None) => Some(only.clone()),
                    _ => Some(tuple(items, list.open.clone(), value)),
                }
            }
            _ => {
                let message = "the provider drops this condition value silently: it is not a text";
                let problem = wrong(value.span, message).help("write it between quotes");
                self.problems.push(problem);
                None
            }
        }
    }
}

fn only_star(value: &Value) -> bool {
    let star = |value: &Value| value.as_text().is_some_and(|text| text.is("*"));
    star(value)
        || value
            .as_list()
            .is_some_and(|list| list.open.is_none() && matches!(list.items.as_slice(), [only] if star(only)))
}

/// The entry of a name, without regard to case as Go reads JSON into a struct; the last one counts.
fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Entry> {
    let entries = &value.as_map()?.entries;
    entries
        .iter()
        .rev()
        .find(|entry| entry.name.text.known().is_some_and(|known| known.eq_ignore_ascii_case(name)))
}
