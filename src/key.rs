//! A KMS key as declared, whatever declared it, and what points at it.
//!
//! Every input language ends here: [`Declared`] is all that the rest of kmsguard sees of Terraform, a plan or a
//! template. Attributes have one name for all notations. What is easy to get wrong: an attribute that is not there
//! was not written (the service's default holds), one that is [`Unknown`](crate::value::Unknown) was written.

mod lead;
pub(crate) mod table;
mod user;

pub use lead::{Lead, Leads};
pub use table::sorts as user_sorts;
pub use user::{KeyUser, Part, PartOf};

use crate::source::{Problem, Remark, Span};
use crate::value::{Text, Trail, Value};
use std::collections::BTreeMap;

/// What one root module, plan or template declares.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// The keys, in the order of their addresses' places.
    pub keys: Vec<Key>,
    /// Keys of other stacks that something here imports, by addresses that say so. They are judged where they are declared.
    pub foreign_keys: Vec<Key>,
    /// Identity policies that speak of KMS.
    pub identity_policies: Vec<IdentityPolicy>,
    /// Names for keys.
    pub aliases: Vec<Alias>,
    /// Grants.
    pub grants: Vec<Grant>,
    /// What uses keys, and what sends to it.
    pub users: Vec<KeyUser>,
    /// The stack that a template makes: its name, or the path of the template where the source names none.
    pub stack: Option<String>,
    /// The paths of the CDK constructs that made resources, by address.
    pub constructs: BTreeMap<String, String>,
    /// Addresses that were moved, of resources and module calls: the old one, then the new one.
    pub moved: Vec<(String, String)>,
    /// Mistakes found on the way.
    pub problems: Vec<Problem>,
    /// Comments of the files that were parsed, for suppressions.
    pub comments: Vec<Span>,
    /// The same in notations that have no comments.
    pub remarks: Vec<Remark>,
    /// Findings that the source accepts as data.
    pub accepted: Vec<Accepted>,
}

/// Findings that are accepted where something is declared (`Metadata: {kmsguard: {allow: …}}`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accepted {
    /// Where that stands.
    pub span: Span,
    /// The address of the resource; `None`: all in the file.
    pub resource: Option<String>,
    /// The rules.
    pub rules: Vec<String>,
    /// Why; empty when no reason is given.
    pub reason: String,
    /// The last day on which it holds, as written.
    pub until: Option<String>,
}

/// What sort of thing holds the key policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Role {
    /// A key: `aws_kms_key`, `awscc_kms_key`, `AWS::KMS::Key`.
    Key,
    /// A replica of a multi-Region key.
    Replica,
    /// A key with imported material.
    External,
    /// A replica of one.
    ReplicaExternal,
    /// A key policy whose key is declared elsewhere (`aws_kms_key_policy` with a foreign `key_id`).
    PolicyAlone,
}

/// The notation that declared it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Dialect {
    /// Terraform or OpenTofu source.
    Terraform,
    /// A Terraform plan.
    Plan,
    /// A CloudFormation template.
    CloudFormation,
}

/// A key as declared.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its address: `module.a["x"].aws_kms_key.this[0]`, or the logical id.
    pub address: String,
    /// The resource's type as written: `aws_kms_key`, `AWS::KMS::Key`.
    pub type_name: String,
    /// What sort of thing it is.
    pub role: Role,
    /// The notation.
    pub dialect: Dialect,
    /// The declaration's head: block type and labels, or the logical id.
    pub span: Span,
    /// How it came to be declared: the module calls.
    pub trail: Trail,
    /// The policies stated for it. None: the service attaches the default key policy. Several: several owners.
    pub policies: Vec<StatedPolicy>,
    /// Whether a policy may be stated elsewhere, out of sight (an unresolved `aws_kms_key_policy`).
    pub policy_elsewhere: bool,
    /// What was written, under one name for all notations.
    pub attributes: BTreeMap<Attribute, Value>,
    /// The account, partition and Region that it is deployed to, where the source says so.
    pub account: Option<Text>,
    /// The partition, where the source says so.
    pub partition: Option<Text>,
    /// The Region, where the source says so.
    pub region: Option<Text>,
    /// The ARN of the role that makes it, where the source says so.
    pub deployer: Option<Text>,
    /// What the plan does to it.
    pub change: Option<Change>,
}

/// A policy stated for a key.
#[derive(Clone, Debug)]
pub struct StatedPolicy {
    /// The address of the resource that states it: the key's own, or an `aws_kms_key_policy`'s.
    pub address: String,
    /// The argument's name, for labels.
    pub name_span: Span,
    /// The policy: a mapping, or a text that is JSON (see [`Text::encodes`]), or null, or unknown.
    pub value: Value,
    /// Whether the lockout safety check is switched off for it, as written.
    pub bypass: Option<Value>,
}

/// What kmsguard reads of a key, under one name for all notations.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// `customer_master_key_spec`, `key_spec`, `KeySpec`.
    Spec,
    /// `key_usage`, `KeyUsage`.
    Usage,
    /// `origin`, `Origin`.
    Origin,
    /// `enable_key_rotation`, `EnableKeyRotation`.
    Rotation,
    /// `rotation_period_in_days`, `RotationPeriodInDays`.
    RotationPeriod,
    /// `deletion_window_in_days`, `PendingWindowInDays`.
    DeletionWindow,
    /// `is_enabled`, `enabled`, `Enabled`.
    Enabled,
    /// `multi_region`, `MultiRegion`.
    MultiRegion,
    /// `bypass_policy_lockout_safety_check`, `BypassPolicyLockoutSafetyCheck`.
    BypassLockoutCheck,
    /// `custom_key_store_id`.
    CustomKeyStore,
    /// `xks_key_id`.
    XksKey,
    /// `description`, `Description`.
    Description,
    /// `tags`, `Tags`.
    Tags,
    /// `primary_key_arn`, `PrimaryKeyArn`.
    PrimaryKey,
    /// `key_material_base64`.
    KeyMaterial,
    /// True when a removal keeps the key: `prevent_destroy`, `DeletionPolicy: Retain`.
    Retained,
}

/// What a plan does to a key.
#[derive(Clone, Debug)]
pub struct Change {
    /// What is done.
    pub action: Action,
    /// Why, in Terraform's words (`replace_because_cannot_update`), where it says so.
    pub reason: Option<String>,
    /// The `actions` in the plan.
    pub span: Span,
    /// The arguments that force a replacement (`key_usage`), with their place.
    pub forced_by: Vec<(String, Span)>,
    /// The policy before, where there is one.
    pub policy_before: Option<Value>,
}

/// What a plan does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing.
    None,
    /// It is new.
    Create,
    /// It changes in place.
    Update,
    /// It is deleted and another is made.
    Replace,
    /// It is deleted.
    Delete,
    /// It is dropped from the state and lives on.
    Forget,
}

/// A policy attached to a user, role or group (or a managed policy) that speaks of KMS.
#[derive(Clone, Debug)]
pub struct IdentityPolicy {
    /// The address of the resource that states it.
    pub address: String,
    /// The declaration's head.
    pub span: Span,
    /// How it came to be declared.
    pub trail: Trail,
    /// The policy.
    pub value: Value,
    /// The user or role that has it and nobody else, where that is said: by name, or as a resource.
    pub holder: Option<Pointer>,
}

/// A name for a key: `aws_kms_alias`, `AWS::KMS::Alias`.
#[derive(Clone, Debug)]
pub struct Alias {
    /// Its address.
    pub address: String,
    /// The declaration's head.
    pub span: Span,
    /// How it came to be declared.
    pub trail: Trail,
    /// Its name with `alias/` before it, or what it begins with; null when the provider makes one.
    pub name: Value,
    /// The key that it names.
    pub key: Pointer,
    /// What it was before the plan, where the plan tells and does more than make or keep it.
    pub before: Option<AliasBefore>,
}

/// What an alias is before a plan is applied.
#[derive(Clone, Debug)]
pub struct AliasBefore {
    /// Its name.
    pub name: Option<Value>,
    /// The id or ARN of the key that it names.
    pub key: Option<Value>,
}

/// A KMS grant: `aws_kms_grant`.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its address.
    pub address: String,
    /// The declaration's head.
    pub span: Span,
    /// How it came to be declared.
    pub trail: Trail,
    /// Its name, where one is written.
    pub name: Option<Value>,
    /// The key that it is for.
    pub key: Pointer,
    /// Who may use the key by it.
    pub grantee: Value,
    /// Who may end it, where that is written.
    pub retiring: Option<Value>,
    /// What it allows.
    pub operations: Value,
    /// The encryption context that it asks for, as a list of blocks, where it asks for one.
    pub constraints: Option<Value>,
}

/// What leads to a resource, mostly to a key.
#[derive(Clone, Debug)]
pub struct Pointer {
    /// What is written: an id, an ARN, an alias, or an attribute of a key.
    pub value: Value,
    /// The address of the declared resource that it leads to, where that is certain.
    pub address: Option<String>,
}

impl Pointer {
    /// What `value` leads to: the resource whose attribute it is, throughout.
    pub fn of(value: Value) -> Self {
        let address = value.attribute().map(|(resource, _)| resource.to_owned());
        Self { value, address }
    }
}
