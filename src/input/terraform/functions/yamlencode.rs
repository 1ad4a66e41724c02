//! `yamlencode`, byte for byte as Terraform writes it (zclconf/go-cty-yaml).
//!
//! Names and texts stand between double quotes, texts of several lines as literal blocks. What is easy to get wrong:
//! double-quoted texts are folded after eighty columns.

use super::signature::{Arguments, Function, Outcome, Parameter, Stop, Takes};
use crate::input::terraform::json::plain;
use crate::source::Limits;
use crate::value::{Kind, Value};

pub(super) const ROWS: &[Function] =
    &[Function::new("yamlencode", &[Parameter::new("value", Takes::Any).nullable()], yamlencode).text()];

/// Lines are folded when they pass this column.
const WIDTH: usize = 80;

fn yamlencode(args: &Arguments<'_>) -> Outcome {
    let value = plain(args.value(0)?);
    if let Some(unknown) = value.unknowns().first() {
        return Err(Stop::Unknown((*unknown).clone()));
    }
    let mut writer = Writer { out: String::new(), column: 0 };
    let scalar = !matches!(value.kind, Kind::List(_) | Kind::Map(_) | Kind::Text(_));
    writer.value(args, &value, Place { indent: 0, depth: 0, in_sequence: false })?;
    if !writer.out.ends_with('\n') {
        writer.push("\n");
    }
    if scalar {
        // A plain scalar alone needs the end of its document marked.
        writer.push("...\n");
    }
    args.give_made(writer.out)
}

#[derive(Clone, Copy)]
struct Place {
    indent: usize,
    depth: usize,
    in_sequence: bool,
}

struct Writer {
    out: String,
    column: usize,
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
        match text.rfind('\n') {
            Some(at) => {
                self.column = text.chars().count() - text.get(..=at).map_or(0, |line| line.chars().count());
            }
            None => self.column += text.chars().count(),
        }
    }

    /// Starts a line at an indentation, unless one has just been started there (`- - 1`).
    fn line(&mut self, indent: usize) {
        if self.column > 0 {
            self.push("\n");
        }
        self.push(&" ".repeat(indent));
    }

    fn value(&mut self, args: &Arguments<'_>, value: &Value, place: Place) -> Result<(), Stop> {
        if place.depth > Limits::DEFAULT.depth || self.out.len() > Limits::DEFAULT.text_bytes {
            return Err(args.too_much("levels or characters"));
        }
        match &value.kind {
            Kind::Null => self.push("null"),
            Kind::Bool(known) => self.push(if *known { "true" } else { "false" }),
            Kind::Number(number) => self.push(number.as_str()),
            Kind::Text(text) => self.text(&text.known_parts(), place),
            Kind::List(list) if list.items.is_empty() => self.push("[]"),
            Kind::Map(map) if map.entries.is_empty() => self.push("{}"),
            Kind::List(list) => {
                for (index, item) in list.items.iter().enumerate() {
                    if index > 0 || !place.in_sequence {
                        self.line(place.indent);
                    }
                    self.push("- ");
                    let inner = Place { indent: place.indent + 2, depth: place.depth + 1, in_sequence: true };
                    self.value(args, item, inner)?;
                }
            }
            Kind::Map(map) => {
                for (index, entry) in map.entries.iter().enumerate() {
                    if index > 0 || !place.in_sequence {
                        self.line(place.indent);
                    }
                    self.quoted(&entry.name.text.known_parts(), place.indent);
                    self.push(":");
                    self.entry(args, &entry.value, place)?;
                }
            }
            Kind::OneOf(_) | Kind::Unknown(_) => {}
        }
        Ok(())
    }

    /// The value of a name: lists start below it, at its own column; mappings two further.
    fn entry(&mut self, args: &Arguments<'_>, value: &Value, place: Place) -> Result<(), Stop> {
        let below = match &value.kind {
            Kind::List(list) if !list.items.is_empty() => Some(place.indent),
            Kind::Map(map) if !map.entries.is_empty() => Some(place.indent + 2),
            _ => None,
        };
        let depth = place.depth + 1;
        if below.is_none() {
            self.push(" ");
        }
        let indent = below.unwrap_or(place.indent + 2);
        self.value(args, value, Place { indent, depth, in_sequence: false })
    }

    fn text(&mut self, text: &str, place: Place) {
        if may_be_block(text) {
            self.block(text, place.indent.max(2));
        } else {
            self.quoted(text, place.indent);
        }
    }

    /// A literal block. The indicator says how many line breaks end it, and how far it is indented where it starts
    /// with a blank.
    fn block(&mut self, text: &str, indent: usize) {
        self.push("|");
        if text.starts_with([' ', '\n']) {
            self.push("2");
        }
        let body = text.strip_suffix('\n');
        let chomp = match body {
            None => "-",
            Some("") => "+",
            Some(body) if body.ends_with('\n') => "+",
            Some(_) => "",
        };
        self.push(chomp);
        for line in body.unwrap_or(text).split('\n') {
            self.push("\n");
            if !line.is_empty() {
                self.push(&" ".repeat(indent));
                self.push(line);
            }
        }
        self.push("\n");
        self.column = 0;
    }

    /// Between double quotes; folded at single blanks past the width, with an indentation of two more at least.
    fn quoted(&mut self, text: &str, indent: usize) {
        self.push("\"");
        let characters: Vec<char> = text.chars().collect();
        let mut after_blank = false;
        for (at, character) in characters.iter().enumerate() {
            let inner = at > 0 && at + 1 < characters.len();
            if *character == ' ' && !after_blank && inner && self.column > WIDTH {
                self.push("\n");
                self.push(&" ".repeat(indent.max(2)));
                if characters.get(at + 1) == Some(&' ') {
                    self.push("\\");
                }
                after_blank = true;
                continue;
            }
            after_blank = *character == ' ';
            self.push(&escaped(*character));
        }
        self.push("\"");
    }
}

/// libyaml's rules: no blanks before line breaks, and nothing that cannot be printed.
fn may_be_block(text: &str) -> bool {
    let plain = |character: char| {
        matches!(character, '\n' | '"' | '\\') || escaped(character).chars().eq([character])
    };
    text.contains('\n') && !text.contains(" \n") && !text.ends_with(' ') && text.chars().all(plain)
}

fn escaped(character: char) -> String {
    match character {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\0' => "\\0".to_owned(),
        '\u{7}' => "\\a".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\t' => "\\t".to_owned(),
        '\n' => "\\n".to_owned(),
        '\u{b}' => "\\v".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        '\r' => "\\r".to_owned(),
        '\u{1b}' => "\\e".to_owned(),
        '\u{85}' => "\\N".to_owned(),
        '\u{2028}' => "\\L".to_owned(),
        '\u{2029}' => "\\P".to_owned(),
        '\u{feff}' => "\\uFEFF".to_owned(),
        ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' => character.to_string(),
        _ => match u32::from(character) {
            code @ 0..=0xff => format!("\\x{code:02X}"),
            code @ 0x100..=0xffff => format!("\\u{code:04X}"),
            code => format!("\\U{code:08X}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::input::terraform::oracle::evaluated;

    /// Recorded from Terraform 1.11.4.
    #[test]
    fn texts_are_laid_out_as_terraform_does() {
        let cases = [
            (
                r"{a=[], b={}, c=[[1,2],[3]], d=[{}], e=true}",
                "\"a\": []\n\"b\": {}\n\"c\":\n- - 1\n  - 2\n- - 3\n\"d\":\n- {}\n\"e\": true\n",
            ),
            (
                r#"{a="  lead\nx", b="x\n\n", c="x \ny", d="\n", e="a\n\n  b"}"#,
                "\"a\": |2-\n    lead\n  x\n\"b\": |+\n  x\n\n\"c\": \"x \\ny\"\n\"d\": |2+\n\n\"e\": |-\n  a\n\n    b\n",
            ),
            (r#""x\ny""#, "|-\n  x\n  y\n"),
            ("true", "true\n...\n"),
            ("[]", "[]\n"),
            (r#"{a="tab\there\nline"}"#, "\"a\": \"tab\\there\\nline\"\n"),
            (
                r#"{a="x y word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12 word13 word14 word15 word16 word17 word18 word19 word20 word21 word22 word23 word24"}"#,
                "\"a\": \"x y word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11\n  word12 word13 word14 word15 word16 word17 word18 word19 word20 word21 word22 word23\n  word24\"\n",
            ),
        ];
        for (value, text) in cases {
            assert_eq!(evaluated(&format!("yamlencode({value})")).as_str(), Some(text), "{value}");
        }
    }
}
