//! Who keeps a key, beyond its managers: whether anybody can read its policy or retire it, and whose deletion locks it.
//!
//! IAM User Guide, "AWS JSON policy elements: Principal": when a role or user is deleted, the policy keeps its unique id,
//! and one of the same name made later is somebody else. What is easy to get wrong: a condition on `aws:PrincipalArn`
//! compares text and survives that, and the sessions of a role end with it.

use super::candidate::{arn_of, explained};
use super::lockout::{ManagerClass, managers_named};
use super::view::View;
use super::{Access, Duty, Setting};
use crate::logic::Answer;
use crate::policy::{Document, Principal};
use crate::source::Span;
use crate::value::Trail;

/// A role or user whose deletion locks the key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SoleKeeper {
    /// As written.
    pub principal: String,
    /// What sort of manager.
    pub class: ManagerClass,
    /// Where it is written.
    pub span: Span,
    /// How it came.
    pub trail: Trail,
    /// Yes: without it nobody could change the policy. Cannot tell: perhaps. Never no.
    pub answer: Access,
}

/// Whether nobody of the key's account may do what the duty asks for, Deny statements subtracted. A key that nobody can
/// read cannot be refreshed, and one that nobody can schedule for deletion is paid for until AWS Support helps.
pub fn nobody_may(document: &Document, setting: &Setting, duty: Duty) -> Access {
    let view = View { duty, ..View::new(document, setting) };
    view.ask(view.whens(), |view| {
        let nobody = !view.somebody(&view.denies_of_put());
        explained(nobody, view, "no statement lets the key's account call")
    })
}

/// The roles and users of which each is, with its sessions, the only one that can change the key policy.
pub fn sole_keepers(document: &Document, setting: &Setting) -> Vec<SoleKeeper> {
    let managers = managers_named(document, setting);
    let open = document.open.iter().map(|unknown| Answer::cannot_tell([super::Witness::of_unknown(unknown)]));
    let open = Answer::any(open);
    let mut found: Vec<(Identity, SoleKeeper)> = Vec::new();
    for (principal, manager) in &managers {
        let Some(identity) = principal.and_then(Identity::of) else { continue };
        if found.iter().any(|(known, _)| *known == identity) {
            continue;
        }
        let same = |other: Option<&Principal>| other.and_then(Identity::of).as_ref() == Some(&identity);
        let others = managers.iter().filter(|(other, _)| !same(*other));
        let others = Answer::any(others.map(|(_, other)| other.answer.clone()));
        let answer = manager.answer.clone().and(!others.or(open.clone()));
        if !answer.is_no() {
            let keeper = SoleKeeper {
                principal: manager.principal.clone(),
                class: manager.class,
                span: manager.span,
                trail: manager.trail.clone(),
                answer,
            };
            found.push((identity, keeper));
        }
    }
    found.into_iter().map(|(_, keeper)| keeper).collect()
}

/// What can be deleted: a role, whatever its path and session, or a user.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Identity {
    Role(String),
    User(String),
    Declared(String),
}

impl Identity {
    fn of(principal: &Principal) -> Option<Self> {
        let shown = arn_of(principal)?.shown();
        let name = || shown.rsplit('/').next().unwrap_or(&shown).to_owned();
        Some(match principal {
            Principal::Role(_) => Self::Role(name()),
            Principal::User(_) => Self::User(name()),
            Principal::Session(arn) => Self::Role(arn.resource.shown().split('/').nth(1)?.to_owned()),
            Principal::Someone(text) if super::reach::declared_here(text) => Self::Declared(shown),
            _ => return None,
        })
    }
}
