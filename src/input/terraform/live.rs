//! The evaluator against the real Terraform, on expressions that nobody has written before.
//!
//! `cargo test --lib live -- --ignored --nocapture`, with `terraform` on the PATH; `KMSGUARD_LIVE` says how many
//! expressions (10,000), `KMSGUARD_SEED` which. What is easy to get wrong: one mistake ends Terraform's console, so
//! each expression stands inside of `try`, and where the console ends all the same, halves are asked.

mod grammar;

use super::{Answer, Given, Session, console};
use crate::source::Disk;
use crate::value::Text;
use grammar::Grammar;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// The console reads no longer line than 64 KiB, and of several lines it answers the last.
const LINE: usize = 50_000;

/// What a mistake gives inside of `try`.
const CAUGHT: &str = "a mistake";

/// What an expression gave.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Gave {
    Known(String),
    Unknown,
    Mistake,
}

impl Gave {
    fn is_mistake(&self) -> bool {
        match self {
            Self::Known(text) => text == CAUGHT,
            Self::Unknown => false,
            Self::Mistake => true,
        }
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
#[ignore = "asks the terraform on the PATH: cargo test --lib live -- --ignored --nocapture"]
fn fresh_expressions_are_worth_what_terraform_says() {
    if Command::new("terraform").arg("version").output().is_err() {
        eprintln!("skipped: there is no `terraform` on the PATH");
        return;
    }
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/terraform/fixture");
    let count = usize::try_from(number("KMSGUARD_LIVE", 10_000)).unwrap();
    let mut grammar = Grammar::new(number("KMSGUARD_SEED", 1));
    let exprs: Vec<String> = (0..count).map(|_| wrapped(&grammar.any(3))).collect();
    let theirs = by_terraform(&fixture, &exprs);
    let ours = by_us(&fixture, &exprs);
    let (mut equal, mut more, mut less, mut wrong) = (0, 0, Vec::new(), Vec::new());
    for ((expr, ours), theirs) in exprs.iter().zip(&ours).zip(&theirs) {
        let told = || format!("{expr}\n    ours   {ours:?}\n    theirs {theirs:?}");
        match (ours, theirs) {
            // Where Terraform itself panics, `try` does not help it.
            _ if ours == theirs || [ours, theirs].iter().all(|gave| gave.is_mistake()) => equal += 1,
            (Gave::Known(_), Gave::Unknown) => more += 1,
            (Gave::Unknown, _) => less.push(told()),
            _ => wrong.push(told()),
        }
    }
    let (few, bad) = (less.len(), wrong.len());
    eprintln!(
        "{count} expressions: {equal} equal, {more} known to us alone, {few} to Terraform alone, {bad} wrong"
    );
    eprintln!("{}", less.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The files in `KMSGUARD_FILES` that our parser refuses; `terraform fmt` says which of them it should.
#[test]
#[ignore = "reads the .tf files of the directory that KMSGUARD_FILES names"]
fn real_files_are_parsed() {
    let Ok(root) = std::env::var("KMSGUARD_FILES") else {
        eprintln!("skipped: KMSGUARD_FILES names no directory");
        return;
    };
    let mut left = vec![std::path::PathBuf::from(root)];
    let (mut files, mut refused) = (0, 0);
    while let Some(place) = left.pop() {
        if place.is_dir() {
            left.extend(std::fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        if place.extension().is_none_or(|extension| extension != "tf") {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&place) else { continue };
        files += 1;
        let file = crate::source::SourceMap::default().add("a.tf", text.as_str());
        if let Some(problem) = crate::syntax::hcl::parse(file, &text).problems.first() {
            refused += 1;
            eprintln!("refused {}: {}", place.display(), problem.message);
        }
    }
    eprintln!("{files} files, {refused} refused");
}

/// One text, whatever the expression gives; a mistake gives another text.
fn wrapped(expr: &str) -> String {
    format!("try(nonsensitive(jsonencode([{expr}])), \"{CAUGHT}\")")
}

fn by_us(fixture: &Path, exprs: &[String]) -> Vec<Gave> {
    let disk = Disk::directory(fixture, "", Arc::default()).unwrap();
    let session = Session::new(&disk);
    let given = |answer| match answer {
        Answer::Value(value) => match value.as_text().and_then(Text::known) {
            Some(known) => Gave::Known(known),
            None => Gave::Unknown,
        },
        Answer::Type(_) | Answer::Unsupported(_) => Gave::Unknown,
        Answer::Mistakes(_) => Gave::Mistake,
    };
    console(&session, "", &Given::default(), |console| {
        exprs.iter().map(|expr| given(console.evaluate(expr))).collect()
    })
    .unwrap()
}

fn by_terraform(fixture: &Path, exprs: &[String]) -> Vec<Gave> {
    let place = tempfile::tempdir().unwrap();
    let copied = Command::new("cp").arg("-r").arg(fixture).arg(place.path().join("f")).status().unwrap();
    assert!(copied.success());
    let dir = place.path().join("f");
    let _ = terraform(&dir).args(["init", "-backend=false"]).output();
    let mut given = Vec::new();
    let mut left = exprs;
    while !left.is_empty() {
        let mut bytes = 0;
        let fits = left.iter().take_while(|expr| {
            bytes += expr.len() + 2;
            bytes < LINE
        });
        let (batch, rest) = left.split_at(fits.count().max(1));
        given.extend(halved(&dir, batch));
        left = rest;
    }
    given
}

/// What a batch gives; where a mistake in it ends the console, what its halves give.
fn halved(dir: &Path, exprs: &[String]) -> Vec<Gave> {
    if let Some(answers) = asked(dir, exprs) {
        return answers;
    }
    let (one, two) = exprs.split_at(exprs.len() / 2);
    if one.is_empty() {
        return vec![Gave::Mistake];
    }
    let mut given = halved(dir, one);
    given.extend(halved(dir, two));
    given
}

fn terraform(dir: &Path) -> Command {
    let mut command = Command::new("terraform");
    command.current_dir(dir).env_remove("TF_CLI_CONFIG_FILE").env("CHECKPOINT_DISABLE", "1");
    command
}

/// The answers to all at once; `None` when the console ended with a mistake. It prints a tuple with an element a line.
fn asked(dir: &Path, exprs: &[String]) -> Option<Vec<Gave>> {
    let mut child = terraform(dir)
        .args(["console", "-no-color"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let line = format!("[{}]\n", exprs.join(", "));
    child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines().skip_while(|line| *line != "[").skip(1).take_while(|line| *line != "]");
    let answers = exprs.iter().map_while(|_| match lines.next()?.trim().trim_end_matches(',') {
        "(known after apply)" => Some(Gave::Unknown),
        quoted => serde_json::from_str(quoted).ok().map(Gave::Known),
    });
    let answers: Vec<Gave> = answers.collect();
    (answers.len() == exprs.len()).then_some(answers)
}
