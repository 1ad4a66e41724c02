//! Policies for the tests of this room, from JSON in a few characters.

use super::Setting;
use crate::policy::{Document, PolicyKind, read};

pub(super) const OWN: &str = "111122223333";
pub(super) const OTHER: &str = "444455556666";

/// A key policy of these statements; `%O` is the own account, `%F` a foreign one.
pub(super) fn policy(statements: &str) -> Document {
    document(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#))
}

/// A key policy; `?name` is unknown, as in the tests of `policy`.
pub(super) fn document(json: &str) -> Document {
    read_as(json, PolicyKind::Key)
}

/// An identity policy of these statements.
pub(super) fn identity(statements: &str) -> Document {
    read_as(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#), PolicyKind::Identity)
}

fn read_as(json: &str, kind: PolicyKind) -> Document {
    let json = json.replace("%O", OWN).replace("%F", OTHER);
    read(&crate::policy::testing::value(&json), kind).unwrap()
}

/// The setting of the own account.
pub(super) fn setting() -> Setting {
    Setting { account: Some(OWN.to_owned()), partition: Some("aws".to_owned()), ..Setting::default() }
}

/// The default key policy's statement.
pub(super) const ROOT: &str =
    r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%O:root"},"Action":"kms:*","Resource":"*"}"#;

/// A statement with these principals, actions and, unless empty, conditions.
pub(super) fn statement(effect: &str, principal: &str, action: &str, condition: &str) -> String {
    let condition = if condition.is_empty() { String::new() } else { format!(r#","Condition":{condition}"#) };
    format!(r#"{{"Effect":"{effect}","Principal":{principal},"Action":{action},"Resource":"*"{condition}}}"#)
}
