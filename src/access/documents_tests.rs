//! `testdata/access/documents.json`: the examples of AWS's own pages on key policies, written anew, each with the reach
//! that its page gives it in words.

use super::testing::setting;
use super::{Breadth, reach, service_without_source};
use crate::policy::{Document, PolicyKind, read};
use serde_json::Value;

fn word(breadth: Breadth) -> &'static str {
    match breadth {
        Breadth::Nobody => "nobody",
        Breadth::NamedOwn => "named own",
        Breadth::OwnAccount => "own account",
        Breadth::DirectOwnAccount => "own account directly",
        Breadth::TrustedAccount => "trusted account",
        Breadth::TrustedOrg => "trusted organisation",
        Breadth::ForeignAccount => "foreign account",
        Breadth::ForeignOrg => "foreign organisation",
        Breadth::WorldByNetwork => "world by network",
        Breadth::World => "world",
    }
}

/// The widest reach of the policy's statements; a range where something is open.
fn widest(document: &Document) -> String {
    let each = document.statements.iter().map(|one| reach(one, document, &setting()));
    let (least, most) = each.fold((Breadth::Nobody, Breadth::Nobody), |(least, most), found| {
        (least.max(found.at_least), most.max(found.at_most))
    });
    if least == most { word(most).to_owned() } else { format!("{} to {}", word(least), word(most)) }
}

/// For whom services may use the key: none, for any customer's resources, or limited.
fn service(document: &Document) -> &'static str {
    let asks = |free: bool| {
        document.statements.iter().any(|statement| {
            let mut statement = statement.clone();
            if free && !statement.conditions.is_empty() {
                statement.conditions.clear();
                // Not to be taken for the statement of an event data store, which has no conditions either.
                if let Some(actions) = &mut statement.actions {
                    let first = actions.items.first().cloned();
                    actions.items.extend(first.clone().into_iter().chain(first));
                }
            }
            service_without_source(&statement, document, &setting()).is_yes()
        })
    };
    match (asks(false), asks(true)) {
        (true, _) => "any customer",
        (false, true) => "limited",
        (false, false) => "none",
    }
}

#[test]
fn the_examples_of_the_guides_reach_as_far_as_these_say() {
    let table: Value = serde_json::from_str(include_str!("../../testdata/access/documents.json")).unwrap();
    let table = table.as_array().unwrap();
    assert!(table.len() >= 90);
    let mut faults = Vec::new();
    for example in table {
        let document = read(&crate::policy::testing::from_json(&example["policy"]), PolicyKind::Key).unwrap();
        let found = (widest(&document), service(&document));
        let expected = (example["reach"].as_str().unwrap(), example["service"].as_str().unwrap());
        if (found.0.as_str(), found.1) != expected {
            faults.push(format!(
                "{}: {}: expected {expected:?}, found {found:?}",
                example["title"], example["says"]
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
