//! From events to trees, without recursion.

use super::mapping::Members;
use super::scalar::{self, Tagged};
use super::{Stream, place, plain};
use crate::source::{FileId, Limits, Problem, ProblemKind, Span};
use crate::value::{Entry, Kind, List, ListKind, Name, Reason, Symbol, Text, Unknown, Value};
use granit_parser::{
    ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, StructureStyle, Tag, options,
};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// A finished node, and how much it is.
#[derive(Clone)]
pub(super) struct Node {
    pub value: Value,
    /// Nodes in it, those behind aliases counted each time.
    pub nodes: usize,
    /// Levels in it.
    pub height: usize,
}

/// A mapping or sequence that is not finished.
struct Open {
    start: Span,
    flow: bool,
    anchor: usize,
    tag: Option<Name>,
    nodes: usize,
    height: usize,
    what: What,
}

enum What {
    List(Vec<Value>),
    Map(Members),
}

/// Reads every document.
pub(super) fn stream(file: FileId, text: &str) -> Stream {
    plain_stream(file, text).unwrap_or_else(|| any_stream(file, text))
}

/// The same, if the text has nothing in it but what is common.
pub(super) fn plain_stream(file: FileId, text: &str) -> Option<Stream> {
    let mut builder = Builder::new(file, text);
    plain::read(text, &mut builder)?;
    Some(builder.stream)
}

/// The same, whatever it has in it.
pub(super) fn any_stream(file: FileId, text: &str) -> Stream {
    let (mut parser, mut builder) = (parser(text), Builder::new(file, text));
    while let Some(parsed) = parser.next_event() {
        let failed = parsed.is_err();
        let refused = !builder.take(parsed);
        if refused {
            builder.abandon();
        }
        if (failed || refused) && !matches!(parser.proceed_next_document(), Ok(true)) {
            break;
        }
    }
    builder.stream
}

fn parser(text: &str) -> Parser<'_, StrInput<'_>> {
    let depth = Limits::DEFAULT.depth;
    let options = options! {
        emit_unresolved_aliases: true,
        // Banners of any length are common; the comments are kept anyway.
        max_buffered_comment_events: usize::MAX,
        flow_nesting_limit: depth,
        block_nesting_limit: depth,
    };
    Parser::new_from_str_with_options(text, options)
}

pub(super) struct Builder<'a> {
    file: FileId,
    text: &'a str,
    stream: Stream,
    open: Vec<Open>,
    root: Option<Value>,
    in_document: bool,
    anchors: FxHashMap<usize, Node>,
    /// Nodes that aliases may still expand to.
    budget: usize,
}

impl<'a> Builder<'a> {
    fn new(file: FileId, text: &'a str) -> Self {
        Self {
            file,
            text,
            stream: Stream::default(),
            open: Vec::new(),
            root: None,
            in_document: false,
            anchors: FxHashMap::default(),
            budget: Limits::DEFAULT.alias_nodes,
        }
    }

    /// Takes what the parser gives; false when the document cannot be read further though the parser could.
    fn take(&mut self, parsed: Result<(Event<'_>, granit_parser::Span), ScanError>) -> bool {
        match parsed {
            Ok((event, span)) => self.event(event, span),
            Err(error) => {
                self.error(&error);
                self.abandon();
                true
            }
        }
    }

    /// Takes one event; false when the document cannot be read further.
    fn event(&mut self, event: Event<'_>, at: granit_parser::Span) -> bool {
        let span = self.span(at);
        match event {
            Event::DocumentStart(..) => self.start_document(),
            Event::DocumentEnd => self.finish_document(),
            Event::Comment(..) => self.stream.comments.push(span),
            Event::Scalar(value, style, anchor, tag) => {
                let tag = tag.as_deref().map(|tag| (Tagged::of(tag), self.tag_span(at)));
                self.scalar((&value, style), span, anchor, tag);
            }
            Event::Alias(id) => self.alias(id, span),
            Event::UnresolvedAlias(name) => self.no_anchor(&name, span),
            Event::SequenceStart(style, anchor, tag) => {
                return self.start(
                    What::List(Vec::new()),
                    (style, span),
                    anchor,
                    self.local(tag.as_deref(), at),
                );
            }
            Event::MappingStart(style, anchor, tag) => {
                let tag = self.local(tag.as_deref(), at);
                return self.start(What::Map(Members::default()), (style, span), anchor, tag);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span, None),
            _ => {}
        }
        true
    }

    fn span(&self, at: granit_parser::Span) -> Span {
        Span::new(self.file, at.byte_range().unwrap_or_default())
    }

    fn tag_span(&self, at: granit_parser::Span) -> Span {
        let start = self.span(at);
        at.tag_span().map_or(Span { end: start.start, ..start }, |tag| self.span(tag))
    }

    /// A tag that is not of YAML itself, as a name.
    fn local(&self, tag: Option<&Tag>, at: granit_parser::Span) -> Option<Name> {
        match Tagged::of(tag?) {
            Tagged::Local(tag) => Some(local_name(&tag, self.tag_span(at))),
            Tagged::Core(_) => None,
        }
    }

    /// Takes the start of a document.
    pub(super) fn start_document(&mut self) {
        self.in_document = true;
    }

    /// Takes a comment.
    pub(super) fn comment(&mut self, at: Range<usize>) {
        self.stream.comments.push(Span::new(self.file, at));
    }

    /// Takes a scalar without anchor, perhaps with a tag that is not of YAML itself.
    pub(super) fn text(&mut self, written: (&str, ScalarStyle), at: Range<usize>, tag: Option<Range<usize>>) {
        let text = self.text;
        let tag = tag.map(|at| {
            let written = text.get(at.clone()).unwrap_or_default();
            (Tagged::Local(written.into()), Span::new(self.file, at))
        });
        self.scalar(written, Span::new(self.file, at), 0, tag);
    }

    /// Takes the start of a mapping or list, alike; false when it nests too deep.
    pub(super) fn collection(
        &mut self,
        list: bool,
        style: StructureStyle,
        at: Range<usize>,
        tag: Option<Range<usize>>,
    ) -> bool {
        let what = if list { What::List(Vec::new()) } else { What::Map(Members::default()) };
        let tag = tag.map(|at| {
            let written = self.text.get(at.clone()).unwrap_or_default();
            local_name(written, Span::new(self.file, at))
        });
        self.start(what, (style, Span::new(self.file, at)), 0, tag)
    }

    /// Takes the end of the innermost mapping or list.
    pub(super) fn end_collection(&mut self, at: Range<usize>) {
        self.end(Span::new(self.file, at), None);
    }

    fn scalar(
        &mut self,
        written: (&str, ScalarStyle),
        span: Span,
        anchor: usize,
        tag: Option<(Tagged<'_>, Span)>,
    ) {
        let (value, style) = written;
        let source = self.text.get(span.range()).unwrap_or_default();
        let as_text = || place::text(value, style, source, span);
        let merges = value == "<<" && style == ScalarStyle::Plain && tag.is_none();
        let (local, core) = match tag {
            Some((Tagged::Local(tag), at)) => (Some(local_name(&tag, at)), None),
            Some((Tagged::Core(tag), _)) => (None, Some(tag)),
            None => (None, None),
        };
        let empty = span.is_empty() && style == ScalarStyle::Plain;
        let span = place::trimmed(style, source, span);
        let kind = match (&local, core) {
            (Some(_), _) | (_, Some("str")) => Kind::Text(if empty { Text::default() } else { as_text() }),
            (None, None) if style != ScalarStyle::Plain => Kind::Text(as_text()),
            (None, None) => scalar::resolve(value).unwrap_or_else(|| Kind::Text(as_text())),
            (None, Some(core)) => scalar::as_tagged(value, core).unwrap_or_else(|| {
                let message = format!("`{value}` is not what its tag `!!{core}` says");
                keep(&mut self.stream.problems, Problem::new(ProblemKind::Syntax, span, message));
                Kind::Text(as_text())
            }),
        };
        let mut node = Node { value: Value::new(kind, span), nodes: 1, height: 0 };
        if let Some(name) = local {
            node = tagged(node, name);
        }
        self.anchor(anchor, &node);
        self.put(node, merges);
    }

    fn alias(&mut self, id: usize, span: Span) {
        let name = self.text.get(span.range()).unwrap_or_default().to_owned();
        let Some(node) = self.anchors.get(&id) else {
            // An alias inside its own anchor: a tree without end.
            let message = format!("the alias `{name}` stands inside what it means");
            self.unknown(ProblemKind::Syntax, Reason::InError, (&name, span), message);
            return;
        };
        let depth = self.open.len() + node.height;
        if node.nodes > self.budget || depth > Limits::DEFAULT.depth {
            let most = Limits::DEFAULT.alias_nodes;
            let message = format!(
                "the alias `{name}` was not expanded: aliases here make more than {most} values or nest too deep"
            );
            self.budget = 0;
            self.unknown(ProblemKind::Limit, Reason::Limit, (&name, span), message);
            return;
        }
        self.budget -= node.nodes;
        let mut node = node.clone();
        node.value = node.value.via(span, format!("through the alias `{name}`"));
        self.put(node, false);
    }

    fn no_anchor(&mut self, name: &str, span: Span) {
        let message = format!("there is no anchor `&{name}` before this alias");
        self.unknown(ProblemKind::Syntax, Reason::InError, (&format!("*{name}"), span), message);
    }

    /// Puts an unknown in the place of an alias and says why; each limit is said once.
    fn unknown(&mut self, kind: ProblemKind, reason: Reason, at: (&str, Span), message: String) {
        let (name, span) = at;
        let said = kind == ProblemKind::Limit
            && self.stream.problems.iter().any(|problem| problem.kind == ProblemKind::Limit);
        if !said {
            keep(&mut self.stream.problems, Problem::new(kind, span, message));
        }
        self.put(Node { value: Value::unknown(reason, name, span), nodes: 1, height: 0 }, false);
    }

    fn start(&mut self, what: What, at: (StructureStyle, Span), anchor: usize, tag: Option<Name>) -> bool {
        let (style, start) = at;
        if self.open.len() >= Limits::DEFAULT.depth {
            let most = Limits::DEFAULT.depth;
            let message = format!("is nested deeper than {most} levels and was not read further");
            self.stream.problems.push(Problem::new(ProblemKind::Limit, start, message));
            return false;
        }
        let flow = style == StructureStyle::Flow;
        self.open.push(Open { start, flow, anchor, tag, nodes: 1, height: 0, what });
        true
    }

    /// Finishes the innermost mapping or sequence; with `rest`, more may follow that could not be read.
    fn end(&mut self, end: Span, rest: Option<Unknown>) {
        let Some(open) = self.open.pop() else { return };
        let broken = rest.is_some();
        let (kind, inner) = match open.what {
            What::List(items) => {
                let inner = cover(items.first().map(|item| item.span), items.last().map(|item| item.span));
                (Kind::List(Arc::new(List { kind: ListKind::Tuple, items, open: rest })), inner)
            }
            What::Map(members) => {
                let inner = members.span();
                (members.finish(rest, &mut self.stream.problems), inner)
            }
        };
        let span = match inner {
            _ if open.flow && !broken => open.start.cover(end),
            Some(inner) if open.flow => open.start.cover(inner),
            Some(inner) => inner,
            None => open.start,
        };
        let mut node = Node { value: Value::new(kind, span), nodes: open.nodes, height: open.height + 1 };
        if let Some(tag) = open.tag {
            node = tagged(node, tag);
        }
        self.anchor(open.anchor, &node);
        self.put(node, false);
    }

    fn anchor(&mut self, anchor: usize, node: &Node) {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
    }

    /// Puts a finished node into the mapping or sequence that it stands in.
    fn put(&mut self, node: Node, merges: bool) {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node.value);
            return;
        };
        open.nodes = open.nodes.saturating_add(node.nodes);
        open.height = open.height.max(node.height);
        match &mut open.what {
            What::List(items) => items.push(node.value),
            What::Map(members) => members.put(node.value, merges, self.text, &mut self.stream.problems),
        }
    }

    pub(super) fn finish_document(&mut self) {
        if let Some(root) = self.root.take() {
            self.stream.documents.push(root);
        }
        self.in_document = false;
        self.anchors.clear();
    }

    fn error(&mut self, error: &ScanError) {
        let at = error.marker().byte_offset().unwrap_or(0);
        let at = self.text.floor_char_boundary(at);
        let at = if error.info().contains("tab") { self.tab(at) } else { at };
        let length = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let kind = match error.kind() {
            ErrorKind::RecursionLimitExceeded => ProblemKind::Limit,
            _ => ProblemKind::Syntax,
        };
        let span = Span::new(self.file, at..at + length);
        self.stream.problems.push(Problem::new(kind, span, message(&error.info())));
    }

    /// The tab that the parser means when it stops at `at`: it says what stands behind the tab of an indentation, or where
    /// the scalar starts that a tab follows.
    fn tab(&self, at: usize) -> usize {
        let (before, after) = self.text.as_bytes().split_at_checked(at).unwrap_or_default();
        let indentation = before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t'));
        let behind =
            indentation.enumerate().filter(|(_, byte)| **byte == b'\t').map(|(back, _)| at - back - 1);
        let ahead = || memchr::memchr(b'\t', after).map(|ahead| at + ahead);
        behind.last().or_else(ahead).unwrap_or(at)
    }

    /// Keeps what was read of a broken document, with everything unfinished left open.
    fn abandon(&mut self) {
        let reported = self.stream.problems.last();
        let span = reported.map_or(Span::start_of(self.file), |problem| problem.span);
        let limit = reported.is_some_and(|problem| problem.kind == ProblemKind::Limit);
        let reason = if limit { Reason::Limit } else { Reason::InError };
        while !self.open.is_empty() {
            let name = "the rest of the document".into();
            let rest = Unknown { reason, name, span, symbol: Symbol::Anything };
            self.end(span, Some(rest));
        }
        self.finish_document();
    }
}

/// The parser's sentence in our style: what it quotes stands in backticks.
fn message(info: &str) -> String {
    const APOSTROPHE: char = '\u{0}';
    let kept = info.replace("n't ", &format!("n{APOSTROPHE}t "));
    kept.replace('\'', "`").replace(APOSTROPHE, "'")
}

/// Keeps a mistake, unless there are a thousand of them already: that file is no YAML at all, or hostile.
pub(super) fn keep(problems: &mut Vec<Problem>, problem: Problem) {
    if problems.len() < 1000 {
        problems.push(problem);
    }
}

fn local_name(tag: &str, span: Span) -> Name {
    Name { text: Text::verbatim(tag, span), span }
}

/// `!Name value` as the mapping `{"!Name": value}`.
fn tagged(node: Node, name: Name) -> Node {
    let span = name.span.cover(node.value.span);
    let value = Value::object(vec![Entry { name, value: node.value }], span);
    Node { value, nodes: node.nodes.saturating_add(1), height: node.height + 1 }
}

pub(super) fn cover(first: Option<Span>, last: Option<Span>) -> Option<Span> {
    Some(first?.cover(last?))
}
