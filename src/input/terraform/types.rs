//! Terraform's types: constraints, conversion and unification (cty's rules).
//!
//! Values do not carry their types; [`type_of`] derives what can be told from them. What is easy to get wrong: null
//! and unknown values fit every type, so they take no part in finding a common one.

mod convert;
mod parse;
mod set;
mod unify;

use crate::value::{Kind, List, ListKind, MapKind, Symbol, Value};

pub(super) use convert::convert;
pub(super) use parse::parse;
pub(super) use set::{edge, equal, identity, sorted_set};
pub(super) use unify::{common, unify};

/// A type constraint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Type {
    /// Any type: unified over elements where it stands inside a collection.
    Any,
    /// `bool`.
    Bool,
    /// `number`.
    Number,
    /// `string`.
    String,
    /// `list(T)`.
    List(Box<Type>),
    /// `set(T)`.
    Set(Box<Type>),
    /// `map(T)`.
    Map(Box<Type>),
    /// `tuple([T, …])`.
    Tuple(Vec<Type>),
    /// `object({name = T, other = optional(T, default)})`.
    Object(Vec<Member>),
}

/// One attribute of an object type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Member {
    /// Its name.
    pub name: std::sync::Arc<str>,
    /// Its type.
    pub of: Type,
    /// `None`: required. `Some(None)`: `optional(T)`. `Some(Some(v))`: `optional(T, v)`.
    #[expect(clippy::option_option, reason = "required, optional without and optional with a default")]
    pub optional: Option<Option<Value>>,
}

impl Type {
    /// As Terraform's messages name it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Any => "any type".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Number => "number".to_owned(),
            Self::String => "string".to_owned(),
            Self::List(of) => format!("list of {}", of.shown()),
            Self::Set(of) => format!("set of {}", of.shown()),
            Self::Map(of) => format!("map of {}", of.shown()),
            Self::Tuple(_) => "tuple".to_owned(),
            Self::Object(_) => "object".to_owned(),
        }
    }

    /// Whether it is a bool, number or string.
    pub(super) fn is_primitive(&self) -> bool {
        matches!(self, Self::Bool | Self::Number | Self::String)
    }
}

/// What sort of value it is, for messages.
pub(super) fn kind_name(value: &Value) -> &'static str {
    match &value.kind {
        Kind::Null => "null",
        Kind::Bool(_) => "bool",
        Kind::Number(_) => "number",
        Kind::Text(_) => "string",
        Kind::List(list) => match list.kind {
            ListKind::Tuple => "tuple",
            ListKind::List => "list",
            ListKind::Set => "set",
        },
        Kind::Map(map) if map.kind == MapKind::Map => "map",
        Kind::Map(_) => "object",
        Kind::OneOf(_) | Kind::Unknown(_) => "unknown value",
    }
}

/// The type of a value, as far as it can be told; what lies deeper than `depth` counts as any.
pub(super) fn type_of(value: &Value, depth: usize) -> Type {
    let Some(deeper) = depth.checked_sub(1) else { return Type::Any };
    match &value.kind {
        Kind::Null => Type::Any,
        Kind::Unknown(unknown) => match unknown.symbol {
            // An attribute of a resource may be of any type.
            Symbol::Anything | Symbol::Attribute { .. } => Type::Any,
            _ => Type::String,
        },
        Kind::Bool(_) => Type::Bool,
        Kind::Number(_) => Type::Number,
        Kind::Text(_) => Type::String,
        Kind::List(list) => type_of_list(list, deeper),
        Kind::Map(map) if map.kind == MapKind::Map => {
            let types: Vec<Type> = map.entries.iter().map(|entry| type_of(&entry.value, deeper)).collect();
            Type::Map(Box::new(common(&types).unwrap_or(Type::Any)))
        }
        Kind::Map(map) => {
            let mut members: Vec<Member> = Vec::new();
            for entry in &map.entries {
                let Some(name) = entry.name.text.known() else { return Type::Any };
                members.push(Member { name: name.into(), of: type_of(&entry.value, deeper), optional: None });
            }
            Type::Object(members)
        }
        Kind::OneOf(branches) => {
            let types: Vec<Type> = branches.iter().map(|branch| type_of(&branch.value, deeper)).collect();
            common(&types).unwrap_or(Type::Any)
        }
    }
}

fn type_of_list(list: &List, depth: usize) -> Type {
    let types = list.items.iter().map(|item| type_of(item, depth));
    if list.kind == ListKind::Tuple {
        // The length of an open tuple is not known, so it can only become a list.
        return if list.open.is_some() { listed(types) } else { Type::Tuple(types.collect()) };
    }
    match (list.kind, listed(types)) {
        (ListKind::Set, Type::List(of)) => Type::Set(of),
        (_, of) => of,
    }
}

fn listed(types: impl Iterator<Item = Type>) -> Type {
    let mut found = Vec::new();
    for of in types {
        if found.last() != Some(&of) {
            found.push(of);
        }
    }
    Type::List(Box::new(common(&found).unwrap_or(Type::Any)))
}
