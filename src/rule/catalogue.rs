//! All rules: the built-in ones, embedded file by file, and those of a project.

use super::check::{Origin, Rule};
use super::file::RuleFile;
use crate::source::{FileId, Problem, ProblemKind, SourceMap, Span};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// The files of `rules/`; a new rule is a new file.
#[derive(rust_embed::RustEmbed)]
#[folder = "rules/"]
struct Files;

/// Ids that are no rules of the catalogue: mistakes in texts, and exceptions that have gone stale.
pub const RESERVED: [&str; 10] = [
    "evaluation-error",
    "internal-error",
    "limit-reached",
    "module-missing",
    "plan-partial",
    "rule-invalid",
    "settings-invalid",
    "suppression-stale",
    "syntax-error",
    "unreadable-file",
];

/// Rules, sorted by id.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    rules: Vec<Rule>,
}

impl Catalogue {
    /// The rules that kmsguard comes with; read once.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Catalogue> = OnceLock::new();
        BUILT_IN.get_or_init(|| {
            let map = SourceMap::default();
            Self::read(embedded(&map), &map).0
        })
    }

    /// One rule alone.
    pub fn of(rule: Rule) -> Self {
        Self { rules: vec![rule] }
    }

    /// Reads the rules in `files`, as those that came with kmsguard.
    fn read(files: impl IntoIterator<Item = FileId>, map: &SourceMap) -> (Self, Vec<Problem>) {
        let (mut catalogue, problems) = Self::default().with(files, map);
        for rule in &mut catalogue.rules {
            rule.origin = Origin::BuiltIn;
        }
        (catalogue, problems)
    }

    /// The same with the rules in `files`: a rule with the id of one of these stands for it. Files with mistakes are left
    /// out; the mistakes are given.
    pub fn with(&self, files: impl IntoIterator<Item = FileId>, map: &SourceMap) -> (Self, Vec<Problem>) {
        let mut rules = self.rules.clone();
        let mut places: FxHashMap<String, FileId> = FxHashMap::default();
        let mut problems = Vec::new();
        for file in files {
            let mut rule = match Rule::read(file, map.file(file).text()) {
                Ok(rule) => rule,
                Err(mistakes) => {
                    problems.extend(mistakes);
                    continue;
                }
            };
            if let Some(first) = places.get(&rule.id) {
                let message = format!("there is a rule `{}` in `{}` already", rule.id, map.path(*first));
                problems.push(
                    Problem::new(ProblemKind::Rule, Span::start_of(file), message).help("give it another id"),
                );
                continue;
            }
            places.insert(rule.id.clone(), file);
            let known = rules.binary_search_by(|other| other.id.cmp(&rule.id));
            rule.origin = Origin::House { path: map.path(file), overrides: known.is_ok() };
            match known {
                Ok(at) => rules.splice(at..=at, [rule]).for_each(drop),
                Err(at) => rules.insert(at, rule),
            }
        }
        (Self { rules }, problems)
    }

    /// The rules, sorted by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of that id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok().and_then(|at| self.rules.get(at))
    }

    /// Every id that a finding may have: the rules' and the reserved ones.
    pub fn known_ids(&self) -> Vec<&str> {
        self.rules.iter().map(|rule| rule.id.as_str()).chain(RESERVED).collect()
    }
}

fn embedded(map: &SourceMap) -> Vec<FileId> {
    Files::iter()
        .filter(|name| name.ends_with(".yaml"))
        .filter_map(|name| {
            let file = Files::get(&name)?;
            let text = String::from_utf8(file.data.into_owned()).ok()?;
            Some(map.add(format!("rules/{name}"), text))
        })
        .collect()
}

/// The JSON Schema of a rule file.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(RuleFile).to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_rule_is_sound_and_named_as_its_file() {
        let map = SourceMap::default();
        let files = embedded(&map);
        let (catalogue, problems) = Catalogue::read(files.clone(), &map);
        let shown: Vec<String> = problems
            .iter()
            .map(|it| {
                let (start, _) = map.positions(it.span);
                format!("{}:{}:{} {}", map.path(it.span.file), start.line, start.column, it.message)
            })
            .collect();
        assert_eq!(shown, Vec::<String>::new());
        assert_eq!(catalogue.rules().len(), files.len());
        for rule in catalogue.rules() {
            assert!(files.iter().any(|file| map.path(*file) == format!("rules/{}.yaml", rule.id)));
            assert!(!RESERVED.contains(&rule.id.as_str()));
            assert!(catalogue.get(&rule.id).is_some());
        }
    }

    #[test]
    fn the_schema_accepts_every_built_in_rule() {
        let schema = jsonschema::validator_for(&schema()).unwrap();
        for name in Files::iter() {
            let text = String::from_utf8(Files::get(&name).unwrap().data.into_owned()).unwrap();
            let written: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
            let errors: Vec<String> = schema.iter_errors(&written).map(|it| it.to_string()).collect();
            assert_eq!(errors, Vec::<String>::new(), "{name}");
        }
    }
}
