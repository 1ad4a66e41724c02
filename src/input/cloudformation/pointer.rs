//! What points at keys: `AWS::KMS::Alias`.

use super::keys;
use super::scope::Evaluator;
use super::transform::Resource;
use crate::key::{Alias, Pointer};
use crate::value::{Kind, Value};

/// The alias that a resource declares (CloudFormation User Guide, "`AWS::KMS::Alias`"); `None` when it is none, or its
/// condition does not hold.
pub(super) fn alias(evaluator: &mut Evaluator<'_>, resource: &Resource<'_>) -> Option<Alias> {
    if resource.body.get("Type")?.as_str()? != "AWS::KMS::Alias" {
        return None;
    }
    let trail = keys::present(evaluator, resource)?;
    let properties = keys::properties(evaluator, resource.body);
    let property = |name: &str| {
        let open = properties.as_ref().and_then(|properties| match &properties.kind {
            Kind::Unknown(unknown) => Some(unknown),
            Kind::Map(map) => map.open.as_ref(),
            _ => None,
        });
        let found = properties.as_ref().and_then(|properties| properties.get(name)).cloned();
        found.or_else(|| open.map(keys::of_open)).unwrap_or_else(|| Value::null(resource.span))
    };
    Some(Alias {
        address: resource.address.clone(),
        span: resource.span,
        trail,
        name: property("AliasName"),
        key: Pointer::of(property("TargetKeyId")),
        before: None,
    })
}
