//! What a rule speaks about, and every instance of it in what is declared.

pub(super) use super::scene::{Held, Scene, Thing, document};
use super::widening::{Widening, widenings};
use crate::access::{Access, LacksDecrypt, Witness, identity_lacks_decrypt, lacks_decrypt};
use crate::key::Change;
use crate::policy::{Condition, Defect, Document, Element, Elements, Principal, Statement};
use crate::source::Span;
use crate::value::{Assumption, Text, Trail, Unknown, consistent};

/// What a rule speaks about; a finding is made for each one for which its `when` holds.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A key as declared.
    Key,
    /// A policy stated for a key.
    Policy,
    /// A statement of a key policy.
    Statement,
    /// One principal of a statement.
    Principal,
    /// One action or action pattern of a statement.
    Action,
    /// One resource of a statement.
    Resource,
    /// One test of a statement's condition.
    Condition,
    /// A mistake in a policy as a text of the policy language.
    Defect,
    /// What a plan does to a key.
    Change,
    /// A principal that may encrypt for S3 but not decrypt, in a key policy or an identity policy.
    Writer,
    /// Access that a plan newly gives, one for each principal of each statement that gives it.
    Widening,
    /// A name for a key: `aws_kms_alias`, `AWS::KMS::Alias`.
    Alias,
    /// A KMS grant: `aws_kms_grant`.
    Grant,
    /// A resource for which a service uses a key: a bucket, a log group, a volume.
    KeyUser,
    /// Something that sends to a resource for which a service uses a key: an alarm to a topic.
    Delivery,
}

/// Which policies a rule about policies, or parts of them, is asked of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyWord {
    /// Key policies.
    Key,
    /// Policies of users, groups and roles that speak of KMS.
    Identity,
}

/// One instance of a subject, with all that encloses it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'a> {
    /// The resource.
    pub(super) scene: &'a Scene<'a>,
    /// The policy that it lies in.
    pub(super) policy: Option<&'a Held<'a>>,
    /// The statement that it is, or lies in.
    pub(super) statement: Option<&'a Statement>,
    /// The instance itself, where it is smaller than a statement.
    pub(super) item: Item<'a>,
}

/// What a [`Case`] is about, where it is smaller than a statement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item<'a> {
    /// The key, the policy or the statement itself.
    Whole,
    /// One principal.
    Principal(&'a Element<Principal>),
    /// One action.
    Action(&'a Element<Text>),
    /// One resource.
    Resource(&'a Element<Text>),
    /// One condition test.
    Condition(&'a Condition),
    /// One mistake.
    Defect(&'a Defect),
    /// What a plan does.
    Change(&'a Change),
    /// A principal that may encrypt but not decrypt.
    Writer(&'a Writer),
    /// Access that a plan newly gives.
    Widening(&'a Widening),
}

/// A principal that may encrypt but not decrypt.
#[derive(Debug)]
pub(super) struct Writer {
    /// The answer of `access`.
    pub(super) found: LacksDecrypt,
}

impl<'a> Case<'a> {
    fn whole(scene: &'a Scene<'a>, policy: Option<&'a Held<'a>>, statement: Option<&'a Statement>) -> Self {
        Self { scene, policy, statement, item: Item::Whole }
    }

    fn with(self, item: Item<'a>) -> Self {
        Self { item, ..self }
    }

    /// The statement around, as a whole.
    pub(super) fn statement_around(self) -> Self {
        self.with(Item::Whole)
    }

    /// The policy around, as a whole; all of the resource's where it lies in none.
    pub(super) fn policy_around(self) -> Self {
        Self { statement: None, item: Item::Whole, ..self }
    }

    /// A statement of one of the resource's policies.
    pub(super) fn statement_of(self, held: &'a Held<'a>, statement: &'a Statement) -> Self {
        Self::whole(self.scene, Some(held), Some(statement))
    }

    /// The policies in view: the one that it lies in, or all.
    pub(super) fn policies(&self) -> Vec<&'a Held<'a>> {
        self.policy.map_or_else(|| self.scene.policies.iter().collect(), |policy| vec![policy])
    }

    /// The statements in view, each with its policy: the one that it lies in, or all.
    pub(super) fn statements(&self) -> Vec<(&'a Held<'a>, &'a Statement)> {
        match (self.policy, self.statement) {
            (Some(policy), Some(statement)) => vec![(policy, statement)],
            _ => self
                .policies()
                .into_iter()
                .flat_map(|held| held.document.statements.iter().map(move |statement| (held, statement)))
                .collect(),
        }
    }

    /// Its place.
    pub(super) fn span(&self) -> Span {
        match self.item {
            Item::Whole => match (self.statement, self.policy) {
                (Some(statement), _) => statement.span,
                (None, Some(policy)) => policy.name_span,
                (None, None) => self.scene.span,
            },
            Item::Principal(element) => element.span,
            Item::Action(element) | Item::Resource(element) => element.span,
            Item::Condition(condition) => condition.key_span,
            Item::Defect(defect) => defect.span,
            Item::Change(change) => change.span,
            Item::Writer(writer) => writer.found.span,
            Item::Widening(one) => one.access.because.first().map_or(one.refused.span, |first| first.span),
        }
    }

    /// How it came.
    pub(super) fn trail(&self) -> &'a Trail {
        match self.item {
            Item::Principal(element) => &element.trail,
            Item::Action(element) | Item::Resource(element) => &element.trail,
            Item::Defect(defect) => &defect.trail,
            _ => match (self.statement, self.policy) {
                (Some(statement), _) => &statement.trail,
                (None, Some(policy)) => &policy.document.trail,
                (None, None) => self.scene.trail,
            },
        }
    }

    /// Whether it stands at all: an undecided conditional around it leaves that open.
    pub(super) fn stands(&self) -> Access {
        let item: &[Assumption] = match self.item {
            Item::Principal(element) => &element.when,
            Item::Action(element) | Item::Resource(element) => &element.when,
            Item::Condition(condition) => &condition.when,
            Item::Defect(defect) => &defect.when,
            _ => &[],
        };
        let statement = self.statement.map_or(&[][..], |statement| &statement.when);
        under(&[statement, item].concat())
    }
}

/// Whether all of these assumptions hold: cannot tell, unless there are none or they contradict each other.
pub(super) fn under(assumptions: &[Assumption]) -> Access {
    if assumptions.is_empty() {
        return Access::yes([]);
    }
    if !consistent(assumptions) {
        return Access::no([]);
    }
    Access::cannot_tell(assumptions.iter().map(Witness::of_assumption))
}

/// Answers about a scene that are subjects themselves, kept apart so that cases can point at them.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Of each policy.
    writers: Vec<Vec<Writer>>,
    widenings: Vec<Widening>,
}

impl Found {
    /// What subjects that are asked about need.
    pub(super) fn of(scene: &Scene<'_>, asked: impl Fn(Subject) -> bool, beside: &Beside<'_>) -> Self {
        if scene.usage().is_some() {
            return Self::default();
        }
        Self {
            writers: if asked(Subject::Writer) { writers(scene, beside) } else { Vec::new() },
            widenings: if asked(Subject::Widening) { widenings(scene) } else { Vec::new() },
        }
    }
}

/// The identity policies in sight.
pub(super) struct Beside<'a> {
    /// All of them.
    pub(super) identities: &'a [Scene<'a>],
    /// Whether one of them may allow `kms:Decrypt`.
    pub(super) decrypt: bool,
}

impl<'a> Beside<'a> {
    /// The documents of those that the same principal may have as `scene`.
    fn others(&self, scene: &Scene<'_>) -> Vec<&'a Document> {
        let same = |other: &&Scene<'a>| other.span != scene.span && other.may_share_holder(scene);
        let policies = self.identities.iter().filter(same).flat_map(|other| other.policies.iter());
        policies.map(|held| &held.document).collect()
    }
}

fn writers(scene: &Scene<'_>, beside: &Beside<'_>) -> Vec<Vec<Writer>> {
    scene
        .policies
        .iter()
        .map(|held| {
            let found = match scene.key {
                Some(_) => lacks_decrypt(&held.document, &scene.setting, beside.decrypt),
                None => identity_lacks_decrypt(&held.document, || beside.others(scene)),
            };
            found.into_iter().map(|found| Writer { found }).collect()
        })
        .collect()
}

impl Subject {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Key,
        Self::Policy,
        Self::Statement,
        Self::Principal,
        Self::Action,
        Self::Resource,
        Self::Condition,
        Self::Defect,
        Self::Change,
        Self::Writer,
        Self::Widening,
        Self::Alias,
        Self::Grant,
        Self::KeyUser,
        Self::Delivery,
    ];

    /// Every instance in `scene`.
    pub(super) fn cases<'a>(
        self,
        of: &[PolicyWord],
        scene: &'a Scene<'a>,
        found: &'a Found,
    ) -> Vec<Case<'a>> {
        let whole = Case::whole(scene, None, None);
        match (self, scene.thing) {
            (_, Thing::Usage(usage)) if self == usage.subject() => vec![whole],
            (_, Thing::Usage(_)) | (Self::KeyUser | Self::Delivery, _) => Vec::new(),
            (Self::Writer, _) => {
                let policies = scene.policies.iter().zip(&found.writers);
                let cases = policies.flat_map(|(held, writers)| {
                    let case = Case::whole(scene, Some(held), None);
                    writers.iter().map(move |writer| case.with(Item::Writer(writer)))
                });
                cases.collect()
            }
            (Self::Key, Thing::Key) | (Self::Alias, Thing::Alias(_)) | (Self::Grant, Thing::Grant(_)) => {
                vec![whole]
            }
            (Self::Change, Thing::Key) => {
                let change = scene.key.and_then(|key| key.change.as_ref());
                change.iter().map(|change| whole.with(Item::Change(change))).collect()
            }
            (Self::Widening, Thing::Key) => {
                found.widenings.iter().map(|one| whole.with(Item::Widening(one))).collect()
            }
            (Self::Key | Self::Change | Self::Widening | Self::Alias | Self::Grant, _) => Vec::new(),
            (_, thing) if thing.is_among(of) => {
                scene.policies.iter().flat_map(|held| self.cases_in(scene, held)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn cases_in<'a>(self, scene: &'a Scene<'a>, held: &'a Held<'a>) -> Vec<Case<'a>> {
        let whole = Case::whole(scene, Some(held), None);
        let document = &held.document;
        match self {
            Self::Policy => vec![whole],
            Self::Defect => document.defects.iter().map(|defect| whole.with(Item::Defect(defect))).collect(),
            _ => document
                .statements
                .iter()
                .flat_map(|statement| self.cases_of(Case::whole(scene, Some(held), Some(statement))))
                .collect(),
        }
    }

    fn cases_of(self, whole: Case<'_>) -> Vec<Case<'_>> {
        let Some(statement) = whole.statement else { return Vec::new() };
        match self {
            Self::Statement => vec![whole],
            Self::Principal => {
                items(statement.principals.as_ref()).map(|it| whole.with(Item::Principal(it))).collect()
            }
            Self::Action => {
                items(statement.actions.as_ref()).map(|it| whole.with(Item::Action(it))).collect()
            }
            Self::Resource => {
                items(statement.resources.as_ref()).map(|it| whole.with(Item::Resource(it))).collect()
            }
            Self::Condition => {
                statement.conditions.iter().map(|it| whole.with(Item::Condition(it))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The unknowns that may hide further instances, each with the policy that they lie in.
    pub(super) fn hidden<'a>(
        self,
        of: &[PolicyWord],
        scene: &'a Scene<'a>,
    ) -> Vec<(&'a Held<'a>, Vec<&'a Unknown>)> {
        let inside = |held: &'a Held<'a>| {
            let document = &held.document;
            let mut unknowns: Vec<&Unknown> = document.open.iter().collect();
            for statement in &document.statements {
                match self {
                    Self::Principal => unknowns.extend(open(statement.principals.as_ref())),
                    Self::Action => unknowns.extend(open(statement.actions.as_ref())),
                    Self::Resource => unknowns.extend(open(statement.resources.as_ref())),
                    Self::Condition => unknowns.extend(&statement.open_conditions),
                    _ => {}
                }
            }
            (held, unknowns)
        };
        if matches!(self, Self::Key | Self::Policy | Self::Change | Self::Widening)
            || !scene.thing.is_among(of)
        {
            return Vec::new();
        }
        scene.policies.iter().map(inside).filter(|(_, unknowns)| !unknowns.is_empty()).collect()
    }

    /// Whether it is a statement or a part of one.
    pub(super) fn lies_in_statement(self) -> bool {
        matches!(self, Self::Statement | Self::Principal | Self::Action | Self::Resource | Self::Condition)
    }

    /// Its name in rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Policy => "policy",
            Self::Statement => "statement",
            Self::Principal => "principal",
            Self::Action => "action",
            Self::Resource => "resource",
            Self::Condition => "condition",
            Self::Defect => "defect",
            Self::Change => "change",
            Self::Writer => "writer",
            Self::Widening => "widening",
            Self::Alias => "alias",
            Self::Grant => "grant",
            Self::KeyUser => "key-user",
            Self::Delivery => "delivery",
        }
    }
}

fn items<T>(elements: Option<&Elements<T>>) -> impl Iterator<Item = &Element<T>> {
    elements.into_iter().flat_map(|elements| &elements.items)
}

fn open<T>(elements: Option<&Elements<T>>) -> Option<&Unknown> {
    elements.and_then(|elements| elements.open.as_ref())
}
