//! The YAML that people write, read in one pass.
//!
//! Nearly every template is made of a few things: block mappings and lists, plain and quoted texts, block scalars,
//! one-word tags, flow lists and mappings. They are read here in a tenth of the time that a parser of all of YAML takes.
//! Whatever else a text has (anchors, several documents, tabs, directives, explicit keys, texts in quotes over several
//! lines, mistakes of any kind), this reader does not judge: it gives up, and the text is read from its start by the
//! parser of all of YAML, which alone says what is wrong. What is easy to get wrong: where this reader does not give up,
//! the builder must be told exactly what that parser would tell it.

use super::block::Header;
use super::build::Builder;
use super::line;
use granit_parser::{ScalarStyle, StructureStyle};
use std::borrow::Cow;
use std::ops::Range;

/// Names longer than this may be refused.
pub(super) const LONGEST_NAME: usize = 1000;

/// Reads a text as one document; `None`: it has something else in it, and the builder is of no use any more.
pub(super) fn read(text: &str, builder: &mut Builder<'_>) -> Option<()> {
    if !is_tame(text) {
        return None;
    }
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, open: Vec::new(), wanted: None, builder };
    reader.document()
}

/// Whether a text has neither control characters nor characters that a parser may treat in a way of its own.
fn is_tame(text: &str) -> bool {
    let control = |byte: u8| (byte < 0x20 && byte != b'\n' && byte != b'\t') || byte == 0x7f;
    let odd = |c: char| {
        matches!(c, '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    let controls = text.bytes().fold(false, |found, byte| found | control(byte));
    !controls && (text.is_ascii() || !text.contains(odd))
}

/// A block mapping or list that is not finished.
#[derive(Clone, Copy)]
struct Block {
    column: usize,
    list: bool,
}

/// A value that comes on one of the next lines.
struct Wanted {
    /// What it belongs to.
    of: Block,
    /// Where the indicator stands that wants it.
    indicator: usize,
    tag: Option<Range<usize>>,
}

pub(super) struct Reader<'t, 'b, 's> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    open: Vec<Block>,
    wanted: Option<Wanted>,
    pub(super) builder: &'b mut Builder<'s>,
}

impl<'t> Reader<'t, '_, '_> {
    fn document(&mut self) -> Option<()> {
        if self.text.starts_with("---\n") {
            self.at = 4;
        }
        let first = self.next_line()?;
        if self.is_marker() {
            return None;
        }
        self.builder.start_document();
        self.collection(first, None)?;
        loop {
            let next = self.next_line();
            if next == Some(0) && self.is_marker() {
                return None;
            }
            match (self.wanted.take(), next) {
                (Some(wanted), Some(column))
                    if column > wanted.of.column
                        || (column == wanted.of.column && !wanted.of.list && self.is_entry()) =>
                {
                    self.node(column, wanted.tag)?;
                }
                (Some(Wanted { of, indicator, tag: None }), _) if !of.list => {
                    self.scalar(("~", ScalarStyle::Plain), indicator..indicator, None);
                    self.go_on(next)?;
                }
                (Some(_), _) => return None,
                (None, _) => self.go_on(next)?,
            }
            if next.is_none() {
                self.builder.finish_document();
                return Some(());
            }
        }
    }

    /// Goes on with the mapping or list that what stands here belongs to.
    fn go_on(&mut self, next: Option<usize>) -> Option<()> {
        while let Some(block) = self.open.last() {
            let inside = next.is_some_and(|column| {
                column > block.column || (column == block.column && (!block.list || self.is_entry()))
            });
            if inside {
                break;
            }
            self.open.pop();
            self.builder.end_collection(self.at..self.at);
        }
        let Some(column) = next else { return Some(()) };
        let block = *self.open.last().filter(|block| block.column == column)?;
        if block.list { self.entry(block) } else { self.member(block) }
    }

    /// Passes blank lines and comments; the column of what comes next, nothing at the end.
    fn next_line(&mut self) -> Option<usize> {
        loop {
            let start = self.at;
            self.blanks();
            match self.peek() {
                None => return None,
                Some(b'\n') => self.at += 1,
                Some(b'#') => self.comment(),
                Some(_) => return Some(self.at - start),
            }
        }
    }

    /// A node that starts here, at a column, and may be a mapping or a list.
    fn node(&mut self, column: usize, tag: Option<Range<usize>>) -> Option<()> {
        if self.is_entry() || line::name(self.rest()).is_some() {
            return self.collection(column, tag);
        }
        match (self.peek(), tag) {
            (Some(b'!'), None) => {
                let block = *self.open.last()?;
                self.tagged(block, self.at)
            }
            (_, tag) => self.value(tag),
        }
    }

    /// A mapping or list that starts here.
    fn collection(&mut self, column: usize, tag: Option<Range<usize>>) -> Option<()> {
        let block = Block { column, list: self.is_entry() };
        if !self.builder.collection(block.list, StructureStyle::Block, self.at..self.at, tag) {
            return None;
        }
        self.open.push(block);
        if block.list { self.entry(block) } else { self.member(block) }
    }

    /// An entry of a list, from its dash on.
    fn entry(&mut self, block: Block) -> Option<()> {
        if !self.is_entry() {
            return None;
        }
        let dash = self.at;
        self.at += 1;
        self.blanks();
        match self.peek() {
            None | Some(b'\n' | b'#') => self.want(block, dash, None),
            Some(_) => self.node(block.column + (self.at - dash), None),
        }
    }

    /// A member of a mapping, from its name on.
    fn member(&mut self, block: Block) -> Option<()> {
        let name = line::name(self.rest())?;
        if name.colon > LONGEST_NAME {
            return None;
        }
        let colon = self.at + name.colon;
        self.text_node(name.style, self.at..self.at + name.end, None)?;
        self.at = colon + 1;
        self.blanks();
        match self.peek() {
            None | Some(b'\n' | b'#') => self.want(block, colon, None),
            Some(b'!') => self.tagged(block, colon),
            Some(_) => self.value(None),
        }
    }

    /// What has a tag, from the tag on.
    fn tagged(&mut self, block: Block, indicator: usize) -> Option<()> {
        let tag = self.tag()?;
        match self.peek() {
            None | Some(b'\n' | b'#') => self.want(block, indicator, Some(tag)),
            Some(_) => self.value(Some(tag)),
        }
    }

    /// Passes a tag and the blanks behind it.
    pub(super) fn tag(&mut self) -> Option<Range<usize>> {
        let length = line::tag(self.rest())?;
        let tag = self.at..self.at + length;
        self.at = tag.end;
        self.blanks();
        Some(tag)
    }

    fn want(&mut self, of: Block, indicator: usize, tag: Option<Range<usize>>) -> Option<()> {
        self.wanted = Some(Wanted { of, indicator, tag });
        self.line_end()
    }

    /// A value that is no block mapping or list, with the rest of its line.
    fn value(&mut self, tag: Option<Range<usize>>) -> Option<()> {
        match self.peek()? {
            byte @ (b'|' | b'>') => return self.block_scalar(byte == b'>', tag),
            b'[' | b'{' => self.flow(tag)?,
            b'\'' | b'"' => self.quoted(tag)?,
            _ => return self.plain(tag),
        }
        self.line_end()
    }

    /// A text in quotes, on one line.
    pub(super) fn quoted(&mut self, tag: Option<Range<usize>>) -> Option<()> {
        let (style, length) = line::quoted(self.rest())?;
        let range = self.at..self.at + length;
        self.at = range.end;
        self.text_node(style, range, tag)
    }

    /// A text without quotes, on one line or several.
    fn plain(&mut self, tag: Option<Range<usize>>) -> Option<()> {
        if !line::may_start_plain(self.rest(), false) {
            return None;
        }
        let least = self.open.last()?.column + 1;
        let start = self.at;
        let mut value: Option<String> = None;
        let mut end = start;
        loop {
            let length = line::plain(self.rest())?;
            let words = self.text.get(self.at..self.at + length)?;
            if let Some(value) = &mut value {
                value.push_str(words);
            }
            end = if length == 0 { end } else { self.at + length };
            self.at += length;
            let commented = matches!(self.bytes.get(end..), Some([b' ', ..])) && {
                self.blanks();
                self.peek() == Some(b'#')
            };
            let Some((breaks, next)) = self.continued(least) else { break };
            if commented {
                return None;
            }
            let value = value.get_or_insert_with(|| words.to_owned());
            match breaks {
                1 => value.push(' '),
                more => value.extend(std::iter::repeat_n('\n', more - 1)),
            }
            self.at = next;
        }
        let range = start..end;
        let value = value
            .map_or_else(|| self.text.get(range.clone()).map(Cow::Borrowed), |value| Some(value.into()))?;
        self.scalar((&value, ScalarStyle::Plain), range, tag);
        self.line_end()
    }

    /// Whether a plain text goes on on a later line: the line breaks between, and where.
    fn continued(&self, least: usize) -> Option<(usize, usize)> {
        let rest = self.rest();
        let mut at = memchr::memchr(b'\n', rest)?;
        let mut breaks = 0;
        loop {
            let line = rest.get(at + 1..)?;
            breaks += 1;
            let blanks = line::blanks(line);
            match line.get(blanks) {
                Some(b'\n') => at += 1 + blanks,
                Some(b'#') | None => return None,
                Some(_) => return (blanks >= least).then_some((breaks, self.at + at + 1 + blanks)),
            }
        }
    }

    /// A block scalar, from its indicator on.
    fn block_scalar(&mut self, folded: bool, tag: Option<Range<usize>>) -> Option<()> {
        let header = Header::read(self.rest(), folded)?;
        self.at += header.length;
        self.line_end()?;
        let parent = self.open.last()?.column;
        let scalar = header.scalar(self.text, self.at, parent)?;
        let style = if folded { ScalarStyle::Folded } else { ScalarStyle::Literal };
        self.scalar((&scalar.value, style), scalar.range, tag);
        self.at = scalar.next;
        Some(())
    }

    /// Passes the rest of a line that has nothing else but a comment.
    fn line_end(&mut self) -> Option<()> {
        let before = self.at;
        self.blanks();
        match self.peek() {
            None => Some(()),
            Some(b'\n') => {
                self.at += 1;
                Some(())
            }
            Some(b'#') if self.at > before || self.bytes.get(before.checked_sub(1)?) == Some(&b' ') => {
                self.comment();
                Some(())
            }
            Some(_) => None,
        }
    }

    /// A comment, with the line break behind it.
    fn comment(&mut self) {
        let length = memchr::memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
        self.builder.comment(self.at..self.at + length);
        self.at = (self.at + length + 1).min(self.bytes.len());
    }

    /// Tells of a text on one line as it is written, with its quotes.
    pub(super) fn text_node(
        &mut self,
        style: ScalarStyle,
        range: Range<usize>,
        tag: Option<Range<usize>>,
    ) -> Option<()> {
        let value = line::decoded(self.text.get(range.clone())?, style)?;
        self.scalar((&value, style), range, tag);
        Some(())
    }

    fn scalar(&mut self, written: (&str, ScalarStyle), at: Range<usize>, tag: Option<Range<usize>>) {
        self.builder.text(written, at, tag);
    }

    /// The column that a value of the innermost mapping or list must lie behind.
    pub(super) fn column(&self) -> usize {
        self.open.last().map_or(0, |block| block.column)
    }

    /// Whether a line that starts here starts or ends a document, or is a directive.
    fn is_marker(&self) -> bool {
        matches!(self.rest(), [b'-', b'-', b'-', ..] | [b'.', b'.', b'.', ..] | [b'%', ..])
    }

    fn is_entry(&self) -> bool {
        matches!(self.rest(), [b'-'] | [b'-', b' ' | b'\n', ..])
    }

    pub(super) fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn blanks(&mut self) {
        self.at += line::blanks(self.rest());
    }
}
