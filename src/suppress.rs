//! Accepted findings: comments, settings, baseline; and the stale ones.
//!
//! `# kmsguard: allow[rule-id, other] reason, until=2026-12-31` on, or directly above, any line that a finding shows
//! accepts it. An accepted finding stays in the report and does not fail the run. An acceptance that does nothing, gives
//! no reason or has expired is itself a finding, at the comment. JSON has no comments: there `"//": "kmsguard: allow[…] …"`
//! accepts what is found in the object that it stands in. A comment stands beside what it accepts, so whoever changes the
//! code sees it; one that names a fingerprint (`for=0123abcd`) holds for that very content alone. What is easy to get
//! wrong: one file may be read for several roots, so places are compared by path and line, and staleness is judged over
//! the whole run.

pub mod baseline;
pub mod entry;
mod stated;

pub use stated::Stated;

use crate::finding::{Acceptance, Certainty, Finding, Label, Severity};
use crate::source::{Remark, SourceMap, Span, nearest};
use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};

/// The reserved id of an acceptance that does not hold.
pub const STALE: &str = "suppression-stale";

/// Accepts `findings` by the comments of the files that were read, and adds a finding for each acceptance that is
/// stale. `ids` are those of the rules; `today` is the day on which an acceptance still holds when `until` names it.
pub fn apply(
    findings: &mut Vec<Finding>,
    comments: Comments<'_>,
    map: &SourceMap,
    ids: Ids<'_>,
    today: Date,
) {
    let known = ids.known;
    let mut acceptances = read(comments.written, map, today);
    // One to an object: its lines are counted for each.
    let mut objects = FxHashSet::default();
    let remarks = comments.remarks.iter().filter(|remark| objects.insert(remark.about));
    acceptances.extend(remarks.filter_map(|remark| of_remark(*remark, map, today)));
    acceptances.extend(comments.stated.iter().map(|stated| stated::written(stated, map, today)));
    let mut stale = Vec::new();
    for acceptance in &mut acceptances {
        stale.extend(
            acceptance.problems.drain(..).map(|(message, help)| finding(acceptance.span, message, help)),
        );
        stale.extend(unknown_ids(acceptance, known));
    }
    let places = index(&acceptances);
    let mut used: FxHashSet<(usize, String)> = FxHashSet::default();
    for found in findings.iter_mut().filter(|found| found.accepted.is_none()) {
        let at = accepting(found, &acceptances, &places, map);
        let stated = || stated::accepting(found, &acceptances, map);
        let at = at.or_else(|| if comments.stated.is_empty() { None } else { stated() });
        let Some(at) = at else { continue };
        let Some(acceptance) = acceptances.get(at) else { continue };
        used.insert((at, found.rule.clone()));
        found.accepted = Some(Acceptance { reason: acceptance.reason.clone(), span: acceptance.span });
    }
    for (at, acceptance) in acceptances.iter().enumerate() {
        for id in acceptance.ids.iter().filter(|id| ids.asked.contains(&id.as_str())) {
            if !used.contains(&(at, id.clone())) {
                let (message, help) = acceptance.useless(id, findings, map);
                stale.push(finding(acceptance.span, message, help));
            }
        }
    }
    findings.append(&mut stale);
}

/// The comments of the files that were read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Comments<'a> {
    /// Comments.
    pub written: &'a [Span],
    /// What stands for comments in JSON.
    pub remarks: &'a [Remark],
    /// What accepts as data.
    pub stated: &'a [Stated],
}

/// The ids of rules.
#[derive(Clone, Copy, Debug)]
pub struct Ids<'a> {
    /// All that there are.
    pub known: &'a [&'a str],
    /// Those that were asked: an acceptance of another one cannot be seen to be useless.
    pub asked: &'a [&'a str],
}

/// The fingerprint of a finding, without the number that tells equal ones apart.
fn base(found: &Finding) -> String {
    found.fingerprint.split('-').next().unwrap_or_default().to_owned()
}

/// Whether a fingerprint as given, perhaps cut, is that of a finding.
fn is_of(found: &Finding, given: &str) -> bool {
    base(found).starts_with(given)
}

/// Digits that a fingerprint must be given with.
pub const LEAST_DIGITS: usize = 8;

/// Whether a text can be a fingerprint.
pub fn is_fingerprint(text: &str) -> bool {
    text.len() >= LEAST_DIGITS
        && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// One comment, or piece of data, that accepts findings.
struct Written {
    span: Span,
    path: String,
    /// The lines that it speaks for.
    lines: Vec<usize>,
    /// What it speaks for besides.
    owner: Option<stated::Owner>,
    ids: Vec<String>,
    reason: String,
    /// How the fingerprint of what it accepts begins, where it names one.
    fingerprint: Option<String>,
    problems: Vec<(String, String)>,
}

/// Reads every comment that speaks to kmsguard, each once.
fn read(comments: &[Span], map: &SourceMap, today: Date) -> Vec<Written> {
    let mut seen = FxHashSet::default();
    let mut acceptances = Vec::new();
    for &span in comments {
        let file = map.file(span.file);
        let Some(text) = directive(file.slice(span.range())) else { continue };
        if !seen.insert((file.path().to_owned(), span.start)) {
            continue;
        }
        let (first, last) = lines_of(&file, span);
        let mut acceptance = Written::new(span, file.path().to_owned(), (first..=last).collect());
        if is_alone(file.slice(file.line_range(first)), file.slice(span.range())) {
            acceptance.lines.push(below(&file, last));
        }
        acceptance.parse(text, today);
        acceptances.push(acceptance);
    }
    acceptances
}

/// A remark that speaks to kmsguard: it is about every line of its object.
fn of_remark(remark: Remark, map: &SourceMap, today: Date) -> Option<Written> {
    let file = map.file(remark.text.file);
    let text: String = serde_json::from_str(file.slice(remark.text.range())).ok()?;
    let text = directive(&text)?;
    let (first, last) = lines_of(&file, remark.about);
    let mut acceptance = Written::new(remark.text, file.path().to_owned(), (first..=last).collect());
    acceptance.parse(text, today);
    Some(acceptance)
}

/// The first and the last line that a place touches.
fn lines_of(file: &crate::source::SourceFile, span: Span) -> (usize, usize) {
    let last = span.end.saturating_sub(1).max(span.start);
    (file.line_of(span.start as usize), file.line_of(last as usize))
}

/// The text behind `kmsguard:` in a comment.
fn directive(comment: &str) -> Option<&str> {
    let text = comment.trim_start_matches(['#', '/', '*', ' ', '\t']).strip_prefix("kmsguard:")?;
    Some(text.trim().trim_end_matches("*/").trim())
}

/// Whether nothing but the comment stands on its line.
fn is_alone(line: &str, comment: &str) -> bool {
    let first = comment.lines().next().unwrap_or_default();
    line.trim() == first.trim()
}

/// The line below a comment, further comments skipped.
fn below(file: &crate::source::SourceFile, line: usize) -> usize {
    let total = file.line_starts().len();
    let comment = |line: &usize| {
        let text = file.slice(file.line_range(*line)).trim_start();
        text.starts_with('#') || text.starts_with("//") || text.starts_with("/*")
    };
    (line + 1..=total).find(|line| !comment(line)).unwrap_or(line + 1)
}

impl Written {
    /// One that accepts nothing yet.
    fn new(span: Span, path: String, lines: Vec<usize>) -> Self {
        Self {
            span,
            path,
            lines,
            owner: None,
            ids: Vec::new(),
            reason: String::new(),
            fingerprint: None,
            problems: Vec::new(),
        }
    }

    fn parse(&mut self, text: &str, today: Date) {
        let inside = text.strip_prefix("allow").map(str::trim_start).and_then(|rest| rest.strip_prefix('['));
        let Some((ids, reason)) = inside.and_then(|rest| rest.split_once(']')) else {
            let message = "this comment speaks to kmsguard but says nothing that it knows".to_owned();
            self.problems.push((message, "write `kmsguard: allow[rule-id] reason`".to_owned()));
            return;
        };
        let ids: Vec<String> =
            ids.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect();
        let until = parameter(reason, "until=");
        let fingerprint = parameter(reason, "for=");
        let reason = without_parameters(reason);
        if ids.is_empty() {
            self.problems.push(("no rule is named".to_owned(), "write its id in the brackets".to_owned()));
        } else if reason.is_empty() {
            let message = "no reason is given, so nothing is accepted".to_owned();
            self.problems.push((message, "say behind the brackets why this is fine".to_owned()));
        } else if let Some(problem) = until.and_then(|until| expired(until, today)) {
            self.problems.push(problem);
        } else if let Some(given) = fingerprint.filter(|given| !is_fingerprint(given)) {
            let help = format!("write at least {LEAST_DIGITS} digits of the finding's `fingerprint`");
            self.problems.push((format!("`{given}` is not a fingerprint"), help));
        } else {
            self.ids = ids;
            self.reason = reason;
            self.fingerprint = fingerprint.map(str::to_owned);
        }
    }

    /// Why an acceptance of `id` does nothing, and what to do.
    fn useless(&self, id: &str, findings: &[Finding], map: &SourceMap) -> (String, String) {
        let here = |found: &&Finding| {
            found.rule == id
                && found.labels().any(|label| {
                    let file = map.file(label.span.file);
                    file.path() == self.path && self.lines.contains(&file.line_of(label.span.start as usize))
                })
        };
        match findings.iter().find(here).filter(|_| self.fingerprint.is_some()) {
            Some(found) => (
                format!("what `{id}` was accepted for has changed"),
                format!("look at it again; to accept what stands there now, write `for={}`", base(found)),
            ),
            None => (format!("nothing is found here that `{id}` accepts"), "remove it".to_owned()),
        }
    }
}

/// What stands behind `name` in a reason.
fn parameter<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split([' ', '\t', ',', ';', '(', ')']).find_map(|word| word.strip_prefix(name))
}

/// A reason without its parameters.
fn without_parameters(text: &str) -> String {
    let is_parameter = |word: &&str| {
        let word = word.trim_start_matches(['(', ',', ';']);
        !word.starts_with("until=") && !word.starts_with("for=")
    };
    let reason: Vec<&str> = text.split_whitespace().filter(is_parameter).collect();
    reason.join(" ").trim_matches([':', '-', ',', ';', ' ']).to_owned()
}

fn expired(until: &str, today: Date) -> Option<(String, String)> {
    match until.parse::<Date>() {
        Err(_) => Some((format!("`{until}` is not a date"), "write it as `until=YYYY-MM-DD`".to_owned())),
        Ok(day) if day < today => Some((
            format!("this acceptance expired on {day}"),
            "decide again: repair it, or give a new date".to_owned(),
        )),
        Ok(_) => None,
    }
}

fn unknown_ids(acceptance: &Written, known: &[&str]) -> Vec<Finding> {
    let unknown = acceptance.ids.iter().filter(|id| !known.contains(&id.as_str()));
    unknown
        .map(|id| {
            let help = match nearest(id, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`kmsguard rules` lists what can be accepted".to_owned(),
            };
            finding(acceptance.span, format!("there is no rule `{id}` to accept"), help)
        })
        .collect()
}

fn finding(span: Span, message: String, help: String) -> Finding {
    Finding {
        rule: STALE.to_owned(),
        severity: Severity::Low,
        certainty: Certainty::Certain,
        message,
        help: Some(help),
        stack: None,
        construct: None,
        resource: String::new(),
        also: Vec::new(),
        primary: Label { span, fact: String::new() },
        secondary: Vec::new(),
        fixes: Vec::new(),
        fingerprint: String::new(),
        accepted: None,
    }
}

/// Acceptances by the lines that they speak for.
type Places = FxHashMap<(String, usize), Vec<usize>>;

fn index(acceptances: &[Written]) -> Places {
    let mut places = Places::default();
    for (at, acceptance) in acceptances.iter().enumerate() {
        for line in &acceptance.lines {
            places.entry((acceptance.path.clone(), *line)).or_default().push(at);
        }
    }
    places
}

/// The acceptance that holds for a finding: on or above a line that one of its labels begins, or within it.
fn accepting(found: &Finding, acceptances: &[Written], places: &Places, map: &SourceMap) -> Option<usize> {
    if places.is_empty() {
        return None;
    }
    found.labels().find_map(|label| {
        let file = map.file(label.span.file);
        let first = file.line_of(label.span.start as usize);
        let last = file.line_of(label.span.end.saturating_sub(1).max(label.span.start) as usize);
        (first..=last).find_map(|line| {
            let here = places.get(&(file.path().to_owned(), line))?;
            here.iter().copied().find(|at| {
                acceptances.get(*at).is_some_and(|acceptance| {
                    acceptance.ids.contains(&found.rule)
                        && acceptance.fingerprint.as_ref().is_none_or(|given| is_of(found, given))
                })
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use jiff::civil::date;

    /// Each line of `text` that contains `BAD` is a finding of `rule-a`.
    fn outcome(text: &str) -> Vec<(String, String, Option<String>)> {
        let map = SourceMap::default();
        let file = map.add("a.tf", text);
        let mut findings: Vec<Finding> = text
            .match_indices("BAD")
            .map(|(at, _)| Finding {
                rule: "rule-a".to_owned(),
                fingerprint: "0123456789abcdef".to_owned(),
                ..finding(Span::new(file, at..at + 3), "m".to_owned(), String::new())
            })
            .collect();
        let written = comments(text, file);
        let comments = Comments { written: &written, remarks: &[], stated: &[] };
        let known = ["rule-a", "rule-b"];
        let ids = Ids { known: &known, asked: &known };
        apply(&mut findings, comments, &map, ids, date(2026, 6, 1));
        findings.into_iter().map(|it| (it.rule, it.message, it.accepted.map(|it| it.reason))).collect()
    }

    fn comments(text: &str, file: FileId) -> Vec<Span> {
        text.match_indices('#')
            .map(|(at, _)| {
                let end = text.split_at(at).1.find('\n').map_or(text.len(), |len| at + len);
                Span::new(file, at..end)
            })
            .collect()
    }

    #[test]
    fn a_comment_on_or_above_the_line_accepts() {
        let accepted = |text: &str| outcome(text)[0].2.clone();
        assert_eq!(
            accepted("x = BAD # kmsguard: allow[rule-a] is public data\n").as_deref(),
            Some("is public data")
        );
        assert_eq!(accepted("# kmsguard: allow[rule-a] ok so\n# more\nBAD\n").as_deref(), Some("ok so"));
        assert_eq!(
            accepted("# kmsguard: allow[rule-b, rule-a] why, until=2026-06-01\nBAD\n").as_deref(),
            Some("why")
        );
        assert_eq!(accepted("# kmsguard: allow[rule-a] too far away\n\nBAD\n"), None);
        assert_eq!(accepted("y = 1 # kmsguard: allow[rule-a] belongs to y\nBAD\n"), None);
    }

    #[test]
    fn a_comment_that_names_a_fingerprint_holds_for_that_content() {
        let with = |given: &str| outcome(&format!("BAD # kmsguard: allow[rule-a] why, for={given}\n"));
        assert_eq!(with("01234567")[0].2.as_deref(), Some("why"));
        let changed = with("76543210");
        assert_eq!(changed[0].2, None);
        assert_eq!(changed[1].1, "what `rule-a` was accepted for has changed");
        assert_eq!(with("0123")[1].1, "`0123` is not a fingerprint");
    }

    #[test]
    fn what_does_not_hold_is_told_at_the_comment() {
        let told = |text: &str| outcome(text).pop().unwrap().1;
        assert_eq!(told("# kmsguard: allow[rule-a] why\n"), "nothing is found here that `rule-a` accepts");
        assert_eq!(told("# kmsguard: allow[rule-c] why\n"), "there is no rule `rule-c` to accept");
        assert_eq!(told("BAD # kmsguard: allow[rule-a]\n"), "no reason is given, so nothing is accepted");
        assert_eq!(
            told("BAD # kmsguard: allow[rule-a] w until=2026-05-31\n"),
            "this acceptance expired on 2026-05-31"
        );
        assert_eq!(told("BAD # kmsguard: allow[rule-a] w until=soon\n"), "`soon` is not a date");
        assert_eq!(
            told("BAD # kmsguard: ignore\n"),
            "this comment speaks to kmsguard but says nothing that it knows"
        );
        assert_eq!(outcome("BAD # kmsguard: allow[rule-a] w until=2026-05-31\n")[0].2, None);
    }
}
