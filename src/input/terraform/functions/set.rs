//! Sets.

use super::signature::{Arguments, Function, Outcome, Parameter, Stop, Takes};
use crate::input::terraform::types::{Type, common, convert, element_of, identity, sorted_set, type_of};
use crate::source::Limits;
use crate::value::{Kind, List, ListKind, Unknown, Value};
use std::collections::BTreeSet;

const FIRST: &[Parameter] = &[Parameter::new("first_set", Takes::Set)];
const OTHERS: Parameter = Parameter::new("other_sets", Takes::Set);

pub(super) const ROWS: &[Function] = &[
    Function::new("setunion", FIRST, union).rest(OTHERS).keeps(),
    Function::new("setintersection", FIRST, intersection).rest(OTHERS),
    Function::new(
        "setsubtract",
        &[Parameter::new("a", Takes::Set), Parameter::new("b", Takes::Set)],
        subtract,
    ),
    Function::new("setproduct", &[], product).rest(Parameter::new("sets", Takes::Any)).keeps(),
];

/// The sets with elements of one type, and that type. Empty sets of no type go with any.
fn sets(args: &Arguments<'_>) -> Result<(Vec<List>, Type), Stop> {
    let mut given = vec![args.value(0)?];
    match args.value(1) {
        Ok(second) if args.rest().is_empty() => given.push(second),
        _ => given.extend(args.rest()),
    }
    let types: Vec<Type> = given
        .iter()
        .map(|value| element_of(&type_of(value, Limits::DEFAULT.depth)))
        .zip(&given)
        .filter(|(of, value)| !of.is_vague() || is_empty(value) != Some(true))
        .map(|(of, _)| of)
        .collect();
    let of = match types.as_slice() {
        [] => Type::Untyped,
        _ => common(&types).ok_or_else(|| args.fail("the sets have no common type"))?,
    };
    let to = Type::Set(Box::new(of.clone()));
    let sets = given.into_iter().map(|value| convert(value, &to)).collect::<Result<Vec<_>, _>>()?;
    // Where they have nothing in particular in common, each stays of its own type, and such sets do not mix.
    let types: Vec<Type> = sets.iter().map(|set| type_of(set, Limits::DEFAULT.depth)).collect();
    let apart = |pair: &[Type]| matches!(pair, [one, two] if !one.has_any() && !two.has_any() && one != two);
    if of == Type::Untyped && types.windows(2).any(apart) {
        return Err(args.fail("the sets have no common type"));
    }
    let found = sets.iter().map(|set| args.list_of(set).cloned()).collect::<Result<_, _>>()?;
    Ok((found, of))
}

/// The same for calculations that need every element.
fn known_sets(args: &Arguments<'_>) -> Result<(Vec<List>, Type), Stop> {
    let (sets, of) = sets(args)?;
    for set in &sets {
        let unknown = set.open.clone().or_else(|| set.items.iter().find_map(first_unknown));
        if let Some(unknown) = unknown {
            return Err(Stop::Unknown(unknown));
        }
    }
    Ok((sets, of))
}

fn first_unknown(value: &Value) -> Option<Unknown> {
    value.unknowns().first().map(|unknown| (*unknown).clone())
}

fn ids(set: &List) -> BTreeSet<String> {
    set.items.iter().filter_map(identity).collect()
}

fn union(args: &Arguments<'_>) -> Outcome {
    let (sets, of) = sets(args)?;
    let open = sets.iter().find_map(|set| set.open.clone());
    let items = sorted_set(sets.into_iter().flat_map(|set| set.items).collect());
    args.give_list_of(ListKind::Set, items, open, of)
}

fn intersection(args: &Arguments<'_>) -> Outcome {
    let (sets, of) = known_sets(args)?;
    let others: Vec<BTreeSet<String>> = sets.iter().skip(1).map(ids).collect();
    let first = sets.into_iter().next().map(|set| set.items).unwrap_or_default();
    let common =
        |item: &Value| identity(item).is_some_and(|id| others.iter().all(|other| other.contains(&id)));
    args.give_list_of(ListKind::Set, first.into_iter().filter(common).collect(), None, of)
}

fn subtract(args: &Arguments<'_>) -> Outcome {
    let (sets, of) = known_sets(args)?;
    let gone: BTreeSet<String> = sets.iter().skip(1).flat_map(ids).collect();
    let first = sets.into_iter().next().map(|set| set.items).unwrap_or_default();
    let stays = |item: &Value| identity(item).is_some_and(|id| !gone.contains(&id));
    args.give_list_of(ListKind::Set, first.into_iter().filter(stays).collect(), None, of)
}

/// Every combination; a set when one of the arguments is one.
fn product(args: &Arguments<'_>) -> Outcome {
    if args.rest().len() < 2 {
        return Err(args.fail("at least two arguments are needed"));
    }
    // A set as soon as one is a set.
    let mut kind = ListKind::List;
    let mut columns = Vec::new();
    for value in args.rest() {
        if args.list_of(value)?.kind == ListKind::Set {
            kind = ListKind::Set;
        }
        let none = is_empty(value) == Some(true);
        let of = type_of(value, Limits::DEFAULT.depth);
        let of = match &of {
            Type::Tuple(items) if items.is_empty() => Some(Type::Untyped),
            Type::Tuple(items) if !none => common(items),
            of => Some(element_of(of)),
        };
        columns.push(of.ok_or_else(|| args.fail("the elements of a list have no common type"))?);
    }
    if args.rest().iter().any(|value| is_empty(value) == Some(true)) {
        return args.give_list_of(kind, Vec::new(), None, Type::Tuple(columns));
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for value in args.rest() {
        let of = if args.list_of(value)?.kind == ListKind::Set { Type::Set } else { Type::List };
        let list = convert(value, &of(Box::new(Type::Any)))?;
        let list = args.list_of(&list)?;
        if let Some(unknown) = &list.open {
            return Err(Stop::Unknown(unknown.clone()));
        }
        if rows.len().saturating_mul(list.items.len()) > Limits::DEFAULT.elements {
            return Err(args.too_much("elements"));
        }
        let longer = |row: &Vec<Value>, item: &Value| row.iter().chain([item]).cloned().collect::<Vec<_>>();
        rows = rows
            .iter()
            .flat_map(|row| list.items.iter().map(|item| longer(row, item)).collect::<Vec<_>>())
            .collect();
    }
    let items: Vec<Value> = rows.into_iter().map(|row| Value::tuple(row, args.call.span)).collect();
    let items = if kind == ListKind::Set { sorted_set(items) } else { items };
    args.give_list_of(kind, items, None, Type::Tuple(columns))
}

/// Whether a value is an empty sequence for certain; `None`: not known.
pub(super) fn is_empty(value: &Value) -> Option<bool> {
    match &value.kind {
        Kind::List(list) if !list.items.is_empty() => Some(false),
        Kind::List(list) if list.open.is_none() => Some(true),
        _ => None,
    }
}
