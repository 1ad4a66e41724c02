//! Partitions and their Regions.

use super::rows;
use std::sync::LazyLock;

/// A partition: a group of Regions with its own accounts and ARNs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Partition {
    /// Its name in ARNs: `aws`, `aws-cn`.
    pub name: &'static str,
    /// Its DNS suffix: `amazonaws.com`.
    pub suffix: &'static str,
    /// Its Regions.
    pub regions: Vec<Region>,
}

/// A Region of a partition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Region {
    /// Its name: `eu-central-1`.
    pub name: &'static str,
    /// Whether accounts must enable it first.
    pub opt_in: bool,
    /// Whether it is announced only.
    pub announced: bool,
}

static PARTITIONS: LazyLock<Vec<Partition>> =
    LazyLock::new(|| rows(include_str!("partitions.tsv")).filter_map(|row| parse(&row)).collect());

fn parse(row: &[&'static str]) -> Option<Partition> {
    let [name, suffix, regions] = row else { return None };
    let region = |word: &'static str| Region {
        name: word.trim_end_matches(['?', '!']),
        opt_in: word.ends_with('?'),
        announced: word.ends_with('!'),
    };
    Some(Partition { name, suffix, regions: regions.split(',').map(region).collect() })
}

/// Every partition.
pub fn partitions() -> &'static [Partition] {
    &PARTITIONS
}

/// The names of all partitions.
pub fn partition_names() -> impl Iterator<Item = &'static str> {
    PARTITIONS.iter().map(|partition| partition.name)
}

/// The partition of that name.
pub fn partition(name: &str) -> Option<&'static Partition> {
    PARTITIONS.iter().find(|partition| partition.name == name)
}

/// Whether a name may be that of a partition: one of the table, or one that looks so and may be newer.
pub fn is_partition_name(name: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    name == "aws" || name.strip_prefix("aws-").is_some_and(|rest| rest.split('-').all(word))
}

/// The partition that a Region belongs to.
pub fn partition_of_region(region: &str) -> Option<&'static Partition> {
    PARTITIONS.iter().find(|partition| partition.regions.iter().any(|known| known.name == region))
}

/// Whether a Region is in the table.
pub fn is_region(region: &str) -> bool {
    partition_of_region(region).is_some()
}

/// Whether accounts must enable a Region before principals of theirs can use keys there.
pub fn is_opt_in(region: &str) -> bool {
    PARTITIONS
        .iter()
        .flat_map(|partition| &partition.regions)
        .any(|known| known.name == region && known.opt_in)
}

/// The first partition below whose DNS suffix a host lies (`aws` and `aws-us-gov` share one).
pub fn partition_of_host(host: &str) -> Option<&'static Partition> {
    PARTITIONS.iter().find(|partition| {
        host.strip_suffix(partition.suffix)
            .and_then(|rest| rest.strip_suffix('.'))
            .is_some_and(|name| name.split('.').all(is_label))
    })
}

fn is_label(label: &str) -> bool {
    let shape = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !label.is_empty() && label.bytes().all(shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_told_from_regions_and_hosts() {
        assert_eq!(partitions().len(), rows(include_str!("partitions.tsv")).count());
        assert_eq!(partition_of_region("cn-north-1").unwrap().name, "aws-cn");
        assert_eq!(partition_of_region("eusc-de-east-1").unwrap().suffix, "amazonaws.eu");
        assert!(is_opt_in("me-south-1") && !is_opt_in("eu-west-1"));
        assert_eq!(partition_of_host("logs.eu-west-1.amazonaws.com").unwrap().name, "aws");
        assert_eq!(partition_of_host("ec2.amazonaws.com.cn").unwrap().name, "aws-cn");
        assert!(partition_of_host("amazonaws.com").is_none());
        assert!(partition_of_host("evilamazonaws.com").is_none());
    }

    #[test]
    fn new_partitions_are_let_through_by_their_shape() {
        assert!(is_partition_name("aws-us-gov") && is_partition_name("aws-moon"));
        assert!(!is_partition_name("amazon") && !is_partition_name("aws-") && !is_partition_name("AWS"));
    }
}
