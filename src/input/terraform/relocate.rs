//! Moves what a model made to the call that it was made for.
//!
//! Every place in a model's text becomes a place of the call: the argument that the thing came of, where it is one
//! alone, else the call's head. What is easy to get wrong: a statement that a model makes of `key_users` stands at
//! `key_users`, its principals where they were written, and both must hold at once.

use super::model::Site;
use crate::key::{Alias, Declared, Grant, IdentityPolicy, Key, KeyUser, StatedPolicy};
use crate::source::{FileId, Limits, Problem, Span};
use crate::value::{
    Assumption, Branch, Entry, Kind, List, Map, Name, Piece, Place, Reason, Symbol, Text, Trail, Unknown,
    Value,
};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The calls by the files that were parsed for them.
type Sites = FxHashMap<FileId, Arc<Site>>;

/// Moves everything that is declared out of the models' texts.
pub(super) fn relocate(declared: &mut Declared, sites: &Sites) {
    if sites.is_empty() {
        return;
    }
    let move_to = Move { sites };
    declared.keys.iter_mut().for_each(|key| move_to.key(key));
    declared.identity_policies.iter_mut().for_each(|policy| move_to.identity_policy(policy));
    declared.aliases.iter_mut().for_each(|alias| move_to.alias(alias));
    declared.grants.iter_mut().for_each(|grant| move_to.grant(grant));
    declared.users.iter_mut().for_each(|user| move_to.user(user));
    declared.problems.iter_mut().for_each(|problem| move_to.problem(problem));
    declared.comments.retain(|comment| !sites.contains_key(&comment.file));
}

struct Move<'a> {
    sites: &'a Sites,
}

impl Move<'_> {
    fn site(&self, span: Span) -> Option<&Site> {
        self.sites.get(&span.file).map(|site| &**site)
    }

    /// The place that stands for `span`: itself, or in the call `near`, or the call's head.
    fn place(&self, span: Span, near: Option<Span>) -> Span {
        self.site(span).map_or(span, |site| near.unwrap_or(site.header()))
    }

    fn alias(&self, alias: &mut Alias) {
        alias.span = self.place(alias.span, None);
        alias.trail = self.trail(&alias.trail);
        for value in [&mut alias.name, &mut alias.key.value] {
            *value = self.value(value, None, 0);
        }
    }

    fn grant(&self, grant: &mut Grant) {
        grant.span = self.place(grant.span, None);
        grant.trail = self.trail(&grant.trail);
        let optional = [&mut grant.name, &mut grant.retiring, &mut grant.constraints];
        let always = [&mut grant.key.value, &mut grant.grantee, &mut grant.operations];
        for value in always.into_iter().chain(optional.into_iter().flatten()) {
            *value = self.value(value, None, 0);
        }
    }

    fn user(&self, user: &mut KeyUser) {
        user.span = self.place(user.span, None);
        user.trail = self.trail(&user.trail);
        for of in &mut user.parts {
            of.name_span = self.place(of.name_span, None);
            of.span = self.place(of.span, None);
        }
        for value in user.values_mut() {
            *value = self.value(value, None, 0);
        }
    }

    fn key(&self, key: &mut Key) {
        if let Some(site) = self.site(key.span) {
            key.trail = key.trail.via(site.source(), Arc::clone(&site.note));
        }
        key.span = self.place(key.span, None);
        key.trail = self.trail(&key.trail);
        for policy in &mut key.policies {
            self.stated(policy);
        }
        for value in key.attributes.values_mut() {
            *value = self.value(value, None, 0);
        }
        for text in [&mut key.account, &mut key.partition, &mut key.region].into_iter().flatten() {
            *text = self.text(text, None, 0);
        }
    }

    fn stated(&self, policy: &mut StatedPolicy) {
        let argument = self.site(policy.name_span).and_then(|site| only_argument(&policy.value, site));
        policy.name_span = self.place(policy.name_span, argument);
        policy.value = self.value(&policy.value, None, 0);
        policy.bypass = policy.bypass.as_ref().map(|bypass| self.value(bypass, None, 0));
    }

    fn identity_policy(&self, policy: &mut IdentityPolicy) {
        policy.span = self.place(policy.span, None);
        policy.trail = self.trail(&policy.trail);
        policy.value = self.value(&policy.value, None, 0);
    }

    fn problem(&self, problem: &mut Problem) {
        if let Some(site) = self.site(problem.span) {
            problem.message = format!("{}: {}", site.note, problem.message);
            problem.span = site.header();
        }
        problem.labels.retain(|(span, _)| self.site(*span).is_none());
    }

    /// A value and all in it. `near` is the call's argument that it belongs to, once that is known.
    fn value(&self, value: &Value, near: Option<Span>, depth: usize) -> Value {
        let near = near.or_else(|| only_argument(value, self.site(value.span)?));
        let span = self.place(value.span, near);
        if depth > Limits::DEFAULT.depth {
            return Value::unknown(Reason::Limit, "value", span);
        }
        let inner = |value: &Value| self.value(value, near, depth + 1);
        let open = |open: &Option<Unknown>| open.as_ref().map(|unknown| self.unknown(unknown, near));
        let kind = match &value.kind {
            Kind::Text(text) => Kind::Text(self.text(text, near, depth)),
            Kind::List(list) => Kind::List(Arc::new(List {
                kind: list.kind,
                items: list.items.iter().map(inner).collect(),
                open: open(&list.open),
            })),
            Kind::Map(map) => Kind::Map(Arc::new(Map {
                kind: map.kind,
                entries: map.entries.iter().map(|entry| self.entry(entry, near, depth)).collect(),
                open: open(&map.open),
            })),
            Kind::OneOf(branches) => Kind::OneOf(
                branches
                    .iter()
                    .map(|branch| Branch {
                        when: branch.when.iter().map(|when| self.assumption(when, near)).collect(),
                        value: inner(&branch.value),
                    })
                    .collect(),
            ),
            Kind::Unknown(unknown) => Kind::Unknown(self.unknown(unknown, near)),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => value.kind.clone(),
        };
        Value { kind, span, trail: self.trail(&value.trail), ..value.clone() }
    }

    fn entry(&self, entry: &Entry, near: Option<Span>, depth: usize) -> Entry {
        let text = self.text(&entry.name.text, near, depth);
        let name = Name { text, span: self.place(entry.name.span, near) };
        Entry { name, value: self.value(&entry.value, near, depth + 1) }
    }

    /// An assumption on the call's arguments stands at the argument, and is named without the model's `var.`.
    fn assumption(&self, when: &Assumption, near: Option<Span>) -> Assumption {
        let Some(site) = self.site(when.span) else { return when.clone() };
        let named = |name: &str| site.block.body.attribute(name).map(|argument| argument.name.span);
        let mut arguments =
            when.condition.split("var.").skip(1).filter_map(|rest| {
                named(rest.split(|one: char| !one.is_alphanumeric() && one != '_').next()?)
            });
        let argument = arguments.next().filter(|first| arguments.all(|other| other == *first));
        let span = argument.or(near).unwrap_or(site.header());
        Assumption { condition: plain(&when.condition), holds: when.holds, span }
    }

    /// An unknown; what only the model names is named as a part of the call.
    fn unknown(&self, unknown: &Unknown, near: Option<Span>) -> Unknown {
        let Some(site) = self.site(unknown.span) else { return unknown.clone() };
        let name = match &*unknown.name {
            name if name.starts_with("data.module_version.") => {
                format!("the version of {}", site.name).into()
            }
            name if name.starts_with("data.") => format!("{}.{name}", site.name).into(),
            name => plain(name),
        };
        let symbol: Symbol = unknown.symbol.clone();
        Unknown { reason: unknown.reason, name, span: near.unwrap_or(site.header()), symbol }
    }

    fn text(&self, text: &Text, near: Option<Span>, depth: usize) -> Text {
        let parts: Vec<Text> = text
            .pieces()
            .iter()
            .map(|piece| match piece {
                Piece::Known(known, places) => {
                    let places: Vec<Place> = places.iter().map(|place| self.run(*place, near)).collect();
                    Text::placed(Arc::clone(known), places)
                }
                Piece::Unknown(unknown) => Text::unknown(self.unknown(unknown, near)),
            })
            .collect();
        let moved = Text::concat(&parts);
        match text.encodes() {
            Some(value) => moved.encoding(self.value(value, near, depth + 1)),
            None => moved,
        }
    }

    fn run(&self, place: Place, near: Option<Span>) -> Place {
        match self.site(place.span) {
            Some(_) => Place { at: place.at, span: self.place(place.span, near), verbatim: false },
            None => place,
        }
    }

    /// The steps outside of models.
    fn trail(&self, trail: &Trail) -> Trail {
        if trail.steps().all(|step| self.site(step.span).is_none()) {
            return trail.clone();
        }
        let outside: Vec<_> = trail.steps().filter(|step| self.site(step.span).is_none()).collect();
        outside
            .iter()
            .rev()
            .fold(Trail::default(), |trail, step| trail.via(step.span, Arc::clone(&step.note)))
    }
}

/// A condition without the prefixes that mean something in the model alone.
fn plain(name: &str) -> Arc<str> {
    name.replace("var.", "").replace("local.", "").into()
}

/// The name of the only argument of the call that a value came of. A list came of an argument when all of its elements
/// did, a mapping when any of its values did and none of another one: the rest of a statement is the model's.
fn only_argument(value: &Value, site: &Site) -> Option<Span> {
    argument_of(value, site, 0).ok().flatten()
}

/// `Err` when there are several.
fn argument_of(value: &Value, site: &Site, depth: usize) -> Result<Option<Span>, ()> {
    if let Some(argument) = own_argument(value, site) {
        return Ok(Some(argument));
    }
    if depth > Limits::DEFAULT.depth {
        return Err(());
    }
    let inner = |value: &Value| argument_of(value, site, depth + 1);
    match &value.kind {
        Kind::Text(text) if site.files.contains(&value.span.file) => text.encodes().map_or(Ok(None), inner),
        Kind::List(list) => every(list.items.iter().map(inner)),
        Kind::OneOf(branches) => every(branches.iter().map(|branch| inner(&branch.value))),
        Kind::Map(map) => {
            let mut found = None;
            for entry in &map.entries {
                let argument = inner(&entry.value)?;
                if argument.is_some() && found.is_some() && argument != found {
                    return Err(());
                }
                found = found.or(argument);
            }
            Ok(found)
        }
        _ => Ok(None),
    }
}

fn every(arguments: impl Iterator<Item = Result<Option<Span>, ()>>) -> Result<Option<Span>, ()> {
    let mut found = None;
    let mut missing = false;
    for argument in arguments {
        match argument? {
            Some(argument) if found.is_some_and(|known| known != argument) => return Err(()),
            Some(argument) => found = Some(argument),
            None => missing = true,
        }
    }
    Ok(found.filter(|_| !missing))
}

/// The name of the argument that a value came through or was written in. The way is asked first: where two arguments
/// name the same thing, it may have been evaluated for the other one.
fn own_argument(value: &Value, site: &Site) -> Option<Span> {
    let arguments = || site.block.body.attributes.iter();
    let through = value.trail.steps().find_map(|step| arguments().find(|own| own.name.span == step.span));
    let inside = || arguments().find(|own| own.value.span.contains(value.span));
    through.or_else(inside).map(|argument| argument.name.span)
}
