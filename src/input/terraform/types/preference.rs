//! In which order types are tried as the one that all others become (cty `convert.sortTypes`, `convert.compareTypes`).
//!
//! What is easy to get wrong: that a type is more general says nothing of whether the others convert to it.

use super::Type;
use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};

/// The more general first; those of which neither is keep their order.
pub(super) fn preferred<'t>(given: &[&'t Type]) -> Vec<&'t Type> {
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); given.len()];
    let mut before = vec![0usize; given.len()];
    for (at, one) in given.iter().enumerate() {
        for (other, two) in given.iter().enumerate().skip(at + 1) {
            let (first, second) = match compare(one, two) {
                Ordering::Less => (at, other),
                Ordering::Greater => (other, at),
                Ordering::Equal => continue,
            };
            if let (Some(edges), Some(count)) = (behind.get_mut(first), before.get_mut(second)) {
                edges.push(second);
                *count += 1;
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

/// Less: the first is the more general one.
fn compare(one: &Type, two: &Type) -> Ordering {
    match (one, two) {
        (Type::Any, Type::Untyped) => Ordering::Less,
        (Type::Untyped, Type::Any) => Ordering::Greater,
        (one, two) if one.is_vague() || two.is_vague() => one.is_vague().cmp(&two.is_vague()),
        (Type::String, other) if other.is_primitive() && *other != Type::String => Ordering::Less,
        (other, Type::String) if other.is_primitive() && *other != Type::String => Ordering::Greater,
        (Type::List(one), Type::List(two))
        | (Type::Set(one), Type::Set(two))
        | (Type::Map(one), Type::Map(two)) => compare(one, two),
        (Type::List(_), Type::Tuple(_))
        | (Type::Map(_), Type::Object(_))
        | (Type::List(_) | Type::Tuple(_), Type::Set(_)) => Ordering::Less,
        (Type::Tuple(_), Type::List(_))
        | (Type::Object(_), Type::Map(_))
        | (Type::Set(_), Type::List(_) | Type::Tuple(_)) => Ordering::Greater,
        (Type::Object(one), Type::Object(two)) => {
            let [one, two] = [one, two].map(|members| {
                members.iter().map(|member| (&member.name, &member.of)).collect::<BTreeMap<_, _>>()
            });
            if !one.keys().eq(two.keys()) {
                return Ordering::Equal;
            }
            all_agree(one.into_values().zip(two.into_values()))
        }
        (Type::Tuple(one), Type::Tuple(two)) if one.len() == two.len() => all_agree(one.iter().zip(two)),
        _ => Ordering::Equal,
    }
}

/// The order of all that have one.
fn all_agree<'t>(pairs: impl Iterator<Item = (&'t Type, &'t Type)>) -> Ordering {
    let mut found = Ordering::Equal;
    for (one, two) in pairs {
        match (found, compare(one, two)) {
            (_, Ordering::Equal) => {}
            (Ordering::Equal, order) => found = order,
            (known, order) if known != order => return Ordering::Equal,
            _ => {}
        }
    }
    found
}
