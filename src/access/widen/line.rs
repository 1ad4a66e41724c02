//! A statement made ready for the search: its actions as a set, its principals, its tests in the shared table.

use super::super::view::View;
use super::super::words;
use super::bits::Bits;
use super::ground::Ground;
use super::test::{Table, TestId};
use crate::logic::Verdict;
use crate::policy::{AccountRef, Arn, Document, Effect, Element, Principal, Statement};
use crate::value::{Assumption, Symbol, Text};

/// A statement that may allow or deny something on the key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line {
    /// Its index among the statements of the document; `None` for statements that are not known.
    pub(super) statement: Option<usize>,
    pub(super) denies: bool,
    /// The actions covered for certain, by their index in the facts.
    pub(super) acts: Bits,
    /// Those perhaps covered.
    pub(super) perhaps: Bits,
    pub(super) who: Who,
    /// All must hold.
    pub(super) tests: Vec<TestId>,
    /// Stands for what is not known of the actions.
    pub(super) act_test: Option<TestId>,
}

impl Line {
    /// Whether it says the same as another, wherever they stand.
    pub(super) fn says(&self, other: &Self) -> bool {
        self.denies == other.denies
            && self.acts == other.acts
            && self.perhaps == other.perhaps
            && self.tests == other.tests
            && self.act_test == other.act_test
            && self.who.says(&other.who)
    }
}

/// The principals of a statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Who {
    pub(super) negated: bool,
    /// Each with its index in the list.
    pub(super) items: Vec<(usize, Named)>,
    /// Stands for what is not known of the list.
    pub(super) hidden: Option<TestId>,
}

impl Who {
    fn says(&self, other: &Self) -> bool {
        let within = |one: &Self, two: &Self| {
            one.items.iter().all(|(_, item)| two.items.iter().any(|(_, o)| o == item))
        };
        self.negated == other.negated
            && self.hidden == other.hidden
            && within(self, other)
            && within(other, self)
    }
}

/// A principal.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Named {
    Everyone,
    Account(String),
    /// Account, name without path, and the whole resource.
    Role(String, String, String),
    /// Account and resource of a user, a session or a federated user; whether its ARN is one of `sts`.
    Identity(String, String, bool),
    Service(String),
    /// Nobody that calls.
    Nobody,
    /// Not known: what it is called, the test that stands for "the caller is it", and whether it is certainly one
    /// identity of the key's account, not an account or everyone.
    Hidden(String, TestId, bool),
}

/// What lowers statements.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) table: &'a mut Table,
    pub(super) ground: &'a Ground<'a>,
}

impl Reader<'_> {
    /// The lines of a document. What may stand there unseen is a line that allows everything to everyone, and one that
    /// denies it, if that is so.
    pub(super) fn lines(&mut self, document: &Document) -> Vec<Line> {
        let setting =
            super::super::Setting { account: Some(self.ground.own.clone()), ..self.ground.setting.clone() };
        let view = View::new(document, &setting);
        let mut lines: Vec<Line> = document
            .statements
            .iter()
            .enumerate()
            .filter_map(|(at, statement)| self.line(at, statement, &view))
            .flatten()
            .collect();
        for unknown in &document.open {
            for denies in [false, true] {
                let hidden = self.table.of_hidden(&format!("statements of {} ({denies})", unknown.name));
                lines.push(Line {
                    statement: None,
                    denies,
                    acts: all_acts(),
                    perhaps: Bits::none(words::acts().len()),
                    who: Who { negated: false, items: vec![(0, Named::Everyone)], hidden: None },
                    tests: vec![hidden],
                    act_test: None,
                });
            }
        }
        lines
    }

    /// The lines of a statement: two when its effect is not known. `None` when it does nothing.
    fn line(&mut self, at: usize, statement: &Statement, view: &View<'_>) -> Option<Vec<Line>> {
        let on_key = view.acts_on_key(statement);
        if on_key.is_no() || statement.principals.is_none() {
            return None;
        }
        let mut tests: Vec<TestId> = Vec::new();
        if on_key.is_open() {
            let resources = statement.resources.as_ref()?;
            let shown: Vec<String> = resources.items.iter().map(|item| item.value.shown()).collect();
            tests.push(self.table.of_hidden(&format!("{shown:?} is this key")));
        }
        self.assume(&statement.when, &mut tests);
        for condition in &statement.conditions {
            if condition.when.is_empty() {
                tests.push(self.table.of_condition(condition, self.ground, view.variables()));
            } else {
                let what = format!("{:?} {}", assumed(&condition.when), condition.key.shown());
                tests.push(self.table.of_hidden(&what));
            }
        }
        tests.extend(
            statement
                .open_conditions
                .iter()
                .map(|u| self.table.of_hidden(&format!("conditions of {}", u.name))),
        );
        let (acts, perhaps) = acts(statement, view);
        if acts.is_empty() && perhaps.is_empty() {
            return None;
        }
        let act_test = (!perhaps.is_empty()).then(|| {
            let actions = statement.actions.as_ref();
            let shown: Vec<String> =
                actions.iter().flat_map(|actions| &actions.items).map(|item| item.value.shown()).collect();
            self.table.of_hidden(&format!("actions {shown:?}"))
        });
        tests.sort_unstable();
        tests.dedup();
        let who = self.who(statement)?;
        let line = Line { statement: Some(at), denies: false, acts, perhaps, who, tests, act_test };
        Some(match &statement.effect {
            Effect::Allow => vec![line],
            Effect::Deny => vec![Line { denies: true, ..line }],
            Effect::Invalid => return None,
            Effect::Unknown(unknown) => [false, true]
                .map(|denies| {
                    let mut line = Line { denies, ..line.clone() };
                    line.tests.push(self.table.of_hidden(&format!("effect {} ({denies})", unknown.name)));
                    line
                })
                .into(),
        })
    }

    fn assume(&mut self, when: &[Assumption], tests: &mut Vec<TestId>) {
        tests.extend(
            when.iter().map(|one| self.table.of_hidden(&format!("{:?}", assumed(std::slice::from_ref(one))))),
        );
    }

    fn who(&mut self, statement: &Statement) -> Option<Who> {
        let principals = statement.principals.as_ref()?;
        let items = principals.items.iter().enumerate().map(|(at, item)| (at, self.named(item))).collect();
        let hidden =
            principals.open.as_ref().map(|u| self.table.of_hidden(&format!("principals of {}", u.name)));
        Some(Who { negated: principals.negated, items, hidden })
    }

    fn named(&mut self, item: &Element<Principal>) -> Named {
        if !item.when.is_empty() {
            let shown = shown(&item.value);
            let test = self.table.of_hidden(&format!("{:?} {shown}", assumed(&item.when)));
            return Named::Hidden(shown, test, false);
        }
        let (known, exact) = (|arn: &Arn| self.identity(arn), |arn: &Arn| self.ground.text(&arn.resource));
        let found = match &item.value {
            Principal::Everyone => Some(Named::Everyone),
            Principal::Account(account) => self.account(account).map(Named::Account),
            Principal::Role(arn) => known(arn).map(|(account, resource)| {
                let name = resource.rsplit('/').next().unwrap_or_default().to_owned();
                Named::Role(account, name, resource)
            }),
            Principal::User(arn) => {
                known(arn).map(|(account, resource)| Named::Identity(account, resource, false))
            }
            Principal::Session(arn) | Principal::FederatedUser(arn) => self
                .account(&arn.account)
                .zip(exact(arn))
                .map(|(account, resource)| Named::Identity(account, resource, true)),
            Principal::Service(name) => self.ground.text(name).map(Named::Service),
            Principal::UniqueId(_) | Principal::Malformed(_) => Some(Named::Nobody),
            Principal::Someone(_) | Principal::Unknown(_) => None,
        };
        found.unwrap_or_else(|| {
            let shown = shown(&item.value);
            let test = self.table.of_hidden(&format!("principal {shown}"));
            Named::Hidden(shown, test, is_own_identity(&item.value))
        })
    }

    fn identity(&self, arn: &Arn) -> Option<(String, String)> {
        Some((self.account(&arn.account)?, self.ground.text(&arn.resource)?))
    }

    fn account(&self, account: &AccountRef) -> Option<String> {
        match account {
            AccountRef::Id(id) => Some(id.clone()),
            AccountRef::Own => Some(self.ground.own.clone()),
            AccountRef::Unknown(_) => None,
        }
    }
}

/// Whether a principal that is not known is certainly an identity of the key's account: a role or user there, or one that
/// is declared beside the key.
fn is_own_identity(principal: &Principal) -> bool {
    let declared = |text: &Text| {
        let mut unknowns = text.unknowns();
        text.known_len() == 0
            && matches!((unknowns.next().map(|u| &u.symbol), unknowns.next()), (Some(Symbol::Attribute { resource, attribute }), None)
                if &**attribute == "arn" && ["aws_iam_role.", "aws_iam_user."].iter().any(|kind| resource.contains(kind))
                    && !resource.contains("data."))
    };
    match principal {
        Principal::Role(arn) | Principal::User(arn) => arn.account == AccountRef::Own,
        Principal::Someone(text) => declared(text),
        _ => false,
    }
}

fn assumed(when: &[Assumption]) -> Vec<(&str, bool)> {
    when.iter().map(|one| (&*one.condition, one.holds)).collect()
}

fn shown(principal: &Principal) -> String {
    match principal {
        Principal::Account(AccountRef::Unknown(unknown)) => format!("account {}", unknown.name),
        other => other.shown("the key's account"),
    }
}

fn all_acts() -> Bits {
    let mut all = Bits::none(words::acts().len());
    words::acts().iter().enumerate().filter(|(_, act)| act.key_policy).for_each(|(at, _)| all.add(at));
    all
}

/// The actions that the statement covers for certain, and those perhaps.
fn acts(statement: &Statement, view: &View<'_>) -> (Bits, Bits) {
    let none = || Bits::none(words::acts().len());
    let (mut certain, mut perhaps) = (none(), none());
    for (at, act) in words::acts().iter().enumerate().filter(|(_, act)| act.key_policy) {
        match view.names_action(statement, &act.name).verdict {
            Verdict::Yes => certain.add(at),
            Verdict::CannotTell => perhaps.add(at),
            Verdict::No => {}
        }
    }
    (certain, perhaps)
}
