//! What AWS knows: actions, condition keys, partitions, Regions, services.
//!
//! Data, one table a file, each with its sources in its head; parsed once when first asked. A new action, key, Region
//! or service is a row. What is easy to get wrong: the tables are a snapshot, so a name that they lack may be new.

mod action;
mod condition_key;
mod key_spec;
mod partition;
mod service;
#[cfg(test)]
mod table_tests;

pub use action::{ActionFact, KeyType, Risk, action, actions};
pub use condition_key::{ConditionKey, Presence, Restriction, Scope, condition_key, condition_keys};
pub use key_spec::{KeySpec, POLICY_BYTES, key_spec, key_specs, key_type};
pub use partition::{
    Partition, is_opt_in, is_partition_name, is_region, partition, partition_names, partition_of_host,
    partition_of_region, partitions,
};
pub use service::{is_known_service_principal, is_known_via_service, via_services};

/// The rows of a table: fields between tabs, comments after `#`.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
}

/// The members of a field; none for `-`.
fn members(field: &'static str) -> Vec<&'static str> {
    if field == "-" { Vec::new() } else { field.split(',').collect() }
}

/// `yes`, `no`, or not documented.
fn flag(field: &str) -> Option<bool> {
    match field {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}
