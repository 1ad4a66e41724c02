//! What holds for every policy.

use super::*;
use crate::value::Assumption;
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

/// What a document says where its only condition holds, or does not; and its mistakes there.
fn said_where(document: &Document, holds: bool) -> (Vec<String>, BTreeSet<(DefectKind, String)>) {
    let stands = |when: &[Assumption]| when.iter().all(|one| one.holds == holds);
    let mut said = Vec::new();
    for one in document.statements.iter().filter(|one| stands(&one.when)) {
        let who = one.principals.as_ref().map(|who| {
            let items = who.items.iter().filter(|item| stands(&item.when));
            (who.negated, items.map(|item| item.value.clone()).collect::<Vec<_>>())
        });
        let what = one.actions.as_ref().map(|what| {
            let items = what.items.iter().filter(|item| stands(&item.when));
            (what.negated, items.map(|item| item.value.shown()).collect::<Vec<_>>())
        });
        let tests = one.conditions.iter().filter(|test| stands(&test.when));
        let tests: Vec<_> = tests.map(|test| (test.key.shown(), test.values.len())).collect();
        said.push(format!("{:?} {who:?} {what:?} {} {tests:?}", one.effect, one.resources.is_some()));
    }
    let defects = document.defects.iter().filter(|defect| stands(&defect.when));
    (said, defects.map(|defect| (defect.kind, defect.subject.clone())).collect())
}

/// A statement whose member `name` is that of `other`.
fn exchanged(one: &Json, other: &Json, name: &str) -> Json {
    let mut one = one.clone();
    match other.get(name) {
        Some(value) => one[name] = value.clone(),
        None => drop(one.as_object_mut().unwrap().remove(name)),
    }
    one
}

proptest! {
    #[test]
    fn a_choice_says_in_each_case_what_the_alternative_says(
        one in statement(), other in statement(), at in 0_usize..5, negated in any::<bool>(),
    ) {
        let mut name = ["Effect", "Principal", "Action", "Resource", "Condition"][at].to_owned();
        let (mut one, mut other) = (one, other);
        if negated && (1..4).contains(&at) {
            for statement in [&mut one, &mut other] {
                let object = statement.as_object_mut().unwrap();
                if let Some(value) = object.remove(&name) {
                    object.insert(format!("Not{name}"), value);
                }
            }
            name = format!("Not{name}");
        }
        let null = || json!(null);
        let mut undecided = one.clone();
        undecided[&name] = json!({
            "?if": "c",
            "then": one.get(&name).cloned().unwrap_or_else(null),
            "else": other.get(&name).cloned().unwrap_or_else(null),
        });
        let undecided = document(&[undecided]);
        prop_assert_eq!(said_where(&undecided, true), said_where(&document(&[one.clone()]), true));
        let exchanged = document(&[exchanged(&one, &other, &name)]);
        prop_assert_eq!(said_where(&undecided, false), said_where(&exchanged, false));
    }

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
