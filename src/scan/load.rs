//! What is declared, without judging it: for the commands that answer questions.

use super::unit::Unit;
use super::{Request, gather, prepare};
use crate::config::Config;
use crate::key::Declared;
use crate::source::{Problem, SourceMap};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::sync::Arc;

/// What is declared under some paths.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Each root module, template or plan: its path under the PATH that was named, and what it declares.
    pub units: Vec<(String, Declared)>,
    /// The settings that hold.
    pub config: Config,
    /// What could not be read or parsed.
    pub problems: Vec<Problem>,
    /// Files that were read as infrastructure code.
    pub files: usize,
}

/// Reads what the paths of a request declare; texts go into `map`.
///
/// # Errors
/// A sentence for the user when the request makes no sense: an invalid glob, a source directory that is not there.
pub fn load(request: &Request, map: &Arc<SourceMap>) -> Result<Loaded, String> {
    super::pool(request)?.install(|| load_here(request, map))
}

fn load_here(request: &Request, map: &Arc<SourceMap>) -> Result<Loaded, String> {
    let (mut loaded, settled) = prepare::prepared(request, map, |house, units, settled| {
        let gathered = house.gathered;
        let declared: Vec<(String, Declared)> =
            units.par_iter().map(|unit| (name(unit, gathered, map), house.load_guarded(unit))).collect();
        let mut problems: Vec<Problem> = gathered.problems.iter().chain(&settled.problems).cloned().collect();
        problems.extend(declared.iter().flat_map(|(_, declared)| declared.problems.iter().cloned()));
        Loaded { units: declared, config: Config::default(), problems, files: gathered.files }
    })?;
    loaded.config = settled.config;
    Ok(loaded)
}

/// The path of a unit under the PATH that it was found by.
fn name(unit: &Unit, gathered: &gather::Gathered, map: &SourceMap) -> String {
    let (tree, path) = match unit {
        Unit::Module { tree, path } | Unit::Template { tree, path, .. } => (*tree, path.as_str()),
        Unit::Piped => return String::new(),
        Unit::Plan { file, .. } => return map.path(*file),
    };
    let starts = gathered.starts.iter().filter(|(of, _)| *of == tree);
    let inside =
        starts.filter_map(|(_, start)| path.strip_prefix(start.as_str())).min_by_key(|rest| rest.len());
    inside.unwrap_or(path).trim_start_matches('/').to_owned()
}
