//! Whether a condition holds when an identity of the key's account manages the key.
//!
//! Three things decide: keys that such a call never carries (KMS Developer Guide, "AWS KMS condition keys": each
//! lists its operations), keys that have one value for all of the account, and keys that a person can meet or not.
//! What is easy to get wrong: a missing key makes a negated test true, so a Deny applies.

use super::limit::key_shown;
use super::same::{Sameness, matches_arn};
use super::view::{View, open_test, unknowns};
use super::words::{Form, KeyKnown, Test, key_known, sent_by};
use super::{Access, Missing, Witness};
use crate::logic::Answer;
use crate::policy::{AccountRef, Condition};
use crate::value::{Text, Trail};

/// Who manages the key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subject<'a> {
    /// Any identity of the key's account.
    Anyone,
    /// The identity with this ARN.
    Named(&'a Text),
}

/// When a condition holds.
#[derive(Clone, Debug)]
pub(super) enum Hold {
    /// Always.
    Always,
    /// Never, for the reason given.
    Never(Witness),
    /// For some, or at some times.
    Sometimes,
    /// Not known, because of these.
    Unknown(Vec<Witness>),
}

impl Hold {
    /// Whether it can hold: what an Allow asks.
    pub(super) fn possible(self) -> Access {
        match self {
            Self::Always | Self::Sometimes => Answer::yes([]),
            Self::Never(why) => Answer::no([why]),
            Self::Unknown(why) => Answer::cannot_tell(why),
        }
    }

    /// Whether it cannot be escaped: what a Deny asks.
    pub(super) fn inevitable(self) -> Access {
        match self {
            Self::Always => Answer::yes([]),
            Self::Sometimes => Answer::no([]),
            Self::Never(why) => Answer::no([why]),
            Self::Unknown(why) => Answer::cannot_tell(why),
        }
    }
}

impl View<'_> {
    /// Whether the condition holds when `subject` calls what the duty asks for.
    pub(super) fn hold(&self, condition: &Condition, subject: Subject<'_>) -> Hold {
        let (Some(key), Some(test)) = (condition.key.known(), Test::of(&condition.operator)) else {
            return Hold::Unknown(open_test(condition));
        };
        let key = key.to_ascii_lowercase();
        match key_known(&key) {
            KeyKnown::Misspelt(meant) => {
                let why =
                    format!("`{}` is never in a request; `{meant}` is probably meant", key_shown(condition));
                return missing(condition, test, &why);
            }
            KeyKnown::No => {
                let fact = format!("`{}` is not a condition key that is known here", key_shown(condition));
                return Hold::Unknown(vec![at(condition, fact)]);
            }
            KeyKnown::Yes => {}
        }
        if !sent_by(self.duty.action(), &key) {
            let act = self.duty.action();
            let why = format!("`{}` is never in a call of `{act}`", key_shown(condition));
            return missing(condition, test, &why);
        }
        if let Some(unknown) = &condition.open {
            return Hold::Unknown(vec![Witness::of_unknown(unknown)]);
        }
        if test.is_null() {
            return null_of_present(condition, &key);
        }
        self.hold_of_present(condition, &key, test, subject)
    }

    fn hold_of_present(&self, condition: &Condition, key: &str, test: Test, subject: Subject<'_>) -> Hold {
        let matched = match key {
            "kms:calleraccount" | "aws:principalaccount" | "aws:resourceaccount" => {
                self.any_value(condition, |value| self.is_own_account(value, test))
            }
            "aws:principalarn" => self.any_value(condition, |value| self.is_subject(value, test, subject)),
            "aws:principalorgid" => self.any_value(condition, |value| self.is_own_org(value, test)),
            "aws:principalisawsservice" | "aws:securetransport" if test.form == Form::Bool => {
                let real = if key == "aws:securetransport" { "true" } else { "false" };
                match only_word(condition) {
                    Some(word) => Matched::of(word == real),
                    None => Matched::Unknown(values_unknown(condition)),
                }
            }
            "aws:currenttime" | "aws:epochtime" => Matched::Unknown(vec![at(
                condition,
                format!("`{}` depends on the time", key_shown(condition)),
            )]),
            _ if key.starts_with("aws:resourcetag/")
                || matches!(
                    key,
                    "kms:keyspec"
                        | "kms:keyusage"
                        | "kms:keyorigin"
                        | "kms:multiregion"
                        | "kms:multiregionkeytype"
                        | "kms:resourcealiases"
                ) =>
            {
                let fact =
                    format!("`{}` depends on the key, which is not looked at here", key_shown(condition));
                Matched::Unknown(vec![at(condition, fact)])
            }
            _ => Matched::Some,
        };
        let never = || {
            let what = if test.negated { "excludes" } else { "does not admit" };
            at(condition, format!("`{}` {what} the key's own account", key_shown(condition)))
        };
        match (matched, test.negated) {
            (Matched::All, false) | (Matched::None, true) => Hold::Always,
            (Matched::All, true) | (Matched::None, false) => Hold::Never(never()),
            (Matched::Some, _) => Hold::Sometimes,
            (Matched::Unknown(why), _) => Hold::Unknown(why),
        }
    }

    /// The widest match among the values.
    fn any_value(&self, condition: &Condition, one: impl Fn(&Text) -> Matched) -> Matched {
        let mut widest = Matched::None;
        for value in &condition.values {
            let gate = self.world.gate(&value.when);
            if gate.is_no() {
                continue;
            }
            let matched = if gate.is_open() { Matched::Unknown(gate.because) } else { one(&value.value) };
            widest = match (widest, matched) {
                (Matched::All, _) | (_, Matched::All) => Matched::All,
                (Matched::Some, _) | (_, Matched::Some) => Matched::Some,
                (Matched::Unknown(why), _) | (_, Matched::Unknown(why)) => Matched::Unknown(why),
                (Matched::None, Matched::None) => Matched::None,
            };
        }
        widest
    }

    fn is_own_account(&self, value: &Text, test: Test) -> Matched {
        let wild = test.wild;
        match super::pinned::pinned_account(value, wild, self.variables()) {
            super::pinned::Pinned::To(account) => match self.own.is(&account) {
                own if own.is_yes() => Matched::All,
                own if own.is_no() => Matched::None,
                own => Matched::Unknown(self.account_open(&account, value, own.because)),
            },
            super::pinned::Pinned::Nothing => Matched::None,
            super::pinned::Pinned::Open => Matched::Unknown(unknowns(value)),
            super::pinned::Pinned::Loose(_) => match (value.known(), self.own.account()) {
                (Some(pattern), _) if pattern.chars().all(|c| c == '*') => Matched::All,
                (Some(pattern), Some(own)) if !pattern.contains("${") => {
                    Matched::of(super::words::glob(&pattern, own))
                }
                // `${aws:ResourceAccount}` and the like: compared at the time of the call.
                _ => Matched::Unknown(vec![Witness::new(
                    self.document.span,
                    format!("`{}` is compared at the time of the call", value.shown()),
                    &Trail::default(),
                )]),
            },
        }
    }

    fn account_open(&self, account: &AccountRef, value: &Text, mut because: Vec<Witness>) -> Vec<Witness> {
        if let AccountRef::Id(id) = account {
            let span = value.span(0..value.known_len()).unwrap_or(self.document.span);
            let fact = format!("the key's account is not known, and `{id}` may be it");
            because.push(Witness::new(span, fact, &Trail::default()).misses(Missing::Account));
        }
        because
    }

    fn is_own_org(&self, value: &Text, test: Test) -> Matched {
        match super::pinned::pinned_org(value, test.wild, self.variables(), false) {
            super::pinned::Pinned::To(None) => Matched::All,
            super::pinned::Pinned::To(Some(id)) => {
                let trusted = &self.setting.trusted_orgs;
                if trusted.is_empty() || trusted.contains(&id) {
                    return Matched::All;
                }
                let fact = format!("`{id}` is not among the trusted organisations, and may be the own one");
                Matched::Unknown(vec![Witness::new(self.document.span, fact, &Trail::default())])
            }
            super::pinned::Pinned::Nothing => Matched::None,
            super::pinned::Pinned::Loose(_) => Matched::Some,
            super::pinned::Pinned::Open => Matched::Unknown(unknowns(value)),
        }
    }

    fn is_subject(&self, value: &Text, test: Test, subject: Subject<'_>) -> Matched {
        if let Subject::Named(arn) = subject {
            return match matches_arn(self, value, arn, test.wild) {
                Sameness::Yes => Matched::All,
                Sameness::No => Matched::None,
                Sameness::CannotTell => {
                    let mut why = unknowns(value);
                    why.extend(unknowns(arn));
                    Matched::Unknown(why)
                }
            };
        }
        if value.known().is_some_and(|known| test.wild && known.chars().all(|c| c == '*')) {
            return Matched::All;
        }
        if !test.wild && value.known_parts().contains(['*', '?']) {
            return Matched::None;
        }
        match super::pinned::pinned_arn_account(value, test.wild, self.variables()) {
            super::pinned::Pinned::To((account, _)) => match self.own.is(&account) {
                own if own.is_yes() => Matched::Some,
                own if own.is_no() => Matched::None,
                own => Matched::Unknown(self.account_open(&account, value, own.because)),
            },
            super::pinned::Pinned::Nothing => Matched::None,
            super::pinned::Pinned::Loose(_) => Matched::Some,
            super::pinned::Pinned::Open => Matched::Unknown(unknowns(value)),
        }
    }
}

/// Whom the values of a condition match, of those that are asked about.
enum Matched {
    All,
    Some,
    None,
    Unknown(Vec<Witness>),
}

impl Matched {
    fn of(yes: bool) -> Self {
        if yes { Self::All } else { Self::None }
    }
}

/// `Null` for a key that such a call can carry.
fn null_of_present(condition: &Condition, key: &str) -> Hold {
    let always =
        ["kms:calleraccount", "aws:principalaccount", "aws:principalarn", "aws:principaltype", "aws:userid"];
    if !always.contains(&key) {
        return Hold::Sometimes;
    }
    match only_word(condition) {
        Some(word) if word == "false" => Hold::Always,
        Some(word) if word == "true" => {
            Hold::Never(at(condition, format!("`{}` is in every request", key_shown(condition))))
        }
        _ => Hold::Unknown(values_unknown(condition)),
    }
}

/// What a test says when the key is not in the request.
fn missing(condition: &Condition, test: Test, why: &str) -> Hold {
    let holds = if test.is_null() {
        match only_word(condition) {
            Some(word) => word == "true",
            None => return Hold::Unknown(values_unknown(condition)),
        }
    } else {
        test.when_missing
    };
    if holds { Hold::Always } else { Hold::Never(at(condition, why.to_owned())) }
}

/// The one value of a condition, in lower case.
fn only_word(condition: &Condition) -> Option<String> {
    match condition.values.as_slice() {
        [value] if condition.open.is_none() => value.value.known().map(|word| word.to_ascii_lowercase()),
        _ => None,
    }
}

fn values_unknown(condition: &Condition) -> Vec<Witness> {
    let values = condition.values.iter().flat_map(|value| unknowns(&value.value));
    values.chain(condition.open.iter().map(Witness::of_unknown)).collect()
}

fn at(condition: &Condition, fact: String) -> Witness {
    Witness::new(condition.key_span, fact, &Trail::default())
}
