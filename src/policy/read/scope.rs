//! Where in the document we are: under which assumptions, through which trail, behind which secret.

use crate::source::Limits;
use crate::value::{Assumption, Kind, Reason, Trail, Value};
use std::borrow::Cow;

/// Alternatives kept of one place; those beyond it are one unknown.
const MOST_LEAVES: usize = Limits::DEFAULT.alternatives * Limits::DEFAULT.alternatives;

/// Branches looked at in one place, contradictory ones included.
const MOST_STEPS: usize = 64 * MOST_LEAVES;

/// What holds for everything in a part of the document.
#[derive(Clone, Default)]
pub(super) struct Scope {
    /// The assumptions made on the way here; consistent.
    pub(super) when: Vec<Assumption>,
    /// The nearest trail.
    pub(super) trail: Trail,
    /// Whether a sensitive value encloses it.
    pub(super) secret: bool,
}

impl Scope {
    /// The scope inside `value`.
    pub(super) fn under(&self, value: &Value) -> Self {
        let trail = if value.trail.is_empty() { &self.trail } else { &value.trail };
        Self { when: self.when.clone(), trail: trail.clone(), secret: self.secret || value.secret }
    }

    /// The scope with more assumptions; `None` when they contradict those made before.
    pub(super) fn assuming(&self, more: &[Assumption]) -> Option<Self> {
        if !crate::value::consistent(more) {
            return None;
        }
        let mut scope = self.clone();
        for assumption in more {
            match self.when.iter().find(|made| made.condition == assumption.condition) {
                Some(made) if !made.agrees(assumption) => return None,
                Some(_) => {}
                None if scope.when.contains(assumption) => {}
                None => scope.when.push(assumption.clone()),
            }
        }
        Some(scope)
    }
}

/// The values that may stand here, each with its scope: the value itself, or the alternatives of an undecided one
/// (nested ones joined, contradictory ones dropped).
pub(super) fn leaves<'v>(value: &'v Value, scope: &Scope) -> Vec<(Cow<'v, Value>, Scope)> {
    let Kind::OneOf(_) = value.kind else {
        return vec![(Cow::Borrowed(value), scope.under(value))];
    };
    let mut found = Vec::new();
    let mut left = vec![(value, scope.clone())];
    let mut steps = 0;
    while let Some((value, scope)) = left.pop() {
        steps += 1;
        if found.len() >= MOST_LEAVES || steps > MOST_STEPS {
            let rest = Value::unknown(Reason::Limit, "further alternatives", value.span);
            found.push((Cow::Owned(rest), Scope { when: Vec::new(), ..scope }));
            break;
        }
        let inside = scope.under(value);
        match &value.kind {
            Kind::OneOf(branches) => {
                for branch in branches.iter().rev() {
                    if let Some(scope) = inside.assuming(&branch.when) {
                        left.push((&branch.value, scope));
                    }
                }
            }
            _ => found.push((Cow::Borrowed(value), inside)),
        }
    }
    found
}

/// As [`leaves`], without alternatives that are null: those are no element (`AWS::NoValue`, `cond ? [..] : null`).
pub(super) fn stated<'v>(value: &'v Value, scope: &Scope) -> Vec<(Cow<'v, Value>, Scope)> {
    let mut found = leaves(value, scope);
    if matches!(value.kind, Kind::OneOf(_)) {
        found.retain(|(value, _)| !value.is_null());
    }
    found
}
