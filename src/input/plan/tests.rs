//! Plans in the documented format, and what is read of them.

use super::*;
use crate::key::{Action, Attribute, Key, Role};
use crate::source::Disk;
use crate::syntax::json;
use crate::value::{Kind, Symbol};
use std::sync::Arc;

const KEYS: &str = include_str!("../../../testdata/plan/keys.json");

fn read(text: &str) -> (Arc<SourceMap>, Declared) {
    let map = Arc::new(SourceMap::default());
    let file = map.add("plan.json", text);
    let declared = load(&map, file, None);
    (map, declared)
}

fn key<'a>(declared: &'a Declared, address: &str) -> &'a Key {
    declared.keys.iter().find(|key| key.address == address).unwrap_or_else(|| panic!("no {address}"))
}

fn problem(text: &str) -> String {
    let (_, declared) = read(text);
    assert!(declared.keys.is_empty());
    declared.problems.into_iter().map(|problem| problem.message).collect()
}

#[test]
fn plans_are_told_by_their_content() {
    assert!(recognises(KEYS));
    assert!(recognises("\u{feff} {\"format_version\":\"1.0\",\"planned_values\":{}}"));
    assert!(!recognises(r#"{"format_version":"1.0","values":{}}"#));
    assert!(!recognises(r#"{"Resources":{}}"#));
}

#[test]
fn what_is_no_whole_plan_of_a_known_version_is_refused() {
    assert_eq!(problem("PK\u{3}\u{4}"), "is a binary plan file, which only Terraform can read");
    let cut = KEYS.get(..KEYS.len() / 2).unwrap();
    assert_eq!(problem(cut), "the plan ends in the middle, it was cut off");
    let newer = KEYS.replace(r#""format_version":"1.2""#, r#""format_version":"2.0""#);
    assert_eq!(
        problem(&newer),
        "the plan has format version `2.0`, and only versions 1.x, 0.1 and 0.2 are known"
    );
    assert_eq!(problem(r#"{"resource_changes":[]}"#), "the plan does not say its `format_version`");
    assert!(problem(r#"{"format_version":"1.0","resource_changes":[}"#).contains("not valid JSON"));
    assert!(problem(r#"{"format_version":"1.0","resource_changes":7}"#).contains("another type"));
    for old in ["0.1", "0.2"] {
        let old = KEYS.replace(r#""format_version":"1.2""#, &format!(r#""format_version":"{old}""#));
        assert!(!read(&old).1.keys.is_empty());
    }
}

#[test]
fn a_partial_plan_says_so() {
    let (_, declared) = read(&KEYS.replace(r#""complete":true"#, r#""complete":false"#));
    assert_eq!(declared.problems[0].kind, ProblemKind::Partial);
    let (_, declared) = read(&KEYS.replace(r#""errored":false"#, r#""errored":true"#));
    assert!(declared.problems[0].message.contains("ended with an error"));
    assert_eq!(read(KEYS).1.problems, []);
}

#[test]
fn an_unknown_policy_is_written_or_not() {
    let (map, declared) = read(KEYS);
    // Not written, and one stated apart, found through the configuration.
    let plain = key(&declared, "aws_kms_key.plain");
    let addresses: Vec<_> = plain.policies.iter().map(|policy| policy.address.as_str()).collect();
    assert_eq!(addresses, ["aws_kms_key_policy.apart"]);
    assert_eq!(plain.policies[0].bypass.as_ref().unwrap().as_bool(), Some(true));
    assert_eq!(map.slice(plain.policies[0].name_span), "\"policy\"");
    assert!(key(&declared, "aws_kms_key.replaced").policies.is_empty());
    // Written, but with an expression that the plan cannot show.
    let computed = &key(&declared, "aws_kms_key.computed").policies[0].value;
    let Kind::Unknown(unknown) = &computed.kind else { panic!("{computed:?}") };
    assert_eq!(&*unknown.name, "aws_kms_key.computed.policy");
}

#[test]
fn a_document_put_off_to_the_apply_is_rendered() {
    let (map, declared) = read(KEYS);
    let this = key(&declared, "module.m[\"a.b\"].aws_kms_key.this[0]");
    let text = this.policies[0].value.as_text().unwrap();
    let document = json::parse_text(text, this.span).unwrap();
    let statement = &document.get("Statement").unwrap().as_list().unwrap().items[0];
    assert_eq!(statement.get("Action").unwrap().as_str(), Some("kms:*"));
    let names: Vec<_> = document.unknowns().into_iter().map(|unknown| unknown.name.to_string()).collect();
    assert_eq!(names, ["aws_iam_role.r.arn"]);
    let action = statement.get("Action").unwrap().as_text().unwrap().span(0..5).unwrap();
    assert_eq!(map.slice(action), "kms:*");
}

#[test]
fn attributes_are_those_that_are_written() {
    let (map, declared) = read(KEYS);
    let plain = key(&declared, "aws_kms_key.plain");
    assert!(!plain.attributes.contains_key(&Attribute::MultiRegion));
    assert!(!plain.attributes.contains_key(&Attribute::Description));
    assert_eq!(plain.attributes[&Attribute::Rotation].as_bool(), Some(false));
    assert_eq!(map.slice(plain.span), "\"aws_kms_key.plain\"");
    let live = key(&declared, "aws_kms_key.live");
    assert!(!live.attributes.contains_key(&Attribute::CustomKeyStore));
    assert!(live.attributes[&Attribute::Description].secret);
    assert!(live.account.as_ref().unwrap().is("111122223333"));
    assert!(live.partition.as_ref().unwrap().is("aws"));
    assert!(live.region.as_ref().unwrap().is("eu-west-1"));
}

#[test]
fn changes_say_what_is_done_and_why() {
    let (map, declared) = read(KEYS);
    let change = |address: &str| key(&declared, address).change.as_ref().unwrap();
    let replaced = change("aws_kms_key.replaced");
    assert_eq!(replaced.action, Action::Replace);
    assert_eq!(replaced.reason.as_deref(), Some("replace_because_cannot_update"));
    assert_eq!(replaced.forced_by[0].0, "key_usage");
    assert_eq!(map.slice(replaced.forced_by[0].1), "\"key_usage\"");
    assert!(replaced.policy_before.is_some());
    let gone = key(&declared, "aws_kms_key.gone");
    assert_eq!(gone.change.as_ref().unwrap().action, Action::Delete);
    assert!(gone.policies.is_empty() && gone.policy_elsewhere);
    assert_eq!(change("aws_kms_key.live").action, Action::Update);
    assert_eq!(change("aws_kms_key.plain").action, Action::Create);
}

#[test]
fn policies_apart_find_their_key_by_value_or_stand_alone() {
    let (_, declared) = read(KEYS);
    let live = key(&declared, "aws_kms_key.live");
    let addresses: Vec<_> = live.policies.iter().map(|policy| policy.address.as_str()).collect();
    assert_eq!(addresses, ["aws_kms_key.live", "aws_kms_key_policy.by_value"]);
    assert_eq!(key(&declared, "aws_kms_key_policy.foreign").role, Role::PolicyAlone);
    assert_eq!(declared.keys.len(), 7);
    let identities: Vec<_> =
        declared.identity_policies.iter().map(|policy| policy.address.as_str()).collect();
    assert_eq!(identities, ["aws_iam_policy.kms"]);
}

#[test]
fn with_the_source_findings_point_into_it() {
    let source = r#"
locals { policy = jsonencode({ Statement = [{ Effect = "Deny" }] }) }
resource "aws_kms_key" "computed" {
  policy = local.policy
}
variable "who" {}
resource "aws_kms_key" "live" {
  enable_key_rotation = true
  policy = jsonencode({
    Statement = [{
      Sid = "all", Effect = "Allow", Principal = { AWS = var.who }, Action = "kms:*", Resource = "*"
    }]
  })
  lifecycle { prevent_destroy = true }
}
"#;
    let map = Arc::new(SourceMap::default());
    let disk = Disk::memory([("main.tf", source)], Arc::clone(&map));
    let declared = crate::input::terraform::load(&disk, "", &crate::input::terraform::Given::default());
    assert_eq!(declared.keys.len(), 2);
    let file = map.add("plan.json", KEYS);
    let declared = load(&map, file, Some(declared));
    let computed = key(&declared, "aws_kms_key.computed");
    assert_eq!(map.slice(computed.span), "resource \"aws_kms_key\" \"computed\"");
    assert!(json::parse_text(computed.policies[0].value.as_text().unwrap(), computed.span).is_ok());
    let live = key(&declared, "aws_kms_key.live");
    assert_eq!(live.attributes[&Attribute::Retained].as_bool(), Some(true));
    assert_eq!(map.slice(live.attributes[&Attribute::Rotation].span), "true");
    let document = json::parse_text(live.policies[0].value.as_text().unwrap(), live.span).unwrap();
    let statement = &document.get("Statement").unwrap().as_list().unwrap().items[0];
    let action = statement.get("Action").unwrap();
    assert_eq!(map.path(action.span.file), "main.tf");
    assert_eq!(map.slice(action.span), "\"kms:*\"");
    let principal = statement.get("Principal").unwrap().get("AWS").unwrap();
    assert_eq!((principal.as_str(), map.path(principal.span.file).as_str()), (Some("*"), "main.tf"));
}

#[test]
fn an_unknown_identifier_is_one_roles_only_where_the_configuration_says_so() {
    let unknown = |text: &str| {
        let (_, declared) = read(text);
        let this = key(&declared, "module.m[\"a.b\"].aws_kms_key.this[0]");
        let document = json::parse_text(this.policies[0].value.as_text().unwrap(), this.span).unwrap();
        document.unknowns()[0].clone()
    };
    assert!(matches!(unknown(KEYS).symbol, Symbol::Attribute { .. }));
    let two = KEYS.replace(r#"["aws_iam_role.r.arn","aws_iam_role.r"]"#, r#"["aws_iam_role.r.arn","var.x"]"#);
    assert_eq!(unknown(&two).symbol, Symbol::AnyText);
    assert_eq!(
        &*unknown(&two).name,
        "data.aws_iam_policy_document.d.statement[0].principals[0].identifiers[1]"
    );
}
