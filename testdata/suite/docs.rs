//! The reference is made of the rules and of the schema, and the guide does what it says.

use super::command::{blessing, kmsguard as run, place};
use kmsguard::cli::reference;
use kmsguard::rule::{Subject, slots};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Compares files with what they should be, or rewrites them.
fn check(directory: &Path, expected: &BTreeMap<String, String>) {
    let mut wrong = Vec::new();
    for (name, text) in expected {
        let path = directory.join(name);
        if blessing() {
            std::fs::create_dir_all(directory).unwrap();
            std::fs::write(&path, text).unwrap();
        } else if std::fs::read_to_string(&path).unwrap_or_default() != *text {
            wrong.push(path.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "not current, KMSGUARD_BLESS=1 rewrites them:\n{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_current_page() {
    let here = place(&[]);
    let listed = run(here.path(), &["rules", "--format", "json"]).json();
    let pages = reference().into_iter().map(|(id, text)| (format!("{id}.md"), text));
    let mut pages: BTreeMap<String, String> = pages.collect();
    let explained = run(here.path(), &["explain", "public-access"]).out;
    assert_eq!(pages["public-access.md"], explained);
    assert_eq!(pages.len(), listed.as_array().unwrap().len());
    let mut index =
        "# Rules\n\n| rule | severity | profile | what it finds |\n|---|---|---|---|\n".to_owned();
    for rule in listed.as_array().unwrap() {
        let id = rule["id"].as_str().unwrap();
        let cell = |name: &str| rule[name].as_str().unwrap_or("-").replace('|', "\\|");
        let (severity, profile, title) = (cell("severity"), cell("profile"), cell("title"));
        let _ = writeln!(index, "| [{id}]({id}.md) | {severity} | {profile} | {title} |");
    }
    pages.insert("README.md".to_owned(), index);
    let directory = docs().join("rules");
    for entry in std::fs::read_dir(&directory).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if !pages.contains_key(name) {
            assert!(blessing(), "{} is the page of no rule", path.display());
            std::fs::remove_file(&path).unwrap();
        }
    }
    check(&directory, &pages);
}

#[test]
fn every_word_is_listed() {
    let schema = run(place(&[]).path(), &["schema", "rule"]).json();
    let text = Language { defs: schema["$defs"].as_object().unwrap() }.page(&schema);
    assert!(text.contains("some-statement"));
    check(&docs(), &BTreeMap::from([("language.md".to_owned(), text)]));
}

/// The schema, as a page.
struct Language<'a> {
    defs: &'a Map<String, Value>,
}

impl Language<'_> {
    fn page(&self, schema: &Value) -> String {
        let mut text = "# The language of rules\n\nA rule is one YAML file with these names. [House rules](house-rules.md) writes some from nothing.\n\n".to_owned();
        names(&mut text, schema);
        text.push_str("\n## Words of `when`\n\nA mapping of one word. Asked of something wider than it speaks about (an action test of a policy), a word asks whether\nany such element fits. What is not known gives *cannot tell*, and so does its negation.\n\n| word | value | meaning |\n|---|---|---|\n");
        for word in self.defs["Test"]["oneOf"].as_array().unwrap() {
            let (name, form) = word["properties"].as_object().unwrap().iter().next().unwrap();
            let _ = writeln!(text, "| `{name}` | {} | {} |", looks(form), description(word));
        }
        text.push_str("\n## Slots\n\nWhat may stand in braces in a sentence, by the rule's subject.\n\n| subject | slots |\n|---|---|\n");
        for subject in Subject::ALL {
            let slots: Vec<String> = slots(subject).into_iter().map(|slot| format!("`{{{slot}}}`")).collect();
            let _ = writeln!(text, "| `{}` | {} |", subject.name(), slots.join(" "));
        }
        for (name, def) in self.defs.iter().filter(|(name, _)| *name != "Test") {
            section(&mut text, name, def);
        }
        text
    }
}

fn section(text: &mut String, name: &str, def: &Value) {
    let _ = write!(text, "\n## {name}\n\n{}\n", description(def));
    if def["properties"].is_object() {
        text.push('\n');
        names(text, def);
    }
    if let Some(words) = def["oneOf"].as_array() {
        text.push_str("\n| word | meaning |\n|---|---|\n");
        for word in words {
            let _ = writeln!(text, "| `{}` | {} |", word["const"].as_str().unwrap_or("-"), description(word));
        }
    }
}

/// The names that a mapping may have.
fn names(text: &mut String, of: &Value) {
    text.push_str("| name | value | meaning |\n|---|---|---|\n");
    let required: Vec<&str> =
        of["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, form) in of["properties"].as_object().unwrap() {
        let must = if required.contains(&name.as_str()) { " (required)" } else { "" };
        let _ = writeln!(text, "| `{name}`{must} | {} | {} |", looks(form), description(form));
    }
}

/// What a value looks like.
fn looks(of: &Value) -> String {
    if let Some(name) = of["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        let anchor = if name == "Test" { "words-of-when".to_owned() } else { name.to_lowercase() };
        return format!("[{name}](#{anchor})");
    }
    if let Some(several) = of["anyOf"].as_array() {
        let forms: Vec<String> = several.iter().map(looks).filter(|it| it != "nothing").collect();
        return forms.join(" or ");
    }
    let types: Vec<&str> = match &of["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    let name = |name: &&str| match *name {
        "array" => format!("list of {}", looks(&of["items"])),
        "boolean" => "`true` or `false`".to_owned(),
        "integer" => "number".to_owned(),
        "string" => "text".to_owned(),
        "null" => "nothing".to_owned(),
        other => other.to_owned(),
    };
    let named = types.iter().filter(|it| types.len() == 1 || **it != "null").map(name);
    named.collect::<Vec<_>>().join(" or ")
}

fn description(of: &Value) -> String {
    of["description"].as_str().unwrap_or_default().replace('\n', " ").replace('|', "\\|")
}

/// The fenced blocks of a page: their language and text.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language.to_owned(), String::new())),
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some((_, block)), None) => {
                let _ = writeln!(block, "{line}");
            }
            (None, None) => {}
        }
    }
    found
}

#[test]
fn the_guide_does_what_it_says() {
    let text = std::fs::read_to_string(docs().join("house-rules.md")).unwrap();
    let blocks = blocks(&text);
    let mut files: Vec<(&str, &str)> = Vec::new();
    for (_, block) in blocks.iter().filter(|(language, _)| language != "console") {
        let path = block.lines().next().and_then(|line| line.strip_prefix("# "));
        files.push((path.unwrap_or_else(|| panic!("a block without a name: {block}")), block));
    }
    let here = place(&files);
    let mut ran = 0;
    for (_, block) in blocks.iter().filter(|(language, _)| language == "console") {
        let (command, expected) = block.split_once('\n').unwrap();
        let args: Vec<&str> = command.strip_prefix("$ kmsguard ").unwrap().split(' ').collect();
        // The settings come last on the page; before that, rules are named.
        let settings = here.path().join("kmsguard.yaml");
        let hidden = here.path().join("hidden");
        std::fs::rename(&settings, &hidden).unwrap();
        assert_eq!(run(here.path(), &args).out, expected, "{command}");
        std::fs::rename(&hidden, &settings).unwrap();
        ran += 1;
    }
    assert_eq!(ran, 3);
    let listed = run(here.path(), &["rules"]).out;
    assert!(listed.contains("a key that belongs to nobody (rules/owner-tag.yaml)"), "{listed}");
    let found = run(here.path(), &["check", ".", "--format", "json"]).rules();
    assert_eq!(found, ["owner-tag"]);
}
