//! Findings in their final order, each said once.
//!
//! A module that is called by several roots is judged for each of them; what comes out the same is one finding. What is
//! easy to get wrong: file ids depend on the order in which threads read, so everything is compared by path.

use crate::finding::{Finding, Label};
use crate::source::{FileId, SourceMap};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;
use std::sync::Arc;

/// Sorts by path, place, rule and resource, and keeps the first of findings with the same rule, message and places.
pub(super) fn tidy(findings: Vec<Finding>, map: &SourceMap) -> Vec<Finding> {
    let mut paths = Paths { map, known: FxHashMap::default() };
    let mut keyed: Vec<(Vec<Place>, Finding)> = findings
        .into_iter()
        .map(|finding| (finding.labels().map(|label| paths.place(label)).collect(), finding))
        .collect();
    keyed.sort_by(|(places, one), (others, two)| order(places, one, others, two));
    let mut seen: FxHashSet<(String, String, Vec<Place>)> = FxHashSet::default();
    keyed.retain(|(places, finding)| {
        seen.insert((finding.rule.clone(), finding.message.clone(), places.clone()))
    });
    keyed.into_iter().map(|(_, finding)| finding).collect()
}

/// A place that can be compared: path, start, end.
type Place = (Arc<str>, u32, u32);

struct Paths<'a> {
    map: &'a SourceMap,
    known: FxHashMap<FileId, Arc<str>>,
}

impl Paths<'_> {
    fn place(&mut self, label: &Label) -> Place {
        let path = self.known.entry(label.span.file).or_insert_with(|| self.map.path(label.span.file).into());
        (Arc::clone(path), label.span.start, label.span.end)
    }
}

fn order(places: &[Place], one: &Finding, others: &[Place], two: &Finding) -> Ordering {
    let facts = |finding: &Finding| finding.labels().map(|label| label.fact.clone()).collect::<Vec<_>>();
    places
        .first()
        .cmp(&others.first())
        .then_with(|| one.rule.cmp(&two.rule))
        .then_with(|| one.resource.cmp(&two.resource))
        .then_with(|| one.message.cmp(&two.message))
        .then_with(|| one.certainty.cmp(&two.certainty))
        .then_with(|| places.cmp(others))
        .then_with(|| facts(one).cmp(&facts(two)))
        .then_with(|| one.help.cmp(&two.help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Problem, ProblemKind, Span};

    #[test]
    fn order_is_by_path_and_not_by_reading() {
        let map = SourceMap::default();
        let (b, a) = (map.add("b.tf", "xyz"), map.add("a.tf", "xyz"));
        let at = |file, start, resource: &str| {
            let span = Span::new(file, start..start + 1);
            let problem = Problem::new(ProblemKind::Syntax, span, "m");
            Finding { resource: resource.into(), ..Finding::of_problem(problem) }
        };
        let findings = vec![at(b, 0, "y"), at(a, 1, ""), at(b, 0, "x"), at(a, 0, "")];
        let tidied = tidy(findings, &map);
        let shown: Vec<(String, u32, &str)> = tidied
            .iter()
            .map(|finding| {
                (map.path(finding.primary.span.file), finding.primary.span.start, finding.resource.as_str())
            })
            .collect();
        assert_eq!(shown, [("a.tf".into(), 0, ""), ("a.tf".into(), 1, ""), ("b.tf".into(), 0, "x")]);
    }
}
