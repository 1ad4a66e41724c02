//! Which settings hold, and which rules.
//!
//! The nearest `kmsguard.yaml` of the first PATH that has one: in its directory, or in one above it up to the root of
//! its tree. What is easy to get wrong: one run has one set of settings, whatever the number of PATHs.

use super::Request;
use super::gather::Gathered;
use super::house::Files;
use super::tree::Tree;
use crate::config::{Config, Known, Selection, Written};
use crate::rule::Catalogue;
use crate::source::{Disk, FileId, Problem, ProblemKind, SourceMap};
use crate::suppress::baseline::Baseline;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The names that are looked for.
const NAMES: [&str; 2] = ["kmsguard.yaml", "kmsguard.yml"];

/// What a run is judged by.
#[derive(Debug)]
pub struct Settled {
    /// The settings that hold.
    pub config: Config,
    /// The rules, those of the house included.
    pub rules: Arc<Catalogue>,
    /// The findings that were accepted when the project began to be watched.
    pub baseline: Option<Baseline>,
    /// The mistakes in settings and rule files.
    pub problems: Vec<Problem>,
}

/// The settings and rules that hold.
///
/// # Errors
/// When the settings file or the rules that the user named cannot be read, or there is no such profile.
pub(super) fn settings(
    request: &Request,
    gathered: &Gathered,
    map: &Arc<SourceMap>,
) -> Result<Settled, String> {
    let mut problems = Vec::new();
    let mut files = Files::default();
    let mut written = None;
    let found = found(request, gathered, map, &mut problems)?;
    if let Some((file, tree, directory)) = &found {
        match Written::read(map, *file) {
            Ok(read) => {
                for named in &read.rules.from {
                    files.named(tree.as_ref(), directory, &named.value, named.span(*file));
                }
                written = Some((*file, read));
            }
            Err(problem) => problems.push(problem),
        }
    }
    for typed in &request.rules {
        files.typed(typed, map)?;
    }
    let (rules, mistakes) = files.catalogue(map);
    problems.extend(mistakes);
    let mut config = Config::default();
    if let Some((file, read)) = written {
        let known = Known { rules: &rules.known_ids(), standards: &rules.standards() };
        let (read, mistakes) = Config::check(read, file, known);
        problems.extend(mistakes);
        config = read;
    }
    if !request.profiles.is_empty() {
        config.profiles = selection(&request.profiles, &rules)?;
    }
    let place = found.as_ref().map(|(file, tree, directory)| (*file, tree.as_ref(), directory.as_str()));
    let baseline = baseline(request, &config, place, map)?;
    let baseline = baseline.and_then(|read| read.map_err(|problem| problems.push(problem)).ok());
    Ok(Settled { config, rules, baseline, problems })
}

/// The profiles that were typed.
///
/// # Errors
/// A sentence for the user when there is no such profile, or no rule in it.
pub fn selection(typed: &[String], rules: &Catalogue) -> Result<Selection, String> {
    let told = |(message, help)| format!("{message}, {help}");
    let selection = Selection::named(typed.iter().map(String::as_str)).map_err(told)?;
    selection.check(&rules.standards()).map_err(told)?;
    Ok(selection)
}

/// The baseline that was typed, else the one that the settings name.
fn baseline(
    request: &Request,
    config: &Config,
    place: Option<(FileId, &Tree, &str)>,
    map: &SourceMap,
) -> Result<Option<Result<Baseline, Problem>>, String> {
    let file = match &request.baseline {
        Wanted::No => return Ok(None),
        Wanted::File(typed) => {
            let text = std::fs::read_to_string(typed);
            let text = text.map_err(|error| format!("`--baseline {}`: {error}", typed.display()))?;
            map.add(typed.to_string_lossy().replace('\\', "/"), text)
        }
        Wanted::OfSettings => {
            let (Some(named), Some((settings, tree, directory))) = (&config.baseline, place) else {
                return Ok(None);
            };
            let path = Disk::join(directory, &named.value).filter(|path| tree.disk.is_file(path));
            let Some(path) = path else {
                let message = format!("there is no baseline `{}` in the repository", named.value);
                let problem = Problem::new(ProblemKind::Settings, named.span(settings), message);
                return Ok(Some(Err(problem.help("write it with `kmsguard baseline`"))));
            };
            match tree.disk.read(&path) {
                Ok(file) => file,
                Err(problem) => return Ok(Some(Err(problem))),
            }
        }
    };
    Ok(Some(Baseline::read(file, map)))
}

/// Which baseline hides findings.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Wanted {
    /// The one that the settings name, if they do.
    #[default]
    OfSettings,
    /// This one.
    File(PathBuf),
    /// None.
    No,
}

/// A tree that was looked at, or one that lies elsewhere.
enum Held<'a> {
    Known(&'a Tree),
    Own(Box<Tree>),
}

impl AsRef<Tree> for Held<'_> {
    fn as_ref(&self) -> &Tree {
        match self {
            Self::Known(tree) => tree,
            Self::Own(tree) => tree,
        }
    }
}

/// The settings file, with the tree and the directory that it lies in.
type Found<'a> = Option<(FileId, Held<'a>, String)>;

fn found<'a>(
    request: &Request,
    gathered: &'a Gathered,
    map: &Arc<SourceMap>,
    problems: &mut Vec<Problem>,
) -> Result<Found<'a>, String> {
    if let Some(named) = &request.settings {
        let told = |error: std::io::Error| format!("`--config {}`: {error}", named.display());
        let text = std::fs::read_to_string(named).map_err(told)?;
        let place = named.canonicalize().map_err(told)?;
        let tree = Tree::around(&place, named.is_absolute(), map).map_err(told)?;
        let directory = place.parent().and_then(|parent| tree.path_of(parent)).unwrap_or_default();
        let file = map.add(named.to_string_lossy().replace('\\', "/"), text);
        return Ok(Some((file, Held::Own(Box::new(tree)), directory)));
    }
    let near = gathered.starts.iter().find_map(|(tree, start)| {
        let tree = gathered.trees.get(*tree)?;
        nearest(tree, start).map(|found| (tree, found))
    });
    Ok(match near {
        Some((tree, (directory, Ok(file)))) => Some((file, Held::Known(tree), directory)),
        Some((_, (_, Err(problem)))) => {
            problems.push(problem);
            None
        }
        None => None,
    })
}

/// The settings file in `start` or the nearest directory above it, and the directory.
fn nearest(tree: &Tree, start: &str) -> Option<(String, Result<FileId, Problem>)> {
    let mut directory = Some(start);
    while let Some(here) = directory {
        for name in NAMES {
            let path = if here.is_empty() { name.to_owned() } else { format!("{here}/{name}") };
            if tree.disk.is_file(&path) {
                return Some((here.to_owned(), tree.disk.read(&path)));
            }
        }
        directory =
            if here.is_empty() { None } else { Some(here.rsplit_once('/').map_or("", |(above, _)| above)) };
    }
    None
}

/// The settings and rules that hold in the working directory, for commands that scan nothing.
///
/// # Errors
/// As `settings`.
pub fn settled_here(request: &Request, map: &Arc<SourceMap>) -> Result<Settled, String> {
    let mut gathered = Gathered::default();
    let here = Path::new(".").canonicalize().map_err(|error| format!("the working directory: {error}"))?;
    let start = gathered.locate(&here, false, map)?;
    gathered.starts.push(start);
    settings(request, &gathered, map)
}
