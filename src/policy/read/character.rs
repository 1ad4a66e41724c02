//! Characters that the API rejects.
//!
//! KMS API reference, `PutKeyPolicy`, parameter `Policy`: tab, line feed, carriage return and U+0020 to U+00FF. Curly
//! quotes and dashes from word processors are what people meet.

use super::scope::Scope;
use super::{Flaw, Reader};
use crate::policy::DefectKind;
use crate::source::{Limits, Span};
use crate::value::{Kind, Text, Value};

/// Faulty texts that are reported in one document; more say nothing new.
const MOST_REPORTED: usize = 20;

impl Reader {
    /// Notes the first faulty character of each text and name in `value`.
    pub(super) fn characters(&mut self, value: &Value, scope: &Scope) {
        let mut left = vec![(value, scope.clone())];
        let mut most = Limits::DEFAULT.elements;
        let before = self.defects.len();
        while let Some((value, scope)) = left.pop() {
            most = most.saturating_sub(1);
            if most == 0 || self.defects.len() >= before + MOST_REPORTED {
                return;
            }
            match &value.kind {
                Kind::Text(text) => self.characters_of(text, value.span, &scope),
                Kind::List(list) => {
                    left.extend(list.items.iter().rev().map(|item| (item, scope.under(item))));
                }
                Kind::Map(map) => {
                    for entry in &map.entries {
                        self.characters_of(&entry.name.text, entry.name.span, &scope);
                    }
                    let values = map.entries.iter().rev().map(|entry| &entry.value);
                    left.extend(values.map(|value| (value, scope.under(value))));
                }
                Kind::OneOf(branches) => {
                    for branch in branches.iter().rev() {
                        if let Some(scope) = scope.assuming(&branch.when) {
                            left.push((&branch.value, scope.under(&branch.value)));
                        }
                    }
                }
                Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Unknown(_) => {}
            }
        }
    }

    fn characters_of(&mut self, text: &Text, whole: Span, scope: &Scope) {
        let parts = text.known_parts();
        let Some((at, faulty)) = parts.char_indices().find(|(_, character)| !accepted(*character)) else {
            return;
        };
        let span = text.span(at..at + faulty.len_utf8()).unwrap_or(whole);
        let fact = format!(
            "U+{:04X} is not accepted in a policy, only tab, line breaks and U+0020 to U+00FF are",
            u32::from(faulty)
        );
        let plain = plain(faulty).map(str::to_owned);
        let flaw = Flaw::new(DefectKind::Character, span, faulty.to_string(), fact);
        self.note(flaw.suggest(plain), scope);
    }
}

fn accepted(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}')
}

/// The plain character that a word processor has replaced.
fn plain(character: char) -> Option<&'static str> {
    match character {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' => Some("'"),
        '\u{201c}'..='\u{201f}' => Some("\""),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some("-"),
        '\u{2026}' => Some("..."),
        '\u{2002}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => Some(" "),
        _ => None,
    }
}
