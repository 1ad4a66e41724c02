//! Which statements nearly let a request in, and what is missing.
//!
//! What is easy to get wrong: something may have been put in for what is not known, and must not be shown.

use super::explain::{Considered, consider};
use super::{Request, Witness};
use crate::policy::{Document, Effect, Element, PolicyKind, Principal, Statement, facts};
use crate::source::Span;
use crate::value::Trail;

/// The nearest statements are shown, at most so many.
const MOST_NEAR: usize = 2;

/// A statement that nearly lets a request in, by the place of the element that does not fit.
pub(super) struct Near {
    span: Span,
    fact: String,
    trail: Trail,
}

/// The statements that fit but for one or two elements, the nearest first; those for a service of the same name in
/// another Region among them.
pub(super) fn near(request: &Request, document: &Document) -> Vec<Near> {
    let considered = consider(request, document, PolicyKind::Key);
    let allows = |one: &&Considered<'_>| one.statement.effect == Effect::Allow && one.misses() > 0;
    let mut fitting: Vec<(&Considered<'_>, Option<&Element<Principal>>)> = considered
        .iter()
        .filter(allows)
        .filter_map(|one| {
            let kin = if one.principal.is_no() { Some(kin(one.statement, request)?) } else { None };
            Some((one, kin))
        })
        .collect();
    fitting.sort_by_key(|(one, _)| one.misses());
    fitting.into_iter().take(MOST_NEAR).filter_map(|(one, kin)| miss(one, kin, request)).collect()
}

/// A principal of the statement that is the same service of another place: `logs.us-east-1.amazonaws.com`.
fn kin<'a>(statement: &'a Statement, request: &Request) -> Option<&'a Element<Principal>> {
    let everywhere = |host: &str| {
        let labels = host.split('.').filter(|label| !facts::is_region(label));
        labels.map(str::to_owned).collect::<Vec<_>>()
    };
    let own = everywhere(&request.caller.name);
    statement.principals.as_ref()?.items.iter().find(|item| match &item.value {
        Principal::Service(name) => everywhere(&name.shown()) == own,
        _ => false,
    })
}

fn miss(one: &Considered<'_>, kin: Option<&Element<Principal>>, request: &Request) -> Option<Near> {
    if let Some(item) = kin {
        let fact = "is another principal".to_owned();
        return Some(Near { span: item.span, fact, trail: item.trail.clone() });
    }
    if one.action.is_no() {
        let actions = one.statement.actions.as_ref()?;
        let fact = format!("`{}` is not among these", request.action);
        return Some(Near { span: actions.span, fact, trail: one.statement.trail.clone() });
    }
    let (condition, _) = one.conditions.iter().find(|(_, holds)| holds.is_no())?;
    let fact = format!("`{}` is something else in its requests", condition.key.shown());
    Some(Near { span: condition.key_span, fact, trail: one.statement.trail.clone() })
}

impl Near {
    /// The same as it is written.
    pub(super) fn witness(self, written: &Document) -> Witness {
        let principals = written.statements.iter().flat_map(|statement| &statement.principals);
        let item = principals.flat_map(|elements| &elements.items).find(|item| item.span == self.span);
        let fact = match item {
            Some(item) => format!("`{}` {}", item.value.shown(""), self.fact),
            None => self.fact,
        };
        Witness::new(self.span, fact, &self.trail)
    }
}
