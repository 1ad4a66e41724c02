//! What must not be said: sensitive values are taken out of findings.
//!
//! Rules and questions quote principals and attributes; what of these is sensitive is known here for a whole unit, so it
//! is hidden in one place. What is easy to get wrong: where a whole policy is sensitive, so is every text in it.

use crate::finding::Finding;
use crate::key::Declared;
use crate::value::{Kind, Text, Value};
use std::collections::BTreeSet;

/// What stands for it.
const HIDDEN: &str = "(sensitive value)";

/// Hides what `declared` marks as sensitive wherever the findings quote it.
pub(super) fn discreet(findings: &mut [Finding], declared: &Declared) {
    let mut secrets = BTreeSet::new();
    for key in &declared.keys {
        let stated = key.policies.iter().map(|policy| &policy.value);
        let before = key.change.iter().filter_map(|change| change.policy_before.as_ref());
        for value in stated.chain(key.attributes.values()).chain(before) {
            gather(value, &mut secrets);
        }
    }
    for policy in &declared.identity_policies {
        gather(&policy.value, &mut secrets);
    }
    if secrets.is_empty() {
        return;
    }
    for finding in findings {
        hide(&mut finding.message, &secrets);
        finding.help.iter_mut().for_each(|help| hide(help, &secrets));
        hide(&mut finding.primary.fact, &secrets);
        finding.secondary.iter_mut().for_each(|label| hide(&mut label.fact, &secrets));
    }
}

/// The sensitive texts in a value: those that are marked themselves, else all in what is marked.
fn gather(value: &Value, secrets: &mut BTreeSet<String>) {
    let mut left = vec![(value, false)];
    while let Some((value, within)) = left.pop() {
        let within = within || value.secret;
        match &value.kind {
            Kind::Text(text) => match text.encodes() {
                Some(inner) => left.push((inner, within && !marks(inner))),
                None if within => drop(secrets.insert(Text::known_parts(text))),
                None => {}
            },
            Kind::Number(number) if within => drop(secrets.insert(number.as_str().to_owned())),
            Kind::List(list) => left.extend(list.items.iter().map(|item| (item, within))),
            Kind::Map(map) => left.extend(map.entries.iter().map(|entry| (&entry.value, within))),
            Kind::OneOf(branches) => left.extend(branches.iter().map(|branch| (&branch.value, within))),
            _ => {}
        }
    }
    secrets.remove("");
}

/// Whether anything in a value is marked.
fn marks(value: &Value) -> bool {
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        match &value.kind {
            _ if value.secret => return true,
            Kind::Text(text) => left.extend(text.encodes()),
            Kind::List(list) => left.extend(&list.items),
            Kind::Map(map) => left.extend(map.entries.iter().map(|entry| &entry.value)),
            Kind::OneOf(branches) => left.extend(branches.iter().map(|branch| &branch.value)),
            _ => {}
        }
    }
    false
}

/// Short texts may be part of any word, so they count alone.
fn hide(sentence: &mut String, secrets: &BTreeSet<String>) {
    let told = |part: &str| {
        secrets.iter().any(|secret| part == secret || (secret.len() > 3 && part.contains(secret.as_str())))
    };
    let parts = sentence.split('`').enumerate();
    let parts: Vec<&str> =
        parts.map(|(at, part)| if at % 2 == 1 && told(part) { HIDDEN } else { part }).collect();
    *sentence = parts.join("`");
}
