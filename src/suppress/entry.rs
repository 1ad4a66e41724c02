//! Findings that the settings accept: by rule, resource and path, with a reason and a last day.
//!
//! An entry may name a fingerprint; then it holds for exactly what it was written for, and a statement that grows brings
//! the finding back. What is easy to get wrong: addresses have brackets, so patterns know `*` and `?` only.

use super::{finding, is_of};
use crate::finding::{Acceptance, Finding};
use crate::source::{SourceMap, Span};
use jiff::civil::Date;
use regex::Regex;

/// An entry of `accept` in the settings, checked.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The rules whose findings it accepts.
    pub rules: Vec<String>,
    /// The resources; all when there is none.
    pub resource: Option<Pattern>,
    /// The files; all when there is none.
    pub path: Option<Pattern>,
    /// How the fingerprint of the finding begins.
    pub fingerprint: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day.
    pub until: Option<Date>,
    /// Its place.
    pub span: Span,
}

/// A text with `*` and `?`.
#[derive(Clone, Debug)]
pub struct Pattern {
    written: String,
    compiled: Regex,
}

impl Pattern {
    /// A pattern of addresses: `*` is any characters.
    pub fn of_resource(written: &str) -> Option<Self> {
        Self::of(written, ".*")
    }

    /// A pattern of paths: `*` stays within a directory, `**` does not; a directory stands for all in it.
    pub fn of_path(written: &str) -> Option<Self> {
        let trimmed = written.trim_start_matches("./").trim_end_matches('/');
        Self::of(trimmed, "[^/]*")
    }

    fn of(written: &str, star: &str) -> Option<Self> {
        let text = regex::escape(written).replace(r"\*\*", "\u{0}").replace(r"\*", star).replace(r"\?", ".");
        let inside = if star == ".*" { "" } else { "(/.*)?" };
        let whole = format!("^(?s:{}){inside}$", text.replace('\u{0}', ".*"));
        let compiled = regex::RegexBuilder::new(&whole).size_limit(1 << 18).build().ok()?;
        Some(Self { written: written.to_owned(), compiled })
    }

    fn matches(&self, text: &str) -> bool {
        self.compiled.is_match(text)
    }

    /// As written.
    pub fn written(&self) -> &str {
        &self.written
    }
}

impl Entry {
    fn accepts(&self, found: &Finding, map: &SourceMap) -> bool {
        self.rules.contains(&found.rule)
            && self.resource.as_ref().is_none_or(|pattern| pattern.matches(&found.resource))
            && self.fingerprint.as_ref().is_none_or(|given| is_of(found, given))
            && self
                .path
                .as_ref()
                .is_none_or(|pattern| found.labels().any(|label| pattern.matches(&map.path(label.span.file))))
    }
}

/// Accepts `findings` by the entries of the settings, and adds a finding for each that is stale. `asked` are the rules
/// that were asked: an entry for another one cannot be seen to be useless.
pub fn apply(findings: &mut Vec<Finding>, entries: &[Entry], asked: &[&str], map: &SourceMap, today: Date) {
    let mut stale = Vec::new();
    for entry in entries {
        if let Some(day) = entry.until.filter(|day| *day < today) {
            let message = format!("this acceptance expired on {day}");
            stale.push(finding(
                entry.span,
                message,
                "decide again: repair it, or give a new date".to_owned(),
            ));
            continue;
        }
        let mut used = false;
        for found in findings.iter_mut().filter(|found| entry.accepts(found, map)) {
            used = true;
            if found.accepted.is_none() {
                found.accepted = Some(Acceptance { reason: entry.reason.clone(), span: entry.span });
            }
        }
        let judged = entry.rules.iter().any(|rule| asked.contains(&rule.as_str()));
        if !used && judged {
            let message = format!("nothing is found that this accepts: `{}`", entry.rules.join("`, `"));
            stale.push(finding(entry.span, message, "remove it".to_owned()));
        }
    }
    findings.append(&mut stale);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_take_brackets_as_they_are() {
        let of = |text: &str| Pattern::of_resource(text).unwrap();
        assert!(of("module.*.aws_kms_key.this[\"a\"]").matches("module.x[0].aws_kms_key.this[\"a\"]"));
        assert!(!of("aws_kms_key.this[0]").matches("aws_kms_key.this0"));
        let path = |text: &str| Pattern::of_path(text).unwrap();
        assert!(path("infra/*.tf").matches("infra/a.tf") && !path("infra/*.tf").matches("infra/b/a.tf"));
        assert!(path("infra/**").matches("infra/b/a.tf") && path("./infra/").matches("infra/b/a.tf"));
    }

    fn found(rule: &str, map: &SourceMap) -> Finding {
        let span = Span::start_of(map.add("a/main.tf", ""));
        Finding {
            rule: rule.to_owned(),
            resource: "aws_kms_key.k".to_owned(),
            fingerprint: "abcdef0123456789-2".to_owned(),
            ..finding(span, "m".to_owned(), String::new())
        }
    }

    fn entry(map: &SourceMap) -> Entry {
        Entry {
            rules: vec!["rule-a".to_owned()],
            resource: Pattern::of_resource("aws_kms_key.*"),
            path: Pattern::of_path("a"),
            fingerprint: None,
            reason: "why".to_owned(),
            until: Some(jiff::civil::date(2026, 6, 1)),
            span: Span::start_of(map.add("kmsguard.yaml", "")),
        }
    }

    fn outcome(change: impl Fn(&mut Entry), today: Date) -> (bool, Vec<String>) {
        let map = SourceMap::default();
        let mut entry = entry(&map);
        change(&mut entry);
        let mut findings = vec![found("rule-a", &map)];
        apply(&mut findings, &[entry], &["rule-a"], &map, today);
        let accepted = findings.remove(0).accepted.is_some();
        (accepted, findings.into_iter().map(|it| it.message).collect())
    }

    #[test]
    fn entries_accept_what_they_name_until_their_day() {
        let day = jiff::civil::date(2026, 6, 1);
        assert_eq!(outcome(|_| {}, day), (true, vec![]));
        assert_eq!(outcome(|it| it.fingerprint = Some("abcdef01".into()), day), (true, vec![]));
        let other = outcome(|it| it.fingerprint = Some("abcdef02".into()), day);
        assert_eq!(other, (false, vec!["nothing is found that this accepts: `rule-a`".to_owned()]));
        let late = outcome(|_| {}, jiff::civil::date(2026, 6, 2));
        assert_eq!(late, (false, vec!["this acceptance expired on 2026-06-01".to_owned()]));
        assert!(!outcome(|it| it.path = Pattern::of_path("b"), day).0);
    }
}
