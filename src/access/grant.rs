//! `kms:CreateGrant` without limits.

use super::{Access, Setting};
use crate::policy::{Document, Statement};

/// Whether `statement` allows `kms:CreateGrant` without `kms:GrantIsForAWSResource`, `kms:GranteePrincipal`,
/// `kms:GrantOperations` or `kms:GrantConstraintType` limiting it (AWS KMS Developer Guide, "Grants in AWS KMS":
/// who may create grants may pass on operations that it does not have). The account principal of the key's own
/// account is exempt: it delegates.
pub fn create_grant_unrestricted(_statement: &Statement, _document: &Document, _setting: &Setting) -> Access {
    todo!()
}
