//! Which settings hold.
//!
//! The nearest `kmsguard.yaml` of the first PATH that has one: in its directory, or in one above it up to the root of
//! its tree. What is easy to get wrong: one run has one set of settings, whatever the number of PATHs.

use super::Request;
use super::gather::Gathered;
use super::tree::Tree;
use crate::config::Config;
use crate::rule::Catalogue;
use crate::source::{FileId, Problem, SourceMap};

/// The names that are looked for.
const NAMES: [&str; 2] = ["kmsguard.yaml", "kmsguard.yml"];

/// The settings that hold, and the mistakes in them.
///
/// # Errors
/// When the settings file that the user named cannot be read.
pub(super) fn settings(
    request: &Request,
    gathered: &Gathered,
    rules: &Catalogue,
    map: &SourceMap,
) -> Result<(Config, Vec<Problem>), String> {
    let found = match &request.settings {
        Some(named) => {
            let text = std::fs::read_to_string(named);
            let text = text.map_err(|error| format!("`--config {}`: {error}", named.display()))?;
            Some(Ok(map.add(named.to_string_lossy().replace('\\', "/"), text)))
        }
        None => gathered.starts.iter().find_map(|(tree, start)| nearest(gathered.trees.get(*tree)?, start)),
    };
    Ok(match found {
        Some(Ok(file)) => Config::load(map, file, &rules.known_ids()),
        Some(Err(problem)) => (Config::default(), vec![problem]),
        None => (Config::default(), Vec::new()),
    })
}

/// The settings file in `start` or the nearest directory above it.
fn nearest(tree: &Tree, start: &str) -> Option<Result<FileId, Problem>> {
    let mut directory = Some(start);
    while let Some(here) = directory {
        for name in NAMES {
            let path = if here.is_empty() { name.to_owned() } else { format!("{here}/{name}") };
            if tree.disk.is_file(&path) {
                return Some(tree.disk.read(&path));
            }
        }
        directory =
            if here.is_empty() { None } else { Some(here.rsplit_once('/').map_or("", |(above, _)| above)) };
    }
    None
}
