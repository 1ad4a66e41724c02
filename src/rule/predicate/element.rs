//! Predicates on the elements of a statement: principals, actions, resources, condition tests.

use super::dead::{self, DeadAction, PartitionWord};
use super::pattern::Pattern;
use crate::access::{Access, Witness, covers_key};
use crate::logic::Verdict;
use crate::policy::by_default::without_defaults;
use crate::policy::glob::{Case as Letters, Glob};
use crate::policy::{Element, Elements, Principal, Statement, action};
use crate::rule::slot;
use crate::rule::subject::{Case, Held, Item, under};
use crate::source::Span;
use crate::value::{Piece, Symbol, Text, Unknown};

/// A part of a statement that has a negation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatementPart {
    /// `NotPrincipal`.
    Principal,
    /// `NotAction`.
    Action,
    /// `NotResource`.
    Resource,
}

/// What sort of principal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PrincipalKind {
    /// Everyone: `*`.
    Everyone,
    /// An account.
    Account,
    /// A role.
    Role,
    /// A user.
    User,
    /// A session of a role.
    Session,
    /// A federated user.
    FederatedUser,
    /// A service.
    Service,
    /// A unique id, left behind by a deleted principal.
    UniqueId,
    /// One that the API rejects.
    Malformed,
}

/// What a principal must be; all that is given must hold.
#[derive(Clone, PartialEq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PrincipalTest {
    /// One of these.
    #[serde(default)]
    pub kind: Option<Vec<PrincipalKind>>,
    /// In which partition it is.
    #[serde(default)]
    pub partition: Option<PartitionWord>,
    /// Its text matches this regular expression.
    #[serde(default)]
    pub matches: Option<Pattern>,
}

/// What an action must be; all that is given must hold. Names are compared without regard to case.
#[derive(Clone, PartialEq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ActionTest {
    /// It belongs to this service: `kms`.
    #[serde(default)]
    pub service: Option<String>,
    /// Whether it names at least one action of KMS.
    #[serde(default)]
    pub known: Option<bool>,
    /// It covers at least one of these actions, wildcards expanded.
    #[serde(default)]
    pub covers: Option<Vec<String>>,
    /// It has no effect, for one of these reasons.
    #[serde(default)]
    pub dead: Option<Vec<DeadAction>>,
    /// Its text matches this regular expression.
    #[serde(default)]
    pub matches: Option<Pattern>,
}

/// What a resource must be; all that is given must hold.
#[derive(Clone, PartialEq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ResourceTest {
    /// It is one of these texts.
    #[serde(default)]
    pub is: Option<Vec<String>>,
    /// Whether it is a reference to the key that the policy belongs to.
    #[serde(default)]
    pub own: Option<bool>,
    /// Whether it covers the key that the policy belongs to: `*`, the key's own ARN, a pattern that matches it.
    #[serde(default)]
    pub covers_key: Option<bool>,
    /// In which partition it is.
    #[serde(default)]
    pub partition: Option<PartitionWord>,
    /// Its text matches this regular expression.
    #[serde(default)]
    pub matches: Option<Pattern>,
}

/// All that is given; `None` entries are not given.
pub(super) fn all_given(given: impl IntoIterator<Item = Option<Access>>) -> Access {
    Access::all(given.into_iter().flatten())
}

pub(super) fn decided(holds: bool) -> Access {
    if holds { Access::yes([]) } else { Access::no([]) }
}

pub(super) fn unknown(unknown: &Unknown) -> Access {
    Access::cannot_tell([Witness::of_unknown(unknown)])
}

/// Asks a question of a text that must be known for an answer.
pub(super) fn of_text(text: &Text, holds: impl Fn(&str) -> bool) -> Access {
    match text.known() {
        Some(known) => decided(holds(&known)),
        None => Access::cannot_tell(text.unknowns().map(Witness::of_unknown)),
    }
}

/// A verdict about a text; what is unknown of it leaves it open.
fn of_verdict(verdict: Verdict, text: &Text) -> Access {
    match verdict {
        Verdict::Yes => Access::yes([]),
        Verdict::No => Access::no([]),
        Verdict::CannotTell => Access::cannot_tell(text.unknowns().map(Witness::of_unknown)),
    }
}

/// Puts the element itself in front of the witnesses of a yes, unless they speak of it already.
pub(super) fn at<T>(element: &Element<T>, fact: impl Fn() -> String, answer: Access) -> Access {
    let told = answer.because.iter().any(|witness| witness.span == element.span);
    if told || !answer.is_yes() {
        return answer;
    }
    let own = Witness::new(element.span, fact(), &element.trail);
    Access::yes(std::iter::once(own).chain(answer.because))
}

/// The text of a principal that has one.
fn text_of(principal: &Principal) -> Option<&Text> {
    match principal {
        Principal::Role(arn)
        | Principal::User(arn)
        | Principal::Session(arn)
        | Principal::FederatedUser(arn) => Some(&arn.text),
        Principal::Service(text) | Principal::Someone(text) => Some(text),
        _ => None,
    }
}

/// Asks every element that is known; what is unknown leaves a no open.
fn any_element<T>(elements: Option<&Elements<T>>, ask: impl Fn(&Element<T>) -> Access) -> Access {
    let Some(elements) = elements else { return Access::no([]) };
    let known = elements.items.iter().map(|element| under(&element.when).and(ask(element)));
    let open = elements.open.iter().map(unknown);
    Access::any(known.chain(open))
}

pub(super) fn any_statement(case: &Case<'_>, ask: impl Fn(&Statement) -> Access) -> Access {
    if let Some(statement) = case.statement {
        return ask(statement);
    }
    let known = case.statements().into_iter().map(|(_, it)| under(&it.when).and(ask(it)));
    let open = case.policies().into_iter().flat_map(|held| &held.document.open).map(unknown);
    Access::any(known.chain(open))
}

/// Whether a part is written as its negation.
pub(super) fn negated(part: StatementPart, case: &Case<'_>) -> Access {
    fn of<T>(elements: Option<&Elements<T>>) -> Access {
        match elements.filter(|elements| elements.negated) {
            Some(elements) => Access::yes([Witness::new(
                elements.name_span,
                "everything but what is listed",
                &crate::value::Trail::default(),
            )]),
            None => Access::no([]),
        }
    }
    any_statement(case, |statement| match part {
        StatementPart::Principal => of(statement.principals.as_ref()),
        StatementPart::Action => of(statement.actions.as_ref()),
        StatementPart::Resource => of(statement.resources.as_ref()),
    })
}

/// Whether a default is to blame for what is judged. A guard: the trail shows the default.
pub(super) fn by_default(wanted: bool, case: &Case<'_>) -> Access {
    let blamed = match case.item {
        Item::Defect(defect) => defect.by_default,
        Item::Action(element) => {
            let other = without_defaults(&element.value, element.span, &element.trail);
            other.is_some_and(|other| names_some(&other) != Verdict::No)
        }
        _ => case.trail().by_default().is_some(),
    };
    decided(blamed == wanted)
}

/// Whether the principal, or any in view, is as wanted.
pub(super) fn principal(test: &PrincipalTest, case: &Case<'_>) -> Access {
    let ask = |element: &Element<Principal>| {
        let answer = all_given([
            test.kind.as_ref().map(|kinds| of_kind(&element.value, kinds)),
            test.matches.as_ref().map(|pattern| match &element.value {
                Principal::Unknown(it) => unknown(it),
                known => decided(pattern.is_match(&slot::principal(known))),
            }),
            test.partition.map(|word| match text_of(&element.value) {
                Some(arn) => dead::partition(word, arn, case),
                None => Access::no([]),
            }),
        ]);
        at(element, || format!("`{}` is a principal here", slot::principal(&element.value)), answer)
    };
    match case.item {
        Item::Principal(element) => ask(element),
        _ => any_statement(case, |statement| any_element(statement.principals.as_ref(), ask)),
    }
}

fn of_kind(principal: &Principal, kinds: &[PrincipalKind]) -> Access {
    let kind = match principal {
        Principal::Everyone => PrincipalKind::Everyone,
        Principal::Account(_) => PrincipalKind::Account,
        Principal::Role(_) => PrincipalKind::Role,
        Principal::User(_) => PrincipalKind::User,
        Principal::Session(_) => PrincipalKind::Session,
        Principal::FederatedUser(_) => PrincipalKind::FederatedUser,
        Principal::Service(_) => PrincipalKind::Service,
        Principal::UniqueId(_) => PrincipalKind::UniqueId,
        Principal::Malformed(_) => PrincipalKind::Malformed,
        Principal::Someone(_) if kinds == [PrincipalKind::Everyone] => return Access::no([]),
        Principal::Someone(text) => {
            return Access::cannot_tell(text.unknowns().map(Witness::of_unknown));
        }
        Principal::Unknown(it) => return unknown(it),
    };
    decided(kinds.contains(&kind))
}

/// Whether the action, or any in view, is as wanted.
pub(super) fn actions(test: &ActionTest, case: &Case<'_>) -> Access {
    let ask = |element: &Element<Text>| {
        let written = &element.value;
        let answer = all_given([
            test.service.as_ref().map(|service| of_verdict(has_service(written, service), written)),
            test.known.map(|known| {
                let names_some = of_verdict(names_some(written), written);
                if known { names_some } else { !names_some }
            }),
            test.dead.as_ref().map(|words| dead::action(words, element, case)),
            test.covers.as_ref().map(|wanted| {
                Access::any(wanted.iter().map(|it| of_verdict(action::matches(written, it), written)))
            }),
            test.matches.as_ref().map(|pattern| of_text(written, |text| pattern.is_match(text))),
        ]);
        at(element, || format!("`{}` here", written.shown()), answer)
    };
    match case.item {
        Item::Action(element) => ask(element),
        _ => any_statement(case, |statement| any_element(statement.actions.as_ref(), ask)),
    }
}

/// Whether a written action belongs to a service: `kms:Decrypt` to `kms`, `*` to all, and so does one without a
/// service, which is a mistake in each.
fn has_service(written: &Text, service: &str) -> Verdict {
    if written.is_known() && !written.known_parts().contains(':') {
        return Verdict::Yes;
    }
    let all = Glob::of(&format!("{service}:*"), Letters::Ignored);
    Glob::pattern(written, Letters::Ignored).meets(&all)
}

/// Whether a written action covers an action of KMS.
fn names_some(written: &Text) -> Verdict {
    let covered = action::expand(written);
    if covered.iter().any(|(_, verdict)| *verdict == Verdict::Yes) {
        return Verdict::Yes;
    }
    if covered.is_empty() { Verdict::No } else { Verdict::CannotTell }
}

/// What was probably meant by an action that names none, with what it covers where that is not clear from the name.
pub(in crate::rule) fn action_suggestion(written: &Text) -> Option<String> {
    let known = written.known()?;
    if names_some(written) != Verdict::No {
        return None;
    }
    let meant = action::meant(&known)?;
    let covered = action::expand(&Text::made(meant.as_str(), Span::start_of(place(written)?)));
    let names: Vec<String> = covered.iter().map(|(fact, _)| format!("`{}`", fact.full_name())).collect();
    let few = (2..=4).contains(&names.len());
    Some(if few { format!("`{meant}`, which covers {}", names.join(" and ")) } else { format!("`{meant}`") })
}

/// The file that a known text was written in.
fn place(text: &Text) -> Option<crate::source::FileId> {
    text.span(0..text.known_len()).map(|span| span.file)
}

/// Whether the resource, or any in view, is as wanted.
pub(super) fn resource(test: &ResourceTest, case: &Case<'_>) -> Access {
    let ask = |element: &Element<Text>| {
        let written = &element.value;
        let answer = all_given([
            test.is
                .as_ref()
                .map(|wanted| Access::any(wanted.iter().map(|it| of_verdict(reads(written, it), written)))),
            test.own.map(|wanted| is_own(written, wanted, case)),
            test.covers_key.map(|wanted| {
                let covers = of_policy(case, |held| covers_key(element, &held.document, &case.scene.setting));
                if wanted { covers } else { !covers }
            }),
            test.partition.map(|word| dead::partition(word, written, case)),
            test.matches.as_ref().map(|pattern| of_text(written, |text| pattern.is_match(text))),
        ]);
        at(element, || format!("`{}` here", written.shown()), answer)
    };
    match case.item {
        Item::Resource(element) => ask(element),
        _ => any_statement(case, |statement| any_element(statement.resources.as_ref(), ask)),
    }
}

/// Asks about the policy in view, or any of them.
fn of_policy(case: &Case<'_>, ask: impl Fn(&Held<'_>) -> Access) -> Access {
    let answer = Access::any(case.policies().into_iter().map(ask));
    Access {
        because: answer.because.into_iter().filter(|_| answer.verdict == Verdict::CannotTell).collect(),
        ..answer
    }
}

/// Whether a text reads `wanted`. An attribute of one resource is never a wildcard.
fn reads(text: &Text, wanted: &str) -> Verdict {
    let attribute = |it: &Unknown| matches!(it.symbol, Symbol::Attribute { .. });
    if wanted == "*" && text.unknowns().any(attribute) {
        return Verdict::No;
    }
    Glob::literal(text, Letters::Counts).matches(wanted)
}

/// Whether a resource refers to the key that the policy belongs to: its ARN attribute, or of a policy that stands alone,
/// the ARN of any key.
fn is_own(text: &Text, wanted: bool, case: &Case<'_>) -> Access {
    let [Piece::Unknown(it)] = text.pieces() else {
        return match text.known() {
            Some(_) => decided(!wanted),
            None => Access::cannot_tell(text.unknowns().map(Witness::of_unknown)),
        };
    };
    let Symbol::Attribute { resource, attribute } = &it.symbol else { return unknown(it) };
    let alone = case.scene.key.is_some_and(|key| key.role == crate::key::Role::PolicyAlone);
    let arn = attribute.eq_ignore_ascii_case("arn");
    decided((arn && (alone || **resource == *case.scene.address)) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceMap, Span};

    fn suggestion(action: &str) -> Option<String> {
        let span = Span::start_of(SourceMap::default().add("p", ""));
        action_suggestion(&Text::made(action, span))
    }

    #[test]
    fn what_was_meant_is_proposed() {
        assert_eq!(
            suggestion("kms:ReEncrypt").as_deref(),
            Some("`kms:ReEncrypt*`, which covers `kms:ReEncryptFrom` and `kms:ReEncryptTo`")
        );
        assert_eq!(suggestion("kms:Decyrpt").as_deref(), Some("`kms:Decrypt`"));
        assert_eq!(suggestion("Decrypt").as_deref(), Some("`kms:Decrypt`"));
        assert_eq!(suggestion("kms:Encypt*").as_deref(), Some("`kms:Encrypt*`"));
        assert_eq!(suggestion("kms:Decrypt"), None);
        assert_eq!(suggestion("kms:Frobnicate"), None);
    }
}
