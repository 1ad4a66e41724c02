//! What is known of resources before they exist: ARNs, names, the provider's defaults.
//!
//! An attribute that only the apply gives is unknown, and yet one resource's ([`Symbol::Attribute`]), so never a
//! wildcard. What is easy to get wrong: the name of a role may be unknown while its ARN's shape is not.

use super::arn;
use super::eval::{Eval, Resource};
use super::provider;
use crate::source::Span;
use crate::value::{Kind, Reason, Symbol, Text, Unknown, Value};
use std::sync::Arc;

/// An attribute of a managed resource that is not configured; `None`: nothing is known of it but whose it is.
pub(super) fn attribute(eval: &Eval<'_>, resource: &Resource<'_>, name: &str, span: Span) -> Option<Value> {
    let type_name = resource.type_name();
    if let Some(value) = default_of(type_name, name) {
        return Some(match value {
            "true" | "false" => Value::bool(value == "true", span),
            text => Value::text(Text::made(text, span), span),
        });
    }
    match (type_name, name) {
        (
            "aws_iam_role" | "aws_iam_user" | "aws_iam_group" | "aws_iam_policy" | "aws_iam_instance_profile",
            "arn",
        ) => {
            let kind = type_name.trim_start_matches("aws_iam_").replace('_', "-");
            Some(identity_arn(eval, resource, &kind, Reason::AfterApply, span))
        }
        ("aws_iam_role" | "aws_iam_user" | "aws_iam_group" | "aws_iam_instance_profile", "name" | "id")
        | ("aws_iam_policy", "name") => {
            Some(Value::text(own_name(eval, resource, "name", Reason::AfterApply, span), span))
        }
        ("aws_s3_bucket", "id" | "bucket") => {
            Some(Value::text(own_name(eval, resource, "bucket", Reason::AfterApply, span), span))
        }
        // Organizations names it when the account is made: never the account that deploys.
        ("aws_organizations_account", "id") => {
            let name = format!("{}.id", resource.address).into();
            let symbol = Symbol::SomeAccount;
            let unknown = Unknown { reason: Reason::AfterApply, name, span, symbol };
            Some(Value::new(Kind::Unknown(unknown), span))
        }
        // Who sends to a topic or queue is found by its address, also in lists; rules put the ARN in where they need it.
        ("aws_sns_topic" | "aws_sqs_queue", _) => None,
        _ => arn::of(eval, resource, name, span).map(|arn| Value::text(arn, span)),
    }
}

/// What the provider plans where nothing is written (its schema's defaults).
fn default_of(type_name: &str, name: &str) -> Option<&'static str> {
    match (type_name, name) {
        ("aws_kms_key", "key_usage") => Some("ENCRYPT_DECRYPT"),
        ("aws_kms_key", "customer_master_key_spec") => Some("SYMMETRIC_DEFAULT"),
        ("aws_kms_key", "is_enabled") | ("aws_kms_replica_key", "enabled") => Some("true"),
        ("aws_kms_key", "enable_key_rotation")
        | (
            "aws_kms_key" | "aws_kms_external_key" | "aws_kms_replica_key",
            "bypass_policy_lockout_safety_check",
        ) => Some("false"),
        ("aws_iam_role" | "aws_iam_user" | "aws_iam_group" | "aws_iam_policy", "path") => Some("/"),
        _ => None,
    }
}

/// `arn:PARTITION:iam::ACCOUNT:KIND/PATH/NAME` (IAM User Guide, "IAM identifiers").
pub(super) fn identity_arn(
    eval: &Eval<'_>,
    resource: &Resource<'_>,
    kind: &str,
    reason: Reason,
    span: Span,
) -> Value {
    let path = match eval.configured(resource, "path").filter(|path| !path.is_null()) {
        Some(path) => as_text(&path, Symbol::AnyText),
        None => text("/", span),
    };
    let parts = [
        text("arn:", span),
        partition(span),
        text(":iam::", span),
        account(eval, resource, span),
        text(&format!(":{kind}"), span),
        path,
        own_name(eval, resource, "name", reason, span),
    ];
    Value::text(Text::concat(&parts), span)
}

/// The name of a thing: written, or made by the provider from a prefix.
pub(super) fn own_name(
    eval: &Eval<'_>,
    resource: &Resource<'_>,
    argument: &str,
    reason: Reason,
    span: Span,
) -> Text {
    let written = |name: &str| eval.configured(resource, name).filter(|value| !value.is_null());
    if let Some(name) = written(argument) {
        return as_text(&name, Symbol::Name);
    }
    let label = format!("{}.{argument}", resource.address);
    let rest = Text::unknown(Unknown { reason, name: label.into(), span, symbol: Symbol::Name });
    match written(&format!("{argument}_prefix")) {
        Some(prefix) => Text::concat([&as_text(&prefix, Symbol::Name), &rest]),
        None => rest,
    }
}

/// A value as a piece of a text. What is written in a name is a name, even where it is not known.
fn as_text(value: &Value, symbol: Symbol) -> Text {
    match &value.kind {
        Kind::Text(text) => text.clone(),
        Kind::Unknown(unknown) => {
            let symbol = match &unknown.symbol {
                Symbol::Anything | Symbol::AnyText => symbol,
                known => known.clone(),
            };
            Text::unknown(Unknown { symbol, ..unknown.clone() })
        }
        _ => {
            let unknown =
                Unknown { reason: Reason::NotEvaluated, name: "name".into(), span: value.span, symbol };
            Text::unknown(unknown)
        }
    }
}

/// The account that a resource is deployed to.
pub(super) fn account(eval: &Eval<'_>, resource: &Resource<'_>, span: Span) -> Text {
    let provider = provider::of(resource);
    let Some(apart) = provider.apart(eval) else { return outside("account", Symbol::OwnAccount, span) };
    provider.account(eval).unwrap_or_else(|| outside("account", Symbol::AccountOf(apart), span))
}

/// The partition that everything is deployed to.
pub(super) fn partition(span: Span) -> Text {
    outside("partition", Symbol::Partition, span)
}

/// A text that only the account or the provider tells.
pub(super) fn outside(name: impl Into<Arc<str>>, symbol: Symbol, span: Span) -> Text {
    Text::unknown(Unknown { reason: Reason::ReadOutside, name: name.into(), span, symbol })
}

/// A value as a key sees it that is deployed with the provider configuration `apart` (`None`: the default one): the
/// account of that configuration is its own, every other is some account.
pub(super) fn seen_from(apart: Option<&str>, value: &Value) -> Value {
    let moves = |unknown: &&Unknown| as_seen(apart, unknown).symbol != unknown.symbol;
    if !value.unknowns().iter().any(moves) {
        return value.clone();
    }
    value.put_in(&|unknown| Some(Text::unknown(as_seen(apart, unknown))))
}

fn as_seen(apart: Option<&str>, unknown: &Unknown) -> Unknown {
    let symbol = match &unknown.symbol {
        Symbol::AccountOf(other) if apart == Some(&**other) => Symbol::OwnAccount,
        Symbol::AccountOf(_) => Symbol::SomeAccount,
        Symbol::OwnAccount if apart.is_some() => Symbol::SomeAccount,
        other => other.clone(),
    };
    Unknown { symbol, ..unknown.clone() }
}

fn text(text: &str, span: Span) -> Text {
    Text::made(text, span)
}
