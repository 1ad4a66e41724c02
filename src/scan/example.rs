//! The examples of a rule, run: flagged where they are marked, accepted in peace.

use super::guard::guarded;
use crate::config::{Config, Known, Profile, Selection};
use crate::finding::{Certainty, Finding};
use crate::input::{cloudformation, plan, terraform};
use crate::key::Declared;
use crate::rule::{Catalogue, Example, Rule, judge};
use crate::source::{Disk, SourceMap};
use std::sync::Arc;

/// What comes of an example.
struct Outcome {
    findings: Vec<Finding>,
    map: Arc<SourceMap>,
    /// Whether it declares anything that a rule can speak about.
    declares: bool,
}

/// What differs between what the examples of a rule say and what is found; nothing when all is well. `known` are the
/// ids that settings may name.
pub fn try_examples(rule: &Rule, known: &[&str]) -> Vec<String> {
    let flagged = rule.examples.flagged.iter().map(|example| (example, true));
    let accepted = rule.examples.accepted.iter().map(|example| (example, false));
    let mut faults = Vec::new();
    for (example, is_flagged) in flagged.chain(accepted) {
        let tried = guarded(|| run(rule, example, known))
            .unwrap_or_else(|told| Err(vec![format!("kmsguard made a mistake: {told}")]));
        let found = match tried {
            Err(mistakes) => mistakes,
            Ok(outcome) if is_flagged => check_flagged(rule, example, &outcome),
            Ok(outcome) => check_accepted(&outcome),
        };
        faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", example.title)));
    }
    faults
}

fn run(rule: &Rule, example: &Example, known: &[&str]) -> Result<Outcome, Vec<String>> {
    let map = Arc::new(SourceMap::default());
    let declared = declared(example, &map)?;
    let mut problems = declared.problems.clone();
    let mut config = Config::default();
    if let Some(settings) = &example.settings {
        let file = map.add("kmsguard.yaml", settings.as_str());
        let (read, mistakes) = Config::load(&map, file, Known { rules: known, standards: &[] });
        config = read;
        problems.extend(mistakes);
    }
    if !problems.is_empty() {
        let told = problems.iter().map(|problem| format!("a mistake in the example: {}", problem.message));
        return Err(told.collect());
    }
    config.profiles = Selection::of(Profile::Pedantic);
    let findings = judge(&declared, &Catalogue::of(rule.clone()), &config, &map);
    let speaks = !declared.keys.is_empty()
        || !declared.identity_policies.is_empty()
        || !declared.aliases.is_empty()
        || !declared.grants.is_empty();
    Ok(Outcome { findings, map, declares: speaks })
}

fn declared(example: &Example, map: &Arc<SourceMap>) -> Result<Declared, Vec<String>> {
    Ok(match (&example.terraform, &example.cloudformation, &example.plan) {
        (Some(source), None, None) => {
            let disk = Disk::memory([("main.tf", source.as_str())], Arc::clone(map));
            terraform::load(&disk, "", &terraform::Given::default())
        }
        (None, Some(source), None) => {
            let disk = Disk::memory([("template.yaml", source.as_str())], Arc::clone(map));
            cloudformation::load(&disk, "template.yaml", &cloudformation::Given::default())
        }
        (None, None, Some(source)) => plan::load(map, map.add("plan.json", source.as_str()), None),
        _ => return Err(vec!["give one of `terraform`, `cloudformation` and `plan`".to_owned()]),
    })
}

fn shown(outcome: &Outcome) -> String {
    let each = outcome.findings.iter().map(|it| {
        let certainty = if it.certainty == Certainty::Certain { "" } else { "undecided: " };
        format!("{certainty}{} at `{}`", it.message, outcome.map.slice(it.primary.span))
    });
    each.collect::<Vec<_>>().join("; ")
}

fn check_flagged(rule: &Rule, example: &Example, outcome: &Outcome) -> Vec<String> {
    if outcome.findings.is_empty() {
        let hint = if outcome.declares { "" } else { ", nothing about KMS is declared" };
        return vec![format!("not flagged{hint}")];
    }
    let mut faults = Vec::new();
    let marks: Vec<String> = outcome.findings.iter().map(|it| outcome.map.slice(it.primary.span)).collect();
    if !example.marks.is_empty() && marks != example.marks {
        faults.push(format!("marked `{}`, found {}", example.marks.join("`, `"), shown(outcome)));
    }
    let severity = example.severity.unwrap_or(rule.severity);
    for finding in &outcome.findings {
        if (finding.certainty == Certainty::Undecided) != example.undecided {
            let said = if example.undecided { "said to be undecided" } else { "not said to be undecided" };
            faults.push(format!("{said}, found {}", shown(outcome)));
        }
        if finding.message.ends_with('.') {
            faults.push("the message ends with a full stop".to_owned());
        }
        if finding.severity != severity {
            faults.push(format!("the severity is {}, not {}", finding.severity.name(), severity.name()));
        }
    }
    faults
}

fn check_accepted(outcome: &Outcome) -> Vec<String> {
    let mut faults = Vec::new();
    if !outcome.declares {
        faults.push("nothing about KMS is declared".to_owned());
    }
    if !outcome.findings.is_empty() {
        faults.push(format!("flagged: {}", shown(outcome)));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_judged_as_it_says() {
        let known = Catalogue::built_in().known_ids();
        let mut faults = Vec::new();
        for rule in Catalogue::built_in().rules() {
            faults
                .extend(try_examples(rule, &known).into_iter().map(|fault| format!("{}: {fault}", rule.id)));
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    #[test]
    fn every_built_in_rule_is_complete() {
        for rule in Catalogue::built_in().rules() {
            assert!(rule.examples.flagged.len() >= 2, "{}", rule.id);
            assert!(rule.examples.accepted.len() >= 2, "{}", rule.id);
            assert!(!rule.why.is_empty() && !rule.fix.is_empty() && rule.since.is_some(), "{}", rule.id);
            assert!(!rule.references.is_empty(), "{}", rule.id);
        }
    }
}
