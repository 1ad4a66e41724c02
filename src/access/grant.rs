//! `kms:CreateGrant` without limits.

use super::Duty;
use super::reach::allows;
use super::view::View;
use super::words::{Set, Test, sent_by};
use super::{Access, Breadth, Setting, Witness};
use crate::logic::Answer;
use crate::policy::{Condition, Document, Principal, Statement};
use crate::value::Text;

/// The keys that limit what a grant may give, or to whom (AWS KMS Developer Guide, "Controlling access to grants").
/// `kms:ViaService` too: the call then comes from a service, which makes grants for its own resources. The policies of
/// AWS managed keys, such as `aws/rds`, allow `kms:CreateGrant` like that.
const LIMITS: &[&str] = &[
    "kms:GrantIsForAWSResource",
    "kms:GranteePrincipal",
    "kms:GranteeServicePrincipal",
    "kms:GrantOperations",
    "kms:GrantConstraintType",
    "kms:GrantConstraintSourceArn",
    "kms:RetiringServicePrincipal",
    "kms:ViaService",
];

/// Whether `statement` allows `kms:CreateGrant` without one of its limits limiting it (AWS KMS Developer Guide, "Grants in AWS KMS":
/// who may create grants may pass on operations that it does not have). The account principal of the key's own
/// account is exempt: it delegates. So are services, which are asked about by
/// [`service_without_source`](super::service_without_source).
pub fn create_grant_unrestricted(statement: &Statement, document: &Document, setting: &Setting) -> Access {
    View::new(document, setting).ask_statement(statement, |view, statement| {
        let covered = allows(statement).and(view.covers(statement, "kms:CreateGrant"));
        if covered.is_no() {
            return covered;
        }
        let limits = statement.conditions.iter().filter(|condition| !view.world.excludes(&condition.when));
        let limits = limits.map(|c| view.world.gate(&c.when).and(view.limits_grants(c)));
        let more = statement.open_conditions.iter().map(|u| Answer::cannot_tell([Witness::of_unknown(u)]));
        covered.and(view.grantors(statement)).and(!Answer::any(limits.chain(more)))
    })
}

/// Whether those whom `statement` allows `kms:CreateGrant` may call `kms:PutKeyPolicy` by the same statement: then they
/// can give themselves and others whatever a grant could. Identities of other accounts cannot, whatever a policy says
/// (AWS KMS Developer Guide, "Allowing users in other accounts to use a KMS key"), nor requests that must carry what no
/// policy change carries.
pub fn changes_policy_too(statement: &Statement, document: &Document, setting: &Setting) -> Access {
    if super::reach(statement, document, setting).at_least > Breadth::DirectOwnAccount {
        return Answer::no([]);
    }
    View::new(document, setting).ask_statement(statement, |view, statement| {
        let impossible = |condition: &&Condition| {
            condition.key.known().is_some_and(|key| !sent_by(Duty::ChangePolicy.action(), &key))
        };
        match statement.conditions.iter().find(impossible) {
            Some(_) => Answer::no([]),
            None => allows(statement).and(view.covers(statement, "kms:PutKeyPolicy")),
        }
    })
}

impl View<'_> {
    /// Whether somebody other than the own account (by delegation) and services is among the principals.
    fn grantors(&self, statement: &Statement) -> Access {
        let Some(principals) = &statement.principals else { return Answer::no([]) };
        if principals.negated {
            return Answer::yes([]);
        }
        self.any_item(principals, |principal, span, trail| {
            let fact = || [Witness::new(span, super::reach::fact_of(principal), trail)];
            match principal {
                Principal::Account(account) => match !self.own.is(account) {
                    open if open.is_open() => Answer::cannot_tell(fact()),
                    answer => answer,
                },
                Principal::Service(_) | Principal::UniqueId(_) | Principal::Malformed(_) => Answer::no([]),
                Principal::Unknown(unknown) => Answer::cannot_tell([Witness::of_unknown(unknown)]),
                _ => Answer::yes([]),
            }
        })
    }

    /// Whether a condition limits grants. `ForAllValues` with `kms:GrantOperations` is fine: KMS refuses an empty list of
    /// operations.
    fn limits_grants(&self, condition: &Condition) -> Access {
        let Some(key) = condition.key.known() else {
            return Answer::cannot_tell(super::view::unknowns(&condition.key));
        };
        let Some(limit) = LIMITS.iter().find(|limit| limit.eq_ignore_ascii_case(&key)) else {
            return Answer::no([]);
        };
        let Some(test) = Test::of(&condition.operator) else {
            return Answer::cannot_tell(super::view::unknowns(&condition.operator));
        };
        let all_operations = *limit == "kms:GrantOperations" && test.set == Some(Set::All);
        if test.negated || (test.set == Some(Set::All) && !all_operations) || test.is_null() {
            return Answer::no([]);
        }
        let to_services = *limit == "kms:GrantIsForAWSResource";
        let each = condition.values.iter().map(|value| {
            let limits = limits_by(&value.value, to_services, test);
            limits.or(!self.world.gate(&value.when))
        });
        // Any text is a limit but a wildcard, and `true` alone where it is asked who the grant is for.
        let open = condition.open.iter().filter(|_| to_services || test.wild);
        Answer::all(each.chain(open.map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]))))
    }
}

/// Whether one value of a test limits grants.
fn limits_by(value: &Text, to_services: bool, test: Test) -> Access {
    match value.known() {
        Some(word) if to_services && word.eq_ignore_ascii_case("true") => Answer::yes([]),
        Some(_) if to_services => Answer::no([]),
        Some(word) if test.wild && word.chars().all(|c| c == '*') => Answer::no([]),
        None if to_services || test.wild => Answer::cannot_tell(super::view::unknowns(value)),
        Some(_) | None => Answer::yes([]),
    }
}
