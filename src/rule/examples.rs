//! Every rule's examples, run: flagged where they are marked, accepted in peace.

use super::catalogue::Catalogue;
use super::check::Rule;
use super::engine::judge;
use super::file::Example;
use crate::config::Config;
use crate::finding::{Certainty, Finding};
use crate::input::{cloudformation, plan, terraform};
use crate::key::Declared;
use crate::source::{Disk, SourceMap};
use std::sync::Arc;

/// An example as read, with the findings of one rule in it and its mistakes.
struct Outcome {
    findings: Vec<Finding>,
    mistakes: Vec<String>,
    map: Arc<SourceMap>,
    keys: usize,
}

fn run(rule: &Rule, example: &Example) -> Outcome {
    let map = Arc::new(SourceMap::default());
    let declared = declared(example, &map);
    let config = example.settings.as_ref().map_or_else(Config::default, |settings| {
        let file = map.add("kmsguard.yaml", settings.as_str());
        let (config, problems) = Config::load(&map, file, &Catalogue::built_in().known_ids());
        assert_eq!(problems, [], "{}", example.title);
        config
    });
    let mistakes = declared.problems.iter().map(|problem| problem.message.clone()).collect();
    let mut findings = judge(&declared, Catalogue::built_in(), &config, &map);
    findings.retain(|finding| finding.rule == rule.id);
    Outcome { findings, mistakes, map, keys: declared.keys.len() }
}

fn declared(example: &Example, map: &Arc<SourceMap>) -> Declared {
    let sources = (&example.terraform, &example.cloudformation, &example.plan);
    match sources {
        (Some(source), None, None) => {
            let disk = Disk::memory([("main.tf", source.as_str())], Arc::clone(map));
            terraform::load(&disk, "", &terraform::Given::default())
        }
        (None, Some(source), None) => {
            let disk = Disk::memory([("template.yaml", source.as_str())], Arc::clone(map));
            cloudformation::load(&disk, "template.yaml", &cloudformation::Given::default())
        }
        (None, None, Some(source)) => plan::load(map, map.add("plan.json", source.as_str()), None),
        _ => panic!("`{}` needs exactly one source", example.title),
    }
}

fn shown(outcome: &Outcome) -> Vec<String> {
    outcome
        .findings
        .iter()
        .map(|it| format!("{:?} {:?} at `{}`", it.certainty, it.message, outcome.map.slice(it.primary.span)))
        .collect()
}

fn check_flagged(rule: &Rule, example: &Example, faults: &mut Vec<String>) {
    let outcome = run(rule, example);
    let mut fault = |what: String| faults.push(format!("{} / {}: {what}", rule.id, example.title));
    if !outcome.mistakes.is_empty() {
        fault(format!("mistakes in the example: {:?}", outcome.mistakes));
    }
    if outcome.findings.is_empty() {
        return fault("not flagged".to_owned());
    }
    let marks: Vec<String> = outcome.findings.iter().map(|it| outcome.map.slice(it.primary.span)).collect();
    if !example.marks.is_empty() && marks != example.marks {
        fault(format!("marked {:?}, found {:?}", example.marks, shown(&outcome)));
    }
    let wanted = if example.undecided { Certainty::Undecided } else { Certainty::Certain };
    let severity = example.severity.unwrap_or(rule.severity);
    for finding in &outcome.findings {
        if finding.certainty != wanted || finding.severity != severity {
            fault(format!(
                "{:?} {:?} instead of {wanted:?} {severity:?}",
                finding.certainty, finding.severity
            ));
        }
        if finding.fingerprint.len() < 16 || finding.message.ends_with('.') {
            fault(format!("a finding is not finished: {finding:?}"));
        }
    }
}

fn check_accepted(rule: &Rule, example: &Example, faults: &mut Vec<String>) {
    let outcome = run(rule, example);
    let mut fault = |what: String| faults.push(format!("{} / {}: {what}", rule.id, example.title));
    if !outcome.mistakes.is_empty() {
        fault(format!("mistakes in the example: {:?}", outcome.mistakes));
    }
    if outcome.keys == 0 {
        fault("declares no key".to_owned());
    }
    if !outcome.findings.is_empty() {
        fault(format!("flagged: {:?}", shown(&outcome)));
    }
}

#[test]
fn every_example_is_judged_as_it_says() {
    let mut faults = Vec::new();
    for rule in Catalogue::built_in().rules() {
        for example in &rule.examples.flagged {
            check_flagged(rule, example, &mut faults);
        }
        for example in &rule.examples.accepted {
            check_accepted(rule, example, &mut faults);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_rule_has_examples_of_both_sides() {
    for rule in Catalogue::built_in().rules() {
        assert!(rule.examples.flagged.len() >= 2, "{}", rule.id);
        assert!(rule.examples.accepted.len() >= 2, "{}", rule.id);
    }
}
