//! Why a statement applies to a request or does not, element by element.
//!
//! For people who ask why: every element is asked on its own, so a statement that nearly matched says what is missing.
//! What is easy to get wrong: an Allow that applies may still not let anyone in, as when it delegates to the account.

use super::compare::{Against, holds};
use super::decide::{Bench, Policies};
use super::world::World;
use super::{Access, Request, Setting};
use crate::logic::Answer;
use crate::policy::{Condition, Document, PolicyKind, Statement};

/// A statement, and whether each of its elements matches a request.
#[derive(Clone, Debug)]
pub struct Considered<'a> {
    /// The statement.
    pub statement: &'a Statement,
    /// Whether it speaks of the caller: by name, by role, by account, as everyone. Yes in an identity policy.
    pub principal: Access,
    /// Whether it speaks of the action.
    pub action: Access,
    /// Whether it speaks of the key.
    pub resource: Access,
    /// Whether each of its conditions holds.
    pub conditions: Vec<(&'a Condition, Access)>,
}

impl Considered<'_> {
    /// Whether all of it matches.
    pub fn applies(&self) -> Access {
        Answer::all(self.elements().cloned())
    }

    /// How many elements do not match.
    pub fn misses(&self) -> usize {
        self.elements().filter(|answer| answer.is_no()).count()
    }

    fn elements(&self) -> impl Iterator<Item = &Access> {
        let conditions = self.conditions.iter().map(|(_, answer)| answer);
        [&self.principal, &self.action, &self.resource].into_iter().chain(conditions)
    }
}

/// Each statement of a policy against a request (IAM User Guide, "Policy evaluation logic": a statement applies when all
/// of its elements match the request).
pub fn consider<'a>(request: &Request, document: &'a Document, kind: PolicyKind) -> Vec<Considered<'a>> {
    let setting = Setting { account: Some(request.key_account.clone()), ..Setting::default() };
    let policies = Policies { key: document, identity: &[], boundary: &[], session: &[] };
    let bench = Bench { request, policies: &policies, setting: &setting, world: World::default() };
    let view = bench.view(document);
    let each = document.statements.iter().map(|statement| {
        let against = Against { request, variables: view.variables(), world: &bench.world };
        let in_key = kind == PolicyKind::Key;
        Considered {
            statement,
            principal: if in_key { bench.denies_caller(&view, statement) } else { Answer::yes([]) },
            action: view.names_action(statement, &request.action),
            resource: if in_key { view.acts_on_key(statement) } else { bench.on_key(&view, statement) },
            conditions: statement
                .conditions
                .iter()
                .map(|condition| {
                    (condition, holds(condition, against).or(!bench.world.gate(&condition.when)))
                })
                .collect(),
        }
    });
    each.collect()
}
