//! A change in words: as findings for people, as JSON for programs.

use super::super::place::{self, Place};
use super::super::words;
use crate::access::{Breadth, CallerKind, NewAccess, own_account};
use crate::diff::{Changed, Held};
use crate::finding::{Certainty, Finding, Label, Severity};
use crate::policy::Elements;
use crate::source::SourceMap;
use serde::Serialize;
use std::collections::BTreeMap;

/// All changes.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    pub(super) version: u8,
    pub(super) keys: Vec<KeyTold>,
}

/// What became of one key.
#[derive(Debug, Serialize)]
pub(super) struct KeyTold {
    resource: String,
    /// `created`, `deleted` or `changed`.
    change: &'static str,
    new_access: Vec<Way>,
    lost_access: Vec<Way>,
    undecided: Vec<Way>,
    new_lockout: bool,
}

/// A way in, with its witness.
#[derive(Debug, Serialize)]
struct Way {
    principal: String,
    account: Option<String>,
    kind: &'static str,
    action: String,
    actions: Vec<&'static str>,
    context: BTreeMap<String, Vec<String>>,
    needs_identity_policy: bool,
    severity: Severity,
    statement: Option<String>,
    because: Vec<Place>,
    /// Whether it is an undecided loss rather than an undecided gain.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    lost: bool,
}

/// What stands behind the address of a key.
pub(super) fn what(change: &Changed<'_>) -> &'static str {
    match (change.old, change.new) {
        (None, Some(_)) => " is new",
        (Some(_), None) => " is gone",
        _ if change.is_hidden() => " cannot be compared: its policy is stated out of sight",
        _ => "",
    }
}

/// Whether the change lets somebody in. What a new key gives within its own account is what it is made for.
pub(super) fn widens(change: &Changed<'_>) -> bool {
    let Some(gained) = &change.gained else { return false };
    let outside =
        |access: &NewAccess| access.request.caller.account.as_ref() != Some(&access.request.key_account);
    let service = |access: &NewAccess| access.request.caller.kind == CallerKind::Service;
    match change.old {
        Some(_) => !gained.found.is_empty(),
        None => gained.found.iter().any(|access| outside(access) && !service(access)),
    }
}

/// The change as JSON.
pub(super) fn key(change: &Changed<'_>, map: &SourceMap) -> KeyTold {
    let ways = |all: Option<&Vec<NewAccess>>, held: Option<&Held>, lost: bool| -> Vec<Way> {
        let each = all.into_iter().flatten().zip(std::iter::repeat(held));
        each.filter_map(|(access, held)| Some(way(access, held?, map, lost))).collect()
    };
    let (gained, lost) = (change.gained.as_ref(), change.lost.as_ref());
    let mut undecided = ways(gained.map(|new| &new.undecided), change.new, false);
    undecided.extend(ways(lost.map(|new| &new.undecided), change.old, true));
    KeyTold {
        resource: change.held().map(|held| held.address.clone()).unwrap_or_default(),
        change: match (change.old, change.new) {
            (None, _) => "created",
            (_, None) => "deleted",
            _ => "changed",
        },
        new_access: ways(gained.map(|new| &new.found), change.new, false),
        lost_access: ways(lost.map(|new| &new.found), change.old, false),
        undecided,
        new_lockout: change.lockout.is_some(),
    }
}

fn way(access: &NewAccess, held: &Held, map: &SourceMap, lost: bool) -> Way {
    let request = &access.request;
    let own = own_account(&held.document, &held.setting);
    let shown = |text: &str| access.shown(text, own.as_deref());
    let way = Way {
        principal: shown(&request.caller.name),
        account: request.caller.account.as_deref().map(shown),
        kind: match request.caller.kind {
            CallerKind::Root => "root",
            CallerKind::User => "user",
            CallerKind::Session => "session",
            CallerKind::FederatedUser => "federated-user",
            CallerKind::Service => "service",
        },
        action: request.action.clone(),
        actions: access.actions.clone(),
        context: request
            .context
            .iter()
            .map(|(key, values)| (key.clone(), values.iter().map(|value| shown(value)).collect()))
            .collect(),
        needs_identity_policy: access.needs_identity_policy,
        severity: severity(access, held),
        statement: access.statement_of(&held.document).map(place::statement),
        because: access.because.iter().map(|witness| Place::of(map, witness)).collect(),
        lost,
    };
    way.discreet(map)
}

impl Way {
    /// The same without sensitive texts.
    fn discreet(mut self, map: &SourceMap) -> Self {
        let context = self.context.values_mut().flatten();
        let texts = self.account.iter_mut().chain(&mut self.statement).chain(context);
        let facts = self.because.iter_mut().map(Place::fact_mut);
        texts.chain([&mut self.principal]).chain(facts).for_each(|text| map.make_discreet(text));
        self
    }
}

/// How bad new access is: by how far it reaches.
fn severity(access: &NewAccess, held: &Held) -> Severity {
    match access.breadth(&held.document, &held.setting) {
        Some(Breadth::World) => Severity::Critical,
        Some(Breadth::WorldByNetwork | Breadth::ForeignOrg | Breadth::ForeignAccount) => Severity::High,
        Some(Breadth::NamedOwn | Breadth::Nobody) => Severity::Low,
        None | Some(_) => Severity::Medium,
    }
}

/// The change as findings, the worst first.
pub(super) fn findings(change: &Changed<'_>, map: &SourceMap) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let (Some(lockout), Some(new)) = (&change.lockout, change.new) {
        let message =
            "nobody can change the policy of this key any more, and only AWS Support can help".to_owned();
        let mut labels = lockout.because.iter().map(|w| Label { span: w.span, fact: w.fact.to_string() });
        let primary =
            labels.next().unwrap_or(Label { span: new.document.span, fact: "this policy".to_owned() });
        let secondary = labels.collect();
        findings
            .push(Finding { secondary, ..finding("new-lockout", Severity::Critical, message, primary, new) });
    }
    if let (Some(gained), Some(new)) = (&change.gained, change.new) {
        for (access, certain) in both(&gained.found, &gained.undecided) {
            findings.push(one(access, certain, new, change.old, true));
        }
    }
    if let (Some(lost), Some(old)) = (&change.lost, change.old) {
        for (access, certain) in both(&lost.found, &lost.undecided) {
            findings.push(one(access, certain, old, change.new, false));
        }
    }
    findings.sort_by_key(|finding| (finding.certainty, std::cmp::Reverse(finding.severity)));
    findings.iter_mut().flat_map(Finding::texts_mut).for_each(|text| map.make_discreet(text));
    findings
}

fn both<'a>(
    found: &'a [NewAccess],
    undecided: &'a [NewAccess],
) -> impl Iterator<Item = (&'a NewAccess, bool)> {
    let certain = found.iter().map(|access| (access, true));
    certain.chain(undecided.iter().map(|access| (access, false)))
}

/// One way in that is new, or that is gone: `held` has it, `other` does not.
fn one(access: &NewAccess, certain: bool, held: &Held, other: Option<&Held>, gained: bool) -> Finding {
    let own = own_account(&held.document, &held.setting);
    let who = who(access, held, own.as_deref());
    let many = access.actions.len() > 1;
    let acts = access.acts();
    let be = match (gained, certain, many) {
        (true, true, false) => "is newly allowed to",
        (true, true, true) => "are newly allowed to",
        (true, false, _) => "may be newly allowed to",
        (false, true, false) => "is no longer allowed to",
        (false, true, true) => "are no longer allowed to",
        (false, false, _) => "may be no longer allowed to",
    };
    let how =
        if access.needs_identity_policy { ", where an IAM policy of the account allows it too" } else { "" };
    let message = format!("{acts} {be} {who}{how}");
    let mut labels = access.because.iter().map(|w| Label { span: w.span, fact: w.fact.to_string() });
    let primary = labels.next().unwrap_or(Label { span: held.document.span, fact: String::new() });
    let mut secondary: Vec<Label> = labels.collect();
    secondary.extend(other.map(|other| elsewhere(access, held, other, gained)));
    let severity = if gained { severity(access, held) } else { Severity::Info };
    let rule = if gained { "new-access" } else { "lost-access" };
    Finding {
        certainty: if certain { Certainty::Certain } else { Certainty::Undecided },
        help: Some(access.example(own.as_deref())),
        secondary,
        ..finding(rule, severity, message, primary, held)
    }
}

/// Where the other side does not allow it: the statement of the same Sid, else the whole policy.
fn elsewhere(access: &NewAccess, held: &Held, other: &Held, gained: bool) -> Label {
    let when = if gained { "as it was, " } else { "as it will be, " };
    if other.is_default {
        let fact = format!("{when}no policy is stated, and the default one does not allow it");
        return Label { span: other.span, fact };
    }
    let witness = access.refused_by(&other.document, &held.document, when);
    Label { span: witness.span, fact: witness.fact.to_string() }
}

fn finding(rule: &str, severity: Severity, message: String, primary: Label, held: &Held) -> Finding {
    Finding {
        rule: rule.to_owned(),
        severity,
        certainty: Certainty::Certain,
        message,
        help: None,
        stack: None,
        construct: None,
        resource: held.address.clone(),
        also: Vec::new(),
        primary,
        secondary: Vec::new(),
        fixes: Vec::new(),
        fingerprint: String::new(),
        accepted: None,
    }
}

fn who(access: &NewAccess, held: &Held, own: Option<&str>) -> String {
    if let Some(item) = access.principal_of(&held.document) {
        return words::principal(&item.value, own);
    }
    let principals = access.statement_of(&held.document).and_then(|statement| statement.principals.as_ref());
    match principals {
        Some(principals) if principals.negated => words::everyone_but(principals, own),
        Some(Elements { open: Some(open), .. }) => format!("whoever `{}` names", open.name),
        _ => format!("`{}`", access.request.caller.name),
    }
}
