//! Terraform's types.
//!
//! A value shows its type by what it is. What shows none (null, a value that is not known, an empty collection) may
//! carry it ([`Value::of`]).

use super::Value;
use std::sync::Arc;

/// A type constraint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Type {
    /// Any type: unified over elements where it stands inside a collection.
    Any,
    /// No type at all: that of a null as written, and of what an empty collection of nothing holds.
    Untyped,
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
pub struct Member {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub of: Type,
    /// `None`: required. `Some(None)`: `optional(T)`. `Some(Some(v))`: `optional(T, v)`.
    pub optional: Option<Option<Value>>,
}

impl Type {
    /// As Terraform's messages name it.
    pub fn shown(&self) -> String {
        match self {
            Self::Any | Self::Untyped => "any type".to_owned(),
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

    /// Whether it may be any type, for whatever reason.
    pub fn is_vague(&self) -> bool {
        matches!(self, Self::Any | Self::Untyped)
    }

    /// Whether it, or a part of it, may be any type because it is not known.
    pub fn has_any(&self) -> bool {
        match self {
            Self::Any => true,
            Self::List(of) | Self::Set(of) | Self::Map(of) => of.has_any(),
            Self::Tuple(items) => items.iter().any(Self::has_any),
            Self::Object(members) => members.iter().any(|member| member.of.has_any()),
            Self::Untyped | Self::Bool | Self::Number | Self::String => false,
        }
    }

    /// Whether an object in it has attributes that may be missing.
    pub fn has_optional(&self) -> bool {
        match self {
            Self::List(of) | Self::Set(of) | Self::Map(of) => of.has_optional(),
            Self::Tuple(items) => items.iter().any(Self::has_optional),
            Self::Object(members) => {
                members.iter().any(|member| member.optional.is_some() || member.of.has_optional())
            }
            Self::Any | Self::Untyped | Self::Bool | Self::Number | Self::String => false,
        }
    }

    /// Whether it is a bool, number or string.
    pub fn is_primitive(&self) -> bool {
        matches!(self, Self::Bool | Self::Number | Self::String)
    }
}
