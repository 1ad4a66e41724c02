//! Classes stand for all: whatever tests can tell apart of the texts and values of requests, one of a class shows.

use super::super::super::Setting;
use super::super::super::compare::holds_text;
use super::super::super::testing::{OWN, policy, statement};
use super::super::super::words::glob;
use super::super::ground::Ground;
use super::super::test::{Table, Test};
use super::super::text_class::{Domain, Pattern, texts};
use super::super::value::{Classes, classes};
use crate::policy::condition::Comparison;
use proptest::prelude::*;
use regex::Regex;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// IAM User Guide, "IAM and AWS STS quotas": the characters of names, with paths of names before them.
const NAME: &str = r"^[A-Za-z0-9+=,.@_-]+(/[A-Za-z0-9+=,.@_-]+)*$";
const DOMAINS: [(Domain, &str); 4] = [
    (Domain::Text, r"^[^\p{Cc}]+$"),
    (Domain::Account, "^[0-9]{12}$"),
    (Domain::Name, NAME),
    (Domain::PlainName, r"^[A-Za-z0-9+=,.@_-]+$"),
];

#[test]
fn a_domain_holds_what_aws_accepts() {
    let accounts = ["111122223333", "11112222333", "1111222233334", "11112222333a", "١١١١٢٢٢٢٣٣٣٣"];
    let names =
        ["app", "a/b", "/a", "a/", "a//b", "a/b/c", "a b", "a:b", "é", "+=,.@_-", "a*", "", "a\n", " "];
    for (domain, means) in DOMAINS {
        let means = Regex::new(means).unwrap();
        for text in accounts.iter().chain(&names) {
            assert_eq!(domain.holds(text), means.is_match(text), "{domain:?} {text:?}");
        }
    }
}

/// A pattern as a test compares it.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Means {
    Like,
    Arn,
    Folded,
}

impl Means {
    fn pattern(self, text: &str) -> Pattern {
        match self {
            Self::Like => Pattern::like(text),
            Self::Arn => Pattern::arn(text),
            Self::Folded => Pattern::folded(text),
        }
    }

    fn matches(self, pattern: &str, text: &str) -> bool {
        match self {
            Self::Like => glob(pattern, text),
            Self::Arn => holds_text(Comparison::ArnLike, pattern, text),
            Self::Folded => pattern.to_lowercase() == text.to_lowercase(),
        }
    }
}

/// Texts of up to `most` of these pieces.
fn of_pieces(pieces: &[&str], most: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..most {
        last =
            last.iter().flat_map(|text| pieces.iter().map(move |piece| format!("{text}{piece}"))).collect();
        all.extend(last.iter().cloned());
    }
    all
}

/// Whether there is a text for every way in which any of `real` fares, and each is of the domain and behind the head.
fn stand_for_all(
    head: &str,
    literals: &[String],
    patterns: &[(Means, String)],
    (domain, means): (Domain, &str),
    real: &[String],
) {
    let borrowed: Vec<&str> = literals.iter().map(String::as_str).collect();
    let made: Vec<Pattern> = patterns.iter().map(|(means, text)| means.pattern(text)).collect();
    let found = texts(head, &borrowed, &made, domain);
    let kind = |text: &str| {
        let whole = format!("{head}{text}");
        let literal = literals.iter().map(|one| *one == whole);
        literal.chain(patterns.iter().map(|(means, one)| means.matches(one, &whole))).collect::<Vec<bool>>()
    };
    let means = Regex::new(means).unwrap();
    let case = format!("{head:?} {literals:?} {patterns:?} {domain:?}: {:?}", found.texts);
    assert!(!found.cut, "{case}");
    assert!(found.texts.iter().all(|text| means.is_match(text)), "{case}");
    assert_eq!(found.texts.iter().collect::<BTreeSet<_>>().len(), found.texts.len(), "{case}");
    let kinds: BTreeSet<Vec<bool>> = found.texts.iter().map(|text| kind(text)).collect();
    for text in real.iter().filter(|text| means.is_match(text)) {
        assert!(kinds.contains(&kind(text)), "{text:?} is of no class: {case}");
    }
}

#[test]
fn accounts_stand_for_all_that_patterns_tell_apart() {
    let own = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let real = own(&[
        "111122223333",
        "111100000000",
        "111122223330",
        "444455556666",
        "999999999999",
        "222233330000",
        "000011112222",
        "111111111111",
        "111122220000",
        "555555555553",
        "111155555553",
    ]);
    for literals in [&["111122223333"][..], &["444455556666", "12", "x"], &[]] {
        for patterns in
            [&["1111*"][..], &["*3"], &["1111*", "*3"], &["1111????????", "*2222*"], &["12*x"], &[]]
        {
            let patterns: Vec<_> = patterns.iter().map(|it| (Means::Like, (*it).to_owned())).collect();
            stand_for_all("", &own(literals), &patterns, DOMAINS[1], &real);
        }
    }
}

#[test]
fn a_star_stays_in_its_field_of_an_arn() {
    let parts = ["a", "b", "c", "d", "e", "f"];
    let real: Vec<String> = (0..6)
        .flat_map(|at| {
            ["", "x", "x:y", ":", "xy"].map(|field| {
                let mut parts = parts;
                parts[at] = field;
                parts.join(":")
            })
        })
        .chain(["x".to_owned(), "a:b:c:d:e:f:g".to_owned()])
        .collect();
    for at in 0..6 {
        for wild in ["*", "?", "x*", "*y"] {
            let mut parts = parts;
            parts[at] = wild;
            let pattern = parts.join(":");
            for patterns in [
                vec![(Means::Arn, pattern.clone())],
                vec![(Means::Arn, pattern.clone()), (Means::Like, pattern)],
            ] {
                stand_for_all("", &[], &patterns, DOMAINS[0], &real);
            }
        }
    }
}

#[test]
fn a_character_that_every_prefix_takes_leaves_others() {
    // A prefix for each character that a name may begin with: none is free, and each is a class.
    let all = "xyzwvutsrqponmlkjihgfedcba0123456789_-XYZWVUTSRQPONMLKJIHGFEDCBA=+,.@";
    let patterns: Vec<_> = all.chars().map(|c| (Means::Like, format!("{c}*"))).collect();
    let real = of_pieces(&["a", "x", "@"], 2);
    stand_for_all("", &["ab".to_owned()], &patterns, DOMAINS[3], &real);
    stand_for_all("", &["ab".to_owned()], &patterns[1..], DOMAINS[3], &real);
}

#[test]
fn a_set_of_patterns_that_takes_too_long_is_told() {
    let wide: Vec<Pattern> = (0..3).map(|at| Pattern::like(&format!("*{at}{}", "?".repeat(18)))).collect();
    assert!(texts("", &[], &wide, Domain::Text).cut);
}

/// The parts of a pattern of an ARN, and of ARNs.
fn arn(fields: &'static str) -> impl Strategy<Value = String> {
    proptest::collection::vec(fields, 6..8).prop_map(|fields| fields.join(":"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn texts_behind_a_head_stand_for_all(
        patterns in proptest::collection::vec((0..3_usize, "(a:)?[abA*?/]{0,4}"), 0..4),
        literals in proptest::collection::vec("(a:)?[abA/]{1,3}", 0..3),
        domain in 0..4_usize,
        head in 0..3_usize,
    ) {
        let head = ["", "a:", "a:b/"][head];
        let patterns: Vec<(Means, String)> = patterns
            .into_iter()
            .map(|(kind, text)| (if kind == 0 { Means::Folded } else { Means::Like }, text))
            .collect();
        let domain = DOMAINS[if domain == 1 { 2 } else { domain }];
        stand_for_all(head, &literals, &patterns, domain, &of_pieces(&["a", "b", "A", "c", "/", ":"], 4));
    }

    #[test]
    fn arns_stand_for_all(
        patterns in proptest::collection::vec((any::<bool>(), arn("[ab*?]{0,2}")), 1..4),
        real in proptest::collection::vec(arn("[abc]{0,2}"), 40),
    ) {
        let patterns: Vec<(Means, String)> = patterns
            .into_iter()
            .map(|(arn, text)| (if arn { Means::Arn } else { Means::Like }, text))
            .collect();
        stand_for_all("", &[], &patterns, DOMAINS[0], &real);
    }

    #[test]
    fn names_in_arns_stand_for_all(
        patterns in proptest::collection::vec("a:[ab*]:[*]?:[?*]?:[1*?]:[ab*/]{0,4}", 1..4),
        real in proptest::collection::vec("[abc/]{1,4}", 40),
    ) {
        let patterns: Vec<(Means, String)> = patterns.into_iter().map(|text| (Means::Arn, text)).collect();
        stand_for_all("a:b:::1:", &["a:b:::1:ab".to_owned()], &patterns, DOMAINS[2], &real);
    }
}

/// The classes of the first condition key of statements with these conditions, with its tests.
fn classed(conditions: &[String]) -> (Vec<Test>, Classes) {
    let statements: Vec<String> =
        conditions.iter().map(|one| statement("Allow", r#""*""#, r#""kms:*""#, one)).collect();
    let document = policy(&statements.join(","));
    let setting = Setting::default();
    let ground = Ground { own: OWN.to_owned(), setting: Cow::Borrowed(&setting) };
    let mut table = Table::default();
    for condition in document.statements.iter().flat_map(|statement| &statement.conditions) {
        table.of_condition(condition, &ground, true);
    }
    let column = &table.keys[0];
    let tests: Vec<&Test> = column.tests.iter().filter_map(|id| Some(table.test(*id)?.0)).collect();
    let classes = classes(&tests, column);
    (tests.into_iter().cloned().collect(), classes)
}

/// A condition key with the operators and the values that test it, values of requests, and whether a request has several.
type Key<'a> = (&'a str, &'a [&'a str], &'a [&'a str], &'a [&'a str], bool);

const KEYS: &[Key<'static>] = &[
    (
        "kms:EncryptionContext:a",
        &[
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLikeIfExists",
            "StringEqualsIgnoreCase",
            "Null",
        ],
        &["a", "ab", "A", "a*", "*b", "a?b", "true", "false"],
        &["a", "b", "A", "ab", "AB", "acb", "a*", "true", "c", "TRUE"],
        false,
    ),
    (
        "kms:EncryptionContextKeys",
        &[
            "ForAnyValue:StringEquals",
            "ForAllValues:StringLike",
            "ForAnyValue:StringNotEquals",
            "ForAllValues:StringNotLike",
            "Null",
        ],
        &["a", "b", "a*", "false"],
        &["a", "b", "ab", "c", "false"],
        true,
    ),
    (
        "aws:Unheard",
        &["ForAnyValue:StringEquals", "ForAllValues:StringEquals"],
        &["a", "b", "c"],
        &["a", "b", "c", "d"],
        true,
    ),
    (
        "aws:SourceArn",
        &["ArnLike", "ArnNotEquals", "StringLike", "StringEquals"],
        &["arn:aws:s3:::b*", "arn:*:s3:::b", "arn:aws:*:1:b", "arn:aws:s3:*:1:b?", "*", "arn:aws:s3:::b"],
        &[
            "arn:aws:s3:::b",
            "arn:aws:s3:::bc",
            "arn:cn:s3:::b",
            "arn:aws:x:1:b",
            "arn:aws:s3:e:1:bb",
            "arn:aws:s3:e:1:b:c",
            "arn:aws:s3:e:f:1:b",
            "x",
            "arn:aws:x:y:z:1:b",
        ],
        false,
    ),
    (
        "aws:MultiFactorAuthAge",
        &[
            "NumericEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericNotEquals",
            "NumericGreaterThanEqualsIfExists",
        ],
        &["7", "7.5", "30", "-1"],
        &["-2", "-1", "0", "7", "7.2", "7.5", "8", "30", "31", "7.0"],
        false,
    ),
    (
        "aws:CurrentTime",
        &["DateEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateNotEquals"],
        &["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "2027-06-01T12:00:00Z"],
        &[
            "2025-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.5Z",
            "2026-01-01T00:00:01Z",
            "2026-06-01T00:00:00Z",
            "2027-06-01T12:00:00Z",
            "2030-01-01T00:00:00Z",
        ],
        false,
    ),
    (
        "aws:EpochTime",
        &["DateEquals", "DateLessThan", "DateGreaterThanEquals"],
        &["1000", "1500", "2000"],
        &["999", "1000", "1200", "1500", "1700", "2000", "2001"],
        false,
    ),
    (
        "aws:SourceIp",
        &["IpAddress", "NotIpAddress", "IpAddressIfExists"],
        &[
            "203.0.113.0/24",
            "203.0.113.128/25",
            "203.0.113.7",
            "10.0.0.0/8",
            "255.255.255.0/24",
            "2001:db8::/32",
            "::1",
        ],
        &[
            "203.0.113.5",
            "203.0.113.7",
            "203.0.113.200",
            "10.1.2.3",
            "192.0.2.1",
            "2001:db8::1",
            "::1",
            "::2",
            "255.255.255.255",
        ],
        false,
    ),
    ("aws:SecureTransport", &["Bool", "BoolIfExists", "Null"], &["true", "false"], &["true", "false"], false),
    (
        "kms:RecipientAttestation:PCR0",
        &["BinaryEquals"],
        &["QmluYXJ5", "AAAA"],
        &["QmluYXJ5", "AAAA", "AAA="],
        false,
    ),
];

fn truth(tests: &[Test], values: &[String]) -> Vec<bool> {
    tests.iter().map(|test| test.holds(values)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn values_of_every_type_stand_for_all(
        key in 0..KEYS.len(),
        picks in proptest::collection::vec((0..100_usize, proptest::collection::vec(0..100_usize, 1..3)), 1..4),
    ) {
        let (name, operators, written, real, many) = KEYS[key];
        let mut conditions = serde_json::Map::new();
        for (operator, values) in picks {
            let values: Vec<&str> = values.iter().map(|at| written[at % written.len()]).collect();
            conditions.insert(operators[operator % operators.len()].to_owned(), serde_json::json!({name: values}));
        }
        let (tests, found) = classed(&[serde_json::Value::Object(conditions.clone()).to_string()]);
        let case = format!("{conditions:?}: {found:?}");
        prop_assert!(!found.cut, "{}", case);
        prop_assert!(found.classes.first().is_some_and(|(values, _)| values.is_empty()), "{}", case);
        let told: Vec<Vec<bool>> =
            found.classes.iter().map(|(_, holds)| (0..tests.len()).map(|at| holds.has(at)).collect()).collect();
        for ((values, _), told) in found.classes.iter().zip(&told) {
            prop_assert_eq!(told, &truth(&tests, values), "{:?} in {}", values, case);
        }
        let present: BTreeSet<_> = told.iter().skip(1).collect();
        prop_assert_eq!(present.len(), told.len() - 1, "a class is there twice: {}", case);
        let one = |text: &&str| vec![(*text).to_owned()];
        let mut lists: Vec<Vec<String>> = real.iter().map(one).collect();
        if many {
            let pairs = real.iter().flat_map(|a| real.iter().map(move |b| [one(a), one(b)].concat()));
            lists.extend(pairs);
            lists.push(real.iter().map(|it| (*it).to_owned()).collect());
        } else {
            prop_assert!(found.classes.iter().all(|(values, _)| values.len() < 2), "{}", case);
        }
        for list in lists {
            prop_assert!(present.contains(&truth(&tests, &list)), "{:?} is of no class: {}", list, case);
        }
    }
}

#[test]
fn what_is_not_told_apart_is_said() {
    let of = |conditions: &str| classed(&[conditions.to_owned()]).1.cut;
    assert!(!of(r#"{"StringEquals":{"aws:k":"a"},"ArnLike":{"aws:k":"b"}}"#), "both compare texts");
    assert!(!of(r#"{"NumericEquals":{"aws:k":"1"},"Null":{"aws:k":"true"}}"#));
    assert!(
        of(r#"{"NumericEquals":{"aws:k":"1"},"StringLike":{"aws:k":"a*"}}"#),
        "compared in two ways at once"
    );
    let wide: Vec<String> = (0..3).map(|at| format!("*{at}{}", "?".repeat(18))).collect();
    assert!(of(&serde_json::json!({"StringLike": {"aws:k": wide}}).to_string()), "too many states");
    // Every set of so many values is a class by itself.
    let sets = |count: usize| {
        let any =
            |at: usize| format!(r#"{{"ForAnyValue:StringLike":{{"kms:EncryptionContextKeys":"k{at}"}}}}"#);
        let found = classed(&(0..count).map(any).collect::<Vec<_>>()).1;
        (found.classes.len(), found.cut)
    };
    // None, one that is none of them, and each set of those that are named.
    assert_eq!(sets(3), (9, false));
    assert!(sets(13).1);
}

#[test]
fn a_key_that_nothing_compares_has_a_value_of_its_type() {
    for (key, value) in [
        ("aws:SourceIp", "203.0.113.1"),
        ("aws:CurrentTime", "2030-01-01T00:00:00Z"),
        ("aws:MultiFactorAuthAge", "30"),
        ("aws:SecureTransport", "true"),
        ("aws:SourceArn", "arn:aws:service:us-east-1:111122223333:thing"),
        ("aws:UserAgent", "x"),
        ("aws:Unheard", "x"),
    ] {
        let (_, found) = classed(&[format!(r#"{{"Null":{{"{key}":"true"}}}}"#)]);
        let values: Vec<&[String]> = found.classes.iter().map(|(values, _)| values.as_slice()).collect();
        assert_eq!(values, [&[][..], &[value.to_owned()]], "{key}");
    }
}
