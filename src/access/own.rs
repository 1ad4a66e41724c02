//! Which account is the key's own.

use super::{Access, Setting, Witness};
use crate::logic::Answer;
use crate::policy::{AccountRef, Document, Effect, Principal, Statement};
use crate::source::Span;
use crate::value::Trail;

/// The key's own account, as far as it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
    account: Option<String>,
    /// Where it was inferred from; `None` when it is set or not known.
    inferred: Option<Span>,
}

/// The key's own account: that of the settings, else the one that the policy itself tells.
pub fn own_account(document: &Document, setting: &Setting) -> Option<String> {
    Own::of(document, setting).account
}

/// Statements beyond this many are not looked at for an inference: a policy of 32 KiB cannot hold them.
const MOST_STATEMENTS: usize = 1000;

impl Own {
    /// The account of the settings; otherwise *inferred from the policy*: when every principal and every account
    /// condition names one and the same literal account, and a statement gives `kms:*` to its account principal, that
    /// is the default key policy written out for the key's own account.
    pub(super) fn of(document: &Document, setting: &Setting) -> Self {
        match &setting.account {
            Some(account) => Self { account: Some(account.clone()), inferred: None },
            None => infer(document).unwrap_or_default(),
        }
    }

    /// Whether `account` is the key's own.
    pub(super) fn is(&self, account: &AccountRef) -> Access {
        match (account, &self.account) {
            (AccountRef::Own, _) => Answer::yes([]),
            (AccountRef::Id(id), Some(own)) if id == own => Answer::yes([]),
            (AccountRef::Id(_), Some(_)) => Answer::no([]),
            (AccountRef::Id(_), None) => Answer::cannot_tell([]),
            (AccountRef::Unknown(unknown), _) => Answer::cannot_tell([Witness::of_unknown(unknown)]),
        }
    }

    /// The 12 digits, where they are known.
    pub(super) fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// Says where the own account was inferred from.
    pub(super) fn witness(&self) -> Option<Witness> {
        let span = self.inferred?;
        let account = self.account.as_deref().unwrap_or_default();
        Some(Witness::new(
            span,
            format!("account `{account}` is taken to be the key's own: setting inferred from this policy"),
            &Trail::default(),
        ))
    }
}

fn infer(document: &Document) -> Option<Own> {
    if document.statements.len() > MOST_STATEMENTS || !document.open.is_empty() {
        return None;
    }
    let mut only: Option<&str> = None;
    let mut root: Option<Span> = None;
    for statement in &document.statements {
        for account in accounts_of(statement) {
            match account {
                Some(id) if only.is_none_or(|known| known == id) => only = Some(id),
                _ => return None,
            }
        }
        if root.is_none() {
            root = delegation(statement);
        }
        if conditions_name_another(statement, only) {
            return None;
        }
    }
    let account = only?.to_owned();
    let other = |statement: &Statement| conditions_name_another(statement, Some(&account));
    (!document.statements.iter().any(other)).then_some(())?;
    Some(Own { inferred: Some(root?), account: Some(account) })
}

/// The accounts of a statement's principals; `None` for one that is not literal.
fn accounts_of(statement: &Statement) -> impl Iterator<Item = Option<&str>> {
    let items = statement.principals.iter().flat_map(|principals| &principals.items);
    items.filter_map(|item| {
        let account = account_of(&item.value)?;
        Some(match account {
            AccountRef::Id(id) => Some(id.as_str()),
            AccountRef::Own | AccountRef::Unknown(_) => None,
        })
    })
}

/// The account that a principal belongs to, where the principal is of one account.
pub(super) fn account_of(principal: &Principal) -> Option<&AccountRef> {
    match principal {
        Principal::Account(account) => Some(account),
        Principal::Role(arn)
        | Principal::User(arn)
        | Principal::Session(arn)
        | Principal::FederatedUser(arn) => Some(&arn.account),
        _ => None,
    }
}

/// The account principal of an Allow of `kms:*` (or `*`).
fn delegation(statement: &Statement) -> Option<Span> {
    if statement.effect != Effect::Allow || !statement.when.is_empty() {
        return None;
    }
    let actions = statement.actions.as_ref().filter(|actions| !actions.negated)?;
    let all = |text: &crate::value::Text| {
        text.as_known().is_some_and(|word| word == "*" || word.eq_ignore_ascii_case("kms:*"))
    };
    actions.items.iter().find(|action| action.when.is_empty() && all(&action.value))?;
    let principals = statement.principals.as_ref().filter(|principals| !principals.negated)?;
    let root = |principal: &Principal| matches!(principal, Principal::Account(AccountRef::Id(_)));
    principals.items.iter().find(|item| item.when.is_empty() && root(&item.value)).map(|item| item.span)
}

/// Whether a condition on the caller's account or ARN holds 12 digits that are not `only`, or something not known.
fn conditions_name_another(statement: &Statement, only: Option<&str>) -> bool {
    let about_callers = |key: &str| {
        ["kms:calleraccount", "aws:principalaccount", "aws:principalarn"]
            .iter()
            .any(|known| key.eq_ignore_ascii_case(known))
    };
    let callers =
        statement.conditions.iter().filter(|condition| condition.key.as_known().is_some_and(about_callers));
    callers.flat_map(|condition| &condition.values).any(|value| {
        let known = value.value.known_parts();
        let mut runs = known.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 12);
        !value.value.is_known() || runs.any(|run| only.is_some_and(|only| only != run))
    })
}
