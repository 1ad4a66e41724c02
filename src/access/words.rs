//! The words of the policy language as questions ask them: patterns, operators, actions, condition keys.

use super::view::View;
use crate::logic::Verdict;
use crate::policy::condition::{Comparison, Operator, SetQualifier, ValueType};
use crate::policy::facts::{self, Presence, Scope};
use crate::policy::{AccountRef, Arn};
use crate::value::{Piece, Text};
use std::sync::LazyLock;

/// Whether `subject` matches `pattern`, in which `*` is any text and `?` any character (IAM User Guide, "Resource":
/// wildcards). Takes time linear in both but for the product of their lengths at worst.
pub(super) fn glob(pattern: &str, subject: &str) -> bool {
    walk(pattern.as_bytes(), subject.as_bytes(), |one, two| one == two)
}

/// The same without regard to the case of ASCII letters.
fn glob_folded(pattern: &str, subject: &str) -> bool {
    walk(pattern.as_bytes(), subject.as_bytes(), |one, two| one.eq_ignore_ascii_case(&two))
}

/// Bytes are compared, since both texts are UTF-8; `?` takes the bytes of one character.
fn walk(pattern: &[u8], subject: &[u8], same: impl Fn(u8, u8) -> bool) -> bool {
    let (mut p, mut s) = (0, 0);
    // The place behind the last star, and how much of the subject it has taken.
    let mut star: Option<(usize, usize)> = None;
    while let Some(next) = subject.get(s) {
        match pattern.get(p) {
            Some(b'*') => {
                p += 1;
                star = Some((p, s));
            }
            Some(b'?') => {
                p += 1;
                s += width(*next);
            }
            Some(own) if same(*own, *next) => {
                p += 1;
                s += 1;
            }
            _ => {
                let Some((behind, taken)) = star else { return false };
                let taken = taken + subject.get(taken).map_or(1, |first| width(*first));
                star = Some((behind, taken));
                (p, s) = (behind, taken);
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|c| *c == b'*'))
}

/// The bytes of the character that begins with this byte.
fn width(first: u8) -> usize {
    match first {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0.. => 4,
    }
}

/// Whether a text as a pattern certainly, perhaps or certainly not matches; unknown pieces may be any text.
pub(super) fn glob_text(pattern: &Text, subject: &str) -> Verdict {
    if let Some(known) = pattern.known() {
        return if glob(&known, subject) { Verdict::Yes } else { Verdict::No };
    }
    let mut widest = String::new();
    for piece in pattern.pieces() {
        match piece {
            Piece::Known(known, _) => widest.push_str(known),
            Piece::Unknown(_) => widest.push('*'),
        }
    }
    if glob(&widest, subject) { Verdict::CannotTell } else { Verdict::No }
}

/// Whether an element of `Action` covers the action: without regard to case (IAM User Guide, "Action").
pub(super) fn action_covers(pattern: &Text, action: &str) -> Verdict {
    if let Some(known) = pattern.as_known() {
        return if glob_folded(known, action) { Verdict::Yes } else { Verdict::No };
    }
    let widest: String = pattern
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Known(known, _) => known,
            Piece::Unknown(_) => "*",
        })
        .collect();
    match (glob_folded(&widest, action), pattern.is_known()) {
        (false, _) => Verdict::No,
        (true, true) => Verdict::Yes,
        (true, false) => Verdict::CannotTell,
    }
}

/// Whether a `Resource` means this key: an ARN of `kms` with `key/…` that matches what is known of the key.
pub(super) fn key_arn(text: &Text, view: &View<'_>) -> Verdict {
    let Some(arn) = Arn::parse(text) else {
        return if text.is_known() { Verdict::No } else { Verdict::CannotTell };
    };
    let kms = glob_text(&arn.service, "kms");
    let resource = match arn.resource.known() {
        Some(known) if matches!(known.as_str(), "*" | "key/*" | "key*" | "k*") => Verdict::Yes,
        Some(known) if known.starts_with("key/") || known.contains(['*', '?']) => Verdict::CannotTell,
        Some(_) => Verdict::No,
        None => Verdict::CannotTell,
    };
    let field = |field: &Text, real: Option<&str>| match (field.known(), real) {
        (Some(known), _) if known.chars().all(|c| c == '*') && !known.is_empty() => Verdict::Yes,
        (_, Some(real)) => glob_text(field, real),
        (_, None) => Verdict::CannotTell,
    };
    let account = match &arn.account {
        AccountRef::Id(id) if id == "*" => Verdict::Yes,
        account => view.own.is(account).verdict,
    };
    let partition = field(&arn.partition, view.setting.partition.as_deref());
    let region = field(&arn.region, view.setting.region.as_deref());
    // A partition or Region that is not set here is taken to be the one that is deployed to.
    let lenient = |verdict| if verdict == Verdict::CannotTell { Verdict::Yes } else { verdict };
    let all = [kms, resource, account, lenient(partition), lenient(region)];
    if all.contains(&Verdict::No) {
        Verdict::No
    } else if all.contains(&Verdict::CannotTell) {
        Verdict::CannotTell
    } else {
        Verdict::Yes
    }
}

/// What an operator compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// Texts.
    String,
    /// ARNs, field by field.
    Arn,
    /// `true` and `false`.
    Bool,
    /// Addresses.
    Ip,
    /// Whether the key is there.
    Null,
    /// Numbers, dates, bytes.
    Other,
}

/// Which values a set qualifier asks about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Set {
    /// `ForAllValues`.
    All,
    /// `ForAnyValue`.
    Any,
}

/// A condition operator as questions ask about it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts of one operator")]
pub(super) struct Test {
    pub(super) form: Form,
    pub(super) negated: bool,
    pub(super) if_exists: bool,
    pub(super) set: Option<Set>,
    /// Whether `*` and `?` are wildcards.
    pub(super) wild: bool,
    /// What it says when the key is missing; not for `Null`.
    pub(super) when_missing: bool,
}

impl Test {
    /// The operator of a text; `None` when it is not known or does not exist.
    pub(super) fn of(text: &Text) -> Option<Self> {
        let operator = Operator::of(text)?;
        let form = match (operator.comparison, operator.value_type()) {
            (Comparison::Null, _) => Form::Null,
            (_, ValueType::String) => Form::String,
            (_, ValueType::Arn) => Form::Arn,
            (_, ValueType::Bool) => Form::Bool,
            (_, ValueType::Ip) => Form::Ip,
            _ => Form::Other,
        };
        Some(Self {
            form,
            negated: operator.negated,
            if_exists: operator.if_exists,
            set: operator.set.map(|set| match set {
                SetQualifier::ForAllValues => Set::All,
                SetQualifier::ForAnyValue => Set::Any,
            }),
            wild: operator.wildcards(),
            when_missing: operator.when_missing().unwrap_or(false),
        })
    }

    pub(super) fn is_null(self) -> bool {
        self.form == Form::Null
    }

    pub(super) fn any_value(self) -> bool {
        self.set == Some(Set::Any)
    }

    /// Why a test of this sort never restricts callers, whatever key and values it has.
    pub(super) fn unsound(self) -> Option<&'static str> {
        if self.is_null() {
            Some("is only asked to be there or not, whatever its value")
        } else if self.negated {
            Some("is tested by exclusion, so everyone else is admitted")
        } else if self.if_exists {
            Some("is tested with `IfExists`, so callers without it are admitted")
        } else if self.set == Some(Set::All) {
            Some("is tested with `ForAllValues`, so callers without it are admitted")
        } else {
            None
        }
    }
}

/// An action of KMS.
#[derive(Debug)]
pub(super) struct Act {
    /// Its full name.
    pub(super) name: String,
    /// Whether a key policy can allow it.
    pub(super) key_policy: bool,
    /// Whether other accounts can use it.
    pub(super) cross_account: bool,
    /// Whether it is a cryptographic operation.
    pub(super) cryptographic: bool,
}

/// All actions of KMS.
pub(super) fn acts() -> &'static [Act] {
    static ACTS: LazyLock<Vec<Act>> = LazyLock::new(|| {
        let act = |fact: &facts::ActionFact| Act {
            name: fact.full_name().to_owned(),
            key_policy: fact.in_key_policy.unwrap_or(true),
            cross_account: fact.cross_account,
            cryptographic: fact.cryptographic,
        };
        facts::actions().iter().map(act).collect()
    });
    &ACTS
}

/// Whether a condition key exists.
pub(super) enum KeyKnown {
    /// It does.
    Yes,
    /// It does not, but one that does is a typing mistake away.
    Misspelt(&'static str),
    /// It is not known here.
    No,
}

/// Whether a condition key exists.
pub(super) fn key_known(key: &str) -> KeyKnown {
    const LONGEST: usize = 100;
    if facts::condition_key(key).is_some() {
        return KeyKnown::Yes;
    }
    let lower = key.to_ascii_lowercase();
    if key.len() > LONGEST || !(lower.starts_with("kms:") || lower.starts_with("aws:")) {
        return KeyKnown::No;
    }
    let near = facts::condition_keys().iter().find(|known| {
        known.name.len().abs_diff(lower.len()) <= 2
            && strsim::damerau_levenshtein(&known.name.to_ascii_lowercase(), &lower) <= 2
    });
    near.map_or(KeyKnown::No, |known| KeyKnown::Misspelt(known.name))
}

/// Whether a call that manages a key (`kms:PutKeyPolicy`) can carry the condition key when an identity makes it. The KMS
/// Developer Guide lists `kms:ViaService` for such calls, but no service makes them for a user.
pub(super) fn sent_by(act: &str, key: &str) -> bool {
    let (Some(key), Some(action)) = (facts::condition_key(key), facts::action(act)) else {
        return true;
    };
    match key.scope {
        Scope::Global => !matches!(key.presence, Presence::ServiceCaller | Presence::ServiceToService),
        Scope::Key => true,
        Scope::Request => key.name != "kms:ViaService" && key.applies_to(action),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_as_in_iam() {
        assert!(glob("kms:Gen*Key", "kms:GenerateDataKey"));
        assert!(glob("a?c*", "abc"));
        assert!(!glob("a?c", "ac"));
        assert!(glob("**", ""));
        assert!(!glob("", "a"));
        assert!(!glob(&"*a".repeat(50), &"a".repeat(40)));
        assert!(glob("?*b", "\u{e9}\u{20ac}b") && glob("*?b", "\u{e9}b") && !glob("??b", "\u{e9}b"));
    }

    #[test]
    fn a_policy_change_carries_few_keys() {
        let put_carries = |key| sent_by("kms:PutKeyPolicy", key);
        assert!(!put_carries("kms:ViaService"));
        assert!(!put_carries("kms:EncryptionContext:a"));
        assert!(!put_carries("aws:SourceArn"));
        assert!(!put_carries("kms:GrantIsForAWSResource"));
        assert!(!put_carries("kms:RequestAlias"));
        assert!(put_carries("aws:PrincipalArn"));
        assert!(put_carries("kms:CallerAccount"));
        assert!(put_carries("kms:BypassPolicyLockoutSafetyCheck"));
    }

    #[test]
    fn misspelt_keys_are_seen() {
        assert!(matches!(key_known("kms:ViaServce"), KeyKnown::Misspelt("kms:ViaService")));
        assert!(matches!(key_known("kms:viaservice"), KeyKnown::Yes));
        assert!(matches!(key_known("saml:sub"), KeyKnown::No));
        // Two letters are missing, or three.
        assert!(matches!(key_known("kms:ViaServi"), KeyKnown::Misspelt("kms:ViaService")));
        assert!(matches!(key_known("kms:ViaServ"), KeyKnown::No));
        assert!(matches!(key_known("kms:ViaServicexx"), KeyKnown::Misspelt("kms:ViaService")));
        assert!(matches!(key_known("s3:ViaService"), KeyKnown::No));
    }
}
