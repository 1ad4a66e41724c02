//! The tree itself.

use super::{Number, Reason, Symbol, Text, Trail, Type, Unknown};
use crate::source::Span;
use std::sync::Arc;

/// A value with its place and the way that it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it was written (for texts: with quotes; [`Text::span`] gives the characters).
    pub span: Span,
    /// How it came here.
    pub trail: Trail,
    /// Marked sensitive (Terraform `sensitive`, CloudFormation `NoEcho`, plan `after_sensitive`): judged, never shown.
    pub secret: bool,
    /// Terraform's type of it, where it is known and not shown by `kind`: of null, of what is not known, of a collection
    /// without elements. Says nothing of any other value.
    pub of: Option<Arc<Type>>,
}

/// What a [`Value`] is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Null.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text, perhaps with unknown pieces.
    Text(Text),
    /// A sequence.
    List(Arc<List>),
    /// Names and values.
    Map(Arc<Map>),
    /// One of a few, which one is undecided: at least two, at most `Limits::alternatives`.
    OneOf(Arc<[Branch]>),
    /// Not known.
    Unknown(Unknown),
}

/// A sequence of values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct List {
    /// Which of Terraform's three kinds; every other notation has tuples only.
    pub kind: ListKind,
    /// The elements.
    pub items: Vec<Value>,
    /// Set when more elements may follow that are not known.
    pub open: Option<Unknown>,
}

/// Terraform's kinds of sequences.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ListKind {
    /// Each element has its own type.
    Tuple,
    /// All elements have one type.
    List,
    /// As a list, without order and duplicates.
    Set,
}

/// Names and values in the order written, duplicates included.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Map {
    /// Which of Terraform's two kinds; every other notation has objects only.
    pub kind: MapKind,
    /// The entries.
    pub entries: Vec<Entry>,
    /// Set when more entries may follow that are not known.
    pub open: Option<Unknown>,
}

/// Terraform's kinds of mappings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MapKind {
    /// Each value has its own type.
    Object,
    /// All values have one type.
    Map,
}

/// One name and its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The name.
    pub name: Name,
    /// The value.
    pub value: Value,
}

/// A name as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// Its characters.
    pub text: Text,
    /// Where it was written, with quotes.
    pub span: Span,
}

/// One alternative of an undecided conditional.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Branch {
    /// What must hold for it; all of these.
    pub when: Vec<Assumption>,
    /// The value in that case.
    pub value: Value,
}

/// A condition that is taken to hold or not to hold. Two assumptions on the same `condition` with different `holds`
/// contradict each other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assumption {
    /// The condition as the user would name it: `var.public`, `IsProd`.
    pub condition: Arc<str>,
    /// Whether it is taken to hold.
    pub holds: bool,
    /// Where it stands.
    pub span: Span,
}

impl Value {
    /// A value without trail.
    pub fn new(kind: Kind, span: Span) -> Self {
        Self { kind, span, trail: Trail::default(), secret: false, of: None }
    }

    /// Null.
    pub fn null(span: Span) -> Self {
        Self::new(Kind::Null, span)
    }

    /// True or false.
    pub fn bool(value: bool, span: Span) -> Self {
        Self::new(Kind::Bool(value), span)
    }

    /// A text.
    pub fn text(text: Text, span: Span) -> Self {
        Self::new(Kind::Text(text), span)
    }

    /// A tuple.
    pub fn tuple(items: Vec<Value>, span: Span) -> Self {
        Self::new(Kind::List(Arc::new(List { kind: ListKind::Tuple, items, open: None })), span)
    }

    /// An object.
    pub fn object(entries: Vec<Entry>, span: Span) -> Self {
        Self::new(Kind::Map(Arc::new(Map { kind: MapKind::Object, entries, open: None })), span)
    }

    /// A value of which nothing is known but why.
    pub fn unknown(reason: Reason, name: impl Into<Arc<str>>, span: Span) -> Self {
        Self::new(Kind::Unknown(Unknown { reason, name: name.into(), span, symbol: Symbol::Anything }), span)
    }

    /// The same with another step in its trail.
    #[must_use]
    pub fn via(mut self, span: Span, note: impl Into<Arc<str>>) -> Self {
        self.trail = self.trail.via(span, note);
        self
    }

    /// The same, as the default of `name` that applies and is named at `span`.
    #[must_use]
    pub fn as_default_of(mut self, name: &str, span: Span) -> Self {
        let empty = self.as_text().is_some_and(Text::is_empty);
        let default = super::Default { name: name.into(), value: self.span, empty };
        self.trail = self.trail.via_default(span, default);
        self
    }

    /// The same, known to be of a type.
    #[must_use]
    pub fn of_type(mut self, of: Type) -> Self {
        self.of = (!of.is_vague()).then(|| Arc::new(of));
        self
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// Its text, if it is one.
    pub fn as_text(&self) -> Option<&Text> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The address of a resource and the name of its attribute, where it is that throughout.
    pub fn attribute(&self) -> Option<(&str, &str)> {
        match &self.kind {
            Kind::Unknown(unknown) => unknown.attribute(),
            Kind::Text(text) => text.attribute(),
            _ => None,
        }
    }

    /// Its characters, if it is a text that is known throughout.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().and_then(Text::as_known)
    }

    /// Its truth value, if it is one; the texts `true` and `false` count, as Terraform and CloudFormation convert.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(value) => Some(*value),
            Kind::Text(text) if text.is("true") => Some(true),
            Kind::Text(text) if text.is("false") => Some(false),
            _ => None,
        }
    }

    /// Whether it is a sequence or a mapping that is known to hold nothing.
    pub fn is_empty(&self) -> bool {
        match &self.kind {
            Kind::List(list) => list.items.is_empty() && list.open.is_none(),
            Kind::Map(map) => map.entries.is_empty() && map.open.is_none(),
            _ => false,
        }
    }

    /// Its sequence, if it is one.
    pub fn as_list(&self) -> Option<&List> {
        match &self.kind {
            Kind::List(list) => Some(list),
            _ => None,
        }
    }

    /// Its mapping, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The value under a name, if this is a mapping that has it; the last one where the name stands twice.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_map().and_then(|map| map.get(name))
    }

    /// Whether it, or anything in it, is marked sensitive. What a text encodes is not looked into.
    pub fn holds_secret(&self) -> bool {
        let mut left = vec![self];
        while let Some(value) = left.pop() {
            if value.secret {
                return true;
            }
            match &value.kind {
                Kind::List(list) => left.extend(&list.items),
                Kind::Map(map) => left.extend(map.entries.iter().map(|entry| &entry.value)),
                Kind::OneOf(branches) => left.extend(branches.iter().map(|branch| &branch.value)),
                Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) | Kind::Unknown(_) => {}
            }
        }
        false
    }

    /// Every unknown in it, in order: its own, those in its texts, elements and branches.
    pub fn unknowns(&self) -> Vec<&Unknown> {
        self.unknowns_but(|_| false)
    }

    /// The same without those in parts that are to be left out.
    pub fn unknowns_but(&self, left_out: impl Fn(&Self) -> bool) -> Vec<&Unknown> {
        let mut found = Vec::new();
        let mut left = vec![self];
        while let Some(value) = left.pop() {
            match &value.kind {
                _ if left_out(value) => {}
                Kind::Unknown(unknown) => found.push(unknown),
                Kind::Text(text) => found.extend(text.unknowns()),
                Kind::List(list) => {
                    found.extend(&list.open);
                    left.extend(list.items.iter().rev());
                }
                Kind::Map(map) => {
                    found.extend(&map.open);
                    found.extend(map.entries.iter().flat_map(|entry| entry.name.text.unknowns()));
                    left.extend(map.entries.iter().rev().map(|entry| &entry.value));
                }
                Kind::OneOf(branches) => left.extend(branches.iter().rev().map(|branch| &branch.value)),
                Kind::Null | Kind::Bool(_) | Kind::Number(_) => {}
            }
        }
        found
    }
}

impl Map {
    /// The value under a name; the last one where the name stands twice.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// The entry under a name; the last one where the name stands twice.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.name.text.is(name))
    }
}

impl Assumption {
    /// Whether both can hold at once.
    pub fn agrees(&self, other: &Self) -> bool {
        self.condition != other.condition || self.holds == other.holds
    }
}

/// Whether a set of assumptions holds no contradiction.
pub(crate) fn consistent(assumptions: &[Assumption]) -> bool {
    assumptions.iter().enumerate().all(|(at, one)| assumptions.iter().skip(at + 1).all(|two| one.agrees(two)))
}
