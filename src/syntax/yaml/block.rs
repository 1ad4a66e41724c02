//! Block scalars, `|` and `>` (YAML 1.2.2 §8.1).

use super::line;
use std::ops::Range;

/// What the header says.
pub(super) struct Header {
    folded: bool,
    /// `+` or `-`: what becomes of the line breaks at the end.
    chomping: Option<u8>,
    /// The indentation, where it is said.
    indentation: Option<usize>,
    pub(super) length: usize,
}

/// A block scalar.
pub(super) struct Scalar {
    pub(super) value: String,
    pub(super) range: Range<usize>,
    /// The start of the line behind it.
    pub(super) next: usize,
}

impl Header {
    pub(super) fn read(rest: &[u8], folded: bool) -> Option<Self> {
        let (chomping, indentation, length) = match rest.get(1..)? {
            [sign @ (b'+' | b'-'), digit @ b'1'..=b'9', ..]
            | [digit @ b'1'..=b'9', sign @ (b'+' | b'-'), ..] => (Some(*sign), Some(digit), 3),
            [sign @ (b'+' | b'-'), ..] => (Some(*sign), None, 2),
            [digit @ b'1'..=b'9', ..] => (None, Some(digit), 2),
            _ => (None, None, 1),
        };
        let indentation = indentation.map(|digit| usize::from(digit - b'0'));
        matches!(rest.get(length)?, b' ' | b'\n').then_some(Self { folded, chomping, indentation, length })
    }

    /// Reads the lines from `start` on, which lie deeper than `parent`.
    pub(super) fn scalar(&self, text: &str, start: usize, parent: usize) -> Option<Scalar> {
        let mut lines = Lines { text, at: start };
        let mut blank = 0;
        let mut widest = 0;
        let column = loop {
            let line = lines.peek()?;
            let column = line::blanks(line.as_bytes());
            if column < line.len() {
                break column;
            }
            widest = widest.max(column);
            blank += 1;
            lines.pass(line)?;
        };
        let indentation = self.indentation.map_or(column, |more| parent + more);
        if column <= parent || column < widest || column < indentation {
            return None;
        }
        let begin = lines.at + indentation;
        let mut value = String::new();
        let (mut first, mut after_blank) = (true, false);
        while let Some(line) = lines.peek() {
            let column = line::blanks(line.as_bytes());
            if line.len() <= indentation && column == line.len() {
                blank += 1;
                lines.pass(line)?;
                continue;
            }
            if column < indentation {
                break;
            }
            let content = line.get(indentation..)?;
            let blank_first = content.starts_with([' ', '\t']);
            let fold = self.folded && !first && !after_blank && !blank_first;
            if fold && blank == 0 {
                value.push(' ');
            } else {
                let breaks = blank + usize::from(!first && !fold);
                value.extend(std::iter::repeat_n('\n', breaks));
            }
            value.push_str(content);
            (first, after_blank, blank) = (false, blank_first, 0);
            lines.pass(line)?;
        }
        let kept = match self.chomping {
            Some(b'-') => 0,
            Some(_) => 1 + blank,
            None => 1,
        };
        value.extend(std::iter::repeat_n('\n', kept));
        let line = lines.peek().unwrap_or_default();
        let end = lines.at + line::blanks(line.as_bytes()).min(indentation);
        Some(Scalar { value, range: begin..end, next: lines.at })
    }
}

/// The lines of a text from a place on.
struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lines<'t> {
    /// The line here, if there is one.
    fn peek(&self) -> Option<&'t str> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        rest.get(..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len()))
    }

    /// Passes a line that ends with a line break.
    fn pass(&mut self, line: &str) -> Option<()> {
        self.at += line.len() + 1;
        (self.at <= self.text.len()).then_some(())
    }
}
