//! From directories to files that may be infrastructure code.
//!
//! Walks in parallel, honours `.gitignore`, never enters `.git`, `.terraform` and `node_modules`, follows no links to
//! directories. Names alone are looked at here. What is easy to get wrong: a link to a file counts as the file, and a
//! broken one still counts, for Terraform would stop at it.

use ignore::overrides::{Override, OverrideBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What the name of a file says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Named {
    /// Terraform or OpenTofu source.
    Terraform,
    /// JSON: a plan, a template, or anything else.
    Json,
    /// A template, or anything else.
    Template,
    /// A template that another tool may fill in before, or anything else.
    Draft,
    /// The settings of a project of the `CloudFormation` CLI, perhaps of a module.
    Project,
    /// Nothing.
    Other,
}

impl Named {
    /// What the name of `path` says.
    pub(super) fn of(path: &Path) -> Self {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_ascii_lowercase();
        let ends = |ending: &str| name.strip_suffix(ending).is_some_and(|stem| !stem.is_empty());
        if [".tf", ".tofu", ".tf.json", ".tofu.json"].into_iter().any(ends) {
            Self::Terraform
        } else if name == ".rpdk-config" {
            Self::Project
        } else if ends(".tmpl") {
            Self::Draft
        } else if ends(".json") {
            Self::Json
        } else if [".yaml", ".yml", ".template", ".cfn", ".cft", ".cform"].into_iter().any(ends)
            || !name.contains('.')
        {
            Self::Template
        } else {
            Self::Other
        }
    }
}

/// What is left out of a walk.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// Whether ignore files are not honoured.
    pub(super) no_ignore: bool,
    /// Globs of paths that are left out.
    pub(super) exclude: Vec<String>,
}

/// The files below `directory` that may be infrastructure code, sorted, and what could not be walked.
pub(super) fn files(directory: &Path, left: &Left) -> Result<(Vec<PathBuf>, Vec<String>), String> {
    let found = Mutex::new(Vec::new());
    let failed = Mutex::new(Vec::new());
    let walker = WalkBuilder::new(directory)
        .hidden(false)
        .require_git(false)
        .parents(!is_assembly(directory))
        .follow_links(false)
        .ignore(!left.no_ignore)
        .parents(!left.no_ignore)
        .git_ignore(!left.no_ignore)
        .git_global(!left.no_ignore)
        .git_exclude(!left.no_ignore)
        .overrides(overrides(directory, &left.exclude)?)
        .filter_entry(|entry| entry.depth() == 0 || !is_skipped(entry))
        .build_parallel();
    walker.run(|| {
        Box::new(|entry| {
            match entry {
                Ok(entry) if is_candidate(&entry) => push(&found, entry.into_path()),
                Ok(_) => {}
                Err(error) => push(&failed, error.to_string()),
            }
            WalkState::Continue
        })
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort();
    failed.sort();
    Ok((found, failed))
}

/// Whether a directory is the output of the AWS CDK, which projects keep out of git: whoever names it wants it read.
fn is_assembly(directory: &Path) -> bool {
    directory.join("cdk.out").is_file() && directory.join("manifest.json").is_file()
}

fn push<T>(list: &Mutex<Vec<T>>, item: T) {
    list.lock().unwrap_or_else(PoisonError::into_inner).push(item);
}

fn overrides(directory: &Path, exclude: &[String]) -> Result<Override, String> {
    let mut builder = OverrideBuilder::new(directory);
    for glob in exclude {
        builder.add(&format!("!{glob}")).map_err(|error| format!("`--exclude {glob}`: {error}"))?;
    }
    builder.build().map_err(|error| error.to_string())
}

fn is_skipped(entry: &DirEntry) -> bool {
    let named = [".git", ".terraform", "node_modules"].into_iter().any(|name| entry.file_name() == name);
    named && entry.file_type().is_some_and(|kind| kind.is_dir())
}

fn is_candidate(entry: &DirEntry) -> bool {
    if Named::of(entry.path()) == Named::Other {
        return false;
    }
    match entry.file_type() {
        Some(kind) if kind.is_file() => true,
        Some(kind) if kind.is_symlink() => match std::fs::metadata(entry.path()) {
            Ok(meta) => meta.is_file(),
            Err(_) => Named::of(entry.path()) == Named::Terraform,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(root: &Path, left: &Left) -> Vec<String> {
        let (files, failed) = files(root, left).unwrap();
        assert!(failed.is_empty(), "{failed:?}");
        files.iter().map(|path| path.strip_prefix(root).unwrap().display().to_string()).collect()
    }

    #[test]
    fn ignored_and_foreign_files_are_left_out() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path();
        for path in
            ["a.tf", "b/c.YML", ".hidden/d.tf.json", ".terraform/e.tf", "node_modules/f.json", "out/g.tf"]
        {
            std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            std::fs::write(root.join(path), "").unwrap();
        }
        std::fs::write(root.join("h.rs"), "").unwrap();
        std::fs::write(root.join(".gitignore"), "out/\n").unwrap();
        assert_eq!(names(root, &Left::default()), [".hidden/d.tf.json", "a.tf", "b/c.YML"]);
        let left = Left { no_ignore: true, exclude: vec!["b".into(), "*.json".into()] };
        assert_eq!(names(root, &left), ["a.tf", "out/g.tf"]);
        assert_eq!(names(&root.join("out"), &Left::default()), ["g.tf"]);
    }

    #[test]
    fn links_count_as_what_they_lead_to() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path();
        let link = |from: &str, to: &str| std::os::unix::fs::symlink(from, root.join(to)).unwrap();
        std::fs::write(root.join("a.tf"), "").unwrap();
        link("a.tf", "b.tf");
        link("c.tf", "c.tf");
        link(".", "loop");
        assert_eq!(names(root, &Left::default()), ["a.tf", "b.tf", "c.tf"]);
    }

    #[test]
    fn names_tell_little() {
        let named = |name: &str| Named::of(Path::new(name));
        assert_eq!(named("x.tofu.json"), Named::Terraform);
        assert_eq!(named(".tf"), Named::Other);
        assert_eq!(named("plan.json"), Named::Json);
        assert_eq!(named("stack"), Named::Template);
    }
}
