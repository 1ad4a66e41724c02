//! A revision of a repository, written out beside it: what `git` itself says of it, and nothing of the working tree.
//!
//! What is easy to get wrong: a tree may hold names that lead outside (`..`) and links; neither is written.

use crate::source::Limits;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

/// Files of a revision that are looked at.
const MOST_FILES: usize = 200_000;
/// Bytes of a file that is not code by its name.
const LARGEST_OTHER: u64 = 1 << 20;

/// A revision in a directory of its own, which goes when this does.
#[derive(Debug)]
pub(super) struct Written {
    directory: tempfile::TempDir,
    repository: PathBuf,
    /// The place that the user's path has in it.
    pub(super) inside: PathBuf,
    /// What stands before its paths: `main:`.
    pub(super) shown: String,
}

impl Written {
    /// The root of the revision.
    pub(super) fn root(&self) -> Result<PathBuf, String> {
        self.directory.path().canonicalize().map_err(|error| error.to_string())
    }

    /// Where what lies in the repository would lie in the revision; `None` for what lies elsewhere or nowhere.
    pub(super) fn counterpart(&self, path: &Path) -> Option<PathBuf> {
        let place = path.canonicalize().ok()?;
        let below = place.strip_prefix(&self.repository).ok()?;
        Some(self.directory.path().join(below))
    }
}

/// Whether git knows a revision by this name at this place.
pub(super) fn is_revision(place: &Path, name: &str) -> bool {
    commit(place, name).is_ok()
}

fn commit(place: &Path, name: &str) -> Result<String, String> {
    if name.starts_with('-') {
        return Err(format!("`{name}` is no revision"));
    }
    let wanted = format!("{name}^{{commit}}");
    let found = ask(place, &["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted]);
    let found = found
        .map_err(|error| if error.is_empty() { format!("git knows no revision `{name}`") } else { error })?;
    Ok(found.trim().to_owned())
}

/// What git prints.
fn ask(place: &Path, args: &[&str]) -> Result<String, String> {
    let ran = Command::new("git").arg("-C").arg(place).args(args).stdin(Stdio::null()).output();
    let ran = ran.map_err(|error| format!("git cannot be run: {error}"))?;
    if !ran.status.success() {
        return Err(String::from_utf8_lossy(&ran.stderr).trim().to_owned());
    }
    String::from_utf8(ran.stdout).map_err(|_| "git printed something that is not text".to_owned())
}

/// Writes out a revision of the repository around `path`, links and what leads outside left out.
pub(super) fn write_out(path: &Path, name: &str) -> Result<Written, String> {
    let place = if path.is_file() { path.parent().unwrap_or(path) } else { path };
    let place = if place.as_os_str().is_empty() { Path::new(".") } else { place };
    let commit = commit(place, name)?;
    let prefix = ask(place, &["rev-parse", "--show-prefix"])?;
    let repository = ask(place, &["rev-parse", "--show-toplevel"])?;
    let repository = Path::new(repository.trim_end_matches('\n')).canonicalize();
    let repository = repository.map_err(|error| error.to_string())?;
    let directory = tempfile::tempdir().map_err(|error| format!("no temporary directory: {error}"))?;
    let listed = ask(place, &["ls-tree", "-r", "-z", "-l", "--full-tree", &commit])?;
    let files: Vec<(&str, &str)> = listed.split('\0').filter_map(wanted).take(MOST_FILES).collect();
    write_files(place, directory.path(), &files)?;
    lend_installed(&repository, directory.path(), &files).map_err(|error| error.to_string())?;
    let mut inside = directory.path().join(prefix.trim_end_matches('\n'));
    if path.is_file() {
        inside = inside.join(path.file_name().unwrap_or_default());
    }
    Ok(Written { directory, repository, inside, shown: format!("{name}:") })
}

/// The object and path of a line of `ls-tree -l`, when it is a file to be looked at.
fn wanted(line: &str) -> Option<(&str, &str)> {
    let (meta, path) = line.split_once('\t')?;
    let mut fields = meta.split_whitespace();
    let (mode, kind, object, size) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let size: u64 = size.parse().ok()?;
    let most = most(Path::new(path));
    let inside =
        Path::new(path).components().all(|part| matches!(part, Component::Normal(name) if name != ".git"));
    (kind == "blob" && mode.starts_with("100") && size <= most && inside).then_some((object, path))
}

/// How many bytes a file may have.
fn most(path: &Path) -> u64 {
    let code = ["tf", "tofu", "json", "yaml", "yml", "template", "tfvars"];
    let is = |end: &&str| path.extension().is_some_and(|of| of.eq_ignore_ascii_case(end));
    if code.iter().any(is) { Limits::DEFAULT.file_bytes } else { LARGEST_OTHER }
}

/// Where `terraform init` puts the modules that it gets.
const INSTALLED: &str = ".terraform/modules";

/// Copies modules that are installed beside the files of a revision, since no revision holds them: they are the same on
/// both sides, and their keys are not new.
fn lend_installed(repository: &Path, root: &Path, files: &[(&str, &str)]) -> io::Result<()> {
    let beside: BTreeSet<&Path> = files.iter().filter_map(|(_, path)| Path::new(path).parent()).collect();
    let mut left = MOST_FILES;
    for directory in beside {
        let (from, to) = (repository.join(directory).join(INSTALLED), root.join(directory).join(INSTALLED));
        if from.join("modules.json").is_file() && !to.exists() {
            copy(from, to, &mut left)?;
        }
    }
    Ok(())
}

/// Copies a directory, links left out; at most `left` files.
fn copy(from: PathBuf, to: PathBuf, left: &mut usize) -> io::Result<()> {
    let mut open = vec![(from, to)];
    while let Some((from, to)) = open.pop() {
        for entry in fs::read_dir(&from)? {
            let entry = entry?;
            let (kind, name) = (entry.file_type()?, entry.file_name());
            if kind.is_dir() && name != ".git" {
                open.push((entry.path(), to.join(name)));
            } else if kind.is_file() && *left > 0 && entry.metadata()?.len() <= most(Path::new(&name)) {
                *left -= 1;
                fs::create_dir_all(&to)?;
                fs::copy(entry.path(), to.join(name))?;
            }
        }
    }
    Ok(())
}

fn write_files(place: &Path, root: &Path, files: &[(&str, &str)]) -> Result<(), String> {
    let told = |error: std::io::Error| format!("the revision cannot be read: {error}");
    let mut git = Command::new("git")
        .arg("-C")
        .arg(place)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(told)?;
    let (Some(mut asking), Some(answers)) = (git.stdin.take(), git.stdout.take()) else {
        return Err("git cannot be asked".to_owned());
    };
    let objects: String = files.iter().flat_map(|(object, _)| [object, "\n"]).collect();
    // Asked from another thread: git stops reading when nobody takes its answers.
    let writer = std::thread::spawn(move || asking.write_all(objects.as_bytes()));
    let mut answers = BufReader::new(answers);
    for (_, path) in files {
        write_file(&mut answers, &root.join(path)).map_err(told)?;
    }
    drop(answers);
    let _ = writer.join();
    git.wait().map_err(told)?;
    Ok(())
}

/// Writes the next answer of `git cat-file --batch`: a line with the size, the bytes, a line break.
fn write_file(answers: &mut impl BufRead, path: &Path) -> std::io::Result<()> {
    let mut head = String::new();
    answers.read_line(&mut head)?;
    let size = head.split_whitespace().nth(2).and_then(|size| size.parse::<u64>().ok());
    let size = size.ok_or_else(|| std::io::Error::other("git does not have one of its files"))?;
    let mut bytes = Vec::new();
    answers.take(size).read_to_end(&mut bytes)?;
    answers.read_exact(&mut [0])?;
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_ways_out_are_left_out() {
        let line = |mode: &str, path: &str| format!("{mode} blob 1234 10\t{path}");
        assert!(wanted(&line("100644", "a/b.tf")).is_some());
        assert!(wanted(&line("120000", "a/b.tf")).is_none());
        assert!(wanted(&line("100644", "../b.tf")).is_none());
        assert!(wanted(&line("100644", "/b.tf")).is_none());
        assert!(wanted(&line("100644", ".git/config")).is_none());
        assert!(wanted("160000 commit 1234 -\tmodule").is_none());
    }
}
