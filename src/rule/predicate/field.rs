//! Predicates on aliases and grants: what stands in their arguments.

use super::element::{decided, unknown};
use super::key::{Scalar, matches, of_value};
use super::pattern::Pattern;
use super::principal::PrincipalTest;
use crate::access::{Access, Witness};
use crate::policy::Element;
use crate::policy::principal::{PrincipalType, classify};
use crate::rule::slot::shown;
use crate::rule::subject::{Case, Thing};
use crate::value::{Kind, Value};

/// What an argument of an alias or a grant must be; all that is given must hold of one of its elements.
#[derive(Clone, PartialEq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FieldTest {
    /// Which one.
    pub name: Field,
    /// Whether it is written.
    #[serde(default)]
    pub written: Option<bool>,
    /// It, or an element of it, is one of these.
    #[serde(default)]
    pub one_of: Option<Vec<Scalar>>,
    /// It, or an element of it, is none of these.
    #[serde(default)]
    pub none_of: Option<Vec<Scalar>>,
    /// Its text, or that of an element of it, matches this regular expression.
    #[serde(default)]
    pub matches: Option<Pattern>,
    /// It is such a principal.
    #[serde(default)]
    pub principal: Option<PrincipalTest>,
}

/// An argument of an alias or a grant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// The name; of an alias with `alias/` before it.
    Name,
    /// The key that it leads to, as written.
    Key,
    /// Who may use the key by the grant.
    Grantee,
    /// Who may end the grant.
    Retiring,
    /// What the grant allows.
    Operations,
    /// The encryption context that the grant asks for.
    Constraints,
}

impl Field {
    /// What stands there; `None` when it is not written.
    pub(in crate::rule) fn value<'a>(self, thing: &Thing<'a>) -> Option<&'a Value> {
        let value = match (thing, self) {
            (Thing::Alias(alias), Self::Name) => Some(&alias.name),
            (Thing::Alias(alias), Self::Key) => Some(&alias.key.value),
            (Thing::Grant(grant), Self::Name) => grant.name.as_ref(),
            (Thing::Grant(grant), Self::Key) => Some(&grant.key.value),
            (Thing::Grant(grant), Self::Grantee) => Some(&grant.grantee),
            (Thing::Grant(grant), Self::Retiring) => grant.retiring.as_ref(),
            (Thing::Grant(grant), Self::Operations) => Some(&grant.operations),
            (Thing::Grant(grant), Self::Constraints) => grant.constraints.as_ref(),
            _ => None,
        };
        value.filter(|value| !value.is_null())
    }
}

impl FieldTest {
    /// Whether it asks for nothing.
    pub(super) fn says_nothing(&self) -> bool {
        self.written.is_none()
            && self.one_of.is_none()
            && self.none_of.is_none()
            && self.matches.is_none()
            && self.principal.is_none()
    }

    fn fits(&self, value: &Value) -> Option<bool> {
        let among = |wanted: &[Scalar]| {
            let each: Vec<Option<bool>> = wanted.iter().map(|scalar| scalar.matches(value)).collect();
            if each.contains(&Some(true)) {
                Some(true)
            } else {
                each.iter().all(Option::is_some).then_some(false)
            }
        };
        let parts = [
            self.one_of.as_ref().map(|wanted| among(wanted)),
            self.none_of.as_ref().map(|wanted| among(wanted).map(|found| !found)),
            self.matches.as_ref().map(|pattern| matches(pattern, value)),
        ];
        let parts = || parts.iter().flatten();
        if parts().any(|part| *part == Some(false)) {
            return Some(false);
        }
        parts().all(Option::is_some).then_some(true)
    }
}

/// Whether the argument is as wanted.
pub(super) fn field(test: &FieldTest, case: &Case<'_>) -> Access {
    let Some(value) = test.name.value(&case.scene.thing) else {
        return decided(test.written == Some(false));
    };
    if let Some(written) = test.written {
        // A list without elements asks for nothing.
        let empty = matches!(&value.kind, Kind::List(list) if list.items.is_empty() && list.open.is_none());
        if let Kind::Unknown(it) = &value.kind {
            return unknown(it);
        }
        return decided(written != empty);
    }
    match &value.kind {
        Kind::List(list) => {
            let each = list.items.iter().map(|item| one(test, item, case));
            Access::any(each.chain(list.open.iter().map(unknown)))
        }
        _ => one(test, value, case),
    }
}

fn one(test: &FieldTest, value: &Value, case: &Case<'_>) -> Access {
    let fact = |leaf: &Value| match shown(leaf) {
        Some(written) => format!("`{written}` here"),
        None => "set here".to_owned(),
    };
    let fits = of_value(value, |leaf| test.fits(leaf), fact);
    match &test.principal {
        Some(wanted) if !fits.is_no() => fits.and(of_principal(wanted, value, case)),
        _ => fits,
    }
}

fn of_principal(wanted: &PrincipalTest, value: &Value, case: &Case<'_>) -> Access {
    let Some(text) = value.as_text() else {
        return Access::cannot_tell(value.unknowns().into_iter().map(Witness::of_unknown));
    };
    let (principal, _) = classify(text, PrincipalType::Aws);
    let element =
        Element { value: principal, span: value.span, trail: value.trail.clone(), when: Vec::new() };
    wanted.of(&element, case)
}
