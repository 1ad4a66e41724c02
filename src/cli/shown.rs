//! Values as `terraform console` prints them, with unknown parts named.
//!
//! The layout is Terraform's: `tolist([…])`, `toset([…])` and `tomap({…})` tell types apart, texts of several lines are
//! heredocs. What Terraform calls `(known after apply)` has its name here, and its reason in [`reasons`]. What is easy
//! to get wrong: a sensitive value may sit deep inside of another one.

use crate::report::safe;
use crate::value::{Kind, List, ListKind, Map, MapKind, Piece, Text, Value};
use std::fmt::Write as _;

/// What is printed for a sensitive value.
pub(super) const SENSITIVE: &str = "(sensitive value)";

/// A value, laid out.
pub(super) fn shown(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, 0);
    out
}

/// Why the unknown parts of a value are not known: one sentence each, in order, each once. Nothing is told of what a
/// sensitive value is made of.
pub(super) fn reasons(value: &Value) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for unknown in open_unknowns(value) {
        let sentence = format!("`{}` {}", safe::line(&unknown.name), unknown.reason);
        if !found.contains(&sentence) {
            found.push(sentence);
        }
    }
    found
}

/// The unknowns in a value that are not hidden in a sensitive part.
pub(super) fn open_unknowns(value: &Value) -> Vec<&crate::value::Unknown> {
    value.unknowns_but(|part| part.secret)
}

/// How values depend on conditions: `var.open and not var.closed`.
pub(super) fn condition(when: &[crate::value::Assumption]) -> String {
    let part = |one: &crate::value::Assumption| {
        let name = safe::line(&one.condition);
        if one.holds { format!("`{name}`") } else { format!("not `{name}`") }
    };
    when.iter().map(part).collect::<Vec<_>>().join(" and ")
}

fn write_value(out: &mut String, value: &Value, indent: usize) {
    if value.secret {
        out.push_str(SENSITIVE);
        return;
    }
    match &value.kind {
        Kind::Null => out.push_str("null"),
        Kind::Bool(known) => out.push_str(if *known { "true" } else { "false" }),
        Kind::Number(number) => out.push_str(number.as_str()),
        Kind::Text(text) => write_text(out, text, indent),
        Kind::List(list) => write_list(out, list, indent),
        Kind::Map(map) => write_map(out, map, indent),
        Kind::Unknown(unknown) => {
            let _ = write!(out, "(unknown: {})", safe::line(&unknown.name));
        }
        Kind::OneOf(branches) => {
            out.push_str("(one of");
            for branch in branches.iter() {
                line(out, indent + 2);
                let _ = write!(out, "where {}: ", condition(&branch.when));
                write_value(out, &branch.value, indent + 2);
            }
            line(out, indent);
            out.push(')');
        }
    }
}

fn line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

fn write_list(out: &mut String, list: &List, indent: usize) {
    let (start, end) = match list.kind {
        ListKind::Tuple => ("[", "]"),
        ListKind::List => ("tolist([", "])"),
        ListKind::Set => ("toset([", "])"),
    };
    out.push_str(start);
    for item in &list.items {
        line(out, indent + 2);
        write_value(out, item, indent + 2);
        out.push(',');
    }
    write_end(out, list.items.is_empty(), list.open.as_ref(), indent);
    out.push_str(end);
}

fn write_map(out: &mut String, map: &Map, indent: usize) {
    let (start, end) = match map.kind {
        MapKind::Object => ("{", "}"),
        MapKind::Map => ("tomap({", "})"),
    };
    out.push_str(start);
    let mut entries: Vec<_> =
        map.entries.iter().map(|entry| (entry.name.text.shown(), &entry.value)).collect();
    // The last one holds where a name stands twice; Terraform prints names in order.
    entries.reverse();
    entries.sort_by(|one, two| one.0.cmp(&two.0));
    entries.dedup_by(|later, kept| later.0 == kept.0);
    for (name, value) in &entries {
        line(out, indent + 2);
        let _ = write!(out, "{} = ", quoted(name));
        write_value(out, value, indent + 2);
    }
    write_end(out, entries.is_empty(), map.open.as_ref(), indent);
    out.push_str(end);
}

fn write_end(out: &mut String, empty: bool, open: Option<&crate::value::Unknown>, indent: usize) {
    if let Some(open) = open {
        line(out, indent + 2);
        let _ = write!(out, "(unknown others: {})", safe::line(&open.name));
    }
    if !empty || open.is_some() {
        line(out, indent);
    }
}

fn write_text(out: &mut String, text: &Text, indent: usize) {
    if text.is_known() {
        let known = text.known_parts();
        if known.contains('\n') {
            write_heredoc(out, &known, indent);
        } else {
            out.push_str(&quoted(&known));
        }
        return;
    }
    out.push('"');
    for piece in text.pieces() {
        match piece {
            Piece::Known(known, _) => {
                out.push_str(quoted(known).trim_start_matches('"').strip_suffix('"').unwrap_or(""));
            }
            Piece::Unknown(unknown) => {
                let _ = write!(out, "${{{}}}", safe::line(&unknown.name));
            }
        }
    }
    out.push('"');
}

fn write_heredoc(out: &mut String, text: &str, indent: usize) {
    let mut marker = "EOT".to_owned();
    while text.lines().any(|line| line.trim() == marker) {
        marker.push('_');
    }
    out.push_str(if indent > 0 { "<<-" } else { "<<" });
    out.push_str(&marker);
    for part in text.split('\n') {
        line(out, indent);
        out.push_str(&safe::line(part));
    }
    line(out, indent);
    out.push_str(&marker);
}

/// A text between quotes on one line.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            hostile if safe::is_hostile(hostile) => {
                let code = u32::from(hostile);
                let _ =
                    if code > 0xffff { write!(out, "\\U{code:08x}") } else { write!(out, "\\u{code:04x}") };
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
