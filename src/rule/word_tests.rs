//! What the words of the language find, each in a source that has it and in one that has it not.

mod elements;
mod keys;
mod misfits;
mod tags;
mod uses;

use super::{Catalogue, Rule, judge};
use crate::config::{Config, Profile, Selection};
use crate::finding::{Certainty, Finding};
use crate::input::{cloudformation, terraform};
use crate::source::{Disk, SourceMap};
use std::sync::Arc;

/// A rule with this subject and `when`.
fn rule(subject: &str, when: &str, more: &str) -> Rule {
    let text = format!(
        "id: a-rule\ntitle: t\nseverity: low\nsubject: {subject}\nwhen: {when}\nmessage: m\nundecided: u\n{more}\n"
    );
    let map = SourceMap::default();
    let file = map.add("a-rule.yaml", text.as_str());
    Rule::read(file, &text).unwrap_or_else(|problems| panic!("{problems:?} in {text}"))
}

fn config() -> Config {
    Config {
        key_account: Some("111122223333".to_owned()),
        trusted_accounts: vec!["444455556666".to_owned()],
        region: Some("eu-central-1".to_owned()),
        profiles: Selection::of(Profile::Pedantic),
        ..Config::default()
    }
}

fn judged(rule: Rule, source: &str, config: &Config) -> (Vec<Finding>, Arc<SourceMap>) {
    let map = Arc::new(SourceMap::default());
    let disk = Disk::memory([("main.tf", source)], Arc::clone(&map));
    let declared = terraform::load(&disk, "", &terraform::Given::default());
    assert_eq!(declared.problems, [], "{source}");
    (judge(&declared, &Catalogue::of(rule), config, &map), map)
}

/// What is underlined, with `?` before what is undecided.
fn marks(subject: &str, when: &str, source: &str) -> Vec<String> {
    let (findings, map) = judged(rule(subject, when, ""), source, &config());
    let mark = |it: &Finding| {
        let open = if it.certainty == Certainty::Undecided { "?" } else { "" };
        format!("{open}{}", map.slice(it.primary.span))
    };
    findings.iter().map(mark).collect()
}

/// A key whose policy has these statements.
fn key(statements: &str) -> String {
    format!(
        "variable \"v\" {{\n  type = string\n}}\nresource \"aws_kms_key\" \"k\" {{\n  policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{statements}] }})\n}}\n"
    )
}

fn statement(principal: &str, action: &str, more: &str) -> String {
    format!(
        "{{ Effect = \"Allow\", Principal = {{ AWS = \"{principal}\" }}, Action = \"{action}\", Resource = \"*\"{more} }}"
    )
}

const OWN: &str = "arn:aws:iam::111122223333:root";
const ROLE: &str = "arn:aws:iam::111122223333:role/app";

#[test]
fn accounts_are_told_apart() {
    let source = key(&[
        statement(OWN, "kms:*", ""),
        statement("444455556666", "kms:Decrypt", ""),
        statement("arn:aws:iam::777788889999:role/x", "kms:Decrypt", ""),
        statement("${var.v}", "kms:Decrypt", ""),
    ]
    .join(", "));
    let of = |words: &str| marks("principal", &format!("{{principal: {{account: [{words}]}}}}"), &source);
    let open = "?variable \"v\"";
    assert_eq!(of("own"), [open, OWN]);
    assert_eq!(of("trusted"), [open, "444455556666"]);
    assert_eq!(of("foreign"), [open, "arn:aws:iam::777788889999:role/x"]);
    let unknown = Config { profiles: Selection::of(Profile::Pedantic), ..Config::default() };
    let foreign = rule("principal", "{principal: {account: [foreign]}}", "");
    let (findings, _) = judged(foreign, &key(&statement(ROLE, "kms:Decrypt", "")), &unknown);
    assert_eq!(findings[0].certainty, Certainty::Undecided);
}

#[test]
fn tests_within_some_statement_hold_of_one() {
    let apart = key(&[statement(OWN, "kms:Decrypt", ""), statement(ROLE, "kms:*", "")].join(", "));
    let inside = "[{principal: {account: [own], kind: [account]}}, {action: {covers: [kms:PutKeyPolicy]}}]";
    let side_by_side = format!("{{all: {inside}}}");
    let in_one = format!("{{some-statement: {inside}}}");
    assert_eq!(marks("policy", &side_by_side, &apart).len(), 1);
    assert_eq!(marks("policy", &in_one, &apart), [""; 0]);
    assert_eq!(marks("policy", &in_one, &key(&statement(OWN, "kms:*", ""))), [OWN]);
    let open = key(&format!("{}, var.v", statement(ROLE, "kms:*", "")));
    assert_eq!(marks("policy", &in_one, &open).len(), 1, "what is not known may be such a statement");
}

#[test]
fn the_statement_and_the_policy_around_can_be_asked() {
    let source = key(&[statement(OWN, "kms:*", ""), statement(ROLE, "kms:Decrypt", "")].join(", "));
    let around = "{all: [{action: {covers: [kms:Decrypt]}}, {in-statement: [{principal: {kind: [role]}}]}]}";
    assert_eq!(marks("action", around, &source), ["kms:Decrypt"]);
    let wide = "{all: [{principal: {kind: [role]}}, {in-policy: [{action: {covers: [kms:PutKeyPolicy]}}]}]}";
    assert_eq!(marks("principal", wide, &source), [ROLE]);
}

#[test]
fn another_statement_may_give_the_same() {
    let twice = |one: &str, two: &str| {
        let source = key(&[statement(ROLE, one, ""), statement(ROLE, two, "")].join(", "));
        marks("statement", "{other-statement: {principals: same-or-wider, actions: all}}", &source).len()
    };
    assert_eq!(twice("kms:Decrypt", "kms:*"), 1);
    assert_eq!(twice("kms:Decrypt", "kms:Encrypt"), 0);
    assert_eq!(twice("kms:Decrypt", "kms:Decrypt"), 2);
    let everyone = key(&[statement(ROLE, "kms:Sign", ""), statement("*", "kms:S*", "")].join(", "));
    let word = "{other-statement: {principals: same-or-wider, actions: some, when: [{conditioned: false}]}}";
    assert_eq!(marks("statement", word, &everyone).len(), 1);
    let limited = ", Condition = { Bool = { \"aws:SecureTransport\" = \"true\" } }";
    let everyone = key(&[statement(ROLE, "kms:Sign", ""), statement("*", "kms:S*", limited)].join(", "));
    assert_eq!(marks("statement", word, &everyone), [""; 0]);
}

#[test]
fn actions_are_sorted_by_what_their_misuse_leads_to() {
    let source = key(&statement(ROLE, "kms:ScheduleKeyDeletion", ""));
    assert_eq!(marks("action", "{action: {risk: [destruction]}}", &source), ["kms:ScheduleKeyDeletion"]);
    assert_eq!(marks("action", "{action: {cryptographic: true}}", &source), [""; 0]);
    let encrypt = key(&statement(ROLE, "kms:Enc*", ""));
    assert_eq!(marks("action", "{action: {cryptographic: true}}", &encrypt), ["kms:Enc*"]);
    assert_eq!(marks("action", "{action: {cryptographic: false}}", &encrypt), [""; 0]);
}

#[test]
fn conditions_are_asked_for_values_and_keys() {
    let with = |test: &str, key: &str, value: &str| {
        key_with(&format!(", Condition = {{ {test} = {{ \"{key}\" = \"{value}\" }} }}"))
    };
    let via = |value: &str| {
        let source = with("StringEquals", "kms:ViaService", value);
        marks("condition", "{condition: {via-service: [malformed, other-region]}}", &source)
    };
    assert_eq!(via("s3.eu-west-1.amazonaws.com"), ["s3.eu-west-1.amazonaws.com"]);
    assert_eq!(via("s3.eu-central-1.amazonaws.com"), [""; 0]);
    assert_eq!(via("s3.${var.v}.amazonaws.com").len(), 1);
    let fit = |test: &str, value: &str| {
        let source = with(test, "aws:SecureTransport", value);
        marks("condition", "{condition: {values-fit: false}}", &source)
    };
    assert_eq!(fit("Bool", "yes"), ["yes"]);
    assert_eq!(fit("Bool", "true"), [""; 0]);
    let tags = with("StringEquals", "aws:ResourceTag/team", "x");
    assert_eq!(marks("condition", "{condition: {identity-only: true}}", &tags).len(), 1);
    let org = with("StringEquals", "aws:PrincipalOrgID", "o-abcdefghij");
    assert_eq!(marks("condition", "{condition: {restricts: [principal]}}", &org), ["\"aws:PrincipalOrgID\""]);
    assert_eq!(marks("statement", "{conditioned: false}", &org), [""; 0]);
}

fn key_with(more: &str) -> String {
    key(&statement(ROLE, "kms:Decrypt", more))
}

#[test]
fn tags_and_names_of_keys_are_asked_for() {
    let source =
        |tags: &str| format!("variable \"v\" {{}}\nresource \"aws_kms_key\" \"k\" {{\n  tags = {tags}\n}}\n");
    let of = |tags: &str| marks("key", "{not: {tag: {name: owner, matches: '^team-'}}}", &source(tags)).len();
    assert_eq!(of("{ owner = \"team-a\" }"), 0);
    assert_eq!(of("{ owner = \"nobody\" }"), 1);
    assert_eq!(of("{ Owner = \"team-a\" }"), 1);
    let open = marks("key", "{not: {tag: {name: owner}}}", &source("var.v"));
    assert!(open.len() == 1 && open[0].starts_with('?'), "{open:?}");
    let key = "resource \"aws_kms_key\" \"k\" {}\n";
    assert_eq!(marks("key", "{aliased: false}", key).len(), 1);
    let alias = "resource \"aws_kms_alias\" \"a\" {\n  name = \"alias/a\"\n  target_key_id = aws_kms_key.k.key_id\n}\n";
    assert_eq!(marks("key", "{aliased: false}", &format!("{key}{alias}")), [""; 0]);
}

#[test]
fn tags_of_templates_are_lists() {
    let template = "Resources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      Tags:\n        - {Key: owner, Value: team-a}\n";
    let found = |name: &str| {
        let map = Arc::new(SourceMap::default());
        let disk = Disk::memory([("template.yaml", template)], Arc::clone(&map));
        let declared = cloudformation::load(&disk, "template.yaml", &cloudformation::Given::default());
        let rule = rule("key", &format!("{{tag: {{name: {name}}}}}"), "");
        judge(&declared, &Catalogue::of(rule), &config(), &map).len()
    };
    assert_eq!((found("owner"), found("other")), (1, 0));
}

#[test]
fn aliases_and_grants_are_subjects() {
    let alias = "resource \"aws_kms_alias\" \"a\" {\n  name = \"alias/aws/x\"\n  target_key_id = \"1\"\n}\n";
    let reserved = "{field: {name: name, matches: '^alias/aws/'}}";
    assert_eq!(marks("alias", reserved, alias), ["\"alias/aws/x\""]);
    let grant = "resource \"aws_kms_key\" \"k\" {}\nresource \"aws_kms_grant\" \"g\" {\n  key_id = aws_kms_key.k.key_id\n  grantee_principal = \"arn:aws:iam::777788889999:role/x\"\n  operations = [\"Decrypt\", \"CreateGrant\"]\n}\n";
    assert_eq!(
        marks("grant", "{field: {name: operations, one-of: [CreateGrant]}}", grant),
        ["\"CreateGrant\""]
    );
    assert_eq!(
        marks("grant", "{field: {name: operations, none-of: [Decrypt, CreateGrant]}}", grant),
        [""; 0]
    );
    let foreign = "{field: {name: grantee, principal: {account: [foreign]}}}";
    assert_eq!(marks("grant", foreign, grant).len(), 1);
    assert_eq!(marks("grant", "{field: {name: retiring, written: false}}", grant).len(), 1);
    assert_eq!(marks("grant", "{field: {name: constraints, written: true}}", grant), [""; 0]);
    let spec = "{attribute: {name: spec, is: SYMMETRIC_DEFAULT, default: SYMMETRIC_DEFAULT}}";
    assert_eq!(marks("grant", spec, grant).len(), 1, "the key of the grant is asked");
}

#[test]
fn identity_policies_are_asked_where_the_rule_says_so() {
    let source = "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"kms:Decrypt\", Resource = \"*\" }] })\n}\n";
    let when = "{resource: {is: ['*']}}";
    let count = |more: &str| judged(rule("statement", when, more), source, &config()).0.len();
    assert_eq!((count(""), count("policies: [identity]"), count("policies: [key, identity]")), (0, 1, 1));
}

#[test]
fn the_deployer_is_asked_against_the_key_policy() {
    let deployer = |arn: &str| Config { deployer: Some(arn.to_owned()), ..config() };
    let lacks = |source: &str, config: &Config| {
        let rule = rule("policy", "{deployer: {lacks: [kms:PutKeyPolicy]}}", "");
        let findings = judged(rule, source, config).0;
        findings.iter().map(|it| it.certainty).collect::<Vec<_>>()
    };
    let app = key(&statement(ROLE, "kms:*", ""));
    assert_eq!(lacks(&app, &deployer(ROLE)), []);
    assert_eq!(lacks(&app, &deployer("arn:aws:iam::111122223333:role/ci")), [Certainty::Certain]);
    assert_eq!(lacks(&app, &config()), []);
    let delegated = key(&statement(OWN, "kms:*", ""));
    assert_eq!(lacks(&delegated, &deployer("arn:aws:iam::111122223333:role/ci")), []);
    let mfa = ", Condition = { Bool = { \"aws:MultiFactorAuthPresent\" = \"true\" } }";
    let tested = key(&statement(OWN, "kms:*", mfa));
    assert_eq!(lacks(&tested, &deployer("arn:aws:iam::111122223333:role/ci")), [Certainty::Undecided]);
}

#[test]
fn edits_stand_only_where_the_text_is_as_expected() {
    let more = "edits:\n  - {title: 'write `{meant}`', find: '{action}', with: '{meant}'}";
    let fixes = |source: &str| {
        let rule = rule("action", "{action: {service: kms, known: false}}", more);
        let (findings, map) = judged(rule, source, &config());
        let fixes: Vec<(String, String, String)> = findings[0]
            .fixes
            .iter()
            .map(|fix| (fix.title.clone(), map.slice(fix.edits[0].0), fix.edits[0].1.clone()))
            .collect();
        fixes
    };
    let own = |text: &str| text.to_owned();
    let expected = (own("write `kms:ReEncrypt*`"), own("kms:ReEncrypt"), own("kms:ReEncrypt*"));
    assert_eq!(fixes(&key(&statement(ROLE, "kms:ReEncrypt", ""))), [expected]);
    assert_eq!(fixes(&key(&statement(ROLE, "${\"kms:\"}ReEncrypt", ""))), []);
}

#[test]
fn a_narrower_case_may_have_its_own_help_and_profile() {
    let grade = "help: general\ngrades:\n  - {when: {principal: {kind: [role]}}, severity: info, help: special, profile: pedantic}";
    let source = key(&statement(ROLE, "kms:Sign", ""));
    let rule = rule("statement", "{effect: allow}", grade);
    let (findings, _) = judged(rule.clone(), &source, &config());
    assert_eq!(findings[0].help.as_deref(), Some("special"));
    let default = Config { profiles: Selection::default(), ..config() };
    assert_eq!(judged(rule.clone(), &source, &default).0, []);
    let (findings, _) = judged(rule, &key(&statement(OWN, "kms:Sign", "")), &default);
    assert_eq!(findings[0].help.as_deref(), Some("general"));
}
