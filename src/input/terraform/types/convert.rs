//! Conversion of values to types (cty `convert`).

use super::unify::{Common, Ways, is_object, is_tuple};
use super::{Member, Type, kind_name, members, same_type, sorted_set, type_of};
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
    if to.is_vague() {
        return Ok(value.clone());
    }
    let of = shape(value);
    let converted = Ways::All.convert(value, &of, to)?;
    // Alternatives have been asked one by one; and of a whole resource or module more is there than is known, so that its
    // type is not that of what is known.
    let asked = matches!(value.kind, Kind::OneOf(_)) || !value.unknowns().is_empty();
    if asked || Ways::All.lead(&of, to) { Ok(converted) } else { Err(refused(value, to)) }
}

/// Converts one of several values of type `own` to what all have in common.
///
/// # Errors
/// Where this one cannot be converted, though others of its type could.
pub(in super::super) fn bring(value: &Value, own: &Type, common: &Common) -> Result<Value, Problem> {
    match &common.through {
        // The elements must suit the type on the way, but it is not that type's elements that are converted then.
        Some(through) if is_tuple(own) || is_object(own) => {
            Ways::All.convert(value, own, through)?;
            Ways::All.convert(value, through, &common.to)
        }
        _ if same_type(own, &common.to) => Ok(value.clone()),
        _ => Ways::All.convert(value, own, &common.to),
    }
}

/// The type of a value. Of a sequence or mapping to which more may come, that of what is known.
fn shape(value: &Value) -> Type {
    let of = |value: &Value| type_of(value, Limits::DEFAULT.depth);
    match &value.kind {
        Kind::List(list) if list.kind == ListKind::Tuple && list.open.is_some() => {
            Type::Tuple(list.items.iter().map(of).collect())
        }
        Kind::Map(map) if map.kind == MapKind::Object => match of(value) {
            Type::Any => Type::Object(members(map, Limits::DEFAULT.depth)),
            known => known,
        },
        _ => of(value),
    }
}

impl Ways {
    /// Converts a value that counts as one of the type `from`.
    fn convert(self, value: &Value, from: &Type, to: &Type) -> Result<Value, Problem> {
        match (&value.kind, to) {
            (_, Type::Any | Type::Untyped) => Ok(value.clone()),
            (Kind::Null, _) => Ok(told(value.clone(), to)),
            (Kind::Unknown(unknown), _) => Ok(unknown_of(value, unknown, to)),
            (Kind::OneOf(branches), _) => convert_branches(value, branches, to),
            (_, Type::Bool) => to_bool(value),
            (_, Type::Number) => to_number(value),
            (_, Type::String) => to_text(value),
            (Kind::List(list), Type::List(of)) => self.sequence(value, list, from, (ListKind::List, of)),
            (Kind::List(list), Type::Set(of)) => self.sequence(value, list, from, (ListKind::Set, of)),
            (Kind::List(list), Type::Tuple(types)) => to_tuple(value, list, types),
            (Kind::Map(map), Type::Map(of)) => self.mapping(value, map, from, of),
            (Kind::Map(map), Type::Object(members)) => to_object(value, map, members),
            _ => Err(refused(value, to)),
        }
    }

    /// An element of something larger: what is of the wanted type stays as it is.
    fn element(self, value: &Value, from: &Type, to: &Type) -> Result<Value, Problem> {
        let stays = same_type(from, to) && !to.has_optional();
        match stays {
            true => Ok(value.clone()),
            // Of what type it is turns out only now.
            false if from.is_vague() => convert(value, to),
            false => self.convert(value, from, to),
        }
    }

    /// A list or set of elements of the type `of`.
    fn sequence(
        self,
        value: &Value,
        list: &List,
        from: &Type,
        (kind, of): (ListKind, &Type),
    ) -> Result<Value, Problem> {
        let items = list.items.iter();
        let (items, of) = match from {
            Type::Tuple(types) if types.is_empty() => (Vec::new(), of.clone()),
            Type::Tuple(types) => {
                let of = self.element_of_list(types, of).ok_or_else(|| no_common_type(value))?;
                let items = items.zip(types).map(|(item, own)| self.element(item, own, &of));
                let items = items.collect::<Result<Vec<_>, _>>()?;
                (if kind == ListKind::List { self.unified(items, value)? } else { items }, of)
            }
            Type::List(own) | Type::Set(own) => {
                let items = items.map(|item| self.element(item, own, of)).collect::<Result<_, _>>()?;
                (items, if of.is_vague() { (**own).clone() } else { of.clone() })
            }
            _ => return convert(value, &sequence_of(kind, of.clone())),
        };
        let items = of_one_type(items, value)?;
        let items = if kind == ListKind::Set { sorted_set(items) } else { items };
        let of = if of == Type::Any && from_nothing(from) { Type::Untyped } else { of };
        let of = if items.is_empty() && list.open.is_none() { sequence_of(kind, of) } else { Type::Any };
        let list = List { kind, items, open: list.open.clone() };
        Ok(with(value, Kind::List(Arc::new(list))).of_type(of))
    }

    /// A map of elements of the type `of`.
    fn mapping(self, value: &Value, map: &Map, from: &Type, of: &Type) -> Result<Value, Problem> {
        let entries = map.entries.iter();
        let (values, of, ways) = match from {
            Type::Object(members) => {
                let types: Vec<Type> = members.iter().map(|member| member.of.clone()).collect();
                let of = if types.is_empty() { Some(of.clone()) } else { self.element_of_map(&types, of) };
                let of = of.ok_or_else(|| no_common_type(value))?;
                let own = |name: &Name| {
                    let member = members.iter().find(|member| name.text.is(&member.name));
                    member.map_or(&Type::Any, |member| &member.of)
                };
                let converted = entries.map(|entry| self.element(&entry.value, own(&entry.name), &of));
                (converted.collect::<Result<Vec<_>, _>>()?, of, self)
            }
            Type::Map(own) => {
                let values = entries.map(|entry| self.element(&entry.value, own, of));
                (values.collect::<Result<_, _>>()?, of.clone(), Self::Safe)
            }
            _ => return convert(value, &Type::Map(Box::new(of.clone()))),
        };
        let values = if is_structural(&of) { ways.unified(values, value)? } else { values };
        let values = of_one_type(values, value)?;
        let of = match from {
            Type::Map(own) if of.is_vague() => (**own).clone(),
            Type::Object(_) if of == Type::Any && from_nothing(from) => Type::Untyped,
            _ => of,
        };
        let of = if values.is_empty() { Type::Map(Box::new(of)) } else { Type::Any };
        let names = map.entries.iter().map(|entry| entry.name.clone());
        let entries = names.zip(values).map(|(name, value)| Entry { name, value }).collect();
        let map = Map { kind: MapKind::Map, entries, open: map.open.clone() };
        Ok(with(value, Kind::Map(Arc::new(map))).of_type(of))
    }

    /// Elements that were converted one by one, brought to one type: `list(list(any))` leaves each its own.
    fn unified(self, items: Vec<Value>, whole: &Value) -> Result<Vec<Value>, Problem> {
        let types = types_of(&items);
        if types.windows(2).all(|pair| matches!(pair, [one, two] if same_type(one, two))) {
            return Ok(items);
        }
        let to = self.common(&types).ok_or_else(|| no_common_type(whole))?.to;
        let brought = items.iter().zip(&types).map(|(item, own)| {
            if !same_type(own, &to) && !self.lead(own, &to) {
                return Err(no_common_type(whole));
            }
            self.element(item, own, &to)
        });
        brought.collect()
    }
}

/// Whether a type is that of `[]` or `{}`.
fn from_nothing(of: &Type) -> bool {
    match of {
        Type::Tuple(items) => items.is_empty(),
        Type::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Whether values of a type consist of others, but for tuples.
fn is_structural(of: &Type) -> bool {
    matches!(of, Type::List(_) | Type::Set(_) | Type::Map(_) | Type::Object(_))
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

/// Whether values can be the elements of one list.
pub(in super::super) fn are_alike(items: &[Value]) -> bool {
    alike(&types_of(items))
}

fn types_of(items: &[Value]) -> Vec<Type> {
    items.iter().map(|item| type_of(item, Limits::DEFAULT.depth)).collect()
}

/// Whether all are one type, but for those of none.
fn alike(types: &[Type]) -> bool {
    let Some(first) = types.iter().find(|of| !of.is_vague()) else { return true };
    let suits = |of: &Type| of.is_vague() || of.has_any() || same_type(first, of);
    first.has_any() || types.iter().all(suits)
}

/// The elements of a list, set or map must be of one type (cty `CanListVal`): `[tomap({a = null}), tomap({b = ["x"]})]` is
/// no list. Those of no type go with any, and are of the others' type from then on.
fn of_one_type(mut items: Vec<Value>, whole: &Value) -> Result<Vec<Value>, Problem> {
    let types = types_of(&items);
    if !alike(&types) {
        return Err(no_common_type(whole));
    }
    let Some(first) = types.iter().find(|of| !of.is_vague()) else { return Ok(items) };
    for (item, of) in items.iter_mut().zip(&types) {
        if item.is_null() && of.is_vague() {
            *item = item.clone().of_type(first.clone());
        }
    }
    Ok(items)
}

fn no_common_type(whole: &Value) -> Problem {
    let message = format!("the elements of this {} have no common type", kind_name(whole));
    Problem::new(ProblemKind::Evaluation, whole.span, message)
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
