//! One common type for several (cty `convert.UnifyUnsafe`).

use super::{Member, Type, convert, type_of};
use crate::source::{Limits, Problem, ProblemKind};
use crate::value::Value;
use std::sync::Arc;

/// Brings values to one common type (branches of a conditional, elements of `tolist`, `for` results do not need it).
///
/// # Errors
/// When there is no common type: a number and a bool, objects whose attributes differ beyond what a map can hold.
pub(in super::super) fn unify(values: Vec<Value>) -> Result<Vec<Value>, Problem> {
    let types: Vec<Type> = values.iter().map(|value| type_of(value, Limits::DEFAULT.depth)).collect();
    if types.windows(2).all(|pair| matches!(pair, [left, right] if left == right)) {
        return Ok(values);
    }
    let Some(to) = common(&types) else {
        let span = values.first().map(|value| value.span);
        let [one, two] = odd_pair(&types);
        return match span {
            Some(span) => Err(Problem::new(
                ProblemKind::Evaluation,
                span,
                format!("values of types {} and {} have no common type", one.shown(), two.shown()),
            )),
            None => Ok(values),
        };
    };
    values.iter().map(|value| convert(value, &to)).collect()
}

/// Two types that do not go together, for the message.
fn odd_pair(types: &[Type]) -> [&Type; 2] {
    let first = types.iter().find(|of| **of != Type::Any).unwrap_or(&Type::Any);
    let other = types.iter().find(|of| common(&[first.clone(), (*of).clone()]).is_none()).unwrap_or(first);
    [first, other]
}

/// The type that all can be converted to. `None`: there is none. [`Type::Any`] stands for what is not known and does
/// not count.
pub(in super::super) fn common(types: &[Type]) -> Option<Type> {
    let mut given: Vec<&Type> = Vec::new();
    for of in types.iter().filter(|of| **of != Type::Any) {
        if !given.contains(&of) {
            given.push(of);
        }
    }
    match given.as_slice() {
        [] => return Some(Type::Any),
        [one] => return Some((*one).clone()),
        _ => {}
    }
    let every = |test: fn(&Type) -> bool| given.iter().all(|of| test(of));
    if every(Type::is_primitive) {
        return primitive(&given);
    }
    if every(|of| matches!(of, Type::Object(_))) {
        return objects(&given);
    }
    if every(|of| matches!(of, Type::Tuple(_))) {
        return tuples(&given);
    }
    if every(|of| matches!(of, Type::Map(_) | Type::Object(_))) {
        return common(&elements(&given)).map(|of| Type::Map(Box::new(of)));
    }
    if every(|of| matches!(of, Type::List(_) | Type::Tuple(_))) {
        return common(&elements(&given)).map(|of| Type::List(Box::new(of)));
    }
    if every(|of| matches!(of, Type::List(_) | Type::Tuple(_) | Type::Set(_))) {
        return common(&elements(&given)).map(|of| Type::Set(Box::new(of)));
    }
    None
}

/// Numbers and bools both become strings; without a string among them they do not mix.
fn primitive(given: &[&Type]) -> Option<Type> {
    given.contains(&&Type::String).then_some(Type::String)
}

/// The types of all elements.
fn elements(given: &[&Type]) -> Vec<Type> {
    let mut found = Vec::new();
    for of in given {
        match of {
            Type::List(of) | Type::Set(of) | Type::Map(of) => found.push((**of).clone()),
            Type::Tuple(items) => found.extend(items.iter().cloned()),
            Type::Object(members) => found.extend(members.iter().map(|member| member.of.clone())),
            _ => {}
        }
    }
    found
}

/// Attribute by attribute where the names are the same and all unify, otherwise a map.
fn objects(given: &[&Type]) -> Option<Type> {
    by_attribute(given).or_else(|| common(&elements(given)).map(|of| Type::Map(Box::new(of))))
}

fn by_attribute(given: &[&Type]) -> Option<Type> {
    let indexed: Vec<std::collections::BTreeMap<&Arc<str>, &Type>> = given
        .iter()
        .map(|of| match of {
            Type::Object(members) => members.iter().map(|member| (&member.name, &member.of)).collect(),
            _ => std::collections::BTreeMap::new(),
        })
        .collect();
    let first = indexed.first()?;
    if !indexed.iter().all(|other| other.keys().eq(first.keys())) {
        return None;
    }
    let mut members = Vec::new();
    for name in first.keys() {
        let types: Vec<Type> =
            indexed.iter().filter_map(|attributes| attributes.get(name)).map(|of| (**of).clone()).collect();
        members.push(Member { name: (*name).clone(), of: common(&types)?, optional: None });
    }
    Some(Type::Object(members))
}

/// Element by element where the lengths are the same and all unify, otherwise a list.
fn tuples(given: &[&Type]) -> Option<Type> {
    by_position(given).or_else(|| common(&elements(given)).map(|of| Type::List(Box::new(of))))
}

fn by_position(given: &[&Type]) -> Option<Type> {
    let rows: Vec<&Vec<Type>> = given
        .iter()
        .filter_map(|of| match of {
            Type::Tuple(items) => Some(items),
            _ => None,
        })
        .collect();
    let length = rows.first()?.len();
    if !rows.iter().all(|row| row.len() == length) {
        return None;
    }
    let column = |at: usize| -> Vec<Type> { rows.iter().filter_map(|row| row.get(at)).cloned().collect() };
    (0..length).map(|at| common(&column(at))).collect::<Option<_>>().map(Type::Tuple)
}
