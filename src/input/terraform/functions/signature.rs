//! What a function takes, and how its arguments are prepared (cty `function.Call`).
//!
//! Arguments are counted, converted and checked for null here; alternatives are tried one by one; sensitive marks
//! spread to the result. What is easy to get wrong: an unknown argument is handed on, and the function meets it only
//! when it asks for what is not known ([`Stop::Unknown`]).

use super::Call;
use crate::input::terraform::alternative;
use crate::input::terraform::number::Float;
use crate::input::terraform::types::{Type, convert, element_of, kind_name, sequence_of, type_of};
use crate::source::{Limits, Problem, ProblemKind};
use crate::value::{Kind, List, ListKind, Map, MapKind, Symbol, Text, Trail, Unknown, Value};
use std::sync::Arc;

/// Why a function gave no value.
pub(super) enum Stop {
    /// It needs something that is not known.
    Unknown(Unknown),
    /// Terraform would refuse the call.
    Problem(Problem),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// What a function gives.
pub(super) type Outcome = Result<Value, Stop>;

/// A row of a family: a function of Terraform.
pub(super) struct Function {
    pub(super) name: &'static str,
    parameters: &'static [Parameter],
    rest: Option<Parameter>,
    run: fn(&Arguments<'_>) -> Outcome,
    pub(super) text: bool,
    keeps: bool,
    unmarked: bool,
}

/// One parameter.
#[derive(Clone, Copy)]
pub(super) struct Parameter {
    name: &'static str,
    takes: Takes,
    null: bool,
}

/// What a parameter takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Anything, as it is.
    Any,
    /// `string`.
    Text,
    /// `number`.
    Number,
    /// `list(string)`.
    Texts,
    /// `list(bool)`.
    Bools,
    /// `list(any)`.
    List,
    /// `set(any)`.
    Set,
    /// `map(list(string))`.
    MapOfTexts,
}

impl Parameter {
    pub(super) const fn new(name: &'static str, takes: Takes) -> Self {
        Self { name, takes, null: false }
    }

    /// Null may be given.
    pub(super) const fn nullable(self) -> Self {
        Self { null: true, ..self }
    }
}

impl Takes {
    fn constraint(self) -> Type {
        match self {
            Self::Any => Type::Any,
            Self::Text => Type::String,
            Self::Number => Type::Number,
            Self::Texts => Type::List(Box::new(Type::String)),
            Self::Bools => Type::List(Box::new(Type::Bool)),
            Self::List => Type::List(Box::new(Type::Any)),
            Self::Set => Type::Set(Box::new(Type::Any)),
            Self::MapOfTexts => Type::Map(Box::new(Type::List(Box::new(Type::String)))),
        }
    }
}

impl Function {
    pub(super) const fn new(
        name: &'static str,
        parameters: &'static [Parameter],
        run: fn(&Arguments<'_>) -> Outcome,
    ) -> Self {
        Self { name, parameters, rest: None, run, text: false, keeps: false, unmarked: false }
    }

    /// More arguments may follow, each as this parameter.
    pub(super) const fn rest(self, rest: Parameter) -> Self {
        Self { rest: Some(rest), ..self }
    }

    /// It gives a text: so its result is one even when it is not known.
    pub(super) const fn text(self) -> Self {
        Self { text: true, ..self }
    }

    /// It only moves values around: undecided elements stay undecided where they are, and the marks of elements stay
    /// on them.
    pub(super) const fn keeps(self) -> Self {
        Self { keeps: true, ..self }
    }

    /// Its result is not marked sensitive, whatever the arguments are.
    pub(super) const fn unmarked(self) -> Self {
        Self { unmarked: true, ..self }
    }

    /// Calls it.
    pub(super) fn call(&self, call: &Call<'_>) -> Result<Value, Problem> {
        self.check_count(call)?;
        let spread: Vec<Value>;
        let mut args = call.args;
        if !self.keeps {
            spread = call.args.iter().map(spread_elements).collect();
            args = &spread;
        }
        let run = |args: &[Value]| self.run_decided(&Call { args, ..*call });
        match alternative::each(args, call.span, run) {
            Some(result) => result,
            None => run(args),
        }
    }

    fn run_decided(&self, call: &Call<'_>) -> Result<Value, Problem> {
        let mut values = Vec::with_capacity(call.args.len());
        for (index, value) in call.args.iter().enumerate() {
            if let Some(parameter) = self.parameters.get(index).or(self.rest.as_ref()) {
                values.push(self.prepared(value, parameter)?);
            }
        }
        let secret =
            call.args.iter().any(|value| if self.keeps { value.secret } else { value.holds_secret() });
        let rest_from = self.parameters.len();
        let result = (self.run)(&Arguments { call, values, rest_from });
        let mut value = match result {
            Ok(value) => value,
            Err(Stop::Problem(problem)) => return Err(problem),
            Err(Stop::Unknown(unknown)) => {
                let symbol = if self.text { Symbol::AnyText } else { Symbol::Anything };
                Value::new(Kind::Unknown(Unknown { symbol, ..unknown }), call.span)
            }
        };
        value.secret |= secret && !self.unmarked;
        Ok(value)
    }

    fn check_count(&self, call: &Call<'_>) -> Result<(), Problem> {
        let (given, least) = (call.args.len(), self.parameters.len());
        if given >= least && (given == least || self.rest.is_some()) {
            return Ok(());
        }
        let at_least = if self.rest.is_some() { "at least " } else { "" };
        let plural = if least == 1 { "" } else { "s" };
        let message = format!("`{}` takes {at_least}{least} argument{plural}, not {given}", self.name);
        Err(Problem::new(ProblemKind::Evaluation, call.span, message))
    }

    fn prepared(&self, value: &Value, parameter: &Parameter) -> Result<Value, Problem> {
        if value.is_null() && !parameter.null {
            let message = format!("the argument `{}` of `{}` is null", parameter.name, self.name);
            return Err(Problem::new(ProblemKind::Evaluation, value.span, message));
        }
        let whole = value.is_null() || parameter.takes == Takes::Any;
        if whole {
            return Ok(value.clone());
        }
        convert(value, &parameter.takes.constraint()).map_err(|problem| {
            let message =
                format!("in the argument `{}` of `{}`, {}", parameter.name, self.name, problem.message);
            Problem { message, ..problem }
        })
    }
}

/// A list with undecided elements as an undecided list.
fn spread_elements(value: &Value) -> Value {
    let Kind::List(list) = &value.kind else { return value.clone() };
    let whole = |items: &[Value]| {
        let list = List { items: items.to_vec(), ..(**list).clone() };
        Ok(Value { kind: Kind::List(Arc::new(list)), ..value.clone() })
    };
    match alternative::each(&list.items, value.span, whole) {
        Some(Ok(spread)) => Value { trail: value.trail.clone(), ..spread },
        _ => value.clone(),
    }
}

/// The arguments of a call, converted.
pub(super) struct Arguments<'a> {
    pub(super) call: &'a Call<'a>,
    values: Vec<Value>,
    rest_from: usize,
}

impl Arguments<'_> {
    /// The argument at `index`.
    pub(super) fn value(&self, index: usize) -> Result<&Value, Stop> {
        self.values.get(index).ok_or_else(|| self.fail("an argument is missing"))
    }

    /// The arguments behind the named parameters.
    pub(super) fn rest(&self) -> &[Value] {
        self.values.get(self.rest_from..).unwrap_or_default()
    }

    /// A text, of which nothing or only a part may be known.
    pub(super) fn text(&self, index: usize) -> Result<Text, Stop> {
        let value = self.value(index)?;
        match &value.kind {
            Kind::Text(text) => Ok(text.clone()),
            _ => Err(self.not_known(value)),
        }
    }

    /// A text with an unknown piece for what is not known at all.
    pub(super) fn pieces(&self, index: usize) -> Result<Text, Stop> {
        let value = self.value(index)?;
        match &value.kind {
            Kind::Unknown(unknown) => Ok(Text::unknown(unknown.clone())),
            _ => self.text(index),
        }
    }

    /// The characters of a text; it must be known throughout.
    pub(super) fn known(&self, index: usize) -> Result<String, Stop> {
        known_text(self.value(index)?).map_err(|stop| stop.unwrap_or_else(|| self.fail("a text is needed")))
    }

    /// A number.
    pub(super) fn number(&self, index: usize) -> Result<Float, Stop> {
        self.number_of(self.value(index)?)
    }

    /// The number of a value.
    pub(super) fn number_of(&self, value: &Value) -> Result<Float, Stop> {
        match &value.kind {
            Kind::Number(number) => Float::of(number).ok_or_else(|| {
                let message = "this number is too large or too small to calculate with";
                Stop::Problem(Problem::new(ProblemKind::Limit, value.span, message))
            }),
            _ => Err(self.not_known(value)),
        }
    }

    /// A whole number.
    pub(super) fn integer(&self, index: usize) -> Result<i64, Stop> {
        let message = "a whole number is needed";
        self.number(index)?.as_i64().ok_or_else(|| self.wrong(index, message))
    }

    /// A sequence.
    pub(super) fn list(&self, index: usize) -> Result<&List, Stop> {
        self.list_of(self.value(index)?)
    }

    /// The sequence of a value.
    pub(super) fn list_of<'v>(&self, value: &'v Value) -> Result<&'v List, Stop> {
        match &value.kind {
            Kind::List(list) => Ok(list),
            _ => Err(self.not_known(value)),
        }
    }

    /// The elements of a sequence that is known to its end.
    pub(super) fn closed(&self, index: usize) -> Result<&[Value], Stop> {
        let list = self.list(index)?;
        match &list.open {
            Some(unknown) => Err(Stop::Unknown(unknown.clone())),
            None => Ok(&list.items),
        }
    }

    /// A mapping.
    pub(super) fn map_of<'v>(&self, value: &'v Value) -> Result<&'v Map, Stop> {
        match &value.kind {
            Kind::Map(map) => Ok(map),
            _ => Err(self.not_known(value)),
        }
    }

    /// For a value that is not of the kind needed: it is not known, or wrong.
    pub(super) fn not_known(&self, value: &Value) -> Stop {
        match &value.kind {
            Kind::Unknown(unknown) => Stop::Unknown(unknown.clone()),
            Kind::OneOf(_) => alternative::undecided(value)
                .map_or_else(|| self.fail("an argument is undecided"), Stop::Unknown),
            _ => {
                let message = format!("`{}` cannot work with a {}", self.call.name, kind_name(value));
                Stop::Problem(Problem::new(ProblemKind::Evaluation, value.span, message))
            }
        }
    }

    /// A mistake of the call as a whole.
    pub(super) fn fail(&self, message: impl AsRef<str>) -> Stop {
        let message = format!("in `{}`, {}", self.call.name, message.as_ref());
        Stop::Problem(Problem::new(ProblemKind::Evaluation, self.call.span, message))
    }

    /// A mistake in one argument.
    pub(super) fn wrong(&self, index: usize, message: impl AsRef<str>) -> Stop {
        let span = self.values.get(index).map_or(self.call.span, |value| value.span);
        let message = format!("in `{}`, {}", self.call.name, message.as_ref());
        Stop::Problem(Problem::new(ProblemKind::Evaluation, span, message))
    }

    /// A bound was hit.
    pub(super) fn too_much(&self, what: &str) -> Stop {
        let message = format!("the result of `{}` has too many {what}", self.call.name);
        Stop::Problem(Problem::new(ProblemKind::Limit, self.call.span, message))
    }

    /// A result of this call; it came the way of its arguments ([`Trail::of_all`]), and one that is empty the way of what
    /// stands in them too: `flatten([var.a, var.b])` is empty by what both are.
    pub(super) fn make(&self, kind: Kind) -> Value {
        fn within(value: &Value) -> &[Value] {
            match value.as_list().filter(|_| value.trail.is_empty()) {
                Some(list) => &list.items,
                None => std::slice::from_ref(value),
            }
        }
        let made = Value::new(kind, self.call.span);
        let trail = if made.is_empty() {
            Trail::of_all(self.values.iter().flat_map(within).map(|value| &value.trail))
        } else {
            Trail::of_all(self.values.iter().map(|value| &value.trail))
        };
        Value { trail, ..made }
    }

    /// A text whose characters keep their places.
    pub(super) fn give_text(&self, text: Text) -> Outcome {
        if text.known_len() > Limits::DEFAULT.text_bytes {
            return Err(self.too_much("characters"));
        }
        Ok(self.make(Kind::Text(text)))
    }

    /// A text made anew.
    pub(super) fn give_made(&self, text: impl Into<Arc<str>>) -> Outcome {
        self.give_text(Text::made(text, self.call.span))
    }

    /// True or false.
    #[expect(clippy::unnecessary_wraps, reason = "functions end with what this gives")]
    pub(super) fn give_bool(&self, value: bool) -> Outcome {
        Ok(self.make(Kind::Bool(value)))
    }

    /// A number.
    pub(super) fn give_number(&self, float: Option<Float>) -> Outcome {
        let float = float.ok_or_else(|| self.fail("the result is out of bounds"))?;
        Ok(self.make(Kind::Number(float.number())))
    }

    /// A sequence.
    pub(super) fn give_list(&self, kind: ListKind, items: Vec<Value>, open: Option<Unknown>) -> Outcome {
        if items.len() > Limits::DEFAULT.elements {
            return Err(self.too_much("elements"));
        }
        Ok(self.make(Kind::List(Arc::new(List { kind, items, open }))))
    }

    /// A sequence whose elements are of a type, which it tells when it is empty.
    pub(super) fn give_list_of(
        &self,
        kind: ListKind,
        items: Vec<Value>,
        open: Option<Unknown>,
        of: Type,
    ) -> Outcome {
        let empty = items.is_empty();
        let list = self.give_list(kind, items, open)?;
        Ok(if empty && kind != ListKind::Tuple { list.of_type(sequence_of(kind, of)) } else { list })
    }

    /// A part of the sequence `from`, with its elements.
    pub(super) fn give_part(
        &self,
        kind: ListKind,
        items: Vec<Value>,
        open: Option<Unknown>,
        from: &Value,
    ) -> Outcome {
        let of = if items.is_empty() { element_of(&type_of(from, Limits::DEFAULT.depth)) } else { Type::Any };
        self.give_list_of(kind, items, open, of)
    }

    /// A mapping.
    pub(super) fn give_map(&self, map: Map) -> Outcome {
        if map.entries.len() > Limits::DEFAULT.elements {
            return Err(self.too_much("entries"));
        }
        Ok(self.make(Kind::Map(Arc::new(map))))
    }
}

/// The characters of a text value. `Err(None)`: it is no text at all.
pub(super) fn known_text(value: &Value) -> Result<String, Option<Stop>> {
    match &value.kind {
        Kind::Text(text) => text.known().ok_or_else(|| {
            let first = text.unknowns().next().cloned();
            first.map(Stop::Unknown)
        }),
        Kind::Unknown(_) | Kind::OneOf(_) => Err(alternative::undecided(value).map(Stop::Unknown)),
        _ => Err(None),
    }
}

/// Objects and maps by their kind.
pub(super) fn map(kind: MapKind, entries: Vec<crate::value::Entry>) -> Map {
    Map { kind, entries, open: None }
}
