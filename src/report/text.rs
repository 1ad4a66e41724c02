//! The report for people: miette's drawings, and one line that sums up.
//!
//! miette draws whatever it is given, escape sequences included, and reads whole files; so it is given a page of the
//! lines needed with everything hostile replaced, and sanitised sentences. What is easy to get wrong: it draws
//! overlapping labels of one line beside each other, under the wrong characters; such labels get a page of their own.

use super::page::Page;
use super::{Counts, Look, Printed, Summary, safe};
use crate::finding::{Certainty, Finding, Label, Severity};
use crate::source::{SourceFile, SourceMap, Span};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};
use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::sync::Arc;

/// Labels drawn for one finding; the others are counted.
const MOST_LABELS: usize = 12;
/// Bytes shown of one line of code when there is no terminal to fit it to.
const LONGEST_LINE: usize = 200;

/// Writes every open finding, then the summary line.
pub(super) fn write(printed: &Printed<'_>, out: &mut dyn Write) -> io::Result<()> {
    if !printed.look.quiet {
        for finding in printed.report.open() {
            draw(finding, printed.map, printed.look, out)?;
        }
    }
    writeln!(out, "{}", summary(printed.report.summary, printed.report.counts()))
}

/// Draws one finding: its message, the code with its labels, its help.
///
/// # Errors
/// When `out` cannot be written to.
pub fn draw(finding: &Finding, map: &SourceMap, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::new(finding, map, look);
    let mut drawn = String::new();
    handler(look).render_report(&mut drawn, &shown).map_err(io::Error::other)?;
    writeln!(out, "{}", trimmed(&drawn))
}

fn handler(look: Look) -> GraphicalReportHandler {
    let theme = match (look.unicode, look.color) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .without_syntax_highlighting()
        .with_context_lines(1)
        .with_show_related_as_nested(true)
        .with_wrap_lines(look.width.is_some())
        .with_width(look.width.unwrap_or(LONGEST_LINE))
}

/// Without blanks at line ends, which miette leaves.
fn trimmed(drawn: &str) -> String {
    let mut text = String::with_capacity(drawn.len());
    for line in drawn.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The one line at the end.
fn summary(summary: Summary, counts: Counts) -> String {
    let many =
        |count: usize, one: &str, more: &str| format!("{count} {}", if count == 1 { one } else { more });
    let mut found = counts.certain;
    let by_severity: Vec<String> = Severity::ALL
        .into_iter()
        .map(|severity| (*found.of(severity), severity.name()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let by_severity =
        if by_severity.is_empty() { String::new() } else { format!(" ({})", by_severity.join(", ")) };
    format!(
        "{}, {}, {}: {}{by_severity}, {} undecided, {} suppressed, {} unreadable",
        many(summary.files, "file", "files"),
        many(summary.keys, "key", "keys"),
        many(summary.policies, "policy", "policies"),
        many(counts.certain.total(), "finding", "findings"),
        counts.undecided,
        counts.suppressed,
        summary.unreadable,
    )
}

/// A finding, or one more file of a finding, as miette wants it.
#[derive(Debug)]
struct Shown {
    head: Option<String>,
    message: String,
    help: Option<String>,
    severity: miette::Severity,
    sheet: Sheet,
    related: Vec<Shown>,
}

impl Shown {
    fn new(finding: &Finding, map: &SourceMap, look: Look) -> Self {
        let longest = look.width.map_or(LONGEST_LINE, |width| width.saturating_sub(24).max(40));
        let left_out = finding.labels().count().saturating_sub(MOST_LABELS);
        let mut sheets = group(finding).into_iter().map(|labels| Sheet::new(&labels, map, longest));
        let severity = severity(finding);
        let sheet = sheets.next().unwrap_or_default();
        let related = sheets
            .map(|sheet| Self {
                head: None,
                message: format!("see also {}", sheet.name),
                help: None,
                severity: miette::Severity::Advice,
                sheet,
                related: Vec::new(),
            })
            .collect();
        let mut help = finding.help.as_deref().map(|help| safe::line(help).into_owned());
        if let Some(fix) = finding.fixes.first() {
            let fix = format!("fix: {}", safe::line(&fix.title));
            help = Some(help.map_or(fix.clone(), |help| format!("{help}; {fix}")));
        }
        if left_out > 0 {
            let more = format!("{left_out} more places are in the JSON output");
            help = Some(help.map_or(more.clone(), |help| format!("{help} ({more})")));
        }
        Self {
            head: Some(head(finding, map)),
            message: safe::line(&finding.message).into_owned(),
            help,
            severity,
            sheet,
            related,
        }
    }
}

/// `critical: public-access in aws_kms_key.a`; a possible one is a note that says what it would be.
fn head(finding: &Finding, map: &SourceMap) -> String {
    let mut head = match finding.certainty {
        Certainty::Certain => format!("{}: {}", finding.severity.name(), finding.rule),
        Certainty::Undecided => {
            format!("note: cannot rule out {} ({} if so)", finding.rule, finding.severity.name())
        }
    };
    if !finding.resource.is_empty() {
        head.push_str(" in ");
        head.push_str(&finding.resource);
        head.push_str(&finding.and_more());
    }
    // The path of a template is shown below.
    let stack = finding.stack.as_ref().filter(|stack| **stack != map.path(finding.primary.span.file));
    let names = [stack.map(|name| format!("stack {name}")), finding.construct.clone()];
    let names: Vec<String> = names.into_iter().flatten().collect();
    if !names.is_empty() {
        let _ = write!(head, " ({})", names.join(", "));
    }
    safe::line(&head).into_owned()
}

fn severity(finding: &Finding) -> miette::Severity {
    match (finding.certainty, finding.severity) {
        (Certainty::Undecided, _) | (_, Severity::Info) => miette::Severity::Advice,
        (_, Severity::Critical | Severity::High) => miette::Severity::Error,
        (_, Severity::Medium | Severity::Low) => miette::Severity::Warning,
    }
}

/// The labels in groups that can be drawn together: of one file, not overlapping; the primary one in the first.
fn group(finding: &Finding) -> Vec<Vec<(Span, String)>> {
    let mut groups: Vec<Vec<(Span, String)>> = Vec::new();
    'labels: for Label { span, fact } in finding.labels().take(MOST_LABELS) {
        for group in &mut groups {
            if let Some((_, known)) = group.iter_mut().find(|(other, _)| other == span) {
                if !fact.is_empty() && known != fact {
                    *known = if known.is_empty() { fact.clone() } else { format!("{known}; {fact}") };
                }
                continue 'labels;
            }
            if group.iter().all(|(other, _)| other.file == span.file && apart(*other, *span)) {
                group.push((*span, fact.clone()));
                continue 'labels;
            }
        }
        groups.push(vec![(*span, fact.clone())]);
    }
    groups
}

/// Whether two spans share no byte.
fn apart(one: Span, two: Span) -> bool {
    one.end.max(one.start + 1) <= two.start || two.end.max(two.start + 1) <= one.start
}

/// A page with its labels, which miette reads from.
#[derive(Debug, Default)]
struct Sheet {
    name: String,
    page: Option<Page>,
    /// The primary label first.
    labels: Vec<LabeledSpan>,
    /// Where labels start in the page, and their column in the file, from 0.
    columns: Vec<(usize, usize)>,
}

impl Sheet {
    fn new(labels: &[(Span, String)], map: &SourceMap, longest: usize) -> Self {
        let Some((primary, _)) = labels.first() else { return Self::default() };
        let file: Arc<SourceFile> = map.file(primary.file);
        if file.text().is_empty() {
            // Nothing to draw: the message names the file.
            return Self { name: safe::line(file.path()).into_owned(), ..Self::default() };
        }
        let spans: Vec<Span> = labels.iter().map(|(span, _)| *span).collect();
        let page = Page::new(&file, &spans, longest);
        let mut sheet = Self { name: safe::line(file.path()).into_owned(), ..Self::default() };
        for (index, (span, fact)) in labels.iter().enumerate() {
            let place = page.place(&file, *span);
            sheet.columns.push((place.start, file.position(span.start as usize).column - 1));
            let fact = (!fact.is_empty()).then(|| safe::line(fact).into_owned());
            let at = SourceSpan::from(place);
            sheet.labels.push(if index == 0 {
                LabeledSpan::new_primary_with_span(fact, at)
            } else {
                LabeledSpan::new_with_span(fact, at)
            });
        }
        sheet.page = Some(page);
        sheet
    }
}

impl SourceCode for Sheet {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let page = self.page.as_ref().ok_or(MietteError::OutOfBounds)?;
        let (range, number, lines) = page.window(span.offset()..span.offset() + span.len(), before, after);
        let data = page.text().get(range.clone()).ok_or(MietteError::OutOfBounds)?.as_bytes();
        // miette asks for no neighbours when it wants to name the place of a label.
        let column = match (before, after) {
            (0, 0) => self
                .columns
                .iter()
                .find(|(start, _)| *start == span.offset())
                .map_or(0, |(_, column)| *column),
            _ => 0,
        };
        let name = self.name.clone();
        Ok(Box::new(MietteSpanContents::new_named(name, data, range.into(), number - 1, column, lines)))
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.head.as_ref().map(|head| Box::new(head) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.sheet)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.sheet.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        if self.related.is_empty() {
            return None;
        }
        Some(Box::new(self.related.iter().map(|related| related as &dyn Diagnostic)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use proptest::prelude::*;

    fn drawn(finding: &Finding, map: &SourceMap, look: Look) -> String {
        let mut drawn = String::new();
        handler(look).render_report(&mut drawn, &Shown::new(finding, map, look)).unwrap();
        drawn
    }

    #[test]
    fn the_very_characters_are_underlined() {
        let map = SourceMap::default();
        let id = map.add("main.tf", "resource {\n  principals = [\"*\"]\n}\n");
        let finding = fixture::finding(Span::new(id, 28..29), "`*` is everyone");
        let text = drawn(&finding, &map, Look::default());
        let lines: Vec<&str> = text.lines().collect();
        let code = lines.iter().position(|line| line.contains("principals")).unwrap();
        assert_eq!(lines[code].find('*').unwrap(), lines[code + 1].find('|').unwrap(), "{text}");
        assert!(text.contains("main.tf:2:18"), "{text}");
    }

    #[test]
    fn overlapping_labels_are_drawn_apart() {
        let map = SourceMap::default();
        let id = map.add("main.tf", "x = [\"*\"]\n");
        let mut finding = fixture::finding(Span::new(id, 6..7), "star");
        finding.secondary.push(Label { span: Span::new(id, 4..9), fact: "the list".into() });
        finding.secondary.push(Label { span: Span::new(id, 6..7), fact: "again".into() });
        let text = drawn(&finding, &map, Look::default());
        assert!(text.contains("star; again"), "{text}");
        assert_eq!(text.matches("1 | x = ").count(), 2, "{text}");
    }

    #[test]
    fn a_terminal_gets_nothing_hostile() {
        let map = SourceMap::default();
        let id = map.add("a\u{1b}[2J.tf", "x = \"\u{1b}[31m\u{202e}evil\u{7}\"\n");
        let mut finding = fixture::finding(Span::new(id, 5..6), "\u{1b}]0;title\u{7}");
        finding.message = "line\n::error::smuggled \u{202e}".into();
        finding.resource = "a\u{9b}b".into();
        let text = drawn(&finding, &map, Look::default());
        assert!(!text.contains(|c: char| c != '\n' && safe::is_hostile(c)), "{text:?}");
        assert!(!text.contains("\n::error"));
    }

    proptest! {
        #[test]
        fn no_text_and_no_span_panics(
            text in "([a-z*é😀\t\u{202e}]|\r\n|\n){0,60}",
            spans in proptest::collection::vec((0usize..80, 0usize..40), 1..5),
            wide in any::<bool>(),
        ) {
            let map = SourceMap::default();
            let id = map.add("f", text);
            let mut labels = spans.into_iter().map(|(start, len)| Label {
                span: Span::new(id, start..start + len),
                fact: "fact".into(),
            });
            let first = labels.next().unwrap();
            let mut finding = fixture::finding(first.span, &first.fact);
            finding.secondary = labels.collect();
            let look = Look { color: wide, unicode: wide, width: wide.then_some(40), quiet: false };
            drawn(&finding, &map, look);
        }
    }
}
