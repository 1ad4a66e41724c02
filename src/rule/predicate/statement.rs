//! Predicates on a statement as a whole; most are questions that `access` answers.

use super::element::any_statement_in;
use crate::access::{
    Access, Witness, admits_untrusted_account, attestation_is_bypassed, changes_policy_too,
    create_grant_unrestricted, delegates_conditionally, identities_shut_out_by_source, is_public,
    is_public_despite_conditions, no_delegation, service_without_source,
};
use crate::policy::Effect;
use crate::rule::subject::{Case, Item, under};

/// A statement's effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EffectWord {
    /// `Allow`.
    Allow,
    /// `Deny`.
    Deny,
}

/// Whom a statement admits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReachWord {
    /// Every AWS account, without any condition.
    World,
    /// Every AWS account, for none of the conditions restricts it.
    WorldDespiteConditions,
    /// An account that is neither the key's nor trusted.
    UntrustedAccount,
}

/// For whose resources a service may use the key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SourceWord {
    /// For any customer's.
    Unlimited,
}

/// Who may create grants, and which.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GrantWord {
    /// Grants without any limit.
    Unlimited,
    /// Those who may change the policy by the same statement, so that grants give them nothing more.
    ByPolicyChangers,
}

/// How the policy delegates to IAM policies of the key's account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DelegationWord {
    /// This statement does, under a condition, and no other does without one.
    Conditioned,
    /// No statement does without condition.
    Missing,
}

/// Who gets around a statement's condition, or is shut out by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BesideWord {
    /// Other statements let the same principals do the same without the attestation that this one asks for.
    AttestationBypassed,
    /// It names services and identities under a test that only services can meet, and nothing else lets the
    /// identities do the same.
    IdentitiesShutOut,
}

/// What a principal that may encrypt cannot do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LackWord {
    /// `kms:Decrypt`.
    Decrypt,
}

/// The effect. A guard: no witness when it is known.
pub(super) fn effect(word: EffectWord, case: &Case<'_>) -> Access {
    any_statement_in(case, |statement, _| match (&statement.effect, word) {
        (Effect::Allow, EffectWord::Allow) | (Effect::Deny, EffectWord::Deny) => Access::yes([]),
        (Effect::Unknown(unknown), _) => Access::cannot_tell([Witness::of_unknown(unknown)]),
        _ => Access::no([]),
    })
}

/// Whether the statement has any condition. A guard: no witness.
pub(super) fn conditioned(wanted: bool, case: &Case<'_>) -> Access {
    any_statement_in(case, |statement, _| {
        let each = statement.conditions.iter().map(|condition| under(&condition.when));
        let open = statement.open_conditions.iter();
        let some = Access::any(each.chain(open.map(|it| Access::cannot_tell([Witness::of_unknown(it)]))));
        if wanted { some } else { !some }
    })
}

/// Whom the statement admits.
pub(super) fn reach(word: ReachWord, case: &Case<'_>) -> Access {
    let setting = &case.scene.setting;
    any_statement_in(case, |statement, document| match word {
        ReachWord::World => is_public(statement, document, setting),
        ReachWord::WorldDespiteConditions => is_public_despite_conditions(statement, document, setting),
        ReachWord::UntrustedAccount => admits_untrusted_account(statement, document, setting),
    })
}

/// Whether the settings name anybody who is trusted. A guard: no witness.
pub(super) fn trust_is_set(wanted: bool, case: &Case<'_>) -> Access {
    let setting = &case.scene.setting;
    let set = !setting.trusted_accounts.is_empty() || !setting.trusted_orgs.is_empty();
    if set == wanted { Access::yes([]) } else { Access::no([]) }
}

/// For whose resources a service may use the key.
pub(super) fn source(word: SourceWord, case: &Case<'_>) -> Access {
    let setting = &case.scene.setting;
    any_statement_in(case, |statement, document| match word {
        SourceWord::Unlimited => service_without_source(statement, document, setting),
    })
}

/// Who may create grants.
pub(super) fn grants(word: GrantWord, case: &Case<'_>) -> Access {
    let setting = &case.scene.setting;
    any_statement_in(case, |statement, document| match word {
        GrantWord::Unlimited => create_grant_unrestricted(statement, document, setting),
        GrantWord::ByPolicyChangers => changes_policy_too(statement, document, setting),
    })
}

/// What the writer cannot do.
pub(super) fn lacks(word: LackWord, case: &Case<'_>) -> Access {
    match (word, case.item) {
        (LackWord::Decrypt, Item::Writer(writer)) => writer.found.answer.clone(),
        _ => Access::no([]),
    }
}

/// How the policy delegates to its account.
pub(super) fn delegation(word: DelegationWord, case: &Case<'_>) -> Access {
    let setting = &case.scene.setting;
    match word {
        DelegationWord::Conditioned => any_statement_in(case, |statement, document| {
            delegates_conditionally(statement, document, setting)
        }),
        DelegationWord::Missing => {
            Access::any(case.policies().into_iter().map(|held| no_delegation(&held.document, setting)))
        }
    }
}

/// What the rest of the policy does to a statement's condition.
pub(super) fn beside(word: BesideWord, case: &Case<'_>) -> Access {
    let setting = &case.scene.setting;
    any_statement_in(case, |statement, document| match word {
        BesideWord::AttestationBypassed => attestation_is_bypassed(statement, document, setting),
        BesideWord::IdentitiesShutOut => identities_shut_out_by_source(statement, document, setting),
    })
}
