//! One door for every format.
//!
//! A [`Report`] is finished before it comes here: the findings are in their final order and say what they mean. Each
//! format is one file with one function that writes the whole report. What is easy to get wrong: texts of a finding
//! quote the user's files, and those are hostile; every format makes them safe for its own reader ([`safe`]).

#[cfg(test)]
mod fixture;
mod github;
mod json;
mod page;
mod place;
pub mod safe;
mod sarif;
mod text;

use crate::finding::{Certainty, Finding, Severity};
use crate::source::SourceMap;
use serde::Serialize;
use std::io::{self, Write};
use std::str::FromStr;

pub use json::schema;

/// What a run found, ready to be printed.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The findings in their final order, accepted ones included.
    pub findings: Vec<Finding>,
    /// The counts.
    pub summary: Summary,
}

/// The counts of a run. Findings are counted by the reporters from [`Report::findings`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Files that were read as infrastructure code.
    pub files: usize,
    /// Keys found.
    pub keys: usize,
    /// Key policies judged.
    pub policies: usize,
    /// Files that could not be read or parsed.
    pub unreadable: usize,
}

/// Findings that are certain and not accepted, by severity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, schemars::JsonSchema)]
pub struct BySeverity {
    /// Anyone gets in, or nobody ever again.
    pub critical: usize,
    /// It will fail, or expose, or lose something.
    pub high: usize,
    /// Worth changing before it is applied.
    pub medium: usize,
    /// Worth tidying.
    pub low: usize,
    /// Worth knowing.
    pub info: usize,
}

/// What the findings come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Certain and not accepted.
    pub certain: BySeverity,
    /// Possible and not accepted.
    pub undecided: usize,
    /// Accepted.
    pub suppressed: usize,
}

impl BySeverity {
    /// The count of one severity.
    pub fn of(&mut self, severity: Severity) -> &mut usize {
        match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Info => &mut self.info,
        }
    }

    /// All of them.
    pub fn total(self) -> usize {
        self.critical + self.high + self.medium + self.low + self.info
    }
}

impl Report {
    /// The findings that are not accepted.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.accepted.is_none())
    }

    /// Counts the findings.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for finding in &self.findings {
            match (&finding.accepted, finding.certainty) {
                (Some(_), _) => counts.suppressed += 1,
                (None, Certainty::Undecided) => counts.undecided += 1,
                (None, Certainty::Certain) => *counts.certain.of(finding.severity) += 1,
            }
        }
        counts
    }

    /// The open findings, the worst first and certain ones before possible ones, otherwise in their order.
    fn worst_first(&self) -> Vec<&Finding> {
        let mut findings: Vec<&Finding> = self.open().collect();
        findings.sort_by_key(|finding| (finding.certainty, std::cmp::Reverse(finding.severity)));
        findings
    }
}

/// What a report says about a rule, for the formats that carry a catalogue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleCard {
    /// Its id.
    pub id: String,
    /// One line.
    pub title: String,
    /// Why it matters and what to do, in Markdown.
    pub help: String,
    /// Its severity.
    pub severity: Severity,
    /// Words to find it by.
    pub tags: Vec<String>,
}

/// A report with all that is needed to print it.
#[derive(Clone, Copy, Debug)]
pub struct Printed<'a> {
    /// What was found.
    pub report: &'a Report,
    /// The texts that the spans point into.
    pub map: &'a SourceMap,
    /// The rule catalogue, reserved ids included.
    pub rules: &'a [RuleCard],
    /// The path of the working directory inside its repository, empty or ending in `/`.
    pub prefix: &'a str,
    /// The exit code that the run will end with.
    pub exit_code: u8,
    /// How the text format looks.
    pub look: Look,
}

/// How the text format looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Look {
    /// With colours.
    pub color: bool,
    /// With line-drawing characters instead of ASCII.
    pub unicode: bool,
    /// Columns of the terminal; `None` leaves lines unwrapped.
    pub width: Option<usize>,
    /// Only the summary line.
    pub quiet: bool,
}

/// A format of the report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Format {
    /// For people.
    Text,
    /// For programs; a versioned contract.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations and step summary of GitHub Actions.
    Github,
}

impl Format {
    /// All formats with their names.
    pub const ALL: [(&'static str, Self); 4] =
        [("text", Self::Text), ("json", Self::Json), ("sarif", Self::Sarif), ("github", Self::Github)];

    /// Writes the whole report.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(self, printed: &Printed<'_>, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Text => text::write(printed, out),
            Self::Json => json::write(printed, out),
            Self::Sarif => sarif::write(printed, out),
            Self::Github => github::write(printed, out),
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, format)| format).ok_or_else(|| {
            let names = Self::ALL.map(|(known, _)| known).join(", ");
            format!("unknown format `{name}`, the formats are {names}")
        })
    }
}

pub use github::step_summary;
pub use text::draw;
