//! Version constraints of modules (Terraform docs, "Version Constraints").
//!
//! `terraform init` takes the newest version that a constraint allows; module versions are not locked. What is easy to
//! get wrong: `~> 3.1` allows 3.9 but not 4.0, `~> 3.1.0` allows 3.1.9 but not 3.2.0. Pre-releases count as their
//! release: they are chosen only where they are named.

use std::cmp::Ordering;

/// A version: up to three numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Version([u64; 3]);

/// A range of versions, from the first (included) to the second (left out).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Range(Version, Version);

impl Version {
    /// The first version of a major number.
    pub(super) fn major(major: u64) -> Self {
        Self([major, 0, 0])
    }

    /// Its first number.
    pub(super) fn number(self) -> u64 {
        let [major, ..] = self.0;
        major
    }

    /// `1.2.3`, `v1.2`, `refs/tags/v1`, `tags/1.0`; `None` when it is no version.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::parts(text).map(|(version, _)| version)
    }

    /// The version and how many numbers were written.
    fn parts(text: &str) -> Option<(Self, usize)> {
        let text = text.trim();
        let text = text.strip_prefix("refs/").unwrap_or(text);
        let text = text.strip_prefix("tags/").unwrap_or(text);
        let text = text.strip_prefix('v').unwrap_or(text);
        let text = text.split(['-', '+']).next().unwrap_or(text);
        let mut numbers = [0; 3];
        let mut written = 0;
        for part in text.split('.') {
            *numbers.get_mut(written)? = part.parse().ok()?;
            written += 1;
        }
        Some((Self(numbers), written))
    }

    /// The smallest version above all that have the same first `kept` numbers.
    fn after(self, kept: usize) -> Self {
        let mut numbers = self.0;
        for (at, number) in numbers.iter_mut().enumerate() {
            match (at + 1).cmp(&kept) {
                Ordering::Less => {}
                Ordering::Equal => *number = number.saturating_add(1),
                Ordering::Greater => *number = 0,
            }
        }
        Self(numbers)
    }
}

impl Range {
    /// Every version.
    pub(super) const ALL: Self = Self(Version([0, 0, 0]), Version([u64::MAX, 0, 0]));

    /// From `first` to the end of the major number `last`.
    pub(super) fn up_to(first: Version, last: u64) -> Self {
        Self(first, Version::major(last.saturating_add(1)))
    }

    /// Exactly one version.
    pub(super) fn only(version: Version) -> Self {
        Self(version, version.after(3))
    }

    /// What a constraint allows; `!=` is left out of account. `None` when it cannot be read.
    pub(super) fn of(constraint: &str) -> Option<Self> {
        constraint.split(',').try_fold(Self::ALL, |range, part| Some(range.and(Self::one(part.trim())?)))
    }

    fn one(part: &str) -> Option<Self> {
        let split = part.find(|one: char| one.is_ascii_digit() || one == 'v')?;
        let (operator, version) = part.split_at_checked(split)?;
        let (version, written) = Version::parts(version)?;
        let Self(zero, end) = Self::ALL;
        Some(match operator.trim() {
            "" | "=" => Self::only(version),
            ">=" => Self(version, end),
            ">" => Self(version.after(3), end),
            "<" => Self(zero, version),
            "<=" => Self(zero, version.after(3)),
            "~>" if written == 1 => Self(version, end),
            "~>" => Self(version, version.after(written - 1)),
            "!=" => Self::ALL,
            _ => return None,
        })
    }

    /// What both allow.
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0.max(other.0), self.1.min(other.1))
    }

    /// Whether it allows nothing.
    pub(super) fn is_empty(self) -> bool {
        self.0 >= self.1
    }

    /// Whether it allows `version`.
    pub(super) fn allows(self, version: Version) -> bool {
        self.0 <= version && version < self.1
    }

    /// The newest major number that it allows any version of, up to `last`.
    pub(super) fn newest_major(self, last: u64) -> Option<u64> {
        let fits = |major: &u64| !self.and(Self::up_to(Version::major(*major), *major)).is_empty();
        (0..=last).rev().find(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_allow_what_terraform_allows() {
        let allows = |constraint: &str, version: &str| {
            Range::of(constraint).unwrap().allows(Version::parse(version).unwrap())
        };
        for (constraint, yes, no) in [
            ("~> 3.1", "3.9.9", "4.0.0"),
            ("~> 3.1.0", "3.1.9", "3.2.0"),
            (">= 1.0, < 2.0", "1.5", "2.0.0"),
            ("= 2.1.0", "2.1.0", "2.1.1"),
            ("2.1", "2.1.0", "2.1.1"),
            ("> 1.0.0", "1.0.1", "1.0.0"),
            ("<= 1.4", "1.4.0", "1.4.1"),
            ("~> 2", "3.0", "1.9"),
        ] {
            assert!(allows(constraint, yes) && !allows(constraint, no), "{constraint}");
        }
        assert!(Range::of("latest").is_none() && Range::of("").is_none() && Range::of(">= x").is_none());
    }

    #[test]
    fn the_newest_major_is_taken() {
        let newest = |constraint: &str| Range::of(constraint).unwrap().newest_major(4);
        assert_eq!(newest(">= 1.0"), Some(4));
        assert_eq!(newest("~> 3.1"), Some(3));
        assert_eq!(newest("< 3.0"), Some(2));
        assert_eq!(newest(">= 5.0"), None);
        assert_eq!(newest("> 2.0, < 2.0"), None);
        assert_eq!(Version::parse("refs/tags/v1.2.3"), Version::parse("1.2.3"));
        assert!(Version::parse("main").is_none() && Version::parse("407e3db").is_none());
    }
}
