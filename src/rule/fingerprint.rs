//! What makes a finding the same finding after an edit elsewhere.
//!
//! A fingerprint is made of the rule, the resource and the content of the offending element; never of lines. Lists
//! have no order, names of actions no case, and a Sid is only a name.

use super::slot;
use super::subject::{Case, Item};
use super::usage::Usage;
use crate::policy::{Condition, Effect, Elements, Statement};
use crate::value::Text;
use sha2::{Digest, Sha256};

/// Hex digits of a fingerprint.
const DIGITS: usize = 24;

/// The fingerprint of `parts`, in this order.
pub(super) fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.take(DIGITS).filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

/// The content of what a case is about, in one normal form.
pub(super) fn content(case: &Case<'_>) -> String {
    let own = match case.item {
        Item::Whole => case.scene.usage().map(Usage::content).unwrap_or_default(),
        Item::Principal(element) => slot::principal(&element.value),
        Item::Action(element) => element.value.shown().to_lowercase(),
        Item::Resource(element) => element.value.shown(),
        Item::Condition(it) => condition(it),
        Item::Defect(defect) => format!("{:?} {} {}", defect.kind, defect.subject, defect.fact),
        Item::Change(change) => format!("{:?}", change.action),
        Item::Writer(writer) => writer.found.principal.clone().unwrap_or_default(),
        Item::Widening(one) => {
            format!("{} {}", one.access.request.caller.name, one.access.actions.join(","))
        }
    };
    match (case.statement, case.policy, case.item) {
        (Some(whole), ..) => format!("{own}\n{}", statement(whole)),
        // What is said of a policy as a whole is said of all its statements.
        (None, Some(held), Item::Whole) => sorted(held.document.statements.iter().map(statement)),
        _ => own,
    }
}

fn statement(statement: &Statement) -> String {
    let parts = [
        format!("deny: {}", statement.effect == Effect::Deny),
        elements(statement.principals.as_ref(), slot::principal),
        elements(statement.actions.as_ref(), |text| text.shown().to_lowercase()),
        elements(statement.resources.as_ref(), Text::shown),
        sorted(statement.conditions.iter().map(condition)),
    ];
    parts.join("\n")
}

fn elements<T>(elements: Option<&Elements<T>>, shown: impl Fn(&T) -> String) -> String {
    let Some(elements) = elements else { return String::new() };
    let items = sorted(elements.items.iter().map(|element| shown(&element.value)));
    let negation = if elements.negated { "not " } else { "" };
    format!("{negation}{items}")
}

fn condition(condition: &Condition) -> String {
    let values = sorted(condition.values.iter().map(|value| value.value.shown()));
    format!("{} {} {values}", condition.operator.shown(), condition.key.shown().to_lowercase())
}

fn sorted(texts: impl Iterator<Item = String>) -> String {
    let mut texts: Vec<String> = texts.collect();
    texts.sort_unstable();
    texts.join(",")
}

#[cfg(test)]
mod tests {
    #[test]
    fn fingerprints_are_hex_and_depend_on_the_border_between_parts() {
        let one = super::of(["ab", "c"]);
        assert_eq!(one.len(), super::DIGITS);
        assert!(one.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(one, super::of(["a", "bc"]));
        assert_eq!(one, super::of(["ab", "c"]));
    }
}
