//! Predicates on the key: its attributes, its role, what a plan does to it.

use crate::access::{Access, Breadth, Witness};
use crate::key::{Action, Attribute, Role};
use crate::rule::slot::shown;
use crate::rule::subject::{Case, Item};
use crate::value::{Kind, Value};

use super::pattern::Pattern;
use super::policy::Count;

/// What an attribute must be; all that is given must hold. An attribute that is not written (or null) is `default`.
#[derive(Clone, PartialEq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AttributeTest<N = Attribute> {
    /// Which one; the same name for Terraform and CloudFormation.
    pub name: N,
    /// It is exactly this.
    #[serde(default)]
    pub is: Option<Scalar>,
    /// It is one of these.
    #[serde(default)]
    pub one_of: Option<Vec<Scalar>>,
    /// It starts so.
    #[serde(default)]
    pub starts_with: Option<String>,
    /// Its text matches this regular expression.
    #[serde(default)]
    pub matches: Option<Pattern>,
    /// It is a number over this.
    #[serde(default)]
    pub over: Option<i64>,
    /// It is a number under this.
    #[serde(default)]
    pub under: Option<i64>,
    /// It is written at all.
    #[serde(default)]
    pub written: Option<bool>,
    /// What holds when it is not written; without it, a test of what is not written does not hold.
    #[serde(default)]
    pub default: Option<Scalar>,
}

/// A plain value.
#[derive(Clone, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
}

/// What sort of thing the resource is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RoleWord {
    /// A key.
    Key,
    /// A replica of a multi-Region key.
    Replica,
    /// A key with imported material.
    External,
    /// A replica of one.
    ReplicaExternal,
    /// A key policy whose key is declared elsewhere.
    PolicyAlone,
}

/// What a plan does.
#[derive(Clone, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeTest {
    /// One of these.
    pub action: Vec<Action>,
}

/// How far access reaches that a plan newly gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NewReachWord {
    /// To every AWS account.
    World,
    /// To an account or organisation that is not trusted, or to given networks.
    Foreign,
    /// To a trusted account or organisation.
    Trusted,
    /// To any identity of the key's account.
    OwnAccount,
    /// To named identities of the key's account.
    OwnIdentity,
    /// To a service.
    Service,
    /// That is not known.
    Unknown,
}

impl Scalar {
    fn shown(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Text(value) => value.clone(),
        }
    }

    /// Whether a value is this; `None` when that depends on what is unknown.
    pub(super) fn matches(&self, value: &Value) -> Option<bool> {
        match (self, &value.kind) {
            (_, Kind::Text(text)) if !text.is_known() => None,
            (Self::Bool(wanted), _) => Some(value.as_bool() == Some(*wanted)),
            (Self::Number(wanted), _) => Some(number(value) == Some(*wanted)),
            (Self::Text(wanted), Kind::Text(text)) => Some(text.is(wanted)),
            (Self::Text(_), _) => Some(false),
        }
    }
}

impl<N> AttributeTest<N> {
    /// Whether it asks for nothing.
    pub(super) fn says_nothing(&self) -> bool {
        self.is.is_none()
            && self.one_of.is_none()
            && self.starts_with.is_none()
            && self.matches.is_none()
            && self.over.is_none()
            && self.under.is_none()
            && self.written.is_none()
    }

    fn fits(&self, value: &Value) -> Option<bool> {
        let parts = [
            self.is.as_ref().map(|wanted| wanted.matches(value)),
            self.one_of.as_ref().map(|wanted| one_of(wanted, value)),
            self.starts_with.as_ref().map(|start| starts_with(start, value)),
            self.matches.as_ref().map(|pattern| matches(pattern, value)),
            self.over.map(|least| known_number(value, |number| number > least)),
            self.under.map(|most| known_number(value, |number| number < most)),
            self.written.map(Some),
        ];
        let parts = || parts.iter().flatten();
        if parts().any(|part| *part == Some(false)) {
            return Some(false);
        }
        parts().all(Option::is_some).then_some(true)
    }

    fn fits_default(&self, default: &Scalar) -> bool {
        let number = match default {
            Scalar::Number(number) => Some(*number),
            _ => None,
        };
        self.is.as_ref().is_none_or(|wanted| wanted == default)
            && self.one_of.as_ref().is_none_or(|wanted| wanted.contains(default))
            && self.starts_with.as_ref().is_none_or(|start| default.shown().starts_with(start))
            && self.matches.as_ref().is_none_or(|pattern| pattern.is_match(&default.shown()))
            && self.over.is_none_or(|least| number.is_some_and(|number| number > least))
            && self.under.is_none_or(|most| number.is_some_and(|number| number < most))
    }
}

fn one_of(wanted: &[Scalar], value: &Value) -> Option<bool> {
    let matches: Vec<Option<bool>> = wanted.iter().map(|scalar| scalar.matches(value)).collect();
    if matches.contains(&Some(true)) {
        return Some(true);
    }
    matches.iter().all(Option::is_some).then_some(false)
}

fn starts_with(start: &str, value: &Value) -> Option<bool> {
    let Kind::Text(text) = &value.kind else { return Some(false) };
    match text.pieces().first() {
        Some(crate::value::Piece::Known(known, _)) if known.len() >= start.len() || text.is_known() => {
            Some(known.starts_with(start))
        }
        None => Some(start.is_empty()),
        _ => None,
    }
}

/// Whether a scalar's text matches; `None` when that depends on what is unknown.
pub(super) fn matches(pattern: &Pattern, value: &Value) -> Option<bool> {
    match &value.kind {
        Kind::Text(text) => text.known().map(|text| pattern.is_match(&text)),
        Kind::Bool(value) => Some(pattern.is_match(&value.to_string())),
        Kind::Number(number) => Some(pattern.is_match(number.as_str())),
        _ => Some(false),
    }
}

fn number(value: &Value) -> Option<i64> {
    match &value.kind {
        Kind::Number(number) => number.as_i64(),
        Kind::Text(text) => text.as_known().and_then(|text| text.parse().ok()),
        _ => None,
    }
}

fn known_number(value: &Value, holds: impl Fn(i64) -> bool) -> Option<bool> {
    match &value.kind {
        Kind::Text(text) if !text.is_known() => None,
        _ => Some(number(value).is_some_and(holds)),
    }
}

/// Whether the key's attribute is as wanted.
pub(super) fn attribute(test: &AttributeTest, case: &Case<'_>) -> Access {
    let Some(key) = case.scene.key else { return Access::no([]) };
    let head = Witness::new(key.span, "", &key.trail);
    stated(test, key.attributes.get(&test.name), words(test.name), head)
}

/// Whether what is written is as wanted; `called` in words. `head` is where it would be written.
pub(super) fn stated<N>(
    test: &AttributeTest<N>,
    value: Option<&Value>,
    called: &str,
    head: Witness,
) -> Access {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return unwritten(test, called, head);
    };
    if test.written == Some(false) {
        return Access::no([]);
    }
    of_value(value, |leaf| test.fits(leaf), |leaf| fact(called, leaf))
}

fn unwritten<N>(test: &AttributeTest<N>, called: &str, head: Witness) -> Access {
    if let Some(written) = test.written {
        return if written { Access::no([]) } else { Access::yes([]) };
    }
    let Some(default) = &test.default else { return Access::no([]) };
    if !test.fits_default(default) {
        return Access::no([]);
    }
    let fact = format!("{called} is not set here, its default is `{}`", default.shown());
    Access::yes([Witness { fact: fact.into(), ..head }])
}

/// Asks a question of a value: the branches of an undecided conditional are joined, and what is unknown cannot tell.
pub(super) fn of_value(
    value: &Value,
    holds: impl Fn(&Value) -> Option<bool>,
    fact: impl Fn(&Value) -> String,
) -> Access {
    let mut leaves = vec![value];
    let mut answers = Vec::new();
    let mut undecided = Vec::new();
    while let Some(leaf) = leaves.pop() {
        match &leaf.kind {
            Kind::OneOf(branches) => {
                for branch in branches.iter() {
                    undecided.extend(&branch.when);
                    leaves.push(&branch.value);
                }
            }
            Kind::Unknown(unknown) => answers.push(Access::cannot_tell([Witness::of_unknown(unknown)])),
            _ => answers.push(match holds(leaf) {
                Some(true) => Access::yes([Witness::new(leaf.span, fact(leaf), &leaf.trail)]),
                Some(false) => Access::no([]),
                None => Access::cannot_tell(leaf.unknowns().into_iter().map(Witness::of_unknown)),
            }),
        }
    }
    if answers.iter().all(Access::is_yes) {
        return Access::all(answers);
    }
    if answers.iter().all(Access::is_no) {
        return Access::no([]);
    }
    let unknown = answers.into_iter().filter(Access::is_open).flat_map(|answer| answer.because);
    let decided = undecided.into_iter().map(Witness::of_assumption);
    let mut because: Vec<Witness> = Vec::new();
    for witness in unknown.chain(decided) {
        if !because.contains(&witness) {
            because.push(witness);
        }
    }
    Access::cannot_tell(because)
}

fn fact(called: &str, value: &Value) -> String {
    match shown(value) {
        Some(text) => format!("{called} is `{text}`"),
        None => format!("{called} is set here"),
    }
}

fn words(name: Attribute) -> &'static str {
    match name {
        Attribute::Spec => "the key spec",
        Attribute::Usage => "the key usage",
        Attribute::Origin => "the origin",
        Attribute::Rotation => "automatic rotation",
        Attribute::RotationPeriod => "the rotation period",
        Attribute::DeletionWindow => "the deletion window",
        Attribute::Enabled => "the enabled state",
        Attribute::MultiRegion => "multi-Region",
        Attribute::BypassLockoutCheck => "the bypass of the lockout safety check",
        Attribute::CustomKeyStore => "the custom key store",
        Attribute::XksKey => "the external key",
        Attribute::Description => "the description",
        Attribute::Tags => "the tags",
        Attribute::PrimaryKey => "the primary key",
        Attribute::KeyMaterial => "the key material",
        Attribute::Retained => "its protection from removal",
    }
}

/// Whether the resource is one of these. A guard: no witness.
pub(super) fn role(roles: &[RoleWord], case: &Case<'_>) -> Access {
    let Some(key) = case.scene.key else { return Access::no([]) };
    let role = match key.role {
        Role::Key => RoleWord::Key,
        Role::Replica => RoleWord::Replica,
        Role::External => RoleWord::External,
        Role::ReplicaExternal => RoleWord::ReplicaExternal,
        Role::PolicyAlone => RoleWord::PolicyAlone,
    };
    if roles.contains(&role) { Access::yes([]) } else { Access::no([]) }
}

/// Whether a partition or Region is one of these. A guard: no witness.
pub(super) fn place(known: Option<&str>, names: &[String]) -> Access {
    match known {
        Some(known) if names.iter().any(|name| name == known) => Access::yes([]),
        Some(_) => Access::no([]),
        None => Access::cannot_tell([]),
    }
}

/// Whether the plan does one of these.
pub(super) fn change(test: &ChangeTest, case: &Case<'_>) -> Access {
    let change = match case.item {
        Item::Change(change) => Some(change),
        _ => case.scene.key.and_then(|key| key.change.as_ref()),
    };
    let Some(change) = change.filter(|change| test.action.contains(&change.action)) else {
        return Access::no([]);
    };
    let forced = change.forced_by.iter().map(|(name, span)| {
        Witness::new(*span, format!("a change of `{name}` forces a new key"), case.scene.trail)
    });
    Access::yes(forced)
}

/// Whether the plan newly lets in somebody who reaches as far as one of these. The witnesses are of the new policy and,
/// last, of the old one.
pub(super) fn widens_to(words: &[NewReachWord], case: &Case<'_>) -> Access {
    let Item::Widening(one) = case.item else { return Access::no([]) };
    let word = match one.breadth {
        _ if one.is_service() => NewReachWord::Service,
        None => NewReachWord::Unknown,
        Some(Breadth::World) => NewReachWord::World,
        Some(Breadth::WorldByNetwork | Breadth::ForeignOrg | Breadth::ForeignAccount) => {
            NewReachWord::Foreign
        }
        Some(Breadth::TrustedOrg | Breadth::TrustedAccount) => NewReachWord::Trusted,
        Some(Breadth::OwnAccount | Breadth::DirectOwnAccount) => NewReachWord::OwnAccount,
        Some(Breadth::NamedOwn | Breadth::Nobody) => NewReachWord::OwnIdentity,
    };
    if !words.is_empty() && !words.contains(&word) {
        return Access::no([]);
    }
    let because = one.access.because.iter().chain([&one.refused]).cloned();
    if one.certain { Access::yes(because) } else { Access::cannot_tell(because) }
}

/// Whether so many resources state a policy for the key.
pub(super) fn owners(count: Count, case: &Case<'_>) -> Access {
    let Some(key) = case.scene.key else { return Access::no([]) };
    if !count.fits(key.policies.len()) {
        return Access::no([]);
    }
    Access::yes(key.policies.iter().map(|stated| {
        let fact = format!("`{}` states a policy here", stated.address);
        Witness::new(stated.name_span, fact, &stated.value.trail)
    }))
}
