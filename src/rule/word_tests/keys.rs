//! Words about what is written of a key, of its aliases and grants, and about the sizes of policies.

use super::*;

/// How it is found: certain, undecided, or not at all.
fn found(subject: &str, when: &str, source: &str) -> Option<Certainty> {
    let (findings, _) = judged(rule(subject, when, ""), source, &config());
    assert!(findings.len() < 2, "{findings:?}");
    findings.first().map(|it| it.certainty)
}

const YES: Option<Certainty> = Some(Certainty::Certain);
const OPEN: Option<Certainty> = Some(Certainty::Undecided);

fn with(arguments: &str) -> String {
    format!("variable \"v\" {{\n  type = string\n}}\nresource \"aws_kms_key\" \"k\" {{\n  {arguments}\n}}\n")
}

#[test]
fn attributes_are_compared_by_their_type() {
    let days = |value: &str| with(&format!("deletion_window_in_days = {value}"));
    let said = |value: &str| with(&format!("description = {value}"));
    let cases = [
        ("name: deletion_window, is: 7", days("7"), YES),
        ("name: deletion_window, is: 7", days("8"), None),
        ("name: deletion_window, is: 7", days("\"7\""), YES),
        ("name: deletion_window, over: 6", days("\"7\""), YES),
        ("name: deletion_window, over: 7", days("7"), None),
        ("name: deletion_window, under: 8", days("7"), YES),
        ("name: deletion_window, under: 7", days("7"), None),
        ("name: deletion_window, over: 6", days("\"1${var.v}\""), OPEN),
        ("name: deletion_window, is: 7", days("\"1${var.v}\""), OPEN),
        ("name: deletion_window, under: 6", days("\"1${var.v}\""), OPEN),
        ("name: enabled, is: true", with("is_enabled = \"${var.v}\""), OPEN),
        ("name: deletion_window, matches: '^7$'", days("7"), YES),
        ("name: deletion_window, matches: '^7$'", days("8"), None),
        ("name: enabled, matches: '^false$'", with("is_enabled = false"), YES),
        ("name: enabled, matches: '^false$'", with("is_enabled = true"), None),
        ("name: description, starts-with: a", said("\"\""), None),
        ("name: description, starts-with: ''", said("\"\""), YES),
        ("name: description, starts-with: ab", said("\"abc\""), YES),
        ("name: description, starts-with: ab", said("\"ba\""), None),
        ("name: description, starts-with: ab", said("\"abc${var.v}\""), YES),
        ("name: description, starts-with: ab", said("\"ab${var.v}\""), YES),
        ("name: description, starts-with: ab", said("\"ac${var.v}\""), None),
        ("name: description, starts-with: ab", said("\"ab\""), YES),
        ("name: description, starts-with: ab", said("\"a\""), None),
        ("name: description, starts-with: ab", said("\"a${var.v}\""), OPEN),
        ("name: description, starts-with: ab", said("\"${var.v}\""), OPEN),
        ("name: description, is: a", said("var.v == \"\" ? \"a\" : \"b\""), OPEN),
        ("name: description, one-of: [a, b]", said("var.v == \"\" ? \"a\" : \"b\""), YES),
        ("name: description, is: c", said("var.v == \"\" ? \"a\" : \"b\""), None),
    ];
    for (test, source, expected) in cases {
        assert_eq!(
            found("key", &format!("{{attribute: {{{test}}}}}"), &source),
            expected,
            "{test} of {source}"
        );
    }
}

#[test]
fn what_is_not_written_is_its_default() {
    let cases = [
        ("name: deletion_window, under: 31, default: 30", YES),
        ("name: deletion_window, under: 30, default: 30", None),
        ("name: deletion_window, over: 29, default: 30", YES),
        ("name: deletion_window, over: 30, default: 30", None),
        ("name: deletion_window, over: 29, under: 30, default: 30", None),
        ("name: deletion_window, over: 29", None),
        ("name: description, over: 1, default: x", None),
        ("name: description, starts-with: a, default: ab", YES),
        ("name: description, starts-with: b, default: ab", None),
        ("name: description, matches: b$, default: ab", YES),
        ("name: description, matches: a$, default: ab", None),
        ("name: description, is: ab, default: ab", YES),
        ("name: description, is: a, default: ab", None),
        ("name: description, one-of: [a, b], default: ab", None),
        ("name: description, one-of: [a, ab], default: ab", YES),
    ];
    for (test, expected) in cases {
        assert_eq!(found("key", &format!("{{attribute: {{{test}}}}}"), &with("")), expected, "{test}");
    }
}

#[test]
fn tags_that_are_not_decided_are_told_where_all_agree() {
    let choice = |one: &str, two: &str| with(&format!("tags = var.v == \"\" ? {one} : {two}"));
    let owner = "{ owner = \"a\" }";
    let cases = [
        (choice(owner, "{ owner = \"b\" }"), YES),
        (choice(owner, "{ team = \"b\" }"), OPEN),
        (choice("{ x = \"a\" }", "{ y = \"b\" }"), None),
        (choice(owner, "var.v == \"x\" ? { owner = \"b\" } : { owner = \"c\" }"), YES),
    ];
    for (source, expected) in cases {
        assert_eq!(found("key", "{tag: {name: owner}}", &source), expected, "{source}");
    }
}

#[test]
fn the_place_of_a_key_is_asked_for() {
    let of = |word: &str, config: &Config| {
        let found = judged(rule("key", word, ""), &with(""), config).0;
        found.first().map(|it| it.certainty)
    };
    let nowhere = Config { region: None, ..config() };
    let cases = [("{partition: [aws]}", YES), ("{partition: [aws-cn, aws-eusc]}", None)];
    for (word, expected) in
        cases.into_iter().chain([("{region: [eu-central-1]}", YES), ("{region: [x]}", None)])
    {
        assert_eq!(of(word, &config()), expected, "{word}");
        assert_eq!(of(word, &nowhere), OPEN, "{word}");
    }
    let china = Config { region: Some("cn-north-1".to_owned()), ..config() };
    assert_eq!(of("{partition: [aws-cn]}", &china), YES);
}

#[test]
fn every_argument_of_aliases_and_grants_can_be_asked_for() {
    let alias = "resource \"aws_kms_alias\" \"a\" {\n  name = \"alias/x\"\n  target_key_id = \"1234\"\n}\n";
    let grant = "resource \"aws_kms_grant\" \"g\" {\n  name = \"n\"\n  key_id = \"1234\"\n  grantee_principal = \"arn:aws:iam::111122223333:role/x\"\n  operations = [\"Decrypt\"]\n}\n";
    for (subject, field, pattern, source) in [
        ("alias", "name", "alias/x", alias),
        ("alias", "key", "1234", alias),
        ("grant", "name", "n", grant),
        ("grant", "key", "1234", grant),
        ("grant", "grantee", ".*role/x", grant),
    ] {
        let of = |pattern: &str| {
            found(subject, &format!("{{field: {{name: {field}, matches: '^{pattern}$'}}}}"), source)
        };
        assert_eq!((of(pattern), of("other")), (YES, None), "{subject} {field}");
    }
}

#[test]
fn an_unknown_part_makes_a_policy_longer() {
    let open = key(&format!("{}, var.v", statement(ROLE, "kms:Sign", "")));
    let closed = key(&statement(ROLE, "kms:Sign", ""));
    let of = |word: &str, source: &str| found("policy", &format!("{{size: {{{word}}}}}"), source);
    for (word, when_open, when_closed) in [
        ("over: 100", YES, YES),
        ("over: 1000", OPEN, None),
        ("under: 100", None, None),
        ("under: 1000", OPEN, YES),
        ("over: 100, under: 1000", OPEN, YES),
    ] {
        assert_eq!((of(word, &open), of(word, &closed)), (when_open, when_closed), "{word}");
    }
}

/// A bucket that a key is for, by its default encryption.
pub(super) const BUCKET: &str = "resource \"aws_s3_bucket\" \"b\" {}\nresource \"aws_s3_bucket_server_side_encryption_configuration\" \"e\" {\n  bucket = aws_s3_bucket.b.id\n  rule {\n    apply_server_side_encryption_by_default {\n      sse_algorithm = \"aws:kms\"\n      kms_master_key_id = KEY\n    }\n  }\n}\n";

#[test]
fn keys_are_asked_for_what_uses_them() {
    let bucket = |key: &str| format!("{}{}", with(""), BUCKET.replace("KEY", key));
    let of = |word: &str, source: &str| {
        let (findings, _) =
            judged(rule("key", &format!("{{key-used-by: {{{word}}}}}"), ""), source, &config());
        findings.first().map(|it| it.certainty)
    };
    for (key, bucket_uses, queue_uses, queue_or_nobody) in [
        ("aws_kms_key.k.arn", YES, None, None),
        ("var.v", OPEN, None, YES),
        ("\"alias/aws/s3\"", None, None, YES),
    ] {
        let source = bucket(key);
        assert_eq!(of("any-of: [bucket]", &source), bucket_uses, "{key}");
        assert_eq!(of("any-of: [queue]", &source), queue_uses, "{key}");
        assert_eq!(of("any-of: [queue], or-nobody: true", &source), queue_or_nobody, "{key}");
    }
    let replica = "resource \"aws_kms_replica_key\" \"r\" {\n  primary_key_arn = aws_kms_key.k.arn\n}\n";
    let source = format!("{}{replica}", bucket("aws_kms_key.k.arn"));
    let when = "{all: [{role: [replica]}, {key-used-by: {any-of: [bucket]}}]}";
    assert_eq!(found("key", when, &source), YES, "what uses the primary uses its replicas");
}

#[test]
fn a_replica_is_compared_with_its_primary() {
    let policy = |role: &str| {
        format!(
            "policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{}] }})",
            statement(role, "kms:Decrypt", "")
        )
    };
    let pair = |one: &str, two: &str| {
        format!(
            "resource \"aws_kms_key\" \"k\" {{\n  multi_region = true\n  {}\n}}\nresource \"aws_kms_replica_key\" \"r\" {{\n  primary_key_arn = aws_kms_key.k.arn\n  {}\n}}\n",
            policy(one),
            policy(two)
        )
    };
    let of = |wanted: bool, source: &str| {
        found("policy", &format!("{{all: [{{role: [replica]}}, {{beyond-primary: {wanted}}}]}}"), source)
    };
    let (same, wider) = (pair(ROLE, ROLE), pair(ROLE, "arn:aws:iam::111122223333:role/other"));
    assert_eq!((of(true, &same), of(false, &same)), (None, YES));
    assert_eq!((of(true, &wider), of(false, &wider)), (YES, None));
}

#[test]
fn an_identity_policy_counts_where_the_key_policy_lets_it() {
    let source = |principal: &str, holder: &str| {
        format!(
            "{}resource \"aws_iam_role_policy\" \"p\" {{\n  role = \"{holder}\"\n  policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{{ Effect = \"Allow\", Action = \"kms:Decrypt\", Resource = aws_kms_key.k.arn }}] }})\n}}\n",
            key(&format!(
                "{{ Effect = \"Allow\", Principal = {principal}, Action = \"kms:*\", Resource = \"*\" }}"
            ))
        )
    };
    let role = |name: &str| format!("{{ AWS = \"arn:aws:iam::111122223333:role/{name}\" }}");
    let cases = [
        (role("path/app"), "app", false),
        (role("other"), "app", true),
        (role("APP"), "app", false),
        ("{ AWS = \"arn:aws:iam::111122223333:user/ann\" }".to_owned(), "app", true),
        ("{ AWS = \"arn:aws:iam::111122223333:root\" }".to_owned(), "app", false),
        ("{ AWS = \"arn:aws:iam::777788889999:root\" }".to_owned(), "app", true),
        ("{ AWS = \"*\" }".to_owned(), "app", false),
        ("{ AWS = var.v }".to_owned(), "app", false),
        ("{ AWS = [] }".to_owned(), "app", true),
        ("{ Service = \"sns.amazonaws.com\" }".to_owned(), "app", true),
    ];
    let others = source(&role("other"), "app").replacen("Principal", "NotPrincipal", 1);
    let of_others = rule("resource", "{shut-out: true}", "policies: [identity]");
    assert_eq!(judged(of_others, &others, &config()).0, [], "everyone but those is let in");
    for (principal, holder, shut) in cases {
        let source = source(&principal, holder);
        for wanted in [true, false] {
            let judging = rule("resource", &format!("{{shut-out: {wanted}}}"), "policies: [identity]");
            let found = judged(judging, &source, &config()).0.len();
            assert_eq!(found, usize::from(shut == wanted), "{principal} {wanted}");
        }
    }
}

#[test]
fn an_identity_that_is_made_here_is_told_from_others() {
    let source = |principal: &str| {
        format!(
            "resource \"aws_iam_role\" \"a\" {{\n  assume_role_policy = \"{{}}\"\n}}\nresource \"aws_iam_role\" \"b\" {{\n  assume_role_policy = \"{{}}\"\n}}\n{}resource \"aws_iam_role_policy\" \"p\" {{\n  role = aws_iam_role.a.name\n  policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{{ Effect = \"Allow\", Action = \"kms:Decrypt\", Resource = aws_kms_key.k.arn }}] }})\n}}\n",
            key(&format!(
                "{{ Effect = \"Allow\", Principal = {{ AWS = {principal} }}, Action = \"kms:*\", Resource = \"*\" }}"
            ))
        )
    };
    for (principal, shut) in [
        ("aws_iam_role.b.arn", 1),
        ("aws_iam_role.a.arn", 0),
        ("[aws_iam_role.b.arn, aws_iam_role.a.arn]", 0),
        ("\"arn:aws:iam::111122223333:role/b\"", 0),
    ] {
        let rule = rule("resource", "{shut-out: true}", "policies: [identity]");
        assert_eq!(judged(rule, &source(principal), &config()).0.len(), shut, "{principal}");
    }
}

#[test]
fn a_resource_that_is_not_the_arn_of_the_key_is_not_judged() {
    let source = |resource: &str, more: &str| {
        format!(
            "{}{more}resource \"aws_iam_role_policy\" \"p\" {{\n  role = \"app\"\n  policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{{ Effect = \"Allow\", Action = \"kms:Decrypt\", Resource = {resource} }}] }})\n}}\n",
            key(&statement("arn:aws:iam::111122223333:role/other", "kms:*", ""))
        )
    };
    for (resource, shut) in [("aws_kms_key.k.arn", 1), ("aws_kms_key.k.key_id", 0), ("\"*\"", 0)] {
        let rule = rule("resource", "{shut-out: true}", "policies: [identity]");
        assert_eq!(judged(rule, &source(resource, ""), &config()).0.len(), shut, "{resource}");
    }
}

#[test]
fn the_lockout_check_is_on_where_nothing_is_written() {
    for (arguments, off) in [
        ("", None),
        ("bypass_policy_lockout_safety_check = false", None),
        ("bypass_policy_lockout_safety_check = true", YES),
        ("bypass_policy_lockout_safety_check = var.v", OPEN),
    ] {
        let source = with(&format!(
            "policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{}] }})\n  {arguments}",
            statement(OWN, "kms:*", "")
        ));
        let on = match off {
            None => YES,
            open if open == OPEN => OPEN,
            _ => None,
        };
        assert_eq!(found("policy", "{lockout-check-bypassed: true}", &source), off, "{arguments}");
        assert_eq!(found("policy", "{lockout-check-bypassed: false}", &source), on, "{arguments}");
    }
}

#[test]
fn a_role_of_a_template_is_told_from_others() {
    let template = |principal: &str| {
        format!(
            "Resources:\n  Admin:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {{}}\n  App:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {{}}\n      Policies:\n        - PolicyName: app\n          PolicyDocument:\n            Version: '2012-10-17'\n            Statement:\n              - {{Effect: Allow, Action: kms:Decrypt, Resource: !GetAtt Data.Arn}}\n  Data:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy:\n        Version: '2012-10-17'\n        Statement:\n          - {{Effect: Allow, Principal: {{AWS: {principal}}}, Action: 'kms:*', Resource: '*'}}\n"
        )
    };
    for (principal, shut) in [("!GetAtt Admin.Arn", 1), ("'arn:aws:iam::111122223333:role/x'", 0)] {
        let map = Arc::new(SourceMap::default());
        let text = template(principal);
        let disk = Disk::memory([("template.yaml", text.as_str())], Arc::clone(&map));
        let declared = cloudformation::load(&disk, "template.yaml", &cloudformation::Given::default());
        let rule = rule("resource", "{shut-out: true}", "policies: [identity]");
        assert_eq!(judge(&declared, &Catalogue::of(rule), &config(), &map).len(), shut, "{principal}");
    }
}
