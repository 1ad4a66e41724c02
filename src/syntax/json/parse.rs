//! The grammar: values, objects, lists, and what a gap may stand for.

use super::canonical;
use super::document::Document;
use crate::source::{Limits, Problem, ProblemKind};
use crate::value::{Entry, Kind, List, ListKind, Name, Number, Symbol, Text, Unknown, Value};
use std::sync::Arc;

/// Why reading stops.
pub(super) enum Stop {
    /// A mistake.
    Problem(Box<Problem>),
    /// The structure depends on a gap.
    Unclear,
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// Reads the whole document.
pub(super) fn document(document: &Document<'_>) -> Result<Value, Problem> {
    let mut parser =
        Parser { document, bytes: document.text.as_bytes(), at: 0, gap: 0, depth: 0, doubt: None };
    let stop = match parser.whole() {
        Ok(value) => return Ok(value),
        Err(stop) => stop,
    };
    let gap = parser.doubt.or_else(|| document.gaps.first().map(|(_, unknown)| *unknown));
    match (stop, gap) {
        (Stop::Unclear, Some(gap)) => Ok(parser.unknown(gap)),
        (Stop::Problem(problem), Some(gap))
            if problem.kind == ProblemKind::Syntax && parser.doubt.is_some() =>
        {
            Ok(parser.unknown(gap))
        }
        (Stop::Problem(problem), _) => Err(*problem),
        (Stop::Unclear, None) => Err(parser.mistake(0, "cannot be read as JSON")),
    }
}

/// Whether an unknown text of this sort certainly holds neither a quote nor a backslash.
fn is_tame(symbol: &Symbol) -> bool {
    match symbol {
        Symbol::Anything | Symbol::AnyText => false,
        Symbol::OwnAccount
        | Symbol::SomeAccount
        | Symbol::AccountOf(_)
        | Symbol::Partition
        | Symbol::Region
        | Symbol::UrlSuffix
        | Symbol::Name
        | Symbol::OwnOrganization => true,
        Symbol::Attribute { attribute, .. } => {
            let attribute = attribute.to_ascii_lowercase();
            ["arn", "id", "name"].iter().any(|ending| attribute.ends_with(ending))
        }
    }
}

/// A reader at a place of a document.
pub(super) struct Parser<'a> {
    pub(super) document: &'a Document<'a>,
    pub(super) bytes: &'a [u8],
    /// The byte to read next.
    pub(super) at: usize,
    /// The gap to meet next.
    gap: usize,
    depth: usize,
    /// The first gap passed that may hold a quote or a bracket: what follows it may not be what it seems.
    doubt: Option<&'a Unknown>,
}

impl<'a> Parser<'a> {
    fn whole(&mut self) -> Result<Value, Stop> {
        let value = self.value()?;
        self.blanks();
        if self.at_gap() {
            return Err(Stop::Unclear);
        }
        if self.peek().is_none() {
            return Ok(value);
        }
        let message = format!("unexpected {} after the document", self.found());
        Err(Stop::from(self.mistake(self.at, message)))
    }

    fn value(&mut self) -> Result<Value, Stop> {
        self.blanks();
        if self.at_gap() {
            let unknown = self.gaps();
            return if matches!(self.peek(), None | Some(b',' | b'}' | b']')) {
                Ok(Value { span: unknown.span, ..Value::new(Kind::Unknown(unknown.clone()), unknown.span) })
            } else {
                Err(Stop::Unclear)
            };
        }
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::list),
            Some(b'"') => {
                let start = self.at;
                let text = self.string()?;
                Ok(Value::text(text, self.document.span(start..self.at)))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Stop>) -> Result<Value, Stop> {
        if self.depth >= Limits::DEFAULT.depth {
            let message = format!("is nested deeper than {} levels and was not read", Limits::DEFAULT.depth);
            let span = self.document.span(self.at..self.at + 1);
            return Err(Stop::from(Problem::new(ProblemKind::Limit, span, message)));
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn list(&mut self) -> Result<Value, Stop> {
        let start = self.at;
        self.at += 1;
        let (mut items, mut open, mut unclear) = (Vec::new(), None, None);
        self.blanks();
        if self.at_gap() || self.peek() != Some(b']') {
            loop {
                self.blanks();
                if self.at_gap() {
                    let gap = self.gaps();
                    let whole = matches!(self.peek(), Some(b',' | b']'));
                    if whole { &mut open } else { &mut unclear }.get_or_insert(gap);
                } else {
                    items.push(self.value()?);
                }
                if self.last(b']', &mut unclear)? {
                    break;
                }
            }
        }
        self.at += 1;
        let span = self.document.span(start..self.at);
        Ok(match unclear {
            Some(unknown) => Value::new(Kind::Unknown(unknown), span),
            None => Value::new(Kind::List(Arc::new(List { kind: ListKind::Tuple, items, open })), span),
        })
    }

    fn object(&mut self) -> Result<Value, Stop> {
        let start = self.at;
        self.at += 1;
        let (mut entries, mut unclear) = (Vec::new(), None);
        self.blanks();
        if self.at_gap() || self.peek() != Some(b'}') {
            loop {
                self.blanks();
                if self.at_gap() {
                    unclear.get_or_insert(self.gaps());
                    if self.peek() == Some(b':') {
                        self.at += 1;
                        self.value()?;
                    }
                } else {
                    entries.push(self.entry(&mut unclear)?);
                }
                if self.last(b'}', &mut unclear)? {
                    break;
                }
            }
        }
        self.at += 1;
        let span = self.document.span(start..self.at);
        Ok(match unclear {
            Some(unknown) => Value::new(Kind::Unknown(unknown), span),
            None => Value::object(entries, span),
        })
    }

    fn entry(&mut self, unclear: &mut Option<Unknown>) -> Result<Entry, Stop> {
        if self.peek() != Some(b'"') {
            let message = format!("expected a name in double quotes, found {}", self.found());
            return Err(Stop::from(self.mistake(self.at, message)));
        }
        let start = self.at;
        let text = self.string()?;
        let name = Name { text, span: self.document.span(start..self.at) };
        self.blanks();
        if self.at_gap() {
            unclear.get_or_insert(self.gaps());
        }
        if self.peek() != Some(b':') {
            let message = format!("expected `:` after a name, found {}", self.found());
            return Err(Stop::from(self.mistake(self.at, message)));
        }
        self.at += 1;
        Ok(Entry { name, value: self.value()? })
    }

    /// Passes what stands between two members; whether `close` (not passed) stands there instead.
    fn last(&mut self, close: u8, unclear: &mut Option<Unknown>) -> Result<bool, Stop> {
        self.blanks();
        if self.at_gap() {
            unclear.get_or_insert(self.gaps());
        }
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            Some(byte) if byte == close => Ok(true),
            Some(_) if unclear.is_some() => Ok(false),
            _ => {
                let message =
                    format!("expected `,` or `{}` after a value, found {}", char::from(close), self.found());
                Err(Stop::from(self.mistake(self.at, message)))
            }
        }
    }

    fn number(&mut self) -> Result<Value, Stop> {
        let start = self.at;
        self.skip(|byte| byte == b'-');
        let whole = self.at;
        let digits = self.skip(|byte| byte.is_ascii_digit());
        let led = digits > 1 && self.bytes.get(whole) == Some(&b'0');
        let mut well = digits > 0 && !led && whole - start < 2;
        let plain = whole == start;
        let mut simple = true;
        if !self.at_gap() && self.peek() == Some(b'.') {
            self.at += 1;
            well &= self.skip(|byte| byte.is_ascii_digit()) > 0;
            simple = false;
        }
        if !self.at_gap() && matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if !self.at_gap() && matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            well &= self.skip(|byte| byte.is_ascii_digit()) > 0;
            simple = false;
        }
        if self.at_gap() {
            return self.value();
        }
        let literal = self.document.text.get(start..self.at).unwrap_or_default();
        let span = self.document.span(start..self.at);
        if !well {
            let message = format!("`{literal}` is not a number in JSON");
            let problem = Problem::new(ProblemKind::Syntax, span, message);
            let led = led.then_some("write it as a text in double quotes, or without the leading zero");
            return Err(Stop::from(Problem { help: led.map(str::to_owned), ..problem }));
        }
        let text = if simple && plain { Some(literal.to_owned()) } else { canonical(literal) };
        let Some(text) = text else {
            let message = format!("the number `{literal}` is too large to be read");
            return Err(Stop::from(Problem::new(ProblemKind::Limit, span, message)));
        };
        Ok(Value::new(Kind::Number(Number::from_canonical(text)), span))
    }

    fn word(&mut self) -> Result<Value, Stop> {
        let start = self.at;
        self.skip(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if self.at > start && self.at_gap() {
            return self.value();
        }
        let word = self.document.text.get(start..self.at).unwrap_or_default();
        let kind = match word {
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            "null" => Kind::Null,
            _ => {
                self.at = start;
                let message = format!("expected a value, found {}", self.found());
                return Err(Stop::from(self.mistake(start, message)));
            }
        };
        Ok(Value::new(kind, self.document.span(start..self.at)))
    }

    /// Passes a run of gaps, blanks, and the letters and digits that cling to them; one unknown for all of it.
    fn gaps(&mut self) -> Unknown {
        let mut found: Option<Unknown> = None;
        loop {
            if self.at_gap() {
                let unknown = self.take_gap().inspect(|gap| self.doubt = self.doubt.or(Some(gap))).cloned();
                match &mut found {
                    Some(first) => first.symbol = Symbol::Anything,
                    None => found = unknown,
                }
            } else if self.skip(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')) > 0
            {
                if let Some(first) = &mut found {
                    first.symbol = Symbol::Anything;
                }
            } else {
                let before = self.at;
                self.blanks();
                if self.at == before && !self.at_gap() {
                    break;
                }
            }
        }
        found.unwrap_or_else(|| Unknown {
            reason: crate::value::Reason::NotEvaluated,
            name: Arc::from(""),
            span: self.document.span(self.at..self.at),
            symbol: Symbol::Anything,
        })
    }

    /// The whole document, of which only a gap is known to lie in it.
    fn unknown(&self, gap: &Unknown) -> Value {
        let span = self.document.span(0..self.document.text.len());
        Value::new(Kind::Unknown(Unknown { symbol: Symbol::Anything, ..gap.clone() }), span)
    }

    fn take_gap(&mut self) -> Option<&'a Unknown> {
        self.gap += 1;
        self.document.gaps.get(self.gap - 1).map(|(_, unknown)| *unknown)
    }

    /// Where the next gap lies.
    pub(super) fn next_gap(&self) -> usize {
        self.document.gaps.get(self.gap).map_or(usize::MAX, |(offset, _)| *offset)
    }

    pub(super) fn at_gap(&self) -> bool {
        self.next_gap() == self.at
    }

    /// Passes a gap inside a string.
    pub(super) fn gap_text(&mut self) -> Text {
        let Some(unknown) = self.take_gap() else { return Text::default() };
        if !is_tame(&unknown.symbol) {
            self.doubt = self.doubt.or(Some(unknown));
        }
        Text::unknown(unknown.clone())
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Passes bytes of a sort, not over a gap; how many.
    fn skip(&mut self, sort: impl Fn(u8) -> bool) -> usize {
        let start = self.at;
        let end = self.next_gap().min(self.bytes.len());
        let rest = self.bytes.get(start..end).unwrap_or_default();
        self.at += rest.iter().position(|byte| !sort(*byte)).unwrap_or(rest.len());
        self.at - start
    }

    fn blanks(&mut self) {
        self.skip(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'\r'));
    }

    /// What stands here, for a message.
    fn found(&self) -> String {
        let rest = self.document.text.get(self.at..).unwrap_or_default();
        let word = rest.bytes().take(24).take_while(u8::is_ascii_alphanumeric).count();
        match (rest.get(..word).filter(|word| !word.is_empty()), rest.chars().next()) {
            (Some(word), _) => format!("`{word}`"),
            (None, Some(character)) => format!("`{character}`"),
            (None, None) => "the end of the text".to_owned(),
        }
    }

    /// A mistake at `start`, with advice where what stands there is a known habit.
    pub(super) fn mistake(&self, start: usize, message: impl Into<String>) -> Problem {
        let rest = self.document.text.get(start..).unwrap_or_default();
        let word = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let length = if word > 0 { word } else { rest.chars().next().map_or(0, char::len_utf8) };
        let problem = Problem::new(ProblemKind::Syntax, self.document.span(start..start + length), message);
        let after_comma = self.document.text.get(..start).unwrap_or_default().trim_end().ends_with(',');
        let lower = rest.get(..word).unwrap_or_default().to_ascii_lowercase();
        match rest.as_bytes() {
            [b']' | b'}', ..] if after_comma => problem.help("remove the comma before it"),
            [b'\'', ..] => problem.help("write texts in double quotes"),
            [b'/' | b'#', ..] => problem.help("remove the comment: JSON has none"),
            _ if matches!(lower.as_str(), "true" | "false" | "null") => {
                problem.help(format!("did you mean `{lower}`"))
            }
            _ => problem,
        }
    }
}
