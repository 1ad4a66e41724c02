//! The project's settings: trusted accounts, severities, exceptions.
//!
//! One file, `kmsguard.yaml`, in the scanned root. A name that is not known, a value that cannot be right, a rule that
//! does not exist are mistakes with a place and, where something is near, a proposal; the rest of the file still
//! holds. What is easy to get wrong: an account id is a text of twelve digits, and YAML reads one with a leading zero
//! as a number unless it is quoted.

mod accept;
mod profile;
mod written;

pub use profile::{Profile, Selection};
pub use written::{FROM, Written};

use crate::finding::Severity;
use crate::source::{FileId, Problem, ProblemKind, SourceMap, nearest};
use crate::suppress::entry::Entry;
use crate::syntax::typed::Placed;
use std::collections::BTreeMap;
use written::{Digits, OneOrMore};

/// `kmsguard.yaml`, checked.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The 12 digits of the account that keys are deployed to.
    pub key_account: Option<String>,
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: Option<String>,
    /// The Region that keys are deployed to.
    pub region: Option<String>,
    /// Accounts that may use keys.
    pub trusted_accounts: Vec<String>,
    /// Organisations that may use keys.
    pub trusted_orgs: Vec<String>,
    /// The least severity that makes the exit code 1.
    pub fail_on: Option<Severity>,
    /// Severities by rule id; `None` switches the rule off.
    pub rules: BTreeMap<String, Option<Severity>>,
    /// Which rules are asked.
    pub profiles: Selection,
    /// The ARN of the identity that applies changes.
    pub deployer: Option<String>,
    /// Findings that are accepted.
    pub accept: Vec<Entry>,
    /// A file with findings that are accepted, relative to the settings.
    pub baseline: Option<Placed<String>>,
}

/// What settings may name.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The ids of rules.
    pub rules: &'a [&'a str],
    /// The standards whose controls ask for rules.
    pub standards: &'a [&'a str],
}

impl Config {
    /// Reads the settings in `file`. What is wrong is left out and told.
    pub fn load(map: &SourceMap, file: FileId, known: Known<'_>) -> (Self, Vec<Problem>) {
        match Written::read(map, file) {
            Ok(written) => Self::check(written, file, known),
            Err(problem) => (Self::default(), vec![problem]),
        }
    }

    /// Checks settings as written in `file`.
    pub fn check(written: Written, file: FileId, known: Known<'_>) -> (Self, Vec<Problem>) {
        Checker { file, problems: Vec::new() }.config(written, known)
    }
}

/// The JSON Schema of the settings file.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Written).to_value()
}

struct Checker {
    file: FileId,
    problems: Vec<Problem>,
}

impl Checker {
    fn config(mut self, written: Written, known: Known<'_>) -> (Config, Vec<Problem>) {
        let config = Config {
            key_account: written.key_account.and_then(|it| self.account(&it)),
            partition: written.partition.and_then(|it| self.partition(it)),
            region: written.region.and_then(|it| self.region(it)),
            trusted_accounts: written.trusted_accounts.iter().filter_map(|it| self.account(it)).collect(),
            trusted_orgs: written.trusted_orgs.into_iter().filter_map(|it| self.org(it)).collect(),
            fail_on: written.fail_on,
            rules: written
                .rules
                .levels
                .into_iter()
                .filter_map(|(id, level)| Some((self.rule(id, known.rules)?, level.severity())))
                .collect(),
            profiles: written.profile.map(|names| self.profiles(names, known.standards)).unwrap_or_default(),
            deployer: written.deployer.and_then(|it| self.deployer(it)),
            accept: written.accept.into_iter().filter_map(|it| self.accept(it, known.rules)).collect(),
            baseline: written.baseline,
        };
        (config, self.problems)
    }

    fn report<T>(&mut self, at: &Placed<T>, message: String, help: impl Into<String>) {
        self.problems.push(Problem::new(ProblemKind::Settings, at.span(self.file), message).help(help));
    }

    fn account(&mut self, written: &Placed<Digits>) -> Option<String> {
        let (text, quoted) = match &written.value {
            Digits::Text(text) => (text.clone(), true),
            Digits::Number(number) => (number.to_string(), false),
        };
        if is_account(&text) {
            return Some(text);
        }
        let help = if quoted {
            "an account id has 12 digits"
        } else {
            "an account id has 12 digits; put it in quotes"
        };
        self.report(written, format!("`{text}` is not an account id"), help);
        None
    }

    fn profiles(&mut self, names: OneOrMore, standards: &[&str]) -> Selection {
        let mut known = Vec::new();
        for name in names.all() {
            let selected = Selection::named([name.value.as_str()]);
            match selected.and_then(|selection| selection.check(standards)) {
                Ok(()) => known.push(name.value),
                Err((message, help)) => self.report(&name, message, help),
            }
        }
        Selection::named(known.iter().map(String::as_str)).unwrap_or_default()
    }

    fn deployer(&mut self, written: Placed<String>) -> Option<String> {
        let fields: Vec<&str> = written.value.splitn(6, ':').collect();
        let fits = match fields.as_slice() {
            ["arn", _, "iam", "", account, what] => {
                is_account(account) && (what.starts_with("role/") || what.starts_with("user/"))
            }
            ["arn", _, "sts", "", account, what] => is_account(account) && what.starts_with("assumed-role/"),
            _ => false,
        };
        if fits {
            return Some(written.value);
        }
        let message = format!("`{}` is not the ARN of a role, a user or a session", written.value);
        self.report(&written, message, "write it like `arn:aws:iam::111122223333:role/deploy`");
        None
    }

    fn org(&mut self, written: Placed<String>) -> Option<String> {
        let id = written.value.strip_prefix("o-");
        let fits = id.is_some_and(|id| {
            (10..=32).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
        if fits {
            return Some(written.value);
        }
        let message = format!("`{}` is not an organisation id", written.value);
        self.report(&written, message, "it is `o-` and 10 to 32 lower-case letters or digits");
        None
    }

    fn rule(&mut self, id: Placed<String>, known_rules: &[&str]) -> Option<String> {
        if known_rules.contains(&id.value.as_str()) {
            return Some(id.value);
        }
        let help = match nearest(&id.value, known_rules.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`kmsguard rules` lists them all".to_owned(),
        };
        self.report(&id, format!("there is no rule `{}`", id.value), help);
        None
    }

    fn partition(&mut self, written: Placed<String>) -> Option<String> {
        let fits = written.value == "aws"
            || written.value.strip_prefix("aws-").is_some_and(|rest| {
                !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            });
        if fits {
            return Some(written.value);
        }
        let message = format!("`{}` is not a partition", written.value);
        self.report(&written, message, "partitions are `aws`, `aws-cn`, `aws-us-gov`, …");
        None
    }

    fn region(&mut self, written: Placed<String>) -> Option<String> {
        if is_region(&written.value) {
            return Some(written.value);
        }
        let message = format!("`{}` is not a Region", written.value);
        self.report(&written, message, "a Region is written like `eu-central-1`");
        None
    }
}

/// Whether a text is an account id.
fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text has the form of a Region: two or more letters, words, a number.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |part: &str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    match parts.as_slice() {
        [words @ .., number] if words.len() >= 2 => {
            words.iter().all(|part| letters(part))
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> (Config, Vec<(String, String, Option<String>)>) {
        let map = SourceMap::default();
        let file = map.add("kmsguard.yaml", text);
        let (config, problems) =
            Config::load(&map, file, Known { rules: &["public-access", "policy-size"], standards: &[] });
        let shown = problems.into_iter().map(|it| (it.message, map.slice(it.span), it.help)).collect();
        (config, shown)
    }

    #[test]
    fn good_settings_are_read() {
        let (config, problems) = load(
            "key_account: \"011122223333\"\npartition: aws\nregion: eu-central-1\ntrusted_accounts: [\"444455556666\", 777788889999]\n\
             trusted_orgs: [o-abcd123456]\nfail_on: high\nrules:\n  policy-size: off\n  public-access: high\n",
        );
        assert_eq!(problems, []);
        assert_eq!(config.key_account.as_deref(), Some("011122223333"));
        assert_eq!(config.trusted_accounts, ["444455556666", "777788889999"]);
        assert_eq!(config.rules["policy-size"], None);
        assert_eq!(config.rules["public-access"], Some(Severity::High));
        assert_eq!(config.fail_on, Some(Severity::High));
    }

    #[test]
    fn mistakes_have_a_place_and_a_proposal_and_the_rest_holds() {
        let (config, problems) = load(
            "region: europe\nkey_account: \"01112222333\"\nrules:\n  public-acess: off\n  policy-size: low\n",
        );
        let shown: Vec<(&str, &str)> = problems.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("`01112222333` is not an account id", "\"01112222333\""),
                ("`europe` is not a Region", "europe"),
                ("there is no rule `public-acess`", "public-acess"),
            ]
        );
        assert_eq!(problems[2].2.as_deref(), Some("did you mean `public-access`?"));
        assert_eq!(config.rules["policy-size"], Some(Severity::Low));
    }

    #[test]
    fn unknown_names_are_told() {
        let (_, problems) = load("trusted_acounts: []\n");
        assert_eq!(problems[0].0, "unknown name `trusted_acounts`");
        assert_eq!(problems[0].2.as_deref(), Some("did you mean `trusted_accounts`?"));
        assert!(load("").1.is_empty());
        assert!(load("# nothing yet\n").1.is_empty());
    }
}
