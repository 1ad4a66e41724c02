//! Which provider configuration a resource uses, and what that says of account and Region.
//!
//! Called modules get the configurations of their caller (`providers`). What is easy to get wrong: another alias is
//! most often another Region of the same account; only a role, a profile or an account id of its own makes it
//! another account. And OpenTofu's configurations may have `for_each`: `aws.by_region["eu"]`.

use super::eval::{Eval, Instance, Node, Repetition, Resource, Scope, member};
use crate::syntax::hcl::{Block, Expr, ExprKind, ObjectKey};
use crate::value::{Kind, Reason, Symbol, Text, Unknown, Value};
use std::rc::Rc;
use std::sync::Arc;

/// A provider configuration.
pub(super) struct Provider {
    block: Option<(Rc<Instance>, Arc<Block>)>,
    key: Option<Key>,
}

/// Which occurrence of a configuration is meant: the key as written, and where it stands.
#[derive(Clone)]
struct Key {
    expr: Expr,
    instance: Rc<Instance>,
    repetition: Repetition,
}

/// The configuration that a resource or data source uses.
pub(super) fn of(resource: &Resource<'_>) -> Provider {
    let written = resource.block.body.attribute("provider").map(|attribute| &attribute.value);
    let default = || resource.type_name().split('_').next().unwrap_or("aws").to_owned();
    let name = written.and_then(name_of).unwrap_or_else(default);
    let key = written.and_then(|written| key_of(written, resource.scope.instance, resource.scope.repetition));
    find(resource.scope.instance, &name, key)
}

/// The configuration `name` or `name.alias` of a module instance.
fn find(instance: &Rc<Instance>, name: &str, key: Option<Key>) -> Provider {
    let mut here = Rc::clone(instance);
    let mut name = name.to_owned();
    let mut key = key;
    loop {
        if let Some(block) = here.module.providers.get(name.as_str()) {
            let block = Arc::clone(block);
            return Provider { block: Some((here, block)), key };
        }
        let none = Provider { block: None, key: None };
        let Some(called) = &here.called else { return none };
        let Some(parent) = called.parent.upgrade() else { return none };
        if let Some(passed) = called.block.body.attribute("providers") {
            match handed_over(&passed.value, &name) {
                Some((given, written)) => {
                    name = given;
                    key = key_of(written, &parent, &called.repetition);
                }
                None if name.contains('.') => return none,
                None => {}
            }
        }
        here = parent;
    }
}

/// What `providers = { name = given }` hands over under a name.
fn handed_over<'e>(map: &'e Expr, name: &str) -> Option<(String, &'e Expr)> {
    let ExprKind::Object(items) = &map.kind else { return None };
    items.iter().find_map(|item| {
        let key = match &item.key {
            ObjectKey::Name(ident) => ident.text.to_string(),
            ObjectKey::Expr(expr) => name_of(expr)?,
        };
        if key == name { Some((name_of(&item.value)?, &item.value)) } else { None }
    })
}

/// The key in `aws.alias[key]`.
fn key_of(expr: &Expr, instance: &Rc<Instance>, repetition: &Repetition) -> Option<Key> {
    match &expr.kind {
        ExprKind::Paren(inner) => key_of(inner, instance, repetition),
        ExprKind::Index(_, key) => Some(Key {
            expr: Expr::clone(key),
            instance: Rc::clone(instance),
            repetition: repetition.clone(),
        }),
        _ => None,
    }
}

/// `aws`, `aws.alias` or `aws.alias[…]`, also quoted as in JSON.
fn name_of(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Variable(name) => Some(name.to_string()),
        ExprKind::Paren(inner) | ExprKind::Index(inner, _) => name_of(inner),
        ExprKind::Attr(source, alias) => match &source.kind {
            ExprKind::Variable(name) => Some(format!("{name}.{}", alias.text)),
            _ => None,
        },
        ExprKind::Template(_) => super::session::literal(expr),
        _ => None,
    }
}

impl Provider {
    fn value(&self, eval: &Eval<'_>, name: &str) -> Option<Value> {
        let (instance, block) = self.block.as_ref()?;
        eval.note_again(instance, Some(block.header));
        let attribute = block.body.attribute(name)?;
        let repetition = self.repetition(eval);
        let scope = Scope::of(instance, &repetition);
        let value = eval.settled(eval.expr(&attribute.value, scope), attribute.value.span);
        (!value.is_null()).then_some(value)
    }

    /// What `each` means in it (OpenTofu docs, "Provider Configuration", `for_each`).
    fn repetition(&self, eval: &Eval<'_>) -> Repetition {
        let Some((instance, block)) = &self.block else { return Repetition::None };
        let Some(each) = block.body.attribute("for_each") else { return Repetition::None };
        let span = each.value.span;
        let any = || Repetition::Any(Value::unknown(Reason::NotEvaluated, "each", span));
        let Some(key) = &self.key else { return any() };
        let key = eval.expr(&key.expr, Scope::of(&key.instance, &key.repetition)).ok();
        let Some((key, name)) = key.and_then(|key| Some((key.clone(), key.as_text()?.known()?))) else {
            return any();
        };
        let all = eval.settled(eval.expr(&each.value, Scope::top(instance)), span);
        let found = match &all.kind {
            Kind::Map(map) => map.get(&name).cloned(),
            Kind::List(list) => list.items.iter().find(|item| item.as_str() == Some(&name)).cloned(),
            _ => None,
        };
        found.map_or_else(any, |value| Repetition::Each(key, Node::Value(value)))
    }

    /// Its Region, where it is written, be it by something that is not known.
    pub(super) fn region(&self, eval: &Eval<'_>) -> Option<Text> {
        let value = self.value(eval, "region")?;
        match &value.kind {
            Kind::Unknown(unknown) => {
                Some(Text::unknown(Unknown { symbol: Symbol::Name, ..unknown.clone() }))
            }
            _ => value.as_text().cloned(),
        }
    }

    /// The tags that it gives every resource (AWS provider documentation, `default_tags`).
    pub(super) fn default_tags(&self, eval: &Eval<'_>) -> Option<Value> {
        let (instance, block) = self.block.as_ref()?;
        let tags = block.body.blocks_of("default_tags").next()?;
        let repetition = self.repetition(eval);
        member(&eval.body(&tags.body, Scope::of(instance, &repetition), tags.header), "tags")
            .filter(|tags| !tags.is_null())
    }

    /// Its account, where it is written: the only one of `allowed_account_ids`, or that of the role it assumes.
    pub(super) fn account(&self, eval: &Eval<'_>) -> Option<Text> {
        let allowed = self.value(eval, "allowed_account_ids");
        if let Some([only]) = allowed.as_ref().and_then(Value::as_list).map(|list| list.items.as_slice()) {
            return only.as_text().cloned();
        }
        account_in(self.role(eval)?.as_text()?)
    }

    /// The role that it calls AWS as, where its ARN is written: the last one of a chain (AWS provider documentation,
    /// "Assuming an IAM Role").
    pub(super) fn deployer(&self, eval: &Eval<'_>) -> Option<Text> {
        let (instance, block) = self.block.as_ref()?;
        let role = block.body.blocks_of("assume_role").last()?;
        let role = member(&eval.body(&role.body, Scope::top(instance), role.header), "role_arn")?;
        let arn = role.as_text()?.known()?;
        let fields: Vec<&str> = arn.splitn(6, ':').collect();
        let is_role =
            matches!(fields.as_slice(), ["arn", _, "iam", "", _, what] if what.starts_with("role/"));
        (is_role && account_in(role.as_text()?).is_some()).then(|| role.as_text().cloned())?
    }

    /// What sets its account apart from that of the root module's default configuration: the role, profile or account
    /// that it names for itself, as written. `None` when it names none, or the same.
    pub(super) fn apart(&self, eval: &Eval<'_>) -> Option<Arc<str>> {
        let (instance, block) = self.block.as_ref()?;
        let identity = self.identity(eval);
        if identity.is_empty() {
            return None;
        }
        let mut root = Rc::clone(instance);
        while let Some(parent) = root.called.as_ref().and_then(|called| called.parent.upgrade()) {
            root = parent;
        }
        let name = block.labels.first().map_or("aws", |label| &label.text);
        (find(&root, name, None).identity(eval) != identity).then(|| identity.join("\n").into())
    }

    fn role(&self, eval: &Eval<'_>) -> Option<Value> {
        let (instance, block) = self.block.as_ref()?;
        let role = block.body.blocks_of("assume_role").next()?;
        let repetition = self.repetition(eval);
        member(&eval.body(&role.body, Scope::of(instance, &repetition), role.header), "role_arn")
    }

    /// What sets its account apart: role, profile, allowed accounts.
    fn identity(&self, eval: &Eval<'_>) -> Vec<String> {
        let Some((_, block)) = &self.block else { return Vec::new() };
        let mut parts = Vec::new();
        for name in ["profile", "allowed_account_ids", "access_key"] {
            if let Some(attribute) = block.body.attribute(name) {
                parts.push(eval.source_text(attribute.value.span));
            }
        }
        for kind in ["assume_role", "assume_role_with_web_identity"] {
            for role in block.body.blocks_of(kind) {
                let arn = role.body.attribute("role_arn").map(|role| eval.source_text(role.value.span));
                parts.push(arn.unwrap_or_default());
            }
        }
        parts
    }
}

/// The account of a role's ARN.
fn account_in(role: &Text) -> Option<Text> {
    let known = role.known()?;
    let mut start = 0;
    for (at, part) in known.split(':').enumerate() {
        if at == 4 {
            let digits = part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit());
            return digits.then(|| role.slice(start..start + part.len()));
        }
        start += part.len() + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::input::terraform::{Given, Session};
    use crate::source::Disk;
    use crate::value::Text;
    use std::sync::Arc;

    /// Keys by address and Region.
    fn regions(files: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
        let disk = Disk::memory(files.iter().copied(), Arc::default());
        let declared = Session::new(&disk).load("", &Given::default());
        assert_eq!(declared.problems, []);
        let region = |region: &Option<Text>| region.as_ref().and_then(Text::known);
        declared.keys.iter().map(|key| (key.address.clone(), region(&key.region))).collect()
    }

    #[test]
    fn a_configuration_with_for_each_has_the_values_of_its_key() {
        let root = r#"
locals { regions = { eu = "eu-west-1", us = "us-east-1" } }
provider "aws" {
  alias    = "by_region"
  for_each = local.regions
  region   = each.value
}
resource "aws_kms_key" "k" {
  for_each = local.regions
  provider = aws.by_region[each.key]
}
module "m" {
  for_each  = local.regions
  source    = "./m"
  providers = { aws = aws.by_region[each.key] }
}
"#;
        let files = [("main.tofu", root), ("m/main.tofu", "resource \"aws_kms_key\" \"n\" {}\n")];
        let expected = [
            ("module.m[\"eu\"].aws_kms_key.n", "eu-west-1"),
            ("module.m[\"us\"].aws_kms_key.n", "us-east-1"),
            ("aws_kms_key.k[\"eu\"]", "eu-west-1"),
            ("aws_kms_key.k[\"us\"]", "us-east-1"),
        ];
        let expected = expected.map(|(address, region)| (address.to_owned(), Some(region.to_owned())));
        assert_eq!(regions(&files), expected);
    }
}
