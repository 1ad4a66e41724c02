//! The evaluator: what every expression of one template is evaluated in.

use super::conditions::Truth;
use super::facts::Facts;
use super::formula::Formula;
use super::loops::Made;
use super::session::Session;
use super::stack::{Kept, Stack};
use super::template::Template;
use super::{intrinsics, text, transform};
use crate::key::Key;
use crate::source::{Limits, Problem, ProblemKind, Span};
use crate::value::{Entry, Kind, List, Map, MapKind, Name, Reason, Symbol, Text, Unknown, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Comparisons of rules that are held, in all.
const MOST_HELD: usize = 200;

/// Mistakes kept of one template.
const MOST_PROBLEMS: usize = 500;

/// Evaluates the expressions of one template, within limits.
pub(super) struct Evaluator<'a> {
    pub(super) template: &'a Template,
    /// What the template is deployed with.
    pub(super) stack: &'a Stack,
    /// The templates that can be called.
    pub(super) session: &'a Session<'a>,
    /// Nested stacks.
    pub(super) kept: Kept,
    /// How many nested stacks there are so far.
    pub(super) stacks: usize,
    /// Mistakes found on the way, each once.
    pub(super) problems: Vec<Problem>,
    /// What conditions turned out to be; `None` while one is being evaluated.
    pub(super) conditions: FxHashMap<String, Option<Truth>>,
    /// What was used while a condition was evaluated: a default or a value given, and how to say so.
    pub(super) used: Vec<(Span, Arc<str>)>,
    /// What holds at the place that is being evaluated.
    pub(super) facts: Facts,
    /// What holds wherever the stack is deployed.
    base: Facts,
    /// Conditions that are being evaluated, one inside the other.
    pub(super) deciding: usize,
    /// Attributes of resources that are being evaluated, one inside the other.
    pub(super) reaching: usize,
    /// Undecided conditions under which the value being evaluated stands.
    pub(super) assuming: usize,
    /// Parameters whose default a rule refuses, so that another value must be given.
    pub(super) passed_over: FxHashSet<String>,
    /// What imports give, by name.
    pub(super) imported: FxHashMap<String, Value>,
    /// Keys of other stacks that imports name.
    pub(super) foreign_keys: Vec<Key>,
    /// What loops make, by section.
    pub(super) loops: FxHashMap<&'static str, Made<'a>>,
    bound: Vec<(Arc<str>, Value)>,
    steps: u64,
    held: usize,
    depth: usize,
    seen: FxHashSet<(Span, String)>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(template: &'a Template, stack: &'a Stack, session: &'a Session<'a>) -> Self {
        Self {
            template,
            stack,
            session,
            kept: Kept::default(),
            stacks: 0,
            problems: Vec::new(),
            conditions: FxHashMap::default(),
            used: Vec::new(),
            facts: Facts::default(),
            base: Facts::default(),
            deciding: 0,
            reaching: 0,
            assuming: 0,
            passed_over: FxHashSet::default(),
            imported: FxHashMap::default(),
            foreign_keys: Vec::new(),
            loops: FxHashMap::default(),
            bound: Vec::new(),
            steps: 0,
            held: 0,
            depth: 0,
            seen: FxHashSet::default(),
        }
    }

    /// Goes on with the bounds of the stack around this one.
    pub(super) fn lend(&mut self, around: &Evaluator<'_>) {
        self.share_bounds(around);
        self.facts = around.facts.clone();
        self.base = around.facts.clone();
    }

    /// Goes on with the bounds of another evaluator, and with nothing else of it.
    pub(super) fn share_bounds(&mut self, with: &Evaluator<'_>) {
        self.steps = with.steps;
        self.stacks = with.stacks;
    }

    /// Hands what was used of the bounds, and the mistakes, to the stack around this one.
    pub(super) fn give_back(self, around: &mut Evaluator<'_>) {
        around.share_bounds(&self);
        around.foreign_keys.extend(self.foreign_keys);
        for problem in self.problems {
            around.report(problem);
        }
    }

    /// Takes to hold, wherever the stack is deployed, what a rule of the template asserts.
    ///
    /// What is held is looked at whenever something is decided: of many long assertions some narrow nothing.
    pub(super) fn hold_to(&mut self, asserted: &Formula) {
        let held = self.held + asserted.size();
        if held > MOST_HELD {
            return;
        }
        self.held = held;
        if let Some(held) = self.base.hold_to(asserted) {
            self.base = held;
            self.facts = self.base.clone();
        }
    }

    /// How much work was done.
    #[cfg(test)]
    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    /// A name of this stack as it is told apart from those of other stacks.
    pub(super) fn full(&self, name: &str) -> String {
        format!("{}{name}", self.stack.prefix)
    }

    /// Enters a resource: sets the variables of `Fn::ForEach` that hold from here on.
    pub(super) fn bind(&mut self, bound: &[(Arc<str>, Value)]) {
        self.assuming = 0;
        self.facts = self.base.clone();
        self.bound = bound.to_vec();
    }

    /// Does work where other variables of `Fn::ForEach` hold.
    pub(super) fn with_bound<T>(
        &mut self,
        bound: &[(Arc<str>, Value)],
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = std::mem::replace(&mut self.bound, bound.to_vec());
        let result = work(self);
        self.bound = before;
        result
    }

    /// A name with the variables of `Fn::ForEach` put in.
    pub(super) fn filled(&self, name: &str) -> String {
        transform::substituted(name.to_owned(), &self.bound)
    }

    /// The value of a variable of `Fn::ForEach`.
    pub(super) fn bound(&self, name: &str) -> Option<&Value> {
        self.bound.iter().rev().find(|(bound, _)| &**bound == name).map(|(_, value)| value)
    }

    /// What was probably meant by a name that is not in these sections. Looked for while there are few mistakes: it is
    /// slow, and nobody reads the thousandth advice.
    pub(super) fn near(&self, name: &str, sections: &[&str]) -> Option<&'a str> {
        (self.problems.len() < 20).then(|| self.template.near(name, sections)).flatten()
    }

    /// Keeps a mistake, once.
    pub(super) fn report(&mut self, problem: Problem) {
        if self.problems.len() < MOST_PROBLEMS && self.seen.insert((problem.span, problem.message.clone())) {
            self.problems.push(problem);
        }
    }

    /// Keeps a mistake and gives the value that stands for what is in error.
    pub(super) fn wrong(&mut self, at: Span, name: &str, problem: Problem) -> Value {
        self.report(problem);
        Value::unknown(Reason::InError, name, at)
    }

    /// Counts work; the unknown that stands for the rest once there was too much of it.
    pub(super) fn spend(&mut self, steps: usize, at: Span) -> Option<Value> {
        self.steps = self.steps.saturating_add(steps as u64);
        (self.steps > Limits::DEFAULT.steps).then(|| {
            let message = "evaluating this template takes too many steps and was given up";
            self.limit(at, message)
        })
    }

    /// Reports a limit, each sort once.
    pub(super) fn limit(&mut self, at: Span, message: &str) -> Value {
        if !self.problems.iter().any(|problem| problem.message == message) {
            self.report(Problem::new(ProblemKind::Limit, at, message));
        }
        Value::unknown(Reason::Limit, "this value", at)
    }

    /// Evaluates a value with everything in it; `None`: it is removed (`AWS::NoValue`).
    pub(super) fn value(&mut self, value: &Value) -> Option<Value> {
        if let Some(given_up) = self.spend(1, value.span) {
            return Some(given_up);
        }
        if self.depth >= Limits::DEFAULT.depth {
            return Some(
                self.limit(value.span, "values refer to each other too deep and were not evaluated"),
            );
        }
        self.depth += 1;
        let result = self.inner(value);
        self.depth -= 1;
        result.map(|result| with_trail(result, value))
    }

    /// The same where a value must be: removed counts as null.
    pub(super) fn present(&mut self, value: &Value) -> Value {
        self.value(value).unwrap_or_else(|| Value::null(value.span))
    }

    fn inner(&mut self, value: &Value) -> Option<Value> {
        match &value.kind {
            Kind::Text(text) => Some(Value { kind: text::resolved(text, value.span), ..value.clone() }),
            Kind::List(list) => {
                let items = list.items.iter().filter_map(|item| self.value(item)).collect();
                let list = List { kind: list.kind, items, open: list.open.clone() };
                Some(Value { kind: Kind::List(Arc::new(list)), ..value.clone() })
            }
            Kind::Map(map) => match intrinsics::call_of(value, map) {
                Some(call) => intrinsics::evaluate(self, &call),
                None => Some(Value { kind: self.object(map, value.span), ..value.clone() }),
            },
            _ => Some(value.clone()),
        }
    }

    fn object(&mut self, map: &Map, at: Span) -> Kind {
        // `{{ x }}` of a template engine reads as a mapping whose name is a mapping.
        if let [only] = map.entries.as_slice()
            && let Some(unknown) = only.name.text.unknowns().next()
        {
            let name = "a placeholder".into();
            return Kind::Unknown(Unknown { reason: Reason::NotEvaluated, name, ..unknown.clone() });
        }
        let mut open = map.open.clone();
        let mut entries = Vec::with_capacity(map.entries.len());
        for entry in &map.entries {
            if let Some(name) = entry.name.text.as_known().filter(|name| name.starts_with("Fn::")) {
                if name.starts_with("Fn::ForEach") && self.repeated(&entry.value, &mut entries) {
                    continue;
                }
                self.misplaced(name, entry, at);
                let span = entry.name.span;
                let name = name.into();
                let unknown = Unknown { reason: Reason::NotEvaluated, name, span, symbol: Symbol::Anything };
                open.get_or_insert(unknown);
            } else if let Some(value) = self.value(&entry.value) {
                entries.push(Entry { name: entry.name.clone(), value });
            }
        }
        Kind::Map(Arc::new(Map { kind: MapKind::Object, entries, open }))
    }

    /// Adds what a loop among members makes (`AWS::LanguageExtensions`, "`Fn::ForEach`"); whether that is known.
    fn repeated(&mut self, written: &Value, entries: &mut Vec<Entry>) -> bool {
        let Some((variable, collection, body)) = transform::parts(written) else { return false };
        let values = self.present(collection);
        let Some(list) = values.as_list().filter(|list| list.open.is_none()) else { return false };
        if self.bound.len() >= 10 || !values.unknowns().is_empty() {
            return false;
        }
        let outside = self.bound.len();
        for item in &list.items {
            self.bound.extend(transform::bindings(variable, item.clone(), collection.span));
            let inner = self.object(body, written.span);
            if let Kind::Map(inner) = inner {
                let named = inner.entries.iter().map(|entry| self.renamed(entry));
                entries.extend(named.collect::<Vec<_>>());
            }
            self.bound.truncate(outside);
        }
        true
    }

    /// An entry whose name has the variables of loops put in.
    fn renamed(&self, entry: &Entry) -> Entry {
        let shown = entry.name.text.shown();
        let name = transform::substituted(shown.clone(), &self.bound);
        if name == shown {
            return entry.clone();
        }
        let span = entry.name.span;
        Entry { name: Name { text: Text::made(name, span), span }, value: entry.value.clone() }
    }

    /// A function beside other members: only transforms and loops may stand so.
    fn misplaced(&mut self, name: &str, entry: &Entry, at: Span) {
        if name != "Fn::Transform" && !name.starts_with("Fn::ForEach") {
            let message = format!("`{name}` must be the only member of its object");
            self.report(super::mistake(entry.name.span, message).label(at, "in this object"));
        }
    }
}

/// `result`, having come the way that the written value came (through aliases).
fn with_trail(mut result: Value, written: &Value) -> Value {
    if result.trail.is_empty() {
        result.trail = written.trail.clone();
    } else if result.trail != written.trail {
        for step in written.trail.steps() {
            result.trail = result.trail.with(step);
        }
    }
    result
}
