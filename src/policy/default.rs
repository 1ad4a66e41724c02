//! The key policy that KMS attaches where none is stated.
//!
//! KMS Developer Guide, "Default key policy": the key's account may use IAM policies to allow everything.

use super::{Document, PolicyKind, read};
use crate::source::Span;
use crate::value::{Entry, Name, Reason, Symbol, Text, Trail, Unknown, Value};

/// The default key policy of a key declared at `span`, which every part of it points at.
pub fn default_key_policy(span: Span) -> Document {
    let text = |text: &str| Value::text(Text::made(text, span), span);
    let unknown = |name: &str, symbol| {
        Text::unknown(Unknown { reason: Reason::NotSet, name: name.into(), span, symbol })
    };
    let account = Text::concat(&[
        Text::made("arn:", span),
        unknown("the partition", Symbol::Partition),
        Text::made(":iam::", span),
        unknown("the key's account", Symbol::OwnAccount),
        Text::made(":root", span),
    ]);
    let statement = object(
        span,
        vec![
            ("Sid", text("Enable IAM User Permissions")),
            ("Effect", text("Allow")),
            ("Principal", object(span, vec![("AWS", Value::text(account, span))])),
            ("Action", text("kms:*")),
            ("Resource", text("*")),
        ],
    );
    let document = object(
        span,
        vec![
            ("Version", text("2012-10-17")),
            ("Id", text("key-default-1")),
            ("Statement", Value::tuple(vec![statement], span)),
        ],
    );
    read(&document, PolicyKind::Key).unwrap_or_else(|| super::read::blank(span, Trail::default()))
}

/// An identity policy that allows everything, as if written at `span`.
pub fn allows_everything(span: Span) -> Document {
    let text = |text: &str| Value::text(Text::made(text, span), span);
    let statement =
        object(span, vec![("Effect", text("Allow")), ("Action", text("*")), ("Resource", text("*"))]);
    let document = object(
        span,
        vec![("Version", text("2012-10-17")), ("Statement", Value::tuple(vec![statement], span))],
    );
    read(&document, PolicyKind::Identity).unwrap_or_else(|| super::read::blank(span, Trail::default()))
}

fn object(span: Span, entries: Vec<(&str, Value)>) -> Value {
    let entry =
        |(name, value): (&str, Value)| Entry { name: Name { text: Text::made(name, span), span }, value };
    Value::object(entries.into_iter().map(entry).collect(), span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::here;
    use crate::policy::{AccountRef, Principal};

    #[test]
    fn it_delegates_to_the_own_account() {
        let document = default_key_policy(here());
        assert!(document.defects.is_empty());
        let who = document.statements[0].principals.as_ref().unwrap();
        assert_eq!(who.items[0].value, Principal::Account(AccountRef::Own));
    }
}
