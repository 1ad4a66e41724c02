//! Words about what uses a key and what sends to it: which key, in which Region, and what the key's policy lets in.

use super::*;

/// A trail that uses a key with this statement, and whatever stands beside.
fn trail(statement: &str, more: &str) -> String {
    format!(
        "{}resource \"aws_cloudtrail\" \"t\" {{\n  name = \"main\"\n  s3_bucket_name = \"logs\"\n  kms_key_id = aws_kms_key.k.arn\n}}\n{more}",
        key(statement)
    )
}

fn found(subject: &str, when: &str, source: &str, config: &Config) -> Vec<Certainty> {
    let (findings, _) = judged(rule(subject, when, ""), source, config);
    findings.iter().map(|it| it.certainty).collect()
}

/// A statement that lets `CloudTrail` in under a condition.
fn service(condition: &str) -> String {
    let condition =
        if condition.is_empty() { String::new() } else { format!(", Condition = {{ {condition} }}") };
    format!(
        "{{ Effect = \"Allow\", Principal = {{ Service = \"cloudtrail.amazonaws.com\" }}, Action = \"kms:GenerateDataKey*\", Resource = \"*\"{condition} }}"
    )
}

const YES: &[Certainty] = &[Certainty::Certain];
const OPEN: &[Certainty] = &[Certainty::Undecided];

#[test]
fn slots_are_filled_from_the_resource_and_the_setting() {
    let account = Config { region: None, ..config() };
    let nothing = Config { key_account: None, region: None, ..config() };
    let here = config();
    let allowed = |slot: &str, value: &str| {
        let statement = service(&format!("StringEquals = {{ \"aws:SourceArn\" = \"{value}\" }}"));
        let when = format!(
            "{{lets-in: {{service: cloudtrail.amazonaws.com, actions: [kms:GenerateDataKey], context: {{'aws:SourceArn': 'x:{slot}:y'}}}}}}"
        );
        (trail(&statement, ""), when)
    };
    // What is put in for the slot, where all, the account alone, or nothing is set.
    for (slot, value, all_set, account_set, none_set) in [
        ("{account}", "x:111122223333:y", YES, YES, OPEN),
        ("{account}", "x:444455556666:y", &[], &[], OPEN),
        ("{account}", "x:1111:y", &[], &[], &[]),
        ("{region}", "x:eu-central-1:y", YES, OPEN, OPEN),
        ("{region}", "x:us-east-1:y", &[], OPEN, OPEN),
        ("{partition}", "x:aws:y", YES, YES, YES),
        ("{partition}", "x:aws-cn:y", &[], &[], &[]),
        ("{suffix}", "x:amazonaws.com:y", YES, YES, YES),
        ("{suffix}", "x:amazonaws.com.cn:y", &[], &[], &[]),
        ("{name}", "x:main:y", YES, YES, YES),
        ("{name}", "x:other:y", &[], &[], &[]),
        ("{any}", "x:main:y", OPEN, OPEN, OPEN),
        ("{name}/{name}", "x:main/main:y", YES, YES, YES),
        ("{arn}", "x:arn:aws:cloudtrail:eu-central-1:111122223333:trail/main:y", YES, OPEN, OPEN),
        ("{arn}", "x:arn:aws:cloudtrail:eu-central-1:111122223333:trail/other:y", &[], &[], &[]),
    ] {
        let (source, when) = allowed(slot, value);
        for (config, expected) in [(&here, all_set), (&account, account_set), (&nothing, none_set)] {
            assert_eq!(found("key-user", &when, &source, config), expected, "{slot} is {value}: {config:?}");
        }
    }
}

#[test]
fn a_key_policy_lets_in_whom_it_names() {
    let when = |more: &str| {
        format!("{{lets-in: {{service: 'cloudtrail.{{suffix}}', actions: [kms:GenerateDataKey{more}]}}}}")
    };
    let of = |statement: &str, more: &str| found("key-user", &when(more), &trail(statement, ""), &config());
    assert_eq!(of(&service(""), ""), YES);
    assert_eq!(of(&service(""), ", kms:Decrypt"), [], "all actions are asked for");
    assert_eq!(of(&service("StringEquals = { \"aws:SourceOrgID\" = \"o-1\" }"), ""), OPEN);
    assert_eq!(of(&statement(OWN, "kms:*", ""), ""), []);
    let unseen = of(&format!("{}, var.v", statement(OWN, "kms:*", "")), "");
    assert!(!unseen.is_empty() && unseen.iter().all(|it| *it == Certainty::Undecided), "{unseen:?}");
    let default = "resource \"aws_kms_key\" \"k\" {}\nresource \"aws_cloudtrail\" \"t\" {\n  name = \"main\"\n  s3_bucket_name = \"logs\"\n  kms_key_id = aws_kms_key.k.arn\n}\n";
    assert_eq!(found("key-user", &when(""), default, &config()), []);
    let denied = format!("{{not: {}}}", when(""));
    assert_eq!(found("key-user", &denied, default, &config()), YES);
    // A policy whose place is another resource counts as well; of two nothing can be told.
    let policy = |name: &str| {
        format!(
            "resource \"aws_kms_key_policy\" \"{name}\" {{\n  key_id = aws_kms_key.k.id\n  policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{}] }})\n}}\n",
            service("")
        )
    };
    assert_eq!(found("key-user", &when(""), &format!("{default}{}", policy("p")), &config()), YES);
    let two = format!("{default}{}{}", policy("p"), policy("q"));
    assert_eq!(found("key-user", &when(""), &two, &config()), OPEN);
}

#[test]
fn in_a_key_policy_the_keys_own_arn_means_it() {
    let on = |resource: &str| {
        let statement = service("").replace("Resource = \"*\"", &format!("Resource = {resource}"));
        let when = "{lets-in: {service: cloudtrail.amazonaws.com, actions: [kms:GenerateDataKey]}}";
        let policy = format!(
            "resource \"aws_kms_key\" \"k\" {{}}\nresource \"aws_kms_key\" \"other\" {{}}\nresource \"aws_kms_key_policy\" \"p\" {{\n  key_id = aws_kms_key.k.id\n  policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{statement}] }})\n}}\nresource \"aws_cloudtrail\" \"t\" {{\n  name = \"main\"\n  s3_bucket_name = \"logs\"\n  kms_key_id = aws_kms_key.k.arn\n}}\n"
        );
        found("key-user", when, &policy, &config())
    };
    assert_eq!(on("\"*\""), YES);
    assert_eq!(on("aws_kms_key.k.arn"), YES);
    assert_ne!(on("aws_kms_key.other.arn"), YES);
    assert_ne!(on("aws_kms_key.k.key_id"), YES);
    assert_eq!(on("\"arn:aws:s3:::logs\""), []);
}

#[test]
fn a_role_is_let_in_by_name_or_by_a_grant() {
    let when = "{lets-in: {role: 'aws-service-role/x.{suffix}/App', actions: [kms:GenerateDataKey]}}";
    let plain = "{lets-in: {role: App, actions: [kms:GenerateDataKey]}}";
    let of = |when: &str, principal: &str, more: &str| {
        found("key-user", when, &trail(&statement(principal, "kms:GenerateDataKey*", ""), more), &config())
    };
    let role = "arn:aws:iam::111122223333:role/App";
    assert_eq!(of(plain, role, ""), YES);
    assert_eq!(of(plain, "arn:aws:iam::111122223333:role/Other", ""), []);
    assert_eq!(of(plain, OWN, ""), [], "its identity policies allow nothing");
    let grant = "resource \"aws_kms_grant\" \"g\" {\n  key_id = aws_kms_key.k.key_id\n  grantee_principal = \"arn:aws:iam::111122223333:role/App\"\n  operations = [\"GenerateDataKey\"]\n}\n";
    assert_eq!(of(plain, "arn:aws:iam::111122223333:role/Other", grant), OPEN, "a grant may let it in");
    let service = "{lets-in: {service: x.amazonaws.com, actions: [kms:GenerateDataKey]}}";
    assert_eq!(of(service, role, grant), [], "a grant for a role lets no service in");
    assert_eq!(of(when, "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/App", ""), YES);
}

#[test]
fn one_value_of_a_condition_key_is_let_through() {
    let of = |value: &str| {
        let test = format!("StringLike = {{ \"kms:EncryptionContext:a\" = {value} }}");
        let when = "{context: {key: 'kms:EncryptionContext:a', admits: '{name}', refuses: '{name}/x'}}";
        found("key-user", when, &trail(&service(&test), ""), &config())
    };
    assert_eq!(of("\"main\""), YES);
    assert_eq!(of("\"main*\""), [], "both are let through");
    assert_eq!(of("\"other\""), []);
    assert_eq!(of("[\"main\", \"*/x\"]"), []);
}

#[test]
fn which_key_is_used_is_asked_for() {
    let source = |key: &str| {
        format!(
            "variable \"v\" {{\n  type = string\n}}\nresource \"aws_kms_key\" \"k\" {{}}\nresource \"aws_sns_topic\" \"t\" {{\n  name = \"t\"\n  kms_master_key_id = {key}\n}}\n"
        )
    };
    for (key, declared, managed, elsewhere) in [
        ("aws_kms_key.k.arn", YES, &[][..], &[][..]),
        ("\"alias/aws/sns\"", &[], YES, &[]),
        ("\"arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\"", &[], &[], YES),
        ("var.v", OPEN, OPEN, OPEN),
    ] {
        for (word, expected) in [("declared", declared), ("managed", managed), ("elsewhere", elsewhere)] {
            let when = format!("{{key-is: [{word}]}}");
            assert_eq!(found("key-user", &when, &source(key), &config()), expected, "{key} {word}");
        }
        let any = found("key-user", "{key-is: [declared, managed, elsewhere]}", &source(key), &config());
        assert_eq!(any, if key == "var.v" { OPEN } else { YES }, "{key}");
    }
    assert_eq!(found("key-user", "{use: [topic]}", &source("aws_kms_key.k.arn"), &config()), YES);
    assert_eq!(found("key-user", "{use: [queue]}", &source("aws_kms_key.k.arn"), &config()), []);
    let part = |test: &str| found("key-user", &format!("{{part: {{{test}}}}}"), &source("var.v"), &config());
    assert_eq!(part("name: name, is: t"), YES);
    assert_eq!(part("name: name, is: u"), []);
    assert_eq!(part("name: policy, written: true"), []);
    assert_eq!(part("name: policy, written: false"), YES);
}

#[test]
fn a_key_of_another_region_is_told() {
    let source = |arguments: &str, of_key: &str, key: &str, more: &str| {
        format!(
            "provider \"aws\" {{\n  region = \"eu-central-1\"\n}}\nprovider \"aws\" {{\n  alias = \"us\"\n  region = \"us-east-1\"\n}}\nresource \"aws_kms_key\" \"k\" {{\n  {arguments}\n{of_key}}}\nresource \"aws_sns_topic\" \"t\" {{\n  name = \"t\"\n  kms_master_key_id = {key}\n}}\n{more}"
        )
    };
    let there = "  provider = aws.us\n";
    let replica = |provider: &str| {
        format!(
            "resource \"aws_kms_replica_key\" \"r\" {{\n  primary_key_arn = aws_kms_key.k.arn\n{provider}}}\n"
        )
    };
    let of = |source: &str, wanted: bool| {
        found("key-user", &format!("{{other-region: {wanted}}}"), source, &config())
    };
    let (arn, id, multi) = ("aws_kms_key.k.arn", "aws_kms_key.k.key_id", "multi_region = true");
    for (source, other, same) in [
        (source("", "", arn, ""), &[][..], YES),
        (source("", there, arn, ""), YES, &[]),
        (source("", there, id, ""), YES, &[]),
        (source(multi, there, arn, ""), YES, &[]),
        // Its id names whichever replica there is in the Region.
        (source(multi, there, id, ""), OPEN, OPEN),
        (source(multi, there, id, &replica("")), &[], &[]),
        (source(multi, there, id, &replica(there)), OPEN, OPEN),
        (source("multi_region = false", there, id, ""), YES, &[]),
        (source(multi, there, "aws_kms_key.k.id", ""), OPEN, OPEN),
    ] {
        assert_eq!(of(&source, true), other, "{source}");
        assert_eq!(of(&source, false), same, "{source}");
    }
}

#[test]
fn a_key_leaves_an_action_to_identity_policies_or_gives_it_to_some() {
    let own = statement(OWN, "kms:*", "");
    let of = |statements: &str, encrypts: bool| {
        let user = if encrypts { "aws_kms_key.k.arn" } else { "\"alias/aws/s3\"" };
        let source = format!(
            "{}{}resource \"aws_iam_policy\" \"p\" {{\n  policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{{ Effect = \"Allow\", Action = \"kms:Encrypt\", Resource = aws_kms_key.k.arn }}] }})\n}}\n",
            key(statements),
            super::keys::BUCKET.replace("KEY", user)
        );
        let when = "{for-key: {used-by: [bucket], leaves: kms:GenerateDataKey}}";
        let rule = rule("statement", when, "policies: [identity]");
        judged(rule, &source, &config()).0.iter().map(|it| it.certainty).collect::<Vec<_>>()
    };
    assert_eq!(of(&own, true), YES);
    assert_eq!(of(&own, false), [], "no bucket uses it");
    let with = |more: &str| of(&format!("{own}, {more}"), true);
    assert_eq!(with(&statement(ROLE, "kms:Decrypt", "")), YES);
    assert_eq!(with(&statement(ROLE, "kms:GenerateDataKey", "")), OPEN);
    assert_eq!(with(&statement(ROLE, "kms:G*", "")), OPEN);
    assert_eq!(with(&statement(ROLE, "kms:${var.v}", "")), OPEN);
    assert_eq!(with(&statement(ROLE, "kms:Decrypt", "").replace("Action", "NotAction")), OPEN);
    assert_eq!(with(&statement(ROLE, "kms:*", "").replace("Allow", "Deny")), YES);
    assert_eq!(with(&statement("444455556666", "kms:*", "")), YES, "another account delegates as well");
    assert_eq!(with(&statement("444455556666", "kms:*", "").replace("Principal", "NotPrincipal")), OPEN);
    assert_eq!(with(&statement("*", "kms:*", "")), OPEN);
    assert_eq!(with("var.v"), OPEN);
    let service = "{ Effect = \"Allow\", Principal = { Service = \"sns.amazonaws.com\" }, Action = \"kms:*\", Resource = \"*\" }";
    assert_eq!(with(service), YES);
    assert_eq!(with(&service.replace("{ Service = \"sns.amazonaws.com\" }", "var.v")), OPEN);
    assert_eq!(with(&service.replace("\"kms:*\"", "var.v")), YES, "services are apart whatever they do");
}
