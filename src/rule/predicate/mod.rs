//! The words that a rule's `when` may use, and what each asks.
//!
//! A predicate is one variant of [`Test`] and one function; it takes a [`Case`] and gives an answer whose witnesses lie
//! on the elements that decide. Asked of something wider than it speaks about (an action test of a policy), it asks
//! whether any such element fits. Guards (role, effect, retained) give no witness: they explain nothing. What is easy
//! to get wrong: a part that is not known gives cannot tell, and so does its negation.

mod action;
mod alias;
mod condition;
mod dead;
mod deployer;
mod element;
mod field;
mod key;
mod may;
mod pattern;
mod policy;
mod primary;
mod principal;
mod resource;
mod scope;
mod shut;
mod statement;
mod tag;
mod usage;
mod used;
mod value;

pub use action::ActionTest;
pub(super) use action::{action_meant, action_suggestion};
pub use alias::AliasChangeWord;
pub use condition::{ConditionTest, ViaWord};
pub(super) use condition::{key_meant, key_suggestion};
pub use dead::{DeadAction, DeadCondition, PartitionWord, SidTest};
pub use deployer::DeployerTest;
pub use element::StatementPart;
pub use field::{Field, FieldTest};
pub use key::{AttributeTest, ChangeTest, NewReachWord, RoleWord, Scalar};
pub use may::MayTest;
pub use pattern::Pattern;
pub use policy::{Count, LockoutWord, ManagerWord, VersionWord};
pub use principal::{AccountWord, PrincipalKind, PrincipalTest};
pub use resource::ResourceTest;
pub use scope::{HowMany, OtherTest, WhomWord};
pub use statement::{BesideWord, DelegationWord, EffectWord, GrantWord, LackWord, ReachWord, SourceWord};
pub use tag::TagTest;
pub use usage::{ContextTest, KeyWord, LetsInTest};
pub use used::{ForKeyTest, KeyUsedByTest};

use super::subject::{Case, Subject};
use crate::access::Access;
use crate::key::Part;
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
    /// All of these hold of one statement of the policy.
    SomeStatement(Vec<Test>),
    /// All of these hold of the statement around.
    InStatement(Vec<Test>),
    /// All of these hold of the policy around, each of any of its statements.
    InPolicy(Vec<Test>),
    /// Another statement of the same policy with the same effect.
    OtherStatement(OtherTest),
    /// An attribute of the key; for an alias or a grant of the key that it is for, where that is declared here.
    Attribute(AttributeTest),
    /// A tag of the key.
    Tag(TagTest),
    /// Whether an alias that is declared here names the key.
    Aliased(bool),
    /// The partition that the key is deployed to; one of these.
    Partition(Vec<String>),
    /// The Region that the key is deployed to; one of these.
    Region(Vec<String>),
    /// An argument of the alias or the grant.
    Field(FieldTest),
    /// What the deployer, whom the source or the settings name, cannot do with the key.
    Deployer(DeployerTest),
    /// What sort of thing the resource is; one of these.
    Role(Vec<RoleWord>),
    /// What the plan does to the key.
    Change(ChangeTest),
    /// What the plan does to the alias; one of these.
    AliasChange(Vec<AliasChangeWord>),
    /// Whether the resource of an identity policy is a key whose policy, declared here, neither delegates to IAM policies
    /// nor names the identity that has this one.
    ShutOut(bool),
    /// Whether the policy of a replica lets somebody in whom that of its primary, declared here, does not name.
    BeyondPrimary(bool),
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
    /// How many principals can certainly change the policy.
    Managers(Count),
    /// A mistake in the policy as a text of the policy language; one of these.
    Defect(Vec<DefectKind>),
    /// Whether what is judged is as it is only because no value was given: a variable's or parameter's default applies.
    ByDefault(bool),
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
    /// How the policy delegates to IAM policies of the key's account.
    Delegation(DelegationWord),
    /// What the rest of the policy does to a statement's condition.
    Beside(BesideWord),
    /// What a principal that may encrypt cannot do.
    Lacks(LackWord),
    /// Whether the statement has any condition.
    Conditioned(bool),
    /// The statement's Sid.
    Sid(SidTest),
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
    /// What uses the key; one of these, as the table of key users calls it.
    Use(Vec<String>),
    /// What sends to the one that uses the key; one of these.
    From(Vec<String>),
    /// Something written of what uses the key.
    Part(AttributeTest<Part>),
    /// Something written of what sends.
    SenderPart(AttributeTest<Part>),
    /// Which key is used; one of these.
    KeyIs(Vec<KeyWord>),
    /// Whether what uses the key is in another Region than the key.
    OtherRegion(bool),
    /// Whether the key's policy lets somebody do all of this.
    LetsIn(LetsInTest),
    /// All of these hold of one statement of the policy that what uses the key has of its own: a secret's.
    OwnPolicy(Vec<Test>),
    /// What uses the key, for rules about keys and their policies.
    KeyUsedBy(KeyUsedByTest),
    /// A resource of the statement of an identity policy is a key that is declared here.
    ForKey(ForKeyTest),
    /// Whether a statement of the key's policy is limited to one of two contexts.
    Context(ContextTest),
}

/// The help for a test that asks for nothing.
const NOTHING_ASKED: &str = "say what it must be: `is`, `one-of`, `starts-with`, `over`, `under`, `written`";

impl Test {
    /// Whether it holds in this case.
    pub(super) fn ask(&self, case: &Case<'_>) -> Access {
        match self {
            Self::All(tests) => scope::all(tests, case),
            Self::Any(tests) => Access::any(tests.iter().map(|test| test.ask(case))),
            Self::Not(test) => !test.ask(case),
            Self::Given(tests) => scope::unshown(scope::all(tests, case)),
            Self::SomeStatement(tests) => scope::some_statement(tests, case),
            Self::InStatement(tests) => scope::in_statement(tests, case),
            Self::InPolicy(tests) => scope::in_policy(tests, case),
            Self::OtherStatement(test) => scope::other_statement(test, case),
            Self::Attribute(test) => key::attribute(test, case),
            Self::Tag(test) => tag::tag(test, case),
            Self::Aliased(wanted) => tag::aliased(*wanted, case),
            Self::Partition(names) => key::place(principal::partition(case).as_deref(), names),
            Self::Region(names) => key::place(case.scene.setting.region.as_deref(), names),
            Self::Field(test) => field::field(test, case),
            Self::Deployer(test) => deployer::deployer(test, case),
            Self::Role(roles) => key::role(roles, case),
            Self::Change(test) => key::change(test, case),
            Self::AliasChange(words) => alias::alias_change(words, case),
            Self::ShutOut(wanted) => shut::shut_out(*wanted, case),
            Self::BeyondPrimary(wanted) => primary::beyond_primary(*wanted, case),
            Self::WidensTo(words) => key::widens_to(words, case),
            Self::Owners(count) => key::owners(*count, case),
            Self::LockoutCheckBypassed(wanted) => policy::bypassed(*wanted, case),
            Self::Size(count) => policy::size(*count, case),
            Self::Version(words) => policy::version(words, case),
            Self::Mentions(text) => policy::mentions(text, case),
            Self::Lockout(word) => policy::lockout(*word, case),
            Self::ManagedOnlyBy(words) => policy::managed_only_by(words, case),
            Self::Managers(count) => policy::managers(*count, case),
            Self::Defect(kinds) => policy::defect(kinds, case),
            Self::ByDefault(wanted) => element::by_default(*wanted, case),
            Self::Effect(word) => statement::effect(*word, case),
            Self::Reach(word) => statement::reach(*word, case),
            Self::TrustIsSet(wanted) => statement::trust_is_set(*wanted, case),
            Self::Source(word) => statement::source(*word, case),
            Self::Grants(word) => statement::grants(*word, case),
            Self::Delegation(word) => statement::delegation(*word, case),
            Self::Beside(word) => statement::beside(*word, case),
            Self::Lacks(word) => statement::lacks(*word, case),
            Self::Conditioned(wanted) => statement::conditioned(*wanted, case),
            Self::Sid(test) => dead::sid(test, case),
            Self::Negated(part) => element::negated(*part, case),
            Self::Principal(test) => principal::principal(test, case),
            Self::Action(test) => action::actions(test, case),
            Self::Resource(test) => resource::resource(test, case),
            Self::Condition(test) => condition::condition(test, case),
            Self::Use(sorts) => usage::used_by(sorts, case),
            Self::From(sorts) => usage::sent_by(sorts, case),
            Self::Part(test) => usage::part(test, case),
            Self::SenderPart(test) => usage::sender_part(test, case),
            Self::KeyIs(words) => usage::key_is(words, case),
            Self::OtherRegion(wanted) => usage::other_region(*wanted, case),
            Self::LetsIn(test) => usage::lets_in(test, case),
            Self::OwnPolicy(tests) => usage::own_policy(tests, case),
            Self::KeyUsedBy(test) => used::key_used_by(test, case),
            Self::ForKey(test) => used::for_key(test, case),
            Self::Context(test) => usage::context(test, case),
        }
    }

    /// The same for where a no needs no witnesses: what stands behind a no among words that must all hold is not asked.
    pub(super) fn holds(&self, case: &Case<'_>) -> Access {
        match self {
            Self::All(tests) => scope::all_hold(tests, case),
            Self::Any(tests) => Access::any(tests.iter().map(|test| test.holds(case))),
            Self::Given(tests) => scope::unshown(scope::all_hold(tests, case)),
            other => other.ask(case),
        }
    }

    /// How many words it has.
    pub(super) fn words(&self) -> usize {
        let of = |tests: &[Self]| tests.iter().map(Self::words).sum::<usize>();
        1 + match self {
            Self::All(tests)
            | Self::Any(tests)
            | Self::Given(tests)
            | Self::SomeStatement(tests)
            | Self::InStatement(tests)
            | Self::InPolicy(tests)
            | Self::OwnPolicy(tests) => of(tests),
            Self::OtherStatement(test) => of(&test.when),
            Self::Not(test) => test.words(),
            _ => 0,
        }
    }

    /// The word that has no meaning for a subject, if there is one; an empty list of alternatives has none either.
    pub(super) fn misfit(&self, subject: Subject) -> Option<(&'static str, &'static str)> {
        match self {
            Self::All(tests) | Self::Any(tests) | Self::Given(tests) => {
                tests.iter().find_map(|test| test.misfit(subject))
            }
            Self::SomeStatement(tests) => tests.iter().find_map(|test| test.misfit(Subject::Statement)),
            Self::InStatement(_) if !subject.lies_in_statement() => {
                Some(("in-statement", "the subject lies in no statement: use `some-statement`"))
            }
            Self::InStatement(tests) => tests.iter().find_map(|test| test.misfit(Subject::Statement)),
            Self::InPolicy(tests) => tests.iter().find_map(|test| test.misfit(Subject::Policy)),
            Self::OtherStatement(test) if subject.lies_in_statement() => {
                test.when.iter().find_map(|test| test.misfit(Subject::Statement))
            }
            Self::OtherStatement(_) => {
                Some(("other-statement", "the subject lies in no statement: use `some-statement`"))
            }
            Self::Field(_) if !matches!(subject, Subject::Alias | Subject::Grant) => {
                Some(("field", "use the subject `alias` or `grant`"))
            }
            Self::Field(test) if test.says_nothing() => {
                Some(("field", "say what it must be: `written`, `one-of`, `none-of`, `matches`, `principal`"))
            }
            Self::Not(test) => test.misfit(subject),
            Self::Defect(_) if !matches!(subject, Subject::Defect | Subject::Policy | Subject::Key) => {
                Some(("defect", "mistakes belong to a policy: use the subject `defect`"))
            }
            Self::Principal(test) if test.may.as_ref().is_some_and(MayTest::says_nothing) => {
                Some(("may", "say which actions: `all`, `any`, `none`, `here`"))
            }
            Self::Lacks(_) if subject != Subject::Writer => Some(("lacks", "use the subject `writer`")),
            Self::AliasChange(_) if subject != Subject::Alias => {
                Some(("alias-change", "use the subject `alias`"))
            }
            Self::ShutOut(_) if subject != Subject::Resource => {
                Some(("shut-out", "use the subject `resource` and `policies: [identity]`"))
            }
            Self::WidensTo(_) if subject != Subject::Widening => {
                Some(("widens-to", "use the subject `widening`"))
            }
            Self::Attribute(test) if test.says_nothing() => Some(("attribute", NOTHING_ASKED)),
            Self::Change(_) if !matches!(subject, Subject::Change | Subject::Key) => {
                Some(("change", "a plan changes keys: use the subject `change`"))
            }
            _ => usage::misfit(self, subject),
        }
    }
}
