//! SARIF 2.1.0, for code scanning.
//!
//! The shape follows the OASIS standard and what GitHub's ingestion asks for on top: paths from the repository's
//! root, `security-severity` on rules, line hashes. Accepted findings stay in it as `suppressions`. What is easy to
//! get wrong: columns count UTF-16 code units, and the report says so (`columnKind`).

mod shape;

use super::place::{line_hashes, uri};
use super::{Printed, RuleCard, safe};
use crate::finding::{Acceptance, Certainty, Finding, Fix, Label, Severity};
use crate::source::{FileId, Span};
use rustc_hash::FxHashMap;
use shape::{
    ArtifactChange, ArtifactLocation, Automation, Configuration, Content, Driver, Fingerprints, Invocation,
    Location, Log, Message, PhysicalLocation, Properties, Region, Repair, Replacement, ReportingDescriptor,
    ResultEntry, Run, Suppression, Tool,
};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Where relative paths start; GitHub knows it as the root of the repository.
const ROOT: &str = "%SRCROOT%";

/// Writes the report as SARIF.
pub(super) fn write(printed: &Printed<'_>, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&log(printed))?;
    writeln!(out, "{}", safe::json(&text))
}

fn log(printed: &Printed<'_>) -> Log {
    let mut rules: Vec<ReportingDescriptor> = printed.rules.iter().map(descriptor).collect();
    let mut index: FxHashMap<String, usize> =
        printed.rules.iter().enumerate().map(|(at, rule)| (rule.id.clone(), at)).collect();
    let mut writer = Writer { printed, hashes: FxHashMap::default() };
    let mut results = Vec::new();
    for finding in &printed.report.findings {
        let at = *index.entry(finding.rule.clone()).or_insert_with(|| {
            rules.push(descriptor(&unlisted(finding)));
            rules.len() - 1
        });
        results.push(writer.result(finding, at));
    }
    let version = env!("CARGO_PKG_VERSION");
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "kmsguard",
                    full_name: format!("kmsguard {version}"),
                    semantic_version: version,
                    information_uri: Some(env!("CARGO_PKG_REPOSITORY")).filter(|uri| !uri.is_empty()),
                    rules,
                },
            },
            invocations: [Invocation {
                execution_successful: printed.exit_code != 2,
                exit_code: printed.exit_code,
            }],
            automation_details: Automation { id: "kmsguard/" },
            column_kind: "utf16CodeUnits",
            results,
        }],
    }
}

fn unlisted(finding: &Finding) -> RuleCard {
    RuleCard {
        id: finding.rule.clone(),
        title: finding.rule.replace('-', " "),
        help: finding.help.clone().unwrap_or_else(|| finding.message.clone()),
        severity: finding.severity,
        tags: Vec::new(),
    }
}

fn descriptor(rule: &RuleCard) -> ReportingDescriptor {
    ReportingDescriptor {
        id: rule.id.clone(),
        // A name that only repeats the id says nothing (SARIF1001).
        name: Some(pascal(&rule.id)).filter(|name| !name.eq_ignore_ascii_case(&rule.id)),
        short_description: Message::text(sentence(&rule.title)),
        full_description: Message::text(sentence(&rule.title)),
        help: Content::markdown(&rule.help),
        default_configuration: Configuration { level: level(rule.severity) },
        properties: Properties {
            security_severity: security_severity(rule.severity),
            tags: ["security", "aws-kms"]
                .map(str::to_owned)
                .into_iter()
                .chain(rule.tags.clone())
                .take(10)
                .collect(),
        },
    }
}

/// `public-access` as `PublicAccess`, the form that the standard recommends for names.
fn pascal(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    for word in id.split('-') {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

/// With a capital and a full stop, as SARIF viewers set messages; links and hostile characters taken out.
fn sentence(text: &str) -> String {
    let text = safe::line(text).replace("](", "] (");
    let mut letters = text.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// In the middle of the range that GitHub shows under that name.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.5",
    }
}

/// Writes results; remembers the line hashes of the files that it met.
struct Writer<'a> {
    printed: &'a Printed<'a>,
    hashes: FxHashMap<FileId, Vec<String>>,
}

impl Writer<'_> {
    fn result(&mut self, finding: &Finding, rule_index: usize) -> ResultEntry {
        let related = finding.secondary.iter().enumerate();
        ResultEntry {
            rule_id: finding.rule.clone(),
            rule_index,
            level: match finding.certainty {
                Certainty::Certain => level(finding.severity),
                Certainty::Undecided => "note",
            },
            message: Message::text(message(finding)),
            locations: [self.location(&finding.primary, None, Some(finding))],
            related_locations: related.map(|(id, label)| self.location(label, Some(id), None)).collect(),
            partial_fingerprints: self.fingerprints(finding),
            suppressions: finding.accepted.iter().map(|accepted| self.suppression(accepted)).collect(),
            fixes: finding.fixes.iter().map(|fix| self.repair(fix)).collect(),
        }
    }

    fn location(&self, label: &Label, id: Option<usize>, finding: Option<&Finding>) -> Location {
        Location {
            id,
            physical_location: self.physical(label.span),
            logical_locations: finding.map(logical).filter(|names| !names.is_empty()),
            message: (!label.fact.is_empty()).then(|| Message::text(sentence(&label.fact))),
        }
    }

    fn physical(&self, span: Span) -> PhysicalLocation {
        PhysicalLocation { artifact_location: self.artifact(span.file), region: self.region(span) }
    }

    fn artifact(&self, file: FileId) -> ArtifactLocation {
        let uri = uri(self.printed.prefix, &self.printed.map.path(file));
        let uri_base_id = (!uri.starts_with("file:")).then_some(ROOT);
        ArtifactLocation { uri, uri_base_id }
    }

    fn region(&self, span: Span) -> Region {
        let (start, end) = self.printed.map.positions(span);
        Region {
            start_line: start.line,
            start_column: start.utf16,
            end_line: end.line,
            end_column: end.utf16,
        }
    }

    fn fingerprints(&mut self, finding: &Finding) -> Fingerprints {
        let file = self.printed.map.file(finding.primary.span.file);
        let line = file.line_of(finding.primary.span.start as usize);
        let hashes = self.hashes.entry(finding.primary.span.file).or_insert_with(|| line_hashes(&file));
        Fingerprints {
            line: line.checked_sub(1).and_then(|index| hashes.get(index)).cloned(),
            own: (!finding.fingerprint.is_empty()).then(|| finding.fingerprint.clone()),
        }
    }

    fn suppression(&self, accepted: &Acceptance) -> Suppression {
        let path = self.printed.map.path(accepted.span.file);
        let in_settings = path.rsplit('/').next().is_some_and(|name| name.starts_with("kmsguard"));
        Suppression {
            kind: if in_settings { "external" } else { "inSource" },
            justification: safe::line(&accepted.reason).into_owned(),
            location: shape::Place { physical_location: self.physical(accepted.span) },
        }
    }

    fn repair(&self, fix: &Fix) -> Repair {
        let mut changes: Vec<ArtifactChange> = Vec::new();
        for (span, text) in &fix.edits {
            let artifact = self.artifact(span.file);
            let replacement =
                Replacement { deleted_region: self.region(*span), inserted_content: Content::plain(text) };
            match changes.iter_mut().find(|change| change.artifact_location.uri == artifact.uri) {
                Some(change) => change.replacements.push(replacement),
                None => {
                    changes.push(ArtifactChange {
                        artifact_location: artifact,
                        replacements: vec![replacement],
                    });
                }
            }
        }
        Repair { description: Message::text(sentence(&fix.title)), artifact_changes: changes }
    }
}

/// What a finding is about, by name: the resource, the construct that made it, the stack that it is part of.
fn logical(finding: &Finding) -> Vec<shape::LogicalLocation> {
    let resource = Some(&finding.resource).filter(|resource| !resource.is_empty());
    let names = [
        (resource, "resource"),
        (finding.construct.as_ref(), "construct"),
        (finding.stack.as_ref(), "stack"),
    ];
    names
        .into_iter()
        .filter_map(|(name, kind)| Some(shape::LogicalLocation { fully_qualified_name: name?.clone(), kind }))
        .collect()
}

/// What is wrong, where, and what to do, as GitHub shows it beside the code.
fn message(finding: &Finding) -> String {
    let mut text = match finding.certainty {
        Certainty::Certain => finding.message.clone(),
        Certainty::Undecided => format!("cannot be ruled out: {}", finding.message),
    };
    if !finding.resource.is_empty() && !finding.message.contains(&finding.resource) {
        let _ = write!(text, " (`{}`)", finding.resource);
    }
    text.push_str(&safe::line(&finding.same_in_more()));
    let mut text = sentence(&text);
    if let Some(help) = &finding.help {
        text.push(' ');
        text.push_str(&sentence(help));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::source::SourceMap;

    fn written() -> serde_json::Value {
        let (map, report) = fixture::report();
        let mut out = Vec::new();
        write(&fixture::printed(&map, &report), &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    fn result(log: &serde_json::Value, fingerprint: &str) -> serde_json::Value {
        let results = log["runs"][0]["results"].as_array().unwrap();
        let found = results.iter().find(|result| result["partialFingerprints"]["kmsguard/v1"] == fingerprint);
        found.unwrap().clone()
    }

    #[test]
    fn paths_are_uris_from_the_repository_root() {
        let possible = result(&written(), "00decade");
        let place = &possible["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place["uri"], "infra/modules/keys/a%20b%25.tf");
        assert_eq!(possible["level"], "note");
    }

    #[test]
    fn stack_and_construct_are_named_beside_the_resource() {
        let map = SourceMap::default();
        let span = Span::start_of(map.add("t", ""));
        let plain = fixture::finding(span, "");
        let finding = Finding { stack: Some("S".into()), construct: Some("S/K".into()), ..plain.clone() };
        let names = |finding: &Finding| {
            let named = logical(finding).into_iter().map(|one| (one.kind, one.fully_qualified_name));
            named.collect::<Vec<_>>()
        };
        assert_eq!(names(&plain), [("resource", "aws_kms_key.a".to_owned())]);
        let more = [("construct", "S/K".to_owned()), ("stack", "S".to_owned())];
        assert_eq!(names(&finding), [names(&plain), more.to_vec()].concat());
    }

    #[test]
    fn columns_count_utf16_units() {
        let region = result(&written(), "00face")["locations"][0]["physicalLocation"]["region"].clone();
        let columns = region["endColumn"].as_u64().unwrap() - region["startColumn"].as_u64().unwrap();
        assert_eq!(columns, 2);
    }

    #[test]
    fn accepted_findings_are_suppressed_results() {
        let log = written();
        assert_eq!(result(&log, "00fade")["suppressions"][0]["justification"], "a \"demo\"");
        assert_eq!(result(&log, "00c0ffee")["suppressions"].as_array().unwrap().len(), 0);
    }

    #[test]
    fn every_result_names_a_rule_of_the_catalogue() {
        let log = written();
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        for result in log["runs"][0]["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
        }
        assert_eq!(rules[0]["properties"]["security-severity"], "9.5");
        assert_eq!(rules[0]["name"], "PublicAccess");
        assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], false);
    }
}
