//! Values that are given to parameters.
//!
//! What is easy to get wrong: a file may be meant for one template of many (a deployment file of Git sync names it), and
//! with many templates in one scan a name that one of them does not declare is no mistake.

use super::parameter_file;
use super::template::Template;
use crate::source::{FileId, Problem, SourceMap};
use crate::value::{Entry, Value};
use std::collections::BTreeMap;

/// Values given to the parameters of templates; of several for one parameter the last one counts.
#[derive(Clone, Debug, Default)]
pub struct Given {
    files: Vec<ForTemplates>,
    sole: bool,
}

/// What one source gives, and the template that it is meant for.
#[derive(Clone, Debug, Default)]
pub(super) struct ForTemplates {
    pub(super) values: Vec<Entry>,
    /// The path of the only template that it is meant for, from the root of the repository.
    pub(super) only: Option<String>,
}

/// The template that a deployment file of Git sync names; `None` when the file is something else.
pub fn deployed(map: &SourceMap, file: FileId) -> Option<String> {
    parameter_file::read(map, file).0.only
}

impl Given {
    /// Values by name, from wherever.
    pub fn of(values: Vec<Entry>) -> Self {
        Self { files: vec![ForTemplates { values, only: None }], sole: false }
    }

    /// Adds what a file gives, in any of the forms that AWS's tools read; the mistakes in it.
    pub fn add(&mut self, map: &SourceMap, file: FileId) -> Vec<Problem> {
        let (given, problems) = parameter_file::read(map, file);
        self.files.push(given);
        problems
    }

    /// The same, with what `other` gives counting more.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.files.extend(other.files.iter().cloned());
        self
    }

    /// Whether nothing is given.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The same, all meant for one template: a value for a parameter that it does not declare is a mistake.
    #[must_use]
    pub fn for_one(mut self) -> Self {
        self.sole = true;
        self
    }

    /// What is given to the template at a path, by name.
    pub(super) fn to(&self, path: &str) -> BTreeMap<String, Value> {
        let given = self.entries(path).filter_map(|entry| Some((entry.name.text.known()?, &entry.value)));
        given
            .map(|(name, value)| {
                let note = format!("value given for `{name}`");
                (name, value.clone().via(value.span, note))
            })
            .collect()
    }

    fn entries(&self, path: &str) -> impl Iterator<Item = &Entry> {
        let meant = move |only: &str| {
            let only = only.trim_start_matches("./");
            path == only || path.strip_suffix(only).is_some_and(|before| before.ends_with('/'))
        };
        let files = self.files.iter().filter(move |file| file.only.as_deref().is_none_or(meant));
        files.flat_map(|file| &file.values)
    }

    /// Values for parameters that the template at a path does not declare; CloudFormation refuses them.
    pub(super) fn undeclared(&self, path: &str, template: &Template) -> Vec<Problem> {
        if !self.sole || template.is_rewritten() || template.hidden("Parameters").is_some() {
            return Vec::new();
        }
        let told = |entry: &Entry| {
            let name = entry.name.text.known().filter(|name| template.entry("Parameters", name).is_none())?;
            let problem = super::mistake(entry.name.span, format!("the template has no parameter `{name}`"));
            Some(match template.near(&name, &["Parameters"]) {
                Some(near) => problem.help(format!("did you mean `{near}`")),
                None => problem,
            })
        };
        self.entries(path).filter_map(told).take(100).collect()
    }
}
