//! What must not be said: the sensitive values of what is declared, made known to the source map.
//!
//! Rules and questions quote principals and attributes. Every command loads what it speaks of through this room, so
//! what of it is sensitive is told to [`SourceMap`] here, for all of them; who prints asks there. What is easy to get
//! wrong: where a whole policy is sensitive, so is every text in it.

use crate::finding::Finding;
use crate::key::Declared;
use crate::source::{FileId, SourceMap};
use crate::syntax::json::parse_text;
use crate::value::{Kind, Text, Value};

/// Makes known what `declared` marks as sensitive. In a plan, the places are hidden too: it has the values in clear.
pub(super) fn keep(declared: &Declared, plan: Option<FileId>, map: &SourceMap) {
    let keeper = Keeper { map, plan };
    for key in &declared.keys {
        let stated = key.policies.iter().map(|policy| &policy.value);
        let before = key.change.iter().filter_map(|change| change.policy_before.as_ref());
        stated.chain(key.attributes.values()).chain(before).for_each(|value| keeper.keep(value));
    }
    declared.identity_policies.iter().for_each(|policy| keeper.keep(&policy.value));
    for grant in &declared.grants {
        let written = [&grant.name, &grant.retiring, &grant.constraints].into_iter().flatten();
        written.chain([&grant.grantee, &grant.operations, &grant.key.value]).for_each(|it| keeper.keep(it));
    }
    declared.aliases.iter().for_each(|alias| keeper.keep(&alias.name));
}

struct Keeper<'a> {
    map: &'a SourceMap,
    plan: Option<FileId>,
}

impl Keeper<'_> {
    /// The sensitive texts in a value: those that are marked themselves, else all in what is marked.
    fn keep(&self, value: &Value) {
        let mut left = vec![(value, false)];
        while let Some((value, within)) = left.pop() {
            let within = within || value.secret;
            if within && self.plan == Some(value.span.file) {
                self.map.hide_place(value.span);
            }
            match &value.kind {
                Kind::Text(text) => match text.encodes() {
                    Some(inner) => left.push((inner, within && !marks(inner))),
                    None if within => {
                        self.keep_text(&Text::known_parts(text));
                        // A plan has policies as JSON texts.
                        if let Ok(inner) = parse_text(text, value.span) {
                            self.keep_all(&inner);
                        }
                    }
                    None => {}
                },
                Kind::Number(number) if within => self.keep_text(number.as_str()),
                Kind::List(list) => left.extend(list.items.iter().map(|item| (item, within))),
                Kind::Map(map) => left.extend(map.entries.iter().map(|entry| (&entry.value, within))),
                Kind::OneOf(branches) => left.extend(branches.iter().map(|branch| (&branch.value, within))),
                _ => {}
            }
        }
    }

    /// Every text in a value that is sensitive as a whole.
    fn keep_all(&self, whole: &Value) {
        let mut left = vec![whole];
        while let Some(value) = left.pop() {
            match &value.kind {
                Kind::Text(text) => self.keep_text(&Text::known_parts(text)),
                Kind::Number(number) => self.keep_text(number.as_str()),
                Kind::List(list) => left.extend(&list.items),
                Kind::Map(map) => left.extend(map.entries.iter().map(|entry| &entry.value)),
                _ => {}
            }
        }
    }

    fn keep_text(&self, text: &str) {
        if !is_vocabulary(text) {
            self.map.hide_text(text);
        }
    }
}

/// Whether a text is a word of AWS, which is nobody's secret: `Allow`, `2012-10-17`, `kms:Decrypt`.
fn is_vocabulary(text: &str) -> bool {
    let action = |text: &str| {
        text.split_once(':').is_some_and(|(service, name)| {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            let named = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'*' | b'?');
            !service.is_empty() && service.bytes().all(plain) && name.bytes().all(named)
        })
    };
    matches!(text, "*" | "Allow" | "Deny" | "2012-10-17" | "2008-10-17" | "true" | "false") || action(text)
}

/// Takes what must not be said out of findings, when everything has been read. A repair that would tell it is dropped.
pub(super) fn discreet(findings: &mut [Finding], map: &SourceMap) {
    for finding in findings {
        finding.texts_mut().for_each(|text| map.make_discreet(text));
        let is_open = |text: &str| map.discreet(text) == text;
        finding.fixes.retain(|fix| is_open(&fix.title) && fix.edits.iter().all(|(_, text)| is_open(text)));
    }
}

/// Whether anything in a value is marked.
fn marks(value: &Value) -> bool {
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        match &value.kind {
            _ if value.secret => return true,
            Kind::Text(text) => left.extend(text.encodes()),
            Kind::List(list) => left.extend(&list.items),
            Kind::Map(map) => left.extend(map.entries.iter().map(|entry| &entry.value)),
            Kind::OneOf(branches) => left.extend(branches.iter().map(|branch| &branch.value)),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_aws_are_no_secrets() {
        for word in ["kms:*", "kms:Decrypt", "s3:Get*", "Allow", "*"] {
            assert!(is_vocabulary(word), "{word}");
        }
        for secret in ["admin", "arn:aws:iam::111122223333:role/x", "user:pass1", "Bearer:x"] {
            assert!(!is_vocabulary(secret), "{secret}");
        }
    }
}
