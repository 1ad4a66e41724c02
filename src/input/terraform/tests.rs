//! Whole modules: what is declared, where it was written, and what the real Terraform says.

use super::{Given, Session};
use crate::key::{Declared, Key, Role};
use crate::source::{Disk, SourceMap};
use crate::value::{Kind, Reason, Symbol, Value};
use std::fmt::Write;
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

fn addresses(declared: &Declared) -> Vec<&str> {
    declared.keys.iter().map(|key| key.address.as_str()).collect()
}

fn messages(declared: &Declared) -> Vec<&str> {
    declared.problems.iter().map(|problem| problem.message.as_str()).collect()
}

/// A root module of one file.
fn root(text: &str) -> (Declared, Arc<SourceMap>) {
    load(&[("main.tf", text)])
}

#[test]
fn circles_are_found_and_cost_only_their_own_value() {
    let (declared, map) = root(
        "locals {\n  a = local.b\n  b = local.a\n}\nresource \"aws_kms_key\" \"k\" {\n  policy = jsonencode({ A = local.a, B = \"x\" })\n}\n",
    );
    assert_eq!(messages(&declared), ["`local.a` depends on itself"]);
    assert_eq!(map.slice(declared.problems[0].span), "local.a");
    assert_eq!(policy(&declared.keys[0]).get("B").unwrap().as_str(), Some("x"));
}

#[test]
fn what_no_key_needs_is_not_evaluated() {
    let text = "locals {\n  used = \"x\"\n  broken = nothing(local.also_nothing)\n}\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = local.broken\n}\nresource \"aws_kms_key\" \"k\" {\n  description = local.used\n}\n";
    let (declared, _) = root(text);
    clean(&declared);
    assert_eq!(addresses(&declared), ["aws_kms_key.k"]);
}

#[test]
fn names_that_are_not_declared_are_mistakes_with_advice() {
    let (declared, map) = root(
        "variable \"admins\" {}\nresource \"aws_kms_key\" \"k\" {\n  policy = jsonencode([var.admin, local.x])\n}\n",
    );
    assert_eq!(declared.problems.len(), 2);
    assert_eq!(declared.problems[0].help.as_deref(), Some("did you mean `var.admins`?"));
    assert_eq!(map.slice(declared.problems[0].span), "var.admin");
}

#[test]
fn a_count_that_is_not_known_gives_one_key_that_says_so() {
    let (declared, _) = root(
        "variable \"n\" {}\nvariable \"on\" {}\nresource \"aws_kms_key\" \"a\" {\n  count = var.n\n}\nresource \"aws_kms_key\" \"b\" {\n  count = var.on ? 1 : 0\n}\nresource \"aws_kms_key\" \"c\" {\n  for_each = var.n\n}\n",
    );
    clean(&declared);
    assert_eq!(addresses(&declared), ["aws_kms_key.a", "aws_kms_key.b[0]", "aws_kms_key.c"]);
    let notes = |at: usize| declared.keys[at].trail.steps().next().map(|step| step.note.to_string());
    assert_eq!(notes(0).as_deref(), Some("how many there are is not known"));
    assert_eq!(notes(1).as_deref(), Some("whether it exists is not known"));
}

#[test]
fn a_policy_apart_goes_to_its_key_occurrence_by_occurrence() {
    let text = "resource \"aws_kms_key\" \"k\" {\n  count = 2\n}\nresource \"aws_kms_key_policy\" \"p\" {\n  count  = 2\n  key_id = aws_kms_key.k[count.index].id\n  policy = jsonencode({ Id = \"p${count.index}\" })\n}\nresource \"aws_kms_key_policy\" \"other\" {\n  key_id = \"arn:aws:kms:eu-west-1:111122223333:key/1\"\n  policy = \"{}\"\n}\n";
    let (declared, _) = root(text);
    clean(&declared);
    assert_eq!(addresses(&declared), ["aws_kms_key.k[0]", "aws_kms_key.k[1]", "aws_kms_key_policy.other"]);
    assert_eq!(declared.keys[1].policies[0].address, "aws_kms_key_policy.p[1]");
    assert_eq!(policy(&declared.keys[1]).get("Id").unwrap().as_str(), Some("p1"));
    assert_eq!((declared.keys[2].role, declared.keys[0].policy_elsewhere), (Role::PolicyAlone, false));
}

#[test]
fn a_policy_for_some_key_is_known_to_every_key_without_one() {
    let (declared, _) = root(
        "variable \"id\" {}\nresource \"aws_kms_key\" \"k\" {}\nresource \"aws_kms_key_policy\" \"p\" {\n  key_id = var.id\n  policy = \"{}\"\n}\n",
    );
    assert!(declared.keys[0].policy_elsewhere);
    assert_eq!(declared.keys[1].role, Role::PolicyAlone);
}

#[test]
fn null_and_empty_policies_are_not_stated() {
    let (declared, _) = root(
        "variable \"dev\" { default = true }\nresource \"aws_kms_key\" \"a\" {\n  policy = var.dev ? \"\" : \"{}\"\n}\nresource \"aws_kms_key\" \"b\" {\n  policy = null\n}\n",
    );
    clean(&declared);
    assert!(declared.keys.iter().all(|key| key.policies.is_empty()));
}

#[test]
fn regions_and_accounts_come_from_the_provider_that_is_handed_down() {
    let files = [
        (
            "main.tf",
            "provider \"aws\" {\n  region = \"us-east-1\"\n}\nprovider \"aws\" {\n  alias = \"cn\"\n  region = \"cn-north-1\"\n  assume_role {\n    role_arn = \"arn:aws-cn:iam::111122223333:role/deploy\"\n  }\n}\nmodule \"m\" {\n  source = \"./m\"\n  providers = { aws = aws.cn }\n}\nresource \"aws_kms_key\" \"here\" {}\n",
        ),
        (
            "m/main.tf",
            "resource \"aws_kms_key\" \"k\" {}\nresource \"aws_kms_key\" \"r\" {\n  region = \"cn-northwest-1\"\n}\n",
        ),
    ];
    let (declared, _) = load(&files);
    clean(&declared);
    let key = |address: &str| declared.keys.iter().find(|key| key.address == address).unwrap();
    let known = |text: &Option<crate::value::Text>| text.as_ref().and_then(crate::value::Text::known);
    assert_eq!(known(&key("aws_kms_key.here").region).as_deref(), Some("us-east-1"));
    let there = key("module.m.aws_kms_key.k");
    assert_eq!(known(&there.region).as_deref(), Some("cn-north-1"));
    assert_eq!(known(&there.partition).as_deref(), Some("aws-cn"));
    assert_eq!(known(&there.account).as_deref(), Some("111122223333"));
    assert_eq!(known(&key("module.m.aws_kms_key.r").region).as_deref(), Some("cn-northwest-1"));
}

#[test]
fn configurations_of_one_role_share_an_account() {
    let provider = |alias: &str, role: &str| {
        format!(
            "provider \"aws\" {{\n  alias = \"{alias}\"\n  assume_role {{\n    role_arn = \"arn:aws:iam::${{var.{role}}}:role/ci\"\n  }}\n}}\n"
        )
    };
    let mut text = ["a", "b"].map(|name| format!("variable \"{name}\" {{}}\n")).concat();
    text += &[provider("one", "a"), provider("two", "a"), provider("other", "b")].concat();
    text += "data \"aws_caller_identity\" \"me\" {\n  provider = aws.one\n}\n";
    for alias in ["one", "two", "other"] {
        let _ = writeln!(
            text,
            "resource \"aws_kms_key\" \"{alias}\" {{\n  provider = aws.{alias}\n  policy = data.aws_caller_identity.me.account_id\n}}"
        );
    }
    let (declared, _) = root(&text);
    clean(&declared);
    let symbols = declared.keys.iter().map(|key| policy(key).unknowns()[0].symbol.clone());
    assert_eq!(symbols.collect::<Vec<_>>(), [Symbol::OwnAccount, Symbol::OwnAccount, Symbol::SomeAccount]);
}

#[test]
fn documents_that_may_be_missing_are_sifted_case_by_case() {
    let mut text = String::new();
    for name in ["a", "b", "c", "d"] {
        let _ = write!(
            text,
            "variable \"{name}\" {{}}\ndata \"aws_iam_policy_document\" \"{name}\" {{\n  count = var.{name} ? 1 : 0\n  statement {{\n    sid = \"{name}\"\n  }}\n}}\n"
        );
    }
    let document = |name: &str| format!("try(data.aws_iam_policy_document.{name}[0].json, null)");
    let of = |names: &[&str]| names.iter().map(|name| document(name)).collect::<Vec<_>>().join(", ");
    let _ = write!(
        text,
        "data \"aws_iam_policy_document\" \"some\" {{\n  source_policy_documents = compact([{}])\n}}\ndata \"aws_iam_policy_document\" \"many\" {{\n  source_policy_documents = compact([{}])\n}}\nresource \"aws_kms_key\" \"some\" {{\n  policy = data.aws_iam_policy_document.some.json\n}}\nresource \"aws_kms_key\" \"many\" {{\n  policy = data.aws_iam_policy_document.many.json\n}}\n",
        of(&["a", "b"]),
        of(&["a", "b", "c", "d"])
    );
    let (declared, _) = root(&text);
    clean(&declared);
    let Kind::OneOf(cases) = &declared.keys[0].policies[0].value.kind else {
        panic!("{:#?}", declared.keys[0].policies[0].value)
    };
    assert_eq!(cases.len(), 4);
    assert!(!declared.keys[1].policies[0].value.unknowns().is_empty());
}

#[test]
fn a_condition_has_one_name_wherever_it_means_the_same() {
    let text = r#"
variable "open" {}
resource "aws_kms_key" "k" {
  count  = 1
  policy = jsonencode({
    A = var.open ? 1 : 2
    B = !(var.open) ? 1 : 2
    C = [for x in ["p", "q"] : startswith("${x}${var.open}", "p-") ? 1 : 2]
  })
}
"#;
    let (declared, _) = root(text);
    clean(&declared);
    let document = policy(&declared.keys[0]);
    let when = |value: &Value| match &value.kind {
        Kind::OneOf(branches) => (branches[0].when[0].condition.to_string(), branches[0].when[0].holds),
        other => panic!("{other:?}"),
    };
    assert_eq!(when(document.get("A").unwrap()), ("var.open".to_owned(), true));
    let denied = document.get("B").unwrap();
    assert_eq!(when(denied), ("var.open".to_owned(), true));
    let Kind::OneOf(branches) = &denied.kind else { panic!() };
    assert!(matches!(&branches[0].value.kind, Kind::Number(number) if number.as_str() == "2"));
    let turns = &document.get("C").unwrap().as_list().unwrap().items;
    assert!(turns[1].as_list().is_none());
}

#[test]
fn what_a_mistake_may_have_cost_is_not_known() {
    let lost = "resource \"aws_kms_key\" \"k\" {\n  tags = tomap({\n    a = 1\n}\n";
    let (declared, _) = load(&[("main.tf", lost)]);
    let key = &declared.keys[0];
    let rotation = &key.attributes[&crate::key::Attribute::Rotation];
    assert!(matches!(&rotation.kind, Kind::Unknown(unknown) if unknown.reason == Reason::InError));
    assert!(key.policy_elsewhere && !declared.problems.is_empty());

    let document = "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    actions = [\"kms:*\"]\n  }\n  statement {\n\
                    }\nresource \"aws_kms_key\" \"k\" {\n  policy = data.aws_iam_policy_document.d.json\n}\n";
    let (declared, _) = load(&[("main.tf", document)]);
    let unknowns = declared.keys[0].policies[0].value.clone();
    assert!(unknowns.unknowns().iter().any(|unknown| unknown.reason == Reason::InError), "{unknowns:?}");

    let call = "module \"m\" {\n  source = \"./m\"\n  rotate =\n  x y\n}\n";
    let module = "variable \"rotate\" { default = false }\nvariable \"window\" { default = 7 }\n\
                  resource \"aws_kms_key\" \"k\" {\n  deletion_window_in_days = var.window\n}\n";
    let (declared, _) = load(&[("main.tf", call), ("m/main.tf", module)]);
    let window = &declared.keys[0].attributes[&crate::key::Attribute::DeletionWindow];
    assert_eq!(window.unknowns().len(), 1, "{window:?}");
}

#[test]
fn what_is_declared_twice_is_told_where_a_key_needs_it() {
    let (key, again) = ("resource \"aws_kms_key\" \"k\" { description = local.a }\n", "locals { a = 1 }\n");
    let bucket = "resource \"aws_s3_bucket\" \"b\" {}\nlocals { b = 1 }\n";
    let load = |files: &[(&str, &str)]| -> Vec<String> {
        load(files).0.problems.into_iter().map(|problem| problem.message).collect()
    };
    let bag = [("a.tf", key), ("b.tf", again), ("c.tf", bucket), ("d.tf", bucket)];
    assert!(load(&bag).is_empty());
    let twice = [("a.tf", key), ("b.tf", again), ("c.tf", again), ("d.tf", key)];
    assert_eq!(
        load(&twice),
        ["`aws_kms_key.k` is declared twice in this module", "`local.a` is declared twice in this module"]
    );
}

#[test]
fn mistakes_in_what_may_not_exist_are_doubtful() {
    let doubtful = |count: &str, description: &str| -> Vec<bool> {
        let files = [
            (
                "main.tf",
                format!("variable \"n\" {{}}\nmodule \"m\" {{\n  source = \"./m\"\n  count = {count}\n}}\n"),
            ),
            (
                "m/main.tf",
                format!(
                    "variable \"kinds\" {{ default = 1 }}\nresource \"aws_kms_key\" \"k\" {{ description = {description} }}\n"
                ),
            ),
        ];
        let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
        load(&files).0.problems.into_iter().map(|problem| problem.doubtful).collect()
    };
    assert_eq!(doubtful("1", "1 + {}"), [false]);
    assert_eq!(doubtful("var.n", "1 + {}"), [true]);
    assert_eq!(doubtful("var.n ? 1 : 0", "1 + {}"), [true]);
    // A misspelt name is a mistake; one that is nowhere may be declared by what runs Terraform.
    assert_eq!(doubtful("1", "var.kind"), [false]);
    assert_eq!(doubtful("1", "var.ENVIRONMENT"), [true]);
}

#[test]
fn a_whole_resource_suits_an_object_of_some_of_its_attributes() {
    let files = [
        (
            "main.tf",
            "resource \"aws_sqs_queue\" \"q\" { name = \"q\" }\nmodule \"m\" {\n  source = \"./m\"\n  queue = aws_sqs_queue.q\n}\n",
        ),
        (
            "m/main.tf",
            "variable \"queue\" { type = object({ arn = string, url = string }) }\nresource \"aws_kms_key\" \"k\" { description = var.queue.url }\n",
        ),
    ];
    clean(&load(&files).0);
}
