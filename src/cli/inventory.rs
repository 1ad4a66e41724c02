//! `kmsguard inventory`: what there is, without judgement.
//!
//! What is easy to get wrong: a key without a stated policy has one all the same, the default key policy, unless one is
//! stated out of sight.

mod document;
mod entry;

use super::output::{self, tell_problem};
use super::scanned::Scanned;
use super::{Code, Failure, nothing};
use crate::report::safe;
use crate::scan;
use crate::source::SourceMap;
use entry::{Entry, entries};
use serde::Serialize;
use std::fmt::Write as _;
use std::sync::Arc;

/// What `kmsguard inventory` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and directories to look at; `-` reads a plan from standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Print,
    #[command(flatten)]
    scanned: Scanned,
}

/// How the inventory is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
enum Print {
    /// A table, and the policies below it
    #[default]
    Text,
    /// An object with `version` and `entries`
    Json,
}

/// The JSON form.
#[derive(Serialize)]
struct Printed<'a> {
    version: &'static str,
    entries: &'a [Entry],
}

/// Prints the inventory. Exit code 2 when something could not be looked at.
pub(super) fn run(args: &Args) -> Result<Code, Failure> {
    let map = Arc::new(SourceMap::default());
    let loaded = scan::load(&args.scanned.request(&args.paths), &map)?;
    for problem in &loaded.problems {
        tell_problem(problem, &map);
    }
    let entries: Vec<Entry> = loaded.units.iter().flat_map(|(_, declared)| entries(declared, &map)).collect();
    match args.format {
        Print::Text => output::print(|out| out.write_all(text(&entries).as_bytes()))?,
        Print::Json => {
            let printed = Printed { version: "1.0", entries: &entries };
            let text = serde_json::to_string_pretty(&printed).map_err(|error| error.to_string())?;
            output::print(|out| writeln!(out, "{}", safe::json(&text)))?;
        }
    }
    if loaded.files == 0 && loaded.problems.is_empty() {
        return Err(Failure::Told(nothing::nothing("nothing to read", &args.paths)));
    }
    let hidden = loaded.problems.iter().any(|problem| problem.kind.hides());
    Ok(if hidden { Code::Failed } else { Code::Clean })
}

/// The table, and the policies below it.
fn text(entries: &[Entry]) -> String {
    let row = |entry: &Entry| {
        [entry.kind.to_owned(), entry.address.clone(), entry.place.to_string(), entry.about()]
    };
    let head = ["KIND", "ADDRESS", "PLACE", "ABOUT"].map(str::to_owned);
    let rows: Vec<[String; 4]> = std::iter::once(head).chain(entries.iter().map(row)).collect();
    let mut widths = [0; 4];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let [kind, address, place, _] = widths;
    let mut out = String::new();
    for [one, two, three, four] in &rows {
        let line = format!("{one:kind$}  {two:address$}  {three:place$}  {four}");
        let _ = writeln!(out, "{}", safe::line(line.trim_end()));
    }
    for entry in entries.iter().filter(|entry| !entry.policy.is_empty()) {
        let head = format!("{} of {} ({})", entry.kind, entry.address, entry.place);
        let _ = writeln!(out, "\n{}", safe::line(&head));
        for case in &entry.policy {
            if let Some(when) = &case.when {
                let _ = writeln!(out, "  where {}:", safe::line(when));
            }
            for line in case.text.lines() {
                let _ = writeln!(out, "  {}", safe::line(line));
            }
            for missing in &case.unknown {
                let why = format!("  ${{{}}} {} ({})", missing.name, missing.reason, missing.place);
                let _ = writeln!(out, "{}", safe::line(&why));
            }
        }
    }
    out
}
