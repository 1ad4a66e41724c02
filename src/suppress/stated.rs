//! Acceptances that are data of the source: `Metadata: {kmsguard: {allow: [{rule, reason, until}]}}` of a template.
//!
//! They say what a comment says, for notations that have none (JSON) and for what a tool generates (CDK). What is easy
//! to get wrong: one on a resource speaks for findings of that resource alone, wherever their labels lie.

use super::{Written, expired};
use crate::finding::Finding;
use crate::source::{SourceMap, Span};
use jiff::civil::Date;

/// An acceptance that is data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stated {
    /// Where it stands.
    pub span: Span,
    /// The addresses of the resource that it speaks for, one per way in which its file is called; none: all in the file.
    pub resources: Vec<String>,
    /// The rules whose findings it accepts.
    pub rules: Vec<String>,
    /// Why; empty when it gives no reason.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<String>,
}

/// What an acceptance speaks for, where that is not a line.
pub(super) enum Owner {
    File,
    Resource(Vec<String>),
}

/// As an acceptance like those of comments.
pub(super) fn written(stated: &Stated, map: &SourceMap, today: Date) -> Written {
    let mut written = Written::new(stated.span, map.path(stated.span.file), Vec::new());
    written.owner = Some(match stated.resources.as_slice() {
        [] => Owner::File,
        addresses => Owner::Resource(addresses.to_vec()),
    });
    let problem = if stated.rules.is_empty() {
        Some(("no rule is named".to_owned(), "write its id as `rule`".to_owned()))
    } else if stated.reason.trim().is_empty() {
        let message = "no reason is given, so nothing is accepted".to_owned();
        Some((message, "say as `reason` why this is fine".to_owned()))
    } else {
        stated.until.as_deref().and_then(|until| expired(until, today))
    };
    if let Some(problem) = problem {
        written.problems.push(problem);
    } else {
        written.ids.clone_from(&stated.rules);
        stated.reason.trim().clone_into(&mut written.reason);
    }
    written
}

/// The acceptance of data that holds for a finding.
pub(super) fn accepting(found: &Finding, acceptances: &[Written], map: &SourceMap) -> Option<usize> {
    let holds = |written: &Written| {
        let owns = match &written.owner {
            None => false,
            Some(Owner::File) => true,
            Some(Owner::Resource(addresses)) => addresses.contains(&found.resource),
        };
        owns && written.ids.contains(&found.rule)
            && found.labels().any(|label| map.path(label.span.file) == written.path)
    };
    acceptances.iter().position(holds)
}

#[cfg(test)]
mod tests {
    use super::super::{Comments, Ids, apply, finding};
    use super::*;
    use jiff::civil::date;

    fn outcome(stated: &Stated, map: &SourceMap, at: Span) -> Vec<(String, String, Option<String>)> {
        let of = |resource: &str| Finding {
            rule: "rule-a".to_owned(),
            resource: resource.to_owned(),
            ..finding(at, "m".to_owned(), String::new())
        };
        let mut findings = vec![of("K"), of("L")];
        let comments = Comments { stated: std::slice::from_ref(stated), ..Comments::default() };
        let known = ["rule-a", "rule-b"];
        let ids = Ids { known: &known, asked: &known };
        apply(&mut findings, comments, map, ids, date(2026, 6, 1));
        findings.into_iter().map(|it| (it.resource, it.message, it.accepted.map(|it| it.reason))).collect()
    }

    #[test]
    fn data_accepts_what_a_comment_would() {
        let map = SourceMap::default();
        let at = Span::new(map.add("t.json", "{}"), 0..2);
        let whole = Stated {
            span: at,
            resources: Vec::new(),
            rules: vec!["rule-a".to_owned()],
            reason: "fine".to_owned(),
            until: Some("2026-06-01".to_owned()),
        };
        let accepted = |stated: &Stated| {
            outcome(stated, &map, at)
                .iter()
                .filter(|found| found.2.is_some())
                .map(|found| found.0.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(accepted(&whole), ["K", "L"]);
        let one = Stated { resources: vec!["L".to_owned()], ..whole.clone() };
        assert_eq!(accepted(&one), ["L"]);
        let told = |stated: &Stated| outcome(stated, &map, at).pop().unwrap().1;
        assert_eq!(
            told(&Stated { until: Some("2026-05-31".to_owned()), ..whole.clone() }),
            "this acceptance expired on 2026-05-31"
        );
        assert_eq!(
            told(&Stated { reason: " ".to_owned(), ..whole.clone() }),
            "no reason is given, so nothing is accepted"
        );
        assert_eq!(told(&Stated { rules: Vec::new(), ..whole.clone() }), "no rule is named");
        assert_eq!(
            told(&Stated { rules: vec!["rule-b".to_owned()], ..whole.clone() }),
            "nothing is found here that `rule-b` accepts"
        );
        assert_eq!(
            told(&Stated { resources: vec!["M".to_owned()], ..whole }),
            "nothing is found here that `rule-a` accepts"
        );
    }
}
