//! Which account is the key's own.

use super::{Access, Setting, Witness};
use crate::logic::{Answer, Verdict};
use crate::policy::{AccountRef, Document, Effect, Principal, Statement};
use crate::source::Span;
use crate::value::{Text, Trail};

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
    /// The account of the settings; otherwise *inferred from the policy*: when one literal account alone is given `kms:*`
    /// by its account principal, that is the default key policy written out for the key's own account. Another account
    /// could not even use most of it: it works for the own account only.
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
    let mut found: Option<(&str, Span)> = None;
    let mut certain = false;
    for statement in &document.statements {
        let Some(principals) = &statement.principals else { continue };
        if principals.items.iter().any(|item| item.value.account() == Some(&AccountRef::Own)) {
            return None;
        }
        let delegates = delegates(statement);
        if delegates == Verdict::No {
            continue;
        }
        for item in &principals.items {
            match &item.value {
                Principal::Account(AccountRef::Id(id)) if found.is_none_or(|(known, _)| known == id) => {
                    found = Some((id, item.span));
                    certain |= delegates == Verdict::Yes && item.when.is_empty();
                }
                Principal::Account(_) | Principal::Unknown(_) => return None,
                _ => {}
            }
        }
        if principals.open.is_some() || (principals.negated && !principals.items.is_empty()) {
            return None;
        }
    }
    let (account, span) = found.filter(|_| certain)?;
    Some(Own { account: Some(account.to_owned()), inferred: Some(span) })
}

/// Whether a statement is an Allow of `kms:*` (or `*`).
fn delegates(statement: &Statement) -> Verdict {
    let Some(actions) = &statement.actions else { return Verdict::No };
    let all = |text: &Text| match text.known() {
        Some(word) if word == "*" || word.eq_ignore_ascii_case("kms:*") => Verdict::Yes,
        Some(_) => Verdict::No,
        None => Verdict::CannotTell,
    };
    let worst = actions.items.iter().fold(Verdict::No, |so_far, item| match (so_far, all(&item.value)) {
        (Verdict::Yes, _) => Verdict::Yes,
        (_, Verdict::Yes) if item.when.is_empty() => Verdict::Yes,
        (_, Verdict::Yes | Verdict::CannotTell) => Verdict::CannotTell,
        (so_far, Verdict::No) => so_far,
    });
    let open = actions.negated || actions.open.is_some() || !statement.when.is_empty();
    match (&statement.effect, worst) {
        (Effect::Deny | Effect::Invalid, _) => Verdict::No,
        (Effect::Allow, verdict) if !open => verdict,
        (Effect::Allow | Effect::Unknown(_), _) => Verdict::CannotTell,
    }
}
