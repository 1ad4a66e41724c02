//! Who calls: the classes of callers that a question and two policies tell apart, known or not.

use super::super::not_granted;
use super::*;

/// Who is let in of those that are asked for: the statement, the caller, whether an identity policy is needed.
fn asked(statements: &str, action: &str, principals: &[&str]) -> Vec<(usize, String, bool)> {
    let principals: Vec<String> =
        principals.iter().map(|it| it.replace("%O", OWN).replace("%F", OTHER)).collect();
    let found = not_granted(&policy(statements), &[action.to_owned()], &principals, &setting()).found;
    let told = |access: super::super::NewAccess| {
        (access.statement.unwrap(), access.request.caller.name, access.needs_identity_policy)
    };
    found.into_iter().map(told).collect()
}

fn names(statements: &str, principals: &[&str]) -> Vec<String> {
    asked(statements, "kms:Decrypt", principals).into_iter().map(|(_, name, _)| name).collect()
}

const EVERYONE: &str = r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}"#;

#[test]
fn those_are_found_who_are_asked_for() {
    for (word, expected) in [
        ("arn:aws:iam::%O:user/ann", "arn:aws:iam::111122223333:user/ann"),
        ("arn:aws:iam::%O:role/app", "arn:aws:sts::111122223333:assumed-role/app/session"),
        ("arn:aws:iam::%O:role/team/app", "arn:aws:sts::111122223333:assumed-role/app/session"),
        ("arn:aws:iam::%O:role/te*/app", "arn:aws:sts::111122223333:assumed-role/app/session"),
        ("arn:aws:sts::%O:assumed-role/app/ci", "arn:aws:sts::111122223333:assumed-role/app/ci"),
        ("arn:aws:sts::%O:assumed-role/app/*", "arn:aws:sts::111122223333:assumed-role/app/session"),
        ("arn:aws:sts::%O:assumed-role/app/ci-*", "arn:aws:sts::111122223333:assumed-role/app/ci-x"),
        ("arn:aws:sts::*:assumed-role/app/ci", "arn:aws:sts::111122223333:assumed-role/app/ci"),
        (
            "arn:aws:sts::%O:assumed-role/session/session",
            "arn:aws:sts::111122223333:assumed-role/session/session",
        ),
        ("arn:aws:sts::%O:federated-user/bob", "arn:aws:sts::111122223333:federated-user/bob"),
        ("arn:aws:iam::%O:root", "arn:aws:iam::111122223333:root"),
        ("arn:aws:iam::%F:user/ann", "arn:aws:iam::444455556666:user/ann"),
        ("arn:aws:iam::4444*:user/ann", "arn:aws:iam::444400000000:user/ann"),
        ("*/ann", "/ann"),
        ("sns.amazonaws.com", "sns.amazonaws.com"),
    ] {
        let found = names(EVERYONE, &[word]);
        let fits = |name: &String| match expected {
            "/ann" => name.ends_with("/ann") || name.ends_with("/ann/session"),
            "arn:aws:iam::444400000000:user/ann" => {
                name.starts_with("arn:aws:iam::4444") && name.ends_with(":user/ann")
            }
            exact => name == exact,
        };
        assert!(found.len() == 1 && fits(&found[0]), "{word}: {found:?}");
    }
    for nobody in
        ["arn:aws:iam::12:user/ann", "arn:aws:iam::%O:group/g", "sns", "arn:aws:sts::%O:assumed-role/a b/c"]
    {
        assert_eq!(names(EVERYONE, &[nobody]), [""; 0], "{nobody}");
    }
}

#[test]
fn an_identity_policy_is_needed_by_some() {
    for (statement, word, expected) in [
        (ROOT, "arn:aws:iam::%O:user/ann", &[true][..]),
        (ROOT, "arn:aws:iam::%O:root", &[false]),
        (ROOT, "%O", &[false]),
        (ROOT, "%F", &[]),
        (EVERYONE, "arn:aws:iam::%O:user/ann", &[false]),
        (EVERYONE, "%F", &[true]),
        (EVERYONE, "sns.amazonaws.com", &[false]),
        (EVERYONE, "*", &[false]),
    ] {
        let found: Vec<bool> =
            asked(statement, "kms:Decrypt", &[word]).into_iter().map(|(_, _, needs)| needs).collect();
        assert_eq!(found, expected, "{statement} {word}");
    }
    // Whoever is shown needs what is said.
    let shown = asked(EVERYONE, "kms:Decrypt", &["*"]);
    assert!(!shown[0].1.contains("999999999999"), "{shown:?}");
    assert_eq!(asked(EVERYONE, "kms:PutKeyPolicy", &["%F"]), [], "it does not work across accounts");
}

#[test]
fn all_that_a_principal_may_do_is_listed() {
    let all = |statements: &str, principals: &[&str]| {
        let principals: Vec<String> = principals.iter().map(|it| it.replace("%F", OTHER)).collect();
        let found = not_granted(&policy(statements), &[], &principals, &setting()).found;
        found.into_iter().map(|access| access.actions).collect::<Vec<_>>()
    };
    let three = statement("Allow", r#""*""#, r#"["kms:Encrypt","kms:Decrypt","kms:PutKeyPolicy"]"#, "");
    assert_eq!(all(&three, &[]), [["kms:Decrypt", "kms:Encrypt", "kms:PutKeyPolicy"]]);
    assert_eq!(all(&three, &["%F"]), [["kms:Decrypt", "kms:Encrypt"]]);
    let denied = format!("{three},{}", statement("Deny", r#"{"AWS":"%F"}"#, r#""kms:Encrypt""#, ""));
    assert_eq!(all(&denied, &["%F"]), [["kms:Decrypt"]]);
    assert_eq!(all(&denied, &[]), [["kms:Decrypt", "kms:Encrypt", "kms:PutKeyPolicy"]]);
}

#[test]
fn accounts_in_patterns_are_found_wherever_stars_run() {
    let of = |operator: &str, pattern: &str| {
        let condition = format!(r#"{{"{operator}":{{"aws:PrincipalArn":"{pattern}"}}}}"#);
        both(ROOT, &format!("{ROOT},{}", allow(r#""*""#, USE, &condition))).0
    };
    for (pattern, like, arn_like) in [
        ("arn:aws:iam::1111*:role/app", Yes, Yes),
        ("arn:aws:iam::*3334:role/app", Yes, Yes),
        ("arn:aws:iam::55??????????:role/app", Yes, Yes),
        ("arn:aws:iam::555566667777:role/app", Yes, Yes),
        ("arn:*3334:role/app", Yes, CannotTell),
        ("arn:*55*66*:role/app", Yes, CannotTell),
        ("*5555*", Yes, CannotTell),
        ("*555566667777*", Yes, CannotTell),
        ("arn:aws:iam::5555*", Yes, CannotTell),
        ("arn:aws:iam::12345:role/*", No, No),
        ("arn:aws:iam::x*:role/app", No, No),
    ] {
        assert_eq!(of("StringLike", pattern), like, "{pattern}");
        assert_eq!(of("ArnLike", pattern), arn_like, "{pattern}");
    }
    // Which accounts there are matters where the old policy has some of them.
    let like = |pattern: &str| {
        allow(r#""*""#, USE, &format!(r#"{{"StringLike":{{"aws:PrincipalArn":"{pattern}"}}}}"#))
    };
    assert_eq!(both(&like("arn:*55:role/app"), &like("arn:*5:role/app")), (Yes, No));
    assert_eq!(both(&like("arn:*:55*:role/app"), &like("arn:aws:iam::55*:role/app")), (No, No));
}

#[test]
fn services_are_told_apart_by_name() {
    let of = |operator: &str, names: &str| {
        allow(r#""*""#, USE, &format!(r#"{{"{operator}":{{"aws:PrincipalServiceName":{names}}}}}"#))
    };
    let (sns, both_named) = (r#""sns.amazonaws.com""#, r#"["sns.amazonaws.com","sqs.amazonaws.com"]"#);
    let equals = |names: &str| of("StringEquals", names);
    assert_eq!(both(&equals(sns), &equals(both_named)), (Yes, No));
    assert_eq!(both(&equals(sns), &of("StringLike", r#""sn?.amazonaws.com""#)), (Yes, No));
    assert_eq!(both(&of("StringLike", r#""s*""#), &of("StringLike", r#""sq*""#)), (No, Yes));
    assert_eq!(both(&equals(sns), &allow(r#"{"Service":"sns.amazonaws.com"}"#, USE, "")), (No, No));
    assert_eq!(both(&equals(sns), &allow(r#"{"Service":"sqs.amazonaws.com"}"#, USE, "")), (Yes, Yes));
}

#[test]
fn an_identity_that_is_not_known_is_of_its_account() {
    let of = |principal: &str| allow(principal, USE, "");
    let declared = of(r#"{"AWS":"?attribute"}"#);
    let own = r#"{"StringEquals":{"aws:PrincipalAccount":"%O"}}"#;
    // Nobody of another account is it.
    assert_eq!(both(&allow(r#""*""#, USE, own), &declared).0, No);
    assert_eq!(both(&of(r#"{"AWS":"%F"}"#), &declared), (Yes, Yes));
    assert_eq!(both(&of(r#"{"AWS":"arn:aws:iam::%F:role/app"}"#), &declared), (Yes, Yes));
    assert_eq!(both(&of(r#"{"Service":"sns.amazonaws.com"}"#), &declared), (Yes, Yes));
    assert_eq!(both(&of(r#"{"AWS":"arn:aws:iam::%O:role/app"}"#), &declared).0, CannotTell);
    assert_eq!(both(&of(r#"{"AWS":"arn:aws:iam::%O:user/ann"}"#), &declared).0, CannotTell);
    assert_eq!(both(&of(r#"{"AWS":"AROAEXAMPLE123456789"}"#), &declared), (Yes, No));
    // Whom a negated list spares is in doubt for those of the accounts that it names.
    let but = |principal: &str| of(principal).replace("Principal", "NotPrincipal");
    assert_eq!(both(&but(r#"{"AWS":"arn:aws:iam::%F:role/app"}"#), &declared).0, No);
    assert_eq!(both(&but(r#"{"AWS":"arn:aws:iam::%O:role/app"}"#), &declared).0, CannotTell);
    assert_eq!(both(&but(r#"{"AWS":"%O"}"#), &declared).0, CannotTell);
    assert_eq!(both(&but(r#"{"Service":"sns.amazonaws.com"}"#), &declared).0, No);
    assert_eq!(both(&but(r#"{"AWS":"*"}"#), &of(r#""*""#)).0, CannotTell);
    let services = of(r#"{"Service":"sns.amazonaws.com"}"#);
    assert_eq!(both(&but(r#"{"Service":"sns.amazonaws.com"}"#), &services).0, CannotTell);
    assert_eq!(both(&but(r#"{"Service":"sqs.amazonaws.com"}"#), &services).0, No);
}

#[test]
fn which_roles_and_users_are_declared_beside_a_key_is_known_by_their_arn() {
    let of = |principal: &str| allow(&format!(r#"{{"AWS":"{principal}"}}"#), USE, "");
    // One identity of the own account is none that everybody of it would be.
    let own = allow(r#""*""#, USE, r#"{"StringEquals":{"aws:PrincipalAccount":"%O"}}"#);
    for (principal, expected) in [
        ("?attribute", No),
        ("?id", CannotTell),
        ("?anything", CannotTell),
        ("arn:aws:iam::<?own>:role/<?name>", No),
        ("arn:aws:iam::<?own>:user/<?name>", No),
        ("arn:aws:iam::<?account>:role/<?name>", CannotTell),
        ("arn:aws:iam::%O:role/<?name>", CannotTell),
    ] {
        assert_eq!(both(&own, &of(principal)).0, expected, "{principal}");
    }
}

#[test]
fn bounds_of_callers_are_told() {
    let wide: Vec<String> = (0..3).map(|at| format!("*{at}{}", "?".repeat(18))).collect();
    for (principal, kind) in [
        (r#"{"AWS":"arn:aws:iam::%O:role/app"}"#, "role"),
        (r#"{"AWS":"%O"}"#, "role"),
        (r#"{"AWS":"%O"}"#, "user"),
    ] {
        let patterns: Vec<String> = wide.iter().map(|it| format!("arn:aws:iam::{OWN}:{kind}/{it}")).collect();
        let condition = serde_json::json!({"StringLike": {"aws:PrincipalArn": patterns}}).to_string();
        let found = compare(&policy(""), &policy(&allow(principal, USE, &condition)), &setting());
        let told: Vec<&str> = found.bounds.iter().map(|it| &*it.fact).collect();
        assert_eq!(told, ["more callers are told apart than are looked at"], "{principal} {kind}");
        let few = condition.replace(&"?".repeat(18), "?");
        let found = compare(&policy(""), &policy(&allow(principal, USE, &few)), &setting());
        assert!(found.bounds.is_empty(), "{principal} {kind}");
    }
}

#[test]
fn without_the_keys_account_each_that_is_named_may_be_it() {
    let unset = super::super::super::Setting::default();
    let of = |old: &str, new: &str| {
        let answer = compare(&policy(old), &policy(new), &unset);
        (answer.answer.verdict, answer.found.len(), answer.undecided.len())
    };
    let account = |id: &str| allow(&format!(r#"{{"AWS":"{id}"}}"#), r#""kms:PutKeyPolicy""#, "");
    // Whoever changes a policy is of the key's account: whether one is given something depends on which that is.
    assert_eq!(of("", &account("%F")), (CannotTell, 0, 1));
    assert_eq!(of("", &allow(r#""*""#, r#""kms:PutKeyPolicy""#, "")).0, Yes);
    assert_eq!(of("", &allow(r#"{"AWS":"%F"}"#, USE, "")).0, Yes);
    assert_eq!(of(&account("%F"), &account("%F")).0, No);
    let told = compare(&policy(""), &policy(&account("%F")), &unset).undecided.remove(0).because;
    assert!(told.iter().any(|it| it.fact.contains("which account the key belongs to")), "{told:?}");
}

#[test]
fn outsiders_are_of_an_account_that_nobody_names() {
    let but = |accounts: &str| {
        let condition = format!(r#"{{"StringNotEquals":{{"aws:PrincipalAccount":{accounts}}}}}"#);
        let found =
            compare(&policy(ROOT), &policy(&allow(r#"{"AWS":"*"}"#, USE, &condition)), &setting()).found;
        found.into_iter().filter_map(|access| access.request.caller.account).collect::<Vec<_>>()
    };
    assert_eq!(but(r#""%O""#), ["999999999999"]);
    assert_eq!(but(r#"["%O","999999999999"]"#), ["888888888888"]);
}

#[test]
fn what_a_doubt_depends_on_is_told() {
    let told = |old: &str, new: &str| {
        let answer = compare(&policy(old), &policy(new), &setting());
        assert_eq!(answer.answer.verdict, CannotTell, "{new}");
        let facts = answer.undecided.iter().flat_map(|access| &access.because).map(|it| it.fact.to_string());
        facts.filter_map(|fact| Some(fact.strip_prefix("it depends on: ")?.to_owned())).collect::<Vec<_>>()
    };
    let org = r#"{"StringEquals":{"aws:PrincipalOrgID":"<?org>"}}"#;
    let other = statement(
        "Deny",
        r#"{"AWS":"%F"}"#,
        r#""kms:Sign""#,
        r#"{"StringEquals":{"aws:PrincipalOrgID":"<?other>"}}"#,
    );
    let found = told(ROOT, &format!("{ROOT},{other},{}", allow(ANN, r#""kms:Decrypt""#, org)));
    assert!(found.len() == 1 && found[0].contains("org") && !found[0].contains("other"), "{found:?}");
    let found = told(ROOT, &format!("{ROOT},{}", allow(r#"{"AWS":"<?who>"}"#, r#""kms:Decrypt""#, "")));
    assert!(found.len() == 1 && found[0].contains("who"), "{found:?}");
    let found = told(ROOT, &format!("{ROOT},{}", allow(ANN, r#""kms:<?act>""#, "")));
    assert!(found.len() == 1 && found[0].contains("act"), "{found:?}");
}

#[test]
fn what_is_compared_in_two_ways_is_no_proof() {
    let told = |old: &str, new: &str| {
        let answer = compare(&policy(old), &policy(new), &setting());
        (answer.answer.verdict, answer.bounds.into_iter().map(|it| it.fact.to_string()).collect::<Vec<_>>())
    };
    let when = |condition: &str| allow(ANN, USE, condition);
    let number = when(r#"{"NumericLessThan":{"kms:EncryptionContext:a":"7"}}"#);
    let text =
        r#"{"NumericLessThan":{"kms:EncryptionContext:a":"7"},"StringLike":{"kms:EncryptionContext:a":"*"}}"#;
    let mixed = "the values of `kms:EncryptionContext:a` cannot all be told apart".to_owned();
    assert_eq!(told(&when(text), &number), (CannotTell, vec![mixed]));
    assert_eq!(told(&number, &when(text)).0, No);
    assert_eq!(told(&number, &number), (No, vec![]));
    let account = |operator: &str| when(&format!(r#"{{"{operator}":{{"aws:PrincipalAccount":"7"}}}}"#));
    let odd = "`aws:PrincipalAccount` is compared as something that it is not".to_owned();
    assert_eq!(told(&account("NumericEquals"), &account("NumericLessThanEquals")).1, [odd]);
    assert_eq!(told(&account("StringEquals"), &account("StringLike")), (No, vec![]));
}

#[test]
fn a_key_may_be_missing_in_requests_of_identities_and_of_services() {
    let of = |principal: &str, operator: &str, key: &str| {
        allow(principal, USE, &format!(r#"{{"{operator}":{{"{key}":"x"}}}}"#))
    };
    let service = r#"{"Service":"sns.amazonaws.com"}"#;
    for (principal, key, misses) in [
        (ANN, "aws:PrincipalTag/team", Yes),
        (ANN, "kms:EncryptionContext:a", Yes),
        (ANN, "aws:PrincipalOrgID", Yes),
        (ANN, "aws:userid", No),
        (service, "aws:SourceArn", Yes),
        (service, "kms:EncryptionContext:a", Yes),
        (service, "aws:userid", Yes),
    ] {
        let both = both(&of(principal, "StringEquals", key), &of(principal, "StringEqualsIfExists", key));
        assert_eq!(both, (misses, No), "{principal} {key}");
    }
}
