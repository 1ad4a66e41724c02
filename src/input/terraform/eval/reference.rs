//! References: from a name to what it means in its module.
//!
//! What is easy to get wrong: a name that is declared nowhere is a mistake only where something asks for it, and
//! `try` does not catch it (Terraform finds it before anything is evaluated).

use super::scope::{Node, Repetition, Scope};
use super::secret::hidden;
use super::step::{incomplete, made};
use super::{Eval, Instance, Outcome, Slot};
use crate::input::terraform::declared;
use crate::source::{Problem, ProblemKind, Span};
use crate::syntax::hcl::Ident;
use crate::value::{Kind, Reason, Symbol, Unknown, Value};
use std::rc::Rc;
use std::sync::Arc;

impl Eval<'_> {
    /// The name that a reference starts with.
    pub(super) fn variable_node(name: &str, span: Span, scope: Scope<'_>) -> Result<Node, Problem> {
        if let Some(node) = scope.bound(name) {
            return Ok(node.clone());
        }
        if let Some(given) = scope.given {
            if let Some(value) = given.get(name) {
                return Ok(Node::Value(value.clone()));
            }
            let message = format!("the template uses `{name}`, which it is not given");
            return Err(Problem::new(ProblemKind::Evaluation, span, message));
        }
        Ok(Node::Space(name.into()))
    }

    /// The next name of a reference that is not complete yet.
    pub(super) fn in_space(
        &self,
        space: &str,
        name: &Ident,
        span: Span,
        scope: Scope<'_>,
    ) -> Result<Node, Problem> {
        let instance = scope.instance;
        Ok(match space {
            "var" => Node::Value(self.variable(instance, name, span)),
            "local" => Node::Value(self.local(instance, name, span)),
            "module" => self.call_node(instance, name, span),
            "each" | "count" => return repetition(scope.repetition, space, name, span),
            "path" => Node::Value(path(instance, name, span)?),
            "terraform" | "tofu" if &*name.text == "workspace" => Node::Value(self.workspace(span)),
            "data" | "ephemeral" => Node::Space(format!("{space}.{}", name.text).into()),
            "resource" => Node::Space(Arc::clone(&name.text)),
            "terraform" | "tofu" if &*name.text != "applying" => {
                let message = format!("`{space}.{}` does not exist", name.text);
                let problem = Problem::new(ProblemKind::Evaluation, span, message);
                return Err(problem.help("there are `terraform.workspace` and `terraform.applying`"));
            }
            "self" | "terraform" | "tofu" => {
                Node::Value(Value::unknown(Reason::NotEvaluated, self.source_text(span), span))
            }
            space => self.resource_node(instance, &format!("{space}.{}", name.text), span),
        })
    }

    /// The value that a node stands for.
    pub(super) fn force(&self, node: Node, span: Span) -> Outcome {
        match node {
            Node::Value(value) => Ok(value),
            Node::Resource(instance, at, occurrence) => {
                Ok(self.whole_resource(&instance, (at, occurrence), span))
            }
            Node::Module(instance) => Ok(self.whole_module(&instance, span)),
            Node::Space(name) => {
                let problem = incomplete(span);
                Err(problem.help(format!("`{name}` is not a value; name what is meant, as in `{name}.x`")))
            }
            Node::Resources(..) | Node::Modules(..) => self.whole_collection(&node, span),
        }
    }

    /// `terraform.workspace`: a name that is not known unless it was given.
    fn workspace(&self, span: Span) -> Value {
        let (reason, symbol) = (Reason::NotSet, Symbol::Name);
        let unknown = || Unknown { reason, name: "terraform.workspace".into(), span, symbol };
        match &self.workspace {
            Some(name) => made(name.as_str(), span),
            None => Value::new(Kind::Unknown(unknown()), span),
        }
    }

    /// `var.name`.
    fn variable(&self, instance: &Rc<Instance>, name: &Ident, span: Span) -> Value {
        let variables = &instance.module.variables;
        let Some((at, _, block)) = variables.get_full(&name.text) else {
            let label = format!("var.{}", name.text);
            return self.undeclared(("variable", &label), span, variables.keys(), "var.");
        };
        let label = format!("var.{}", name.text);
        let slot = Slot::Variable(at);
        let first = !instance.memo.borrow().contains_key(&slot);
        let value =
            self.named(instance, slot, (&label, span), || self.variable_value(instance, &name.text, block));
        if first {
            self.validate(instance, &label, &value, block);
        }
        if value.secret {
            return hidden(&value, span);
        }
        value.via(span, format!("through `{label}`"))
    }

    /// `local.name`.
    fn local(&self, instance: &Rc<Instance>, name: &Ident, span: Span) -> Value {
        let locals = &instance.module.locals;
        let found = locals.get_full(&name.text).and_then(|(at, _, local)| Some((at, local.attribute()?)));
        let label = format!("local.{}", name.text);
        let Some((at, attribute)) = found else {
            return self.undeclared(("local value", &label), span, locals.keys(), "local.");
        };
        let value = self.named(instance, Slot::Local(at), (&label, span), || {
            self.expr(&attribute.value, Scope::top(instance))
        });
        value.via(span, format!("through `{label}`"))
    }

    /// `module.m.name`.
    pub(in super::super) fn output(&self, instance: &Rc<Instance>, name: &Ident, span: Span) -> Value {
        let outputs = &instance.module.outputs;
        let label = format!("{}.{}", instance.address, name.text);
        let Some((at, _, block)) = outputs.get_full(&name.text) else {
            let what = format!("an output of `{}`", instance.address);
            return self.undeclared((&what, &name.text), name.span, outputs.keys(), "");
        };
        let value =
            self.named(instance, Slot::Output(at), (&label, span), || match block.body.attribute("value") {
                Some(attribute) => {
                    let value = self.expr(&attribute.value, Scope::top(instance))?;
                    Ok(value.via(attribute.name.span, "output here"))
                }
                None => Ok(Value::null(block.header)),
            });
        value.via(span, format!("through `{}`", self.source_text(span)))
    }

    fn call_node(&self, instance: &Rc<Instance>, name: &Ident, span: Span) -> Node {
        let calls = &instance.module.calls;
        if let Some(call) = calls.get_index_of(&name.text) {
            return self.module_node(instance, call);
        }
        let label = format!("module.{}", name.text);
        Node::Value(self.undeclared(("module call", &label), span, calls.keys(), "module."))
    }

    fn resource_node(&self, instance: &Rc<Instance>, address: &str, span: Span) -> Node {
        let resources = &instance.module.resources;
        let Some(at) = resources.get_index_of(address) else {
            return Node::Value(self.undeclared(("resource", address), span, resources.keys(), ""));
        };
        let repeat = self.resource_repeat(instance, at);
        if repeat.single {
            Node::Resource(Rc::clone(instance), at, 0)
        } else {
            Node::Resources(Rc::clone(instance), at, repeat)
        }
    }

    /// A reference to something that is not there: a mistake, kept; the value is in error.
    fn undeclared<'n>(
        &self,
        (what, label): (&str, &str),
        span: Span,
        known: impl Iterator<Item = &'n Arc<str>>,
        prefix: &str,
    ) -> Value {
        let known = known.map(|name| format!("{prefix}{name}"));
        self.report(declared::undeclared((what, label), span, known));
        Value::unknown(Reason::InError, label, span)
    }
}

/// `path.module` and its kin: relative to the root module's directory, as `terraform` run there prints them.
fn path(instance: &Instance, name: &Ident, span: Span) -> Outcome {
    match &*name.text {
        "module" => Ok(made(instance.path.as_str(), span)),
        "root" => Ok(made(".", span)),
        "cwd" => Ok(Value::unknown(Reason::NotEvaluated, "path.cwd", span)),
        other => {
            let message = format!("`path.{other}` does not exist");
            let problem = Problem::new(ProblemKind::Evaluation, span, message);
            Err(problem.help("there are `path.module`, `path.root` and `path.cwd`"))
        }
    }
}

/// `each.key`, `each.value`, `count.index`.
fn repetition(repetition: &Repetition, space: &str, name: &Ident, span: Span) -> Result<Node, Problem> {
    let moved =
        |value: &Value| Node::Value(value.clone().via(span, format!("through `{space}.{}`", name.text)));
    match (repetition, space, &*name.text) {
        (Repetition::Count(index), "count", "index") => Ok(moved(index)),
        (Repetition::Each(key, _), "each", "key") => Ok(moved(key)),
        (Repetition::Each(_, Node::Value(value)), "each", "value") => Ok(moved(value)),
        (Repetition::Each(_, node), "each", "value") => Ok(node.clone()),
        (Repetition::Any(value), "each", "key" | "value") | (Repetition::Any(value), "count", "index") => {
            Ok(moved(value))
        }
        _ => {
            let message = format!("`{space}.{}` has no meaning here", name.text);
            let help = "`each` needs `for_each` and `count` needs `count` in the same block";
            Err(Problem::new(ProblemKind::Evaluation, span, message).help(help))
        }
    }
}
