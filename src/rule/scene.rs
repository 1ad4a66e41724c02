//! The resources that rules are asked of, with the policies that they hold, as read.

use super::subject::PolicyWord;
use super::usage::Usage;
use crate::access::{Filled, Granted, New, Setting};
use crate::key::{Alias, Grant, IdentityPolicy, Key, Leads, Pointer, StatedPolicy};
use crate::policy::{Document, PolicyKind, read_with};
use crate::source::Span;
use crate::syntax::json::parse_text;
use crate::value::{Trail, Value};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a [`Scene`] is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Thing<'a> {
    /// A key.
    Key,
    /// An identity policy.
    Identity(&'a IdentityPolicy),
    /// An alias.
    Alias(&'a Alias),
    /// A grant.
    Grant(&'a Grant),
    /// The use of a key, or a delivery to what uses one.
    Usage(Usage<'a>),
}

/// One resource: a key, an identity policy, an alias, a grant.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    /// What it is.
    pub(super) thing: Thing<'a>,
    /// Ways to the keys that are declared beside it, and everything else that is.
    pub(super) leads: &'a Leads<'a>,
    /// Its address.
    pub(super) address: &'a str,
    /// Its type as written.
    pub(super) type_name: &'a str,
    /// The declaration's head.
    pub(super) span: Span,
    /// How it came to be declared.
    pub(super) trail: &'a Trail,
    /// The key; that which an alias or a grant is for; `None` for an identity policy.
    pub(super) key: Option<&'a Key>,
    /// The policies as read; those that are not stated (null) are left out.
    pub(super) policies: Arc<[Held<'a>]>,
    /// Where it lives and whom its owner trusts.
    pub(super) setting: Setting,
}

/// A policy as read.
#[derive(Debug)]
pub(super) struct Held<'a> {
    /// As stated for a key; `None` for an identity policy.
    pub(super) stated: Option<&'a StatedPolicy>,
    /// Where it is named, for labels.
    pub(super) name_span: Span,
    /// As read.
    pub(super) document: Document,
    /// Whom it lets call what.
    asked: Mutex<Asked>,
    /// With something put in for what is not known, as far as it was asked.
    pub(super) filled: Filled,
}

/// Whom a policy lets call what, by action, as far as it was asked.
#[derive(Debug, Default)]
struct Asked {
    known: BTreeMap<String, Arc<New>>,
    granted: Granted,
}

impl<'a> Held<'a> {
    /// A policy, of which nothing was asked.
    pub(super) fn new(stated: Option<&'a StatedPolicy>, name_span: Span, document: Document) -> Self {
        Self { stated, name_span, document, asked: Mutex::default(), filled: Filled::default() }
    }

    /// Whom it lets call an action, Deny statements subtracted.
    pub(super) fn granted(&self, action: &str, setting: &Setting) -> Arc<New> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = asked.known.get(action) {
            return Arc::clone(known);
        }
        let found = Arc::new(asked.granted.of(&self.document, &[action.to_owned()], setting));
        asked.known.insert(action.to_owned(), Arc::clone(&found));
        found
    }
}

impl<'a> Scene<'a> {
    /// A key with its policies.
    pub(super) fn of_key(key: &'a Key, leads: &'a Leads<'a>, setting: Setting) -> Self {
        let held = |stated: &'a StatedPolicy| {
            let document = document(&stated.value, PolicyKind::Key)?;
            Some(Held::new(Some(stated), stated.name_span, document))
        };
        Self {
            thing: Thing::Key,
            leads,
            address: &key.address,
            type_name: &key.type_name,
            span: key.span,
            trail: &key.trail,
            key: Some(key),
            policies: key.policies.iter().filter_map(held).collect(),
            setting,
        }
    }

    /// An identity policy.
    pub(super) fn of_identity(policy: &'a IdentityPolicy, leads: &'a Leads<'a>, setting: Setting) -> Self {
        let document = document(&policy.value, PolicyKind::Identity);
        let held = document.map(|document| Held::new(None, policy.span, document));
        Self {
            thing: Thing::Identity(policy),
            leads,
            address: &policy.address,
            type_name: "identity policy",
            span: policy.span,
            trail: &policy.trail,
            key: None,
            policies: held.into_iter().collect(),
            setting,
        }
    }

    /// Whether two identity policies may be held by one principal: not when each says by whom, and they differ.
    pub(super) fn may_share_holder(&self, other: &Self) -> bool {
        let holder = |scene: &Self| match scene.thing {
            Thing::Identity(policy) => policy.holder.as_ref()?.address.clone(),
            _ => None,
        };
        !matches!((holder(self), holder(other)), (Some(one), Some(two)) if one != two)
    }
}

impl<'a> Scene<'a> {
    /// An alias, with the key that it names where that is declared here.
    pub(super) fn of_alias(alias: &'a Alias, leads: &'a Leads<'a>, setting: Setting) -> Self {
        Self {
            thing: Thing::Alias(alias),
            leads,
            address: &alias.address,
            type_name: "alias",
            span: alias.span,
            trail: &alias.trail,
            key: Self::pointed(&alias.key, leads),
            policies: Arc::default(),
            setting,
        }
    }

    /// A grant, with the key that it is for where that is declared here.
    pub(super) fn of_grant(grant: &'a Grant, leads: &'a Leads<'a>, setting: Setting) -> Self {
        Self {
            thing: Thing::Grant(grant),
            leads,
            address: &grant.address,
            type_name: "grant",
            span: grant.span,
            trail: &grant.trail,
            key: Self::pointed(&grant.key, leads),
            policies: Arc::default(),
            setting,
        }
    }

    /// The use of a key that it is, where it is one.
    pub(super) fn usage(&self) -> Option<&Usage<'a>> {
        match &self.thing {
            Thing::Usage(usage) => Some(usage),
            _ => None,
        }
    }

    /// The key that something leads to.
    pub(super) fn pointed(pointer: &Pointer, leads: &Leads<'a>) -> Option<&'a Key> {
        leads.at(pointer.address.as_deref()?)
    }
}

/// A value read as a policy, JSON texts included.
pub(super) fn document(value: &Value, kind: PolicyKind) -> Option<Document> {
    read_with(value, kind, &|text| parse_text(text, value.span))
}

impl Thing<'_> {
    /// Whether its policies are of one of these sorts.
    pub(super) fn is_among(self, of: &[PolicyWord]) -> bool {
        match self {
            Self::Key => of.contains(&PolicyWord::Key),
            Self::Identity(_) => of.contains(&PolicyWord::Identity),
            Self::Alias(_) | Self::Grant(_) | Self::Usage(_) => false,
        }
    }
}
