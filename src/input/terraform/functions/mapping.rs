//! Maps and objects.

use super::signature::{Arguments, Function, Outcome, Parameter, Stop, Takes, map};
use crate::input::terraform::alternative::perhaps;
use crate::input::terraform::json::sorted_entries;
use crate::input::terraform::types::{Type, convert, element_of, type_of};
use crate::source::Limits;
use crate::value::{Entry, Kind, List, ListKind, Map, MapKind, Name, Text, Unknown, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const MAPPING: &[Parameter] = &[Parameter::new("mapping", Takes::Any)];

pub(super) const ROWS: &[Function] = &[
    Function::new("merge", &[], merge).rest(Parameter::new("maps", Takes::Any).nullable()).keeps(),
    Function::new("keys", MAPPING, keys).keeps(),
    Function::new("values", MAPPING, values).keeps(),
    Function::new(
        "lookup",
        &[Parameter::new("inputMap", Takes::Any), Parameter::new("key", Takes::Text)],
        lookup,
    )
    .rest(Parameter::new("default", Takes::Any).nullable())
    .keeps(),
    Function::new(
        "zipmap",
        &[Parameter::new("keys", Takes::Texts), Parameter::new("values", Takes::Any)],
        zipmap,
    )
    .keeps(),
    Function::new("transpose", &[Parameter::new("values", Takes::MapOfTexts)], transpose),
];

/// Later entries win. What is not known may hold any name, so entries before it stand only if it has not theirs.
fn merge(args: &Arguments<'_>) -> Outcome {
    let mut merged = Merged::default();
    let mut types = Vec::new();
    for (index, value) in args.rest().iter().enumerate() {
        match &value.kind {
            Kind::Null => match value.of.as_deref() {
                None | Some(Type::Object(_)) => types.push(None),
                Some(of @ Type::Map(_)) => types.push(Some(of.clone())),
                Some(_) => return Err(args.wrong(index, "the arguments must be maps or objects")),
            },
            Kind::Unknown(unknown) => merged.disturb(unknown, &Text::unknown(unknown.clone()), true),
            Kind::Map(given) => {
                types.push((given.kind == MapKind::Map).then(|| type_of(value, Limits::DEFAULT.depth)));
                merged.add(given, value.secret);
            }
            _ => return Err(args.wrong(index, "the arguments must be maps or objects")),
        }
    }
    // Maps of one type give a map, anything else an object.
    let first = types.first().cloned().flatten();
    let alike = first.is_some() && types.iter().all(|of| *of == first);
    let kind = if alike { MapKind::Map } else { MapKind::Object };
    let empty = merged.entries.is_empty();
    let merged = args.give_map(Map { kind, entries: merged.entries, open: merged.open })?;
    Ok(if empty { merged.of_type(first.filter(|_| alike).unwrap_or(Type::Any)) } else { merged })
}

#[derive(Default)]
struct Merged {
    entries: Vec<Entry>,
    places: HashMap<String, usize>,
    open: Option<Unknown>,
}

impl Merged {
    fn add(&mut self, given: &Map, secret: bool) {
        for entry in &given.entries {
            let value = Value { secret: secret || entry.value.secret, ..entry.value.clone() };
            let entry = Entry { name: entry.name.clone(), value };
            let Some(name) = entry.name.text.known() else {
                if let Some(unknown) = entry.name.text.unknowns().next().cloned() {
                    self.disturb(&unknown, &entry.name.text, false);
                }
                self.entries.push(entry);
                continue;
            };
            if let Some(standing) = self.places.get(&name).and_then(|place| self.entries.get_mut(*place)) {
                *standing = entry;
            } else {
                self.places.insert(name, self.entries.len());
                self.entries.push(entry);
            }
        }
        if let Some(unknown) = &given.open {
            self.disturb(unknown, &Text::unknown(unknown.clone()), true);
        }
    }

    /// An entry whose name is not known may replace any that stands.
    fn disturb(&mut self, unknown: &Unknown, name: &Text, open: bool) {
        let start = crate::input::terraform::types::edge(name, true);
        for entry in &mut self.entries {
            let Some(known) = entry.name.text.known().filter(|known| known.starts_with(&start)) else {
                continue;
            };
            entry.value = perhaps(&entry.value, unknown, format!("{} has no `{known}`", unknown.name));
        }
        if open && self.open.is_none() {
            self.open = Some(unknown.clone());
        }
    }
}

fn entries_of<'v>(args: &Arguments<'_>, value: &'v Value) -> Result<(Vec<&'v Entry>, &'v Map), Stop> {
    let map = args.map_of(value)?;
    Ok((sorted_entries(map), map))
}

fn list_kind(map: &Map) -> ListKind {
    if map.kind == MapKind::Map { ListKind::List } else { ListKind::Tuple }
}

fn keys(args: &Arguments<'_>) -> Outcome {
    let (entries, map) = entries_of(args, args.value(0)?)?;
    let names = entries.iter().map(|entry| Value::text(entry.name.text.clone(), entry.name.span)).collect();
    args.give_list_of(list_kind(map), names, map.open.clone(), Type::String)
}

fn values(args: &Arguments<'_>) -> Outcome {
    let (entries, map) = entries_of(args, args.value(0)?)?;
    let values = entries.iter().map(|entry| entry.value.clone()).collect();
    args.give_part(list_kind(map), values, map.open.clone(), args.value(0)?)
}

fn lookup(args: &Arguments<'_>) -> Outcome {
    if args.rest().len() > 1 {
        return Err(args.fail("one default is enough"));
    }
    let map = args.map_of(args.value(0)?)?;
    let default = match args.rest().first() {
        Some(default) if map.kind == MapKind::Map => {
            let of = element_of(&type_of(args.value(0)?, Limits::DEFAULT.depth));
            let wrong = |_| args.wrong(2, "the default must have the type of the map's elements");
            Some(convert(default, &of).map_err(wrong)?)
        }
        default => default.cloned(),
    };
    let key = args.known(1)?;
    if let Some(value) = map.get(&key) {
        return Ok(value.clone());
    }
    let unsure =
        map.open.as_ref().or_else(|| map.entries.iter().find_map(|entry| entry.name.text.unknowns().next()));
    if let Some(unknown) = unsure {
        return Err(Stop::Unknown(unknown.clone()));
    }
    default.ok_or_else(|| args.fail(format!("there is no `{key}`, and no default is given")))
}

fn zipmap(args: &Arguments<'_>) -> Outcome {
    let keys = args.closed(0)?;
    let list = args.value(1)?;
    let values = args.closed(1)?;
    if keys.len() != values.len() {
        return Err(args.fail(format!("there are {} keys but {} values", keys.len(), values.len())));
    }
    let mut entries = Vec::new();
    for (key, value) in keys.iter().zip(values) {
        let Kind::Text(text) = &key.kind else { return Err(args.not_known(key)) };
        entries.push(Entry { name: Name { text: text.clone(), span: key.span }, value: value.clone() });
    }
    if args.list_of(list)?.kind == ListKind::Set {
        return Err(args.wrong(1, "the values must be a list or tuple, a set has no order"));
    }
    let tuple = args.list_of(list)?.kind == ListKind::Tuple;
    let kind = if tuple { MapKind::Object } else { MapKind::Map };
    let all = map(kind, entries);
    let entries: Vec<Entry> = sorted_entries(&all).into_iter().cloned().collect();
    let empty = kind == MapKind::Map && entries.is_empty();
    let zipped = args.give_map(map(kind, entries))?;
    let of = || Type::Map(Box::new(element_of(&type_of(list, Limits::DEFAULT.depth))));
    Ok(if empty { zipped.of_type(of()) } else { zipped })
}

fn transpose(args: &Arguments<'_>) -> Outcome {
    let (entries, _) = entries_of(args, args.value(0)?)?;
    if let Some(unknown) = args.value(0)?.unknowns().first() {
        return Err(Stop::Unknown((*unknown).clone()));
    }
    let mut turned: BTreeMap<String, (Value, BTreeSet<String>, Vec<Value>)> = BTreeMap::new();
    for entry in entries {
        for item in &args.list_of(&entry.value)?.items {
            let Some(name) = item.as_text().and_then(Text::known) else { return Err(args.not_known(item)) };
            let key = entry.name.text.known_parts();
            let (_, seen, values) =
                turned.entry(name).or_insert_with(|| (item.clone(), BTreeSet::new(), Vec::new()));
            if seen.insert(key) {
                values.push(Value::text(entry.name.text.clone(), entry.name.span));
            }
        }
    }
    let entries = turned.into_values().filter_map(|(name, _, items)| {
        let list = List { kind: ListKind::List, items, open: None };
        let value = Value::new(Kind::List(list.into()), args.call.span);
        Some(Entry { name: Name { text: name.as_text()?.clone(), span: name.span }, value })
    });
    let turned = args.give_map(map(MapKind::Map, entries.collect()))?;
    let texts = Type::List(Box::new(Type::String));
    let empty = turned.as_map().is_some_and(|map| map.entries.is_empty());
    Ok(if empty { turned.of_type(Type::Map(Box::new(texts))) } else { turned })
}
