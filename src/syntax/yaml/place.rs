//! Where every decoded character of a scalar was written.
//!
//! The parser gives the decoded text and the whole token. Both are walked side by side: what is not white space
//! stands in both byte for byte; white space is folded, trimmed and indented in many ways, so a run of it in one
//! answers a run of it in the other. Double-quoted scalars, which have escapes, are decoded once more. Where the two
//! do not meet, the whole token is the place of the whole text: wide, not wrong.

use crate::source::Span;
use crate::value::{Place, Text};
use granit_parser::ScalarStyle;

/// A scalar's text with its runs. `source` is what stands at `span`.
pub(super) fn text(value: &str, style: ScalarStyle, source: &str, span: Span) -> Text {
    if value == source {
        return Text::verbatim(value, span);
    }
    let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
    let inner = if quoted { source.get(1..source.len().saturating_sub(1)) } else { Some(source) };
    if inner == Some(value) {
        let start = span.range().start + usize::from(quoted);
        return Text::verbatim(value, Span::new(span.file, start..start + value.len()));
    }
    let mut runs = Runs::new(span, usize::from(quoted));
    let met = inner.is_some_and(|inner| {
        if style == ScalarStyle::DoubleQuoted {
            runs.double_quoted(inner).is_some()
        } else {
            runs.align(value, inner, style == ScalarStyle::SingleQuoted).is_some()
        }
    });
    if met && runs.text == value { Text::placed(value, runs.places) } else { Text::made(value, span) }
}

/// The token without the line breaks that end a block scalar.
pub(super) fn trimmed(style: ScalarStyle, source: &str, span: Span) -> Span {
    match style {
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let start = span.range().start;
            Span::new(span.file, start..start + source.trim_end().len())
        }
        _ => span,
    }
}

/// The decoded text so far and its runs.
struct Runs {
    text: String,
    places: Vec<Place>,
    token: Span,
    /// Where the walked part of the token starts in it.
    lead: usize,
}

impl Runs {
    fn new(token: Span, lead: usize) -> Self {
        Self { text: String::new(), places: Vec::new(), token, lead }
    }

    /// `decoded` comes from a range of the walked source.
    fn push(&mut self, decoded: &str, from: std::ops::Range<usize>, verbatim: bool) {
        if decoded.is_empty() {
            return;
        }
        let base = self.token.range().start + self.lead;
        let span = Span::new(self.token.file, base + from.start..base + from.end);
        let at = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.text.push_str(decoded);
        match self.places.last() {
            Some(last) if verbatim && last.verbatim && last.span.start + (at - last.at) == span.start => {
                // The run goes on; its end is that of the piece or the next run.
            }
            _ => self.places.push(Place { at, span, verbatim }),
        }
        if let Some(last) = self.places.last_mut() {
            last.span.end = span.end;
        }
    }

    /// Walks a text and its source side by side.
    fn align(&mut self, value: &str, source: &str, doubled_quotes: bool) -> Option<()> {
        let (mut left, mut at) = (value, 0);
        while !left.is_empty() {
            let rest = source.get(at..)?;
            let (decoded, written) = (blanks(left), blanks(rest));
            if decoded > 0 || written > 0 {
                let (blank, raw) = (left.get(..decoded)?, rest.get(..written)?);
                self.push(blank, at..at + written, blank == raw);
                left = left.get(decoded..)?;
                at += written;
                continue;
            }
            if doubled_quotes && rest.starts_with("''") {
                left = left.strip_prefix('\'')?;
                self.push("'", at..at + 2, false);
                at += 2;
                continue;
            }
            let end = |text: &str| {
                let quote = |&(index, byte): &(usize, u8)| {
                    doubled_quotes && byte == b'\'' && text.as_bytes().get(index + 1) == Some(&b'\'')
                };
                let stop = text.bytes().enumerate().find(|found| is_blank(found.1) || quote(found));
                stop.map_or(text.len(), |(index, _)| index)
            };
            let word = rest.get(..end(rest).max(1))?;
            left = left.strip_prefix(word)?;
            self.push(word, at..at + word.len(), true);
            at += word.len();
        }
        Some(())
    }

    /// Decodes a double-quoted scalar (YAML 1.2.2 §5.7, §7.3.1).
    fn double_quoted(&mut self, source: &str) -> Option<()> {
        let mut at = 0;
        while at < source.len() {
            let rest = source.get(at..)?;
            let blank = blanks(rest);
            if blank > 0 {
                let raw = rest.get(..blank)?;
                let breaks = raw.matches('\n').count();
                match breaks {
                    0 => self.push(raw, at..at + blank, true),
                    1 => self.push(" ", at..at + blank, false),
                    _ => self.push(&"\n".repeat(breaks - 1), at..at + blank, false),
                }
                at += blank;
            } else if rest.starts_with('\\') {
                at += self.escape(rest, at)?;
            } else {
                let end = memchr::memchr2(b'\\', b' ', rest.as_bytes()).unwrap_or(rest.len());
                let end = rest.bytes().take(end).position(is_blank).unwrap_or(end);
                self.push(rest.get(..end)?, at..at + end, true);
                at += end;
            }
        }
        Some(())
    }

    /// Decodes the escape at the start of `rest`; how long it is.
    fn escape(&mut self, rest: &str, at: usize) -> Option<usize> {
        let letter = rest.chars().nth(1)?;
        if matches!(letter, '\n' | '\r') {
            // An escaped line break joins the lines; blank lines behind it are line breaks.
            let blank = blanks(rest.get(1..)?);
            let breaks = rest.get(1..=blank)?.matches('\n').count();
            self.push(&"\n".repeat(breaks.saturating_sub(1)), at..at + 1 + blank, false);
            return Some(1 + blank);
        }
        let digits = match letter {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if digits == 0 {
            let length = 1 + letter.len_utf8();
            self.push(simple_escape(letter)?.encode_utf8(&mut [0; 4]), at..at + length, false);
            return Some(length);
        }
        let unit = |from: usize| u32::from_str_radix(rest.get(from + 2..from + 2 + digits)?, 16).ok();
        let mut length = 2 + digits;
        let mut code = unit(0)?;
        if (0xd800..0xdc00).contains(&code) && rest.get(length..length + 2) == Some("\\u") {
            let low = unit(length)?;
            code = 0x10000 + ((code - 0xd800) << 10) + low.checked_sub(0xdc00)?;
            length += 2 + digits;
        }
        self.push(char::from_u32(code)?.encode_utf8(&mut [0; 4]), at..at + length, false);
        Some(length)
    }
}

fn simple_escape(letter: char) -> Option<char> {
    Some(match letter {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        ' ' | '"' | '/' | '\\' => letter,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        _ => return None,
    })
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn blanks(text: &str) -> usize {
    text.bytes().take_while(|byte| is_blank(*byte)).count()
}
