//! Predicates on actions.

use super::dead::{self, DeadAction};
use super::element::{all_given, any_element, any_statement, at, decided, of_text, of_verdict};
use super::pattern::Pattern;
use crate::access::Access;
use crate::logic::Verdict;
use crate::policy::facts::{ActionFact, Risk};
use crate::policy::glob::{Case as Letters, Glob};
use crate::policy::{Element, action};
use crate::rule::subject::{Case, Item};
use crate::source::Span;
use crate::value::Text;

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
    /// Whether it covers a cryptographic operation.
    #[serde(default)]
    pub cryptographic: Option<bool>,
    /// It covers an action whose misuse leads to one of these.
    #[serde(default)]
    pub risk: Option<Vec<Risk>>,
    /// Its text matches this regular expression.
    #[serde(default)]
    pub matches: Option<Pattern>,
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
            test.covers.as_ref().map(|wanted| {
                Access::any(wanted.iter().map(|it| of_verdict(action::matches(written, it), written)))
            }),
            test.dead.as_ref().map(|words| dead::action(words, element, case)),
            test.cryptographic.map(|wanted| some(written, wanted, |it| decided(it.cryptographic))),
            test.risk.as_ref().map(|risks| {
                some(written, true, |it| decided(it.risk.is_some_and(|risk| risks.contains(&risk))))
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

/// Whether a written action covers an action of KMS of which something holds; `wanted` false asks whether it does not.
fn some(written: &Text, wanted: bool, holds: impl Fn(&ActionFact) -> Access) -> Access {
    let covered = action::expand(written);
    let each = covered.into_iter().map(|(fact, verdict)| of_verdict(verdict, written).and(holds(fact)));
    let answer = Access::any(each);
    if wanted { answer } else { !answer }
}

/// Whether a written action covers an action of KMS.
pub(super) fn names_some(written: &Text) -> Verdict {
    let covered = action::expand(written);
    if covered.iter().any(|(_, verdict)| *verdict == Verdict::Yes) {
        return Verdict::Yes;
    }
    if covered.is_empty() { Verdict::No } else { Verdict::CannotTell }
}

/// What was probably meant by an action that names none.
pub(in crate::rule) fn action_meant(written: &Text) -> Option<String> {
    let known = written.known()?;
    if names_some(written) != Verdict::No {
        return None;
    }
    action::meant(&known)
}

/// The same in backticks, with what it covers where that is not clear from the name.
pub(in crate::rule) fn action_suggestion(written: &Text) -> Option<String> {
    let meant = action_meant(written)?;
    let covered = action::expand(&Text::made(meant.as_str(), Span::start_of(place(written)?)));
    let names: Vec<String> = covered.iter().map(|(fact, _)| format!("`{}`", fact.full_name())).collect();
    let few = (2..=4).contains(&names.len());
    Some(if few { format!("`{meant}`, which covers {}", names.join(" and ")) } else { format!("`{meant}`") })
}

/// The file that a known text was written in.
fn place(text: &Text) -> Option<crate::source::FileId> {
    text.span(0..text.known_len()).map(|span| span.file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

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
