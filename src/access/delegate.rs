//! The delegation to the key's account: the statement that makes IAM policies count.
//!
//! AWS KMS Developer Guide, "Default key policy": only a statement for the account principal lets IAM policies of the
//! account give access to the key, and keeps the account root user in. What is easy to get wrong: a condition on it
//! must hold for `kms:PutKeyPolicy` too, which comes through no service and carries no encryption context.

use super::reach::allows;
use super::view::View;
use super::{Access, Setting, Witness};
use crate::logic::Answer;
use crate::policy::{Document, Principal, Statement};
use crate::value::Trail;

const PUT: &str = "kms:PutKeyPolicy";

/// Whether `statement` gives the key's own account `kms:PutKeyPolicy` under a condition only, and no other statement
/// gives it without one.
pub fn delegates_conditionally(statement: &Statement, document: &Document, setting: &Setting) -> Access {
    View::new(document, setting).ask_statement(statement, |view, statement| {
        if statement.conditions.is_empty() {
            return Answer::no([]);
        }
        let tests = statement.conditions.iter().map(|condition| {
            let fact = format!("a condition on `{}`", condition.key.shown());
            Witness::new(condition.key_span, fact, &Trail::default())
        });
        view.delegates(statement).and(!view.delegation()).and(Answer::yes(tests))
    })
}

/// Whether no statement gives the key's own account `kms:PutKeyPolicy` without condition: IAM policies of the account
/// have no effect on the key then, or only what conditions let through.
pub fn no_delegation(document: &Document, setting: &Setting) -> Access {
    let view = View::new(document, setting);
    view.ask(view.whens(), |view| {
        let answer = !view.delegation();
        Answer { because: Vec::new(), ..answer }
    })
}

impl View<'_> {
    /// Whether any statement gives the own account the change of the policy without condition.
    fn delegation(&self) -> Access {
        let statements = self.document.statements.iter();
        let plain = statements.filter(|it| it.conditions.is_empty() && it.open_conditions.is_none());
        let known = plain.map(|it| self.world.gate(&it.when).and(self.delegates(it)));
        let open = self.document.open.iter().map(|it| Answer::cannot_tell([Witness::of_unknown(it)]));
        Answer::any(known.chain(open))
    }

    /// Whether a statement, its conditions aside, gives the own account the change of the policy.
    fn delegates(&self, statement: &Statement) -> Access {
        let allowed = allows(statement);
        if allowed.is_no() {
            return allowed;
        }
        let Some(principals) = statement.principals.as_ref().filter(|it| !it.negated) else {
            return Answer::no([]);
        };
        let own = self.any_item(principals, |principal, span, trail| match principal {
            Principal::Account(account) => {
                let here = || Witness::new(span, "the key's own account", trail);
                Answer { because: vec![here()], ..self.own.is(account) }
            }
            Principal::Someone(text) => Answer::cannot_tell(text.unknowns().map(Witness::of_unknown)),
            Principal::Unknown(unknown) => Answer::cannot_tell([Witness::of_unknown(unknown)]),
            _ => Answer::no([]),
        });
        let covers = self.covers(statement, PUT);
        allowed.and(own).and(Answer { because: Vec::new(), ..covers })
    }
}
