//! Templates and what they resolve to (`testdata/cloudformation`), in every notation; limits.

use super::{Given, load, recognises};
use crate::key::Declared;
use crate::source::{Disk, SourceMap, Span};
use crate::syntax::yaml;
use crate::value::{Entry, Kind, Trail, Value};
use std::fmt::Write;
use std::sync::Arc;

/// Loads a template held in memory.
fn loaded(name: &str, text: &str) -> (Arc<SourceMap>, Declared) {
    let map = Arc::new(SourceMap::default());
    let disk = Disk::memory([(name, text)], Arc::clone(&map));
    let declared = load(&disk, name, &Given::default());
    (map, declared)
}

/// A value on one line: JSON, with unknowns as `${name}` and alternatives as `⟨condition: value | …⟩`.
fn shown(value: &Value) -> String {
    let joined = |items: Vec<String>, open: bool| {
        items.into_iter().chain(open.then(|| "…".to_owned())).collect::<Vec<_>>().join(", ")
    };
    let kind = match &value.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(truth) => truth.to_string(),
        Kind::Number(number) => number.as_str().to_owned(),
        Kind::Text(text) => match text.encodes() {
            Some(inner) => format!("json({})", shown(inner)),
            None => format!("{:?}", text.shown()),
        },
        Kind::List(list) => {
            format!("[{}]", joined(list.items.iter().map(shown).collect(), list.open.is_some()))
        }
        Kind::Map(map) => {
            let entry = |entry: &Entry| format!("{}: {}", entry.name.text.shown(), shown(&entry.value));
            format!("{{{}}}", joined(map.entries.iter().map(entry).collect(), map.open.is_some()))
        }
        Kind::OneOf(branches) => {
            let branch = |branch: &crate::value::Branch| {
                let when =
                    branch.when.iter().filter(|one| one.holds || branch.when.iter().all(|one| !one.holds));
                let when: Vec<_> = when
                    .map(|one| format!("{}{}", if one.holds { "" } else { "!" }, one.condition))
                    .collect();
                format!("{}: {}", when.join("&"), shown(&branch.value))
            };
            format!("⟨{}⟩", branches.iter().map(branch).collect::<Vec<_>>().join(" | "))
        }
        Kind::Unknown(unknown) => {
            format!("${{{}: {:?}, {:?}}}", unknown.name, unknown.reason, unknown.symbol)
                .replace(", Anything}", "}")
        }
    };
    if value.secret { format!("secret({kind})") } else { kind }
}

fn trail(trail: &Trail, map: &SourceMap) -> String {
    trail
        .steps()
        .map(|step| format!(" <- {} `{}`", step.note, line(step.span, map)))
        .collect::<Vec<_>>()
        .concat()
}

fn line(span: Span, map: &SourceMap) -> String {
    map.slice(span).lines().next().unwrap_or_default().to_owned()
}

/// The steps of every value in a tree.
fn trails(value: &Value, map: &SourceMap, out: &mut String) {
    if !value.trail.is_empty() {
        writeln!(out, "    {}{}", line(value.span, map), trail(&value.trail, map)).unwrap();
    }
    match &value.kind {
        Kind::List(list) => list.items.iter().for_each(|item| trails(item, map, out)),
        Kind::Map(inner) => inner.entries.iter().for_each(|entry| trails(&entry.value, map, out)),
        Kind::OneOf(branches) => branches.iter().for_each(|branch| trails(&branch.value, map, out)),
        _ => {}
    }
}

/// What a template resolves to; with `places`, also how values came and where problems lie.
fn resolved(declared: &Declared, map: &SourceMap, places: bool) -> String {
    let mut out = String::new();
    for key in &declared.keys {
        writeln!(
            out,
            "{} {:?}{}",
            key.address,
            key.role,
            if places { trail(&key.trail, map) } else { String::new() }
        )
        .unwrap();
        for policy in &key.policies {
            writeln!(out, "  policy {}", shown(&policy.value)).unwrap();
            if places {
                assert!(line(policy.name_span, map).contains("KeyPolicy") || policy.value.as_map().is_none());
                trails(&policy.value, map, &mut out);
            }
        }
        for (attribute, value) in &key.attributes {
            writeln!(out, "  {attribute:?} {}", shown(value)).unwrap();
        }
    }
    for policy in &declared.identity_policies {
        writeln!(out, "{} identity {}", policy.address, shown(&policy.value)).unwrap();
    }
    for problem in &declared.problems {
        let at = if places { format!(" at `{}`", line(problem.span, map)) } else { String::new() };
        let help = problem.help.as_deref().map(|help| format!(" ({help})")).unwrap_or_default();
        writeln!(out, "problem: {}{help}{at}", problem.message).unwrap();
    }
    out
}

fn cases() -> Vec<std::path::PathBuf> {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cloudformation");
    let mut found: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    found.sort();
    assert!(found.len() > 5);
    found
}

#[test]
fn templates_resolve_as_expected() {
    let mut wrong = Vec::new();
    for path in cases() {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(recognises(&text), "{name}");
        let (map, declared) = loaded(name, &text);
        let found = resolved(&declared, &map, true);
        let expected = path.with_added_extension("expected");
        if std::env::var_os("KMSGUARD_BLESS").is_some() {
            std::fs::write(&expected, &found).unwrap();
        }
        if std::fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{name}:\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A tree as JSON in the long form of the intrinsic functions.
pub(super) fn long_form(value: &Value) -> serde_json::Value {
    match &value.kind {
        Kind::Null => serde_json::Value::Null,
        Kind::Bool(truth) => (*truth).into(),
        Kind::Number(number) => {
            serde_json::from_str(number.as_str()).unwrap_or_else(|_| number.as_str().into())
        }
        Kind::Text(text) => text.known().unwrap().into(),
        Kind::List(list) => list.items.iter().map(long_form).collect(),
        Kind::Map(map) => {
            let entry = |entry: &Entry| {
                let name = entry.name.text.known().unwrap();
                let value = long_form(&entry.value);
                match name.strip_prefix('!') {
                    Some(name @ ("Ref" | "Condition")) => (name.to_owned(), value),
                    Some("GetAtt") if value.is_string() => {
                        let (resource, attribute) = value.as_str().unwrap().split_once('.').unwrap();
                        ("Fn::GetAtt".to_owned(), vec![resource, attribute].into())
                    }
                    Some(name) => (format!("Fn::{name}"), value),
                    None => (name, value),
                }
            };
            map.entries.iter().map(entry).collect::<serde_json::Map<_, _>>().into()
        }
        Kind::OneOf(_) | Kind::Unknown(_) => panic!("a parsed template has none"),
    }
}

/// Calls are named as they are written; apart from that nothing may differ.
pub(super) fn without_notation(text: &str) -> String {
    text.replace("Fn::", "!").replace("a `!", "`!")
}

#[test]
fn short_form_long_form_and_json_resolve_alike() {
    for path in cases() {
        let text = std::fs::read_to_string(&path).unwrap();
        let (map, declared) = loaded("t.yaml", &text);
        if declared.problems.iter().any(|problem| problem.kind == crate::source::ProblemKind::Syntax) {
            continue;
        }
        let expected = without_notation(&resolved(&declared, &map, false));
        let file = map.add("again", text.as_str());
        let document = yaml::parse(file, &text).documents.remove(0);
        let json = serde_json::to_string_pretty(&long_form(&document)).unwrap();
        let compact = serde_json::to_string(&long_form(&document)).unwrap();
        for text in [json.clone(), compact, format!("# long form in YAML\n{json}")] {
            assert!(recognises(&text));
            let (map, declared) = loaded("t", &text);
            assert_eq!(without_notation(&resolved(&declared, &map, false)), expected, "{}", path.display());
        }
    }
}

fn template(policy: &str, rest: &str) -> String {
    format!(
        "Parameters: {{}}\nResources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy: {policy}\n{rest}"
    )
}

#[test]
fn substituted_texts_are_placed_byte_for_byte() {
    let text = template("!Sub 'arn:${AWS::Partition}:iam::111122223333:role/${!x}/é'", "");
    let (map, declared) = loaded("t.yaml", &text);
    let value = &declared.keys[0].policies[0].value;
    let text = value.as_text().unwrap();
    let known = text.known_parts();
    for part in ["arn:", "111122223333", "role/$", "x}/é"] {
        let at = known.find(part).unwrap();
        assert_eq!(map.slice(text.span(at..at + part.len()).unwrap()), part);
    }
}

#[test]
fn json_inside_a_block_is_placed_in_the_template() {
    let text =
        template("!Sub |\n        {\"Principal\": {\"AWS\": \"arn:aws:iam::${AWS::AccountId}:root\"}}", "");
    let (map, declared) = loaded("t.yaml", &text);
    let policy = &declared.keys[0].policies[0];
    let document =
        crate::syntax::json::parse_text(policy.value.as_text().unwrap(), policy.value.span).unwrap();
    let principal = document.get("Principal").unwrap();
    let entry = &principal.as_map().unwrap().entries[0];
    assert_eq!(map.slice(policy.name_span), "KeyPolicy");
    assert_eq!(map.slice(entry.name.span), "\"AWS\"");
    assert_eq!(map.slice(entry.value.span), "\"arn:aws:iam::${AWS::AccountId}:root\"");
    assert_eq!(entry.value.unknowns()[0].symbol, crate::value::Symbol::OwnAccount);
}

#[test]
fn hostile_templates_are_bounded() {
    let chain: Vec<_> = (0..20_000).map(|at| format!("  C{at}: !Not [!Condition C{}]\n", at + 1)).collect();
    let chain = chain.concat();
    let chain = template("!If [C0, a, b]", &format!("Conditions:\n{chain}  C20000: !Equals [a, a]\n"));
    let cycle = template(
        "!If [A, a, b]",
        "Conditions:\n  A: !Or [!Condition B, !Condition B]\n  B: !Not [!Condition A]\n",
    );
    let names: Vec<_> = (0..60)
        .map(|at| {
            let next = at + 1;
            format!("  R{at}:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: !Sub '${{R{next}}}${{R{next}.Arn}}'\n")
        })
        .collect();
    let names = template("!GetAtt R0.Arn", &names.concat());
    let wide = "!If [U, a, b], ".repeat(500);
    let wide =
        template(&format!("!Join [',', [{wide}]]"), "Conditions:\n  U: !Equals [!Ref AWS::Region, x]\n");
    let deep = format!("{}1{}", "[".repeat(180), "]".repeat(180));
    let deep = template(&deep, "");
    let nested = template(
        &format!("{}a{}", "!If [U, b, ".repeat(190), "]".repeat(190)),
        "Conditions:\n  U: !Equals [!Ref AWS::Region, x]\n",
    );
    let joined = template(&format!("{}a{}", "!Join ['', [".repeat(95), "]]".repeat(95)), "");
    let json = format!(
        "{{\"Resources\": {{\"K\": {{\"Type\": \"AWS::KMS::Key\", \"Properties\": {}",
        "{\"Fn::If\": [".repeat(50_000)
    );
    for text in [chain, cycle, names, wide, deep, nested, joined, json] {
        let (_, declared) = loaded("t.yaml", &text);
        assert!(declared.problems.len() <= 3, "{:?}", declared.problems);
    }
}

#[test]
fn what_is_no_template_declares_nothing() {
    for text in
        ["[]", "x: 1\n", "- AWSTemplateFormatVersion\n", "{}", "", "Resources: []\n", "Resources:\n  K: x\n"]
    {
        let (_, declared) = loaded("t.yaml", text);
        assert!(declared.keys.is_empty() && declared.problems.is_empty(), "{text}");
    }
}
