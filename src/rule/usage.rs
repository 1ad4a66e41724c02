//! What uses keys, and what sends to it, as instances that rules speak about.
//!
//! Each use of a key is a scene of its own: the resource, the key that it leads to, the key's policies. A delivery is the
//! same for a sender. What is easy to get wrong: the key's policies are in the scene, and yet nothing but its use is
//! judged there; the key has a scene too.

use super::subject::{Scene, Subject, Thing};
use crate::access::Setting;
use crate::key::{Declared, Key, KeyUser, Lead, Leads, Part, PartOf};
use crate::value::{Symbol, Text, Unknown};
use rustc_hash::FxHashMap;

/// The ARNs of what uses keys and of senders, by address.
pub(super) type Arns = FxHashMap<String, Text>;

/// A use of a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage<'a> {
    /// What uses it.
    pub(super) user: &'a KeyUser,
    /// Where the key is written; `None` where it is used by default.
    pub(super) key: Option<&'a PartOf>,
    /// The key.
    pub(super) lead: Lead<'a>,
    /// What sends to the user, and where that is written; `None` for the use itself.
    pub(super) sender: Option<(&'a KeyUser, &'a PartOf)>,
    /// Whether a grant may be for the key.
    pub(super) granted: bool,
    /// The ARNs of other resources.
    pub(super) arns: &'a Arns,
}

impl<'a> Usage<'a> {
    /// What rules call it.
    pub(super) fn subject(&self) -> Subject {
        if self.sender.is_some() { Subject::Delivery } else { Subject::KeyUser }
    }

    /// What it is, for fingerprints.
    pub(super) fn content(&self) -> String {
        let sender = self.sender.map_or("", |(sender, _)| &sender.address);
        format!("{} {} {} {sender}", self.user.sort, self.user.address, self.key_name())
    }

    /// The key's address, or what is written for it.
    pub(super) fn key_name(&self) -> String {
        if let Lead::Key(key) = self.lead {
            return key.address.clone();
        }
        let written = self.key.and_then(|of| super::slot::shown(&of.value.value));
        written.or_else(|| self.user.default_key.map(str::to_owned)).unwrap_or_else(|| "a key".to_owned())
    }

    /// The key, where it is declared here.
    pub(super) fn declared_key(&self) -> Option<&'a Key> {
        match self.lead {
            Lead::Key(key) => Some(key),
            _ => None,
        }
    }

    /// The ARN of what the sender is about, or of the sender itself.
    pub(super) fn source_arn(&self) -> Option<Text> {
        let (sender, _) = self.sender?;
        let Some(source) = sender.part(Part::Source) else { return sender.arn() };
        let known = source.value.address.as_ref().and_then(|address| self.arns.get(address));
        let written = || source.value.value.as_text().filter(|text| text.known_parts().starts_with("arn:"));
        known.or_else(written).cloned()
    }

    /// The ARN that an attribute of a resource is, where that is known.
    pub(super) fn arn_of(&self, unknown: &Unknown) -> Option<Text> {
        let Symbol::Attribute { resource, attribute } = &unknown.symbol else { return None };
        let is_arn = attribute.eq_ignore_ascii_case("arn") || &**attribute == "TopicArn";
        // `Ref` and `id` of a topic give its ARN; those of a queue its URL.
        let arn = self.arns.get(&**resource)?;
        let of_topic = || arn.known_parts().contains(":sns:") && matches!(&**attribute, "Ref" | "id");
        (is_arn || of_topic()).then(|| arn.clone())
    }
}

/// The ARNs of everything that has one.
pub(super) fn arns(declared: &Declared) -> Arns {
    let mut arns = Arns::default();
    for user in &declared.users {
        if let Some(arn) = user.arn() {
            arns.entry(user.address.clone()).or_insert(arn);
        }
    }
    arns
}

/// Every use of a key and every delivery to one.
pub(super) fn scenes<'a>(
    declared: &'a Declared,
    arns: &'a Arns,
    setting: &dyn Fn(Option<&Key>) -> Setting,
) -> Vec<Scene<'a>> {
    let leads = Leads::of(declared);
    let mut usages: Vec<Usage<'a>> =
        declared.users.iter().flat_map(|user| of_user(user, &leads, arns)).collect();
    let granted: Vec<Lead<'_>> = declared.grants.iter().map(|grant| leads.lead(&grant.key)).collect();
    for usage in &mut usages {
        usage.granted = granted.iter().any(|lead| match (lead, usage.lead) {
            (Lead::Key(one), Lead::Key(other)) => std::ptr::eq(*one, other),
            (Lead::CannotTell, _) => true,
            _ => false,
        });
    }
    let mut by_address: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, usage) in usages.iter().enumerate() {
        by_address.entry(&usage.user.address).or_default().push(at);
    }
    let mut scenes: Vec<Scene<'a>> = usages.iter().map(|usage| scene(*usage, declared, setting)).collect();
    for sender in &declared.users {
        let mut told: Vec<&str> = Vec::new();
        for target in sender.all(Part::Target) {
            // An alarm may send to one topic for several states.
            let Some(address) = target.value.address.as_deref().filter(|address| !told.contains(address))
            else {
                continue;
            };
            told.push(address);
            for usage in by_address.get(address).into_iter().flatten().filter_map(|at| usages.get(*at)) {
                scenes.push(scene(Usage { sender: Some((sender, target)), ..*usage }, declared, setting));
            }
        }
    }
    scenes
}

/// The uses that a user is: one for each key.
fn of_user<'a>(user: &'a KeyUser, leads: &Leads<'a>, arns: &'a Arns) -> Vec<Usage<'a>> {
    let mut found: Vec<Usage<'a>> = Vec::new();
    for of in user.all(Part::Key).chain(user.all(Part::ReplicaKey)) {
        let usage =
            Usage { user, key: Some(of), lead: leads.lead(&of.value), sender: None, granted: false, arns };
        let same = |other: &Usage<'_>| {
            other.key_name() == usage.key_name() && other.key.is_some_and(|key| key.part == of.part)
        };
        if !found.iter().any(same) {
            found.push(usage);
        }
    }
    if found.is_empty() && user.default_key.is_some() {
        found.push(Usage { user, key: None, lead: Lead::Managed, sender: None, granted: false, arns });
    }
    found
}

fn scene<'a>(
    usage: Usage<'a>,
    declared: &'a Declared,
    setting: &dyn Fn(Option<&Key>) -> Setting,
) -> Scene<'a> {
    let key = usage.declared_key();
    let (owner, written) = match usage.sender {
        Some((sender, target)) => (sender, Some(target)),
        None => (usage.user, usage.key),
    };
    let bare = |setting| Scene {
        address: "",
        type_name: "",
        span: owner.span,
        trail: &owner.trail,
        key: None,
        policies: Vec::new(),
        setting,
        thing: Thing::Usage(usage),
        declared,
    };
    let scene =
        key.map_or_else(|| bare(setting(None)), |key| Scene::of_key(key, declared, setting(Some(key))));
    let trail = written.map(|of| &of.value.value.trail).filter(|trail| !trail.is_empty());
    Scene {
        address: &owner.address,
        type_name: &owner.type_name,
        span: written.map_or(owner.span, |of| of.value.value.span),
        trail: trail.unwrap_or(&owner.trail),
        thing: Thing::Usage(usage),
        ..scene
    }
}
