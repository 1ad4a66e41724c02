//! Directory trees that are scanned: what may be read there, and how its paths are shown.
//!
//! A tree is as large as the repository around a PATH, for modules are called across it; without a repository it is
//! the PATH itself. Nothing outside is read. What is easy to get wrong: several PATHs may lie in one tree, and the
//! working directory may lie inside, around or beside it.

use crate::source::{Disk, SourceMap};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// A tree with its door.
#[derive(Debug)]
pub(super) struct Tree {
    /// The canonical path of its root.
    pub(super) root: PathBuf,
    /// The door to its files.
    pub(super) disk: Disk,
    /// Where copies of modules lie, as a path of the disk.
    pub(super) modules: Option<String>,
}

/// The name under which a directory with copies of modules is read that lies outside of the tree.
const OUTSIDE: &str = "<modules>";

impl Tree {
    /// The tree around the canonical path `place`; `absolute` when the user wrote an absolute path.
    pub(super) fn around(place: &Path, absolute: bool, map: &Arc<SourceMap>) -> std::io::Result<Self> {
        let root = root_of(place);
        let here = std::env::current_dir().and_then(|here| here.canonicalize())?;
        let disk = match (here.strip_prefix(&root), root.strip_prefix(&here)) {
            (Ok(inside), _) => Disk::directory(&root, "", Arc::clone(map))?.seen_from(&slashed(inside)),
            (_, Ok(below)) => Disk::directory(&root, closed(slashed(below)), Arc::clone(map))?,
            _ if absolute => Disk::directory(&root, closed(slashed(&root)), Arc::clone(map))?,
            _ => Disk::directory(&root, closed(beside(&here, &root)), Arc::clone(map))?,
        };
        Ok(Self { root, disk, modules: None })
    }

    /// The same with copies of modules in the canonical path `place`, which the user wrote as `typed`.
    pub(super) fn with_modules(self, place: &Path, typed: &Path) -> std::io::Result<Self> {
        if let Some(inside) = self.path_of(place) {
            return Ok(Self { modules: Some(inside), ..self });
        }
        let disk = self.disk.with(OUTSIDE, place, &slashed(typed))?;
        Ok(Self { disk, modules: Some(OUTSIDE.to_owned()), ..self })
    }

    /// Whether `path` lies among the copies of modules.
    pub(super) fn is_copy(&self, path: &str) -> bool {
        let rest = self.modules.as_deref().and_then(|modules| path.strip_prefix(modules));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The tree that is the canonical directory `place`, its paths shown behind `shown`.
    pub(super) fn shown_as(root: &Path, shown: &str, map: &Arc<SourceMap>) -> std::io::Result<Self> {
        let disk = Disk::directory(root, shown, Arc::clone(map))?;
        Ok(Self { root: root.to_path_buf(), disk, modules: None })
    }

    /// The path of `place` (canonical, inside the tree) from the root, with `/`.
    pub(super) fn path_of(&self, place: &Path) -> Option<String> {
        place.strip_prefix(&self.root).ok().map(slashed)
    }
}

/// The nearest directory that holds a repository, else the directory itself.
fn root_of(place: &Path) -> PathBuf {
    let start = if place.is_dir() { place } else { place.parent().unwrap_or(place) };
    start.ancestors().find(|directory| directory.join(".git").exists()).unwrap_or(start).to_path_buf()
}

/// The path of the working directory in its repository: empty, or ending in `/`.
pub fn working_prefix() -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    here.ok()
        .and_then(|here| here.strip_prefix(root_of(&here)).ok().map(slashed))
        .map(closed)
        .unwrap_or_default()
}

/// A path with `/`, whatever the system writes.
fn slashed(path: &Path) -> String {
    let mut text = String::new();
    for component in path.components() {
        match component {
            Component::RootDir => text.push('/'),
            Component::Prefix(_) | Component::Normal(_) | Component::ParentDir => {
                if !text.is_empty() && !text.ends_with('/') {
                    text.push('/');
                }
                text.push_str(&component.as_os_str().to_string_lossy());
            }
            Component::CurDir => {}
        }
    }
    text
}

fn closed(path: String) -> String {
    if path.is_empty() || path.ends_with('/') { path } else { path + "/" }
}

/// The way from `here` to `there` over their common ancestor.
fn beside(here: &Path, there: &Path) -> String {
    let common = here.components().zip(there.components()).take_while(|(one, two)| one == two).count();
    let up = "../".repeat(here.components().count() - common);
    let down: PathBuf = there.components().skip(common).collect();
    format!("{up}{}", slashed(&down))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_a_tree() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        assert_eq!(root_of(&root.join("a/b")), root.join("a/b"));
        std::fs::create_dir(root.join(".git")).unwrap();
        assert_eq!(root_of(&root.join("a/b")), root);
        let tree = Tree::around(&root.join("a/b"), true, &Arc::default()).unwrap();
        assert_eq!(tree.path_of(&root.join("a/b/c.tf")).as_deref(), Some("a/b/c.tf"));
        assert_eq!(tree.disk.shown("a/b/c.tf"), format!("{}/a/b/c.tf", root.display()));
    }

    #[test]
    fn ways_between_directories() {
        assert_eq!(beside(Path::new("/a/b/c"), Path::new("/a/x")), "../../x");
        assert_eq!(slashed(Path::new("/a/./b")), "/a/b");
        assert_eq!(closed(String::new()), "");
    }
}
