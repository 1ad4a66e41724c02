//! Terraform and OpenTofu, evaluated as far as source alone allows.

mod address;
mod alternative;
mod arn;
#[cfg(test)]
mod comparison;
mod console;
mod data_source;
mod declared;
mod eval;
mod functions;
#[cfg(test)]
mod hostile;
mod json;
mod json_body;
mod keys;
#[cfg(test)]
mod live;
mod misspelt;
mod model;
mod module;
mod number;
mod operators;
#[cfg(test)]
mod oracle;
mod piece;
mod pointer;
mod policy_document;
mod provider;
#[cfg(test)]
mod recorded;
mod relocate;
mod session;
mod symbol;
#[cfg(test)]
mod tests;
mod tfvars;
mod types;
mod users;
mod veil;
mod vendored;
mod version;

pub use console::{Answer, Console, console};
pub(super) use keys::{IDENTITY_POLICIES, role_of};
pub use session::Session;

use crate::key::{Attribute, Declared};
use crate::source::{Disk, Problem, Span};
use crate::value::Value;

/// What the user gives besides the files.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// `TF_VAR_…`: name and text. Files in the directory hold before them.
    pub environment: Vec<(String, Value)>,
    /// `--var` and `--var-file`, in the order in which they were typed.
    pub typed: Vec<Typed>,
    /// The workspace; not known when none is given, since source alone does not tell which are used.
    pub workspace: Option<String>,
}

/// A value of a variable, or a file of such, as typed.
#[derive(Clone, Debug)]
pub enum Typed {
    /// `--var`: name and text.
    Var(String, Value),
    /// `--var-file`; the path as for [`Disk`].
    File(String),
}

/// Evaluates the root module in the directory `dir` and gives the keys that it declares, called modules included.
/// A scan of many directories shares one [`Session`] and calls [`Session::load`].
pub fn load(disk: &Disk, dir: &str, given: &Given) -> Declared {
    Session::new(disk).load(dir, given)
}

/// Directories that the local module calls of `dir` lead to, transitively. A scan asks [`Session::local_calls`] and
/// [`Session::roots`], which parse each file once.
pub fn local_calls(disk: &Disk, dir: &str) -> Vec<String> {
    Session::new(disk).local_calls(dir)
}

/// The `json` of an `aws_iam_policy_document` from its planned arguments, with the mistakes in it: what
/// `policy_document` renders from source, for a plan in which reading the document is put off.
pub(super) fn render_document(arguments: &Value, span: Span) -> (Value, Vec<Problem>) {
    let rendered = policy_document::render(arguments, span);
    (rendered.json, rendered.problems)
}

/// What a key's arguments say.
const ATTRIBUTES: [Attribute; 14] = [
    Attribute::Spec,
    Attribute::Usage,
    Attribute::Origin,
    Attribute::Rotation,
    Attribute::RotationPeriod,
    Attribute::DeletionWindow,
    Attribute::Enabled,
    Attribute::MultiRegion,
    Attribute::BypassLockoutCheck,
    Attribute::CustomKeyStore,
    Attribute::XksKey,
    Attribute::Description,
    Attribute::Tags,
    Attribute::PrimaryKey,
];

/// The JSON text of a value, as `jsonencode` gives it, unknown parts included; `None` where it would be too large.
pub fn json_text(value: &Value) -> Option<crate::value::Text> {
    json::encode(&json::plain(value), json::Layout::Compact, value.span).ok()
}

/// What a resource's argument is called for every notation.
pub(super) fn attribute_name(argument: &str) -> Option<Attribute> {
    Some(match argument {
        "customer_master_key_spec" | "key_spec" => Attribute::Spec,
        "key_usage" => Attribute::Usage,
        "origin" => Attribute::Origin,
        "enable_key_rotation" => Attribute::Rotation,
        "rotation_period_in_days" => Attribute::RotationPeriod,
        "deletion_window_in_days" | "pending_window_in_days" => Attribute::DeletionWindow,
        "is_enabled" | "enabled" => Attribute::Enabled,
        "multi_region" => Attribute::MultiRegion,
        "bypass_policy_lockout_safety_check" => Attribute::BypassLockoutCheck,
        "custom_key_store_id" => Attribute::CustomKeyStore,
        "xks_key_id" => Attribute::XksKey,
        "description" => Attribute::Description,
        "tags" => Attribute::Tags,
        "primary_key_arn" => Attribute::PrimaryKey,
        "key_material_base64" => Attribute::KeyMaterial,
        _ => return None,
    })
}
