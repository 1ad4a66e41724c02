//! Where a question is asked from: the document, its setting, and the world in which it is asked.

use super::duty::Duty;
use super::own::Own;
use super::words::{self, Act};
use super::world::{World, across, assumptions, worlds};
use super::{Access, Setting, Witness};
use crate::logic::{Answer, Verdict};
use crate::policy::{AccountRef, Condition, Document, Effect, Elements, Statement, Version};
use crate::source::Span;
use crate::value::{Assumption, Symbol, Text, Trail, Unknown};

/// Deny statements beyond this many are not weighed one by one: a policy of 32 KiB cannot hold them.
pub(super) const MOST_DENIES: usize = 500;

/// Everything that a question looks at besides its subject.
#[derive(Clone, Debug)]
pub(super) struct View<'a> {
    pub(super) document: &'a Document,
    pub(super) setting: &'a Setting,
    pub(super) own: Own,
    pub(super) world: World,
    /// What is asked of those who keep the key.
    pub(super) duty: Duty,
}

impl<'a> View<'a> {
    pub(super) fn new(document: &'a Document, setting: &'a Setting) -> Self {
        let own = Own::of(document, setting);
        Self { document, setting, own, world: World::default(), duty: Duty::ChangePolicy }
    }

    /// Asks in every world that the assumptions make.
    pub(super) fn ask<'b>(
        &self,
        whens: impl Iterator<Item = &'b Assumption>,
        question: impl Fn(&Self) -> Access,
    ) -> Access {
        let worlds = worlds(whens);
        across(&worlds, |world| question(&Self { world: world.clone(), ..self.clone() }))
    }

    /// Asks about a statement in every world that it and the document's Deny statements make. Where the statement
    /// does not stand, the alternative that stands in its place is asked about.
    pub(super) fn ask_statement(
        &self,
        statement: &Statement,
        question: impl Fn(&Self, &Statement) -> Access,
    ) -> Access {
        let denies = self.denies().flat_map(assumptions);
        self.ask(assumptions(statement).chain(denies), |view| {
            if !view.world.excludes(&statement.when) {
                return view.world.gate(&statement.when).and(question(view, statement));
            }
            let others = view.document.statements.iter().take(MOST_DENIES);
            let mut others = others.filter(|other| other.index == statement.index && !other.when.is_empty());
            let standing = others.find(|other| view.world.gate(&other.when).is_yes());
            standing.map_or_else(|| Answer::no([]), |other| question(view, other))
        })
    }

    /// The Deny statements, and those of which the effect is not known.
    pub(super) fn denies(&self) -> impl Iterator<Item = &'a Statement> {
        let statements = self.document.statements.iter();
        statements
            .filter(|statement| matches!(statement.effect, Effect::Deny | Effect::Unknown(_)))
            .take(MOST_DENIES)
    }

    /// Whether policy variables are expanded: from version 2012-10-17 on. An unknown version may be either.
    pub(super) fn variables(&self) -> bool {
        matches!(self.document.version, Version::V2012 | Version::Unknown(_) | Version::Other(_))
    }

    /// Whether the settings trust the account.
    pub(super) fn trusts(&self, account: &AccountRef) -> Access {
        match account {
            AccountRef::Id(id) if self.setting.trusted_accounts.iter().any(|known| known == id) => {
                Answer::yes([])
            }
            AccountRef::Id(_) => Answer::no([]),
            AccountRef::Own => Answer::yes([]),
            AccountRef::Unknown(unknown) => Answer::cannot_tell([Witness::of_unknown(unknown)]),
        }
    }

    /// Whether the statement covers the action on this key.
    pub(super) fn covers(&self, statement: &Statement, act: &str) -> Access {
        self.acts_on_key(statement).and(self.names_action(statement, act))
    }

    /// Whether `Action` or `NotAction` covers the action; no when neither is written.
    pub(super) fn names_action(&self, statement: &Statement, act: &str) -> Access {
        let Some(actions) = &statement.actions else { return Answer::no([]) };
        let covers = |text: &Text| words::action_covers(text, act) != Verdict::No;
        if !actions.negated && actions.open.is_none() && !actions.items.iter().any(|item| covers(&item.value))
        {
            return Answer::no([]);
        }
        let named = self.any_item(actions, |text, span, trail| {
            let fact = || {
                let exact = text.as_known().is_some_and(|known| known.eq_ignore_ascii_case(act));
                let shown = text.shown();
                let fact =
                    if exact { format!("`{shown}` is listed") } else { format!("`{shown}` covers `{act}`") };
                Witness::new(span, fact, trail)
            };
            match words::action_covers(text, act) {
                Verdict::Yes => Answer::yes([fact()]),
                Verdict::No => Answer::no([]),
                Verdict::CannotTell => Answer::cannot_tell(unknowns(text)),
            }
        });
        negated(named, actions)
    }

    /// Whether `Resource` covers this key: `*`, or what matches the ARN of a key. An alias or another service's
    /// ARN never does (KMS Developer Guide, "Key policies": the resource of a key policy is its own key).
    pub(super) fn acts_on_key(&self, statement: &Statement) -> Access {
        let Some(resources) = &statement.resources else { return Answer::no([]) };
        let covered = self.any_item(resources, |text, span, trail| self.is_this_key(text, span, trail));
        negated(covered, resources)
    }

    pub(super) fn is_this_key(&self, text: &Text, span: Span, trail: &Trail) -> Access {
        if let [unknown] = text.unknowns().collect::<Vec<_>>().as_slice()
            && text.pieces().len() == 1
        {
            return self.is_this_keys_arn(unknown);
        }
        let known = text.known_parts();
        if text.is_known() && known.chars().all(|c| c == '*') && !known.is_empty() {
            return Answer::yes([]);
        }
        let fact = |fact: &str| [Witness::new(span, format!("`{}` {fact}", text.shown()), trail)];
        match words::key_arn(text, self) {
            Verdict::Yes => Answer::yes([]),
            Verdict::No => Answer::no(fact("is not this key")),
            Verdict::CannotTell if text.is_known() => Answer::cannot_tell(fact("may be this key or another")),
            Verdict::CannotTell => Answer::cannot_tell(unknowns(text)),
        }
    }

    fn is_this_keys_arn(&self, unknown: &Unknown) -> Access {
        match (&unknown.symbol, &self.setting.key) {
            (Symbol::Attribute { resource, attribute }, Some(key))
                if attribute.eq_ignore_ascii_case("arn") =>
            {
                if **resource == **key {
                    Answer::yes([])
                } else {
                    let fact = format!("`{}` is not this key", unknown.name);
                    Answer::no([Witness::new(unknown.span, fact, &Trail::default())])
                }
            }
            _ => Answer::cannot_tell([Witness::of_unknown(unknown)]),
        }
    }

    /// Whether any element of a list is meant, elements that may be missing here included.
    pub(super) fn any_item<T>(
        &self,
        elements: &Elements<T>,
        question: impl Fn(&T, Span, &Trail) -> Access,
    ) -> Access {
        let items = elements
            .items
            .iter()
            .map(|item| self.world.gate(&item.when).and(question(&item.value, item.span, &item.trail)));
        let more = elements.open.iter().map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]));
        Answer::any(items.chain(more))
    }

    /// The actions that have an effect in a key policy and that the statement covers or may cover.
    pub(super) fn acts(&self, statement: &Statement) -> Vec<(&'static Act, Access)> {
        let on_key = self.acts_on_key(statement);
        if on_key.is_no() {
            return Vec::new();
        }
        let acts = words::acts().iter().filter(|act| act.key_policy);
        acts.map(|act| (act, on_key.clone().and(self.names_action(statement, &act.name))))
            .filter(|(_, covered)| !covered.is_no())
            .collect()
    }
}

/// What of a condition's operator or key is not known, or that the operator does not exist.
pub(super) fn open_test(condition: &Condition) -> Vec<Witness> {
    let mut found = unknowns(&condition.operator);
    found.extend(unknowns(&condition.key));
    if found.is_empty() {
        let fact = format!("`{}` is not a condition operator", condition.operator.shown());
        found.push(Witness::new(condition.operator_span, fact, &Trail::default()));
    }
    found
}

/// The unknown pieces of a text, as witnesses.
pub(super) fn unknowns(text: &Text) -> Vec<Witness> {
    text.unknowns().map(Witness::of_unknown).collect()
}

fn negated<T>(answer: Access, elements: &Elements<T>) -> Access {
    if !elements.negated {
        return answer;
    }
    let answer = !answer;
    match answer.verdict {
        Verdict::CannotTell => answer,
        verdict => Answer {
            verdict,
            because: vec![Witness::new(elements.span, "everything but these", &Trail::default())],
        },
    }
}
