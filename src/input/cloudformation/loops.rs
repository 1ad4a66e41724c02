//! What loops make that others name: conditions, resources, outputs (`Fn::ForEach`).
//!
//! Loops of a section are unrolled when a name is asked for that is not written there. What is easy to get wrong: what a
//! loop runs over may depend on what another loop makes.

use super::scope::Evaluator;
use super::template::Template;
use super::transform::{self, Resource};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// What the loops of a section make, by name.
pub(super) type Made<'a> = Rc<FxHashMap<String, Rc<Resource<'a>>>>;

/// Whether loops stand in a section.
pub(super) fn stand_in(template: &Template, section: &str) -> bool {
    let entries = template.section(section).into_iter().flat_map(|map| &map.entries);
    entries.filter_map(|entry| entry.name.text.as_known()).any(|name| name.starts_with("Fn::ForEach"))
}

/// What a loop of a section makes under this name.
pub(super) fn made<'a>(
    evaluator: &mut Evaluator<'a>,
    section: &'static str,
    name: &str,
) -> Option<Rc<Resource<'a>>> {
    if !evaluator.loops.contains_key(section) {
        evaluator.loops.insert(section, Rc::default());
        if stand_in(evaluator.template, section) {
            let nothing = evaluator.facts.none();
            let here = std::mem::replace(&mut evaluator.facts, nothing);
            let all = evaluator.with_bound(&[], |evaluator| transform::section(evaluator, section));
            evaluator.facts = here;
            let all = all.into_iter().filter(|one| !one.bound.is_empty());
            let all = all.map(|one| (one.address.clone(), Rc::new(one))).collect();
            evaluator.loops.insert(section, Rc::new(all));
        }
    }
    let name = evaluator.full(name);
    evaluator.loops.get(section)?.get(&name).cloned()
}
