//! The `Principal` element: `"*"`, or an object of lists.
//!
//! IAM User Guide, "AWS JSON policy elements: Principal". KMS takes `AWS` and `Service` principals; the types
//! `Federated` and `CanonicalUser` belong to other services.

use super::element::element;
use super::scope::{Scope, stated};
use super::{Flaw, Reader, broken, name, scalar};
use crate::policy::by_default::without_defaults;
use crate::policy::principal::{Fault, PrincipalType, classify, from_number, of_symbol};
use crate::policy::{DefectKind, Elements, Principal};
use crate::value::{Entry, Kind, Map, Symbol, Text, Unknown, Value};

const TYPES: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

impl Reader {
    /// `Principal` or `NotPrincipal`.
    pub(super) fn principals(&mut self, entry: &Entry, negated: bool, scope: &Scope) -> Elements<Principal> {
        let mut found = Elements {
            negated,
            name_span: entry.name.span,
            span: entry.value.span,
            items: Vec::new(),
            open: None,
        };
        let name = entry.name.text.shown();
        for (value, scope) in stated(&entry.value, scope) {
            match &value.kind {
                Kind::Text(text) => self.bare(text, &value, &scope, &mut found),
                Kind::Map(map) => {
                    if map.entries.is_empty() && map.open.is_none() {
                        let fact = "an empty object, so it names nobody";
                        self.note(Flaw::new(DefectKind::Empty, value.span, name.as_str(), fact), &scope);
                    }
                    self.typed(map, &scope, &mut found);
                }
                Kind::Unknown(unknown) => match of_symbol(unknown) {
                    Principal::Unknown(unknown) => found.open = Some(unknown),
                    known => found.items.push(element(known, &value, &scope)),
                },
                _ => {
                    self.wrong_type(&name, &value, "`\"*\"` or an object of principals", &scope);
                    found.open.get_or_insert_with(|| broken(&name, value.span));
                }
            }
        }
        found
    }

    /// A text without a type: only `"*"` is allowed.
    fn bare(&mut self, text: &Text, value: &Value, scope: &Scope, into: &mut Elements<Principal>) {
        if !text.is("*") && !text.known_parts().replace('*', "").is_empty() {
            let shown = text.shown();
            let of = if shown.contains(".amazonaws.") { "Service" } else { "AWS" };
            let fault = Fault {
                fact: "only `\"*\"` may stand without a type".to_owned(),
                suggestion: text.is_known().then(|| format!("{{\"{of}\": \"{shown}\"}}")),
            };
            self.note_principal(text, value, fault, scope);
            into.items.push(element(Principal::Malformed(text.clone()), value, scope));
            return;
        }
        let (principal, _) = classify(text, PrincipalType::Aws);
        into.items.push(element(principal, value, scope));
    }

    /// An object of types and lists.
    fn typed(&mut self, map: &Map, scope: &Scope, into: &mut Elements<Principal>) {
        let entries = self.distinct(map, scope, name::Sameness::Exact);
        self.legal(&entries, &TYPES, "a principal", scope);
        if let Some(unknown) = super::open_names(map, &entries) {
            into.open = Some(unknown);
        }
        for entry in entries {
            let Some(of) = entry.name.text.known() else { continue };
            let scope = scope.under(&entry.value);
            match of.as_str() {
                "AWS" => self.of_type(PrincipalType::Aws, entry, &scope, into),
                "Service" => self.of_type(PrincipalType::Service, entry, &scope, into),
                "Federated" | "CanonicalUser" => {
                    let fact = "KMS takes no principals of this type";
                    let flaw = Flaw::new(DefectKind::PrincipalMalformed, entry.name.span, of.as_str(), fact);
                    self.note(flaw, &scope);
                    let text = Text::made(of, entry.name.span);
                    into.items.push(element(Principal::Malformed(text), &entry.value, &scope));
                }
                _ => {
                    into.open.get_or_insert_with(|| broken(&of, entry.name.span));
                }
            }
        }
    }

    /// The principals of one type.
    fn of_type(&mut self, of: PrincipalType, entry: &Entry, scope: &Scope, into: &mut Elements<Principal>) {
        for (value, scope) in stated(&entry.value, scope) {
            match &value.kind {
                Kind::List(list) => {
                    if list.items.is_empty() && list.open.is_none() {
                        let fact = "an empty list, so it names nobody";
                        let name = entry.name.text.shown();
                        self.note(Flaw::new(DefectKind::Empty, value.span, name, fact), &scope);
                    }
                    if let Some(open) = &list.open {
                        not_listed(of, open, &value, &scope, into);
                    }
                    for item in &list.items {
                        for (value, scope) in stated(item, &scope) {
                            self.one_principal(of, &value, &scope, into);
                        }
                    }
                }
                Kind::Unknown(unknown) if unknown.symbol == Symbol::Anything => {
                    not_listed(of, unknown, &value, &scope, into);
                }
                _ => self.one_principal(of, &value, &scope, into),
            }
        }
    }

    fn one_principal(
        &mut self,
        of: PrincipalType,
        value: &Value,
        scope: &Scope,
        into: &mut Elements<Principal>,
    ) {
        let text = match (scalar(value), &value.kind) {
            (Some(text), _) => text,
            (None, Kind::Unknown(unknown)) => Text::unknown(unknown.clone()),
            (None, Kind::Null) => {
                let fact = "null, and a principal must be a text".to_owned();
                let null = Text::made("null", value.span);
                self.note_principal(&null, value, Fault { fact, suggestion: None }, scope);
                into.items.push(element(Principal::Malformed(null), value, scope));
                return;
            }
            (None, _) => {
                self.wrong_type(of.name(), value, "a text or a list of texts", scope);
                into.open.get_or_insert_with(|| broken(of.name(), value.span));
                return;
            }
        };
        let (principal, mut fault) = classify(&text, of);
        if let (Kind::Number(number), Some(fault)) = (&value.kind, &mut fault) {
            from_number(number.as_str(), fault);
        }
        if let Some(fault) = fault {
            let flaw = malformed(&text, value, fault);
            let other = without_defaults(&text, value.span, &scope.trail);
            let by_default = other.is_some_and(|other| classify(&other, of).1.is_none());
            self.note(Flaw { by_default: Some(by_default), ..flaw }, scope);
        }
        into.items.push(element(principal, value, scope));
    }

    fn note_principal(&mut self, text: &Text, value: &Value, fault: Fault, scope: &Scope) {
        self.note(malformed(text, value, fault), scope);
    }
}

fn malformed(text: &Text, value: &Value, fault: Fault) -> Flaw {
    let span = value.as_text().map_or(value.span, |text| super::element::place(text, value.span));
    Flaw::new(DefectKind::PrincipalMalformed, span, text.shown(), fault.fact).suggest(fault.suggestion)
}

/// Principals that are not known: any identity under `AWS`, some service under `Service`.
fn not_listed(
    of: PrincipalType,
    unknown: &Unknown,
    value: &Value,
    scope: &Scope,
    into: &mut Elements<Principal>,
) {
    match of {
        PrincipalType::Aws => into.open = Some(unknown.clone()),
        PrincipalType::Service => {
            let service = Principal::Service(Text::unknown(unknown.clone()));
            into.items.push(element(service, value, scope));
        }
    }
}
