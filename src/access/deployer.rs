//! Whether the identity that deploys can manage the key afterwards.
//!
//! `CreateKey` and `PutKeyPolicy` refuse a policy under which the caller could not call `kms:PutKeyPolicy` again (AWS KMS
//! API Reference, `BypassPolicyLockoutSafetyCheck`). The caller's IAM policies are taken to allow it where the key policy
//! leaves it to them. What is easy to get wrong: whether a condition holds when AWS checks is not documented, so one that
//! does not always hold cannot tell.

use super::hold::{Hold, Subject};
use super::reach::allows;
use super::same::{Sameness, matches_arn};
use super::view::View;
use super::{Access, Caller, CallerKind, Duty, Setting, Witness};
use crate::logic::Answer;
use crate::policy::{Document, Principal, Statement, facts};
use crate::value::{Text, Trail};

/// Whether the deployer with this ARN (a user, a role, a session, a root user) may do what the duty asks for under the
/// policy. Where the key's account is not known, it is the deployer's.
pub fn deployer_may(document: &Document, setting: &Setting, deployer: &str, duty: Duty) -> Access {
    let Some(deployer) = Deployer::of(deployer, document) else { return Answer::cannot_tell([]) };
    let account = setting.account.clone().or_else(|| Some(deployer.account.clone()));
    let setting = Setting { account, ..setting.clone() };
    let view = View { duty, ..View::new(document, &setting) };
    if view.own.account() != Some(&deployer.account) {
        let across = facts::action(duty.action()).is_some_and(|act| act.cross_account);
        let fact = format!("the deployer is of account `{}`, which is not the key's", deployer.account);
        let witness = [Witness::new(document.span, fact, &document.trail)];
        return if across { Answer::cannot_tell(witness) } else { Answer::no(witness) };
    }
    view.ask(view.whens(), |view| {
        let each = document.statements.iter().map(|one| view.lets(one, &deployer, &allows(one)));
        let stated = document.default_when.iter().map(|when| view.world.gate(when));
        let open = document.open.iter().map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]));
        let let_in = Answer::any(each.chain(stated).chain(open));
        let denies = document.statements.iter();
        let shut_out = denies.map(|one| view.lets(one, &deployer, &super::deny::denies(one)));
        let answer = let_in.and(!Answer::any(shut_out));
        super::candidate::explained(answer, view, "no statement lets the deployer call")
    })
}

/// Who deploys.
struct Deployer {
    arn: Text,
    account: String,
    kind: Option<CallerKind>,
    /// The name of the role, or of the session's role.
    role: Option<String>,
}

impl Deployer {
    /// `None` for what cannot deploy.
    fn of(arn: &str, document: &Document) -> Option<Self> {
        let text = Text::made(arn, document.span);
        if let Some(caller) = Caller::of_arn(arn) {
            let (role, kind) = (caller.role().map(str::to_owned), Some(caller.kind));
            return Some(Self { arn: text, account: caller.account?, kind, role });
        }
        let fields: Vec<&str> = arn.splitn(6, ':').collect();
        let [_, _, "iam", _, account, resource] = fields.as_slice() else { return None };
        let name = resource.strip_prefix("role/")?.rsplit('/').next()?;
        Some(Self { arn: text, account: (*account).to_owned(), kind: None, role: Some(name.to_owned()) })
    }
}

impl View<'_> {
    /// Whether a statement of the given effect applies to the deployer's call.
    fn lets(&self, statement: &Statement, deployer: &Deployer, effect: &Access) -> Access {
        let covers = self.world.gate(&statement.when).and(effect.clone());
        let covers =
            if covers.is_no() { covers } else { covers.and(self.covers(statement, self.duty.action())) };
        let means = if covers.is_no() { covers } else { covers.and(self.means(statement, deployer)) };
        if means.is_no() {
            return means;
        }
        let each = statement.conditions.iter().map(|condition| {
            let holds = match self.hold(condition, Subject::Named(&deployer.arn)) {
                Hold::Always => Answer::yes([]),
                Hold::Never(why) => Answer::no([why]),
                Hold::Unknown(why) => Answer::cannot_tell(why),
                Hold::Sometimes => {
                    let fact =
                        format!("whether `{}` fits when AWS checks is not known", condition.key.shown());
                    Answer::cannot_tell([Witness::new(condition.key_span, fact, &Trail::default())])
                }
            };
            holds.or(!self.world.gate(&condition.when))
        });
        let open = statement.open_conditions.iter();
        let open = open.map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]));
        means.and(Answer::all(each.chain(open)))
    }

    /// Whether the principals of a statement mean the deployer.
    fn means(&self, statement: &Statement, deployer: &Deployer) -> Access {
        let Some(principals) = &statement.principals else { return Answer::no([]) };
        if principals.negated {
            let fact = "whom `NotPrincipal` means cannot be told";
            return Answer::cannot_tell([Witness::new(principals.name_span, fact, &Trail::default())]);
        }
        self.any_item(principals, |principal, span, trail| {
            let exact = |arn: &Text| match matches_arn(self, arn, &deployer.arn, false) {
                Sameness::Yes => Answer::yes([]),
                Sameness::No => Answer::no([]),
                Sameness::CannotTell => Answer::cannot_tell(super::view::unknowns(arn)),
            };
            let fact = |fact: &str| [Witness::new(span, fact, trail)];
            match principal {
                Principal::Everyone => Answer::yes([]),
                Principal::Account(account) => self.own.is(account),
                Principal::Role(arn) => self.own.is(&arn.account).and(deployer.is_role(&arn.resource)),
                Principal::User(arn) | Principal::FederatedUser(arn) => exact(&arn.text),
                Principal::Session(arn) if deployer.kind.is_some() => {
                    let same = arn.text.known().is_some_and(|arn| deployer.arn.is(&arn));
                    if same { Answer::yes([]) } else { Answer::no([]) }
                }
                Principal::Session(arn) => {
                    let role = arn.resource.shown();
                    let of_role = role.split('/').nth(1) == deployer.role.as_deref();
                    let doubt = fact("which session of the role deploys is not known");
                    if of_role { Answer::cannot_tell(doubt) } else { Answer::no([]) }
                }
                Principal::Service(_) | Principal::UniqueId(_) | Principal::Malformed(_) => Answer::no([]),
                Principal::Someone(text) => Answer::cannot_tell(super::view::unknowns(text)),
                Principal::Unknown(unknown) => Answer::cannot_tell([Witness::of_unknown(unknown)]),
            }
        })
    }
}

impl Deployer {
    /// Whether it is, or is a session of, the role with this resource (`role/path/name`): names are unique in an account.
    fn is_role(&self, resource: &Text) -> Access {
        match (&self.role, resource.known()) {
            (Some(role), Some(known)) if known.rsplit('/').next() == Some(role) => Answer::yes([]),
            (Some(_), None) => Answer::cannot_tell(super::view::unknowns(resource)),
            _ => Answer::no([]),
        }
    }
}
