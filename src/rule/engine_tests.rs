//! What the engine promises, whatever the rules say.

use super::{Catalogue, judge};
use crate::config::Config;
use crate::finding::{Certainty, Finding, Severity};
use crate::input::{cloudformation, terraform};
use crate::source::{Disk, SourceMap};
use std::sync::Arc;

fn config() -> Config {
    Config { key_account: Some("111122223333".to_owned()), ..Config::default() }
}

fn terraform_with(source: &str, config: &Config) -> (Vec<Finding>, Arc<SourceMap>) {
    let map = Arc::new(SourceMap::default());
    let disk = Disk::memory([("main.tf", source)], Arc::clone(&map));
    let declared = terraform::load(&disk, "", &terraform::Given::default());
    assert_eq!(declared.keys.len(), source.matches("resource \"aws_kms_key\"").count(), "{source}");
    (judge(&declared, Catalogue::built_in(), config, &map), map)
}

fn in_terraform(source: &str) -> Vec<Finding> {
    terraform_with(source, &config()).0
}

fn in_cloudformation(source: &str) -> Vec<Finding> {
    let map = Arc::new(SourceMap::default());
    let disk = Disk::memory([("template.yaml", source)], Arc::clone(&map));
    let declared = cloudformation::load(&disk, "template.yaml", &cloudformation::Given::default());
    assert_eq!(declared.keys.len(), 1);
    judge(&declared, Catalogue::built_in(), &Config::default(), &map)
}

/// A key whose policy is the expression `policy`.
fn key(policy: &str) -> String {
    format!("resource \"aws_kms_key\" \"k\" {{\n  enable_key_rotation = true\n  policy = {policy}\n}}\n")
}

fn rules(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|it| it.rule.as_str()).collect()
}

#[test]
fn the_default_key_policy_is_clean_in_every_notation_of_terraform() {
    let statement =
        "Sid = \"Enable IAM User Permissions\", Effect = \"Allow\", Action = \"kms:*\", Resource = \"*\"";
    let principals = [
        "\"arn:aws:iam::${data.aws_caller_identity.me.account_id}:root\"",
        "\"arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.me.account_id}:root\"",
        "data.aws_caller_identity.me.account_id",
        "\"arn:aws:iam::111122223333:root\"",
        "[\"111122223333\"]",
    ];
    let data = "data \"aws_caller_identity\" \"me\" {}\ndata \"aws_partition\" \"here\" {}\n";
    for principal in principals {
        let policy = format!(
            "jsonencode({{ Version = \"2012-10-17\", Statement = [{{ {statement}, Principal = {{ AWS = {principal} }} }}] }})"
        );
        assert_eq!(in_terraform(&format!("{data}{}", key(&policy))), [], "{principal}");
    }
    let heredoc = "<<EOT\n{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:aws:iam::${data.aws_caller_identity.me.account_id}:root\"}, \"Action\": \"kms:*\", \"Resource\": \"*\"}]}\nEOT\n";
    assert_eq!(in_terraform(&format!("{data}{}", key(heredoc))), []);
    let document = "data \"aws_iam_policy_document\" \"p\" {\n  statement {\n    actions = [\"kms:*\"]\n    resources = [\"*\"]\n    principals {\n      type = \"AWS\"\n      identifiers = [\"arn:aws:iam::${data.aws_caller_identity.me.account_id}:root\"]\n    }\n  }\n}\n";
    assert_eq!(in_terraform(&format!("{data}{document}{}", key("data.aws_iam_policy_document.p.json"))), []);
    assert_eq!(in_terraform("resource \"aws_kms_key\" \"k\" {\n  enable_key_rotation = true\n}\n"), []);
}

#[test]
fn the_default_key_policy_is_clean_in_every_notation_of_cloudformation() {
    let principals = [
        "!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'",
        "{'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root'}",
        "{'Fn::Join': ['', ['arn:', {Ref: 'AWS::Partition'}, ':iam::', {Ref: 'AWS::AccountId'}, ':root']]}",
        "!Ref AWS::AccountId",
    ];
    for principal in principals {
        let template = format!(
            "Resources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      EnableKeyRotation: true\n      KeyPolicy:\n        \
             Version: '2012-10-17'\n        Statement:\n          - Effect: Allow\n            Principal: {{AWS: {principal}}}\n            \
             Action: 'kms:*'\n            Resource: '*'\n"
        );
        assert_eq!(in_cloudformation(&template), [], "{principal}");
    }
}

#[test]
fn a_policy_that_is_not_known_is_one_undecided_finding() {
    let findings = in_terraform(&format!("variable \"p\" {{\n  type = string\n}}\n{}", key("var.p")));
    assert_eq!(findings.len(), 1, "{:?}", rules(&findings));
    let finding = &findings[0];
    assert_eq!((finding.certainty, finding.severity), (Certainty::Undecided, Severity::Critical));
    assert_eq!(finding.message, "cannot tell who may use and manage `aws_kms_key.k`");
    assert_eq!(finding.primary.fact, "`var.p` has no default and no value was given");
    for other in ["lockout-no-manager", "public-weak-condition"] {
        assert!(finding.help.as_ref().unwrap().contains(other));
    }
}

#[test]
fn one_unknown_is_one_finding_and_hides_no_certain_one() {
    let policy = "jsonencode({ Version = \"2012-10-17\", Statement = [\n\
        { Effect = \"Allow\", Principal = { AWS = var.admins }, Action = \"kms:*\", Resource = \"*\" },\n\
        { Effect = \"Allow\", Principal = \"*\", Action = \"kms:Decrypt\", Resource = \"*\" }] })";
    let findings =
        in_terraform(&format!("variable \"admins\" {{\n  type = list(string)\n}}\n{}", key(policy)));
    let shown: Vec<(Certainty, &str)> = findings.iter().map(|it| (it.certainty, it.rule.as_str())).collect();
    let undecided = shown.iter().filter(|(certainty, _)| *certainty == Certainty::Undecided).count();
    assert_eq!(undecided, 1, "{shown:?}");
    assert!(shown.contains(&(Certainty::Certain, "public-access")), "{shown:?}");
}

#[test]
fn a_mistake_is_told_once_and_not_as_undecided_too() {
    let findings = in_terraform(&key("<<EOT\n{\"Version\": }\nEOT\n"));
    assert_eq!(rules(&findings), ["policy-not-json"]);
}

const OPEN: &str = "jsonencode({ Version = \"2012-10-17\", Statement = [\n\
    { Effect = \"Allow\", Principal = { AWS = \"111122223333\" }, Action = \"kms:*\", Resource = \"*\" },\n\
    { Effect = \"Allow\", Principal = \"*\", Action = [\"kms:Decrypt\", \"kms:Encrypt\"], Resource = \"*\" }] })";

#[test]
fn fingerprints_outlive_edits_elsewhere() {
    let one = in_terraform(&key(OPEN));
    let moved = in_terraform(&format!("# a comment\n\n{}", key(OPEN)));
    let reordered = in_terraform(&key(
        &OPEN.replace("[\"kms:Decrypt\", \"kms:Encrypt\"]", "[\"kms:encrypt\", \"kms:Decrypt\"]")
    ));
    let other = in_terraform(&key(&OPEN.replace("kms:Encrypt", "kms:ReEncryptFrom")));
    assert_eq!(rules(&one), ["public-access"]);
    assert_eq!(one[0].fingerprint, moved[0].fingerprint);
    assert_eq!(one[0].fingerprint, reordered[0].fingerprint);
    assert_ne!(one[0].fingerprint, other[0].fingerprint);
    let twice = "{ Effect = \"Allow\", Principal = \"*\", Action = \"kms:ReEncryptTo\", Resource = \"*\" }";
    let both = in_terraform(&key(&OPEN.replace("}] })", &format!("}}, {twice}, {twice}] }})"))));
    let mut fingerprints: Vec<&str> = both.iter().map(|it| it.fingerprint.as_str()).collect();
    let count = fingerprints.len();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!((fingerprints.len(), count), (3, 3));
}

#[test]
fn settings_switch_rules_off_and_change_their_severity() {
    let mut config = config();
    config.rules.insert("public-access".to_owned(), Some(Severity::Low));
    assert_eq!(terraform_with(&key(OPEN), &config).0[0].severity, Severity::Low);
    config.rules.insert("public-access".to_owned(), None);
    assert_eq!(terraform_with(&key(OPEN), &config).0, []);
}

#[test]
fn the_way_that_a_value_came_is_shown_once_and_ends_at_the_key() {
    let source = format!(
        "locals {{\n  who = \"*\"\n}}\n{}",
        key(&OPEN.replace("\"*\", Action = [", "local.who, Action = ["))
    );
    let (findings, map) = terraform_with(&source, &config());
    let finding = findings.iter().find(|it| it.rule == "public-access").unwrap();
    assert_eq!(map.slice(finding.primary.span), "*");
    let facts: Vec<&str> = finding.secondary.iter().map(|it| it.fact.as_str()).collect();
    assert!(facts.iter().any(|fact| fact.contains("local.who")), "{facts:?}");
    assert!(facts.contains(&"in the policy of `aws_kms_key.k`"), "{facts:?}");
    let mut spans: Vec<_> = finding.labels().map(|it| it.span).collect();
    let count = spans.len();
    spans.sort_unstable();
    spans.dedup();
    assert_eq!(spans.len(), count);
}

#[test]
fn when_only_the_account_is_not_known_the_help_asks_for_it() {
    let policy = "jsonencode({ Version = \"2012-10-17\", Statement = [\n\
        { Effect = \"Allow\", Principal = { AWS = \"arn:aws:iam::111122223333:role/admin\" }, Action = \"kms:*\", Resource = \"*\" }] })";
    let (findings, _) = terraform_with(&key(policy), &Config::default());
    let open = findings.iter().find(|it| it.certainty == Certainty::Undecided).unwrap();
    assert_eq!(open.rule, "lockout-no-manager");
    assert!(open.help.as_ref().unwrap().contains("`key_account` in `kmsguard.yaml`"), "{:?}", open.help);
    assert!(in_terraform(&key(policy)).iter().all(|it| it.certainty == Certainty::Certain));
}
