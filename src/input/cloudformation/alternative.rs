//! Undecided alternatives: one value of several, and results over them.

use super::facts::Facts;
use crate::source::{Limits, Span};
use crate::value::{Assumption, Branch, Kind, Reason, Symbol, Unknown, Value};

/// One value of a few. Alternatives within alternatives are joined, contradictory ones dropped, and where too many
/// are left the last one stands, unknown, for the rest.
pub(super) fn one_of(facts: &Facts, branches: Vec<Branch>, span: Span) -> Value {
    let mut flat: Vec<Branch> = Vec::new();
    let mut more = None;
    for branch in branches {
        let inner = match &branch.value.kind {
            Kind::OneOf(inner) => inner.iter().map(|one| also(&branch.when, one)).collect(),
            _ => vec![branch],
        };
        for branch in inner.into_iter().filter(|branch| facts.allow(&branch.when)) {
            if flat.len() < Limits::DEFAULT.alternatives {
                flat.push(branch);
            } else {
                more = Some(branch.value.span);
            }
        }
    }
    if let (Some(at), Some(last)) = (more, flat.last_mut()) {
        *last = Branch { when: Vec::new(), value: Value::unknown(Reason::Limit, "more alternatives", at) };
    }
    if let [_] = flat.as_slice() {
        return flat.pop().map_or_else(|| Value::null(span), |only| only.value);
    }
    let secret = flat.iter().any(|branch| branch.value.secret);
    Value { secret, ..Value::new(Kind::OneOf(flat.into()), span) }
}

fn also(when: &[Assumption], branch: &Branch) -> Branch {
    let same = |one: &Assumption, two: &Assumption| one.condition == two.condition && one.holds == two.holds;
    let new = branch.when.iter().filter(|new| !when.iter().any(|known| same(known, new)));
    Branch { when: when.iter().chain(new).cloned().collect(), value: branch.value.clone() }
}

/// The result for every combination of alternatives that can hold at once; the values themselves where none is
/// undecided. Where there are too many combinations, the further undecided values count as unknown.
pub(super) fn each(
    facts: &Facts,
    values: Vec<Value>,
    span: Span,
    mut result: impl FnMut(Vec<Value>) -> Value,
) -> Value {
    if !values.iter().any(|value| matches!(value.kind, Kind::OneOf(_))) {
        return result(values);
    }
    let mut found: Vec<(Vec<Assumption>, Vec<Value>)> = vec![(Vec::new(), Vec::new())];
    for value in values {
        let Kind::OneOf(branches) = &value.kind else {
            for (_, so_far) in &mut found {
                so_far.push(value.clone());
            }
            continue;
        };
        let wider: Vec<_> =
            found.iter().flat_map(|(when, so_far)| wider(facts, (when, so_far), branches)).collect();
        if wider.is_empty() || wider.len() > Limits::DEFAULT.alternatives {
            let unknown = undecided(&value);
            for (_, so_far) in &mut found {
                so_far.push(unknown.clone());
            }
        } else {
            found = wider;
        }
    }
    let branches = found.into_iter().map(|(when, values)| Branch { when, value: result(values) });
    one_of(facts, branches.collect(), span)
}

fn wider(
    facts: &Facts,
    before: (&[Assumption], &[Value]),
    branches: &[Branch],
) -> Vec<(Vec<Assumption>, Vec<Value>)> {
    let (when, so_far) = before;
    let branches = branches.iter().map(|branch| also(when, branch));
    let possible = branches.filter(|branch| facts.allow(&branch.when));
    possible.map(|branch| (branch.when, [so_far, &[branch.value]].concat())).collect()
}

/// An undecided value as one that is not known.
fn undecided(value: &Value) -> Value {
    let known = value.unknowns().first().map_or(Reason::NotEvaluated, |unknown| unknown.reason);
    let unknown = Unknown {
        reason: known,
        name: "an undecided value".into(),
        span: value.span,
        symbol: Symbol::Anything,
    };
    Value { kind: Kind::Unknown(unknown), ..value.clone() }
}
