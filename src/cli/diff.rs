//! `kmsguard diff`: what a change lets in, shuts out or locks.

mod told;

use super::keys::{self, Keys};
use super::output::{self, Color};
use super::scanned::Scanned;
use super::who_can::Print;
use super::{Code, Failure, git, policy_file};
use crate::diff::{Changed, diff};
use crate::finding::{Certainty, Finding};
use crate::report::{self, safe};
use crate::scan::{Request, Typed};
use crate::source::SourceMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What `kmsguard diff` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// As it was: a directory, a Terraform file, template or policy document, or a git revision. With one argument a
    /// plan, which holds both sides; with --base what is compared with the revision
    #[arg(value_name = "OLD")]
    old: Option<String>,
    /// As it will be
    #[arg(value_name = "NEW", conflicts_with = "base")]
    new: Option<String>,
    /// Compare the working tree with this git revision
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// The account that the keys belong to, where their source does not tell it
    #[arg(long, value_name = "ID", value_parser = super::can::account)]
    key_account: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Print,
    #[command(flatten)]
    scanned: Scanned,
    /// New access is told, and does not make the exit code 1
    #[arg(long)]
    allow_new_access: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value_t)]
    color: Color,
}

/// Compares and reports.
pub(super) fn run(args: &Args) -> Result<Code, Failure> {
    let map = Arc::new(SourceMap::default());
    let (old, new) = sides(args, &map)?;
    let (old, new) = (old.of_account(args.key_account.as_ref()), new.of_account(args.key_account.as_ref()));
    let changes: Vec<Changed<'_>> = diff(&old.now, &new.now)
        .into_iter()
        .filter(|change| change.is_change() || change.is_hidden())
        .collect();
    let incomplete = warn(&old, &map) | warn(&new, &map);
    let whole = !old.leaves_out() && !new.leaves_out();
    let told: Vec<told::KeyTold> = changes.iter().map(|change| told::key(change, &map)).collect();
    match args.format {
        Print::Text => {
            let look = output::look(args.color, false);
            output::print(|out| write((&changes, whole), &map, look, out))?;
        }
        Print::Json => {
            let told = told::Told { version: 1, keys: told };
            let text = serde_json::to_string_pretty(&told).map_err(|error| error.to_string())?;
            output::print(|out| writeln!(out, "{}", safe::json(&text)))?;
        }
    }
    if incomplete {
        return Ok(Code::Failed);
    }
    let widens = changes.iter().any(told::widens) && !args.allow_new_access;
    let locks = changes.iter().any(|change| change.lockout.is_some());
    Ok(if widens || locks { Code::Findings } else { Code::Clean })
}

/// Says what could not be read; whether anything could not.
fn warn(keys: &Keys, map: &SourceMap) -> bool {
    for problem in &keys.problems {
        output::tell(&format!("warning: {}", policy_file::told(problem, map)));
    }
    keys.is_incomplete()
}

/// The two sides that were named.
fn sides(args: &Args, map: &Arc<SourceMap>) -> Result<(Keys, Keys), Failure> {
    let here = || ".".to_owned();
    if let Some(base) = &args.base {
        let path = args.old.clone().unwrap_or_else(here);
        return Ok((revision(&path, base, args, map)?, read(&path, args, map)?));
    }
    let old = args
        .old
        .as_ref()
        .ok_or_else(|| "nothing to compare: give two paths, a plan, or `--base REV`".to_owned())?;
    if let Some(new) = &args.new {
        return Ok((side(old, args, map)?, side(new, args, map)?));
    }
    let mut keys = read(old, args, map)?;
    if !keys.plan {
        let sentence = format!(
            "`{old}` is no plan, so there is nothing to compare it with: give two paths, or `--base REV`"
        );
        return Err(Failure::Told(sentence));
    }
    let before = Keys { now: std::mem::take(&mut keys.before), files: keys.files, ..Keys::default() };
    Ok((before, keys))
}

/// A path, or else a revision.
fn side(name: &str, args: &Args, map: &Arc<SourceMap>) -> Result<Keys, Failure> {
    if !Path::new(name).exists() && name != "-" && git::is_revision(Path::new("."), name) {
        return revision(".", name, args, map);
    }
    read(name, args, map)
}

fn read(path: &str, args: &Args, map: &Arc<SourceMap>) -> Result<Keys, Failure> {
    if path != "-" && !Path::new(path).exists() {
        return Err(Failure::Told(format!("`{path}` is neither a path nor a revision that git knows")));
    }
    let keys = keys::read(&args.scanned.request(&[path.to_owned()]), map)?;
    something(keys, path)
}

fn revision(path: &str, name: &str, args: &Args, map: &Arc<SourceMap>) -> Result<Keys, Failure> {
    let written = git::write_out(Path::new(path), name)?;
    if !written.inside.exists() {
        // The path is new since then.
        return Ok(Keys::default());
    }
    let paths = [written.inside.to_string_lossy().into_owned()];
    let stands_in = Some((written.root()?, written.shown.clone()));
    let mut request = Request { stands_in, ..args.scanned.request(&paths) };
    // A file of values counts as it was then. One that is new since then gave nothing; one beside the repository is the
    // same on both sides, one that is nowhere is told.
    request.typed = request.typed.into_iter().filter_map(|typed| then(typed, &written)).collect();
    let parameters = request.parameters.into_iter();
    request.parameters = parameters.filter_map(|file| file_then(file, &written)).collect();
    // So do copies of modules; those that the revision does not have are the same on both sides.
    request.modules = request
        .modules
        .map(|modules| written.counterpart(&modules).filter(|then| then.is_dir()).unwrap_or(modules));
    Ok(keys::read(&request, map)?)
}

fn then(typed: Typed, written: &git::Written) -> Option<Typed> {
    match typed {
        Typed::File(file) => file_then(file, written).map(Typed::File),
        typed @ Typed::Var(..) => Some(typed),
    }
}

fn file_then(file: PathBuf, written: &git::Written) -> Option<PathBuf> {
    match written.counterpart(&file) {
        Some(then) => Some(then).filter(|then| then.is_file()),
        None => Some(file),
    }
}

fn something(keys: Keys, path: &str) -> Result<Keys, Failure> {
    if keys.files == 0 && keys.problems.is_empty() {
        return Err(Failure::Told(format!(
            "nothing to compare: no Terraform, no plan, no template and no policy document in `{path}`"
        )));
    }
    Ok(keys)
}

fn write(
    (changes, whole): (&[Changed<'_>], bool),
    map: &SourceMap,
    look: report::Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut all: Vec<Finding> = Vec::new();
    for change in changes {
        let Some(held) = change.held() else { continue };
        writeln!(out, "{}{}", safe::line(&held.address), told::what(change))?;
        let findings = told::findings(change, map);
        writeln!(out)?;
        for finding in &findings {
            report::draw(finding, map, look, out)?;
        }
        all.extend(findings);
    }
    let count =
        |rule: &str| all.iter().filter(|one| one.rule == rule && one.certainty == Certainty::Certain).count();
    let undecided = all.iter().filter(|one| one.certainty == Certainty::Undecided).count();
    let keys = changes.len();
    if keys == 0 {
        let known = if whole { "" } else { ", as far as could be read" };
        return writeln!(out, "nobody gains or loses access{known}");
    }
    writeln!(
        out,
        "{keys} {} changed: {} new access, {} lost access, {} new lockout, {undecided} undecided",
        if keys == 1 { "key" } else { "keys" },
        count("new-access"),
        count("lost-access"),
        count("new-lockout"),
    )
}
