//! What a pull request may contain to break, hang or fool the guard.

use super::command::{PUBLIC, Ran, kmsguard, place};
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// Checks `directory`, in which one good module lies beside something bad: the good one must still be judged.
fn check(directory: &Path) -> Ran {
    let since = Instant::now();
    let ran = kmsguard(directory, &["check", ".", "--format", "json"]);
    assert!(since.elapsed() < Duration::from_secs(20), "took {:?}", since.elapsed());
    assert!(ran.rules().contains(&"public-access".to_owned()), "{ran:?}");
    ran
}

/// The message of the first finding of a rule.
fn message(ran: &Ran, rule: &str) -> String {
    let output = ran.json();
    let findings = output["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["rule"] == rule);
    found.unwrap_or_else(|| panic!("no {rule} in {ran:?}"))["message"].as_str().unwrap().to_owned()
}

fn unreadable(ran: &Ran) -> u64 {
    ran.json()["summary"]["unreadable"].as_u64().unwrap()
}

#[test]
fn a_syntax_error_costs_its_own_block() {
    let broken = "resource \"aws_kms_key\" \"bad\" {\n  policy = jsonencode({\n}\n";
    let place = place(&[("good/main.tf", PUBLIC), ("bad/main.tf", broken)]);
    let ran = check(place.path());
    assert_eq!((ran.code, unreadable(&ran)), (2, 1), "{ran:?}");
    assert!(!message(&ran, "syntax-error").is_empty());
}

#[test]
fn binary_and_encrypted_files_are_named() {
    let place =
        place(&[("good/main.tf", PUBLIC), ("bad/main.tf", "kms\0\x01"), ("bad/x.json", "\0GITCRYPT\0abc")]);
    std::fs::write(place.path().join("bad/latin.tf"), b"# caf\xe9 kms\n").unwrap();
    let ran = check(place.path());
    assert_eq!((ran.code, unreadable(&ran)), (2, 3), "{ran:?}");
    assert!(message(&ran, "unreadable-file").contains("bad/"));
}

#[test]
fn what_another_tool_must_open_is_named_with_the_tool() {
    let place = place(&[("good/main.tf", PUBLIC), ("bad/main.tf", "\0GITCRYPT\0abc")]);
    std::fs::write(place.path().join("plan.out"), b"PK\x03\x04\x14\0\x08\0tfplan").unwrap();
    let ran = check(place.path());
    assert_eq!((ran.code, unreadable(&ran)), (2, 1), "{ran:?}");
    assert!(message(&ran, "unreadable-file").ends_with("is encrypted with git-crypt"), "{ran:?}");
    let ran = kmsguard(place.path(), &["check", "plan.out", "good"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.out.contains("binary plan file") && ran.out.contains("terraform show -json"), "{ran:?}");
    assert!(ran.out.contains("public-access"), "{ran:?}");
}

#[test]
fn an_empty_directory_is_not_a_pass() {
    let place = place(&[]);
    let ran = kmsguard(place.path(), &["check"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("nothing to scan"), "{ran:?}");
    let ran = kmsguard(place.path(), &["check", "--format", "json"]);
    assert_eq!((ran.code, ran.json()["summary"]["files"].as_u64()), (2, Some(0)));
}

#[cfg(unix)]
#[test]
fn links_in_circles_end() {
    use std::os::unix::fs::symlink;
    let place = place(&[("good/main.tf", PUBLIC)]);
    symlink(".", place.path().join("good/again")).unwrap();
    symlink("..", place.path().join("good/up")).unwrap();
    let ran = check(place.path());
    assert_eq!((ran.code, ran.rules().len()), (1, 1), "{ran:?}");
    symlink("self.tf", place.path().join("good/self.tf")).unwrap();
    let ran = check(place.path());
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(message(&ran, "unreadable-file").contains("good/self.tf"), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_are_no_templates() {
    let outside = place(&[("docs.yml", "formatter: markdown\n")]);
    let place = place(&[("good/main.tf", PUBLIC)]);
    std::os::unix::fs::symlink(outside.path().join("docs.yml"), place.path().join("good/docs.yml")).unwrap();
    std::os::unix::fs::symlink("gone.json", place.path().join("good/policy.json")).unwrap();
    let ran = check(place.path());
    assert_eq!((ran.code, ran.rules().len()), (1, 1), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn nothing_outside_the_tree_is_read() {
    let outside = place(&[("secret.tf", PUBLIC), ("secret.json", "{\"s\":\"hunter2\"}")]);
    let secret = outside.path().join("secret.json");
    let main = format!(
        "resource \"aws_kms_key\" \"x\" {{\n  description = \"kms\"\n  policy = file(\"{}\")\n}}\n",
        secret.display()
    );
    let place = place(&[("good/main.tf", PUBLIC), ("bad/main.tf", &main)]);
    std::os::unix::fs::symlink(outside.path().join("secret.tf"), place.path().join("bad/link.tf")).unwrap();
    let ran = check(place.path());
    assert!(!ran.out.contains("hunter2"), "{ran:?}");
    assert!(message(&ran, "unreadable-file").contains("outside the scanned root"), "{ran:?}");
}

#[test]
fn deep_nesting_is_bounded() {
    for (open, close, depth) in
        [("[", "]", 100), ("[", "]", 100_000), ("(", ")", 100_000), ("{a=", "}", 20_000)]
    {
        let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        let main = format!("resource \"aws_kms_key\" \"d\" {{\n  tags = {deep}\n}}\n");
        let place = place(&[("good/main.tf", PUBLIC), ("bad/main.tf", &main)]);
        let ran = check(place.path());
        assert!(depth == 100 || ran.code == 2, "{open} {depth}: {:?}", (ran.code, ran.rules()));
    }
}

#[test]
fn deep_json_and_yaml_are_bounded() {
    let head = "{\"Resources\":{\"K\":{\"Type\":\"AWS::KMS::Key\",\"Properties\":{\"Tags\":";
    let deep = format!("{head}{}{}}}}}}}}}", "[".repeat(50_000), "]".repeat(50_000));
    let yaml = format!(
        "Resources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      Tags: {}\n",
        "[".repeat(50_000)
    );
    let place = place(&[("good/main.tf", PUBLIC), ("bad/t.json", &deep), ("bad/t.yaml", &yaml)]);
    let ran = check(place.path());
    assert_eq!(ran.code, 2, "{:?}", (ran.code, ran.rules()));
}

#[test]
fn a_plan_of_another_version_is_refused() {
    let plan = r#"{"format_version":"9.0","terraform_version":"3.0.0","resource_changes":[]}"#;
    let place = place(&[("good/main.tf", PUBLIC), ("bad/plan.json", plan)]);
    let ran = check(place.path());
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.out.contains("9.0"), "{ran:?}");
}

#[test]
fn an_alias_bomb_is_bounded() {
    let mut bomb = "AWSTemplateFormatVersion: 2010-09-09\nMetadata:\n  a0: &a0 [kms, kms]\n".to_owned();
    for level in 1..40 {
        let below = level - 1;
        let _ = writeln!(bomb, "  a{level}: &a{level} [*a{below}, *a{below}, *a{below}, *a{below}]");
    }
    bomb.push_str("Resources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      Tags: *a39\n");
    let place = place(&[("good/main.tf", PUBLIC), ("bad/t.yaml", &bomb)]);
    let ran = check(place.path());
    assert_eq!(ran.code, 2, "{:?}", (ran.code, ran.rules()));
    assert!(message(&ran, "limit-reached").contains("alias"), "{ran:?}");
}

#[test]
fn names_and_contents_cannot_speak_to_the_terminal_or_to_actions() {
    let evil = PUBLIC
        .replace("kms:Decrypt", "kms:\u{1b}[2J\u{202e}Decrypt")
        .replace("\"k\"", "\"k\" # ::error::x\n");
    let place =
        place(&[("good/main.tf", PUBLIC), ("ev\u{1b}il\n::error::x/main.tf", PUBLIC), ("b/main.tf", &evil)]);
    for format in ["text", "github", "json", "sarif"] {
        let ran = kmsguard(place.path(), &["check", ".", "--format", format]);
        assert!(!ran.out.contains(['\u{1b}', '\u{202e}']), "{format}: {ran:?}");
        assert!(!ran.out.contains("\n::error::x"), "{format}: {ran:?}");
    }
}

#[test]
fn what_doubles_with_every_line_is_bounded() {
    let doubling = |first: &str, next: &dyn Fn(usize) -> String| {
        let lines: Vec<String> = (1..40).map(|at| format!("  a{at} = {}\n", next(at - 1))).collect();
        let lines = lines.concat();
        format!(
            "locals {{\n  a0 = {first}\n{lines}}}\nresource \"aws_kms_key\" \"k\" {{\n  policy = jsonencode(local.a39)\n}}\n"
        )
    };
    let texts = doubling("\"kms\"", &|at| format!("\"${{local.a{at}}}${{local.a{at}}}${{local.a{at}}}\""));
    let lists = doubling("[\"kms\"]", &|at| format!("[local.a{at}, local.a{at}, local.a{at}]"));
    let joined = doubling("\"kms\"", &|at| format!("join(\"\", [local.a{at}, local.a{at}, local.a{at}])"));
    let unknown = doubling("var.x", &|at| format!("join(\"\", [local.a{at}, local.a{at}, local.a{at}])"));
    let unknown = format!("{unknown}variable \"x\" {{\n  type = string\n}}\n");
    for main in [texts, lists, joined, unknown] {
        let place = place(&[("good/main.tf", PUBLIC), ("bad/main.tf", &main)]);
        let ran = check(place.path());
        assert_eq!(ran.code, 2, "{:?}", (ran.code, ran.rules()));
        assert!(message(&ran, "limit-reached").contains(" too "), "{ran:?}");
    }
}

#[test]
fn mistakes_without_end_are_told_once() {
    let place = place(&[("good/main.tf", PUBLIC), ("bad/main.tf", &"  kms = \"\n".repeat(50_000))]);
    let ran = check(place.path());
    assert_eq!(ran.code, 2);
    assert!(ran.rules().len() < 110, "{}", ran.rules().len());
    assert!(message(&ran, "limit-reached").contains("more mistakes"), "{ran:?}");
}

#[test]
fn a_template_over_the_bound_is_no_pass() {
    let mut large =
        "AWSTemplateFormatVersion: 2010-09-09\nResources:\n  K:\n    Type: AWS::KMS::Key\n".to_owned();
    large.push_str(
        &"# filler filler filler filler filler filler filler filler filler filler\n".repeat(700_000),
    );
    let place = place(&[("good/main.tf", PUBLIC), ("bad/t.yaml", &large)]);
    let ran = check(place.path());
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(message(&ran, "limit-reached").contains("larger than 32 MiB"), "{ran:?}");
}

#[test]
fn what_asks_for_itself_or_for_too_much_ends() {
    let key = |line: &str| format!("resource \"aws_kms_key\" \"k\" {{\n  {line}\n}}\n");
    let cases = [
        (key("for_each = toset([for at in range(1000000) : tostring(at)])"), "evaluation-error"),
        (key("count = 1000000"), "limit-reached"),
        (key("policy = file(\"../../../../../../etc/passwd\")"), "unreadable-file"),
        (key("policy = templatefile(\"t.tpl\", { again = \"t.tpl\" })"), "limit-reached"),
    ];
    for (main, rule) in cases {
        let template = "kms ${templatefile(again, { again = again })}";
        let place = place(&[("good/main.tf", PUBLIC), ("bad/main.tf", &main), ("bad/t.tpl", template)]);
        let ran = check(place.path());
        assert!(!message(&ran, rule).is_empty() && !ran.out.contains("root:"), "{ran:?}");
    }
}
