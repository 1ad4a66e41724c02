//! Pairs of policies: what the second one allows beyond the first, and the reverse.

use super::*;

/// Each pair as (what differs in the old policy, in the new one, new access, access lost).
type Pair<'a> = (&'a str, &'a str, Verdict, Verdict);

fn check(pairs: &[Pair<'_>], make: impl Fn(&str) -> String) {
    let wrong: Vec<String> = pairs
        .iter()
        .map(|(old, new, gained, lost)| ((old, new), both(&make(old), &make(new)), (*gained, *lost)))
        .filter(|(_, found, expected)| found != expected)
        .map(|(pair, found, expected)| format!("{pair:?}: {found:?}, not {expected:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const TYPES: &[Pair<'static>] = &[
    ("", r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}}"#, No, Yes),
    (
        r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}}"#,
        r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"600"}}"#,
        Yes,
        No,
    ),
    (
        r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}}"#,
        r#"{"NumericLessThanEquals":{"aws:MultiFactorAuthAge":"300"}}"#,
        Yes,
        No,
    ),
    (
        r#"{"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}"#,
        r#"{"DateLessThan":{"aws:CurrentTime":"2030-06-01T00:00:00Z"}}"#,
        Yes,
        No,
    ),
    (
        r#"{"IpAddress":{"aws:SourceIp":"203.0.0.0/16"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        No,
        Yes,
    ),
    (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, r#"{"Bool":{"aws:SecureTransport":"false"}}"#, Yes, Yes),
    (
        r#"{"Null":{"kms:EncryptionContext:a":"true"}}"#,
        r#"{"Null":{"kms:EncryptionContext:a":"false"}}"#,
        Yes,
        Yes,
    ),
    (
        r#"{"StringEqualsIgnoreCase":{"kms:EncryptionContext:a":"X"}}"#,
        r#"{"StringEquals":{"kms:EncryptionContext:a":"x"}}"#,
        No,
        Yes,
    ),
    (
        r#"{"StringLike":{"kms:EncryptionContext:a":"a*"}}"#,
        r#"{"StringLike":{"kms:EncryptionContext:a":"ab*"}}"#,
        No,
        Yes,
    ),
    (
        r#"{"StringLike":{"kms:EncryptionContext:a":"a?"}}"#,
        r#"{"StringLike":{"kms:EncryptionContext:a":"a*"}}"#,
        Yes,
        No,
    ),
    (
        r#"{"StringLike":{"kms:EncryptionContext:a":"${*}"}}"#,
        r#"{"StringEquals":{"kms:EncryptionContext:a":"${*}"}}"#,
        No,
        No,
    ),
    (
        r#"{"StringLike":{"kms:EncryptionContext:a":"a${?}b"}}"#,
        r#"{"StringEquals":{"kms:EncryptionContext:a":"a${?}b"}}"#,
        No,
        No,
    ),
    (
        r#"{"StringLike":{"kms:EncryptionContext:a":"a${?}b"}}"#,
        r#"{"StringLike":{"kms:EncryptionContext:a":"a?b"}}"#,
        Yes,
        No,
    ),
    (
        r#"{"StringLike":{"kms:EncryptionContext:a":"a${*}b"}}"#,
        r#"{"StringLike":{"kms:EncryptionContext:a":"a*b"}}"#,
        Yes,
        No,
    ),
    (
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:%O:a*"}}"#,
        r#"{"StringLike":{"aws:SourceArn":"arn:aws:sns:*:%O:a*"}}"#,
        Yes,
        No,
    ),
    (
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:%O:a*"}}"#,
        r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:?*:%O:a*"}}"#,
        No,
        Yes,
    ),
    (r#"{"ArnLike":{"aws:SourceArn":"*"}}"#, r#"{"StringLike":{"aws:SourceArn":"*"}}"#, No, No),
    (
        r#"{"StringEqualsIfExists":{"kms:EncryptionContext:a":"x"}}"#,
        r#"{"StringEquals":{"kms:EncryptionContext:a":"x"}}"#,
        No,
        Yes,
    ),
    (
        r#"{"StringNotEquals":{"kms:EncryptionContext:a":"x"}}"#,
        r#"{"StringNotEquals":{"kms:EncryptionContext:a":["x","y"]}}"#,
        No,
        Yes,
    ),
];

#[test]
fn tests_of_every_type_are_told_apart() {
    check(TYPES, |condition| allow(r#""*""#, USE, condition));
}

#[test]
fn lists_of_values_are_told_apart() {
    let keys = |operator: &str, values: &str| {
        allow(
            r#""*""#,
            USE,
            &format!(r#"{{"{operator}:StringEquals":{{"kms:EncryptionContextKeys":{values}}}}}"#),
        )
    };
    let (all, any) = ("ForAllValues", "ForAnyValue");
    assert_eq!(both(&keys(all, r#"["a"]"#), &keys(all, r#"["a","b"]"#)), (Yes, No));
    assert_eq!(both(&keys(any, r#"["a"]"#), &keys(any, r#"["a","b"]"#)), (Yes, No));
    assert_eq!(both(&keys(any, r#"["a"]"#), &keys(all, r#"["a"]"#)), (Yes, Yes));
    // Both keys together pass neither of two statements that ask for one each.
    let apart = format!("{},{}", keys(all, r#"["a"]"#), keys(all, r#"["b"]"#));
    assert_eq!(both(&apart, &keys(all, r#"["a","b"]"#)), (Yes, No));
    // To have a and something that begins with b takes two keys.
    let two = allow(
        r#""*""#,
        USE,
        r#"{"ForAnyValue:StringEquals":{"kms:EncryptionContextKeys":"a"},"ForAnyValue:StringLike":{"kms:EncryptionContextKeys":"b*"}}"#,
    );
    assert_eq!(both(&keys(any, r#"["a"]"#), &two), (No, Yes));
    assert_eq!(both(&keys(any, r#"["c"]"#), &two), (Yes, Yes));
}

const CALLERS: &[Pair<'static>] = &[
    ("", r#"{"StringEquals":{"aws:ResourceAccount":"%O"}}"#, No, No),
    ("", r#"{"StringEquals":{"aws:ResourceAccount":"%F"}}"#, No, Yes),
    (
        r#"{"StringEquals":{"aws:PrincipalAccount":"%O"}}"#,
        r#"{"StringEquals":{"aws:PrincipalAccount":"<?own>"}}"#,
        No,
        No,
    ),
    (
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%O:role/app-%O"}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:<?partition>:iam::<?own>:role/app-<?own>"}}"#,
        No,
        No,
    ),
    ("", r#"{"Bool":{"aws:PrincipalIsAWSService":"false"}}"#, No, Yes),
    (
        r#"{"Bool":{"aws:PrincipalIsAWSService":"false"}}"#,
        r#"{"Bool":{"aws:PrincipalIsAWSService":"true"}}"#,
        Yes,
        Yes,
    ),
    (
        r#"{"StringEquals":{"aws:PrincipalServiceName":"sns.amazonaws.com"}}"#,
        r#"{"StringLike":{"aws:PrincipalServiceName":"s*.amazonaws.com"}}"#,
        Yes,
        No,
    ),
    (
        r#"{"StringEquals":{"aws:PrincipalType":"User"}}"#,
        r#"{"StringEquals":{"aws:PrincipalType":"AssumedRole"}}"#,
        Yes,
        Yes,
    ),
    (
        r#"{"StringEquals":{"aws:PrincipalType":"Account"}}"#,
        r#"{"StringEquals":{"aws:PrincipalType":["Account","FederatedUser"]}}"#,
        Yes,
        No,
    ),
    (
        r#"{"StringLike":{"aws:PrincipalAccount":"1*"}}"#,
        r#"{"StringEquals":{"kms:CallerAccount":"%O"}}"#,
        No,
        Yes,
    ),
    (
        r#"{"StringLike":{"aws:PrincipalAccount":"1*"}}"#,
        r#"{"StringLike":{"aws:PrincipalAccount":"12*"}}"#,
        No,
        Yes,
    ),
    (
        r#"{"StringEquals":{"aws:PrincipalAccount":"%F"}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%F:role/app"}}"#,
        No,
        Yes,
    ),
    (
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%F:role/a*"}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%F:role/app"}}"#,
        No,
        Yes,
    ),
    (
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::4444*:role/app"}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%F:role/app"}}"#,
        No,
        Yes,
    ),
    (
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%F:role/*"}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::%F:user/*"}}"#,
        Yes,
        Yes,
    ),
    (r#"{"ArnLike":{"aws:PrincipalArn":"*"}}"#, r#"{"StringLike":{"aws:PrincipalArn":"arn:*"}}"#, No, No),
    (
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/a*"}}"#,
        r#"{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/a*"}}"#,
        No,
        No,
    ),
];

#[test]
fn what_follows_from_the_caller_is_not_free() {
    check(CALLERS, |condition| allow(r#""*""#, USE, condition));
}

#[test]
fn keys_are_carried_by_some_callers_and_actions() {
    let service = r#"{"Service":"sns.amazonaws.com"}"#;
    // An identity never carries what tells on whose behalf a service calls, a service does.
    let source = r#"{"StringEquals":{"aws:SourceAccount":"%O"}}"#;
    assert_eq!(both(ROOT, &format!("{ROOT},{}", allow(ANN, USE, source))), (No, No));
    assert_eq!(both(ROOT, &format!("{ROOT},{}", allow(service, USE, source))), (Yes, No));
    let via = r#"{"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}"#;
    assert_eq!(both(ROOT, &format!("{ROOT},{}", allow(service, USE, via))), (No, No));
    // Users alone have a name.
    let name = r#"{"StringLike":{"aws:username":"*"}}"#;
    let role = r#"{"AWS":"arn:aws:iam::%O:role/app"}"#;
    assert_eq!(both(ROOT, &format!("{ROOT},{}", allow(role, USE, name))), (No, No));
    assert_eq!(both(ROOT, &format!("{ROOT},{}", allow(ANN, USE, name))), (Yes, No));
    // A request to describe a key has no encryption context.
    let context = r#"{"StringEquals":{"kms:EncryptionContext:a":"x"}}"#;
    assert_eq!(both(ROOT, &format!("{ROOT},{}", allow(ANN, r#""kms:DescribeKey""#, context))), (No, No));
    // Nobody has a name that IAM does not accept.
    let named = |arn: &str| {
        let condition = format!(r#"{{"ArnEquals":{{"aws:PrincipalArn":"{arn}"}}}}"#);
        both(ROOT, &format!("{ROOT},{}", allow(r#""*""#, USE, &condition)))
    };
    for (arn, new) in [
        ("arn:aws:iam::%F:role/a", Yes),
        ("arn:aws:iam::%F:role/path/a", Yes),
        ("arn:aws:iam::%F:role/a b", No),
        ("arn:aws:iam::%F:role/a//b", No),
        ("arn:aws:iam::%F:role/a/", No),
        ("arn:aws:iam::12:role/a", No),
        ("arn:aws:iam::%F:group/a", No),
    ] {
        assert_eq!(named(arn), (new, No), "{arn}");
    }
    let absent = r#"{"Null":{"aws:PrincipalArn":"true"}}"#;
    assert_eq!(both(ROOT, &format!("{ROOT},{}", allow(ANN, USE, absent))), (No, No));
    assert_eq!(both(ROOT, &format!("{ROOT},{}", allow(service, USE, absent))), (Yes, No));
}

#[test]
fn principals_of_every_sort_are_told_apart() {
    check(
        &[
            (r#""*""#, r#"{"Service":"sns.amazonaws.com"}"#, No, Yes),
            (r#"{"Service":"sqs.amazonaws.com"}"#, r#"{"Service":"sns.amazonaws.com"}"#, Yes, Yes),
            (r#"{"AWS":"%O"}"#, r#"{"AWS":"?own"}"#, No, No),
            (r#"{"AWS":"%F"}"#, r#"{"AWS":"arn:aws:iam::%F:role/app"}"#, No, Yes),
            (
                r#"{"AWS":"arn:aws:iam::%O:role/app"}"#,
                r#"{"AWS":"arn:aws:sts::%O:assumed-role/app/ci"}"#,
                No,
                Yes,
            ),
            (
                r#"{"AWS":"arn:aws:iam::%O:role/app"}"#,
                r#"{"AWS":"arn:aws:sts::%O:assumed-role/other/ci"}"#,
                Yes,
                Yes,
            ),
            (
                r#"{"AWS":"arn:aws:sts::%O:assumed-role/app/ci"}"#,
                r#"{"AWS":"arn:aws:sts::%O:assumed-role/app/cd"}"#,
                Yes,
                Yes,
            ),
            (
                r#"{"AWS":"arn:aws:sts::%O:federated-user/ann"}"#,
                r#"{"AWS":"arn:aws:iam::%O:user/ann"}"#,
                Yes,
                Yes,
            ),
            (r#"{"AWS":"arn:aws:iam::%O:role/app"}"#, r#"{"AWS":"arn:aws:iam::<?own>:role/app"}"#, No, No),
            (
                r#"{"AWS":"arn:aws:iam::%O:role/app"}"#,
                r#"{"AWS":"arn:<?partition>:iam::%O:role/app"}"#,
                No,
                No,
            ),
            (r#"{"AWS":"arn:aws:iam::%O:role/app"}"#, r#"{"AWS":"AROAAAAAAAAAAAAAAAAAA"}"#, No, Yes),
            (r#"{"AWS":"arn:aws:iam::%F:user/ann"}"#, r#"{"AWS":"arn:aws:iam::%O:user/ann"}"#, Yes, Yes),
            (r#"{"AWS":"?account"}"#, r#"{"AWS":"?account"}"#, No, No),
            (r#"{"AWS":"?account"}"#, r#"{"AWS":"%F"}"#, CannotTell, CannotTell),
            (r#""*""#, r#"{"AWS":"?account"}"#, No, CannotTell),
        ],
        |principal| allow(principal, USE, ""),
    );
}

#[test]
fn not_principal_means_whom_it_does_not_list() {
    let but = |principal: &str| allow(principal, USE, "").replace("Principal", "NotPrincipal");
    let foreign = r#"{"AWS":"%F"}"#;
    assert_eq!(both(&but(foreign), &but(foreign)), (No, No));
    assert_eq!(both(&but(foreign), &allow(r#"{"AWS":"777788889999"}"#, USE, "")), (No, Yes));
    assert_eq!(
        both(&but(foreign), &allow(r#"{"AWS":"arn:aws:iam::%F:user/ann"}"#, USE, "")),
        (CannotTell, Yes)
    );
    // Which identities of an account are spared that a list names is in doubt, for each list by itself.
    assert_eq!(both(&but(foreign), &but(r#"{"AWS":["%F","777788889999"]}"#)).0, CannotTell);
    assert_eq!(both(&allow(r#""*""#, USE, ""), &but(foreign)).0, No);
}

#[test]
fn denials_are_lifted_for_some() {
    let ann = r#"{"AWS":"arn:aws:iam::%O:user/ann"}"#;
    let all = allow(r#""*""#, USE, "");
    let deny = |principal: &str, action: &str, condition: &str| {
        format!("{all},{}", statement("Deny", principal, action, condition))
    };
    let tls = r#"{"Bool":{"aws:SecureTransport":"false"}}"#;
    let cases = [
        (deny(ann, USE, ""), deny(r#""*""#, USE, ""), No, Yes),
        (deny(ann, USE, ""), deny(BOB, USE, ""), No, Yes),
        (deny(ann, USE, ""), deny(ann, r#""kms:*""#, ""), No, No),
        (deny(ann, r#""kms:*""#, ""), deny(ann, r#""kms:Decrypt""#, ""), Yes, No),
        (deny(r#""*""#, USE, ""), deny(r#""*""#, USE, tls), Yes, No),
        (deny(r#""*""#, USE, tls), deny(ann, USE, tls), Yes, No),
        (deny(r#"{"AWS":"%F"}"#, USE, ""), deny(r#"{"AWS":"%O"}"#, USE, ""), Yes, Yes),
        (
            deny(r#"{"AWS":"arn:aws:iam::%O:role/app"}"#, USE, ""),
            deny(r#"{"AWS":"arn:aws:sts::%O:assumed-role/app/ci"}"#, USE, ""),
            Yes,
            No,
        ),
    ];
    for (old, new, gained, lost) in cases {
        assert_eq!(both(&old, &new), (gained, lost), "{old}\n{new}");
    }
}

#[test]
fn an_identity_declared_here_is_of_the_own_account() {
    let of = |principal: &str| allow(principal, USE, "");
    let declared = r#"{"AWS":"?attribute"}"#;
    assert_eq!(both(&of(declared), &of(declared)), (No, No));
    assert_eq!(both(&of(r#""*""#), &of(declared)), (No, Yes));
    assert_eq!(both(ROOT, &format!("{ROOT},{}", of(declared))), (Yes, No));
    assert_eq!(both(&of(r#"{"AWS":"?name"}"#), &of(r#"{"AWS":"?name"}"#)), (No, No));
    assert_eq!(both(ROOT, &format!("{ROOT},{}", of(r#"{"AWS":"?name"}"#))).0, CannotTell);
}

#[test]
fn what_is_new_is_told_in_words() {
    let sid = |sid: &str, action: &str| {
        format!(r#"{{"Sid":"{sid}","Effect":"Allow","Principal":{ANN},"Action":{action},"Resource":"*"}}"#)
    };
    let new = policy(&sid("Use", USE));
    let told = |old: &str| {
        let old = policy(old);
        let found = compare(&old, &new, &setting()).found;
        assert_eq!(found.len(), 1);
        let refused = found[0].refused_by(&old, &new, "before, ").fact;
        (found[0].acts(), refused.to_string())
    };
    let own = |text: &str| text.to_owned();
    let both = own("`kms:Decrypt` and `kms:Encrypt`");
    assert_eq!(told(ROOT), (both.clone(), own("before, no statement here allows it")));
    let alike = own("before, this statement does not allow it, nor does another");
    assert_eq!(told(&sid("Use", r#""kms:Decrypt""#)), (own("`kms:Encrypt`"), alike));
    assert_eq!(told(&sid("Other", r#""kms:Sign""#)).1, "before, no statement here allows it");
    let denied = format!("{},{}", sid("Use", USE), statement("Deny", r#""*""#, USE, ""));
    assert_eq!(told(&denied), (both, own("before, this statement denies it")));
    let plain = policy(&allow(ANN, USE, ""));
    let (old, found) = (policy(ROOT), compare(&policy(ROOT), &plain, &setting()).found);
    assert_eq!(&*found[0].refused_by(&old, &plain, "").fact, "no statement here allows it");
    let known = "for example `arn:aws:iam::111122223333:user/ann` calls `kms:Decrypt`";
    assert_eq!(found[0].example(Some("111122223333")), known);
    assert_eq!(found[0].example(None), known.replace("111122223333", "<the key's account>"));
}

#[test]
fn what_hangs_on_one_decision_is_told_from_what_hangs_on_another() {
    let ann = allow(ANN, USE, "");
    let when = |condition: &str, holds: bool| {
        let (then, other) = if holds { (ann.as_str(), "[]") } else { ("[]", ann.as_str()) };
        format!(r#"{{"?if":"{condition}","then":{then},"else":{other}}}"#)
    };
    let list = |condition: &str, holds| format!("{ROOT},{}", when(condition, holds).replace("[]", "null"));
    assert_eq!(both(&list("c", true), &list("c", true)), (No, No));
    assert_eq!(both(&list("c", true), &list("d", true)), (CannotTell, CannotTell));
    assert_eq!(both(&list("c", true), &list("c", false)), (CannotTell, CannotTell));
    assert_eq!(both(ROOT, &list("c", true)), (CannotTell, No));
    let always = format!("{ROOT},{ann}");
    assert_eq!(both(&always, &list("c", true)).1, CannotTell);
}

#[test]
fn what_is_not_known_of_actions_and_resources_equals_only_itself() {
    let act = |action: &str| allow(ANN, action, "");
    let but = |action: &str| act(action).replace("Action", "NotAction");
    let either = |condition: &str, one: &str, two: &str| {
        act(&format!(r#"{{"?if":"{condition}","then":"{one}","else":"{two}"}}"#))
    };
    let (sign, verify) = ("kms:Sign", "kms:Verify");
    for (old, new, expected) in [
        (act(r#""?act""#), act(r#""?act""#), No),
        (act(r#""?act""#), act(r#""?other""#), CannotTell),
        (act(r#"["?act"]"#), act(r#"["?other"]"#), CannotTell),
        (act(r#""kms:<?act>""#), act(r#""kms:<?act>""#), No),
        (act(r#""kms:<?act>""#), act(r#""kms:<?other>""#), CannotTell),
        (act(r#""kms:<?act>""#), but(r#""kms:<?act>""#), CannotTell),
        (but(r#""kms:<?act>""#), but(r#""kms:<?act>""#), No),
        (but(r#""kms:<?act>""#), but(r#""kms:<?other>""#), CannotTell),
        (either("c", sign, verify), either("c", sign, verify), No),
        (either("c", sign, verify), either("d", sign, verify), CannotTell),
        (either("c", sign, verify), either("c", verify, sign), CannotTell),
        (act(r#"["kms:Sign","kms:Verify"]"#), either("c", sign, verify), No),
    ] {
        assert_eq!(both(&old, &new).0, expected, "{old}\n{new}");
    }
    let on = |resource: &str| act(USE).replace(r#""Resource":"*""#, &format!(r#""Resource":{resource}"#));
    let off = |resource: &str| on(resource).replace("Resource", "NotResource");
    let key = r#""arn:aws:kms:eu-west-1:%O:key/a""#;
    for (old, new, expected) in [
        (on(key), on(key), No),
        (on(key), on(r#""arn:aws:kms:eu-west-1:%O:key/b""#), CannotTell),
        (on(key), off(key), CannotTell),
        (on(r#""?key""#), on(r#""?key""#), No),
        (on(r#""?key""#), on(r#""?other""#), CannotTell),
        (on(r#"["arn:aws:s3:::b","?key"]"#), on(r#"["arn:aws:s3:::b","?other"]"#), CannotTell),
        (on(key), on(r#""*""#), CannotTell),
        (on(r#""*""#), on(key), No),
    ] {
        assert_eq!(both(&old, &new).0, expected, "{old}\n{new}");
    }
}
