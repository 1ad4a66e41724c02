//! Specs and usages of keys.

use super::{KeyType, members, rows};
use std::sync::LazyLock;

/// The most bytes that a key policy may have; not adjustable. KMS Developer Guide, "Quotas".
pub const POLICY_BYTES: usize = 32_768;

/// What is known of a key spec. KMS Developer Guide, "Key spec reference".
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeySpec {
    /// Its name: `SYMMETRIC_DEFAULT`.
    pub name: &'static str,
    /// The usages that it allows: `ENCRYPT_DECRYPT`.
    pub usages: Vec<&'static str>,
    /// Whether it exists in China Regions; `None`: everywhere.
    pub china: Option<bool>,
}

static SPECS: LazyLock<Vec<KeySpec>> =
    LazyLock::new(|| rows(include_str!("key_specs.tsv")).filter_map(|row| parse(&row)).collect());

fn parse(row: &[&'static str]) -> Option<KeySpec> {
    let [name, usages, place] = row else { return None };
    let china = match *place {
        "china" => Some(true),
        "elsewhere" => Some(false),
        _ => None,
    };
    Some(KeySpec { name, usages: members(usages), china })
}

/// Every key spec.
pub fn key_specs() -> &'static [KeySpec] {
    &SPECS
}

/// The key spec of that name.
pub fn key_spec(name: &str) -> Option<&'static KeySpec> {
    SPECS.iter().find(|spec| spec.name == name)
}

/// The type of a key with this spec and usage; `None` for combinations that do not exist.
pub fn key_type(spec: &str, usage: &str) -> Option<KeyType> {
    if !key_spec(spec)?.usages.contains(&usage) {
        return None;
    }
    Some(match usage {
        "ENCRYPT_DECRYPT" if spec == "SYMMETRIC_DEFAULT" => KeyType::Symmetric,
        "ENCRYPT_DECRYPT" => KeyType::Encrypt,
        "SIGN_VERIFY" => KeyType::Sign,
        "KEY_AGREEMENT" => KeyType::Agree,
        "GENERATE_VERIFY_MAC" => KeyType::Hmac,
        "ENCAPSULATE_DECAPSULATE" => KeyType::Kem,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spec_has_types() {
        assert_eq!(key_specs().len(), rows(include_str!("key_specs.tsv")).count());
        for spec in key_specs() {
            assert!(spec.usages.iter().all(|usage| key_type(spec.name, usage).is_some()), "{}", spec.name);
        }
        assert_eq!(key_type("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"), Some(KeyType::Symmetric));
        assert_eq!(key_type("HMAC_256", "SIGN_VERIFY"), None);
        assert_eq!(key_spec("SM2").unwrap().china, Some(true));
    }
}
