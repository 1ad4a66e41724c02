//! Who may write through the key but not read back.

use super::{Access, Setting};
use crate::policy::Document;
use crate::source::Span;

/// A principal with `kms:GenerateDataKey` but without `kms:Decrypt`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LacksDecrypt {
    /// The principal as written; `None` for whoever an identity policy is attached to.
    pub principal: Option<String>,
    /// Where `kms:GenerateDataKey` is allowed: the action.
    pub span: Span,
    /// Yes: it lacks `kms:Decrypt`. Cannot tell: perhaps. Never no.
    pub answer: Access,
}

/// The principals that `document` names for `kms:GenerateDataKey*` and that have `kms:Decrypt` neither there nor in
/// `identity`. S3 decrypts the parts of a multipart upload (S3 User Guide, "Protecting data using server-side
/// encryption with AWS KMS", multipart uploads), so large uploads of such a principal fail. Services are left out:
/// AWS documents `GenerateDataKey` alone for several of them.
pub fn lacks_decrypt(_document: &Document, _identity: &[Document], _setting: &Setting) -> Vec<LacksDecrypt> {
    todo!()
}

/// The statements of an identity policy that allow `kms:GenerateDataKey*` on a key on which no statement of the
/// same policy allows `kms:Decrypt`.
pub fn identity_lacks_decrypt(_identity: &Document) -> Vec<LacksDecrypt> {
    todo!()
}
