//! YAML files of our own making (rules, settings), read into Rust types.
//!
//! The only user of serde-saphyr. Mistakes become spanned problems with "did you mean". What is easy to get wrong: a
//! place inside a [`Placed`] knows its bytes, not its file; the reader of the file joins the two.

use crate::source::{FileId, Problem, ProblemKind, Span, nearest};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_saphyr::{Error, Location, Spanned};
use std::borrow::Cow;

/// A value and where it stands in its file.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    location: Location,
}

impl<T> Placed<T> {
    /// Another value in the same place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Placed<U> {
        Placed { value: change(self.value), location: self.location }
    }

    /// Its place, in the file that it was read from.
    pub fn span(&self, file: FileId) -> Span {
        place(self.location, file)
    }
}

impl<T: PartialEq> PartialEq for Placed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Placed<T> {}

impl<T: Ord> Ord for Placed<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}

impl<T: Ord> PartialOrd for Placed<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::<T>::deserialize(deserializer)
            .map(|spanned| Self { value: spanned.value, location: spanned.referenced })
    }
}

impl<T: schemars::JsonSchema> schemars::JsonSchema for Placed<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}

/// Reads the YAML `text` of `file` as a `T`; unknown names are refused with "did you mean".
///
/// # Errors
/// A problem of the given kind at the first mistake.
pub fn read<T: DeserializeOwned>(file: FileId, text: &str, kind: ProblemKind) -> Result<T, Problem> {
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| problem(&error, file, kind))
}

fn place(location: Location, file: FileId) -> Span {
    let span = location.span();
    let offset = |bytes: Option<u64>| bytes.and_then(|bytes| usize::try_from(bytes).ok());
    match (offset(span.byte_offset()), offset(span.byte_len())) {
        (Some(start), Some(len)) => Span::new(file, start..start + len),
        _ => Span::start_of(file),
    }
}

fn problem(error: &Error, file: FileId, kind: ProblemKind) -> Problem {
    let error = error.without_snippet();
    let span = error.location().map_or(Span::start_of(file), |location| place(location, file));
    let unknown = |what: &str, name: &str, expected: &[&'static str]| {
        let help = match nearest(name, expected.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", listed(expected)),
        };
        Problem::new(kind, span, format!("unknown {what} `{name}`")).help(help)
    };
    match error {
        Error::SerdeUnknownField { field, expected, .. } => unknown("name", field, expected),
        Error::SerdeUnknownVariant { variant, expected, .. } => unknown("word", variant, expected),
        Error::SerdeMissingField { field, .. } => Problem::new(kind, span, format!("`{field}` is missing")),
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            Problem::new(kind, span, format!("`{key}` stands here twice"))
        }
        Error::SerdeInvalidType { unexpected, expected, .. }
        | Error::SerdeInvalidValue { unexpected, expected, .. } => {
            Problem::new(kind, span, format!("expected {expected}, found {unexpected}"))
        }
        Error::Message { msg, .. } => Problem::new(kind, span, first_line(msg)),
        other => Problem::new(kind, span, first_line(&other.to_string())),
    }
}

fn listed(names: &[&'static str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        name: Placed<String>,
        #[serde(default)]
        words: Vec<Placed<Word>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "kebab-case", deny_unknown_fields)]
    enum Word {
        All(Vec<Word>),
        Over(Limit),
    }

    #[derive(Debug, Deserialize)]
    #[serde(try_from = "i64")]
    struct Limit(i64);

    impl TryFrom<i64> for Limit {
        type Error = String;

        fn try_from(value: i64) -> Result<Self, String> {
            if value < 100 { Ok(Self(value)) } else { Err(format!("`{value}` is too much")) }
        }
    }

    fn outcome(text: &str) -> Result<Sample, (String, String, Option<String>)> {
        let map = SourceMap::default();
        let file = map.add("r.yaml", text);
        read::<Sample>(file, text, ProblemKind::Rule)
            .map_err(|problem| (problem.message, map.slice(problem.span), problem.help))
    }

    #[test]
    fn places_are_the_bytes_of_the_value() {
        let text = "# é\nname: é x\nwords:\n  - all:\n    - over: 3\n";
        let map = SourceMap::default();
        let file = map.add("r.yaml", text);
        let sample: Sample = read(file, text, ProblemKind::Rule).unwrap();
        assert_eq!(map.slice(sample.name.span(file)), "é x");
        let Word::All(inner) = &sample.words[0].value else { panic!() };
        assert!(matches!(inner[0], Word::Over(Limit(3))));
    }

    #[test]
    fn mistakes_lie_where_they_are() {
        let fails = |text: &str| outcome(text).unwrap_err();
        let (message, at, help) = fails("name: a\nwodrs: []\n");
        assert_eq!((message.as_str(), at.as_str()), ("unknown name `wodrs`", "wodrs"));
        assert_eq!(help.unwrap(), "did you mean `words`?");
        let (message, at, help) = fails("name: a\nwords:\n  - all:\n    - ovre: 3\n");
        assert_eq!((message.as_str(), at.as_str()), ("unknown word `ovre`", "ovre"));
        assert_eq!(help.unwrap(), "did you mean `over`?");
        let (message, at, _) = fails("name: a\nwords:\n  - all:\n    - over: 300\n");
        assert_eq!((message.as_str(), at.as_str()), ("`300` is too much", "300"));
        assert_eq!(fails("words: []\n").0, "`name` is missing");
        assert_eq!(fails("name: a\nname: b\n").0, "`name` stands here twice");
    }
}
