//! Who an unknown principal of a planned document is, as far as the configuration tells.
//!
//! A new role's ARN is unknown in a plan, and yet it is one role's: never `*`. The configuration names the role, if all
//! identifiers of a statement refer to nothing else. What is easy to get wrong: `dynamic` blocks make more statements
//! than are written, and then nothing can be told by position.

use super::address::Address;
use super::configuration::Configuration;
use crate::value::{Entry, Kind, List, Map, Symbol, Unknown, Value};
use std::sync::Arc;

/// The planned arguments of the document at `address`, with what is known of unknown identifiers.
pub(super) fn named(planned: &Value, configuration: &Configuration<'_>, address: &Address) -> Value {
    let Some(map) = planned.as_map() else { return planned.clone() };
    let entry = |entry: &Entry| {
        let value = match entry.value.as_list().filter(|_| entry.name.text.is("statement")) {
            Some(list) => statements(&entry.value, list, configuration, address),
            None => entry.value.clone(),
        };
        Entry { name: entry.name.clone(), value }
    };
    let map = Map { entries: map.entries.iter().map(entry).collect(), ..map.clone() };
    Value { kind: Kind::Map(Arc::new(map)), ..planned.clone() }
}

fn statements(value: &Value, list: &List, configuration: &Configuration<'_>, address: &Address) -> Value {
    let owners = configuration.identifiers(address);
    if owners.len() != list.items.len() {
        return value.clone();
    }
    let items = list.items.iter().zip(owners).map(|(statement, owner)| match owner {
        Some(owner) => told(statement, &owner, false),
        None => statement.clone(),
    });
    let list = List { items: items.collect(), ..list.clone() };
    Value { kind: Kind::List(Arc::new(list)), ..value.clone() }
}

/// The value with `owner`'s ARN for every unknown identifier in it.
fn told(value: &Value, owner: &str, in_identifiers: bool) -> Value {
    let kind = match &value.kind {
        Kind::Unknown(unknown) if in_identifiers => {
            let symbol = Symbol::Attribute { resource: owner.into(), attribute: "arn".into() };
            Kind::Unknown(Unknown { symbol, name: format!("{owner}.arn").into(), ..unknown.clone() })
        }
        Kind::List(list) if list.items.iter().any(|item| !item.unknowns().is_empty()) => {
            let items = list.items.iter().map(|item| told(item, owner, in_identifiers)).collect();
            Kind::List(Arc::new(List { items, ..(**list).clone() }))
        }
        Kind::Map(map) => {
            let entry = |entry: &Entry| {
                let inside = in_identifiers || entry.name.text.is("identifiers");
                Entry { name: entry.name.clone(), value: told(&entry.value, owner, inside) }
            };
            Kind::Map(Arc::new(Map { entries: map.entries.iter().map(entry).collect(), ..(**map).clone() }))
        }
        kind => kind.clone(),
    };
    Value { kind, ..value.clone() }
}
