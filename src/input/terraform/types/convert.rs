//! Conversion of values to types (cty `convert`).

use super::{Member, Type, common, element_of, kind_name, may_convert, sorted_set, type_of};
use crate::input::terraform::number;
use crate::source::{Limits, Problem, ProblemKind};
use crate::value::{
    Branch, Entry, Kind, List, ListKind, Map, MapKind, Name, Reason, Symbol, Text, Unknown, Value,
};
use std::sync::Arc;

/// Converts a value to a type as Terraform does, keeping spans and unknowns; fills defaults of `optional`.
///
/// # Errors
/// Where Terraform refuses the conversion; the span is the innermost value's.
pub(in super::super) fn convert(value: &Value, to: &Type) -> Result<Value, Problem> {
    match (&value.kind, to) {
        (_, Type::Any | Type::Untyped) => Ok(value.clone()),
        _ if value.of.is_some() && !may_convert(&type_of(value, Limits::DEFAULT.depth), to) => {
            Err(refused(value, to))
        }
        (Kind::Null, _) => Ok(told(value.clone(), to)),
        (Kind::Unknown(unknown), _) => Ok(unknown_of(value, unknown, to)),
        (Kind::OneOf(branches), _) => convert_branches(value, branches, to),
        (_, Type::Bool) => to_bool(value),
        (_, Type::Number) => to_number(value),
        (_, Type::String) => to_text(value),
        (Kind::List(list), Type::List(of)) => to_list(value, list, of, ListKind::List),
        (Kind::List(list), Type::Set(of)) => to_list(value, list, of, ListKind::Set),
        (Kind::List(list), Type::Tuple(types)) => to_tuple(value, list, types),
        (Kind::Map(map), Type::Map(of)) => to_map(value, map, of),
        (Kind::Map(map), Type::Object(members)) => to_object(value, map, members),
        _ => Err(refused(value, to)),
    }
}

fn refused(value: &Value, to: &Type) -> Problem {
    let message = format!("a value of type {} is needed, this is a {}", to.shown(), kind_name(value));
    Problem::new(ProblemKind::Evaluation, value.span, message)
}

fn with(value: &Value, kind: Kind) -> Value {
    Value { kind, ..value.clone() }
}

/// A value that shows no type, as one of this type. What `any` stands for in it is not forgotten.
fn told(value: Value, to: &Type) -> Value {
    let general = matches!(to, Type::List(of) | Type::Set(of) | Type::Map(of) if of.is_vague());
    if general && value.of.is_some() { value } else { value.of_type(to.clone()) }
}

/// An unknown that must be a text is known to be one.
fn unknown_of(value: &Value, unknown: &Unknown, to: &Type) -> Value {
    if *to == Type::String && unknown.symbol == Symbol::Anything {
        return with(value, Kind::Unknown(Unknown { symbol: Symbol::AnyText, ..unknown.clone() }));
    }
    told(value.clone(), to)
}

/// Branch by branch. A branch that cannot be converted would stop Terraform, if it came to it.
fn convert_branches(value: &Value, branches: &[Branch], to: &Type) -> Result<Value, Problem> {
    let mut converted = Vec::new();
    let mut failed = None;
    for branch in branches {
        let changed = convert(&branch.value, to).unwrap_or_else(|problem| {
            let unknown = Value::unknown(Reason::InError, &*problem.message, problem.span);
            failed.get_or_insert((problem, 0)).1 += 1;
            unknown
        });
        converted.push(Branch { when: branch.when.clone(), value: changed });
    }
    match failed {
        Some((problem, count)) if count == branches.len() => Err(problem),
        _ => Ok(with(value, Kind::OneOf(converted.into()))),
    }
}

fn to_bool(value: &Value) -> Result<Value, Problem> {
    let Kind::Text(text) = &value.kind else {
        return if matches!(value.kind, Kind::Bool(_)) {
            Ok(value.clone())
        } else {
            Err(refused(value, &Type::Bool))
        };
    };
    if let Some(unknown) = text.unknowns().next() {
        return Ok(with(value, Kind::Unknown(Unknown { symbol: Symbol::Anything, ..unknown.clone() })));
    }
    match text.known().as_deref() {
        Some("true" | "1") => Ok(with(value, Kind::Bool(true))),
        Some("false" | "0") => Ok(with(value, Kind::Bool(false))),
        _ => Err(Problem::new(
            ProblemKind::Evaluation,
            value.span,
            format!("`{}` is not a bool: only the texts `true` and `false` can be converted", text.shown()),
        )),
    }
}

fn to_number(value: &Value) -> Result<Value, Problem> {
    let Kind::Text(text) = &value.kind else {
        let number = matches!(value.kind, Kind::Number(_));
        return if number { Ok(value.clone()) } else { Err(refused(value, &Type::Number)) };
    };
    if let Some(unknown) = text.unknowns().next() {
        return Ok(with(value, Kind::Unknown(Unknown { symbol: Symbol::Anything, ..unknown.clone() })));
    }
    match number::canonical(&text.known_parts()) {
        Some(number) => Ok(with(value, Kind::Number(number))),
        None => Err(Problem::new(
            ProblemKind::Evaluation,
            value.span,
            format!("`{}` is not a decimal number", text.shown()),
        )),
    }
}

fn to_text(value: &Value) -> Result<Value, Problem> {
    let text = match &value.kind {
        Kind::Text(_) => return Ok(value.clone()),
        Kind::Bool(known) => Text::made(if *known { "true" } else { "false" }, value.span),
        Kind::Number(number) => Text::made(number.as_str(), value.span),
        _ => return Err(refused(value, &Type::String)),
    };
    Ok(with(value, Kind::Text(text)))
}

/// The type that `any` stands for inside a collection: what the elements have in common.
fn element_type<'a>(
    of: &Type,
    items: impl Iterator<Item = &'a Value>,
    whole: &Value,
) -> Result<Type, Problem> {
    if !has_any(of) {
        return Ok(of.clone());
    }
    if !of.is_vague() {
        // `list(list(any))`: each element is converted on its own first, then all are unified.
        let parts: Vec<Value> = items.map(|item| convert(item, of)).collect::<Result<_, _>>()?;
        if parts.is_empty() {
            return Ok(of.clone());
        }
        return element_type(&Type::Any, parts.iter(), whole);
    }
    let mut types = Vec::new();
    for item in items {
        let found = type_of(item, Limits::DEFAULT.depth);
        if types.last() != Some(&found) {
            types.push(found);
        }
    }
    if types.is_empty() {
        return Ok(whole.of.as_deref().map_or(Type::Untyped, element_of));
    }
    // What is of no type leaves nothing in common to the elements of a list; those of a map may be of one type beside it.
    let most = usize::from(matches!(whole.kind, Kind::Map(_)));
    types.sort_by_key(|of| *of == Type::Untyped);
    types.dedup();
    let certain = types.iter().filter(|of| **of != Type::Untyped).count();
    let lonely = |of: &Type| *of == Type::Untyped && certain > most;
    common(&types).filter(|of| !lonely(of)).ok_or_else(|| no_common_type(whole))
}

/// Collections that may hold anything, for all that is known of their types beforehand, must turn out to be of one type
/// (cty `CanListVal`): `[tomap({a = null}), tomap({b = ["x"]})]` is no list.
fn of_one_type<'a>(items: impl Iterator<Item = &'a Value>, of: &Type, whole: &Value) -> Result<(), Problem> {
    if of.is_vague() || !has_any(of) {
        return Ok(());
    }
    let mut first: Option<Type> = None;
    for found in items.map(|item| type_of(item, Limits::DEFAULT.depth)) {
        if found.is_vague() || found.has_any() {
            continue;
        }
        if first.as_ref().is_some_and(|first| *first != found) {
            return Err(no_common_type(whole));
        }
        first = Some(found);
    }
    Ok(())
}

fn no_common_type(whole: &Value) -> Problem {
    let message = format!("the elements of this {} have no common type", kind_name(whole));
    Problem::new(ProblemKind::Evaluation, whole.span, message)
}

fn has_any(of: &Type) -> bool {
    match of {
        Type::Any | Type::Untyped => true,
        Type::List(of) | Type::Set(of) | Type::Map(of) => has_any(of),
        // Objects and tuples convert `any` attribute by attribute.
        Type::Bool | Type::Number | Type::String | Type::Tuple(_) | Type::Object(_) => false,
    }
}

fn to_list(value: &Value, list: &List, of: &Type, kind: ListKind) -> Result<Value, Problem> {
    let of = element_type(of, list.items.iter(), value)?;
    let items: Vec<Value> = list.items.iter().map(|item| convert(item, &of)).collect::<Result<_, _>>()?;
    of_one_type(items.iter(), &of, value)?;
    let items = if kind == ListKind::Set { sorted_set(items) } else { items };
    let of = if items.is_empty() && list.open.is_none() { sequence_of(kind, of) } else { Type::Any };
    let list = List { kind, items, open: list.open.clone() };
    Ok(with(value, Kind::List(Arc::new(list))).of_type(of))
}

/// The type of a list or set of such elements.
pub(in super::super) fn sequence_of(kind: ListKind, of: Type) -> Type {
    match kind {
        ListKind::Set => Type::Set(Box::new(of)),
        ListKind::List | ListKind::Tuple => Type::List(Box::new(of)),
    }
}

fn to_tuple(value: &Value, list: &List, types: &[Type]) -> Result<Value, Problem> {
    if list.kind != ListKind::Tuple || (list.open.is_none() && list.items.len() != types.len()) {
        return Err(refused(value, &Type::Tuple(types.to_vec())));
    }
    let items = list.items.iter().zip(types).map(|(item, of)| convert(item, of)).collect::<Result<_, _>>()?;
    let list = List { kind: ListKind::Tuple, items, open: list.open.clone() };
    Ok(with(value, Kind::List(Arc::new(list))))
}

fn to_map(value: &Value, map: &Map, of: &Type) -> Result<Value, Problem> {
    let of = element_type(of, map.entries.iter().map(|entry| &entry.value), value)?;
    let mut entries = Vec::new();
    for entry in &map.entries {
        entries.push(Entry { name: entry.name.clone(), value: convert(&entry.value, &of)? });
    }
    of_one_type(entries.iter().map(|entry| &entry.value), &of, value)?;
    let of = if entries.is_empty() { Type::Map(Box::new(of)) } else { Type::Any };
    let map = Map { kind: MapKind::Map, entries, open: map.open.clone() };
    Ok(with(value, Kind::Map(Arc::new(map))).of_type(of))
}

fn to_object(value: &Value, map: &Map, members: &[Member]) -> Result<Value, Problem> {
    let mut entries = Vec::new();
    let unsure = map.entries.iter().find_map(|entry| entry.name.text.unknowns().next());
    let unsure = map.open.as_ref().or(unsure);
    for member in members {
        let found = match (map.entry(&member.name), unsure) {
            (Some(entry), None) => Some(entry.clone()),
            // An entry whose name is not known may come later and win.
            (_, Some(unknown)) => Some(Entry {
                name: made_name(&member.name, value),
                value: with(value, Kind::Unknown(unknown.clone())),
            }),
            (None, None) => None,
        };
        entries.push(match (found, &member.optional) {
            (Some(entry), optional) => filled(&entry, member, optional.as_ref())?,
            (None, Some(default)) => Entry {
                name: made_name(&member.name, value),
                value: default
                    .clone()
                    .unwrap_or_else(|| Value { trail: value.trail.clone(), ..Value::null(value.span) })
                    .of_type(member.of.clone()),
            },
            (None, None) => return Err(missing(value, member)),
        });
    }
    Ok(with(value, Kind::Map(Arc::new(Map { kind: MapKind::Object, entries, open: None }))))
}

/// An attribute that is there; null takes the default too.
fn filled(entry: &Entry, member: &Member, optional: Option<&Option<Value>>) -> Result<Entry, Problem> {
    let value = match optional {
        Some(Some(default)) if entry.value.is_null() => default.clone(),
        _ => convert(&entry.value, &member.of)?,
    };
    Ok(Entry { name: entry.name.clone(), value })
}

fn made_name(name: &Arc<str>, value: &Value) -> Name {
    Name { text: Text::made(name.clone(), value.span), span: value.span }
}

fn missing(value: &Value, member: &Member) -> Problem {
    let message = format!("the attribute `{}` is required and missing", member.name);
    Problem::new(ProblemKind::Evaluation, value.span, message)
}
