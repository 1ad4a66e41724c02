//! Profiles: which rules are asked.
//!
//! `default` holds what is worth acting on in every change, `strict` what a careful house wants too, `pedantic` all.
//! Compliance sets hold the rules that a control of a published standard asks for. What is easy to get wrong: a standard
//! in a rule may stand for several versions (`CIS AWS Foundations 3.0-5.0`), and a version of it is meant by each of them.

use crate::source::nearest;

/// How much is asked; each holds what those before it hold.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Default,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// What a careful team wants on every pull request.
    #[default]
    Default,
    /// What a strict one wants too.
    Strict,
    /// Everything.
    Pedantic,
}

impl Profile {
    /// From the narrowest to the widest.
    pub const ALL: [Self; 3] = [Self::Default, Self::Strict, Self::Pedantic];

    /// Its name in settings and rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Strict => "strict",
            Self::Pedantic => "pedantic",
        }
    }
}

/// The compliance sets: the name that is typed, and how the standard is called in rules.
const STANDARDS: [(&str, &str); 4] = [
    ("fsbp", "AWS FSBP"),
    ("cis", "CIS AWS Foundations"),
    ("nist-800-53", "NIST SP 800-53"),
    ("pci-dss", "PCI DSS"),
];

/// A published standard, perhaps in one version.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Standard {
    name: &'static str,
    version: Option<String>,
}

/// The profiles and compliance sets in force; a rule of any of them is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Selection {
    profile: Option<Profile>,
    standards: Vec<Standard>,
}

impl Default for Selection {
    fn default() -> Self {
        Self { profile: Some(Profile::Default), standards: Vec::new() }
    }
}

impl Selection {
    /// The profile alone.
    pub fn of(profile: Profile) -> Self {
        Self { profile: Some(profile), standards: Vec::new() }
    }

    /// The union of what is named; the default profile when nothing is.
    ///
    /// # Errors
    /// The first name that is not known, and what to do about it.
    pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, (String, String)> {
        let mut selection = Self { profile: None, standards: Vec::new() };
        for name in names {
            if let Some(profile) = Profile::ALL.into_iter().find(|profile| profile.name() == name) {
                selection.profile = selection.profile.max(Some(profile));
            } else if let Some(standard) = standard(name) {
                selection.standards.push(standard);
            } else {
                return Err(unknown(name));
            }
        }
        let nothing = selection.profile.is_none() && selection.standards.is_empty();
        Ok(if nothing { Self::default() } else { selection })
    }

    /// Whether there are rules for every set, by the standards that rules name.
    ///
    /// # Errors
    /// The first standard or version of which no rule is, and those of which there are some.
    pub fn check(&self, standards: &[&str]) -> Result<(), (String, String)> {
        let empty = |wanted: &&Standard| !standards.iter().any(|called| wanted.covers(called));
        let Some(Standard { name, version }) = self.standards.iter().find(empty) else { return Ok(()) };
        let mut known: Vec<&&str> = standards.iter().filter(|called| called.starts_with(name)).collect();
        known.sort_unstable();
        known.dedup();
        let known: Vec<String> = known.into_iter().map(|called| format!("`{called}`")).collect();
        let version = version.as_deref().map_or_else(String::new, |version| format!(" {version}"));
        let help = if known.is_empty() {
            "choose another profile".to_owned()
        } else {
            format!("there are rules for {}", known.join(", "))
        };
        Err((format!("no rule is for `{name}{version}`"), help))
    }

    /// Whether rules of this profile are asked.
    pub fn reaches(&self, profile: Profile) -> bool {
        self.profile.is_some_and(|own| own >= profile)
    }

    /// Whether rules that a control of this standard asks for are asked.
    pub fn asks_for(&self, standard: &str) -> bool {
        self.standards.iter().any(|wanted| wanted.covers(standard))
    }
}

impl Standard {
    /// Whether a standard as rules call it (`CIS AWS Foundations 3.0-5.0`) is this one.
    fn covers(&self, called: &str) -> bool {
        let Some(rest) = called.strip_prefix(self.name) else { return false };
        let Some(wanted) = self.version.as_deref().and_then(number) else {
            return rest.is_empty() || rest.starts_with(' ');
        };
        let versions = rest.trim();
        let (first, last) = versions.split_once('-').unwrap_or((versions, versions));
        match (number(first), number(last)) {
            (Some(first), Some(last)) => first <= wanted && wanted <= last,
            _ => false,
        }
    }
}

/// `cis`, `cis-7.0`.
fn standard(name: &str) -> Option<Standard> {
    STANDARDS.iter().find_map(|(typed, called)| {
        let rest = name.strip_prefix(typed)?;
        let version = rest.strip_prefix('-');
        let known = rest.is_empty() || version.is_some_and(|version| number(version).is_some());
        known.then(|| Standard { name: called, version: version.map(str::to_owned) })
    })
}

/// `3.2.1` and `r5` as something that can be compared.
fn number(version: &str) -> Option<Vec<u32>> {
    let version = version.strip_prefix('r').unwrap_or(version);
    version.split('.').map(|part| part.parse().ok()).collect()
}

fn unknown(name: &str) -> (String, String) {
    let known = || Profile::ALL.map(Profile::name).into_iter().chain(STANDARDS.map(|(typed, _)| typed));
    let help = nearest(name, known()).map_or_else(
        || {
            let names: Vec<String> = known().map(|name| format!("`{name}`")).collect();
            format!("there are {}, and versions of them: `cis-7.0`", names.join(", "))
        },
        |near| format!("did you mean `{near}`?"),
    );
    (format!("there is no profile `{name}`"), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_without_rules_is_no_set() {
        let standards = ["PCI DSS 4.0.1", "PCI DSS 3.2.1", "CIS AWS Foundations 6.0-7.0"];
        let check = |name: &str| Selection::named([name]).unwrap().check(&standards);
        assert_eq!(check("strict").and(check("pci-dss")).and(check("cis-7.0")), Ok(()));
        let (message, help) = check("pci-dss-4.0").unwrap_err();
        assert_eq!(message, "no rule is for `PCI DSS 4.0`");
        assert_eq!(help, "there are rules for `PCI DSS 3.2.1`, `PCI DSS 4.0.1`");
        assert!(check("fsbp").is_err());
    }

    #[test]
    fn profiles_hold_the_narrower_ones() {
        let strict = Selection::named(["strict"]).unwrap();
        assert!(strict.reaches(Profile::Default) && strict.reaches(Profile::Strict));
        assert!(!strict.reaches(Profile::Pedantic));
        assert_eq!(Selection::named([]).unwrap(), Selection::default());
    }

    #[test]
    fn standards_are_matched_by_version() {
        let cis = |name: &str, called: &str| Selection::named([name]).unwrap().asks_for(called);
        assert!(cis("cis-4.0", "CIS AWS Foundations 3.0-5.0"));
        assert!(!cis("cis-6.0", "CIS AWS Foundations 3.0-5.0"));
        assert!(cis("cis", "CIS AWS Foundations 1.4-2.0"));
        assert!(cis("cis-7.0", "CIS AWS Foundations 7.0"));
        assert!(cis("nist-800-53-r5", "NIST SP 800-53 r5") && cis("nist-800-53", "NIST SP 800-53 r5"));
        assert!(cis("pci-dss-3.2.1", "PCI DSS 3.2.1") && !cis("pci-dss-4.0", "PCI DSS 3.2.1"));
        assert!(!cis("fsbp", "AWS Security Hub"));
        assert!(!Selection::named(["fsbp"]).unwrap().reaches(Profile::Default));
    }

    #[test]
    fn typos_are_pointed_out() {
        let (message, help) = Selection::named(["pedntic"]).unwrap_err();
        assert_eq!(
            (message.as_str(), help.as_str()),
            ("there is no profile `pedntic`", "did you mean `pedantic`?")
        );
        assert!(Selection::named(["cis-x"]).is_err());
    }
}
