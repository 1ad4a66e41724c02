//! Regular expressions in rules: refused where the rule is read, compiled where they are first asked.
//!
//! Every run reads all rules, and most runs ask few of these expressions; compiling them all takes longer than reading
//! everything else about the rules. What is easy to get wrong: an expression that may be too large to be compiled is
//! compiled at once, since it must be refused with the place where it is written.

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind};
use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

/// Bytes that a compiled expression may take: rules may come with a pull request.
const SIZE: usize = 1 << 18;

/// Bytes that a state of a compiled expression takes, amply.
const STATE: usize = 64;

/// States that the UTF-8 of one range of characters beyond ASCII takes, amply.
const BEYOND_ASCII: usize = 32;

/// A regular expression that a text must match somewhere (anchor it with `^` and `$`).
#[derive(Clone, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern {
    written: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Whether a text matches.
    pub(super) fn is_match(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| compile(&self.written).ok());
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.written).finish()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        let parsed =
            regex_syntax::parse(&written).map_err(|_| format!("`{written}` is not a regular expression"))?;
        let compiled = OnceLock::new();
        if most(&parsed) > SIZE / 2 {
            let regex = compile(&written).map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => format!("`{written}` is too large a regular expression"),
                _ => format!("`{written}` is not a regular expression"),
            })?;
            compiled.get_or_init(|| Some(regex));
        }
        Ok(Self { written, compiled })
    }
}

fn compile(written: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(written).size_limit(SIZE).build()
}

/// Bytes that an expression takes at most when it is compiled. The parser bounds how deep it nests.
fn most(hir: &Hir) -> usize {
    let states = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Class(Class::Unicode(class)) => {
            let states = |end: char| if end.is_ascii() { 1 } else { BEYOND_ASCII };
            class.ranges().iter().map(|range| states(range.end())).sum()
        }
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1);
            let times = usize::try_from(times).unwrap_or(usize::MAX);
            return most(&repetition.sub).saturating_add(2 * STATE).saturating_mul(times);
        }
        HirKind::Capture(capture) => return most(&capture.sub).saturating_add(2 * STATE),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            let parts = parts.iter().map(|part| most(part).saturating_add(STATE));
            return parts.fold(0, usize::saturating_add);
        }
    };
    states.saturating_add(1).saturating_mul(STATE)
}

impl schemars::JsonSchema for Pattern {
    fn schema_name() -> Cow<'static, str> {
        "Pattern".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A regular expression that the text must match somewhere.",
            "type": "string",
            "format": "regex",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str) -> Result<Pattern, String> {
        Pattern::try_from(written.to_owned())
    }

    #[test]
    fn what_cannot_be_compiled_is_refused_where_it_is_read() {
        assert_eq!(read("a(b").unwrap_err(), "`a(b` is not a regular expression");
        assert_eq!(read(r"\p{Nonsense}").unwrap_err(), r"`\p{Nonsense}` is not a regular expression");
        for large in ["a{9999}", r"\w{99}", "(a{99}){99}", "((.{50})?){50}", "[^é]{999}", "(?i)[a-zé]{5000}"]
        {
            assert_eq!(read(large).unwrap_err(), format!("`{large}` is too large a regular expression"));
        }
    }

    #[test]
    fn what_is_compiled_later_is_never_too_large() {
        let word = "(kms|[^:]*|é|(?i)straße)";
        for written in [
            word.repeat(20),
            format!("({word}){{12}}"),
            format!("(({word})?){{1,9}}"),
            r"\d{3}".to_owned(),
            r"\w+".to_owned(),
            ".{60}".to_owned(),
            "[ -~]{257,}".to_owned(),
            "(?i)[a-zé]{40}".to_owned(),
            "[^é]{50}".to_owned(),
            "(a|b|)*?".repeat(90),
        ] {
            let pattern = read(&written).unwrap();
            assert!(pattern.compiled.get().is_some() || compile(&written).is_ok(), "{written}");
        }
        assert!(read("^(kms|[^:]*)$").unwrap().compiled.get().is_none());
        assert!(read("^kms:").unwrap().is_match("kms:Decrypt"));
    }
}
