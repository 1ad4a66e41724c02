//! Acceptances in metadata: `Metadata: {kmsguard: {allow: [{rule: …, reason: …, until: …}]}}`.
//!
//! On a resource they speak for it, on the template for all in the file. Where `cdk` or a script makes the template,
//! this is what survives. What is easy to get wrong: CloudFormation evaluates nothing in metadata that we read, so only
//! what is written out counts.

use super::mistake;
use super::scope::Evaluator;
use crate::key::Accepted;
use crate::source::nearest;
use crate::value::Value;

/// Acceptances read of one template.
const MOST: usize = 1000;
const MEMBERS: [&str; 3] = ["rule", "reason", "until"];

/// What the metadata of a resource or of a template accepts; `resource` is its address.
pub(super) fn accepted(
    evaluator: &mut Evaluator<'_>,
    declares: &Value,
    resource: Option<&str>,
    found: &mut Vec<Accepted>,
) {
    let allow = declares.get("Metadata").and_then(|metadata| metadata.get("kmsguard")?.get("allow"));
    let Some(allow) = allow else { return };
    let items = allow.as_list().map_or(std::slice::from_ref(allow), |list| list.items.as_slice());
    for item in items {
        if found.len() >= MOST {
            evaluator.limit(item.span, "there are too many acceptances and the rest was not read");
            return;
        }
        found.extend(one(evaluator, item, resource));
    }
}

fn one(evaluator: &mut Evaluator<'_>, item: &Value, resource: Option<&str>) -> Option<Accepted> {
    let Some(map) = item.as_map() else {
        let problem = mistake(item.span, "an acceptance is a mapping of `rule` and `reason`");
        evaluator
            .report(problem.help("write `{rule: rule-id, reason: why this is fine, until: 2030-12-31}`"));
        return None;
    };
    for entry in &map.entries {
        let name = entry.name.text.shown();
        if !MEMBERS.contains(&name.as_str()) {
            let problem = mistake(
                entry.name.span,
                format!("an acceptance has no member `{name}`, so nothing is accepted"),
            );
            evaluator.report(match nearest(&name, MEMBERS) {
                Some(near) => problem.help(format!("did you mean `{near}`")),
                None => problem.help("its members are `rule`, `reason` and `until`"),
            });
            return None;
        }
    }
    let text = |name: &str| map.get(name).and_then(Value::as_str).map(str::to_owned);
    let rules = map
        .get("rule")
        .map(|rule| rule.as_list().map_or(std::slice::from_ref(rule), |list| list.items.as_slice()));
    let rules = rules.unwrap_or_default().iter().filter_map(Value::as_str).map(str::to_owned);
    // A last day that is no text is no date either, and must not be passed over.
    let until = map.get("until").map(|_| text("until").unwrap_or_default());
    Some(Accepted {
        span: item.span,
        resource: resource.map(str::to_owned),
        rules: rules.collect(),
        reason: text("reason").unwrap_or_default(),
        until,
    })
}
