//! `kmsguard rules`: list the rules, or try those of the house.

use super::house::{self, House};
use super::page::{RESERVED, reserved_severity};
use super::{Code, Failure, output};
use crate::config::{Profile, Selection};
use crate::finding::Severity;
use crate::report::safe;
use crate::rule::{Catalogue, Mapping, Origin};
use crate::scan::{selection, try_examples, with_rules};
use crate::source::SourceMap;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

/// What `kmsguard rules` takes.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    house: House,
    /// Only the rules of a profile: default, strict, pedantic, fsbp, cis-7.0, nist-800-53, pci-dss; several are joined
    /// by `,`
    #[arg(long, value_name = "PROFILE", value_delimiter = ',')]
    profile: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Print,
}

/// What can be done with rules besides listing them.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Run the examples of rule files: what is flagged, what is accepted, and what differs
    Test(TestArgs),
}

/// What `kmsguard rules test` takes.
#[derive(Debug, clap::Args)]
struct TestArgs {
    /// Directories and files with rules
    #[arg(value_name = "DIR", required = true)]
    rules: Vec<PathBuf>,
}

/// How the list is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
enum Print {
    /// A table
    #[default]
    Text,
    /// An array of objects
    Json,
}

/// A rule in the list.
#[derive(Debug, Serialize)]
struct Listed<'a> {
    id: &'a str,
    severity: Severity,
    title: &'a str,
    tags: &'a [String],
    /// The narrowest profile that has it.
    profile: Option<Profile>,
    mappings: Vec<Control<'a>>,
    /// The file of a rule of the house.
    path: Option<&'a str>,
    /// Whether that rule stands for a built-in one.
    overrides: bool,
    /// Whether it is a mistake in a file rather than a rule of the catalogue.
    reserved: bool,
}

/// A published control.
#[derive(Debug, Serialize)]
struct Control<'a> {
    standard: &'a str,
    control: &'a str,
}

impl<'a> Control<'a> {
    fn of(mapping: &'a Mapping) -> Self {
        Self { standard: &mapping.standard, control: &mapping.control }
    }
}

/// Prints the list, or tries examples.
pub(super) fn run(args: &Args) -> Result<Code, Failure> {
    if let Some(Command::Test(args)) = &args.command {
        return test(args);
    }
    let held = args.house.settled()?;
    let selection = if args.profile.is_empty() { None } else { Some(selection(&args.profile, &held.rules)?) };
    let listed = listed(&held.rules, selection.as_ref());
    match args.format {
        Print::Text => output::print(|out| out.write_all(table(&listed).as_bytes()))?,
        Print::Json => {
            let text = serde_json::to_string_pretty(&listed).map_err(|error| error.to_string())?;
            output::print(|out| writeln!(out, "{text}"))?;
        }
    }
    Ok(house::tell(&held))
}

/// The rules of a selection; without one all, and the ids that no rule has.
fn listed<'a>(catalogue: &'a Catalogue, selection: Option<&Selection>) -> Vec<Listed<'a>> {
    let wanted = catalogue.rules().iter().filter(|rule| selection.is_none_or(|it| rule.is_selected(it)));
    let rules = wanted.map(|rule| {
        let (path, overrides) = match &rule.origin {
            Origin::BuiltIn => (None, false),
            Origin::House { path, overrides } => (Some(path.as_str()), *overrides),
        };
        Listed {
            id: &rule.id,
            severity: rule.severity,
            title: &rule.title,
            tags: &rule.tags,
            profile: Some(rule.profile),
            mappings: rule.mappings.iter().map(Control::of).collect(),
            path,
            overrides,
            reserved: false,
        }
    });
    let reserved = RESERVED.iter().filter(|_| selection.is_none()).map(|(id, title, _)| Listed {
        id,
        severity: reserved_severity(id),
        title,
        tags: &[],
        profile: None,
        mappings: Vec::new(),
        path: None,
        overrides: false,
        reserved: true,
    });
    rules.chain(reserved).collect()
}

fn table(listed: &[Listed<'_>]) -> String {
    let widest = listed.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in listed {
        let (severity, profile) = (rule.severity.name(), rule.profile.map_or("", Profile::name));
        let _ = write!(text, "{:widest$}  {severity:8}  {profile:8}  {}", rule.id, safe::line(rule.title));
        if let Some(path) = rule.path {
            let instead = if rule.overrides { ", instead of the built-in rule" } else { "" };
            let _ = write!(text, " ({}{instead})", safe::line(path));
        }
        text.push('\n');
    }
    text
}

/// Runs the examples of rule files and says what differs.
fn test(args: &TestArgs) -> Result<Code, Failure> {
    let map = Arc::new(SourceMap::default());
    let (catalogue, problems) = with_rules(&args.rules, &map)?;
    let known = catalogue.known_ids();
    let (mut text, mut differing, mut tried) = (String::new(), 0, 0);
    for rule in catalogue.rules().iter().filter(|rule| rule.origin != Origin::BuiltIn) {
        tried += 1;
        let (flagged, accepted) = (rule.examples.flagged.len(), rule.examples.accepted.len());
        let faults = try_examples(rule, &known);
        let verdict = match (faults.is_empty(), flagged + accepted) {
            (false, _) => "differs",
            (true, 0) => "no examples",
            (true, _) => "ok",
        };
        let _ = writeln!(text, "{}: {verdict} ({flagged} flagged, {accepted} accepted)", rule.id);
        for fault in &faults {
            let _ = writeln!(text, "  {}", safe::line(fault));
        }
        differing += usize::from(!faults.is_empty());
    }
    let _ = writeln!(text, "{tried} rules, {differing} with examples that differ");
    output::print(|out| out.write_all(text.as_bytes()))?;
    house::tell_all(&problems, &map);
    Ok(match (problems.is_empty(), differing) {
        (false, _) => Code::Failed,
        (true, 0) => Code::Clean,
        (true, _) => Code::Findings,
    })
}
