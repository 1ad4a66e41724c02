//! The schema: what a plain scalar means.
//!
//! YAML 1.1 (<https://yaml.org/type/>), as `PyYAML` and `SnakeYAML` resolve it, with the exceptions that the room's head
//! names.

use crate::syntax::json::canonical;
use crate::value::{Kind, Number};
use granit_parser::Tag;
use std::borrow::Cow;

/// What a tag says.
pub(super) enum Tagged<'t> {
    /// It is one of the document's own: `!Sub`.
    Local(Cow<'t, str>),
    /// It is one of YAML's own types, by its name. The bare `!` says that the scalar is a text.
    Core(&'t str),
}

impl<'t> Tagged<'t> {
    pub(super) fn of(tag: &'t Tag) -> Self {
        let bare = || (tag.original() == "!").then_some("str");
        tag.core_suffix().or_else(bare).map_or_else(|| Self::Local(tag.original().into()), Self::Core)
    }
}

/// What a plain scalar without tag means; `None`: a text.
pub(super) fn resolve(written: &str) -> Option<Kind> {
    null(written).or_else(|| boolean(written)).or_else(|| number(written))
}

/// What a scalar with one of YAML's own tags means; `None` when it is not what the tag says.
pub(super) fn as_tagged(written: &str, tag: &str) -> Option<Kind> {
    match tag {
        "null" => null(written),
        "bool" => boolean(written),
        "int" | "float" => number(written),
        _ => None,
    }
}

fn null(written: &str) -> Option<Kind> {
    matches!(written, "" | "~" | "null" | "Null" | "NULL").then_some(Kind::Null)
}

fn boolean(written: &str) -> Option<Kind> {
    match written {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(Kind::Bool(true)),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(Kind::Bool(false)),
        _ => None,
    }
}

fn number(written: &str) -> Option<Kind> {
    if !written.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return None;
    }
    whole(written).or_else(|| fraction(written)).map(|text| Kind::Number(Number::from_canonical(text)))
}

/// A whole number. Decimal digits with leading zeros keep them: `012345678901` is an account id, and no reader gains
/// by an octal reading of it (CloudFormation itself hands the digits on).
fn whole(written: &str) -> Option<String> {
    let unsigned = written.strip_prefix(['+', '-']).unwrap_or(written);
    let radix = match unsigned.get(..2) {
        Some("0x") => Some(16),
        Some("0b") => Some(2),
        _ => None,
    };
    if let Some(radix) = radix {
        let digits = unsigned.get(2..)?.replace('_', "");
        let value = i128::from_str_radix(&digits, radix).ok().filter(|_| !digits.starts_with(['+', '-']))?;
        return Some(if written.starts_with('-') { (-value).to_string() } else { value.to_string() });
    }
    let starts = unsigned.starts_with(|first: char| first.is_ascii_digit());
    if !starts || !unsigned.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') {
        return None;
    }
    let digits = unsigned.replace('_', "");
    if digits.len() > 1 && digits.starts_with('0') {
        return Some(written.replace('_', ""));
    }
    Some(if written.starts_with('-') && digits != "0" { format!("-{digits}") } else { digits })
}

/// A number with a point; without one, YAML 1.1 takes `1e3` for a text.
fn fraction(written: &str) -> Option<String> {
    let (mantissa, exponent) = written.split_once(['e', 'E']).unwrap_or((written, "+0"));
    let unsigned = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (before, behind) = unsigned.split_once('.')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let well = digits(before) && digits(behind) && !(before.is_empty() && behind.is_empty());
    if !well || before.starts_with('_') || !exponent.starts_with(['+', '-']) {
        return None;
    }
    canonical(&written.replace('_', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(written: &str) -> String {
        match resolve(written) {
            None => format!("text {written}"),
            Some(Kind::Null) => "null".to_owned(),
            Some(Kind::Bool(value)) => value.to_string(),
            Some(Kind::Number(number)) => format!("number {}", number.as_str()),
            Some(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn plain_scalars_resolve_as_in_yaml_1_1_but_keep_what_was_written() {
        for (written, expected) in [
            ("~", "null"),
            ("Null", "null"),
            ("yes", "true"),
            ("Off", "false"),
            ("y", "text y"),
            ("2012-10-17", "text 2012-10-17"),
            ("12", "number 12"),
            ("-0", "number 0"),
            ("+1_000", "number 1000"),
            ("012345678901", "number 012345678901"),
            ("123456789012", "number 123456789012"),
            ("0x1F", "number 31"),
            ("0b101", "number 5"),
            ("0o17", "text 0o17"),
            ("1.50", "number 1.5"),
            (".5", "number 0.5"),
            ("1.0e+3", "number 1000"),
            ("1e3", "text 1e3"),
            ("1.2.3", "text 1.2.3"),
            ("10.0.0.0/8", "text 10.0.0.0/8"),
            ("22:22", "text 22:22"),
            (".inf", "text .inf"),
            ("-", "text -"),
            (".", "text ."),
            ("0x", "text 0x"),
        ] {
            assert_eq!(shown(written), expected);
        }
    }
}
