//! Which provider configuration a resource uses, and what that says of account and Region.
//!
//! Called modules get the configurations of their caller (`providers`). What is easy to get wrong: another alias is
//! most often another Region of the same account; only a role, a profile or an account id of its own makes it
//! another account.

use super::eval::{Eval, Instance, Resource, Scope, member};
use crate::syntax::hcl::{Block, Expr, ExprKind, ObjectKey};
use crate::value::{Text, Value};
use std::rc::Rc;
use std::sync::Arc;

/// A provider configuration.
pub(super) struct Provider {
    block: Option<(Rc<Instance>, Arc<Block>)>,
}

/// The configuration that a resource or data source uses.
pub(super) fn of(resource: &Resource<'_>) -> Provider {
    let written = resource.block.body.attribute("provider").and_then(|attribute| name_of(&attribute.value));
    let default = || resource.type_name().split('_').next().unwrap_or("aws").to_owned();
    find(resource.scope.instance, &written.unwrap_or_else(default))
}

/// The configuration `name` or `name.alias` of a module instance.
fn find(instance: &Rc<Instance>, name: &str) -> Provider {
    let mut here = Rc::clone(instance);
    let mut name = name.to_owned();
    loop {
        if let Some(block) = here.module.providers.get(name.as_str()) {
            let block = Arc::clone(block);
            return Provider { block: Some((here, block)) };
        }
        let Some(called) = &here.called else { return Provider { block: None } };
        if let Some(passed) = called.block.body.attribute("providers") {
            match handed_over(&passed.value, &name) {
                Some(given) => name = given,
                None if name.contains('.') => return Provider { block: None },
                None => {}
            }
        }
        let Some(parent) = called.parent.upgrade() else { return Provider { block: None } };
        here = parent;
    }
}

/// What `providers = { name = given }` hands over under a name.
fn handed_over(map: &Expr, name: &str) -> Option<String> {
    let ExprKind::Object(items) = &map.kind else { return None };
    items.iter().find_map(|item| {
        let key = match &item.key {
            ObjectKey::Name(ident) => ident.text.to_string(),
            ObjectKey::Expr(expr) => name_of(expr)?,
        };
        if key == name { name_of(&item.value) } else { None }
    })
}

/// `aws` or `aws.alias`, also quoted as in JSON.
fn name_of(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Variable(name) => Some(name.to_string()),
        ExprKind::Paren(inner) => name_of(inner),
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
        let attribute = block.body.attribute(name)?;
        let value = eval.settled(eval.expr(&attribute.value, Scope::top(instance)), attribute.value.span);
        (!value.is_null()).then_some(value)
    }

    /// Its Region, where it is written.
    pub(super) fn region(&self, eval: &Eval<'_>) -> Option<Text> {
        self.value(eval, "region")?.as_text().cloned()
    }

    /// The tags that it gives every resource (AWS provider documentation, `default_tags`).
    pub(super) fn default_tags(&self, eval: &Eval<'_>) -> Option<Value> {
        let (instance, block) = self.block.as_ref()?;
        let tags = block.body.blocks_of("default_tags").next()?;
        member(&eval.body(&tags.body, Scope::top(instance), tags.header), "tags")
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
        (find(&root, name).identity(eval) != identity).then(|| identity.join("\n").into())
    }

    fn role(&self, eval: &Eval<'_>) -> Option<Value> {
        let (instance, block) = self.block.as_ref()?;
        let role = block.body.blocks_of("assume_role").next()?;
        member(&eval.body(&role.body, Scope::top(instance), role.header), "role_arn")
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
