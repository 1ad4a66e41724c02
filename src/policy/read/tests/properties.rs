//! What holds for every policy.

use super::*;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

fn principal() -> impl Strategy<Value = Json> {
    let text = prop_oneof![
        Just("*"),
        Just("111122223333"),
        Just("arn:aws:iam::111122223333:root"),
        Just("arn:aws:iam::111122223333:role/app"),
        Just("arn:aws:iam::123:root"),
        Just("sns.amazonaws.com"),
    ];
    let list = prop::collection::vec(text.clone(), 0..3);
    prop_oneof![
        Just(json!("*")),
        text.clone().prop_map(|text| json!({ "AWS": text })),
        list.prop_map(|list| json!({ "AWS": list })),
        text.prop_map(|text| json!({ "Service": text })),
    ]
}

fn statement() -> impl Strategy<Value = Json> {
    let effect = prop_oneof![Just("Allow"), Just("Deny"), Just("allow")];
    let actions = prop::collection::vec(prop_oneof![Just("kms:*"), Just("kms:Decrypt"), Just("x")], 0..3);
    let condition = prop_oneof![
        Just(json!({})),
        Just(json!({"StringEquals": {"kms:ViaService": ["a", "b"]}})),
        Just(json!({"Bool": {"aws:SecureTransport": true}, "Nul": {"a": "b"}})),
    ];
    (effect, principal(), actions, condition, any::<bool>()).prop_map(|(effect, who, what, when, whole)| {
        let mut one = json!({"Effect": effect, "Principal": who, "Action": what, "Condition": when});
        if whole {
            one["Resource"] = json!("*");
        }
        one
    })
}

fn document(statements: &[Json]) -> Document {
    read(&from_json(&json!({"Version": "2012-10-17", "Statement": statements})), PolicyKind::Key).unwrap()
}

/// What a document says, without its order.
fn said(document: &Document) -> Vec<String> {
    let mut said: Vec<String> = document
        .statements
        .iter()
        .map(|one| {
            let who = one
                .principals
                .as_ref()
                .map(|who| who.items.iter().map(|item| item.value.clone()).collect::<Vec<_>>());
            let what = one
                .actions
                .as_ref()
                .map(|what| what.items.iter().map(|item| item.value.shown()).collect::<Vec<_>>());
            format!("{:?} {who:?} {what:?} {}", one.effect, one.conditions.len())
        })
        .collect();
    said.sort();
    said
}

/// Every way to make one leaf unknown.
fn one_unknown(json: &Json) -> Vec<Json> {
    match json {
        Json::Array(items) => (0..items.len())
            .flat_map(|at| one_unknown(&items[at]).into_iter().map(move |changed| (at, changed)))
            .map(|(at, changed)| {
                let mut items = items.clone();
                items[at] = changed;
                Json::Array(items)
            })
            .collect(),
        Json::Object(map) => map
            .iter()
            .flat_map(|(name, value)| {
                one_unknown(value).into_iter().map(move |changed| (name.clone(), changed))
            })
            .map(|(name, changed)| {
                let mut map = map.clone();
                map.insert(name, changed);
                Json::Object(map)
            })
            .collect(),
        _ => vec![json!("?any"), json!("?text")],
    }
}

fn kinds(document: &Document) -> BTreeSet<(DefectKind, String)> {
    document.defects.iter().map(|defect| (defect.kind, defect.subject.clone())).collect()
}

/// Whether a document says for certain that its only statement is not for everyone.
fn certainly_narrow(document: &Document) -> bool {
    let Some(who) = document.statements.first().and_then(|one| one.principals.as_ref()) else { return false };
    let wide = |principal: &Principal| matches!(principal, Principal::Everyone | Principal::Unknown(_));
    document.open.is_empty() && who.open.is_none() && !who.items.iter().any(|item| wide(&item.value))
}

proptest! {
    #[test]
    fn the_order_of_statements_does_not_matter(mut all in prop::collection::vec(statement(), 1..5)) {
        let before = document(&all);
        all.reverse();
        let after = document(&all);
        prop_assert_eq!(said(&before), said(&after));
        prop_assert_eq!(kinds(&before), kinds(&after));
        prop_assert_eq!(before.size, after.size);
    }

    #[test]
    fn an_unknown_leaf_adds_no_defect_and_hides_nobody(one in statement()) {
        let whole = document(std::slice::from_ref(&one));
        for changed in one_unknown(&one) {
            let open = document(std::slice::from_ref(&changed));
            prop_assert!(kinds(&open).is_subset(&kinds(&whole)), "{changed}");
            prop_assert!(open.size.bytes <= whole.size.bytes && open.size.open);
            if !certainly_narrow(&whole) {
                prop_assert!(!certainly_narrow(&open), "{changed}");
            }
        }
    }

    #[test]
    fn nothing_panics(json in "[ -~]{0,40}") {
        if let Ok(json) = serde_json::from_str::<Json>(&json) {
            let _ = read(&from_json(&json), PolicyKind::Key);
        }
        for of in ["AWS", "Service"] {
            let _ = document(&[json!({"Effect": "Allow", "Principal": {of: json}, "Action": json})]);
        }
    }
}
