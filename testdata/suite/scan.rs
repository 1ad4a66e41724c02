//! `testdata/scan/`: inputs, and exactly what the user sees.
//!
//! A case is a folder. `commands` has the command lines, one per line (`check .` without it); `expected.txt` has what
//! they print and their exit codes, `expected.json.txt` the JSON of `check .`.

use super::command::{blessing, folders, kmsguard, testdata};
use std::fmt::Write as _;
use std::path::Path;

#[test]
fn every_case_prints_what_is_expected() {
    let mut wrong = Vec::new();
    for case in folders(&testdata().join("scan")) {
        let json = kmsguard(&case, &["check", ".", "--format", "json"]);
        for (file, actual) in [("expected.txt", transcript(&case)), ("expected.json.txt", json.out)] {
            let path = case.join(file);
            if blessing() {
                std::fs::write(&path, &actual).unwrap();
            }
            let expected = std::fs::read_to_string(&path).unwrap_or_default();
            if actual != expected {
                wrong.push(format!("--- {}\nexpected:\n{expected}\nactual:\n{actual}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\nKMSGUARD_BLESS=1 rewrites them", wrong.join("\n"));
}

fn transcript(case: &Path) -> String {
    let commands = std::fs::read_to_string(case.join("commands")).unwrap_or_else(|_| "check .\n".to_owned());
    let mut text = String::new();
    for line in commands.lines().filter(|line| !line.is_empty()) {
        let args: Vec<&str> = line.split_whitespace().collect();
        let ran = kmsguard(case, &args);
        let _ = write!(text, "$ kmsguard {line}\n{}{}[exit code {}]\n", ran.out, ran.err, ran.code);
    }
    text
}

#[test]
fn one_thread_or_many_print_the_same_bytes() {
    let all = testdata();
    for format in ["text", "json", "sarif", "github"] {
        let run =
            |threads: &str| kmsguard(&all, &["check", "scan", "same", "--format", format, "-j", threads]);
        let one = run("1");
        assert!(one.out.len() > 1000, "{one:?}");
        for threads in ["2", "4", "4", "7"] {
            assert_eq!(run(threads), one, "{format} with {threads} threads");
        }
    }
}
