//! `regex`, `regexall` and `replace`.
//!
//! Terraform's patterns are Go's (RE2 syntax). What is easy to get wrong: there `\d`, `\w`, `\s` and `\b` know ASCII
//! only, `[` inside a class and a `{` that repeats nothing are plain characters, and `\<` is a plain `<`.

use super::signature::{Arguments, Function, Outcome, Parameter, Stop, Takes};
use super::text::{stop, vague};
use crate::input::terraform::piece::{self, Edit};
use crate::input::terraform::types::{Member, Type};
use crate::source::Limits;
use crate::value::{Entry, Kind, ListKind, Name, Piece, Text, Value};
use regex::bytes::{Captures, Regex, RegexBuilder};

const PATTERN: &[Parameter] =
    &[Parameter::new("pattern", Takes::Text), Parameter::new("string", Takes::Text)];

pub(super) const ROWS: &[Function] = &[
    Function::new("regex", PATTERN, regex),
    Function::new("regexall", PATTERN, regexall),
    Function::new(
        "replace",
        &[
            Parameter::new("str", Takes::Text),
            Parameter::new("substr", Takes::Text),
            Parameter::new("replace", Takes::Text),
        ],
        replace,
    )
    .text(),
];

fn compiled(args: &Arguments<'_>, index: usize, pattern: &str) -> Result<Regex, Stop> {
    let built = RegexBuilder::new(&translated(pattern)).size_limit(4 << 20).dfa_size_limit(4 << 20).build();
    built.map_err(|_| {
        args.wrong(index, format!("`{pattern}` is not a pattern that Terraform can read (RE2 syntax)"))
    })
}

/// The pattern in the syntax of the `regex` crate.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern.chars().peekable();
    let mut class = false;
    let mut first = false;
    while let Some(character) = rest.next() {
        let starts_class = first;
        first = false;
        match character {
            '\\' => escape(&mut rest, class, &mut out),
            '[' if !class => {
                class = true;
                first = true;
                out.push('[');
                if rest.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
            }
            '[' if rest.peek() == Some(&':') => named_class(&mut rest, &mut out),
            ']' if class && starts_class => out.push_str("\\]"),
            ']' if class => {
                class = false;
                out.push(']');
            }
            '[' | '&' | '~' if class => {
                out.push('\\');
                out.push(character);
            }
            '{' if !class && !repeats(rest.clone()) => out.push_str("\\{"),
            _ => out.push(character),
        }
    }
    out
}

/// `[:alpha:]` inside a class.
fn named_class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) {
    let name: String = rest.clone().take_while(|character| *character != ']').collect();
    let known = name.len() > 2 && name.ends_with(':');
    if !known {
        out.push_str("\\[");
        return;
    }
    out.push('[');
    out.push_str(&name);
    out.push(']');
    for _ in 0..=name.chars().count() {
        rest.next();
    }
}

/// What stands behind a backslash.
fn escape(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, class: bool, out: &mut String) {
    let Some(character) = rest.next() else {
        out.push('\\');
        return;
    };
    let plain = |inside: &str, class: bool| if class { inside.to_owned() } else { format!("[{inside}]") };
    match character {
        'd' => out.push_str(&plain("0-9", class)),
        'D' => out.push_str("[^0-9]"),
        'w' => out.push_str(&plain("0-9A-Za-z_", class)),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        's' => out.push_str(&plain("\\t\\n\\x0C\\r ", class)),
        'S' => out.push_str("[^\\t\\n\\x0C\\r ]"),
        'b' if !class => out.push_str("(?-u:\\b)"),
        'B' if !class => out.push_str("(?-u:\\B)"),
        '<' | '>' => out.push(character),
        // `\p{Greek}` and `\x{10FFFF}`: the brace belongs to them.
        'p' | 'P' | 'x' if rest.peek() == Some(&'{') => {
            out.push('\\');
            out.push(character);
            for next in rest.by_ref() {
                out.push(next);
                if next == '}' {
                    break;
                }
            }
        }
        'Q' => {
            let mut literal = String::new();
            while let Some(next) = rest.next() {
                if next == '\\' && rest.next_if_eq(&'E').is_some() {
                    break;
                }
                literal.push(next);
            }
            out.push_str(&regex::escape(&literal));
        }
        _ => {
            out.push('\\');
            out.push(character);
        }
    }
}

/// Whether a repetition such as `{2,3}` stands here, behind its brace.
fn repeats(rest: std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let inside: String = rest.take_while(|character| *character != '}').take(12).collect();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (least, most) = inside.split_once(',').unwrap_or((&inside, ""));
    !least.is_empty() && digits(least) && digits(most)
}

/// How the groups of a pattern are given back.
enum Shape {
    Whole,
    Tuple,
    Object(Vec<String>),
}

fn shape(args: &Arguments<'_>, regex: &Regex) -> Result<Shape, Stop> {
    let groups: Vec<Option<&str>> = regex.capture_names().skip(1).collect();
    let named: Vec<String> = groups.iter().flatten().map(|name| (*name).to_owned()).collect();
    match (groups.len(), named.len()) {
        (0, _) => Ok(Shape::Whole),
        (_, 0) => Ok(Shape::Tuple),
        (all, given) if all == given => Ok(Shape::Object(named)),
        _ => Err(args.wrong(0, "a pattern cannot have both named and unnamed groups")),
    }
}

fn found(args: &Arguments<'_>, text: &Text, captures: &Captures<'_>, shape: &Shape) -> Value {
    let part = |range: Option<std::ops::Range<usize>>| match range {
        Some(range) => args.make(Kind::Text(text.slice(range))),
        None => args.make(Kind::Null),
    };
    match shape {
        Shape::Whole => part(captures.get(0).map(|whole| whole.range())),
        Shape::Tuple => {
            let parts = (1..captures.len()).map(|index| part(captures.get(index).map(|group| group.range())));
            Value::tuple(parts.collect(), args.call.span)
        }
        Shape::Object(names) => {
            let entry = |name: &String| Entry {
                name: Name { text: Text::made(name.as_str(), args.call.span), span: args.call.span },
                value: part(captures.name(name).map(|group| group.range())),
            };
            let mut names = names.clone();
            names.sort();
            Value::object(names.iter().map(entry).collect(), args.call.span)
        }
    }
}

fn regex(args: &Arguments<'_>) -> Outcome {
    let pattern = compiled(args, 0, &args.known(0)?)?;
    let shape = shape(args, &pattern)?;
    let (text, characters) = (args.text(1)?, args.known(1)?);
    match pattern.captures(characters.as_bytes()) {
        Some(captures) => Ok(found(args, &text, &captures, &shape)),
        None => Err(args.wrong(1, "the pattern matches nothing in the text")),
    }
}

fn regexall(args: &Arguments<'_>) -> Outcome {
    let pattern = compiled(args, 0, &args.known(0)?)?;
    let shape = shape(args, &pattern)?;
    let (text, characters) = (args.text(1)?, args.known(1)?);
    let all = pattern.captures_iter(characters.as_bytes()).take(Limits::DEFAULT.elements + 1);
    let items = all.map(|captures| found(args, &text, &captures, &shape)).collect();
    args.give_list_of(ListKind::List, items, None, shape.found(pattern.captures_len().saturating_sub(1)))
}

impl Shape {
    /// The type of what is found.
    fn found(&self, groups: usize) -> Type {
        let member = |name: &String| Member { name: name.as_str().into(), of: Type::String, optional: None };
        match self {
            Self::Whole => Type::String,
            Self::Tuple => Type::Tuple(vec![Type::String; groups]),
            Self::Object(names) => Type::Object(names.iter().map(member).collect()),
        }
    }
}

/// A search text between slashes is a pattern.
fn replace(args: &Arguments<'_>) -> Outcome {
    let (text, search, instead) = (args.text(0)?, args.known(1)?, args.known(2)?);
    let inner = search.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    if let Some(inner) = inner {
        return replace_pattern(args, &text, inner, &instead);
    }
    if search.is_empty() {
        if !text.is_known() {
            return Err(stop(args, &text));
        }
        let spread: String = text
            .known_parts()
            .chars()
            .flat_map(|character| [character.to_string(), instead.clone()])
            .collect();
        return args.give_made(format!("{instead}{spread}"));
    }
    if crosses(&text, &search) {
        return Err(stop(args, &text));
    }
    check_size(args, &text, &search, &instead)?;
    let replaced = piece::edit(&text, |characters| {
        characters.match_indices(&search).map(|(at, found)| (at..at + found.len(), instead.clone())).collect()
    });
    args.give_text(if text.is_known() { replaced } else { vague(&replaced) })
}

fn check_size(args: &Arguments<'_>, text: &Text, search: &str, instead: &str) -> Result<(), Stop> {
    let most = text.known_len() / search.len().max(1) * instead.len();
    let fits = most <= Limits::DEFAULT.text_bytes * 4;
    if fits { Ok(()) } else { Err(args.too_much("characters")) }
}

/// Whether a match may lie partly in a known and partly in an unknown piece.
fn crosses(text: &Text, search: &str) -> bool {
    let mut borders = (1..search.len())
        .filter(|at| search.is_char_boundary(*at))
        .filter_map(|at| search.split_at_checked(at));
    let touches = |piece: &Piece| match piece {
        Piece::Known(characters, _) => {
            borders.clone().any(|(head, tail)| characters.ends_with(head) || characters.starts_with(tail))
        }
        Piece::Unknown(_) => false,
    };
    let partly = !text.is_known() && text.pieces().iter().any(touches);
    partly && borders.next().is_some()
}

fn replace_pattern(args: &Arguments<'_>, text: &Text, pattern: &str, instead: &str) -> Outcome {
    let regex = compiled(args, 1, pattern)?;
    if !text.is_known() {
        return Err(stop(args, text));
    }
    let mut too_long = false;
    let replaced = piece::edit(text, |characters| {
        let mut edits: Vec<Edit> = Vec::new();
        let mut size = 0;
        for captures in regex.captures_iter(characters.as_bytes()) {
            let Some(whole) = captures.get(0) else { continue };
            let expanded = expand(&captures, instead);
            size += expanded.len();
            too_long |= size > Limits::DEFAULT.text_bytes;
            if too_long {
                break;
            }
            edits.push((whole.range(), expanded));
        }
        edits
    });
    if too_long {
        return Err(args.too_much("characters"));
    }
    if text.is_empty() {
        let expanded = regex.captures(b"").map(|captures| expand(&captures, instead));
        return args.give_made(expanded.unwrap_or_default());
    }
    args.give_text(replaced)
}

/// `$1`, `${1}`, `$name`, `$$`; a group that does not exist is empty (Go `Regexp.Expand`).
fn expand(captures: &Captures<'_>, template: &str) -> String {
    let mut out = Vec::new();
    captures.expand(template.as_bytes(), &mut out);
    String::from_utf8_lossy(&out).into_owned()
}
