//! `Name=value Other="a value"`: parameters on one line, as the CLIs take them.
//!
//! Words are split as a shell does (AWS SAM CLI command reference, `--parameter-overrides`); `ParameterKey=Name,
//! ParameterValue=value` is the older form. What is easy to get wrong: quotes may stand anywhere in a word.

use crate::source::Span;
use crate::value::{Entry, Name, Text, Value};
use std::ops::Range;

/// The values on a line.
pub(super) fn read(line: &Text, at: Span) -> Vec<Entry> {
    let known = line.known_parts();
    words(&known).into_iter().filter_map(|word| entry(line, &known, &word, at)).collect()
}

/// The value of one item of a list, in which nothing is quoted.
pub(super) fn of_item(item: &Text, at: Span) -> Option<Entry> {
    let known = item.known_parts();
    let whole = 0..known.len();
    entry(item, &known, std::slice::from_ref(&whole), at)
}

/// Words as the parts that they are made of: quotes and backslashes left out.
fn words(line: &str) -> Vec<Vec<Range<usize>>> {
    let mut words: Vec<Vec<Range<usize>>> = Vec::new();
    let (mut word, mut quote, mut escaped): (Vec<Range<usize>>, Option<char>, bool) =
        (Vec::new(), None, false);
    for (at, character) in line.char_indices() {
        let here = at..at + character.len_utf8();
        match character {
            _ if escaped => {
                escaped = false;
                word.push(here);
            }
            '\\' if quote != Some('\'') => escaped = true,
            '"' | '\'' if quote.is_none() => quote = Some(character),
            _ if quote == Some(character) => {
                quote = None;
                // `A=""` is a value too.
                word.push(at..at);
            }
            _ if character.is_whitespace() && quote.is_none() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => match word.last_mut() {
                Some(last) if last.end == at => last.end = here.end,
                _ => word.push(here),
            },
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// `Name=value` in parts of a line.
fn entry(line: &Text, known: &str, word: &[Range<usize>], at: Span) -> Option<Entry> {
    let of = |range: &Range<usize>| known.get(range.clone()).unwrap_or_default();
    let whole: String = word.iter().map(of).collect();
    let (name, value) = match whole.strip_prefix("ParameterKey=") {
        Some(rest) => {
            let comma = rest.find(",ParameterValue=")?;
            let start = "ParameterKey=".len();
            (start..start + comma, start + comma + ",ParameterValue=".len())
        }
        None => whole.find('=').map(|equals| (0..equals, equals + 1))?,
    };
    let part = |wanted: Range<usize>| {
        let mut before = 0;
        let mut parts = Vec::new();
        for range in word {
            let from = wanted.start.max(before).saturating_sub(before) + range.start;
            let to = wanted.end.min(before + range.len()).saturating_sub(before) + range.start;
            if from < to {
                parts.push(line.slice(from..to));
            }
            before += range.len();
        }
        Text::concat(&parts)
    };
    let (name, value) = (part(name), part(value..whole.len()));
    let place = |text: &Text| text.span(0..text.known_len()).unwrap_or(at);
    let (name_span, value_span) = (place(&name), place(&value));
    Some(Entry { name: Name { text: name, span: name_span }, value: Value::text(value, value_span) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn words_are_split_as_a_shell_does() {
        let map = SourceMap::default();
        let line = r#"A=b  C="d e" ParameterKey=F,ParameterValue='g,h' I=j\"k L="" M"N"=o=p junk"#;
        let span = Span::new(map.add("t", line), 0..line.len());
        let found = read(&Text::verbatim(line, span), span);
        let shown: Vec<_> = found
            .iter()
            .map(|entry| (entry.name.text.shown(), entry.value.as_text().unwrap().shown()))
            .collect();
        let expected = [("A", "b"), ("C", "d e"), ("F", "g,h"), ("I", "j\"k"), ("L", ""), ("MN", "o=p")];
        assert_eq!(shown, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(map.slice(found[1].value.span), "d e");
        assert_eq!(map.slice(found[2].name.span), "F");
    }
}
