//! Going on after a mistake: it costs one argument or block.
//!
//! Reading goes on where the item most likely ends: at the line break that closes it, or at a line that stands no
//! deeper than the item's own and begins like an argument or block. A block that never ends is read again only as
//! far as the next block at the left margin. What is easy to get wrong: nothing may be read again without bound.

use super::cursor::Parser;
use super::tree::Body;
use crate::source::{Problem, ProblemKind};

/// How often the text may be read again in all.
const REREADS: usize = 8;

impl Parser<'_> {
    /// Whether recovery has read so much again that it must end; the rest of the text is then given up.
    pub(super) fn exhausted(&mut self) -> bool {
        if self.reread <= REREADS * self.text.len() + 4096 {
            return false;
        }
        if self.pos < self.text.len() {
            let message = "has too many mistakes, what follows was not read";
            let at = self.span(self.pos..self.pos);
            self.note(Problem::new(ProblemKind::Limit, at, message));
            self.pos = self.text.len();
        }
        true
    }

    /// Moves behind the item that began at `item`. Its value, or the item itself, begins at `from`.
    pub(super) fn resume(&mut self, item: usize, from: usize) {
        let failed = self.line_start(self.pos);
        self.reread += self.pos - failed;
        self.newlines = true;
        self.pos = from;
        let indent = self.indent(item);
        let mut open: Vec<u8> = Vec::new();
        let mut braces = 0_usize;
        let mut heredocs = true;
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => {
                    self.pos += 1;
                    if open.is_empty() || (self.pos >= failed && self.begins_item(indent)) {
                        break;
                    }
                }
                b'{' | b'(' | b'[' => {
                    braces += usize::from(byte == b'{');
                    open.push(byte);
                    self.pos += 1;
                }
                b'}' if braces == 0 => break,
                b'}' => {
                    braces -= 1;
                    while open.pop().is_some_and(|bracket| bracket != b'{') {}
                    self.pos += 1;
                }
                b')' | b']' => {
                    if open.last().is_some_and(|bracket| *bracket != b'{') {
                        open.pop();
                    }
                    self.pos += 1;
                }
                b'"' => self.pass_quotes(),
                b'#' => self.pos = self.line_end(),
                b'<' if heredocs && self.byte(1) == Some(b'<') => heredocs = self.pass_heredoc(),
                b'/' if matches!(self.byte(1), Some(b'/' | b'*')) => {
                    let before = self.pos;
                    self.skip();
                    self.pos = self.pos.max(before + 1);
                }
                _ => self.pos += 1,
            }
        }
        // An item that begins here with a brace that closes nothing would be met again and again.
        if self.pos == item && self.peek() == Some(b'}') {
            self.pos += 1;
        }
        self.pos = self.pos.max(item);
        self.reread += self.pos.saturating_sub(from).max(failed.saturating_sub(from)) + 1;
    }

    fn line_start(&self, at: usize) -> usize {
        memchr::memrchr(b'\n', self.slice(0..at).as_bytes()).map_or(0, |found| found + 1)
    }

    /// Blanks before `at` on its line.
    fn indent(&self, at: usize) -> usize {
        let line = self.slice(self.line_start(at)..at);
        line.len() - line.trim_start_matches([' ', '\t']).len()
    }

    /// Whether the line that starts here stands no deeper than `indent` and begins like an argument or block, or
    /// closes an outer block.
    fn begins_item(&self, indent: usize) -> bool {
        let line = self.slice(self.pos..self.line_end());
        let item = line.trim_start_matches([' ', '\t']);
        let depth = line.len() - item.len();
        if item.starts_with('}') {
            return depth < indent;
        }
        depth <= indent && looks_like_item(item)
    }

    /// Behind the text in quotes that begins here; before the line break when it is not closed on its line.
    fn pass_quotes(&mut self) {
        self.pos += 1;
        while let Some(length) = memchr::memchr3(b'"', b'\\', b'\n', self.rest().as_bytes()) {
            self.pos += length;
            match self.peek() {
                Some(b'"') => {
                    self.pos += 1;
                    return;
                }
                Some(b'\\') if self.byte(1).is_some_and(|next| next != b'\n') => self.pos += 2,
                Some(b'\\') => self.pos += 1,
                _ => return,
            }
        }
        self.pos = self.text.len();
    }

    /// Behind the heredoc that begins here, before its last line break. Without an end only its first line is passed;
    /// gives whether it had one, as the search for the ends of many would be quadratic.
    fn pass_heredoc(&mut self) -> bool {
        let Some(head) = self.heredoc_head() else {
            self.pos += 2;
            return true;
        };
        let mut at = head.body;
        while let Some(length) = memchr::memchr(b'\n', self.slice(at..self.text.len()).as_bytes()) {
            if self.slice(at..at + length).trim() == head.marker {
                self.pos = at + length;
                return true;
            }
            at += length + 1;
        }
        self.pos = head.body - 1;
        false
    }

    /// The block that began at `start` was still open at the end of the text. It is read again up to the next block
    /// at the left margin, where reading goes on.
    pub(super) fn salvage(&mut self, start: usize, body: &mut Body) {
        let Some(block) = body.blocks.pop() else { return };
        let Some(next) = self.next_block(start) else {
            self.never_closed(&block.header, self.text.len());
            body.blocks.push(block);
            return;
        };
        drop(block);
        let start_span = self.span(start..start);
        self.reread += self.text.len() - start;
        self.problems
            .retain(|problem| problem.span.file != start_span.file || problem.span.start < start_span.start);
        let whole = self.text;
        self.text = self.slice(0..next);
        self.pos = start;
        let mut seen = rustc_hash::FxHashMap::default();
        if !self.item(body, &mut seen)
            && let Some(header) = body.blocks.last().map(|block| block.header)
        {
            self.never_closed(&header, next);
        }
        self.text = whole;
        self.pos = next;
    }

    fn never_closed(&mut self, header: &crate::source::Span, end: usize) {
        let message = "expected `}` before the next block or the end of the text";
        let trimmed = self.slice(0..end).trim_end().len();
        let place = self.span(trimmed..trimmed);
        let problem = Problem::new(ProblemKind::Syntax, place, message);
        self.note(problem.label(*header, "this block, or one in it, is never closed"));
    }

    /// The next line after `start` that begins a block at the left margin.
    fn next_block(&self, start: usize) -> Option<usize> {
        let mut at = start;
        while let Some(length) = memchr::memchr(b'\n', self.slice(at..self.text.len()).as_bytes()) {
            at += length + 1;
            let end = memchr::memchr(b'\n', self.slice(at..self.text.len()).as_bytes())
                .map_or(self.text.len(), |length| at + length);
            let line = self.slice(at..end);
            if looks_like_item(line) && line.trim_end().ends_with('{') && !line.contains('=') {
                return Some(at);
            }
        }
        None
    }
}

/// A name and then `=`, `{` or a label.
fn looks_like_item(line: &str) -> bool {
    let name = line.len()
        - line.trim_start_matches(|next: char| next.is_alphanumeric() || "_-".contains(next)).len();
    let begins = line.starts_with(|first: char| first.is_alphabetic() || first == '_');
    let rest = line.get(name..).unwrap_or_default().trim_start();
    begins
        && (rest.starts_with(['{', '"'])
            || (rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>")))
}
