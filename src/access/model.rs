//! A second evaluator, naive on purpose, to test the real one against: one function for each paragraph of AWS's text,
//! on plain JSON, without unknowns, places or speed.
//!
//! IAM User Guide: "Policy evaluation logic", "Condition operators", "Multivalued context keys". AWS KMS Developer
//! Guide: "Key policies", "Allowing users in other accounts to use a KMS key".

use super::{CallerKind, Request};
use crate::policy::facts;
use serde_json::Value;

/// "An explicit deny in any policy overrides any allows."
pub(super) fn outcome(request: &Request, key: &Value, identity: &[Value]) -> super::Outcome {
    let denies = |policy: &Value, is_key: bool| {
        statements(policy, "Deny").any(|one| applies(one, request, is_key).is_some())
    };
    if denies(key, true) || identity.iter().any(|policy| denies(policy, false)) {
        return super::Outcome::ExplicitlyDenied;
    }
    if allows(request, key, identity) { super::Outcome::Allowed } else { super::Outcome::ImplicitlyDenied }
}

/// "Within an account a key policy may allow directly, or let IAM policies allow. Across accounts both must allow, and
/// only some operations work." Services have no IAM policies.
fn allows(request: &Request, key: &Value, identity: &[Value]) -> bool {
    let ways: Vec<Way> = statements(key, "Allow").filter_map(|one| applies(one, request, true)).collect();
    let by_identity = identity
        .iter()
        .any(|policy| statements(policy, "Allow").any(|one| applies(one, request, false).is_some()));
    let direct = ways.contains(&Way::Direct);
    match (request.caller.kind, &request.caller.account) {
        (CallerKind::Service, _) => direct,
        (CallerKind::Root, Some(account)) if *account == request.key_account => !ways.is_empty(),
        (_, Some(account)) if *account == request.key_account => direct || (!ways.is_empty() && by_identity),
        _ => facts::action(&request.action).unwrap().cross_account && !ways.is_empty() && by_identity,
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Direct,
    Delegated,
}

fn statements<'a>(policy: &'a Value, effect: &'a str) -> impl Iterator<Item = &'a Value> {
    policy["Statement"].as_array().unwrap().iter().filter(move |one| one["Effect"] == effect)
}

/// "A statement applies when principal, action, resource and every condition match." In identity policies of these
/// tests the resource is the key.
fn applies(statement: &Value, request: &Request, is_key: bool) -> Option<Way> {
    let action = |list: &Value| {
        texts(list).iter().any(|one| like(&one.to_lowercase(), &request.action.to_lowercase()))
    };
    let named = match (&statement["Action"], &statement["NotAction"]) {
        (Value::Null, not) => !action(not),
        (is, _) => action(is),
    };
    let way = if is_key { principal(&statement["Principal"], request)? } else { Way::Direct };
    (named && conditions(statement, request)).then_some(way)
}

/// "The account principal delegates. A role principal means its sessions."
fn principal(principal: &Value, request: &Request) -> Option<Way> {
    if principal == "*" {
        return Some(Way::Direct);
    }
    let caller = &request.caller;
    let account = caller.account.clone().unwrap_or("none".into());
    if texts(&principal["Service"]).contains(&caller.name) {
        return Some(Way::Direct);
    }
    let role = caller.name.split(":assumed-role/").nth(1).and_then(|rest| rest.split('/').next());
    let mut delegated = None;
    for one in texts(&principal["AWS"]) {
        if one == "*" || one == caller.name {
            return Some(Way::Direct);
        }
        if one == account || one == format!("arn:aws:iam::{account}:root") {
            delegated = Some(Way::Delegated);
        }
        let roles = one.strip_prefix(&format!("arn:aws:iam::{account}:role/"));
        if roles.is_some() && roles.and_then(|path| path.rsplit('/').next()) == role {
            return Some(Way::Direct);
        }
    }
    // The root user is named by its account's principal and is its account.
    delegated
}

/// "All conditions must be met."
fn conditions(statement: &Value, request: &Request) -> bool {
    let Some(operators) = statement["Condition"].as_object() else { return true };
    operators.iter().all(|(operator, keys)| {
        keys.as_object()
            .unwrap()
            .iter()
            .all(|(key, values)| condition(operator, key, &texts(values), request))
    })
}

/// "If the key is not in the request, the values do not match … `IfExists` … `ForAllValues` … `ForAnyValue` …"
fn condition(written: &str, key: &str, values: &[String], request: &Request) -> bool {
    let real = real_values(key, request);
    let (set, operator) = written.split_once(':').unwrap_or(("", written));
    if operator == "Null" {
        return values.iter().any(|value| value == if real.is_empty() { "true" } else { "false" });
    }
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let negated = operator.contains("Not");
    let positive = operator.replace("Not", "");
    if real.is_empty() {
        return if_exists || set == "ForAllValues" || (negated && set != "ForAnyValue");
    }
    let holds = |real: &String| values.iter().any(|value| compare(&positive, value, real)) != negated;
    match set {
        "ForAllValues" => real.iter().all(holds),
        "ForAnyValue" => real.iter().any(holds),
        _ if negated => real.iter().all(holds),
        _ => real.iter().any(holds),
    }
}

/// "Condition operators", one by one.
fn compare(operator: &str, value: &str, real: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
    let date = |text: &str| match text.parse::<i64>() {
        Ok(seconds) => jiff::Timestamp::from_second(seconds).unwrap(),
        Err(_) => text.parse::<jiff::Timestamp>().unwrap(),
    };
    match operator {
        "StringEquals" | "Bool" => value == real,
        "StringEqualsIgnoreCase" => value.to_lowercase() == real.to_lowercase(),
        "StringLike" => like(value, real),
        "ArnEquals" | "ArnLike" => {
            let (one, two): (Vec<_>, Vec<_>) =
                (value.splitn(6, ':').collect(), real.splitn(6, ':').collect());
            value == "*"
                || one.len() == 6 && two.len() == 6 && one.iter().zip(two).all(|(one, two)| like(one, two))
        }
        "IpAddress" => {
            let net: ipnet::IpNet = value.parse().unwrap();
            real.parse().is_ok_and(|address: std::net::IpAddr| net.contains(&address))
        }
        "NumericEquals" => (number(value) - number(real)).abs() < f64::EPSILON,
        "NumericLessThan" => number(real) < number(value),
        "NumericGreaterThanEquals" => number(real) >= number(value),
        "DateLessThan" => date(real) < date(value),
        "DateGreaterThan" => date(real) > date(value),
        other => panic!("{other}"),
    }
}

/// "`*` is any number of characters, `?` is one."
fn like(pattern: &str, text: &str) -> bool {
    fn at(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.first(), text.first()) {
            (None, None) => true,
            (Some(b'*'), _) => at(&pattern[1..], text) || (!text.is_empty() && at(pattern, &text[1..])),
            (Some(b'?'), Some(_)) => at(&pattern[1..], &text[1..]),
            (Some(one), Some(two)) => one == two && at(&pattern[1..], &text[1..]),
            _ => false,
        }
    }
    at(pattern.as_bytes(), text.as_bytes())
}

/// The request context, with what follows from the caller.
fn real_values(key: &str, request: &Request) -> Vec<String> {
    if let Some((_, values)) = request.context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)) {
        return values.clone();
    }
    let Some(account) = request.caller.account.clone() else { return Vec::new() };
    match key.to_lowercase().as_str() {
        "aws:principalaccount" | "kms:calleraccount" => vec![account],
        "aws:principalarn" => vec![match request.caller.name.split(":assumed-role/").nth(1) {
            Some(rest) => format!("arn:aws:iam::{account}:role/{}", rest.split('/').next().unwrap()),
            None => request.caller.name.clone(),
        }],
        _ => Vec::new(),
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().map(|item| item.as_str().unwrap().to_owned()).collect(),
        one => vec![one.as_str().unwrap().to_owned()],
    }
}
