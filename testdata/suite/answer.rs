//! `testdata/answer/`: questions about access, and exactly what the user reads.
//!
//! A case is a folder with `commands`, one command line per line, and `expected.txt` with what they print and their exit
//! codes.

use super::command::{Ran, blessing, folders, kmsguard, place, testdata};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

#[test]
fn every_question_is_answered_as_expected() {
    let mut wrong = Vec::new();
    for case in folders(&testdata().join("answer")) {
        let commands = std::fs::read_to_string(case.join("commands")).unwrap();
        let mut actual = String::new();
        for line in commands.lines().filter(|line| !line.is_empty()) {
            let args: Vec<&str> = line.split_whitespace().collect();
            let ran = kmsguard(&case, &args);
            let _ = write!(actual, "$ kmsguard {line}\n{}{}[exit code {}]\n\n", ran.out, ran.err, ran.code);
        }
        let path = case.join("expected.txt");
        if blessing() {
            std::fs::write(&path, &actual).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if actual != expected {
            wrong.push(format!("--- {}\nexpected:\n{expected}\nactual:\n{actual}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}\nKMSGUARD_BLESS=1 rewrites them", wrong.join("\n"));
}

const BEFORE: &str = r#"resource "aws_kms_key" "data" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
    ]
  })
}
"#;

fn git(directory: &Path, args: &[&str]) {
    let ran = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"])
        .args(args)
        .current_dir(directory)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:?}");
}

fn changed() -> (tempfile::TempDir, String) {
    let after = BEFORE.replace("arn:aws:iam::111122223333:root", "*");
    let place = place(&[("infra/main.tf", BEFORE), ("infra/link.txt", "x")]);
    git(place.path(), &["init", "-q"]);
    git(place.path(), &["add", "."]);
    git(place.path(), &["commit", "-q", "-m", "one"]);
    (place, after)
}

#[test]
fn the_working_tree_is_compared_with_a_revision() {
    let (place, after) = changed();
    let same = kmsguard(place.path(), &["diff", "--base", "HEAD"]);
    assert_eq!((same.code, same.out.as_str()), (0, "nobody gains or loses access\n"), "{same:?}");
    std::fs::write(place.path().join("infra/main.tf"), after).unwrap();
    for args in
        [&["diff", "--base", "HEAD", "infra"][..], &["diff", "--base", "HEAD"], &["diff", "HEAD", "."]]
    {
        let ran = kmsguard(place.path(), args);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.out.contains("newly allowed to anyone, in any AWS account"), "{ran:?}");
        assert!(ran.out.contains("HEAD:infra/main.tf:2"), "{ran:?}");
    }
    let allowed = kmsguard(place.path(), &["diff", "--base", "HEAD", "--allow-new-access"]);
    assert_eq!(allowed.code, 0, "{allowed:?}");
    let inside = kmsguard(&place.path().join("infra"), &["diff", "--base", "HEAD", "--format", "json"]);
    assert_eq!(inside.json()["keys"][0]["new_access"][0]["severity"], "critical", "{inside:?}");
}

/// Both sides are evaluated with what is typed: a file of values that both have, each its own.
#[test]
fn a_revision_is_compared_with_the_values_that_are_given() {
    let before = format!(
        "variable \"admin\" {{}}\n{}",
        BEFORE.replace("\"arn:aws:iam::111122223333:root\"", "var.admin")
    );
    let place = place(&[
        ("infra/main.tf", &before),
        ("infra/prod.tfvars", "admin = \"arn:aws:iam::111122223333:root\"\n"),
    ]);
    git(place.path(), &["init", "-q"]);
    git(place.path(), &["add", "."]);
    git(place.path(), &["commit", "-q", "-m", "one"]);
    let told = |args: &[&str]| {
        let ran = kmsguard(place.path(), &[&["diff", "--base", "HEAD", "infra"], args].concat());
        (ran.code, ran.out + &ran.err)
    };
    let file = ["--var-file", "infra/prod.tfvars"];
    assert_eq!(told(&file), (0, "nobody gains or loses access\n".to_owned()));
    // The same file, changed: only the side of the working tree reads what it says now.
    std::fs::write(place.path().join("infra/prod.tfvars"), "admin = \"*\"\n").unwrap();
    let (code, text) = told(&file);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("newly allowed to anyone, in any AWS account"), "{text}");
    // What is typed holds on both sides, whatever the files say.
    assert_eq!(told(&["--var", "admin=*"]), (0, "nobody gains or loses access\n".to_owned()));
}

/// Copies of modules count as they were, where the repository holds them; those beside it are the same on both sides.
#[test]
fn a_revision_is_compared_with_its_copies_of_modules() {
    let module = |users: &str| {
        let statement = format!(
            "{{ Effect = \"Allow\", Principal = {{ AWS = {users} }}, Action = \"kms:Decrypt\", Resource = \"*\" }},\n    ]"
        );
        format!("variable \"users\" {{}}\n{}", BEFORE.replace("    ]", &format!("      {statement}")))
    };
    let call = |users: &str| {
        format!(
            "module \"key\" {{\n  source  = \"acme/kms/aws\"\n  version = \"1.0.0\"\n  users   = {users}\n}}\n"
        )
    };
    let app = "\"arn:aws:iam::111122223333:role/app\"";
    let place = place(&[
        ("beside/acme/kms/aws/main.tf", &module("var.users")),
        ("repo/vendor/acme/kms/aws/main.tf", &module("var.users")),
        ("repo/infra/main.tf", &call(app)),
    ]);
    let repo = place.path().join("repo");
    git(&repo, &["init", "-q"]);
    git(&repo, &["add", "."]);
    git(&repo, &["commit", "-q", "-m", "one"]);
    let told = |modules: &str| {
        let ran = kmsguard(&repo, &["diff", "--base", "HEAD", "infra", "--modules", modules]);
        (ran.code, ran.out + &ran.err)
    };
    let same = (0, "nobody gains or loses access\n".to_owned());
    assert_eq!((told("vendor"), told("../beside")), (same.clone(), same.clone()));
    let (code, text) = told("infra");
    assert_eq!(code, 0, "{text}");
    assert!(text.starts_with("nobody gains or loses access, as far as could be read\nwarning: "), "{text}");
    std::fs::write(repo.join("infra/main.tf"), call("\"*\"")).unwrap();
    for modules in ["vendor", "../beside"] {
        let (code, text) = told(modules);
        assert!(code == 1 && text.contains("newly allowed to anyone, in any AWS account"), "{text}");
        assert!(text.contains("[infra/main.tf:4:14]"), "{text}");
    }
    // The copy itself is changed.
    std::fs::write(repo.join("infra/main.tf"), call(app)).unwrap();
    std::fs::write(repo.join("vendor/acme/kms/aws/main.tf"), module("\"*\"")).unwrap();
    let (code, text) = told("vendor");
    assert!(code == 1 && text.contains("[vendor/acme/kms/aws/main.tf:"), "{text}");
    assert!(text.contains("HEAD:vendor/acme/kms/aws/main.tf"), "{text}");
    assert_eq!(told("../beside"), same);
}

/// What `terraform init` has installed is in no revision, and is no news.
#[test]
fn installed_modules_are_the_same_on_both_sides() {
    let listed = r#"{"Modules":[{"Key":"key","Source":"registry.terraform.io/acme/kms/aws","Version":"1.0.0","Dir":".terraform/modules/key"}]}"#;
    let call = "module \"key\" {\n  source  = \"acme/kms/aws\"\n  version = \"1.0.0\"\n}\n";
    let place = place(&[
        (".gitignore", ".terraform\n"),
        ("infra/main.tf", call),
        ("infra/.terraform/modules/modules.json", listed),
        ("infra/.terraform/modules/key/main.tf", BEFORE),
    ]);
    git(place.path(), &["init", "-q"]);
    git(place.path(), &["add", "."]);
    git(place.path(), &["commit", "-q", "-m", "one"]);
    let ran = kmsguard(place.path(), &["diff", "--base", "HEAD", "infra"]);
    assert_eq!((ran.code, ran.out + &ran.err), (0, "nobody gains or loses access\n".to_owned()));
}

#[test]
fn what_cannot_be_compared_is_told() {
    let (place, _) = changed();
    let told = |args: &[&str]| -> Ran {
        let ran = kmsguard(place.path(), args);
        assert_eq!(ran.code, 2, "{ran:?}");
        ran
    };
    assert!(told(&["diff", "--base", "no-such"]).err.contains("git knows no revision `no-such`"));
    assert!(told(&["diff", "no-such", "."]).err.contains("neither a path nor a revision"));
    assert!(told(&["diff", "infra"]).err.contains("is no plan"));
    assert!(told(&["diff"]).err.contains("nothing to compare"));
    assert!(told(&["diff", "--base=-x"]).err.contains("`-x` is no revision"));
}

#[test]
fn decision_vectors_are_answered_line_by_line() {
    let vectors = std::fs::read_to_string(testdata().join("access/vectors.json")).unwrap();
    let vectors: Vec<serde_json::Value> = serde_json::from_str(&vectors).unwrap();
    let lines: Vec<String> = vectors.iter().map(ToString::to_string).collect();
    let place = place(&[("requests.jsonl", &lines.join("\n"))]);
    let ran = kmsguard(place.path(), &["can", "--json", "requests.jsonl"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let answers: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), vectors.len());
    for (asked, answer) in vectors.iter().zip(answers) {
        assert_eq!(answer["id"], asked["id"]);
        let (expected, result) = (asked["expected"].as_str().unwrap(), answer["result"].as_str().unwrap());
        assert_eq!(result.to_lowercase(), expected.to_lowercase(), "{asked}");
    }
}
