//! Regular expressions in rules, compiled when the rule is read.

use std::borrow::Cow;

/// Bytes that a compiled expression may take: rules may come with a pull request.
const SIZE: usize = 1 << 18;

/// A regular expression that a text must match somewhere (anchor it with `^` and `$`).
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern(regex::Regex);

impl Pattern {
    /// Whether a text matches.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        regex::RegexBuilder::new(&written).size_limit(SIZE).build().map(Self).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => format!("`{written}` is too large a regular expression"),
            _ => format!("`{written}` is not a regular expression"),
        })
    }
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
