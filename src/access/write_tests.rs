//! Who may write through S3 but not complete a large upload.

use super::testing::{ROOT, identity, policy, setting, statement};
use super::*;
use crate::logic::Verdict::{self, CannotTell, Yes};

fn key_policy(statements: &str) -> Vec<(String, Verdict)> {
    judged(statements, false)
}

fn judged(statements: &str, identities_decrypt: bool) -> Vec<(String, Verdict)> {
    let found = lacks_decrypt(&policy(statements), &setting(), identities_decrypt);
    found.into_iter().map(|found| (found.principal.unwrap_or_default(), found.answer.verdict)).collect()
}

const ROLE: &str = r#"{"AWS":"arn:aws:iam::%O:role/writer"}"#;
const WRITER: &str = "arn:aws:iam::111122223333:role/writer";

fn write(condition: &str) -> String {
    statement("Allow", ROLE, r#""kms:GenerateDataKey*""#, condition)
}

#[test]
fn a_writer_without_decrypt_is_found() {
    assert_eq!(key_policy(&write("")), [(WRITER.to_owned(), Yes)]);
    let via =
        r#"{"StringEquals":{"kms:ViaService":["sqs.eu-west-1.amazonaws.com","s3.eu-west-1.amazonaws.com"]}}"#;
    assert_eq!(key_policy(&write(via)), [(WRITER.to_owned(), Yes)]);
    let foreign = statement("Allow", r#"{"AWS":"%F"}"#, r#""kms:GenerateDataKey""#, "");
    assert_eq!(key_policy(&foreign), [("444455556666".to_owned(), Yes)]);
    // By delegation an identity policy may give it, if there is one.
    let delegated = format!("{},{ROOT}", write(""));
    assert_eq!(key_policy(&delegated), [(WRITER.to_owned(), Yes)]);
    assert_eq!(judged(&delegated, true), [(WRITER.to_owned(), CannotTell)]);
}

#[test]
fn what_is_denied_is_not_allowed() {
    let both = statement("Allow", ROLE, r#"["kms:GenerateDataKey","kms:Decrypt"]"#, "");
    assert!(key_policy(&both).is_empty());
    let deny = |who: &str, action: &str, condition: &str| {
        format!("{both},{}", statement("Deny", who, action, condition))
    };
    assert_eq!(key_policy(&deny(ROLE, r#""kms:Decrypt""#, "")), [(WRITER.to_owned(), Yes)]);
    assert_eq!(key_policy(&deny(r#""*""#, r#""kms:De*""#, "")), [(WRITER.to_owned(), Yes)]);
    assert!(key_policy(&deny(r#"{"AWS":"arn:aws:iam::%O:role/other"}"#, r#""kms:Decrypt""#, "")).is_empty());
    assert!(key_policy(&deny(r#""*""#, r#""kms:PutKeyPolicy""#, "")).is_empty());
    let elsewhere = r#"{"StringNotEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}"#;
    assert!(key_policy(&deny(r#""*""#, r#""kms:Decrypt""#, elsewhere)).is_empty());
}

#[test]
fn others_are_not() {
    let read = statement("Allow", ROLE, r#""kms:Decrypt""#, "");
    assert!(key_policy(&format!("{},{read}", write(""))).is_empty());
    assert!(key_policy(&format!("{read},{}", write(""))).is_empty());
    assert!(key_policy(&statement("Allow", ROLE, r#""kms:*""#, "")).is_empty());
    assert!(key_policy(&statement("Allow", ROLE, r#"["kms:GenerateDataKey*","kms:De*"]"#, "")).is_empty());
    assert!(key_policy(&statement("Allow", ROLE, r#""kms:GenerateDataKeyWithoutPlaintext""#, "")).is_empty());
    let service = r#"{"Service":"s3.amazonaws.com"}"#;
    assert!(key_policy(&statement("Allow", service, r#""kms:GenerateDataKey""#, "")).is_empty());
    assert!(
        key_policy(&write(r#"{"StringEquals":{"kms:ViaService":"sqs.eu-west-1.amazonaws.com"}}"#)).is_empty()
    );
    assert!(key_policy(&write(r#"{"StringLike":{"kms:EncryptionContext:aws:sqs:arn":"*"}}"#)).is_empty());
}

#[test]
fn identity_policies_are_judged_by_themselves() {
    let judge = |statements: &str| {
        let found = identity_lacks_decrypt(&identity(statements));
        found.into_iter().map(|found| found.answer.verdict).collect::<Vec<_>>()
    };
    let on =
        |action: &str, key: &str| format!(r#"{{"Effect":"Allow","Action":{action},"Resource":"{key}"}}"#);
    let key = "arn:aws:kms:eu-west-1:%O:key/a";
    let write = on(r#"["s3:PutObject","kms:GenerateDataKey"]"#, key);
    assert_eq!(judge(&write), [Yes]);
    assert!(judge(&format!("{write},{}", on(r#""kms:Decrypt""#, key))).is_empty());
    assert!(judge(&format!("{write},{}", on(r#""kms:*""#, "*"))).is_empty());
    assert_eq!(
        judge(&format!("{write},{}", on(r#""kms:Decrypt""#, "arn:aws:kms:eu-west-1:%O:key/b"))),
        [Yes]
    );
    assert_eq!(judge(&format!("{write},{}", on(r#""kms:Decrypt""#, "?var.key"))), [CannotTell]);
    assert!(judge(&on(r#"["kms:GenerateDataKey","kms:Decrypt"]"#, "?var.key")).is_empty());
    assert!(judge(&on(r#""*""#, "*")).is_empty());
    // A policy for another service is none of a writer to S3.
    assert!(judge(&on(r#"["dynamodb:PutItem","kms:GenerateDataKey"]"#, key)).is_empty());
    assert_eq!(judge(&on(r#"["dynamodb:PutItem","s3:*","kms:GenerateDataKey"]"#, key)), [Yes]);
    assert_eq!(judge(&on(r#"["dynamodb:PutItem","?var.action","kms:GenerateDataKey"]"#, key)), [CannotTell]);
    assert_eq!(judge(&on(r#"["?var.action","kms:GenerateDataKey"]"#, key)), [CannotTell]);
    assert_eq!(judge(&on(r#""kms:GenerateDataKey""#, key)), [Yes]);
}
