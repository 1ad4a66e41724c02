//! Flow lists and mappings, `[a, b]` and `{a: b}`, on one line or several.

use super::line;
use super::plain::Reader;
use granit_parser::{ScalarStyle, StructureStyle};
use std::ops::Range;

impl Reader<'_, '_, '_> {
    /// A flow list or mapping. The builder bounds how deep it nests.
    pub(super) fn flow(&mut self, tag: Option<Range<usize>>) -> Option<()> {
        let list = self.peek() == Some(b'[');
        let close = if list { b']' } else { b'}' };
        if !self.builder.collection(list, StructureStyle::Flow, self.at..self.at + 1, tag) {
            return None;
        }
        self.at += 1;
        loop {
            self.space()?;
            if self.peek()? == close {
                break;
            }
            if list && line::flow_name(self.rest()) {
                self.pair()?;
            } else {
                if !list {
                    self.flow_name()?;
                }
                self.flow_node()?;
                self.space()?;
            }
            match self.peek()? {
                b',' => self.at += 1,
                byte if byte == close => break,
                _ => return None,
            }
        }
        self.at += 1;
        self.builder.end_collection(self.at - 1..self.at);
        Some(())
    }

    /// An entry of a list that is a mapping of one name without braces (YAML 1.2.2 §7.4.1), `[a: b]`.
    fn pair(&mut self) -> Option<()> {
        if !self.builder.collection(false, StructureStyle::Flow, self.at..self.at, None) {
            return None;
        }
        self.flow_name()?;
        self.flow_node()?;
        self.space()?;
        self.builder.end_collection(self.at..self.at);
        Some(())
    }

    /// A name and its colon.
    fn flow_name(&mut self) -> Option<()> {
        let start = self.at;
        let quoted = matches!(self.peek()?, b'"' | b'\'');
        if quoted {
            self.quoted(None)?;
        } else {
            self.flow_plain(None)?;
        }
        self.blanks();
        let short = self.at - start < super::plain::LONGEST_NAME;
        let apart = quoted || matches!(self.bytes.get(self.at + 1), Some(b' ' | b'\n'));
        if self.peek()? != b':' || !apart || !short {
            return None;
        }
        self.at += 1;
        self.space()
    }

    fn flow_node(&mut self) -> Option<()> {
        let mut tag = None;
        if self.peek()? == b'!' {
            tag = Some(self.tag()?);
            self.space()?;
        }
        match self.peek()? {
            b'[' | b'{' => self.flow(tag),
            b'"' | b'\'' => self.quoted(tag),
            _ => self.flow_plain(tag),
        }
    }

    fn flow_plain(&mut self, tag: Option<Range<usize>>) -> Option<()> {
        if !line::may_start_plain(self.rest(), true) {
            return None;
        }
        let length = line::flow_plain(self.rest())?;
        let range = self.at..self.at + length;
        self.at = range.end;
        self.text_node(ScalarStyle::Plain, range, tag)
    }

    /// Passes blanks and line breaks; every line lies deeper than what the collection belongs to.
    fn space(&mut self) -> Option<()> {
        self.blanks();
        while self.peek()? == b'\n' {
            self.at += 1;
            let start = self.at;
            self.blanks();
            if self.at - start <= self.column() && self.peek()? != b'\n' {
                return None;
            }
        }
        Some(())
    }
}
