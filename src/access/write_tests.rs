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
        let found = identity_lacks_decrypt(&identity(statements), Vec::new);
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
    // Keys alone may be for anything.
    assert_eq!(judge(&on(r#""kms:GenerateDataKey""#, key)), [CannotTell]);
}

#[test]
fn another_identity_policy_may_give_what_one_leaves_out() {
    let on =
        |action: &str, key: &str| format!(r#"{{"Effect":"Allow","Action":{action},"Resource":"{key}"}}"#);
    let key = "arn:aws:kms:eu-west-1:%O:key/a";
    let write = identity(&on(r#"["s3:PutObject","kms:GenerateDataKey"]"#, key));
    let judge = |other: &str| {
        let other = identity(other);
        let found = identity_lacks_decrypt(&write, || vec![&other]);
        found.into_iter().map(|found| found.answer.verdict).collect::<Vec<_>>()
    };
    assert_eq!(judge(&on(r#""kms:Decrypt""#, "arn:aws:kms:*:%O:key/*")), [CannotTell]);
    assert_eq!(judge(&on(r#""kms:Decrypt""#, "arn:aws:kms:eu-west-1:%O:key/b")), [Yes]);
    assert_eq!(judge(&on(r#""kms:Encrypt""#, "*")), [Yes]);
}

#[test]
fn readers_are_compared_with_writers() {
    let write = |principal: &str| statement("Allow", principal, r#""kms:GenerateDataKey*""#, "");
    let read = |principal: &str| statement("Allow", principal, r#""kms:Decrypt""#, "");
    let verdicts = |writer: &str, reader: &str| {
        let found = judged(&format!("{},{}", write(writer), read(reader)), true);
        found.into_iter().map(|(_, verdict)| verdict).collect::<Vec<_>>()
    };
    let foreign = r#"{"AWS":"%F"}"#;
    for (writer, reader, expected) in [
        (ROLE, r#""*""#, &[][..]),
        (ROLE, r#"{"AWS":"?anything"}"#, &[CannotTell]),
        (ROLE, foreign, &[Yes]),
        (ROLE, r#"{"AWS":"%O"}"#, &[CannotTell]),
        (foreign, foreign, &[]),
        (foreign, r#"{"AWS":"777788889999"}"#, &[Yes]),
        (r#"{"AWS":"arn:aws:iam::%F:role/a"}"#, foreign, &[CannotTell]),
        (r#"{"AWS":"?attribute"}"#, r#"{"AWS":"?attribute"}"#, &[]),
        (r#"{"AWS":"?name"}"#, r#"{"AWS":"?name"}"#, &[]),
        (r#"{"AWS":"?name"}"#, ROLE, &[CannotTell]),
        (r#"{"AWS":"?anything"}"#, ROLE, &[]),
        (r#"{"AWS":"?account"}"#, ROLE, &[]),
    ] {
        assert_eq!(verdicts(writer, reader), expected, "{writer} {reader}");
    }
    let spared = format!("{},{}", write(ROLE), read(foreign).replace("Principal", "NotPrincipal"));
    assert_eq!(key_policy(&spared), [(WRITER.to_owned(), CannotTell)]);
    let twice = format!("{},{}", write(ROLE), write(ROLE));
    assert_eq!(key_policy(&twice), [(WRITER.to_owned(), Yes)], "a principal is told once");
    let other = r#"{"AWS":"arn:aws:iam::%O:user/b"}"#;
    assert_eq!(key_policy(&format!("{},{}", write(ROLE), write(other))).len(), 2);
}

#[test]
fn denials_are_compared_with_writers() {
    let both = statement("Allow", ROLE, r#"["kms:GenerateDataKey","kms:Decrypt"]"#, "");
    for (principal, condition, expected) in [
        (r#"{"AWS":"?anything"}"#, "", &[CannotTell][..]),
        (r#"{"AWS":"%O"}"#, "", &[Yes]),
        (r#"{"AWS":"%F"}"#, "", &[]),
        (r#"{"AWS":"?account"}"#, "", &[CannotTell]),
        (r#""*""#, "\"?condition\"", &[CannotTell]),
        (r#"{"Service":"sns.amazonaws.com"}"#, "", &[]),
    ] {
        let deny = statement("Deny", principal, r#""kms:Decrypt""#, condition);
        let found = key_policy(&format!("{both},{deny}"));
        assert_eq!(found.into_iter().map(|it| it.1).collect::<Vec<_>>(), expected, "{deny}");
    }
    let spares = statement("Deny", ROLE, r#""kms:Decrypt""#, "").replace("Principal", "NotPrincipal");
    assert!(key_policy(&format!("{both},{spares}")).is_empty());
}

#[test]
fn keys_of_identity_policies_are_compared() {
    let on = |action: &str, resource: &str| {
        format!(r#"{{"Effect":"Allow","Action":{action},"Resource":{resource}}}"#)
    };
    let judge = |write: &str, read: &str| {
        let write = on(r#"["s3:PutObject","kms:GenerateDataKey"]"#, write);
        let found =
            identity_lacks_decrypt(&identity(&format!("{write},{}", on(r#""kms:Decrypt""#, read))), Vec::new);
        found.into_iter().map(|found| found.answer.verdict).collect::<Vec<_>>()
    };
    let key = r#""arn:aws:kms:eu-west-1:111122223333:key/a""#;
    for (write, read, expected) in [
        (format!("[{key},\"arn:aws:s3:::b/*\"]"), key.to_owned(), &[][..]),
        (format!("[{key},\"arn:aws:kms:eu-west-1:111122223333:alias/*\"]"), key.to_owned(), &[]),
        (format!("[{key},\"arn:aws:kms:*:*:key/*\"]"), key.to_owned(), &[Yes]),
        (format!("[{key},\"*\"]"), key.to_owned(), &[Yes]),
        (format!("[{key},\"arn:aws:*:*:*:key/b\"]"), key.to_owned(), &[Yes]),
        ("\"?attribute\"".to_owned(), "\"?attribute\"".to_owned(), &[]),
        ("\"?attribute\"".to_owned(), "\"?name\"".to_owned(), &[CannotTell]),
        ("\"?attribute\"".to_owned(), key.to_owned(), &[CannotTell]),
        ("\"?attribute\"".to_owned(), "\"*\"".to_owned(), &[]),
        (key.to_owned(), "\"arn:aws:kms:*:*:key/*\"".to_owned(), &[]),
    ] {
        assert_eq!(judge(&write, &read), expected, "{write} {read}");
    }
}

#[test]
fn conditions_may_limit_a_writer_to_another_service() {
    let found = [(WRITER.to_owned(), Yes)];
    for (condition, is_writer) in [
        (r#"{"StringLike":{"kms:ViaService":"s3.*.amazonaws.com"}}"#, true),
        (r#"{"StringLike":{"kms:ViaService":"*.us-east-1.amazonaws.com"}}"#, true),
        (r#"{"StringLike":{"kms:ViaService":"sqs.*.amazonaws.com"}}"#, false),
        (r#"{"StringEquals":{"kms:ViaService":"*.us-east-1.amazonaws.com"}}"#, false),
        (r#"{"StringEquals":{"kms:ViaService":["sqs.eu-west-1.amazonaws.com","<?host>"]}}"#, true),
        (r#"{"StringEquals":{"kms:ViaService":"?hosts"}}"#, true),
        (r#"{"StringNotEquals":{"kms:ViaService":"sqs.eu-west-1.amazonaws.com"}}"#, true),
        (r#"{"Null":{"kms:ViaService":"false"}}"#, true),
        (r#"{"Bool":{"kms:GrantIsForAWSResource":"true"}}"#, false),
        (r#"{"StringEquals":{"aws:SourceAccount":"%O"}}"#, false),
        (r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:%O:*"}}"#, false),
        (r#"{"StringLike":{"kms:EncryptionContext:aws:s3:arn":"arn:aws:s3:::b*"}}"#, true),
        (r#"{"StringLike":{"kms:EncryptionContext:aws:sqs:arn":"arn:aws:sqs:*"}}"#, false),
        (r#"{"StringNotLike":{"kms:EncryptionContext:aws:sqs:arn":"arn:aws:sqs:*"}}"#, true),
        (r#"{"StringEquals":{"kms:EncryptionContext:app":"x"}}"#, true),
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, true),
    ] {
        let expected = if is_writer { &found[..] } else { &[] };
        assert_eq!(key_policy(&write(condition)), expected, "{condition}");
    }
}

#[test]
fn whom_a_reader_or_a_deny_means_may_not_be_known() {
    let open = r#"{"AWS":"<?who>"}"#;
    let read = statement("Allow", open, r#""kms:Decrypt""#, "");
    assert_eq!(key_policy(&format!("{},{read}", write(""))), [(WRITER.to_owned(), CannotTell)]);
    let both = statement("Allow", ROLE, r#"["kms:GenerateDataKey","kms:Decrypt"]"#, "");
    let deny = statement("Deny", open, r#""kms:Decrypt""#, "");
    assert_eq!(key_policy(&format!("{both},{deny}")), [(WRITER.to_owned(), CannotTell)]);
    assert!(key_policy(&statement("Allow", open, r#""kms:GenerateDataKey""#, "")).is_empty());
}

#[test]
fn what_an_identity_policy_is_for_is_told_from_its_services() {
    let on = |element: &str, action: &str, resource: &str| {
        format!(r#"{{"Effect":"Allow","{element}":{action},"Resource":"{resource}"}}"#)
    };
    let key = "arn:aws:kms:eu-west-1:%O:key/a";
    let write = on("Action", r#""kms:GenerateDataKey""#, key);
    let judge = |other: &str| {
        let found = identity_lacks_decrypt(&identity(&format!("{other},{write}")), Vec::new);
        found.into_iter().map(|found| found.answer.verdict).collect::<Vec<_>>()
    };
    let bucket = "arn:aws:s3:::b/*";
    for (other, expected) in [
        (on("Action", r#""*""#, bucket), &[Yes][..]),
        (on("Action", r#""*:*""#, bucket), &[Yes]),
        (on("Action", r#""S3:PutObject""#, bucket), &[Yes]),
        (on("Action", r#"["dynamodb:*","s3:PutObject"]"#, bucket), &[Yes]),
        (on("NotAction", r#""dynamodb:*""#, bucket), &[Yes]),
        (on("Action", r#""s3:<?act>""#, bucket), &[Yes]),
        (on("Action", r#""dynamodb:<?act>""#, bucket), &[]),
        (on("Action", r#""<?act>""#, bucket), &[CannotTell]),
        (on("Action", r#""<?act>:Put""#, bucket), &[CannotTell]),
        (on("Action", r#""s<?act>""#, bucket), &[CannotTell]),
        (on("Action", r#""dynamodb:PutItem""#, "*"), &[]),
        (on("Action", r#""kms:DescribeKey""#, "*"), &[CannotTell]),
        (on("Action", r#""s3:PutObject""#, bucket).replace("Allow", "Deny"), &[CannotTell]),
    ] {
        assert_eq!(judge(&other), expected, "{other}");
    }
}

#[test]
fn which_keys_all_but_some_are_is_not_known() {
    let key = "arn:aws:kms:eu-west-1:%O:key/a";
    let on = |action: &str, element: &str| {
        format!(r#"{{"Effect":"Allow","Action":{action},"{element}":"{key}"}}"#)
    };
    let judge = |write: &str, read: &str| {
        let write = on(r#"["s3:PutObject","kms:GenerateDataKey"]"#, write);
        let read = on(r#""kms:Decrypt""#, read);
        let found = identity_lacks_decrypt(&identity(&format!("{write},{read}")), Vec::new);
        found.into_iter().map(|found| found.answer.verdict).collect::<Vec<_>>()
    };
    assert_eq!(judge("Resource", "Resource"), []);
    for (write, read) in
        [("NotResource", "Resource"), ("Resource", "NotResource"), ("NotResource", "NotResource")]
    {
        assert_eq!(judge(write, read), [CannotTell], "{write} {read}");
    }
}
