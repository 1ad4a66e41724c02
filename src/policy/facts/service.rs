//! Services that key policies name.

use super::rows;
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

static SERVICES: LazyLock<FxHashSet<(&'static str, &'static str)>> = LazyLock::new(|| {
    rows(include_str!("services.tsv"))
        .filter_map(|row| match row.as_slice() {
            [kind, name] => Some((*kind, *name)),
            _ => None,
        })
        .collect()
});

/// Whether AWS documents a service principal in key policies; a Region in it does not count. Incomplete by nature.
pub fn is_known_service_principal(host: &str) -> bool {
    let without_region: Vec<&str> = host.split('.').filter(|label| !super::is_region(label)).collect();
    SERVICES.contains(&("principal", without_region.join(".").as_str()))
}

/// Whether `prefix` is known before the Region of a `kms:ViaService` value. Incomplete by nature.
pub fn is_known_via_service(prefix: &str) -> bool {
    SERVICES.contains(&("via", prefix))
}

/// The known prefixes of `kms:ViaService` values, in order.
pub fn via_services() -> impl Iterator<Item = &'static str> {
    rows(include_str!("services.tsv"))
        .filter_map(|row| matches!(row.as_slice(), ["via", _]).then(|| row.last().copied()).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_in_service_principals_do_not_count() {
        assert!(is_known_service_principal("logs.eu-west-1.amazonaws.com"));
        assert!(is_known_service_principal("delivery.logs.amazonaws.com"));
        assert!(!is_known_service_principal("example.amazonaws.com"));
        assert!(is_known_via_service("s3") && !is_known_via_service("S3"));
        assert!(via_services().count() > 90);
    }
}
