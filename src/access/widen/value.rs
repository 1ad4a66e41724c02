//! The values of a condition key in finite classes: one list of values for every way in which the tests of both policies
//! can tell requests apart by this key.

use super::bits::Bits;
use super::test::{Column, Test};
use super::text_class::{Domain, Pattern, texts};
use crate::policy::condition::{Comparison, ValueType};
use base64::Engine as _;
use ipnet::IpNet;
use rustc_hash::FxHashSet;
use std::net::IpAddr;

/// More ways of combining the values of a key with several values than these are not told apart.
const MOST_COMBINED: usize = 4_096;

/// The classes of one key.
#[derive(Clone, Debug, Default)]
pub(super) struct Classes {
    /// The values of each class and which tests hold for them, by their place in the list; the first is the missing key.
    pub(super) classes: Vec<(Vec<String>, Bits)>,
    /// Whether there may be more.
    pub(super) cut: bool,
}

/// The classes of a key that tests tell apart.
pub(super) fn classes(tests: &[&Test], column: &Column) -> Classes {
    let truth = |values: &[String]| {
        let mut truth = Bits::none(tests.len());
        tests.iter().enumerate().filter(|(_, test)| test.holds(values)).for_each(|(at, _)| truth.add(at));
        truth
    };
    let (singles, mut cut) = singles(tests, column);
    let mut seen: FxHashSet<Bits> = FxHashSet::default();
    let mut classes = Vec::with_capacity(singles.len() + 1);
    for value in singles {
        let values = vec![value];
        let truth = truth(&values);
        if seen.insert(truth.clone()) {
            classes.push((values, truth));
        }
    }
    if many(tests, column) {
        cut |= combine(tests, &mut seen, &mut classes);
    }
    classes.insert(0, (Vec::new(), truth(&[])));
    Classes { classes, cut }
}

/// Whether a request may carry several values: the facts say so, or the key is not known and is tested as a set.
fn many(tests: &[&Test], column: &Column) -> bool {
    column.fact.map_or_else(|| tests.iter().any(|test| test.operator.set.is_some()), |key| key.many)
}

/// Adds lists of several values. What holds for a list follows from what holds for its values: a test that asks for all
/// holds for a list when it holds for each, one that asks for any when it holds for one. So lists are made longer only
/// while that makes a difference.
fn combine(tests: &[&Test], seen: &mut FxHashSet<Bits>, classes: &mut Vec<(Vec<String>, Bits)>) -> bool {
    let mut asks_all = Bits::none(tests.len());
    tests.iter().enumerate().filter(|(_, test)| test.asks_all()).for_each(|(at, _)| asks_all.add(at));
    let singles = classes.clone();
    let mut at = 0;
    while let Some((values, truth)) = classes.get(at).cloned() {
        if classes.len() > MOST_COMBINED {
            return true;
        }
        for (more, other) in &singles {
            let mut joined = truth.clone();
            joined.take(other);
            let mut both = truth.clone();
            both.keep(other);
            both.keep(&asks_all);
            joined.drop(&asks_all);
            joined.take(&both);
            if !values.iter().any(|value| more.contains(value)) && seen.insert(joined.clone()) {
                classes.push(([values.as_slice(), more].concat(), joined));
            }
        }
        at += 1;
    }
    false
}

/// One value for every way in which the tests can tell single values apart.
fn singles(tests: &[&Test], column: &Column) -> (Vec<String>, bool) {
    let name = &column.name;
    let mut found = Vec::new();
    let mut cut = false;
    let kind = |test: &&&Test| test.operator.comparison != Comparison::Null;
    let mut types: Vec<ValueType> =
        tests.iter().filter(kind).map(|test| family(test.operator.value_type())).collect();
    types.sort_by_key(|kind| *kind as u8);
    types.dedup();
    // Values that are compared in two ways at once are looked at one by one only.
    cut |= types.len() > 1;
    for kind in &types {
        let values = || tests.iter().filter(|test| family(test.operator.value_type()) == *kind);
        let constants = || values().flat_map(|test| test.values.iter().map(String::as_str));
        match kind {
            ValueType::Numeric => found.extend(numbers(constants())),
            ValueType::Date => found.extend(dates(constants(), name)),
            ValueType::Bool => found.extend(["true".to_owned(), "false".to_owned()]),
            ValueType::Binary => found.extend(bytes(constants())),
            ValueType::Ip => found.extend(addresses(constants())),
            ValueType::String | ValueType::Arn => cut |= strings(tests, &mut found),
        }
    }
    if found.is_empty() {
        found.push(column.fact.map_or("x", |key| sample(key.value_type)).to_owned());
    }
    (found, cut)
}

/// A value of a type.
fn sample(kind: ValueType) -> &'static str {
    match kind {
        ValueType::String | ValueType::Binary => "x",
        ValueType::Numeric => "30",
        ValueType::Date => "2030-01-01T00:00:00Z",
        ValueType::Bool => "true",
        ValueType::Ip => "203.0.113.1",
        ValueType::Arn => "arn:aws:service:us-east-1:111122223333:thing",
    }
}

/// Texts and ARNs are one family: both are compared as characters.
fn family(kind: ValueType) -> ValueType {
    if kind == ValueType::Arn { ValueType::String } else { kind }
}

/// Literals and patterns of the tests on texts.
pub(super) fn shapes<'a>(tests: &[&'a Test]) -> (Vec<&'a str>, Vec<Pattern>) {
    let (mut literals, mut patterns): (Vec<&str>, Vec<Pattern>) = (Vec::new(), Vec::new());
    for test in tests {
        for value in &test.values {
            let wild = value.contains(['*', '?']) || value.contains(super::super::compare::MARKS);
            match test.operator.comparison {
                Comparison::StringEqualsIgnoreCase => patterns.push(Pattern::folded(value)),
                Comparison::StringLike if wild => patterns.push(Pattern::like(value)),
                Comparison::ArnLike if value == "*" => patterns.push(Pattern::like(value)),
                Comparison::ArnLike if wild && value.matches(':').count() >= 5 => {
                    patterns.push(Pattern::arn(value));
                }
                Comparison::StringEquals | Comparison::StringLike | Comparison::ArnLike => {
                    literals.push(value);
                }
                _ => {}
            }
        }
    }
    literals.sort_unstable();
    literals.dedup();
    (literals, patterns)
}

fn strings(tests: &[&Test], found: &mut Vec<String>) -> bool {
    let (literals, patterns) = shapes(tests);
    let strings = texts("", &literals, &patterns, Domain::Text);
    // What was written in a policy reads better than what was made, and stands first.
    let (written, made): (Vec<String>, Vec<String>) =
        strings.texts.into_iter().partition(|text| literals.binary_search(&text.as_str()).is_ok());
    found.extend(written);
    found.extend(made);
    strings.cut
}

/// Each number, one between each two, one below and one above all.
fn numbers<'a>(constants: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut all: Vec<f64> = constants
        .filter_map(|text| text.trim().parse().ok())
        .filter(|number: &f64| number.is_finite())
        .collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    let mut found: Vec<f64> = all.clone();
    found.extend(all.first().map(|least| least - 1.0));
    found.extend(all.last().map(|most| most + 1.0));
    found.extend(
        all.windows(2)
            .filter_map(|pair| if let [one, two] = pair { Some(f64::midpoint(*one, *two)) } else { None }),
    );
    found.iter().map(ToString::to_string).collect()
}

/// Each instant, one between each two, one before and one after all.
fn dates<'a>(constants: impl Iterator<Item = &'a str>, name: &str) -> Vec<String> {
    const SECOND: i128 = 1_000_000_000;
    let mut all: Vec<i128> = constants.filter_map(super::super::compare::instant).collect();
    all.sort_unstable();
    all.dedup();
    let mut found = all.clone();
    found.extend(all.first().map(|least| least.saturating_sub(86_400 * SECOND)));
    found.extend(all.last().map(|most| most.saturating_add(86_400 * SECOND)));
    found.extend(
        all.windows(2)
            .filter_map(|pair| if let [one, two] = pair { Some(i128::midpoint(*one, *two)) } else { None }),
    );
    found.sort_unstable();
    let shown = |nanoseconds: i128| {
        let stamp = jiff::Timestamp::from_nanosecond(nanoseconds).ok()?;
        Some(if name.ends_with("epochtime") { stamp.as_second().to_string() } else { stamp.to_string() })
    };
    found.into_iter().filter_map(shown).collect()
}

/// Each value, and one that is none of them.
fn bytes<'a>(constants: impl Iterator<Item = &'a str>) -> Vec<String> {
    let engine = base64::engine::general_purpose::STANDARD;
    let mut all: Vec<String> = constants.map(str::to_owned).collect();
    let longest = all.iter().map(String::len).max().unwrap_or(0);
    all.push(engine.encode(vec![b'x'; longest + 1]));
    all
}

/// Addresses where ranges begin, and those right behind and before them.
fn addresses<'a>(constants: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut found: Vec<IpAddr> =
        ["198.51.100.1", "0.0.0.0", "::"].into_iter().filter_map(|text| text.parse().ok()).collect();
    for text in constants {
        let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        let Some(net) = net else { continue };
        found.push(net.network());
        match net.broadcast() {
            IpAddr::V4(last) => {
                found.extend(u32::from(last).checked_add(1).map(|next| IpAddr::V4(next.into())));
            }
            IpAddr::V6(last) => {
                found.extend(u128::from(last).checked_add(1).map(|next| IpAddr::V6(next.into())));
            }
        }
    }
    found.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_cut_at_constants() {
        assert_eq!(numbers(["7", "30"].into_iter()), ["7", "30", "6", "31", "18.5"]);
    }

    #[test]
    fn addresses_are_cut_at_the_ends_of_ranges() {
        let found = addresses(["10.0.0.0/8", "203.0.113.7"].into_iter());
        for wanted in ["10.0.0.0", "11.0.0.0", "203.0.113.7", "203.0.113.8"] {
            assert!(found.contains(&wanted.to_owned()), "{wanted}");
        }
    }

    #[test]
    fn instants_are_cut_at_constants() {
        let found = dates(["2020-01-01T00:00:00Z"].into_iter(), "aws:currenttime");
        assert_eq!(found.len(), 3);
        assert_eq!(dates(["0"].into_iter(), "aws:epochtime").get(1).map(String::as_str), Some("0"));
    }
}
