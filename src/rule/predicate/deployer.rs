//! What the identity that applies the change may do with the key.
//!
//! `CreateKey` and `PutKeyPolicy` fail when their caller could not change the policy afterwards (KMS API Reference,
//! `PutKeyPolicy`). The deployer's own IAM policies are taken to allow it everything; only the key policy is asked.
//! What is easy to get wrong: what its requests carry besides who it is is not known, so a policy that tests anything
//! else cannot be decided.

use crate::access::{Access, Caller, Outcome, Policies, Request, Witness, decide};
use crate::policy::{Statement, allows_everything, facts};
use crate::rule::subject::{Case, Held};
use crate::value::{Text, Trail};

/// What the deployer cannot do.
#[derive(Clone, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DeployerTest {
    /// At least one of these actions.
    pub lacks: Vec<String>,
}

/// Condition keys whose values follow from who calls.
const OF_CALLER: [&str; 3] = ["aws:PrincipalArn", "aws:PrincipalAccount", "kms:CallerAccount"];

/// Whether the deployer that the settings name lacks one of these actions; no when they name none.
pub(super) fn deployer(test: &DeployerTest, case: &Case<'_>) -> Access {
    let named = case.scene.setting.deployer.as_deref();
    let Some(caller) = named.and_then(Caller::standing_for) else { return Access::no([]) };
    Access::any(case.policies().into_iter().flat_map(|held| {
        test.lacks.iter().map(|action| lacks(&caller, action, held, case)).collect::<Vec<_>>()
    }))
}

fn lacks(caller: &Caller, action: &str, held: &Held<'_>, case: &Case<'_>) -> Access {
    let document = &held.document;
    if !document.open.is_empty() && document.statements.is_empty() {
        return Access::cannot_tell(document.open.iter().map(Witness::of_unknown));
    }
    let identity = allows_everything(case.scene.span);
    let decision = decide(
        &request(caller, action, case),
        &Policies { key: document, identity: &[identity], boundary: &[], session: &[] },
    );
    let fact = || format!("`{}` is not allowed `{action}` here", caller.name);
    match decision.outcome {
        Outcome::Allowed => Access::no([]),
        Outcome::Undecided => Access::cannot_tell(decision.because),
        _ if document.statements.iter().any(tests_more) => Access::cannot_tell([]),
        _ => Access::yes([Witness::new(held.name_span, fact(), &Trail::default())]),
    }
}

fn request(caller: &Caller, action: &str, case: &Case<'_>) -> Request {
    let setting = &case.scene.setting;
    let account = setting.account.clone().or_else(|| caller.account.clone()).unwrap_or_default();
    let region = setting.region.as_deref().unwrap_or("us-east-1");
    let partition = facts::partition_of_region(region).map_or("aws", |partition| partition.name);
    Request {
        caller: caller.clone(),
        action: action.to_owned(),
        key_arn: format!("arn:{partition}:kms:{region}:{account}:key/00000000-0000-0000-0000-000000000000"),
        key_account: account,
        context: Vec::new(),
    }
}

/// Whether a statement tests what is not known of the deployer's requests.
fn tests_more(statement: &Statement) -> bool {
    let known = |key: &Text| {
        let key = key.known();
        key.is_some_and(|key| OF_CALLER.iter().any(|known| known.eq_ignore_ascii_case(&key)))
    };
    statement.open_conditions.is_some() || statement.conditions.iter().any(|condition| !known(&condition.key))
}
