//! New access in words: the witness request as an example, the actions as a list, and where the other policy says no.

use super::{NewAccess, Witness, consider};
use crate::policy::{Document, Effect, Element, PolicyKind, Principal, Statement};
use crate::value::{Text, Trail};

/// Actions named in a sentence.
const MOST_NAMED: usize = 3;

impl NewAccess {
    /// The actions in a sentence: the first few by name, the rest counted.
    pub fn acts(&self) -> String {
        let named: Vec<String> = self.actions.iter().take(MOST_NAMED).map(|act| format!("`{act}`")).collect();
        let more = self.actions.len().saturating_sub(MOST_NAMED);
        match (more, named.split_last()) {
            (0, Some((last, before))) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
            (0, _) => named.concat(),
            _ => format!("{} and {more} more actions", named.join(", ")),
        }
    }

    /// The witness request in a sentence. `own`: the key's account, where it is known.
    pub fn example(&self, own: Option<&str>) -> String {
        let request = &self.request;
        let context: Vec<String> = request
            .context
            .iter()
            .map(|(key, values)| format!("`{key}` is `{}`", self.shown(&values.join("`, `"), own)))
            .collect();
        let with =
            if context.is_empty() { String::new() } else { format!(", where {}", context.join(" and ")) };
        format!("for example `{}` calls `{}`{with}", self.shown(&request.caller.name, own), request.action)
    }

    /// A text of the request; an account that was made up for the key's own is not shown as one that is known.
    pub fn shown(&self, text: &str, own: Option<&str>) -> String {
        let digits = self.request.key_account.as_str();
        if own == Some(digits) { text.to_owned() } else { text.replace(digits, "<the key's account>") }
    }

    /// The statement of `document`, of which this is access, that lets it in.
    pub fn statement_of<'a>(&self, document: &'a Document) -> Option<&'a Statement> {
        document.statements.get(self.statement?)
    }

    /// The principal that lets it in, of the document that does.
    pub fn principal_of<'a>(&self, document: &'a Document) -> Option<&'a Element<Principal>> {
        self.statement_of(document)?.principals.as_ref()?.items.get(self.principal?)
    }

    /// Where `other` does not allow what `document` does: the Deny that applies, the statement with the same Sid, else the
    /// whole policy. `when` comes before the fact.
    pub fn refused_by(&self, other: &Document, document: &Document, when: &str) -> Witness {
        let at = |span, fact: &str| Witness::new(span, format!("{when}{fact}"), &Trail::default());
        let mut considered = consider(&self.request, other, PolicyKind::Key).into_iter();
        let denies = considered.find(|one| one.statement.effect == Effect::Deny && one.applies().is_yes());
        if let Some(deny) = denies {
            return at(deny.statement.span, "this statement denies it");
        }
        let sid = self.statement_of(document).and_then(|one| one.sid.as_ref()).map(Text::shown);
        let alike = |one: &&Statement| sid.is_some() && one.sid.as_ref().map(Text::shown) == sid;
        match other.statements.iter().find(alike) {
            Some(one) => at(one.span, "this statement does not allow it, nor does another"),
            None => at(other.span, "no statement here allows it"),
        }
    }
}
