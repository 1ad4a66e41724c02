//! Tables of questions about statements and their principals: every sort of principal, and what is not known.

use super::own::Own;
use super::testing::{OWN, ROOT, document, identity, policy, setting, statement};
use super::*;
use crate::logic::Verdict::{self, CannotTell, No, Yes};
use crate::policy::{Document, Statement};

const ROLE: &str = r#"{"AWS":"arn:aws:iam::%O:role/app"}"#;
const DECRYPT: &str = r#""kms:Decrypt""#;

type Question = fn(&Statement, &Document, &Setting) -> Access;

/// The answer about the last statement.
fn of_last(question: Question, statements: &str) -> Verdict {
    let document = policy(statements);
    question(document.statements.last().unwrap(), &document, &setting()).verdict
}

#[test]
fn attestation_is_bypassed_by_those_who_are_let_in_without() {
    let attested = r#"{"StringEqualsIgnoreCase":{"kms:RecipientAttestation:ImageSha384":"abc"}}"#;
    let own = statement("Allow", ROLE, DECRYPT, attested);
    let allow = |principal: &str| statement("Allow", principal, DECRYPT, "");
    let deny = |action: &str| {
        let unattested = r#"{"StringNotEqualsIgnoreCase":{"kms:RecipientAttestation:ImageSha384":"abc"}}"#;
        format!("{},{}", allow(ROLE), statement("Deny", r#""*""#, action, unattested))
    };
    for (others, expected) in [
        (allow(ROLE), Yes),
        (allow(r#""*""#), Yes),
        (allow(r#"{"AWS":"%O"}"#), Yes),
        (allow(r#"{"AWS":"%F"}"#), No),
        (allow(r#"{"AWS":"arn:aws:iam::%O:role/other"}"#), No),
        (allow(r#"{"AWS":"?anything"}"#), CannotTell),
        (allow(r#"{"AWS":"?attribute"}"#), CannotTell),
        (allow(r#"{"Service":"sns.amazonaws.com"}"#), No),
        (allow(ROLE).replace("Principal", "NotPrincipal"), No),
        (statement("Allow", ROLE, r#""kms:PutKeyPolicy""#, ""), No),
        (statement("Allow", ROLE, r#""kms:D*""#, ""), Yes),
        (statement("Deny", ROLE, DECRYPT, ""), No),
        (statement("Allow", ROLE, DECRYPT, attested), No),
        ("\"?statement\"".to_owned(), CannotTell),
        (deny(DECRYPT), No),
        (deny(r#""kms:Sign""#), Yes),
    ] {
        assert_eq!(of_last(attestation_is_bypassed, &format!("{others},{own}")), expected, "{others}");
    }
    assert_eq!(of_last(attestation_is_bypassed, &allow(ROLE)), No, "it asks for none");
}

#[test]
fn identities_are_shut_out_by_what_only_services_send() {
    let both = r#"{"Service":"sns.amazonaws.com","AWS":"arn:aws:iam::%O:role/app"}"#;
    let account = r#"{"StringEquals":{"aws:SourceAccount":"%O"}}"#;
    let shut = |others: &[String]| {
        let own = statement("Allow", both, DECRYPT, account);
        let all: Vec<&str> = others.iter().map(String::as_str).chain([own.as_str()]).collect();
        of_last(identities_shut_out_by_source, &all.join(","))
    };
    let allow = |principal: &str, condition: &str| statement("Allow", principal, DECRYPT, condition);
    assert_eq!(shut(&[]), Yes);
    for (other, expected) in [
        (allow(ROLE, ""), No),
        (ROOT.to_owned(), No),
        (allow(r#""*""#, ""), No),
        (allow(ROLE, r#"{"Bool":{"aws:SecureTransport":"true"}}"#), Yes),
        (allow(r#"{"AWS":"arn:aws:iam::%O:user/ann"}"#, ""), Yes),
        (statement("Allow", ROLE, r#""kms:Encrypt""#, ""), Yes),
        (allow(r#"{"AWS":"?anything"}"#, ""), CannotTell),
    ] {
        assert_eq!(shut(std::slice::from_ref(&other)), expected, "{other}");
    }
    for (principal, condition, expected) in [
        (both, account, Yes),
        (both, "", No),
        (both, r#"{"StringEqualsIfExists":{"aws:SourceAccount":"%O"}}"#, No),
        (both, r#"{"StringEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#, No),
        (ROLE, account, No),
        (r#"{"Service":"sns.amazonaws.com"}"#, account, No),
        (r#"{"Service":"sns.amazonaws.com","AWS":"%O"}"#, account, Yes),
        (r#"{"Service":"sns.amazonaws.com","AWS":"arn:aws:iam::%O:user/ann"}"#, account, Yes),
        (r#"{"Service":"sns.amazonaws.com","AWS":"arn:aws:sts::%O:assumed-role/a/b"}"#, account, Yes),
        (r#"{"Service":"sns.amazonaws.com","AWS":"*"}"#, account, No),
    ] {
        let own = statement("Allow", principal, DECRYPT, condition);
        assert_eq!(of_last(identities_shut_out_by_source, &own), expected, "{own}");
    }
}

#[test]
fn the_account_is_delegated_to_with_or_without_condition() {
    let mfa = r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#;
    let put = |principal: &str| statement("Allow", principal, r#""kms:*""#, "");
    for (statements, expected) in [
        (ROOT.to_owned(), No),
        (put(r#"{"AWS":"?own"}"#), No),
        (put(r#"{"AWS":"%F"}"#), Yes),
        (put(r#"{"AWS":"?account"}"#), CannotTell),
        (put(r#"{"AWS":"?attribute"}"#), CannotTell),
        (put(r#"{"AWS":"?anything"}"#), CannotTell),
        (put(r#""*""#), Yes),
        (put(ROLE), Yes),
        (put(r#"{"AWS":"%O"}"#).replace("Principal", "NotPrincipal"), Yes),
        (statement("Deny", r#"{"AWS":"%O"}"#, r#""kms:*""#, ""), Yes),
        (statement("?effect", r#"{"AWS":"%O"}"#, r#""kms:*""#, ""), CannotTell),
        (statement("Allow", r#"{"AWS":"%O"}"#, DECRYPT, ""), Yes),
        (statement("Allow", r#"{"AWS":"%O"}"#, r#""kms:Put*""#, ""), No),
        (statement("Allow", r#"{"AWS":"%O"}"#, r#""kms:*""#, mfa), Yes),
        ("\"?statement\"".to_owned(), CannotTell),
    ] {
        assert_eq!(no_delegation(&policy(&statements), &setting()).verdict, expected, "{statements}");
    }
    let with = |condition: &str| statement("Allow", r#"{"AWS":"%O"}"#, r#""kms:*""#, condition);
    assert_eq!(of_last(delegates_conditionally, &with("")), No);
    assert_eq!(of_last(delegates_conditionally, &with(mfa)), Yes);
    assert_eq!(of_last(delegates_conditionally, &format!("{ROOT},{}", with(mfa))), No);
    assert_eq!(of_last(delegates_conditionally, &format!("\"?statement\",{}", with(mfa))), CannotTell);
    assert_eq!(of_last(delegates_conditionally, &statement("Allow", ROLE, r#""kms:*""#, mfa)), No);
}

#[test]
fn grants_are_limited_by_sound_tests_only() {
    for (condition, expected) in [
        (r#"{"StringNotEquals":{"kms:GranteePrincipal":"a"}}"#, Yes),
        (r#"{"ForAllValues:StringEquals":{"kms:GranteePrincipal":"a"}}"#, Yes),
        (r#"{"Null":{"kms:GranteePrincipal":"false"}}"#, Yes),
        (r#"{"StringLike":{"kms:GranteePrincipal":"a*"}}"#, No),
        (r#"{"StringLike":{"kms:GranteePrincipal":["a","**"]}}"#, Yes),
        (r#"{"StringEquals":{"kms:GranteePrincipal":"*"}}"#, No),
        (r#"{"StringLike":{"kms:GranteePrincipal":"?anything"}}"#, CannotTell),
        (r#"{"StringEquals":{"kms:GranteePrincipal":"?anything"}}"#, No),
        (r#"{"ForAllValues:StringLike":{"kms:GrantOperations":"*"}}"#, Yes),
        (r#"{"ForAllValues:StringNotEquals":{"kms:GrantOperations":"Decrypt"}}"#, Yes),
        (r#"{"Bool":{"kms:grantisforawsresource":"True"}}"#, No),
        (r#"{"Bool":{"kms:GrantIsForAWSResource":"?anything"}}"#, CannotTell),
        (r#"{"Bool":{"kms:GrantIsForAWSResource":["true","false"]}}"#, Yes),
        (r#"{"Bool":{"kms:GrantIsForAWSResource":{"?if":"c","then":"true","else":"false"}}}"#, CannotTell),
        (r#"{"StringLike":{"kms:GranteePrincipal":{"?if":"c","then":"a","else":"*"}}}"#, CannotTell),
        (r#"{"StringLike":{"kms:GranteePrincipal":{"?if":"c","then":"a","else":"b"}}}"#, No),
        (r#"{"StringLike":{"kms:GranteePrincipal":"arn:<?text>"}}"#, CannotTell),
        (r#"{"StringEquals":{"kms:GranteePrincipal":"arn:<?text>"}}"#, No),
        (r#"{"?operator":{"kms:GranteePrincipal":"a"}}"#, CannotTell),
        ("\"?conditions\"", CannotTell),
    ] {
        let own = statement("Allow", ROLE, r#""kms:CreateGrant""#, condition);
        assert_eq!(of_last(create_grant_unrestricted, &own), expected, "{condition}");
    }
    for (principal, expected) in [
        (r#""*""#, Yes),
        (r#"{"AWS":"?own"}"#, No),
        (r#"{"AWS":"?account"}"#, CannotTell),
        (r#"{"AWS":"?anything"}"#, CannotTell),
        (r#"{"AWS":"?attribute"}"#, Yes),
        (r#"{"Service":"sns.amazonaws.com"}"#, No),
        (r#"{"AWS":"AROAAAAAAAAAAAAAAAAAA"}"#, No),
        (r#"{"AWS":"arn:aws:iam::1:role/a"}"#, No),
    ] {
        let own = statement("Allow", principal, r#""kms:CreateGrant""#, "");
        assert_eq!(of_last(create_grant_unrestricted, &own), expected, "{principal}");
    }
    let others = statement("Allow", ROLE, r#""kms:CreateGrant""#, "").replace("Principal", "NotPrincipal");
    assert_eq!(of_last(create_grant_unrestricted, &others), Yes);
}

#[test]
fn who_changes_the_policy_gains_nothing_by_grants() {
    let both = r#"["kms:CreateGrant","kms:PutKeyPolicy"]"#;
    for (principal, action, condition, expected) in [
        (ROLE, both, "", Yes),
        (ROLE, r#""kms:*""#, "", Yes),
        (ROLE, r#""kms:CreateGrant""#, "", No),
        (r#"{"AWS":"%O"}"#, both, "", Yes),
        (r#"{"AWS":"%F"}"#, both, "", No),
        (r#""*""#, both, "", No),
        (ROLE, both, r#"{"Bool":{"aws:SecureTransport":"true"}}"#, Yes),
        (ROLE, both, r#"{"StringEquals":{"kms:GranteePrincipal":"a"}}"#, No),
    ] {
        let own = statement("Allow", principal, action, condition);
        assert_eq!(of_last(changes_policy_too, &own), expected, "{own}");
    }
}

const CI: &str = "arn:aws:iam::111122223333:role/ci";
const ANN: &str = "arn:aws:iam::111122223333:user/ann";
const RUN: &str = "arn:aws:sts::111122223333:assumed-role/ci/run";

fn deploys(statements: &str, deployer: &str) -> Verdict {
    deployer_may(&policy(statements), &setting(), deployer, Duty::ChangePolicy).verdict
}

#[test]
fn the_deployer_is_found_among_principals() {
    // What the role, the user and a session of the role may do.
    for (principal, role, user, session) in [
        (r#""*""#, Yes, Yes, Yes),
        (r#"{"AWS":"%O"}"#, Yes, Yes, Yes),
        (r#"{"AWS":"?own"}"#, Yes, Yes, Yes),
        (r#"{"AWS":"%F"}"#, No, No, No),
        (r#"{"AWS":"?account"}"#, CannotTell, CannotTell, CannotTell),
        (r#"{"AWS":"arn:aws:iam::%O:role/ci"}"#, Yes, No, Yes),
        (r#"{"AWS":"arn:aws:iam::%O:role/path/ci"}"#, Yes, No, Yes),
        (r#"{"AWS":"arn:aws:iam::%O:role/other"}"#, No, No, No),
        (r#"{"AWS":"arn:aws:iam::%F:role/ci"}"#, No, No, No),
        (r#"{"AWS":"arn:aws:iam::<?own>:role/ci"}"#, Yes, No, Yes),
        (r#"{"AWS":"arn:aws:iam::<?account>:role/ci"}"#, CannotTell, No, CannotTell),
        (r#"{"AWS":"arn:aws:iam::%O:role/<?name>"}"#, CannotTell, No, CannotTell),
        (r#"{"AWS":"arn:aws:iam::%O:user/ann"}"#, No, Yes, No),
        (r#"{"AWS":"arn:aws-cn:iam::%O:user/ann"}"#, No, Yes, No),
        (r#"{"AWS":"arn:<?partition>:iam::<?own>:user/ann"}"#, No, Yes, No),
        (r#"{"AWS":"arn:aws:iam::%O:user/<?name>"}"#, CannotTell, CannotTell, CannotTell),
        (r#"{"AWS":"arn:aws:sts::%O:assumed-role/ci/run"}"#, CannotTell, No, Yes),
        (r#"{"AWS":"arn:aws:sts::%O:assumed-role/ci/other"}"#, CannotTell, No, No),
        (r#"{"AWS":"arn:aws:sts::%O:assumed-role/other/run"}"#, No, No, No),
        (r#"{"Service":"sns.amazonaws.com"}"#, No, No, No),
        (r#"{"AWS":"AROAAAAAAAAAAAAAAAAAA"}"#, No, No, No),
        (r#"{"AWS":"?attribute"}"#, CannotTell, CannotTell, CannotTell),
        (r#"{"AWS":"?anything"}"#, CannotTell, CannotTell, CannotTell),
    ] {
        let allow = statement("Allow", principal, r#""kms:PutKeyPolicy""#, "");
        assert_eq!([CI, ANN, RUN].map(|it| deploys(&allow, it)), [role, user, session], "{principal}");
    }
    let others = statement("Allow", r#"{"AWS":"%F"}"#, r#""kms:*""#, "").replace("Principal", "NotPrincipal");
    assert_eq!(deploys(&others, CI), CannotTell);
}

#[test]
fn the_deployer_is_stopped_by_conditions_and_denials() {
    let with = |condition: &str| statement("Allow", r#"{"AWS":"%O"}"#, r#""kms:*""#, condition);
    for (condition, role, session) in [
        (r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::%O:role/ci"}}"#, Yes, Yes),
        (r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::%O:role/other"}}"#, No, No),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%O:role/c*"}}"#, Yes, Yes),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%O:role/path/ci"}}"#, No, CannotTell),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%O:role/path/c*"}}"#, No, CannotTell),
        (r#"{"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::%O:role/path/c*"}}"#, No, No),
        (r#"{"ArnEquals":{"aws:PrincipalArn":"?attribute"}}"#, CannotTell, No),
        (r#"{"ArnEquals":{"aws:PrincipalArn":"?anything"}}"#, CannotTell, CannotTell),
        (r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#, CannotTell, CannotTell),
        (r#"{"StringEquals":{"kms:CallerAccount":"%O"}}"#, Yes, Yes),
        (r#"{"StringEquals":{"kms:CallerAccount":"%F"}}"#, No, No),
        (r#"{"StringLike":{"kms:CallerAccount":"1111*"}}"#, Yes, Yes),
        (r#"{"StringLike":{"kms:CallerAccount":"2*"}}"#, No, No),
        (r#"{"StringLike":{"kms:CallerAccount":"${aws:ResourceAccount}"}}"#, CannotTell, CannotTell),
        (r#"{"Null":{"aws:PrincipalArn":"false"}}"#, Yes, Yes),
        (r#"{"Null":{"aws:PrincipalArn":"true"}}"#, No, No),
        (r#"{"Null":{"aws:PrincipalArn":"?anything"}}"#, CannotTell, CannotTell),
        (r#"{"Null":{"aws:PrincipalArn":["false","?anything"]}}"#, CannotTell, CannotTell),
        (r#"{"Null":{"aws:SourceIp":"true"}}"#, CannotTell, CannotTell),
        (r#"{"Null":{"kms:GranteePrincipal":"true"}}"#, Yes, Yes),
        (r#"{"Null":{"kms:GranteePrincipal":"false"}}"#, No, No),
        (r#"{"StringNotEquals":{"kms:GranteePrincipal":"a"}}"#, Yes, Yes),
        (r#"{"StringEquals":{"kms:GranteePrincipal":"a"}}"#, No, No),
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, Yes, Yes),
        (r#"{"Bool":{"aws:SecureTransport":"false"}}"#, No, No),
        (r#"{"Bool":{"aws:PrincipalIsAWSService":"false"}}"#, Yes, Yes),
        (r#"{"StringEquals":{"kms:KeySpec":"RSA_2048"}}"#, CannotTell, CannotTell),
        (r#"{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#, CannotTell, CannotTell),
        (r#"{"StringEquals":{"aws:PrincipalOrgId":"o-aaaaaaaaaa"}}"#, Yes, Yes),
        (r#"{"StringEquals":{"aws:PrincipleOrgID":"o-aaaaaaaaaa"}}"#, No, No),
        (r#"{"StringEquals":{"foo:bar":"a"}}"#, CannotTell, CannotTell),
    ] {
        assert_eq!([CI, RUN].map(|it| deploys(&with(condition), it)), [role, session], "{condition}");
    }
    let denied = |principal: &str, action: &str| {
        deploys(&format!("{ROOT},{}", statement("Deny", principal, action, "")), CI)
    };
    assert_eq!(denied(r#""*""#, r#""kms:PutKeyPolicy""#), No);
    assert_eq!(denied(r#"{"AWS":"arn:aws:iam::%O:role/ci"}"#, r#""kms:P*""#), No);
    assert_eq!(denied(r#""*""#, r#""kms:Decrypt""#), Yes);
    assert_eq!(denied(r#"{"AWS":"arn:aws:iam::%O:role/other"}"#, r#""kms:*""#), Yes);
    assert_eq!(denied(r#"{"AWS":"?anything"}"#, r#""kms:*""#), CannotTell);
}

#[test]
fn a_deployer_of_another_account_may_what_works_across() {
    let role = "arn:aws:iam::444455556666:role/ci";
    let may = |duty| deployer_may(&policy(ROOT), &setting(), role, duty).verdict;
    assert_eq!((may(Duty::ChangePolicy), may(Duty::Describe)), (No, CannotTell));
    let unset = Setting::default();
    assert_eq!(deployer_may(&policy(ROOT), &unset, CI, Duty::ChangePolicy).verdict, Yes);
    for nobody in ["arn:aws:iam::111122223333:group/x", "arn:aws:s3:::b", "ci"] {
        assert_eq!(deploys(ROOT, nobody), CannotTell, "{nobody}");
    }
}

#[test]
fn the_own_account_is_inferred_where_one_alone_is_given_everything() {
    let of =
        |statements: &str| Own::of(&policy(statements), &Setting::default()).account().map(str::to_owned);
    let all = |principal: &str| statement("Allow", principal, r#""kms:*""#, "");
    let own = Some(OWN.to_owned());
    for (statements, expected) in [
        (ROOT.to_owned(), &own),
        (format!("{ROOT},{ROOT}"), &own),
        (format!("{ROOT},{}", statement("Allow", r#"{"AWS":"%F"}"#, DECRYPT, "")), &own),
        (format!("{ROOT},{}", all(r#"{"AWS":"%F"}"#)), &None),
        (format!("{ROOT},{}", all(r#"{"AWS":"?anything"}"#)), &None),
        (format!("{ROOT},{}", all(r#"{"AWS":"?account"}"#)), &None),
        (format!("{ROOT},{}", all(r#"{"AWS":"?attribute"}"#)), &own),
        (format!("{ROOT},{}", all(r#"{"AWS":"%F"}"#).replace("Principal", "NotPrincipal")), &None),
        (format!("{ROOT},{}", all(r#"{"AWS":[]}"#).replace("Principal", "NotPrincipal")), &own),
        (format!("{ROOT},{}", statement("Allow", r#"{"AWS":"?own"}"#, DECRYPT, "")), &None),
        (format!("{ROOT},\"?statement\""), &None),
        (format!("{ROOT},{}", statement("Allow", r#"{"AWS":"%F"}"#, r#""kms:<?name>""#, "")), &None),
        (format!("{ROOT},{}", statement("Allow", r#"{"AWS":["%O","?list"]}"#, r#""*""#, "")), &None),
        (statement("Allow", r#"{"AWS":"%O"}"#, r#""KMS:*""#, ""), &own),
        (statement("Allow", r#"{"AWS":"%O"}"#, r#""*""#, ""), &own),
        (statement("Allow", r#"{"AWS":"%O"}"#, r#""kms:<?name>""#, ""), &None),
        (statement("Allow", r#"{"AWS":"%O"}"#, r#""kms:D*""#, ""), &None),
        (statement("Deny", r#"{"AWS":"%O"}"#, r#""kms:*""#, ""), &None),
        (statement("?effect", r#"{"AWS":"%O"}"#, r#""kms:*""#, ""), &None),
        (all(r#"{"AWS":{"?if":"c","then":"%O","else":[]}}"#), &None),
        (statement("Allow", r#"{"AWS":"%O"}"#, r#"{"?if":"c","then":"kms:*","else":[]}"#, ""), &None),
        (all(r#"{"AWS":"%O"}"#).replace("\"Action\"", "\"NotAction\""), &None),
    ] {
        assert_eq!(&of(&statements), expected, "{statements}");
    }
}

#[test]
fn a_test_is_demanded_by_another_of_its_key() {
    let of = |conditions: &str| {
        let document = policy(&statement("Allow", ROLE, DECRYPT, conditions));
        let statement = &document.statements[0];
        presence_is_demanded(&statement.conditions[0], statement).verdict
    };
    let first = r#""ForAllValues:StringEquals":{"aws:TagKeys":"a"}"#;
    for (other, expected) in [
        (r#""Null":{"aws:TagKeys":"false"}"#, Yes),
        (r#""Null":{"aws:TAGKEYS":"false"}"#, Yes),
        (r#""Null":{"aws:TagKeys":"true"}"#, No),
        (r#""ForAnyValue:StringLike":{"aws:TagKeys":"b"}"#, Yes),
        (r#""ForAnyValue:StringLike":{"aws:PrincipalTag/a":"b"}"#, No),
        (r#""StringNotEquals":{"aws:TagKeys":"b"}"#, No),
        (r#""StringEqualsIfExists":{"aws:TagKeys":"b"}"#, No),
    ] {
        // Places tell tests apart, and those of these texts are all the same.
        assert_eq!(
            of(&format!("{{{first},{other}}}")),
            if expected == Yes { No } else { expected },
            "{other}"
        );
    }
}

#[test]
fn partitions_are_told_from_arns_and_hosts() {
    let setting = |partition: Option<&str>, region: Option<&str>| Setting {
        partition: partition.map(str::to_owned),
        region: region.map(str::to_owned),
        ..Setting::default()
    };
    let (aws, china) = (setting(Some("aws"), None), setting(None, Some("cn-north-1")));
    for (text, in_aws, in_china) in [
        (&["arn:aws:iam::111122223333:root"][..], No, Yes),
        (&["arn:aws-cn:iam::111122223333:root"], Yes, No),
        (&["arn:aws-us-gov:iam::111122223333:root"], Yes, Yes),
        (&["arn:nowhere:iam::111122223333:root"], No, No),
        (&["arn:", "?partition", ":iam::111122223333:root"], No, No),
        (&["arn:aws-cn:iam::", "?own", ":root"], Yes, No),
        (&["ec2.amazonaws.com.cn"], Yes, No),
        (&["ec2.amazonaws.com"], No, No),
        (&["?name", ".amazonaws.com.cn"], No, No),
    ] {
        let text = crate::policy::testing::mixed(text);
        let of = |setting| of_other_partition(&text, setting).verdict;
        assert_eq!((of(&aws), of(&china)), (in_aws, in_china), "{}", text.shown());
        assert_eq!(of(&Setting::default()), CannotTell);
    }
}

#[test]
fn identity_policies_may_decrypt() {
    let may = |statements: &str| may_decrypt(&identity(statements));
    let on =
        |effect: &str, action: &str| format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"*"}}"#);
    assert!(may(&on("Allow", "kms:D*")) && may("\"?statement\"") && may(&on("?effect", "kms:*")));
    assert!(!may(&on("Deny", "kms:*")) && !may(&on("Allow", "kms:Encrypt")) && !may(""));
}

#[test]
fn a_policy_that_is_not_one_statement_is_asked_as_well() {
    let unknown = document("\"?policy\"");
    assert_eq!(no_delegation(&unknown, &setting()).verdict, CannotTell);
    assert_eq!(deployer_may(&unknown, &setting(), CI, Duty::ChangePolicy).verdict, CannotTell);
}

#[test]
fn a_resource_may_be_the_keys_own_arn() {
    let allow = statement("Allow", r#"{"AWS":"%O"}"#, r#""kms:*""#, "");
    let on =
        |resource: &str| policy(&allow.replace(r#""Resource":"*""#, &format!(r#""Resource":{resource}"#)));
    let of = |resource: &str, key: Option<&str>| {
        let setting = Setting { key: key.map(str::to_owned), ..setting() };
        no_delegation(&on(resource), &setting).verdict
    };
    let own = Some("aws_iam_role.r");
    for (resource, key, expected) in [
        (r#""*""#, None, No),
        (r#""?attribute""#, own, No),
        (r#""?attribute""#, Some("aws_kms_key.k"), Yes),
        (r#""?attribute""#, None, CannotTell),
        (r#""?id""#, own, CannotTell),
        (r#""?anything""#, own, CannotTell),
        (r#""arn:aws:kms:*:%O:key/*""#, None, No),
        (r#""arn:aws:kms:*:%F:key/*""#, None, Yes),
        (r#""arn:aws:kms:*:%O:key/a""#, None, CannotTell),
        (r#""arn:aws:kms:*:%O:alias/a""#, None, Yes),
        (r#""arn:aws:s3:::b""#, None, Yes),
        (r#""arn:<?partition>:kms:<?region>:<?own>:key/*""#, None, No),
        (r#""arn:aws:kms:*:<?account>:key/*""#, None, CannotTell),
        (r#""arn:aws:kms:*:*:*""#, None, No),
    ] {
        assert_eq!(of(resource, key), expected, "{resource} {key:?}");
    }
}

#[test]
fn whom_a_deny_means_may_not_be_known() {
    let everyone = statement("Allow", r#""*""#, DECRYPT, "");
    let of = |principal: &str| {
        let document = policy(&format!("{},{everyone}", statement("Deny", principal, DECRYPT, "")));
        is_public(document.statements.last().unwrap(), &document, &setting()).verdict
    };
    assert_eq!(of(r#"{"AWS":"?anything"}"#), CannotTell);
    assert_eq!(of(r#"{"AWS":"?attribute"}"#), Yes);
    assert_eq!(of(r#""*""#), No);
    assert_eq!(of(ROLE), Yes);
}
