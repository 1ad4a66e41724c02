//! Findings that were there when a project began to be watched: a file of them, which hides them.
//!
//! An entry is bound to its rule, its file and the fingerprint, which is made of the resource and the content of what was
//! found: a statement that admits more, or allows more, is another one, and is told. What is easy to get wrong: two equal
//! findings have one fingerprint, so entries are counted.

use super::{base, finding};
use crate::finding::{Acceptance, Finding};
use crate::source::{FileId, Problem, ProblemKind, SourceMap, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The version of the form of the file.
const VERSION: u32 = 1;

/// A baseline as read.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    entries: Vec<(Entry, Span)>,
}

/// One accepted finding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
struct Entry {
    /// The file that it points at, from the root of the repository.
    path: String,
    rule: String,
    resource: String,
    fingerprint: String,
    /// For people; not compared.
    message: String,
}

/// The file, entries kept as texts for their places.
#[derive(Deserialize)]
struct Written<'a> {
    kmsguard_baseline: u32,
    #[serde(borrow)]
    findings: Vec<&'a RawValue>,
}

/// What an entry is compared by.
type Key = (String, String, String);

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// A problem when it is none.
    pub fn read(file: FileId, map: &SourceMap) -> Result<Self, Problem> {
        let source = map.file(file);
        let text: &str = source.text();
        let fault = |message: String| {
            Problem::new(ProblemKind::Settings, Span::start_of(file), message)
                .help("write it again with `kmsguard baseline`")
        };
        let no_baseline = |error: serde_json::Error| fault(format!("this is no baseline: {error}"));
        let written: Written<'_> = serde_json::from_str(text).map_err(no_baseline)?;
        if written.kmsguard_baseline != VERSION {
            return Err(fault(format!("a baseline of version {} is not known", written.kmsguard_baseline)));
        }
        let mut entries = Vec::new();
        for raw in written.findings {
            let entry: Entry = serde_json::from_str(raw.get()).map_err(no_baseline)?;
            // The text of an entry is a part of the file's.
            let start = raw.get().as_ptr().addr().saturating_sub(text.as_ptr().addr()).min(text.len());
            let end = (start + raw.get().len()).min(text.len());
            entries.push((entry, Span::new(file, start..end)));
        }
        Ok(Self { entries })
    }

    /// Hides the findings that it holds, and adds a finding for each entry of a rule that was `asked`, in a file that was
    /// read, that holds none any more. `prefix` is the way from the root of the repository to the working directory.
    pub fn apply(&self, findings: &mut Vec<Finding>, asked: &[&str], prefix: &str, map: &SourceMap) {
        let mut places: FxHashMap<Key, Vec<Span>> = FxHashMap::default();
        for (entry, span) in self.entries.iter().rev() {
            let key = (entry.path.clone(), entry.rule.clone(), entry.fingerprint.clone());
            places.entry(key).or_default().push(*span);
        }
        for found in findings.iter_mut() {
            let key = (rooted(prefix, &map.path(found.primary.span.file)), found.rule.clone(), base(found));
            let Some(span) = places.get_mut(&key).and_then(Vec::pop) else { continue };
            if found.accepted.is_none() {
                found.accepted = Some(Acceptance { reason: "it is in the baseline".to_owned(), span });
            }
        }
        let read: FxHashSet<String> = map.paths().iter().map(|path| rooted(prefix, path)).collect();
        let mut stale: Vec<(Span, String)> = places
            .into_iter()
            .filter(|((path, rule, _), _)| read.contains(path) && asked.contains(&rule.as_str()))
            .flat_map(|((_, rule, _), spans)| spans.into_iter().map(move |span| (span, rule.clone())))
            .collect();
        stale.sort();
        let tell = |(span, rule): (Span, String)| {
            let message = format!("`{rule}` is not found any more, or what it is about has changed");
            finding(span, message, "remove the entry, or write the baseline again".to_owned())
        };
        findings.extend(stale.into_iter().map(tell));
    }
}

/// The text of a baseline of these findings; those that are accepted otherwise are left out.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn written(findings: &[Finding], rules: &[&str], prefix: &str, map: &SourceMap) -> (String, usize) {
    let wanted =
        findings.iter().filter(|found| found.accepted.is_none() && rules.contains(&found.rule.as_str()));
    let mut entries: Vec<Entry> = wanted
        .map(|found| Entry {
            path: rooted(prefix, &map.path(found.primary.span.file)),
            rule: found.rule.clone(),
            resource: found.resource.clone(),
            fingerprint: base(found),
            message: found.message.clone(),
        })
        .collect();
    entries.sort();
    // One entry a line: changes of a baseline are read by people.
    let lines: Vec<String> = entries.iter().filter_map(|entry| serde_json::to_string(entry).ok()).collect();
    let lines: Vec<String> = lines.iter().map(|line| format!("\n    {line}")).collect();
    let text =
        format!("{{\n  \"kmsguard_baseline\": {VERSION},\n  \"findings\": [{}\n  ]\n}}\n", lines.join(","));
    (text, entries.len())
}

/// A path from the root of the repository, whatever the working directory.
fn rooted(prefix: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." && parts.last().is_some_and(|last| *last != "..") {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(map: &SourceMap, path: &str, fingerprint: &str) -> Finding {
        let span = Span::start_of(map.add(path, "x"));
        Finding {
            rule: "rule-a".to_owned(),
            fingerprint: fingerprint.to_owned(),
            ..finding(span, "m".to_owned(), String::new())
        }
    }

    fn round(before: &[(&str, &str)], after: &[(&str, &str)]) -> (Vec<bool>, usize) {
        let map = SourceMap::default();
        let of = |all: &[(&str, &str)]| -> Vec<Finding> {
            all.iter().map(|(path, fingerprint)| found(&map, path, fingerprint)).collect()
        };
        let (text, count) = written(&of(before), &["rule-a"], "infra/", &map);
        assert_eq!(count, before.len());
        let baseline = Baseline::read(map.add("kmsguard-baseline.json", text), &map).unwrap();
        let mut findings = of(after);
        baseline.apply(&mut findings, &["rule-a"], "infra/", &map);
        let stale = findings.split_off(after.len());
        (findings.iter().map(|it| it.accepted.is_some()).collect(), stale.len())
    }

    #[test]
    fn a_finding_returns_when_its_content_changes() {
        assert_eq!(round(&[("a.tf", "11")], &[("a.tf", "11")]), (vec![true], 0));
        assert_eq!(round(&[("a.tf", "11")], &[("a.tf", "22")]), (vec![false], 1));
        assert_eq!(round(&[("a.tf", "11")], &[("b.tf", "11")]), (vec![false], 1));
    }

    #[test]
    fn equal_findings_are_counted() {
        let twice = [("a.tf", "11"), ("a.tf", "11-2")];
        assert_eq!(round(&twice[..1], &twice), (vec![true, false], 0));
        assert_eq!(round(&twice, &twice[..1]), (vec![true], 1));
    }

    #[test]
    fn what_is_no_baseline_is_told() {
        let map = SourceMap::default();
        let read = |text: &str| Baseline::read(map.add("b", text), &map).unwrap_err().message;
        assert!(read("[]").starts_with("this is no baseline"));
        assert_eq!(
            read("{\"kmsguard_baseline\": 9, \"findings\": []}"),
            "a baseline of version 9 is not known"
        );
    }

    #[test]
    fn paths_start_at_the_root_of_the_repository() {
        assert_eq!(rooted("a/b/", "../c/./d.tf"), "a/c/d.tf");
        assert_eq!(rooted("", "../d.tf"), "../d.tf");
        assert_eq!(rooted("a/", "/x/d.tf"), "/x/d.tf");
    }
}
