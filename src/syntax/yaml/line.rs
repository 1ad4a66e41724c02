//! What stands on one line: names, tags, texts.

use granit_parser::ScalarStyle;
use std::borrow::Cow;

/// A name of a mapping as it is written.
pub(super) struct Name {
    pub(super) style: ScalarStyle,
    /// Where it ends, with quotes.
    pub(super) end: usize,
    /// Where its colon stands.
    pub(super) colon: usize,
}

/// The name that a line starts with, if it is a member of a block mapping.
pub(super) fn name(rest: &[u8]) -> Option<Name> {
    if let [b'"' | b'\'', ..] = rest {
        let (style, end) = quoted(rest)?;
        let colon = end + blanks(rest.get(end..)?);
        return matches!(rest.get(colon..)?, [b':'] | [b':', b' ' | b'\n', ..]).then_some(Name {
            style,
            end,
            colon,
        });
    }
    if !may_start_plain(rest, false) {
        return None;
    }
    let mut before = b' ';
    for (colon, &byte) in rest.iter().enumerate() {
        match byte {
            b'\n' | b'\t' => return None,
            b'#' if before == b' ' => return None,
            b':' if matches!(rest.get(colon + 1), None | Some(b' ' | b'\n')) => {
                let end = trimmed(rest.get(..colon)?);
                return Some(Name { style: ScalarStyle::Plain, end, colon });
            }
            _ => before = byte,
        }
    }
    None
}

/// How long the plain text is that stands here in block context; nothing when it is no text at all.
pub(super) fn plain(rest: &[u8]) -> Option<usize> {
    let mut before = b'x';
    for (at, &byte) in rest.iter().enumerate() {
        match byte {
            b'\n' => return Some(trimmed(rest.get(..at)?)),
            b'\t' => return None,
            b'#' if before == b' ' => return Some(trimmed(rest.get(..at)?)),
            b':' if matches!(rest.get(at + 1), None | Some(b' ' | b'\n' | b'\t')) => return None,
            _ => before = byte,
        }
    }
    Some(trimmed(rest))
}

/// The same in flow context; the text ends before what ends it.
pub(super) fn flow_plain(rest: &[u8]) -> Option<usize> {
    let mut before = b'x';
    for (at, &byte) in rest.iter().enumerate() {
        match byte {
            byte if byte == b'\n' || is_flow(byte) => return Some(trimmed(rest.get(..at)?)),
            b'\t' => return None,
            b'#' if before == b' ' => return None,
            b':' if rest.get(at + 1).is_none_or(|next| is_space(*next) || is_flow(*next)) => {
                return Some(trimmed(rest.get(..at)?));
            }
            _ => before = byte,
        }
    }
    None
}

/// Whether a name and a colon stand here in flow context.
pub(super) fn flow_name(rest: &[u8]) -> bool {
    let end = match rest {
        [b'"' | b'\'', ..] => quoted(rest).map(|(_, length)| length),
        _ if may_start_plain(rest, true) => flow_plain(rest),
        _ => None,
    };
    let behind = end.and_then(|end| rest.get(end..)).unwrap_or_default();
    behind.get(blanks(behind)) == Some(&b':')
}

/// Whether a plain text may start here (YAML 1.2.2 §7.3.3).
pub(super) fn may_start_plain(rest: &[u8], flow: bool) -> bool {
    match rest {
        [b'-', next, ..] => !is_space(*next) && !(flow && (is_flow(*next) || *next == b':')),
        [b'?' | b':', next, ..] => !is_space(*next) && !flow,
        [first, ..] => !b"-?:,[]{}#&*!|>'\"%@` \t\n".contains(first),
        [] => false,
    }
}

/// The style and length of a text in quotes that ends on its line, quotes included.
pub(super) fn quoted(rest: &[u8]) -> Option<(ScalarStyle, usize)> {
    let (&quote, inner) = rest.split_first()?;
    let mut at = 0;
    if quote == b'"' {
        loop {
            at += inner.get(at..)?.iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n' | b'\t'))?;
            match inner.get(at)? {
                b'"' => return Some((ScalarStyle::DoubleQuoted, at + 2)),
                b'\\' if inner.get(at + 1) != Some(&b'\n') => at += 2,
                _ => return None,
            }
        }
    }
    loop {
        at += inner.get(at..)?.iter().position(|byte| matches!(byte, b'\'' | b'\n' | b'\t'))?;
        match inner.get(at..)? {
            [b'\'', b'\'', ..] => at += 2,
            [b'\'', ..] => return Some((ScalarStyle::SingleQuoted, at + 2)),
            _ => return None,
        }
    }
}

/// What a text on one line says. Of the escapes, the simplest.
pub(super) fn decoded(written: &str, style: ScalarStyle) -> Option<Cow<'_, str>> {
    let inner = || written.get(1..written.len().checked_sub(1)?);
    match style {
        ScalarStyle::SingleQuoted => {
            let inner = inner()?;
            Some(if inner.contains('\'') { inner.replace("''", "'").into() } else { inner.into() })
        }
        ScalarStyle::DoubleQuoted => {
            let inner = inner()?;
            if inner.contains('\\') { unescaped(inner).map(Cow::Owned) } else { Some(inner.into()) }
        }
        _ => Some(written.into()),
    }
}

fn unescaped(inner: &str) -> Option<String> {
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next()? {
                'n' => '\n',
                't' => '\t',
                same @ ('"' | '\\' | '/') => same,
                _ => return None,
            },
            other => other,
        });
    }
    Some(text)
}

/// The length of a tag of one word, `!Sub`.
pub(super) fn tag(rest: &[u8]) -> Option<usize> {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.');
    let length = rest.get(1..)?.iter().take_while(|byte| word(byte)).count();
    (length > 0 && matches!(rest.get(length + 1), Some(b' ' | b'\n'))).then_some(length + 1)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t')
}

/// Whether it ends a plain text in flow context.
fn is_flow(byte: u8) -> bool {
    matches!(byte, b',' | b'[' | b']' | b'{' | b'}')
}

pub(super) fn blanks(rest: &[u8]) -> usize {
    rest.iter().take_while(|byte| **byte == b' ').count()
}

/// The length without blanks at the end.
fn trimmed(bytes: &[u8]) -> usize {
    bytes.len() - bytes.iter().rev().take_while(|byte| **byte == b' ').count()
}
