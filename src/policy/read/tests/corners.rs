//! What is undecided, not known, secret or too long, element by element.

use super::*;
use crate::policy::testing::mixed;
use crate::value::Text;

/// A choice between two members of the statement.
fn choice(one: &str, two: &str) -> String {
    format!(r#"{{"?if":"c","then":{one},"else":{two}}}"#)
}

#[test]
fn what_is_undecided_about_a_sid_is_not_known() {
    let sid = |member: &str| {
        let document = changed("Sid", member);
        assert_eq!(defects(&document), [], "{member}");
        document.statements[0].sid.as_ref().map(Text::known)
    };
    for (member, expected) in [
        (r#""A""#.to_owned(), Some(Some("A".to_owned()))),
        (choice(r#""A""#, r#""A""#), Some(Some("A".to_owned()))),
        (choice(r#""A""#, r#""B""#), Some(None)),
        (choice(r#""A""#, "null"), Some(Some("A".to_owned()))),
        (r#""?any""#.to_owned(), Some(None)),
    ] {
        assert_eq!(sid(&member), expected, "{member}");
    }
    assert_eq!(defects(&changed("Sid", "{}")), [(DefectKind::ElementType, "Sid")]);
}

#[test]
fn what_is_undecided_about_a_version_is_not_known() {
    let version = |member: &str| {
        let document = key(&format!(r#"{{"Version":{member},"Statement":[{OWNER}]}}"#));
        assert_eq!(defects(&document), [], "{member}");
        document.version
    };
    let (new, old) = (r#""2012-10-17""#, r#""2008-10-17""#);
    assert_eq!(version(&choice(new, new)), Version::V2012);
    assert_eq!(version(&choice(old, old)), Version::V2008);
    for open in [choice(new, old), choice(new, "null"), choice("null", new), r#""?any""#.to_owned()] {
        assert!(matches!(version(&open), Version::Unknown(_)), "{open}");
    }
}

#[test]
fn documents_of_other_versions_are_not_one() {
    let of = |version: &str| format!(r#"{{"Version":"{version}","Statement":[{OWNER}]}}"#);
    let document = key(&choice(&of("2012-10-17"), &of("2008-10-17")));
    assert!(matches!(document.version, Version::Unknown(_)));
    assert_eq!(document.statements.len(), 2);
    assert_eq!(key(&choice(&of("2012-10-17"), &of("2012-10-17"))).statements.len(), 1);
}

#[test]
fn conditions_that_are_not_known_are_open() {
    for member in [r#""?any""#, r#"{"StringEquals":"?any"}"#] {
        let document = changed("Condition", member);
        assert_eq!(defects(&document), [], "{member}");
        assert!(document.statements[0].open_conditions.is_some(), "{member}");
    }
    let value = changed("Condition", r#"{"StringEquals":{"kms:CallerAccount":"?any"}}"#);
    assert!(value.statements[0].open_conditions.is_none());
    assert!(value.statements[0].conditions[0].open.is_some());
}

#[test]
fn alternatives_split_a_statement_where_they_decide_its_elements() {
    let count = |name: &str, member: &str| changed(name, member).statements.len();
    let actions = choice(r#""kms:Sign""#, r#""kms:Verify""#);
    assert_eq!(count("Action", &actions), 1);
    assert_eq!(changed("Action", &actions).statements[0].actions.as_ref().unwrap().items.len(), 2);
    assert_eq!(count("Action", &choice(r#""kms:Sign""#, "null")), 2);
    assert_eq!(count("NotAction", &choice(r#""kms:Sign""#, r#""kms:Verify""#)), 2);
    assert_eq!(count("Sid", &choice(r#""A""#, "null")), 1);
    assert_eq!(count("Effect", &choice(r#""Allow""#, r#""Deny""#)), 2);
}

#[test]
fn a_mistake_in_a_text_that_is_not_all_known_is_not_told() {
    let broken =
        |_: &Text| Err(Problem::new(crate::source::ProblemKind::Syntax, here(), "a comma is missing"));
    let open = read_with(&Value::text(mixed(&["{", "?text"]), here()), PolicyKind::Key, &broken).unwrap();
    assert_eq!(defects(&open), []);
    assert_eq!(open.open.len(), 1);
}

#[test]
fn what_stands_in_a_secret_text_is_not_quoted() {
    let hush =
        r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"hush"},"Action":"kms:*","Resource":"*"}}"#;
    for secret in [true, false] {
        let mut text = Value::text(Text::made("…", here()).encoding(value(hush)), here());
        text.secret = secret;
        let document = read(&text, PolicyKind::Key).unwrap();
        assert_eq!(document.defects.len(), 1);
        assert_eq!(format!("{:?}", document.defects).contains("hush"), !secret);
    }
}

#[test]
fn characters_of_word_processors_have_plain_ones() {
    for (character, plain) in [
        ('\u{2018}', Some("'")),
        ('\u{201b}', Some("'")),
        ('\u{201c}', Some("\"")),
        ('\u{2010}', Some("-")),
        ('\u{2212}', Some("-")),
        ('\u{2026}', Some("...")),
        ('\u{202f}', Some(" ")),
        ('\u{3000}', Some(" ")),
        ('\u{4e00}', None),
    ] {
        let document = changed("Sid", &format!("\"a{character}b\""));
        assert_eq!(document.defects[0].suggestion.as_deref(), plain, "{character}");
    }
}

#[test]
fn faulty_characters_are_told_so_many_times() {
    let texts = |count: usize| vec!["\u{4e00}"; count];
    let count = |statement: serde_json::Value| {
        let document = with(&statement.to_string());
        document.defects.iter().filter(|defect| defect.kind == DefectKind::Character).count()
    };
    let mut statement: serde_json::Value = serde_json::from_str(OWNER).unwrap();
    for (many, told) in [(3, 3), (19, 19), (30, 20)] {
        statement["Resource"] = serde_json::json!(texts(many));
        assert_eq!(count(statement.clone()), told);
    }
    let names: serde_json::Map<String, serde_json::Value> =
        (0..25).map(|at| (format!("\u{4e00}{at}"), serde_json::json!("\u{4e00}"))).collect();
    statement["Resource"] = serde_json::json!("*");
    statement["Condition"] = serde_json::json!({ "StringEquals": names });
    assert_eq!(count(statement), 25, "the names of one object, and none of its values");
}

#[test]
fn sizes_are_those_of_compact_json() {
    let bytes = |sid: &str| changed("Sid", sid).size;
    let plain = bytes("\"\"").bytes;
    for (written, more) in [(r#""a""#, 1), (r#""\"\\\n\r\t\b\f""#, 14), (r#""\u0001""#, 6), ("\"\u{e9}\"", 2)]
    {
        let size = bytes(written);
        assert_eq!((size.bytes, size.open), (plain + more, false), "{written}");
    }
    for (member, least) in [
        (r#""<?text>""#.to_owned(), plain),
        (r#""a<?text>""#.to_owned(), plain + 1),
        (choice(r#""<?text>""#, r#""""#), plain),
        (choice(r#""""#, r#""<?text>""#), plain),
        (choice(r#""a""#, r#""bcd""#), plain + 1),
    ] {
        let size = bytes(&member);
        assert_eq!((size.bytes, size.open), (least, true), "{member}");
    }
    assert!(!bytes(&choice(r#""a""#, r#""b""#)).open);
    // A member that may be absent brings neither its name nor a comma for certain.
    let (without, with) = (changed("Sid", "gone").size.bytes, bytes("\"\"").bytes);
    let vanishing = bytes(&choice("null", r#""""#));
    assert!(vanishing.open && vanishing.bytes <= without && without < with);
    let list = |second: &str| changed("Resource", &format!(r#"["a",{second}]"#)).size;
    assert_eq!(list(r#""b""#).bytes, list(&choice("null", r#""b""#)).bytes + 4);
}

#[test]
fn the_type_of_principal_that_is_no_text_is_named() {
    for name in ["AWS", "Service"] {
        let document = changed("Principal", &format!(r#"{{"{name}":{{"a":1}}}}"#));
        assert_eq!(defects(&document), [(DefectKind::ElementType, name)]);
    }
}

#[test]
fn a_secret_choice_of_effects_is_not_quoted() {
    for secret in [true, false] {
        let mut effect = value(&choice(r#""Allow""#, r#""hush""#));
        effect.secret = secret;
        let mut statement = value(OWNER);
        if let crate::value::Kind::Map(map) = &statement.kind {
            let mut map = crate::value::Map::clone(map);
            for entry in map.entries.iter_mut().filter(|entry| entry.name.text.is("Effect")) {
                entry.value = effect.clone();
            }
            statement.kind = crate::value::Kind::Map(std::sync::Arc::new(map));
        }
        let name = crate::value::Name { text: known("Statement"), span: here() };
        let document = Value::object(vec![crate::value::Entry { name, value: statement }], here());
        let read = read(&document, PolicyKind::Key).unwrap();
        assert_eq!(read.defects.len(), 1);
        assert_eq!(format!("{:?}", read.defects).contains("hush"), !secret);
    }
}

#[test]
fn values_of_the_wrong_type_are_called_by_their_kind() {
    let fact = |name: &str, member: &str| {
        let document = changed(name, member);
        let told: Vec<&str> = document
            .defects
            .iter()
            .filter(|defect| defect.kind == DefectKind::ElementType)
            .map(|defect| defect.fact.as_str())
            .collect();
        told.join("; ")
    };
    let (text, principal) = ("a text", "`\"*\"` or an object of principals");
    for (name, member, kind, wanted) in [
        ("Sid", "null", "null", text),
        ("Sid", "{}", "an object", text),
        ("Sid", "[]", "a list", text),
        ("Principal", "null", "null", principal),
        ("Principal", "true", "a boolean", principal),
        ("Principal", "7", "a number", principal),
        ("Principal", "[]", "a list", principal),
        ("Effect", "{}", "an object", "`Allow` or `Deny`"),
        ("Action", "{}", "an object", "a text or a list of texts"),
        ("Condition", r#""x""#, "a text", "an object"),
    ] {
        let told = fact(name, member);
        assert!(told.starts_with(&format!("{kind}, but it must be {wanted}")), "{name} {member}: {told}");
    }
}
