//! A rule as written: one YAML file, read with the place of everything that can be wrong in it.
//!
//! This is the form that authors see; its JSON Schema is made from these types. What a rule means, and whether its parts
//! fit together, is decided in [`super::check`].

use super::predicate::Test;
use super::subject::{PolicyWord, Subject};
use super::template::Sentence;
use crate::config::Profile;
use crate::finding::Severity;
use crate::syntax::typed::Placed;

/// A rule of kmsguard.
#[derive(Clone, Debug, serde::Deserialize, schemars::JsonSchema)]
#[schemars(title = "kmsguard rule")]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RuleFile {
    /// Its name, the file's name without `.yaml`; it names the bad pattern.
    pub id: Placed<String>,
    /// The version of kmsguard that first had it; rules of a house have none.
    #[serde(default)]
    pub since: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// The narrowest profile that it is in; the wider ones have it too.
    #[serde(default)]
    pub profile: Profile,
    /// What it belongs to: `exposure`, `lockout`, `validity`, `lifecycle`, …
    #[serde(default)]
    pub tags: Vec<String>,
    /// Published controls that ask for the same.
    #[serde(default)]
    pub mappings: Vec<Mapping>,
    /// What it finds, in a few words.
    pub title: String,
    /// Why it matters.
    #[serde(default)]
    pub why: String,
    /// What to do about it; its first sentence is the advice in a finding.
    #[serde(default)]
    pub fix: String,
    /// Where the facts come from.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// What it speaks about; one finding for each instance for which `when` holds.
    pub subject: Subject,
    /// Which policies it is asked of, where the subject is a policy or a part of one.
    #[serde(default = "key_policies")]
    pub policies: Vec<PolicyWord>,
    /// When it is found.
    pub when: Placed<Test>,
    /// Other severities and messages for narrower cases; the first that certainly holds counts.
    #[serde(default)]
    pub grades: Vec<GradeFile>,
    /// Where the finding points.
    #[serde(default)]
    pub at: Anchor,
    /// What is wrong: one lower-case sentence without full stop.
    pub message: Placed<Sentence>,
    /// A fact about the place where the finding points; without it, the fact that the deciding predicate gives.
    #[serde(default)]
    pub label: Option<Placed<Sentence>>,
    /// What to do, for this very case; without it, `fix`.
    #[serde(default)]
    pub help: Option<Placed<Sentence>>,
    /// What is asked when it cannot be told: `whether anyone can use the key`. Without it, the rule is quiet then.
    #[serde(default)]
    pub undecided: Option<Placed<Sentence>>,
    /// Changes of text that repair it.
    #[serde(default)]
    pub edits: Vec<EditFile>,
    /// Rules that say less of the same place: where this one is certain, their findings of the same statement (or of one
    /// part of it, or of the policy or the resource where it lies in no statement) are not told. A finding that is not
    /// told itself keeps no other back.
    #[serde(default)]
    pub instead_of: Vec<Placed<String>>,
    /// Sources that are found and sources that are not: documentation and tests at once.
    #[serde(default)]
    pub examples: Examples,
}

fn key_policies() -> Vec<PolicyWord> {
    vec![PolicyWord::Key]
}

/// A change of the text that the finding underlines.
#[derive(Clone, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditFile {
    /// What it does, as an imperative: ``write `{meant}` ``.
    pub title: Placed<Sentence>,
    /// The text that must stand there; where another one stands, or a slot is empty, there is no edit.
    pub find: Placed<Sentence>,
    /// What is written instead.
    pub with: Placed<Sentence>,
}

/// A control of a published standard.
#[derive(Clone, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The standard: `AWS FSBP`, `CIS AWS Foundations 7.0`.
    pub standard: String,
    /// The control in it: `KMS.5`.
    pub control: String,
}

/// A source of facts.
#[derive(Clone, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// A narrower case.
#[derive(Clone, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeFile {
    /// When it holds, besides the rule's own `when`.
    pub when: Placed<Test>,
    /// How bad it is then.
    pub severity: Severity,
    /// The message then; without it, the rule's.
    #[serde(default)]
    pub message: Option<Placed<Sentence>>,
    /// What to do then; without it, what the rule says.
    #[serde(default)]
    pub help: Option<Placed<Sentence>>,
    /// The narrowest profile that this case is in; without it, the rule's.
    #[serde(default)]
    pub profile: Option<Profile>,
}

/// Where a finding points.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Anchor {
    /// The first element that the predicates name; the subject when they name none.
    #[default]
    Witness,
    /// The subject itself.
    Subject,
}

/// Examples of a rule.
#[derive(Clone, Debug, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// Found, each exactly at its mark.
    #[serde(default)]
    pub flagged: Vec<Example>,
    /// Not found.
    #[serde(default)]
    pub accepted: Vec<Example>,
}

/// A source in one notation, with what is found in it.
#[derive(Clone, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub title: String,
    /// Terraform source.
    #[serde(default)]
    pub terraform: Option<String>,
    /// A CloudFormation template.
    #[serde(default)]
    pub cloudformation: Option<String>,
    /// A Terraform plan as JSON.
    #[serde(default)]
    pub plan: Option<String>,
    /// A `kmsguard.yaml` in force.
    #[serde(default)]
    pub settings: Option<String>,
    /// The text that the finding underlines; a list for several findings, in order.
    #[serde(default)]
    pub marks: Vec<String>,
    /// The severity expected, where it is not the rule's own.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Whether the finding is undecided.
    #[serde(default)]
    pub undecided: bool,
}
