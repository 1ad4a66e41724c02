//! What a principal that a statement names may call, Deny statements subtracted.
//!
//! Asked of the whole policy and decided over all requests ([`Granted`](crate::access::Granted)): "may" says that
//! some request is let in, by an IAM policy too where the statement leaves it to one. What is easy to get wrong: rights
//! may be spread over several statements, which name one principal if they write it alike.

use super::element::decided;
use crate::access::{Access, NewAccess, Witness};
use crate::policy::{Element, Principal, Statement};
use crate::rule::slot;
use crate::rule::subject::{Case, Held};

/// What a principal may call; all that is given must hold.
#[derive(Clone, PartialEq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MayTest {
    /// Each of these actions, by any statements that name it.
    #[serde(default)]
    pub all: Vec<String>,
    /// At least one of these actions, by any statement that names it.
    #[serde(default)]
    pub any: Vec<String>,
    /// None of these actions, by any statement that names it.
    #[serde(default)]
    pub none: Vec<String>,
    /// At least one of these actions, by the statement in view.
    #[serde(default)]
    pub here: Vec<String>,
}

/// A principal of a statement.
struct Named<'a> {
    held: &'a Held<'a>,
    statement: usize,
    value: &'a Principal,
}

impl MayTest {
    /// Whether it asks for nothing.
    pub(super) fn says_nothing(&self) -> bool {
        [&self.all, &self.any, &self.none, &self.here].into_iter().all(Vec::is_empty)
    }

    /// Whether one principal may.
    pub(super) fn of(&self, element: &Element<Principal>, case: &Case<'_>) -> Access {
        let Some(named) = Named::of(element, case) else { return Access::no([]) };
        let may = |action: &String, here: bool| named.may(action, here, case);
        let some = |actions: &[String], here: bool| match actions {
            [] => Access::yes([]),
            _ => Access::any(actions.iter().map(|action| may(action, here))),
        };
        let here = some(&self.here, true);
        if here.is_no() {
            return here;
        }
        let all = Access::all(self.all.iter().map(|action| may(action, false)));
        let none = !Access::any(self.none.iter().map(|action| may(action, false)));
        here.and(all).and(some(&self.any, false)).and(none)
    }
}

impl<'a> Named<'a> {
    /// A principal and the statement that it stands in.
    fn of(element: &'a Element<Principal>, case: &Case<'a>) -> Option<Self> {
        let lists = |statement: &Statement| {
            let items = statement.principals.iter().flat_map(|principals| &principals.items);
            items.into_iter().any(|item| std::ptr::eq(item, element))
        };
        case.policies().into_iter().find_map(|held| {
            let statement = held.document.statements.iter().position(lists)?;
            Some(Self { held, statement, value: &element.value })
        })
    }

    /// Whether it may call the action, by its own statement or by any.
    fn may(&self, action: &str, here: bool, case: &Case<'_>) -> Access {
        let granted = self.held.granted(action, &case.scene.setting);
        let counts = |access: &&NewAccess| match access.statement {
            Some(at) if here => at == self.statement && self.is_named_by(access),
            Some(_) => self.is_named_by(access),
            None => !here,
        };
        if let Some(own) =
            granted.found.iter().filter(counts).min_by_key(|access| access.statement != Some(self.statement))
        {
            let elsewhere = own.statement != Some(self.statement);
            return Access::yes(own.because.get(1).filter(|_| elsewhere).cloned());
        }
        let open = granted.undecided.iter().filter(counts).flat_map(|access| access.because.iter().cloned());
        let open: Vec<Witness> = open.chain(granted.bounds.iter().cloned()).collect();
        if open.is_empty() { decided(false) } else { Access::cannot_tell(open) }
    }

    /// Whether the principal that is let in is this one, as written.
    fn is_named_by(&self, access: &NewAccess) -> bool {
        let other = access.principal_of(&self.held.document);
        other.is_some_and(|other| slot::is_same_principal(&other.value, self.value))
    }
}
