//! Looking in: `console`, `inventory`, and what decides the values of Terraform variables.

use crate::command::{Ran, place, testdata};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs kmsguard with text on standard input and variables in the environment.
fn asked(directory: &Path, args: &[&str], input: &str, environment: &[(&str, &str)]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kmsguard"))
        .args(args)
        .current_dir(directory)
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A run that ends without reading has its reason; the assertions see it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// What `console` prints for one expression.
fn value(directory: &Path, args: &[&str], expr: &str, environment: &[(&str, &str)]) -> String {
    let args: Vec<&str> = ["console"].iter().chain(args).copied().collect();
    let ran = asked(directory, &args, expr, environment);
    format!("{}{}", ran.out, ran.err).trim_end().to_owned()
}

const LAYOUT: &str = r#"{
  "a" = [
    tolist([
      "c",
      "a",
      "b",
      "a",
    ]),
    tomap({
      "a" = "1"
      "b" = "2"
    }),
    toset([
      "y",
      "z",
    ]),
    <<-EOT
    x
    y
    EOT,
    (sensitive value),
    [],
    {},
  ]
}"#;

#[test]
fn the_console_prints_as_terraform_does() {
    let fixture = testdata().join("terraform/fixture");
    let printed = value(&fixture, &[], r#"{ a = [var.ls, var.ms, var.ss, "x\ny", var.sens, [], {}] }"#, &[]);
    assert_eq!(printed, LAYOUT);
}

#[test]
fn the_console_names_what_is_not_known() {
    let place = place(&[(
        "main.tf",
        "variable \"who\" {}\nvariable \"open\" { type = bool }\nresource \"aws_kms_key\" \"k\" {}\n",
    )]);
    assert_eq!(
        value(place.path(), &[], r#""x-${var.who}""#, &[]),
        "\"x-${var.who}\"\n# `var.who` has no default and no value was given"
    );
    assert_eq!(
        value(place.path(), &[], "aws_kms_key.k.arn", &[]),
        "(unknown: aws_kms_key.k.arn)\n# `aws_kms_key.k.arn` is known only after apply"
    );
    let either = value(place.path(), &[], r#"var.open ? "*" : "x""#, &[]);
    assert_eq!(either, "(one of\n  where `var.open`: \"*\"\n  where not `var.open`: \"x\"\n)");
}

#[test]
fn the_console_answers_lines_of_json() {
    let fixture = testdata().join("terraform/fixture");
    let lines = [
        r#"{"id":1,"expr":"{ b = 1, a = [true, \"<\"] }"}"#,
        r#"{"id":2,"expr":"terraform_data.u.id"}"#,
        r#"{"id":3,"expr":"timestamp()"}"#,
        r#"{"id":4,"expr":"nothing()"}"#,
        r#"{"id":5,"expr":"[var.sens]"}"#,
    ];
    let ran = asked(&fixture, &["console", "--json"], &lines.join("\n"), &[]);
    let expected = [
        r#"{"id":1,"ok":true,"json":"{\"a\":[true,\"\\u003c\"],\"b\":1}"}"#,
        r#"{"id":2,"ok":true,"unknown":true}"#,
        r#"{"id":3,"unsupported":true}"#,
        r#"{"id":4,"ok":false,"error":"there is no function `nothing`"}"#,
        r#"{"id":5,"ok":true,"unknown":true,"sensitive":true}"#,
    ];
    assert_eq!(ran.out.lines().collect::<Vec<_>>(), expected, "{ran:?}");
    assert_eq!(ran.code, 0);
}

#[test]
fn a_mistake_on_the_console_is_told_and_the_rest_goes_on() {
    let place = place(&[("main.tf", "locals {\n  role = 1\n}\n")]);
    let ran = asked(place.path(), &["console"], "local.rule\nlocal.role\n", &[]);
    assert_eq!((ran.code, ran.out.as_str()), (2, "1\n"));
    assert!(ran.err.contains("did you mean `local.role`?"), "{ran:?}");
    assert_eq!(asked(place.path(), &["console", "nowhere"], "", &[]).code, 2);
}

const SECRET: &str = r#"
variable "pw" {
  default   = "hunter2"
  sensitive = true
}
variable "given" { sensitive = true }
locals {
  url = "https://${var.pw}"
}
resource "aws_kms_key" "k" {
  description             = local.url
  deletion_window_in_days = tonumber(upper(var.pw))
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = var.given } }]
  })
}
resource "aws_kms_grant" "g" {
  key_id            = aws_kms_key.k.id
  grantee_principal = var.given
  operations        = [file(var.pw)]
}
"#;

/// However a sensitive value is asked for, judged or wrong, it is not printed.
#[test]
fn sensitive_values_are_never_printed() {
    let place = place(&[("main.tf", SECRET), ("x.auto.tfvars", "given = \"hunter2*\"\n")]);
    let exprs = [
        "var.pw",
        "local.url",
        "[var.pw]",
        "jsonencode({ a = local.url })",
        "tonumber(var.pw)",
        "var.pw.x",
        "{ a = 1 }[var.pw]",
        "file(local.url)",
        "[1][var.pw]",
        "var.pw ? 1 : 2",
        "-var.pw",
        "parseint(upper(var.pw), 10)",
        "format(\"%d\", var.pw)",
        "{ (var.pw) = 1 }",
        "split(\"t\", var.pw)",
        "{ for c in split(\"t\", var.pw) : c => 1 }",
        "templatestring(var.pw, {})",
        "jsondecode(var.pw)",
        "cidrhost(var.pw, 1)",
        "base64decode(var.pw)",
        "[for c in sensitive([\"hunter2\"]) : c + 1]",
    ];
    let console = asked(place.path(), &["console"], &exprs.join("\n"), &[]);
    assert!(console.out.contains("(sensitive value)"));
    let asks = |expr: &&str| serde_json::json!({ "id": 1, "expr": expr }).to_string();
    let json = exprs.iter().map(asks).collect::<Vec<_>>().join("\n");
    let json = asked(place.path(), &["console", "--json"], &json, &[]);
    assert_eq!(json.out.lines().count(), exprs.len());
    let mut printed = vec![console, json];
    for args in [
        &["inventory"][..],
        &["inventory", "--format", "json"],
        &["check"],
        &["check", "--format", "json"],
        &["check", "--format", "sarif"],
        &["check", "--format", "github"],
        &["check", "--var", "given=hunter2:*"],
    ] {
        printed.push(asked(place.path(), args, "", &[("TF_VAR_given", "hunter2+")]));
    }
    for ran in printed {
        let said = format!("{}{}", ran.out, ran.err).to_lowercase();
        // The source of the literal itself may be shown only where the user typed it on the console.
        let said = said.replace("sensitive([\\\"hunter2\\\"])", "").replace("sensitive([\"hunter2\"])", "");
        assert!(!said.contains("hunter2") && !said.contains("hun\""), "{said}");
    }
}

const VARIABLES: &str = "variable \"a\" { default = \"default\" }\nvariable \"list\" {\n  type    = list(string)\n  default = []\n}\n";

#[test]
fn values_are_given_in_terraforms_order() {
    let place = place(&[
        ("main.tf", VARIABLES),
        ("more/x.tfvars", "a = \"var-file\"\n"),
        ("more/y.tfvars.json", r#"{"a": "json ${x}"}"#),
    ]);
    let env = [("TF_VAR_a", "environment")];
    assert_eq!(value(place.path(), &[], "var.a", &[]), "\"default\"");
    assert_eq!(value(place.path(), &[], "var.a", &env), "\"environment\"");
    std::fs::write(place.path().join("terraform.tfvars"), "a = \"tfvars\"\n").unwrap();
    assert_eq!(value(place.path(), &[], "var.a", &env), "\"tfvars\"");
    std::fs::write(place.path().join("b.auto.tfvars"), "a = \"auto\"\n").unwrap();
    assert_eq!(value(place.path(), &[], "var.a", &env), "\"auto\"");
    let file = ["--var-file", "more/x.tfvars"];
    assert_eq!(value(place.path(), &file, "var.a", &env), "\"var-file\"");
    let json = ["--var-file", "more/x.tfvars", "--var-file", "more/y.tfvars.json"];
    assert_eq!(value(place.path(), &json, "var.a", &env), "\"json ${x}\"");
    let typed = ["--var-file", "more/x.tfvars", "--var", "a=first", "--var", "a=typed="];
    assert_eq!(value(place.path(), &typed, "var.a", &env), "\"typed=\"");
    let file_last = ["--var", "a=typed", "--var-file", "more/x.tfvars"];
    assert_eq!(value(place.path(), &file_last, "var.a", &env), "\"var-file\"");
    assert!(value(place.path(), &["--var", "list=[\"x\"]"], "var.list", &env).contains("\"x\","));
    assert!(
        value(place.path(), &["--var-file", "none.tfvars"], "1", &[]).contains("`--var-file none.tfvars`")
    );
}

const VALIDATED: &str = r#"
variable "days" {
  default = 3
  validation {
    condition     = var.days >= 7 && var.days <= 30
    error_message = "Days must be between 7 and 30."
  }
}
variable "unused" {
  default = 1
  validation {
    condition     = false
    error_message = "Never."
  }
}
variable "open" {
  validation {
    condition     = var.open
    error_message = "Never."
  }
}
resource "aws_kms_key" "k" {
  enable_key_rotation     = true
  deletion_window_in_days = var.open ? var.days : 30
}
"#;

#[test]
fn a_failing_validation_of_what_is_needed_is_told_where_the_value_was_given() {
    let place = place(&[("main.tf", VALIDATED), ("x.tfvars", "days = 5\n"), ("y.tfvars", "days = 8\n")]);
    let check = |args: &[&str]| {
        let args: Vec<&str> = ["check", "--format", "json"].iter().chain(args).copied().collect();
        asked(place.path(), &args, "", &[]).json()
    };
    let told = check(&[]);
    let finding = &told["findings"][0];
    assert_eq!(finding["rule"], "evaluation-error");
    assert_eq!(
        finding["message"],
        "the value of `var.days` does not pass its validation: `Days must be between 7 and 30.`"
    );
    assert_eq!(told["findings"].as_array().unwrap().len(), 1, "{told:#}");
    assert!(finding.to_string().contains("main.tf"));
    assert!(check(&["--var-file", "x.tfvars"])["findings"][0].to_string().contains("x.tfvars"));
    assert_eq!(check(&["--var-file", "y.tfvars"])["findings"].as_array().unwrap().len(), 0);
}

#[test]
fn modules_are_found_and_see_their_own_paths() {
    let manifest = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"down","Source":"registry.terraform.io/a/b/c","Dir":".terraform/modules/down"},{"Key":"down.inner","Source":"d/e/f","Dir":".terraform/modules/down.inner"}]}"#;
    let files = [
        (
            "live/main.tf",
            "module \"near\" { source = \"../kms\" }\nmodule \"down\" {\n  source  = \"a/b/c\"\n  version = \"1.0.0\"\n}\nmodule \"gone\" { source = \"x/y/z\" }\n",
        ),
        (
            "kms/main.tf",
            "output \"path\" { value = path.module }\noutput \"text\" { value = file(\"${path.module}/t.txt\") }\n",
        ),
        ("kms/t.txt", "beside the module"),
        ("live/.terraform/modules/modules.json", manifest),
        (
            "live/.terraform/modules/down/main.tf",
            "module \"inner\" { source = \"d/e/f\" }\noutput \"o\" { value = module.inner.o }\n",
        ),
        ("live/.terraform/modules/down.inner/main.tf", "output \"o\" { value = path.module }\n"),
        (".git/HEAD", ""),
    ];
    let place = place(&files);
    let live = place.path().join("live");
    assert_eq!(value(&live, &[], "module.near.path", &[]), "\"../kms\"");
    assert_eq!(value(&live, &[], "module.near.text", &[]), "\"beside the module\"");
    assert_eq!(value(&live, &[], "module.down.o", &[]), "\".terraform/modules/down.inner\"");
    let gone = value(&live, &[], "module.gone.x", &[]);
    assert!(gone.ends_with("comes from a module whose source is not here"), "{gone}");
    assert_eq!(value(place.path(), &["live"], "module.near.path", &[]), "\"../kms\"");
}

#[test]
fn overrides_and_tofu_files_hold_from_the_command_line() {
    let place = place(&[
        ("a.tf", "locals {\n  x = \"a.tf\"\n  y = \"a.tf\"\n}\n"),
        ("b.tf", "locals { z = \"b.tf\" }\n"),
        ("b.tofu", "locals { z = \"b.tofu\" }\n"),
        ("c_override.tf.json", r#"{"locals": {"y": "override"}}"#),
        ("terragrunt.hcl", "inputs = { a = 1 }\n"),
    ]);
    let printed = value(place.path(), &[], "[local.x, local.y, local.z]", &[]);
    assert_eq!(printed, "[\n  \"a.tf\",\n  \"override\",\n  \"b.tofu\",\n]");
}

const INVENTORY: &str = r#"
variable "admins" { type = list(string) }
provider "aws" { region = "eu-west-1" }
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
module "k" {
  source    = "./kms"
  for_each  = toset(["a"])
  providers = { aws = aws.us }
  admins    = var.admins
}
resource "aws_kms_replica_key" "r" {
  primary_key_arn = module.k["a"].arn
}
resource "aws_kms_grant" "g" {
  key_id            = aws_kms_replica_key.r.arn
  grantee_principal = "arn:aws:iam::111122223333:role/app"
  operations        = ["Decrypt", "Encrypt"]
}
resource "aws_iam_policy" "p" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = "*" }] })
}
"#;

const INVENTORY_MODULE: &str = r#"
variable "admins" {}
resource "aws_kms_key" "this" {
  policy = jsonencode({ Statement = [{ Principal = { AWS = var.admins } }] })
}
resource "aws_kms_alias" "this" {
  name          = "alias/app"
  target_key_id = aws_kms_key.this.key_id
}
output "arn" { value = aws_kms_key.this.arn }
"#;

const INVENTORY_TEMPLATE: &str = "Resources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy: {Statement: []}\n  A:\n    Type: AWS::KMS::Alias\n    Properties: {AliasName: alias/t, TargetKeyId: !Ref K}\n";

#[test]
fn the_inventory_lists_everything_with_its_place_and_text() {
    let place =
        place(&[("main.tf", INVENTORY), ("kms/main.tf", INVENTORY_MODULE), ("t.yaml", INVENTORY_TEMPLATE)]);
    let ran = asked(place.path(), &["inventory", "--format", "json"], "", &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    let json = ran.json();
    let entries = json["entries"].as_array().unwrap();
    let rows: Vec<String> = entries
        .iter()
        .map(|entry| {
            let text = |name: &str| entry[name].as_str().unwrap_or("-").to_owned();
            let place = &entry["place"];
            format!(
                "{} {} {}:{} {}",
                text("kind"),
                text("address"),
                place["path"].as_str().unwrap(),
                place["line"],
                text("key")
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "key module.k[\"a\"].aws_kms_key.this kms/main.tf:3 -",
            "key policy module.k[\"a\"].aws_kms_key.this kms/main.tf:4 module.k[\"a\"].aws_kms_key.this",
            "replica aws_kms_replica_key.r main.tf:14 -",
            "alias module.k[\"a\"].aws_kms_alias.this kms/main.tf:6 module.k[\"a\"].aws_kms_key.this",
            "grant aws_kms_grant.g main.tf:17 aws_kms_replica_key.r",
            "IAM policy aws_iam_policy.p main.tf:22 -",
            "key K t.yaml:2 -",
            "key policy K t.yaml:5 K",
            "alias A t.yaml:6 K",
        ]
    );
    assert_eq!(entries[0]["facts"]["region"], "us-east-1");
    assert_eq!(entries[2]["facts"]["region"], "eu-west-1");
    let policy = &entries[1]["policy"][0];
    assert!(policy["text"].as_str().unwrap().contains("\"AWS\": \"${var.admins}\""), "{policy}");
    assert_eq!(policy["unknown"][0]["reason"], "has no default and no value was given");
    assert_eq!(entries[4]["facts"]["operations"], serde_json::json!(["Decrypt", "Encrypt"]));
    let table = asked(place.path(), &["inventory"], "", &[]).out;
    assert!(table.starts_with("KIND        ADDRESS"), "{table}");
    assert!(table.contains("${var.admins} has no default and no value was given (main.tf:2:1)"), "{table}");
}

#[test]
fn the_inventory_of_a_plan_follows_aliases_to_their_keys() {
    let plan = r#"{"format_version":"1.2","terraform_version":"1.11.4","resource_changes":[
        {"address":"aws_kms_alias.a","mode":"managed","type":"aws_kms_alias","name":"a","change":{"actions":["create"],"before":null,"after":{"name":"alias/x"},"after_unknown":{"target_key_id":true}}},
        {"address":"aws_kms_key.k","mode":"managed","type":"aws_kms_key","name":"k","change":{"actions":["create"],"before":null,"after":{},"after_unknown":{"arn":true}}}],
        "configuration":{"root_module":{"resources":[{"address":"aws_kms_alias.a","mode":"managed","type":"aws_kms_alias","name":"a","expressions":{"target_key_id":{"references":["aws_kms_key.k.key_id","aws_kms_key.k"]}}},
        {"address":"aws_kms_key.k","mode":"managed","type":"aws_kms_key","name":"k","expressions":{}}]}}}"#;
    let ran = asked(Path::new("."), &["inventory", "-", "--format", "json"], plan, &[]);
    let json = ran.json();
    let alias = &json["entries"][1];
    assert_eq!((&alias["kind"], &alias["key"]), (&"alias".into(), &"aws_kms_key.k".into()), "{ran:?}");
    assert_eq!(alias["facts"]["name"], "alias/x");
}
