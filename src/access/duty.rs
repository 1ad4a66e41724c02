//! What somebody of the key's account must be able to do, or the key is lost to it.

/// A call that keeps a key manageable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Duty {
    /// Change the key policy: without that only AWS Support can help (AWS KMS Developer Guide, "Default key policy").
    ChangePolicy,
    /// Read the key policy.
    ReadPolicy,
    /// Describe the key.
    Describe,
    /// Read whether it is rotated.
    ReadRotation,
    /// Read its tags.
    ReadTags,
    /// Schedule its deletion: without that nobody can ever retire it.
    ScheduleDeletion,
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
        }
    }
}
