//! The texts that have been read, and lines and columns in them.

use super::secret::{Secrets, starred};
use super::{FileId, Span};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// A place for people: all three count as the JSON contract says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Column in UTF-16 code units, from 1 (SARIF, LSP).
    pub utf16: usize,
    /// Offset in bytes, from 0.
    pub offset: usize,
}

/// How many characters and UTF-16 code units some text has.
type Counts = (usize, usize);

/// Bytes after which characters are counted anew: plans are one line of hundreds of megabytes.
const STRIDE: usize = 4096;

/// One text.
#[derive(Debug)]
pub struct SourceFile {
    path: String,
    text: Arc<String>,
    lines: OnceLock<Vec<usize>>,
    counts: OnceLock<Vec<Counts>>,
    hidden: RwLock<Vec<std::ops::Range<usize>>>,
}

impl SourceFile {
    /// The path as shown to the user: relative to the working directory, with `/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text. Empty for files that could not be read as text.
    pub fn text(&self) -> &Arc<String> {
        &self.text
    }

    /// The text under a range of bytes, widened to character borders; empty when out of range.
    pub fn slice(&self, range: std::ops::Range<usize>) -> &str {
        let start = self.text.floor_char_boundary(range.start);
        let end = self.text.ceil_char_boundary(range.end).max(start);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The same as it may be shown: a star stands for every byte of a sensitive place.
    pub fn shown(&self, range: std::ops::Range<usize>) -> Cow<'_, str> {
        let start = self.text.floor_char_boundary(range.start);
        let end = self.text.ceil_char_boundary(range.end).max(start);
        starred(&self.text, &(start..end), &self.hidden.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn new(path: String, text: String) -> Self {
        let (lines, counts) = Default::default();
        Self { path, text: Arc::new(text), lines, counts, hidden: RwLock::default() }
    }

    /// Offsets at which lines start; the first is 0.
    pub fn line_starts(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| at + 1);
            std::iter::once(0).chain(breaks).collect()
        })
    }

    /// The line (from 1) that holds the byte at `offset`.
    pub fn line_of(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|start| *start <= offset)
    }

    /// The bytes of line `line` (from 1) without its line break; empty past the end.
    pub fn line_range(&self, line: usize) -> std::ops::Range<usize> {
        let starts = self.line_starts();
        let Some(&start) = line.checked_sub(1).and_then(|index| starts.get(index)) else {
            return self.text.len()..self.text.len();
        };
        let end = starts.get(line).map_or(self.text.len(), |next| next - 1);
        let trimmed = self.slice(start..end).trim_end_matches('\r').len();
        start..start + trimmed
    }

    /// Line and column of a byte offset; an offset past the end means the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.line_of(offset);
        let start = self.line_starts().get(line - 1).copied().unwrap_or(0);
        let (characters, utf16) = self.count_between(start, offset);
        // The byte order mark takes no column.
        let mark = usize::from(start == 0 && offset > 0 && self.text.starts_with('\u{feff}'));
        Position { line, column: characters - mark + 1, utf16: utf16 - mark + 1, offset }
    }

    /// What stands between two places of a line; in a short one it is counted there.
    fn count_between(&self, start: usize, end: usize) -> Counts {
        match self.text.as_bytes().get(start..end) {
            Some(between) if between.len() <= STRIDE => count(between),
            _ => {
                let (before, up_to) = (self.count(start), self.count(end));
                (up_to.0 - before.0, up_to.1 - before.1)
            }
        }
    }

    /// What stands before the byte at `offset`.
    fn count(&self, offset: usize) -> Counts {
        let bytes = self.text.as_bytes();
        let counts = self.counts.get_or_init(|| {
            let sum = |sum: &mut Counts, block: &[u8]| {
                let before = *sum;
                let own = count(block);
                *sum = (before.0 + own.0, before.1 + own.1);
                Some(before)
            };
            bytes.chunks(STRIDE).scan((0, 0), sum).collect()
        });
        let block = (offset / STRIDE).min(counts.len().saturating_sub(1));
        let before = counts.get(block).copied().unwrap_or_default();
        let own = count(bytes.get(block * STRIDE..offset).unwrap_or_default());
        (before.0 + own.0, before.1 + own.1)
    }
}

/// Every character has one first byte, and those of four bytes are two UTF-16 code units.
fn count(bytes: &[u8]) -> Counts {
    let characters = bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    (characters, characters + bytes.iter().filter(|byte| **byte >= 0xF0).count())
}

/// All texts of a run: append-only, shared between threads.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: RwLock<Vec<Arc<SourceFile>>>,
    secrets: Secrets,
}

impl SourceMap {
    /// Keeps a text under the path that is shown to the user.
    pub fn add(&self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        let file = SourceFile::new(path.into(), text.into());
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        files.push(Arc::new(file));
        FileId(u32::try_from(files.len() - 1).unwrap_or(u32::MAX))
    }

    /// The text named by `id`.
    pub fn file(&self, id: FileId) -> Arc<SourceFile> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files
            .get(id.0 as usize)
            .cloned()
            .unwrap_or_else(|| Arc::new(SourceFile::new(String::new(), String::new())))
    }

    /// The paths of all texts read so far, as shown to the user.
    pub fn paths(&self) -> Vec<String> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files.iter().map(|file| file.path.clone()).collect()
    }

    /// The path of the text named by `id`, as shown to the user.
    pub fn path(&self, id: FileId) -> String {
        self.file(id).path.clone()
    }

    /// The text under `span`.
    pub fn slice(&self, span: Span) -> String {
        self.file(span.file).slice(span.range()).to_owned()
    }

    /// The text under `span` as it may be shown.
    pub fn shown(&self, span: Span) -> String {
        self.file(span.file).shown(span.range()).into_owned()
    }

    /// Makes a place one that is never shown.
    pub fn hide_place(&self, span: Span) {
        let file = self.file(span.file);
        let mut hidden = file.hidden.write().unwrap_or_else(PoisonError::into_inner);
        if !hidden.contains(&span.range()) {
            hidden.push(span.range());
        }
    }

    /// Makes a text one that is never told.
    pub fn hide_text(&self, text: &str) {
        self.secrets.add(text);
    }

    /// A sentence without sensitive texts. Ask when everything has been read.
    pub fn discreet<'s>(&self, sentence: &'s str) -> Cow<'s, str> {
        self.secrets.hide(sentence)
    }

    /// The same in place.
    pub fn make_discreet(&self, sentence: &mut String) {
        if let Cow::Owned(told) = self.discreet(sentence) {
            *sentence = told;
        }
    }

    /// Where `span` starts and ends, for people.
    pub fn positions(&self, span: Span) -> (Position, Position) {
        let file = self.file(span.file);
        (file.position(span.start as usize), file.position(span.end as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_characters_and_utf16_units() {
        let map = SourceMap::default();
        let id = map.add("a.tf", "é = 1\r\n😀x = 2\n");
        let file = map.file(id);
        let at = |text: &str| file.position(file.text().find(text).unwrap());
        assert_eq!(at("= 1"), Position { line: 1, column: 3, utf16: 3, offset: 3 });
        assert_eq!(at("x ="), Position { line: 2, column: 2, utf16: 3, offset: 12 });
        assert_eq!(file.slice(file.line_range(1)), "é = 1");
        assert_eq!(file.slice(file.line_range(3)), "");
    }

    #[test]
    fn columns_of_long_lines_are_counted_like_those_of_short_ones() {
        let map = SourceMap::default();
        let line = "é😀x".repeat(3000);
        let id = map.add("a.tf", format!("\n{line}"));
        let file = map.file(id);
        for characters in [0, 1, 2, 3, 1755, 1756, 4096, 8999, 9000] {
            let before: String = line.chars().take(characters).collect();
            let position = file.position(1 + before.len());
            let expected = (2, characters + 1, before.encode_utf16().count() + 1);
            assert_eq!((position.line, position.column, position.utf16), expected);
        }
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let map = SourceMap::default();
        let id = map.add("a.tf", "\u{feff}x = 1");
        assert_eq!(map.file(id).position(3).column, 1);
    }

    #[test]
    fn out_of_range_is_the_end() {
        let map = SourceMap::default();
        let id = map.add("a.tf", "ab");
        assert_eq!(map.file(id).position(99).offset, 2);
        assert_eq!(map.slice(Span::new(id, 5..9)), "");
    }
}
