//! Predicates on tags and names of a key.

use super::element::{decided, unknown};
use super::key::{matches, of_value};
use super::pattern::Pattern;
use crate::access::{Access, Witness};
use crate::key::Attribute;
use crate::rule::subject::Case;
use crate::value::{Kind, List, Map, Text, Value};

/// A tag that the key must have.
#[derive(Clone, PartialEq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TagTest {
    /// Its name; case counts.
    pub name: String,
    /// Its value matches this regular expression.
    #[serde(default)]
    pub matches: Option<Pattern>,
}

/// Whether the key has such a tag.
pub(super) fn tag(test: &TagTest, case: &Case<'_>) -> Access {
    let Some(key) = case.scene.key else { return Access::no([]) };
    let tags = key.attributes.get(&Attribute::Tags).filter(|tags| !tags.is_null());
    let Some(tags) = tags else { return Access::no([]) };
    match &tags.kind {
        // Which one holds is not decided: unless all agree, nothing can be told.
        Kind::OneOf(branches) => {
            let each: Vec<Access> = branches.iter().map(|branch| in_tags(test, &branch.value)).collect();
            if each.iter().all(Access::is_yes) {
                return Access::yes([]);
            }
            if each.iter().all(Access::is_no) {
                return Access::no([]);
            }
            Access::cannot_tell(branches.iter().flat_map(|branch| &branch.when).map(Witness::of_assumption))
        }
        _ => in_tags(test, tags),
    }
}

fn in_tags(test: &TagTest, tags: &Value) -> Access {
    match &tags.kind {
        Kind::Map(map) => in_map(test, map),
        Kind::List(list) => in_list(test, list),
        Kind::Unknown(it) => unknown(it),
        Kind::OneOf(_) => Access::cannot_tell(tags.unknowns().into_iter().map(Witness::of_unknown)),
        _ => Access::no([]),
    }
}

/// Terraform: names and values.
fn in_map(test: &TagTest, map: &Map) -> Access {
    let known = map.entries.iter().map(|entry| is_it(test, &entry.name.text, Some(&entry.value)));
    Access::any(known.chain(map.open.iter().map(unknown)))
}

/// `CloudFormation`: a list of `Key` and `Value`; the Cloud Control provider writes them in lower case.
fn in_list(test: &TagTest, list: &List) -> Access {
    let known = list.items.iter().map(|item| {
        let part = |names: [&str; 2]| names.into_iter().find_map(|name| item.get(name));
        match part(["Key", "key"]).and_then(Value::as_text) {
            Some(name) => is_it(test, name, part(["Value", "value"])),
            None => Access::any(item.unknowns().into_iter().map(unknown)),
        }
    });
    Access::any(known.chain(list.open.iter().map(unknown)))
}

fn is_it(test: &TagTest, name: &Text, value: Option<&Value>) -> Access {
    let named = super::element::of_text(name, |name| name == test.name);
    let Some(pattern) = test.matches.as_ref().filter(|_| !named.is_no()) else { return named };
    let Some(value) = value else { return Access::no([]) };
    let fact = |_: &Value| format!("the tag `{}`", test.name);
    named.and(of_value(value, |value| matches(pattern, value), fact))
}

/// Whether an alias that is declared here names the key. Where one points is not always known.
pub(super) fn aliased(wanted: bool, case: &Case<'_>) -> Access {
    let names = case.scene.leads.declared.aliases.iter().map(|alias| match &alias.key.address {
        Some(address) => decided(*address == case.scene.address),
        None => Access::cannot_tell(alias.key.value.unknowns().into_iter().map(Witness::of_unknown)),
    });
    let answer = Access::any(names);
    if wanted { answer } else { !answer }
}
