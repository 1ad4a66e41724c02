//! What one scan knows of Terraform directories: each is read once and parsed at most once.
//!
//! A module that is called a hundred times, or by many roots on many threads, is parsed for the first of them.
//! Answers the cheap questions too: which directories are called by others, and in which does nothing speak of KMS?
//! Evaluation is not here. What is easy to get wrong: a directory is *called* when a local `module` block anywhere
//! leads to it, also one in an example of the module itself.

use super::model::Model;
use super::module::Module;
use super::{Given, json_body, veil, vendored};
use crate::key::Declared;
use crate::source::{Disk, FileId, Limits, Problem, Remark, Span};
use crate::syntax::hcl::{self, Block, ExprKind, Part};
use crate::syntax::json;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The Terraform directories of one scan. Safe to share between threads.
#[derive(Debug)]
pub struct Session<'d> {
    disk: &'d Disk,
    modules: Option<String>,
    directories: Mutex<FxHashMap<String, Arc<Directory>>>,
}

/// A directory with its Terraform files, in the order in which they count: primary files, then override files.
#[derive(Debug)]
pub(super) struct Directory {
    /// Its path from the root of the disk.
    pub path: String,
    files: Vec<SourceText>,
    problems: Vec<Problem>,
    module: OnceLock<Arc<Module>>,
}

/// A file's text, parsed when asked.
#[derive(Debug)]
struct SourceText {
    name: String,
    id: FileId,
    text: Arc<String>,
    parsed: OnceLock<Arc<Parsed>>,
}

/// A file as parsed, its blocks ready to be shared.
#[derive(Debug)]
pub(super) struct Parsed {
    /// Top-level blocks in order.
    pub blocks: Vec<Arc<Block>>,
    /// Comments.
    pub comments: Vec<Span>,
    /// Comments of JSON files.
    pub remarks: Vec<Remark>,
    /// Mistakes.
    pub problems: Vec<Problem>,
    /// Whether it is an override file.
    pub overrides: bool,
}

impl<'d> Session<'d> {
    /// Nothing read yet.
    pub fn new(disk: &'d Disk) -> Self {
        Self { disk, modules: None, directories: Mutex::default() }
    }

    /// The same with a directory (a path of the disk) in which copies of modules lie.
    #[must_use]
    pub fn with_modules(self, modules: Option<String>) -> Self {
        Self { modules, ..self }
    }

    /// Evaluates the root module in `dir` and gives the keys that it declares, called modules included. In a
    /// directory in which nothing (called modules included) speaks of KMS, nothing is evaluated.
    pub fn load(&self, dir: &str, given: &Given) -> Declared {
        super::keys::load(self, dir, given)
    }

    /// The directories that `module` calls of `dir` lead to, transitively, sorted: local ones and copies of modules;
    /// `dir` itself is not among them unless it calls itself.
    pub fn local_calls(&self, dir: &str) -> Vec<String> {
        let mut found = BTreeSet::new();
        let mut left = vec![dir.to_owned()];
        while let Some(next) = left.pop() {
            for called in self.calls_of(&next) {
                if found.insert(called.clone()) {
                    left.push(called);
                }
            }
        }
        found.into_iter().collect()
    }

    /// Those of `dirs` that no other directory of `dirs` calls: the root modules. Of directories that only call each
    /// other in a circle, the first counts as a root, so that nothing goes unseen.
    pub fn roots(&self, dirs: &[String]) -> Vec<String> {
        let mut called = FxHashSet::default();
        for dir in dirs {
            called.extend(self.calls_of(dir).into_iter().filter(|other| other != dir));
        }
        let mut roots: Vec<String> = dirs.iter().filter(|dir| !called.contains(*dir)).cloned().collect();
        let mut seen: FxHashSet<String> = roots.iter().cloned().collect();
        seen.extend(roots.iter().flat_map(|root| self.local_calls(root)));
        for dir in dirs {
            if !seen.contains(dir) {
                seen.insert(dir.clone());
                seen.extend(self.local_calls(dir));
                roots.push(dir.clone());
            }
        }
        roots.sort();
        roots
    }

    /// Whether anything in `dir`, or in the local modules that it calls, speaks of KMS.
    pub fn speaks_of_kms(&self, dir: &str) -> bool {
        self.directory(dir).speaks_of_kms()
            || self.local_calls(dir).iter().any(|called| self.directory(called).speaks_of_kms())
    }

    /// The disk that is read from.
    pub(super) fn disk(&self) -> &'d Disk {
        self.disk
    }

    /// The parsed module in `dir`; `None` when there is no Terraform file.
    pub(super) fn module(&self, dir: &str) -> Option<Arc<Module>> {
        let directory = self.directory(dir);
        if directory.files.is_empty() && directory.problems.is_empty() {
            return None;
        }
        let read = || {
            let module = Module::read(&directory);
            veil::hide(&directory, &module, self.disk.map());
            Arc::new(module)
        };
        Some(Arc::clone(directory.module.get_or_init(read)))
    }

    /// The directory of the copy that a `module` block means, when copies of modules were given.
    pub(super) fn vendored(&self, block: &Block) -> Option<String> {
        vendored::find(self.disk, self.modules.as_deref()?, block)
    }

    /// The module that a model stands for, parsed anew, and the texts that were parsed.
    pub(super) fn modelled(&self, model: &Model, version: String) -> (Arc<Module>, Vec<FileId>) {
        let path = format!("<model of {}>", model.title);
        let texts = model.texts.iter().map(ToString::to_string).chain([version]);
        let files = texts.map(|text| {
            let id = self.disk.map().add(path.as_str(), text);
            let text = Arc::clone(self.disk.map().file(id).text());
            SourceText { name: "main.tf".to_owned(), id, text, parsed: OnceLock::new() }
        });
        let files: Vec<SourceText> = files.collect();
        let ids = files.iter().map(|file| file.id).collect();
        let directory = Directory { path, files, problems: Vec::new(), module: OnceLock::new() };
        let module = Module { comments: Vec::new(), modelled: true, ..Module::read(&directory) };
        (Arc::new(module), ids)
    }

    /// The directories that the calls directly in `dir` lead to.
    fn calls_of(&self, dir: &str) -> Vec<String> {
        let directory = self.directory(dir);
        directory
            .calls()
            .filter_map(|block| local_source(dir, block).or_else(|| self.vendored(block)))
            .collect()
    }

    fn directory(&self, dir: &str) -> Arc<Directory> {
        let known = |directories: &FxHashMap<String, Arc<Directory>>| directories.get(dir).cloned();
        if let Some(directory) = known(&self.directories.lock().unwrap_or_else(PoisonError::into_inner)) {
            return directory;
        }
        let read = Arc::new(Directory::read(self.disk, dir));
        let mut directories = self.directories.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(directories.entry(dir.to_owned()).or_insert(read))
    }
}

impl Directory {
    /// Reads the texts; nothing is parsed. A `.tofu` file takes the place of the `.tf` file of its name, as in
    /// OpenTofu 1.8.
    fn read(disk: &Disk, dir: &str) -> Self {
        let names = disk.files_in(dir);
        let mut files = Vec::new();
        let mut problems = Vec::new();
        let mut chosen: Vec<&String> = names.iter().filter(|name| counts(name, &names)).collect();
        chosen.sort_by_key(|name| is_override(name));
        for name in chosen {
            let path = if dir.is_empty() { name.clone() } else { format!("{dir}/{name}") };
            match disk.read(&path) {
                Ok(id) => {
                    let text = Arc::clone(disk.map().file(id).text());
                    files.push(SourceText { name: name.clone(), id, text, parsed: OnceLock::new() });
                }
                Err(problem) => problems.push(problem),
            }
        }
        Self { path: dir.to_owned(), files, problems, module: OnceLock::new() }
    }

    /// The files as parsed.
    pub(super) fn parsed(&self) -> impl Iterator<Item = &Arc<Parsed>> {
        self.files.iter().map(SourceText::parsed)
    }

    /// The start of its first file.
    pub(super) fn start(&self) -> Option<Span> {
        let unreadable = self.problems.first().map(|problem| problem.span);
        self.files.first().map(|file| Span::start_of(file.id)).or(unreadable)
    }

    /// Files that could not be read.
    pub(super) fn problems(&self) -> &[Problem] {
        &self.problems
    }

    fn speaks_of_kms(&self) -> bool {
        self.files.iter().any(|file| mentions(&file.text, b"kms") || mentions(&file.text, b"KMS"))
    }

    fn calls(&self) -> impl Iterator<Item = &Arc<Block>> {
        let with_calls = self.files.iter().filter(|file| mentions(&file.text, b"module"));
        with_calls.flat_map(|file| &file.parsed().blocks).filter(|block| &*block.kind.text == "module")
    }
}

impl SourceText {
    fn parsed(&self) -> &Arc<Parsed> {
        self.parsed.get_or_init(|| {
            let mut remarks = Vec::new();
            let file = if is_json(&self.name) {
                match json::parse_file(self.id, &self.text, 0..self.text.len()) {
                    Ok(value) => {
                        let (body, problems, found) = json_body::body(&value);
                        remarks = found;
                        hcl::File { body, comments: Vec::new(), problems }
                    }
                    Err(problem) => return Arc::new(Parsed::broken(problem)),
                }
            } else {
                hcl::parse(self.id, &self.text)
            };
            Arc::new(Parsed {
                blocks: file.body.blocks.into_iter().map(Arc::new).collect(),
                comments: file.comments,
                remarks,
                problems: file.problems,
                overrides: is_override(&self.name),
            })
        })
    }
}

impl Parsed {
    fn broken(problem: Problem) -> Self {
        let (blocks, comments, remarks) = Default::default();
        Self { blocks, comments, remarks, problems: vec![problem], overrides: false }
    }
}

/// The directory that a `module` block's literal local `source` leads to.
pub(super) fn local_source(from: &str, block: &Block) -> Option<String> {
    let source = literal(&block.body.attribute("source")?.value)?;
    let local = source.starts_with("./") || source.starts_with("../") || source == "." || source == "..";
    local.then(|| Disk::join(from, &source)).flatten()
}

/// The characters of an expression that is a plain string.
pub(super) fn literal(expr: &hcl::Expr) -> Option<String> {
    let ExprKind::Template(template) = &expr.kind else { return None };
    template
        .parts
        .iter()
        .map(|part| if let Part::Literal(text) = part { text.known() } else { None })
        .collect::<Option<Vec<String>>>()
        .map(|parts| parts.concat())
}

fn mentions(text: &str, word: &[u8]) -> bool {
    memchr::memmem::find(text.as_bytes(), word).is_some()
}

pub(super) fn is_json(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension == "json")
}

/// Which files Terraform reads: hidden ones and editors' backups are left out.
fn counts(name: &str, all: &[String]) -> bool {
    if name.starts_with('.') || name.starts_with('#') || name.ends_with('~') {
        return false;
    }
    let shadow = if let Some(stem) = name.strip_suffix(".tf") {
        format!("{stem}.tofu")
    } else if let Some(stem) = name.strip_suffix(".tf.json") {
        format!("{stem}.tofu.json")
    } else {
        let plain = name.strip_suffix(".json").unwrap_or(name);
        return plain.rsplit_once('.').is_some_and(|(_, extension)| extension == "tofu");
    };
    all.binary_search(&shadow).is_err()
}

/// Whether a file overrides the others (Terraform docs, "Override files").
fn is_override(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let stem = if name.contains(".tf") || name.contains(".tofu") {
        name.rsplit_once(".tf").or_else(|| name.rsplit_once(".tofu")).map_or(stem, |(stem, _)| stem)
    } else {
        stem
    };
    stem == "override" || stem.ends_with("_override")
}

/// Where downloaded modules lie: `.terraform/modules/modules.json`, written by `terraform init`. Keys are the calls'
/// names joined by dots.
pub(super) fn downloaded(disk: &Disk, root: &str) -> FxHashMap<String, String> {
    let mut found = FxHashMap::default();
    let Some(path) = Disk::join(root, ".terraform/modules/modules.json") else { return found };
    if !disk.is_file(&path) {
        return found;
    }
    let Ok(id) = disk.read(&path) else { return found };
    let text = Arc::clone(disk.map().file(id).text());
    let Ok(manifest) = json::parse_file(id, &text, 0..text.len()) else { return found };
    let modules = manifest.get("Modules").and_then(|modules| modules.as_list());
    for module in modules.map_or(&[][..], |list| &list.items).iter().take(Limits::DEFAULT.elements) {
        let text = |name: &str| module.get(name).and_then(|value| value.as_str());
        let (Some(key), Some(dir)) = (text("Key"), text("Dir")) else { continue };
        if let Some(dir) = Disk::join(root, dir).filter(|_| !key.is_empty()) {
            found.insert(key.to_owned(), dir);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(files: &[(&str, &str)]) -> Disk {
        Disk::memory(files.iter().copied(), Arc::default())
    }

    #[test]
    fn files_are_chosen_as_terraform_and_opentofu_do() {
        let names: Vec<String> =
            ["a.tf", "a.tofu", "b.tf", "b.tf.json", "c.tfvars", "x~", ".h.tf"].map(str::to_owned).into();
        let chosen: Vec<&str> =
            names.iter().filter(|name| counts(name, &names)).map(String::as_str).collect();
        assert_eq!(chosen, ["a.tofu", "b.tf", "b.tf.json"]);
        assert!(is_override("override.tf") && is_override("a_override.tf.json") && !is_override("a.tf"));
    }

    #[test]
    fn roots_are_the_directories_that_nobody_calls() {
        let call = r#"module "m" { source = "../m" }"#;
        let files = [
            ("app/main.tf", call),
            ("m/main.tf", r#"module "n" { source = "./n" }"#),
            ("m/n/a.tf", "resource \"aws_kms_key\" \"k\" {}"),
            ("x/a.tf", r#"module "y" { source = "../y" }"#),
            ("y/a.tf", r#"module "x" { source = "../x" }"#),
        ];
        let disk = disk(&files);
        let session = Session::new(&disk);
        assert_eq!(session.local_calls("app"), ["m", "m/n"]);
        assert_eq!(session.roots(&["app", "m", "m/n", "x", "y"].map(str::to_owned)), ["app", "x"]);
        assert!(session.speaks_of_kms("app") && !session.speaks_of_kms("x"));
    }
}
