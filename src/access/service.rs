//! Service principals without a limit on the resource that they act for: the confused deputy.

use super::{Access, Setting};
use crate::policy::{Document, Statement};

/// Whether `statement` lets a service use the key (cryptographic operations or grants) for any customer's resource:
/// no sound `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID`, `aws:SourceOrgPaths`, and no encryption
/// context that carries an account (IAM User Guide, "The confused deputy problem").
pub fn service_without_source(_statement: &Statement, _document: &Document, _setting: &Setting) -> Access {
    todo!()
}
