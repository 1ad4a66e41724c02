//! The slots of a rule's sentences: one name, one value.

use super::predicate::{Field, action_meant, action_suggestion, key_meant, key_suggestion};
use super::subject::{Case, Item, Scene, Subject};
use super::template::Refusal;
use super::usage::Usage;
use super::widening::Widening;
use crate::key::{self, Attribute};
use crate::policy::{Condition, Principal, Version};
use crate::source::nearest;
use crate::value::{Kind, Text, Value};

/// What can stand in braces in a rule's sentence.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Slot {
    /// The address of the resource.
    Key,
    /// The type of the resource as written.
    Type,
    /// The statement's Sid in backticks, or which one it is.
    Statement,
    /// The principal as written.
    Principal,
    /// The action as written.
    Action,
    /// The actions that a plan newly allows.
    Actions,
    /// The resource as written.
    Resource,
    /// The condition's operator.
    Operator,
    /// The condition's key.
    ConditionKey,
    /// What the mistake is about.
    Element,
    /// What is wrong with it.
    Fact,
    /// What was probably meant, in backticks, with what it covers.
    Suggestion,
    /// What was probably meant, alone.
    Meant,
    /// The values of the condition.
    Values,
    /// The name of the alias or grant.
    Name,
    /// Who may use the key by the grant.
    Grantee,
    /// What the grant allows.
    Operations,
    /// The key that the alias or grant is for.
    Target,
    /// The policy's length in bytes.
    Size,
    /// The policy's version.
    Version,
    /// What the plan does.
    Change,
    /// The arguments that force a replacement.
    ForcedBy,
    /// A request that a plan newly lets in.
    Example,
    /// What the default that applies is the default of.
    Default,
    /// The address of what uses the key.
    User,
    /// What uses the key, in words.
    Use,
    /// What sends, in backticks.
    Sender,
    /// A key's attribute as written.
    Attribute(Attribute),
}

const ALL: [Slot; 36] = [
    Slot::Key,
    Slot::Type,
    Slot::Statement,
    Slot::Principal,
    Slot::Action,
    Slot::Resource,
    Slot::Operator,
    Slot::ConditionKey,
    Slot::Element,
    Slot::Fact,
    Slot::Suggestion,
    Slot::Meant,
    Slot::Values,
    Slot::Name,
    Slot::Grantee,
    Slot::Operations,
    Slot::Target,
    Slot::Size,
    Slot::Version,
    Slot::Change,
    Slot::ForcedBy,
    Slot::Actions,
    Slot::Example,
    Slot::Default,
    Slot::User,
    Slot::Use,
    Slot::Sender,
    Slot::Attribute(Attribute::Spec),
    Slot::Attribute(Attribute::Usage),
    Slot::Attribute(Attribute::Origin),
    Slot::Attribute(Attribute::Rotation),
    Slot::Attribute(Attribute::RotationPeriod),
    Slot::Attribute(Attribute::DeletionWindow),
    Slot::Attribute(Attribute::CustomKeyStore),
    Slot::Attribute(Attribute::XksKey),
    Slot::Attribute(Attribute::MultiRegion),
];

impl Slot {
    /// The slot of that name, if the subject has it.
    pub(super) fn named(name: &str, subject: Subject) -> Result<Self, Refusal> {
        let fitting = || ALL.into_iter().filter(|slot| slot.fits(subject));
        fitting().find(|slot| slot.name() == name).ok_or_else(|| Refusal {
            message: format!("unknown slot `{name}`"),
            help: nearest(name, fitting().map(Self::name)).map_or_else(
                || {
                    let names: Vec<String> = fitting().map(|slot| format!("`{{{}}}`", slot.name())).collect();
                    format!("a {} has {}", subject.name(), names.join(", "))
                },
                |near| format!("did you mean `{near}`?"),
            ),
        })
    }

    /// Its name in braces.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Type => "type",
            Self::Statement => "statement",
            Self::Principal => "principal",
            Self::Action => "action",
            Self::Resource => "resource",
            Self::Operator => "operator",
            Self::ConditionKey => "condition-key",
            Self::Element => "element",
            Self::Fact => "fact",
            Self::Suggestion => "suggestion",
            Self::Meant => "meant",
            Self::Values => "values",
            Self::Name => "name",
            Self::Grantee => "grantee",
            Self::Operations => "operations",
            Self::Target => "target",
            Self::Size => "size",
            Self::Version => "version",
            Self::Change => "change",
            Self::ForcedBy => "forced-by",
            Self::Actions => "actions",
            Self::Example => "example",
            Self::Default => "default",
            Self::User => "user",
            Self::Use => "use",
            Self::Sender => "sender",
            Self::Attribute(Attribute::Spec) => "spec",
            Self::Attribute(Attribute::Usage) => "usage",
            Self::Attribute(Attribute::Origin) => "origin",
            Self::Attribute(Attribute::Rotation) => "rotation",
            Self::Attribute(Attribute::RotationPeriod) => "rotation-period",
            Self::Attribute(Attribute::DeletionWindow) => "deletion-window",
            Self::Attribute(Attribute::CustomKeyStore) => "custom-key-store",
            Self::Attribute(Attribute::XksKey) => "xks-key",
            Self::Attribute(_) => "multi-region",
        }
    }

    /// Whether a subject has it.
    fn fits(self, subject: Subject) -> bool {
        match self {
            Self::Key | Self::Type | Self::Default => true,
            Self::Attribute(_) => {
                use Subject::{Alias, Change, Delivery, Grant, Key, KeyUser};
                matches!(subject, Key | Change | Alias | Grant | KeyUser | Delivery)
            }
            Self::User | Self::Use => matches!(subject, Subject::KeyUser | Subject::Delivery),
            Self::Sender => subject == Subject::Delivery,
            Self::Name | Self::Target => matches!(subject, Subject::Alias | Subject::Grant),
            Self::Grantee | Self::Operations => subject == Subject::Grant,
            Self::Statement => matches!(
                subject,
                Subject::Statement
                    | Subject::Principal
                    | Subject::Action
                    | Subject::Resource
                    | Subject::Condition
            ),
            Self::Principal => {
                matches!(subject, Subject::Principal | Subject::Writer | Subject::Widening)
            }
            Self::Actions | Self::Example => subject == Subject::Widening,
            Self::Action => subject == Subject::Action,
            Self::Resource => subject == Subject::Resource,
            Self::Operator | Self::ConditionKey | Self::Values => subject == Subject::Condition,
            Self::Element | Self::Fact => subject == Subject::Defect,
            Self::Suggestion | Self::Meant => {
                matches!(subject, Subject::Defect | Subject::Action | Subject::Condition)
            }
            Self::Size | Self::Version => subject == Subject::Policy,
            Self::Change | Self::ForcedBy => subject == Subject::Change,
        }
    }

    /// Whether every instance of the subject has a value for it.
    pub(super) fn always(self, subject: Subject) -> bool {
        match self {
            Self::Suggestion
            | Self::Meant
            | Self::ForcedBy
            | Self::Default
            | Self::Name
            | Self::Grantee
            | Self::Operations
            | Self::Target
            | Self::Attribute(_) => false,
            Self::Principal => !matches!(subject, Subject::Writer | Subject::Widening),
            _ => true,
        }
    }

    /// Its value in one case; `None` when there is none.
    pub(super) fn value(self, case: &Case<'_>) -> Option<String> {
        match self {
            Self::Key => {
                let used = case.scene.usage().map(Usage::key_name);
                Some(used.unwrap_or_else(|| case.scene.address.to_owned()))
            }
            Self::User => case.scene.usage().map(|usage| usage.user.address.clone()),
            Self::Use => case.scene.usage().map(|usage| usage.user.sort.replace('-', " ")),
            Self::Sender => case.scene.usage()?.sender_names(),
            Self::Type => Some(case.scene.type_name.to_owned()),
            Self::Default => case.trail().by_default().map(|default| default.name.to_string()),
            Self::Statement => case.statement.map(statement_name),
            Self::Size => case.policy.map(|held| held.document.size.bytes.to_string()),
            Self::Version => case.policy.map(|held| version(&held.document.version)),
            Self::Name => field(Field::Name, case),
            Self::Grantee => field(Field::Grantee, case),
            Self::Operations => field(Field::Operations, case),
            Self::Target => field(Field::Key, case),
            Self::Attribute(attribute) => case.scene.key?.attributes.get(&attribute).and_then(shown),
            _ => self.of_item(case.item, case.scene),
        }
    }

    fn of_item(self, item: Item<'_>, scene: &Scene<'_>) -> Option<String> {
        match (self, item) {
            (Self::Principal, Item::Principal(element)) => Some(principal(&element.value)),
            (Self::Principal, Item::Writer(writer)) => writer.found.principal.clone(),
            (Self::Principal, Item::Widening(one)) => newcomer(one, scene),
            (Self::Actions, Item::Widening(one)) => Some(one.access.acts()),
            (Self::Example, Item::Widening(one)) => Some(one.access.example(one.own.as_deref())),
            (Self::Action, Item::Action(element)) | (Self::Resource, Item::Resource(element)) => {
                Some(element.value.shown())
            }
            (Self::Operator, Item::Condition(condition)) => Some(condition.operator.shown()),
            (Self::ConditionKey, Item::Condition(condition)) => Some(condition.key.shown()),
            (Self::Element, Item::Defect(defect)) => Some(defect.subject.clone()),
            (Self::Fact, Item::Defect(defect)) => Some(defect.fact.clone()),
            (Self::Suggestion | Self::Meant, Item::Defect(defect)) => defect.suggestion.clone(),
            (Self::Meant, Item::Action(element)) => action_meant(&element.value),
            (Self::Meant, Item::Condition(condition)) => key_meant(&condition.key).map(str::to_owned),
            (Self::Values, Item::Condition(condition)) => Some(values(condition)),
            (Self::Suggestion, Item::Action(element)) => action_suggestion(&element.value),
            (Self::Suggestion, Item::Condition(condition)) => key_suggestion(&condition.key),
            (Self::Change, Item::Change(change)) => Some(action(change.action).to_owned()),
            (Self::ForcedBy, Item::Change(change)) => forced_by(change),
            _ => None,
        }
    }
}

/// The argument of an alias or grant as written, a list with commas between.
fn field(field: Field, case: &Case<'_>) -> Option<String> {
    let value = field.value(&case.scene.thing)?;
    match &value.kind {
        Kind::List(list) => {
            list.items.iter().map(shown).collect::<Option<Vec<_>>>().map(|it| it.join("`, `"))
        }
        _ => shown(value),
    }
}

/// The values of a condition test as written.
fn values(condition: &Condition) -> String {
    let shown: Vec<String> = condition.values.iter().map(|value| value.value.shown()).collect();
    shown.join("`, `")
}

/// The slots that the sentences of rules about a subject may have.
pub fn slots(subject: Subject) -> Vec<&'static str> {
    ALL.into_iter().filter(|slot| slot.fits(subject)).map(Slot::name).collect()
}

fn statement_name(statement: &crate::policy::Statement) -> String {
    match &statement.sid {
        Some(sid) if !sid.is_empty() => format!("statement `{}`", sid.shown()),
        _ => format!("statement {}", statement.index + 1),
    }
}

fn version(version: &Version) -> String {
    match version {
        Version::V2012 => "2012-10-17".to_owned(),
        Version::V2008 => "2008-10-17".to_owned(),
        Version::Missing => "missing".to_owned(),
        Version::Other(other) => other.clone(),
        Version::Unknown(unknown) => unknown.name.to_string(),
    }
}

/// A principal as written.
pub(super) fn principal(principal: &Principal) -> String {
    principal.shown("the own account")
}

/// Whether two principals are the same as written.
pub(super) fn is_same_principal(one: &Principal, other: &Principal) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other) && principal(one) == principal(other)
}

/// The principal that is let in, as written.
fn newcomer(one: &Widening, scene: &Scene<'_>) -> Option<String> {
    let [held] = &*scene.policies else { return None };
    one.access.principal_of(&held.document).map(|item| principal(&item.value))
}

fn action(action: key::Action) -> &'static str {
    match action {
        key::Action::None => "left as it is",
        key::Action::Create => "created",
        key::Action::Update => "updated",
        key::Action::Replace => "replaced",
        key::Action::Delete => "deleted",
        key::Action::Forget => "forgotten",
    }
}

fn forced_by(change: &key::Change) -> Option<String> {
    let names: Vec<&str> = change.forced_by.iter().map(|(name, _)| name.as_str()).collect();
    (!names.is_empty()).then(|| names.join("`, `"))
}

/// A scalar as written; `None` for null, secrets and everything that is not a scalar.
pub(super) fn shown(value: &Value) -> Option<String> {
    if value.secret {
        return None;
    }
    match &value.kind {
        Kind::Bool(value) => Some(value.to_string()),
        Kind::Number(number) => Some(number.as_str().to_owned()),
        Kind::Text(text) => Some(Text::shown(text)),
        _ => None,
    }
}
