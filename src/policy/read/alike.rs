//! What the alternatives of an undecided policy have in common.
//!
//! A policy that is undecided as a whole (a document with an undecided `dynamic "statement"`) comes as whole documents,
//! one for each case. A statement that stands in all of them is not undecided at all: it is read once, without
//! assumptions, and the others under what their cases have in common. What is easy to get wrong: only documents that
//! differ in nothing but their statements can be taken apart so.

use super::scope::Scope;
use crate::value::{Assumption, Entry, Kind, List, Map, Value};
use std::sync::Arc;

/// A statement and the cases in which it stands.
struct Common {
    statement: Value,
    cases: Vec<Vec<Assumption>>,
    secret: bool,
}

/// The same policy in other pages: statements that stand in the same cases are together on one page.
pub(super) fn taken_apart(pages: Vec<(Value, Scope)>) -> Vec<(Value, Scope)> {
    let [(first, first_scope), rest @ ..] = pages.as_slice() else { return pages };
    if rest.is_empty() || !pages.iter().all(|(page, _)| differ_in_statements_only(first, page)) {
        return pages;
    }
    let mut found: Vec<Common> = Vec::new();
    for (page, scope) in &pages {
        for statement in statements(page).into_iter().flat_map(|list| &list.items) {
            let same =
                |it: &&mut Common| it.statement.span == statement.span && it.statement.kind == statement.kind;
            match found.iter_mut().find(same) {
                Some(known) if known.cases.last() == Some(&scope.when) => return pages,
                Some(known) => known.cases.push(scope.when.clone()),
                None => found.push(Common {
                    statement: statement.clone(),
                    cases: vec![scope.when.clone()],
                    secret: scope.secret,
                }),
            }
        }
    }
    let mut apart: Vec<(Vec<Assumption>, Vec<Value>, bool)> = Vec::new();
    for common in found {
        for case in simplified(common.cases) {
            match apart.iter_mut().find(|(when, ..)| alike(when, &case)) {
                Some((_, statements, secret)) => {
                    statements.push(common.statement.clone());
                    *secret |= common.secret;
                }
                None => apart.push((case, vec![common.statement.clone()], common.secret)),
            }
        }
    }
    let page = |(when, statements, secret): (Vec<Assumption>, Vec<Value>, bool)| {
        (with_statements(first, &statements), Scope { when, trail: first_scope.trail.clone(), secret })
    };
    apart.into_iter().map(page).collect()
}

fn statements(page: &Value) -> Option<&List> {
    page.get("Statement")
        .and_then(Value::as_list)
        .filter(|list| list.open.is_none() && !list.items.is_empty())
}

fn differ_in_statements_only(one: &Value, other: &Value) -> bool {
    let (Some(left), Some(right)) = (one.as_map(), other.as_map()) else { return false };
    let same = |(a, b): (&Entry, &Entry)| {
        a.name.text.known() == b.name.text.known()
            && (a.name.text.is("Statement") || a.value.kind == b.value.kind)
    };
    let stated_once =
        |map: &Map| map.entries.iter().filter(|entry| entry.name.text.is("Statement")).count() == 1;
    statements(one).is_some()
        && statements(other).is_some()
        && stated_once(left)
        && stated_once(right)
        && left.open.is_none()
        && right.open.is_none()
        && left.entries.len() == right.entries.len()
        && left.entries.iter().zip(&right.entries).all(same)
}

fn with_statements(page: &Value, statements: &[Value]) -> Value {
    let mut page = page.clone();
    let Kind::Map(map) = &page.kind else { return page };
    let mut map = Map::clone(map);
    for entry in &mut map.entries {
        if let (true, Kind::List(list)) = (entry.name.text.is("Statement"), &entry.value.kind) {
            let list = List { kind: list.kind, items: statements.to_vec(), open: None };
            entry.value.kind = Kind::List(Arc::new(list));
        }
    }
    page.kind = Kind::Map(Arc::new(map));
    page
}

/// The same cases with fewer assumptions: two that differ in one condition alone are one without it.
fn simplified(mut cases: Vec<Vec<Assumption>>) -> Vec<Vec<Assumption>> {
    while let Some((one, other, joined)) = joinable(&cases) {
        cases.remove(other.max(one));
        cases.remove(other.min(one));
        if !cases.iter().any(|case| alike(case, &joined)) {
            cases.push(joined);
        }
    }
    cases
}

fn joinable(cases: &[Vec<Assumption>]) -> Option<(usize, usize, Vec<Assumption>)> {
    cases.iter().enumerate().find_map(|(at, one)| {
        let mut others = cases.iter().enumerate().skip(at + 1);
        others.find_map(|(to, other)| Some((at, to, without_the_difference(one, other)?)))
    })
}

/// What remains of two cases that contradict each other in one condition and agree in all others.
fn without_the_difference(one: &[Assumption], other: &[Assumption]) -> Option<Vec<Assumption>> {
    if one.len() != other.len() {
        return None;
    }
    let opposed = |made: &&Assumption| other.iter().any(|second| !second.agrees(made));
    let mut opposing = one.iter().filter(opposed);
    let difference = opposing.next()?;
    let rest: Vec<Assumption> = one.iter().filter(|made| *made != difference).cloned().collect();
    let agreed = |made: &Assumption| other.iter().any(|second| says_the_same(made, second));
    (opposing.next().is_none() && rest.len() + 1 == one.len() && rest.iter().all(agreed)).then_some(rest)
}

fn alike(one: &[Assumption], other: &[Assumption]) -> bool {
    one.len() == other.len() && one.iter().all(|made| other.iter().any(|second| says_the_same(made, second)))
}

fn says_the_same(one: &Assumption, other: &Assumption) -> bool {
    one.condition == other.condition && one.holds == other.holds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::value;
    use crate::policy::{PolicyKind, read};

    fn cases(json: &str) -> Vec<(String, Vec<(String, bool)>)> {
        let document = read(&value(json), PolicyKind::Key).unwrap();
        let case = |when: &[Assumption]| when.iter().map(|it| (it.condition.to_string(), it.holds)).collect();
        let sid = |sid: &Option<crate::value::Text>| {
            sid.as_ref().and_then(crate::value::Text::known).unwrap_or_default()
        };
        document.statements.iter().map(|statement| (sid(&statement.sid), case(&statement.when))).collect()
    }

    fn document(sids: &[&str]) -> String {
        let statement = |sid: &&str| {
            format!(r#"{{"Sid":"{sid}","Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}"#)
        };
        let all: Vec<String> = sids.iter().map(statement).collect();
        format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, all.join(","))
    }

    #[test]
    fn what_stands_in_every_case_is_not_undecided() {
        let inner = |with: &str| {
            format!(r#"{{"?if":"d","then":{},"else":{}}}"#, document(&["a", with]), document(&["a"]))
        };
        let both = format!(r#"{{"?if":"c","then":{},"else":{}}}"#, inner("b"), document(&["a"]));
        let of = |condition: &str| (condition.to_owned(), true);
        let expected = [("a".to_owned(), Vec::new()), ("b".to_owned(), vec![of("c"), of("d")])];
        assert_eq!(cases(&both), expected);
    }

    #[test]
    fn cases_that_differ_in_one_condition_are_one() {
        let simple = simplified(vec![
            vec![assumption("c", true), assumption("d", true)],
            vec![assumption("d", false), assumption("c", true)],
            vec![assumption("c", false)],
        ]);
        assert_eq!(simple, [Vec::new()]);
        let some = simplified(vec![
            vec![assumption("c", true), assumption("d", true)],
            vec![assumption("c", false)],
        ]);
        assert_eq!(some.len(), 2);
    }

    fn assumption(condition: &str, holds: bool) -> Assumption {
        let span = value("null").span;
        Assumption { condition: condition.into(), holds, span }
    }
}
