//! The tables are read whole: no row is dropped, and every word in them means something.

use super::action::{KeyType, Risk};
use super::condition_key::{Presence, Restriction, Scope};
use super::{action, actions, condition_key, condition_keys};
use crate::policy::condition::ValueType;

fn rows(table: &'static str) -> Vec<Vec<&'static str>> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split('\t').collect())
        .collect()
}

#[test]
fn every_row_of_actions_is_read() {
    let rows = rows(include_str!("actions.tsv"));
    assert_eq!(rows.len(), actions().len());
    for (row, fact) in rows.iter().zip(actions()) {
        let [name, _, resources, cross, policy, types, origins, multi, context, crypto, grant, risk, keys] =
            row.as_slice()
        else {
            panic!("{row:?}")
        };
        let yes = |word: &str| word == "yes";
        let all = |list: &str| list.split(',').filter(|word| *word != "-").count();
        let of_types = if *types == "any" { KeyType::ALL.len() } else { all(types) };
        assert_eq!((fact.name, fact.full_name()), (*name, format!("kms:{name}").as_str()));
        assert_eq!((fact.key_types.len(), fact.origins.len()), (of_types, all(origins)), "{name}");
        assert_eq!(fact.condition_keys.len(), all(keys), "{name}");
        assert_eq!((fact.risk.is_some(), fact.cross_account), (*risk != "-", yes(cross)), "{name}");
        let in_policy = if *policy == "-" { None } else { Some(yes(policy)) };
        assert_eq!(fact.in_key_policy, in_policy, "{name}");
        let told = [fact.multi_region_only, fact.takes_context, fact.cryptographic, fact.grantable];
        assert_eq!(told, [multi, context, crypto, grant].map(|word| yes(word)), "{name}");
        let on = |kind: &str| resources.split(',').any(|word| word == kind);
        assert_eq!((fact.on_key, fact.on_alias), (on("key"), on("alias")), "{name}");
    }
}

#[test]
fn actions_are_what_the_guide_says() {
    let of = |name: &str| action(name).unwrap();
    // AWS KMS Developer Guide, "Key type reference" and "KMS API permissions".
    for (name, types) in [
        ("Decrypt", &[KeyType::Symmetric, KeyType::Encrypt][..]),
        ("GenerateDataKey", &[KeyType::Symmetric]),
        ("GenerateMac", &[KeyType::Hmac]),
        ("Sign", &[KeyType::Sign]),
        ("DeriveSharedSecret", &[KeyType::Agree]),
        ("Decapsulate", &[KeyType::Kem]),
        ("DescribeKey", &KeyType::ALL),
        ("CreateKey", &[]),
    ] {
        assert_eq!(of(name).key_types, types, "{name}");
    }
    for (name, risk) in [
        ("PutKeyPolicy", Some(Risk::Escalation)),
        ("CreateGrant", Some(Risk::Escalation)),
        ("TagResource", Some(Risk::Abac)),
        ("UpdateAlias", Some(Risk::Abac)),
        ("Decrypt", Some(Risk::Plaintext)),
        ("ScheduleKeyDeletion", Some(Risk::Destruction)),
        ("DisconnectCustomKeyStore", Some(Risk::Store)),
        ("Sign", Some(Risk::Forgery)),
        ("GenerateMac", Some(Risk::Forgery)),
        ("ReplicateKey", Some(Risk::Replication)),
        ("DescribeKey", None),
    ] {
        assert_eq!(of(name).risk, risk, "{name}");
    }
}

#[test]
fn every_row_of_condition_keys_is_read() {
    let rows = rows(include_str!("condition_keys.tsv"));
    assert_eq!(rows.len(), condition_keys().len());
    for (row, key) in rows.iter().zip(condition_keys()) {
        let [name, kind, values, scope, policies, presence, restricts] = row.as_slice() else {
            panic!("{row:?}")
        };
        assert_eq!(key.name, *name);
        let types = [
            ("string", ValueType::String),
            ("bool", ValueType::Bool),
            ("arn", ValueType::Arn),
            ("numeric", ValueType::Numeric),
            ("date", ValueType::Date),
            ("ip", ValueType::Ip),
        ];
        assert_eq!(
            types.iter().find(|(word, _)| word == kind).map(|it| it.1),
            Some(key.value_type),
            "{name}"
        );
        let scopes = [("request", Scope::Request), ("key", Scope::Key), ("global", Scope::Global)];
        assert_eq!(scopes.iter().find(|(word, _)| word == scope).map(|it| it.1), Some(key.scope), "{name}");
        assert_eq!((key.many, key.identity_only), (*values == "many", *policies == "identity"), "{name}");
        assert_eq!(key.restricts.is_some(), *restricts != "-", "{name}");
        assert_eq!(key.presence == Presence::Depends, matches!(*presence, "depends" | "-"), "{name}");
    }
}

#[test]
fn condition_keys_are_what_the_guide_says() {
    let of = |name: &str| condition_key(name).unwrap();
    // IAM User Guide, "AWS global condition context keys", availability.
    for (name, presence) in [
        ("aws:PrincipalArn", Presence::Always),
        ("aws:PrincipalOrgID", Presence::InOrganization),
        ("aws:PrincipalServiceName", Presence::ServiceCaller),
        ("aws:SourceArn", Presence::ServiceToService),
        ("aws:username", Presence::UserOnly),
        ("aws:TokenIssueTime", Presence::TemporaryCredentials),
        ("aws:MultiFactorAuthAge", Presence::Mfa),
        ("aws:SourceVpce", Presence::VpcEndpoint),
        ("aws:SourceIp", Presence::NotVpcEndpoint),
    ] {
        assert_eq!(of(name).presence, presence, "{name}");
    }
    for (name, restricts) in [
        ("aws:PrincipalOrgID", Restriction::Principal),
        ("kms:CallerAccount", Restriction::Principal),
        ("aws:SourceArn", Restriction::Source),
        ("aws:SourceVpce", Restriction::Network),
    ] {
        assert_eq!(of(name).restricts, Some(restricts), "{name}");
    }
}
