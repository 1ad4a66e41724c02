//! Patterns of actions: what they cover, and what was meant.
//!
//! IAM User Guide, "IAM JSON policy elements: Action": service prefix and name without regard to case, `*` and `?`
//! anywhere. What is easy to get wrong: `kms:ReEncrypt` is the name of an operation, not of an action, and covers
//! nothing.

use super::facts::{ActionFact, actions};
use super::glob::{Case, Glob};
use super::name_like;
use crate::logic::Verdict;
use crate::value::Text;

/// Whether a pattern covers an action, both with their service: `kms:*`, `kms:Decrypt`.
pub fn matches(pattern: &Text, action: &str) -> Verdict {
    Glob::pattern(pattern, Case::Ignored).matches(action)
}

/// The actions of KMS that a pattern covers or may cover.
pub fn expand(pattern: &Text) -> Vec<(&'static ActionFact, Verdict)> {
    let glob = Glob::pattern(pattern, Case::Ignored);
    actions()
        .iter()
        .map(|action| (action, glob.matches(action.full_name())))
        .filter(|(_, verdict)| *verdict != Verdict::No)
        .collect()
}

/// Whether a pattern can cover actions of KMS, those that came after the table included: its service part is `kms`,
/// or a wildcard that takes it.
pub fn concerns_kms(pattern: &Text) -> Verdict {
    let known = pattern.known_parts();
    let Some(colon) = known.find(':') else {
        return Glob::pattern(pattern, Case::Ignored).meets(&Glob::of("kms:*", Case::Ignored));
    };
    Glob::pattern(&pattern.slice(0..colon), Case::Ignored).matches("kms")
}

/// The pattern that was probably meant by one that covers no action of KMS.
pub fn meant(pattern: &str) -> Option<String> {
    let name = pattern.rsplit_once([':', '.', '/']).map_or(pattern, |(_, name)| name);
    let stem = name.trim_end_matches('*');
    if stem.is_empty() || stem.contains(['*', '?']) {
        return None;
    }
    let lower = stem.to_ascii_lowercase();
    let begins = |action: &&ActionFact| action.name.to_ascii_lowercase().starts_with(&lower);
    let covered: Vec<&ActionFact> = actions().iter().filter(begins).collect();
    match covered.as_slice() {
        [] => {}
        [one] if one.name.len() == stem.len() => return Some(one.full_name().to_owned()),
        _ if name.len() > stem.len() => return Some(format!("kms:{stem}*")),
        [first, ..] => {
            let exact = covered.iter().find(|action| action.name.eq_ignore_ascii_case(stem));
            let common = first.name.get(..stem.len()).unwrap_or(stem);
            return Some(
                exact.map_or_else(|| format!("kms:{common}*"), |action| action.full_name().to_owned()),
            );
        }
    }
    let near = name_like(stem, actions().iter().map(|action| action.name))?;
    Some(format!("kms:{near}{}", if name.len() > stem.len() { "*" } else { "" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{known, mixed};

    fn count(pattern: &str) -> usize {
        expand(&known(pattern)).len()
    }

    #[test]
    fn patterns_cover_actions() {
        assert_eq!(count("kms:*"), actions().len());
        assert_eq!(count("*"), actions().len());
        assert_eq!(count("KMS:reencrypt*"), 2);
        assert_eq!(count("kms:ReEncrypt"), 0);
        assert_eq!(count("s3:*"), 0);
        assert_eq!(count("kms:GenerateDataKey*"), 4);
        assert!(
            expand(&mixed(&["kms:", "?text"])).iter().all(|(_, verdict)| *verdict == Verdict::CannotTell)
        );
    }

    #[test]
    fn what_was_meant() {
        for (wrong, right) in [
            ("kms:ReEncrypt", "kms:ReEncrypt*"),
            ("kms:Decypt", "kms:Decrypt"),
            ("kms.Decrypt", "kms:Decrypt"),
            ("Decrypt", "kms:Decrypt"),
            ("kms:GenerateDatKey*", "kms:GenerateDataKey*"),
            ("kms:GrantCreate", ""),
            ("kms:*Foo", ""),
            ("kms:De?rypt", ""),
            ("s3:*", ""),
            ("s3:", ""),
            ("GenerateDataKey", "kms:GenerateDataKey"),
            ("generatedatakey", "kms:GenerateDataKey"),
            ("kms.reencrypt", "kms:ReEncrypt*"),
            ("GenerateData*", "kms:GenerateData*"),
            ("GenerateDataKey*", "kms:GenerateDataKey*"),
            ("decrypt*", "kms:Decrypt"),
        ] {
            assert_eq!(meant(wrong).unwrap_or_default(), right, "{wrong}");
        }
    }

    #[test]
    fn the_service_is_told_from_the_pattern() {
        assert_eq!(concerns_kms(&known("kms:Foo")), Verdict::Yes);
        assert_eq!(concerns_kms(&known("*")), Verdict::Yes);
        assert_eq!(concerns_kms(&known("k*:Foo")), Verdict::Yes);
        assert_eq!(concerns_kms(&known("s3:Get*")), Verdict::No);
        assert_eq!(concerns_kms(&known("Decrypt")), Verdict::No);
        assert_eq!(concerns_kms(&mixed(&["?text"])), Verdict::CannotTell);
        assert_eq!(concerns_kms(&mixed(&["?text", ":Decrypt"])), Verdict::CannotTell);
    }
}
