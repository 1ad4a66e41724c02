//! Models against the modules that they stand for: the same keys, the same policies, for fifty calls each.
//!
//! `testdata/terraform/models/` holds the calls and what the real modules make of them. The real sources are not ours to
//! keep: with `KMSGUARD_REAL_MODULES=DIR`, laid out as for `--modules`, they are evaluated too; with
//! `KMSGUARD_BLESS=1` besides, what they make is recorded.

use super::{Given, Session};
use crate::key::{Declared, Key};
use crate::source::{Disk, SourceMap};
use crate::value::{Kind, Piece, Text, Unknown, Value};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const MODELS: [&str; 2] = ["terraform-aws-modules.kms.aws", "cloudposse.kms-key.aws"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/terraform/models")
}

/// What the calls of a model declare; with copies of the real modules where they are given.
fn declared(model: &str, copies: Option<&Path>) -> (Declared, Arc<SourceMap>) {
    let place = tempfile::tempdir().unwrap();
    let calls = std::fs::read_to_string(folder().join(format!("{model}.tf"))).unwrap();
    std::fs::write(place.path().join("main.tf"), calls).unwrap();
    let map = Arc::<SourceMap>::default();
    let mut disk = Disk::directory(place.path(), "", Arc::clone(&map)).unwrap();
    if let Some(copies) = copies {
        disk = disk.with("<modules>", copies, "copies").unwrap();
    }
    let session = Session::new(&disk).with_modules(copies.map(|_| "<modules>".to_owned()));
    (session.load("", &Given::default()), map)
}

/// All that is declared, without places.
fn told(declared: &Declared) -> String {
    let mut keys: Vec<&Key> = declared.keys.iter().collect();
    keys.sort_by(|one, two| one.address.cmp(&two.address));
    let mut text = String::new();
    for key in keys {
        let _ = writeln!(text, "{} ({:?})", key.address, key.role);
        for (attribute, value) in &key.attributes {
            let _ = writeln!(text, "  {attribute:?} = {}", shown(value));
        }
        for policy in &key.policies {
            let _ = writeln!(text, "  policy = {}", shown(&policy.value));
        }
    }
    for policy in &declared.identity_policies {
        let _ = writeln!(text, "{}\n  policy = {}", policy.address, shown(&policy.value));
    }
    let mut problems: Vec<&str> =
        declared.problems.iter().filter_map(|problem| problem.message.rsplit(": ").next()).collect();
    problems.sort_unstable();
    for problem in problems {
        let _ = writeln!(text, "problem: {problem}");
    }
    text
}

fn shown(value: &Value) -> String {
    match &value.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(value) => value.to_string(),
        Kind::Number(number) => number.as_str().to_owned(),
        Kind::Text(text) => text.encodes().map_or_else(|| format!("{:?}", pieces(text)), shown),
        Kind::Unknown(unknown) => hole(unknown),
        Kind::List(list) => {
            let mut items: Vec<String> = list.items.iter().map(shown).collect();
            items.extend(list.open.as_ref().map(|_| "...".to_owned()));
            format!("[{}]", items.join(", "))
        }
        Kind::Map(map) => {
            let entry = |entry: &crate::value::Entry| {
                format!("{}: {}", pieces(&entry.name.text), shown(&entry.value))
            };
            let mut entries: Vec<String> = map.entries.iter().map(entry).collect();
            entries.extend(map.open.as_ref().map(|_| "...".to_owned()));
            format!("{{{}}}", entries.join(", "))
        }
        Kind::OneOf(branches) => {
            let mut cases: Vec<String> = branches.iter().map(|branch| shown(&branch.value)).collect();
            cases.sort();
            format!("one of ({})", cases.join(" | "))
        }
    }
}

fn pieces(text: &Text) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Known(known, _) => known.to_string(),
        Piece::Unknown(unknown) => hole(unknown),
    };
    text.pieces().iter().map(piece).collect()
}

/// What is known of an unknown. Its name and place are the module's own.
fn hole(unknown: &Unknown) -> String {
    format!("${{{:?}, {:?}}}", unknown.reason, unknown.symbol)
}

fn recorded(model: &str) -> PathBuf {
    folder().join(format!("{model}.expected.txt"))
}

#[test]
fn models_make_of_calls_what_the_real_modules_made() {
    for model in MODELS {
        let expected = std::fs::read_to_string(recorded(model)).unwrap();
        let told = told(&declared(model, None).0);
        for (one, two) in told.lines().zip(expected.lines()) {
            assert_eq!(one, two, "{model}");
        }
        assert_eq!(told, expected, "{model}");
        assert!(told.lines().filter(|line| line.starts_with("module.")).count() > 35, "{told}");
    }
}

#[test]
fn real_modules_make_of_calls_what_is_recorded() {
    let Some(copies) = std::env::var_os("KMSGUARD_REAL_MODULES").map(PathBuf::from) else {
        eprintln!("skipped: KMSGUARD_REAL_MODULES names no directory with the real modules");
        return;
    };
    for model in MODELS {
        let (declared, _) = declared(model, Some(&copies));
        assert!(!format!("{declared:?}").contains("in the model of"), "{model} has no copy for some call");
        let told = told(&declared);
        if std::env::var_os("KMSGUARD_BLESS").is_some() {
            std::fs::write(recorded(model), &told).unwrap();
        }
        assert_eq!(told, std::fs::read_to_string(recorded(model)).unwrap(), "{model}");
    }
}

/// No place and no name of a model's text is left in what is declared.
#[test]
fn places_are_the_calls_own() {
    for model in MODELS {
        let (declared, map) = declared(model, None);
        let text = format!("{declared:?}");
        for part in text.split("file: FileId(").skip(1) {
            let number: u32 = part.split(')').next().unwrap().parse().unwrap();
            let debug = format!("FileId({number})");
            let path =
                declared.keys.iter().map(|key| key.span.file).find(|file| format!("{file:?}") == debug);
            assert_eq!(path.map(|file| map.path(file)).as_deref(), Some("main.tf"), "{model}");
        }
    }
}
