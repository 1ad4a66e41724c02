//! How many bytes a document has when it is sent.
//!
//! KMS Developer Guide, "Quotas": a key policy has at most 32 768 bytes. Terraform and CloudFormation send values as
//! compact JSON, so that is what is counted: UTF-8 bytes, with the escapes that JSON demands.

use crate::policy::Size;
use crate::source::Limits;
use crate::value::{Entry, Kind, Text, Value};

impl Size {
    /// The least of two, open because it is undecided which one holds.
    pub(super) fn or(self, other: Self) -> Self {
        let open = self.open || other.open || self.bytes != other.bytes;
        Self { bytes: self.bytes.min(other.bytes), open }
    }

    fn and(self, other: Self) -> Self {
        Self { bytes: self.bytes.saturating_add(other.bytes), open: self.open || other.open }
    }
}

const NOTHING: Size = Size { bytes: 0, open: false };
const OPEN: Size = Size { bytes: 0, open: true };

/// The size of a value as compact JSON; a least size where something is not known.
pub(super) fn measure(value: &Value) -> Size {
    let mut most = Limits::DEFAULT.elements;
    of_value(value, 0, &mut most)
}

fn of_value(value: &Value, depth: usize, most: &mut usize) -> Size {
    *most = most.saturating_sub(1);
    if *most == 0 || depth > Limits::DEFAULT.depth {
        return OPEN;
    }
    match &value.kind {
        Kind::Null => bytes(4),
        Kind::Bool(yes) => bytes(if *yes { 4 } else { 5 }),
        Kind::Number(number) => bytes(number.as_str().len()),
        Kind::Text(text) => of_text(text),
        Kind::Unknown(_) => OPEN,
        Kind::OneOf(branches) => branches
            .iter()
            .map(
                |branch| {
                    if branch.value.is_null() { OPEN } else { of_value(&branch.value, depth + 1, most) }
                },
            )
            .reduce(Size::or)
            .unwrap_or(OPEN),
        Kind::List(list) => {
            let items = list.items.iter().map(|item| (item, of_value(item, depth + 1, most)));
            within_brackets(items, list.open.is_some())
        }
        Kind::Map(map) => {
            let entries = map.entries.iter().map(|entry| (&entry.value, of_entry(entry, depth, most)));
            within_brackets(entries, map.open.is_some())
        }
    }
}

fn of_entry(entry: &Entry, depth: usize, most: &mut usize) -> Size {
    let value = of_value(&entry.value, depth + 1, most);
    if may_vanish(&entry.value) {
        return OPEN;
    }
    of_text(&entry.name.text).and(bytes(1)).and(value)
}

/// Members with brackets around and commas between; a member that may vanish brings no comma.
fn within_brackets<'v>(members: impl Iterator<Item = (&'v Value, Size)>, open: bool) -> Size {
    let mut size = Size { bytes: 2, open };
    let mut first = true;
    for (value, member) in members {
        let comma = usize::from(!first && !may_vanish(value));
        first = first && may_vanish(value);
        size = size.and(member).and(bytes(comma));
    }
    size
}

fn may_vanish(value: &Value) -> bool {
    matches!(&value.kind, Kind::OneOf(branches) if branches.iter().any(|branch| branch.value.is_null()))
}

fn of_text(text: &Text) -> Size {
    let known: usize = text.known_parts().chars().map(escaped).sum();
    bytes(known + 2).and(if text.is_known() { NOTHING } else { OPEN })
}

/// Bytes of a character inside a JSON string.
fn escaped(character: char) -> usize {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        control if control < ' ' => 6,
        other => other.len_utf8(),
    }
}

fn bytes(bytes: usize) -> Size {
    Size { bytes, open: false }
}
