//! TOML with the place of every name and value.
//!
//! For files of settings that other tools own (`samconfig.toml`). The grammar is the toml crate's, which never leaves
//! this file and bounds its own depth. What is easy to get wrong: a text with escapes has the whole token as its place.

use crate::source::{FileId, Problem, ProblemKind, Span};
use crate::value::{Entry, Kind, Name, Number, Text, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads a TOML file; dates stay texts.
///
/// # Errors
/// The first mistake, with its place.
pub fn parse(file: FileId, text: &str) -> Result<Value, Problem> {
    let reader = Reader { file, text };
    match DeTable::parse(text) {
        Ok(table) => Ok(reader.table(table.get_ref(), Span::new(file, 0..text.len()))),
        Err(error) => {
            let at = error.span().unwrap_or_default();
            Err(Problem::new(ProblemKind::Syntax, Span::new(file, at), error.message().to_lowercase()))
        }
    }
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
}

impl Reader<'_> {
    fn table(&self, table: &DeTable<'_>, span: Span) -> Value {
        let mut entries = Vec::with_capacity(table.len());
        for (name, value) in table {
            let at = Span::new(self.file, name.span());
            let name = Name { text: self.token(name.get_ref(), at), span: at };
            entries.push(Entry { name, value: self.value(value) });
        }
        entries.sort_by_key(|entry| entry.name.span.start);
        Value::object(entries, span)
    }

    fn value(&self, value: &Spanned<DeValue<'_>>) -> Value {
        let span = Span::new(self.file, value.span());
        let kind = match value.get_ref() {
            DeValue::String(text) => Kind::Text(self.token(text, span)),
            DeValue::Boolean(truth) => Kind::Bool(*truth),
            DeValue::Integer(number) if number.radix() == 10 => {
                Kind::Number(Number::from_canonical(number.as_str().trim_start_matches('+')))
            }
            DeValue::Array(items) => {
                return Value::tuple(items.iter().map(|item| self.value(item)).collect(), span);
            }
            DeValue::Table(table) => return self.table(table, span),
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => {
                Kind::Text(Text::verbatim(self.text.get(span.range()).unwrap_or_default(), span))
            }
        };
        Value::new(kind, span)
    }

    /// A text by its token: bare, in quotes, or with escapes.
    fn token(&self, decoded: &str, span: Span) -> Text {
        let written = self.text.get(span.range()).unwrap_or_default();
        for quotes in [0, 1, 3] {
            let inside = quotes..written.len().saturating_sub(quotes);
            if written.get(inside.clone()) == Some(decoded) {
                let base = span.range().start;
                return Text::verbatim(decoded, Span::new(self.file, base + inside.start..base + inside.end));
            }
        }
        Text::made(decoded, span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn names_and_values_have_places() {
        let map = SourceMap::default();
        let text = "version = 0.1\n[default.deploy.parameters]\nlist = [\"A=b\", 'C']\n\"q d\" = \"x\\ty\"\nn = 12\n";
        let value = parse(map.add("samconfig.toml", text), text).unwrap();
        let inner = value.get("default").and_then(|it| it.get("deploy")?.get("parameters")).unwrap();
        let list = inner.get("list").and_then(Value::as_list).unwrap();
        let first = list.items[0].as_text().unwrap();
        assert_eq!(map.slice(first.span(2..3).unwrap()), "b");
        assert_eq!(map.slice(list.items[1].span), "'C'");
        let escaped = inner.get("q d").unwrap();
        assert_eq!((escaped.as_str(), map.slice(escaped.span)), (Some("x\ty"), "\"x\\ty\"".to_owned()));
        assert_eq!(inner.get("n").unwrap().kind, Kind::Number(Number::from(12)));
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let map = SourceMap::default();
        let text = "a = \n";
        let problem = parse(map.add("x.toml", text), text).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Syntax);
        assert!(problem.span.start >= 3, "{problem:?}");
        assert!(parse(map.add("y.toml", ""), &"a=[".repeat(100_000)).is_err());
    }
}
