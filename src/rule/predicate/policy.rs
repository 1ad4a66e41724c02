//! Predicates on a policy as a whole.

use super::key::of_value;
use crate::access::{
    Access, ManagerClass, Witness, deny_covers_managers, managed_only_by as only, managers as all_managers,
    nobody_manages,
};
use crate::policy::{DefectKind, Statement, Version};
use crate::rule::subject::{Case, Held, Item};
use crate::value::Text;

/// A number's bounds; both ends are outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// More than this.
    #[serde(default)]
    pub over: Option<usize>,
    /// Less than this.
    #[serde(default)]
    pub under: Option<usize>,
}

/// The policy's `Version`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VersionWord {
    /// `2012-10-17`.
    Current,
    /// `2008-10-17`, written.
    Old,
    /// Not written.
    Missing,
    /// Something else, which the API rejects.
    Other,
}

/// How a policy locks its owners out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LockoutWord {
    /// Nobody of the key's account is allowed `kms:PutKeyPolicy`.
    NobodyManages,
    /// Deny statements cover everybody who is.
    DenyCoversManagers,
}

/// What sort of identity can change the policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ManagerWord {
    /// The account principal.
    Account,
    /// Everyone, limited to the own account by a condition.
    Pattern,
    /// A role by ARN.
    Role,
    /// A user by ARN.
    User,
    /// A role of IAM Identity Center.
    SsoRole,
    /// One session.
    Session,
}

impl Count {
    /// Whether a number lies within.
    pub(super) fn fits(self, number: usize) -> bool {
        self.over.is_none_or(|least| number > least) && self.under.is_none_or(|most| number < most)
    }
}

/// Whether any policy in view answers yes; no when there is none.
fn any_policy(case: &Case<'_>, ask: impl Fn(&Held<'_>) -> Access) -> Access {
    Access::any(case.policies().into_iter().map(ask))
}

/// Whether `bypass_policy_lockout_safety_check` is set.
pub(super) fn bypassed(wanted: bool, case: &Case<'_>) -> Access {
    any_policy(case, |held| match held.stated.and_then(|stated| stated.bypass.as_ref()) {
        Some(value) if !value.is_null() => of_value(
            value,
            |leaf| Some(leaf.as_bool() == Some(wanted)),
            |_| "the lockout safety check is switched off here".to_owned(),
        ),
        _ if wanted => Access::no([]),
        _ => Access::yes([]),
    })
}

/// The policy's length. An unknown part can only make it longer.
pub(super) fn size(count: Count, case: &Case<'_>) -> Access {
    any_policy(case, |held| {
        let size = held.document.size;
        let least_fits = count.over.is_none_or(|least| size.bytes > least);
        if !size.open {
            return if count.fits(size.bytes) { Access::yes([]) } else { Access::no([]) };
        }
        match count.under {
            Some(most) if size.bytes >= most => Access::no([]),
            None if least_fits => Access::yes([]),
            _ => Access::cannot_tell(held.document.open.iter().map(Witness::of_unknown)),
        }
    })
}

/// The policy's version.
pub(super) fn version(words: &[VersionWord], case: &Case<'_>) -> Access {
    any_policy(case, |held| {
        let document = &held.document;
        if document.statements.is_empty() && !document.open.is_empty() {
            return Access::cannot_tell(document.open.iter().map(Witness::of_unknown));
        }
        let (word, fact) = match &document.version {
            Version::V2012 => (VersionWord::Current, "the current version".to_owned()),
            Version::V2008 => (VersionWord::Old, "the old version".to_owned()),
            Version::Missing => (VersionWord::Missing, "no `Version` here".to_owned()),
            Version::Other(other) => (VersionWord::Other, format!("`{other}` is not a version")),
            Version::Unknown(unknown) => return Access::cannot_tell([Witness::of_unknown(unknown)]),
        };
        if !words.contains(&word) {
            return Access::no([]);
        }
        Access::yes([Witness::new(document.version_span, fact, &document.trail)])
    })
}

/// A text in a resource or condition value.
pub(super) fn mentions(wanted: &str, case: &Case<'_>) -> Access {
    any_policy(case, |held| {
        let found = held
            .document
            .statements
            .iter()
            .flat_map(texts)
            .find(|(text, _)| text.known_parts().contains(wanted));
        match found {
            Some((_, span)) => {
                let fact = format!("`{wanted}` is used here");
                Access::yes([Witness::new(span, fact, &held.document.trail)])
            }
            None => Access::no([]),
        }
    })
}

fn texts(statement: &Statement) -> impl Iterator<Item = (&Text, crate::source::Span)> {
    let resources = statement.resources.iter().flat_map(|elements| &elements.items);
    let values = statement.conditions.iter().flat_map(|condition| &condition.values);
    resources.chain(values).map(|element| (&element.value, element.span))
}

/// Whether nobody can change the policy.
pub(super) fn lockout(word: LockoutWord, case: &Case<'_>) -> Access {
    let setting = &case.scene.setting;
    any_policy(case, |held| match word {
        LockoutWord::NobodyManages => nobody_manages(&held.document, setting),
        LockoutWord::DenyCoversManagers => deny_covers_managers(&held.document, setting),
    })
}

/// Whether everybody who can change the policy is of these sorts.
pub(super) fn managed_only_by(words: &[ManagerWord], case: &Case<'_>) -> Access {
    let classes: Vec<ManagerClass> = words.iter().map(|word| class(*word)).collect();
    any_policy(case, |held| {
        let answer = only(&held.document, &case.scene.setting, &classes);
        if !answer.is_yes() {
            return answer;
        }
        let found = all_managers(&held.document, &case.scene.setting);
        let found = found.iter().filter(|it| it.answer.is_yes());
        Access::yes(found.map(|it| Witness::new(it.span, "can change the policy", &it.trail)))
    })
}

/// How many principals can certainly change the policy. A guard: no witness.
pub(super) fn managers(count: Count, case: &Case<'_>) -> Access {
    any_policy(case, |held| {
        let found = all_managers(&held.document, &case.scene.setting);
        let mut certain: Vec<&str> =
            found.iter().filter(|it| it.answer.is_yes()).map(|it| it.principal.as_str()).collect();
        certain.sort_unstable();
        certain.dedup();
        if count.fits(certain.len()) { Access::yes([]) } else { Access::no([]) }
    })
}

fn class(word: ManagerWord) -> ManagerClass {
    match word {
        ManagerWord::Account => ManagerClass::Account,
        ManagerWord::Pattern => ManagerClass::Pattern,
        ManagerWord::Role => ManagerClass::Role,
        ManagerWord::User => ManagerClass::User,
        ManagerWord::SsoRole => ManagerClass::SsoRole,
        ManagerWord::Session => ManagerClass::Session,
    }
}

/// A mistake of one of these kinds: the one that the rule is about, or any of the policies in view.
pub(super) fn defect(kinds: &[DefectKind], case: &Case<'_>) -> Access {
    let witness = |defect: &crate::policy::Defect| {
        Witness::new(defect.span, format!("`{}` {}", defect.subject, defect.fact), &defect.trail)
    };
    if let Item::Defect(defect) = case.item {
        let fits = kinds.contains(&defect.kind);
        return if fits { Access::yes([witness(defect)]) } else { Access::no([]) };
    }
    any_policy(case, |held| {
        let found = held.document.defects.iter().find(|defect| kinds.contains(&defect.kind));
        found.map_or(Access::no([]), |defect| Access::yes([witness(defect)]))
    })
}
