//! The unit of work: what is loaded and judged on its own.

use super::discreet;
use super::gather::Gathered;
use super::guard::guarded;
use super::walk::Named;
use crate::config::Config;
use crate::finding::Finding;
use crate::input::terraform::{Given, Session};
use crate::input::{cloudformation, plan};
use crate::key::{Accepted, Declared};
use crate::rule::{Catalogue, judge, judge_on_all_threads};
use crate::source::{Disk, FileId, Problem, ProblemKind, Remark, SourceMap, Span};
use std::path::Path;

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
        /// The file that deploys it.
        deployment: Option<FileId>,
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
    /// The same in notations that have none.
    pub(super) remarks: Vec<Remark>,
    /// What these accept as data.
    pub(super) accepted: Vec<Accepted>,
    /// Keys found: address and declaration.
    pub(super) keys: Vec<(String, Span)>,
    /// Policies judged: address and place.
    pub(super) policies: Vec<(String, Span)>,
}

/// What every unit is judged by.
#[derive(Debug)]
pub(super) struct House<'a> {
    /// What there is.
    pub(super) gathered: &'a Gathered,
    /// One session per tree.
    pub(super) sessions: &'a [Session<'a>],
    /// The templates of each tree.
    pub(super) stacks: &'a [cloudformation::Session<'a>],
    /// What is given to root modules, per tree.
    pub(super) givens: &'a [Given],
    /// What is given to the parameters of templates.
    pub(super) parameters: &'a cloudformation::Given,
    /// The settings.
    pub(super) config: &'a Config,
    /// The rules.
    pub(super) rules: &'a Catalogue,
    /// The texts.
    pub(super) map: &'a SourceMap,
    /// Whether there is one unit only.
    pub(super) alone: bool,
}

impl House<'_> {
    /// Loads and judges a unit; a mistake of our own in it is a finding, and the other units are judged.
    pub(super) fn judge_guarded(&self, unit: &Unit) -> Judged {
        guarded(|| self.judge(unit)).unwrap_or_else(|told| {
            let problem = internal(self.start(unit), &told);
            let findings = vec![Finding::of_problem(problem.clone())];
            Judged { findings, problems: vec![problem], ..Judged::default() }
        })
    }

    fn judge(&self, unit: &Unit) -> Judged {
        let declared = self.load(unit);
        let policies = declared.keys.iter().flat_map(|key| &key.policies);
        let judge = if self.alone { judge_on_all_threads } else { judge };
        Judged {
            findings: judge(&declared, self.rules, self.config, self.map),
            keys: declared.keys.iter().map(|key| (key.address.clone(), key.span)).collect(),
            policies: policies.map(|policy| (policy.address.clone(), policy.name_span)).collect(),
            problems: declared.problems,
            comments: declared.comments,
            remarks: declared.remarks,
            accepted: declared.accepted,
        }
    }

    /// What a unit declares; a mistake of our own is a problem.
    pub(super) fn load_guarded(&self, unit: &Unit) -> Declared {
        guarded(|| self.load(unit)).unwrap_or_else(|told| Declared {
            problems: vec![internal(self.start(unit), &told)],
            ..Declared::default()
        })
    }

    fn load(&self, unit: &Unit) -> Declared {
        #[cfg(test)]
        tests::panic_on_purpose(unit);
        let declared = self.read(unit);
        let plan = if let Unit::Plan { file, .. } = unit { Some(*file) } else { None };
        discreet::keep(&declared, plan, self.map);
        declared
    }

    fn read(&self, unit: &Unit) -> Declared {
        match unit {
            Unit::Module { tree, path } => self.module(*tree, path),
            Unit::Template { tree, path, deployment: Some(file) } => self.deployed(*tree, path, *file),
            Unit::Template { tree, path, deployment: None } => {
                let session = self.stacks.get(*tree);
                session.map(|session| session.load(path, self.parameters)).unwrap_or_default()
            }
            Unit::Piped => {
                let disk = self.gathered.piped.as_ref();
                let load = |disk| cloudformation::load(disk, super::gather::PIPED, self.parameters);
                disk.map(load).unwrap_or_default()
            }
            Unit::Plan { file, source } => {
                let source = source.as_ref().map(|(tree, path)| self.module(*tree, path));
                plan::load(self.map, *file, source)
            }
        }
    }

    /// What a template declares that a deployment file deploys; what the user gives counts more.
    fn deployed(&self, tree: usize, path: &str, file: FileId) -> Declared {
        let mut given = cloudformation::Given::default();
        let problems = given.add(self.map, file);
        let given = if self.parameters.is_empty() { given.for_one() } else { given.and(self.parameters) };
        let session = self.stacks.get(tree);
        let mut declared = session.map(|session| session.load(path, &given)).unwrap_or_default();
        declared.problems.extend(problems);
        declared
    }

    /// The start of the first text of a unit, without parsing anything.
    fn start(&self, unit: &Unit) -> Span {
        let (disk, path) = match unit {
            Unit::Plan { file, .. } => return Span::start_of(*file),
            Unit::Piped => (self.gathered.piped.as_ref(), super::gather::PIPED.to_owned()),
            Unit::Template { tree, path, .. } => (self.disk(*tree), path.clone()),
            Unit::Module { tree, path } => {
                let disk = self.disk(*tree);
                let names = disk.map(|disk| disk.files_in(path)).unwrap_or_default();
                let name = names.into_iter().find(|name| Named::of(Path::new(name)) == Named::Terraform);
                let inside = [path.as_str(), name.as_deref().unwrap_or_default()];
                (disk, inside.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"))
            }
        };
        let file = disk.and_then(|disk| disk.read(&path).ok());
        Span::start_of(file.unwrap_or_else(|| self.map.add(path, "")))
    }

    fn disk(&self, tree: usize) -> Option<&Disk> {
        self.gathered.trees.get(tree).map(|tree| &tree.disk)
    }

    fn module(&self, tree: usize, path: &str) -> Declared {
        match (self.sessions.get(tree), self.givens.get(tree)) {
            (Some(session), Some(given)) => session.load(path, given),
            _ => Declared::default(),
        }
    }
}

/// A mistake of our own, met at `span`.
pub(super) fn internal(span: Span, told: &str) -> Problem {
    let message = format!("kmsguard made a mistake here and gave this up: `{told}`");
    Problem::new(ProblemKind::Internal, span, message).help(
        "please report it with this message and, if you may share it, the file; everything else was judged",
    )
}

#[cfg(test)]
mod tests {
    use super::super::{Request, scan};
    use super::*;
    use crate::finding::Severity;

    /// Panics in the unit that the test below names.
    pub(super) fn panic_on_purpose(unit: &Unit) {
        if let Unit::Module { path, .. } = unit {
            assert!(!path.ends_with("a-mistake-of-ours"), "index \u{1b}[31m out\nof bounds");
        }
    }

    #[test]
    fn a_panic_costs_one_unit() {
        let place = tempfile::tempdir().unwrap();
        for directory in ["a-mistake-of-ours", "b"] {
            let directory = place.path().join(directory);
            std::fs::create_dir(&directory).unwrap();
            std::fs::write(directory.join("main.tf"), "resource \"aws_kms_key\" \"k\" {}\n").unwrap();
        }
        let paths = vec![place.path().display().to_string()];
        let outcome = scan(&Request { paths, ..Request::default() }).unwrap();
        let rules: Vec<&str> = outcome.findings.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(rules, ["internal-error", "rotation-disabled"]);
        let own = &outcome.findings[0];
        assert!(outcome.incomplete && own.severity == Severity::High, "{own:?}");
        assert!(outcome.map.path(own.primary.span.file).ends_with("a-mistake-of-ours/main.tf"));
        assert!(own.message.contains("out of bounds (src/scan/unit.rs:"), "{}", own.message);
        assert!(own.help.as_ref().unwrap().contains("report"));
    }
}
