//! `kmsguard check`: look for problems.

use super::output::{self, Color};
use super::scanned::Scanned;
use super::{Code, Failure, nothing, page, settle};
use crate::finding::Severity;
use crate::report::{self, Format, Look, Printed, Report, Summary};
use crate::scan::{self, Outcome, Request, WantedBaseline};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::str::FromStr;

/// What `kmsguard check` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and directories to look at; `-` reads a plan from standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<String>,
    /// How to report: text, json, sarif or github; with `=FILE` into a file. May be given several times
    #[arg(long, value_name = "FORMAT[=FILE]")]
    format: Vec<Wanted>,
    /// The least severity that makes the exit code 1 [default: medium, or what the settings say]
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<settle::Threshold>,
    /// Whether findings that cannot be decided are notes or count as findings
    #[arg(long, value_enum, default_value_t)]
    undecided: settle::Undecided,
    #[command(flatten)]
    scanned: Scanned,
    /// A directory or file with rules of your own, beside the built-in ones. May be given several times
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
    /// A file with findings that are accepted, written by `kmsguard baseline` [default: what the settings say]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Which rules to ask: default, strict, pedantic, fsbp, cis-7.0, nist-800-53, pci-dss; several are joined by `,`
    #[arg(long, value_name = "PROFILE", value_delimiter = ',')]
    profile: Vec<String>,
    /// Threads [default: one per core]
    #[arg(short = 'j', long, value_name = "N")]
    threads: Option<usize>,
    /// When to use colours
    #[arg(long, value_enum, default_value_t)]
    color: Color,
    /// Print the summary line only
    #[arg(short, long)]
    quiet: bool,
}

/// A format, and the file that it goes to.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Wanted {
    format: Format,
    file: Option<PathBuf>,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let (name, file) = match typed.split_once('=') {
            Some((_, "")) => return Err("the file's name is missing behind `=`".to_owned()),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (typed, None),
        };
        Ok(Self { format: name.parse()?, file })
    }
}

/// Scans and reports.
pub(super) fn run(args: &Args) -> Result<Code, Failure> {
    let formats = formats(&args.format)?;
    let look = output::look(args.color, args.quiet);
    let outcome = scan::scan(&request(args))?;
    let nothing = outcome.files == 0 && outcome.findings.is_empty();
    let fail_on =
        args.fail_on.map(|threshold| threshold.0).or(outcome.config.fail_on).unwrap_or(Severity::Medium);
    let code = if nothing || outcome.incomplete {
        Code::Failed
    } else {
        settle::settle(&outcome.findings, fail_on, args.undecided)
    };
    report_all(outcome, &formats, look, code)?;
    if nothing {
        return Err(Failure::Told(nothing::nothing("nothing to scan", &args.paths)));
    }
    Ok(code)
}

/// The formats wanted; text when none is. Only one can go to standard output.
fn formats(wanted: &[Wanted]) -> Result<Vec<Wanted>, String> {
    let printed: Vec<&Wanted> = wanted.iter().filter(|wanted| wanted.file.is_none()).collect();
    if printed.len() > 1 {
        return Err(
            "only one format can go to standard output, give the others a file: `--format sarif=FILE`".into(),
        );
    }
    if wanted.is_empty() {
        return Ok(vec![Wanted { format: Format::Text, file: None }]);
    }
    Ok(wanted.to_vec())
}

fn request(args: &Args) -> Request {
    Request {
        rules: args.rules.clone(),
        profiles: args.profile.clone(),
        baseline: args.baseline.clone().map_or(WantedBaseline::OfSettings, WantedBaseline::File),
        threads: args.threads,
        progress: std::io::stderr().is_terminal() && !args.quiet,
        ..args.scanned.request(&args.paths)
    }
}

/// Writes every format to its place.
fn report_all(outcome: Outcome, formats: &[Wanted], look: Look, code: Code) -> Result<(), Failure> {
    let summary = Summary {
        files: outcome.files,
        keys: outcome.keys,
        policies: outcome.policies,
        unreadable: outcome.unreadable,
    };
    let rules = page::cards(&outcome.rules);
    let report = Report { findings: outcome.findings, summary };
    let prefix = scan::working_prefix();
    let printed = Printed {
        report: &report,
        map: &outcome.map,
        rules: &rules,
        prefix: &prefix,
        exit_code: code as u8,
        look,
    };
    // Files first: a reader of standard output that goes away must not cost them.
    for Wanted { format, file } in formats {
        if let Some(file) = file {
            let told = |error: std::io::Error| format!("cannot write `{}`: {error}", file.display());
            let mut out = BufWriter::new(File::create(file).map_err(told)?);
            let plain = Printed { look: Look { quiet: look.quiet, ..Look::default() }, ..printed };
            format.write(&plain, &mut out).and_then(|()| out.flush()).map_err(told)?;
        }
    }
    if formats.iter().any(|wanted| wanted.format == Format::Github) {
        write_step_summary(&printed)?;
    }
    for wanted in formats.iter().filter(|wanted| wanted.file.is_none()) {
        output::print(|out| wanted.format.write(&printed, out))?;
    }
    Ok(())
}

/// Appends to the file that GitHub Actions names, if it names one.
fn write_step_summary(printed: &Printed<'_>) -> Result<(), String> {
    let Some(file) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty()) else {
        return Ok(());
    };
    let appended = OpenOptions::new().create(true).append(true).open(&file);
    appended
        .and_then(|mut out| out.write_all(report::step_summary(printed).as_bytes()))
        .map_err(|error| format!("cannot write the step summary: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_name_their_files() {
        let wanted: Wanted = "sarif=out/a=b.sarif".parse().unwrap();
        assert_eq!(wanted, Wanted { format: Format::Sarif, file: Some("out/a=b.sarif".into()) });
        assert!("sarif=".parse::<Wanted>().is_err());
        assert!("xml".parse::<Wanted>().unwrap_err().contains("text, json, sarif, github"));
    }

    #[test]
    fn one_format_goes_to_standard_output() {
        let wanted = |typed: &str| typed.parse::<Wanted>().unwrap();
        assert!(formats(&[wanted("text"), wanted("json")]).is_err());
        assert_eq!(formats(&[]).unwrap(), [wanted("text")]);
        assert_eq!(formats(&[wanted("text"), wanted("json=o")]).unwrap().len(), 2);
    }
}
