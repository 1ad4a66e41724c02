//! The templates below one root: each parsed once, and which of them call which.
//!
//! A template that another one calls as a nested stack is judged through its callers, with their parameters. What is
//! easy to get wrong: templates that only call each other have no caller outside, and one of them is judged all the same.

use super::assembly::{Artifact, Assembly};
use super::exports::{self, Exports};
use super::given::Given;
use super::scope::Evaluator;
use super::stack::{self, Stack};
use super::template::Template;
use super::{declare, globals, include, jinja, rules, speaks_of_kms, transform};
use crate::key::Declared;
use crate::source::{Disk, FileId, Problem, ProblemKind, Span};
use crate::syntax::{json, twice, yaml};
use memchr::memmem;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A file as parsed.
#[derive(Default)]
pub(super) struct Parsed {
    /// The templates in it: the documents that have resources.
    pub(super) templates: Vec<Template>,
    /// Mistakes in its notation.
    pub(super) problems: Vec<Problem>,
    /// Its comments.
    pub(super) comments: Vec<Span>,
}

/// The templates below one root.
pub struct Session<'d> {
    pub(super) disk: &'d Disk,
    parsed: Mutex<FxHashMap<String, Arc<Parsed>>>,
    assemblies: Mutex<FxHashMap<String, Option<Arc<Assembly>>>>,
    /// The fragments of modules by type; `None` where several projects have the type.
    modules: FxHashMap<String, Option<String>>,
    exchange: OnceLock<Exchange>,
    exports: OnceLock<Exports>,
}

/// The templates that may export what others import.
struct Exchange {
    paths: Vec<String>,
    /// Those that deployment files deploy, each with values of its own.
    deployed: BTreeSet<String>,
    given: Given,
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("disk", self.disk).finish_non_exhaustive()
    }
}

/// What calls other templates (CloudFormation User Guide, "Nested stacks", "`StackSets`" and "Modules"; SAM, "Nested
/// applications").
const CALLERS: [&[u8]; 3] = [b"AWS::CloudFormation::Stack", b"AWS::Serverless::Application", b"::MODULE"];

/// Whether a text may be a template that calls others.
pub fn calls_others(text: &[u8]) -> bool {
    CALLERS.into_iter().any(|caller| memmem::find(text, caller).is_some())
}

impl<'d> Session<'d> {
    /// The templates that `disk` reads.
    pub fn new(disk: &'d Disk) -> Self {
        Self {
            disk,
            parsed: Mutex::default(),
            assemblies: Mutex::default(),
            modules: FxHashMap::default(),
            exchange: OnceLock::new(),
            exports: OnceLock::new(),
        }
    }

    /// The same, with modules: their types, and the fragments that these stand for.
    #[must_use]
    pub fn with_modules(mut self, modules: impl IntoIterator<Item = (String, String)>) -> Self {
        for (of, fragment) in modules {
            self.modules.entry(of).and_modify(|known| *known = None).or_insert(Some(fragment));
        }
        self
    }

    /// Tells which templates may export what others import, which of these are deployed by deployment files, and what
    /// is given to the others.
    pub fn exchange(&self, paths: Vec<String>, deployed: BTreeSet<String>, given: &Given) {
        // Told once.
        let _ = self.exchange.set(Exchange { paths, deployed, given: given.clone() });
    }

    /// What the templates of the scan export.
    pub(super) fn exports(&self) -> &Exports {
        self.exports.get_or_init(|| match self.exchange.get() {
            Some(exchange) => exports::read(self, &exchange.paths, &exchange.deployed),
            None => Exports::default(),
        })
    }

    /// The stack of a template that exports, its resources told apart from those of all others.
    pub(super) fn exporter(&self, path: &str) -> Stack {
        let stack = self.stack(path);
        let given = self.exchange.get().map(|exchange| exchange.given.to(path)).unwrap_or_default();
        Stack { prefix: format!("{}:", stack.name), given, ..stack }
    }

    /// The fragment that a module stands for, when exactly one project here has its type.
    pub(super) fn fragment(&self, of: &str) -> Option<&str> {
        self.modules.get(of)?.as_deref()
    }

    /// Evaluates the template at `path`, with what is given to it, and gives what it declares, nested stacks included.
    pub fn load(&self, path: &str, given: &Given) -> Declared {
        let kept = self.kept(path);
        let parsed = match kept.map_or_else(|| self.parse(path).map(Arc::new), Ok) {
            Ok(parsed) => parsed,
            Err(problem) => return Declared { problems: vec![problem], ..Declared::default() },
        };
        let mut declared = Declared {
            problems: parsed.problems.clone(),
            comments: parsed.comments.clone(),
            ..Declared::default()
        };
        let mut stack = self.stack(path);
        stack.given = given.to(path);
        declared.stack = Some(stack.name.clone());
        for template in &parsed.templates {
            declared.problems.extend(given.undeclared(path, template));
            let mut evaluator = Evaluator::new(template, &stack, self);
            rules::hold(&mut evaluator);
            globals::check(&mut evaluator);
            declare(&mut evaluator, &mut declared);
            for problem in evaluator.problems {
                if !declared.problems.contains(&problem) {
                    declared.problems.push(problem);
                }
            }
        }
        declared
    }

    /// The trees that were kept. To take them apart takes as long as to judge them.
    pub fn into_trees(self) -> impl Send + use<> {
        self.parsed.into_inner()
    }

    /// Parses the template at `path` and keeps it, for it will be loaded.
    pub fn read_ahead(&self, path: &str) {
        self.called(path).ok();
    }

    /// A template that another one calls; kept, for it may be called again.
    pub(super) fn called(&self, path: &str) -> Result<Arc<Parsed>, Problem> {
        if let Some(kept) = self.kept(path) {
            return Ok(kept);
        }
        let parsed = Arc::new(self.parse(path)?);
        let mut known = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(known.entry(path.to_owned()).or_insert(parsed)))
    }

    fn kept(&self, path: &str) -> Option<Arc<Parsed>> {
        self.parsed.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    fn parse(&self, path: &str) -> Result<Parsed, Problem> {
        let file = self.disk.read(path)?;
        let text = self.disk.map().file(file).text().clone();
        let mut stream = parse(file, &text);
        if include::may_include(&text) {
            include::include(self.disk, path, &mut stream);
        }
        if !speaks_of_kms(text.as_bytes()) {
            // What cannot be read here declares no key and says nothing of one.
            stream.problems.retain(|problem| problem.kind != ProblemKind::Syntax);
        }
        jinja::explain(file, &text, &mut stream.problems);
        Ok(self.taken(stream))
    }

    /// The templates of a stream; what must not be shown of them is hidden from here on.
    pub(super) fn taken(&self, stream: yaml::Stream) -> Parsed {
        let templates: Vec<Template> = stream.documents.into_iter().filter_map(Template::new).collect();
        let secret = templates.iter().flat_map(Template::secret_places);
        secret.for_each(|place| self.disk.map().hide_place(place));
        Parsed { templates, problems: stream.problems, comments: stream.comments }
    }

    /// The stack of a template that no other one calls: what a manifest beside it says of it, else its path.
    fn stack(&self, path: &str) -> Stack {
        let (directory, file) = path.rsplit_once('/').unwrap_or(("", path));
        let assembly = self.assembly(directory);
        match assembly.as_deref().and_then(|assembly| assembly.stack(file)).cloned() {
            Some(Artifact { name, account, region }) => {
                Stack { account, region, deployed_as: Some(name.clone()), ..Stack::root(path, name) }
            }
            None => Stack::root(path, self.disk.shown(path)),
        }
    }

    /// The cloud assembly that a directory is, if it is one.
    pub(super) fn assembly(&self, directory: &str) -> Option<Arc<Assembly>> {
        let mut known = self.assemblies.lock().unwrap_or_else(PoisonError::into_inner);
        let read = || Assembly::read(self.disk, directory).map(Arc::new);
        known.entry(directory.to_owned()).or_insert_with(read).clone()
    }

    /// Whether the template at `path` was left behind in a cloud assembly that no longer deploys it.
    pub fn is_left_behind(&self, path: &str) -> bool {
        let (directory, file) = path.rsplit_once('/').unwrap_or(("", path));
        self.assembly(directory).is_some_and(|assembly| assembly.leaves_out(file))
    }

    /// Those of `paths` that no other one of them calls, and one of each circle of calls.
    pub fn roots(&self, paths: &[String]) -> Vec<String> {
        let mut calls: FxHashMap<&str, Vec<String>> = FxHashMap::default();
        let mut called: FxHashSet<String> = FxHashSet::default();
        for path in paths {
            let mut targets = self.calls(path);
            targets.retain(|target| target != path);
            called.extend(targets.iter().cloned());
            calls.insert(path, targets);
        }
        let mut reached: FxHashSet<&str> = FxHashSet::default();
        let mut roots = Vec::new();
        let free = paths.iter().filter(|path| !called.contains(*path));
        for path in free.chain(paths) {
            if reached.contains(path.as_str()) {
                continue;
            }
            roots.push(path.clone());
            let mut left = vec![path.as_str()];
            while let Some(next) = left.pop() {
                if reached.insert(next) {
                    left.extend(calls.get(next).into_iter().flatten().map(String::as_str));
                }
            }
        }
        roots.sort();
        roots
    }

    /// The templates that the one at `path` calls.
    fn calls(&self, path: &str) -> Vec<String> {
        let file = self.disk.read(path).ok();
        let text = file.map(|file| self.disk.map().file(file).text().clone());
        if !text.is_some_and(|text| calls_others(text.as_bytes())) {
            return Vec::new();
        }
        let Ok(parsed) = self.called(path) else { return Vec::new() };
        let mut found = Vec::new();
        let root = self.stack(path);
        for template in &parsed.templates {
            let mut evaluator = Evaluator::new(template, &root, self);
            for resource in transform::resources(&mut evaluator) {
                found.extend(
                    stack::local(self, resource.body, path).filter(|target| self.disk.is_file(target)),
                );
            }
        }
        found
    }
}

pub(super) fn parse(file: FileId, text: &str) -> yaml::Stream {
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) {
        return yaml::parse(file, text);
    }
    let mistake = match json::parse_file(file, text, 0..text.len()) {
        Ok(document) => {
            let problems = twice::in_document(&document);
            return yaml::Stream { documents: vec![document], problems, ..yaml::Stream::default() };
        }
        Err(mistake) => mistake,
    };
    if mistake.kind == ProblemKind::Syntax {
        let stream = yaml::parse(file, text);
        if stream.problems.is_empty() {
            return stream;
        }
    }
    yaml::Stream { problems: vec![mistake], ..yaml::Stream::default() }
}
