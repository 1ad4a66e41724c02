//! The words that a rule's `when` may use, and what each asks.
//!
//! A predicate is one variant of [`Test`] and one function; it takes a [`Case`] and gives an answer whose witnesses lie
//! on the elements that decide. Asked of something wider than it speaks about (an action test of a policy), it asks
//! whether any such element fits. Guards (role, effect, retained) give no witness: they explain nothing. What is easy
//! to get wrong: a part that is not known gives cannot tell, and so does its negation.

mod condition;
mod dead;
mod element;
mod key;
mod pattern;
mod policy;
mod statement;

pub use condition::ConditionTest;
pub(super) use condition::key_suggestion;
pub use dead::{DeadAction, DeadCondition, PartitionWord, SidTest};
pub(super) use element::action_suggestion;
pub use element::{ActionTest, PrincipalKind, PrincipalTest, ResourceTest, StatementPart};
pub use key::{AttributeTest, ChangeTest, NewReachWord, RoleWord, Scalar};
pub use pattern::Pattern;
pub use policy::{Count, LockoutWord, ManagerWord, VersionWord};
pub use statement::{EffectWord, GrantWord, LackWord, ReachWord, SourceWord};

use super::subject::{Case, Subject};
use crate::access::Access;
use crate::policy::DefectKind;

/// One thing that must hold; a mapping of one word.
#[derive(Clone, PartialEq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Test {
    /// All of these hold.
    All(Vec<Test>),
    /// At least one of these holds.
    Any(Vec<Test>),
    /// This does not hold. What cannot be told stays so.
    Not(Box<Test>),
    /// All of these hold, but they are only where the rule applies: they are not shown.
    Given(Vec<Test>),
    /// An attribute of the key.
    Attribute(AttributeTest),
    /// What sort of thing the resource is; one of these.
    Role(Vec<RoleWord>),
    /// What the plan does to the key.
    Change(ChangeTest),
    /// How far access reaches that a plan newly gives; one of these, or any where the list is empty.
    WidensTo(Vec<NewReachWord>),
    /// How many resources state a policy for the key.
    Owners(Count),
    /// Whether the lockout safety check is switched off.
    LockoutCheckBypassed(bool),
    /// The policy's length in bytes as it is sent.
    Size(Count),
    /// The policy's `Version`; one of these.
    Version(Vec<VersionWord>),
    /// A text that stands in a resource or a condition value of the policy.
    Mentions(String),
    /// Whether the policy leaves nobody who can change it.
    Lockout(LockoutWord),
    /// Whether everybody who can change the policy is of these sorts.
    ManagedOnlyBy(Vec<ManagerWord>),
    /// A mistake in the policy as a text of the policy language; one of these.
    Defect(Vec<DefectKind>),
    /// Whether what is judged is as it is only because no value was given: a variable's or parameter's default applies.
    ByDefault(bool),
    /// The statement's Sid.
    Sid(SidTest),
    /// The statement's effect.
    Effect(EffectWord),
    /// Whom the statement admits.
    Reach(ReachWord),
    /// Whether the settings name trusted accounts or organisations.
    TrustIsSet(bool),
    /// For whose resources a service may use the key.
    Source(SourceWord),
    /// Who may create grants, and which.
    Grants(GrantWord),
    /// What a principal that may encrypt cannot do.
    Lacks(LackWord),
    /// The element is written as its negation: `NotPrincipal`, `NotAction`, `NotResource`.
    Negated(StatementPart),
    /// A principal of the statement.
    Principal(PrincipalTest),
    /// An action of the statement.
    Action(ActionTest),
    /// A resource of the statement.
    Resource(ResourceTest),
    /// A condition test of the statement.
    Condition(ConditionTest),
}

impl Test {
    /// Whether it holds in this case.
    pub(super) fn ask(&self, case: &Case<'_>) -> Access {
        match self {
            Self::All(tests) => Access::all(tests.iter().map(|test| test.ask(case))),
            Self::Any(tests) => Access::any(tests.iter().map(|test| test.ask(case))),
            Self::Not(test) => !test.ask(case),
            Self::Given(tests) => {
                let answer = Access::all(tests.iter().map(|test| test.ask(case)));
                if answer.is_yes() { Access::yes([]) } else { answer }
            }
            Self::Attribute(test) => key::attribute(test, case),
            Self::Role(roles) => key::role(roles, case),
            Self::Change(test) => key::change(test, case),
            Self::WidensTo(words) => key::widens_to(words, case),
            Self::Owners(count) => key::owners(*count, case),
            Self::LockoutCheckBypassed(wanted) => policy::bypassed(*wanted, case),
            Self::Size(count) => policy::size(*count, case),
            Self::Version(words) => policy::version(words, case),
            Self::Mentions(text) => policy::mentions(text, case),
            Self::Lockout(word) => policy::lockout(*word, case),
            Self::ManagedOnlyBy(words) => policy::managed_only_by(words, case),
            Self::Defect(kinds) => policy::defect(kinds, case),
            Self::ByDefault(wanted) => element::by_default(*wanted, case),
            Self::Sid(test) => dead::sid(test, case),
            Self::Effect(word) => statement::effect(*word, case),
            Self::Reach(word) => statement::reach(*word, case),
            Self::TrustIsSet(wanted) => statement::trust_is_set(*wanted, case),
            Self::Source(word) => statement::source(*word, case),
            Self::Grants(word) => statement::grants(*word, case),
            Self::Lacks(word) => statement::lacks(*word, case),
            Self::Negated(part) => element::negated(*part, case),
            Self::Principal(test) => element::principal(test, case),
            Self::Action(test) => element::actions(test, case),
            Self::Resource(test) => element::resource(test, case),
            Self::Condition(test) => condition::condition(test, case),
        }
    }

    /// The word that has no meaning for a subject, if there is one; an empty list of alternatives has none either.
    pub(super) fn misfit(&self, subject: Subject) -> Option<(&'static str, &'static str)> {
        match self {
            Self::All(tests) | Self::Any(tests) | Self::Given(tests) => {
                tests.iter().find_map(|test| test.misfit(subject))
            }
            Self::Not(test) => test.misfit(subject),
            Self::Defect(_) if !matches!(subject, Subject::Defect | Subject::Policy | Subject::Key) => {
                Some(("defect", "mistakes belong to a policy: use the subject `defect`"))
            }
            Self::Lacks(_) if subject != Subject::Writer => Some(("lacks", "use the subject `writer`")),
            Self::WidensTo(_) if subject != Subject::Widening => {
                Some(("widens-to", "use the subject `widening`"))
            }
            Self::Attribute(test) if test.says_nothing() => Some((
                "attribute",
                "say what it must be: `is`, `one-of`, `starts-with`, `over`, `under`, `written`",
            )),
            Self::Change(_) if !matches!(subject, Subject::Change | Subject::Key) => {
                Some(("change", "a plan changes keys: use the subject `change`"))
            }
            _ => None,
        }
    }
}
