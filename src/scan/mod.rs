//! From paths to findings: walk, group, load, judge; in parallel, in order.
//!
//! The unit of work is a root module, a template or a plan. What cannot be read is a finding too, and never keeps the
//! rest from being judged. What is easy to get wrong: a Terraform directory that another one calls is judged through
//! its callers, with their arguments; only directories that nobody calls are judged on their own.

mod console;
mod deployment;
mod discreet;
mod example;
mod gather;
mod guard;
mod house;
mod load;
mod parameters;
mod prepare;
mod progress;
mod recognise;
mod settings;
mod tidy;
mod tree;
mod unit;
mod walk;

use crate::config::Config;
use crate::finding::Finding;
use crate::rule::{self, Catalogue};
use crate::source::{Problem, ProblemKind, SourceMap};
use crate::suppress::{self, Comments, Ids};
use gather::Gathered;
use progress::Progress;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rustc_hash::FxHashSet;
use std::path::PathBuf;
use std::sync::Arc;
use unit::Judged;

pub use console::with_console;
pub use example::try_examples;
pub use house::with_rules;
pub use load::{Loaded, load};
pub use settings::{Settled, Wanted as WantedBaseline, selection, settled_here};
pub use tree::working_prefix;

/// What the user wants scanned.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Files and directories as typed; `-` is standard input.
    pub paths: Vec<String>,
    /// The directory with the source of the plans among them.
    pub source: Option<PathBuf>,
    /// The directory with copies of modules.
    pub modules: Option<PathBuf>,
    /// Values of Terraform variables in the environment: name and text.
    pub environment: Vec<(String, String)>,
    /// Values of Terraform variables as typed; the last one counts.
    pub typed: Vec<Typed>,
    /// Files with values for the parameters of templates; the last one counts.
    pub parameters: Vec<PathBuf>,
    /// The Terraform workspace.
    pub workspace: Option<String>,
    /// Whether ignore files are not honoured.
    pub no_ignore: bool,
    /// Globs of paths that are left out.
    pub exclude: Vec<String>,
    /// The settings file; searched for when not given.
    pub settings: Option<PathBuf>,
    /// Directories and files with rules of the house.
    pub rules: Vec<PathBuf>,
    /// Which baseline hides findings.
    pub baseline: WantedBaseline,
    /// The profiles, before what the settings say.
    pub profiles: Vec<String>,
    /// Threads; one per core when not given.
    pub threads: Option<usize>,
    /// Whether a bar may be shown on standard error.
    pub progress: bool,
    /// A directory that stands for another place, and what stands before its paths when they are shown: a revision
    /// that was written out, `main:`. All paths lie in it.
    pub stands_in: Option<(PathBuf, String)>,
}

/// A value of a Terraform variable, or a file of such.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Typed {
    /// `--var`: name and text.
    Var(String, String),
    /// `--var-file`.
    File(PathBuf),
}

/// What a scan found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The findings in their final order.
    pub findings: Vec<Finding>,
    /// The same, each on its own: before those that say the same of several resources or callers are put together.
    pub apart: Vec<Finding>,
    /// The texts that they point into.
    pub map: Arc<SourceMap>,
    /// The settings that held.
    pub config: Config,
    /// The rules that held.
    pub rules: Arc<Catalogue>,
    /// Files that were read as infrastructure code.
    pub files: usize,
    /// Keys found.
    pub keys: usize,
    /// Key policies judged.
    pub policies: usize,
    /// Files that could not be read or parsed.
    pub unreadable: usize,
    /// Whether anything kept the scan from looking at everything that it was asked to look at.
    pub incomplete: bool,
}

/// Scans.
///
/// # Errors
/// A sentence for the user when the request makes no sense: an invalid glob, a source directory that is not there.
pub fn scan(request: &Request) -> Result<Outcome, String> {
    pool(request)?.install(|| scan_here(request))
}

/// Threads that evaluators can recurse on as deep as the bound on nesting allows.
fn pool(request: &Request) -> Result<rayon::ThreadPool, String> {
    guard::silence();
    rayon::ThreadPoolBuilder::new()
        .thread_name(|number| format!("{} {number}", guard::THREADS))
        .num_threads(request.threads.unwrap_or(0))
        .stack_size(64 << 20)
        .build()
        .map_err(|error| format!("cannot start threads: {error}"))
}

fn scan_here(request: &Request) -> Result<Outcome, String> {
    let map = Arc::new(SourceMap::default());
    let (mut outcome, settled) = prepare::prepared(request, &map, |house, units, settled| {
        let progress = Progress::new(units.len(), request.progress);
        let judged: Vec<Judged> = units
            .par_iter()
            .map(|unit| {
                let judged = house.judge_guarded(unit);
                progress.advance();
                judged
            })
            .collect();
        progress.finish();
        outcome(house.gathered, settled, judged, &map)
    })?;
    outcome.config = settled.config;
    outcome.rules = settled.rules;
    outcome.map = map;
    Ok(outcome)
}

/// Everything put together.
fn outcome(gathered: &Gathered, settled: &Settled, judged: Vec<Judged>, map: &SourceMap) -> Outcome {
    let mut outcome = Outcome { files: gathered.files, ..Outcome::default() };
    let own: Vec<&Problem> = gathered.problems.iter().chain(&settled.problems).collect();
    outcome.count_problems(own.iter().copied().chain(judged.iter().flat_map(|unit| &unit.problems)));
    let mut findings: Vec<Finding> = own.into_iter().cloned().map(Finding::of_problem).collect();
    let mut remarks = Vec::new();
    let (mut comments, mut keys, mut policies) = (Vec::new(), Vec::new(), Vec::new());
    let mut accepted = Vec::new();
    for unit in judged {
        comments.extend(unit.comments);
        remarks.extend(unit.remarks);
        accepted.extend(unit.accepted);
        keys.extend(unit.keys);
        policies.extend(unit.policies);
        findings.extend(unit.findings);
    }
    discreet::discreet(&mut findings, map);
    let mut findings = tidy::tidy(findings, map);
    comments.sort();
    comments.dedup();
    remarks.sort();
    remarks.dedup();
    let stated = tidy::stated(accepted, map);
    let comments = Comments { written: &comments, remarks: &remarks, stated: &stated };
    accept(&mut findings, comments, settled, map);
    outcome.apart.clone_from(&findings);
    let mut findings = tidy::merge(tidy::gather(findings, map), map);
    rule::finish(&mut findings, map);
    outcome.keys = tidy::distinct(keys, map);
    outcome.policies = tidy::distinct(policies, map);
    outcome.findings = findings;
    outcome
}

/// Accepts findings: by comments, by the settings, by the baseline.
fn accept(findings: &mut Vec<Finding>, comments: Comments<'_>, settled: &Settled, map: &SourceMap) {
    let Settled { config, rules, baseline, .. } = settled;
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let (known, asked) = (rules.known_ids(), rule::asked(rules, config));
    suppress::apply(findings, comments, map, Ids { known: &known, asked: &asked }, today);
    suppress::entry::apply(findings, &config.accept, &asked, map, today);
    if let Some(baseline) = baseline {
        baseline.apply(findings, &asked, &working_prefix(), map);
    }
}

impl Outcome {
    /// Counts the files that could not be read or parsed, and notes whether anything was left unseen.
    fn count_problems<'a>(&mut self, problems: impl Iterator<Item = &'a Problem>) {
        let mut unreadable = FxHashSet::default();
        for problem in problems {
            self.incomplete |= problem.kind.hides();
            if matches!(problem.kind, ProblemKind::Syntax | ProblemKind::Unreadable) {
                unreadable.insert(problem.span.file);
            }
        }
        self.unreadable = unreadable.len();
    }
}
