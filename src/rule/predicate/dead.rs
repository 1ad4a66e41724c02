//! Predicates on parts of a statement that can have no effect where they stand, and on Sids.

use super::element::{any_statement, at, decided};
use crate::access::{self, Access, Witness};
use crate::policy::{Condition, Element, Statement};
use crate::rule::predicate::Pattern;
use crate::rule::subject::Case;
use crate::value::{Text, Trail};

/// Why an action has no effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeadAction {
    /// It belongs to another service.
    OtherService,
    /// Policies of identities alone can allow it.
    IdentityPoliciesOnly,
    /// It does not work with keys of this type.
    OtherKeyType,
    /// It works in its own account only, and all principals belong to others.
    OtherAccounts,
}

/// Why a condition test never holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeadCondition {
    /// No action of the statement sends its key.
    AllActions,
    /// Some action of the statement, written without wildcards, does not send its key; others do.
    SomeAction,
    /// The principals are of a sort for which its key is never set.
    Principals,
}

/// In which partition something is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PartitionWord {
    /// In another one than the key.
    Other,
}

/// What a statement's Sid must be; all that is given must hold.
#[derive(Clone, PartialEq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SidTest {
    /// Whether an earlier statement of the policy has the same.
    #[serde(default)]
    pub repeated: Option<bool>,
    /// It matches this regular expression.
    #[serde(default)]
    pub matches: Option<Pattern>,
}

/// Whether an action has no effect for one of these reasons.
pub(super) fn action(words: &[DeadAction], element: &Element<Text>, case: &Case<'_>) -> Access {
    Access::any(words.iter().map(|word| match (word, case.scene.key, case.statement, case.policy) {
        (DeadAction::OtherService, ..) => access::acts_elsewhere(element),
        (DeadAction::IdentityPoliciesOnly, Some(_), ..) => access::never_in_key_policies(element),
        (DeadAction::OtherKeyType, Some(key), ..) => access::not_for_key_type(element, key),
        (DeadAction::OtherAccounts, Some(_), Some(statement), Some(held)) => {
            access::not_across_accounts(element, statement, &held.document, &case.scene.setting)
        }
        _ => Access::no([]),
    }))
}

/// Whether a condition test never holds for one of these reasons.
pub(super) fn condition(words: &[DeadCondition], condition: &Condition, case: &Case<'_>) -> Access {
    let Some(statement) = case.statement else { return Access::no([]) };
    let setting = &case.scene.setting;
    Access::any(words.iter().map(|word| match word {
        DeadCondition::AllActions => access::carried_by_no_action(condition, statement, setting),
        DeadCondition::SomeAction => access::not_carried_by_some_action(condition, statement, setting),
        DeadCondition::Principals => access::carried_for_no_principal(condition, statement),
    }))
}

/// Whether another test of the statement demands that the key of `condition` is in the request.
pub(super) fn presence(wanted: bool, condition: &Condition, case: &Case<'_>) -> Access {
    let Some(statement) = case.statement else { return Access::no([]) };
    let demanded = access::presence_is_demanded(condition, statement);
    if wanted { demanded } else { !demanded }
}

/// Whether a text is of such a partition.
pub(super) fn partition(word: PartitionWord, text: &Text, case: &Case<'_>) -> Access {
    match word {
        PartitionWord::Other => access::of_other_partition(text, &case.scene.setting),
    }
}

/// Whether the Sid of the statement, or of any in view, is as wanted.
pub(super) fn sid(test: &SidTest, case: &Case<'_>) -> Access {
    any_statement(case, |statement| {
        let Some(sid) = &statement.sid else { return Access::no([]) };
        let Some(written) = sid.known() else {
            return Access::cannot_tell(sid.unknowns().map(Witness::of_unknown));
        };
        let repeated = test.repeated.map(|wanted| {
            let earlier = repeated(&written, statement, case);
            if wanted { earlier } else { !earlier }
        });
        let matches = test.matches.as_ref().map(|pattern| decided(pattern.is_match(&written)));
        let element = Element {
            value: sid.clone(),
            span: sid.span(0..sid.known_len()).unwrap_or(statement.span),
            trail: Trail::default(),
            when: Vec::new(),
        };
        at(&element, || format!("the Sid `{written}`"), Access::all(repeated.into_iter().chain(matches)))
    })
}

/// Whether an earlier statement has the same Sid; one that stands in place of this one does not count.
fn repeated(sid: &str, statement: &Statement, case: &Case<'_>) -> Access {
    let same = |other: &&Statement| {
        other.index < statement.index && other.sid.as_ref().is_some_and(|other| other.is(sid))
    };
    let statements = case.policies().into_iter().flat_map(|held| &held.document.statements);
    Access::any(statements.filter(same).map(|other| {
        let place = other.sid.as_ref().and_then(|sid| sid.span(0..sid.known_len())).unwrap_or(other.span);
        let first = Access::yes([Witness::new(place, "first used here", &Trail::default())]);
        if other.when.is_empty() { first } else { Access::cannot_tell([]) }
    }))
}
