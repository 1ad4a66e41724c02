//! Values read as policies.
//!
//! A [`Value`] goes in, a [`Document`] comes out: nothing is dropped, every mistake is kept as a
//! [`Defect`](super::Defect), every undecided alternative becomes an element with its assumptions, every unknown
//! stays one. Grammar: IAM User Guide, "Grammar of the IAM JSON policy language"; what KMS does with it: API
//! references of `CreateKey` and `PutKeyPolicy`, parameter `Policy`. What is easy to get wrong: a mistake in one
//! alternative of a conditional is a mistake only where that alternative holds.

mod alike;
mod character;
mod condition;
mod element;
mod name;
mod page;
mod principal;
mod scope;
mod size;
mod statement;

use super::{Defect, DefectKind, Document, PolicyKind, Size, Version};
use crate::source::{Problem, Span};
use crate::value::{Assumption, Entry, Kind, Map, Reason, Symbol, Text, Trail, Unknown, Value};
use scope::{Scope, leaves};

/// Reads a value as a policy whose texts are decoded already ([`Text::encodes`]); a JSON text of another origin counts
/// as not known. `None` when no policy is stated (null, or a blank text: the service's default holds).
pub fn read(value: &Value, kind: PolicyKind) -> Option<Document> {
    read_any(value, kind, None)
}

/// Reads a value as a policy; `decode` reads a JSON text that was not made by encoding a value. `None` when no policy
/// is stated (null, or a blank text: KMS then attaches its default key policy).
pub fn read_with(
    value: &Value,
    kind: PolicyKind,
    decode: &dyn Fn(&Text) -> Result<Value, Problem>,
) -> Option<Document> {
    read_any(value, kind, Some(decode))
}

type Decode<'d> = Option<&'d dyn Fn(&Text) -> Result<Value, Problem>>;

fn read_any(value: &Value, kind: PolicyKind, decode: Decode<'_>) -> Option<Document> {
    let mut reader = Reader::new(kind);
    let mut pages = Vec::new();
    let mut size: Option<Size> = None;
    for (value, scope) in leaves(value, &Scope::default()) {
        match reader.open(&value, &scope, decode) {
            Opened::Default => reader.default_when.push(scope.when),
            Opened::Page(value) => {
                let measured = size::measure(&value);
                size = Some(size.map_or(measured, |least| least.or(measured)));
                pages.push((value, scope));
            }
        }
    }
    if reader.default_when.iter().any(Vec::is_empty) || pages.is_empty() {
        return None;
    }
    let mut document = blank(value.span, value.trail.clone());
    document.size = size.unwrap_or(document.size);
    for (page, scope) in &alike::taken_apart(pages) {
        reader.page(page, scope, &mut document);
    }
    document.default_when = reader.default_when;
    document.defects = reader.defects;
    Some(document)
}

/// A document that says nothing.
pub(super) fn blank(span: Span, trail: Trail) -> Document {
    Document {
        span,
        trail,
        version: Version::Missing,
        version_span: span,
        statements: Vec::new(),
        open: Vec::new(),
        default_when: Vec::new(),
        defects: Vec::new(),
        size: Size { bytes: 0, open: false },
    }
}

/// What a leaf of the whole value turned out to be.
enum Opened {
    /// No policy is stated.
    Default,
    /// A policy, or what stands in its place.
    Page(Value),
}

/// Reads one document and collects what is wrong with it.
struct Reader {
    kind: PolicyKind,
    defects: Vec<Defect>,
    default_when: Vec<Vec<Assumption>>,
    /// Written statements met so far.
    statements: usize,
    /// Whether a document was met: the next one is an alternative.
    objects: bool,
}

impl Reader {
    fn new(kind: PolicyKind) -> Self {
        Self { kind, defects: Vec::new(), default_when: Vec::new(), statements: 0, objects: false }
    }

    /// Takes the document out of a text, if it stands in one.
    fn open(&mut self, value: &Value, scope: &Scope, decode: Decode<'_>) -> Opened {
        let Kind::Text(text) = &value.kind else {
            return if value.is_null() { Opened::Default } else { Opened::Page(value.clone()) };
        };
        if text.is_known() && text.known_parts().trim().is_empty() {
            return Opened::Default;
        }
        if let Some(inner) = text.encodes() {
            return Opened::Page(stands_in(inner.clone(), value));
        }
        let Some(decode) = decode else {
            return Opened::Page(not_known(text, value));
        };
        Opened::Page(match decode(text) {
            Ok(inner) => stands_in(inner, value),
            Err(_) if !text.is_known() => not_known(text, value),
            Err(problem) => {
                self.note(
                    Flaw::new(DefectKind::NotJson, problem.span, shown_briefly(text), problem.message),
                    scope,
                );
                Value::unknown(Reason::InError, "the policy", value.span)
            }
        })
    }

    /// Keeps a mistake with the assumptions that it stands under. What is sensitive is never quoted.
    fn note(&mut self, flaw: Flaw, scope: &Scope) {
        let (subject, suggestion, fact) = if scope.secret {
            ("a sensitive value".to_owned(), None, "not valid here; it is sensitive and not shown".to_owned())
        } else {
            (flaw.subject, flaw.suggestion, flaw.fact)
        };
        let by_default = flaw.by_default.unwrap_or_else(|| {
            // A list that is empty has no characters of its own where it was made by an expression.
            let made = flaw.kind == DefectKind::Empty;
            scope.trail.defaults().any(|default| made || default.value.contains(flaw.span))
        });
        self.defects.push(Defect {
            kind: flaw.kind,
            span: flaw.span,
            by_default,
            subject,
            suggestion,
            fact,
            trail: scope.trail.clone(),
            when: scope.when.clone(),
        });
    }

    /// Notes a value of a wrong JSON type.
    fn wrong_type(&mut self, element: &str, found: &Value, wanted: &str, scope: &Scope) {
        let span = found.span;
        let fact = format!("{}, but it must be {wanted}", name_of(&found.kind));
        self.note(Flaw::new(DefectKind::ElementType, span, element, fact), scope);
    }
}

/// A mistake before it knows how it came.
struct Flaw {
    kind: DefectKind,
    span: Span,
    subject: String,
    suggestion: Option<String>,
    fact: String,
    /// Whether a default is to blame; `None`: it is when it stands there.
    by_default: Option<bool>,
}

impl Flaw {
    fn new(kind: DefectKind, span: Span, subject: impl Into<String>, fact: impl Into<String>) -> Self {
        Self { kind, span, subject: subject.into(), suggestion: None, fact: fact.into(), by_default: None }
    }

    fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }
}

/// The entry of that name among entries that are [`Reader::distinct`].
fn find<'e>(entries: &[&'e Entry], name: &str) -> Option<&'e Entry> {
    entries.iter().copied().find(|entry| entry.name.text.is(name))
}

/// Why names may be missing from `entries`, if some are not known.
fn open_names(map: &Map, entries: &[&Entry]) -> Option<Unknown> {
    map.open.clone().or_else(|| entries.iter().find_map(|entry| entry.name.text.unknowns().next().cloned()))
}

/// A value that is one text in JSON, or whose text means the same to IAM: numbers and booleans.
fn scalar(value: &Value) -> Option<Text> {
    match &value.kind {
        Kind::Text(text) => Some(text.clone()),
        Kind::Number(number) => Some(Text::made(number.as_str(), value.span)),
        Kind::Bool(yes) => Some(Text::made(if *yes { "true" } else { "false" }, value.span)),
        Kind::Unknown(unknown) if unknown.symbol != Symbol::Anything => Some(Text::unknown(unknown.clone())),
        _ => None,
    }
}

/// What a kind is called.
fn name_of(kind: &Kind) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::Bool(_) => "a boolean",
        Kind::Number(_) => "a number",
        Kind::Text(_) => "a text",
        Kind::List(_) => "a list",
        Kind::Map(_) => "an object",
        Kind::OneOf(_) => "undecided",
        Kind::Unknown(_) => "not known",
    }
}

/// The document that stands in the text `text`, with the text's trail and secrecy where it has none.
fn stands_in(mut inner: Value, text: &Value) -> Value {
    if inner.trail.is_empty() {
        inner.trail = text.trail.clone();
    }
    inner.secret |= text.secret;
    inner
}

/// A document of which nothing can be said, because of what is not known in its text.
fn not_known(text: &Text, value: &Value) -> Value {
    match text.unknowns().next() {
        Some(unknown) => Value { kind: Kind::Unknown(unknown.clone()), ..value.clone() },
        None => Value::unknown(Reason::NotEvaluated, "the policy's text", value.span),
    }
}

/// Stands for what a mistake hides, so that nothing is concluded from its absence.
fn broken(what: &str, span: Span) -> Unknown {
    Unknown { reason: Reason::InError, name: what.into(), span, symbol: Symbol::Anything }
}

/// Stands for a choice between alternatives that the document has one place for.
fn undecided(value: &Value, scope: &Scope) -> Unknown {
    let condition = scope.when.first().map_or_else(|| "a condition".into(), |when| when.condition.clone());
    let span = scope.when.first().map_or(value.span, |when| when.span);
    Unknown { reason: Reason::NotEvaluated, name: condition, span, symbol: Symbol::AnyText }
}

/// The start of a text, for a message.
fn shown_briefly(text: &Text) -> String {
    let shown = text.shown();
    let mut brief: String = shown.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(40).collect();
    if brief.chars().count() == 40 {
        brief.push('…');
    }
    brief
}

#[cfg(test)]
mod tests;
