//! What is taken to hold at a place of a template, and what follows from it.
//!
//! Inside `Fn::If: [IsProd, …]` and in a resource with `Condition: IsProd`, `IsProd` holds, and so does all that it is
//! made of: `Env` is `prod`, so `IsDev` does not hold. What follows is found by propagation: an assumption narrows the
//! parameters that its formula names, and a formula that is left with one possibility is assumed in turn. Nothing is
//! enumerated, so many conditions cost no more than each of them does. What is easy to get wrong: propagation finds some
//! contradictions, not all; what it does not find stays possible.

use super::formula::Formula;
use crate::value::{Assumption, consistent};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// Formulas looked at for one question, and at most kept waiting.
const MOST_LOOKS: usize = 20_000;
const MOST_WAITING: usize = 100;
/// Formulas inside one another.
const MOST_DEEP: usize = 200;

/// What the template says, whatever is assumed.
#[derive(Default)]
struct Laws {
    /// What conditions with names are made of.
    formulas: FxHashMap<Arc<str>, Formula>,
    /// The only texts that something can be.
    domains: FxHashMap<Arc<str>, Rc<[Arc<str>]>>,
}

/// What is known of a text.
#[derive(Clone)]
enum Known {
    Is(Arc<str>),
    IsNone(Vec<Arc<str>>),
}

/// What is taken to hold.
#[derive(Clone, Default)]
pub(super) struct Facts {
    laws: Rc<RefCell<Laws>>,
    named: Vec<(Arc<str>, bool)>,
    texts: Vec<(Arc<str>, Known)>,
    /// `Any` of which none is known to hold yet, as its members and what each must be to satisfy it.
    waiting: Vec<(Arc<[Formula]>, bool)>,
    impossible: bool,
    looks: usize,
}

impl Facts {
    /// Tells what a condition is made of.
    pub(super) fn define(&self, name: Arc<str>, formula: Formula) {
        self.laws.borrow_mut().formulas.insert(name, formula);
    }

    /// Tells the only texts that something can be.
    pub(super) fn confine(&self, name: &str, to: impl FnOnce() -> Vec<Arc<str>>) {
        if !self.laws.borrow().domains.contains_key(name) {
            let to = to();
            self.laws.borrow_mut().domains.insert(name.into(), to.into());
        }
    }

    /// The same template, with nothing assumed.
    pub(super) fn none(&self) -> Self {
        Self { laws: Rc::clone(&self.laws), ..Self::default() }
    }

    /// Takes a condition to hold, or not.
    pub(super) fn suppose(&mut self, condition: &Arc<str>, holds: bool) {
        self.assume(&Formula::Named(Arc::clone(condition)), holds, 0);
        self.propagate();
    }

    /// The same where this formula holds too; `None` when it cannot.
    pub(super) fn hold_to(&self, formula: &Formula) -> Option<Self> {
        let mut with = self.fresh();
        with.assume(formula, true, 0);
        with.propagate();
        (!with.impossible).then(|| with.fresh())
    }

    /// Whether a condition holds here; `None`: both is possible, as far as can be told. The second value is the work
    /// that it took.
    pub(super) fn decide(&self, condition: &Arc<str>) -> (Option<bool>, usize) {
        let (mut with, mut without) = (self.fresh(), self.fresh());
        with.suppose(condition, true);
        without.suppose(condition, false);
        let looks = with.looks + without.looks;
        let decided = match (with.impossible, without.impossible) {
            (false, true) => Some(true),
            (true, false) => Some(false),
            _ => None,
        };
        (decided, looks)
    }

    /// Whether all of these can hold at once, here.
    pub(super) fn allow(&self, assumptions: &[Assumption]) -> bool {
        if !consistent(assumptions) {
            return false;
        }
        let known = |one: &Assumption| self.laws.borrow().formulas.contains_key(&one.condition);
        if !assumptions.iter().any(known) {
            return true;
        }
        let mut with = self.fresh();
        for one in assumptions {
            with.assume(&Formula::Named(Arc::clone(&one.condition)), one.holds, 0);
        }
        with.propagate();
        !with.impossible
    }

    /// That all of these hold. That something is no other text follows where it is one, and is left out.
    pub(super) fn formula(&self, assumptions: &[Assumption]) -> Formula {
        let laws = self.laws.borrow();
        let subject = |one: &Assumption| match laws.formulas.get(&one.condition) {
            Some(Formula::Is(subject, _)) => Some(Arc::clone(subject)),
            _ => None,
        };
        let known: Vec<_> = assumptions.iter().filter(|one| one.holds).filter_map(subject).collect();
        let told =
            assumptions.iter().filter(|one| one.holds || subject(one).is_none_or(|it| !known.contains(&it)));
        let formula = |one: &Assumption| {
            let named = Formula::Named(Arc::clone(&one.condition));
            if one.holds { named } else { named.not() }
        };
        Formula::join(told.map(formula).collect(), false)
    }

    /// What a condition is but another name for: that one, and whether it is its opposite.
    pub(super) fn origin(&self, condition: &Arc<str>) -> (Arc<str>, bool) {
        let (mut name, mut same) = (Arc::clone(condition), true);
        let laws = self.laws.borrow();
        for _ in 0..MOST_DEEP {
            let next = match laws.formulas.get(&name) {
                Some(Formula::Named(other)) => (other, same),
                Some(Formula::Not(inner)) => match &**inner {
                    Formula::Named(other) => (other, !same),
                    _ => break,
                },
                _ => break,
            };
            // `Env = prod` is no condition of the template.
            if next.0.contains(" = ") {
                break;
            }
            (name, same) = (Arc::clone(next.0), next.1);
        }
        (name, same)
    }

    fn fresh(&self) -> Self {
        Self { looks: 0, ..self.clone() }
    }

    fn look(&mut self, depth: usize) -> bool {
        self.looks += 1;
        self.looks <= MOST_LOOKS && depth <= MOST_DEEP
    }

    fn assume(&mut self, formula: &Formula, holds: bool, depth: usize) {
        if self.impossible || !self.look(depth) {
            return;
        }
        match formula {
            Formula::Open => {}
            Formula::Known(known) => self.impossible |= *known != holds,
            Formula::Not(inner) => self.assume(inner, !holds, depth + 1),
            Formula::Is(subject, text) => self.narrow(subject, text, holds),
            Formula::Named(name) => self.assume_named(name, holds, depth),
            Formula::All(members) | Formula::Any(members) => {
                // All hold, or none does; else one of them decides, and it is not known which.
                if matches!(formula, Formula::All(_)) == holds {
                    members.iter().for_each(|member| self.assume(member, holds, depth + 1));
                } else if self.waiting.len() < MOST_WAITING {
                    self.waiting.push((Arc::clone(members), holds));
                }
            }
        }
    }

    fn assume_named(&mut self, name: &Arc<str>, holds: bool, depth: usize) {
        if let Some((_, known)) = self.named.iter().find(|(known, _)| known == name) {
            self.impossible |= *known != holds;
            return;
        }
        self.named.push((Arc::clone(name), holds));
        let formula = self.laws.borrow().formulas.get(name).cloned();
        if let Some(formula) = formula {
            self.assume(&formula, holds, depth + 1);
        }
    }

    fn narrow(&mut self, subject: &Arc<str>, text: &Arc<str>, holds: bool) {
        match self.is(subject, text) {
            Some(known) => self.impossible |= known != holds,
            None if holds => {
                self.texts.retain(|(known, _)| known != subject);
                self.texts.push((Arc::clone(subject), Known::Is(Arc::clone(text))));
            }
            None => match self.texts.iter_mut().find(|(known, _)| known == subject) {
                Some((_, Known::IsNone(texts))) => texts.push(Arc::clone(text)),
                Some(_) => {}
                None => self.texts.push((Arc::clone(subject), Known::IsNone(vec![Arc::clone(text)]))),
            },
        }
    }

    /// Whether something is a text.
    pub(super) fn is(&self, subject: &str, text: &str) -> Option<bool> {
        let known = self.texts.iter().find(|(known, _)| **known == *subject).map(|(_, known)| known);
        let excluded = match known {
            Some(Known::Is(known)) => return Some(**known == *text),
            Some(Known::IsNone(texts)) => texts.as_slice(),
            None => &[],
        };
        if excluded.iter().any(|excluded| **excluded == *text) {
            return Some(false);
        }
        let laws = self.laws.borrow();
        let domain = laws.domains.get(subject)?;
        if !domain.iter().any(|one| **one == *text) {
            return Some(false);
        }
        let alone = domain.iter().all(|one| **one == *text || excluded.contains(one));
        alone.then_some(true)
    }

    /// Whether a formula holds, as far as its parts tell.
    fn holds(
        &mut self,
        formula: &Formula,
        seen: &mut FxHashMap<Arc<str>, Option<bool>>,
        depth: usize,
    ) -> Option<bool> {
        if !self.look(depth) {
            return None;
        }
        match formula {
            Formula::Open => None,
            Formula::Known(known) => Some(*known),
            Formula::Not(inner) => self.holds(inner, seen, depth + 1).map(|holds| !holds),
            Formula::Is(subject, text) => self.is(subject, text),
            Formula::Named(name) => {
                if let Some((_, known)) = self.named.iter().find(|(known, _)| known == name) {
                    return Some(*known);
                }
                if let Some(known) = seen.get(name) {
                    return *known;
                }
                let formula = self.laws.borrow().formulas.get(name).cloned()?;
                let holds = self.holds(&formula, seen, depth + 1);
                seen.insert(Arc::clone(name), holds);
                holds
            }
            Formula::All(members) | Formula::Any(members) => {
                let strong = matches!(formula, Formula::Any(_));
                let mut result = Some(!strong);
                for member in members.iter() {
                    match self.holds(member, seen, depth + 1) {
                        Some(holds) if holds == strong => return Some(strong),
                        Some(_) => {}
                        None => result = None,
                    }
                }
                result
            }
        }
    }

    /// Assumes what is left of formulas of which one member must do, until nothing new follows.
    fn propagate(&mut self) {
        let mut changed = true;
        while changed && !self.impossible && self.looks <= MOST_LOOKS {
            changed = false;
            for (members, wanted) in std::mem::take(&mut self.waiting) {
                let mut seen = FxHashMap::default();
                let looked = members.iter().map(|member| (member, self.holds(member, &mut seen, 0)));
                let looked: Vec<_> = looked.collect();
                if looked.iter().any(|(_, holds)| *holds == Some(wanted)) {
                    continue;
                }
                let mut open =
                    looked.into_iter().filter(|(_, holds)| holds.is_none()).map(|(member, _)| member);
                match (open.next(), open.next()) {
                    (None, _) => self.impossible = true,
                    (Some(only), None) => {
                        let only = only.clone();
                        self.assume(&only, wanted, 0);
                        changed = true;
                    }
                    _ => self.waiting.push((members, wanted)),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Formula {
        Formula::Named(name.into())
    }

    fn is(subject: &str, text: &str) -> Formula {
        Formula::Is(subject.into(), text.into())
    }

    /// Prod and Dev of an `Env` that is one of the two, and a few made of them.
    fn facts() -> Facts {
        let facts = Facts::default();
        facts.confine("Env", || vec!["prod".into(), "dev".into()]);
        facts.define("Prod".into(), is("Env", "prod"));
        facts.define("Dev".into(), is("Env", "dev"));
        facts.define("NotProd".into(), named("Prod").not());
        facts.define("East".into(), is("Region", "us-east-1"));
        facts.define("ProdEast".into(), Formula::join(vec![named("Prod"), named("East")], false));
        facts.define("DevOrEast".into(), Formula::join(vec![named("Dev"), named("East")], true));
        facts
    }

    fn follows(assumed: &[(&str, bool)], asked: &str) -> Option<bool> {
        let mut facts = facts();
        for (name, holds) in assumed {
            facts.suppose(&(*name).into(), *holds);
        }
        facts.decide(&asked.into()).0
    }

    #[test]
    fn what_follows_is_found() {
        assert_eq!(follows(&[], "Prod"), None);
        assert_eq!(follows(&[("Prod", true)], "Dev"), Some(false));
        assert_eq!(follows(&[("Dev", false)], "Prod"), Some(true));
        assert_eq!(follows(&[("NotProd", true)], "Prod"), Some(false));
        assert_eq!(follows(&[("ProdEast", true)], "East"), Some(true));
        assert_eq!(follows(&[("ProdEast", false)], "East"), None);
        assert_eq!(follows(&[("ProdEast", false), ("Prod", true)], "East"), Some(false));
        assert_eq!(follows(&[("DevOrEast", true), ("Prod", true)], "East"), Some(true));
        assert_eq!(follows(&[("East", true)], "DevOrEast"), Some(true));
        assert_eq!(follows(&[("East", true)], "ProdEast"), None);
    }

    #[test]
    fn contradictions_are_told() {
        let of = |name: &str, holds| {
            let map = crate::source::SourceMap::default();
            Assumption {
                condition: name.into(),
                holds,
                span: crate::source::Span::start_of(map.add("t", "")),
            }
        };
        assert!(facts().allow(&[of("Prod", true), of("East", false)]));
        assert!(!facts().allow(&[of("Prod", true), of("Dev", true)]));
        assert!(!facts().allow(&[of("Prod", false), of("Dev", false)]));
        assert!(!facts().allow(&[of("ProdEast", true), of("NotProd", true)]));
        assert!(facts().allow(&[of("Unheard", true), of("Dev", true)]));
    }

    #[test]
    fn other_names_are_followed_to_their_origin() {
        let facts = facts();
        facts.define("Again".into(), named("NotProd"));
        assert_eq!(facts.origin(&"Again".into()), ("Prod".into(), false));
        assert_eq!(facts.origin(&"Dev".into()), ("Dev".into(), true));
    }

    #[test]
    fn circles_and_ladders_end() {
        let facts = facts();
        facts.define("A".into(), named("B"));
        facts.define("B".into(), named("A").not());
        let _ = facts.decide(&"A".into());
        let _ = facts.origin(&"A".into());
        for step in 0..60 {
            let next = named(&format!("S{}", step + 1));
            facts
                .define(format!("S{step}").into(), Formula::join(vec![next.clone(), next.not().not()], true));
        }
        let (_, looks) = facts.decide(&"S0".into());
        assert!(looks < 2000, "{looks}");
    }
}
