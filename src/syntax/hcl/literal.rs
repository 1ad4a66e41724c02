//! Literal characters of a template while they are being decoded, each run with its place.

use super::origin::Origin;
use crate::value::Text;
use std::ops::Range;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Decoded characters.
#[derive(Clone, Debug, Default)]
pub(super) struct Literal {
    text: String,
    runs: Vec<Run>,
}

/// Characters from `at` to the next run.
#[derive(Clone, Debug)]
struct Run {
    at: usize,
    source: Range<usize>,
    verbatim: bool,
}

impl Literal {
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Characters that stand in the source as they are, from `start` on.
    pub(super) fn verbatim(&mut self, text: &str, start: usize) {
        if text.is_empty() {
            return;
        }
        let source = start..start + text.len();
        match self.runs.last_mut() {
            Some(run) if run.verbatim && run.source.end == start => run.source.end = source.end,
            _ => self.runs.push(Run { at: self.text.len(), source, verbatim: true }),
        }
        self.text.push_str(text);
    }

    /// Characters that an escape in `source` stands for.
    pub(super) fn made(&mut self, text: &str, source: Range<usize>) {
        self.runs.push(Run { at: self.text.len(), source, verbatim: false });
        self.text.push_str(text);
    }

    /// Terraform normalises literals to Unicode's NFC; what changes is no longer verbatim.
    pub(super) fn normalise(&mut self) {
        if self.text.is_ascii() || is_nfc(&self.text) {
            return;
        }
        self.text = self.text.nfc().collect();
        let start = self.runs.first().map_or(0, |run| run.source.start);
        let end = self.runs.last().map_or(start, |run| run.source.end);
        self.runs = vec![Run { at: 0, source: start..end, verbatim: false }];
    }

    /// Takes off leading white space, for a strip mark.
    pub(super) fn trim_start(&mut self) {
        self.drop_front(self.text.len() - self.text.trim_start().len());
    }

    /// Takes off trailing white space, for a strip mark.
    pub(super) fn trim_end(&mut self) {
        let len = self.text.trim_end().len();
        self.text.truncate(len);
        while self.runs.last().is_some_and(|run| run.at >= len) {
            self.runs.pop();
        }
        if let Some(run) = self.runs.last_mut()
            && run.verbatim
        {
            run.source.end = run.source.start + (len - run.at);
        }
    }

    /// Takes off the first `count` bytes.
    pub(super) fn drop_front(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        self.text.drain(..count);
        let first = self.runs.partition_point(|run| run.at <= count).saturating_sub(1);
        self.runs.drain(..first);
        for run in &mut self.runs {
            if run.verbatim && run.at < count {
                run.source.start += count - run.at;
            }
            run.at = run.at.saturating_sub(count);
        }
        if self.text.is_empty() {
            self.runs.clear();
        }
    }

    /// Puts `other` behind it.
    pub(super) fn append(&mut self, other: Self) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        for run in other.runs {
            match self.runs.last_mut() {
                Some(last) if last.verbatim && run.verbatim && last.source.end == run.source.start => {
                    last.source.end = run.source.end;
                }
                _ => self.runs.push(Run { at: run.at + shift, ..run }),
            }
        }
    }

    /// The finished text.
    pub(super) fn into_text(self, origin: &Origin<'_>) -> Text {
        let mut places = Vec::with_capacity(self.runs.len());
        for run in self.runs {
            origin.places(run.at, run.source, run.verbatim, &mut places);
        }
        Text::placed(self.text, places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(literal: &Literal) -> Vec<(usize, Range<usize>, bool)> {
        literal.runs.iter().map(|run| (run.at, run.source.clone(), run.verbatim)).collect()
    }

    #[test]
    fn trimming_keeps_the_places_of_what_is_left() {
        let mut literal = Literal::default();
        literal.verbatim("  ab", 10);
        literal.made("\n", 14..16);
        literal.verbatim("cd  ", 16);
        literal.trim_start();
        literal.trim_end();
        assert_eq!(literal.as_str(), "ab\ncd");
        assert_eq!(runs(&literal), [(0, 12..14, true), (2, 14..16, false), (3, 16..18, true)]);
    }

    #[test]
    fn normalised_text_is_not_verbatim() {
        let mut literal = Literal::default();
        literal.verbatim("e\u{301}", 3);
        literal.normalise();
        assert_eq!((literal.as_str(), runs(&literal)), ("é", vec![(0, 3..6, false)]));
    }
}
