//! `testdata/access/lockout/`: every way to lock a key that the guides describe, what looks like one and is none, whose
//! deletion locks it, who cannot read or retire it, and whether the deployer is refused.

use crate::access::{
    Duty, Setting, deny_covers_managers, deployer_may, nobody_manages, nobody_may, sole_keepers,
};
use crate::config::Config;
use crate::input::{cloudformation, terraform};
use crate::logic::Verdict;
use crate::policy::{Document, PolicyKind, default_key_policy, read};
use crate::source::{Disk, SourceMap};
use serde_json::Value;
use std::sync::Arc;

const OWN: &str = "111122223333";
const DUTIES: [Duty; 5] =
    [Duty::ReadPolicy, Duty::Describe, Duty::ReadRotation, Duty::ReadTags, Duty::ScheduleDeletion];

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "yes",
        Verdict::No => "no",
        Verdict::CannotTell => "cannot tell",
    }
}

/// The policy of a case: written in the table, or that of the key in a file.
fn subject(case: &Value) -> (Document, Setting) {
    let setting = Setting { account: Some(OWN.to_owned()), ..Setting::default() };
    let Some(file) = case["file"].as_str() else {
        return (
            read(&crate::policy::testing::from_json(&case["policy"]), PolicyKind::Key).unwrap(),
            setting,
        );
    };
    let place = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/access/lockout").join(file);
    let text = std::fs::read_to_string(place).unwrap();
    let map = Arc::new(SourceMap::default());
    let disk = Disk::memory([(file, text.as_str())], map);
    let terraform = std::path::Path::new(file).extension().is_some_and(|end| end == "tf");
    let declared = if terraform {
        terraform::load(&disk, "", &terraform::Given::default())
    } else {
        cloudformation::load(&disk, file, &cloudformation::Given::default())
    };
    assert!(declared.problems.is_empty(), "{file}: {:?}", declared.problems);
    let [key] = declared.keys.as_slice() else { panic!("{file} declares one key") };
    let config = Config { key_account: Some(OWN.to_owned()), ..Config::default() };
    let stated =
        key.policies.iter().find_map(|stated| super::subject::document(&stated.value, PolicyKind::Key));
    (stated.unwrap_or_else(|| default_key_policy(key.span)), super::setting(Some(key), &config))
}

fn locked(document: &Document, setting: &Setting) -> &'static str {
    let (nobody, denied) = (nobody_manages(document, setting), deny_covers_managers(document, setting));
    match (nobody.verdict, denied.verdict) {
        (Verdict::Yes, _) => "nobody",
        (_, Verdict::Yes) => "deny",
        (Verdict::No, Verdict::No) => "no",
        _ => "cannot tell",
    }
}

fn faults(case: &Value) -> Vec<String> {
    let (document, setting) = subject(case);
    let mut faults = Vec::new();
    let mut expect = |what: &str, expected: String, found: String| {
        if expected != found {
            faults.push(format!("{}: {what}: expected {expected}, found {found}", case["id"]));
        }
    };
    let found = locked(&document, &setting);
    expect("locked", case["locked"].as_str().unwrap().to_owned(), found.to_owned());
    let certain = sole_keepers(&document, &setting).into_iter().filter(|one| one.answer.is_yes());
    let sole: Vec<String> = certain.map(|one| one.principal).collect();
    let expected = case["sole"].as_array().cloned().unwrap_or_default();
    let expected: Vec<String> = expected.iter().map(|one| one.as_str().unwrap().to_owned()).collect();
    expect("single deletions", format!("{expected:?}"), format!("{sole:?}"));
    if found == "no" {
        let nobody = |duty: &Duty| nobody_may(&document, &setting, *duty).is_yes();
        let cannot: Vec<&str> = DUTIES.iter().filter(|duty| nobody(duty)).map(|duty| duty.action()).collect();
        let expected = case["cannot"].as_array().cloned().unwrap_or_default();
        expect(
            "cannot",
            format!("{expected:?}").replace("String(", "").replace(')', ""),
            format!("{cannot:?}"),
        );
    } else if found != "cannot tell" {
        let answer = nobody_may(&document, &setting, Duty::ChangePolicy);
        expect("nobody may change", "yes".to_owned(), word(answer.verdict).to_owned());
        let answer =
            deployer_may(&document, &setting, "arn:aws:iam::111122223333:role/deploy", Duty::ChangePolicy);
        let refused = answer.is_no() || (case["id"] == "deny-not-principal-foreign" && answer.is_open());
        expect("deployer refused", "true".to_owned(), refused.to_string());
    }
    if let Some(deployer) = case["deployer"].as_object() {
        let answer = deployer_may(&document, &setting, deployer["arn"].as_str().unwrap(), Duty::ChangePolicy);
        expect("deployer", deployer["may"].as_str().unwrap().to_owned(), word(answer.verdict).to_owned());
    }
    faults
}

#[test]
fn the_lockout_table_holds() {
    let table: Value =
        serde_json::from_str(include_str!("../../testdata/access/lockout/table.json")).unwrap();
    let table = table.as_array().unwrap();
    let count = |locked: &[&str]| {
        table.iter().filter(|case| locked.contains(&case["locked"].as_str().unwrap())).count()
    };
    assert!(count(&["nobody", "deny"]) >= 30 && count(&["no"]) >= 30);
    let faults: Vec<String> = table.iter().flat_map(faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
