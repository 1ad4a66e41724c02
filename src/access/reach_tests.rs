//! Tables of `kms-semantics`: what restricts everyone, and what does not.

use super::testing::{ROOT, policy, setting, statement};
use super::*;
use crate::logic::Verdict::{self, CannotTell, No, Yes};

const ALL: &str = r#"["kms:Decrypt","kms:DescribeKey"]"#;

/// Public, public despite conditions, and the bounds of the reach of the last statement.
fn judged(statements: &str) -> (Verdict, Verdict, Breadth, Breadth) {
    let document = policy(statements);
    let statement = document.statements.last().unwrap();
    let reach = reach(statement, &document, &setting());
    (
        is_public(statement, &document, &setting()).verdict,
        is_public_despite_conditions(statement, &document, &setting()).verdict,
        reach.at_least,
        reach.at_most,
    )
}

fn everyone(condition: &str) -> (Verdict, Verdict, Breadth, Breadth) {
    judged(&statement("Allow", r#""*""#, ALL, condition))
}

#[test]
fn everyone_without_condition_is_public() {
    for principal in [r#""*""#, r#"{"AWS":"*"}"#, r#"{"AWS":["arn:aws:iam::%O:root","*"]}"#] {
        let judged = judged(&statement("Allow", principal, ALL, ""));
        assert_eq!(judged, (Yes, No, Breadth::World, Breadth::World), "{principal}");
    }
}

#[test]
fn what_does_not_restrict() {
    for condition in [
        r#"{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}"#,
        r#"{"StringLike":{"aws:PrincipalArn":"*"}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app"}}"#,
        r#"{"StringLike":{"aws:PrincipalArn":"arn:*:iam::%O:role/app"}}"#,
        r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
        r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#,
        r#"{"Null":{"aws:PrincipalOrgID":"false"}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalAccount":"%F"}}"#,
        r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#,
        r#"{"StringLike":{"kms:CallerAccount":"*"}}"#,
        r#"{"StringLike":{"kms:CallerAccount":"1111*"}}"#,
        r#"{"StringLike":{"aws:PrincipalOrgID":"o-*"}}"#,
        r#"{"StringEquals":{"aws:ResourceAccount":"%O"}}"#,
        r#"{"StringEquals":{"aws:ResourceOrgID":"${aws:PrincipalOrgID}"}}"#,
        r#"{"StringEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}}"#,
        r#"{"StringEquals":{"aws:PrincipalTag/team":"blue"}}"#,
        r#"{"StringEquals":{"aws:username":"alice"}}"#,
        r#"{"StringLike":{"aws:UserAgent":"x"}}"#,
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#"{"StringEquals":{"aws:PrincipalType":"AssumedRole"}}"#,
        r#"{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}"#,
        r#"{"Bool":{"aws:ViaAWSService":"true"}}"#,
        r#"{"ForAnyValue:StringEquals":{"aws:CalledVia":"athena.amazonaws.com"}}"#,
        r#"{"Bool":{"aws:PrincipalIsAWSService":"false"}}"#,
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#,
        r#"{"StringEquals":{"kms:EncryptionContext:app":"x"}}"#,
        r#"{"StringEquals":{"kms:KeySpec":"SYMMETRIC_DEFAULT"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":["0.0.0.0/0","203.0.113.0/24"]}}"#,
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#,
    ] {
        assert_eq!(everyone(condition), (No, Yes, Breadth::World, Breadth::World), "{condition}");
    }
}

#[test]
fn what_restricts() {
    use Breadth::{
        DirectOwnAccount, ForeignAccount, ForeignOrg, NamedOwn, Nobody, TrustedOrg, WorldByNetwork,
    };
    for (condition, least, most) in [
        (r#"{"StringEquals":{"kms:CallerAccount":"%O"}}"#, DirectOwnAccount, DirectOwnAccount),
        (r#"{"StringEquals":{"aws:PrincipalAccount":"%F"}}"#, ForeignAccount, ForeignAccount),
        (r#"{"StringEquals":{"aws:principalaccount":["%O","%F"]}}"#, ForeignAccount, ForeignAccount),
        (r#"{"StringEquals":{"kms:CallerAccount":"*"}}"#, Nobody, Nobody),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%O:role/app-*"}}"#, NamedOwn, NamedOwn),
        (r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::%F:role/app"}}"#, ForeignAccount, ForeignAccount),
        (r#"{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::%O:*"}}"#, DirectOwnAccount, DirectOwnAccount),
        (r#"{"StringEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#, TrustedOrg, ForeignOrg),
        (
            r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-aaaaaaaaaa/r-ab12/*"}}"#,
            TrustedOrg,
            ForeignOrg,
        ),
        (r#"{"StringLike":{"aws:userid":"AROAAAAAAAAAAAAAAAAAA:*"}}"#, NamedOwn, ForeignAccount),
        (r#"{"StringEquals":{"aws:SourceAccount":"%O"}}"#, Nobody, Nobody),
        (r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:%O:*"}}"#, Nobody, Nobody),
        (r#"{"StringEquals":{"aws:SourceVpce":"vpce-1"}}"#, WorldByNetwork, WorldByNetwork),
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, WorldByNetwork, WorldByNetwork),
        (
            r#"{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com","kms:CallerAccount":"%O"}}"#,
            DirectOwnAccount,
            DirectOwnAccount,
        ),
    ] {
        assert_eq!(everyone(condition), (No, No, least, most), "{condition}");
    }
}

#[test]
fn unknowns_are_cannot_tell_and_named() {
    let condition = r#"{"StringLike":{"aws:PrincipalOrgID":"?org"}}"#;
    assert_eq!(everyone(condition).1, CannotTell);
    let document = policy(&statement("Allow", r#"{"AWS":"?var.admins"}"#, ALL, ""));
    let answer = is_public(&document.statements[0], &document, &setting());
    assert_eq!(answer.verdict, CannotTell);
    assert_eq!(&*answer.because[0].fact, "`var.admins` has no default and no value was given");
    // One attribute, one account, one name is never everyone.
    let own = r#"{"StringEquals":{"kms:CallerAccount":"?own"}}"#;
    assert_eq!(everyone(own), (No, No, Breadth::DirectOwnAccount, Breadth::DirectOwnAccount));
    let account = r#"{"StringLike":{"kms:CallerAccount":"?account"}}"#;
    assert_eq!(everyone(account).1, No);
}

#[test]
fn deny_statements_are_subtracted() {
    let allow = statement("Allow", r#""*""#, r#""kms:*""#, "");
    for (deny, public, most) in [
        (r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#, No, Breadth::ForeignOrg),
        (r#"{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#, No, Breadth::ForeignOrg),
        (r#"{"StringNotEquals":{"aws:PrincipalAccount":"%O"}}"#, No, Breadth::DirectOwnAccount),
        (
            r#"{"StringNotEquals":{"kms:CallerAccount":"%O"},"Bool":{"aws:PrincipalIsAWSService":"false"}}"#,
            No,
            Breadth::DirectOwnAccount,
        ),
        (r#"{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::%O:role/app"}}"#, No, Breadth::NamedOwn),
        (r#"{"StringNotLike":{"aws:PrincipalOrgID":"o-*"}}"#, Yes, Breadth::World),
        (r#"{"Bool":{"aws:SecureTransport":"false"}}"#, Yes, Breadth::World),
        (r#"{"StringEquals":{"aws:PrincipalAccount":"%F"}}"#, Yes, Breadth::World),
        (r#"{"ForAnyValue:StringNotEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#, Yes, Breadth::World),
        (r#"{"StringNotLike":{"aws:PrincipalOrgID":"?org"}}"#, CannotTell, Breadth::World),
        (r#"{"StringLike":{"kms:CallerAccount":"*"}}"#, No, Breadth::Nobody),
        (r#"{"StringLike":{"kms:CallerAccount":"?who"}}"#, CannotTell, Breadth::World),
    ] {
        let deny = statement("Deny", r#"{"AWS":"*"}"#, r#""kms:*""#, deny);
        let judged = judged(&format!("{deny},{allow}"));
        assert_eq!((judged.0, judged.3), (public, most), "{deny}");
    }
    let deletion = statement("Deny", r#""*""#, r#""kms:ScheduleKeyDeletion""#, "");
    assert_eq!(judged(&format!("{deletion},{allow}")).0, Yes);
    assert_eq!(judged(&statement("Deny", r#""*""#, r#""kms:*""#, "")).3, Breadth::Nobody);
}

#[test]
fn actions_and_resources_count() {
    let management = statement("Allow", r#""*""#, r#"["kms:PutKeyPolicy","kms:TagResource"]"#, "");
    assert_eq!(judged(&management), (No, No, Breadth::DirectOwnAccount, Breadth::DirectOwnAccount));
    let alien = statement("Allow", r#""*""#, r#""s3:GetObject""#, "");
    assert_eq!(judged(&alien), (No, No, Breadth::Nobody, Breadth::Nobody));
    let misspelt = statement("Allow", r#""*""#, r#"["kms:Decyrpt","kms:ReEncrypt"]"#, "");
    assert_eq!(judged(&misspelt).3, Breadth::Nobody);
    let all_but = r#"{"Effect":"Allow","Principal":"*","NotAction":"kms:PutKeyPolicy","Resource":"*"}"#;
    assert_eq!(judged(all_but).0, Yes);
    let alias = r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"arn:aws:kms:eu-west-1:%O:alias/a"}"#;
    assert_eq!(judged(alias).0, No);
    let any_key = r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"arn:aws:kms:*:*:key/*"}"#;
    assert_eq!(judged(any_key).0, Yes);
    let some_key = r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"arn:aws:kms:eu-west-1:%O:key/abc"}"#;
    assert_eq!(judged(some_key).0, CannotTell);
    let not_principal = r#"{"Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::%O:role/x"},"Action":"kms:*","Resource":"*"}"#;
    assert_eq!(judged(not_principal).0, Yes);
    assert_eq!(judged(r#"{"Effect":"Allow","Principal":"*","Action":"kms:*"}"#).3, Breadth::Nobody);
}

#[test]
fn named_principals_and_accounts() {
    let of = |principal: &str| judged(&statement("Allow", principal, ALL, "")).3;
    assert_eq!(judged(ROOT).3, Breadth::OwnAccount);
    assert_eq!(of(r#"{"AWS":"arn:aws:iam::%O:role/app"}"#), Breadth::NamedOwn);
    assert_eq!(of(r#"{"AWS":"%F"}"#), Breadth::ForeignAccount);
    assert_eq!(of(r#"{"AWS":"?own"}"#), Breadth::OwnAccount);
    assert_eq!(of(r#"{"AWS":"?attribute"}"#), Breadth::NamedOwn);
    assert_eq!(of(r#"{"Service":"s3.amazonaws.com"}"#), Breadth::Nobody);
}

#[test]
fn undecided_branches_are_named() {
    let branch = r#"{"AWS":{"?if":"var.public","then":"*","else":"arn:aws:iam::%O:root"}}"#;
    let document = policy(&statement("Allow", branch, ALL, ""));
    let answer = is_public(&document.statements[0], &document, &setting());
    assert_eq!(answer.verdict, CannotTell);
    assert!(
        answer.because.iter().any(|w| &*w.fact == "when `var.public` is true, which is not known"),
        "{answer:?}"
    );
    let both = r#"{"AWS":{"?if":"var.public","then":"*","else":["*"]}}"#;
    let document = policy(&statement("Allow", both, ALL, ""));
    assert!(is_public(&document.statements[0], &document, &setting()).is_yes());
}

#[test]
fn foreign_accounts_are_listed_once() {
    let principals =
        r#"{"AWS":["arn:aws:iam::%F:root","arn:aws:iam::%F:role/app","arn:aws:iam::%O:role/app"]}"#;
    let document = policy(&statement("Allow", principals, ALL, ""));
    let found = foreign_accounts(&document.statements[0], &document, &setting());
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].account.as_deref(), found[0].whole), (Some("444455556666"), true));
    assert!(found[0].answer.is_yes());
    let nobody = Setting::default();
    assert!(admits_untrusted_account(&document.statements[0], &document, &nobody).is_open());
    let trusting = Setting { trusted_accounts: vec!["444455556666".into()], ..setting() };
    assert!(admits_untrusted_account(&document.statements[0], &document, &trusting).is_no());
    // Management does not work across accounts.
    let dead = policy(&statement("Allow", r#"{"AWS":"%F"}"#, r#""kms:PutKeyPolicy""#, ""));
    assert!(foreign_accounts(&dead.statements[0], &dead, &setting()).is_empty());
    let caller = r#"{"StringEquals":{"kms:CallerAccount":["%O","%F"]}}"#;
    let document = policy(&statement("Allow", r#""*""#, ALL, caller));
    assert!(admits_untrusted_account(&document.statements[0], &document, &setting()).is_yes());
}

#[test]
fn an_account_that_is_met_twice_is_as_wide_as_the_wider() {
    for principals in ["[\"arn:aws:iam::%F:role/app\",\"%F\"]", "[\"%F\",\"arn:aws:iam::%F:role/app\"]"] {
        let document = policy(&statement("Allow", &format!("{{\"AWS\":{principals}}}"), ALL, ""));
        let found = foreign_accounts(&document.statements[0], &document, &setting());
        assert_eq!((found.len(), found[0].whole), (1, true), "{principals}");
        assert_eq!(found[0].answer.because.len(), 2, "{principals}");
    }
}

#[test]
fn values_that_are_not_known_limit_as_far_as_they_are() {
    use Breadth::{ForeignAccount, ForeignOrg, NamedOwn, Nobody, TrustedOrg, World, WorldByNetwork};
    for (condition, least, most) in [
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, Nobody, World),
        (r#"{"IpAddress":{"aws:SourceIp":"127.0.0.1"}}"#, Nobody, World),
        (r#"{"IpAddress":{"aws:SourceIp":"169.254.0.0/16"}}"#, Nobody, World),
        (r#"{"IpAddress":{"aws:SourceIp":"fd00::/64"}}"#, Nobody, World),
        (r#"{"IpAddress":{"aws:SourceIp":"::1"}}"#, Nobody, World),
        (r#"{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}"#, WorldByNetwork, WorldByNetwork),
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.7"}}"#, WorldByNetwork, WorldByNetwork),
        (r#"{"IpAddress":{"aws:SourceIp":"nowhere"}}"#, Nobody, Nobody),
        (r#"{"ArnEquals":{"aws:PrincipalArn":"?attribute"}}"#, NamedOwn, NamedOwn),
        (r#"{"StringLike":{"aws:PrincipalAccount":"<?text>"}}"#, Nobody, World),
        (r#"{"StringEquals":{"aws:PrincipalAccount":"<?text>"}}"#, Nobody, ForeignOrg),
        (r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-aaaaaaaaaa*"}}"#, World, World),
        (r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-aaaaaaaaaa/*"}}"#, TrustedOrg, ForeignOrg),
        (r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"<?text>"}}"#, Nobody, World),
        (r#"{"StringLike":{"aws:userid":"AROAEXAMPLE:*"}}"#, NamedOwn, ForeignAccount),
    ] {
        let judged = everyone(condition);
        assert_eq!((judged.2, judged.3), (least, most), "{condition}");
    }
    // Compared literally, and without policy variables, a text is one account at most.
    let of = |operator: &str| {
        let condition = format!(r#"{{"{operator}":{{"aws:PrincipalAccount":"<?text>"}}}}"#);
        let json = format!(
            r#"{{"Version":"2008-10-17","Statement":[{}]}}"#,
            statement("Allow", r#""*""#, ALL, &condition)
        );
        let document = super::testing::document(&json);
        let reach = reach(&document.statements[0], &document, &setting());
        (reach.at_least, reach.at_most)
    };
    assert_eq!(of("StringEquals").1, ForeignAccount);
    assert_eq!(of("StringLike").1, World);
    for (principal, most) in [("?attribute", NamedOwn), ("?id", ForeignAccount)] {
        let judged = judged(&statement("Allow", &format!(r#"{{"AWS":"{principal}"}}"#), ALL, ""));
        assert_eq!((judged.2, judged.3), (NamedOwn, most), "{principal}");
    }
}

#[test]
fn of_several_organisations_some_are_trusted() {
    let everyone = |condition: &str| {
        let document = policy(&statement("Allow", r#""*""#, ALL, condition));
        let trusting =
            Setting { trusted_orgs: vec!["o-bbbbbbbbbb".into(), "o-aaaaaaaaaa".into()], ..setting() };
        let reach = reach(&document.statements[0], &document, &trusting);
        (reach.at_least, reach.at_most)
    };
    let of = |org: &str| everyone(&format!(r#"{{"StringEquals":{{"aws:PrincipalOrgID":"{org}"}}}}"#));
    assert_eq!(of("o-aaaaaaaaaa"), (Breadth::TrustedOrg, Breadth::TrustedOrg));
    assert_eq!(of("o-cccccccccc"), (Breadth::ForeignOrg, Breadth::ForeignOrg));
}

#[test]
fn a_single_literal_account_is_taken_to_be_the_own() {
    let document = policy(ROOT);
    let unset = Setting::default();
    assert!(admits_untrusted_account(&document.statements[0], &document, &unset).is_no());
    assert_eq!(reach(&document.statements[0], &document, &unset).at_most, Breadth::OwnAccount);
}

#[test]
fn services_without_source() {
    let judge = |action: &str, condition: &str| {
        let document = policy(&statement("Allow", r#"{"Service":"s3.amazonaws.com"}"#, action, condition));
        service_without_source(&document.statements[0], &document, &setting()).verdict
    };
    assert_eq!(judge(r#""kms:*""#, ""), Yes);
    assert_eq!(judge(r#""kms:DescribeKey""#, ""), No);
    assert_eq!(judge(r#""kms:*""#, r#"{"StringEquals":{"aws:SourceAccount":"%O"}}"#), No);
    assert_eq!(judge(r#""kms:*""#, r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::bucket"}}"#), No);
    assert_eq!(judge(r#""kms:*""#, r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}"#), Yes);
    assert_eq!(judge(r#""kms:*""#, r#"{"StringEqualsIfExists":{"aws:SourceAccount":"%O"}}"#), Yes);
    assert_eq!(judge(r#""kms:*""#, r#"{"StringEquals":{"aws:SourceOrgID":"o-aaaaaaaaaa"}}"#), No);
    assert_eq!(judge(r#""kms:*""#, r#"{"StringLike":{"aws:SourceAccount":"?var.account"}}"#), CannotTell);
    let logs = r#"{"ArnLike":{"kms:EncryptionContext:aws:logs:arn":"arn:aws:logs:eu-west-1:%O:*"}}"#;
    assert_eq!(judge(r#""kms:*""#, logs), No);
    let anyone = r#"{"ArnLike":{"kms:EncryptionContext:aws:logs:arn":"arn:aws:logs:eu-west-1:*:*"}}"#;
    assert_eq!(judge(r#""kms:*""#, anyone), Yes);
    let lake = policy(&statement(
        "Allow",
        r#"{"Service":"cloudtrail.amazonaws.com"}"#,
        r#"["kms:GenerateDataKey","kms:Decrypt"]"#,
        "",
    ));
    assert!(service_without_source(&lake.statements[0], &lake, &setting()).is_no());
}

#[test]
fn unrestricted_grants() {
    let judge = |principal: &str, condition: &str| {
        let document = policy(&statement("Allow", principal, r#""kms:CreateGrant""#, condition));
        create_grant_unrestricted(&document.statements[0], &document, &setting()).verdict
    };
    let role = r#"{"AWS":"arn:aws:iam::%O:role/app"}"#;
    assert_eq!(judge(role, ""), Yes);
    assert_eq!(judge(r#"{"AWS":"arn:aws:iam::%O:root"}"#, ""), No);
    assert_eq!(judge(r#"{"AWS":"arn:aws:iam::%F:root"}"#, ""), Yes);
    assert_eq!(judge(role, r#"{"Bool":{"kms:GrantIsForAWSResource":true}}"#), No);
    assert_eq!(judge(role, r#"{"Bool":{"kms:GrantIsForAWSResource":"false"}}"#), Yes);
    assert_eq!(judge(role, r#"{"ForAllValues:StringEquals":{"kms:GrantOperations":["Decrypt"]}}"#), No);
    assert_eq!(judge(role, r#"{"StringLike":{"kms:GranteePrincipal":"*"}}"#), Yes);
    assert_eq!(judge(role, r#"{"StringEquals":{"kms:GrantConstraintType":"EncryptionContextSubset"}}"#), No);
    assert_eq!(judge(role, r#"{"StringEquals":{"kms:ViaService":"ec2.eu-west-1.amazonaws.com"}}"#), No);
    assert_eq!(judge(role, r#"{"StringNotEquals":{"kms:ViaService":"ec2.eu-west-1.amazonaws.com"}}"#), Yes);
    assert_eq!(judge(role, r#"{"StringLike":{"kms:ViaService":"*"}}"#), Yes);
}

#[test]
fn effective_actions_expand_wildcards() {
    let document = policy(&statement("Allow", r#""*""#, r#"["KMS:generatedatakey*","kms:CreateKey"]"#, ""));
    let actions = effective_actions(&document.statements[0]);
    assert_eq!(actions.certain.len(), 4);
    assert!(actions.certain.contains(&"kms:GenerateDataKeyPair"));
}
