//! Condition keys: those of KMS and the global ones.

use super::{ActionFact, rows};
use crate::policy::condition::ValueType;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// What is known of a condition key. KMS Developer Guide, "AWS KMS condition keys"; IAM User Guide, "AWS global
/// condition context keys".
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConditionKey {
    /// Its name; `${…}` at the end stands for free text.
    pub name: &'static str,
    /// The type of its values.
    pub value_type: ValueType,
    /// Whether a request may carry several values of it.
    pub many: bool,
    /// Where its value comes from.
    pub scope: Scope,
    /// Whether it works in policies of identities only.
    pub identity_only: bool,
    /// When a request carries it, for global keys.
    pub presence: Presence,
    /// To what a sound test of it narrows the callers.
    pub restricts: Option<Restriction>,
}

/// Where the value of a condition key comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    /// The request of certain actions.
    Request,
    /// The key that is acted on.
    Key,
    /// Any request.
    Global,
}

/// When requests carry a global condition key: "Availability" in the IAM User Guide.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Presence {
    /// In every signed request.
    Always,
    /// Only when the caller belongs to an organisation.
    InOrganization,
    /// Only when the caller is a service principal.
    ServiceCaller,
    /// Only when a service acts for another resource (`aws:SourceArn`).
    ServiceToService,
    /// Only for IAM users.
    UserOnly,
    /// Only with temporary credentials.
    TemporaryCredentials,
    /// Only when MFA was used.
    Mfa,
    /// Only when the request goes through a VPC endpoint.
    VpcEndpoint,
    /// Only when it does not.
    NotVpcEndpoint,
    /// It depends on the request.
    Depends,
}

/// To what a sound test narrows callers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Restriction {
    /// Principals, accounts or organisations.
    Principal,
    /// The resource on whose behalf a service calls.
    Source,
    /// Networks.
    Network,
}

static KEYS: LazyLock<Vec<ConditionKey>> =
    LazyLock::new(|| rows(include_str!("condition_keys.tsv")).filter_map(|row| parse(&row)).collect());

static BY_NAME: LazyLock<FxHashMap<String, &'static ConditionKey>> =
    LazyLock::new(|| KEYS.iter().map(|key| (stem(key.name).to_ascii_lowercase(), key)).collect());

/// The name up to its free text.
fn stem(name: &str) -> &str {
    name.split_once("${").map_or(name, |(stem, _)| stem)
}

fn parse(row: &[&'static str]) -> Option<ConditionKey> {
    let [name, value_type, values, scope, policies, present, restricts] = row else { return None };
    Some(ConditionKey {
        name,
        value_type: match *value_type {
            "string" => ValueType::String,
            "bool" => ValueType::Bool,
            "arn" => ValueType::Arn,
            "numeric" => ValueType::Numeric,
            "date" => ValueType::Date,
            "ip" => ValueType::Ip,
            _ => return None,
        },
        many: *values == "many",
        scope: match *scope {
            "request" => Scope::Request,
            "key" => Scope::Key,
            "global" => Scope::Global,
            _ => return None,
        },
        identity_only: *policies == "identity",
        presence: presence(present)?,
        restricts: match *restricts {
            "principal" => Some(Restriction::Principal),
            "source" => Some(Restriction::Source),
            "network" => Some(Restriction::Network),
            _ => None,
        },
    })
}

fn presence(word: &str) -> Option<Presence> {
    Some(match word {
        "always" => Presence::Always,
        "only-if-principal-in-org" => Presence::InOrganization,
        "only-service-principal-caller" => Presence::ServiceCaller,
        "only-service-to-service" => Presence::ServiceToService,
        "iam-users-only" => Presence::UserOnly,
        "only-temporary-credentials" => Presence::TemporaryCredentials,
        "only-if-mfa" => Presence::Mfa,
        "only-through-vpc-endpoint" => Presence::VpcEndpoint,
        "not-through-vpc-endpoint" => Presence::NotVpcEndpoint,
        "depends" | "-" => Presence::Depends,
        _ => return None,
    })
}

/// Every condition key of the table.
pub fn condition_keys() -> &'static [ConditionKey] {
    &KEYS
}

/// The condition key of that name, without regard to case (IAM User Guide, "Condition"); the free text at the end of
/// `kms:EncryptionContext:…`, `aws:PrincipalTag/…` and the like may be anything.
pub fn condition_key(name: &str) -> Option<&'static ConditionKey> {
    let lower = name.to_ascii_lowercase();
    if let Some(key) = BY_NAME.get(lower.as_str()).filter(|key| stem(key.name) == key.name) {
        return Some(key);
    }
    let ends = [second_colon(&lower), lower.find('/'), lower.rfind("pcr").map(|at| at + 2)];
    ends.into_iter().flatten().find_map(|end| {
        let (stem, rest) = lower.split_at_checked(end + 1)?;
        let key = *BY_NAME.get(stem)?;
        let fits = match key.name.split_once("${N:0..") {
            Some((_, last)) => {
                let last: u8 = last.trim_end_matches('}').parse().ok()?;
                rest.parse::<u8>().is_ok_and(|number| number <= last)
            }
            None => !rest.is_empty() && key.name.ends_with('}'),
        };
        fits.then_some(key)
    })
}

fn second_colon(name: &str) -> Option<usize> {
    name.match_indices(':').nth(1).map(|(at, _)| at)
}

impl ConditionKey {
    /// Whether requests of a service principal carry it; `None` where that depends or is not documented. A service that
    /// calls for itself belongs to no organisation and comes through no service; one that calls for someone is not
    /// the principal (KMS Developer Guide, "kms:ViaService"; IAM User Guide, "AWS global condition context keys").
    pub fn carried_by_services(&self) -> Option<bool> {
        match self.presence {
            Presence::ServiceCaller => Some(true),
            Presence::InOrganization | Presence::UserOnly | Presence::Mfa => Some(false),
            _ if self.name == "kms:ViaService" => Some(false),
            _ => None,
        }
    }

    /// Whether requests of users, roles and sessions may carry it. Keys that tell on whose behalf a service calls are
    /// there only when the caller is a service (IAM User Guide, "The confused deputy problem").
    pub fn carried_by_identities(&self) -> bool {
        !matches!(self.presence, Presence::ServiceCaller | Presence::ServiceToService)
    }

    /// Whether requests of an action may carry it.
    pub fn applies_to(&self, action: &ActionFact) -> bool {
        match self.scope {
            Scope::Global => true,
            Scope::Key => action.on_key || action.condition_keys.contains(&self.name),
            Scope::Request => action.condition_keys.contains(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::facts::{action, actions};

    #[test]
    fn every_row_is_read() {
        assert_eq!(condition_keys().len(), rows(include_str!("condition_keys.tsv")).count());
        assert_eq!(condition_keys().len(), BY_NAME.len());
    }

    #[test]
    fn names_are_found_without_regard_to_case() {
        assert_eq!(condition_key("KMS:viaservice").unwrap().name, "kms:ViaService");
        let context = condition_key("kms:encryptioncontext:aws:s3:arn").unwrap();
        assert_eq!(context.name, "kms:EncryptionContext:${EncryptionContextKey}");
        assert!(condition_key("kms:EncryptionContextKeys").unwrap().many);
        assert_eq!(condition_key("aws:PrincipalTag/a/b:c").unwrap().name, "aws:PrincipalTag/${TagKey}");
        assert!(condition_key("kms:EncryptionContext:a/b").is_some());
        assert!(condition_key("kms:RecipientAttestation:PCR31").is_some());
        assert!(condition_key("kms:RecipientAttestation:PCR32").is_none());
        assert!(condition_key("kms:RecipientAttestation:NitroTPMPCR4").is_some());
        assert!(condition_key("kms:RecipientAttestation:ImageSha384").is_some());
        for unknown in
            ["kms:EncryptionContext:", "kms:EncryptionContext", "aws:PrincipalTag/", "kms:Foo", "", "é/"]
        {
            assert!(condition_key(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn every_key_of_an_action_is_in_the_table() {
        for action in actions() {
            for name in &action.condition_keys {
                assert!(condition_keys().iter().any(|key| key.name == *name), "{name}");
            }
        }
    }

    #[test]
    fn keys_apply_to_the_actions_that_list_them() {
        let context = condition_key("kms:EncryptionContext:a").unwrap();
        assert!(context.applies_to(action("Decrypt").unwrap()));
        assert!(!context.applies_to(action("DescribeKey").unwrap()));
        assert!(condition_key("kms:KeySpec").unwrap().applies_to(action("Sign").unwrap()));
    }

    #[test]
    fn keys_narrow_callers_and_are_present_as_documented() {
        use Presence as P;
        use Restriction as R;
        for (name, restricts, presence) in [
            ("aws:PrincipalArn", Some(R::Principal), P::Always),
            ("aws:PrincipalOrgID", Some(R::Principal), P::InOrganization),
            ("aws:SourceArn", Some(R::Source), P::ServiceToService),
            ("aws:SourceIp", Some(R::Network), P::NotVpcEndpoint),
            ("aws:SourceVpce", Some(R::Network), P::VpcEndpoint),
            ("aws:PrincipalServiceName", None, P::ServiceCaller),
            ("aws:username", None, P::UserOnly),
            ("aws:MultiFactorAuthAge", None, P::Mfa),
            ("aws:TokenIssueTime", None, P::TemporaryCredentials),
            ("kms:ViaService", None, P::Depends),
        ] {
            let key = condition_key(name).unwrap();
            assert_eq!((key.restricts, key.presence), (restricts, presence), "{name}");
        }
        let identity = |name| condition_key(name).unwrap().identity_only;
        assert!(identity("aws:ResourceTag/team") && !identity("aws:RequestTag/team"));
    }

    #[test]
    fn who_carries_a_key() {
        let of = |name| condition_key(name).unwrap();
        assert_eq!(of("kms:ViaService").carried_by_services(), Some(false));
        assert_eq!(of("aws:PrincipalOrgID").carried_by_services(), Some(false));
        assert_eq!(of("aws:PrincipalServiceName").carried_by_services(), Some(true));
        assert_eq!(of("aws:SourceArn").carried_by_services(), None);
        assert!(
            !of("aws:SourceAccount").carried_by_identities() && of("kms:ViaService").carried_by_identities()
        );
    }
}
