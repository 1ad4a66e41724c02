//! Upper, lower and title case, letter by letter as Go's `unicode` package maps them.
//!
//! What is easy to get wrong: these are *simple* mappings. `ß` has no upper case, `İ` becomes `i`, and a final sigma is
//! an ordinary one.

use super::signature::{Arguments, Function, Outcome, Parameter, Takes};
use super::text::{stop, vague};
use crate::input::terraform::piece::{self, Edit};
use crate::value::{Piece, Text};

const STR: &[Parameter] = &[Parameter::new("str", Takes::Text)];

pub(super) const ROWS: &[Function] = &[
    Function::new("lower", STR, |args| mapped(args, lower)).text(),
    Function::new("upper", STR, |args| mapped(args, upper)).text(),
    Function::new("title", STR, titled).text(),
];

fn mapped(args: &Arguments<'_>, map: fn(char) -> char) -> Outcome {
    let text = args.text(0)?;
    let changed = piece::edit(&text, |characters| edits(characters, |_, character| map(character)));
    args.give_text(if text.is_known() { changed } else { vague(&changed) })
}

/// The letters that change, one edit for each run of them.
fn edits(characters: &str, mut map: impl FnMut(usize, char) -> char) -> Vec<Edit> {
    let mut found: Vec<Edit> = Vec::new();
    for (at, character) in characters.char_indices() {
        let changed = map(at, character);
        if changed == character {
            continue;
        }
        let end = at + character.len_utf8();
        match found.last_mut() {
            Some((range, text)) if range.end == at => {
                range.end = end;
                text.push(changed);
            }
            _ => found.push((at..end, changed.to_string())),
        }
    }
    found
}

fn single(mut mapping: impl Iterator<Item = char>) -> Option<char> {
    let first = mapping.next()?;
    if mapping.next().is_none() { Some(first) } else { None }
}

fn lower(character: char) -> char {
    if character == 'İ' { 'i' } else { single(character.to_lowercase()).unwrap_or(character) }
}

fn upper(character: char) -> char {
    single(character.to_uppercase()).unwrap_or_else(|| {
        // Greek letters with iota subscript have one capital of their own, eight or nine places on.
        let moved = match u32::from(character) {
            code @ (0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7) => code + 8,
            code @ (0x1fb3 | 0x1fc3 | 0x1ff3) => code + 9,
            code => code,
        };
        char::from_u32(moved).unwrap_or(character)
    })
}

/// Digraphs have a title case of their own; Georgian letters have none.
fn title(character: char) -> char {
    match character {
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        '\u{10d0}'..='\u{10ff}' => character,
        _ => upper(character),
    }
}

/// Every letter that does not follow a letter, digit or underscore.
fn titled(args: &Arguments<'_>) -> Outcome {
    let text = args.text(0)?;
    let follows_unknown = |pair: &[Piece]| match pair {
        [Piece::Unknown(_), Piece::Known(characters, _)] => {
            characters.chars().next().is_some_and(|character| title(character) != character)
        }
        _ => false,
    };
    if text.pieces().windows(2).any(follows_unknown) {
        return Err(stop(args, &text));
    }
    let changed: Text = piece::edit(&text, |characters| {
        let mut before = ' ';
        edits(characters, |_, character| {
            let starts = separates(before);
            before = character;
            if starts { title(character) } else { character }
        })
    });
    args.give_text(if text.is_known() { changed } else { vague(&changed) })
}

/// Go's `strings.Title`: in ASCII everything but letters, digits and underscores, elsewhere blanks alone.
fn separates(character: char) -> bool {
    if character.is_ascii() {
        return !(character.is_ascii_alphanumeric() || character == '_');
    }
    character.is_whitespace()
}
