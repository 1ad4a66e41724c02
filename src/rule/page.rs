//! A rule as a page for people, in plain Markdown.

use super::catalogue::Catalogue;
use super::check::Rule;
use super::file::Example;
use std::fmt::Write as _;

/// The page of a built-in rule; for an unknown id, what was probably meant.
pub fn page(id: &str) -> String {
    let catalogue = Catalogue::built_in();
    match catalogue.get(id) {
        Some(rule) => of_rule(rule),
        None => match reserved(id) {
            Some(meaning) => format!("# {id}\n\n{meaning}\n"),
            None => unknown(id, catalogue),
        },
    }
}

fn unknown(id: &str, catalogue: &Catalogue) -> String {
    let near = crate::source::nearest(id, catalogue.known_ids());
    let hint = near.map_or_else(
        || "`kmsguard rules` lists them all".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    format!("there is no rule `{id}`; {hint}\n")
}

/// What an id means that is no rule.
fn reserved(id: &str) -> Option<&'static str> {
    Some(match id {
        "evaluation-error" => {
            "The configuration cannot be evaluated: Terraform or CloudFormation would stop here too."
        }
        "limit-reached" => {
            "A bound that protects against hostile input was hit; what lies behind it was not looked at."
        }
        "plan-partial" => {
            "The plan does not say all: planning ended with an error, or something was left out of it or put off."
        }
        "rule-invalid" => "A rule file has a mistake and is not used.",
        "settings-invalid" => "The settings file has a mistake.",
        "suppression-stale" => {
            "An accepted finding is not there any more, or its acceptance has expired, gives no reason, or names a rule \
             that does not exist. Remove or correct it."
        }
        "syntax-error" => "The text does not follow its notation's grammar; what could be read was judged.",
        "unreadable-file" => "The file could not be read, or is not text. It is never counted as passed.",
        _ => return None,
    })
}

/// The page of a rule.
pub fn of_rule(rule: &Rule) -> String {
    let mut page = format!("# {}\n\n{}\n\n", rule.id, sentence(&rule.title));
    let _ = writeln!(page, "- severity: {}", severities(rule));
    let _ = writeln!(page, "- judges: each {}", rule.subject.name());
    if !rule.tags.is_empty() {
        let _ = writeln!(page, "- tags: {}", rule.tags.join(", "));
    }
    let _ = writeln!(page, "- since: {}", rule.since);
    let _ =
        writeln!(page, "\n## Why it matters\n\n{}\n\n## What to do\n\n{}", rule.why.trim(), rule.fix.trim());
    examples(&mut page, "Flagged", &rule.examples.flagged);
    examples(&mut page, "Accepted", &rule.examples.accepted);
    if !rule.mappings.is_empty() {
        page.push_str("\n## Controls\n\n");
        for mapping in &rule.mappings {
            let _ = writeln!(page, "- {}: {}", mapping.standard, mapping.control);
        }
    }
    page.push_str("\n## References\n\n");
    for reference in &rule.references {
        let _ = writeln!(page, "- [{}]({})", reference.title, reference.url);
    }
    let _ = write!(
        page,
        "\n## Accepting a finding\n\n```text\n# kmsguard: allow[{}] reason, until=YYYY-MM-DD\n```\n",
        rule.id
    );
    page
}

fn severities(rule: &Rule) -> String {
    let mut names = vec![rule.severity.name()];
    for grade in &rule.grades {
        if !names.contains(&grade.severity.name()) {
            names.push(grade.severity.name());
        }
    }
    match names.split_first() {
        Some((own, others)) if !others.is_empty() => format!("{own} ({} in some cases)", others.join(", ")),
        _ => rule.severity.name().to_owned(),
    }
}

fn examples(page: &mut String, heading: &str, examples: &[Example]) {
    for (index, example) in examples.iter().enumerate() {
        if index == 0 {
            let _ = write!(page, "\n## {heading}\n");
        }
        let _ = write!(page, "\n{}\n", sentence(&example.title));
        let sources = [
            ("hcl", &example.terraform),
            ("yaml", &example.cloudformation),
            ("json", &example.plan),
            ("yaml", &example.settings),
        ];
        for (language, source) in sources {
            if let Some(source) = source {
                let _ = write!(page, "\n```{language}\n{}\n```\n", source.trim_end());
            }
        }
    }
}

/// A phrase as a sentence: capital and full stop.
fn sentence(phrase: &str) -> String {
    let phrase = phrase.trim().trim_end_matches('.');
    let mut letters = phrase.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_everything_about_a_rule() {
        let page = page("rotation-disabled");
        for part in
            ["# rotation-disabled", "severity: medium", "## Why", "## Flagged", "```hcl", "KMS.4", "https://"]
        {
            assert!(page.contains(part), "{part} in {page}");
        }
    }

    #[test]
    fn an_unknown_rule_is_answered_kindly() {
        assert_eq!(
            page("rotation-disable"),
            "there is no rule `rotation-disable`; did you mean `rotation-disabled`?\n"
        );
        assert!(page("syntax-error").starts_with("# syntax-error"));
        for id in super::super::RESERVED {
            assert!(reserved(id).is_some());
        }
    }
}
