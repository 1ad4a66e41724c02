//! Statements in words, for people who do not read policies every day.

use crate::policy::condition::{Comparison, Operator, SetQualifier};
use crate::policy::{AccountRef, Condition, Elements, Principal, Statement};
use crate::report::safe;
use crate::value::Text;

/// Values listed before the rest is counted.
const MOST_VALUES: usize = 4;

/// A principal: whom it means.
pub(super) fn principal(principal: &Principal, own: Option<&str>) -> String {
    let account = |account: &AccountRef| match account {
        AccountRef::Id(id) if Some(id.as_str()) == own => "the key's account".to_owned(),
        AccountRef::Id(id) => format!("account {id}"),
        AccountRef::Own => "the key's account".to_owned(),
        AccountRef::Unknown(unknown) => format!("account `{}`", unknown.name),
    };
    let text = match principal {
        Principal::Everyone => "anyone, in any AWS account".to_owned(),
        Principal::Account(of) => format!("any identity of {}", account(of)),
        Principal::Role(arn) | Principal::User(arn) => {
            format!("{} of {}", arn.resource.shown().replacen('/', " ", 1), account(&arn.account))
        }
        Principal::Session(arn) => format!("session {} of {}", arn.resource.shown(), account(&arn.account)),
        Principal::FederatedUser(arn) => format!("{} of {}", arn.resource.shown(), account(&arn.account)),
        Principal::Service(name) => format!("the service {}", name.shown()),
        Principal::UniqueId(id) => format!("a deleted identity ({})", id.shown()),
        Principal::Malformed(text) => format!("nobody: `{}` is no principal", text.shown()),
        Principal::Someone(text) => format!("`{}`", text.shown()),
        Principal::Unknown(unknown) => format!("`{}` (not known)", unknown.name),
    };
    safe::line(&text).into_owned()
}

/// The principals that a `NotPrincipal` leaves out.
pub(super) fn everyone_but(principals: &Elements<Principal>, own: Option<&str>) -> String {
    let spared: Vec<String> = principals.items.iter().map(|item| principal(&item.value, own)).collect();
    format!("everyone but {}", spared.join(", "))
}

/// The actions as written.
pub(super) fn actions(statement: &Statement) -> String {
    let Some(actions) = &statement.actions else { return String::new() };
    let mut shown: Vec<String> = actions.items.iter().map(|item| item.value.shown()).collect();
    shown.extend(actions.open.iter().map(|unknown| format!("`{}`", unknown.name)));
    let list = shown.join(", ");
    safe::line(&if actions.negated { format!("everything but {list}") } else { list }).into_owned()
}

/// A condition: `` when `kms:ViaService` is `s3…` ``, without the `when`.
pub(super) fn condition(condition: &Condition) -> String {
    let key = format!("`{}`", condition.key.shown());
    let list = values(condition);
    let sentence = match Operator::of(&condition.operator) {
        None => format!("{} {key} {list}", condition.operator.shown()),
        Some(operator) if operator.comparison == Comparison::Null => {
            let missing = condition.values.iter().any(|value| value.value.is("true"));
            format!("{key} is {}", if missing { "missing" } else { "present" })
        }
        Some(operator) => {
            let verb = format!("{} {list}", verb(operator));
            let rest = if operator.if_exists { ", where it is present" } else { "" };
            match operator.set {
                Some(SetQualifier::ForAnyValue) => format!("a value of {key} {verb}{rest}"),
                Some(SetQualifier::ForAllValues) => format!("every value of {key} {verb}, or it is missing"),
                None => format!("{key} {verb}{rest}"),
            }
        }
    };
    safe::line(&sentence).into_owned()
}

fn verb(operator: Operator) -> &'static str {
    match (operator.comparison, operator.negated) {
        (Comparison::StringLike | Comparison::ArnLike, false) => "is like",
        (Comparison::StringLike | Comparison::ArnLike, true) => "is not like",
        (Comparison::StringEqualsIgnoreCase, false) => "is (in any case)",
        (Comparison::StringEqualsIgnoreCase, true) => "is not (in any case)",
        (Comparison::IpAddress, false) => "is in",
        (Comparison::IpAddress, true) => "is not in",
        (Comparison::NumericLessThan, _) => "is less than",
        (Comparison::NumericLessThanEquals, _) => "is at most",
        (Comparison::NumericGreaterThan, _) => "is more than",
        (Comparison::NumericGreaterThanEquals, _) => "is at least",
        (Comparison::DateLessThan, _) => "is before",
        (Comparison::DateLessThanEquals, _) => "is not after",
        (Comparison::DateGreaterThan, _) => "is after",
        (Comparison::DateGreaterThanEquals, _) => "is not before",
        (_, false) => "is",
        (_, true) => "is not",
    }
}

fn values(condition: &Condition) -> String {
    let mut shown: Vec<String> = condition
        .values
        .iter()
        .take(MOST_VALUES)
        .map(|value| format!("`{}`", Text::shown(&value.value)))
        .collect();
    let more = condition.values.len().saturating_sub(MOST_VALUES);
    if more > 0 {
        shown.push(format!("{more} others"));
    }
    shown.extend(condition.open.iter().map(|unknown| format!("`{}`", unknown.name)));
    match shown.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => shown.concat(),
    }
}

/// Short names of actions, `kms:` left out; the rest counted.
pub(super) fn short(actions: &[&str], most: usize) -> String {
    let mut shown: Vec<&str> =
        actions.iter().take(most).map(|act| act.strip_prefix("kms:").unwrap_or(act)).collect();
    let more = format!("{} more", actions.len().saturating_sub(most));
    if actions.len() > most {
        shown.push(&more);
    }
    shown.join(", ")
}
