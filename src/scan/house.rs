//! Rules of the house: where their files are, and which rules hold with them.
//!
//! They come from `--rules` and from `rules` in the settings, and may come with a pull request: what the settings name is
//! read inside their repository only, and files are bounded in size and number. What is easy to get wrong: only files
//! directly in a directory are rules.

use super::tree::Tree;
use crate::rule::Catalogue;
use crate::source::{Disk, FileId, Limits, Problem, ProblemKind, SourceMap, Span};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files that are read, and what keeps others from it.
#[derive(Debug, Default)]
pub(super) struct Files {
    files: Vec<FileId>,
    problems: Vec<Problem>,
}

impl Files {
    /// Adds what the user typed: a directory, or a file.
    ///
    /// # Errors
    /// A sentence for the user when there is no such directory or file, or no rule in it.
    pub(super) fn typed(&mut self, typed: &Path, map: &Arc<SourceMap>) -> Result<(), String> {
        let told = |error: std::io::Error| format!("`--rules {}`: {error}", typed.display());
        let place = typed.canonicalize().map_err(told)?;
        let name = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (root, shown, names) = if place.is_dir() {
            (place.clone(), typed.to_path_buf(), None)
        } else {
            let parent = |path: &Path| path.parent().map(Path::to_path_buf).unwrap_or_default();
            (parent(&place), parent(typed), Some(name))
        };
        let shown = shown.to_string_lossy().replace('\\', "/");
        let shown = if shown.is_empty() || shown.ends_with('/') { shown } else { shown + "/" };
        let shown = if shown == "./" { String::new() } else { shown };
        let disk = Disk::directory(&root, shown, Arc::clone(map)).map_err(told)?;
        let names = names.map_or_else(|| rule_files(&disk, ""), |name| vec![name]);
        if names.is_empty() {
            return Err(format!("`--rules {}`: no `.yaml` file is there", typed.display()));
        }
        self.read(&disk, names);
        Ok(())
    }

    /// Adds what the settings in the directory `from` of a tree name at `span`.
    pub(super) fn named(&mut self, tree: &Tree, from: &str, named: &str, span: Span) {
        let fault =
            |message: String, help: &str| Problem::new(ProblemKind::Settings, span, message).help(help);
        let Some(path) = Disk::join(from, named) else {
            let message = format!("`{named}` leads out of the repository");
            return self.problems.push(fault(message, "keep the rules inside, or give them with `--rules`"));
        };
        let files = if tree.disk.is_file(&path) { vec![path] } else { rule_files(&tree.disk, &path) };
        if files.is_empty() {
            let message = format!("there is no rule file in `{named}`");
            return self
                .problems
                .push(fault(message, "a rule file is named `.yaml`; the path starts at the settings"));
        }
        self.read(&tree.disk, files);
    }

    fn read(&mut self, disk: &Disk, names: Vec<String>) {
        for name in names {
            let file = match disk.read(&name) {
                Ok(file) => file,
                Err(problem) => {
                    self.problems.push(problem);
                    continue;
                }
            };
            let Limits { rule_bytes, rule_files, .. } = Limits::DEFAULT;
            let limit = |message: String| Problem::new(ProblemKind::Limit, Span::start_of(file), message);
            if self.files.len() == rule_files {
                self.problems
                    .push(limit(format!("more than {rule_files} rule files, this one was not read")));
                return;
            }
            if disk.map().file(file).text().len() > rule_bytes {
                let kibibytes = rule_bytes >> 10;
                self.problems.push(limit(format!("a rule file of more than {kibibytes} KiB is not read")));
            } else if !self.files.contains(&file) {
                self.files.push(file);
            }
        }
    }

    /// The built-in rules and those in the files, with the mistakes of all.
    pub(super) fn catalogue(self, map: &SourceMap) -> (Arc<Catalogue>, Vec<Problem>) {
        let Self { files, mut problems } = self;
        let (catalogue, mistakes) = Catalogue::built_in().with(files, map);
        problems.extend(mistakes);
        (Arc::new(catalogue), problems)
    }
}

/// The rule files directly in a directory, in order.
fn rule_files(disk: &Disk, directory: &str) -> Vec<String> {
    let names = disk.files_in(directory).into_iter();
    let rules = names.filter(|name| {
        let extension = Path::new(name).extension();
        extension.is_some_and(|extension| extension == "yaml" || extension == "yml")
    });
    let inside = |name: String| if directory.is_empty() { name } else { format!("{directory}/{name}") };
    rules.map(inside).collect()
}

/// The rules that hold with those in the directories and files `typed`, and the mistakes in them.
///
/// # Errors
/// A sentence for the user when there is no such directory or file.
pub fn with_rules(typed: &[PathBuf], map: &Arc<SourceMap>) -> Result<(Arc<Catalogue>, Vec<Problem>), String> {
    let mut files = Files::default();
    for typed in typed {
        files.typed(typed, map)?;
    }
    Ok(files.catalogue(map))
}
