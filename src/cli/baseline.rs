//! `kmsguard baseline`: accept what is found now, so that only what is new is told.

use super::scanned::Scanned;
use super::{Code, Failure, nothing, output};
use crate::scan::{self, Request, WantedBaseline};
use crate::suppress::baseline;
use std::path::PathBuf;

/// What `kmsguard baseline` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and directories to look at; `-` reads a plan from standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<String>,
    /// The file to write; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "kmsguard-baseline.json")]
    output: PathBuf,
    #[command(flatten)]
    scanned: Scanned,
    /// A directory or file with rules of your own, beside the built-in ones. May be given several times
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
    /// Which rules to ask, as for `kmsguard check`
    #[arg(long, value_name = "PROFILE", value_delimiter = ',')]
    profile: Vec<String>,
}

/// Scans, and writes what is found and not accepted otherwise.
pub(super) fn run(args: &Args) -> Result<Code, Failure> {
    let outcome = scan::scan(&Request {
        rules: args.rules.clone(),
        profiles: args.profile.clone(),
        baseline: WantedBaseline::No,
        ..args.scanned.request(&args.paths)
    })?;
    if outcome.files == 0 {
        return Err(Failure::Told(nothing::nothing("nothing to scan", &args.paths)));
    }
    let rules: Vec<&str> = outcome.rules.rules().iter().map(|rule| rule.id.as_str()).collect();
    let (text, count) = baseline::written(&outcome.apart, &rules, &scan::working_prefix(), &outcome.map);
    if args.output.as_os_str() == "-" {
        output::print(|out| out.write_all(text.as_bytes()))?;
    } else {
        let told = |error: std::io::Error| format!("cannot write `{}`: {error}", args.output.display());
        std::fs::write(&args.output, text).map_err(told)?;
        let are = if count == 1 { "finding is" } else { "findings are" };
        output::tell(&format!("{count} {are} accepted in `{}`", args.output.display()));
    }
    if outcome.incomplete {
        let what = "not everything could be looked at, so the baseline may lack something: `kmsguard check` says what";
        return Err(Failure::Told(what.to_owned()));
    }
    Ok(Code::Clean)
}
