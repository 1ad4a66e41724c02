//! The shell steps of `action.yml`, run here as a runner would run them.
#![cfg(unix)]

use super::command::{PUBLIC, place};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/action").join(name)
}

/// Runs a script in `runner` with the variables of a runner.
fn step(runner: &Path, name: &str, env: &[(&str, &str)]) -> Output {
    let path = format!("{}:{}", runner.join("kmsguard/bin").display(), std::env::var("PATH").unwrap());
    Command::new("bash")
        .arg(script(name))
        .current_dir(runner)
        .env("PATH", path)
        .env("RUNNER_TEMP", runner)
        .env("GITHUB_PATH", runner.join("path"))
        .env("GITHUB_OUTPUT", runner.join("output"))
        .env("GITHUB_STEP_SUMMARY", runner.join("summary.md"))
        .env("KMSGUARD_ACTION", env!("CARGO_MANIFEST_DIR"))
        .envs(env.iter().copied())
        .output()
        .unwrap()
}

fn shown(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

const TARGETS: [&str; 4] =
    ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "x86_64-apple-darwin", "aarch64-apple-darwin"];

/// This very binary, packed as the release workflow packs it; once for all tests.
fn archive() -> &'static Path {
    static PACKED: OnceLock<PathBuf> = OnceLock::new();
    PACKED.get_or_init(|| {
        let archive = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packed.tar.gz");
        let packed = Command::new("bash")
            .arg(script("pack.sh"))
            .args([Path::new(env!("CARGO_BIN_EXE_kmsguard")), &archive])
            .output()
            .unwrap();
        assert!(packed.status.success(), "{}", shown(&packed));
        archive
    })
}

/// Releases of it for every target, with the checksum given or the right one: their address.
fn releases(runner: &Path, checksum: Option<&str>) -> String {
    let version = runner.join(concat!("releases/v", env!("CARGO_PKG_VERSION")));
    std::fs::create_dir_all(&version).unwrap();
    let right = std::fs::read_to_string(format!("{}.sha256", archive().display())).unwrap();
    for target in TARGETS {
        let name = version.join(format!("kmsguard-{target}.tar.gz"));
        std::os::unix::fs::symlink(archive(), &name).unwrap();
        std::fs::write(format!("{}.sha256", name.display()), checksum.unwrap_or(&right)).unwrap();
    }
    format!("file://{}", runner.join("releases").display())
}

#[test]
fn a_release_is_installed_and_run() {
    let runner = place(&[("infra/main.tf", PUBLIC)]);
    let releases = releases(runner.path(), None);
    let installed = step(runner.path(), "install.sh", &[("KMSGUARD_RELEASES", &releases)]);
    assert!(installed.status.success(), "{}", shown(&installed));
    assert!(shown(&installed).contains("checksum verified"));
    assert!(std::fs::read_to_string(runner.path().join("path")).unwrap().trim().ends_with("kmsguard/bin"));

    let checked =
        step(runner.path(), "check.sh", &[("KMSGUARD_PATHS", "infra"), ("KMSGUARD_FAIL_ON", "critical")]);
    assert!(checked.status.success(), "{}", shown(&checked));
    assert!(shown(&checked).contains("::error file=infra/main.tf,line=7"), "{}", shown(&checked));
    let output = std::fs::read_to_string(runner.path().join("output")).unwrap();
    assert!(output.starts_with("exit-code=1\nsarif-file<<"), "{output}");
    assert!(std::fs::read_to_string(runner.path().join("summary.md")).unwrap().contains("public-access"));
    let sarif = std::fs::read_to_string(runner.path().join("kmsguard.sarif")).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&sarif).unwrap()["version"], "2.1.0");
}

#[test]
fn a_wrong_checksum_is_not_installed() {
    let runner = place(&[]);
    let releases = releases(runner.path(), Some(&"0".repeat(64)));
    let installed = step(runner.path(), "install.sh", &[("KMSGUARD_RELEASES", &releases)]);
    assert_eq!(installed.status.code(), Some(2), "{}", shown(&installed));
    assert!(!runner.path().join("kmsguard/bin/kmsguard").exists());
}

#[test]
fn without_a_release_it_is_built_from_source() {
    let runner = place(&[("bin/cargo", "#!/bin/sh\necho \"cargo $*\"\n")]);
    Command::new("chmod").arg("+x").arg(runner.path().join("bin/cargo")).status().unwrap();
    let path = format!("{}:{}", runner.path().join("bin").display(), std::env::var("PATH").unwrap());
    let releases = format!("file://{}/none", runner.path().display());
    let installed = step(runner.path(), "install.sh", &[("KMSGUARD_RELEASES", &releases), ("PATH", &path)]);
    assert!(shown(&installed).contains("cargo install --locked --path"), "{}", shown(&installed));
}

#[test]
fn inputs_are_data() {
    let runner = place(&[("a b/main.tf", PUBLIC)]);
    let releases = releases(runner.path(), None);
    assert!(step(runner.path(), "install.sh", &[("KMSGUARD_RELEASES", &releases)]).status.success());
    let hostile = "a b\n$(touch pwned)\n`touch pwned`\n; touch pwned\n--help";
    let checked = step(
        runner.path(),
        "check.sh",
        &[("KMSGUARD_PATHS", hostile), ("KMSGUARD_UNDECIDED", "note"), ("KMSGUARD_SARIF", "x\nexit-code=0")],
    );
    assert!(!runner.path().join("pwned").exists());
    assert!(shown(&checked).contains("file=a b/main.tf"), "{}", shown(&checked));
    let output = std::fs::read_to_string(runner.path().join("output")).unwrap();
    assert!(output.starts_with("exit-code=2\nsarif-file<<end-"), "{output}");
    let bad = step(runner.path(), "install.sh", &[("KMSGUARD_VERSION", "1.0.0/../../x; touch pwned")]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(!runner.path().join("pwned").exists());
}

#[test]
fn the_action_runs_these_scripts_and_nothing_else() {
    let action = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml")).unwrap();
    for line in action.lines().filter_map(|line| line.trim().strip_prefix("run: ")) {
        assert!(!line.contains("${{"), "an expression inside a script: {line}");
    }
    for name in ["install.sh", "check.sh"] {
        assert!(action.contains(&format!("$KMSGUARD_ACTION/.github/action/{name}")));
    }
}
