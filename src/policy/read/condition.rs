//! The `Condition` element: operators, keys, values.
//!
//! IAM User Guide, "AWS JSON policy elements: Condition". A test that is undecided becomes one test for each
//! alternative with its assumptions, so a null alternative means: no test.

use super::element::Gathered;
use super::scope::{Scope, stated};
use super::{Flaw, Reader, broken, name};
use crate::policy::condition::Operator;
use crate::policy::{Condition, DefectKind};
use crate::value::{Entry, Kind, Map, Unknown};

/// The tests of a statement, and whether there may be more.
type Tests = (Vec<Condition>, Option<Unknown>);

impl Reader {
    /// Reads the `Condition` element of a statement.
    pub(super) fn conditions(&mut self, entry: Option<&Entry>, scope: &Scope) -> Tests {
        let mut tests = (Vec::new(), None);
        let Some(entry) = entry else { return tests };
        for (value, scope) in stated(&entry.value, &scope.under(&entry.value)) {
            match &value.kind {
                Kind::Map(map) => self.operators(map, &scope, &mut tests),
                Kind::Unknown(unknown) => {
                    tests.1.get_or_insert_with(|| unknown.clone());
                }
                _ => {
                    self.wrong_type("Condition", &value, "an object of operators", &scope);
                    tests.1.get_or_insert_with(|| broken("Condition", value.span));
                }
            }
        }
        tests
    }

    fn operators(&mut self, map: &Map, scope: &Scope, tests: &mut Tests) {
        add_open(map.open.as_ref(), tests);
        for operator in self.distinct(map, scope, name::Sameness::Exact) {
            self.operator(operator, scope);
            for (value, scope) in stated(&operator.value, &scope.under(&operator.value)) {
                match &value.kind {
                    Kind::Map(keys) => {
                        if keys.entries.is_empty() && keys.open.is_none() {
                            let fact = "tests nothing, since its object is empty";
                            let name = operator.name.text.shown();
                            self.note(Flaw::new(DefectKind::Empty, value.span, name, fact), &scope);
                        }
                        self.keys(operator, keys, &scope, tests);
                    }
                    Kind::Unknown(unknown) => add_open(Some(unknown), tests),
                    _ => {
                        let name = operator.name.text.shown();
                        self.wrong_type(&name, &value, "an object of condition keys", &scope);
                        add_open(Some(&broken(&name, value.span)), tests);
                    }
                }
            }
        }
    }

    /// Notes an operator that does not exist.
    fn operator(&mut self, entry: &Entry, scope: &Scope) {
        let Some(written) = entry.name.text.known() else { return };
        if let Err(fault) = Operator::parse(&written) {
            let span = entry.name.text.span(0..written.len()).unwrap_or(entry.name.span);
            let flaw = Flaw::new(DefectKind::OperatorUnknown, span, written, fault.fact);
            self.note(flaw.suggest(fault.suggestion), scope);
        }
    }

    fn keys(&mut self, operator: &Entry, keys: &Map, scope: &Scope, tests: &mut Tests) {
        add_open(keys.open.as_ref(), tests);
        for key in self.distinct(keys, scope, name::Sameness::AnyCase) {
            for (value, scope) in stated(&key.value, &scope.under(&key.value)) {
                let mut gathered = Gathered::default();
                self.gather(&key.name.text.shown(), &value, &scope, &mut gathered);
                tests.0.push(Condition {
                    operator: operator.name.text.clone(),
                    operator_span: operator.name.span,
                    key: key.name.text.clone(),
                    key_span: key.name.span,
                    values: gathered.items,
                    span: value.span,
                    open: gathered.open,
                    when: scope.when.clone(),
                });
            }
        }
    }
}

fn add_open(unknown: Option<&Unknown>, tests: &mut Tests) {
    if tests.1.is_none() {
        tests.1 = unknown.cloned();
    }
}
