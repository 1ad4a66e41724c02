//! What points at keys: aliases and grants.

use super::eval::{Eval, Resource};
use crate::key::{Alias, Grant, Pointer};
use crate::value::{Trail, Value};

/// `aws_kms_alias`, `awscc_kms_alias`.
pub(super) fn alias(eval: &Eval<'_>, resource: &Resource<'_>, trail: Trail) -> Alias {
    let names = ["name", "name_prefix", "alias_name"];
    let name = names.into_iter().find_map(|name| written(eval, resource, name));
    Alias {
        address: resource.address.to_string(),
        span: resource.block.header,
        trail,
        name: name.unwrap_or_else(|| Value::null(resource.block.header)),
        key: Pointer::of(asked(eval, resource, "target_key_id")),
        before: None,
    }
}

/// `aws_kms_grant`.
pub(super) fn grant(eval: &Eval<'_>, resource: &Resource<'_>, trail: Trail) -> Grant {
    Grant {
        address: resource.address.to_string(),
        span: resource.block.header,
        trail,
        name: written(eval, resource, "name"),
        key: Pointer::of(asked(eval, resource, "key_id")),
        grantee: asked(eval, resource, "grantee_principal"),
        retiring: written(eval, resource, "retiring_principal"),
        operations: asked(eval, resource, "operations"),
        constraints: written(eval, resource, "constraints"),
    }
}

fn written(eval: &Eval<'_>, resource: &Resource<'_>, name: &str) -> Option<Value> {
    eval.configured(resource, name).filter(|value| !value.is_null())
}

fn asked(eval: &Eval<'_>, resource: &Resource<'_>, name: &str) -> Value {
    written(eval, resource, name).unwrap_or_else(|| Value::null(resource.block.header))
}
