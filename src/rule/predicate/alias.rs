//! What a plan does to an alias.
//!
//! AWS KMS Developer Guide, "Updating aliases": who encrypts by the alias uses the new key from then on. What is easy to
//! get wrong: the target may be written as an id before and as an ARN after.

use super::element::decided;
use crate::access::{Access, Witness};
use crate::key::{Action, Alias, Lead};
use crate::rule::subject::{Case, Thing};
use crate::value::{Trail, Value};

/// What a plan does to an alias.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AliasChangeWord {
    /// It names another key afterwards.
    Retargeted,
    /// It has another name afterwards.
    Renamed,
}

/// Whether the plan does one of these to the alias.
pub(super) fn alias_change(words: &[AliasChangeWord], case: &Case<'_>) -> Access {
    let Thing::Alias(alias) = case.scene.thing else { return Access::no([]) };
    Access::any(words.iter().map(|word| match word {
        AliasChangeWord::Retargeted => retargeted(alias, case),
        AliasChangeWord::Renamed => renamed(alias),
    }))
}

fn retargeted(alias: &Alias, case: &Case<'_>) -> Access {
    let Some(before) = alias.before.as_ref().and_then(|before| before.key.as_ref()) else {
        return Access::no([]);
    };
    let other = match (id(before), id(&alias.key.value)) {
        (Some(before), Some(after)) => Some(before != after),
        _ => match case.scene.leads.lead(&alias.key) {
            // A key that this plan makes was not there before.
            Lead::Key(key) => {
                let made = |action: Action| matches!(action, Action::Create | Action::Replace);
                key.change.as_ref().is_some_and(|change| made(change.action)).then_some(true)
            }
            _ => None,
        },
    };
    told(other, &alias.key.value, before)
}

fn renamed(alias: &Alias) -> Access {
    let Some(before) = alias.before.as_ref().and_then(|before| before.name.as_ref()) else {
        return Access::no([]);
    };
    let known = |value: &Value| value.as_text().and_then(crate::value::Text::known);
    let other = known(before).zip(known(&alias.name)).map(|(before, after)| before != after);
    told(other, &alias.name, before)
}

fn told(other: Option<bool>, after: &Value, before: &Value) -> Access {
    let was = Witness::new(before.span, "before this plan", &Trail::default());
    match other {
        Some(true) => Access::yes([Witness::new(after.span, "after it", &after.trail), was]),
        Some(false) => decided(false),
        None => Access::cannot_tell([was]),
    }
}

/// The id of a key, of which its ARN is made; `None` when that is not known.
fn id(value: &Value) -> Option<String> {
    let text = value.as_text().and_then(crate::value::Text::known)?;
    Some(text.rsplit_once(":key/").map_or(text.as_str(), |(_, id)| id).to_owned())
}
