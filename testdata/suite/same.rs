//! `testdata/same/`: one policy in many notations gives the same findings, each under the right characters.
//!
//! A case is a folder with one folder per notation. `expected.txt` has one line per finding:
//! `rule severity certainty | message | underlined text`, the same for every notation; the key's address reads `KEY`,
//! and the argument that holds the policy, `policy` or `KeyPolicy`, reads `POLICY`.

use super::command::{blessing, folders, kmsguard, testdata};
use serde_json::Value;
use std::path::Path;

#[test]
fn every_notation_gives_the_same_findings() {
    let mut wrong = Vec::new();
    for case in folders(&testdata().join("same")) {
        let notations = folders(&case);
        assert!(notations.len() >= 13, "{} has too few notations", case.display());
        let path = case.join("expected.txt");
        if blessing() {
            std::fs::write(&path, findings(&notations[0])).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        for notation in notations {
            let actual = findings(&notation);
            if actual != expected {
                wrong.push(format!("--- {}\nexpected:\n{expected}actual:\n{actual}", notation.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The findings of a notation, one line each, sorted.
fn findings(notation: &Path) -> String {
    let ran = kmsguard(notation, &["check", ".", "--format", "json"]);
    let output = ran.json();
    let mut lines: Vec<String> =
        output["findings"].as_array().unwrap().iter().map(|finding| line(finding, notation)).collect();
    lines.sort();
    lines.concat()
}

fn line(finding: &Value, notation: &Path) -> String {
    let text = |name: &str| finding[name].as_str().unwrap().to_owned();
    let label = &finding["labels"][0];
    assert_eq!(label["primary"], true);
    let source = std::fs::read(notation.join(label["path"].as_str().unwrap())).unwrap();
    let offset = |end: &str| usize::try_from(label[end]["offset"].as_u64().unwrap()).unwrap();
    let underlined = String::from_utf8_lossy(&source[offset("start")..offset("end")]).into_owned();
    let (rule, severity, certainty) = (text("rule"), text("severity"), text("certainty"));
    format!(
        "{rule} {severity} {certainty} | {} | {}\n",
        text("message").replace(&text("resource"), "KEY"),
        bare(&underlined)
    )
}

/// Without the quotes of the notation: which ones those are is the notation's affair.
fn bare(underlined: &str) -> &str {
    let trimmed = underlined.trim_matches(|c| c == '"' || c == '\'' || c == '\\');
    match trimmed {
        "" => underlined,
        "policy" | "KeyPolicy" => "POLICY",
        _ => trimmed,
    }
}
