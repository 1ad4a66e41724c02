//! Sentences with named slots: `` `{principal}` may use the key ``.
//!
//! A slot is a name in braces; `${` and braces around anything else are plain text. A sentence may be written several
//! times: the first of which every slot has a value is used, so the last one must need none that may be empty.

use super::slot::Slot;
use super::subject::{Case, Subject};
use std::borrow::Cow;

/// A sentence with slots, or several to choose from.
#[derive(Clone, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(untagged)]
pub enum Sentence {
    /// One.
    One(String),
    /// The first of which every slot has a value is used.
    First(Vec<String>),
}

impl schemars::JsonSchema for Sentence {
    fn schema_name() -> Cow<'static, str> {
        "Sentence".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A sentence with slots in braces, or several: the first of which every slot has a value is used.",
            "type": ["string", "array"],
            "items": {"type": "string"},
        })
    }
}

/// A checked sentence: every slot exists for the rule's subject, and the last form can always be filled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Template {
    forms: Vec<Vec<Part>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Plain(String),
    Slot(Slot),
}

/// Why a sentence is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Refusal {
    pub(super) message: String,
    pub(super) help: String,
}

impl Template {
    /// Checks a sentence for a subject.
    pub(super) fn check(sentence: &Sentence, subject: Subject) -> Result<Self, Refusal> {
        let written = match sentence {
            Sentence::One(one) => std::slice::from_ref(one),
            Sentence::First(several) => several,
        };
        let forms = written.iter().map(|form| parts(form, subject)).collect::<Result<Vec<_>, Refusal>>()?;
        let Some(last) = forms.last() else {
            return Err(Refusal {
                message: "a sentence is missing".to_owned(),
                help: "write at least one".to_owned(),
            });
        };
        let perhaps_empty = last.iter().find_map(|part| match part {
            Part::Slot(slot) if !slot.always(subject) => Some(*slot),
            _ => None,
        });
        match perhaps_empty {
            None => Ok(Self { forms }),
            Some(slot) => Err(Refusal {
                message: format!("the slot `{{{}}}` may be empty", slot.name()),
                help: "write a list of sentences whose last one does without it".to_owned(),
            }),
        }
    }

    /// Checks a sentence of an edit, which is left out where a slot has no value.
    pub(super) fn may_be_empty(sentence: &Sentence, subject: Subject) -> Result<Self, Refusal> {
        let Sentence::One(one) = sentence else {
            return Err(Refusal {
                message: "an edit has one form".to_owned(),
                help: "write several edits".to_owned(),
            });
        };
        Ok(Self { forms: vec![parts(one, subject)?] })
    }

    /// The text for one case, uncut; `None` where a slot has no value.
    pub(super) fn exactly(&self, case: &Case<'_>) -> Option<String> {
        let mut text = String::new();
        for part in self.forms.first()? {
            match part {
                Part::Plain(plain) => text.push_str(plain),
                Part::Slot(slot) => text.push_str(&slot.value(case)?),
            }
        }
        Some(text)
    }

    /// The sentence for one case.
    pub(super) fn fill(&self, case: &Case<'_>) -> String {
        self.forms.iter().find_map(|form| fill(form, case)).unwrap_or_default()
    }
}

fn fill(form: &[Part], case: &Case<'_>) -> Option<String> {
    let mut text = String::new();
    for part in form {
        match part {
            Part::Plain(plain) => text.push_str(plain),
            // A request is of no use by halves.
            Part::Slot(Slot::Example) => text.push_str(&Slot::Example.value(case)?),
            Part::Slot(slot) => text.push_str(&shortened(slot.value(case)?)),
        }
    }
    Some(text)
}

/// Long user text is cut: a message is one line.
fn shortened(text: String) -> String {
    const MOST: usize = 120;
    if text.chars().count() <= MOST {
        return text;
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}

fn parts(form: &str, subject: Subject) -> Result<Vec<Part>, Refusal> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = form;
    while let Some((before, after)) = rest.split_once('{') {
        plain.push_str(before);
        match after.split_once('}') {
            Some((name, behind)) if is_slot(name) && !before.ends_with('$') => {
                if !plain.is_empty() {
                    parts.push(Part::Plain(std::mem::take(&mut plain)));
                }
                parts.push(Part::Slot(Slot::named(name, subject)?));
                rest = behind;
            }
            _ => {
                plain.push('{');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Part::Plain(plain));
    }
    Ok(parts)
}

fn is_slot(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, subject: Subject) -> Result<Template, Refusal> {
        Template::check(&Sentence::One(text.to_owned()), subject)
    }

    #[test]
    fn slots_must_exist_for_the_subject() {
        assert!(check("`{key}` and ${aws:username} and {}", Subject::Key).is_ok());
        let refusal = check("`{principl}`", Subject::Principal).unwrap_err();
        assert_eq!(refusal.message, "unknown slot `principl`");
        assert_eq!(refusal.help, "did you mean `principal`?");
        assert!(check("`{principal}`", Subject::Key).is_err());
    }

    #[test]
    fn the_last_form_must_always_have_its_values() {
        assert!(check("did you mean `{suggestion}`?", Subject::Defect).is_err());
        let forms = vec!["did you mean `{suggestion}`?".to_owned(), "look it up".to_owned()];
        assert!(Template::check(&Sentence::First(forms), Subject::Defect).is_ok());
    }
}
