//! What there is to judge: Terraform directories, templates and plans among the paths that the user named.

use super::deployment::{self, Deployment};
use super::guard::guarded;
use super::recognise::{Recognised, recognise, recognise_text};
use super::tree::Tree;
use super::unit::{Unit, internal};
use super::walk::{Left, Named, files};
use super::{Request, Typed};
use crate::input::cloudformation;
use crate::input::terraform::{self, Given, Session};
use crate::source::{Disk, FileId, Limits, Problem, ProblemKind, SourceMap, Span};
use crate::value::{Text, Value};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The name of standard input.
pub(super) const PIPED: &str = "<stdin>";

/// What there is to judge.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// The trees that it lies in.
    pub(super) trees: Vec<Tree>,
    /// Terraform directories: tree and path.
    pub(super) directories: BTreeSet<(usize, String)>,
    /// Templates: tree and path.
    templates: Vec<(usize, String)>,
    /// Templates in which nothing speaks of KMS, and which give something to other stacks: tree and path.
    exporting: Vec<(usize, String)>,
    /// Modules: the tree that they lie in, their type, and their fragment.
    modules: Vec<(usize, String, String)>,
    /// Deployment files of Git sync.
    deployments: Vec<Deployment>,
    /// The templates that the user named one by one.
    named: BTreeSet<(usize, String)>,
    /// Plans: their text, and the tree and directory that they lie in.
    plans: Vec<(FileId, Option<(usize, String)>)>,
    /// The directory that holds the source of the plans.
    source: Option<(usize, String)>,
    /// Standard input, when it is a template.
    pub(super) piped: Option<Disk>,
    /// The directories that settings are looked for in, and the trees they lie in: the PATHs.
    pub(super) starts: Vec<(usize, String)>,
    /// What could not be read.
    pub(super) problems: Vec<Problem>,
    /// Files that are infrastructure code.
    pub(super) files: usize,
    /// The directory that all paths lie in, and what stands before them when they are shown.
    stands_in: Option<(PathBuf, String)>,
}

/// A file to look at.
struct Candidate {
    tree: usize,
    path: String,
    named: Named,
    explicit: bool,
}

/// Looks at every path of the request.
pub(super) fn gather(request: &Request, map: &Arc<SourceMap>) -> Result<Gathered, String> {
    let mut gathered = Gathered { stands_in: request.stands_in.clone(), ..Gathered::default() };
    let mut candidates = Vec::new();
    for path in &request.paths {
        if path == "-" {
            gathered.read_piped(map);
        } else {
            gathered.walk(path, request, map, &mut candidates)?;
        }
    }
    if let Some(source) = &request.source {
        let place = source.canonicalize().ok().filter(|place| place.is_dir());
        let place = place.ok_or_else(|| format!("`--source {}` is not a directory", source.display()))?;
        gathered.source = Some(gathered.locate(&place, source.is_absolute(), map)?);
    }
    if let Some(modules) = &request.modules {
        gathered.lend(modules)?;
        gathered.leave_copies(&mut candidates);
    }
    candidates
        .sort_by(|one, two| (one.tree, &one.path, !one.explicit).cmp(&(two.tree, &two.path, !two.explicit)));
    candidates.dedup_by(|one, two| one.tree == two.tree && one.path == two.path);
    gathered.sort_out(candidates);
    Ok(gathered)
}

impl Gathered {
    /// The tree of a canonical place and its path in it.
    pub(super) fn locate(
        &mut self,
        place: &Path,
        absolute: bool,
        map: &Arc<SourceMap>,
    ) -> Result<(usize, String), String> {
        let tree = match &self.stands_in {
            Some((root, shown)) => Tree::shown_as(root, shown, map),
            None => Tree::around(place, absolute, map),
        };
        let tree = tree.map_err(|error| format!("`{}` cannot be read: {error}", place.display()))?;
        let known = self.trees.iter().position(|known| known.root == tree.root);
        let index = known.unwrap_or_else(|| {
            self.trees.push(tree);
            self.trees.len() - 1
        });
        let path = self.trees.get(index).and_then(|tree| tree.path_of(place)).unwrap_or_default();
        Ok((index, path))
    }

    /// Makes copies of modules known to every tree.
    pub(super) fn lend(&mut self, modules: &Path) -> Result<(), String> {
        let place = modules.canonicalize().ok().filter(|place| place.is_dir());
        let place = place.ok_or_else(|| format!("`--modules {}` is not a directory", modules.display()))?;
        let lent = std::mem::take(&mut self.trees).into_iter().map(|tree| tree.with_modules(&place, modules));
        let trees = lent.collect::<Result<_, _>>();
        self.trees = trees.map_err(|error| format!("`--modules {}`: {error}", modules.display()))?;
        Ok(())
    }

    /// Copies of modules are judged as they are called, unless the user asks for them.
    fn leave_copies(&self, candidates: &mut Vec<Candidate>) {
        let is_copy = |tree: usize, path: &str| self.trees.get(tree).is_some_and(|tree| tree.is_copy(path));
        if self.starts.iter().all(|(tree, start)| !is_copy(*tree, start)) {
            candidates.retain(|candidate| candidate.explicit || !is_copy(candidate.tree, &candidate.path));
        }
    }

    fn walk(
        &mut self,
        path: &str,
        request: &Request,
        map: &Arc<SourceMap>,
        candidates: &mut Vec<Candidate>,
    ) -> Result<(), String> {
        let typed = Path::new(path);
        let place = match typed.canonicalize() {
            Ok(place) => place,
            Err(error) => {
                let span = Span::start_of(map.add(path, ""));
                let message = format!("`{path}` cannot be read: {error}");
                self.problems.push(Problem::new(ProblemKind::Unreadable, span, message));
                return Ok(());
            }
        };
        let (tree, inside) = self.locate(&place, typed.is_absolute(), map)?;
        let is_directory = place.is_dir();
        let start = if is_directory { inside.clone() } else { parent(&inside).to_owned() };
        self.starts.push((tree, start));
        if !is_directory {
            // Whoever names a draft wants it read.
            let named = match Named::of(&place) {
                Named::Draft => Named::Other,
                named => named,
            };
            candidates.push(Candidate { tree, path: inside, named, explicit: true });
            return Ok(());
        }
        let left = Left { no_ignore: request.no_ignore, exclude: request.exclude.clone() };
        let (found, failed) = files(&place, &left)?;
        for message in failed {
            let span = Span::start_of(map.add(path, ""));
            self.problems.push(Problem::new(
                ProblemKind::Unreadable,
                span,
                format!("cannot be walked: {message}"),
            ));
        }
        let tree_at = self.trees.get(tree);
        candidates.extend(found.into_iter().filter_map(|file| {
            let named = Named::of(&file);
            Some(Candidate { tree, path: tree_at?.path_of(&file)?, named, explicit: false })
        }));
        Ok(())
    }

    fn read_piped(&mut self, map: &Arc<SourceMap>) {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().take(Limits::DEFAULT.plan_bytes).read_to_end(&mut bytes);
        let name = PIPED;
        if let Err(error) = read {
            let message = format!("standard input cannot be read: {error}");
            self.problems.push(Problem::new(
                ProblemKind::Unreadable,
                Span::start_of(map.add(name, "")),
                message,
            ));
            return;
        }
        let disk = Disk::memory([(name, bytes)], Arc::clone(map));
        match disk.read(name).map(|file| recognise_text(file, map.file(file).text())) {
            Ok(Recognised::Plan(file)) => {
                self.files += 1;
                self.plans.push((file, None));
            }
            Ok(Recognised::Unreadable(problem)) | Err(problem) => self.problems.push(problem),
            Ok(_) => {
                self.files += 1;
                self.piped = Some(disk);
            }
        }
    }

    /// Looks into the candidates, in parallel.
    fn sort_out(&mut self, candidates: Vec<Candidate>) {
        let trees = &self.trees;
        let looked: Vec<(Candidate, Recognised)> = candidates
            .into_par_iter()
            .filter_map(|candidate| {
                let tree = trees.get(candidate.tree)?;
                let look = || match candidate.named {
                    Named::Terraform => tree
                        .disk
                        .read(&candidate.path)
                        .err()
                        .map_or(Recognised::Silent, Recognised::Unreadable),
                    named => recognise(tree, &candidate.path, named),
                };
                let recognised = guarded(look).unwrap_or_else(|told| {
                    let file = tree.disk.map().add(tree.disk.shown(&candidate.path), "");
                    Recognised::Unreadable(internal(Span::start_of(file), &told))
                });
                Some((candidate, recognised))
            })
            .collect();
        for (candidate, recognised) in looked {
            self.keep(candidate, recognised);
        }
    }

    fn keep(&mut self, candidate: Candidate, recognised: Recognised) {
        let Candidate { tree, path, named, explicit } = candidate;
        if named == Named::Terraform {
            self.directories.insert((tree, parent(&path).to_owned()));
        }
        // A link that leads nowhere, or out of the tree, is no template that anybody forgot.
        let nothing_there = || !self.trees.get(tree).is_some_and(|tree| tree.disk.is_file(&path));
        match recognised {
            Recognised::Unreadable(_) if !explicit && named != Named::Terraform && nothing_there() => {}
            Recognised::Unreadable(problem) => self.problems.push(problem),
            Recognised::Foreign => {
                let tree = self.trees.get(tree).filter(|_| explicit);
                self.problems.extend(tree.map(|tree| Self::foreign(tree, &path)));
            }
            Recognised::Silent => self.files += 1,
            Recognised::Exporting => {
                self.files += 1;
                self.exporting.push((tree, path));
            }
            Recognised::Module(of) => {
                let disk = self.trees.get(tree).map(|tree| &tree.disk);
                let fragment = disk.and_then(|disk| cloudformation::fragment_of_project(disk, parent(&path)));
                self.modules.extend(fragment.map(|fragment| (tree, of, fragment)));
            }
            Recognised::Deployment(file, template) => {
                self.files += 1;
                self.deployments.push(Deployment { tree, file, template });
            }
            Recognised::Template => {
                self.files += 1;
                if explicit {
                    self.named.insert((tree, path.clone()));
                }
                self.templates.push((tree, path));
            }
            Recognised::Plan(file) => {
                self.files += 1;
                self.plans.push((file, Some((tree, parent(&path).to_owned()))));
            }
        }
    }

    /// A file that the user named and that is nothing to us.
    fn foreign(tree: &Tree, path: &str) -> Problem {
        let shown = tree.disk.shown(path);
        let span = Span::start_of(tree.disk.map().add(shown.clone(), ""));
        let what = match tree.disk.read(path) {
            Err(problem) => return problem,
            Ok(file) if tree.disk.map().file(file).text().is_empty() => "is empty",
            Ok(_) => "is neither Terraform, nor a plan, nor a CloudFormation template",
        };
        Problem::new(ProblemKind::Unreadable, span, format!("`{shown}` {what}"))
    }

    /// One session per tree.
    pub(super) fn sessions(&self) -> Vec<Session<'_>> {
        let trees = self.trees.iter();
        trees.map(|tree| Session::new(&tree.disk).with_modules(tree.modules.clone())).collect()
    }

    /// The templates of each tree.
    pub(super) fn stacks(&self) -> Vec<cloudformation::Session<'_>> {
        let modules = |index: usize| {
            let own = self.modules.iter().filter(move |(tree, ..)| *tree == index);
            own.map(|(_, of, fragment)| (of.clone(), fragment.clone()))
        };
        let trees = self.trees.iter().enumerate();
        trees
            .map(|(index, tree)| cloudformation::Session::new(&tree.disk).with_modules(modules(index)))
            .collect()
    }

    /// Tells the templates of each tree what they may import from each other.
    pub(super) fn exchange(
        &self,
        stacks: &[cloudformation::Session<'_>],
        units: &[Unit],
        given: &cloudformation::Given,
    ) {
        for (index, session) in stacks.iter().enumerate() {
            let inside = self.templates.iter().chain(&self.exporting).filter(|(tree, _)| *tree == index);
            let paths = inside.map(|(_, path)| path.clone()).filter(|path| !session.is_left_behind(path));
            let deployed = units.iter().filter_map(|unit| match unit {
                Unit::Template { tree, path, deployment: Some(_) } if *tree == index => Some(path.clone()),
                _ => None,
            });
            session.exchange(paths.collect(), deployed.collect(), given);
        }
    }

    /// What is given to the root modules of each tree.
    pub(super) fn givens(&self, request: &Request, map: &Arc<SourceMap>) -> Result<Vec<Given>, String> {
        let text = |origin: &str, (name, text): (&String, &String)| {
            let span = Span::new(map.add(format!("{origin}{name}"), text.as_str()), 0..text.len());
            (name.clone(), Value::text(Text::verbatim(text.as_str(), span), span))
        };
        let environment = request.environment.iter().map(|(name, value)| text("TF_VAR_", (name, value)));
        let environment: Vec<(String, Value)> = environment.collect();
        let values = request.typed.iter().map(|typed| match typed {
            Typed::Var(name, value) => Some(text("--var ", (name, value))),
            Typed::File(_) => None,
        });
        let values: Vec<Option<(String, Value)>> = values.collect();
        let given = |tree: &Tree| {
            let typed = request.typed.iter().zip(&values).map(|(typed, value)| match (typed, value) {
                (Typed::File(file), _) => Ok(terraform::Typed::File(var_file(tree, file)?)),
                (Typed::Var(name, _), None) => Err(format!("`--var {name}` has no value")),
                (_, Some((name, value))) => Ok(terraform::Typed::Var(name.clone(), value.clone())),
            });
            Ok(Given {
                environment: environment.clone(),
                typed: typed.collect::<Result<_, String>>()?,
                workspace: request.workspace.clone(),
            })
        };
        self.trees.iter().map(given).collect()
    }

    /// What is judged: root modules, templates and plans, in order.
    pub(super) fn units(
        &self,
        sessions: &[Session<'_>],
        stacks: &[cloudformation::Session<'_>],
    ) -> Vec<Unit> {
        let mut units = Vec::new();
        for (index, session) in sessions.iter().enumerate() {
            let inside = self.directories.iter().filter(|(tree, _)| *tree == index);
            let directories: Vec<String> = inside.map(|(_, path)| path.clone()).collect();
            units.extend(
                session.roots(&directories).into_iter().map(|path| Unit::Module { tree: index, path }),
            );
        }
        for (tree, session) in stacks.iter().enumerate() {
            let inside = self.templates.iter().filter(|(of, _)| *of == tree);
            let inside = inside.map(|(_, path)| path.clone());
            let paths: Vec<String> = inside
                .filter(|path| self.named.contains(&(tree, path.clone())) || !session.is_left_behind(path))
                .collect();
            let roots = session.roots(&paths);
            let made = |path: &String| deployment::units(&self.deployments, tree, path, &paths);
            units.extend(roots.iter().flat_map(made));
        }
        units.extend(self.piped.iter().map(|_| Unit::Piped));
        for (file, place) in &self.plans {
            let beside = || place.clone().filter(|place| self.has_terraform(place));
            units.push(Unit::Plan { file: *file, source: self.source.clone().or_else(beside) });
        }
        units
    }

    /// Whether a directory holds Terraform files.
    fn has_terraform(&self, (tree, path): &(usize, String)) -> bool {
        let names = self.trees.get(*tree).map(|tree| tree.disk.files_in(path)).unwrap_or_default();
        names.iter().any(|name| Named::of(Path::new(name)) == Named::Terraform)
    }
}

fn var_file(tree: &Tree, file: &Path) -> Result<String, String> {
    let place = file.canonicalize().map_err(|error| format!("`--var-file {}`: {error}", file.display()))?;
    tree.path_of(&place)
        .ok_or_else(|| format!("`--var-file {}` lies outside of the scanned tree", file.display()))
}

/// The directory of a path; empty at the root.
fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}
