//! What a resource refers to, as it is written.
//!
//! References stand in its properties, metadata and update policies, and in `DependsOn`. Without conditions everything
//! counts that is written; with them, what a condition leaves out does not. What is easy to get wrong: what SAM makes of a
//! function is several resources, and its policies belong to its role.

use super::conditions;
use super::intrinsics::{self, Call};
use super::scope::Evaluator;
use super::transform::{Resource, substituted};
use super::{globals, sam, sub};
use crate::source::Span;
use crate::value::{Assumption, Kind, Value};
use std::sync::Arc;

/// A name that a resource refers to.
#[derive(Clone)]
pub(super) struct Reference {
    /// The address that it names, of whatever sort.
    pub(super) name: String,
    /// Where.
    pub(super) at: Span,
    /// What must hold for it to stand there.
    pub(super) when: Vec<Assumption>,
    /// Whether the role refers to it that SAM makes for the resource.
    pub(super) of_role: bool,
}

/// The references of a resource; `decide`: under its conditions.
pub(super) fn references(
    evaluator: &mut Evaluator<'_>,
    resource: &Resource<'_>,
    decide: bool,
) -> Vec<Reference> {
    evaluator.bind(&resource.bound);
    let mut reading =
        Reading { evaluator, resource, decide, when: Vec::new(), found: Vec::new(), of_role: false };
    if reading.is_there() {
        reading.resource();
    }
    let found = reading.found;
    evaluator.bind(&[]);
    found
}

struct Reading<'e, 'a, 'r> {
    evaluator: &'e mut Evaluator<'a>,
    resource: &'r Resource<'r>,
    decide: bool,
    when: Vec<Assumption>,
    found: Vec<Reference>,
    of_role: bool,
}

impl Reading<'_, '_, '_> {
    /// Whether the resource exists, or may.
    fn is_there(&mut self) -> bool {
        let condition = self.resource.body.get("Condition").filter(|_| self.decide);
        let Some((name, at)) = condition.and_then(|name| Some((name.as_str()?, name.span))) else {
            return true;
        };
        match self.holds(name, at) {
            Ok(holds) => holds,
            Err(condition) => {
                self.when.push(Assumption { condition, holds: true, span: at });
                true
            }
        }
    }

    fn resource(&mut self) {
        let body = self.resource.body;
        if let Some(depends) = body.get("DependsOn") {
            let names = depends.as_list().map_or(std::slice::from_ref(depends), |list| list.items.as_slice());
            for name in names {
                name.as_str().into_iter().for_each(|known| self.name(known, name.span));
            }
        }
        let of = body.get("Type").and_then(Value::as_str).unwrap_or_default();
        if of.starts_with("AWS::Serverless::") {
            let properties = globals::properties(self.evaluator.template, body);
            let properties = properties.as_deref().and_then(Value::as_map);
            for entry in properties.into_iter().flat_map(|map| &map.entries) {
                let place = entry.name.text.as_known().and_then(|property| sam::refers(of, property));
                let Some(of_role) = place else { continue };
                self.of_role = of_role;
                self.value(&entry.value);
            }
            self.of_role = false;
            return;
        }
        for part in ["Properties", "Metadata", "CreationPolicy", "UpdatePolicy"] {
            body.get(part).into_iter().for_each(|part| self.value(part));
        }
    }

    /// Trees are at most as deep as the parsers allow.
    fn value(&mut self, value: &Value) {
        match &value.kind {
            Kind::List(list) => list.items.iter().for_each(|item| self.value(item)),
            Kind::Map(map) => match intrinsics::call_of(value, map) {
                Some(call) => self.call(&call),
                None => map.entries.iter().for_each(|entry| self.value(&entry.value)),
            },
            _ => {}
        }
    }

    fn call(&mut self, call: &Call<'_>) {
        match (call.name, call.args()) {
            ("Ref", [name]) => name.as_str().into_iter().for_each(|name| self.name(name, call.span)),
            ("GetAtt", [name, ..]) if name.as_str().is_some() => {
                name.as_str().into_iter().for_each(|name| self.name(name, call.span));
            }
            ("Sub", [text, rest @ ..]) => {
                let variables = rest.first().and_then(Value::as_map);
                for (name, at) in sub::names(text) {
                    if variables.and_then(|variables| variables.entry(&name)).is_none() {
                        self.name(&name, at);
                    }
                }
                variables.into_iter().flat_map(|map| &map.entries).for_each(|entry| self.value(&entry.value));
            }
            ("If", [condition, yes, no]) if self.decide => self.choose(condition, [yes, no]),
            // What a macro makes of its parameters is its own affair.
            ("Transform", _) => {}
            _ => self.value(call.arg),
        }
    }

    fn choose(&mut self, condition: &Value, both: [&Value; 2]) {
        let Some(name) = condition.as_str() else { return };
        let decided = self.holds(name, condition.span);
        for (holds, value) in [true, false].into_iter().zip(both) {
            match &decided {
                Ok(known) if *known == holds => self.value(value),
                Ok(_) => {}
                Err(name) => {
                    self.when.push(Assumption { condition: Arc::clone(name), holds, span: condition.span });
                    self.value(value);
                    self.when.pop();
                }
            }
        }
    }

    /// Whether a condition holds; its name among all stacks where that is undecided.
    fn holds(&mut self, name: &str, at: Span) -> Result<bool, Arc<str>> {
        let name = self.evaluator.filled(name);
        let truth = conditions::named(self.evaluator, &name, at);
        truth.holds.ok_or_else(|| self.evaluator.full(&name).into())
    }

    /// A name, of a resource perhaps; what follows a dot is an attribute.
    fn name(&mut self, written: &str, at: Span) {
        if written.starts_with("AWS::") {
            return;
        }
        let name = written.split('.').next().unwrap_or_default();
        let name = substituted(name.to_owned(), &self.resource.bound);
        let name = self.evaluator.full(&name);
        self.found.push(Reference { name, at, when: self.when.clone(), of_role: self.of_role });
    }
}
