//! What uses keys, and what sends to it, as instances that rules speak about.
//!
//! Each use of a key is a scene of its own: the resource, the key that it leads to, the key's policies. A delivery is the
//! same for a sender. What is easy to get wrong: the key's policies are in the scene, and yet nothing but its use is
//! judged there; the key has a scene too.

use super::subject::{Scene, Subject, Thing};
use crate::access::Setting;
use crate::key::{Key, KeyUser, Lead, Leads, Part, PartOf};
use crate::value::{Text, Unknown};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// The ARNs of what uses keys and of senders, by address.
pub(super) type Arns = FxHashMap<String, Text>;

/// Something that sends, and where the target is written.
pub(super) type Sender<'a> = (&'a KeyUser, &'a PartOf);

/// A use of a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage<'a> {
    /// What uses it.
    pub(super) user: &'a KeyUser,
    /// Where the key is written; `None` where it is used by default.
    pub(super) key: Option<&'a PartOf>,
    /// The key.
    pub(super) lead: Lead<'a>,
    /// What sends to the user, all of one sort; none for the use itself.
    pub(super) senders: &'a [Sender<'a>],
    /// Whether a grant may be for the key.
    pub(super) granted: bool,
    /// The ARNs of other resources.
    pub(super) arns: &'a Arns,
}

impl<'a> Usage<'a> {
    /// What rules call it.
    pub(super) fn subject(&self) -> Subject {
        if self.senders.is_empty() { Subject::KeyUser } else { Subject::Delivery }
    }

    /// What it is, for fingerprints. Another alarm for the same topic makes no other finding.
    pub(super) fn content(&self) -> String {
        let sort = self.senders.first().map_or("", |(sender, _)| sender.sort);
        format!("{} {} {} {sort}", self.user.sort, self.user.address, self.key_name())
    }

    /// The key's address, or what is written for it.
    pub(super) fn key_name(&self) -> String {
        if let Some(key) = self.lead.key() {
            return key.address.clone();
        }
        let written = self.key.and_then(|of| super::slot::shown(&of.value.value));
        written.or_else(|| self.user.default_key.map(str::to_owned)).unwrap_or_else(|| "a key".to_owned())
    }

    /// The senders in words: `` `aws_cloudwatch_metric_alarm.cpu` and 2 others ``.
    pub(super) fn sender_names(&self) -> Option<String> {
        let ((first, _), others) = self.senders.split_first()?;
        Some(match others.len() {
            0 => format!("`{}`", first.address),
            1 => format!("`{}` and another one", first.address),
            more => format!("`{}` and {more} others", first.address),
        })
    }

    /// The key, where it is declared here.
    pub(super) fn declared_key(&self) -> Option<&'a Key> {
        self.lead.key()
    }

    /// The ARN of what a sender is about, or of the sender itself.
    pub(super) fn source_arn(&self, sender: &KeyUser) -> Option<Text> {
        let Some(source) = sender.part(Part::Source) else { return sender.arn() };
        let known = source.value.address.as_ref().and_then(|address| self.arns.get(address));
        let written = || source.value.value.as_text().filter(|text| text.known_parts().starts_with("arn:"));
        known.or_else(written).cloned()
    }

    /// The ARN that an attribute of a resource is, where that is known.
    pub(super) fn arn_of(&self, unknown: &Unknown) -> Option<Text> {
        let (resource, attribute) = unknown.attribute()?;
        let is_arn = attribute.eq_ignore_ascii_case("arn") || attribute == "TopicArn";
        // `Ref` and `id` of a topic give its ARN; those of a queue its URL.
        let arn = self.arns.get(resource)?;
        let of_topic = || arn.known_parts().contains(":sns:") && matches!(attribute, "Ref" | "id");
        (is_arn || of_topic()).then(|| arn.clone())
    }
}

/// What uses keys and what sends to it, brought together.
pub(super) struct Wiring<'a> {
    leads: &'a Leads<'a>,
    arns: Arns,
    groups: Vec<Group<'a>>,
}

/// Senders of one sort to one resource, those that take on a role apart from those that do not.
struct Group<'a> {
    target: &'a str,
    senders: Vec<Sender<'a>>,
}

/// At most so many senders of a group are asked about.
const MOST_SENDERS: usize = 50;

impl<'a> Wiring<'a> {
    /// What uses keys and sends, of what is declared.
    pub(super) fn of(leads: &'a Leads<'a>) -> Self {
        let mut arns = Arns::default();
        let mut groups: Vec<Group<'a>> = Vec::new();
        let mut index: FxHashMap<(&str, &str, bool), usize> = FxHashMap::default();
        for user in &leads.declared.users {
            if let Some(arn) = user.arn() {
                arns.entry(user.address.clone()).or_insert(arn);
            }
            let mut told: Vec<&str> = Vec::new();
            for target in user.all(Part::Target) {
                let Some(address) = target.value.address.as_deref() else { continue };
                // An alarm may send to one topic for several states.
                if told.contains(&address) {
                    continue;
                }
                told.push(address);
                let at = index.entry((address, user.sort, user.part(Part::Role).is_some()));
                let at = *at.or_insert_with(|| {
                    groups.push(Group { target: address, senders: Vec::new() });
                    groups.len() - 1
                });
                if let Some(group) = groups.get_mut(at).filter(|group| group.senders.len() < MOST_SENDERS) {
                    group.senders.push((user, target));
                }
            }
        }
        Self { leads, arns, groups }
    }

    /// Every use of a key and every delivery to one, with the policies of the key from its own scene, one of `keys`;
    /// `elsewhere` is the setting where the key is not declared here.
    pub(super) fn scenes<'b>(&'b self, keys: &[Scene<'b>], elsewhere: &Setting) -> Vec<Scene<'b>> {
        let keys: FxHashMap<*const Key, &Scene<'b>> =
            keys.iter().filter_map(|scene| Some((std::ptr::from_ref(scene.key?), scene))).collect();
        let usages = self.usages();
        let mut by_address: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (at, usage) in usages.iter().enumerate() {
            by_address.entry(&usage.user.address).or_default().push(at);
            // The encryption of a bucket is a resource of its own; what sends to the bucket sends to it.
            let of = usage.user.part(Part::Name).and_then(|of| of.value.address.as_deref());
            if let Some(of) = of.filter(|of| *of != usage.user.address) {
                by_address.entry(of).or_default().push(at);
            }
        }
        let mut scenes: Vec<Scene<'_>> =
            usages.iter().map(|usage| self.scene(*usage, &keys, elsewhere)).collect();
        for group in &self.groups {
            for usage in by_address.get(group.target).into_iter().flatten().filter_map(|at| usages.get(*at)) {
                scenes.push(self.scene(Usage { senders: &group.senders, ..*usage }, &keys, elsewhere));
            }
        }
        scenes
    }

    fn usages(&self) -> Vec<Usage<'_>> {
        let granted: Vec<Lead<'_>> =
            self.leads.declared.grants.iter().map(|grant| self.leads.lead(&grant.key)).collect();
        let anywhere = granted.iter().any(|lead| matches!(lead, Lead::CannotTell));
        let granted: FxHashSet<&str> =
            granted.iter().filter_map(|lead| Some(lead.key()?.address.as_str())).collect();
        let mut usages: Vec<Usage<'_>> =
            self.leads.declared.users.iter().flat_map(|user| self.of_user(user)).collect();
        for usage in &mut usages {
            usage.granted =
                anywhere || usage.declared_key().is_some_and(|key| granted.contains(key.address.as_str()));
        }
        usages
    }

    /// The uses that a user is: one for each key.
    fn of_user<'b>(&'b self, user: &'b KeyUser) -> Vec<Usage<'b>> {
        let bare = |key, lead| Usage { user, key, lead, senders: &[], granted: false, arns: &self.arns };
        let mut found: Vec<Usage<'b>> = Vec::new();
        for of in user.all(Part::Key).chain(user.all(Part::ReplicaKey)) {
            let usage = bare(Some(of), self.leads.lead(&of.value));
            let same = |other: &Usage<'_>| {
                other.key_name() == usage.key_name() && other.key.is_some_and(|key| key.part == of.part)
            };
            if !found.iter().any(same) {
                found.push(usage);
            }
        }
        if found.is_empty() && user.default_key.is_some() {
            found.push(bare(None, Lead::Managed));
        }
        // A key store has no key of its own, and secrets.
        if found.is_empty() && user.part(Part::Secret).is_some() {
            found.push(bare(None, Lead::Elsewhere));
        }
        found
    }

    fn scene<'b>(
        &'b self,
        usage: Usage<'b>,
        keys: &FxHashMap<*const Key, &Scene<'b>>,
        elsewhere: &Setting,
    ) -> Scene<'b> {
        let user = usage.user;
        let key = usage.declared_key();
        let of_key = key.and_then(|key| keys.get(&std::ptr::from_ref(key)));
        let trail = usage.key.map(|of| &of.value.value.trail).filter(|trail| !trail.is_empty());
        Scene {
            thing: Thing::Usage(usage),
            leads: self.leads,
            address: &user.address,
            type_name: &user.type_name,
            span: usage.key.map_or(user.span, |of| of.span),
            trail: trail.unwrap_or(&user.trail),
            key,
            policies: of_key.map(|scene| Arc::clone(&scene.policies)).unwrap_or_default(),
            setting: of_key.map_or(elsewhere, |scene| &scene.setting).clone(),
        }
    }
}
