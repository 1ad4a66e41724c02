//! `kmsguard rules`: list the rules.

use super::page::{RESERVED, reserved_severity};
use super::{Code, Failure, output};
use crate::finding::Severity;
use crate::rule::{Catalogue, Mapping};
use serde::Serialize;

/// What `kmsguard rules` takes.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Args {
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Print,
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
    mappings: Vec<Control<'a>>,
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

/// Prints the list.
pub(super) fn run(args: Args) -> Result<Code, Failure> {
    let listed = listed(Catalogue::built_in());
    match args.format {
        Print::Text => output::print(|out| out.write_all(table(&listed).as_bytes()))?,
        Print::Json => {
            let text = serde_json::to_string_pretty(&listed).map_err(|error| error.to_string())?;
            output::print(|out| writeln!(out, "{text}"))?;
        }
    }
    Ok(Code::Clean)
}

fn listed(catalogue: &Catalogue) -> Vec<Listed<'_>> {
    let rules = catalogue.rules().iter().map(|rule| Listed {
        id: &rule.id,
        severity: rule.severity,
        title: &rule.title,
        tags: &rule.tags,
        mappings: rule.mappings.iter().map(Control::of).collect(),
        reserved: false,
    });
    let reserved = RESERVED.iter().map(|(id, title, _)| Listed {
        id,
        severity: reserved_severity(id),
        title,
        tags: &[],
        mappings: Vec::new(),
        reserved: true,
    });
    rules.chain(reserved).collect()
}

fn table(listed: &[Listed<'_>]) -> String {
    let widest = listed.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let rows = listed.iter().map(|rule| {
        let (id, severity) = (rule.id, rule.severity.name());
        format!("{id:widest$}  {severity:8}  {}\n", rule.title)
    });
    rows.collect::<Vec<_>>().concat()
}
