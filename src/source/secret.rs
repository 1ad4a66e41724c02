//! What must not be said: sensitive texts, and the places where they are written.
//!
//! Whoever reads a sensitive value tells it here; whoever prints asks here. Terraform's `sensitive` and `ephemeral`,
//! CloudFormation's `NoEcho` and a plan's `after_sensitive` all end in this one list. What is easy to get wrong: a
//! short text may be part of any word, so it counts only where it stands alone between backticks or as the whole.

use super::Limits;
use aho_corasick::{AhoCorasick, MatchKind};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

/// What stands for a sensitive text.
pub const HIDDEN: &str = "(sensitive value)";

/// The most bytes of a text that may be part of any word.
const SHORT: usize = 3;

/// Words of ARNs that say nothing about anybody.
const WORDS_OF_ARNS: [&str; 8] =
    ["role", "root", "user", "group", "assumed-role", "federated-user", "aws-cn", "aws-us-gov"];

/// The sensitive texts of a run.
#[derive(Debug, Default)]
pub(super) struct Secrets(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    texts: BTreeSet<String>,
    bytes: usize,
    /// Whether there were too many to remember.
    lost: bool,
    finder: Option<Arc<Finder>>,
}

/// Finds what is known so far.
#[derive(Debug)]
struct Finder {
    texts: BTreeSet<String>,
    parts: Option<AhoCorasick>,
    lost: bool,
}

impl Secrets {
    /// Remembers a text. Of an ARN its account and names count on their own too: they are told apart from it.
    pub(super) fn add(&self, text: &str) {
        if text.is_empty() || self.0.read().unwrap_or_else(PoisonError::into_inner).texts.contains(text) {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let inner = text.strip_prefix("arn:").unwrap_or_default().split([':', '/']);
        let inner = inner.filter(|part| part.len() > SHORT && !WORDS_OF_ARNS.contains(part));
        for part in inner.chain([text]) {
            known.bytes = known.bytes.saturating_add(part.len());
            if known.bytes as u64 > Limits::DEFAULT.file_bytes {
                known.lost = true;
            } else {
                known.texts.insert(part.to_owned());
            }
        }
        known.finder = None;
    }

    /// A sentence without sensitive texts; quoted parts that hold one are hidden as a whole.
    pub(super) fn hide<'s>(&self, sentence: &'s str) -> Cow<'s, str> {
        let finder = self.finder();
        if finder.texts.is_empty() && !finder.lost {
            return Cow::Borrowed(sentence);
        }
        let mut out = String::with_capacity(sentence.len());
        for (at, part) in sentence.split('`').enumerate() {
            if at > 0 {
                out.push('`');
            }
            finder.hide_part(part, at % 2 == 1, &mut out);
        }
        if out == sentence { Cow::Borrowed(sentence) } else { Cow::Owned(out) }
    }

    fn finder(&self) -> Arc<Finder> {
        if let Some(finder) = &self.0.read().unwrap_or_else(PoisonError::into_inner).finder {
            return Arc::clone(finder);
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let long: Vec<&String> = known.texts.iter().filter(|text| text.len() > SHORT).collect();
        let parts = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&long);
        // What cannot be searched for is not told at all.
        let lost = known.lost || parts.is_err();
        let finder = Arc::new(Finder { texts: known.texts.clone(), parts: parts.ok(), lost });
        known.finder = Some(Arc::clone(&finder));
        finder
    }
}

impl Finder {
    fn hide_part(&self, part: &str, quoted: bool, out: &mut String) {
        let whole = self.lost || self.texts.contains(part) || self.texts.contains(part.trim_matches('"'));
        match &self.parts {
            _ if whole => out.push_str(HIDDEN),
            Some(parts) if quoted && parts.is_match(part) => out.push_str(HIDDEN),
            Some(parts) if !quoted => {
                parts.replace_all_with(part, out, |_, _, out| {
                    out.push_str(HIDDEN);
                    true
                });
            }
            _ => out.push_str(part),
        }
    }
}

/// The text of `range` with a star for every byte at one of `places`.
pub(super) fn starred<'t>(text: &'t str, range: &Range<usize>, places: &[Range<usize>]) -> Cow<'t, str> {
    let hits = |at: usize| places.iter().any(|place| place.contains(&at));
    let shown = text.get(range.clone()).unwrap_or_default();
    if !places.iter().any(|place| place.start < range.end && range.start < place.end) {
        return Cow::Borrowed(shown);
    }
    let mut out = String::with_capacity(shown.len());
    for (at, character) in shown.char_indices() {
        if hits(range.start + at) && !matches!(character, '\n' | '\r') {
            out.extend(std::iter::repeat_n('*', character.len_utf8()));
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(secrets: &[&str], sentence: &str) -> String {
        let known = Secrets::default();
        for text in secrets {
            known.add(text);
        }
        known.hide(sentence).into_owned()
    }

    #[test]
    fn sensitive_texts_are_hidden_in_and_out_of_quotes() {
        let secrets = ["hunter2", "arn:aws:iam::999988887777:role/team/ops-admin", "abc"];
        assert_eq!(hidden(&secrets, "role hunter2 of x"), "role (sensitive value) of x");
        assert_eq!(hidden(&secrets, "see `ARN hunter2`"), "see `(sensitive value)`");
        assert_eq!(
            hidden(&secrets, "role ops-admin of 999988887777"),
            "role (sensitive value) of (sensitive value)"
        );
        assert_eq!(hidden(&secrets, "`abc` of abcd"), "`(sensitive value)` of abcd");
        assert_eq!(hidden(&secrets, "a role of `aws`"), "a role of `aws`");
        assert_eq!(hidden(&[], "`abc`"), "`abc`");
    }

    #[test]
    fn stars_keep_bytes_and_lines() {
        let text = "a = \"é1\"\nb";
        let place = text.find("\"é").unwrap()..text.len();
        assert_eq!(starred(text, &(0..text.len()), &[place]), "a = *****\n*");
        let beyond = 4..8;
        assert_eq!(starred(text, &(0..3), &[beyond]), "a =");
    }
}
