//! Terraform's types: constraints, conversion and unification (cty's rules).
//!
//! Values do not carry their types; [`type_of`] derives what can be told from them. What is easy to get wrong: null
//! and unknown values fit every type, so they take no part in finding a common one.

mod convert;
mod laid_out;
mod parse;
mod preference;
mod set;
mod unify;

use crate::value::{Entry, Kind, ListKind, Map, MapKind, Reason, Symbol, Value};

pub(super) use crate::value::{Member, Type};
pub(super) use convert::{are_alike, bring, convert, sequence_of};
pub(super) use laid_out::laid_out;
pub(super) use parse::parse;
use set::same_type;
pub(super) use set::{edge, equal, identity, sorted_set};
pub(super) use unify::{common, meeting};

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

/// The truth value that a condition converts to; `None`: it is none, or not known.
pub(super) fn truth(value: &Value) -> Option<bool> {
    match &value.kind {
        Kind::Bool(known) => Some(*known),
        Kind::Text(_) => convert(value, &Type::Bool).ok().and_then(|value| value.as_bool()),
        _ => None,
    }
}

/// The type of a value, as far as it can be told; what lies deeper than `depth` counts as any.
pub(super) fn type_of(value: &Value, depth: usize) -> Type {
    let Some(deeper) = depth.checked_sub(1) else { return Type::Any };
    let told = || value.of.as_deref().cloned().unwrap_or(Type::Any);
    match &value.kind {
        Kind::Null => value.of.as_deref().cloned().unwrap_or(Type::Untyped),
        Kind::Unknown(unknown) if unknown.reason == Reason::InError => {
            value.of.as_deref().cloned().unwrap_or(Type::Untyped)
        }
        Kind::Unknown(unknown) => match unknown.symbol {
            // An attribute of a resource may be of any type.
            Symbol::Anything | Symbol::Attribute { .. } => told(),
            _ => Type::String,
        },
        Kind::Bool(_) => Type::Bool,
        Kind::Number(_) => Type::Number,
        Kind::Text(_) => Type::String,
        Kind::List(list) if list.kind == ListKind::Tuple => match list.open {
            // The number of its elements belongs to the type of a tuple.
            Some(_) => Type::Any,
            None => Type::Tuple(list.items.iter().map(|item| type_of(item, deeper)).collect()),
        },
        Kind::List(list) => {
            let of = Box::new(common_to(list.items.iter(), &told(), deeper));
            if list.kind == ListKind::Set { Type::Set(of) } else { Type::List(of) }
        }
        Kind::Map(map) if map.kind == MapKind::Map => {
            let values = map.entries.iter().map(|entry| &entry.value);
            Type::Map(Box::new(common_to(values, &told(), deeper)))
        }
        Kind::Map(map)
            if map.open.is_some() || map.entries.iter().any(|entry| !entry.name.text.is_known()) =>
        {
            Type::Any
        }
        Kind::Map(map) => Type::Object(members(map, deeper)),
        Kind::OneOf(branches) => {
            let types = branches.iter().map(|branch| type_of(&branch.value, deeper)).collect::<Vec<_>>();
            common(&types).unwrap_or(Type::Any)
        }
    }
}

/// The attributes of an object with their types, in the order of their names. Of one that stands twice the last counts.
fn members(map: &Map, depth: usize) -> Vec<Member> {
    let known = |entry: &Entry| {
        let name = entry.name.text.known()?;
        Some(Member { name: name.into(), of: type_of(&entry.value, depth), optional: None })
    };
    let mut members: Vec<Member> = map.entries.iter().rev().filter_map(known).collect();
    members.sort_by(|one, two| one.name.cmp(&two.name));
    members.dedup_by(|later, first| later.name == first.name);
    members
}

/// The type of a collection's elements; where they do not tell, what is told of the collection. They are all of one
/// type, but for those of none; where it does not look so, what they have in common.
fn common_to<'v>(items: impl Iterator<Item = &'v Value>, told: &Type, depth: usize) -> Type {
    let mut found = Vec::new();
    for of in items.map(|item| type_of(item, depth)) {
        if found.last() != Some(&of) {
            found.push(of);
        }
    }
    if !found.contains(&Type::Any) && found.iter().any(|of| !of.is_vague()) {
        found.retain(|of| !of.is_vague());
    }
    match common(&found) {
        Some(of) if !of.is_vague() => of,
        _ if told.is_vague() => {
            found.first().filter(|of| **of == Type::Untyped).cloned().unwrap_or(Type::Any)
        }
        _ => element_of(told),
    }
}

/// The type of what a step into a value of this type leads to; `None`: there is no such step.
pub(super) fn part_of(of: &Type, step: &str) -> Option<Type> {
    let index = step.parse::<usize>();
    match of {
        Type::Any | Type::Untyped => Some(Type::Any),
        Type::Bool | Type::Number | Type::String | Type::Set(_) => None,
        Type::Map(of) => Some((**of).clone()),
        Type::List(of) => index.is_ok().then(|| (**of).clone()),
        Type::Tuple(items) => items.get(index.ok()?).cloned(),
        Type::Object(members) => {
            members.iter().find(|member| &*member.name == step).map(|member| member.of.clone())
        }
    }
}

/// The type of the elements of a collection of this type.
pub(super) fn element_of(of: &Type) -> Type {
    match of {
        Type::List(of) | Type::Set(of) | Type::Map(of) => (**of).clone(),
        Type::Tuple(items) => common(items).unwrap_or(Type::Any),
        Type::Object(members) => {
            let types: Vec<Type> = members.iter().map(|member| member.of.clone()).collect();
            common(&types).unwrap_or(Type::Any)
        }
        Type::Untyped => Type::Untyped,
        Type::Any | Type::Bool | Type::Number | Type::String => Type::Any,
    }
}
