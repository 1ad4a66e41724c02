//! Statements, one by one.
//!
//! KMS API reference, `PutKeyPolicy`: a key policy's statement needs a principal; one without `Action` or `Resource`
//! is accepted and has no effect. Alternatives of `Effect`, and those that decide which elements are there, split a
//! statement in several with one index.

use super::element::place;
use super::scope::{Scope, leaves, stated};
use super::{Flaw, Reader, broken, find, name, open_names, scalar};
use crate::policy::name_like;
use crate::policy::{DefectKind, Document, Effect, Elements, PolicyKind, Principal, Statement};
use crate::source::{Limits, Span};
use crate::value::{Entry, Kind, Map, Text, Unknown, Value};

pub(super) const STATEMENT: &str = "Statement";

const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

const PAIRS: [(&str, &str); 3] =
    [("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")];

/// One way that a statement may turn out.
struct Variant {
    entries: Vec<Entry>,
    scope: Scope,
}

impl Reader {
    /// The `Statement` element: an object or a list of objects.
    pub(super) fn statements(&mut self, entry: &Entry, scope: &Scope, document: &mut Document) {
        for (value, scope) in stated(&entry.value, &scope.under(&entry.value)) {
            match &value.kind {
                Kind::List(list) => {
                    if list.items.is_empty() && list.open.is_none() {
                        let fact = "an empty list, so the policy allows nothing to anyone";
                        self.note(Flaw::new(DefectKind::Empty, value.span, STATEMENT, fact), &scope);
                    }
                    document.open.extend(list.open.clone());
                    for item in &list.items {
                        self.one_statement(item, &scope, document);
                    }
                }
                _ => self.one_statement(&value, &scope, document),
            }
        }
    }

    fn one_statement(&mut self, value: &Value, scope: &Scope, document: &mut Document) {
        for (value, scope) in stated(value, scope) {
            match &value.kind {
                Kind::Map(map) => {
                    let index = self.statements;
                    self.statements += 1;
                    self.split(map, &value, &scope, |reader, variant| {
                        document.statements.push(reader.statement(map, &value, variant, index));
                    });
                }
                Kind::Unknown(unknown) => document.open.push(unknown.clone()),
                _ => {
                    self.wrong_type(STATEMENT, &value, "an object", &scope);
                    document.open.push(broken(STATEMENT, value.span));
                }
            }
        }
    }

    /// Splits a statement where alternatives decide its effect or which elements it has.
    fn split(&mut self, map: &Map, value: &Value, scope: &Scope, mut each: impl FnMut(&mut Self, &Variant)) {
        let entries = self.distinct(map, scope, name::Sameness::Exact);
        let mut variants = vec![Variant { entries: Vec::new(), scope: scope.under(value) }];
        for entry in &entries {
            let grown = if splits(entry, &entries) { grow(&variants, entry) } else { None };
            match grown {
                Some(grown) => variants = grown,
                None => variants.iter_mut().for_each(|variant| variant.entries.push((*entry).clone())),
            }
        }
        for variant in &variants {
            each(self, variant);
        }
    }

    fn statement(&mut self, map: &Map, value: &Value, variant: &Variant, index: usize) -> Statement {
        let entries: Vec<&Entry> = variant.entries.iter().collect();
        let scope = &variant.scope;
        let open = open_names(map, &entries);
        let claimed = self.legal(&entries, &ELEMENTS, "a statement", scope);
        self.exclusive(&entries, scope);
        if open.is_none() {
            self.missing(&entries, &claimed, value.span, scope);
        }
        let unsure = |name: &str| {
            let meant = |claimed: &&&str| claimed.strip_prefix("Not").unwrap_or(claimed) == name;
            let misspelt = claimed.iter().find(meant).map(|name| broken(name, value.span));
            open.clone().or(misspelt)
        };
        let effect = find(&entries, "Effect");
        let condition = find(&entries, "Condition");
        let (conditions, open_conditions) = self.conditions(condition, scope);
        Statement {
            index,
            span: value.span,
            trail: scope.trail.clone(),
            when: scope.when.clone(),
            sid: find(&entries, "Sid").and_then(|entry| self.sid(entry, &scope.under(&entry.value))),
            effect: self.effect(effect, unsure("Effect"), scope),
            effect_span: effect.map_or(value.span, |entry| written(&entry.value)),
            principals: self.who(&entries, scope).or_else(|| unseen(unsure("Principal"), value.span)),
            actions: self.which(&entries, "Action", scope).or_else(|| unseen(unsure("Action"), value.span)),
            resources: self
                .which(&entries, "Resource", scope)
                .or_else(|| unseen(unsure("Resource"), value.span)),
            conditions,
            open_conditions: open_conditions.or_else(|| unsure("Condition").filter(|_| condition.is_none())),
        }
    }

    fn effect(&mut self, entry: Option<&Entry>, open: Option<Unknown>, scope: &Scope) -> Effect {
        let Some(entry) = entry else {
            return open.map_or(Effect::Invalid, Effect::Unknown);
        };
        let mut found: Option<Effect> = None;
        for (value, scope) in leaves(&entry.value, scope) {
            let next = self.one_effect(&value, &scope);
            found = Some(match found {
                None => next,
                Some(before) if before == next => before,
                Some(_) => Effect::Unknown(super::undecided(&value, &scope)),
            });
        }
        found.unwrap_or(Effect::Invalid)
    }

    fn one_effect(&mut self, value: &Value, scope: &Scope) -> Effect {
        let Some(text) = scalar(value) else {
            if let Kind::Unknown(unknown) = &value.kind {
                return Effect::Unknown(unknown.clone());
            }
            self.wrong_type("Effect", value, "`Allow` or `Deny`", scope);
            return Effect::Invalid;
        };
        match text.known().as_deref() {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            Some(other) => {
                let near = name_like(other, ["Allow", "Deny"]).map(str::to_owned);
                let fact = "neither `Allow` nor `Deny`, exactly so written";
                let flaw = Flaw::new(DefectKind::EffectInvalid, place(&text, value.span), other, fact);
                self.note(flaw.suggest(near), scope);
                Effect::Invalid
            }
            None => {
                text.unknowns().next().map_or(Effect::Invalid, |unknown| Effect::Unknown(unknown.clone()))
            }
        }
    }

    /// `Principal`, else `NotPrincipal`.
    fn who(&mut self, entries: &[&Entry], scope: &Scope) -> Option<Elements<Principal>> {
        let positive = find(entries, "Principal");
        let entry = positive.or_else(|| find(entries, "NotPrincipal"))?;
        if self.kind == PolicyKind::Identity {
            let fact = "not allowed in a policy of an identity, which is the principal itself";
            let flaw = Flaw::new(DefectKind::ElementUnknown, entry.name.span, entry.name.text.shown(), fact);
            self.note(flaw, scope);
        }
        Some(self.principals(entry, positive.is_none(), &scope.under(&entry.value)))
    }

    /// `Action` or `Resource`, else their negation.
    fn which(&mut self, entries: &[&Entry], name: &str, scope: &Scope) -> Option<Elements<Text>> {
        let positive = find(entries, name);
        let entry = positive.or_else(|| find(entries, &format!("Not{name}")))?;
        Some(self.texts(entry, positive.is_none(), &scope.under(&entry.value)))
    }

    fn exclusive(&mut self, entries: &[&Entry], scope: &Scope) {
        for (one, two) in PAIRS {
            let both = entries.iter().filter(|entry| entry.name.text.is(one) || entry.name.text.is(two));
            if let Some(second) = both.skip(1).last() {
                let fact = format!("`{one}` and `{two}` exclude each other in one statement");
                let name = second.name.text.shown();
                self.note(Flaw::new(DefectKind::ElementsExclusive, second.name.span, name, fact), scope);
            }
        }
    }

    /// Elements that a statement must have. A misspelt one is reported as such, not as missing.
    fn missing(&mut self, entries: &[&Entry], claimed: &[&str], span: Span, scope: &Scope) {
        let absent = |name: &str| find(entries, name).is_none() && !claimed.contains(&name);
        let neither = |name: &str| absent(name) && absent(&format!("Not{name}"));
        let key = self.kind == PolicyKind::Key;
        let (kind, tail) = if key {
            (DefectKind::StatementWithoutEffect, "so it has no effect, although KMS accepts it")
        } else {
            (DefectKind::ElementMissing, "so the policy is rejected")
        };
        let checks = [
            (absent("Effect"), "Effect", DefectKind::ElementMissing, "so the policy is rejected"),
            (
                key && neither("Principal"),
                "Principal",
                DefectKind::ElementMissing,
                "so KMS rejects the policy",
            ),
            (neither("Action"), "Action", kind, tail),
            (neither("Resource"), "Resource", kind, tail),
        ];
        for (gone, name, kind, consequence) in checks {
            if gone {
                let fact = format!("the statement has none, {consequence}");
                self.note(Flaw::new(kind, span, name, fact), scope);
            }
        }
    }
}

/// Whether the alternatives of an entry decide the effect or which elements the statement has.
fn splits(entry: &Entry, all: &[&Entry]) -> bool {
    let Kind::OneOf(_) = entry.value.kind else { return false };
    let Some(name) = entry.name.text.known() else { return false };
    if name == "Effect" {
        return true;
    }
    PAIRS.iter().any(|(one, two)| {
        let paired = find(all, one).is_some() && find(all, two).is_some();
        let gone = || leaves(&entry.value, &Scope::default()).iter().any(|(value, _)| value.is_null());
        name == *two || (name == *one && (paired || gone()))
    })
}

/// Every variant with every alternative of `entry`; `None` when that would be too many.
fn grow(variants: &[Variant], entry: &Entry) -> Option<Vec<Variant>> {
    let mut grown = Vec::new();
    for variant in variants {
        for (value, scope) in leaves(&entry.value, &variant.scope) {
            if matches!(&value.kind, Kind::Unknown(unknown) if unknown.reason == crate::value::Reason::Limit)
            {
                return None;
            }
            let mut entries = variant.entries.clone();
            if !value.is_null() {
                let mut value = value.into_owned();
                value.secret |= scope.secret;
                entries.push(Entry { name: entry.name.clone(), value });
            }
            let scope = Scope { trail: variant.scope.trail.clone(), secret: variant.scope.secret, ..scope };
            grown.push(Variant { entries, scope });
        }
    }
    (grown.len() <= 2 * Limits::DEFAULT.alternatives && !grown.is_empty()).then_some(grown)
}

/// An element that may be there under a name that is not known or misspelt.
fn unseen<T>(open: Option<Unknown>, span: Span) -> Option<Elements<T>> {
    let open = open?;
    Some(Elements { negated: false, name_span: span, span, items: Vec::new(), open: Some(open) })
}

/// Where a value's characters stand.
fn written(value: &Value) -> Span {
    value.as_text().map_or(value.span, |text| place(text, value.span))
}
