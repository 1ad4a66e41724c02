//! Annotations and step summary of GitHub Actions.
//!
//! GitHub shows ten annotations of each level per step, so the worst come first and the step summary has them all.
//! What is easy to get wrong: a line that starts with `::` is a command, whoever wrote it.

use super::place::in_repository;
use super::{Printed, safe};
use crate::finding::{Certainty, Finding, Severity};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Bytes of a step summary; GitHub takes 1 MiB from a step.
const SUMMARY_BYTES: usize = 900 << 10;

/// Writes one workflow command per open finding.
pub(super) fn write(printed: &Printed<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in printed.report.worst_first() {
        writeln!(out, "{}", annotation(finding, printed))?;
    }
    Ok(())
}

fn annotation(finding: &Finding, printed: &Printed<'_>) -> String {
    let (start, end) = printed.map.positions(finding.primary.span);
    let path = in_repository(printed.prefix, &printed.map.path(finding.primary.span.file));
    let mut place =
        format!("file={},line={},endLine={}", safe::command_property(&path), start.line, end.line);
    // Columns of a place over several lines are refused by the annotation service.
    if start.line == end.line {
        let _ = write!(place, ",col={},endColumn={}", start.column, end.column);
    }
    let title = safe::command_property(&title(finding));
    format!("::{} {place},title={title}::{}", level(finding), safe::command_message(&message(finding)))
}

fn level(finding: &Finding) -> &'static str {
    match (finding.certainty, finding.severity) {
        (Certainty::Undecided, _) | (_, Severity::Low | Severity::Info) => "notice",
        (_, Severity::Medium) => "warning",
        (_, Severity::High | Severity::Critical) => "error",
    }
}

fn title(finding: &Finding) -> String {
    match finding.certainty {
        Certainty::Certain => format!("{}: {}", finding.severity.name(), finding.rule),
        Certainty::Undecided => format!("cannot rule out {}", finding.rule),
    }
}

/// Message, resource, help, and the other places with their facts.
fn message(finding: &Finding) -> String {
    let mut text = safe::line(&finding.message).into_owned();
    if !finding.resource.is_empty() && !finding.message.contains(&finding.resource) {
        let _ = write!(text, " in {}", safe::line(&finding.resource));
    }
    text.push_str(&safe::line(&finding.same_in_more()));
    if let Some(help) = &finding.help {
        let _ = write!(text, "\nhelp: {}", safe::line(help));
    }
    text
}

/// The Markdown that belongs into `$GITHUB_STEP_SUMMARY`.
pub fn step_summary(printed: &Printed<'_>) -> String {
    let counts = printed.report.counts();
    let summary = printed.report.summary;
    let mut text = format!(
        "## kmsguard\n\n{} findings, {} undecided, {} suppressed, {} unreadable; {} keys and {} policies in {} \
         files.\n\n",
        counts.certain.total(),
        counts.undecided,
        counts.suppressed,
        summary.unreadable,
        summary.keys,
        summary.policies,
        summary.files,
    );
    let findings = printed.report.worst_first();
    if findings.is_empty() {
        return text;
    }
    text.push_str("| severity | rule | place | resource | problem |\n|---|---|---|---|---|\n");
    for (index, finding) in findings.iter().enumerate() {
        let row = row(finding, printed);
        if text.len() + row.len() > SUMMARY_BYTES {
            let _ = write!(text, "\n{} more findings are in the other formats.\n", findings.len() - index);
            break;
        }
        text.push_str(&row);
    }
    text.push('\n');
    text
}

fn row(finding: &Finding, printed: &Printed<'_>) -> String {
    let (start, _) = printed.map.positions(finding.primary.span);
    let path = in_repository(printed.prefix, &printed.map.path(finding.primary.span.file));
    let severity = match finding.certainty {
        Certainty::Certain => finding.severity.name().to_owned(),
        Certainty::Undecided => format!("undecided ({})", finding.severity.name()),
    };
    let mut problem = safe::markdown(&finding.message);
    if let Some(help) = &finding.help {
        let _ = write!(problem, "<br>{}", safe::markdown(help));
    }
    format!(
        "| {severity} | {} | {}:{} | {} | {problem} |\n",
        safe::markdown(&finding.rule),
        safe::markdown(&path),
        start.line,
        safe::markdown(&(finding.resource.clone() + &finding.and_more())),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn the_worst_come_first_and_no_line_is_smuggled_in() {
        let (map, report) = fixture::report();
        let mut out = Vec::new();
        write(&fixture::printed(&map, &report), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), report.open().count());
        assert!(
            lines[0].starts_with("::error file=infra/main.tf,line=3,endLine=3,col=14,endColumn=15,title=")
        );
        assert!(
            lines[0]
                .contains("critical%3A public-access::everyone may use this key in aws_kms_key.a%0Ahelp: ")
        );
        assert!(lines[2].starts_with("::warning "), "{text}");
        assert!(lines[3].starts_with("::notice file=infra/modules/keys/a b%25.tf"), "{text}");
        assert!(lines[2].contains("::line one\\n::error::two, 100%25"), "{text}");
    }

    #[test]
    fn the_step_summary_is_a_table_of_text() {
        let (map, report) = fixture::report();
        let text = step_summary(&fixture::printed(&map, &report));
        assert_eq!(text.matches("\n| ").count(), 1 + report.open().count());
        assert!(!text.contains("<b>") && !text.contains('\u{202e}'), "{text}");
    }
}
