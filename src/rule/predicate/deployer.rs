//! What the identity that applies the change may do with the key.
//!
//! Who that is the source says (the role that the provider assumes), else the settings. What is easy to get wrong: its own
//! IAM policies are taken to allow it everything; only the key policy is asked.

use crate::access::{Access, Duty, Witness, deployer_may};
use crate::rule::subject::{Case, Held};
use crate::value::Trail;

/// What the deployer cannot do.
#[derive(Clone, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DeployerTest {
    /// At least one of these actions.
    pub lacks: Vec<Duty>,
}

/// Whether the deployer lacks one of these actions; no when it is not known who deploys.
pub(super) fn deployer(test: &DeployerTest, case: &Case<'_>) -> Access {
    let Some(deployer) = case.scene.setting.deployer.as_deref() else { return Access::no([]) };
    let lacks = |held: &Held<'_>, duty: Duty| {
        let answer = !deployer_may(&held.document, &case.scene.setting, deployer, duty);
        if !answer.is_yes() {
            return answer;
        }
        let fact = format!("`{deployer}` is not allowed `{}` here", duty.action());
        Access::yes([Witness::new(held.name_span, fact, &Trail::default())])
    };
    let policies = case.policies();
    Access::any(policies.into_iter().flat_map(|held| test.lacks.iter().map(move |duty| lacks(held, *duty))))
}
