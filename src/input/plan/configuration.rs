//! The plan's `configuration`: which arguments are written, and what they refer to.
//!
//! Expressions stand there as constants or as references, not as text, and locals are missing altogether. So a
//! reference is followed only where it is the only one. What is easy to get wrong: `references` holds every prefix of
//! a reference too.

use super::address::{Address, Step};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// References followed through modules, at most.
const STEPS: usize = 64;

#[derive(Deserialize)]
pub(super) struct Configuration<'a> {
    #[serde(default, borrow)]
    root_module: Module<'a>,
}

#[derive(Deserialize, Default)]
struct Module<'a> {
    #[serde(default, borrow)]
    resources: Vec<Declaration<'a>>,
    #[serde(default, borrow, rename = "module_calls")]
    calls: BTreeMap<String, Call<'a>>,
    #[serde(default, borrow)]
    outputs: BTreeMap<String, Output<'a>>,
}

#[derive(Deserialize)]
struct Declaration<'a> {
    #[serde(default, borrow)]
    address: Cow<'a, str>,
    #[serde(default, borrow)]
    expressions: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(default, borrow)]
    expressions: Option<&'a RawValue>,
    #[serde(default, borrow)]
    module: Module<'a>,
}

#[derive(Deserialize)]
struct Output<'a> {
    #[serde(default, borrow)]
    expression: Option<&'a RawValue>,
}

/// The blocks of a document as they are written.
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(default, borrow)]
    statement: Vec<Statement<'a>>,
}

#[derive(Deserialize)]
struct Statement<'a> {
    #[serde(default, borrow)]
    principals: Vec<Principals<'a>>,
    #[serde(default, borrow)]
    not_principals: Vec<Principals<'a>>,
}

#[derive(Deserialize)]
struct Principals<'a> {
    #[serde(default, borrow)]
    identifiers: Option<&'a RawValue>,
}

/// What an argument is set to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Written {
    /// It is not written, or written as null.
    No,
    /// It is, and refers to these.
    Yes(Vec<String>),
    /// The resource is not in the configuration.
    CannotTell,
}

impl<'a> Configuration<'a> {
    /// Reads the configuration; `None` when it is not as Terraform writes it.
    pub(super) fn read(raw: &'a RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok()
    }

    fn module(&self, path: &[Step]) -> Option<&Module<'a>> {
        path.iter()
            .try_fold(&self.root_module, |module, step| module.calls.get(&step.name).map(|call| &call.module))
    }

    fn expressions(&self, address: &Address) -> Option<&'a RawValue> {
        let module = self.module(&address.modules)?;
        module.resources.iter().find(|found| found.address == address.resource)?.expressions
    }

    /// Whether and how the argument of a resource is written.
    pub(super) fn written(&self, address: &Address, argument: &str) -> Written {
        let found = self.expressions(address);
        found.map_or(Written::CannotTell, |expressions| argument_in(expressions, argument))
    }

    /// For each written `statement` of a document: the one resource whose `arn` its identifiers refer to.
    pub(super) fn identifiers(&self, address: &Address) -> Vec<Option<String>> {
        let statements = self.expressions(address).and_then(|raw| {
            let document = serde_json::from_str::<Document<'_>>(raw.get()).ok()?;
            Some(document.statement)
        });
        let owner = |statement: &Statement<'_>| {
            let blocks = statement.principals.iter().chain(&statement.not_principals);
            let references: Vec<String> =
                blocks.filter_map(|block| references_of(block.identifiers?)).flatten().collect();
            let mut found = Address::parse(&only(&references)?);
            let managed = found.modules.is_empty() && found.resource.starts_with("aws_");
            if !managed || found.attribute != "arn" {
                return None;
            }
            found.modules.clone_from(&address.modules);
            Some(found.instance())
        };
        statements.unwrap_or_default().iter().map(owner).collect()
    }

    /// The one thing that the argument refers to, through variables and outputs: its address with the attribute.
    /// `None` when there are several, or none that can be followed.
    pub(super) fn origin(&self, address: &Address, argument: &str) -> Option<Address> {
        self.origin_at(address, &[argument])
    }

    /// The same of an argument in a block, or in a block in a block, where there is one such block.
    pub(super) fn origin_at(&self, address: &Address, path: &[&str]) -> Option<Address> {
        let (first, rest) = path.split_first()?;
        let mut references = match (self.written(address, first), rest) {
            (Written::Yes(references), []) => references,
            (Written::Yes(_), rest) => references_of(at_path(self.expressions(address)?, first, rest)?)?,
            _ => return None,
        };
        let mut path = address.modules.clone();
        for _ in 0..STEPS {
            let mut found = Address::parse(&only(&references)?);
            references = match found.resource.split_once('.') {
                Some(("local" | "each" | "count" | "path" | "terraform" | "self", _)) => return None,
                Some(("var", name)) => {
                    let call = path.pop()?;
                    let expressions = self.module(&path)?.calls.get(&call.name)?.expressions?;
                    match argument_in(expressions, name) {
                        Written::Yes(references) => references,
                        _ => return None,
                    }
                }
                None if !found.modules.is_empty() => {
                    path.append(&mut found.modules);
                    let output = self.module(&path)?.outputs.get(&found.resource)?;
                    references_of(output.expression?)?
                }
                _ => {
                    found.modules = path;
                    return Some(found);
                }
            };
        }
        None
    }
}

/// The one reference of which the others are prefixes, repetition's own names aside.
fn only(references: &[String]) -> Option<String> {
    let mut left = references.iter().filter(|one| !one.starts_with("each.") && !one.starts_with("count."));
    let longest = left.clone().max_by_key(|one| one.len())?;
    let is_prefix = |one: &String| {
        longest.strip_prefix(one.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    left.all(is_prefix).then(|| longest.clone())
}

/// The expression at a path of blocks, each the only one of its type.
fn at_path<'a>(expressions: &'a RawValue, first: &str, rest: &[&str]) -> Option<&'a RawValue> {
    let mut found =
        serde_json::from_str::<BTreeMap<String, &RawValue>>(expressions.get()).ok()?.remove(first)?;
    for name in rest {
        let block = match serde_json::from_str::<Vec<&RawValue>>(found.get()) {
            Ok(blocks) => *blocks.first().filter(|_| blocks.len() == 1)?,
            Err(_) => found,
        };
        found = serde_json::from_str::<BTreeMap<String, &RawValue>>(block.get()).ok()?.remove(*name)?;
    }
    Some(found)
}

fn argument_in(expressions: &RawValue, argument: &str) -> Written {
    let Ok(mut expressions) = serde_json::from_str::<BTreeMap<String, &RawValue>>(expressions.get()) else {
        return Written::CannotTell;
    };
    match expressions.remove(argument) {
        None => Written::No,
        Some(expression) => references_of(expression).map_or(Written::No, Written::Yes),
    }
}

/// The references of an expression; `None` when it is the constant null.
fn references_of(expression: &RawValue) -> Option<Vec<String>> {
    let Ok(parts) = serde_json::from_str::<BTreeMap<String, &RawValue>>(expression.get()) else {
        return Some(Vec::new());
    };
    if parts.get("constant_value").is_some_and(|constant| constant.get() == "null") {
        return None;
    }
    let references = parts.get("references").and_then(|list| serde_json::from_str(list.get()).ok());
    Some(references.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Configuration<'_> {
        Configuration { root_module: serde_json::from_str(text).unwrap() }
    }

    #[test]
    fn references_lead_through_variables_and_outputs() {
        let configuration = read(
            r#"{"resources": [{"address": "data.aws_iam_policy_document.d", "expressions": {}}],
            "module_calls": {
                "k": {"expressions": {"policy": {"references": ["module.d.json", "module.d"]}}, "module": {"resources": [
                    {"address": "aws_kms_key.this", "expressions": {"policy": {"references": ["var.policy"]}, "x": {"constant_value": null}}}]}},
                "d": {"module": {"outputs": {"json": {"expression": {"references": ["data.aws_iam_policy_document.d[0].json", "data.aws_iam_policy_document.d[0]", "data.aws_iam_policy_document.d"]}}}}}}}"#,
        );
        let key = Address::parse("module.k[\"x\"].aws_kms_key.this");
        let origin = configuration.origin(&key, "policy").unwrap();
        assert_eq!(origin.instance(), "module.d.data.aws_iam_policy_document.d[0]");
        assert_eq!(origin.attribute, "json");
        assert_eq!(configuration.written(&key, "description"), Written::No);
        assert_eq!(configuration.written(&key, "x"), Written::No);
        assert_eq!(configuration.written(&Address::parse("aws_kms_key.none"), "policy"), Written::CannotTell);
    }

    #[test]
    fn two_references_are_none() {
        let references = ["a.b.c", "a.b", "d.e"].map(str::to_owned);
        assert_eq!(only(&references), None);
        assert_eq!(only(&references[..2]).as_deref(), Some("a.b.c"));
    }
}
