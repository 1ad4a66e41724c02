//! All rules: the built-in ones, which `build.rs` puts together from the files of `rules/`, and those of a project.

use super::check::{Named, Origin, Rule};
use super::file::RuleFile;
use crate::source::{FileId, Problem, ProblemKind, SourceMap, Span, nearest};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::OnceLock;

/// The files of `rules/` as one JSON text, in the order of their names; a new rule is a new file.
const BUILT_IN: &str = include_str!(concat!(env!("OUT_DIR"), "/rules.json"));

/// Ids that are no rules of the catalogue: mistakes in texts, and exceptions that have gone stale.
pub const RESERVED: [&str; 11] = [
    "argument-ignored",
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

/// The rules of a house by id, with their files and the rules that they name.
type House = BTreeMap<String, (FileId, Rule, Vec<Named>)>;

/// Rules, sorted by id.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    rules: Vec<Rule>,
}

impl Catalogue {
    /// The rules that kmsguard comes with; read once.
    pub fn built_in() -> &'static Self {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| {
            // A text without places: a test reads the files themselves, and shows where they are wrong.
            let nowhere = SourceMap::default().add("rules", "");
            let written: Vec<RuleFile> = serde_json::from_str(BUILT_IN).unwrap_or_default();
            let mut rules: Vec<Rule> =
                written.into_iter().filter_map(|rule| Rule::check(nowhere, rule).ok()).collect();
            rules.sort_by(|one, other| one.id.cmp(&other.id));
            Self { rules }
        })
    }

    /// One rule alone.
    pub fn of(rule: Rule) -> Self {
        Self { rules: vec![rule] }
    }

    /// The same with the rules in `files`: a rule with the id of one of these stands for it. Files with mistakes are left
    /// out; the mistakes are given.
    pub fn with(&self, files: impl IntoIterator<Item = FileId>, map: &SourceMap) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut house: House = BTreeMap::new();
        for file in files {
            let (rule, named) = match Rule::read_with_names(file, map.file(file).text()) {
                Ok(read) => read,
                Err(mistakes) => {
                    problems.extend(mistakes);
                    continue;
                }
            };
            let text = |file: FileId| map.file(file).text().clone();
            match house.entry(rule.id.clone()) {
                // One file, named by the settings and on the command line.
                Entry::Occupied(first) if text(first.get().0) == text(file) => {}
                Entry::Occupied(first) => {
                    let path = map.path(first.get().0);
                    let message = format!("there is a rule `{}` in `{path}` already", rule.id);
                    let problem = Problem::new(ProblemKind::Rule, Span::start_of(file), message);
                    problems.push(problem.help("give it another id"));
                }
                Entry::Vacant(place) => {
                    place.insert((file, rule, named));
                }
            }
        }
        problems.extend(self.strangers(&house));
        (Self { rules: self.joined(house, map) }, problems)
    }

    /// What rules of a house name that is no rule. One is used without such names: they say what to keep back, not what
    /// to find.
    fn strangers(&self, house: &House) -> Vec<Problem> {
        let is_known = |id: &str| house.contains_key(id) || self.get(id).is_some();
        let named = house.values().flat_map(|(_, _, named)| named);
        let unknown = named.filter(|(id, _)| !is_known(id));
        let problem = |(id, span): &Named| {
            let known =
                self.rules.iter().map(|rule| rule.id.as_str()).chain(house.keys().map(String::as_str));
            let help = match nearest(id, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    "name a rule that `kmsguard rules` lists, or give the file of that rule too".to_owned()
                }
            };
            Problem::new(ProblemKind::Rule, *span, format!("there is no rule `{id}`")).help(help)
        };
        unknown.map(problem).collect()
    }

    /// These rules and those of a house, which stand for those of the same id.
    fn joined(&self, house: House, map: &SourceMap) -> Vec<Rule> {
        let own = self.rules.iter().filter(|rule| !house.contains_key(&rule.id)).cloned();
        let mut rules: Vec<Rule> = own.collect();
        for (_, (file, mut rule, _)) in house {
            rule.origin = Origin::House { path: map.path(file), overrides: self.get(&rule.id).is_some() };
            rules.push(rule);
        }
        rules.sort_by(|one, other| one.id.cmp(&other.id));
        rules
    }

    /// The rules, sorted by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of that id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok().and_then(|at| self.rules.get(at))
    }

    /// The standards whose controls ask for rules, as rules call them.
    pub fn standards(&self) -> Vec<&str> {
        let mappings = self.rules.iter().flat_map(|rule| &rule.mappings);
        mappings.map(|mapping| mapping.standard.as_str()).collect()
    }

    /// Every id that a finding may have: the rules' and the reserved ones.
    pub fn known_ids(&self) -> Vec<&str> {
        self.rules.iter().map(|rule| rule.id.as_str()).chain(RESERVED).collect()
    }
}

/// The JSON Schema of a rule file.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(RuleFile).to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files of `rules/`, with their texts.
    fn files(map: &SourceMap) -> Vec<FileId> {
        let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let paths = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        let rules = paths.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
        let name = |path: &std::path::Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
        rules.map(|path| map.add(name(&path), std::fs::read_to_string(&path).unwrap())).collect()
    }

    #[test]
    fn every_built_in_rule_is_sound_and_named_as_its_file() {
        let map = SourceMap::default();
        let files = files(&map);
        for file in &files {
            let rule = Rule::read(*file, map.file(*file).text()).map_err(|problems| {
                let it = &problems[0];
                let (start, _) = map.positions(it.span);
                format!("{}:{}:{} {}", map.path(*file), start.line, start.column, it.message)
            });
            let rule = rule.unwrap();
            assert_eq!(rule.id, map.path(*file));
            assert!(!RESERVED.contains(&rule.id.as_str()));
            let built_in = Catalogue::built_in().get(&rule.id).unwrap();
            assert_eq!(format!("{built_in:#?}"), format!("{rule:#?}"), "as JSON it is the same rule");
        }
        assert_eq!(Catalogue::built_in().rules().len(), files.len());
        let (_, problems) = Catalogue::default().with(files, &map);
        assert_eq!(problems, [], "rules name rules that exist");
    }

    #[test]
    fn the_schema_accepts_every_built_in_rule() {
        let schema = jsonschema::validator_for(&schema()).unwrap();
        let written: Vec<serde_json::Value> = serde_json::from_str(BUILT_IN).unwrap();
        for rule in written {
            let errors: Vec<String> = schema.iter_errors(&rule).map(|it| it.to_string()).collect();
            assert_eq!(errors, Vec::<String>::new(), "{}", rule["id"]);
        }
    }
}
