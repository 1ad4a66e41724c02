//! Tables of `kms-semantics` on lockout: who remains, and whose fault it is.

use super::testing::{ROOT, document, policy, setting, statement};
use super::*;
use crate::logic::Verdict::{self, CannotTell, No, Yes};

const PUT: &str = r#""kms:*""#;

/// Whether nobody manages, and whether a Deny covers all managers.
fn judged(statements: &str) -> (Verdict, Verdict) {
    let document = policy(statements);
    (nobody_manages(&document, &setting()).verdict, deny_covers_managers(&document, &setting()).verdict)
}

fn classes(statements: &str) -> Vec<ManagerClass> {
    managers(&policy(statements), &setting()).into_iter().map(|manager| manager.class).collect()
}

#[test]
fn managers_have_classes() {
    let of = |principal: &str| classes(&statement("Allow", principal, PUT, ""));
    for (principal, class) in [
        (r#"{"AWS":"arn:aws:iam::%O:root"}"#, ManagerClass::Account),
        (r#"{"AWS":"%O"}"#, ManagerClass::Account),
        (r#"{"AWS":"?own"}"#, ManagerClass::Account),
        (r#""*""#, ManagerClass::Pattern),
        (r#"{"AWS":"arn:aws:iam::%O:role/admin"}"#, ManagerClass::Role),
        (r#"{"AWS":"arn:aws:iam::%O:user/ann"}"#, ManagerClass::User),
        (
            r#"{"AWS":"arn:aws:iam::%O:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_1"}"#,
            ManagerClass::SsoRole,
        ),
        (r#"{"AWS":"arn:aws:sts::%O:assumed-role/admin/ci"}"#, ManagerClass::Session),
        (r#"{"AWS":"arn:aws:sts::%O:federated-user/ann"}"#, ManagerClass::Session),
        (r#"{"AWS":"?attribute"}"#, ManagerClass::Role),
        (r#"{"AWS":"?anything"}"#, ManagerClass::Unknown),
    ] {
        assert_eq!(of(principal), [class], "{principal}");
    }
    for principal in [
        r#"{"AWS":"arn:aws:iam::%F:root"}"#,
        r#"{"Service":"s3.amazonaws.com"}"#,
        r#"{"AWS":"AROAAAAAAAAAAAAAAAAAA"}"#,
        r#"{"AWS":"arn:aws:iam::%O:group/admins"}"#,
    ] {
        assert!(of(principal).is_empty(), "{principal}");
        assert_eq!(judged(&statement("Allow", principal, PUT, "")), (Yes, No), "{principal}");
    }
}

#[test]
fn a_manager_is_enough() {
    assert_eq!(judged(ROOT), (No, No));
    let usage = statement("Allow", r#"{"AWS":"arn:aws:iam::%O:role/app"}"#, r#""kms:Decrypt""#, "");
    assert_eq!(judged(&usage), (Yes, No));
    assert_eq!(judged(&format!("{usage},{ROOT}")), (No, No));
    let unknown = statement("Allow", r#"{"AWS":"?admins"}"#, PUT, "");
    assert_eq!(judged(&unknown), (CannotTell, No));
    assert_eq!(judged(r#"{"Effect":"Allow","Principal":{"AWS":"%O"},"Action":"kms:*"}"#), (Yes, No));
    assert_eq!(judged("\"?statement\"").0, CannotTell);
}

#[test]
fn conditions_that_never_hold_for_a_policy_change() {
    for condition in [
        r#"{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}"#,
        r#"{"StringEquals":{"kms:EncryptionContext:a":"b"}}"#,
        r#"{"Bool":{"kms:GrantIsForAWSResource":"true"}}"#,
        r#"{"StringEquals":{"aws:SourceArn":"arn:aws:cloudfront::%O:distribution/E"}}"#,
        r#"{"StringEquals":{"aws:SourceAccount":"%O"}}"#,
        r#"{"StringEquals":{"aws:SourceOrgID":"o-aaaaaaaaaa"}}"#,
        r#"{"StringEquals":{"kms:RequestAlias":"alias/a"}}"#,
        r#"{"StringEquals":{"kms:EncryptionAlgorithm":"SYMMETRIC_DEFAULT"}}"#,
        r#"{"StringEquals":{"kms:CallerAccount":"%F"}}"#,
        r#"{"StringNotEquals":{"kms:CallerAccount":"%O"}}"#,
        r#"{"StringEquals":{"kms:CallerAccount":"*"}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%F:role/*"}}"#,
        r#"{"Null":{"kms:ViaService":"false"}}"#,
        r#"{"StringEquals":{"kms:ViaServce":"s3.us-east-1.amazonaws.com"}}"#,
        r#"{"Bool":{"aws:PrincipalIsAWSService":"true"}}"#,
    ] {
        let root = statement("Allow", r#"{"AWS":"arn:aws:iam::%O:root"}"#, PUT, condition);
        assert_eq!(judged(&root), (Yes, No), "{condition}");
    }
}

#[test]
fn conditions_that_can_hold() {
    for condition in [
        r#"{"StringEquals":{"kms:CallerAccount":"%O"}}"#,
        r#"{"StringEquals":{"aws:PrincipalAccount":["%F","%O"]}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%O:role/admin-*"}}"#,
        r#"{"StringNotEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}"#,
        r#"{"StringEqualsIfExists":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}"#,
        r#"{"Null":{"kms:ViaService":"true"}}"#,
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#"{"StringEquals":{"aws:PrincipalTag/admin":"yes"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#,
    ] {
        let everyone = statement("Allow", r#""*""#, PUT, condition);
        assert_eq!(judged(&everyone), (No, No), "{condition}");
        assert_eq!(classes(&everyone), [ManagerClass::Pattern], "{condition}");
    }
    let open = statement("Allow", r#""*""#, PUT, r#"{"StringEquals":{"saml:sub":"x"}}"#);
    assert_eq!(judged(&open).0, CannotTell);
}

#[test]
fn a_deny_of_everyone_covers_managers() {
    for condition in [
        "",
        r#"{"StringNotEquals":{"aws:PrincipalArn":"arn:aws:iam::%O:role/*"}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalAccount":"%F"}}"#,
        r#"{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::%F:role/admin"}}"#,
        r#"{"StringNotEquals":{"kms:ViaServce":"s3.us-east-1.amazonaws.com"}}"#,
        r#"{"StringNotEquals":{"aws:SourceAccount":"%O"}}"#,
        r#"{"Null":{"kms:ViaService":"true"}}"#,
        r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
    ] {
        let deny = statement("Deny", r#"{"AWS":"*"}"#, r#""kms:Put*""#, condition);
        assert_eq!(judged(&format!("{ROOT},{deny}")), (No, Yes), "{condition}");
        assert_eq!(judged(&format!("{deny},{ROOT}")), (No, Yes), "{condition}");
    }
    let root = statement("Deny", r#"{"AWS":"arn:aws:iam::%O:root"}"#, PUT, "");
    let role = statement("Allow", r#"{"AWS":"arn:aws:iam::%O:role/admin"}"#, PUT, "");
    assert_eq!(judged(&format!("{role},{root}")), (No, Yes));
    let foreign =
        r#"{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::%F:root"},"Action":"kms:*","Resource":"*"}"#;
    assert_eq!(judged(&format!("{ROOT},{foreign}")), (No, Yes));
}

#[test]
fn exemptions_work() {
    for condition in [
        r#"{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::%O:role/admin"}}"#,
        r#"{"StringNotLike":{"aws:PrincipalArn":["arn:aws:iam::%O:role/*","arn:aws:iam::%O:root"]}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalAccount":"%O"}}"#,
        r#"{"StringNotEqualsIfExists":{"kms:CallerAccount":["%F","%O"]}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#,
        r#"{"Bool":{"aws:SecureTransport":"false"}}"#,
        r#"{"Bool":{"aws:PrincipalIsAWSService":"true"}}"#,
        r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#,
        r#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#"{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}"#,
        r#"{"Bool":{"kms:BypassPolicyLockoutSafetyCheck":"true"}}"#,
        r#"{"StringNotEquals":{"aws:ResourceAccount":"%O"}}"#,
    ] {
        let deny = statement("Deny", r#""*""#, PUT, condition);
        assert_eq!(judged(&format!("{ROOT},{deny}")), (No, No), "{condition}");
    }
    let deletion = statement("Deny", r#""*""#, r#""kms:ScheduleKeyDeletion""#, "");
    assert_eq!(judged(&format!("{ROOT},{deletion}")), (No, No));
    let others = statement(
        "Deny",
        r#""*""#,
        PUT,
        r#"{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::%O:role/admin"}}"#,
    );
    assert_eq!(classes(&format!("{ROOT},{others}")), [ManagerClass::Pattern]);
}

#[test]
fn an_exemption_must_name_somebody_who_is_allowed() {
    let admin = statement("Allow", r#"{"AWS":"arn:aws:iam::%O:role/admin"}"#, PUT, "");
    let deny = |arn: &str| {
        let condition = format!(r#"{{"ArnNotLike":{{"aws:PrincipalArn":"{arn}"}}}}"#);
        judged(&format!("{admin},{}", statement("Deny", r#""*""#, PUT, &condition)))
    };
    assert_eq!(deny("arn:aws:iam::%O:role/other"), (No, Yes));
    assert_eq!(deny("arn:aws:iam::%O:role/admin"), (No, No));
    assert_eq!(deny("arn:aws:iam::%O:role/adm*"), (No, No));
    assert_eq!(deny("?admin"), (No, CannotTell));
}

#[test]
fn unknowns_in_a_deny_are_cannot_tell() {
    let deny = statement("Deny", r#"{"AWS":"?who"}"#, PUT, "");
    assert_eq!(judged(&format!("{ROOT},{deny}")), (No, CannotTell));
    let not_principal = r#"{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::%O:role/a"},"Action":"kms:*","Resource":"*"}"#;
    assert_eq!(judged(&format!("{ROOT},{not_principal}")), (No, CannotTell));
    let timed =
        statement("Deny", r#""*""#, PUT, r#"{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#);
    assert_eq!(judged(&format!("{ROOT},{timed}")), (No, CannotTell));
}

#[test]
fn sessions_only_and_roles_only() {
    let session = statement("Allow", r#"{"AWS":"arn:aws:sts::%O:assumed-role/ci/run"}"#, PUT, "");
    let only = |statements: &str, classes: &[ManagerClass]| {
        managed_only_by(&policy(statements), &setting(), classes).verdict
    };
    assert_eq!(only(&session, &[ManagerClass::Session]), Yes);
    assert_eq!(only(&format!("{session},{ROOT}"), &[ManagerClass::Session]), No);
    let unknown = statement("Allow", r#"{"AWS":"?admins"}"#, PUT, "");
    assert_eq!(only(&format!("{session},{unknown}"), &[ManagerClass::Session]), CannotTell);
    assert_eq!(only(&unknown, &[ManagerClass::Session]), CannotTell);
}

#[test]
fn the_account_is_inferred_from_the_default_policy_only() {
    let unset = Setting::default();
    assert!(nobody_manages(&policy(ROOT), &unset).is_no());
    let two = policy(&format!("{ROOT},{}", statement("Allow", r#"{"AWS":"%F"}"#, r#""kms:Decrypt""#, "")));
    assert!(nobody_manages(&two, &unset).is_no());
    // Two accounts that are given everything: either may be the own one.
    let foreign = |action: &str| statement("Allow", r#"{"AWS":"%F"}"#, action, "");
    assert!(nobody_manages(&policy(&format!("{ROOT},{}", foreign(r#""kms:*""#))), &unset).is_open());
    assert!(nobody_manages(&policy(&format!("{ROOT},{}", foreign(r#""?actions""#))), &unset).is_open());
    let usage = policy(&statement("Allow", r#"{"AWS":"%F"}"#, r#""kms:Decrypt""#, ""));
    assert!(nobody_manages(&usage, &unset).is_yes());
}

#[test]
fn undecided_branches() {
    let either = r#"{"?if":"IsProd","then":"arn:aws:iam::%O:root","else":"arn:aws:iam::%F:root"}"#;
    let answer =
        nobody_manages(&policy(&statement("Allow", &format!(r#"{{"AWS":{either}}}"#), PUT, "")), &setting());
    assert!(answer.is_open());
    assert!(
        answer.because.iter().any(|w| &*w.fact == "when `IsProd` is false, which is not known"),
        "{answer:?}"
    );
    let both = r#"{"?if":"IsProd","then":"arn:aws:iam::%O:root","else":"arn:aws:iam::%O:role/admin"}"#;
    assert_eq!(judged(&statement("Allow", &format!(r#"{{"AWS":{both}}}"#), PUT, "")), (No, No));
    let default = document(r#"{"?if":"var.own","then":null,"else":{"Statement":[]}}"#);
    assert!(nobody_manages(&default, &setting()).is_open());
}

#[test]
fn two_denies_that_spare_different_roles_spare_nobody() {
    let deny = |operator: &str, spared: &str| {
        let condition = format!(r#"{{"{operator}":{{"aws:PrincipalArn":{spared}}}}}"#);
        statement("Deny", r#""*""#, PUT, &condition)
    };
    let judge = |one: &str, two: &str| {
        deny_covers_managers(&policy(&format!("{ROOT},{one},{two}")), &setting()).verdict
    };
    let (a, b) = (r#""arn:aws:iam::%O:role/a""#, r#""arn:aws:iam::%O:role/b""#);
    assert_eq!(judge(&deny("StringNotEquals", a), &deny("ArnNotEquals", b)), Yes);
    assert_eq!(judge(&deny("StringNotEquals", a), &deny("StringNotEquals", a)), No);
    let any = r#""arn:aws:iam::%O:role/*""#;
    assert_eq!(judge(&deny("StringNotEquals", a), &deny("ArnNotLike", any)), No);
    let both = r#"["arn:aws:iam::%O:role/a","arn:aws:iam::%O:role/b"]"#;
    assert_eq!(judge(&deny("StringNotEquals", both), &deny("StringNotEquals", b)), No);
    assert_eq!(judge(&deny("StringNotEquals", a), &deny("StringNotEquals", r#""?var.role""#)), CannotTell);
}
