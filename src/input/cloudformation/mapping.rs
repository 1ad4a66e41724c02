//! `Fn::FindInMap`.

use super::facts::Facts;
use super::formula::Formula;
use super::intrinsics::Call;
use super::scope::Evaluator;
use super::{alternative, conditions, mistake, text};
use crate::source::{Limits, Span, nearest};
use crate::value::{Assumption, Branch, Entry, Kind, Map, Reason, Symbol, Unknown, Value};
use std::sync::Arc;

/// `Fn::FindInMap: [mapping, key, second key]`, with `{DefaultValue: …}` as fourth (`AWS::LanguageExtensions`).
///
/// A key that is not known (the Region, mostly) leaves one of a few where the mapping has but a few values. An entry that
/// is missing in a case that may not come up is no mistake.
pub(super) fn find(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let (names, default) = match call.args() {
        [map, one, two] => ([map, one, two], None),
        [map, one, two, last] if last.get("DefaultValue").is_some() => {
            ([map, one, two], last.get("DefaultValue"))
        }
        _ => return call.malformed(evaluator, "the name of a mapping and two keys"),
    };
    let names: Vec<Value> = names.iter().map(|name| evaluator.present(name)).collect();
    let assumed = usize::from(names.iter().any(|name| matches!(name.kind, Kind::OneOf(_))));
    evaluator.assuming += assumed;
    let found = alternative::each(&evaluator.facts.clone(), names, call.span, |names| {
        found(evaluator, call, &names, default)
    });
    evaluator.assuming -= assumed;
    found
}

fn found(evaluator: &mut Evaluator<'_>, call: &Call<'_>, names: &[Value], default: Option<&Value>) -> Value {
    let Some(texts) = names.iter().map(text::of).collect::<Option<Vec<_>>>() else {
        return call.malformed(evaluator, "the name of a mapping and two keys");
    };
    let [map, keys @ ..] = texts.as_slice() else { return call.unknown(Reason::NotEvaluated) };
    let Some(map) = map.known() else { return call.unknown_of(names) };
    let Some(entry) = evaluator.template.entry("Mappings", &map) else {
        return missing_map(evaluator, call, &map, names.first().map_or(call.span, |name| name.span));
    };
    let mut candidates = vec![Candidate { when: Vec::new(), found: Some(&entry.value) }];
    for (key, name) in keys.iter().zip(names.iter().skip(1)) {
        let Some(next) = step(evaluator, &candidates, key.known().as_deref(), name) else {
            return call.unknown_of(names);
        };
        candidates = next;
    }
    let through = format!("through mapping `{map}`");
    let mut found: Vec<Branch> = Vec::new();
    for candidate in candidates {
        let value = match (candidate.found, default) {
            (Some(value), _) => {
                evaluator.present(value).via(value.span, "mapping entry here").via(call.span, &*through)
            }
            (None, Some(default)) => evaluator.present(default),
            (None, None) if candidate.when.is_empty() => {
                return missing_key(evaluator, call, entry, names);
            }
            // In that case the deployment fails.
            (None, None) => continue,
        };
        add(&evaluator.facts, &mut found, candidate.when, value);
    }
    match found.len() {
        0 => missing_key(evaluator, call, entry, names),
        1..=8 => alternative::one_of(&evaluator.facts, found, call.span),
        _ => call.unknown_of(names),
    }
}

/// What a key leads to, and what it takes the key to be where it is not known.
struct Candidate<'v> {
    when: Vec<Assumption>,
    found: Option<&'v Value>,
}

/// Goes down by one key; `None`: too many possibilities.
fn step<'v>(
    evaluator: &mut Evaluator<'_>,
    from: &[Candidate<'v>],
    key: Option<&str>,
    name: &Value,
) -> Option<Vec<Candidate<'v>>> {
    let mut next = Vec::new();
    for candidate in from {
        let map = candidate.found.and_then(Value::as_map);
        evaluator.spend(map.map_or(0, |map| map.entries.len()), name.span);
        match (key, map) {
            (Some(key), _) => {
                let found = map.and_then(|map| map.get(key));
                next.push(Candidate { when: candidate.when.clone(), found });
            }
            (None, Some(map)) => {
                if map.open.is_some() || map.get("Fn::Transform").is_some() {
                    return None;
                }
                for entry in &map.entries {
                    let mut when = candidate.when.clone();
                    when.push(is(&evaluator.facts, name, &entry.name.text.shown()));
                    next.push(Candidate { when, found: Some(&entry.value) });
                }
                let mut when = candidate.when.clone();
                when.push(another(&evaluator.facts, name, map));
                next.push(Candidate { when, found: None });
            }
            (None, None) => next.push(Candidate { when: candidate.when.clone(), found: None }),
        }
        if next.len() > 64 * Limits::DEFAULT.alternatives {
            return None;
        }
    }
    Some(next)
}

/// The assumption that an unknown key is this one.
fn is(facts: &Facts, name: &Value, key: &str) -> Assumption {
    let condition: Arc<str> = format!("{} = {key}", shown(name)).into();
    if let Some(subject) = subject(name) {
        facts.define(Arc::clone(&condition), Formula::Is(subject, key.into()));
    }
    Assumption { condition, holds: true, span: name.span }
}

/// The assumption that it is none that the mapping has.
fn another(facts: &Facts, name: &Value, map: &Map) -> Assumption {
    let condition: Arc<str> = format!("{} = another", shown(name)).into();
    if let Some(subject) = subject(name) {
        let keys = map.entries.iter().map(|entry| entry.name.text.shown().into());
        let none = keys.map(|key| Formula::Is(Arc::clone(&subject), key).not());
        facts.define(Arc::clone(&condition), Formula::join(none.collect(), false));
    }
    Assumption { condition, holds: true, span: name.span }
}

fn shown(name: &Value) -> Arc<str> {
    name.unknowns().first().map_or_else(|| "the key".into(), |unknown| Arc::clone(&unknown.name))
}

/// What an unknown key is, when it is a parameter as a whole and nothing made of it.
fn subject(name: &Value) -> Option<Arc<str>> {
    match &name.kind {
        Kind::Unknown(unknown) if unknown.symbol != Symbol::Anything => {
            let told_apart =
                !unknown.name.starts_with("AWS::") || conditions::is_of_all_stacks(&unknown.name);
            told_apart.then(|| Arc::clone(&unknown.name))
        }
        _ => None,
    }
}

/// Adds a value; one that is there already stands for both cases.
fn add(facts: &Facts, found: &mut Vec<Branch>, when: Vec<Assumption>, value: Value) {
    let same = |branch: &&mut Branch| same(&branch.value, &value);
    let Some(branch) = found.iter_mut().find(same) else {
        found.push(Branch { when, value });
        return;
    };
    if let ([mine], [other]) = (branch.when.as_mut_slice(), when.as_slice()) {
        let either: Arc<str> = format!("{} or {}", mine.condition, other.condition).into();
        let both = [&mine.condition, &other.condition].map(|one| Formula::Named(Arc::clone(one)));
        facts.define(Arc::clone(&either), Formula::join(both.to_vec(), true));
        mine.condition = either;
    } else {
        branch.when.clear();
    }
}

fn same(left: &Value, right: &Value) -> bool {
    text::json(left).is_some_and(|left| text::json(right) == Some(left))
}

fn missing_map(evaluator: &mut Evaluator<'_>, call: &Call<'_>, name: &str, at: Span) -> Value {
    let template = evaluator.template;
    if template.is_rewritten() || template.hidden("Mappings").is_some() || template.is_fragment() {
        return call.unknown(Reason::NotEvaluated);
    }
    let problem = mistake(at, format!("there is no mapping `{name}` in this template"));
    let problem = match evaluator.near(name, &["Mappings"]) {
        Some(near) => problem.help(format!("did you mean `{near}`")),
        None => problem,
    };
    evaluator.wrong(call.span, call.written, problem)
}

fn missing_key(evaluator: &mut Evaluator<'_>, call: &Call<'_>, map: &Entry, names: &[Value]) -> Value {
    if evaluator.assuming > 0 {
        return call.unknown(Reason::InError);
    }
    let open = |map: &Map| map.open.is_some() || map.get("Fn::Transform").is_some();
    if map.value.as_map().is_none_or(open) {
        let name = call.written.into();
        let unknown =
            Unknown { reason: Reason::NotEvaluated, name, span: call.span, symbol: Symbol::Anything };
        return Value::new(Kind::Unknown(unknown), call.span);
    }
    let shown: Vec<String> = names.iter().filter_map(text::of).map(|text| text.shown()).collect();
    let mapping = shown.first().cloned().unwrap_or_default();
    let keys = shown.get(1..).unwrap_or_default().join("`, `");
    let at = names.get(1).map_or(call.span, |name| name.span);
    let at = if at.file == call.span.file { at } else { call.span };
    let problem = mistake(at, format!("the mapping `{mapping}` has no entry `{keys}`"));
    let problem = problem.label(map.name.span, "the mapping");
    let first = shown.get(1).map(String::as_str).unwrap_or_default();
    let known = map.value.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
    let near = nearest(first, known.iter().take(2000).filter_map(|entry| entry.name.text.as_known()));
    let problem = match near.filter(|near| *near != first) {
        Some(near) => problem.help(format!("did you mean `{near}`")),
        None => problem,
    };
    evaluator.wrong(call.span, call.written, problem)
}
