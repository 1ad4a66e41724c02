//! The keys that a command answers questions about, each with the policy that holds for it.

use super::policy_file;
use crate::config::Config;
use crate::diff::Held;
use crate::key::{Action, Declared, Key};
use crate::policy::{Document, PolicyKind, default_key_policy};
use crate::rule;
use crate::scan::{self, Request};
use crate::source::{Limits, Problem, ProblemKind, SourceMap, Span};
use crate::syntax::json::parse_file;
use crate::value::Value;
use std::path::Path;
use std::sync::Arc;

/// What was found under some paths.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// The keys as they will be.
    pub(super) now: Vec<Held>,
    /// The keys as they are, where a plan says so.
    pub(super) before: Vec<Held>,
    /// Policies of identities, by their address and place.
    pub(super) identities: Vec<(String, Span, Document)>,
    /// What could not be read.
    pub(super) problems: Vec<Problem>,
    /// Whether there was anything to read.
    pub(super) files: usize,
    /// Whether a plan was among it.
    pub(super) plan: bool,
}

/// Reads the paths of a request; a JSON file that is a policy document is a key's policy.
pub(super) fn read(request: &Request, map: &Arc<SourceMap>) -> Result<Keys, String> {
    let mut keys = Keys::default();
    let mut rest = Vec::new();
    for path in &request.paths {
        match lone_policy(path, map) {
            Some(document) => {
                let setting = crate::access::Setting::default();
                let span = document.span;
                keys.files += 1;
                keys.now.push(Held {
                    unit: String::new(),
                    address: path.clone(),
                    span,
                    document,
                    setting,
                    is_default: false,
                    ..Held::of(span)
                });
            }
            None => rest.push(path.clone()),
        }
    }
    if rest.is_empty() {
        return Ok(keys);
    }
    let loaded = scan::load(&Request { paths: rest, ..request.clone() }, map)?;
    for (unit, declared) in &loaded.units {
        keys.add(unit, declared, &loaded.config);
    }
    keys.files += loaded.files;
    keys.problems = loaded.problems;
    Ok(keys)
}

/// The policy document that a file holds as it stands; `None` for anything else.
fn lone_policy(path: &str, map: &SourceMap) -> Option<Document> {
    let place = Path::new(path);
    let small = place.metadata().is_ok_and(|meta| meta.is_file() && meta.len() <= Limits::DEFAULT.file_bytes);
    if !small || place.extension().is_none_or(|end| !end.eq_ignore_ascii_case("json")) {
        return None;
    }
    let text = std::fs::read_to_string(place).ok()?;
    if !text.contains("Statement") || text.contains("format_version") {
        return None;
    }
    let file = map.add(path, text.as_str());
    match parse_file(file, &text, 0..text.len()) {
        Ok(value) if policy_file::is_policy(&value) && value.get("Resources").is_none() => {
            policy_file::document(&value, PolicyKind::Key)
        }
        _ => None,
    }
}

impl Keys {
    /// Whether something could not be looked at.
    pub(super) fn is_incomplete(&self) -> bool {
        self.problems.iter().any(|problem| problem.kind.hides())
    }

    /// Whether keys or policies may be declared in what was not read.
    pub(super) fn leaves_out(&self) -> bool {
        let missing = |kind| matches!(kind, ProblemKind::Unseen | ProblemKind::Partial);
        self.is_incomplete() || self.problems.iter().any(|problem| missing(problem.kind))
    }

    /// The same with the account of keys of which the source does not tell it.
    pub(super) fn of_account(mut self, account: Option<&String>) -> Self {
        for held in self.now.iter_mut().chain(&mut self.before) {
            held.setting.account = held.setting.account.take().or_else(|| account.cloned());
        }
        self
    }

    fn add(&mut self, unit: &str, declared: &Declared, config: &Config) {
        for key in &declared.keys {
            self.add_key(unit, (key, names(key, declared), formerly(&key.address, &declared.moved)), config);
        }
        for policy in &declared.identity_policies {
            let document = policy_file::document(&policy.value, PolicyKind::Identity);
            self.identities.extend(document.map(|document| (policy.address.clone(), policy.span, document)));
        }
    }

    fn add_key(
        &mut self,
        unit: &str,
        (key, names, formerly): (&Key, Vec<String>, Vec<String>),
        config: &Config,
    ) {
        let stated = key.policies.iter().find_map(|stated| document_of(&stated.value));
        let held = Held {
            unit: unit.to_owned(),
            address: key.address.clone(),
            names,
            formerly,
            setting: rule::setting(Some(key), config),
            hidden: key.policy_elsewhere && stated.is_none(),
            is_default: stated.is_none(),
            document: stated.unwrap_or_else(|| default_key_policy(key.span)),
            ..Held::of(key.span)
        };
        let Some(change) = &key.change else {
            self.now.push(held);
            return;
        };
        self.plan = true;
        if change.action != Action::Create {
            let before = change.policy_before.as_ref().and_then(document_of);
            let document = before.clone().unwrap_or_else(|| default_key_policy(key.span));
            self.before.push(Held { document, is_default: before.is_none(), ..held.clone() });
        }
        if !matches!(change.action, Action::Delete | Action::Forget) {
            self.now.push(held);
        }
    }
}

fn document_of(value: &Value) -> Option<Document> {
    policy_file::document(value, PolicyKind::Key)
}

/// Addresses that a key had before it was moved, the newest first: a move of a module call or of a resource with several
/// instances moves all that is in it (Terraform language, "Refactoring").
fn formerly(address: &str, moved: &[(String, String)]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut now = address.to_owned();
    while found.len() < moved.len() {
        let before = moved.iter().find_map(|(from, to)| {
            let rest = now.strip_prefix(to.as_str())?;
            (rest.is_empty() || rest.starts_with(['.', '['])).then(|| format!("{from}{rest}"))
        });
        let Some(before) = before.filter(|before| *before != address && !found.contains(before)) else {
            break;
        };
        now.clone_from(&before);
        found.push(before);
    }
    found
}

/// What tells a key apart besides its address: its aliases and its description.
fn names(key: &Key, declared: &Declared) -> Vec<String> {
    let named = declared.aliases.iter().filter(|alias| alias.key.address.as_ref() == Some(&key.address));
    let aliases = named.filter_map(|alias| alias.name.as_str().map(str::to_owned));
    let described = key.attributes.get(&crate::key::Attribute::Description);
    let described = described.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    aliases.chain(described).collect()
}
