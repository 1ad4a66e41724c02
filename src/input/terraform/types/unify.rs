//! One common type for several (cty `convert.UnifyUnsafe`).
//!
//! What is easy to get wrong: types of one kind find a new type that fits all of them; of types of several kinds, one
//! must fit all the others. And beside a type that is not known, collections are left as they are.

use super::{Member, Type, convert, type_of};
use crate::source::{Limits, Problem, ProblemKind};
use crate::value::Value;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Brings values to one common type (branches of a conditional, arguments of `coalesce`).
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
    let first = types.iter().find(|of| !of.is_vague()).unwrap_or(&Type::Any);
    let other = types.iter().find(|of| common(&[first.clone(), (*of).clone()]).is_none()).unwrap_or(first);
    [first, other]
}

/// The type that all can be converted to. `None`: there is none, as also of no types at all. [`Type::Any`] stands for a
/// type that is not known, [`Type::Untyped`] for what is of none.
pub(in super::super) fn common(types: &[Type]) -> Option<Type> {
    let mut given: Vec<&Type> = Vec::new();
    for of in types {
        if !given.contains(&of) {
            given.push(of);
        }
    }
    if let [only] = given.as_slice() {
        return Some((*only).clone());
    }
    match of_one_kind(&given) {
        Found::Type(of) => Some(of),
        Found::Nothing => None,
        Found::Mixed => one_of(&given),
    }
}

/// What looking at the kinds of types gives.
enum Found {
    Type(Type),
    Nothing,
    /// One of the types must fit the others.
    Mixed,
}

impl From<Option<Type>> for Found {
    fn from(of: Option<Type>) -> Self {
        of.map_or(Self::Nothing, Self::Type)
    }
}

fn of_one_kind(given: &[&Type]) -> Found {
    let count = |test: fn(&Type) -> bool| given.iter().filter(|of| test(of)).count();
    let all = given.len();
    let vague = count(Type::is_vague);
    let [maps, objects] = [count(|of| matches!(of, Type::Map(_))), count(|of| matches!(of, Type::Object(_)))];
    let [lists, tuples] = [count(|of| matches!(of, Type::List(_))), count(|of| matches!(of, Type::Tuple(_)))];
    let sets = count(|of| matches!(of, Type::Set(_)));
    if [maps, lists, sets, objects, tuples].iter().any(|kind| *kind > 0 && kind + vague == all) {
        let unclear = if given.contains(&&Type::Any) { Type::Any } else { Type::Untyped };
        return if vague > 0 { Found::Type(unclear) } else { alike(given).into() };
    }
    if maps > 0 && maps + objects + vague == all {
        let is_object: fn(&Type) -> bool = |of| matches!(of, Type::Object(_));
        return in_disguise(given, is_object, Type::Map);
    }
    if lists > 0 && lists + tuples + vague == all {
        let is_tuple: fn(&Type) -> bool = |of| matches!(of, Type::Tuple(_));
        return in_disguise(given, is_tuple, Type::List);
    }
    if objects > 0 && tuples > 0 { Found::Nothing } else { Found::Mixed }
}

/// Types all of one kind.
fn alike(given: &[&Type]) -> Option<Type> {
    match given.first()? {
        Type::Object(_) => objects(given),
        Type::Tuple(_) => tuples(given),
        Type::List(_) => common(&elements(given)).map(|of| Type::List(Box::new(of))),
        Type::Set(_) => common(&elements(given)).map(|of| Type::Set(Box::new(of))),
        Type::Map(_) => common(&elements(given)).map(|of| Type::Map(Box::new(of))),
        _ => None,
    }
}

/// Objects beside maps are often maps in disguise, tuples beside lists are lists.
fn in_disguise(given: &[&Type], disguised: fn(&Type) -> bool, kind: fn(Box<Type>) -> Type) -> Found {
    let inner: Vec<&Type> = given.iter().copied().filter(|of| disguised(of)).collect();
    let Some(unmasked) = unmasked(&inner, kind) else { return Found::Mixed };
    let all: Vec<Type> =
        given.iter().map(|of| if disguised(of) { unmasked.clone() } else { (*of).clone() }).collect();
    match common(&all) {
        Some(found @ (Type::Map(_) | Type::List(_))) => Found::Type(found),
        _ => Found::Mixed,
    }
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

/// Attribute by attribute where the names are the same, otherwise a map.
fn objects(given: &[&Type]) -> Option<Type> {
    let indexed: Vec<BTreeMap<&Arc<str>, &Type>> = given.iter().map(|of| attributes(of)).collect();
    let first = indexed.first()?;
    if !indexed.iter().all(|other| other.keys().eq(first.keys())) {
        return unmasked(given, Type::Map);
    }
    let mut members = Vec::new();
    for name in first.keys() {
        let types: Vec<Type> =
            indexed.iter().filter_map(|attributes| attributes.get(name)).map(|of| (**of).clone()).collect();
        members.push(Member { name: (*name).clone(), of: common(&types)?, optional: None });
    }
    Some(Type::Object(members))
}

/// A map or list that can hold the elements of all: each must be convertible on its own, too.
fn unmasked(given: &[&Type], kind: fn(Box<Type>) -> Type) -> Option<Type> {
    let found = kind(Box::new(common(&elements(given))?));
    given.iter().all(|of| may_convert(of, &found)).then_some(found)
}

fn attributes(of: &Type) -> BTreeMap<&Arc<str>, &Type> {
    match of {
        Type::Object(members) => members.iter().map(|member| (&member.name, &member.of)).collect(),
        _ => BTreeMap::new(),
    }
}

/// Element by element where the lengths are the same, otherwise a list.
fn tuples(given: &[&Type]) -> Option<Type> {
    let rows: Vec<&[Type]> = given
        .iter()
        .filter_map(|of| match of {
            Type::Tuple(items) => Some(items.as_slice()),
            _ => None,
        })
        .collect();
    let length = rows.first()?.len();
    if !rows.iter().all(|row| row.len() == length) {
        return unmasked(given, Type::List);
    }
    let column = |at: usize| -> Vec<Type> { rows.iter().filter_map(|row| row.get(at)).cloned().collect() };
    (0..length).map(|at| common(&column(at))).collect::<Option<_>>().map(Type::Tuple)
}

/// The first type, by preference, that all others can be converted to.
fn one_of(given: &[&Type]) -> Option<Type> {
    let fits = |want: &&Type| given.iter().all(|of| *of == *want || may_convert(of, want));
    preferred(given).into_iter().find(fits).cloned()
}

/// The more general first (cty `sortTypes`).
fn preferred<'t>(given: &[&'t Type]) -> Vec<&'t Type> {
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); given.len()];
    let mut before = vec![0usize; given.len()];
    for (at, one) in given.iter().enumerate() {
        for (other, two) in given.iter().enumerate() {
            if at != other && more_general(one, two) {
                if let Some(edges) = behind.get_mut(at) {
                    edges.push(other);
                }
                if let Some(count) = before.get_mut(other) {
                    *count += 1;
                }
            }
        }
    }
    let mut queue: VecDeque<usize> =
        before.iter().enumerate().filter(|(_, count)| **count == 0).map(|(at, _)| at).collect();
    let mut order = Vec::new();
    while let Some(at) = queue.pop_front() {
        order.extend(given.get(at).copied());
        for other in behind.get(at).into_iter().flatten() {
            if let Some(count) = before.get_mut(*other) {
                *count -= 1;
                if *count == 0 {
                    queue.push_back(*other);
                }
            }
        }
    }
    order
}

/// Whether a type comes before another one (cty `compareTypes`).
fn more_general(one: &Type, two: &Type) -> bool {
    match (one, two) {
        (Type::Any | Type::Untyped, _) => *one == Type::Any && *two == Type::Untyped,
        (Type::String, other) if other.is_primitive() => *other != Type::String,
        (Type::List(one), Type::List(two))
        | (Type::Set(one), Type::Set(two))
        | (Type::Map(one), Type::Map(two)) => more_general(one, two),
        (_, Type::Any | Type::Untyped)
        | (Type::List(_), Type::Tuple(_))
        | (Type::Map(_), Type::Object(_))
        | (Type::List(_) | Type::Tuple(_), Type::Set(_)) => true,
        _ => false,
    }
}

/// Whether there is a conversion, which may still fail for some values: a text may be a number.
pub(in super::super) fn may_convert(from: &Type, to: &Type) -> bool {
    match (from, to) {
        _ if from == to => true,
        (_, Type::Any | Type::Untyped)
        | (Type::Any | Type::Untyped, _)
        | (Type::Bool | Type::Number, Type::String)
        | (Type::String, Type::Bool | Type::Number) => true,
        (Type::List(from) | Type::Set(from), Type::List(to) | Type::Set(to))
        | (Type::Map(from), Type::Map(to)) => may_convert(from, to),
        (Type::Tuple(items), Type::List(to) | Type::Set(to)) => {
            // A list of nothing in particular holds only what is of no type.
            let lonely = **to == Type::Untyped
                && items.iter().any(|of| *of != Type::Untyped)
                && common(items) == Some(Type::Untyped);
            all_convert(items.iter(), to) && !lonely
        }
        (Type::Object(members), Type::Map(to)) => all_convert(members.iter().map(|member| &member.of), to),
        (Type::Map(from), Type::Object(members)) => {
            members.iter().all(|member| may_convert(from, &member.of))
        }
        (Type::Tuple(from), Type::Tuple(to)) => {
            from.len() == to.len() && from.iter().zip(to).all(|(from, to)| may_convert(from, to))
        }
        (Type::Object(_), Type::Object(members)) => {
            let from = attributes(from);
            members.iter().all(|member| match from.get(&member.name) {
                Some(of) => may_convert(of, &member.of),
                None => member.optional.is_some(),
            })
        }
        _ => false,
    }
}

fn all_convert<'t>(mut from: impl Iterator<Item = &'t Type> + Clone, to: &Type) -> bool {
    match to {
        Type::Any | Type::Untyped => {
            from.clone().next().is_none() || common(&from.cloned().collect::<Vec<_>>()).is_some()
        }
        _ => from.all(|of| may_convert(of, to)),
    }
}
