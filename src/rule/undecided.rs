//! Findings of what cannot be told, one for each cause.
//!
//! When the same unknowns leave several rules open for one resource, the user can do one thing only: make them known. So
//! they become one finding: of the most severe rule, the others named in its help.

use super::check::Rule;
use super::fingerprint;
use super::label::Labels;
use super::subject::{Case, Held};
use crate::access::Witness;
use crate::finding::{Certainty, Finding, Severity};
use crate::value::Reason;

/// How `access` says that the key's account is not known.
const ACCOUNT_UNKNOWN: &str = "the key's account is not known";

/// A rule that cannot be decided for one instance.
pub(super) struct Open<'a> {
    rule: &'a Rule,
    severity: Severity,
    case: Case<'a>,
    question: String,
    causes: Vec<Witness>,
}

impl<'a> Open<'a> {
    /// A rule that is left open by `causes`; `None` when the rule is quiet about that.
    pub(super) fn new(
        rule: &'a Rule,
        severity: Severity,
        case: Case<'a>,
        mut causes: Vec<Witness>,
    ) -> Option<Self> {
        let question = rule.undecided.as_ref()?.fill(&case);
        if !causes.is_empty() && causes.iter().all(in_error) {
            return None;
        }
        let mut seen = Vec::new();
        causes.retain(|cause| {
            let new = !seen.contains(&(cause.span, cause.fact.clone()));
            seen.push((cause.span, cause.fact.clone()));
            new
        });
        Some(Self { rule, severity, case, question, causes })
    }

    /// What decides whose finding it becomes: the severity, then how many published controls ask for the rule.
    fn weight(&self) -> (Severity, usize) {
        (self.severity, self.rule.mappings.len())
    }

    /// Whether it is the key's account that is not known.
    fn awaits_account(&self) -> bool {
        let account = |cause: &Witness| cause.fact.contains(ACCOUNT_UNKNOWN);
        self.case.scene.setting.account.is_none() && self.causes.iter().any(account)
    }

    /// What cannot be told.
    fn message(&self) -> String {
        let unseen = |held: &&Held<'_>| held.document.statements.is_empty() && !held.document.open.is_empty();
        match self.case.policy.filter(unseen) {
            Some(_) => format!("cannot tell who may use and manage `{}`", self.case.scene.address),
            None => format!("cannot tell {}", self.question),
        }
    }

    /// Whether all that leaves this open leaves `other` open too.
    fn within(&self, other: &Self) -> bool {
        self.causes
            .iter()
            .all(|one| other.causes.iter().any(|two| one.span == two.span && one.fact == two.fact))
    }
}

/// Whether an unknown comes of a mistake, which is a finding of its own.
fn in_error(cause: &Witness) -> bool {
    cause.fact.ends_with(&Reason::InError.to_string())
}

/// One finding for each set of causes; a set within another one is not told apart from it.
pub(super) fn findings(mut open: Vec<Open<'_>>) -> Vec<Finding> {
    open.sort_by_key(|one| std::cmp::Reverse(one.weight()));
    let mut groups: Vec<Vec<Open<'_>>> = Vec::new();
    for one in open {
        let fits = |first: &Open<'_>| one.within(first) || first.within(&one);
        match groups.iter_mut().find(|group| group.first().is_some_and(fits)) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups.iter().filter_map(|group| finding(group)).collect()
}

fn finding(group: &[Open<'_>]) -> Option<Finding> {
    let (first, others) = group.split_first()?;
    let subject = || Witness::new(first.case.span(), "", first.case.trail());
    let (cause, more) = first
        .causes
        .split_first()
        .map_or_else(|| (subject(), &[][..]), |(cause, more)| (cause.clone(), more));
    let mut labels = Labels::from(&first.case, &cause, more);
    if !first.case.span().contains(cause.span) {
        labels.add(first.case.span(), "what is judged");
    }
    let causes: Vec<&str> = first.causes.iter().map(|cause| &*cause.fact).collect();
    let content = format!("{}\n{}", fingerprint::content(&first.case), causes.join("\n"));
    Some(Finding {
        rule: first.rule.id.clone(),
        severity: first.severity,
        certainty: Certainty::Undecided,
        message: first.message(),
        help: Some(help(first, others)),
        resource: first.case.scene.address.to_owned(),
        primary: labels.primary,
        secondary: labels.secondary,
        fixes: Vec::new(),
        fingerprint: fingerprint::of(["undecided", &first.rule.id, first.case.scene.address, &content]),
        accepted: None,
    })
}

fn help(first: &Open<'_>, others: &[Open<'_>]) -> String {
    let mut rules: Vec<&str> = Vec::new();
    for other in others {
        let id = other.rule.id.as_str();
        if id != first.rule.id && !rules.contains(&id) {
            rules.push(id);
        }
    }
    let mut help = if first.awaits_account() {
        "say which account the key is deployed to: `key_account` in `kmsguard.yaml`".to_owned()
    } else {
        "give the value (`--var`, `--var-file`, a plan), or accept the risk here".to_owned()
    };
    if !rules.is_empty() {
        help.push_str("; undecided for the same reason: ");
        help.push_str(&rules.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", "));
    }
    help
}
