//! What names mean where an expression stands.
//!
//! A [`Node`] is a value that need not be evaluated yet: a whole resource or module of which one attribute may be
//! asked. What is easy to get wrong: a template file sees its own variables and nothing else.

use super::{Instance, Repeat};
use crate::value::Value;
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

/// A value, or something that a value can be taken from.
#[derive(Clone)]
pub(in super::super) enum Node {
    /// A value.
    Value(Value),
    /// An occurrence of a resource: its module instance, its index in the module, its index among its occurrences.
    Resource(Rc<Instance>, usize, usize),
    /// A resource with `count` or `for_each`.
    Resources(Rc<Instance>, usize, Rc<Repeat>),
    /// A called module.
    Module(Rc<Instance>),
    /// A module call with `count` or `for_each`: the calling instance, the call's index.
    Modules(Rc<Instance>, usize, Rc<Repeat>),
    /// The start of a reference that is not complete yet: `var`, `data`, `data.aws_region`.
    Space(Arc<str>),
}

/// What `each` and `count` mean in an occurrence.
#[derive(Clone)]
pub(in super::super) enum Repetition {
    /// Neither.
    None,
    /// `count.index`.
    Count(Value),
    /// `each.key` and `each.value`.
    Each(Value, Node),
    /// Some of them; which is not known.
    Any(Value),
}

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(in super::super) struct Scope<'s> {
    /// The module instance.
    pub instance: &'s Rc<Instance>,
    /// `each` and `count`.
    pub repetition: &'s Repetition,
    /// Names bound by `for`, `dynamic` and template variables, the innermost first.
    pub names: Option<&'s Bound<'s>>,
    /// Whether a mistake must reach the caller (`try`, `can`) instead of being kept at the element it is in.
    pub strict: bool,
    /// The variables of a template file, which sees nothing else.
    pub given: Option<&'s FxHashMap<String, Value>>,
}

/// One bound name.
pub(in super::super) struct Bound<'s> {
    /// The name.
    pub name: &'s str,
    /// What it means.
    pub node: Node,
    /// The names around it.
    pub outer: Option<&'s Bound<'s>>,
}

impl<'s> Scope<'s> {
    /// A template file with its variables.
    pub(super) fn template<'t>(self, given: &'t FxHashMap<String, Value>) -> Scope<'t>
    where
        's: 't,
    {
        Scope { names: None, given: Some(given), ..self }
    }

    /// The top of a module instance.
    pub(in super::super) fn top(instance: &'s Rc<Instance>) -> Self {
        Self::of(instance, &Repetition::None)
    }

    /// An occurrence of a resource or module call.
    pub(in super::super) fn of(instance: &'s Rc<Instance>, repetition: &'s Repetition) -> Self {
        Self { instance, repetition, names: None, strict: false, given: None }
    }

    /// The same with a mistake reaching the caller.
    pub(super) fn strict(self) -> Self {
        Self { strict: true, ..self }
    }

    /// The same with one more bound name.
    pub(super) fn bind<'t>(self, bound: &'t Bound<'t>) -> Scope<'t>
    where
        's: 't,
    {
        Scope { names: Some(bound), ..self }
    }

    /// What a bound name means.
    pub(super) fn bound(&self, name: &str) -> Option<&'s Node> {
        let mut next = self.names;
        while let Some(bound) = next {
            if bound.name == name {
                return Some(&bound.node);
            }
            next = bound.outer;
        }
        None
    }

    /// Whether a condition of this text may mean something else at the next turn of a loop, in the next occurrence, or
    /// the next time that a template is filled. It may be said too often, never too seldom.
    pub(super) fn may_vary(&self, text: &str) -> bool {
        let mut names = std::iter::successors(self.names, |bound| bound.outer);
        let repeated = !matches!(self.repetition, Repetition::None);
        self.given.is_some()
            || names.any(|bound| text.contains(bound.name))
            || (repeated && (text.contains("each") || text.contains("count") || text.contains("self")))
    }
}
