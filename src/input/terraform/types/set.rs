//! Equality and the order of sets.

use super::{Type, type_of};
use crate::input::terraform::number::{Float, exact, shortest};
use crate::source::Limits;
use crate::value::{Kind, List, ListKind, Map, MapKind, Number, Text, Value};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Whether two values are equal as Terraform's `==` sees it, which never converts. `None`: cannot tell.
pub(in super::super) fn equal(left: &Value, right: &Value) -> Option<bool> {
    let collections = |value: &Value| matches!(value.kind, Kind::List(_) | Kind::Map(_));
    if collections(left) && collections(right) {
        let [one, two] = [left, right].map(|value| type_of(value, Limits::DEFAULT.depth));
        if !one.has_any() && !two.has_any() && !same_type(&one, &two) {
            return Some(false);
        }
    }
    equal_at(left, right, Limits::DEFAULT.depth)
}

/// Whether two types are the same, whatever the order of attributes.
pub(super) fn same_type(one: &Type, two: &Type) -> bool {
    match (one, two) {
        (Type::List(one), Type::List(two))
        | (Type::Set(one), Type::Set(two))
        | (Type::Map(one), Type::Map(two)) => same_type(one, two),
        (Type::Tuple(one), Type::Tuple(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| same_type(one, two))
        }
        (Type::Object(one), Type::Object(two)) => {
            let [one, two] = [one, two].map(|members| {
                members.iter().map(|member| (&member.name, &member.of)).collect::<BTreeMap<_, _>>()
            });
            one.len() == two.len()
                && one.iter().zip(&two).all(|((name, of), (other, two))| name == other && same_type(of, two))
        }
        (one, two) => one == two,
    }
}

fn equal_at(left: &Value, right: &Value, depth: usize) -> Option<bool> {
    let deeper = depth.checked_sub(1)?;
    match (&left.kind, &right.kind) {
        (Kind::OneOf(branches), _) => {
            agree(branches.iter().map(|branch| equal_at(&branch.value, right, deeper)))
        }
        (_, Kind::OneOf(branches)) => {
            agree(branches.iter().map(|branch| equal_at(left, &branch.value, deeper)))
        }
        (Kind::Unknown(_), _) | (_, Kind::Unknown(_)) => None,
        (Kind::Null, Kind::Null) => Some(true),
        (Kind::Bool(left), Kind::Bool(right)) => Some(left == right),
        (Kind::Number(left), Kind::Number(right)) => Some(same_number(left, right)),
        (Kind::Text(left), Kind::Text(right)) => texts_equal(left, right),
        (Kind::List(left), Kind::List(right)) => lists_equal(left, right, deeper),
        (Kind::Map(left), Kind::Map(right)) => maps_equal(left, right, deeper),
        _ => Some(false),
    }
}

/// The answer that all give.
fn agree(mut answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let first = answers.next()??;
    answers.all(|answer| answer == Some(first)).then_some(first)
}

/// No when one is no, yes when all are yes.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut open = false;
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => open = true,
        }
    }
    (!open).then_some(true)
}

fn same_number(left: &Number, right: &Number) -> bool {
    if left.bits() == right.bits() && left == right {
        return true;
    }
    // The same text stands for different numbers where these have not the same bits: `pow(0.1, 1) == 0.1` is false.
    let plain = |number: &Number| number.as_i64().is_some_and(|whole| whole != 0);
    if plain(left) && plain(right) {
        return left == right;
    }
    Float::of(left).is_some_and(|one| Some(one) == Float::of(right))
}

/// Texts with unknown pieces differ for certain when what is known at their ends differs.
fn texts_equal(left: &Text, right: &Text) -> Option<bool> {
    if left.is_known() && right.is_known() {
        return Some(left.known() == right.known());
    }
    let (start, end) = (edge(left, true), edge(left, false));
    let (other_start, other_end) = (edge(right, true), edge(right, false));
    let starts = start.starts_with(&*other_start) || other_start.starts_with(&*start);
    let ends = end.ends_with(&*other_end) || other_end.ends_with(&*end);
    let fits = |known: &Text, open: &Text| !known.is_known() || known.known_len() >= open.known_len();
    if starts && ends && fits(left, right) && fits(right, left) { None } else { Some(false) }
}

/// The known characters at the start or end of a text.
pub(in super::super) fn edge(text: &Text, start: bool) -> String {
    let piece = if start { text.pieces().first() } else { text.pieces().last() };
    match piece {
        Some(crate::value::Piece::Known(known, _)) => known.to_string(),
        _ => String::new(),
    }
}

fn lists_equal(left: &List, right: &List, depth: usize) -> Option<bool> {
    if left.kind != right.kind {
        return Some(false);
    }
    let open = left.open.is_some() || right.open.is_some();
    let pairs = || left.items.iter().zip(&right.items).map(|(left, right)| equal_at(left, right, depth));
    if left.kind == ListKind::Set {
        return sets_equal(left, right, depth);
    }
    if open {
        return if all(pairs()) == Some(false) { Some(false) } else { None };
    }
    if left.items.len() == right.items.len() { all(pairs()) } else { Some(false) }
}

fn sets_equal(left: &List, right: &List, depth: usize) -> Option<bool> {
    let known = |list: &List| list.open.is_none() && list.items.iter().all(|item| item.unknowns().is_empty());
    if !known(left) || !known(right) {
        let none = |list: &List| list.open.is_none() && list.items.is_empty();
        let apart = (none(left) && !right.items.is_empty()) || (none(right) && !left.items.is_empty());
        return apart.then_some(false);
    }
    if left.items.len() != right.items.len() {
        return Some(false);
    }
    all(left.items.iter().zip(&right.items).map(|(left, right)| equal_at(left, right, depth)))
}

fn maps_equal(left: &Map, right: &Map, depth: usize) -> Option<bool> {
    if left.kind != right.kind {
        return Some(false);
    }
    let unsure =
        |map: &Map| map.open.is_some() || map.entries.iter().any(|entry| !entry.name.text.is_known());
    if unsure(left) || unsure(right) {
        return None;
    }
    let index = |map: &Map| -> BTreeMap<String, Value> {
        map.entries.iter().map(|entry| (entry.name.text.known_parts(), entry.value.clone())).collect()
    };
    let (left, right) = (index(left), index(right));
    if !left.keys().eq(right.keys()) {
        return Some(false);
    }
    all(left.values().zip(right.values()).map(|(left, right)| equal_at(left, right, depth)))
}

/// Elements as a set holds them: without duplicates, in Terraform's order (cty `setRules.Less`): false before true,
/// numbers by size, strings by bytes, others by a text that stands for them; then nulls, then what is not known.
pub(in super::super) fn sorted_set(items: Vec<Value>) -> Vec<Value> {
    let mut keyed: Vec<(Key, Value)> = items.into_iter().map(|item| (Key::of(&item), item)).collect();
    keyed.sort_by(|(left, _), (right, _)| left.compare(right));
    keyed.dedup_by(|(later, _), (first, _)| {
        !matches!(later, Key::Open) && later.compare(first) == Ordering::Equal
    });
    keyed.into_iter().map(|(_, item)| item).collect()
}

/// A text that two known values share when they are equal and of one type. `None`: something in it is not known.
pub(in super::super) fn identity(value: &Value) -> Option<String> {
    let mut key = String::new();
    let known = value.unknowns().is_empty() && write_key(value, &mut key, Limits::DEFAULT.depth);
    known.then_some(key)
}

enum Key {
    Bool(bool),
    Number(Box<Float>),
    Text(String),
    Other(String),
    Null,
    Open,
}

impl Key {
    fn of(value: &Value) -> Self {
        match &value.kind {
            Kind::Null => Self::Null,
            Kind::Bool(known) => Self::Bool(*known),
            Kind::Number(number) => Self::Number(Box::new(Float::of(number).unwrap_or_else(Float::zero))),
            Kind::Text(text) if text.is_known() => Self::Text(text.known_parts()),
            Kind::Text(_) | Kind::OneOf(_) | Kind::Unknown(_) => Self::Open,
            Kind::List(_) | Kind::Map(_) => {
                let mut key = String::new();
                if value.unknowns().is_empty() && write_key(value, &mut key, Limits::DEFAULT.depth) {
                    Self::Other(key)
                } else {
                    Self::Open
                }
            }
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Bool(_) => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
            Self::Other(_) => 3,
            Self::Null => 4,
            Self::Open => 5,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(left), Self::Bool(right)) => left.cmp(right),
            (Self::Number(left), Self::Number(right)) => left.cmp(right),
            (Self::Text(left), Self::Text(right)) | (Self::Other(left), Self::Other(right)) => {
                left.cmp(right)
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

/// The text that stands for a composite value in cty's sets (`makeSetHashBytes`). False when it is not known.
fn write_key(value: &Value, key: &mut String, depth: usize) -> bool {
    let Some(deeper) = depth.checked_sub(1) else { return false };
    match &value.kind {
        Kind::Null => key.push('~'),
        Kind::Bool(known) => key.push(if *known { 'T' } else { 'F' }),
        Kind::Number(number) => key.push_str(&ten_digits(number)),
        Kind::Text(text) => write_quoted(&text.known_parts(), key),
        Kind::List(list) => {
            let (open, close) = if list.kind == ListKind::Tuple { ('<', '>') } else { ('[', ']') };
            key.push(open);
            for item in &list.items {
                if !write_key(item, key, deeper) {
                    return false;
                }
                key.push(';');
            }
            key.push(close);
        }
        Kind::Map(map) => return write_map_key(map, key, deeper),
        Kind::OneOf(_) | Kind::Unknown(_) => return false,
    }
    true
}

fn write_quoted(text: &str, key: &mut String) {
    key.push('"');
    key.extend(text.escape_debug());
    key.push('"');
}

fn write_map_key(map: &Map, key: &mut String, depth: usize) -> bool {
    let object = map.kind == MapKind::Object;
    let sorted: BTreeMap<String, &Value> =
        map.entries.iter().map(|entry| (entry.name.text.known_parts(), &entry.value)).collect();
    key.push(if object { '<' } else { '{' });
    for (name, value) in sorted {
        // Sets of objects of one type need no names; ours may differ in type, so the name stays.
        write_quoted(&name, key);
        key.push(':');
        if !write_key(value, key, depth) {
            return false;
        }
        key.push(';');
    }
    key.push(if object { '>' } else { '}' });
    true
}

/// Go's `%.10g`.
fn ten_digits(number: &Number) -> String {
    let Some(float) = Float::of(number) else { return number.as_str().to_owned() };
    let mut digits = exact(&float);
    let whole = shortest(&float).plain();
    digits.round(10);
    // Ten digits may not tell two numbers apart; the whole text behind them does and keeps their order.
    let shown = if (-3..=10).contains(&digits.point) { digits.plain() } else { digits.scientific() };
    format!("{shown};{whole}")
}
