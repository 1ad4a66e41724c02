//! Comparisons in a few words: what shared statements, unknown values and policy variables do to an answer.

mod callers;
mod classes;
mod pairs;

use super::super::testing::{OTHER, OWN, ROOT, document, policy, setting, statement};
use super::compare;
use crate::logic::Verdict::{self, CannotTell, No, Yes};

/// What the second policy allows beyond the first one, and the reverse.
fn both(old: &str, new: &str) -> (Verdict, Verdict) {
    let (old, new) = (policy(old), policy(new));
    let verdict = |old, new| compare(old, new, &setting()).answer.verdict;
    (verdict(&old, &new), verdict(&new, &old))
}

fn allow(principal: &str, action: &str, condition: &str) -> String {
    statement("Allow", principal, action, condition)
}

const ANN: &str = r#"{"AWS":"arn:aws:iam::%O:user/ann"}"#;
const BOB: &str = r#"{"AWS":["arn:aws:iam::%O:user/ann","arn:aws:iam::%O:user/bob"]}"#;
const USE: &str = r#"["kms:Decrypt","kms:Encrypt"]"#;

#[test]
fn shared_statements_let_nothing_new_in() {
    let ann = allow(ANN, USE, "");
    assert_eq!(both(&format!("{ROOT},{ann}"), &format!("{ann},{ROOT}")), (No, No));
    assert_eq!(both(&ann, &allow(BOB, USE, "")), (Yes, No));
    assert_eq!(both(&allow(ANN, r#""kms:Decrypt""#, ""), &ann), (Yes, No));
    let tested = allow(ANN, USE, r#"{"Bool":{"aws:SecureTransport":"true"}}"#);
    assert_eq!(both(&tested, &ann), (Yes, No));
    assert_eq!(both(&allow(r#""*""#, USE, ""), &allow(r#"{"AWS":"%F"}"#, USE, "")), (No, Yes));
    // Naming a user of the account is more than letting the account's IAM policies do it.
    assert_eq!(both(ROOT, &format!("{ROOT},{ann}")), (Yes, No));
}

#[test]
fn a_lifted_deny_makes_shared_statements_new() {
    let ann = allow(ANN, USE, "");
    let deny = statement("Deny", ANN, r#""kms:Decrypt""#, "");
    let wider = statement("Deny", BOB, USE, "");
    assert_eq!(both(&format!("{ann},{deny}"), &ann), (Yes, No));
    assert_eq!(both(&format!("{ann},{deny}"), &format!("{wider},{ann}")), (No, Yes));
    let open = statement("Deny", ANN, r#""kms:Decrypt""#, r#"{"Null":{"aws:SourceVpce":"true"}}"#);
    assert_eq!(both(&format!("{ann},{deny}"), &format!("{ann},{open}")), (Yes, No));
}

#[test]
fn a_lifted_deny_gives_nothing_to_others() {
    let shared = format!("{},{}", allow(ANN, USE, ""), allow(BOB, USE, ""));
    let bob = r#"{"AWS":"arn:aws:iam::%O:user/bob"}"#;
    let old = policy(&format!("{shared},{}", statement("Deny", bob, USE, "")));
    let found = compare(&old, &policy(&shared), &setting()).found;
    assert!(!found.is_empty() && found.iter().all(|access| access.statement == Some(1)));
}

#[test]
fn every_principal_that_is_new_is_told() {
    let (old, new) = (policy(ROOT), policy(&format!("{ROOT},{}", allow(BOB, USE, ""))));
    let found = compare(&old, &new, &setting()).found;
    let places: Vec<_> = found.iter().map(|access| (access.statement, access.principal)).collect();
    assert_eq!(places, [(Some(1), Some(0)), (Some(1), Some(1))]);
}

#[test]
fn an_unknown_value_equals_itself() {
    let test = |value: &str| format!(r#"{{"StringEquals":{{"aws:PrincipalOrgID":"{value}"}}}}"#);
    let anyone = |value: &str| allow(r#""*""#, USE, &test(value));
    assert_eq!(both(&anyone("?org"), &anyone("?org")), (No, No));
    assert_eq!(both(&anyone("?org"), &anyone("?other")), (CannotTell, CannotTell));
    assert_eq!(both(&allow(r#""*""#, USE, ""), &anyone("?org")), (No, CannotTell));
    let role = |name: &str| allow(&format!(r#"{{"AWS":"{name}"}}"#), USE, "");
    assert_eq!(both(&role("?role"), &role("?role")), (No, No));
    assert_eq!(both(&role("?role"), &role("?another")), (CannotTell, CannotTell));
    // Whoever it is, everyone holds it; and it may be everyone.
    assert_eq!(both(&allow(r#""*""#, USE, ""), &role("?role")), (No, CannotTell));
    let act = |name: &str| allow(ANN, &format!(r#"["kms:Decrypt","{name}"]"#), "");
    assert_eq!(both(&act("?act"), &act("?act")), (No, No));
    assert_eq!(both(&allow(ANN, r#""kms:*""#, ""), &act("?act")).0, No);
    assert_eq!(both(&act("?act"), &allow(ANN, r#""kms:Decrypt""#, "")).0, No);
    assert_eq!(both(&act("?act"), &allow(ANN, r#""kms:Sign""#, "")).0, CannotTell);
}

#[test]
fn a_variable_equals_itself() {
    let of = |operator: &str, variable: &str| {
        allow(r#""*""#, USE, &format!(r#"{{"{operator}":{{"aws:PrincipalTag/team":"{variable}"}}}}"#))
    };
    let owner = of("StringEquals", "${aws:ResourceTag/team}");
    assert_eq!(both(&owner, &owner), (No, No));
    assert_eq!(both(&allow(r#""*""#, USE, ""), &owner).0, No);
    let deny = statement(
        "Deny",
        r#""*""#,
        USE,
        r#"{"StringNotEquals":{"aws:PrincipalTag/team":"${aws:ResourceTag/team}"}}"#,
    );
    assert_eq!(both(&owner, &format!("{owner},{deny}")).0, No);
    // In the version of 2008 it is a text like any other.
    let old = |text: &str| document(&format!(r#"{{"Version":"2008-10-17","Statement":[{text}]}}"#));
    let (one, two) = (old(&owner), old(&of("StringEquals", "blue")));
    assert_eq!(compare(&one, &two, &setting()).answer.verdict, Yes);
}
