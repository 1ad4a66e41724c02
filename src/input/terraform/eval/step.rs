//! Steps of a reference: `.name` and `[index]`.
//!
//! What is easy to get wrong: what is taken out of a value keeps the way by which the whole value came, and a step
//! into a resource evaluates that attribute alone.

use super::expr::as_unknown;
use super::scope::{Node, Repetition, Scope};
use super::{Eval, Instance, Outcome};
use crate::input::terraform::{declared, types};
use crate::source::{Limits, Problem, ProblemKind, Span, nearest};
use crate::syntax::hcl::Ident;
use crate::value::{Kind, List, ListKind, Map, Reason, Symbol, Text, Trail, Unknown, Value, by_key};
use std::rc::Rc;
use std::sync::Arc;

/// The attribute name that marks the open rest of a whole resource.
pub(super) const ANY_ATTRIBUTE: &str = "*";

/// Names of what is not known grow no longer than this by steps into it.
const LONGEST_NAME: usize = 200;

/// The attributes of `terraform_data`, the one managed resource that Terraform itself provides.
const OF_DATA: [&str; 4] = ["id", "input", "output", "triggers_replace"];

/// Whether a resource has no such attribute for certain.
fn lacks(instance: &Instance, at: usize, name: &Ident) -> bool {
    let address = instance.module.resources.get_index(at).map_or("", |(address, _)| address);
    address.starts_with("terraform_data.") && !OF_DATA.contains(&&*name.text)
}

impl Eval<'_> {
    /// `node.name`.
    pub(super) fn attribute_of(
        &self,
        node: Node,
        name: &Ident,
        span: Span,
        scope: Scope<'_>,
    ) -> Result<Node, Problem> {
        match node {
            Node::Space(space) => self.in_space(&space, name, span, scope),
            Node::Resource(instance, at, _) if lacks(&instance, at, name) => {
                let known = OF_DATA.iter().map(|known| (*known).to_owned());
                let what = ("an attribute of `terraform_data`", &*name.text);
                self.report(declared::undeclared(what, name.span, known));
                Ok(Node::Value(Value::unknown(Reason::InError, &*name.text, span)))
            }
            Node::Resource(instance, at, occurrence) => {
                let value = self.resource_attribute(&instance, (at, occurrence), name, span);
                Ok(Node::Value(value.via(span, format!("through `{}`", self.source_text(span)))))
            }
            Node::Module(instance) => Ok(Node::Value(self.output(&instance, name, span))),
            Node::Value(value) => {
                self.doubtful(&value);
                let found = self.distribute(&[value], span, &mut |values| match values {
                    [value] => take_name(value, &name.text, name.span),
                    _ => Ok(Value::null(span)),
                })?;
                Ok(Node::Value(found))
            }
            Node::Resources(..) | Node::Modules(..) => self.in_collection(node, &name.text, span),
        }
    }

    /// `node[index]`.
    pub(super) fn index_of(
        &self,
        node: Node,
        index: &Value,
        span: Span,
        scope: Scope<'_>,
    ) -> Result<Node, Problem> {
        match node {
            Node::Resources(..) | Node::Modules(..) => {
                let Some(key) = key_text(index) else {
                    return self.any_of(&node, index, span);
                };
                self.in_collection(node, &key, span)
            }
            Node::Space(_) => Err(incomplete(span)),
            // `count` was dropped or its value is not known: the one occurrence answers to any index.
            Node::Module(_) | Node::Resource(..) => {
                let Some(key) = key_text(index) else { return Ok(node) };
                let name = Ident { text: key.into(), span: index.span };
                self.attribute_of(node, &name, span, scope)
            }
            Node::Value(value) => {
                self.doubtful(&value);
                let found = self.distribute(&[value, index.clone()], span, &mut |values| match values {
                    [value, index] => take_index(value, index, span),
                    _ => Ok(Value::null(span)),
                })?;
                Ok(Node::Value(found))
            }
        }
    }

    /// The occurrence under a key of something with `count` or `for_each`.
    fn in_collection(&self, node: Node, key: &str, span: Span) -> Result<Node, Problem> {
        let (Node::Resources(_, _, repeat) | Node::Modules(_, _, repeat)) = &node else { return Ok(node) };
        if repeat.doubt.is_some() {
            self.doubt.set(true);
        }
        let found = repeat.occurrences.iter().position(|occurrence| match &occurrence.repetition {
            Repetition::Count(index) | Repetition::Each(index, _) => key_text(index).as_deref() == Some(key),
            Repetition::None | Repetition::Any(_) => false,
        });
        let uncertain = repeat.doubt.as_ref().filter(|doubt| !doubt.counted);
        let at = found.or_else(|| uncertain.map(|_| repeat.occurrences.len().saturating_sub(1)));
        let Some(at) = at.filter(|at| *at < repeat.occurrences.len()) else {
            let what = self.source_text(span);
            let message = if repeat.occurrences.is_empty() {
                format!(
                    "`{what}` is read, but there is no such occurrence: its `count` or `for_each` is empty"
                )
            } else {
                format!("there is no occurrence `{key}` for `{what}`")
            };
            return Err(Problem::new(ProblemKind::Evaluation, span, message));
        };
        Ok(self.occurrence(&node, at))
    }

    /// Notes that a step into this value may turn out to be a mistake.
    fn doubtful(&self, value: &Value) {
        if matches!(value.kind, Kind::Unknown(_)) {
            self.doubt.set(true);
        }
    }

    /// The node of one occurrence.
    pub(super) fn occurrence(&self, node: &Node, at: usize) -> Node {
        match node {
            Node::Resources(instance, index, _) => Node::Resource(Rc::clone(instance), *index, at),
            Node::Modules(instance, call, repeat) => self
                .child(instance, *call, repeat, at)
                .map_or_else(|| Node::Value(self.missing_module(instance, *call)), Node::Module),
            other => other.clone(),
        }
    }

    /// An occurrence under a key that is not known: the only one there is, or unknown.
    fn any_of(&self, node: &Node, index: &Value, span: Span) -> Result<Node, Problem> {
        let (Node::Resources(_, _, repeat) | Node::Modules(_, _, repeat)) = node else {
            return Err(incomplete(span));
        };
        if repeat.occurrences.len() == 1 {
            return Ok(self.occurrence(node, 0));
        }
        let unknown = as_unknown(index).or_else(|| first_unknown(index)).ok_or_else(|| incomplete(span))?;
        let unknown = Unknown { symbol: Symbol::Anything, ..unknown };
        Ok(Node::Value(Value::new(Kind::Unknown(unknown), span)))
    }
}

pub(super) fn incomplete(span: Span) -> Problem {
    Problem::new(ProblemKind::Evaluation, span, "this reference is not complete")
}

fn first_unknown(value: &Value) -> Option<Unknown> {
    value.unknowns().first().map(|unknown| (*unknown).clone())
}

/// The text that an index of `count` or a key of `for_each` compares as.
pub(super) fn key_text(key: &Value) -> Option<String> {
    match &key.kind {
        Kind::Number(number) => {
            Some(number.as_i64().map_or_else(|| number.as_str().to_owned(), |whole| whole.to_string()))
        }
        Kind::Text(text) => text.known(),
        Kind::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// Gives a value that was taken out of another the way by which the whole came, and its mark of secrecy.
pub(in super::super) fn inherit(value: &mut Value, whole: &Trail) {
    if value.trail.is_empty() {
        value.trail = whole.clone();
    } else if !whole.is_empty() {
        let steps: Vec<_> = whole.steps().collect();
        for step in steps.into_iter().rev() {
            value.trail = value.trail.with(step);
        }
    }
}

fn taken(found: &Value, whole: &Value) -> Value {
    let mut value = found.clone();
    inherit(&mut value, &whole.trail);
    value.secret |= whole.secret;
    value
}

/// `value.name` of an evaluated value.
pub(super) fn take_name(value: &Value, name: &str, span: Span) -> Outcome {
    match &value.kind {
        Kind::Map(map) => in_map(value, map, name, span),
        Kind::Unknown(unknown) => {
            known_step(value, name, span).map(|of| part_of(value, unknown, name, span).of_type(of))
        }
        Kind::Null => Err(wrong(span, format!("`{name}` is read of a value that is null"))),
        Kind::List(list) if name.parse::<usize>().is_ok() => in_list(value, list, name.parse().ok(), span),
        Kind::List(_) => Err(wrong(span, format!("`{name}` is read of a list"))
            .help(format!("name an element, as in `[0].{name}`, or take all with `[*].{name}`"))),
        _ => Err(wrong(span, format!("`{name}` is read of a value that has no attributes"))),
    }
}

/// `value[index]` of an evaluated value.
fn take_index(value: &Value, index: &Value, span: Span) -> Outcome {
    if let Kind::Unknown(unknown) = &value.kind {
        let Some(step) = key_text(index) else {
            let of = types::element_of(&types::type_of(value, Limits::DEFAULT.depth));
            return Ok(part_of(value, unknown, "…", span).of_type(of));
        };
        let of = known_step(value, &step, span)?;
        return Ok(part_of(value, unknown, &step, span).of_type(of));
    }
    let Some(key) = key_text(index) else {
        let Some(unknown) = as_unknown(index).or_else(|| first_unknown(index)) else {
            return Err(wrong(index.span, "this value cannot be an index"));
        };
        let name =
            if unknown.name.len() > LONGEST_NAME { unknown.name } else { by_key(&unknown.name).into() };
        let unknown = Unknown { symbol: Symbol::Anything, name, ..unknown };
        return Ok(Value { trail: value.trail.clone(), ..Value::new(Kind::Unknown(unknown), span) });
    };
    match &value.kind {
        Kind::Map(map) => in_map(value, map, &key, index.span),
        Kind::List(list) if list.kind == ListKind::Set => {
            let help = "a set has no order: make a list of it with `tolist(…)`, or take its only element with `one(…)`";
            Err(wrong(span, "an element of a set is read by its index").help(help))
        }
        Kind::List(list) => in_list(value, list, key.parse().ok(), index.span),
        Kind::Null => Err(wrong(span, "an element is read of a value that is null")),
        _ => Err(wrong(span, "an element is read of a value that has none")),
    }
}

fn in_list(value: &Value, list: &List, at: Option<usize>, span: Span) -> Outcome {
    let Some(at) = at else {
        return Err(wrong(span, "an element of a list is read with a key that is no index"));
    };
    match (&list.open, list.items.get(at)) {
        (None, Some(item)) => Ok(taken(item, value)),
        (None, None) => {
            let message = format!("element {at} is read of a list of {}", list.items.len());
            Err(wrong(span, message))
        }
        (Some(unknown), _) => Ok(part_of(value, unknown, &at.to_string(), span)),
    }
}

fn in_map(value: &Value, map: &Map, name: &str, span: Span) -> Outcome {
    if let Some(found) = map.get(name) {
        return Ok(taken(found, value));
    }
    if let Some(unknown) = map.entries.iter().find_map(|entry| entry.name.text.unknowns().next()) {
        return Ok(part_of(value, unknown, name, span));
    }
    if let Some(open) = &map.open {
        return Ok(part_of(value, open, name, span));
    }
    let names = map.entries.iter().filter_map(|entry| entry.name.text.known());
    Err(did_you_mean(wrong(span, format!("there is no attribute or key `{name}` here")), name, names))
}

/// The type of a part of something that is not known but whose type is; a step that the type has not is a mistake.
fn known_step(value: &Value, step: &str, span: Span) -> Result<types::Type, Problem> {
    let of = types::type_of(value, Limits::DEFAULT.depth);
    let wrong = || wrong(span, format!("`{step}` is read of a value of type {}, which has none", of.shown()));
    types::part_of(&of, step).ok_or_else(wrong)
}

/// An unknown part of something unknown.
fn part_of(whole: &Value, unknown: &Unknown, step: &str, span: Span) -> Value {
    let index = step.parse::<usize>().is_ok() || step == "…";
    let grown = |name: &str| if index { format!("{name}[{step}]") } else { format!("{name}.{step}") };
    let (name, symbol) = match &unknown.symbol {
        Symbol::Attribute { resource, attribute } if &**attribute == ANY_ATTRIBUTE => (
            format!("{resource}.{step}").into(),
            Symbol::Attribute { resource: Arc::clone(resource), attribute: step.into() },
        ),
        Symbol::Attribute { resource, attribute } => (
            grown(&unknown.name).into(),
            Symbol::Attribute { resource: Arc::clone(resource), attribute: grown(attribute).into() },
        ),
        _ if unknown.name.len() > LONGEST_NAME => (Arc::clone(&unknown.name), Symbol::Anything),
        _ => (grown(&unknown.name).into(), Symbol::Anything),
    };
    let unknown = Unknown { name, symbol, ..unknown.clone() };
    Value { trail: whole.trail.clone(), secret: whole.secret, ..Value::new(Kind::Unknown(unknown), span) }
}

fn wrong(span: Span, message: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Evaluation, span, message)
}

/// The same with the closest of the known names as advice.
pub(in super::super) fn did_you_mean(
    problem: Problem,
    name: &str,
    known: impl Iterator<Item = String>,
) -> Problem {
    let known: Vec<String> = known.collect();
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem,
    }
}

/// A text made by evaluation at `span`.
pub(super) fn made(text: impl Into<Arc<str>>, span: Span) -> Value {
    Value::text(Text::made(text, span), span)
}
