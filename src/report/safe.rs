//! Hostile text made safe to print.
//!
//! A pull request chooses the names and contents of files. Control characters move a terminal's cursor or start its
//! escape sequences, bidirectional overrides make text read other than it is, and a line break in front of `::` is a
//! command to GitHub Actions. What is easy to get wrong: what is done for code must keep every byte offset, what is
//! done for sentences need not.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character can change how its neighbours are shown.
pub fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A sentence or a name on one line: hostile characters become visible escapes such as `\u{1b}`.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => safe.push_str("\\n"),
            '\t' => safe.push(' '),
            _ if is_hostile(character) => safe.extend(character.escape_unicode()),
            _ => safe.push(character),
        }
    }
    Cow::Owned(safe)
}

/// A line of code with every hostile character but the tab replaced by a harmless one of the same length in bytes.
pub fn code(text: &str) -> Cow<'_, str> {
    let bad = |character: char| character != '\t' && is_hostile(character);
    if !text.contains(bad) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match (bad(character), character.len_utf8()) {
            (false, _) => safe.push(character),
            (true, 1) => safe.push('?'),
            (true, 2) => safe.push('¿'),
            (true, 3) => safe.push('\u{fffd}'),
            (true, _) => safe.push_str("\u{fffd}?"),
        }
    }
    Cow::Owned(safe)
}

/// JSON text in which hostile characters (they can only stand in strings) are written as `\u` escapes.
pub fn json(text: &str) -> Cow<'_, str> {
    let bad = |character: char| character != '\n' && is_hostile(character);
    if !text.contains(bad) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if bad(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// The message of a workflow command: `%`, CR and LF as GitHub Actions decodes them.
pub fn command_message(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    text.chars().map(|character| if is_hostile(character) { '\u{fffd}' } else { character }).collect()
}

/// A property of a workflow command: as a message, and `:` and `,` too.
pub fn command_property(text: &str) -> String {
    command_message(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text for a Markdown table cell: on one line, and nothing in it is markup.
pub fn markdown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for character in line(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // A name after `@` would notify a person, `#1` and `GH-1` would link an issue.
            '@' => safe.push_str("&#64;"),
            '\\' | '*' | '_' | '[' | ']' | '(' | ')' | '{' | '}' | '#' | '|' | '~' | '!' | '$' | ':' => {
                let _ = write!(safe, "&#{};", u32::from(character));
            }
            _ => safe.push(character),
        }
    }
    code_spans(&safe)
}

/// Text between backticks as `<code>`; an odd backtick stays a character.
fn code_spans(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let paired = parts.len() - 1 - (parts.len() - 1) % 2;
    let mut safe = String::with_capacity(text.len() + 32);
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            safe.push_str(match index {
                _ if index > paired => "&#96;",
                _ if index % 2 == 1 => "<code>",
                _ => "</code>",
            });
        }
        safe.push_str(part);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_show_what_they_hide() {
        assert_eq!(line("a\u{1b}[31mb\nc"), "a\\u{1b}[31mb\\nc");
        assert_eq!(line("\u{202e}x"), "\\u{202e}x");
        assert_eq!(line("plain — ünïcode"), "plain — ünïcode");
    }

    #[test]
    fn code_keeps_its_length() {
        let hostile = "a\u{1b}\u{85}\u{202e}\u{e0041}\tb";
        let safe = code(hostile);
        assert_eq!(safe.len(), hostile.len());
        assert_eq!(safe, "a?¿\u{fffd}\u{fffd}?\tb");
    }

    #[test]
    fn json_stays_json() {
        let text = serde_json::to_string("a\u{202e}\u{7f}\u{e0041}").unwrap();
        let safe = json(&text);
        assert!(safe.is_ascii());
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), "a\u{202e}\u{7f}\u{e0041}");
    }

    #[test]
    fn no_command_can_be_smuggled_in() {
        assert_eq!(command_message("100%\n::error::x"), "100%25%0A::error::x");
        assert_eq!(command_property("a:b,c\r"), "a%3Ab%2Cc%0D");
    }

    #[test]
    fn markdown_is_text() {
        assert_eq!(markdown("<b> `*` @me |"), "&lt;b&gt; <code>&#42;</code> &#64;me &#124;");
        assert_eq!(markdown("odd ` tick"), "odd &#96; tick");
    }
}
