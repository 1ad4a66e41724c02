//! Predicates on resources.

use super::dead::{self, PartitionWord};
use super::element::{all_given, any_element, any_statement, at, decided, of_text, of_verdict, unknown};
use super::pattern::Pattern;
use crate::access::{Access, Witness, covers_key};
use crate::logic::Verdict;
use crate::policy::Element;
use crate::policy::glob::{Case as Letters, Glob};
use crate::rule::subject::{Case, Held, Item};
use crate::value::{Piece, Text};

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
    if wanted == "*" && text.unknowns().any(|it| it.attribute().is_some()) {
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
    let Some((resource, attribute)) = it.attribute() else { return unknown(it) };
    let alone = case.scene.key.is_some_and(|key| key.role == crate::key::Role::PolicyAlone);
    let arn = attribute.eq_ignore_ascii_case("arn");
    decided((arn && (alone || resource == case.scene.address)) == wanted)
}
