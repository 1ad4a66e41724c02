//! Module instances: one occurrence of a module call, with all that is remembered of it.
//!
//! Arguments are evaluated in the caller when the called module asks for the variable. What is easy to get wrong: a
//! module whose source is not here is not empty: whatever is taken from it is unknown.

use super::block::setting;
use super::scope::{Node, Repetition, Scope};
use super::secret::hidden;
use super::{Eval, Memo, Outcome, Repeat, Slot};
use crate::input::terraform::module::{Module, Table};
use crate::input::terraform::types::{self, Type};
use crate::input::terraform::veil;
use crate::source::{Limits, Problem, ProblemKind, Span};
use crate::syntax::hcl::{Block, Ident};
use crate::value::{Entry, Kind, Map, MapKind, Name, Reason, Symbol, Text, Trail, Unknown, Value};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

/// One occurrence of a module.
pub(in super::super) struct Instance {
    /// Its declarations.
    pub module: Arc<Module>,
    /// `module.a["x"].module.b`; empty for the root.
    pub address: String,
    /// `path.module`.
    pub path: String,
    /// The call that made it; `None` for the root.
    pub called: Option<Called>,
    pub(super) memo: RefCell<FxHashMap<Slot, Memo>>,
    pub(super) repeats: RefCell<FxHashMap<Slot, Rc<Repeat>>>,
    children: RefCell<FxHashMap<Occurs, Option<Rc<Instance>>>>,
}

/// An occurrence of a module call: the call's index and its own.
type Occurs = (usize, usize);

/// How a module instance was called.
pub(in super::super) struct Called {
    /// The calling instance. It holds this one, so this is weak.
    pub parent: Weak<Instance>,
    /// The `module` block.
    pub block: Arc<Block>,
    /// What `each` and `count` mean in the call.
    pub repetition: Repetition,
    /// Why it is not certain that the called occurrence exists.
    doubt: Trail,
    /// The calls' names joined by dots, as in `modules.json`.
    pub key: String,
    depth: usize,
}

impl Instance {
    fn new(module: Arc<Module>, address: String, path: String, called: Option<Called>) -> Self {
        let (memo, repeats, children) = Default::default();
        Self { module, address, path, called, memo, repeats, children }
    }

    /// Where what a slot holds the value of is declared.
    pub(super) fn declared(&self, slot: &Slot) -> Option<Span> {
        let header = |table: &Table, at: usize| table.get_index(at).map(|(_, block)| block.header);
        match slot {
            Slot::Local(at) => Some(self.module.locals.get_index(*at)?.1.attribute()?.name.span),
            Slot::Variable(at) => header(&self.module.variables, *at),
            Slot::Output(at) => header(&self.module.outputs, *at),
            Slot::Attribute(at, ..) | Slot::Repeat(at, false) => header(&self.module.resources, *at),
            Slot::Repeat(at, true) => header(&self.module.calls, *at),
        }
    }

    /// The address of something in this instance.
    pub(in super::super) fn address_of(&self, name: &str) -> String {
        if self.address.is_empty() { name.to_owned() } else { format!("{}.{name}", self.address) }
    }

    /// The module calls that lead here, the outermost first.
    pub(in super::super) fn trail(&self) -> Trail {
        let calls = self.calls();
        calls.iter().rev().fold(Trail::default(), |trail, (span, _)| trail.via(*span, "module called here"))
    }

    /// Why it is not certain that this instance exists, the nearest reason first.
    pub(in super::super) fn doubts(&self) -> Vec<(Span, String)> {
        self.calls().iter().flat_map(|(_, doubt)| told(doubt)).collect()
    }

    /// The module calls that lead here, the nearest first, each with why it is not certain that it is made.
    fn calls(&self) -> Vec<(Span, Trail)> {
        let up = |called: &Called| (called.block.header, called.doubt.clone(), called.parent.upgrade());
        let mut calls = Vec::new();
        let mut next = self.called.as_ref().map(up);
        while let Some((span, doubt, parent)) = next {
            calls.push((span, doubt));
            next = parent.and_then(|parent| parent.called.as_ref().map(up));
        }
        calls
    }
}

/// The places of a trail and what is told of them.
pub(in super::super) fn told(trail: &Trail) -> Vec<(Span, String)> {
    trail.steps().map(|step| (step.span, step.note.to_string())).collect()
}

impl Eval<'_> {
    /// The root module; an empty one where there is no file.
    pub(in super::super) fn root_instance(&self) -> Rc<Instance> {
        let empty = || Arc::new(Module { dir: self.root.clone(), ..Module::default() });
        let module = self.session.module(&self.root).unwrap_or_else(empty);
        Rc::new(Instance::new(module, String::new(), ".".to_owned(), None))
    }

    /// `module.name` in an instance, by the call's index.
    pub(super) fn module_node(&self, instance: &Rc<Instance>, call: usize) -> Node {
        if self.called_module(instance, call).is_none() {
            return Node::Value(self.missing_module(instance, call));
        }
        let repeat = self.call_repeat(instance, call);
        if !repeat.single {
            return Node::Modules(Rc::clone(instance), call, repeat);
        }
        self.child(instance, call, &repeat, 0)
            .map_or_else(|| Node::Value(self.missing_module(instance, call)), Node::Module)
    }

    /// An occurrence of a module call; `None` when its source is not here or it cannot be evaluated.
    pub(in super::super) fn child(
        &self,
        instance: &Rc<Instance>,
        call: usize,
        repeat: &Repeat,
        at: usize,
    ) -> Option<Rc<Instance>> {
        if let Some(known) = instance.children.borrow().get(&(call, at)) {
            return known.clone();
        }
        let child = self.new_child(instance, call, repeat, at).map(Rc::new);
        instance.children.borrow_mut().insert((call, at), child.clone());
        child
    }

    fn new_child(
        &self,
        instance: &Rc<Instance>,
        call: usize,
        repeat: &Repeat,
        at: usize,
    ) -> Option<Instance> {
        let module = self.called_module(instance, call)?;
        let (name, block) = instance.module.calls.get_index(call)?;
        let occurrence = repeat.occurrences.get(at)?;
        let depth = instance.called.as_ref().map_or(0, |called| called.depth) + 1;
        if let Err(problem) = self.may_call(instance, &module.dir, block, depth) {
            self.report(problem);
            return None;
        }
        veil::hide_arguments(block, &module, self.session.disk().map());
        self.note_again(instance, Some(block.header));
        let called = Called {
            parent: Rc::downgrade(instance),
            block: Arc::clone(block),
            repetition: occurrence.repetition.clone(),
            doubt: occurrence.trail.clone(),
            key: call_key(instance, name),
            depth,
        };
        let address = instance.address_of(&format!("module.{name}{}", occurrence.suffix));
        let path = relative(&self.root, &module.dir);
        Some(Instance::new(module, address, path, Some(called)))
    }

    /// Modules do not call themselves, and not without end.
    fn may_call(
        &self,
        instance: &Rc<Instance>,
        dir: &str,
        block: &Block,
        depth: usize,
    ) -> Result<(), Problem> {
        let mut next = Some(Rc::clone(instance));
        while let Some(above) = next {
            if above.module.dir == dir {
                let message = "this module calls itself";
                return Err(Problem::new(ProblemKind::Evaluation, block.header, message));
            }
            next = above.called.as_ref().and_then(|called| called.parent.upgrade());
        }
        self.instances.set(self.instances.get() + 1);
        if depth > Limits::DEFAULT.module_depth {
            let message = format!("modules call modules more than {} deep", Limits::DEFAULT.module_depth);
            return Err(Problem::new(ProblemKind::Limit, block.header, message));
        }
        if self.instances.get() > Limits::DEFAULT.modules {
            let message = format!("more than {} module occurrences", Limits::DEFAULT.modules);
            return Err(Problem::new(ProblemKind::Limit, self.root_span(block.header), message));
        }
        Ok(())
    }

    /// All outputs of a module as one object.
    pub(super) fn whole_module(&self, instance: &Rc<Instance>, span: Span) -> Value {
        let entries = instance.module.outputs.iter().map(|(name, block)| {
            let label = block.labels.first().map_or(span, |label| label.span);
            let value = self.output(instance, &Ident { text: Arc::clone(name), span }, span);
            Entry { name: Name { text: Text::made(Arc::clone(name), label), span: label }, value }
        });
        self.settled(self.paid(Value::object(entries.collect(), span), span), span)
    }

    /// The value of a variable: given, argument, or default; converted to its type.
    pub(super) fn variable_value(&self, instance: &Rc<Instance>, name: &Arc<str>, block: &Block) -> Outcome {
        let given = match &instance.called {
            Some(called) => self.argument(called, name),
            None => self.given.get(name).cloned(),
        };
        let nullable = setting(block, "nullable") != Some(false);
        let given = given.filter(|value| nullable || !value.is_null());
        let of = match block.body.attribute("type") {
            Some(attribute) => types::parse(&attribute.value)?,
            None => Type::Any,
        };
        let Some(value) = given.or_else(|| self.default_of(instance, name, block)) else {
            return Ok(not_set(name, block, &of));
        };
        let secret = value.secret || setting(block, "sensitive") == Some(true);
        let value = if secret { hidden(&value, block.header) } else { value };
        if secret {
            self.remember_secret(&value);
        }
        let mut converted =
            self.distribute(std::slice::from_ref(&value), value.span, &mut |values| match values {
                [value] => {
                    types::convert(value, &of).map_err(|problem| unsuitable(problem, name, value, block))
                }
                _ => Ok(value.clone()),
            })?;
        if converted.trail.is_empty() {
            converted.trail = value.trail.clone();
        }
        converted.secret |= secret;
        Ok(converted)
    }

    fn argument(&self, called: &Called, name: &str) -> Option<Value> {
        let parent = called.parent.upgrade()?;
        let body = &called.block.body;
        let Some(attribute) = body.attribute(name) else {
            let lost = || Value::unknown(Reason::InError, format!("var.{name}"), called.block.header);
            return body.broken.then(lost);
        };
        let scope = Scope::of(&parent, &called.repetition);
        let value = self.settled(self.expr(&attribute.value, scope), attribute.value.span);
        Some(value.via(attribute.name.span, "argument here").via(called.block.header, "module called here"))
    }

    fn default_of(&self, instance: &Rc<Instance>, name: &str, block: &Block) -> Option<Value> {
        let attribute = block.body.attribute("default")?;
        let value = self.settled(self.expr(&attribute.value, Scope::top(instance)), attribute.value.span);
        Some(value.as_default_of(&format!("var.{name}"), attribute.name.span))
    }
}

/// A variable without default for which no value was given.
fn not_set(name: &str, block: &Block, of: &Type) -> Value {
    let symbol = if matches!(of, Type::String) { Symbol::AnyText } else { Symbol::Anything };
    let unknown =
        Unknown { reason: Reason::NotSet, name: format!("var.{name}").into(), span: block.header, symbol };
    let secret = setting(block, "sensitive") == Some(true);
    Value { secret, ..Value::new(Kind::Unknown(unknown), block.header) }
}

fn unsuitable(problem: Problem, name: &str, value: &Value, block: &Block) -> Problem {
    let message = format!("the value of `var.{name}` does not suit its type: {}", problem.message);
    let problem = Problem { message, span: value.span, ..problem };
    let place = block.body.attribute("type").map_or(block.header, |of| of.value.span);
    problem.label(place, "the type is stated here")
}

pub(super) fn call_key(instance: &Instance, name: &str) -> String {
    match &instance.called {
        Some(called) => format!("{}.{name}", called.key),
        None => name.to_owned(),
    }
}

/// A directory as seen from another, as `path.module` shows it.
fn relative(from: &str, to: &str) -> String {
    let parts = |path: &'_ str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (from, to) = (parts(from), parts(to));
    let common = from.iter().zip(&to).take_while(|(one, two)| one == two).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - common);
    let steps: Vec<String> = up.chain(to.into_iter().skip(common)).collect();
    if steps.is_empty() { ".".to_owned() } else { steps.join("/") }
}

/// An object that holds everything.
pub(super) fn object_of(entries: Vec<Entry>, open: Option<Unknown>, span: Span) -> Value {
    Value::new(Kind::Map(Arc::new(Map { kind: MapKind::Object, entries, open })), span)
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn module_paths_are_relative_to_the_root_module() {
        assert_eq!(relative("", "c"), "c");
        assert_eq!(relative("live/prod", "modules/kms"), "../../modules/kms");
        assert_eq!(relative("a", "a"), ".");
    }
}
