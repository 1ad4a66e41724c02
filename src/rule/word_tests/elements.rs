//! Words about principals, actions, resources, conditions and Sids, over every sort of element.

use super::*;

const NONE: [&str; 0] = [];

/// A policy of one statement with these principals, and an identity that is declared here, of which nothing is known.
fn whom(principal: &str) -> String {
    let role = "resource \"aws_cloudfront_origin_access_identity\" \"r\" {}\n";
    format!(
        "{role}{}",
        key(&format!(
            "{{ Effect = \"Allow\", Principal = {principal}, Action = \"kms:Decrypt\", Resource = \"*\" }}"
        ))
    )
}

#[test]
fn every_sort_of_principal_has_a_kind_and_a_text() {
    let cases = [
        (r#"{ AWS = "*" }"#, "everyone", r"^\*$", "*"),
        (r#"{ AWS = "111122223333" }"#, "account", "111122223333", "111122223333"),
        (r#"{ AWS = "arn:aws:iam::111122223333:role/app" }"#, "role", "role/app$", ROLE),
        (
            r#"{ AWS = "arn:aws:iam::111122223333:user/ann" }"#,
            "user",
            "user/ann$",
            "arn:aws:iam::111122223333:user/ann",
        ),
        (
            r#"{ AWS = "arn:aws:sts::111122223333:assumed-role/app/ci" }"#,
            "session",
            "/ci$",
            "arn:aws:sts::111122223333:assumed-role/app/ci",
        ),
        (
            r#"{ AWS = "arn:aws:sts::111122223333:federated-user/bob" }"#,
            "federated-user",
            "bob$",
            "arn:aws:sts::111122223333:federated-user/bob",
        ),
        (r#"{ Service = "sns.amazonaws.com" }"#, "service", "^sns[.]", "sns.amazonaws.com"),
        (r#"{ AWS = "AROAEXAMPLE123456789" }"#, "unique-id", "^AROA", "AROAEXAMPLE123456789"),
        (r#"{ AWS = "arn:aws:iam::1:role/x" }"#, "malformed", "iam::1:", "arn:aws:iam::1:role/x"),
    ];
    for (principal, kind, pattern, mark) in cases {
        let source = whom(principal);
        let of = |test: &str| marks("principal", &format!("{{principal: {{{test}}}}}"), &source);
        assert_eq!(of(&format!("kind: [{kind}]")), [mark], "{principal}");
        assert_eq!(of(&format!("matches: '{pattern}'")), [mark], "{principal}");
        assert_eq!(of("matches: '^nobody$'"), NONE, "{principal}");
        for (_, other, _, _) in cases.iter().filter(|case| case.1 != kind) {
            assert_eq!(of(&format!("kind: [{other}]")), NONE, "{principal} is no {other}");
        }
    }
}

#[test]
fn principals_that_are_not_known_are_asked_as_far_as_they_are() {
    let role = whom("{ AWS = aws_cloudfront_origin_access_identity.r.iam_arn }");
    let of = |test: &str, source: &str| {
        let found = marks("principal", &format!("{{principal: {{{test}}}}}"), source);
        found.iter().map(|mark| mark.starts_with('?')).collect::<Vec<_>>()
    };
    assert_eq!(of("kind: [everyone]", &role), [false; 0], "an ARN is not `*`");
    assert_eq!(of("kind: [role]", &role), [true]);
    assert_eq!(of("account: [foreign]", &role), [true]);
    assert_eq!(of("matches: 'x'", &role), [true]);
    for unknown in ["{ AWS = var.v }", "{ AWS = \"arn:aws:iam::${var.v}:root\" }"] {
        assert_eq!(of("matches: 'x'", &whom(unknown)), [true], "{unknown}");
        assert_eq!(of("account: [foreign]", &whom(unknown)), [true], "{unknown}");
    }
}

#[test]
fn the_same_principal_and_action_elsewhere_is_asked_of_the_element() {
    let pair = |one: (&str, &str), two: (&str, &str)| {
        key(&[statement(one.0, one.1, ""), statement(two.0, two.1, "")].join(", "))
    };
    let of = |subject: &str, test: &str, source: &str| {
        marks(subject, &format!("{{other-statement: {{{test}}}}}"), source)
    };
    let principals = "principals: same-or-wider";
    assert_eq!(of("principal", principals, &pair((ROLE, "kms:Sign"), (OWN, "kms:Sign"))), NONE);
    assert_eq!(of("principal", principals, &pair((ROLE, "kms:Sign"), (ROLE, "kms:Verify"))).len(), 2);
    assert_eq!(
        of("principal", principals, &pair((ROLE, "kms:Sign"), ("*", "kms:Verify"))),
        ["{ AWS = \"*\" }"]
    );
    for (one, other) in [(ROLE, "${var.v}"), ("${var.v}", ROLE)] {
        let open = of("principal", principals, &pair((one, "kms:Sign"), (other, "kms:Sign")));
        assert!(!open.is_empty() && open.iter().all(|mark| mark.starts_with('?')), "{one}: {open:?}");
    }
    let two = format!("[\"{ROLE}\", \"arn:aws:iam::111122223333:role/b\"]");
    let list = format!(
        "{{ Effect = \"Allow\", Principal = {{ AWS = {two} }}, Action = \"kms:Sign\", Resource = \"*\" }}, {}",
        statement(ROLE, "kms:Verify", "")
    );
    assert_eq!(of("principal", principals, &key(&list)).len(), 2, "the other one of the list is not");
    let actions = pair((ROLE, "kms:Sign"), (OWN, "kms:Si*"));
    assert_eq!(of("action", "actions: all", &actions), ["kms:Sign", "kms:Si*"]);
    let wider = pair((ROLE, "kms:Sign"), (OWN, "kms:*"));
    assert_eq!(of("action", "actions: all", &wider), ["kms:Sign"]);
    assert_eq!(of("action", "actions: some", &wider), ["kms:Sign", "kms:*"]);
    for word in ["actions: all", "actions: some"] {
        let apart = pair((ROLE, "kms:Sign"), (OWN, "kms:Verify"));
        assert_eq!(of("statement", word, &apart), NONE, "{word}");
        assert_eq!(of("action", word, &apart), NONE, "{word}");
        let nothing = pair((ROLE, "s3:GetObject"), (OWN, "kms:*"));
        assert_eq!(of("statement", word, &nothing), NONE, "nothing is no more than anything: {word}");
    }
    let open = marks(
        "action",
        "{other-statement: {actions: all}}",
        &pair((ROLE, "kms:Sign"), (OWN, "kms:${var.v}")),
    );
    assert!(open.iter().any(|mark| mark.starts_with('?')), "{open:?}");
}

#[test]
fn an_effect_that_is_not_known_is_neither() {
    let source = key(&format!(
        "{{ Effect = var.v, Principal = {{ AWS = \"{ROLE}\" }}, Action = \"kms:Sign\", Resource = \"*\" }}"
    ));
    for word in ["allow", "deny"] {
        let found = marks("statement", &format!("{{effect: {word}}}"), &source);
        assert!(found.len() == 1 && found[0].starts_with('?'), "{found:?}");
    }
}

#[test]
fn negations_of_words_about_conditions_hold_where_the_words_do_not() {
    let with = |test: &str, key: &str, value: &str| {
        key_with(&format!(", Condition = {{ {test} = {{ \"{key}\" = \"{value}\" }} }}"))
    };
    let of = |word: &str, source: &str| marks("condition", &format!("{{condition: {{{word}}}}}"), source);
    let mfa = with("Bool", "aws:MultiFactorAuthPresent", "true");
    let keys = with("\"ForAllValues:StringEquals\"", "aws:TagKeys", "a");
    for (single, many) in [("true", "false"), ("false", "true")] {
        let word = format!("single-valued: {single}");
        let (yes, no) = if single == "true" { (&mfa, &keys) } else { (&keys, &mfa) };
        assert_eq!(of(&word, yes).len(), 1, "{single}");
        assert_eq!(of(&word, no), NONE, "{many}");
    }
    assert_eq!(of("values-fit: true", &mfa).len(), 1);
    assert_eq!(of("values-fit: true", &with("Bool", "aws:MultiFactorAuthPresent", "yes")), NONE);
    assert_eq!(of("presence-demanded: false", &mfa).len(), 1);
}

#[test]
fn the_first_of_two_sids_is_not_repeated() {
    let sid = |sid: &str| statement(ROLE, "kms:Sign", &format!(", Sid = \"{sid}\""));
    let source = key(&[sid("A"), sid("B"), sid("A")].join(", "));
    assert_eq!(marks("statement", "{sid: {repeated: true}}", &source), ["A"]);
    assert_eq!(marks("statement", "{sid: {repeated: false}}", &source), ["A", "B"]);
}

#[test]
fn an_attribute_of_one_resource_is_no_wildcard() {
    let with = |resource: &str| {
        let policy = format!(
            "resource \"aws_iam_policy\" \"p\" {{\n  policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{{ Effect = \"Allow\", Action = \"kms:Decrypt\", Resource = {resource} }}] }})\n}}\n"
        );
        let source = format!("{}{policy}", key(""));
        let rule = rule("resource", "{resource: {is: ['*']}}", "policies: [identity]");
        let found = judged(rule, &source, &config()).0;
        found.iter().map(|it| it.certainty).collect::<Vec<_>>()
    };
    assert_eq!(with("\"*\""), [Certainty::Certain]);
    assert_eq!(with("aws_kms_key.k.arn"), []);
    assert_eq!(with("var.v"), [Certainty::Undecided]);
}

#[test]
fn a_default_is_to_blame_for_what_it_says() {
    let source = |default: &str, action: &str| {
        format!("variable \"a\" {{\n  default = \"{default}\"\n}}\n{}", key(&statement(ROLE, action, "")))
    };
    let count = |word: &str, source: &str| {
        marks("action", &format!("{{all: [{{action: {{known: false}}}}, {{by-default: {word}}}]}}"), source)
            .len()
    };
    let unused = source("Decypt", "kms:Sing");
    assert_eq!((count("true", &unused), count("false", &unused)), (0, 1));
    let whole = source("Decypt", "kms:${var.a}");
    assert_eq!((count("true", &whole), count("false", &whole)), (1, 0), "another value names an action");
    let beside = source("x", "kms:Sing${var.a}");
    assert_eq!((count("true", &beside), count("false", &beside)), (0, 1), "no value makes it one");
}

#[test]
fn an_action_without_service_is_a_mistake_in_each() {
    let of = |service: &str, action: &str| {
        let word = format!("{{action: {{service: {service}}}}}");
        marks("action", &word, &key(&statement(ROLE, action, "")))
    };
    for (action, in_kms, in_s3) in [
        ("kms:Decrypt", true, false),
        ("KMS:*", true, false),
        ("s3:Get*", false, true),
        ("*", true, true),
        ("*:*", true, true),
        ("Decrypt", true, true),
    ] {
        let found = |service: &str| of(service, action) == [action];
        assert_eq!((found("kms"), found("s3")), (in_kms, in_s3), "{action}");
    }
    let open = of("kms", "${var.v}");
    assert!(open.len() == 1 && open[0].starts_with('?'), "{open:?}");
}

#[test]
fn facts_of_condition_keys_are_asked_for() {
    let of = |word: &str, key: &str| {
        let source = key_with(&format!(", Condition = {{ StringEquals = {{ \"{key}\" = \"x\" }} }}"));
        marks("condition", &format!("{{condition: {{{word}}}}}"), &source).len()
    };
    for (key, identity_only, source, network) in [
        ("aws:ResourceTag/team", 1, 0, 0),
        ("aws:SourceArn", 0, 1, 0),
        ("aws:SourceVpce", 0, 0, 1),
        ("aws:PrincipalTag/team", 0, 0, 0),
    ] {
        assert_eq!(of("identity-only: true", key), identity_only, "{key}");
        assert_eq!(of("identity-only: false", key), 1 - identity_only, "{key}");
        assert_eq!(of("restricts: [source]", key), source, "{key}");
        assert_eq!(of("restricts: [network]", key), network, "{key}");
        assert_eq!(of("restricts: [source, network]", key), source + network, "{key}");
    }
    for word in ["identity-only: true", "identity-only: false", "restricts: [source]"] {
        assert_eq!(of(word, "aws:Nothing"), 0, "what is not known is nothing");
    }
}

#[test]
fn what_is_not_known_may_be_dead_text() {
    let open = |subject: &str, when: &str, source: &str| {
        let found = marks(subject, when, source);
        assert!(found.len() == 1 && found[0].starts_with('?'), "{when}: {found:?}");
    };
    for word in ["other-service", "identity-policies-only", "other-key-type", "other-accounts"] {
        let when = format!("{{action: {{dead: [{word}]}}}}");
        open("action", &when, &key(&statement(ROLE, "${var.v}", "")));
    }
    let tested = key_with(", Condition = { StringEquals = { (var.v) = \"x\" } }");
    for word in ["single-valued: true", "single-valued: false", "known: true"] {
        open("condition", &format!("{{condition: {{{word}}}}}"), &tested);
    }
}

#[test]
fn what_a_principal_may_by_its_own_statement_is_not_sought_elsewhere() {
    let labels = |one: &str, two: &str| {
        let source = key(&[statement(ROLE, one, ""), statement(ROLE, two, "")].join(", "));
        let (findings, map) =
            judged(rule("principal", "{principal: {may: {any: [kms:Sign]}}}", ""), &source, &config());
        let first = &findings[0];
        first.secondary.iter().map(|label| map.slice(label.span)).collect::<Vec<_>>()
    };
    assert_eq!(labels("kms:Sign", "kms:S*"), NONE);
    assert_eq!(labels("kms:Decrypt", "kms:S*"), ["kms:S*"]);
}
