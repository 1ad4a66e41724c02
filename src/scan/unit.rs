//! The unit of work: what is loaded and judged on its own.

use super::gather::Gathered;
use crate::config::Config;
use crate::finding::Finding;
use crate::input::terraform::{Given, Session};
use crate::input::{cloudformation, plan};
use crate::key::Declared;
use crate::rule::{Catalogue, judge};
use crate::source::{FileId, Problem, SourceMap, Span};

/// What is loaded and judged on its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Unit {
    /// A root module.
    Module {
        /// The tree that it lies in.
        tree: usize,
        /// Its directory.
        path: String,
    },
    /// A template.
    Template {
        /// The tree that it lies in.
        tree: usize,
        /// Its path.
        path: String,
    },
    /// A template from standard input.
    Piped,
    /// A plan.
    Plan {
        /// Its text.
        file: FileId,
        /// The tree and directory of its source.
        source: Option<(usize, String)>,
    },
}

/// What came of a unit.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// What was found, mistakes in texts included.
    pub(super) findings: Vec<Finding>,
    /// The mistakes in texts.
    pub(super) problems: Vec<Problem>,
    /// The comments of the files that were parsed.
    pub(super) comments: Vec<Span>,
    /// Keys found.
    pub(super) keys: usize,
    /// Policies judged.
    pub(super) policies: usize,
}

/// What every unit is judged by.
#[derive(Debug)]
pub(super) struct House<'a> {
    /// What there is.
    pub(super) gathered: &'a Gathered,
    /// One session per tree.
    pub(super) sessions: &'a [Session<'a>],
    /// What is given to root modules, per tree.
    pub(super) givens: &'a [Given],
    /// The settings.
    pub(super) config: &'a Config,
    /// The rules.
    pub(super) rules: &'a Catalogue,
    /// The texts.
    pub(super) map: &'a SourceMap,
}

impl House<'_> {
    /// Loads and judges a unit.
    pub(super) fn judge(&self, unit: &Unit) -> Judged {
        let declared = self.load(unit);
        Judged {
            findings: judge(&declared, self.rules, self.config, self.map),
            keys: declared.keys.len(),
            policies: declared.keys.iter().map(|key| key.policies.len()).sum(),
            problems: declared.problems,
            comments: declared.comments,
        }
    }

    /// What a unit declares.
    pub(super) fn load(&self, unit: &Unit) -> Declared {
        match unit {
            Unit::Module { tree, path } => self.module(*tree, path),
            Unit::Template { tree, path } => {
                let tree = self.gathered.trees.get(*tree);
                tree.map(|tree| cloudformation::load(&tree.disk, path)).unwrap_or_default()
            }
            Unit::Piped => {
                let disk = self.gathered.piped.as_ref();
                disk.map(|disk| cloudformation::load(disk, super::gather::PIPED)).unwrap_or_default()
            }
            Unit::Plan { file, source } => {
                let source = source.as_ref().map(|(tree, path)| self.module(*tree, path));
                plan::load(self.map, *file, source)
            }
        }
    }

    fn module(&self, tree: usize, path: &str) -> Declared {
        match (self.sessions.get(tree), self.givens.get(tree)) {
            (Some(session), Some(given)) => session.load(path, given),
            _ => Declared::default(),
        }
    }
}
