//! Walking collections: `for`, splats, whole collections of occurrences.
//!
//! Maps and objects are walked in the order of their keys, as Terraform does. What is easy to get wrong: a filter
//! that cannot be decided leaves the result open; it does not drop the element.

use super::choice::{assume, join, stops_terraform};
use super::expr::{as_unknown, object_key};
use super::scope::{Bound, Node, Repetition, Scope};
use super::step::key_text;
use super::{Eval, Outcome};
use crate::input::terraform::types::{self, Type};
use crate::source::{Limits, Problem, ProblemKind, Span};
use crate::syntax::hcl::{For, Ident, Splat, Traverse};
use crate::value::{Branch, Entry, Kind, List, ListKind, Map, MapKind, Number, Reason, Text, Unknown, Value};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What can be walked: keys and elements.
pub(in super::super) struct Elements {
    /// Keys and elements in order.
    pub items: Vec<(Value, Node)>,
    /// Set when more may follow that are not known.
    pub open: Option<Unknown>,
}

/// What a `for` has gathered so far.
#[derive(Default)]
struct Gathered {
    values: Vec<Value>,
    entries: Vec<Entry>,
    index: FxHashMap<String, usize>,
    open: Option<Unknown>,
}

impl Eval<'_> {
    /// The elements of a collection.
    pub(super) fn elements(&self, node: &Node, span: Span) -> Result<Elements, Problem> {
        match node {
            Node::Resources(_, _, repeat) | Node::Modules(_, _, repeat) => {
                let items = repeat.occurrences.iter().enumerate().map(|(at, occurrence)| {
                    let key = match &occurrence.repetition {
                        Repetition::Count(key) | Repetition::Each(key, _) | Repetition::Any(key) => {
                            key.clone()
                        }
                        Repetition::None => Value::null(span),
                    };
                    (key, self.occurrence(node, at))
                });
                let open = repeat.doubt.as_ref().and_then(|doubt| as_unknown(&doubt.value));
                Ok(Elements { items: items.collect(), open })
            }
            Node::Value(value) => elements_of(value, span),
            other => {
                let value = self.force(other.clone(), span)?;
                elements_of(&value, span)
            }
        }
    }

    /// `[for …]` and `{for …}`.
    pub(super) fn comprehension(&self, each: &For, span: Span, scope: Scope<'_>) -> Outcome {
        match self.node(&each.source, scope)? {
            Node::Value(source) => self.distribute(&[source], span, &mut |values| match values {
                [source] => {
                    let mut gathered = self.gather(each, &Node::Value(source.clone()), span, scope)?;
                    gathered.secret |= source.secret;
                    // What made the source empty made the result so.
                    if gathered.is_empty() {
                        gathered.trail = source.trail.clone();
                    }
                    Ok(gathered)
                }
                _ => Ok(Value::null(span)),
            }),
            node => self.gather(each, &node, span, scope),
        }
    }

    fn gather(&self, each: &For, source: &Node, span: Span, scope: Scope<'_>) -> Outcome {
        if let Node::Value(Value { kind: Kind::Unknown(unknown), .. }) = source {
            return Ok(open_result(each, unknown.clone(), span));
        }
        let elements = self.elements(source, each.source.span)?;
        if elements.items.is_empty() && elements.open.is_none() {
            self.check_filter(each, scope)?;
        }
        let mut gathered = Gathered { open: elements.open, ..Gathered::default() };
        for (key, element) in elements.items {
            let names = (each.key_name.as_ref(), &each.value_name);
            bound(names, key, element, scope, &mut |scope| self.turn(each, &mut gathered, scope))?;
        }
        Ok(gathered.finish(each, span))
    }

    /// The filter of a `for` that has nothing to filter: Terraform evaluates it all the same, once, for something that is
    /// not known, and refuses what can be no filter.
    fn check_filter(&self, each: &For, scope: Scope<'_>) -> Result<(), Problem> {
        let Some(condition) = &each.condition else { return Ok(()) };
        let any = |name: &Ident| Value::unknown(Reason::NotEvaluated, &*name.text, name.span);
        let key = each.key_name.as_ref().unwrap_or(&each.value_name);
        let names = (each.key_name.as_ref(), &each.value_name);
        let doubt = self.doubt.get();
        let outcome = bound(names, any(key), Node::Value(any(&each.value_name)), scope, &mut |scope| {
            let holds = self.expr(condition, scope.strict())?;
            if holds.is_null() || types::convert(&holds, &Type::Bool).is_err() {
                let message = "the filter of a `for` is neither true nor false";
                return Err(Problem::new(ProblemKind::Evaluation, condition.span, message));
            }
            Ok(())
        });
        self.doubt.set(doubt);
        outcome.or_else(|problem| if stops_terraform(&problem) { Err(problem) } else { Ok(()) })
    }

    /// One turn of a `for`.
    fn turn(&self, each: &For, gathered: &mut Gathered, scope: Scope<'_>) -> Result<(), Problem> {
        if let Some(condition) = &each.condition {
            let holds = self.expr(condition, scope)?;
            match (types::truth(&holds), as_unknown(&holds)) {
                (Some(true), _) => {}
                (Some(false), _) => return Ok(()),
                (None, Some(unknown)) => {
                    gathered.open = Some(unknown);
                    return Ok(());
                }
                (None, None) => {
                    let message = "the filter of a `for` is neither true nor false";
                    return Err(Problem::new(ProblemKind::Evaluation, condition.span, message));
                }
            }
        }
        let Some(key) = &each.key else {
            gathered.values.push(self.element(&each.value, scope)?);
            return Ok(());
        };
        let name = object_key(&self.expr(key, scope)?)?;
        let value = self.element(&each.value, scope)?;
        let put = gathered.put(Entry { name, value }, each.group, key.span);
        match put {
            // A key that is there twice leaves the type what it is.
            Err(problem) if self.looking.get() > 0 => {
                self.report(problem);
                Ok(())
            }
            put => put,
        }
    }

    /// `source[*].each` and `source.*.each`.
    pub(super) fn splat(&self, splat: &Splat, span: Span, scope: Scope<'_>) -> Outcome {
        let node = self.faultless(|| self.node(&splat.source, scope))?;
        match node {
            Node::Value(source) => self.distribute(&[source], span, &mut |values| match values {
                [source] => self.splat_value(source, &splat.each, span, scope),
                _ => Ok(Value::null(span)),
            }),
            node @ (Node::Resources(..) | Node::Modules(..)) => {
                self.splat_occurrences(&node, splat, span, scope)
            }
            node @ (Node::Resource(..) | Node::Module(_)) => {
                let item = self.each_step(node, &splat.each, span, scope)?;
                Ok(Value::tuple(vec![item], span))
            }
            Node::Space(_) => Err(super::step::incomplete(splat.source.span)),
        }
    }

    fn splat_value(&self, source: &Value, each: &[Traverse], span: Span, scope: Scope<'_>) -> Outcome {
        match &source.kind {
            Kind::Null
                if matches!(source.of.as_deref(), Some(Type::List(_) | Type::Set(_) | Type::Tuple(_))) =>
            {
                Err(Problem::new(
                    ProblemKind::Evaluation,
                    span,
                    "a list that is null has no elements to take",
                ))
            }
            Kind::Null => Ok(Value::tuple(Vec::new(), span)),
            Kind::Unknown(unknown) => Ok(open_tuple(Vec::new(), Some(unknown.clone()), span)),
            Kind::List(list) => {
                let mut items = Vec::with_capacity(list.items.len());
                for item in &list.items {
                    let mut item = item.clone();
                    super::inherit(&mut item, &source.trail);
                    items.push(self.each_step(Node::Value(item), each, span, scope)?);
                }
                // Of a list or set comes a list.
                let kind = if list.kind == ListKind::Tuple { ListKind::Tuple } else { ListKind::List };
                let inner = each.iter().any(|step| matches!(step, Traverse::Splat(_)));
                if kind == ListKind::List && inner && !types::are_alike(&items) {
                    let message = "of the elements of this list come values of different types";
                    return Err(Problem::new(ProblemKind::Evaluation, span, message));
                }
                let empty = kind == ListKind::List && items.is_empty() && list.open.is_none();
                let of = if empty { self.type_of_none(source, each, span, scope)? } else { Type::Any };
                let list = List { kind, items, open: list.open.clone() };
                Ok(Value::new(Kind::List(Arc::new(list)), span).of_type(of))
            }
            _ => {
                let item = self.each_step(Node::Value(source.clone()), each, span, scope)?;
                Ok(Value::tuple(vec![item], span))
            }
        }
    }

    /// The type of what a splat makes of a list without elements: the steps must be possible all the same.
    fn type_of_none(
        &self,
        source: &Value,
        each: &[Traverse],
        span: Span,
        scope: Scope<'_>,
    ) -> Result<Type, Problem> {
        let of = types::element_of(&types::type_of(source, Limits::DEFAULT.depth));
        if each.is_empty() {
            return Ok(types::sequence_of(ListKind::List, of));
        }
        let any = Value::unknown(Reason::NotEvaluated, "an element", span).of_type(of);
        let doubt = self.doubt.get();
        let item = self.each_step(Node::Value(any), each, span, scope);
        self.doubt.set(doubt);
        let of = types::type_of(&item?, Limits::DEFAULT.depth);
        Ok(types::sequence_of(ListKind::List, of))
    }

    /// A splat over occurrences: where their number is not known, the alternatives.
    fn splat_occurrences(&self, node: &Node, splat: &Splat, span: Span, scope: Scope<'_>) -> Outcome {
        let (Node::Resources(_, _, repeat) | Node::Modules(_, _, repeat)) = node else {
            return Ok(Value::null(span));
        };
        let step = |at: usize| self.each_step(self.occurrence(node, at), &splat.each, span, scope);
        let items = (0..repeat.occurrences.len()).map(step).collect::<Result<Vec<_>, _>>()?;
        let Some(doubt) = &repeat.doubt else { return Ok(Value::tuple(items, span)) };
        let first = |number: usize| Value::tuple(items.iter().take(number).cloned().collect(), span);
        match &doubt.value.kind {
            Kind::OneOf(cases) if doubt.counted => {
                let branches = cases.iter().filter_map(|case| {
                    let number = key_text(&case.value)?.parse().ok()?;
                    Some(Branch { when: case.when.clone(), value: first(number) })
                });
                Ok(join(branches.collect(), span))
            }
            _ => {
                let exists = format!("{} exists", self.source_text(splat.source.span));
                let open = as_unknown(&doubt.value);
                let [(_, when), (_, never)] = assume(&self.qualified(exists, scope), span);
                let some = Branch { when, value: open_tuple(items, open, span) };
                Ok(join(vec![some, Branch { when: never, value: Value::tuple(Vec::new(), span) }], span))
            }
        }
    }

    fn each_step(&self, node: Node, steps: &[Traverse], span: Span, scope: Scope<'_>) -> Outcome {
        let mut node = node;
        for step in steps {
            node = match step {
                Traverse::Splat(inner) => {
                    let source = self.force(node, span)?;
                    Node::Value(self.distribute(&[source], span, &mut |values| match values {
                        [source] => self.splat_value(source, inner, span, scope),
                        _ => Ok(Value::null(span)),
                    })?)
                }
                Traverse::Attr(name) => self.attribute_of(node, name, span, scope)?,
                Traverse::Index(index) => {
                    let index = self.expr(index, scope)?;
                    self.index_of(node, &index, span, scope)?
                }
            };
        }
        self.force(node, span)
    }

    /// All occurrences as one value: a tuple for `count`, an object for `for_each`.
    pub(super) fn whole_collection(&self, node: &Node, span: Span) -> Outcome {
        let elements = self.elements(node, span)?;
        let counted = elements.items.iter().all(|(key, _)| matches!(key.kind, Kind::Number(_)));
        let mut values = Vec::with_capacity(elements.items.len());
        for (key, element) in elements.items {
            values.push((key, self.force(element, span)?));
        }
        if counted {
            let items = values.into_iter().map(|(_, value)| value).collect();
            return Ok(open_tuple(items, elements.open, span));
        }
        let entries = values.into_iter().map(|(key, value)| Ok(Entry { name: object_key(&key)?, value }));
        let entries = entries.collect::<Result<_, Problem>>()?;
        let map = Map { kind: MapKind::Object, entries, open: elements.open };
        Ok(Value::new(Kind::Map(Arc::new(map)), span))
    }
}

/// The elements of an evaluated collection; the elements inherit the collection's trail.
fn elements_of(value: &Value, span: Span) -> Result<Elements, Problem> {
    let moved = |item: &Value| {
        let mut item = item.clone();
        super::inherit(&mut item, &value.trail);
        item.secret |= value.secret;
        Node::Value(item)
    };
    match &value.kind {
        Kind::List(list) => {
            let items = list.items.iter().enumerate().map(|(at, item)| {
                let key = match list.kind {
                    ListKind::Set => item.clone(),
                    _ => Value::new(
                        Kind::Number(Number::from(i64::try_from(at).unwrap_or(i64::MAX)).of_bits(64)),
                        item.span,
                    ),
                };
                (key, moved(item))
            });
            Ok(Elements { items: items.collect(), open: list.open.clone() })
        }
        Kind::Map(map) => {
            let mut sorted: Vec<(String, &Entry)> =
                map.entries.iter().map(|entry| (entry.name.text.shown(), entry)).collect();
            // Stable: of a name that stands twice the last one counts.
            sorted.sort_by(|one, two| one.0.cmp(&two.0));
            sorted.reverse();
            sorted.dedup_by(|later, earlier| later.0 == earlier.0);
            sorted.reverse();
            let items = sorted.into_iter().map(|(_, entry)| {
                (Value::text(entry.name.text.clone(), entry.name.span), moved(&entry.value))
            });
            Ok(Elements { items: items.collect(), open: map.open.clone() })
        }
        Kind::Unknown(unknown) if !value.of.as_ref().is_some_and(|of| of.is_primitive()) => {
            Ok(Elements { items: Vec::new(), open: Some(unknown.clone()) })
        }
        Kind::OneOf(_) => Ok(Elements { items: Vec::new(), open: as_unknown(value) }),
        Kind::Null => Err(Problem::new(ProblemKind::Evaluation, span, "a null value cannot be walked")),
        _ => {
            let message = "this is not a collection, so it cannot be walked";
            Err(Problem::new(ProblemKind::Evaluation, span, message))
        }
    }
}

impl Gathered {
    fn put(&mut self, entry: Entry, group: bool, span: Span) -> Result<(), Problem> {
        let Some(known) = entry.name.text.known() else {
            self.entries.push(entry);
            return Ok(());
        };
        let Some(&at) = self.index.get(&known) else {
            self.index.insert(known, self.entries.len());
            let span = entry.value.span;
            let value = if group { Value::tuple(vec![entry.value], span) } else { entry.value };
            self.entries.push(Entry { name: entry.name, value });
            return Ok(());
        };
        if !group {
            let message = format!("the `for` gives the key `{known}` twice");
            let help = "add `...` behind the value to gather all values of a key";
            return Err(Problem::new(ProblemKind::Evaluation, span, message).help(help));
        }
        if let Some(Kind::List(list)) = self.entries.get_mut(at).map(|entry| &mut entry.value.kind) {
            Arc::make_mut(list).items.push(entry.value);
        }
        Ok(())
    }

    fn finish(self, each: &For, span: Span) -> Value {
        if each.key.is_none() {
            return open_tuple(self.values, self.open, span);
        }
        let map = Map { kind: MapKind::Object, entries: self.entries, open: self.open };
        Value::new(Kind::Map(Arc::new(map)), span)
    }
}

/// One turn with its names bound; the name of the value hides that of the key.
fn bound(
    (key_name, value_name): (Option<&Ident>, &Ident),
    key: Value,
    element: Node,
    scope: Scope<'_>,
    turn: &mut dyn FnMut(Scope<'_>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let Some(key_name) = key_name else {
        let value = Bound { name: &value_name.text, node: element, outer: scope.names };
        return turn(scope.bind(&value));
    };
    let key = Bound { name: &key_name.text, node: Node::Value(key), outer: scope.names };
    let scope = scope.bind(&key);
    let value = Bound { name: &value_name.text, node: element, outer: scope.names };
    turn(scope.bind(&value))
}

fn open_result(each: &For, unknown: Unknown, span: Span) -> Value {
    Gathered { open: Some(unknown), ..Gathered::default() }.finish(each, span)
}

/// A tuple, open when `open` is set.
pub(super) fn open_tuple(items: Vec<Value>, open: Option<Unknown>, span: Span) -> Value {
    Value::new(Kind::List(Arc::new(List { kind: ListKind::Tuple, items, open })), span)
}

impl Eval<'_> {
    /// `%{ for … }` of a template: every turn's text.
    pub(super) fn turns(
        &self,
        names: (Option<&Ident>, &Ident),
        source: &Node,
        scope: (Scope<'_>, Span),
        body: &mut dyn FnMut(Scope<'_>) -> Outcome,
    ) -> Outcome {
        let (scope, span) = scope;
        let elements = self.elements(source, span)?;
        let mut texts = Vec::new();
        for (key, element) in elements.items {
            bound(names, key, element, scope, &mut |scope| {
                texts.push(body(scope)?);
                Ok(())
            })?;
            if texts.len() > Limits::DEFAULT.elements {
                return Err(Problem::new(ProblemKind::Limit, span, "a template repeats too often"));
            }
        }
        let rest = elements.open.map(|unknown| Value::text(Text::unknown(unknown), span));
        texts.extend(rest);
        self.joined(texts, span)
    }
}
