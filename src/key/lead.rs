//! From what is written for a key to the key: by reference, by alias, by ARN.
//!
//! AWS KMS Developer Guide, "Key identifiers". What is easy to get wrong: a name that begins with `alias/aws/` is an AWS
//! managed key's, whose policy nobody may change.

use super::{Alias, Declared, Key, KeyUser, Part, Pointer, Role};
use crate::value::{Kind, Text, Unknown, Value};
use rustc_hash::FxHashMap;

/// What stands for a key leads to.
#[derive(Clone, Copy, Debug)]
pub enum Lead<'a> {
    /// A key that is declared here.
    Key(&'a Key),
    /// An AWS managed key.
    Managed,
    /// A key that is declared elsewhere.
    Elsewhere,
    /// Which one is not known, or it is one of several.
    CannotTell,
}

impl<'a> Lead<'a> {
    /// The key, where it is one that is declared here.
    pub fn key(self) -> Option<&'a Key> {
        match self {
            Self::Key(key) => Some(key),
            Self::Managed | Self::Elsewhere | Self::CannotTell => None,
        }
    }
}

/// Ways to the keys of one [`Declared`].
#[derive(Debug)]
pub struct Leads<'a> {
    /// What they lead through.
    pub declared: &'a Declared,
    /// By address; a policy that stands alone too, which is none to lead to.
    keys: FxHashMap<&'a str, &'a Key>,
    aliases: FxHashMap<&'a str, &'a Alias>,
    /// By name, as far as it is known; `None` where two have it.
    names: FxHashMap<String, Option<&'a Alias>>,
    users: Users<'a>,
}

/// What uses keys, by where its pointers lead.
#[derive(Debug, Default)]
struct Users<'a> {
    by_key: FxHashMap<&'a str, Vec<(&'a KeyUser, Part)>>,
    unsure: Vec<&'a KeyUser>,
}

impl<'a> Leads<'a> {
    /// The ways to what is declared.
    pub fn of(declared: &'a Declared) -> Self {
        let keys = declared.keys.iter().chain(&declared.foreign_keys);
        let mut names: FxHashMap<String, Option<&Alias>> = FxHashMap::default();
        for alias in &declared.aliases {
            let Some(name) = alias.name.as_text() else { continue };
            names.entry(name.shown()).and_modify(|known| *known = None).or_insert(Some(alias));
        }
        let mut leads = Self {
            declared,
            keys: keys.map(|key| (key.address.as_str(), key)).collect(),
            aliases: declared.aliases.iter().map(|alias| (alias.address.as_str(), alias)).collect(),
            names,
            users: Users::default(),
        };
        leads.users = leads.led_users();
        leads
    }

    /// What uses the key that has an address, and as which of its parts.
    pub fn users_of(&self, address: &str) -> &[(&'a KeyUser, Part)] {
        self.users.by_key.get(address).map(Vec::as_slice).unwrap_or_default()
    }

    /// What uses a key of which it is not known which one it is.
    pub fn unsure_users(&self) -> &[&'a KeyUser] {
        &self.users.unsure
    }

    fn led_users(&self) -> Users<'a> {
        let mut users = Users::default();
        for user in &self.declared.users {
            for of in user.all(Part::Key).chain(user.all(Part::ReplicaKey)) {
                match self.lead(&of.value) {
                    Lead::Key(key) => users.by_key.entry(&key.address).or_default().push((user, of.part)),
                    Lead::CannotTell => users.unsure.push(user),
                    Lead::Managed | Lead::Elsewhere => {}
                }
            }
        }
        users
    }

    /// The key that has an address, or the policy that stands alone for one.
    pub fn at(&self, address: &str) -> Option<&'a Key> {
        self.keys.get(address).copied()
    }

    fn key(&self, address: &str) -> Option<&'a Key> {
        self.at(address).filter(|key| key.role != Role::PolicyAlone)
    }

    /// Where a pointer leads.
    pub fn lead(&self, pointer: &Pointer) -> Lead<'a> {
        self.alias_or_key(pointer, true)
    }

    fn alias_or_key(&self, pointer: &Pointer, through_alias: bool) -> Lead<'a> {
        if let Some(address) = pointer.address.as_deref() {
            if let Some(key) = self.key(address) {
                return Lead::Key(key);
            }
            if let Some(alias) = self.aliases.get(address).filter(|_| through_alias) {
                return self.alias_or_key(&alias.key, false);
            }
        }
        match &pointer.value.kind {
            Kind::Text(text) => self.text(text, through_alias),
            Kind::Unknown(unknown) => self.unknown(unknown),
            Kind::OneOf(_) => self.only(&pointer.value),
            _ => Lead::CannotTell,
        }
    }

    fn text(&self, text: &Text, through_alias: bool) -> Lead<'a> {
        let shown = text.shown();
        let Some(at) = shown.find("alias/") else {
            let mut unknowns = text.unknowns().filter(|one| one.attribute().is_some());
            return match (unknowns.next(), unknowns.next()) {
                (Some(only), None) => self.unknown(only),
                _ if text.is_known() => Lead::Elsewhere,
                _ => Lead::CannotTell,
            };
        };
        let name = shown.get(at..).unwrap_or_default();
        if name.starts_with("alias/aws/") {
            return Lead::Managed;
        }
        match self.names.get(name) {
            Some(Some(alias)) if through_alias => self.alias_or_key(&alias.key, false),
            None if text.is_known() => Lead::Elsewhere,
            _ => Lead::CannotTell,
        }
    }

    fn unknown(&self, unknown: &Unknown) -> Lead<'a> {
        let Some((resource, _)) = unknown.attribute() else { return Lead::CannotTell };
        let of_alias = || self.key(self.aliases.get(resource)?.key.address.as_deref()?);
        self.key(resource).or_else(of_alias).map_or(Lead::Elsewhere, Lead::Key)
    }

    /// The one key of all cases, if each has it.
    fn only(&self, value: &Value) -> Lead<'a> {
        let mut found: Option<&'a Key> = None;
        let mut left = vec![value];
        while let Some(value) = left.pop() {
            let lead = match &value.kind {
                Kind::OneOf(branches) => {
                    left.extend(branches.iter().map(|branch| &branch.value));
                    continue;
                }
                Kind::Text(text) => self.text(text, true),
                Kind::Unknown(unknown) => self.unknown(unknown),
                _ => Lead::CannotTell,
            };
            match (lead, found) {
                (Lead::Key(key), None) => found = Some(key),
                (Lead::Key(key), Some(known)) if key.address == known.address => {}
                _ => return Lead::CannotTell,
            }
        }
        found.map_or(Lead::CannotTell, Lead::Key)
    }
}
