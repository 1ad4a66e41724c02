//! The project's settings: trusted accounts, severities, exceptions.

use crate::finding::Severity;
use std::collections::BTreeMap;

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
}
