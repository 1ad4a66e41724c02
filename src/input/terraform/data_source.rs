//! Data sources: those that can be computed from source alone, and what is known of the others.
//!
//! What is easy to get wrong: a data source that reads the account is unknown, but often not without shape: the id of
//! the calling account is the deploying account's, whatever it is.

use super::arn;
use super::eval::{Eval, Resource, inherit};
use super::policy_document;
use super::symbol::{account, identity_arn, outside, own_name, partition};
use super::{provider, symbol};
use crate::source::Span;
use crate::value::{
    Branch, Entry, Kind, List, ListKind, Map, MapKind, Name, Reason, Symbol, Text, Type, Unknown, Value,
};
use std::sync::Arc;

/// Nested block types of `aws_iam_policy_document`, which JSON configurations write as arguments.
const DOCUMENT_BLOCKS: [&str; 4] = ["statement", "principals", "not_principals", "condition"];

/// An attribute of a data source that is not an argument; `None`: it is read from outside.
pub(super) fn attribute(eval: &Eval<'_>, resource: &Resource<'_>, name: &str, span: Span) -> Option<Value> {
    let one = |part: Text| Some(Value::text(part, span));
    let label = || format!("{}.{name}", resource.address);
    let read = |symbol: Symbol| {
        let unknown = Unknown { reason: Reason::ReadOutside, name: label().into(), span, symbol };
        Some(Value::new(Kind::Unknown(unknown), span))
    };
    match (resource.type_name(), name) {
        ("aws_iam_policy_document", "json" | "minified_json") => Some(document(eval, resource, name)),
        ("aws_caller_identity", "account_id" | "id") => match account(eval, resource, span).pieces() {
            [crate::value::Piece::Unknown(unknown)] => read(unknown.symbol.clone()),
            _ => one(account(eval, resource, span)),
        },
        ("aws_caller_identity", "arn") => one(caller_arn(eval, resource, span)),
        ("aws_partition", "partition" | "id") => read(Symbol::Partition),
        ("aws_partition", "dns_suffix") => read(Symbol::UrlSuffix),
        ("aws_region", "name" | "id" | "region") => match region(eval, resource) {
            Some(region) => one(region),
            None => read(Symbol::Region),
        },
        ("aws_organizations_organization", "id") => read(Symbol::OwnOrganization),
        ("aws_organizations_organization", "master_account_id") => read(Symbol::SomeAccount),
        ("aws_organizations_organization", "accounts") => Some(accounts(&label(), span)),
        ("aws_iam_session_context", "issuer_arn") => one(arn::of_issuer(eval, resource, span)?),
        ("aws_iam_session_context", "issuer_name") => read(Symbol::Name),
        ("aws_iam_policy", "arn") => one(arn::of_policy(eval, resource, span)),
        ("aws_iam_roles", "arns" | "names") => {
            let of = Type::Set(Box::new(Type::String));
            read(Symbol::Anything).map(|value| value.of_type(of))
        }
        ("aws_arn", _) => arn::field(eval, resource, name, span),
        ("aws_service_principal", "name") => one(service_principal(eval, resource, span)?),
        ("aws_s3_bucket", "id") => one(own_name(eval, resource, "bucket", Reason::ReadOutside, span)),
        ("aws_iam_role" | "aws_iam_user" | "aws_iam_group", "arn") => {
            let kind = resource.type_name().trim_start_matches("aws_iam_");
            let argument = format!("{kind}_name");
            match eval.configured(resource, &argument) {
                Some(name) => {
                    let name =
                        name.as_text().cloned().unwrap_or_else(|| outside(label(), Symbol::Name, span));
                    one(arn_of_identity(eval, resource, kind, name, span))
                }
                None => Some(identity_arn(eval, resource, kind, Reason::ReadOutside, span)),
            }
        }
        ("aws_iam_role" | "aws_iam_user", "name" | "id") => {
            one(own_name(eval, resource, "name", Reason::ReadOutside, span))
        }
        _ => one(arn::of(eval, resource, name, span)?),
    }
}

/// The accounts of the organisation. There is one for certain, the management account; the others are not known.
fn accounts(label: &str, span: Span) -> Value {
    let unknown = |name: &str, symbol: Symbol| Unknown {
        reason: Reason::ReadOutside,
        name: format!("{label}{name}").into(),
        span,
        symbol,
    };
    let attribute = |(name, symbol): (&str, Symbol)| Entry {
        name: Name { text: Text::made(name, span), span },
        value: Value::new(Kind::Unknown(unknown(&format!("[…].{name}"), symbol)), span),
    };
    let known = ["arn", "email", "joined_method", "joined_timestamp", "name", "status"];
    let attributes = known.map(|name| (name, Symbol::AnyText)).into_iter();
    let entries = attributes.chain([("id", Symbol::SomeAccount)]).map(attribute).collect();
    let rest = Some(unknown("", Symbol::Anything));
    let account = Map { kind: MapKind::Object, entries, open: rest.clone() };
    let items = vec![Value::new(Kind::Map(Arc::new(account)), span)];
    Value::new(Kind::List(Arc::new(List { kind: ListKind::List, items, open: rest })), span)
}

/// `logs.amazonaws.com`, with the suffix of the partition.
fn service_principal(eval: &Eval<'_>, resource: &Resource<'_>, span: Span) -> Option<Text> {
    let service = eval.configured(resource, "service_name")?;
    let suffix = outside("dns_suffix", Symbol::UrlSuffix, span);
    Some(Text::concat(&[service.as_text()?.clone(), Text::made(".", span), suffix]))
}

/// The rendered document.
fn document(eval: &Eval<'_>, resource: &Resource<'_>, name: &str) -> Value {
    let span = resource.block.header;
    let arguments = eval.body(&resource.block.body, resource.scope, span.cover(resource.block.body.span));
    let arguments = modern(&shaped(&arguments, 0));
    let Some(map) = arguments.as_map() else { return arguments };
    let lists: Vec<&Entry> = map.entries.iter().filter(|entry| is_list_of_documents(&entry.name)).collect();
    let values: Vec<Value> = lists.iter().map(|entry| entry.value.clone()).collect();
    // Where a whole list of documents is undecided, there is one document for every case.
    let rendered = eval.distribute(&values, span, &mut |values| {
        let mut case = Map::clone(map);
        for (entry, value) in lists.iter().zip(values) {
            let found = case.entries.iter_mut().find(|own| own.name == entry.name);
            if let Some(own) = found {
                own.value = value.clone();
            }
        }
        let case = Value { kind: Kind::Map(Arc::new(case)), ..arguments.clone() };
        let rendered = policy_document::render(&case, span);
        rendered.problems.into_iter().for_each(|problem| eval.report(problem));
        Ok(if name == "json" { rendered.json } else { rendered.minified_json })
    });
    eval.settled(rendered, span)
}

fn is_list_of_documents(name: &Name) -> bool {
    name.text.is("source_policy_documents") || name.text.is("override_policy_documents")
}

/// `source_json` and `override_json`, which the provider took until its version 4, as the lists that took their place.
fn modern(arguments: &Value) -> Value {
    let Some(map) = arguments.as_map() else { return arguments.clone() };
    let mut map = Map::clone(map);
    for (old, new) in
        [("source_json", "source_policy_documents"), ("override_json", "override_policy_documents")]
    {
        let Some(entry) = map.entry(old).filter(|entry| !entry.value.is_null()).cloned() else { continue };
        let document = entry.value.clone();
        if let Some(list) = map.entries.iter_mut().find(|entry| entry.name.text.is(new)) {
            if let Kind::List(items) = &mut list.value.kind {
                Arc::make_mut(items).items.insert(0, document);
            }
        } else {
            let name = Name { text: Text::made(new, entry.name.span), span: entry.name.span };
            map.entries.push(Entry { name, value: Value::tuple(vec![document], entry.value.span) });
        }
    }
    Value { kind: Kind::Map(Arc::new(map)), ..arguments.clone() }
}

/// Arguments as the renderer wants them: a single block given as an object becomes a list of one, and elements know
/// the way by which their list came. Deeper than five levels there is nothing to shape.
fn shaped(value: &Value, depth: usize) -> Value {
    let mut value = value.clone();
    if depth > 5 {
        return value;
    }
    value.kind = match &value.kind {
        Kind::List(list) => {
            let items = list.items.iter().map(|item| {
                let mut item = shaped(item, depth + 1);
                inherit(&mut item, &value.trail);
                item
            });
            Kind::List(Arc::new(List { items: items.collect(), ..List::clone(list) }))
        }
        Kind::Map(map) => {
            let entries = map.entries.iter().map(|entry| Entry {
                name: entry.name.clone(),
                value: match &entry.value.kind {
                    Kind::Map(_) if DOCUMENT_BLOCKS.iter().any(|block| entry.name.text.is(block)) => {
                        Value::tuple(vec![shaped(&entry.value, depth + 1)], entry.value.span)
                    }
                    _ => shaped(&entry.value, depth + 1),
                },
            });
            Kind::Map(Arc::new(Map { entries: entries.collect(), ..Map::clone(map) }))
        }
        Kind::OneOf(branches) => {
            let branch = |branch: &Branch| Branch {
                when: branch.when.clone(),
                value: shaped(&branch.value, depth + 1),
            };
            Kind::OneOf(branches.iter().map(branch).collect())
        }
        other => other.clone(),
    };
    value
}

/// The ARN of whoever runs Terraform: a user's or a session's, of the own account.
fn caller_arn(eval: &Eval<'_>, resource: &Resource<'_>, span: Span) -> Text {
    let part = |name: &str| outside(format!("{}.{name}", resource.address), Symbol::AnyText, span);
    Text::concat(&[
        Text::made("arn:", span),
        partition(span),
        Text::made(":", span),
        part("service"),
        Text::made("::", span),
        account(eval, resource, span),
        Text::made(":", span),
        part("arn"),
    ])
}

fn arn_of_identity(eval: &Eval<'_>, resource: &Resource<'_>, kind: &str, name: Text, span: Span) -> Text {
    Text::concat(&[
        Text::made("arn:", span),
        symbol::partition(span),
        Text::made(":iam::", span),
        account(eval, resource, span),
        Text::made(format!(":{kind}/"), span),
        name,
    ])
}

/// The Region of a data source that states one, or whose provider alias does. That of the default provider is the
/// Region that is deployed to.
fn region(eval: &Eval<'_>, resource: &Resource<'_>) -> Option<Text> {
    resource.block.body.attribute("provider")?;
    provider::of(resource).region(eval)
}
