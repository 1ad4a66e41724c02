//! Terraform's types: constraints, conversion and unification (cty's rules).

use crate::source::Problem;
use crate::syntax::hcl::Expr;
use crate::value::Value;

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
    pub optional: Option<Option<Value>>,
}

/// Reads a type constraint (`variable` blocks).
pub(super) fn parse(_expr: &Expr) -> Result<Type, Problem> {
    todo!()
}

/// Converts a value to a type as Terraform does, keeping spans and unknowns; fills defaults of `optional`.
pub(super) fn convert(_value: &Value, _to: &Type) -> Result<Value, Problem> {
    todo!()
}

/// Brings values to one common type (branches of a conditional, elements of `tolist`, `for` results do not need it).
pub(super) fn unify(_values: Vec<Value>) -> Result<Vec<Value>, Problem> {
    todo!()
}
