//! Deployment files of Git sync: which template each of them deploys.
//!
//! A template with deployment files is judged once for each of them, with its parameters; what comes out the same is one
//! finding. What is easy to get wrong: the path in such a file starts at the root of its repository (CloudFormation User
//! Guide, "Git sync"), which is not known where a part of one was checked out: then the only template whose path ends so
//! is meant.

use super::unit::Unit;
use crate::source::{Disk, FileId};

/// A deployment file and the path that it names.
#[derive(Clone, Debug)]
pub(super) struct Deployment {
    /// The tree that it lies in.
    pub(super) tree: usize,
    /// Its text.
    pub(super) file: FileId,
    /// The template, from the root of the repository.
    pub(super) template: String,
}

/// The units that a template makes: one for each of its deployments, or one without.
pub(super) fn units(deployments: &[Deployment], tree: usize, path: &str, all: &[String]) -> Vec<Unit> {
    let own = deployments.iter().filter(|one| one.tree == tree && one.means(path, all));
    let unit = |deployment| Unit::Template { tree, path: path.to_owned(), deployment };
    let units: Vec<Unit> = own.map(|one| unit(Some(one.file))).collect();
    if units.is_empty() { vec![unit(None)] } else { units }
}

impl Deployment {
    /// Whether it deploys the template at `path`, one of `all`.
    fn means(&self, path: &str, all: &[String]) -> bool {
        let Some(named) = Disk::join("", self.template.trim_start_matches('/')) else { return false };
        if all.contains(&named) {
            return named == path;
        }
        let ends = |path: &str| path.strip_suffix(named.as_str()).is_some_and(|before| before.ends_with('/'));
        ends(path) && all.iter().filter(|other| ends(other)).count() == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn templates_are_named_from_the_root_or_by_the_only_end() {
        let file = SourceMap::default().add("d.yaml", "");
        let all = ["a/k.yaml", "b/k.yaml", "b/c/l.yaml", "l.yaml"].map(str::to_owned);
        let meant = |template: &str| {
            let deployment = Deployment { tree: 0, file, template: template.into() };
            let found = all.iter().filter(|path| deployment.means(path, &all)).cloned();
            found.collect::<Vec<_>>()
        };
        assert_eq!(meant("a/k.yaml"), ["a/k.yaml"]);
        assert_eq!(meant("./l.yaml"), ["l.yaml"]);
        assert_eq!(meant("c/l.yaml"), ["b/c/l.yaml"]);
        assert!(meant("k.yaml").is_empty() && meant("../l.yaml").is_empty() && meant("").is_empty());
    }
}
