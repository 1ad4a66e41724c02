//! The actions of AWS KMS.

use super::{flag, members, rows};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// What is known of an action. Service Authorization Reference and KMS Developer Guide, "KMS API permissions".
#[expect(clippy::struct_excessive_bools, reason = "a row of a table of yes-or-no facts")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActionFact {
    /// Its name without `kms:`.
    pub name: &'static str,
    /// Whether it acts on a key; others are granted by policies of identities only.
    pub on_key: bool,
    /// Whether it acts on an alias too.
    pub on_alias: bool,
    /// Whether principals of other accounts can use it on a key.
    pub cross_account: bool,
    /// Whether a key policy can allow it; `None` where that is not documented.
    pub in_key_policy: Option<bool>,
    /// The types of keys that it works with; empty: it takes no key.
    pub key_types: Vec<KeyType>,
    /// The origins of keys that it works with; empty: all.
    pub origins: Vec<&'static str>,
    /// Whether it works with multi-Region keys only.
    pub multi_region_only: bool,
    /// Whether its requests carry an encryption context.
    pub takes_context: bool,
    /// Whether it is a cryptographic operation.
    pub cryptographic: bool,
    /// Whether a grant can give it.
    pub grantable: bool,
    /// What its misuse leads to.
    pub risk: Option<Risk>,
    /// The condition keys that its requests carry, besides global ones and properties of the key.
    pub condition_keys: Vec<&'static str>,
    full_name: String,
}

/// Types of keys. KMS Developer Guide, "Key type reference".
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum KeyType {
    /// Symmetric encryption.
    Symmetric,
    /// HMAC.
    Hmac,
    /// Asymmetric encryption.
    Encrypt,
    /// Asymmetric signing.
    Sign,
    /// Asymmetric key agreement.
    Agree,
    /// Asymmetric key encapsulation.
    Kem,
}

impl KeyType {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Symmetric, Self::Hmac, Self::Encrypt, Self::Sign, Self::Agree, Self::Kem];

    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "symmetric" => Self::Symmetric,
            "hmac" => Self::Hmac,
            "encrypt" => Self::Encrypt,
            "sign" => Self::Sign,
            "agree" => Self::Agree,
            "kem" => Self::Kem,
            _ => return None,
        })
    }
}

/// What misuse of an action leads to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Whoever has it can give itself everything else.
    Escalation,
    /// Whoever has it changes tags or aliases that policies may test.
    Abac,
    /// It reveals plaintext or data keys.
    Plaintext,
    /// It destroys a key or makes it unusable.
    Destruction,
    /// It cuts a custom key store off.
    Store,
    /// It makes signatures or codes.
    Forgery,
    /// It moves key material to another Region.
    Replication,
}

impl Risk {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "escalation" => Self::Escalation,
            "abac" => Self::Abac,
            "plaintext" => Self::Plaintext,
            "destruction" => Self::Destruction,
            "store" => Self::Store,
            "forgery" => Self::Forgery,
            "replication" => Self::Replication,
            _ => return None,
        })
    }
}

static ACTIONS: LazyLock<Vec<ActionFact>> =
    LazyLock::new(|| rows(include_str!("actions.tsv")).filter_map(|row| parse(&row)).collect());

static BY_NAME: LazyLock<FxHashMap<String, &'static ActionFact>> =
    LazyLock::new(|| ACTIONS.iter().map(|action| (action.name.to_ascii_lowercase(), action)).collect());

fn parse(row: &[&'static str]) -> Option<ActionFact> {
    let [name, _, resources, cross, policy, types, origins, multi, context, crypto, grant, risk, keys] = row
    else {
        return None;
    };
    let resources = members(resources);
    let key_types = if *types == "any" {
        KeyType::ALL.to_vec()
    } else {
        members(types).into_iter().filter_map(KeyType::named).collect()
    };
    Some(ActionFact {
        name,
        on_key: resources.contains(&"key"),
        on_alias: resources.contains(&"alias"),
        cross_account: flag(cross) == Some(true),
        in_key_policy: flag(policy),
        key_types,
        origins: members(origins),
        multi_region_only: flag(multi) == Some(true),
        takes_context: flag(context) == Some(true),
        cryptographic: flag(crypto) == Some(true),
        grantable: flag(grant) == Some(true),
        risk: Risk::named(risk),
        condition_keys: members(keys),
        full_name: format!("kms:{name}"),
    })
}

/// Every action of KMS, by name.
pub fn actions() -> &'static [ActionFact] {
    &ACTIONS
}

/// The action of that name, with or without `kms:`, without regard to case (IAM User Guide, "Action").
pub fn action(name: &str) -> Option<&'static ActionFact> {
    let lower = name.to_ascii_lowercase();
    BY_NAME.get(lower.strip_prefix("kms:").unwrap_or(&lower)).copied()
}

impl ActionFact {
    /// Its name with the service: `kms:Decrypt`.
    pub fn full_name(&self) -> &str {
        &self.full_name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        assert_eq!(actions().len(), rows(include_str!("actions.tsv")).count());
        assert_eq!(actions().len(), 58);
        assert!(actions().iter().all(|action| action.on_key != action.key_types.is_empty()));
    }

    #[test]
    fn facts_that_rules_lean_on() {
        let decrypt = action("KMS:decrypt").unwrap();
        assert!(decrypt.cross_account && decrypt.takes_context && decrypt.cryptographic);
        assert_eq!(decrypt.risk, Some(Risk::Plaintext));
        assert!(!action("PutKeyPolicy").unwrap().cross_account);
        assert_eq!(action("kms:RetireGrant").unwrap().in_key_policy, Some(false));
        assert!(action("kms:ReEncrypt").is_none());
        assert_eq!(action("Sign").unwrap().key_types, [KeyType::Sign]);
        for name in
            ["GetKeyLastUsage", "Encapsulate", "Decapsulate", "RotateKeyOnDemand", "DeriveSharedSecret"]
        {
            assert!(action(name).is_some(), "{name}");
        }
    }
}
