//! What each page of AWS's documentation says of an intrinsic function, asked (`testdata/cloudformation/cases`).
//!
//! A case is a key. Its metadata names the `Page` that it follows, and what its policy `Resolves` to by that page: unknowns
//! as `<name>`, alternatives as `{one of: {condition: value}}`, a text that encodes a value as `{json: value}`. Every
//! template is asked as written and in the long form. `.ci/cfn-lint` asks another resolver the same.

use super::tests::{long_form, without_notation};
use super::{Given, Session, fragment_of_project, type_of_project};
use crate::key::Declared;
use crate::source::{Disk, SourceMap};
use crate::syntax::yaml;
use crate::value::{Branch, Entry, Kind, Text, Value};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn text(text: &Text) -> String {
    let shown = text.pieces().iter().map(|piece| match piece {
        crate::value::Piece::Known(known, _) => known.to_string(),
        crate::value::Piece::Unknown(unknown) => format!("<{}>", unknown.name),
    });
    shown.collect()
}

fn branch(branch: &Branch) -> (String, Json) {
    let any = branch.when.iter().any(|one| one.holds);
    let told = branch.when.iter().filter(|one| one.holds || !any);
    let told = told.map(|one| format!("{}{}", if one.holds { "" } else { "not " }, one.condition));
    (told.collect::<Vec<_>>().join(" and "), resolved(&branch.value))
}

/// A value as cases write it.
fn resolved(value: &Value) -> Json {
    let plain = match &value.kind {
        Kind::Null => Json::Null,
        Kind::Bool(truth) => (*truth).into(),
        Kind::Number(number) => serde_json::from_str(number.as_str()).unwrap(),
        Kind::Text(written) => match written.encodes() {
            Some(inner) => json!({"json": resolved(inner)}),
            None => text(written).into(),
        },
        Kind::List(list) => {
            let rest = list.open.iter().map(|_| json!("…"));
            list.items.iter().map(resolved).chain(rest).collect()
        }
        Kind::Map(map) => {
            let entry = |entry: &Entry| (text(&entry.name.text), resolved(&entry.value));
            let rest = map.open.iter().map(|_| ("…".to_owned(), Json::Null));
            map.entries.iter().map(entry).chain(rest).collect::<serde_json::Map<_, _>>().into()
        }
        Kind::OneOf(branches) => {
            json!({"one of": branches.iter().map(branch).collect::<serde_json::Map<_, _>>()})
        }
        Kind::Unknown(unknown) => format!("<{}>", unknown.name).into(),
    };
    if value.secret { json!({"secret": plain}) } else { plain }
}

/// What a case says of itself.
struct Case {
    page: String,
    resolves: Json,
    mistakes: BTreeSet<String>,
    span: crate::source::Span,
}

fn case(metadata: &Value, span: crate::source::Span) -> Option<Case> {
    let resolves = resolved(metadata.get("Resolves")?);
    let mistakes = metadata.get("Mistakes").and_then(Value::as_list);
    let mistakes = mistakes.map(|list| list.items.iter().map(|item| item.as_str().unwrap().to_owned()));
    let page = metadata.get("Page").and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(Case { page, resolves, mistakes: mistakes.into_iter().flatten().collect(), span })
}

/// The cases of a template: in the metadata of its resources, or of the template where a loop makes the resource.
fn cases(document: &Value) -> BTreeMap<String, Case> {
    let made = document.get("Metadata").and_then(|metadata| metadata.get("Cases"));
    let made = made.and_then(Value::as_map).into_iter().flat_map(|map| &map.entries);
    let made = made.map(|entry| (entry, case(&entry.value, document.span)));
    let resources = document.get("Resources").and_then(Value::as_map).unwrap().entries.iter();
    let written = resources.map(|entry| {
        (entry, entry.value.get("Metadata").and_then(|metadata| case(metadata, entry.value.span)))
    });
    let named = written.chain(made).filter_map(|(entry, case)| Some((entry.name.text.known()?, case?)));
    named.collect()
}

/// Where a template's cases and what it declares part ways.
fn differences(document: &Value, declared: &Declared) -> Vec<String> {
    let cases = cases(document);
    let pages = document.get("Metadata").and_then(|metadata| metadata.get("Pages"));
    let mut wrong = Vec::new();
    let mut told = BTreeSet::new();
    for (name, case) in &cases {
        let url = pages.and_then(|pages| pages.get(&case.page)).and_then(Value::as_str);
        if !url.is_some_and(|url| url.starts_with("https://docs.aws.amazon.com/")) {
            wrong.push(format!("{name}: the page `{}` is not among the pages", case.page));
        }
        let key = declared.keys.iter().find(|key| key.address == *name);
        let found = key.map_or_else(
            || json!("not declared"),
            |key| key.policies.first().map_or(Json::Null, |policy| resolved(&policy.value)),
        );
        let (expected, found) =
            (without_notation(&case.resolves.to_string()), without_notation(&found.to_string()));
        if expected != found {
            wrong.push(format!("{name}:\n  expected {expected}\n  found    {found}"));
        }
        let inside = declared.problems.iter().enumerate().filter(|(_, problem)| {
            (problem.span.file, problem.span.start) >= (case.span.file, case.span.start)
                && problem.span.end <= case.span.end
        });
        let (at, messages): (Vec<_>, BTreeSet<_>) =
            inside.map(|(at, problem)| (at, without_notation(&problem.message))).unzip();
        told.extend(at);
        if messages != case.mistakes.iter().map(|message| without_notation(message)).collect() {
            wrong.push(format!("{name}: {messages:?} are told"));
        }
    }
    let untold = declared.problems.iter().enumerate().filter(|(at, _)| !told.contains(at));
    wrong.extend(untold.map(|(_, problem)| format!("outside of cases: {}", problem.message)));
    wrong
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cloudformation/cases")
}

/// The texts of the templates, and of what they include, import and call.
fn texts() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut left = vec![folder()];
    while let Some(directory) = left.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                let name = path.strip_prefix(folder()).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// Loads a template beside the others: modules are known, and what the templates in `exports` export.
fn loaded(disk: &Disk, name: &str, texts: &BTreeMap<String, String>) -> Declared {
    let projects = texts.keys().filter_map(|path| path.strip_suffix("/.rpdk-config"));
    let modules = projects.filter_map(|project| {
        let file = disk.read(&format!("{project}/.rpdk-config")).unwrap();
        Some((type_of_project(disk.map(), file)?, fragment_of_project(disk, project)?))
    });
    let session = Session::new(disk).with_modules(modules);
    let exporters = texts.keys().filter(|path| path.starts_with("exports/"));
    session.exchange(exporters.cloned().collect(), BTreeSet::new(), &Given::default());
    session.load(name, &Given::default())
}

#[test]
fn every_page_is_followed_in_short_form_long_form_and_json() {
    let texts = texts();
    let mut wrong = Vec::new();
    let mut count = 0;
    for (name, written) in texts.iter().filter(|(name, _)| !name.contains('/')) {
        let map = SourceMap::default();
        let document = yaml::parse(map.add("t", written.as_str()), written).documents.remove(0);
        count += cases(&document).len();
        let json = serde_json::to_string_pretty(&long_form(&document)).unwrap();
        for (notation, text) in
            [("written", written.clone()), ("YAML, long form", format!("# long\n{json}")), ("JSON", json)]
        {
            let mut files = texts.clone();
            files.insert(name.clone(), text);
            let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            let map = Arc::new(SourceMap::default());
            let disk = Disk::memory(files.clone(), Arc::clone(&map));
            let declared = loaded(&disk, name, &texts);
            let text = files.iter().find(|(file, _)| file == name).unwrap().1;
            let file = disk.read(name).unwrap();
            let document = super::session::parse(file, text).documents.remove(0);
            wrong.extend(
                differences(&document, &declared)
                    .into_iter()
                    .map(|one| format!("{name} ({notation}): {one}")),
            );
        }
    }
    assert!(count >= 120, "{count} cases");
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
}
