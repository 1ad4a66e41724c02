//! Whole modules: what is declared, where it was written, and what the real Terraform says.

use super::{Given, Session};
use crate::key::{Declared, Key, Role};
use crate::source::{Disk, SourceMap};
use crate::value::{Kind, Value};
use std::sync::Arc;

/// Loads the root module of files in memory.
fn load(files: &[(&str, &str)]) -> (Declared, Arc<SourceMap>) {
    let map = Arc::<SourceMap>::default();
    let disk = Disk::memory(files.iter().copied(), Arc::clone(&map));
    (Session::new(&disk).load("", &Given::default()), map)
}

/// The only policy of a key, as the value that its text encodes.
fn policy(key: &Key) -> Value {
    let [stated] = key.policies.as_slice() else { panic!("{} policies", key.policies.len()) };
    match stated.value.as_text().and_then(|text| text.encodes()) {
        Some(value) => value.clone(),
        None => stated.value.clone(),
    }
}

fn clean(declared: &Declared) {
    assert!(declared.problems.is_empty(), "{:#?}", declared.problems);
}

#[test]
fn a_key_with_a_document_through_a_variable() {
    let text = r#"
variable "admins" { default = ["arn:aws:iam::111122223333:root"] }
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = var.admins
    }
  }
}
resource "aws_kms_key" "k" {
  policy              = data.aws_iam_policy_document.d.json
  enable_key_rotation = true
}
"#;
    let (declared, map) = load(&[("main.tf", text)]);
    clean(&declared);
    let key = &declared.keys[0];
    assert_eq!((key.address.as_str(), key.role), ("aws_kms_key.k", Role::Key));
    let document = policy(key);
    let statement = &document.get("Statement").unwrap();
    let statement = statement.as_list().map_or(*statement, |list| &list.items[0]);
    let principal = statement.get("Principal").unwrap().get("AWS").unwrap();
    assert_eq!(map.slice(principal.span), "\"arn:aws:iam::111122223333:root\"");
    let notes: Vec<&str> = principal.trail.steps().map(|step| &*step.note).collect();
    assert_eq!(notes, ["through `var.admins`", "default here"]);
}

#[test]
fn modules_are_judged_as_called() {
    let files = [
        (
            "main.tf",
            "module \"m\" {\n  source = \"./kms\"\n  for_each = toset([\"a\", \"b\"])\n  who = each.key\n}\n",
        ),
        (
            "kms/main.tf",
            "variable \"who\" {}\nresource \"aws_kms_key\" \"this\" {\n  count = 1\n  policy = jsonencode({ Statement = [{ Sid = var.who }] })\n}\n",
        ),
    ];
    let (declared, map) = load(&files);
    clean(&declared);
    let addresses: Vec<&str> = declared.keys.iter().map(|key| key.address.as_str()).collect();
    assert_eq!(addresses, ["module.m[\"a\"].aws_kms_key.this[0]", "module.m[\"b\"].aws_kms_key.this[0]"]);
    let sid = policy(&declared.keys[1]);
    let sid = sid.get("Statement").unwrap().as_list().unwrap().items[0].get("Sid").unwrap().clone();
    assert_eq!(sid.as_str(), Some("b"));
    assert_eq!(map.slice(sid.span), "\"b\"");
}

#[test]
fn an_undecided_condition_keeps_both_branches() {
    let text = "variable \"open\" {}\nresource \"aws_kms_key\" \"k\" {\n  policy = jsonencode({ A = var.open ? \"*\" : \"x\" })\n}\n";
    let (declared, _) = load(&[("main.tf", text)]);
    clean(&declared);
    let document = policy(&declared.keys[0]);
    let Kind::OneOf(branches) = &document.get("A").unwrap().kind else { panic!("{document:?}") };
    assert_eq!(branches.len(), 2);
    assert_eq!((&*branches[0].when[0].condition, branches[0].when[0].holds), ("var.open", true));
    assert_eq!(branches[1].value.as_str(), Some("x"));
}

#[test]
fn a_common_key_module_is_judged_with_its_callers_arguments() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/terraform/kms-module");
    let disk = Disk::directory(&dir, "", Arc::default()).unwrap();
    let declared = Session::new(&disk).load("", &Given::default());
    clean(&declared);
    let addresses: Vec<&str> = declared.keys.iter().map(|key| key.address.as_str()).collect();
    assert_eq!(
        addresses,
        [
            "module.open.aws_kms_key.this[0]",
            "module.several[\"dev\"].aws_kms_key.this[0]",
            "module.several[\"prod\"].aws_kms_key.this[0]",
        ]
    );
    let document = policy(&declared.keys[0]);
    let statements = document.get("Statement").unwrap().as_list().unwrap();
    assert!(statements.open.is_none());
    assert_eq!(statements.items.len(), 2);
    let star = statements.items[1].get("Principal").unwrap().get("AWS").unwrap();
    assert_eq!((star.as_str(), disk.map().path(star.span.file).as_str()), (Some("*"), "main.tf"));
    assert_eq!(disk.map().slice(star.span), "\"*\"");
    let notes: Vec<&str> = star.trail.steps().map(|step| &*step.note).collect();
    assert_eq!(notes, ["through `var.key_owners`", "module called here", "argument here"]);
    let prod = policy(&declared.keys[2]);
    let statements = prod.get("Statement").unwrap().as_list().unwrap();
    let sids: Vec<_> =
        statements.items.iter().filter_map(|statement| statement.get("Sid")?.as_str()).collect();
    assert_eq!(sids, ["Default", "KeyUsage", "Logs"]);
}
