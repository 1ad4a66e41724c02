//! What a statement speaks about: its actions on this key.

use super::Setting;
use super::view::View;
use crate::logic::Verdict;
use crate::policy::{Document, Statement};

/// The KMS actions that a statement covers, by full name (`kms:Decrypt`) in the order of the facts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EffectiveActions {
    /// Covered, whatever the unknowns are.
    pub certain: Vec<&'static str>,
    /// Perhaps covered.
    pub possible: Vec<&'static str>,
}

/// The KMS actions that have an effect in a key policy and that `statement` covers, wildcards expanded,
/// `NotAction` inverted. Empty when it has no `Action` or no `Resource`: KMS accepts that, and it does nothing.
pub fn effective_actions(statement: &Statement) -> EffectiveActions {
    effective_actions_on(statement, &Setting::default())
}

/// The same for the key of the setting, where a `Resource` names a key by its address.
pub fn effective_actions_on(statement: &Statement, setting: &Setting) -> EffectiveActions {
    let document = nothing_known(statement);
    let view = View::new(&document, setting);
    let mut found = EffectiveActions::default();
    for (act, covered) in view.acts(statement) {
        match covered.verdict {
            Verdict::Yes => found.certain.push(&act.name),
            Verdict::CannotTell => found.possible.push(&act.name),
            Verdict::No => {}
        }
    }
    found
}

/// A document without statements: actions alone need none.
fn nothing_known(statement: &Statement) -> Document {
    Document {
        span: statement.span,
        trail: statement.trail.clone(),
        version: crate::policy::Version::Missing,
        version_span: statement.span,
        statements: Vec::new(),
        open: Vec::new(),
        default_when: Vec::new(),
        defects: Vec::new(),
        size: crate::policy::Size { bytes: 0, open: false },
    }
}
