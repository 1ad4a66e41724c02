//! What other statements allow to the principals of one.
//!
//! A condition is worth what the rest of the policy leaves of it: another Allow for the same principal and action is
//! a way around it (IAM User Guide, "Policy evaluation logic": one Allow suffices).

use super::reach::allows;
use super::view::View;
use super::{Access, Setting, Witness};
use crate::logic::Answer;
use crate::policy::{Document, Principal, Statement};
use crate::value::Trail;

const ATTESTATION: &str = "kms:recipientattestation:";

/// Whether `statement` names services and IAM identities under a test that only services can meet (`aws:SourceArn`,
/// `aws:SourceAccount`, ...), and nothing else lets such an identity do what the statement lists.
pub fn identities_shut_out_by_source(
    statement: &Statement,
    document: &Document,
    setting: &Setting,
) -> Access {
    let Some(principals) = statement.principals.as_ref().filter(|it| !it.negated) else {
        return Answer::no([]);
    };
    if !principals.items.iter().any(|item| matches!(item.value, Principal::Service(_))) {
        return Answer::no([]);
    }
    let source = statement.conditions.iter().find(|it| super::dead::set_for_services_only(it));
    let Some(source) = source else { return Answer::no([]) };
    View::new(document, setting).ask_statement(statement, |view, statement| {
        let shut = view.any_item(principals, |principal, span, trail| {
            if !is_identity(principal) {
                return Answer::no([]);
            }
            let elsewhere = view.everything_beside(statement, principal);
            let fact = format!("`{}` is set for services only", source.key.shown());
            let test = Witness::new(source.key_span, fact, &Trail::default());
            let who = Witness::new(span, "never meets the condition", trail);
            (!elsewhere).and(Answer::yes([who, test]))
        });
        allows(statement).and(shut)
    })
}

/// Whether `statement` asks for the attestation of an enclave, and another one lets the same principals do the same
/// without it (KMS Developer Guide, "Condition keys for AWS Nitro Enclaves").
pub fn attestation_is_bypassed(statement: &Statement, document: &Document, setting: &Setting) -> Access {
    let Some(principals) = statement.principals.as_ref().filter(|it| attests(statement) && !it.negated)
    else {
        return Answer::no([]);
    };
    View::new(document, setting).ask_statement(statement, |view, statement| {
        let ways = view.acts(statement).into_iter().filter(|(act, _)| act.cryptographic);
        let bypassed = Answer::any(ways.filter(|(act, _)| !view.denied_without_attestation(&act.name)).map(
            |(act, covered)| {
                let around = view.any_item(principals, |principal, _, _| {
                    view.beside(statement, principal, &act.name, |other| !attests(other))
                });
                covered.and(around)
            },
        ));
        allows(statement).and(bypassed)
    })
}

fn attests(statement: &Statement) -> bool {
    let key = |key: &str| key.to_ascii_lowercase().starts_with(ATTESTATION);
    statement.conditions.iter().any(|it| it.key.as_known().is_some_and(key))
}

fn is_identity(principal: &Principal) -> bool {
    matches!(
        principal,
        Principal::Account(_) | Principal::Role(_) | Principal::User(_) | Principal::Session(_)
    )
}

impl View<'_> {
    /// Whether all that the statement lists is allowed to the principal by others without conditions.
    fn everything_beside(&self, statement: &Statement, principal: &Principal) -> Access {
        let plain = |other: &Statement| other.conditions.is_empty() && other.open_conditions.is_none();
        let acts = self.acts(statement).into_iter();
        Answer::all(acts.map(|(act, _)| self.beside(statement, principal, &act.name, plain)))
    }

    /// Whether another Allow, of those that `counts` lets count, gives the principal the action.
    fn beside(
        &self,
        statement: &Statement,
        principal: &Principal,
        act: &str,
        counts: impl Fn(&Statement) -> bool,
    ) -> Access {
        let others = self.document.statements.iter().filter(|it| it.index != statement.index && counts(it));
        let known = others.map(|other| {
            let Some(named) = other.principals.as_ref().filter(|it| !it.negated) else {
                return Answer::no([]);
            };
            let same = self.any_item(named, |it, span, trail| {
                let here = Witness::new(span, "let in without it here", trail);
                self.includes(it, principal).and(Answer::yes([here]))
            });
            let covers = self.covers(other, act);
            let stands = self.world.gate(&other.when).and(allows(other));
            stands.and(same).and(Answer { because: Vec::new(), ..covers })
        });
        let open = self.document.open.iter().map(|it| Answer::cannot_tell([Witness::of_unknown(it)]));
        Answer::any(known.chain(open))
    }

    /// Whether a principal element lets another one in: the same, everyone, or the account that it belongs to.
    fn includes(&self, wider: &Principal, principal: &Principal) -> Access {
        match (wider, principal) {
            (Principal::Everyone, _) => Answer::yes([]),
            _ if wider.shown("") == principal.shown("") => Answer::yes([]),
            (
                Principal::Account(account),
                Principal::Role(arn) | Principal::User(arn) | Principal::Session(arn),
            ) => {
                let own = self.own.is(account);
                own.and(self.own.is(&arn.account))
            }
            (Principal::Unknown(it), _) => Answer::cannot_tell([Witness::of_unknown(it)]),
            (Principal::Someone(text), _) => Answer::cannot_tell(text.unknowns().map(Witness::of_unknown)),
            _ => Answer::no([]),
        }
    }

    /// Whether a Deny that speaks of attestation covers the action: it stops the ways around.
    fn denied_without_attestation(&self, act: &str) -> bool {
        self.denies().any(|deny| attests(deny) && !self.covers(deny, act).is_no())
    }
}
