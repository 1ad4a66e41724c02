//! Predicates on condition tests.

use super::dead::{self, DeadCondition, PartitionWord};
use super::element::{all_given, any_statement, at, of_text, unknown};
use super::pattern::Pattern;
use super::value;
use crate::access::{Access, Witness, has_one_value};
use crate::policy::Condition;
use crate::policy::facts::{self, Restriction};
use crate::rule::subject::{Case, Item, under};
use crate::source::nearest;
use crate::value::Text;

/// What a condition test must be; all that is given must hold.
#[derive(Clone, PartialEq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConditionTest {
    /// Whether its key, one of `aws:` or `kms:`, is known; keys of other services are not judged.
    #[serde(default)]
    pub known: Option<bool>,
    /// It never holds, for one of these reasons.
    #[serde(default)]
    pub dead: Option<Vec<DeadCondition>>,
    /// Whether its key has one value in a request.
    #[serde(default)]
    pub single_valued: Option<bool>,
    /// Whether another test of the statement demands that its key is in the request.
    #[serde(default)]
    pub presence_demanded: Option<bool>,
    /// In which partition one of its values is.
    #[serde(default)]
    pub partition: Option<PartitionWord>,
    /// Its operator matches this regular expression.
    #[serde(default)]
    pub operator: Option<Pattern>,
    /// Its key matches this regular expression (write `(?i)`: keys have no case).
    #[serde(default)]
    pub key: Option<Pattern>,
    /// At least one of its values matches this regular expression.
    #[serde(default)]
    pub value: Option<Pattern>,
    /// Whether all of its values can be of the type that its operator compares.
    #[serde(default)]
    pub values_fit: Option<bool>,
    /// One of its values, of `kms:ViaService`, is one of these.
    #[serde(default)]
    pub via_service: Option<Vec<ViaWord>>,
    /// Whether its key works in policies of identities only.
    #[serde(default)]
    pub identity_only: Option<bool>,
    /// To what a sound test of its key narrows the callers; one of these.
    #[serde(default)]
    pub restricts: Option<Vec<Restriction>>,
}

/// What is wrong with a value of `kms:ViaService`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ViaWord {
    /// It has not the form `SERVICE.REGION.amazonaws.com` in lower case.
    Malformed,
    /// Its Region is not the key's.
    OtherRegion,
    /// Its service is not known to call KMS.
    UnknownService,
}

/// Whether the condition test, or any in view, is as wanted.
pub(super) fn condition(test: &ConditionTest, case: &Case<'_>) -> Access {
    let ask = |condition: &Condition| {
        let answer = all_given([
            test.known.map(|known| of_text(&condition.key, |key| is_known_key(key) == Some(known))),
            test.dead.as_ref().map(|words| dead::condition(words, condition, case)),
            test.single_valued.map(|wanted| {
                let single = has_one_value(condition);
                if wanted { single } else { !single }
            }),
            test.presence_demanded.map(|wanted| dead::presence(wanted, condition, case)),
            test.partition.map(|word| {
                Access::any(condition.values.iter().map(|value| {
                    let other = under(&value.when).and(dead::partition(word, &value.value, case));
                    at(value, || format!("`{}` here", value.value.shown()), other)
                }))
            }),
            test.operator.as_ref().map(|it| of_text(&condition.operator, |text| it.is_match(text))),
            test.key.as_ref().map(|it| of_text(&condition.key, |text| it.is_match(text))),
            test.identity_only.map(|wanted| of_fact(condition, |it| it.identity_only == wanted)),
            test.restricts.as_ref().map(|to| {
                of_fact(condition, |it| it.restricts.is_some_and(|restricted| to.contains(&restricted)))
            }),
            of_values(test, condition, case),
        ]);
        if !answer.is_yes() {
            return answer;
        }
        let fact = format!("`{}` is tested here", condition.key.shown());
        let own = Witness::new(condition.key_span, fact, &crate::value::Trail::default());
        // A value that decides stands before the key.
        Access::yes(answer.because.into_iter().chain(std::iter::once(own)))
    };
    match case.item {
        Item::Condition(condition) => ask(condition),
        _ => any_statement(case, |statement| {
            let known = statement.conditions.iter().map(|it| under(&it.when).and(ask(it)));
            Access::any(known.chain(statement.open_conditions.iter().map(unknown)))
        }),
    }
}

/// Whether a condition key of `aws:` or `kms:` is known; `None` for keys of other services.
fn is_known_key(key: &str) -> Option<bool> {
    let (prefix, _) = key.split_once(':')?;
    let ours = ["aws", "kms"].iter().any(|it| it.eq_ignore_ascii_case(prefix));
    ours.then(|| facts::condition_key(key).is_some())
}

/// What was probably meant by a condition key that is not known.
pub(in crate::rule) fn key_meant(key: &Text) -> Option<&'static str> {
    let written = key.known().filter(|key| is_known_key(key) == Some(false))?;
    nearest(&written, facts::condition_keys().iter().map(|it| it.name))
}

/// The same in backticks.
pub(in crate::rule) fn key_suggestion(key: &Text) -> Option<String> {
    key_meant(key).map(|near| format!("`{near}`"))
}

/// What is asked of the values; `None` when nothing is.
fn of_values(test: &ConditionTest, condition: &Condition, case: &Case<'_>) -> Option<Access> {
    let tests = [
        test.value.as_ref().map(|it| any_value(condition, |value| of_text(value, |text| it.is_match(text)))),
        test.values_fit.map(|wanted| {
            let odd = any_value(condition, |value| !value::fits(condition, value));
            if wanted { !odd } else { odd }
        }),
        test.via_service
            .as_ref()
            .map(|words| any_value(condition, |value| value::via_service(value, words, condition, case))),
    ];
    tests.iter().any(Option::is_some).then(|| all_given(tests))
}

/// Whether something is so of the key as AWS documents it; not of keys that are not known.
fn of_fact(condition: &Condition, holds: impl Fn(&facts::ConditionKey) -> bool) -> Access {
    of_text(&condition.key, |key| facts::condition_key(key).is_some_and(&holds))
}

fn any_value(condition: &Condition, holds: impl Fn(&Text) -> Access) -> Access {
    let known = condition.values.iter().map(|value| {
        let fact = || format!("`{}` here", value.value.shown());
        at(value, fact, under(&value.when).and(holds(&value.value)))
    });
    Access::any(known.chain(condition.open.iter().map(unknown)))
}
