//! What points at keys: `AWS::KMS::Alias`.

use super::keys;
use super::scope::Evaluator;
use super::transform::Resource;
use crate::key::{Alias, Pointer};
use crate::value::Value;

/// The alias that a resource declares (CloudFormation User Guide, "`AWS::KMS::Alias`"); `None` when it is none, or its
/// condition does not hold.
pub(super) fn alias(evaluator: &mut Evaluator<'_>, resource: &Resource<'_>) -> Option<Alias> {
    if resource.body.get("Type")?.as_str()? != "AWS::KMS::Alias" {
        return None;
    }
    let trail = keys::present(evaluator, resource)?;
    let properties = resource.body.get("Properties").map(|properties| evaluator.present(properties));
    let property = |name: &str| {
        let found = properties.as_ref().and_then(|properties| properties.get(name)).cloned();
        found.unwrap_or_else(|| Value::null(resource.span))
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
