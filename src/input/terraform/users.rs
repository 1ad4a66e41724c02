//! What uses keys, and what sends to it, as Terraform's resources say.
//!
//! Only the arguments that matter are evaluated. What is easy to get wrong: what stands in blocks of a `dynamic` is known
//! only by evaluating all of them.

use super::eval::{Eval, Resource};
use super::provider;
use crate::key::KeyUser;
use crate::key::table::{self as users, Written};
use crate::syntax::hcl::Body;
use crate::value::{Text, Trail};

/// Whether a type has rows in the table of users.
pub(super) fn is_user(type_name: &str) -> bool {
    !users::of_terraform(type_name).0.is_empty()
}

/// The users that a resource is.
pub(super) fn users(eval: &Eval<'_>, resource: &Resource<'_>, trail: &Trail) -> Vec<KeyUser> {
    let (rows, names) = users::of_terraform(resource.type_name());
    let read = |path: &[&str]| written(eval, resource, path);
    rows.iter().filter_map(|row| row.user(names, || bare(eval, resource, trail), read)).collect()
}

fn bare(eval: &Eval<'_>, resource: &Resource<'_>, trail: &Trail) -> KeyUser {
    let provider = provider::of(resource);
    let own = eval.configured(resource, "region").and_then(|region| region.as_text().cloned());
    KeyUser {
        sort: "",
        address: resource.address.to_string(),
        type_name: resource.type_name().to_owned(),
        span: resource.block.header,
        trail: trail.clone(),
        parts: Vec::new(),
        arn: None,
        default_key: None,
        account: provider.account(eval).filter(Text::is_known),
        region: own.or_else(|| provider.region(eval)).filter(Text::is_known),
    }
}

/// What is written at a path of arguments and blocks.
fn written(eval: &Eval<'_>, resource: &Resource<'_>, path: &[&str]) -> Vec<Written> {
    let mut found = Vec::new();
    if in_body(eval, resource, &resource.block.body, path, &mut found).is_some() {
        return found;
    }
    let Some((first, rest)) = path.split_first() else { return Vec::new() };
    let whole = eval.configured(resource, first);
    whole.map_or_else(Vec::new, |value| users::at_path(&value, rest, value.span))
}

/// What is written below a body; `None` where a `dynamic` block may make some of it.
fn in_body(
    eval: &Eval<'_>,
    resource: &Resource<'_>,
    body: &Body,
    path: &[&str],
    found: &mut Vec<Written>,
) -> Option<()> {
    let Some((name, rest)) = path.split_first() else { return Some(()) };
    if let Some(attribute) = body.attribute(name) {
        let expr = &attribute.value;
        let value = eval.settled(eval.expr(expr, resource.scope), expr.span);
        if rest.is_empty() {
            let leads_to = eval.leads_to(expr, resource.scope);
            found.push(Written { name_span: attribute.name.span, span: expr.span, value, leads_to });
        } else {
            found.extend(users::at_path(&value, rest, attribute.name.span));
        }
    }
    let made = |label: &crate::syntax::hcl::Ident| &*label.text == *name;
    if body.blocks_of("dynamic").any(|block| block.labels.first().is_some_and(made)) {
        return None;
    }
    for block in body.blocks_of(name) {
        in_body(eval, resource, &block.body, rest, found)?;
    }
    Some(())
}
