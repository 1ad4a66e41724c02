//! Arguments of KMS resources that the provider does not know and that are nearly one that it does: `polcy`.
//!
//! Terraform refuses every argument that it does not know. What is easy to get wrong: newer providers know more, so what
//! resembles nothing is passed over.

use crate::source::{Problem, ProblemKind, nearest};
use crate::syntax::hcl::Block;

/// Arguments of the `aws_kms_…` resources (AWS provider documentation, versions 1 to 6), without those of every
/// resource.
const KNOWN: [(&str, &[&str]); 7] = [
    (
        "aws_kms_key",
        &[
            "bypass_policy_lockout_safety_check",
            "custom_key_store_id",
            "customer_master_key_spec",
            "deletion_window_in_days",
            "description",
            "enable_key_rotation",
            "is_enabled",
            "key_usage",
            "multi_region",
            "policy",
            "region",
            "rotation_period_in_days",
            "tags",
            "tags_all",
            "xks_key_id",
        ],
    ),
    (
        "aws_kms_external_key",
        &[
            "bypass_policy_lockout_safety_check",
            "deletion_window_in_days",
            "description",
            "enabled",
            "key_material_base64",
            "key_spec",
            "key_usage",
            "multi_region",
            "policy",
            "region",
            "tags",
            "tags_all",
            "valid_to",
        ],
    ),
    ("aws_kms_replica_key", REPLICA),
    ("aws_kms_replica_external_key", REPLICA),
    ("aws_kms_key_policy", &["bypass_policy_lockout_safety_check", "key_id", "policy", "region"]),
    ("aws_kms_alias", &["name", "name_prefix", "region", "target_key_id"]),
    (
        "aws_kms_grant",
        &[
            "constraints",
            "grant_creation_tokens",
            "grantee_principal",
            "key_id",
            "name",
            "operations",
            "region",
            "retire_on_delete",
            "retiring_principal",
        ],
    ),
];

const REPLICA: &[&str] = &[
    "bypass_policy_lockout_safety_check",
    "deletion_window_in_days",
    "description",
    "enabled",
    "key_material_base64",
    "policy",
    "primary_key_arn",
    "region",
    "tags",
    "tags_all",
    "valid_to",
];

/// Arguments of every resource.
const META: [&str; 5] = ["count", "depends_on", "for_each", "id", "provider"];

/// What is told of a resource's misspelt arguments.
pub(super) fn arguments(type_name: &str, block: &Block) -> Vec<Problem> {
    let Some((_, known)) = KNOWN.iter().find(|(of, _)| *of == type_name) else { return Vec::new() };
    let written = block.body.attributes.iter().map(|attribute| &attribute.name);
    let unknown = written.filter(|name| !known.contains(&&*name.text) && !META.contains(&&*name.text));
    let told = unknown.filter_map(|name| {
        let near = nearest(&name.text, known.iter().chain(&META).copied())?;
        let message = format!("`{type_name}` has no argument `{}`", name.text);
        let problem = Problem::new(ProblemKind::Evaluation, name.span, message);
        Some(problem.help(format!("did you mean `{near}`?")))
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::arguments;
    use crate::source::SourceMap;
    use crate::syntax::hcl;

    #[test]
    fn only_what_resembles_an_argument_is_told() {
        let text = "resource \"aws_kms_key\" \"k\" {\n  polcy = 1\n  policy = 2\n  brand_new_thing = 3\n  count = 1\n}\n";
        let file = SourceMap::default().add("main.tf", text);
        let body = hcl::parse(file, text).body;
        let told = arguments("aws_kms_key", &body.blocks[0]);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].message, "`aws_kms_key` has no argument `polcy`");
        assert_eq!(told[0].help.as_deref(), Some("did you mean `policy`?"));
        assert!(arguments("aws_s3_bucket", &body.blocks[0]).is_empty());
    }
}
