//! How long it takes: parse, evaluate, judge, and a whole directory, on generated input.
//!
//! `cargo bench` runs all, `cargo bench directory` one. On a shared machine compare the fastest samples.

#![allow(clippy::expect_used, reason = "a benchmark without its input measures nothing")]

use divan::Bencher;
use kmsguard::config::Config;
use kmsguard::input::terraform::{Given, load};
use kmsguard::rule::{Catalogue, judge};
use kmsguard::scan::{Request, scan};
use kmsguard::source::{Disk, SourceMap};
use kmsguard::syntax::{hcl, json, yaml};
use std::fmt::Write as _;
use std::sync::Arc;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// A module with `keys` keys, each with a policy document that goes through variables and locals.
fn terraform(keys: usize) -> String {
    let mut text = String::from(
        "variable \"users\" {\n  default = [\"arn:aws:iam::111122223333:role/app\"]\n}\nlocals {\n  owner = \"arn:aws:iam::111122223333:root\"\n}\n",
    );
    for index in 0..keys {
        let _ = write!(
            text,
            r#"
resource "aws_kms_key" "k{index}" {{
  description         = "key number {index}"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.k{index}.json
}}

data "aws_iam_policy_document" "k{index}" {{
  statement {{
    sid       = "Owner"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {{
      type        = "AWS"
      identifiers = [local.owner]
    }}
  }}
  dynamic "statement" {{
    for_each = var.users
    content {{
      sid       = "User${{statement.key}}"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"]
      resources = ["*"]
      principals {{
        type        = "AWS"
        identifiers = [statement.value]
      }}
    }}
  }}
}}
"#
        );
    }
    text
}

/// A template with `keys` keys.
fn template(keys: usize) -> String {
    let mut text = String::from("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n");
    for index in 0..keys {
        let _ = write!(
            text,
            "  K{index}:\n    Type: AWS::KMS::Key\n    Properties:\n      EnableKeyRotation: true\n      KeyPolicy:\n        Version: '2012-10-17'\n        \
             Statement:\n          - Effect: Allow\n            Principal:\n              AWS: !Sub arn:aws:iam::${{AWS::AccountId}}:root\n            \
             Action: kms:*\n            Resource: '*'\n"
        );
    }
    text
}

/// A JSON policy with `statements` statements.
fn policy(statements: usize) -> String {
    let statement = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/app"},"Action":["kms:Decrypt","kms:DescribeKey"],"Resource":"*"}"#;
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, vec![statement; statements].join(","))
}

mod parse {
    use super::{Bencher, SourceMap, hcl, json, policy, template, terraform, yaml};
    use divan::counter::BytesCount;

    #[divan::bench]
    fn terraform_source(bencher: Bencher<'_, '_>) {
        let text = terraform(1000);
        let file = SourceMap::default().add("main.tf", text.as_str());
        bencher.counter(BytesCount::of_str(&text)).bench(|| hcl::parse(file, &text));
    }

    #[divan::bench]
    fn yaml_template(bencher: Bencher<'_, '_>) {
        let text = template(1000);
        let file = SourceMap::default().add("t.yaml", text.as_str());
        bencher.counter(BytesCount::of_str(&text)).bench(|| yaml::parse(file, &text));
    }

    #[divan::bench]
    fn json_policy(bencher: Bencher<'_, '_>) {
        let text = policy(5000);
        let file = SourceMap::default().add("p.json", text.as_str());
        bencher.counter(BytesCount::of_str(&text)).bench(|| json::parse_file(file, &text, 0..text.len()));
    }
}

mod module {
    use super::{Arc, Bencher, Catalogue, Config, Disk, Given, SourceMap, judge, load, terraform};
    use divan::counter::ItemsCount;

    #[divan::bench(args = [10, 100, 1000])]
    fn evaluate(bencher: Bencher<'_, '_>, keys: usize) {
        let text = terraform(keys);
        bencher.counter(ItemsCount::new(keys)).bench(|| {
            let map = Arc::new(SourceMap::default());
            load(&Disk::memory([("main.tf", text.as_str())], map), "", &Given::default())
        });
    }

    #[divan::bench(args = [10, 100, 1000])]
    fn judged(bencher: Bencher<'_, '_>, keys: usize) {
        let map = Arc::new(SourceMap::default());
        let disk = Disk::memory([("main.tf", terraform(keys))], Arc::clone(&map));
        let declared = load(&disk, "", &Given::default());
        let (rules, config) = (Catalogue::built_in(), Config::default());
        bencher.counter(ItemsCount::new(keys)).bench(|| judge(&declared, rules, &config, &map));
    }
}

/// Two thousand files in modules that call each other, with three hundred keys.
#[divan::bench]
fn module_tree(bencher: Bencher<'_, '_>) {
    let mut files = Vec::new();
    let mut root = String::new();
    for module in 0..100 {
        let _ = writeln!(
            root,
            "module \"m{module}\" {{\n  source = \"./m{module}\"\n  name   = \"n{module}\"\n}}"
        );
        files.push((format!("m{module}/main.tf"), format!("variable \"name\" {{}}\n{}", terraform(3))));
        for other in 0..19 {
            let bucket = "resource \"aws_s3_bucket\" \"BUCKET\" {\n  bucket = \"${var.name}-b\"\n}\n";
            let text = bucket.replace("BUCKET", &format!("b{other}"));
            files.push((format!("m{module}/other{other}.tf"), text));
        }
    }
    files.push(("main.tf".to_owned(), root));
    bencher.bench(|| {
        let disk = Disk::memory(files.iter().cloned(), Arc::new(SourceMap::default()));
        let declared = load(&disk, "", &Given::default());
        assert_eq!(declared.keys.len(), 300);
    });
}

/// Modules six deep, with `for_each` of `each` at two of the levels.
#[divan::bench(args = [10, 20, 50])]
fn nested_modules(bencher: Bencher<'_, '_>, each: usize) {
    let call = |level: usize, repeat: &str| {
        format!(
            "variable \"v\" {{ default = \"\" }}\nmodule \"m\" {{\n  source = \"../l{}\"\n  v      = var.v{repeat}\n}}\n",
            level + 1
        )
    };
    let repeated = format!("\n  for_each = toset([for i in range({each}) : tostring(i)])");
    let mut files = vec![("main.tf".to_owned(), "module \"m\" { source = \"./l1\" }\n".to_owned())];
    for level in 1..6 {
        let repeat = if level == 2 || level == 4 { repeated.as_str() } else { "" };
        files.push((format!("l{level}/main.tf"), call(level, repeat)));
    }
    let key = "variable \"v\" {}\nresource \"aws_kms_key\" \"k\" {\n  description = var.v\n}\n";
    files.push(("l6/main.tf".to_owned(), key.to_owned()));
    bencher.counter(divan::counter::ItemsCount::new(each * each)).bench(|| {
        let disk = Disk::memory(files.iter().cloned(), Arc::new(SourceMap::default()));
        let declared = load(&disk, "", &Given::default());
        assert_eq!(declared.keys.len(), each * each);
    });
}

/// A plan with ten thousand instances beside a few keys: of each instance all arguments are named, and none uses a key.
#[divan::bench]
fn plan(bencher: Bencher<'_, '_>) {
    let instance = r#"{"address":"aws_instance.i[N]","mode":"managed","type":"aws_instance","name":"i","change":{"actions":["create"],"before":null,"after":{"ami":"ami-1","root_block_device":[{"kms_key_id":null,"volume_size":8}],"tags":{"a":"b"}},"after_unknown":{"id":true},"before_sensitive":false,"after_sensitive":{}}}"#;
    let key = r#"{"address":"aws_kms_key.k[N]","mode":"managed","type":"aws_kms_key","name":"k","change":{"actions":["create"],"before":null,"after":{"enable_key_rotation":true},"after_unknown":{"arn":true},"before_sensitive":false,"after_sensitive":{}}}"#;
    let keys = (0..20).map(|index| key.replace('N', &index.to_string()));
    let changes: Vec<String> =
        keys.chain((0..10_000).map(|index| instance.replace('N', &index.to_string()))).collect();
    let text = format!(r#"{{"format_version":"1.2","resource_changes":[{}]}}"#, changes.join(","));
    let place = tempfile::tempdir().expect("a temporary directory");
    let file = place.path().join("plan.json");
    std::fs::write(&file, &text).expect("a file");
    let request = Request { paths: vec![file.display().to_string()], ..Request::default() };
    bencher.counter(divan::counter::BytesCount::of_str(&text)).bench(|| {
        let outcome = scan(&request).expect("a plan");
        assert_eq!(outcome.keys, 20);
    });
}

/// A thousand directories, of which one in ten speaks of KMS.
#[divan::bench]
fn directory(bencher: Bencher<'_, '_>) {
    let place = tempfile::tempdir().expect("a temporary directory");
    for index in 0..1000 {
        let directory = place.path().join(format!("team{}/stack{index}", index % 20));
        std::fs::create_dir_all(&directory).expect("a directory");
        let other = "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n}\n".repeat(20);
        let main = if index % 10 == 0 { terraform(3) } else { other };
        std::fs::write(directory.join("main.tf"), main).expect("a file");
        std::fs::write(directory.join("values.yaml"), "replicas: 3\n".repeat(50)).expect("a file");
    }
    let request = Request { paths: vec![place.path().display().to_string()], ..Request::default() };
    bencher.bench(|| scan(&request));
}

/// One of many services: a key, what it encrypts and who uses it.
const SERVICE: &str = include_str!("service.yaml");

/// A template of about a megabyte: 504 resources, of which 72 are keys.
fn services() -> String {
    let mut text = String::from(
        "AWSTemplateFormatVersion: '2010-09-09'\nParameters:\n  Administrator:\n    Type: String\n  Stage:\n    Type: String\n    Default: test\n\
         Conditions:\n  IsProduction: !Equals [!Ref Stage, production]\nResources:\n",
    );
    let variables: Vec<String> =
        (0..180).map(|at| format!("          VAR_{at}: !Sub 'value-${{AWS::StackName}}-{at}'")).collect();
    let service = SERVICE.replace("VARIABLES", &variables.join("\n"));
    for index in 0..72 {
        text += &service.replace("INDEX", &index.to_string());
    }
    text
}

/// A check of one large template.
#[divan::bench]
fn large_template(bencher: Bencher<'_, '_>) {
    let place = tempfile::tempdir().expect("a temporary directory");
    let (file, text) = (place.path().join("template.yaml"), services());
    std::fs::write(&file, &text).expect("a file");
    let request = Request { paths: vec![file.display().to_string()], ..Request::default() };
    let scanned = || scan(&request).expect("a scan");
    assert_eq!(scanned().keys, 72);
    bencher.counter(divan::counter::BytesCount::of_str(&text)).bench(scanned);
}
