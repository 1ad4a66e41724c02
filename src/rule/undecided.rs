//! Findings of what cannot be told, one for each resource.
//!
//! What is not known of a key often leaves several rules open, and the user can do one thing only: make it known. So they
//! become one finding: of the most severe rule, with a label for each thing that is not known; its help names the other
//! rules and says how that can be given. What is easy to get wrong: an answer that is open has witnesses of what is known
//! as well, which would read as the contrary.

use super::check::Rule;
use super::fingerprint;
use super::label::Labels;
use super::subject::{Case, Held};
use crate::access::{Missing, Witness};
use crate::finding::{Certainty, Finding, Severity};
use crate::value::{Reason, key_needed};

/// At most so many things that are not known are shown.
const MOST_CAUSES: usize = 6;

/// At most so many of one sort are named in the help.
const MOST_NAMES: usize = 3;

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
        if causes.iter().any(|cause| cause.missing.is_some()) {
            causes.retain(|cause| cause.missing.is_some());
        }
        Some(Self { rule, severity, case, question, causes })
    }

    /// What is asked, and of what.
    pub(super) fn about(&self) -> (&'a Rule, &Case<'a>) {
        (self.rule, &self.case)
    }

    /// What decides whose finding it becomes: the severity, then how many published controls ask for the rule.
    fn weight(&self) -> (Severity, usize) {
        (self.severity, self.rule.mappings.len())
    }

    /// What cannot be told.
    fn message(&self) -> String {
        let unseen = |held: &&Held<'_>| held.document.statements.is_empty() && !held.document.open.is_empty();
        match self.case.policy.filter(unseen) {
            Some(_) => format!("cannot tell who may use and manage `{}`", self.case.scene.address),
            None => format!("cannot tell {}", self.question),
        }
    }
}

/// Whether an unknown comes of a mistake, which is a finding of its own.
fn in_error(cause: &Witness) -> bool {
    matches!(cause.missing, Some(Missing::Value(_, Reason::InError)))
}

/// One finding for all that is open.
pub(super) fn finding(mut open: Vec<Open<'_>>) -> Option<Finding> {
    open.sort_by_key(|one| std::cmp::Reverse(one.weight()));
    let (first, others) = open.split_first()?;
    let causes = causes(&open);
    let subject = Witness::new(first.case.span(), "", first.case.trail());
    let (cause, more) = causes.split_first().unwrap_or((&subject, &[]));
    let mut labels = Labels::from(&first.case, cause, more);
    if !first.case.span().contains(cause.span) {
        labels.add(first.case.span(), "what is judged");
    }
    let own: Vec<&str> = first.causes.iter().map(|cause| &*cause.fact).collect();
    let content = format!("{}\n{}", fingerprint::content(&first.case), own.join("\n"));
    Some(Finding {
        rule: first.rule.id.clone(),
        severity: first.severity,
        certainty: Certainty::Undecided,
        message: first.message(),
        help: Some(help(first, others, &causes)),
        stack: None,
        construct: None,
        resource: first.case.scene.address.to_owned(),
        also: Vec::new(),
        primary: labels.primary,
        secondary: labels.secondary,
        fixes: Vec::new(),
        fingerprint: fingerprint::of(["undecided", &first.rule.id, first.case.scene.address, &content]),
        accepted: None,
    })
}

/// What is not known, each place once, of the first rule first.
fn causes(open: &[Open<'_>]) -> Vec<Witness> {
    let mut found: Vec<Witness> = Vec::new();
    for cause in open.iter().flat_map(|one| &one.causes) {
        if found.len() < MOST_CAUSES && found.iter().all(|known| known.span != cause.span) {
            found.push(cause.clone());
        }
    }
    found
}

fn help(first: &Open<'_>, others: &[Open<'_>], causes: &[Witness]) -> String {
    let template = first.case.scene.type_name.starts_with("AWS::");
    let mut advice = advice(causes, template);
    if advice.is_empty() {
        let how = if template {
            "write a value that is known"
        } else {
            "give the value (`--var`, `--var-file`, a plan)"
        };
        advice.push(format!("{how}, or accept the risk here"));
    }
    let mut rules: Vec<&str> = Vec::new();
    for other in others {
        let id = other.rule.id.as_str();
        if id != first.rule.id && !rules.contains(&id) {
            rules.push(id);
        }
    }
    if !rules.is_empty() {
        advice.push(format!("undecided as well: {}", quoted(&rules)));
    }
    advice.join("; ")
}

/// How what is not known can be given. `template`: CloudFormation, which has no plan.
fn advice(causes: &[Witness], template: bool) -> Vec<String> {
    let missing = || causes.iter().filter_map(|cause| cause.missing.as_ref());
    let any = |reasons: &[Reason]| {
        missing().any(|one| matches!(one, Missing::Value(_, reason) if reasons.contains(reason)))
    };
    let mut advice = Vec::new();
    if missing().any(|one| *one == Missing::Account) {
        advice.push("say which account the key is deployed to: `key_account` in `kmsguard.yaml`".to_owned());
    }
    let not_set = names(missing().filter_map(|one| match one {
        Missing::Value(name, Reason::NotSet) => Some(key_needed(name)),
        _ => None,
    }));
    let (workspace, not_set): (Vec<&str>, Vec<&str>) =
        not_set.into_iter().partition(|name| *name == "terraform.workspace");
    if !workspace.is_empty() {
        advice.push("name the workspace (`TF_WORKSPACE`, a plan)".to_owned());
    }
    if !not_set.is_empty() {
        let how = if template {
            "a value (`--parameters`, a `Default`), or accept the risk here"
        } else {
            "a value (`--var`, `--var-file`, a plan)"
        };
        advice.push(format!("give {} {how}", quoted(&not_set)));
    }
    let open = names(missing().filter_map(|one| match one {
        Missing::Decision(condition) => Some(&**condition),
        _ => None,
    }));
    if !open.is_empty() {
        let how = if template { "`--parameters`" } else { "`--var`, `--var-file`, a plan" };
        advice.push(format!("give what decides {} ({how})", quoted(&open)));
    }
    if any(&[Reason::ModuleMissing]) {
        let text = "run `terraform init` so that `.terraform/modules` is there, or point at a vendored copy with `--modules`";
        advice.push(text.to_owned());
    }
    if any(&[Reason::StackElsewhere]) {
        let text =
            "name the template of the nested stack by a local path, as `aws cloudformation package` takes it";
        advice.push(text.to_owned());
    }
    if any(&[Reason::ReadOutside, Reason::AfterApply, Reason::NotEvaluated]) && !template {
        advice.push("check a plan instead (`terraform show -json plan | kmsguard check -`)".to_owned());
    }
    advice
}

/// The first few names, each once.
fn names<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found = Vec::new();
    for name in all {
        if found.len() < MOST_NAMES && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
