use super::super::{AccountRef, Effect, Principal};
use super::*;
use crate::policy::testing::{from_json, here, known, value};

const OWNER: &str = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;

fn key(json: &str) -> Document {
    read(&value(json), PolicyKind::Key).unwrap()
}

fn with(statement: &str) -> Document {
    key(&format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#))
}

fn defects(document: &Document) -> Vec<(DefectKind, &str)> {
    document.defects.iter().map(|defect| (defect.kind, defect.subject.as_str())).collect()
}

/// One statement with `member` added or replaced; a null removes it.
fn changed(name: &str, member: &str) -> Document {
    let mut statement: serde_json::Value = serde_json::from_str(OWNER).unwrap();
    let object = statement.as_object_mut().unwrap();
    if member == "gone" {
        object.remove(name);
    } else {
        object.insert(name.into(), serde_json::from_str(member).unwrap());
    }
    with(&statement.to_string())
}

#[test]
fn a_sound_policy_has_no_defect() {
    let document = with(OWNER);
    assert_eq!(defects(&document), []);
    assert_eq!(document.version, Version::V2012);
    let statement = &document.statements[0];
    assert_eq!(statement.effect, Effect::Allow);
    let who = statement.principals.as_ref().unwrap();
    assert_eq!(who.items[0].value, Principal::Account(AccountRef::Id("111122223333".into())));
    assert_eq!(document.size.bytes, format!(r#"{{"Version":"2012-10-17","Statement":[{OWNER}]}}"#).len());
    assert!(!document.size.open);
}

#[test]
fn no_policy_is_the_default() {
    for none in [Value::null(here()), Value::text(known(""), here()), Value::text(known(" \n"), here())] {
        assert!(read(&none, PolicyKind::Key).is_none());
    }
    assert!(read(&value(r#"{"?if":"c","then":null,"else":""}"#), PolicyKind::Key).is_none());
}

#[test]
fn a_policy_that_may_be_absent_says_when() {
    let document = key(&format!(r#"{{"?if":"c","then":{{"Statement":{OWNER}}},"else":null}}"#));
    assert_eq!(document.default_when.len(), 1);
    assert!(!document.default_when[0][0].holds);
    assert!(document.statements[0].when[0].holds);
    assert!(document.defects.is_empty());
}

#[test]
fn alternatives_with_other_versions_leave_the_version_unknown() {
    let of = |version: &str| format!(r#"{{"Version":"{version}","Statement":{OWNER}}}"#);
    let both = |one: &str, two: &str| key(&format!(r#"{{"?if":"c","then":{},"else":{}}}"#, of(one), of(two)));
    assert!(matches!(both("2012-10-17", "2008-10-17").version, Version::Unknown(_)));
    assert_eq!(both("2012-10-17", "2012-10-17").version, Version::V2012);
    let text = Text::made("…", here()).encoding(value(&format!(
        r#"{{"?if":"c","then":{},"else":{}}}"#,
        of("2012-10-17"),
        of("2008-10-17")
    )));
    let document = read(&Value::text(text, here()), PolicyKind::Key).unwrap();
    assert!(matches!(document.version, Version::Unknown(_)));
}

#[test]
fn what_is_not_an_object_is_not_json() {
    for wrong in ["[]", "5", "true"] {
        assert_eq!(defects(&key(wrong)), [(DefectKind::NotJson, "policy")]);
    }
}

#[test]
fn texts_are_decoded_by_the_caller() {
    let place = here();
    let decode = |text: &Text| match text.as_known() {
        Some("{}") => Ok(Value::object(Vec::new(), place)),
        _ => Err(Problem::new(crate::source::ProblemKind::Syntax, place, "a comma is missing")),
    };
    let of = |text: &str| read_with(&Value::text(known(text), place), PolicyKind::Key, &decode).unwrap();
    assert_eq!(defects(&of("{}")), [(DefectKind::ElementMissing, "Statement")]);
    let broken = of("{oops");
    assert_eq!(defects(&broken), [(DefectKind::NotJson, "{oops")]);
    assert_eq!(broken.defects[0].fact, "a comma is missing");
    assert_eq!(broken.open.len(), 1);
    let encoded = Text::made("…", place).encoding(value(&format!(r#"{{"Statement":[{OWNER}]}}"#)));
    assert_eq!(read(&Value::text(encoded, place), PolicyKind::Key).unwrap().statements.len(), 1);
}

#[test]
fn an_unknown_document_is_open() {
    for open in [r#""?any""#, r#""?text""#, r#"{"?if":"c","then":"?any","else":"?any"}"#] {
        let document = key(open);
        assert!(document.statements.is_empty() && !document.open.is_empty() && document.defects.is_empty());
    }
}

#[test]
fn names_of_elements_are_exact() {
    for (wrong, right) in [("action", "Action"), ("Actions", "Action"), ("Principals", "Principal")] {
        let statement = OWNER.replace(&format!("\"{right}\""), &format!("\"{wrong}\""));
        let document = with(&statement);
        assert_eq!(defects(&document), [(DefectKind::ElementUnknown, wrong)]);
        assert_eq!(document.defects[0].suggestion.as_deref(), Some(right));
    }
    assert_eq!(defects(&changed("Comment", r#""x""#)), [(DefectKind::ElementUnknown, "Comment")]);
    assert_eq!(defects(&changed("Principal", r#"{"aws":"*"}"#)), [(DefectKind::ElementUnknown, "aws")]);
    let misspelt = key(&format!(r#"{{"version":"2012-10-17","Statements":[{OWNER}]}}"#));
    assert_eq!(misspelt.defects.len(), 2);
    assert!(!misspelt.open.is_empty());
}

#[test]
fn nothing_is_concluded_from_what_a_mistake_hides() {
    let misspelt = with(&OWNER.replace("Action", "Actions").replace("Principal", "principal"));
    let statement = &misspelt.statements[0];
    assert!(statement.actions.as_ref().unwrap().open.is_some());
    assert!(statement.principals.as_ref().unwrap().open.is_some());
    assert!(changed("Principal", r#"["*"]"#).statements[0].principals.as_ref().unwrap().open.is_some());
    assert!(changed("Principal", r#"{"aws":"*"}"#).statements[0].principals.as_ref().unwrap().open.is_some());
    assert!(changed("Resource", "{}").statements[0].resources.as_ref().unwrap().open.is_some());
    assert!(changed("Conditions", "{}").statements[0].open_conditions.is_some());
    assert!(changed("effect", r#""Deny""#).statements[0].effect == Effect::Allow);
    assert!(changed("Action", "gone").statements[0].actions.is_none());
}

#[test]
fn missing_elements() {
    assert_eq!(defects(&changed("Effect", "gone")), [(DefectKind::ElementMissing, "Effect")]);
    assert_eq!(defects(&changed("Principal", "gone")), [(DefectKind::ElementMissing, "Principal")]);
    assert_eq!(defects(&changed("Action", "gone")), [(DefectKind::StatementWithoutEffect, "Action")]);
    assert_eq!(defects(&changed("Resource", "gone")), [(DefectKind::StatementWithoutEffect, "Resource")]);
    let identity = read(&value(r#"{"Statement":{"Effect":"Allow","Action":"kms:*"}}"#), PolicyKind::Identity);
    assert_eq!(defects(&identity.unwrap()), [(DefectKind::ElementMissing, "Resource")]);
}

#[test]
fn wrong_types_and_values() {
    let first = |document: Document| document.defects[0].kind;
    assert_eq!(first(changed("Effect", r#""allow""#)), DefectKind::EffectInvalid);
    assert_eq!(first(changed("Effect", r#"["Allow"]"#)), DefectKind::ElementType);
    assert_eq!(first(changed("Action", r#"{"a":1}"#)), DefectKind::ElementType);
    assert_eq!(first(changed("Principal", "5")), DefectKind::ElementType);
    assert_eq!(first(changed("Principal", r#"["*"]"#)), DefectKind::ElementType);
    assert_eq!(first(changed("Condition", "[]")), DefectKind::ElementType);
    assert_eq!(first(changed("Condition", r#"{"Bool":"x"}"#)), DefectKind::ElementType);
    assert_eq!(first(changed("NotAction", r#""kms:*""#)), DefectKind::ElementsExclusive);
    assert_eq!(first(with("5")), DefectKind::ElementType);
    assert_eq!(changed("Effect", r#""allow""#).defects[0].suggestion.as_deref(), Some("Allow"));
}

#[test]
fn empty_lists() {
    for (name, member) in [
        ("Action", "[]"),
        ("Principal", "{}"),
        ("Principal", r#"{"AWS":[]}"#),
        ("Condition", r#"{"StringEquals":{"kms:CallerAccount":[]}}"#),
        ("Condition", r#"{"StringEquals":{}}"#),
    ] {
        assert_eq!(changed(name, member).defects[0].kind, DefectKind::Empty, "{member}");
    }
    assert_eq!(with("").defects[0].kind, DefectKind::Empty);
    assert!(changed("Condition", "{}").defects.is_empty());
}

#[test]
fn malformed_principals() {
    for member in [r#"{"AWS":null}"#, r#"{"Federated":"x"}"#, r#""111122223333""#, r#"{"Service":"*"}"#] {
        assert_eq!(changed("Principal", member).defects[0].kind, DefectKind::PrincipalMalformed, "{member}");
    }
    let number = changed("Principal", r#"{"AWS":11122223333}"#);
    assert!(number.defects[0].fact.contains("lost a leading zero"));
    assert_eq!(number.defects[0].suggestion.as_deref(), Some("\"011122223333\""));
    assert!(changed("Principal", r#"{"AWS":111122223333}"#).defects.is_empty());
}

#[test]
fn conditions_are_tests() {
    let document = changed(
        "Condition",
        r#"{"StringLike":{"kms:ViaService":["a","b"]},"Bool":{"aws:SecureTransport":true},"NumericLessThan":{"aws:MultiFactorAuthAge":5}}"#,
    );
    assert!(document.defects.is_empty());
    let tests = &document.statements[0].conditions;
    assert_eq!(tests.len(), 3);
    assert_eq!(tests[0].values.len(), 2);
    assert!(tests[1].values[0].value.is("true") && tests[2].values[0].value.is("5"));
}

#[test]
fn operators_and_keys() {
    let kind = |condition: &str| changed("Condition", condition).defects[0].kind;
    assert_eq!(kind(r#"{"NullIfExists":{"a":"true"}}"#), DefectKind::OperatorUnknown);
    assert_eq!(kind(r#"{"ForEachValue:StringLike":{"a":"b"}}"#), DefectKind::OperatorUnknown);
    assert_eq!(kind(r#"{"stringequals":{"a":"b"}}"#), DefectKind::OperatorUnknown);
    assert_eq!(
        kind(r#"{"StringEquals":{"aws:SourceArn":"a","AWS:sourcearn":"b"}}"#),
        DefectKind::DuplicateName
    );
}

#[test]
fn characters_outside_the_set() {
    let document = changed("Sid", "\"no \u{2014} dash\"");
    assert_eq!(defects(&document), [(DefectKind::Character, "\u{2014}")]);
    assert!(document.defects[0].fact.starts_with("U+2014"));
    assert!(changed("Sid", "\"caf\u{e9}\"").defects.is_empty());
}

#[test]
fn alternatives_become_elements_with_assumptions() {
    let document = changed("Action", r#"["kms:Decrypt",{"?if":"c","then":"kms:Encrypt","else":null}]"#);
    let actions = document.statements[0].actions.as_ref().unwrap();
    assert_eq!(actions.items.len(), 2);
    assert!(actions.items[0].when.is_empty() && actions.items[1].when[0].holds);
    let document = with(&format!(r#"{OWNER},{{"?if":"c","then":{OWNER},"else":null}}"#));
    assert_eq!(document.statements.len(), 2);
    assert_eq!(document.statements[1].when.len(), 1);
    assert!(document.defects.is_empty());
}

#[test]
fn contradictory_alternatives_are_dropped() {
    let inner = r#"{"?if":"c","then":"kms:Encrypt","else":"kms:Decrypt"}"#;
    let document = changed("Action", &format!(r#"{{"?if":"c","then":{inner},"else":[]}}"#));
    let actions = document.statements[0].actions.as_ref().unwrap();
    assert_eq!(actions.items.len(), 1);
    assert_eq!(actions.items[0].when.len(), 1);
}

#[test]
fn an_undecided_effect_splits_the_statement() {
    let document = changed("Effect", r#"{"?if":"c","then":"Allow","else":"Deny"}"#);
    let effects: Vec<_> =
        document.statements.iter().map(|one| (&one.effect, one.index, one.when[0].holds)).collect();
    assert_eq!(effects, [(&Effect::Allow, 0, true), (&Effect::Deny, 0, false)]);
}

#[test]
fn elements_that_exclude_each_other_by_a_condition_are_fine() {
    let mut statement: serde_json::Value = serde_json::from_str(OWNER).unwrap();
    statement["Principal"] = serde_json::json!({"?if":"c","then":"*","else":null});
    statement["NotPrincipal"] = serde_json::json!({"?if":"c","then":null,"else":{"AWS":"111122223333"}});
    let document = with(&statement.to_string());
    assert!(document.defects.is_empty());
    let negated: Vec<_> =
        document.statements.iter().map(|one| one.principals.as_ref().unwrap().negated).collect();
    assert_eq!(negated, [false, true]);
}

#[test]
fn a_mistake_in_one_alternative_stands_under_its_assumptions() {
    let document = changed("Effect", r#"{"?if":"c","then":"Allow","else":"allow"}"#);
    assert_eq!(document.defects.len(), 1);
    assert!(!document.defects[0].when[0].holds);
}

#[test]
fn secrets_are_not_quoted() {
    let mut secret = value(
        r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"hush"},"Action":"kms:*","Resource":"*"}}"#,
    );
    secret.secret = true;
    let document = read(&secret, PolicyKind::Key).unwrap();
    assert!(!format!("{:?}", document.defects).contains("hush"));
}

#[test]
fn nested_choices_without_end_are_bounded() {
    let mut nested = value(OWNER);
    for depth in 0..40 {
        nested = crate::policy::testing::one_of(&format!("c{depth}"), nested.clone(), nested);
    }
    let document = read(&nested, PolicyKind::Key).unwrap();
    assert!(!document.open.is_empty());
}

#[test]
fn sound_policies_have_no_defect() {
    let all: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../testdata/policy/sound.json")).unwrap();
    assert!(all.len() > 20);
    for one in &all {
        let kind = if one["kind"] == "key" { PolicyKind::Key } else { PolicyKind::Identity };
        let document = read(&from_json(&one["policy"]), kind).unwrap();
        assert_eq!(defects(&document), [], "{one}");
        assert_eq!(document.size, Size { bytes: one["policy"].to_string().len(), open: false });
        let written = one["policy"]["Statement"].as_array().map_or(1, Vec::len);
        assert_eq!(document.statements.len(), written);
    }
}

mod corners;
mod properties;
