//! The policy as read.

use crate::source::Span;
use crate::value::{Assumption, Text, Trail, Unknown};

/// A policy document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The whole document.
    pub span: Span,
    /// How it came.
    pub trail: Trail,
    /// The language version.
    pub version: Version,
    /// Where the version stands; the document when it is missing.
    pub version_span: Span,
    /// The statements in order; those of undecided alternatives with their `when`.
    pub statements: Vec<Statement>,
    /// Set when there may be statements that are not known here.
    pub open: Vec<Unknown>,
    /// No policy is stated, so the service's default key policy holds, where all assumptions of any of these hold.
    pub default_when: Vec<Vec<Assumption>>,
    /// What is wrong with it as a text of the policy language.
    pub defects: Vec<Defect>,
    /// Its length in bytes as it will be sent; a least value when parts are unknown.
    pub size: Size,
}

/// The policy language's version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Version {
    /// `2012-10-17`.
    V2012,
    /// `2008-10-17`, written.
    V2008,
    /// Not written: behaves as `2008-10-17`.
    Missing,
    /// Something else.
    Other(String),
    /// Not known.
    Unknown(Unknown),
}

/// How long a document is when sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// Bytes that are known.
    pub bytes: usize,
    /// Whether unknown parts come on top.
    pub open: bool,
}

/// One statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its index among the written statements.
    pub index: usize,
    /// The whole statement.
    pub span: Span,
    /// How it came.
    pub trail: Trail,
    /// It stands only where all of these hold; empty: always.
    pub when: Vec<Assumption>,
    /// Its Sid.
    pub sid: Option<Text>,
    /// Allow or Deny.
    pub effect: Effect,
    /// Where the effect stands; the statement when it is missing.
    pub effect_span: Span,
    /// `Principal` or `NotPrincipal`; `None` when neither is written.
    pub principals: Option<Elements<Principal>>,
    /// `Action` or `NotAction`; `None`: accepted by KMS, and the statement has no effect.
    pub actions: Option<Elements<Text>>,
    /// `Resource` or `NotResource`; `None`: accepted by KMS, and the statement has no effect.
    pub resources: Option<Elements<Text>>,
    /// The condition tests; all must hold.
    pub conditions: Vec<Condition>,
    /// Set when there may be condition tests that are not known here.
    pub open_conditions: Option<Unknown>,
}

/// Allow or Deny.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// `Allow`.
    Allow,
    /// `Deny`.
    Deny,
    /// Missing or another word: the API rejects it (a [`Defect`] says so).
    Invalid,
    /// Not known.
    Unknown(Unknown),
}

/// A list of principals, actions or resources, or its negation.
#[derive(Clone, Debug)]
pub struct Elements<T> {
    /// Whether it is `NotPrincipal`, `NotAction` or `NotResource`.
    pub negated: bool,
    /// The element's name: `"Principal"`.
    pub name_span: Span,
    /// The whole value.
    pub span: Span,
    /// The elements.
    pub items: Vec<Element<T>>,
    /// Set when there may be elements that are not known here.
    pub open: Option<Unknown>,
}

/// One element of a list.
#[derive(Clone, Debug)]
pub struct Element<T> {
    /// What it is.
    pub value: T,
    /// Its place (for texts the characters without quotes).
    pub span: Span,
    /// How it came.
    pub trail: Trail,
    /// It stands only where all of these hold; empty: always.
    pub when: Vec<Assumption>,
}

/// A principal as written, classified. Forms: `kms-semantics.md` §1.2, IAM User Guide "AWS JSON policy elements: Principal".
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Principal {
    /// `"*"` or `{"AWS": "*"}`: every identity of every account.
    Everyone,
    /// `arn:P:iam::ACCT:root` or the bare account id: delegates to the IAM policies of the account.
    Account(AccountRef),
    /// `arn:P:iam::ACCT:role/…`.
    Role(Arn),
    /// `arn:P:iam::ACCT:user/…`.
    User(Arn),
    /// `arn:P:sts::ACCT:assumed-role/ROLE/SESSION`.
    Session(Arn),
    /// `arn:P:sts::ACCT:federated-user/NAME`.
    FederatedUser(Arn),
    /// `{"Service": "x.amazonaws.com"}`.
    Service(Text),
    /// `AROA…`, `AIDA…`: left behind by a deleted principal.
    UniqueId(Text),
    /// Rejected by the API; a [`Defect`] says why. `Federated`, `CanonicalUser`, groups, wildcards in ARNs, …
    Malformed(Text),
    /// Not known, but certainly not everyone: an attribute of one resource, a text with a known part that `*` has not.
    Someone(Text),
    /// Not known at all: may be anyone.
    Unknown(Unknown),
}

impl Principal {
    /// Its ARN, where it is one identity that is named by it.
    pub fn arn(&self) -> Option<&Arn> {
        match self {
            Self::Role(arn) | Self::User(arn) | Self::Session(arn) | Self::FederatedUser(arn) => Some(arn),
            _ => None,
        }
    }

    /// The account that it is, or belongs to.
    pub fn account(&self) -> Option<&AccountRef> {
        match self {
            Self::Account(account) => Some(account),
            _ => self.arn().map(|arn| &arn.account),
        }
    }

    /// As written, for people; `own` are the words for the key's own account, whose id is not written.
    pub fn shown(&self, own: &str) -> String {
        match self {
            Self::Everyone => "*".to_owned(),
            Self::Account(AccountRef::Id(id)) => id.clone(),
            Self::Account(AccountRef::Own) => own.to_owned(),
            Self::Account(AccountRef::Unknown(unknown)) | Self::Unknown(unknown) => unknown.name.to_string(),
            Self::Role(arn) | Self::User(arn) | Self::Session(arn) | Self::FederatedUser(arn) => {
                arn.text.shown()
            }
            Self::Someone(text) | Self::Service(text) | Self::UniqueId(text) | Self::Malformed(text) => {
                text.shown()
            }
        }
    }
}

/// An account as it appears in a principal or ARN.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AccountRef {
    /// Twelve digits.
    Id(String),
    /// The account that deploys, which is the key's own.
    Own,
    /// Some account; which one is not known.
    Unknown(Unknown),
}

/// An ARN in its parts, each perhaps with unknown pieces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arn {
    /// `aws`, `aws-cn`, …
    pub partition: Text,
    /// `iam`, `sts`, …
    pub service: Text,
    /// Often empty.
    pub region: Text,
    /// The account.
    pub account: AccountRef,
    /// What follows the fifth colon: `role/path/name`.
    pub resource: Text,
    /// The whole text.
    pub text: Text,
}

/// One test of a `Condition`: an operator, a key, values.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The operator as written: `ForAnyValue:StringLikeIfExists`.
    pub operator: Text,
    /// Where the operator stands.
    pub operator_span: Span,
    /// The condition key as written; compared without regard to case.
    pub key: Text,
    /// Where the key stands.
    pub key_span: Span,
    /// The values; any of them may match (none of them, for negated operators).
    pub values: Vec<Element<Text>>,
    /// All values.
    pub span: Span,
    /// Set when there may be values that are not known here.
    pub open: Option<Unknown>,
    /// It stands only where all of these hold; empty: always.
    pub when: Vec<Assumption>,
}

/// Something wrong with the document as a text of the policy language.
#[derive(Clone, Debug)]
pub struct Defect {
    /// What sort.
    pub kind: DefectKind,
    /// Where.
    pub span: Span,
    /// The user's text that is meant: an element's name, a principal.
    pub subject: String,
    /// What was probably meant (`Action` for `action`), where something is close.
    pub suggestion: Option<String>,
    /// One lower-case clause that says what is wrong, to be read after the subject and a colon.
    pub fact: String,
    /// How the faulty element came.
    pub trail: Trail,
    /// Whether it is there only because a default applies (the trail says which): another value may mend it.
    pub by_default: bool,
    /// It stands only where all of these hold; empty: always.
    pub when: Vec<Assumption>,
}

/// What sort of defect.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum DefectKind {
    /// Not one JSON object.
    NotJson,
    /// The same name twice in one object, or two condition keys equal but for case.
    DuplicateName,
    /// An element name outside the grammar, or in wrong case.
    ElementUnknown,
    /// `Effect` is neither `Allow` nor `Deny`.
    EffectInvalid,
    /// `Action` and `NotAction` together, and the like.
    ElementsExclusive,
    /// An element has a value of a wrong JSON type.
    ElementType,
    /// No `Action` or `Resource`: accepted, without effect.
    StatementWithoutEffect,
    /// No `Effect` or `Principal`: rejected.
    ElementMissing,
    /// `Statement`, `Action`, `Principal` or a condition's values are empty.
    Empty,
    /// A principal that the API rejects.
    PrincipalMalformed,
    /// A character that the API rejects.
    Character,
    /// A condition operator that does not exist, or cannot be combined so.
    OperatorUnknown,
}

/// What a policy belongs to; the grammar differs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PolicyKind {
    /// A key policy: needs principals.
    Key,
    /// An identity policy: has none.
    Identity,
}
