//! Strings: runs that stand in the source byte for byte, escapes, and gaps.

use super::parse::{Parser, Stop};
use crate::source::{Problem, ProblemKind};
use crate::value::{Place, Text};
use std::ops::Range;

/// A text under construction: the known characters since the last gap, and all before it.
#[derive(Default)]
struct Growing {
    text: String,
    places: Vec<Place>,
    before: Vec<Text>,
}

impl Growing {
    fn flush(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.before.push(Text::placed(text, std::mem::take(&mut self.places)));
        }
    }

    fn finish(mut self) -> Text {
        self.flush();
        match self.before.as_slice() {
            [only] => only.clone(),
            parts => Text::concat(parts),
        }
    }
}

impl Parser<'_> {
    /// Reads a string; the reader stands at its opening quote and is left behind its closing one.
    pub(super) fn string(&mut self) -> Result<Text, Stop> {
        let start = self.at;
        self.at += 1;
        let end = self.special();
        if self.next_gap() > end && self.bytes.get(end) == Some(&b'"') {
            let range = self.at..end;
            self.no_control(range.clone())?;
            self.at = end + 1;
            return Ok(self.plain(range));
        }
        let mut growing = Growing::default();
        loop {
            let end = self.special();
            self.no_control(self.at..end)?;
            self.keep(&mut growing, self.at..end);
            self.at = end;
            if self.at_gap() {
                growing.flush();
                growing.before.push(self.gap_text());
                continue;
            }
            match self.peek() {
                Some(b'"') => break,
                Some(_) => self.escape(&mut growing)?,
                None => {
                    return Err(Stop::from(
                        self.mistake(start, "the text that starts here has no closing `\"`"),
                    ));
                }
            }
        }
        self.at += 1;
        Ok(growing.finish())
    }

    /// Where the next quote, backslash or gap lies, or the end.
    fn special(&self) -> usize {
        let end = self.next_gap().min(self.bytes.len());
        let rest = self.bytes.get(self.at..end).unwrap_or_default();
        memchr::memchr2(b'"', b'\\', rest).map_or(end, |found| self.at + found)
    }

    fn no_control(&self, range: Range<usize>) -> Result<(), Stop> {
        let bytes = self.bytes.get(range.clone()).unwrap_or_default();
        if bytes.iter().fold(u8::MAX, |least, byte| least.min(*byte)) >= 0x20 {
            return Ok(());
        }
        let offset = bytes.iter().position(|byte| *byte < 0x20).unwrap_or(0) + range.start;
        let shown = match self.bytes.get(offset) {
            Some(b'\n') => "a line break inside a text must be written as `\\n`".to_owned(),
            Some(b'\t') => "a tab inside a text must be written as `\\t`".to_owned(),
            Some(byte) => format!("a control character inside a text must be written as `\\u{byte:04x}`"),
            None => "a control character inside a text must be escaped".to_owned(),
        };
        let span = self.document.span(offset..offset + 1);
        Err(Stop::from(Problem::new(ProblemKind::Syntax, span, shown)))
    }

    /// A range that has neither escapes nor gaps.
    fn plain(&self, range: Range<usize>) -> Text {
        let mut growing = Growing::default();
        let mut runs = 0;
        let mut only = None;
        self.document.runs(range.clone(), |_, span, verbatim| {
            runs += 1;
            only = Some((span, verbatim));
        });
        let text = self.document.text.get(range.clone()).unwrap_or_default();
        match only {
            Some((span, verbatim)) if runs == 1 => Text::placed(text, [Place { at: 0, span, verbatim }]),
            _ => {
                self.keep(&mut growing, range);
                growing.finish()
            }
        }
    }

    fn keep(&self, growing: &mut Growing, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let base = growing.text.len();
        self.document.runs(range.clone(), |from, span, verbatim| {
            let at = u32::try_from(base + (from - range.start)).unwrap_or(u32::MAX);
            growing.places.push(Place { at, span, verbatim });
        });
        growing.text.push_str(self.document.text.get(range).unwrap_or_default());
    }

    fn escape(&mut self, growing: &mut Growing) -> Result<(), Stop> {
        let start = self.at;
        let letter = self.within(1, start + 2)?.first().copied().unwrap_or(0);
        let character = match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode()?,
            _ => {
                let length = self.document.text.get(start + 1..).and_then(|rest| rest.chars().next());
                let end = start + 1 + length.map_or(0, char::len_utf8);
                let written = self.document.text.get(start..end).unwrap_or_default();
                let message = format!("`{written}` is not an escape in JSON");
                let problem = Problem::new(ProblemKind::Syntax, self.document.span(start..end), message);
                return Err(Stop::from(problem.help("write a backslash as `\\\\`")));
            }
        };
        if letter != b'u' {
            self.at += 2;
        }
        let at = u32::try_from(growing.text.len()).unwrap_or(u32::MAX);
        growing.places.push(Place { at, span: self.document.span(start..self.at), verbatim: false });
        growing.text.push(character);
        Ok(())
    }

    /// The bytes from `ahead` of here up to `end`, unless a gap lies between.
    fn within(&self, ahead: usize, end: usize) -> Result<&[u8], Stop> {
        if self.next_gap() < end {
            return Err(Stop::Unclear);
        }
        Ok(self.bytes.get(self.at + ahead..end.min(self.bytes.len())).unwrap_or_default())
    }

    /// `\uXXXX`, or two of them that are one character; a lone surrogate becomes U+FFFD, as in Go and JavaScript.
    fn unicode(&mut self) -> Result<char, Stop> {
        let start = self.at;
        let high = self.unit()?;
        if (0xd800..0xdc00).contains(&high) && self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
            let behind = self.at;
            if self.next_gap() < behind + 6 {
                return Err(Stop::Unclear);
            }
            let low = self.unit()?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = behind;
        }
        debug_assert!(self.at > start);
        Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// One `\uXXXX`.
    fn unit(&mut self) -> Result<u32, Stop> {
        let start = self.at;
        let digits = self.within(2, start + 6)?;
        let well = digits.len() == 4 && digits.iter().all(u8::is_ascii_hexdigit);
        let code = std::str::from_utf8(digits).ok().and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code.filter(|_| well) {
            Some(code) => {
                self.at += 6;
                Ok(code)
            }
            None => Err(Stop::from(self.mistake(start, "`\\u` needs four hexadecimal digits"))),
        }
    }
}
