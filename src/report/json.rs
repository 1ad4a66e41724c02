//! The report for programs: a versioned contract.
//!
//! Fields are only ever added; anything else raises [`VERSION`]. `kmsguard schema output` prints the JSON Schema that
//! is derived from these very types. What is easy to get wrong: lines and columns count from 1, columns in
//! characters, offsets in bytes from 0.

use super::{BySeverity, Printed, safe};
use crate::finding::{Certainty, Finding, Severity};
use crate::source::{Position, SourceMap, Span};
use schemars::JsonSchema;
use serde::Serialize;
use std::io::{self, Write};

/// The version of the contract.
const VERSION: u32 = 1;

/// What `kmsguard check --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "kmsguard output")]
struct Output {
    /// The version of this contract.
    version: u32,
    /// The counts of the run.
    summary: Counted,
    /// What was found, in the order of path, place and rule; accepted findings are not listed.
    findings: Vec<Found>,
}

/// The counts of a run.
#[derive(Serialize, JsonSchema)]
struct Counted {
    /// Files that were read as infrastructure code.
    files: usize,
    /// KMS keys found.
    keys: usize,
    /// Key policies judged.
    policies: usize,
    /// Certain findings by severity.
    findings: BySeverity,
    /// Findings that hold for some values of what is not known.
    undecided: usize,
    /// Findings that the user has accepted.
    suppressed: usize,
    /// Files that could not be read or parsed.
    unreadable: usize,
}

/// One finding.
#[derive(Serialize, JsonSchema)]
struct Found {
    /// The rule's id.
    rule: String,
    /// How bad it is.
    severity: Severity,
    /// Whether it holds for every value of what is not known.
    certainty: Certainty,
    /// What is wrong.
    message: String,
    /// What to do.
    help: Option<String>,
    /// The address of the resource; empty for a mistake in a file.
    resource: String,
    /// Other resources, most often instances of this one, in which the same is wrong at the same places: the first
    /// hundred addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    also: Vec<String>,
    /// How many others there are.
    #[serde(default, skip_serializing_if = "is_none")]
    also_count: usize,
    /// The stack that it is part of: its name, or the path of its template; only for templates.
    #[serde(skip_serializing_if = "Option::is_none")]
    stack: Option<String>,
    /// The path of the CDK construct that made the resource, where one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    construct: Option<String>,
    /// Where; exactly one label is primary, and it comes first.
    labels: Vec<Labelled>,
    /// Changes of text that repair it.
    fixes: Vec<Repair>,
    /// Stable while the finding stays the same, wherever it moves in its file.
    fingerprint: String,
}

/// A place with a fact about it.
#[derive(Serialize, JsonSchema)]
struct Labelled {
    /// Whether this is where the problem is.
    primary: bool,
    /// The file, relative to the working directory, with `/`.
    path: String,
    /// The first character.
    start: Point,
    /// Behind the last character.
    end: Point,
    /// The fact.
    message: String,
}

/// A place in a file.
#[derive(Serialize, JsonSchema)]
struct Point {
    /// The line, from 1.
    #[schemars(range(min = 1))]
    line: usize,
    /// The column in characters, from 1.
    #[schemars(range(min = 1))]
    column: usize,
    /// The offset in bytes, from 0.
    offset: usize,
}

/// A change of text that repairs a finding.
#[derive(Serialize, JsonSchema)]
struct Repair {
    /// What it does.
    title: String,
    /// What is replaced by what.
    edits: Vec<Edit>,
}

/// One replacement.
#[derive(Serialize, JsonSchema)]
struct Edit {
    /// The file, relative to the working directory, with `/`.
    path: String,
    /// The first character that is replaced.
    start: Point,
    /// Behind the last character that is replaced.
    end: Point,
    /// What stands there then.
    replacement: String,
}

/// Other instances that are listed.
const MOST_INSTANCES: usize = 100;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

/// The JSON Schema of the output.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Output).to_value()
}

/// Writes the report as JSON.
pub(super) fn write(printed: &Printed<'_>, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&output(printed))?;
    writeln!(out, "{}", safe::json(&text))
}

fn output(printed: &Printed<'_>) -> Output {
    let summary = printed.report.summary;
    let counts = printed.report.counts();
    Output {
        version: VERSION,
        summary: Counted {
            files: summary.files,
            keys: summary.keys,
            policies: summary.policies,
            findings: counts.certain,
            undecided: counts.undecided,
            suppressed: counts.suppressed,
            unreadable: summary.unreadable,
        },
        findings: printed.report.open().map(|finding| found(finding, printed.map)).collect(),
    }
}

fn found(finding: &Finding, map: &SourceMap) -> Found {
    let labels = finding.labels().enumerate().map(|(index, label)| {
        let (path, start, end) = place(label.span, map);
        Labelled { primary: index == 0, path, start, end, message: label.fact.clone() }
    });
    let fixes = finding.fixes.iter().map(|fix| Repair {
        title: fix.title.clone(),
        edits: fix
            .edits
            .iter()
            .map(|(span, replacement)| {
                let (path, start, end) = place(*span, map);
                Edit { path, start, end, replacement: replacement.clone() }
            })
            .collect(),
    });
    Found {
        rule: finding.rule.clone(),
        severity: finding.severity,
        certainty: finding.certainty,
        message: finding.message.clone(),
        help: finding.help.clone(),
        resource: finding.resource.clone(),
        also: finding.also.iter().take(MOST_INSTANCES).cloned().collect(),
        also_count: finding.also.len(),
        stack: finding.stack.clone(),
        construct: finding.construct.clone(),
        labels: labels.collect(),
        fixes: fixes.collect(),
        fingerprint: finding.fingerprint.clone(),
    }
}

fn place(span: Span, map: &SourceMap) -> (String, Point, Point) {
    let point = |at: Position| Point { line: at.line, column: at.column, offset: at.offset };
    let (start, end) = map.positions(span);
    (map.path(span.file), point(start), point(end))
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn printed() -> serde_json::Value {
        let (map, report) = fixture::report();
        let mut out = Vec::new();
        write(&fixture::printed(&map, &report), &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn output_follows_its_own_schema() {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        let output = printed();
        let errors: Vec<String> = validator.iter_errors(&output).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let mut wrong = output.clone();
        wrong["findings"][0]["severity"] = "awful".into();
        assert!(!validator.is_valid(&wrong));
    }

    #[test]
    fn accepted_findings_are_counted_and_not_listed() {
        let output = printed();
        assert_eq!(output["summary"]["suppressed"], 1);
        let (_, report) = fixture::report();
        assert_eq!(output["findings"].as_array().unwrap().len(), report.open().count());
        let keys: Vec<&String> = output["findings"][0].as_object().unwrap().keys().collect();
        let contract = [
            "rule",
            "severity",
            "certainty",
            "message",
            "help",
            "resource",
            "labels",
            "fixes",
            "fingerprint",
        ];
        assert_eq!(keys, contract);
    }

    #[test]
    fn offsets_are_bytes_and_columns_characters() {
        let map = SourceMap::default();
        let id = map.add("a.tf", "é = \"*\"\n");
        let (_, start, _) = place(Span::new(id, 6..7), &map);
        assert_eq!((start.line, start.column, start.offset), (1, 6, 6));
    }
}
