//! Who can change the key policy, and whether anybody can.
//!
//! AWS KMS Developer Guide, "Default key policy": without an identity of the key's account that may call
//! `kms:PutKeyPolicy`, only AWS Support can recover the key. Other accounts and services never can. What is easy to
//! get wrong: a Deny beats the account principal, the account's root user included.

use super::candidate::{DenyPut, explained, spares_by_arn};
use super::view::View;
use super::{Access, Setting, Witness};
use crate::logic::Answer;
use crate::policy::{Document, Principal};
use crate::source::Span;
use crate::value::Trail;

/// What sort of manager, by how long it lasts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ManagerClass {
    /// The account principal: IAM policies and the account root user.
    Account,
    /// Everyone, limited by a condition to the own account or to ARN patterns of it; survives recreation. Also those
    /// whom a Deny of all others spares by `aws:PrincipalArn`.
    Pattern,
    /// A role by ARN; dead when the role is recreated.
    Role,
    /// A user by ARN; dead when the user is recreated.
    User,
    /// A role of IAM Identity Center, which recreates it under another name.
    SsoRole,
    /// One session: assumed role or federated user.
    Session,
    /// Not known who.
    Unknown,
}

/// A principal that can call `kms:PutKeyPolicy`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ManagerFinding {
    /// What sort.
    pub class: ManagerClass,
    /// As written.
    pub principal: String,
    /// Where it is written.
    pub span: Span,
    /// How it came.
    pub trail: Trail,
    /// Whether the statement that lets it has conditions (all of which can hold).
    pub conditioned: bool,
    /// Yes: it can. Cannot tell: perhaps (an unknown, an undecided branch, a Deny that may match). Never no.
    pub answer: Access,
}

/// The principals of the key's account that can, or perhaps can, call `kms:PutKeyPolicy` under `document`, Deny
/// statements subtracted (AWS KMS Developer Guide, "Default key policy"). Other accounts and services never can.
pub fn managers(document: &Document, setting: &Setting) -> Vec<ManagerFinding> {
    managers_named(document, setting).into_iter().map(|(_, manager)| manager).collect()
}

/// The same with the principals, where these are known.
pub(super) fn managers_named<'a>(
    document: &'a Document,
    setting: &Setting,
) -> Vec<(Option<&'a Principal>, ManagerFinding)> {
    let view = View::new(document, setting);
    let denies = view.denies_of_put();
    let mut found = Vec::new();
    for statement in &document.statements {
        for candidate in view.candidates(statement) {
            let answer = candidate.can.clone().and(!view.covered(&candidate, &denies));
            if answer.is_no() {
                continue;
            }
            let spared = matches!(candidate.class, ManagerClass::Account)
                && denies.iter().any(|deny| deny.covers.is_yes() && spares_by_arn(deny.statement));
            let class = if spared { ManagerClass::Pattern } else { candidate.class };
            let principal = candidate.principal;
            let manager = ManagerFinding {
                class,
                principal: candidate.shown,
                span: candidate.span,
                trail: candidate.trail,
                conditioned: !statement.conditions.is_empty(),
                answer,
            };
            found.push((principal, manager));
        }
    }
    found
}

/// Whether no principal of the key's account can call `kms:PutKeyPolicy`, and not because of a Deny statement:
/// then only AWS Support can recover the key.
pub fn nobody_manages(document: &Document, setting: &Setting) -> Access {
    let view = View::new(document, setting);
    view.ask(view.whens(), |view| {
        explained(!view.somebody(&[]), view, "no statement lets the key's account call")
    })
}

/// Whether there would be managers but Deny statements cover them all, exemptions counted.
pub fn deny_covers_managers(document: &Document, setting: &Setting) -> Access {
    let view = View::new(document, setting);
    view.ask(view.whens(), |view| {
        let denies = view.denies_of_put();
        if denies.is_empty() && document.open.is_empty() {
            return Answer::no([]);
        }
        let without = view.somebody(&[]);
        if without.is_no() {
            return without;
        }
        let open = document.open.iter().map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]));
        let all = Answer::any(open.chain([!view.somebody(&denies)]));
        let because = if all.is_yes() {
            let certain = denies.iter().filter(|deny| deny.covers.is_yes());
            certain.map(|deny| DenyPut::witness(deny, view.duty)).collect()
        } else {
            all.because
        };
        Answer { verdict: all.verdict, because }.and(Answer { because: without.because, ..without })
    })
}

/// Whether there are managers and all of them are of the given classes (only sessions, only named roles …).
pub fn managed_only_by(document: &Document, setting: &Setting, classes: &[ManagerClass]) -> Access {
    let managers = managers(document, setting);
    let some = Answer::any(managers.iter().map(|manager| manager.answer.clone()));
    let others = managers.iter().filter(|manager| !classes.contains(&manager.class));
    let other = Answer::any(others.map(|manager| match manager.class {
        ManagerClass::Unknown => Answer::cannot_tell(manager.answer.because.clone()),
        _ => manager.answer.clone(),
    }));
    let open = document.open.iter().map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]));
    some.and(!Answer::any(open.chain([other])))
}
