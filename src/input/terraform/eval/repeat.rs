//! `count` and `for_each`: which occurrences of a block there are.
//!
//! What is easy to get wrong: a number that is not known is not zero. Then one occurrence stands for all, its address
//! has no index, and its trail says so ([`Repeat::doubt`]).

use super::collection::Elements;
use super::expr::{as_unknown, nothing_known};
use super::scope::{Node, Repetition, Scope};
use super::step::key_text;
use super::{Eval, Instance, Memo, Slot};
use crate::input::terraform::types;
use crate::source::{Limits, Problem, ProblemKind, Span};
use crate::syntax::hcl::{Attribute, Block};
use crate::value::{Kind, ListKind, Number, Reason, Symbol, Trail, Unknown, Value};
use std::rc::Rc;

/// The occurrences of a block.
#[derive(Clone)]
pub(in super::super) struct Repeat {
    /// Neither `count` nor `for_each` is written.
    pub single: bool,
    /// The occurrences that are known.
    pub occurrences: Vec<Occurrence>,
    /// Set when it is not known which occurrences there are.
    pub doubt: Option<Doubt>,
}

/// Why it is not known which occurrences there are.
#[derive(Clone)]
pub(in super::super) struct Doubt {
    /// The number, or the collection.
    pub value: Value,
    /// Whether the number is one of a few known ones: then occurrences have indexes.
    pub counted: bool,
}

/// One occurrence.
#[derive(Clone)]
pub(in super::super) struct Occurrence {
    /// What is put behind the address: `[0]`, `["a"]`, or nothing.
    pub suffix: String,
    /// What `each` and `count` mean in it.
    pub repetition: Repetition,
    /// Why it is not certain that it exists.
    pub trail: Trail,
}

impl Eval<'_> {
    /// The occurrences of a resource.
    pub(in super::super) fn resource_repeat(&self, instance: &Rc<Instance>, at: usize) -> Rc<Repeat> {
        let block = instance.module.resources.get_index(at).map(|(_, block)| &**block);
        self.repeat(instance, Slot::Repeat(at, false), block)
    }

    /// The occurrences of a module call.
    pub(in super::super) fn call_repeat(&self, instance: &Rc<Instance>, at: usize) -> Rc<Repeat> {
        let block = instance.module.calls.get_index(at).map(|(_, block)| &**block);
        self.repeat(instance, Slot::Repeat(at, true), block)
    }

    fn repeat(&self, instance: &Rc<Instance>, slot: Slot, block: Option<&Block>) -> Rc<Repeat> {
        if let Some(known) = instance.repeats.borrow().get(&slot) {
            return Rc::clone(known);
        }
        let Some(block) = block else { return Rc::new(Repeat::single()) };
        let attribute = |name: &str| block.body.attribute(name);
        let repeat = match (attribute("count"), attribute("for_each")) {
            (None, None) => Repeat::single(),
            (Some(count), Some(each)) => {
                let message = "`count` and `for_each` exclude each other";
                let problem = Problem::new(ProblemKind::Evaluation, each.name.span, message);
                self.report(problem.label(count.name.span, "`count` stands here"));
                Repeat::unknown(&in_error("for_each", each.name.span), each.name.span)
            }
            (Some(count), None) => self.guarded(instance, &slot, count, |eval| eval.counted(instance, count)),
            (None, Some(each)) => self.guarded(instance, &slot, each, |eval| eval.for_each(instance, each)),
        };
        let repeat = Rc::new(repeat);
        instance.repeats.borrow_mut().insert(slot, Rc::clone(&repeat));
        repeat
    }

    /// Evaluates a repetition once, and never inside itself.
    fn guarded(
        &self,
        instance: &Instance,
        slot: &Slot,
        attribute: &Attribute,
        work: impl FnOnce(&Self) -> Result<Repeat, Problem>,
    ) -> Repeat {
        let span = attribute.value.span;
        if instance.memo.borrow_mut().insert(slot.clone(), Memo::Running).is_some() {
            let message = format!("`{}` depends on itself", attribute.name.text);
            self.report(Problem::new(ProblemKind::Evaluation, span, message));
            return Repeat::unknown(&in_error(&attribute.name.text, span), span);
        }
        let outcome = work(self);
        instance.memo.borrow_mut().remove(slot);
        outcome.unwrap_or_else(|problem| {
            self.report(problem);
            Repeat::unknown(&in_error(&attribute.name.text, span), span)
        })
    }

    fn counted(&self, instance: &Rc<Instance>, count: &Attribute) -> Result<Repeat, Problem> {
        let span = count.value.span;
        let value = self.expr(&count.value, Scope::top(instance))?;
        if let Kind::OneOf(branches) = &value.kind {
            let numbers: Result<Vec<_>, _> =
                branches.iter().map(|case| whole_number(&case.value, span)).collect();
            if let Some(most) =
                numbers?.into_iter().collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max())
            {
                let trail = Trail::default().via(span, "whether it exists is not known");
                let mut repeat = Repeat::counted(most, span, &trail);
                repeat.doubt = Some(Doubt { value, counted: true });
                return Ok(repeat);
            }
            return Ok(Repeat::unknown(&value, span));
        }
        Ok(match whole_number(&value, span)? {
            Some(number) => Repeat::counted(number, span, &Trail::default()),
            None => Repeat::unknown(&value, span),
        })
    }

    fn for_each(&self, instance: &Rc<Instance>, each: &Attribute) -> Result<Repeat, Problem> {
        let span = each.value.span;
        let node = self.node(&each.value, Scope::top(instance))?;
        if let Node::Value(value) = &node {
            suits_for_each(value, span)?;
            if let Kind::OneOf(_) = &value.kind {
                return self.for_each_of_few(value, span);
            }
        }
        let elements = self.elements(&node, span)?;
        Ok(each_of(elements, &node, span))
    }

    /// The keys of every alternative; each occurrence is then uncertain.
    fn for_each_of_few(&self, value: &Value, span: Span) -> Result<Repeat, Problem> {
        let Kind::OneOf(branches) = &value.kind else { return Ok(Repeat::unknown(value, span)) };
        let mut all = Repeat { single: false, occurrences: Vec::new(), doubt: None };
        for branch in branches.iter() {
            let node = Node::Value(branch.value.clone());
            let repeat = each_of(self.elements(&node, span)?, &node, span);
            for mut occurrence in repeat.occurrences {
                if all.occurrences.iter().all(|known| known.suffix != occurrence.suffix) {
                    occurrence.trail = occurrence.trail.via(span, "whether it exists is not known");
                    all.occurrences.push(occurrence);
                } else if let Some(known) =
                    all.occurrences.iter_mut().find(|known| known.suffix == occurrence.suffix)
                {
                    known.either(&occurrence, &as_unknown(value).unwrap_or_else(|| nothing_known(span)));
                }
            }
        }
        all.doubt = Some(Doubt { value: value.clone(), counted: true });
        Ok(all)
    }
}

impl Repeat {
    fn single() -> Self {
        let occurrence =
            Occurrence { suffix: String::new(), repetition: Repetition::None, trail: Trail::default() };
        Self { single: true, occurrences: vec![occurrence], doubt: None }
    }

    fn counted(number: i64, span: Span, trail: &Trail) -> Self {
        let occurrence = |index: i64| Occurrence {
            suffix: format!("[{index}]"),
            repetition: Repetition::Count(Value::new(Kind::Number(Number::from(index)), span)),
            trail: trail.clone(),
        };
        Self { single: false, occurrences: (0..number).map(occurrence).collect(), doubt: None }
    }

    /// One occurrence for all that may exist.
    fn unknown(value: &Value, span: Span) -> Self {
        let unknown = as_unknown(value).unwrap_or_else(|| nothing_known(span));
        let any = Value::new(Kind::Unknown(Unknown { symbol: Symbol::Anything, ..unknown }), span);
        let occurrence = Occurrence {
            suffix: String::new(),
            repetition: Repetition::Any(any),
            trail: Trail::default().via(span, "how many there are is not known"),
        };
        let doubt = Doubt { value: value.clone(), counted: false };
        Self { single: false, occurrences: vec![occurrence], doubt: Some(doubt) }
    }
}

impl Occurrence {
    /// Two alternatives have this key: its value is known only where both agree.
    fn either(&mut self, other: &Self, unknown: &Unknown) {
        let (Repetition::Each(_, Node::Value(one)), Repetition::Each(_, Node::Value(two))) =
            (&mut self.repetition, &other.repetition)
        else {
            return;
        };
        if one.kind != two.kind {
            *one = Value::new(Kind::Unknown(unknown.clone()), one.span);
        }
    }
}

fn each_of(elements: Elements, node: &Node, span: Span) -> Repeat {
    let set = matches!(node, Node::Value(value) if value.as_list().is_some());
    let mut repeat = Repeat { single: false, occurrences: Vec::new(), doubt: None };
    let mut rest = elements.open;
    for (key, element) in elements.items {
        let (key, element) = match (set, element) {
            (true, Node::Value(value)) => (value.clone(), Node::Value(value)),
            (_, element) => (key, element),
        };
        match key_text(&key) {
            Some(text) => repeat.occurrences.push(Occurrence {
                suffix: format!("[{}]", quoted(&text)),
                repetition: Repetition::Each(key, element),
                trail: Trail::default(),
            }),
            None => rest = rest.or_else(|| key.unknowns().first().map(|unknown| (*unknown).clone())),
        }
    }
    if let Some(unknown) = rest {
        let others = Repeat::unknown(&Value::new(Kind::Unknown(unknown), span), span);
        repeat.occurrences.extend(others.occurrences);
        repeat.doubt = others.doubt;
    }
    repeat
}

/// A key as addresses show it.
fn quoted(text: &str) -> String {
    format!(
        "\"{}\"",
        text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${").replace('\n', "\\n")
    )
}

fn in_error(name: &str, span: Span) -> Value {
    Value::unknown(Reason::InError, name, span)
}

/// A `count`: `None` when it is not known.
fn whole_number(value: &Value, span: Span) -> Result<Option<i64>, Problem> {
    let wrong = |message: &str| Problem::new(ProblemKind::Evaluation, span, message);
    let number = match &value.kind {
        Kind::Unknown(_) => return Ok(None),
        Kind::Null => return Err(wrong("`count` is null; it must be a whole number")),
        Kind::Text(text) if !text.is_known() => return Ok(None),
        Kind::Number(_) => value.clone(),
        _ => types::convert(value, &types::Type::Number).map_err(|problem| Problem { span, ..problem })?,
    };
    let Kind::Number(number) = &number.kind else { return Ok(None) };
    let Some(number) = number.as_i64().filter(|number| *number >= 0) else {
        return Err(wrong("`count` must be a whole number that is not negative"));
    };
    if number > i64::try_from(Limits::DEFAULT.instances).unwrap_or(i64::MAX) {
        let message = format!("`count` asks for more than {} occurrences", Limits::DEFAULT.instances);
        return Err(Problem::new(ProblemKind::Limit, span, message));
    }
    Ok(Some(number))
}

/// `for_each` takes a map, an object or a set of strings.
fn suits_for_each(value: &Value, span: Span) -> Result<(), Problem> {
    let wrong = |what: &str| {
        let message = format!("`for_each` takes a map or a set of strings, this is {what}");
        Err(Problem::new(ProblemKind::Evaluation, span, message))
    };
    match &value.kind {
        Kind::Null => wrong("null"),
        Kind::Bool(_) => wrong("a bool"),
        Kind::Number(_) => wrong("a number"),
        Kind::Text(_) => wrong("a text"),
        // An empty list may be a branch whose other branch makes it a set.
        Kind::List(list) if list.kind != ListKind::Set && !list.items.is_empty() => match wrong("a list") {
            Err(problem) => Err(problem.help("wrap it in `toset(…)`")),
            ok => ok,
        },
        Kind::List(list) if list.items.len() > Limits::DEFAULT.instances => too_many(span),
        Kind::Map(map) if map.entries.len() > Limits::DEFAULT.instances => too_many(span),
        _ => Ok(()),
    }
}

fn too_many(span: Span) -> Result<(), Problem> {
    let message = format!("`for_each` asks for more than {} occurrences", Limits::DEFAULT.instances);
    Err(Problem::new(ProblemKind::Limit, span, message))
}
