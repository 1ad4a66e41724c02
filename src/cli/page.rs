//! A rule's page: one text for `kmsguard explain` and for the help that travels in SARIF.

use crate::finding::{Finding, Severity};
use crate::report::RuleCard;
use crate::rule::{Catalogue, Example, Rule};
use crate::source::{Problem, ProblemKind, SourceMap, Span};
use std::fmt::Write as _;

/// Findings that no rule makes: their id, what they say, and what to do.
pub(super) const RESERVED: [(&str, &str, &str); 11] = [
    (
        "argument-ignored",
        "something is written in vain",
        "Nothing reads it where it stands, so it changes nothing: an argument that a module does not have, or one that \
         another of the same name replaces. Remove it, or write it where it is read.",
    ),
    (
        "evaluation-error",
        "the configuration cannot be evaluated",
        "Terraform or CloudFormation would stop here too. Correct the expression, or give the value that it needs with \
         `--var` or `--var-file`.",
    ),
    (
        "internal-error",
        "kmsguard made a mistake",
        "A part of the work was given up, so nothing is known about what it would have found; the rest was judged. Please \
         report it with the message and, if you may share it, the file.",
    ),
    (
        "limit-reached",
        "a bound on size, depth or steps was reached",
        "What lies behind the bound was not looked at, so nothing is known about it. Bounds protect against hostile \
         input; split the file or simplify the expression.",
    ),
    (
        "module-missing",
        "a called module is not here",
        "Keys that it declares were not judged. Run `terraform init` before the check, give copies of modules with \
         `--modules DIR`, or judge a plan.",
    ),
    (
        "plan-partial",
        "a plan does not say all",
        "What was left out of it was not looked at. Judge a complete plan as well: one without `-target`, made without \
         errors.",
    ),
    (
        "rule-invalid",
        "a rule file has a mistake",
        "The rule was not used. `kmsguard schema rule` prints its schema.",
    ),
    (
        "settings-invalid",
        "the settings file has a mistake",
        "Correct it; `kmsguard schema config` prints its schema for your editor.",
    ),
    (
        "suppression-stale",
        "an accepted finding is not there any more",
        "Remove the comment or entry that accepts it, so that it cannot hide a new finding.",
    ),
    ("syntax-error", "a file cannot be parsed", "Correct it; what could be read was judged all the same."),
    (
        "unreadable-file",
        "a file cannot be read",
        "Nothing is known about what it declares. Decrypt it, repair the link, grant access, or leave it out with \
         `--exclude`.",
    ),
];

/// The page of a rule, in Markdown.
pub(super) fn page(rule: &Rule) -> String {
    let mut text = format!("# {} ({})\n\n{}\n", rule.id, rule.severity.name(), sentence(&rule.title));
    for (head, prose) in [("Why it matters", &rule.why), ("What to do", &rule.fix)] {
        if !prose.trim().is_empty() {
            let _ = write!(text, "\n## {head}\n\n{}\n", prose.trim());
        }
    }
    for (head, examples) in [("Flagged", &rule.examples.flagged), ("Accepted", &rule.examples.accepted)] {
        for example in examples {
            write_example(&mut text, head, example);
        }
    }
    if !rule.mappings.is_empty() {
        text.push_str("\n## Published controls\n\n");
        for mapping in &rule.mappings {
            let _ = writeln!(text, "- {}: {}", mapping.standard, mapping.control);
        }
    }
    if !rule.references.is_empty() {
        text.push_str("\n## References\n\n");
        for reference in &rule.references {
            let _ = writeln!(text, "- [{}]({})", reference.title, reference.url);
        }
    }
    let since = rule.since.as_ref().map(|since| format!(", since {since}")).unwrap_or_default();
    let _ = write!(text, "\n## When it is asked\n\nIn the profile `{}`{since}.\n", rule.profile.name());
    let _ = write!(
        text,
        "\n## How to accept it\n\n`# kmsguard: allow[{id}] the reason` on the line, or on the line above. With `for=` and the \
         finding's fingerprint in the reason it returns when what it is about changes. `{id}: off` under `rules` in \
         `kmsguard.yaml` switches the rule off.\n",
        id = rule.id
    );
    text
}

/// The page of an id that no rule has.
pub(super) fn reserved_page(id: &str) -> Option<String> {
    let (id, title, help) = RESERVED.into_iter().find(|(reserved, ..)| *reserved == id)?;
    Some(format!("# {id} ({})\n\n{}\n\n{help}\n", reserved_severity(id).name(), sentence(title)))
}

fn write_example(text: &mut String, head: &str, example: &Example) {
    let code = [("hcl", &example.terraform), ("yaml", &example.cloudformation), ("json", &example.plan)];
    for (language, code) in code {
        if let Some(code) = code {
            let _ =
                write!(text, "\n## {head}: {}\n\n```{language}\n{}\n```\n", example.title, code.trim_end());
        }
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.trim().trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// The severity that a problem of that id has.
pub(super) fn reserved_severity(id: &str) -> Severity {
    let span = Span::start_of(SourceMap::default().add("", ""));
    let kind = ProblemKind::ALL.into_iter().find(|kind| kind.id() == id);
    kind.map_or(Severity::Low, |kind| Finding::of_problem(Problem::new(kind, span, "")).severity)
}

/// What reports say about every rule.
pub(super) fn cards(catalogue: &Catalogue) -> Vec<RuleCard> {
    let rules = catalogue.rules().iter().map(|rule| RuleCard {
        id: rule.id.clone(),
        title: rule.title.clone(),
        help: page(rule),
        severity: rule.severity,
        tags: rule.tags.clone(),
    });
    let reserved = RESERVED.into_iter().map(|(id, title, help)| RuleCard {
        id: id.to_owned(),
        title: title.to_owned(),
        help: help.to_owned(),
        severity: reserved_severity(id),
        tags: vec!["input".to_owned()],
    });
    rules.chain(reserved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reserved_id_has_a_page() {
        for id in crate::rule::RESERVED {
            assert!(reserved_page(id).is_some(), "{id}");
        }
        for kind in ProblemKind::ALL {
            assert!(crate::rule::RESERVED.contains(&kind.id()), "{}", kind.id());
        }
        assert_eq!(reserved_severity("syntax-error"), Severity::High);
    }

    #[test]
    fn every_rule_has_a_card_and_a_page() {
        let catalogue = Catalogue::built_in();
        assert_eq!(cards(catalogue).len(), catalogue.rules().len() + RESERVED.len());
        for rule in catalogue.rules() {
            assert!(page(rule).contains("## Why it matters"));
        }
    }
}
