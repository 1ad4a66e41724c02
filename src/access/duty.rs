//! What somebody of the key's account must be able to do, or the key is lost to it or of no use to those who deploy.

/// A call that keeps a key manageable, or lets resources be made that use it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Deserialize, schemars::JsonSchema)]
pub enum Duty {
    /// Change the key policy: without that only AWS Support can help (AWS KMS Developer Guide, "Default key policy").
    #[serde(rename = "kms:PutKeyPolicy")]
    ChangePolicy,
    /// Read the key policy.
    #[serde(rename = "kms:GetKeyPolicy")]
    ReadPolicy,
    /// Describe the key.
    #[serde(rename = "kms:DescribeKey")]
    Describe,
    /// Read whether it is rotated.
    #[serde(rename = "kms:GetKeyRotationStatus")]
    ReadRotation,
    /// Read its tags.
    #[serde(rename = "kms:ListResourceTags")]
    ReadTags,
    /// Schedule its deletion: without that nobody can ever retire it.
    #[serde(rename = "kms:ScheduleKeyDeletion")]
    ScheduleDeletion,
    /// Create grants: a service that uses a key by a grant gets it from whoever makes the resource.
    #[serde(rename = "kms:CreateGrant")]
    CreateGrant,
}

impl Duty {
    /// What Terraform calls whenever it refreshes a key.
    pub const REFRESH: [Self; 4] = [Self::Describe, Self::ReadPolicy, Self::ReadRotation, Self::ReadTags];

    /// The action.
    pub fn action(self) -> &'static str {
        match self {
            Self::ChangePolicy => "kms:PutKeyPolicy",
            Self::ReadPolicy => "kms:GetKeyPolicy",
            Self::Describe => "kms:DescribeKey",
            Self::ReadRotation => "kms:GetKeyRotationStatus",
            Self::ReadTags => "kms:ListResourceTags",
            Self::ScheduleDeletion => "kms:ScheduleKeyDeletion",
            Self::CreateGrant => "kms:CreateGrant",
        }
    }
}
