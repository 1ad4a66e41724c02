//! The places that a finding shows: where it is, what proves it, how it came.

use super::check::Rule;
use super::file::Anchor;
use super::subject::Case;
use crate::access::Witness;
use crate::finding::Label;
use crate::source::Span;
use crate::value::Trail;

/// At most so many places besides the primary one.
const MOST: usize = 8;

/// The places of one finding.
pub(super) struct Labels {
    pub(super) primary: Label,
    pub(super) secondary: Vec<Label>,
}

impl Labels {
    /// The places of a certain finding.
    pub(super) fn of(rule: &Rule, case: &Case<'_>, mut because: Vec<Witness>) -> Self {
        let fact = rule.label.as_ref().map(|label| label.fill(case));
        let subject =
            |fact: Option<String>| Witness::new(case.span(), fact.unwrap_or_default(), case.trail());
        let first = match rule.at {
            Anchor::Witness if !because.is_empty() => {
                let first = because.remove(0);
                Witness { fact: fact.map_or(first.fact, Into::into), ..first }
            }
            _ => subject(fact),
        };
        Self::from(case, &first, &because)
    }

    /// The places of a finding that points at `first` and is explained by `others`.
    pub(super) fn from(case: &Case<'_>, first: &Witness, others: &[Witness]) -> Self {
        let primary = Label { span: first.span, fact: first.fact.to_string() };
        let mut labels = Self { primary, secondary: Vec::new() };
        for witness in others {
            labels.add(witness.span, &witness.fact);
        }
        labels.trail(&first.trail);
        for witness in others {
            labels.trail(&witness.trail);
        }
        labels.owner(case, first);
        labels.trail(case.scene.trail);
        labels
    }

    fn trail(&mut self, trail: &Trail) {
        for step in trail.steps() {
            self.add(step.span, &step.note);
        }
    }

    /// Says whose policy it is when the place alone does not: what came a long way, or from another file.
    fn owner(&mut self, case: &Case<'_>, first: &Witness) {
        let Some(held) = case.policy else { return };
        let far = !first.trail.is_empty() || held.name_span.file != first.span.file;
        if far {
            self.add(held.name_span, &format!("in the policy of `{}`", case.scene.address));
        }
    }

    /// Adds a place unless it is shown already, or the finding has enough of them.
    pub(super) fn add(&mut self, span: Span, fact: &str) {
        let shown = |label: &Label| label.span == span;
        if self.secondary.len() < MOST && !shown(&self.primary) && !self.secondary.iter().any(shown) {
            self.secondary.push(Label { span, fact: fact.to_owned() });
        }
    }
}
