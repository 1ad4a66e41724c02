//! A statement made ready for the search: its actions as a set, its principals, its tests in the shared table.

use super::super::view::View;
use super::act::{self, Covered};
use super::bits::Bits;
use super::cover::Cover;
use super::ground::Ground;
use super::test::{Table, TestId};
use crate::policy::{AccountRef, Arn, Document, Effect, Element, Elements, Principal, Statement};
use crate::value::{Assumption, Text};

/// A policy as far as it can be made ready without knowing the key's account.
#[derive(Debug)]
pub(super) struct Prepared<'a> {
    pub(super) document: &'a Document,
    /// The statements that speak of any action, with their place among all.
    statements: Vec<(usize, &'a Statement, Covered)>,
}

impl<'a> Prepared<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        let all = document.statements.iter().enumerate();
        let statements = all
            .map(|(at, statement)| (at, statement, act::covered(statement)))
            .filter(|(_, _, acts)| !acts.any().is_empty())
            .collect();
        Self { document, statements }
    }
}

/// A statement that may allow or deny something on the key.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its index among the statements of the document; `None` for statements that are not known.
    pub(super) statement: Option<usize>,
    pub(super) denies: bool,
    pub(super) acts: Covered,
    pub(super) who: Who,
    /// All must hold.
    pub(super) tests: Vec<TestId>,
    /// These too; they follow from the caller.
    pub(super) tied: Vec<TestId>,
    /// Stands for what is not known of the actions.
    pub(super) act_test: Option<TestId>,
}

impl Line {
    /// Whether it says anything about one of the actions.
    pub(super) fn speaks_of(&self, acts: &Bits) -> bool {
        self.acts.certain.meets(acts) || self.acts.perhaps.meets(acts)
    }

    /// Whether it speaks of an action, and what must hold for it.
    pub(super) fn covers(&self, act: usize) -> Cover {
        if self.acts.certain.has(act) {
            Cover::Yes
        } else {
            self.act_test.filter(|_| self.acts.perhaps.has(act)).map_or(Cover::No, Cover::If)
        }
    }

    /// The principals one by one; `None` for a list that is negated.
    pub(super) fn principals(&self) -> Vec<(Option<usize>, Option<Named>)> {
        if self.who.negated {
            return vec![(None, None)];
        }
        let each = self.who.items.iter().map(|(at, named)| (Some(*at), Some(named.clone())));
        let hidden = self.who.hidden.map(|test| Named::Hidden("others".to_owned(), test, false));
        each.chain(hidden.map(|hidden| (None, Some(hidden)))).collect()
    }
}

/// The principals of a statement.
#[derive(Clone, Debug)]
pub(super) struct Who {
    pub(super) negated: bool,
    /// Each with its index in the list.
    pub(super) items: Vec<(usize, Named)>,
    /// Stands for what is not known of the list.
    pub(super) hidden: Option<TestId>,
    /// Stands for what is not documented: whom a negated list spares besides those that it names.
    pub(super) spared: Option<TestId>,
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
    pub(super) fn lines(&mut self, prepared: &Prepared<'_>) -> Vec<Line> {
        let document = prepared.document;
        let mut setting = self.ground.setting.clone().into_owned();
        setting.account = Some(self.ground.own.clone());
        let view = View::new(document, &setting);
        let statements = prepared.statements.iter();
        let mut lines: Vec<Line> = statements
            .filter_map(|(at, statement, acts)| self.line((*at, acts), statement, &view))
            .flatten()
            .collect();
        for unknown in &document.open {
            for denies in [false, true] {
                let hidden = self.table.of_hidden(&format!("statements of {} ({denies})", unknown.name));
                lines.push(Line {
                    statement: None,
                    denies,
                    acts: Covered { certain: act::all().clone(), perhaps: act::none() },
                    who: Who {
                        negated: false,
                        items: vec![(0, Named::Everyone)],
                        hidden: None,
                        spared: None,
                    },
                    tests: vec![hidden],
                    tied: Vec::new(),
                    act_test: None,
                });
            }
        }
        lines
    }

    /// The lines of a statement: two when its effect is not known. `None` when it does nothing.
    fn line(
        &mut self,
        (at, acts): (usize, &Covered),
        statement: &Statement,
        view: &View<'_>,
    ) -> Option<Vec<Line>> {
        let on_key = view.acts_on_key(statement);
        if on_key.is_no() || statement.principals.is_none() {
            return None;
        }
        let mut tests: Vec<TestId> = Vec::new();
        if on_key.is_open() {
            let resources = listed(statement.resources.as_ref()?);
            tests.push(self.table.of_hidden(&format!("{resources} is this key")));
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
        let act_test = (!acts.perhaps.is_empty()).then(|| {
            let actions = statement.actions.as_ref().map(listed).unwrap_or_default();
            self.table.of_hidden(&format!("actions {actions}"))
        });
        tests.sort_unstable();
        tests.dedup();
        let (tied, tests) = tests.into_iter().partition(|test| self.table.is_tied(*test));
        let (acts, who) = (acts.clone(), self.who(statement)?);
        let line = Line { statement: Some(at), denies: false, acts, who, tests, tied, act_test };
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
        let items: Vec<(usize, Named)> =
            principals.items.iter().enumerate().map(|(at, item)| (at, self.named(item))).collect();
        let hidden =
            principals.open.as_ref().map(|u| self.table.of_hidden(&format!("principals of {}", u.name)));
        let spared = principals.negated.then(|| {
            let named: Vec<&Named> = items.iter().map(|(_, named)| named).collect();
            self.table.of_hidden(&format!("not {named:?}"))
        });
        Some(Who { negated: principals.negated, items, hidden, spared })
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
        text.attribute().is_some_and(|(resource, attribute)| {
            let is = |kind: &&str| resource.contains(kind);
            attribute == "arn"
                && ["aws_iam_role.", "aws_iam_user."].iter().any(is)
                && !resource.contains("data.")
        })
    };
    match principal {
        Principal::Role(arn) | Principal::User(arn) => arn.account == AccountRef::Own,
        Principal::Someone(text) => declared(text),
        _ => false,
    }
}

/// A list of texts as it is written: two are the same only with the same elements in the same cases, and as much unknown.
fn listed(elements: &Elements<Text>) -> String {
    let each: Vec<_> = elements.items.iter().map(|item| (assumed(&item.when), item.value.shown())).collect();
    let open = elements.open.as_ref().map(|unknown| &*unknown.name);
    format!("{} {each:?} {open:?}", if elements.negated { "but" } else { "of" })
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
