//! Sensitive values are judged and never shown: by no command, in no format.

use super::command::{kmsguard, place};
use std::fmt::Write as _;
use std::path::Path;

/// What no output may hold.
const MARKERS: [&str; 3] = ["MARKER", "999988887777", "hunter2"];

const MODULE: &str = r#"variable "beside" {
  sensitive = true
  default   = "MARKER-default"
}
resource "aws_kms_key" "a" {
}
variable "account" {
  sensitive = true
  default   = "999988887777"
}
variable "name" {
  sensitive = true
}
variable "given" {
  sensitive = true
}
resource "aws_kms_key" "b" {
  description = var.beside
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Root", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.account}:root" }, Action = "kms:*", Resource = "*" },
      { Sid = var.beside, Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.account}:role/x${var.name}y" }, Action = "kms:Decrypt", Resource = "*" },
      { Effect = "Allow", Principal = { AWS = "*" }, Action = "kms:*", Resource = "*", Condition = { StringEquals = { "aws:PrincipalOrgID" = sensitive("o-MARKERorg") } } },
      { Effect = "Alow", Principal = { AWS = var.given }, Action = var.given, Resource = "*" },
    ]
  })
}
resource "aws_db_instance" "d" {
  password    = "hunter2"
  password_wo = "MARKER-write-only"
}
resource "aws_kms_key" "c" {}
variable "ephemeral" {
  ephemeral = true
  default   = "MARKER-ephemeral"
}
resource "aws_kms_key" "d" {}
module "m" {
  source = "./m"
  token  = "MARKER-argument"
  open   = 1
}
output "o" {
  sensitive = true
  value     = "MARKER-output"
}
resource "aws_kms_external_key" "e" {
  key_material_base64 = "MARKER-material"
  tags = tolist(var.beside)
}
"#;

const TFVARS: &str = "name = \"MARKERname\"\nopen = \"x\"\ngiven = \"MARKER given\"\n";

const CALLED: &str = r#"variable "token" {
  sensitive = true
}
variable "open" {
  type = bool
}
resource "aws_kms_key" "m" {
  description = "${var.token}"
  is_enabled  = var.open
  policy      = "{ ${var.token}"
}
"#;

const TEMPLATE: &str = r#"Parameters:
  Secret:
    Type: String
    NoEcho: true
    Default: MARKERdefault
  Account: { Type: String, NoEcho: true, Default: "999988887777" }
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      Description: !Ref Secret
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - { Sid: !Ref Secret, Effect: Allow, Principal: { AWS: !Sub "arn:aws:iam::${Account}:root" }, Action: kms:*, Resource: "*" }
          - { Effect: Allow, Principal: { AWS: !Sub "arn:aws:iam::111122223333:role/${Secret}" }, Action: kms:Decrypt, Resource: "*" }
          - { Effect: Allow, Principal: "*", Action: !Ref Secret, Resource: "*" }
"#;

/// A plan whose key policy is sensitive as a whole, and which has other values in clear beside it.
fn plan() -> String {
    let statement = |sid: &str, principal: &str, action: &str| serde_json::json!({ "Sid": sid, "Effect": "Allow", "Principal": { "AWS": principal }, "Action": action, "Resource": "*" });
    let policy = |name: &str| {
        let root = statement("MARKERsid", "arn:aws:iam::999988887777:root", "kms:*");
        let role = format!("arn:aws:iam::999988887777:role/{name}");
        let statements = [root, statement("", &role, "kms:*"), statement("", "*", "kms:Decrypt")];
        serde_json::json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
    };
    let change = |actions: &str, description: &str| {
        serde_json::json!({
            "actions": [actions],
            "before": { "policy": policy("MARKERold") },
            "after": { "policy": policy("MARKERnew"), "description": description, "enable_key_rotation": false },
            "after_unknown": {},
            "before_sensitive": { "policy": true },
            "after_sensitive": { "policy": true, "description": true },
        })
    };
    let resource = |name: &str| {
        serde_json::json!({
            "address": format!("aws_kms_key.{name}"), "mode": "managed", "type": "aws_kms_key", "name": name,
            "change": change("update", "MARKERdescription"),
        })
    };
    serde_json::json!({
        "format_version": "1.2",
        "resource_changes": [resource("one"), resource("two")],
    })
    .to_string()
}

/// Runs every command in every format and gives what they printed.
fn outputs(directory: &Path, path: &str, other: &str) -> Vec<(String, String)> {
    let mut lines: Vec<String> =
        ["text", "json", "sarif", "github"].map(|format| format!("check {path} --format {format}")).into();
    for format in ["text", "json"] {
        lines.push(format!("inventory {path} --format {format}"));
        lines.push(format!("who-can {path} --format {format}"));
        lines.push(format!("who-can kms:Decrypt {path} --format {format}"));
        let sides = if other.is_empty() { path.to_owned() } else { format!("{path} {other}") };
        lines.push(format!("diff {sides} --format {format}"));
    }
    lines
        .into_iter()
        .map(|line| {
            let ran = kmsguard(directory, &line.split_whitespace().collect::<Vec<_>>());
            assert!(ran.out.len() > 20, "{line}: {ran:?}");
            (line, ran.out + &ran.err)
        })
        .collect()
}

fn assert_discreet(directory: &Path, path: &str, other: &str) {
    let mut told = String::new();
    for (line, printed) in outputs(directory, path, other) {
        for found in printed.lines().filter(|text| MARKERS.iter().any(|marker| text.contains(marker))) {
            let _ = writeln!(told, "kmsguard {line}: {found}");
        }
    }
    assert!(told.is_empty(), "sensitive values are told:\n{told}");
}

#[test]
fn sensitive_values_of_terraform_are_never_told() {
    let changed = MODULE.replace("kms:Decrypt", "kms:*").replace("MARKER-default", "MARKER-other");
    let place = place(&[
        ("old/main.tf", MODULE),
        ("old/terraform.tfvars", TFVARS),
        ("old/m/main.tf", CALLED),
        ("new/main.tf", &changed),
        ("new/terraform.tfvars", TFVARS),
        ("new/m/main.tf", CALLED),
    ]);
    assert_discreet(place.path(), "old", "new");
    let shown = kmsguard(place.path(), &["check", "old"]).out;
    assert!(shown.contains("sensitive(*************)"), "{shown}");
    let who = kmsguard(place.path(), &["who-can", "old"]).out;
    assert!(who.contains("role (sensitive value) of the key's account"), "{who}");
}

#[test]
fn sensitive_values_of_templates_are_never_told() {
    let changed = TEMPLATE.replace("kms:Decrypt", "kms:*").replace("111122223333", "444455556666");
    let place = place(&[("old.yaml", TEMPLATE), ("new.yaml", &changed)]);
    assert_discreet(place.path(), "old.yaml", "new.yaml");
}

#[test]
fn sensitive_values_of_plans_are_never_told() {
    let pretty: serde_json::Value = serde_json::from_str(&plan()).unwrap();
    let pretty = serde_json::to_string_pretty(&pretty).unwrap();
    let place = place(&[("plan.json", &plan()), ("pretty.json", &pretty)]);
    assert_discreet(place.path(), "plan.json", "");
    assert_discreet(place.path(), "pretty.json", "");
}

#[test]
fn what_is_not_sensitive_is_told() {
    let open = MODULE.replace("  sensitive = true\n", "");
    let place = place(&[("main.tf", &open), ("terraform.tfvars", TFVARS), ("m/main.tf", CALLED)]);
    let who = kmsguard(place.path(), &["who-can", "."]).out;
    assert!(who.contains("999988887777") && who.contains("MARKERname"), "{who}");
}
