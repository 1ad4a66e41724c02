//! Findings in their final order, each said once.
//!
//! A module that is called by several roots is judged for each of them; what comes out the same is one finding. What is
//! easy to get wrong: file ids depend on the order in which threads read, so everything is compared by path.

use crate::finding::{Certainty, Finding, without_instances};
use crate::key::Accepted;
use crate::source::{FileId, SourceMap, Span};
use crate::suppress::Stated;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Sorts by path, place, rule and resource, and keeps the first of findings with the same rule, message and places.
pub(super) fn tidy(findings: Vec<Finding>, map: &SourceMap) -> Vec<Finding> {
    let mut paths = Paths { map, known: FxHashMap::default() };
    let mut keyed: Vec<(Vec<Place>, Finding)> = findings
        .into_iter()
        .map(|finding| (finding.labels().map(|label| paths.place(label.span)).collect(), finding))
        .collect();
    keyed.sort_by(|(places, one), (others, two)| order(places, one, others, two));
    let mut seen: FxHashSet<(String, String, Vec<Place>)> = FxHashSet::default();
    keyed.retain(|(places, finding)| {
        seen.insert((finding.rule.clone(), finding.message.clone(), places.clone()))
    });
    keyed.into_iter().map(|(_, finding)| finding).collect()
}

/// Makes one of findings that say the same of the same places: of a resource's instances (`k[0]`, `k["a"]`), and of keys
/// that share a policy. The first is kept, with its fingerprint, and names the others. References on the way from each
/// resource to the places may differ; an argument or a default that differs is a place of its own. To be called after
/// acceptances are settled.
pub(super) fn gather(findings: Vec<Finding>, map: &SourceMap) -> Vec<Finding> {
    let mut paths = Paths { map, known: FxHashMap::default() };
    let mut gathered: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut seen: FxHashMap<(Common, Vec<Place>), usize> = FxHashMap::default();
    for finding in findings {
        let told = finding.labels().filter(|label| !label.is_reference());
        let places = told.map(|label| paths.place(label.span)).collect();
        let common = shared(paths.common(&finding));
        let at = *seen.entry((common, places)).or_insert(gathered.len());
        match gathered.get_mut(at) {
            Some(first) if first.resource != finding.resource => {
                if first.also.last() != Some(&finding.resource) {
                    first.also.push(finding.resource);
                }
            }
            // Another way to the same resource is told of when callers are merged.
            Some(first) if first.labels().map(|it| it.span).eq(finding.labels().map(|it| it.span)) => {}
            _ => gathered.push(finding),
        }
    }
    gathered
}

/// The same for every resource of which it is said.
fn shared((rule, resource, message, place, certainty, accepted): Common) -> Common {
    let message = if resource.is_empty() { message } else { message.replace(&format!("`{resource}`"), "``") };
    (rule, String::new(), without_instances(&message), place, certainty, accepted)
}

/// What two findings have in common that differ in who calls the module only: rule, resource, message, place,
/// certainty, and what accepts them.
type Common = (String, String, String, Place, Certainty, Option<Place>);

/// Makes one of findings that differ in the way to them alone: those of a module that several roots call. The first
/// is kept, and tells of the others. To be called after acceptances are settled: one caller's does not count for another.
pub(super) fn merge(findings: Vec<Finding>, map: &SourceMap) -> Vec<Finding> {
    let mut paths = Paths { map, known: FxHashMap::default() };
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut places: FxHashMap<Common, usize> = FxHashMap::default();
    let mut callers: FxHashMap<usize, Vec<Arc<str>>> = FxHashMap::default();
    for finding in findings {
        let at = *places.entry(paths.common(&finding)).or_insert(merged.len());
        match merged.get(at) {
            None => merged.push(finding),
            Some(first) => {
                let own: Vec<Arc<str>> = first.labels().map(|label| paths.place(label.span).0).collect();
                let others = finding.secondary.iter().map(|label| paths.place(label.span).0);
                let mut foreign = others.filter(|path| !own.contains(path));
                let known = callers.entry(at).or_default();
                known.extend(foreign.next_back().filter(|path| !known.contains(path)));
            }
        }
    }
    for (at, finding) in merged.iter_mut().enumerate() {
        if let Some(others) = callers.get(&at).filter(|others| !others.is_empty()) {
            let told = same_for(others);
            finding.help =
                Some(finding.help.take().map_or_else(|| told.clone(), |help| format!("{help}; {told}")));
        }
    }
    merged
}

/// Callers named in a help.
const NAMED: usize = 3;

fn same_for(others: &[Arc<str>]) -> String {
    let mut names: Vec<String> = others.iter().take(NAMED).map(|path| format!("`{path}`")).collect();
    if others.len() > NAMED {
        names.push(format!("{} more files", others.len() - NAMED));
    }
    let calls = if others.len() == 1 { "another call" } else { "other calls" };
    format!("the same comes of {calls} in {}", names.join(", "))
}

/// A place that can be compared: path, start, end.
type Place = (Arc<str>, u32, u32);

struct Paths<'a> {
    map: &'a SourceMap,
    known: FxHashMap<FileId, Arc<str>>,
}

impl Paths<'_> {
    fn place(&mut self, span: Span) -> Place {
        let path = self.known.entry(span.file).or_insert_with(|| self.map.path(span.file).into());
        (Arc::clone(path), span.start, span.end)
    }

    fn common(&mut self, finding: &Finding) -> Common {
        (
            finding.rule.clone(),
            finding.resource.clone(),
            finding.message.clone(),
            self.place(finding.primary.span),
            finding.certainty,
            finding.accepted.as_ref().map(|accepted| self.place(accepted.span)),
        )
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

/// How many of (address, place) there are: a key that is found on several ways is one key.
pub(super) fn distinct(declared: impl IntoIterator<Item = (String, Span)>, map: &SourceMap) -> usize {
    let mut paths = Paths { map, known: FxHashMap::default() };
    let seen: FxHashSet<(String, Place)> =
        declared.into_iter().map(|(address, span)| (address, paths.place(span))).collect();
    seen.len()
}

/// Acceptances that are data, each once: a template may be called in several ways.
pub(super) fn stated(accepted: Vec<Accepted>, map: &SourceMap) -> Vec<Stated> {
    let mut paths = Paths { map, known: FxHashMap::default() };
    let mut stated: BTreeMap<Place, Stated> = BTreeMap::new();
    for one in accepted {
        let Accepted { span, resource, rules, reason, until } = one;
        let new = Stated { span, resources: Vec::new(), rules, reason, until };
        stated.entry(paths.place(span)).or_insert(new).resources.extend(resource);
    }
    stated.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Acceptance, Label};
    use crate::source::{Problem, ProblemKind};

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

    /// What a root in `caller` finds in a module that it calls.
    fn through(map: &SourceMap, caller: &str) -> Finding {
        let module = Span::start_of(map.add("modules/k/main.tf", "xyz"));
        let call = Label { span: Span::start_of(map.add(caller, "")), fact: "module called here".into() };
        let finding = Finding::of_problem(Problem::new(ProblemKind::Syntax, module, "m"));
        Finding { resource: "module.k.aws_kms_key.k".into(), secondary: vec![call], ..finding }
    }

    #[test]
    fn callers_of_one_module_share_a_finding() {
        let map = SourceMap::default();
        let callers = ["a/main.tf", "b/main.tf", "c/main.tf", "d/main.tf", "e/main.tf", "f/main.tf"];
        let findings: Vec<Finding> = callers.map(|caller| through(&map, caller)).into();
        let merged = merge(tidy(findings, &map), &map);
        assert_eq!(merged.len(), 1);
        assert_eq!(map.path(merged[0].secondary[0].span.file), "a/main.tf");
        let help = "the same comes of other calls in `b/main.tf`, `c/main.tf`, `d/main.tf`, 2 more files";
        assert_eq!(merged[0].help.as_deref(), Some(help));
    }

    #[test]
    fn instances_share_a_finding() {
        let map = SourceMap::default();
        let span = Span::start_of(map.add("a.tf", "xyz"));
        let of = |resource: &str| Finding {
            resource: resource.into(),
            ..Finding::of_problem(Problem::new(ProblemKind::Syntax, span, format!("`{resource}` is open")))
        };
        let named = ["m[0].k[0]", "m[0].k[1]", r#"m["a\"]"].k[0]"#];
        let gathered = gather(named.map(of).into(), &map);
        let shown: Vec<(&str, usize)> =
            gathered.iter().map(|it| (it.resource.as_str(), it.also.len())).collect();
        assert_eq!(shown, [("m[0].k[0]", 2)]);
        assert_eq!(gathered[0].and_more(), " and 2 more instances");
    }

    #[test]
    fn keys_that_share_a_policy_share_a_finding() {
        let map = SourceMap::default();
        let file = map.add("a.tf", "xyz");
        let of = |resource: &str, at: usize, fact: &str| {
            let label = Label { span: Span::new(file, at..at + 1), fact: fact.into() };
            let problem =
                Problem::new(ProblemKind::Syntax, Span::start_of(file), format!("`{resource}` is open"));
            Finding { resource: resource.into(), secondary: vec![label], ..Finding::of_problem(problem) }
        };
        let shown = |findings: Vec<Finding>| -> Vec<String> {
            let gathered = gather(findings, &map);
            gathered.iter().map(|it| it.resource.clone() + &it.and_more()).collect()
        };
        let way = |resource: &str, at| of(resource, at, "through `local.policy`");
        assert_eq!(shown(vec![way("k", 0), way("r", 1)]), ["k and r"]);
        assert_eq!(shown(vec![way("k", 0), way("r", 1), way("s", 2)]), ["k and r, s"]);
        assert_eq!(
            shown(vec![way("k", 0), way("r", 1), way("s", 2), way("t", 2)]),
            ["k and 3 more resources"]
        );
        assert_eq!(shown(vec![of("k", 0, "argument here"), of("r", 1, "argument here")]), ["k", "r"]);
        let refused = "in the policy of its primary, no statement allows it";
        assert_eq!(shown(vec![of("k", 0, refused), of("r", 1, refused)]), ["k", "r"]);
        assert_eq!(shown(vec![way("k", 0), way("k", 1)]), ["k", "k"]);
    }

    #[test]
    fn what_one_caller_accepts_the_others_do_not() {
        let map = SourceMap::default();
        let mut findings: Vec<Finding> = ["a.tf", "b.tf", "c.tf"].map(|caller| through(&map, caller)).into();
        let span = findings[0].secondary[0].span;
        findings[0].accepted = Some(Acceptance { reason: "fine there".into(), span });
        findings[2].help = Some("do this".into());
        let merged = merge(findings, &map);
        assert_eq!(merged.len(), 2);
        assert_eq!(merged[1].help.as_deref(), Some("the same comes of another call in `c.tf`"));
        assert!(merged[1].accepted.is_none());
    }

    #[test]
    fn a_key_that_is_met_twice_is_one_key() {
        let map = SourceMap::default();
        let at = |path: &str, start| Span::new(map.add(path, "abc"), start..3);
        let keys =
            [("k", at("a", 0)), ("k", at("a", 0)), ("l", at("a", 0)), ("k", at("a", 1)), ("k", at("b", 0))];
        assert_eq!(distinct(keys.map(|(address, span)| (address.to_owned(), span)), &map), 4);
    }
}
