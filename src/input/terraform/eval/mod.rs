//! The evaluator: what an expression of a module instance is worth, as far as source alone tells.
//!
//! Everything is asked for by name and remembered per module instance ([`Instance`]); nothing is evaluated that no
//! one asks for. A mistake becomes one [`Problem`] and the value [`Reason::InError`]; the rest goes on. What is easy to
//! get wrong: a named thing (a local, an output, a resource's argument) is always evaluated to the end even when
//! `try` asked for it, because Terraform reports its mistakes all the same.

mod block;
mod call;
mod choice;
mod collection;
mod expr;
mod lead;
mod measure;
mod missing;
mod module;
mod reference;
mod repeat;
mod replaced;
mod scope;
mod secret;
mod step;
mod template;
mod validation;

pub(super) use block::{Resource, literal_child, member};
pub(super) use missing::Models;
pub(super) use module::{Instance, told};
pub(super) use repeat::Repeat;
pub(super) use scope::{Node, Repetition, Scope};
pub(super) use step::{did_you_mean, inherit};

use super::session::Session;
use crate::source::{Limits, Problem, ProblemKind, Span};
use crate::syntax::hcl::Template;
use crate::value::{Kind, Reason, Symbol, Unknown, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// What an evaluation gives, or the mistake that stopped it.
pub(super) type Outcome = Result<Value, Problem>;

/// How deep evaluation may nest, references included; bounds the nesting of values as well.
const DEPTH: usize = 1_000;

/// The evaluation of one root module.
pub(super) struct Eval<'a> {
    /// The directories.
    pub session: &'a Session<'a>,
    /// The root module's directory; functions read files relative to it.
    pub root: String,
    /// `terraform.workspace`, when it was given.
    pub workspace: Option<String>,
    /// Values given for the root module's variables, the one that holds last.
    pub given: FxHashMap<Arc<str>, Value>,
    /// Directories of downloaded modules by the calls' names joined by dots.
    pub downloaded: FxHashMap<String, String>,
    /// Calls that models stand in for.
    pub models: RefCell<Models>,
    problems: RefCell<Vec<Problem>>,
    reported: RefCell<FxHashSet<Span>>,
    steps: Cell<u64>,
    depth: Cell<usize>,
    peak: Cell<usize>,
    doubt: Cell<bool>,
    running: RefCell<Vec<Running>>,
    looking: Cell<u8>,
    slips: Cell<usize>,
    templates: RefCell<FxHashMap<String, Rc<Template>>>,
    secrets: RefCell<FxHashSet<String>>,
    fresh: Cell<u32>,
    instances: Cell<usize>,
    origin: Span,
}

/// A thing of a module instance whose value is remembered.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Slot {
    /// A local value.
    Local(usize),
    /// A variable.
    Variable(usize),
    /// An output.
    Output(usize),
    /// An attribute of an occurrence of a resource.
    Attribute(usize, usize, Arc<str>),
    /// The `count` or `for_each` of a resource or (true) of a module call.
    Repeat(usize, bool),
}

/// A named thing that is being evaluated.
struct Running {
    address: String,
    slot: Slot,
    name: Arc<str>,
    /// Where it is asked for.
    span: Span,
}

/// So many places of a circle are shown.
const CIRCLE: usize = 20;

/// A thing that is asked for while it is being evaluated: with every place that leads back to it.
fn circle(running: &[Running], (address, slot): (&str, &Slot), (name, span): (&str, Span)) -> Problem {
    let message = format!("`{name}` depends on itself");
    let problem = Problem::new(ProblemKind::Evaluation, span, message).help("break the circle of references");
    let start = running.iter().rposition(|one| one.slot == *slot && one.address == address);
    let around = start.and_then(|start| running.get(start..)).unwrap_or_default();
    around.windows(2).take(CIRCLE).fold(problem, |problem, pair| match pair {
        [one, two] => problem.label(two.span, format!("`{}` needs `{}`", one.name, two.name)),
        _ => problem,
    })
}

/// What is remembered of a [`Slot`].
#[derive(Clone, Debug)]
pub(super) enum Memo {
    /// It is being evaluated right now: asking again is a circle.
    Running,
    /// Its value and how deep its evaluation went.
    Done(Value, usize),
}

/// The most parts that a value may have, whatever they share.
const PARTS: usize = 4 * Limits::DEFAULT.elements;

/// How many parts a value has: elements at every level, and pieces of texts. Counts to a little over `most`.
fn parts(value: &Value, most: usize) -> usize {
    let mut left = vec![value];
    let mut count = 0;
    while let Some(value) = left.pop() {
        count += 1;
        match &value.kind {
            Kind::Text(text) => count += text.pieces().len(),
            Kind::List(list) => left.extend(&list.items),
            Kind::Map(map) => left.extend(map.entries.iter().map(|entry| &entry.value)),
            Kind::OneOf(branches) => left.extend(branches.iter().map(|branch| &branch.value)),
            _ => {}
        }
        if count + left.len() > most {
            return most + 1;
        }
    }
    count
}

impl<'a> Eval<'a> {
    /// Nothing evaluated yet. `origin` is any place in the root module.
    pub(super) fn new(session: &'a Session<'a>, root: &str, origin: Span) -> Self {
        Self {
            session,
            root: root.to_owned(),
            workspace: None,
            given: FxHashMap::default(),
            downloaded: FxHashMap::default(),
            models: RefCell::default(),
            problems: RefCell::default(),
            reported: RefCell::default(),
            steps: Cell::new(0),
            depth: Cell::new(0),
            peak: Cell::new(0),
            doubt: Cell::new(false),
            running: RefCell::default(),
            looking: Cell::new(0),
            slips: Cell::new(0),
            templates: RefCell::default(),
            secrets: RefCell::default(),
            fresh: Cell::new(0),
            instances: Cell::new(0),
            origin,
        }
    }

    /// Keeps a mistake, once per place.
    pub(super) fn report(&self, problem: Problem) {
        if self.looking.get() > 0 && problem.kind != ProblemKind::Limit {
            self.slips.set(self.slips.get() + 1);
            return;
        }
        if self.reported.borrow_mut().insert(problem.span) {
            let problem = self.discreet(problem);
            self.problems.borrow_mut().push(problem);
        }
    }

    /// What is said of which directory by the mistakes kept so far.
    pub(super) fn told(&self) -> FxHashSet<(String, String)> {
        self.problems.borrow().iter().map(|problem| self.said(problem)).collect()
    }

    /// The directory of a mistake, and what is said.
    pub(super) fn said(&self, problem: &Problem) -> (String, String) {
        let path = self.session.disk().map().path(problem.span.file);
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        (directory.to_owned(), problem.message.clone())
    }

    /// The mistakes found so far. The same mistake all over one module (a name that is not declared) is told once, where
    /// it was met first.
    pub(super) fn take_problems(&self) -> Vec<Problem> {
        let mut problems = self.problems.take();
        let mut told = FxHashSet::default();
        problems.retain(|problem| problem.kind != ProblemKind::Evaluation || told.insert(self.said(problem)));
        problems
    }

    /// Tells that what was first declared at `first` is declared again.
    pub(super) fn note_again(&self, instance: &Instance, first: Option<Span>) {
        let of = |(at, _): &&(Span, Problem)| Some(*at) == first;
        for (_, problem) in instance.module.again.iter().filter(of) {
            self.report(problem.clone());
        }
    }

    /// How many mistakes have been found so far.
    pub(super) fn problem_count(&self) -> usize {
        self.problems.borrow().len()
    }

    /// The mistakes found after the first `count` are such only if something exists, for which `doubts` tell why that is
    /// not certain.
    pub(super) fn doubt_problems(&self, count: usize, doubts: &[(Span, String)]) {
        for problem in self.problems.borrow_mut().iter_mut().skip(count) {
            if problem.kind == ProblemKind::Evaluation && !problem.doubtful {
                *problem = problem.clone().doubtful(doubts.iter().cloned());
            }
        }
    }

    /// Drops the mistakes found after the first `count`, but never a limit.
    pub(super) fn forget_problems(&self, count: usize) {
        let mut at = 0;
        self.problems.borrow_mut().retain(|problem| {
            at += 1;
            at <= count || problem.kind == ProblemKind::Limit
        });
    }

    /// How many expressions have been evaluated.
    #[cfg(test)]
    pub(super) fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// The value, or, after a mistake that is kept, the unknown that stands for it.
    pub(super) fn settled(&self, outcome: Outcome, span: Span) -> Value {
        outcome.unwrap_or_else(|problem| {
            let reason = if problem.kind == ProblemKind::Limit { Reason::Limit } else { Reason::InError };
            let name = self.source_text(problem.span);
            let name = self.without_secrets(&format!("`{name}`")).trim_matches('`').into();
            let unknown = Unknown { reason, name, span: problem.span, symbol: Symbol::Anything };
            self.report(problem);
            Value::new(Kind::Unknown(unknown), span)
        })
    }

    /// Source text on one line, for names of unknowns and conditions.
    pub(super) fn source_text(&self, span: Span) -> String {
        let text = self.session.disk().map().shown(span);
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() <= 120 {
            return line;
        }
        line.chars().take(117).chain("...".chars()).collect()
    }

    /// Runs one step of evaluation, one level deeper, within the limits.
    fn deeper(&self, span: Span, work: impl FnOnce() -> Result<Node, Problem>) -> Result<Node, Problem> {
        self.spend(1, span)?;
        let depth = self.depth.get() + 1;
        self.reach(depth, span)?;
        self.depth.set(depth);
        let outcome = work();
        self.depth.set(depth - 1);
        outcome
    }

    /// Counts steps towards the limit.
    fn spend(&self, steps: usize, span: Span) -> Result<(), Problem> {
        self.steps.set(self.steps.get().saturating_add(u64::try_from(steps).unwrap_or(u64::MAX)));
        if self.steps.get() <= Limits::DEFAULT.steps {
            return Ok(());
        }
        let message = format!("evaluation stopped after {} steps", Limits::DEFAULT.steps);
        Err(Problem::new(ProblemKind::Limit, self.root_span(span), message))
    }

    /// Counts the making of a large value as the steps that its size is worth, which bounds memory. What is shared
    /// counts as often as it is there, since whoever walks the value meets it as often: lists of lists of one list
    /// would otherwise double without cost.
    fn paid(&self, value: Value, span: Span) -> Outcome {
        let parts = parts(&value, PARTS);
        if parts > PARTS {
            return Err(Problem::new(ProblemKind::Limit, span, "a value grows too large"));
        }
        let size = match &value.kind {
            Kind::Text(text) => text.known_len() / 64,
            Kind::List(list) => list.items.len(),
            Kind::Map(map) => map.entries.len(),
            _ => 0,
        };
        self.spend(size.max(parts / 64), span).map(|()| value)
    }

    /// The step limit is reported once for the whole root module: at the first place that met it.
    fn root_span(&self, span: Span) -> Span {
        self.problems
            .borrow()
            .iter()
            .find(|problem| problem.kind == ProblemKind::Limit)
            .map_or(span, |problem| problem.span)
    }

    fn reach(&self, depth: usize, span: Span) -> Result<(), Problem> {
        self.peak.set(self.peak.get().max(depth));
        if depth <= DEPTH {
            return Ok(());
        }
        let message = format!("references and expressions nest more than {DEPTH} deep");
        Err(Problem::new(ProblemKind::Limit, span, message))
    }

    /// The remembered value of a named thing of `instance`; evaluated by `work` when it is asked for first.
    pub(super) fn named(
        &self,
        instance: &Instance,
        slot: Slot,
        named: (&str, Span),
        work: impl FnOnce() -> Outcome,
    ) -> Value {
        let (name, span) = named;
        let known = instance.memo.borrow().get(&slot).cloned();
        match known {
            Some(Memo::Done(value, height)) => {
                let deep = self.reach(self.depth.get() + height, span).map(|()| value);
                return self.settled(deep, span);
            }
            Some(Memo::Running) => {
                let circle = circle(&self.running.borrow(), (&instance.address, &slot), named);
                return self.settled(Err(circle), span);
            }
            None => drop(instance.memo.borrow_mut().insert(slot.clone(), Memo::Running)),
        }
        let before = self.peak.replace(self.depth.get());
        let doubt = self.doubt.get();
        // What has a name is remembered, so its mistakes are told even where it is only looked at.
        let looking = self.looking.replace(0);
        let (address, of) = (instance.address.clone(), slot.clone());
        self.note_again(instance, instance.declared(&slot));
        self.running.borrow_mut().push(Running { address, slot: of, name: name.into(), span });
        let value = self.settled(work(), span);
        self.running.borrow_mut().pop();
        self.looking.set(looking);
        self.doubt.set(doubt);
        let height = self.peak.get().saturating_sub(self.depth.get());
        self.peak.set(before.max(self.peak.get()));
        instance.memo.borrow_mut().insert(slot, Memo::Done(value.clone(), height));
        value
    }

    /// A number that no other caller gets: tells conditions apart that read the same.
    fn fresh(&self) -> u32 {
        self.fresh.set(self.fresh.get() + 1);
        self.fresh.get()
    }
}
