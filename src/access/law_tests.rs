//! Laws that hold for every policy: a Deny never widens, a condition never widens, order is irrelevant, and an unknown
//! never turns yes into no or no into yes.

use super::testing::setting;
use super::*;
use crate::logic::Verdict;
use crate::policy::{Document, PolicyKind, read};
use proptest::prelude::*;
use serde_json::{Value, json};

const O: &str = "111122223333";
const F: &str = "444455556666";

fn principal() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!("*"),
        json!({"AWS": "*"}),
        json!({"AWS": format!("arn:aws:iam::{O}:root")}),
        json!({"AWS": format!("arn:aws:iam::{F}:root")}),
        json!({"AWS": format!("arn:aws:iam::{O}:role/a")}),
        json!({"AWS": [format!("arn:aws:iam::{O}:user/u"), format!("arn:aws:iam::{F}:role/b")]}),
        json!({"AWS": format!("arn:aws:sts::{O}:assumed-role/a/s")}),
        json!({"Service": "s3.amazonaws.com"}),
    ])
}

fn action() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!(["kms:*"]),
        json!(["kms:Decrypt"]),
        json!(["kms:Put*", "kms:Get*"]),
        json!(["kms:CreateGrant", "kms:GenerateDataKey*"]),
    ])
}

fn condition() -> impl Strategy<Value = (&'static str, &'static str, Value)> {
    prop::sample::select(vec![
        ("StringEquals", "kms:CallerAccount", json!([O])),
        ("StringEquals", "aws:PrincipalAccount", json!([F])),
        ("StringLike", "aws:PrincipalArn", json!([format!("arn:aws:iam::{O}:role/*")])),
        ("ArnNotLike", "aws:PrincipalArn", json!([format!("arn:aws:iam::{O}:role/a")])),
        ("StringNotEquals", "aws:PrincipalOrgID", json!(["o-aaaaaaaaaa"])),
        ("StringEquals", "aws:PrincipalOrgID", json!(["o-bbbbbbbbbb"])),
        ("StringNotEqualsIfExists", "aws:PrincipalAccount", json!([O, F])),
        ("StringEquals", "kms:ViaService", json!(["s3.eu-west-1.amazonaws.com"])),
        ("Bool", "aws:SecureTransport", json!(["false"])),
        ("Bool", "aws:MultiFactorAuthPresent", json!(["true"])),
        ("Null", "aws:SourceArn", json!(["true"])),
        ("StringEquals", "aws:SourceAccount", json!([O])),
        ("Bool", "kms:GrantIsForAWSResource", json!(["true"])),
        ("IpAddress", "aws:SourceIp", json!(["203.0.113.0/24"])),
        ("StringLike", "kms:CallerAccount", json!(["*"])),
    ])
}

fn statement(effect: &'static str) -> impl Strategy<Value = Value> {
    (principal(), action(), prop::collection::vec(condition(), 0..3)).prop_map(
        move |(principal, action, conditions)| {
            let mut statement = json!({
                "Effect": effect, "Principal": principal, "Action": action, "Resource": ["*"]
            });
            for (operator, key, values) in conditions {
                statement["Condition"][operator][key] = values;
            }
            statement
        },
    )
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(prop_oneof![2 => statement("Allow"), 1 => statement("Deny")], 1..5)
}

fn document(statements: &[Value]) -> Document {
    let json = json!({"Version": "2012-10-17", "Statement": statements});
    read(&crate::policy::testing::from_json(&json), PolicyKind::Key).unwrap()
}

/// The answers about a document as a whole and about each of its statements.
fn answers(document: &Document) -> Vec<(&'static str, Verdict)> {
    let set = setting();
    let mut found = vec![
        ("nobody manages", nobody_manages(document, &set).verdict),
        ("deny covers managers", deny_covers_managers(document, &set).verdict),
    ];
    for statement in &document.statements {
        found.extend([
            ("public", is_public(statement, document, &set).verdict),
            ("public despite", is_public_despite_conditions(statement, document, &set).verdict),
            ("untrusted", admits_untrusted_account(statement, document, &set).verdict),
            ("service", service_without_source(statement, document, &set).verdict),
            ("grant", create_grant_unrestricted(statement, document, &set).verdict),
        ]);
    }
    found
}

/// Makes the `pick`-th of the principals, actions and condition values unknown.
fn blur(statements: &mut [Value], pick: usize) {
    let mut places = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        places.push(format!("/{index}/Principal"));
        places.extend(["Action", "Resource"].map(|name| format!("/{index}/{name}/0")));
        for (operator, keys) in statement["Condition"].as_object().into_iter().flatten() {
            for key in keys.as_object().into_iter().flatten() {
                let key = key.0.replace('/', "~1");
                places.push(format!("/{index}/Condition/{operator}/{key}/0"));
                places.push(format!("/{index}/Condition/{operator}/{key}"));
            }
        }
    }
    let place = &places[pick % places.len()];
    let mut whole = Value::Array(statements.to_vec());
    *whole.pointer_mut(place).unwrap() = json!("?anything");
    statements.clone_from_slice(whole.as_array().unwrap());
}

fn requests() -> Vec<Request> {
    let callers = [
        format!("arn:aws:iam::{O}:user/u"),
        format!("arn:aws:sts::{O}:assumed-role/a/s"),
        format!("arn:aws:sts::{F}:assumed-role/b/s"),
        "s3.amazonaws.com".to_owned(),
    ];
    let each = callers.iter().flat_map(|caller| {
        ["kms:Decrypt", "kms:PutKeyPolicy"].map(|action| Request {
            caller: Caller::of_arn(caller).unwrap(),
            action: action.to_owned(),
            key_arn: format!("arn:aws:kms:eu-west-1:{O}:key/k"),
            key_account: O.to_owned(),
            context: vec![("aws:SecureTransport".to_owned(), vec!["true".to_owned()])],
        })
    });
    each.collect()
}

fn outcomes(document: &Document) -> Vec<Outcome> {
    let everything = super::testing::identity(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let identity = [everything];
    let policies = Policies { key: document, identity: &identity, boundary: &[], session: &[] };
    requests().iter().map(|request| decide(request, &policies).outcome).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn adding_a_deny_never_widens(statements in statements(), deny in statement("Deny")) {
        let before = document(&statements);
        let mut more = statements.clone();
        more.push(deny);
        let after = document(&more);
        for (old, new) in before.statements.iter().zip(&after.statements) {
            let (old, new) = (reach(old, &before, &setting()), reach(new, &after, &setting()));
            prop_assert!(new.at_least <= old.at_least && new.at_most <= old.at_most, "{old:?} {new:?}");
        }
        for (old, new) in outcomes(&before).into_iter().zip(outcomes(&after)) {
            prop_assert!(new != Outcome::Allowed || old == Outcome::Allowed);
        }
    }

    #[test]
    fn dropping_a_condition_never_narrows(
        allow in statement("Allow"),
        others in statements(),
        (operator, key, values) in condition(),
    ) {
        let mut limited = allow.clone();
        prop_assume!(limited["Condition"][operator].get(key).is_none());
        limited["Condition"][operator][key] = values;
        if allow.get("Condition").is_none() {
            prop_assert!(limited["Condition"].is_object());
        }
        let with = document(&[std::slice::from_ref(&limited), &others].concat());
        let without = document(&[std::slice::from_ref(&allow), &others].concat());
        let narrow = reach(&with.statements[0], &with, &setting());
        let wide = reach(&without.statements[0], &without, &setting());
        prop_assert!(narrow.at_least <= wide.at_least && narrow.at_most <= wide.at_most, "{narrow:?} {wide:?}");
        for (narrow, wide) in outcomes(&with).into_iter().zip(outcomes(&without)) {
            prop_assert!(narrow != Outcome::Allowed || wide == Outcome::Allowed);
        }
    }

    #[test]
    fn order_is_irrelevant(statements in statements()) {
        let mut turned = statements.clone();
        turned.reverse();
        let (one, two) = (document(&statements), document(&turned));
        let mut a = answers(&one);
        let mut b = answers(&two);
        a.sort_by_key(|(name, verdict)| (*name, format!("{verdict:?}")));
        b.sort_by_key(|(name, verdict)| (*name, format!("{verdict:?}")));
        prop_assert_eq!(a, b);
        prop_assert_eq!(outcomes(&one), outcomes(&two));
    }

    #[test]
    fn an_unknown_never_turns_an_answer(statements in statements(), pick in 0..64_usize) {
        let mut blurred = statements.clone();
        blur(&mut blurred, pick);
        let (known, unknown) = (document(&statements), document(&blurred));
        for ((name, before), (_, after)) in answers(&known).into_iter().zip(answers(&unknown)) {
            let same = before == after || after == Verdict::CannotTell;
            prop_assert!(same, "{name}: {before:?} became {after:?} in {blurred:?}");
        }
        for (before, after) in outcomes(&known).into_iter().zip(outcomes(&unknown)) {
            let allowed = |outcome| outcome == Outcome::Allowed;
            prop_assert!(
                before == after || after == Outcome::Undecided || (!allowed(before) && !allowed(after)),
                "{before:?} became {after:?} in {blurred:?}"
            );
        }
        for (before, after) in known.statements.iter().zip(&unknown.statements) {
            let before = reach(before, &known, &setting());
            let after = reach(after, &unknown, &setting());
            prop_assert!(
                after.at_least <= before.at_least && before.at_most <= after.at_most,
                "{before:?} became {after:?} in {blurred:?}"
            );
        }
    }
}
