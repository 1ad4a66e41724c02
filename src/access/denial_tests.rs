//! Tables of Deny statements and of conditions: whom they stop, whom they spare, and what of it is not known.

use super::testing::{ROOT, policy, setting, statement};
use super::*;
use crate::logic::Verdict::{self, CannotTell, No, Yes};

const USE: &str = r#"["kms:Decrypt","kms:DescribeKey"]"#;
const PUT: &str = r#""kms:PutKeyPolicy""#;

/// Whether the foreign account is let in by a statement for it, beside a Deny.
fn foreign_beside(deny: &str) -> Vec<Verdict> {
    let document = policy(&format!("{deny},{}", statement("Allow", r#"{"AWS":"%F"}"#, USE, "")));
    let found = foreign_accounts(document.statements.last().unwrap(), &document, &setting());
    found.into_iter().map(|account| account.answer.verdict).collect()
}

#[test]
fn a_deny_of_an_account_stops_that_account() {
    for (principal, expected) in [
        (r#"{"AWS":"%F"}"#, &[][..]),
        (r#""*""#, &[]),
        (r#"{"AWS":"%O"}"#, &[Yes]),
        (r#"{"AWS":"arn:aws:iam::%F:role/a"}"#, &[Yes]),
        (r#"{"Service":"sns.amazonaws.com"}"#, &[Yes]),
        (r#"{"AWS":"?account"}"#, &[CannotTell]),
        (r#"{"AWS":"<?who>"}"#, &[CannotTell]),
        (r#""?principals""#, &[CannotTell]),
    ] {
        assert_eq!(foreign_beside(&statement("Deny", principal, r#""kms:*""#, "")), expected, "{principal}");
    }
    let spares = statement("Deny", r#"{"AWS":"%F"}"#, r#""kms:*""#, "").replace("Principal", "NotPrincipal");
    assert_eq!(foreign_beside(&spares), [CannotTell]);
    let perhaps = statement("?effect", r#"{"AWS":"%F"}"#, r#""kms:*""#, "");
    assert_eq!(foreign_beside(&perhaps), [CannotTell]);
    for (condition, expected) in [
        (r#"{"StringNotEquals":{"aws:PrincipalAccount":"%O"}}"#, &[][..]),
        (r#"{"StringNotEquals":{"aws:PrincipalAccount":"%F"}}"#, &[Yes]),
        (r#"{"StringNotEquals":{"aws:PrincipalAccount":["%O","%F"]}}"#, &[Yes]),
        (r#"{"StringNotEquals":{"aws:PrincipalAccount":["%O","777788889999"]}}"#, &[]),
        (r#"{"StringNotEquals":{"aws:PrincipalAccount":"?account"}}"#, &[CannotTell]),
        (r#"{"Bool":{"aws:SecureTransport":"false"}}"#, &[Yes]),
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, &[]),
        (r#"{"Bool":{"aws:SecureTransport":"?word"}}"#, &[CannotTell]),
        (r#"{"Bool":{"aws:PrincipalIsAWSService":"false"}}"#, &[]),
        (r#"{"Bool":{"aws:PrincipalIsAWSService":"true"}}"#, &[Yes]),
        (r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#, &[Yes]),
        (r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#, &[Yes]),
        (r#"{"StringLike":{"aws:PrincipalTag/team":"*"}}"#, &[Yes]),
        (r#"{"StringLike":{"kms:CallerAccount":"*"}}"#, &[]),
        (r#"{"StringEquals":{"kms:CallerAccount":"*"}}"#, &[Yes]),
        (r#"{"StringLike":{"aws:PrincipalArn":{"?if":"c","then":"*","else":"a"}}}"#, &[CannotTell]),
        (r#""?conditions""#, &[CannotTell]),
    ] {
        let deny = statement("Deny", r#""*""#, r#""kms:*""#, condition);
        assert_eq!(foreign_beside(&deny), expected, "{condition}");
    }
}

/// Whether two Deny statements of all but some ARNs cover all managers together.
fn together(one: &str, two: &str) -> Verdict {
    let deny = |condition: &str| statement("Deny", r#""*""#, PUT, condition);
    let document = policy(&format!("{ROOT},{},{}", deny(one), deny(two)));
    deny_covers_managers(&document, &setting()).verdict
}

fn but(operator: &str, spared: &str) -> String {
    format!(r#"{{"{operator}":{{"aws:PrincipalArn":{spared}}}}}"#)
}

#[test]
fn exemptions_of_two_denies_are_compared_as_their_operators_do() {
    let (a, b) = (r#""arn:aws:iam::%O:role/a""#, r#""arn:aws:iam::%O:role/b""#);
    let (any, others) = (r#""arn:aws:iam::%O:role/*""#, r#""arn:aws:iam::%O:user/*""#);
    let some = r#"["arn:aws:iam::%O:role/a","?role"]"#;
    let either = r#"{"?if":"c","then":"arn:aws:iam::%O:role/a","else":"arn:aws:iam::%O:role/b"}"#;
    for (one, two, expected) in [
        (but("ArnNotEquals", any), but("StringNotEquals", a), No),
        (but("ArnNotLike", any), but("StringNotEquals", a), No),
        (but("StringNotLike", any), but("StringNotEquals", b), No),
        (but("StringNotLike", any), but("ArnNotEquals", others), Yes),
        (but("StringNotEquals", any), but("StringNotEquals", a), Yes),
        (but("ArnNotLike", a), but("ArnNotLike", b), Yes),
        (but("StringNotEquals", some), but("StringNotEquals", a), No),
        (but("StringNotEquals", some), but("StringNotEquals", b), CannotTell),
        (but("StringNotEquals", either), but("StringNotEquals", a), CannotTell),
        (but("StringNotEquals", either), but("StringNotEquals", r#""arn:aws:iam::%O:role/c""#), Yes),
    ] {
        assert_eq!(together(&one, &two), expected, "{one} {two}");
        assert_eq!(together(&two, &one), expected, "{two} {one}");
    }
    // A second test may fail where the first holds.
    let tested = r#"{"StringNotEquals":{"aws:PrincipalArn":"arn:aws:iam::%O:role/a"},"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#;
    assert_eq!(together(tested, &but("StringNotEquals", b)), No);
    // A variable may be anything.
    let variable = r#""arn:aws:iam::%O:role/${aws:PrincipalTag/role}""#;
    assert_ne!(together(&but("StringNotLike", variable), &but("StringNotEquals", b)), Yes);
    let three = [a, a, b].map(|it| statement("Deny", r#""*""#, PUT, &but("StringNotEquals", it))).join(",");
    let document = policy(&format!("{ROOT},{three}"));
    let answer = deny_covers_managers(&document, &setting());
    assert_eq!((answer.verdict, answer.because.len()), (Yes, 3));
}

/// Whether nobody manages a key whose account is let in under a condition.
fn locked(condition: &str) -> Verdict {
    let root = statement("Allow", r#"{"AWS":"%O"}"#, r#""kms:*""#, condition);
    nobody_manages(&policy(&root), &setting()).verdict
}

#[test]
fn what_depends_on_the_key_or_the_time_is_not_known() {
    for key in [
        "aws:ResourceTag/team",
        "kms:KeySpec",
        "kms:KeyUsage",
        "kms:KeyOrigin",
        "kms:MultiRegion",
        "kms:MultiRegionKeyType",
        "kms:ResourceAliases",
        "aws:CurrentTime",
        "aws:EpochTime",
    ] {
        assert_eq!(locked(&format!(r#"{{"StringEquals":{{"{key}":"a"}}}}"#)), CannotTell, "{key}");
        assert_eq!(locked(&format!(r#"{{"StringNotEquals":{{"{key}":"a"}}}}"#)), CannotTell, "{key}");
    }
    for key in ["aws:PrincipalTag/team", "aws:SourceIp", "aws:SourceVpce", "aws:MultiFactorAuthAge"] {
        assert_eq!(locked(&format!(r#"{{"StringEquals":{{"{key}":"a"}}}}"#)), No, "{key}: some may meet it");
    }
}

#[test]
fn a_key_of_every_request_is_there() {
    for key in
        ["kms:CallerAccount", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalType", "aws:userid"]
    {
        for (word, expected) in [
            (r#""false""#, No),
            (r#""False""#, No),
            (r#""true""#, Yes),
            (r#""maybe""#, CannotTell),
            (r#""?word""#, CannotTell),
            (r#"["true","false"]"#, CannotTell),
            (r#"["true","?word"]"#, CannotTell),
        ] {
            let condition = format!(r#"{{"Null":{{"{key}":{word}}}}}"#);
            assert_eq!(locked(&condition), expected, "{condition}");
        }
    }
    for key in ["aws:SourceIp", "aws:MultiFactorAuthPresent", "aws:PrincipalTag/team"] {
        for word in ["true", "false"] {
            assert_eq!(locked(&format!(r#"{{"Null":{{"{key}":"{word}"}}}}"#)), No, "{key} {word}");
        }
    }
    for (word, expected) in [(r#""true""#, No), (r#""false""#, Yes), (r#""?word""#, CannotTell)] {
        let condition = format!(r#"{{"Null":{{"kms:GranteePrincipal":{word}}}}}"#);
        assert_eq!(locked(&condition), expected, "a policy is put without: {condition}");
    }
}

#[test]
fn values_of_the_callers_account_and_arn_are_compared() {
    for (condition, expected) in [
        (r#"{"StringEquals":{"kms:CallerAccount":"?account"}}"#, CannotTell),
        (r#"{"StringEquals":{"kms:CallerAccount":["?account","%O"]}}"#, No),
        (r#"{"StringEquals":{"kms:CallerAccount":["?account","%F"]}}"#, CannotTell),
        (r#"{"StringEquals":{"kms:CallerAccount":"?own"}}"#, No),
        (r#"{"StringNotEquals":{"kms:CallerAccount":"?account"}}"#, CannotTell),
        (r#"{"StringNotEquals":{"kms:CallerAccount":"%F"}}"#, No),
        (r#"{"StringLike":{"kms:CallerAccount":"1111*"}}"#, No),
        (r#"{"StringLike":{"kms:CallerAccount":"4444*"}}"#, Yes),
        (r#"{"StringLike":{"kms:CallerAccount":"*"}}"#, No),
        (r#"{"StringLike":{"kms:CallerAccount":"${aws:ResourceAccount}"}}"#, CannotTell),
        (r#"{"StringLike":{"aws:PrincipalArn":"*"}}"#, No),
        (r#"{"StringNotLike":{"aws:PrincipalArn":"*"}}"#, Yes),
        (r#"{"StringEquals":{"aws:PrincipalArn":"*"}}"#, Yes),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%F:role/*"}}"#, Yes),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%O:role/*"}}"#, No),
        (r#"{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::%O:role/*"}}"#, No),
        (r#"{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::%F:role/*"}}"#, No),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::<?account>:role/a"}}"#, CannotTell),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::<?own>:role/a"}}"#, No),
        (r#"{"Bool":{"aws:SecureTransport":["true","false"]}}"#, CannotTell),
        (r#"{"Bool":{"aws:SecureTransport":["true","?word"]}}"#, CannotTell),
        (r#"{"StringEquals":{"kms:CallerAccount":{"?if":"c","then":"%O","else":"%F"}}}"#, CannotTell),
    ] {
        assert_eq!(locked(condition), expected, "{condition}");
    }
    let told = |condition: &str| {
        let root = statement("Allow", r#"{"AWS":"%O"}"#, r#""kms:*""#, condition);
        nobody_manages(&policy(&root), &setting()).because.len()
    };
    assert_eq!(
        told(r#"{"Bool":{"aws:SecureTransport":["true","<?word>"]}}"#),
        1,
        "what is not known is told"
    );
}

#[test]
fn managers_are_told_with_whether_a_condition_binds_them() {
    let found = |condition: &str| {
        let document = policy(&statement("Allow", r#"{"AWS":"%O"}"#, r#""kms:*""#, condition));
        let all = managers(&document, &setting());
        all.into_iter().map(|it| (it.class, it.conditioned)).collect::<Vec<_>>()
    };
    assert_eq!(found(""), [(ManagerClass::Account, false)]);
    let mfa = r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#;
    assert_eq!(found(mfa), [(ManagerClass::Account, true)]);
    // Whom a Deny of all others spares is found by pattern; one that may not stand, or spares otherwise, does not count.
    let beside = |deny: &str| {
        let all = managers(&policy(&format!("{ROOT},{deny}")), &setting());
        all.first().map(|it| it.class)
    };
    let spared = but("ArnNotLike", r#""arn:aws:iam::%O:role/admin""#);
    assert_eq!(beside(&statement("Deny", r#""*""#, PUT, &spared)), Some(ManagerClass::Pattern));
    for deny in [
        statement("?effect", r#""*""#, PUT, &spared),
        statement("Deny", r#""*""#, r#""kms:Decrypt""#, &spared),
        statement("Deny", r#""*""#, PUT, r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#),
        statement("Deny", r#""*""#, PUT, &but("ArnLike", r#""arn:aws:iam::%O:role/guest""#)),
    ] {
        assert_eq!(beside(&deny), Some(ManagerClass::Account), "{deny}");
    }
}

#[test]
fn principals_of_whom_nothing_is_known_may_be_meant() {
    let open = r#"{"AWS":"<?who>"}"#;
    let deny = statement("Deny", open, PUT, "");
    let judged = |statements: &str| {
        let document = policy(statements);
        (nobody_manages(&document, &setting()).verdict, deny_covers_managers(&document, &setting()).verdict)
    };
    assert_eq!(judged(&format!("{ROOT},{deny}")), (No, CannotTell));
    assert_eq!(judged(&statement("Allow", open, PUT, "")), (CannotTell, No));
    // The id of a role is not its ARN, which alone names it.
    assert_eq!(judged(&statement("Allow", r#"{"AWS":"?id"}"#, PUT, "")), (CannotTell, No));
    assert_eq!(judged(&statement("Allow", r#"{"AWS":"?attribute"}"#, PUT, "")), (No, No));
    let last =
        |statements: &str,
         ask: fn(&crate::policy::Statement, &crate::policy::Document, &Setting) -> Access| {
            let document = policy(statements);
            ask(document.statements.last().unwrap(), &document, &setting()).verdict
        };
    let allow = |principal: &str| statement("Allow", principal, USE, "");
    assert_eq!(last(&allow(open), is_public), CannotTell);
    assert_eq!(
        last(&format!("{},{}", statement("Deny", open, USE, ""), allow(r#""*""#)), is_public),
        CannotTell
    );
    assert_eq!(last(&allow(open), admits_untrusted_account), CannotTell);
    let attested = r#"{"StringEqualsIgnoreCase":{"kms:RecipientAttestation:ImageSha384":"abc"}}"#;
    let own = statement("Allow", r#"{"AWS":"arn:aws:iam::%O:role/app"}"#, r#""kms:Decrypt""#, attested);
    assert_eq!(last(&format!("{},{own}", allow(open)), attestation_is_bypassed), CannotTell);
    assert_eq!(
        no_delegation(&policy(&allow(open).replace("kms:Decrypt", "kms:*")), &setting()).verdict,
        CannotTell
    );
    let grant = statement("Allow", open, r#""kms:CreateGrant""#, "");
    assert_eq!(last(&grant, create_grant_unrestricted), CannotTell);
}

#[test]
fn accounts_that_are_let_in_are_listed() {
    let trusting = Setting { trusted_accounts: vec!["444455556666".into()], ..setting() };
    let list = |principal: &str, condition: &str| {
        let document = policy(&statement("Allow", principal, USE, condition));
        let found = foreign_accounts(&document.statements[0], &document, &trusting);
        let told =
            |it: ForeignAccount| (it.account.unwrap_or_default(), it.trusted, it.whole, it.answer.verdict);
        found.into_iter().map(told).collect::<Vec<_>>()
    };
    let (trusted, other) = ("444455556666".to_owned(), "777788889999".to_owned());
    let nobody = String::new();
    for (principal, condition, expected) in [
        (r#"{"AWS":"%F"}"#, "", vec![(trusted.clone(), true, true, Yes)]),
        (r#"{"AWS":"arn:aws:iam::%F:role/a"}"#, "", vec![(trusted.clone(), true, false, Yes)]),
        (r#"{"AWS":"777788889999"}"#, "", vec![(other.clone(), false, true, Yes)]),
        (r#"{"AWS":"%O"}"#, "", vec![]),
        (r#""*""#, "", vec![]),
        (r#"{"AWS":"?account"}"#, "", vec![(nobody.clone(), false, true, CannotTell)]),
        (
            r#"{"AWS":["?account","arn:aws:iam::<?account>:role/a"]}"#,
            "",
            vec![(nobody.clone(), false, true, CannotTell), (nobody.clone(), false, false, CannotTell)],
        ),
        (r#"{"AWS":"<?who>"}"#, "", vec![(nobody.clone(), false, true, CannotTell)]),
        (
            r#""*""#,
            r#"{"StringEquals":{"aws:PrincipalAccount":["%F","777788889999","%O"]}}"#,
            vec![(trusted.clone(), true, true, Yes), (other, false, true, Yes)],
        ),
        (
            r#""*""#,
            r#"{"StringEquals":{"aws:PrincipalAccount":"%O"},"StringLike":{"aws:PrincipalArn":"<?arn>"}}"#,
            vec![],
        ),
        (
            r#""*""#,
            r#"{"StringEquals":{"aws:PrincipalAccount":"%F"},"StringLike":{"aws:PrincipalArn":"<?arn>"}}"#,
            vec![(nobody.clone(), false, true, CannotTell), (trusted, true, true, CannotTell)],
        ),
        (
            r#""*""#,
            r#"{"StringLike":{"aws:PrincipalArn":"<?arn>"}}"#,
            vec![(nobody, false, true, CannotTell)],
        ),
    ] {
        assert_eq!(list(principal, condition), expected, "{principal} {condition}");
    }
}

#[test]
fn a_service_is_bound_by_what_tells_whom_it_acts_for() {
    let of = |condition: &str| {
        let document =
            policy(&statement("Allow", r#"{"Service":"sns.amazonaws.com"}"#, r#""kms:*""#, condition));
        service_without_source(&document.statements[0], &document, &setting()).verdict
    };
    for (condition, expected) in [
        (r#"{"StringEquals":{"kms:CallerAccount":"%O"}}"#, No),
        (r#"{"StringEquals":{"aws:PrincipalAccount":"%O"}}"#, No),
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, Yes),
        (r#"{"StringEquals":{"aws:SourceIdentity":"ann"}}"#, Yes),
        (r#"{"StringEquals":{"aws:PrincipalTag/team":"blue"}}"#, Yes),
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, Yes),
        (r#"{"StringEquals":{"kms:EncryptionContext:a":"111122223333"}}"#, No),
    ] {
        assert_eq!(of(condition), expected, "{condition}");
    }
}

#[test]
fn the_arn_of_a_key_is_of_its_partition_and_region() {
    let regional = Setting { region: Some("eu-west-1".to_owned()), ..setting() };
    let allow = statement("Allow", r#"{"AWS":"%O"}"#, r#""kms:*""#, "");
    let none = |resource: &str| {
        let own = allow.replace(r#""Resource":"*""#, &format!(r#""Resource":"{resource}""#));
        no_delegation(&policy(&own), &regional).verdict
    };
    for (resource, expected) in [
        ("arn:aws:kms:eu-west-1:%O:key/*", No),
        ("arn:aws:kms:eu-*:%O:key/*", No),
        ("arn:*:kms:*:*:key/*", No),
        ("arn:aws:kms:us-east-1:%O:key/*", Yes),
        ("arn:aws-cn:kms:eu-west-1:%O:key/*", Yes),
        ("arn::kms:eu-west-1:%O:key/*", Yes),
        ("arn:aws:kms::%O:key/*", Yes),
        ("arn:aws:k*:eu-west-1:%O:*", No),
        ("arn:aws:s3:eu-west-1:%O:*", Yes),
        ("", Yes),
        ("**", No),
    ] {
        assert_eq!(none(resource), expected, "{resource}");
    }
}

#[test]
fn a_negated_list_of_others_lets_in_and_stops() {
    let outcome = |statements: &str, caller: &str| {
        let request = Request {
            caller: Caller::of_arn(caller).unwrap(),
            action: "kms:Decrypt".to_owned(),
            key_arn: "arn:aws:kms:eu-west-1:111122223333:key/k".to_owned(),
            key_account: "111122223333".to_owned(),
            context: Vec::new(),
        };
        let key = policy(statements);
        decide(&request, &Policies { key: &key, identity: &[], boundary: &[], session: &[] }).outcome
    };
    let (ann, session) = ("arn:aws:iam::111122223333:user/ann", "arn:aws:sts::111122223333:assumed-role/a/s");
    let but = |effect: &str, principal: &str| {
        statement(effect, principal, USE, "").replace("Principal", "NotPrincipal")
    };
    let foreign = r#"{"AWS":"%F"}"#;
    for caller in [ann, session] {
        for (others, expected) in [
            (foreign, Outcome::Allowed),
            (r#"{"Service":"sns.amazonaws.com"}"#, Outcome::Allowed),
            (r#"{"AWS":"arn:aws:iam::%F:user/ann"}"#, Outcome::Allowed),
            (r#"{"AWS":"%O"}"#, Outcome::Undecided),
            (r#"{"AWS":"arn:aws:iam::%O:user/bob"}"#, Outcome::Undecided),
            (r#"{"AWS":"?account"}"#, Outcome::Undecided),
            (r#"{"AWS":"?attribute"}"#, Outcome::Undecided),
        ] {
            assert_eq!(outcome(&but("Allow", others), caller), expected, "{others} {caller}");
            let denied = if expected == Outcome::Allowed { Outcome::ExplicitlyDenied } else { expected };
            let all = format!("{},{}", statement("Allow", r#""*""#, USE, ""), but("Deny", others));
            assert_eq!(outcome(&all, caller), denied, "{others} {caller}");
        }
    }
    assert_eq!(
        outcome(&but("Allow", r#"{"Service":"sns.amazonaws.com"}"#), "sqs.amazonaws.com"),
        Outcome::Allowed
    );
    assert_eq!(
        outcome(&but("Allow", r#"{"Service":"sns.amazonaws.com"}"#), "sns.amazonaws.com"),
        Outcome::Undecided
    );
    let unknown = statement("Allow", r#"{"AWS":"?account"}"#, USE, "");
    assert_eq!(outcome(&unknown, "sns.amazonaws.com"), Outcome::ImplicitlyDenied, "a service has no account");
}

#[test]
fn callers_are_told_by_their_names() {
    for (name, kind) in [
        ("arn:aws:iam::111122223333:root", Some(CallerKind::Root)),
        ("arn:aws:iam::111122223333:user/a/b", Some(CallerKind::User)),
        ("arn:aws:sts::111122223333:assumed-role/a/s", Some(CallerKind::Session)),
        ("arn:aws:sts::111122223333:federated-user/a", Some(CallerKind::FederatedUser)),
        ("sns.amazonaws.com", Some(CallerKind::Service)),
        ("arn:aws:iam::111122223333:group/a", None),
        ("arn:aws:sts::111122223333:user/a", None),
        ("arn:aws:s3:::b", None),
        ("sns", None),
        ("sns.amazonaws.com/x", None),
        ("sns.amazonaws.com:443", None),
        ("", None),
    ] {
        assert_eq!(Caller::of_arn(name).map(|caller| caller.kind), kind, "{name}");
    }
}

#[test]
fn of_several_decisions_those_are_told_that_matter() {
    let either = |condition: &str, one: &str, two: &str| {
        format!(r#"{{"?if":"{condition}","then":"{one}","else":"{two}"}}"#)
    };
    let who = format!(r#"{{"AWS":{}}}"#, either("c", "*", "arn:aws:iam::%O:root"));
    let own = statement("Allow", &who, &either("d", "kms:Decrypt", "kms:Encrypt"), "");
    let document = policy(&own);
    let answer = is_public(&document.statements[0], &document, &setting());
    let facts: Vec<&str> =
        answer.because.iter().map(|it| &*it.fact).filter(|fact| fact.starts_with("when")).collect();
    assert_eq!((answer.verdict, facts), (CannotTell, vec!["when `c` is true, which is not known"]));
    let never = statement("Allow", &who, &either("d", "kms:Decrypt", "s3:GetObject"), "");
    let document = policy(&never);
    let answer = is_public(&document.statements[0], &document, &setting());
    let facts = answer.because.iter().filter(|it| it.fact.starts_with("when")).count();
    assert_eq!((answer.verdict, facts), (CannotTell, 2), "both matter");
}

#[test]
fn what_reaches_nobody_is_not_told_as_reach() {
    let told = |principal: &str, action: &str| {
        let document = policy(&statement("Allow", principal, action, ""));
        let reach = reach(&document.statements[0], &document, &setting());
        (reach.at_most, reach.because.len())
    };
    assert_eq!(told(r#"{"AWS":"%F"}"#, USE), (Breadth::ForeignAccount, 1));
    assert_eq!(told(r#"{"AWS":["%F","%O"]}"#, USE), (Breadth::ForeignAccount, 2));
    assert_eq!(told(r#"{"AWS":"%F"}"#, PUT), (Breadth::Nobody, 0), "it does not work across accounts");
    assert_eq!(told(r#"{"AWS":["%F","%O"]}"#, PUT), (Breadth::OwnAccount, 1));
}

#[test]
fn of_a_statement_that_is_undecided_each_alternative_is_asked() {
    let when = |one: &str, two: &str| format!(r#"{{"?if":"c","then":{one},"else":{two}}}"#);
    let judged = |elements: &str, beside: &str| {
        let own = format!(r#"{{{elements},"Resource":"*"}}"#);
        let document = policy(&format!("{own}{beside}"));
        is_public(&document.statements[0], &document, &setting()).verdict
    };
    let (decrypt, some) = (r#""kms:Decrypt""#, r#""kms:Put*""#);
    let acts = |one: &str, two: &str| {
        let (act, not) = (when(one, "null"), when("null", two));
        format!(r#""Effect":"Allow","Principal":"*","Action":{act},"NotAction":{not}"#)
    };
    let effect = |one: &str, two: &str| {
        let effect = when(one, two);
        format!(r#""Effect":{effect},"Principal":"*","Action":"kms:Decrypt""#)
    };
    let (allow, deny) = (r#""Allow""#, r#""Deny""#);
    let other = statement("Allow", r#""*""#, r#""kms:Encrypt""#, "");
    let (beside, elsewhere) = (format!(",{other}"), format!(",{}", when("null", &other)));
    for beside in ["", &beside, &elsewhere] {
        assert_eq!(judged(&acts(decrypt, some), beside), Yes, "{beside}");
        assert_eq!(judged(&acts(decrypt, r#""kms:*""#), beside), CannotTell, "{beside}");
        assert_eq!(judged(&acts(some, r#""kms:*""#), beside), No, "{beside}");
        assert_eq!(judged(&effect(allow, allow), beside), Yes, "{beside}");
        assert_eq!(judged(&effect(allow, deny), beside), CannotTell, "{beside}");
        assert_eq!(judged(&effect(deny, deny), beside), No, "{beside}");
    }
}
