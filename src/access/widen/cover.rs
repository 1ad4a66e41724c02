//! Whom a statement means: each class of callers against each line, settled once.

use super::super::request::CallerKind;
use super::caller::Who;
use super::ground::Ground;
use super::line::{Line, Named};
use super::test::{Table, TestId};

/// Whether a statement means a caller, and what must be true for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Cover {
    No,
    Yes,
    /// If this test, which stands for something that is not known, holds.
    If(TestId),
}

impl Cover {
    fn of(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }

    /// The test that must hold.
    pub(super) fn test(self) -> Option<TestId> {
        if let Self::If(test) = self { Some(test) } else { None }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::If(test), _) | (_, Self::If(test)) => Self::If(test),
            _ => Self::No,
        }
    }
}

/// How a caller is meant: directly, by delegation to its account.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Covers {
    pub(super) direct: Cover,
    pub(super) delegated: Cover,
}

impl Covers {
    pub(super) const NO: Self = Self { direct: Cover::No, delegated: Cover::No };

    fn direct(direct: Cover) -> Self {
        Self { direct, ..Self::NO }
    }

    pub(super) fn is_no(self) -> bool {
        self == Self::NO
    }
}

/// A line as one caller meets it: it is meant, and the tests that follow from who it is hold.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Met {
    /// Its place among the lines of its policy.
    pub(super) line: usize,
    pub(super) by: Covers,
    /// Stand for those tests on the caller of which it is not known whether they hold.
    pub(super) hidden: Vec<TestId>,
}

/// What tells who is meant. Whatever cannot be known about a caller gets a test in the table.
#[derive(Debug)]
pub(super) struct Matcher<'a> {
    pub(super) table: &'a mut Table,
    pub(super) ground: &'a Ground<'a>,
}

impl Matcher<'_> {
    /// The lines that a caller meets.
    pub(super) fn met(&mut self, lines: &[Line], who: &Who) -> Vec<Met> {
        let each = lines.iter().enumerate();
        each.filter_map(|(at, line)| {
            let by = self.line(line, who);
            if by.is_no() {
                return None;
            }
            Some(Met { line: at, by, hidden: self.tied(line, who)? })
        })
        .collect()
    }

    /// Whether those tests hold that follow from the caller; tests for those that are not known.
    fn tied(&mut self, line: &Line, who: &Who) -> Option<Vec<TestId>> {
        let mut hidden = Vec::new();
        for id in &line.tied {
            let (test, column) = self.table.test(*id)?;
            match &who.hidden {
                Some(shown) if column.name == "aws:principalarn" => {
                    hidden.push(self.table.of_hidden(&format!("{shown} meets test {id}")));
                }
                _ if test.holds(&who.values(&column.name, self.ground)) => {}
                _ => return None,
            }
        }
        Some(hidden)
    }

    /// How all principals of a line mean a caller.
    pub(super) fn line(&mut self, line: &Line, who: &Who) -> Covers {
        let hidden = line.who.hidden.map_or(Cover::No, Cover::If);
        if line.who.negated {
            let related = line.who.items.iter().any(|(_, named)| self.is_related(named, who));
            return Covers::direct(match line.who.spared.filter(|_| related) {
                Some(test) => Cover::If(test),
                None => line.who.hidden.map_or(Cover::Yes, Cover::If),
            });
        }
        let mut found = Covers::direct(hidden);
        for (_, named) in &line.who.items {
            let one = self.item(named, who);
            found.direct = found.direct.or(one.direct);
            found.delegated = found.delegated.or(one.delegated);
        }
        found
    }

    /// How one principal means a caller.
    pub(super) fn item(&mut self, named: &Named, who: &Who) -> Covers {
        if let Some(shown) = &who.hidden {
            return self.hidden(named, shown);
        }
        let same = |account: &String| Some(account) == who.caller.account.as_ref();
        let resource = || who.caller.name.splitn(6, ':').nth(5).unwrap_or_default();
        match named {
            Named::Everyone => Covers::direct(Cover::Yes),
            Named::Account(account) => Covers { delegated: Cover::of(same(account)), ..Covers::NO },
            Named::Role(account, name, _) => {
                Covers::direct(Cover::of(same(account) && who.caller.role() == Some(name.as_str())))
            }
            Named::Identity(account, of, _) => Covers::direct(Cover::of(same(account) && resource() == of)),
            Named::Service(name) => {
                Covers::direct(Cover::of(who.caller.kind == CallerKind::Service && *name == who.caller.name))
            }
            Named::Nobody => Covers::NO,
            // One identity of the key's account is nobody elsewhere.
            Named::Hidden(_, _, true) if !same(&self.ground.own) => Covers::NO,
            Named::Hidden(_, test, _) => Covers::direct(Cover::If(*test)),
        }
    }

    /// How one principal means a caller that is not known.
    fn hidden(&mut self, named: &Named, shown: &str) -> Covers {
        match named {
            Named::Everyone => Covers::direct(Cover::Yes),
            Named::Hidden(other, _, true) if other == shown => Covers::direct(Cover::Yes),
            Named::Hidden(_, test, _) => Covers::direct(Cover::If(*test)),
            Named::Account(account) => {
                Covers { delegated: Cover::of(*account == self.ground.own), ..Covers::NO }
            }
            Named::Role(account, ..) | Named::Identity(account, ..) if *account == self.ground.own => {
                Covers::direct(Cover::If(self.table.of_hidden(&format!("{shown} is {named:?}"))))
            }
            Named::Role(..) | Named::Identity(..) | Named::Service(_) | Named::Nobody => Covers::NO,
        }
    }

    /// Whom a `NotPrincipal` spares is in doubt for everybody of an account that it names: the guide asks for account,
    /// role and session together.
    fn is_related(&self, named: &Named, who: &Who) -> bool {
        match named {
            Named::Service(name) => *name == who.caller.name,
            Named::Account(account) | Named::Role(account, ..) | Named::Identity(account, ..) => {
                Some(account) == who.caller.account.as_ref()
                    || (who.hidden.is_some() && *account == self.ground.own)
            }
            Named::Everyone | Named::Nobody | Named::Hidden(..) => true,
        }
    }
}
