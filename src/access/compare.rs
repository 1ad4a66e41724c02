//! One condition against the values of one request.
//!
//! IAM User Guide, "Condition operators", "Multivalued context keys", "Policy variables". What is easy to get wrong:
//! for negated operators no value may match; a missing key is decided before any value is looked at.

use super::words::glob;
use super::world::World;
use super::{Access, Request, Witness};
use crate::logic::{Answer, Verdict};
use crate::policy::Condition;
use crate::policy::condition::{Comparison, Operator, SetQualifier};
use crate::value::{Text, Trail};
use base64::Engine as _;
use std::borrow::Cow;
use std::net::IpAddr;

/// What conditions are compared with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Against<'a> {
    pub(super) request: &'a Request,
    /// Whether `${…}` in values is expanded.
    pub(super) variables: bool,
    pub(super) world: &'a World,
}

/// Whether a condition holds for a request.
pub(super) fn holds(condition: &Condition, against: Against<'_>) -> Access {
    let request = against.request;
    let (Some(key), Some(operator)) = (condition.key.known(), Operator::of(&condition.operator)) else {
        return Answer::cannot_tell(super::view::open_test(condition));
    };
    let found = request.values(&key);
    if operator.comparison == Comparison::Null {
        return null(condition, !found.is_empty());
    }
    if let (true, Some(missing)) = (found.is_empty(), operator.when_missing()) {
        let fact = format!("`{key}` is not in the request");
        return told(missing, condition, fact);
    }
    let one = |value: &str| {
        let matched = matches_any(condition, operator, value, against);
        if operator.negated { !matched } else { matched }
    };
    let each = found.iter().map(|value| one(value));
    let answer = match operator.set {
        Some(SetQualifier::ForAllValues) => Answer::all(each),
        // Without a qualifier several values are tested as for any of them, and as for all when negated.
        None if operator.negated => Answer::all(each),
        Some(SetQualifier::ForAnyValue) | None => Answer::any(each),
    };
    match answer.verdict {
        Verdict::CannotTell => answer,
        verdict => told(verdict == Verdict::Yes, condition, format!("`{key}` is `{}`", found.join("`, `"))),
    }
}

/// `Null`: `true` asks that the key is missing, `false` that it is there.
fn null(condition: &Condition, present: bool) -> Access {
    let each = condition.values.iter().map(|value| match value.value.known() {
        Some(word) if word.eq_ignore_ascii_case("true") => {
            told(!present, condition, shown(condition, present))
        }
        Some(word) if word.eq_ignore_ascii_case("false") => {
            told(present, condition, shown(condition, present))
        }
        Some(_) => Answer::no([]),
        None => Answer::cannot_tell(super::view::unknowns(&value.value)),
    });
    let more = condition.open.iter().map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]));
    Answer::any(each.chain(more))
}

fn shown(condition: &Condition, present: bool) -> String {
    format!("`{}` is {}in the request", condition.key.shown(), if present { "" } else { "not " })
}

fn told(yes: bool, condition: &Condition, fact: String) -> Access {
    let witness = Witness::new(condition.key_span, fact, &Trail::default());
    if yes { Answer::yes([witness]) } else { Answer::no([witness]) }
}

/// Whether any value of the policy matches one value of the request.
fn matches_any(condition: &Condition, operator: Operator, real: &str, against: Against<'_>) -> Access {
    let each = condition
        .values
        .iter()
        .map(|value| against.world.gate(&value.when).and(matches_one(&value.value, operator, real, against)));
    let more = condition.open.iter().map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]));
    Answer::any(each.chain(more))
}

fn matches_one(value: &Text, operator: Operator, real: &str, against: Against<'_>) -> Access {
    let Some(known) = value.known() else {
        return Answer::cannot_tell(super::view::unknowns(value));
    };
    let pattern = if against.variables && operator.variables() {
        match expand(&known, against.request, operator.wildcards()) {
            Some(pattern) => pattern,
            // A variable without value matches nothing (IAM User Guide, "Policy variables").
            None => return Answer::no([]),
        }
    } else {
        Pattern { text: Cow::Owned(known) }
    };
    if operator.comparison == Comparison::ArnLike && is_short(&pattern.text) && pattern.matches(real) {
        let span = value.span(0..value.known_len());
        let fact = format!("what `{}` with fewer than six fields matches is not documented", pattern.plain());
        return Answer::cannot_tell(span.map(|span| Witness::new(span, fact, &Trail::default())));
    }
    if compare(operator.comparison, &pattern, real) { Answer::yes([]) } else { Answer::no([]) }
}

/// Whether a pattern for ARNs has wildcards and not all six fields, and is not the star alone: the documents do not say
/// what such a pattern matches (IAM User Guide, "ARN condition operators").
pub(super) fn is_short(pattern: &str) -> bool {
    pattern != "*" && pattern.contains(['*', '?']) && pattern.matches(':').count() < 5
}

/// A value of a policy: its characters, with a mark before those wildcards that are meant literally.
struct Pattern<'a> {
    text: Cow<'a, str>,
}

/// Stands for a `*` that a variable put in or that is escaped: `${*}`.
const STAR: char = '\u{1}';
/// The same for `?`.
const QUESTION: char = '\u{2}';

impl Pattern<'_> {
    fn plain(&self) -> Cow<'_, str> {
        if self.text.contains(MARKS) {
            Cow::Owned(self.text.replace(STAR, "*").replace(QUESTION, "?"))
        } else {
            Cow::Borrowed(&self.text)
        }
    }

    fn matches(&self, real: &str) -> bool {
        if self.text.contains(MARKS) {
            let marked = real.replace('*', "\u{1}").replace('?', "\u{2}");
            return glob(&self.text, &marked);
        }
        glob(&self.text, real)
    }
}

/// Policy variables expanded: `${aws:username}`, `${key, 'fallback'}`, `${*}`, `${?}`, `${$}`. `None` when one has no
/// value.
fn expand(text: &str, request: &Request, wildcards: bool) -> Option<Pattern<'static>> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((inside, behind)) = after.split_once('}') else {
            out.push_str("${");
            rest = after;
            continue;
        };
        match inside {
            "*" => out.push(if wildcards { STAR } else { '*' }),
            "?" => out.push(if wildcards { QUESTION } else { '?' }),
            "$" => out.push('$'),
            _ => {
                let (key, fallback) = match inside.split_once(',') {
                    Some((key, fallback)) => {
                        (key.trim(), fallback.trim().strip_prefix('\'')?.strip_suffix('\''))
                    }
                    None => (inside.trim(), None),
                };
                let value = request.values(key).into_iter().next().or_else(|| fallback.map(str::to_owned))?;
                if wildcards {
                    out.push_str(&value.replace('*', &STAR.to_string()).replace('?', &QUESTION.to_string()));
                } else {
                    out.push_str(&value);
                }
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    Some(Pattern { text: Cow::Owned(out) })
}

fn compare(comparison: Comparison, pattern: &Pattern<'_>, real: &str) -> bool {
    let plain = || pattern.plain();
    match comparison {
        Comparison::StringEquals => plain() == real,
        Comparison::StringEqualsIgnoreCase => plain().to_lowercase() == real.to_lowercase(),
        Comparison::StringLike => pattern.matches(real),
        Comparison::ArnLike => arn_like(pattern, real),
        Comparison::Bool => plain().eq_ignore_ascii_case(real),
        Comparison::IpAddress => in_range(&plain(), real),
        Comparison::BinaryEquals => bytes(&plain()).is_some_and(|bytes_| Some(bytes_) == bytes(real)),
        Comparison::NumericEquals => numbers(&plain(), real, |a, b| a.total_cmp(&b).is_eq()),
        Comparison::NumericLessThan => numbers(&plain(), real, |a, b| b < a),
        Comparison::NumericLessThanEquals => numbers(&plain(), real, |a, b| b <= a),
        Comparison::NumericGreaterThan => numbers(&plain(), real, |a, b| b > a),
        Comparison::NumericGreaterThanEquals => numbers(&plain(), real, |a, b| b >= a),
        Comparison::DateEquals => dates(&plain(), real, |a, b| a == b),
        Comparison::DateLessThan => dates(&plain(), real, |a, b| b < a),
        Comparison::DateLessThanEquals => dates(&plain(), real, |a, b| b <= a),
        Comparison::DateGreaterThan => dates(&plain(), real, |a, b| b > a),
        Comparison::DateGreaterThanEquals => dates(&plain(), real, |a, b| b >= a),
        Comparison::Null => false,
    }
}

/// The characters that stand for `*` and `?` where these are meant literally.
pub(super) const MARKS: [char; 2] = [STAR, QUESTION];

/// Whether a value of a policy, without policy variables, matches a value of a request.
pub(super) fn holds_text(comparison: Comparison, value: &str, real: &str) -> bool {
    compare(comparison, &Pattern { text: Cow::Borrowed(value) }, real)
}

/// A value of a policy whose only variables are `${*}`, `${?}` and `${$}`, with [`MARKS`] in their place where the
/// operator has wildcards; `None` when it has others.
pub(super) fn escaped(value: &str, operator: Operator) -> Option<String> {
    let mut rest = value;
    while let Some((_, behind)) = rest.split_once("${") {
        let (inside, behind) = behind.split_once('}')?;
        if !matches!(inside, "*" | "?" | "$") {
            return None;
        }
        rest = behind;
    }
    let (star, question) = if operator.wildcards() { (STAR, QUESTION) } else { ('*', '?') };
    let escaped = value.replace("${*}", &star.to_string()).replace("${?}", &question.to_string());
    Some(escaped.replace("${$}", "$"))
}

/// ARNs are compared field by field: a wildcard does not run across the first five colons.
fn arn_like(pattern: &Pattern<'_>, real: &str) -> bool {
    if pattern.text == "*" {
        return true;
    }
    let (mut fields, mut others) = (pattern.text.splitn(6, ':'), real.splitn(6, ':'));
    for _ in 0..6 {
        match (fields.next(), others.next()) {
            (Some(field), Some(other)) if (Pattern { text: Cow::Borrowed(field) }).matches(other) => {}
            _ => return false,
        }
    }
    true
}

fn in_range(range: &str, real: &str) -> bool {
    let Ok(address) = real.parse::<IpAddr>() else { return false };
    match range.parse::<ipnet::IpNet>() {
        Ok(net) => net.contains(&address),
        Err(_) => range.parse::<IpAddr>().is_ok_and(|one| one == address),
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

fn numbers(policy: &str, real: &str, test: impl Fn(f64, f64) -> bool) -> bool {
    match (policy.trim().parse::<f64>(), real.trim().parse::<f64>()) {
        (Ok(policy), Ok(real)) => test(policy, real),
        _ => false,
    }
}

fn dates(policy: &str, real: &str, test: impl Fn(i128, i128) -> bool) -> bool {
    match (instant(policy), instant(real)) {
        (Some(policy), Some(real)) => test(policy, real),
        _ => false,
    }
}

/// A date in ISO 8601, with or without time, or seconds since 1970; in nanoseconds.
pub(super) fn instant(text: &str) -> Option<i128> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(i128::from(seconds) * 1_000_000_000);
    }
    let whole = if text.contains('T') { text.to_owned() } else { format!("{text}T00:00:00Z") };
    whole.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_nanosecond)
}
