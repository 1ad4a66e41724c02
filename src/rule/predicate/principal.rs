//! Predicates on principals.

use super::dead::{self, PartitionWord};
use super::element::{all_given, any_element, any_statement, at, decided, of_text, unknown};
use super::may::MayTest;
use super::pattern::Pattern;
use crate::access::{Access, Missing, Witness, own_account};
use crate::policy::{AccountRef, Element, Principal, facts};
use crate::rule::slot;
use crate::rule::subject::{Case, Item};
use crate::value::Text;

/// What sort of principal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PrincipalKind {
    /// Everyone: `*`.
    Everyone,
    /// An account.
    Account,
    /// A role.
    Role,
    /// A user.
    User,
    /// A session of a role.
    Session,
    /// A federated user.
    FederatedUser,
    /// A service.
    Service,
    /// A unique id, left behind by a deleted principal.
    UniqueId,
    /// One that the API rejects.
    Malformed,
}

/// What a principal must be; all that is given must hold.
#[derive(Clone, PartialEq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PrincipalTest {
    /// One of these.
    #[serde(default)]
    pub kind: Option<Vec<PrincipalKind>>,
    /// Its account is one of these.
    #[serde(default)]
    pub account: Option<Vec<AccountWord>>,
    /// In which partition it is.
    #[serde(default)]
    pub partition: Option<PartitionWord>,
    /// Its text matches this regular expression.
    #[serde(default)]
    pub matches: Option<Pattern>,
    /// What it may call.
    #[serde(default)]
    pub may: Option<MayTest>,
}

/// Whose account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccountWord {
    /// The key's own.
    Own,
    /// Another one that the settings trust.
    Trusted,
    /// Another one that they do not name.
    Foreign,
}

impl PrincipalTest {
    /// Whether one principal is as wanted.
    pub(super) fn of(&self, element: &Element<Principal>, case: &Case<'_>) -> Access {
        let principal = &element.value;
        let answer = all_given([
            self.kind.as_ref().map(|kinds| of_kind(principal, kinds)),
            self.account.as_ref().map(|accounts| of_account(principal, accounts, case)),
            self.partition.map(|word| match text_of(principal) {
                Some(arn) => dead::partition(word, arn, case),
                None => Access::no([]),
            }),
            self.matches.as_ref().map(|pattern| matching(principal, pattern)),
        ]);
        let answer = match &self.may {
            Some(may) if !answer.is_no() => answer.and(may.of(element, case)),
            _ => answer,
        };
        at(element, || format!("`{}` is a principal here", slot::principal(principal)), answer)
    }
}

/// Whether the principal, or any in view, is as wanted.
pub(super) fn principal(test: &PrincipalTest, case: &Case<'_>) -> Access {
    let ask = |element: &Element<Principal>| test.of(element, case);
    match case.item {
        Item::Principal(element) => ask(element),
        _ => any_statement(case, |statement| any_element(statement.principals.as_ref(), ask)),
    }
}

fn of_kind(principal: &Principal, kinds: &[PrincipalKind]) -> Access {
    let kind = match principal {
        Principal::Everyone => PrincipalKind::Everyone,
        Principal::Account(_) => PrincipalKind::Account,
        Principal::Role(_) => PrincipalKind::Role,
        Principal::User(_) => PrincipalKind::User,
        Principal::Session(_) => PrincipalKind::Session,
        Principal::FederatedUser(_) => PrincipalKind::FederatedUser,
        Principal::Service(_) => PrincipalKind::Service,
        Principal::UniqueId(_) => PrincipalKind::UniqueId,
        Principal::Malformed(_) => PrincipalKind::Malformed,
        Principal::Someone(_) if kinds == [PrincipalKind::Everyone] => return Access::no([]),
        Principal::Someone(text) => {
            return Access::cannot_tell(text.unknowns().map(Witness::of_unknown));
        }
        Principal::Unknown(it) => return unknown(it),
    };
    decided(kinds.contains(&kind))
}

/// Whether a principal's text matches; what is not known of it leaves that open.
fn matching(principal: &Principal, pattern: &Pattern) -> Access {
    match principal {
        Principal::Unknown(it) | Principal::Account(AccountRef::Unknown(it)) => unknown(it),
        Principal::Role(arn)
        | Principal::User(arn)
        | Principal::Session(arn)
        | Principal::FederatedUser(arn) => of_text(&arn.text, |text| pattern.is_match(text)),
        Principal::Service(text)
        | Principal::UniqueId(text)
        | Principal::Malformed(text)
        | Principal::Someone(text) => of_text(text, |text| pattern.is_match(text)),
        known => decided(pattern.is_match(&slot::principal(known))),
    }
}

/// Whether the account of a principal is one of these. An account that nobody knows whether it is the key's own is
/// decided only where that makes no difference.
fn of_account(principal: &Principal, wanted: &[AccountWord], case: &Case<'_>) -> Access {
    let account = match principal {
        Principal::Unknown(it) => return unknown(it),
        Principal::Someone(text) => return Access::cannot_tell(text.unknowns().map(Witness::of_unknown)),
        _ => match principal.account() {
            Some(account) => account,
            None => return Access::no([]),
        },
    };
    let setting = &case.scene.setting;
    let told = case.policy.and_then(|held| own_account(&held.document, setting));
    let own = told.or_else(|| setting.account.clone());
    let id = match account {
        AccountRef::Own => return decided(wanted.contains(&AccountWord::Own)),
        AccountRef::Unknown(it) => return unknown(it),
        AccountRef::Id(id) => id,
    };
    let trusted = setting.trusted_accounts.contains(id);
    let other = if trusted { AccountWord::Trusted } else { AccountWord::Foreign };
    match own {
        Some(own) if own == *id => decided(wanted.contains(&AccountWord::Own)),
        Some(_) => decided(wanted.contains(&other)),
        None if wanted.contains(&AccountWord::Own) == wanted.contains(&other) => {
            decided(wanted.contains(&other))
        }
        None => {
            let fact = format!("the key's account is not known, and `{id}` may be it");
            Access::cannot_tell([Witness::new(case.span(), fact, case.trail()).misses(Missing::Account)])
        }
    }
}

/// The text of a principal that has one.
fn text_of(principal: &Principal) -> Option<&Text> {
    match principal {
        Principal::Service(text) | Principal::Someone(text) => Some(text),
        _ => principal.arn().map(|arn| &arn.text),
    }
}

/// The key's partition, where it is known.
pub(super) fn partition(case: &Case<'_>) -> Option<String> {
    let setting = &case.scene.setting;
    let of_region = || facts::partition_of_region(setting.region.as_deref()?);
    setting.partition.clone().or_else(|| of_region().map(|partition| partition.name.to_owned()))
}
