//! What stacks of one scan give to each other: `Export` of outputs, and `Fn::ImportValue`.
//!
//! An export's name is its alone in an account and Region (`CloudFormation` User Guide, "Outputs section syntax"), and only
//! stacks of the same account and Region import it. So an import is what the one template gives out that exports the name;
//! with its key, which what imports it is judged by. What is easy to get wrong: two templates of a scan that export one
//! name go to different places, and which of them is meant is not known.

use super::intrinsics::Call;
use super::keys;
use super::scope::Evaluator;
use super::session::Session;
use super::stack::Stack;
use super::{alternative, conditions, rules, text, transform};
use crate::key::Key;
use crate::value::{Reason, Value};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Templates that exports may lead through, one after the other.
const MOST_DEEP: usize = 4;

/// What an import counts as, in steps.
const IMPORT: usize = 20;

/// Where a name is exported.
#[derive(Clone, Debug)]
pub(super) struct Export {
    path: String,
    /// Which template of the file.
    template: usize,
    /// The output's name.
    output: String,
}

/// What is exported under each name.
pub(super) type Exports = FxHashMap<String, Vec<Export>>;

/// What the templates of a session export that are deployed on their own and in one way.
pub(super) fn read(session: &Session<'_>, paths: &[String], deployed: &BTreeSet<String>) -> Exports {
    let mut found = Exports::default();
    for path in session.roots(paths).iter().filter(|path| !deployed.contains(*path)) {
        let file = session.disk.read(path).ok();
        let says =
            |file| memchr::memmem::find(session.disk.map().file(file).text().as_bytes(), b"Export").is_some();
        if !file.is_some_and(says) {
            continue;
        }
        let Ok(parsed) = session.called(path) else { continue };
        let stack = Stack { imports: MOST_DEEP, ..session.exporter(path) };
        for (number, template) in parsed.templates.iter().enumerate() {
            let mut evaluator = Evaluator::new(template, &stack, session);
            let outputs = template.section("Outputs").into_iter().flat_map(|outputs| &outputs.entries);
            for output in outputs {
                let Some(name) = name(&mut evaluator, &output.value) else { continue };
                let export =
                    Export { path: path.clone(), template: number, output: output.name.text.shown() };
                found.entry(name).or_default().push(export);
            }
        }
    }
    found
}

/// The name that an output is exported under, where it is known and the output is there.
fn name(evaluator: &mut Evaluator<'_>, output: &Value) -> Option<String> {
    let written = output.get("Export")?.get("Name")?;
    if let Some(condition) = output.get("Condition")
        && let Some(condition_name) = condition.as_str()
        && conditions::named(evaluator, condition_name, condition.span).holds == Some(false)
    {
        return None;
    }
    text::of(&evaluator.present(written))?.known()
}

/// `Fn::ImportValue: name`.
pub(super) fn import(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let name = evaluator.present(call.arg);
    alternative::each(&evaluator.facts.clone(), vec![name], call.span, |name| {
        let known = name.first().and_then(text::of).and_then(|name| name.known());
        let found = known.and_then(|known| imported(evaluator, call, &known));
        found.unwrap_or_else(|| call.unknown(Reason::ReadOutside))
    })
}

/// What is exported under a name, when a template of the scan exports it.
fn imported(evaluator: &mut Evaluator<'_>, call: &Call<'_>, name: &str) -> Option<Value> {
    let session = evaluator.session;
    if evaluator.stack.imports >= MOST_DEEP || evaluator.spend(IMPORT, call.span).is_some() {
        return None;
    }
    let [export] = session.exports().get(name)?.as_slice() else {
        return Some(call.unknown(Reason::Ambiguous));
    };
    if evaluator.stack.path == export.path || evaluator.stack.around.contains(&export.path) {
        return None;
    }
    let known = evaluator.imported.get(name).cloned();
    let value = if let Some(known) = known { known } else { given_out(evaluator, export)? };
    evaluator.imported.insert(name.to_owned(), value.clone());
    let shown = session.disk.shown(&export.path);
    Some(value.via(call.span, format!("through `{name}`, exported by `{shown}`")))
}

/// The value of an exported output; the keys of its stack that it names are kept.
fn given_out(evaluator: &mut Evaluator<'_>, export: &Export) -> Option<Value> {
    let session = evaluator.session;
    let parsed = session.called(&export.path).ok()?;
    let template = parsed.templates.get(export.template)?;
    let written = template.section("Outputs")?.get(&export.output)?.get("Value")?;
    let stack = Stack { imports: evaluator.stack.imports + 1, ..session.exporter(&export.path) };
    let mut inner = Evaluator::new(template, &stack, session);
    inner.share_bounds(evaluator);
    rules::hold(&mut inner);
    let value = inner.present(written).via(written.span, format!("output `{}` of that stack", export.output));
    let keys = keys_of(&mut inner, &value);
    evaluator.share_bounds(&inner);
    evaluator.foreign_keys.extend(keys);
    Some(value)
}

/// The keys of a stack that a value of it names.
fn keys_of(evaluator: &mut Evaluator<'_>, value: &Value) -> Vec<Key> {
    let named: BTreeSet<String> =
        value.unknowns().into_iter().filter_map(|unknown| Some(unknown.attribute()?.0.to_owned())).collect();
    if named.is_empty() {
        return Vec::new();
    }
    let resources = transform::resources(evaluator);
    if evaluator.spend(resources.len() / 8, value.span).is_some() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for resource in resources.iter().filter(|resource| named.contains(&resource.address)) {
        evaluator.bind(&resource.bound);
        found.extend(keys::key(evaluator, resource));
        evaluator.bind(&[]);
    }
    found
}
