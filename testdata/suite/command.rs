//! Runs the binary as a user would, and what its exit codes mean.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run printed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The output as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The rules of the findings, in order.
    pub(crate) fn rules(&self) -> Vec<String> {
        let findings = self.json()["findings"].as_array().unwrap().clone();
        findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
    }
}

/// Runs kmsguard in `directory`, with a clean environment.
pub(crate) fn kmsguard(directory: &Path, args: &[&str]) -> Ran {
    run_with(directory, args, Stdio::null())
}

fn run_with(directory: &Path, args: &[&str], input: Stdio) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_kmsguard"))
        .args(args)
        .current_dir(directory)
        .env_clear()
        .stdin(input)
        .output()
        .unwrap();
    let ran = Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!ran.err.contains("panicked"), "{ran:?}");
    ran
}

/// The folder with the cases.
pub(crate) fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// The folders in `directory`, sorted.
pub(crate) fn folders(directory: &Path) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Whether expectations are rewritten.
pub(crate) fn blessing() -> bool {
    std::env::var_os("KMSGUARD_BLESS").is_some()
}

/// A directory with files, outside of any repository.
pub(crate) fn place(files: &[(&str, &str)]) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = place.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    place
}

/// A key that anyone can use.
pub(crate) const PUBLIC: &str = r#"resource "aws_kms_key" "k" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
      { Effect = "Allow", Principal = "*", Action = "kms:Decrypt", Resource = "*" },
    ]
  })
}
"#;

/// A key with nothing wrong.
pub(crate) const CLEAN: &str = "resource \"aws_kms_key\" \"k\" {\n  enable_key_rotation = true\n}\n";

#[test]
fn exit_codes_say_what_happened() {
    let clean = place(&[("main.tf", CLEAN)]);
    assert_eq!(kmsguard(clean.path(), &["check"]).code, 0);
    let public = place(&[("main.tf", PUBLIC)]);
    let ran = kmsguard(public.path(), &["check", "--format", "json"]);
    assert_eq!((ran.code, ran.rules()), (1, vec!["public-access".to_owned()]), "{ran:?}");
    assert_eq!(kmsguard(public.path(), &["check", "missing"]).code, 2);
    assert_eq!(kmsguard(public.path(), &["check", "--fromat", "json"]).code, 2);
    assert_eq!(kmsguard(public.path(), &["explain", "public-acces"]).code, 2);
    assert_eq!(kmsguard(public.path(), &["explain", "public-access"]).code, 0);
    let text = place(&[("notes.md", "kms")]);
    let ran = kmsguard(text.path(), &["check"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.starts_with("error: nothing to scan"), "{ran:?}");
}

#[test]
fn the_threshold_comes_from_the_line_then_from_the_settings() {
    let plain = "resource \"aws_kms_key\" \"k\" {}\n";
    let place = place(&[("main.tf", plain), ("kmsguard.yaml", "fail_on: high\n")]);
    assert_eq!(kmsguard(place.path(), &["check"]).code, 0);
    assert_eq!(kmsguard(place.path(), &["check", "--fail-on", "medium"]).code, 1);
    assert_eq!(kmsguard(place.path(), &["check", "--config", "/dev/null"]).code, 1);
}

#[test]
fn mistakes_in_the_settings_are_told_and_the_rest_is_judged() {
    let place = place(&[("main.tf", PUBLIC), ("kmsguard.yaml", "fail-on: high\n")]);
    let ran = kmsguard(place.path(), &["check", "--format", "json"]);
    assert_eq!((ran.code, ran.rules()), (2, vec!["settings-invalid".to_owned(), "public-access".to_owned()]));
}

#[test]
fn plans_are_read_from_standard_input() {
    let plan = testdata().join("same/public/plan/plan.json");
    let input = Stdio::from(std::fs::File::open(plan).unwrap());
    let ran = run_with(&testdata(), &["check", "-", "--format", "json"], input);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.rules().contains(&"public-access".to_owned()));
    let empty = kmsguard(&testdata(), &["check", "-"]);
    assert_eq!(empty.code, 2, "{empty:?}");
}

#[test]
fn formats_go_to_files_together() {
    let place = place(&[("main.tf", PUBLIC)]);
    let summary = place.path().join("summary.md");
    let output = Command::new(env!("CARGO_BIN_EXE_kmsguard"))
        .args(["check", "--format", "json=o.json", "--format", "sarif=o.sarif", "--format", "github"])
        .current_dir(place.path())
        .env_clear()
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.starts_with("::error file=main.tf,line=7,"), "{out}");
    for file in ["o.json", "o.sarif"] {
        let text = std::fs::read_to_string(place.path().join(file)).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
    }
    let summary = std::fs::read_to_string(summary).unwrap();
    assert!(summary.contains("| critical | public-access | main.tf:7 |"), "{summary}");
}

#[test]
fn every_schema_is_a_schema() {
    for of in ["output", "rule", "config"] {
        let ran = kmsguard(&testdata(), &["schema", of]);
        assert_eq!(ran.code, 0);
        jsonschema::validator_for(&ran.json()).unwrap();
    }
}
