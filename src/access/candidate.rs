//! Whom a key policy may let manage its key, one by one.
//!
//! A candidate is a principal of a statement that covers the duty's action (`kms:PutKeyPolicy`). It manages when it is of
//! the key's account, the statement's conditions can hold for such a call, and no Deny covers it whatever it does.

use super::hold::Subject;
use super::lockout::ManagerClass;
use super::reach::{allows, declared_here, fact_of};
use super::view::View;
use super::world::assumptions;
use super::{Access, Duty, Missing, Witness};
use crate::logic::Answer;
use crate::policy::{Condition, Element, Principal, Statement};
use crate::source::Span;
use crate::value::{Text, Trail};

/// Somebody whom a statement may let change the policy.
pub(super) struct Candidate<'a> {
    pub(super) class: ManagerClass,
    /// `None` when it is not known who.
    pub(super) principal: Option<&'a Principal>,
    pub(super) shown: String,
    pub(super) span: Span,
    pub(super) trail: Trail,
    /// Whether it can, Deny statements aside.
    pub(super) can: Access,
}

/// A Deny statement that is, or may be, about changing the policy.
pub(super) struct DenyPut<'a> {
    pub(super) statement: &'a Statement,
    pub(super) covers: Access,
}

impl DenyPut<'_> {
    pub(super) fn witness(&self, duty: Duty) -> Witness {
        let fact = format!("this statement denies `{}`", duty.action());
        Witness::new(self.statement.effect_span, fact, &self.statement.trail)
    }
}

impl<'a> View<'a> {
    pub(super) fn whens(&self) -> impl Iterator<Item = &'a crate::value::Assumption> {
        let document = self.document;
        document.statements.iter().flat_map(assumptions).chain(document.default_when.iter().flatten())
    }

    /// Whether anybody of the key's account can change the policy, under these Deny statements.
    pub(super) fn somebody(&self, denies: &[DenyPut<'_>]) -> Access {
        let mut found = Answer::no([]);
        for statement in &self.document.statements {
            for candidate in self.candidates(statement) {
                let covered = self.covered(&candidate, denies);
                found = found.or(candidate.can.and(!covered));
                if found.is_yes() {
                    return found;
                }
            }
        }
        let stated = self.document.default_when.iter().map(|when| self.world.gate(when));
        let open =
            self.document.open.iter().map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]));
        found.or(Answer::any(stated)).or(Answer::any(open))
    }

    /// The principals of a statement that covers `kms:PutKeyPolicy` or may.
    pub(super) fn candidates<'b>(&self, statement: &'b Statement) -> Vec<Candidate<'b>> {
        let covers = self.world.gate(&statement.when).and(allows(statement));
        let covers =
            if covers.is_no() { covers } else { covers.and(self.covers(statement, self.duty.action())) };
        let Some(principals) = statement.principals.as_ref().filter(|_| !covers.is_no()) else {
            return Vec::new();
        };
        if principals.negated {
            let fact = "whom `NotPrincipal` means cannot be told";
            let why = Witness::new(principals.name_span, fact, &Trail::default());
            let can = covers.and(Answer::cannot_tell([why]));
            return vec![somebody("NotPrincipal", principals.name_span, can)];
        }
        let mut found: Vec<Candidate<'b>> = principals
            .items
            .iter()
            .map(|item| {
                let who = covers.clone().and(self.world.gate(&item.when)).and(self.is_inside(item));
                let can =
                    if who.is_no() { who } else { who.and(self.can_hold(statement, Some(&item.value))) };
                candidate(item, can)
            })
            .collect();
        found.extend(principals.open.iter().map(|unknown| {
            let can = covers.clone().and(Answer::cannot_tell([Witness::of_unknown(unknown)]));
            somebody(&unknown.name, unknown.span, can)
        }));
        found
    }

    /// Whether a principal is, or acts as, an identity of the key's account.
    fn is_inside(&self, item: &Element<Principal>) -> Access {
        let why = |fact: String| [Witness::new(item.span, fact, &item.trail)];
        let act = self.duty.action();
        let yes = || Answer::yes(why(format!("{} may call `{act}`", fact_of(&item.value))));
        match &item.value {
            Principal::Everyone => yes(),
            Principal::Someone(text) if declared_here(text) => yes(),
            Principal::Unknown(unknown) => Answer::cannot_tell([Witness::of_unknown(unknown)]),
            Principal::Someone(text) => Answer::cannot_tell(super::view::unknowns(text)),
            Principal::Service(name) => {
                Answer::no(why(format!("`{}` is a service and never manages keys", name.shown())))
            }
            Principal::UniqueId(id) => Answer::no(why(format!("`{}` is a deleted principal", id.shown()))),
            Principal::Malformed(text) => {
                Answer::no(why(format!("`{}` is no valid principal", text.shown())))
            }
            Principal::Account(_)
            | Principal::Role(_)
            | Principal::User(_)
            | Principal::Session(_)
            | Principal::FederatedUser(_) => match item.value.account().map(|account| self.own.is(account)) {
                Some(own) if own.is_yes() => yes(),
                Some(own) if own.is_open() => {
                    let because = if own.because.is_empty() {
                        why(format!("{}, and the key's account is not known", fact_of(&item.value)))
                            .map(|why| why.misses(Missing::Account))
                            .to_vec()
                    } else {
                        own.because
                    };
                    Answer::cannot_tell(because)
                }
                _ => Answer::no(why(format!(
                    "{}: another account, and `{act}` does not work across accounts",
                    fact_of(&item.value)
                ))),
            },
        }
    }

    /// Whether the conditions of an Allow can hold.
    fn can_hold(&self, statement: &Statement, principal: Option<&Principal>) -> Access {
        let standing = statement.conditions.iter().filter(|c| !self.world.excludes(&c.when));
        let each = standing.map(|condition| {
            let holds = self.hold(condition, subject_of(principal)).possible();
            // A condition that may not stand leaves the statement open where it cannot hold.
            holds.or(!self.world.gate(&condition.when))
        });
        let open = statement.open_conditions.iter();
        Answer::all(each.chain(open.map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]))))
    }

    /// The Deny statements about `kms:PutKeyPolicy`.
    pub(super) fn denies_of_put(&self) -> Vec<DenyPut<'a>> {
        self.denies()
            .filter_map(|statement| {
                let stands = self.world.gate(&statement.when).and(super::deny::denies(statement));
                let covers = if stands.is_no() {
                    stands
                } else {
                    stands.and(self.covers(statement, self.duty.action()))
                };
                (!covers.is_no()).then_some(DenyPut { statement, covers })
            })
            .collect()
    }

    /// Whether some Deny statement covers the candidate whatever it does.
    pub(super) fn covered(&self, candidate: &Candidate<'_>, denies: &[DenyPut<'_>]) -> Access {
        let one = Answer::any(denies.iter().map(|deny| {
            let who = deny.covers.clone().and(self.deny_means(deny.statement, candidate));
            if who.is_no() {
                return Answer::no([]);
            }
            let subject = subject_of(candidate.principal);
            let holds = |condition: &Condition| {
                let inevitable = self.hold(condition, subject).inevitable();
                inevitable.or(!self.world.gate(&condition.when))
            };
            let open = deny.statement.open_conditions.iter();
            let open = open.map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]));
            let each = deny.statement.conditions.iter().map(holds).chain(open);
            match who.and(Answer::all(each)) {
                covered if covered.is_yes() => Answer::yes([deny.witness(self.duty)]),
                other => other,
            }
        }));
        if one.is_yes() { one } else { one.or(self.covered_by_two(candidate, denies)) }
    }

    /// Whether the principals of a Deny hold the candidate.
    pub(super) fn deny_means(&self, deny: &Statement, candidate: &Candidate<'_>) -> Access {
        let Some(principals) = &deny.principals else { return Answer::no([]) };
        if principals.negated {
            return self.spared_by_not_principal(deny, candidate);
        }
        self.any_item(principals, |denied, _, _| match (denied, candidate.principal) {
            (Principal::Everyone, _) => Answer::yes([]),
            (Principal::Unknown(unknown), _) => Answer::cannot_tell([Witness::of_unknown(unknown)]),
            (Principal::Account(account), _) => self.own.is(account),
            (denied, one) => match (arn_of(denied), one.and_then(arn_of)) {
                (Some(denied), Some(one)) => {
                    same(super::same::matches_arn(self, denied, one, false), denied, one)
                }
                _ => Answer::no([]),
            },
        })
    }

    /// A Deny with `NotPrincipal` denies everyone whom it does not list; whom the list spares is in doubt as soon as
    /// it names anybody of the account (IAM User Guide, "`NotPrincipal` with `Deny`").
    fn spared_by_not_principal(&self, deny: &Statement, candidate: &Candidate<'_>) -> Access {
        let Some(principals) = &deny.principals else { return Answer::no([]) };
        let fact = "whom `NotPrincipal` with `Deny` spares cannot be told";
        let doubt = Witness::new(principals.name_span, fact, &Trail::default());
        let foreign = principals.open.is_none()
            && principals.items.iter().all(|item| match item.value.account() {
                Some(account) => self.own.is(account).is_no(),
                None => matches!(item.value, Principal::Service(_)),
            });
        if foreign && candidate.class != ManagerClass::Unknown {
            Answer::yes([])
        } else {
            Answer::cannot_tell([doubt])
        }
    }
}

fn same(sameness: super::same::Sameness, one: &Text, two: &Text) -> Access {
    match sameness {
        super::same::Sameness::Yes => Answer::yes([]),
        super::same::Sameness::No => Answer::no([]),
        super::same::Sameness::CannotTell => {
            let unknowns = one.unknowns().chain(two.unknowns());
            Answer::cannot_tell(unknowns.map(Witness::of_unknown))
        }
    }
}

/// Says why, where no witness does.
pub(super) fn explained(answer: Access, view: &View<'_>, fact: &str) -> Access {
    if !answer.because.is_empty() {
        return answer;
    }
    let fact = format!("{fact} `{}`", view.duty.action());
    let witness = Witness::new(view.document.span, fact, &view.document.trail);
    Answer { because: vec![witness], ..answer }
}

fn candidate(item: &Element<Principal>, can: Access) -> Candidate<'_> {
    Candidate {
        class: class_of(&item.value),
        principal: Some(&item.value),
        shown: item.value.shown("the key's own account"),
        span: item.span,
        trail: item.trail.clone(),
        can,
    }
}

/// Somebody of whom nothing is known.
fn somebody<'a>(shown: &str, span: Span, can: Access) -> Candidate<'a> {
    let (class, shown) = (ManagerClass::Unknown, shown.to_owned());
    Candidate { class, principal: None, shown, span, trail: Trail::default(), can }
}

fn class_of(principal: &Principal) -> ManagerClass {
    match principal {
        Principal::Account(_) => ManagerClass::Account,
        Principal::Everyone => ManagerClass::Pattern,
        Principal::Role(arn) if arn.resource.known_parts().contains("aws-reserved/sso.amazonaws.com/") => {
            ManagerClass::SsoRole
        }
        Principal::Role(_) => ManagerClass::Role,
        Principal::User(_) => ManagerClass::User,
        Principal::Session(_) | Principal::FederatedUser(_) => ManagerClass::Session,
        Principal::Someone(text) if declared_here(text) => {
            let user = |resource: &str| resource.contains("aws_iam_user.");
            let is_user = text
                .unknowns()
                .any(|unknown| unknown.attribute().is_some_and(|(resource, _)| user(resource)));
            if is_user { ManagerClass::User } else { ManagerClass::Role }
        }
        _ => ManagerClass::Unknown,
    }
}

/// The ARN of a principal that is one identity.
pub(super) fn arn_of(principal: &Principal) -> Option<&Text> {
    match principal {
        Principal::Someone(text) => Some(text),
        _ => principal.arn().map(|arn| &arn.text),
    }
}

fn subject_of(principal: Option<&Principal>) -> Subject<'_> {
    principal.and_then(arn_of).map_or(Subject::Anyone, Subject::Named)
}

/// Whether a Deny spares identities by `aws:PrincipalArn`.
pub(super) fn spares_by_arn(deny: &Statement) -> bool {
    deny.conditions.iter().any(is_exemption)
}

/// Whether a condition spares identities by `aws:PrincipalArn`.
pub(super) fn is_exemption(condition: &Condition) -> bool {
    condition.key.known().is_some_and(|key| key.eq_ignore_ascii_case("aws:PrincipalArn"))
        && super::words::Test::of(&condition.operator).is_some_and(|test| test.negated)
}
