//! Places of a module whose characters must not be shown: what is written there is sensitive.
//!
//! A finding shows the lines around it, so this is asked of the source as written, whether it is evaluated or not:
//! values of sensitive and ephemeral variables and outputs, what `sensitive` wraps, write-only arguments, and the
//! arguments that hold passwords and key material in the AWS provider's schema. What is easy to get wrong: a reference is no
//! secret, only a literal is.

use super::eval::Instance;
use super::module::Module;
use super::session::{Directory, literal};
use crate::source::{SourceMap, Span};
use crate::syntax::hcl::{Block, Body, Expr, ExprKind};

/// Arguments that the AWS provider marks as sensitive and that often stand beside keys.
const ARGUMENTS: [&str; 12] = [
    "auth_token",
    "key_material_base64",
    "key_store_password",
    "master_password",
    "master_user_password",
    "password",
    "plaintext",
    "private_key",
    "raw_secret_access_key",
    "secret_binary",
    "secret_key",
    "secret_string",
];

/// Hides the sensitive places of a module's files.
pub(super) fn hide(directory: &Directory, module: &Module, map: &SourceMap) {
    for block in directory.parsed().flat_map(|file| &file.blocks) {
        let name = block.labels.first().map(|label| &*label.text).unwrap_or_default();
        match &*block.kind.text {
            "variable" if is_sensitive(module, name) => hide_argument(&block.body, "default", map),
            "output" if module.outputs.get(name).is_some_and(|block| is_marked(block)) => {
                hide_argument(&block.body, "value", map);
            }
            _ => {}
        }
        let mut bodies = vec![&block.body];
        while let Some(body) = bodies.pop() {
            bodies.extend(body.blocks.iter().map(|block| &block.body));
            for attribute in &body.attributes {
                let name = &*attribute.name.text;
                if is_sensitive_argument(name) {
                    hide_literals(&attribute.value, map);
                }
                wrapped(&attribute.value, map);
            }
        }
    }
}

/// Whether an argument is sensitive by its name: write-only, or so in the AWS provider's schema.
pub(super) fn is_sensitive_argument(name: &str) -> bool {
    name.ends_with("_wo") || ARGUMENTS.contains(&name)
}

/// Hides what a call gives to sensitive variables of the called module.
pub(super) fn hide_arguments(call: &Block, called: &Module, map: &SourceMap) {
    for attribute in &call.body.attributes {
        if is_sensitive(called, &attribute.name.text) {
            hide_literals(&attribute.value, map);
        }
    }
}

/// Hides a value that is given to a variable of a root module, where that is sensitive.
pub(super) fn hide_given(root: &Instance, name: &str, place: Span, map: &SourceMap) {
    if is_sensitive(&root.module, name) {
        map.hide_place(place);
    }
}

fn is_sensitive(module: &Module, variable: &str) -> bool {
    module.variables.get(variable).is_some_and(|block| is_marked(block))
}

fn is_marked(block: &Block) -> bool {
    let is_true = |value: &Expr| match &value.kind {
        ExprKind::Bool(set) => *set,
        _ => literal(value).as_deref() == Some("true"),
    };
    ["sensitive", "ephemeral"]
        .iter()
        .any(|name| block.body.attribute(name).is_some_and(|it| is_true(&it.value)))
}

fn hide_argument(body: &Body, name: &str, map: &SourceMap) {
    if let Some(attribute) = body.attribute(name) {
        hide_literals(&attribute.value, map);
    }
}

/// Hides the texts and numbers that stand in an expression.
fn hide_literals(expr: &Expr, map: &SourceMap) {
    expr.walk(&mut |part| {
        if matches!(part.kind, ExprKind::Template(_) | ExprKind::Number(_)) {
            map.hide_place(part.span);
        }
    });
}

/// Hides what `sensitive` wraps.
fn wrapped(expr: &Expr, map: &SourceMap) {
    expr.walk(&mut |part| {
        if let ExprKind::Call(call) = &part.kind
            && matches!(&*call.name.text, "sensitive" | "ephemeralasnull")
        {
            call.args.iter().for_each(|arg| hide_literals(arg, map));
        }
    });
}
