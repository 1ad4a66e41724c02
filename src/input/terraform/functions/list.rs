//! Sequences: what is in them, and parts of them.
//!
//! What is easy to get wrong: in an `open` sequence neither the length nor the positions are certain, only that the
//! elements there are in it.

use super::signature::{Arguments, Function, Outcome, Parameter, Stop, Takes, known_text};
use crate::input::terraform::number::Float;
use crate::input::terraform::types::{Type, common, convert, element_of, equal, identity, type_of};
use crate::source::Limits;
use crate::value::{Kind, List, ListKind, Reason, Symbol, Unknown, Value};
use std::collections::BTreeSet;
use unicode_segmentation::UnicodeSegmentation;

const ANY: &[Parameter] = &[Parameter::new("list", Takes::Any)];
const LIST: &[Parameter] = &[Parameter::new("list", Takes::List)];
const TEXTS: &[Parameter] = &[Parameter::new("list", Takes::Texts)];
const LIST_AND_VALUE: &[Parameter] =
    &[Parameter::new("list", Takes::Any), Parameter::new("value", Takes::Any)];
const LIST_AND_SIZE: &[Parameter] =
    &[Parameter::new("list", Takes::List), Parameter::new("size", Takes::Number)];
const SLICE: &[Parameter] = &[
    Parameter::new("list", Takes::Any),
    Parameter::new("start_index", Takes::Number),
    Parameter::new("end_index", Takes::Number),
];

pub(super) const ROWS: &[Function] = &[
    Function::new("length", &[Parameter::new("value", Takes::Any)], length).keeps(),
    Function::new("concat", &[], concat).rest(Parameter::new("seqs", Takes::Any)).keeps(),
    Function::new("contains", LIST_AND_VALUE, contains),
    Function::new("index", LIST_AND_VALUE, index),
    Function::new("flatten", ANY, flatten),
    Function::new("distinct", LIST, distinct).keeps(),
    Function::new("compact", TEXTS, compact).keeps(),
    Function::new("sort", TEXTS, sort).keeps(),
    Function::new(
        "element",
        &[Parameter::new("list", Takes::Any), Parameter::new("index", Takes::Number)],
        element,
    )
    .keeps(),
    Function::new("slice", SLICE, slice).keeps(),
    Function::new("reverse", ANY, reverse).keeps(),
    Function::new("one", ANY, one).keeps(),
    Function::new("chunklist", LIST_AND_SIZE, chunklist).keeps(),
    Function::new("range", &[], range).rest(Parameter::new("params", Takes::Number)),
    Function::new(
        "matchkeys",
        &[
            Parameter::new("values", Takes::List),
            Parameter::new("keys", Takes::List),
            Parameter::new("searchset", Takes::List),
        ],
        matchkeys,
    ),
];

/// Elements, entries, or characters as people see them (grapheme clusters).
fn length(args: &Arguments<'_>) -> Outcome {
    let value = args.value(0)?;
    let open =
        |unknown: &Option<Unknown>| unknown.clone().map_or(Ok(()), |unknown| Err(Stop::Unknown(unknown)));
    let count = match &value.kind {
        Kind::List(list) => {
            open(&list.open)?;
            if list.kind == ListKind::Set && list.items.len() > 1 {
                // Elements that are not known may turn out to be equal to others.
                open(&value.unknowns().first().map(|unknown| (*unknown).clone()))?;
            }
            list.items.len()
        }
        Kind::Map(map) => {
            open(&map.open)?;
            let unnamed = map.entries.iter().find_map(|entry| entry.name.text.unknowns().next());
            open(&unnamed.cloned())?;
            map.entries.iter().map(|entry| entry.name.text.known_parts()).collect::<BTreeSet<_>>().len()
        }
        Kind::Text(_) => args.known(0)?.graphemes(true).count(),
        _ => return Err(args.not_known(value)),
    };
    args.give_number(i64::try_from(count).ok().map(Float::integer))
}

fn concat(args: &Arguments<'_>) -> Outcome {
    if args.rest().is_empty() {
        return Err(args.fail("at least one argument is needed"));
    }
    let lists =
        args.rest().iter().all(|value| value.as_list().is_some_and(|list| list.kind == ListKind::List));
    let types: Vec<Type> = args.rest().iter().map(|value| type_of(value, Limits::DEFAULT.depth)).collect();
    // Lists give a list when their elements have a common type, anything else gives a tuple.
    let to = lists.then(|| common(&types)).flatten();
    let kind = if to.is_some() { ListKind::List } else { ListKind::Tuple };
    let to = to.unwrap_or(Type::Any);
    let mut items = Vec::new();
    let mut open = None;
    for (index, value) in args.rest().iter().enumerate() {
        match &convert(value, &to)?.kind {
            Kind::List(list) if list.kind != ListKind::Set => {
                items.extend(list.items.iter().cloned());
                open = open.or_else(|| list.open.clone());
            }
            Kind::Unknown(unknown) => open = open.or_else(|| Some(unknown.clone())),
            _ => return Err(args.wrong(index, "all arguments must be lists or tuples")),
        }
    }
    args.give_list_of(kind, items, open, element_of(&to))
}

fn contains(args: &Arguments<'_>) -> Outcome {
    let (list, needle) = (args.list(0)?, args.value(1)?);
    let mut unsure = list.open.clone();
    for item in &list.items {
        match equal(item, needle) {
            Some(true) => return args.give_bool(true),
            Some(false) => {}
            None => unsure = unsure.or_else(|| first_unknown(item, needle)),
        }
    }
    match unsure {
        Some(unknown) => Err(Stop::Unknown(unknown)),
        None => args.give_bool(false),
    }
}

fn first_unknown(left: &Value, right: &Value) -> Option<Unknown> {
    left.unknowns().into_iter().chain(right.unknowns()).next().cloned()
}

fn index(args: &Arguments<'_>) -> Outcome {
    let (list, needle) = (args.list(0)?, args.value(1)?);
    if let Kind::Unknown(unknown) = &needle.kind {
        return Err(Stop::Unknown(unknown.clone()));
    }
    if list.kind == ListKind::Set {
        return Err(args.wrong(0, "a set has no positions"));
    }
    for (at, item) in args.closed(0)?.iter().enumerate() {
        match equal(item, needle) {
            Some(true) => return args.give_number(i64::try_from(at).ok().map(Float::integer)),
            Some(false) => {}
            None => {
                let unknown = first_unknown(item, needle);
                return Err(
                    unknown.map_or_else(|| args.fail("the values are nested too deeply"), Stop::Unknown)
                );
            }
        }
    }
    Err(args.fail("the value is not in the list"))
}

/// Takes lists out of lists, however deep. An element that is not known may be a list of any length.
fn flatten(args: &Arguments<'_>) -> Outcome {
    let mut open = None;
    let mut items = Vec::new();
    let mut left: Vec<(Value, usize)> = vec![(args.value(0)?.clone(), Limits::DEFAULT.depth)];
    if !matches!(left.first().map(|(value, _)| &value.kind), Some(Kind::List(_))) {
        return Err(args.not_known(args.value(0)?));
    }
    while let Some((value, depth)) = left.pop() {
        let Some(deeper) = depth.checked_sub(1) else { return Err(args.too_much("levels")) };
        match &value.kind {
            Kind::List(list) => {
                open = open.or_else(|| list.open.clone());
                let mark = |item: &Value| Value { secret: item.secret || value.secret, ..item.clone() };
                left.extend(list.items.iter().rev().map(|item| (mark(item), deeper)));
                if left.len() + items.len() > 2 * Limits::DEFAULT.elements {
                    return Err(args.too_much("elements"));
                }
            }
            Kind::Unknown(unknown) if may_be_list(unknown) => open = open.or_else(|| Some(unknown.clone())),
            Kind::OneOf(branches)
                if branches
                    .iter()
                    .any(|branch| matches!(branch.value.kind, Kind::List(_) | Kind::Unknown(_))) =>
            {
                open = open.or_else(|| crate::input::terraform::alternative::undecided(&value));
            }
            _ => items.push(value),
        }
    }
    args.give_list(ListKind::Tuple, items, open)
}

fn may_be_list(unknown: &Unknown) -> bool {
    match &unknown.symbol {
        Symbol::Anything => true,
        Symbol::Attribute { attribute, .. } => !matches!(&**attribute, "arn" | "id"),
        _ => false,
    }
}

/// Keeps the first of equal elements. One that is not known stays: it may be equal to another, which changes nothing
/// for what the list contains.
fn distinct(args: &Arguments<'_>) -> Outcome {
    let list = args.list(0)?;
    let mut seen = BTreeSet::new();
    let items = list.items.iter().filter(|item| identity(item).is_none_or(|key| seen.insert(key)));
    args.give_part(ListKind::List, items.cloned().collect(), list.open.clone(), args.value(0)?)
}

/// Drops null and empty texts. A text that is not known may be empty and stays.
fn compact(args: &Arguments<'_>) -> Outcome {
    let list = args.list(0)?;
    let full = |item: &&Value| !item.is_null() && !item.as_text().is_some_and(crate::value::Text::is_empty);
    let items = list.items.iter().filter(full).cloned().collect();
    args.give_list_of(ListKind::List, items, list.open.clone(), Type::String)
}

/// By bytes; texts that are not known come last.
fn sort(args: &Arguments<'_>) -> Outcome {
    let list = args.list(0)?;
    if list.items.iter().any(Value::is_null) {
        return Err(args.fail("a null cannot be sorted"));
    }
    let mut keyed: Vec<(Option<String>, &Value)> =
        list.items.iter().map(|item| (known_text(item).ok(), item)).collect();
    keyed.sort_by(|(left, _), (right, _)| match (left, right) {
        (Some(left), Some(right)) => left.cmp(right),
        _ => right.is_some().cmp(&left.is_some()),
    });
    let items = keyed.into_iter().map(|(_, item)| item.clone()).collect();
    args.give_list_of(ListKind::List, items, list.open.clone(), Type::String)
}

/// Counts round the list. Terraform 1.11 crashes for a negative index into a tuple, later versions count from its end.
fn element(args: &Arguments<'_>) -> Outcome {
    let list = args.list(0)?;
    if list.kind == ListKind::Set {
        return Err(args.wrong(0, "a set has no positions"));
    }
    let items = args.closed(0)?;
    let at = args.integer(1)?;
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    if length == 0 {
        return Err(args.wrong(0, "the list is empty"));
    }
    if list.kind == ListKind::Tuple && at < 0 && at % length != 0 {
        return Ok(Value::unknown(Reason::NotEvaluated, "element with a negative index", args.call.span));
    }
    let at = usize::try_from(at.rem_euclid(length)).unwrap_or(0);
    items.get(at).cloned().ok_or_else(|| args.fail("the index is out of bounds"))
}

fn slice(args: &Arguments<'_>) -> Outcome {
    let list = args.list(0)?;
    if list.kind == ListKind::Set {
        return Err(args.wrong(0, "a set has no positions"));
    }
    let items = args.closed(0)?;
    let (start, end) = (args.integer(1)?, args.integer(2)?);
    let bound = |index: i64, at: usize, what: &str| {
        let inside = usize::try_from(index).ok().filter(|index| *index <= items.len());
        inside.ok_or_else(|| args.wrong(at, format!("the {what} index {index} is outside the list")))
    };
    let (from, to) = (bound(start, 1, "start")?, bound(end, 2, "end")?);
    match items.get(from..to) {
        Some(part) => args.give_part(list.kind, part.to_vec(), None, args.value(0)?),
        None => Err(args.wrong(1, "the start index is greater than the end index")),
    }
}

fn reverse(args: &Arguments<'_>) -> Outcome {
    let list = args.list(0)?;
    let kind = if list.kind == ListKind::Tuple { ListKind::Tuple } else { ListKind::List };
    args.give_part(kind, list.items.iter().rev().cloned().collect(), list.open.clone(), args.value(0)?)
}

/// Null for none, the element for one.
fn one(args: &Arguments<'_>) -> Outcome {
    let list = args.list(0)?;
    let may_merge = list.kind == ListKind::Set && !args.value(0)?.unknowns().is_empty();
    match (list.items.as_slice(), &list.open) {
        ([_, _, ..], _) if !may_merge => Err(args.wrong(0, "a list with no or one element is needed")),
        (_, Some(unknown)) => Err(Stop::Unknown(unknown.clone())),
        ([], None) => {
            let of = element_of(&type_of(args.value(0)?, Limits::DEFAULT.depth));
            Ok(args.make(Kind::Null).of_type(of))
        }
        ([only], None) => Ok(only.clone()),
        _ => {
            let unknown = args.value(0)?.unknowns().first().map(|unknown| (*unknown).clone());
            Err(unknown.map_or_else(|| args.fail("the list is not known"), Stop::Unknown))
        }
    }
}

fn chunklist(args: &Arguments<'_>) -> Outcome {
    let items = args.closed(0)?;
    let size = args.integer(1)?;
    let Ok(size) = usize::try_from(size) else { return Err(args.wrong(1, "the size must not be negative")) };
    let part = |items: &[Value]| {
        let list = List { kind: ListKind::List, items: items.to_vec(), open: None };
        Value::new(Kind::List(list.into()), args.call.span)
    };
    let all = size == 0 && !items.is_empty();
    let parts = if all { vec![part(items)] } else { items.chunks(size.max(1)).map(part).collect() };
    args.give_list_of(ListKind::List, parts, None, type_of(args.value(0)?, Limits::DEFAULT.depth))
}

/// At most 1024 numbers, as in Terraform.
fn range(args: &Arguments<'_>) -> Outcome {
    let numbers: Vec<Float> =
        args.rest().iter().map(|value| args.number_of(value)).collect::<Result<_, _>>()?;
    let (start, end, step) = match numbers.as_slice() {
        [end] => (Float::zero(), end.clone(), None),
        [start, end] => (start.clone(), end.clone(), None),
        [start, end, step] => (start.clone(), end.clone(), Some(step.clone())),
        _ => return Err(args.fail("one, two or three numbers are needed")),
    };
    let down = end < start;
    let step = step.unwrap_or_else(|| Float::integer(if down { -1 } else { 1 }));
    if step.is_zero() || (start != end && step.is_negative() != down) {
        return Err(args.fail("the step leads away from the end"));
    }
    let mut items = Vec::new();
    let mut at = start;
    while if down { at > end } else { at < end } {
        if items.len() >= 1024 {
            return Err(args.fail("more than 1024 numbers would be made"));
        }
        items.push(args.make(Kind::Number(at.number())));
        at = at.add(&step).ok_or_else(|| args.fail("a number is out of bounds"))?;
    }
    args.give_list_of(ListKind::List, items, None, Type::Number)
}

/// The values whose keys are in the search set.
fn matchkeys(args: &Arguments<'_>) -> Outcome {
    let types = [args.value(1)?, args.value(2)?].map(|value| type_of(value, Limits::DEFAULT.depth));
    let of = common(&types).ok_or_else(|| args.fail("the keys and the search set have no common type"))?;
    let (values, keys, wanted) = (args.closed(0)?, args.closed(1)?, args.closed(2)?);
    if values.len() != keys.len() {
        return Err(args.fail("there must be as many keys as values"));
    }
    let of = element_of(&of);
    let key = |value: &Value| -> Result<String, Stop> {
        let converted = convert(value, &of)?;
        identity(&converted).ok_or_else(|| {
            first_unknown(value, value).map_or_else(|| args.fail("a key is not known"), Stop::Unknown)
        })
    };
    let wanted: BTreeSet<String> = wanted.iter().map(key).collect::<Result<_, _>>()?;
    let mut found = Vec::new();
    for (value, name) in values.iter().zip(keys) {
        if wanted.contains(&key(name)?) {
            found.push(value.clone());
        }
    }
    args.give_part(ListKind::List, found, None, args.value(0)?)
}
