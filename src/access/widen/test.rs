//! The condition tests of both policies in one table: equal tests are one.
//!
//! Whatever cannot be compared here (an unknown value, a policy variable, an operator that does not exist) is a test
//! that is true or false for reasons out of sight. What is easy to get wrong: two such tests are the same only when
//! they are written the same.

use super::super::compare::{self, holds_text};
use super::caller::TIED;
use super::ground::Ground;
use crate::policy::Condition;
use crate::policy::condition::{Comparison, Operator, SetQualifier};
use crate::policy::facts::{self, ConditionKey};
use rustc_hash::FxHashMap;

/// A number of a test in the [`Table`].
pub(super) type TestId = usize;

/// What a test asks of the values of its key.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Test {
    /// The key in lower case, and the number of its column.
    pub(super) key: usize,
    pub(super) operator: Operator,
    /// The policy's values, sorted.
    pub(super) values: Vec<String>,
}

impl Test {
    /// Whether it holds for these values of its key; none: the key is missing.
    pub(super) fn holds(&self, real: &[String]) -> bool {
        if self.operator.comparison == Comparison::Null {
            let word = if real.is_empty() { "true" } else { "false" };
            return self.values.iter().any(|value| value.eq_ignore_ascii_case(word));
        }
        if let (true, Some(missing)) = (real.is_empty(), self.operator.when_missing()) {
            return missing;
        }
        let mut each = real.iter().map(|value| self.matches(value) != self.operator.negated);
        if self.asks_all() { each.all(|holds| holds) } else { each.any(|holds| holds) }
    }

    /// Whether each value of a request must pass; otherwise one is enough.
    pub(super) fn asks_all(&self) -> bool {
        match self.operator.set {
            Some(SetQualifier::ForAllValues) => true,
            Some(SetQualifier::ForAnyValue) => false,
            None => self.operator.negated,
        }
    }

    fn matches(&self, real: &str) -> bool {
        if self.operator.comparison == Comparison::StringEquals {
            return self.values.binary_search_by(|value| value.as_str().cmp(real)).is_ok();
        }
        self.values.iter().any(|value| holds_text(self.operator.comparison, value, real))
    }
}

/// A row of the table.
#[derive(Clone, Debug)]
pub(super) enum Row {
    /// A test of the values of a key.
    Test(Test),
    /// Something that is not known; what it is called, and the number of its column.
    Hidden(usize),
}

/// All tests, and the condition keys that they ask for.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    /// The keys in lower case; hidden things stand among them.
    pub(super) keys: Vec<Column>,
    tests: FxHashMap<Test, TestId>,
    hidden: FxHashMap<String, TestId>,
    by_name: FxHashMap<String, usize>,
}

/// A condition key, or something that is not known.
#[derive(Debug)]
pub(super) struct Column {
    /// In lower case; for something that is not known what it is called.
    pub(super) name: String,
    /// As written first.
    pub(super) shown: String,
    pub(super) hidden: bool,
    /// Whether it follows from the caller, or from the key itself.
    pub(super) tied: bool,
    /// What is known of the condition key.
    pub(super) fact: Option<&'static ConditionKey>,
    /// Its tests.
    pub(super) tests: Vec<TestId>,
}

impl Table {
    /// The test of a condition; `variables`: whether `${…}` is expanded.
    pub(super) fn of_condition(
        &mut self,
        condition: &Condition,
        ground: &Ground<'_>,
        variables: bool,
    ) -> TestId {
        if let Some((name, operator, values)) = test_of(condition, ground, variables) {
            return self.of_test(&name, operator, values);
        }

        let values: Vec<String> = condition.values.iter().map(|value| value.value.shown()).collect();
        let open = condition.open.as_ref().map_or("", |unknown| &unknown.name);
        let (operator, key) = (condition.operator.shown(), condition.key.shown());
        self.of_hidden(&format!("{operator} {key} {values:?} {open}"))
    }

    fn of_test(&mut self, name: &str, operator: Operator, mut values: Vec<String>) -> TestId {
        values.sort();
        values.dedup();
        let key = self.column(&name.to_ascii_lowercase(), name, false);
        let test = Test { key, operator, values };
        if let Some(known) = self.tests.get(&test) {
            return *known;
        }
        let id = self.rows.len();
        self.rows.push(Row::Test(test.clone()));
        self.tests.insert(test, id);
        if let Some(column) = self.keys.get_mut(key) {
            column.tests.push(id);
        }
        id
    }

    /// The test for something that is not known.
    pub(super) fn of_hidden(&mut self, what: &str) -> TestId {
        if let Some(known) = self.hidden.get(what) {
            return *known;
        }
        let column = self.column(&format!("\u{0}{what}"), what, true);
        self.rows.push(Row::Hidden(column));
        self.hidden.insert(what.to_owned(), self.rows.len() - 1);
        self.rows.len() - 1
    }

    fn column(&mut self, name: &str, shown: &str, hidden: bool) -> usize {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        let tied = !hidden && (TIED.contains(&name) || name == "aws:resourceaccount");
        let fact = if hidden { None } else { facts::condition_key(name) };
        let (own, shown) = (name.to_owned(), shown.to_owned());
        self.keys.push(Column { name: own, shown, hidden, tied, fact, tests: Vec::new() });
        self.by_name.insert(name.to_owned(), self.keys.len() - 1);
        self.keys.len() - 1
    }

    /// A test with its column; `None` for something that is not known.
    pub(super) fn test(&self, id: TestId) -> Option<(&Test, &Column)> {
        match self.rows.get(id)? {
            Row::Test(test) => Some((test, self.keys.get(test.key)?)),
            Row::Hidden(_) => None,
        }
    }

    /// Whether a test follows from the caller.
    pub(super) fn is_tied(&self, id: TestId) -> bool {
        self.test(id).is_some_and(|(_, column)| column.tied)
    }
}

/// A condition taken apart, when all of it is known and can be compared here.
fn test_of(
    condition: &Condition,
    ground: &Ground<'_>,
    variables: bool,
) -> Option<(String, Operator, Vec<String>)> {
    let (name, operator) = (condition.key.known()?, Operator::of(&condition.operator)?);
    if condition.open.is_some() || condition.values.iter().any(|value| !value.when.is_empty()) {
        return None;
    }
    let values: Option<Vec<String>> =
        condition.values.iter().map(|value| ground.text(&value.value)).collect();
    let values = values?;
    if operator.comparison == Comparison::ArnLike && values.iter().any(|value| compare::is_short(value)) {
        return None;
    }
    let expands = |value: &String| value.contains("${");
    if variables && operator.variables() && values.iter().any(expands) {
        let values: Option<Vec<String>> =
            values.iter().map(|value| compare::escaped(value, operator)).collect();
        return Some((name, operator, values?));
    }
    Some((name, operator, values))
}
