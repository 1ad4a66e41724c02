//! The first of several, and questions to all of them.

use super::set::is_empty;
use super::signature::{Arguments, Function, Outcome, Parameter, Stop, Takes};
use crate::input::terraform::number::Float;
use crate::input::terraform::types::{Type, common, convert, type_of};
use crate::source::{Limits, ProblemKind};
use crate::value::{Kind, ListKind, Piece, Symbol, Value};

const BOOLS: &[Parameter] = &[Parameter::new("list", Takes::Bools)];

pub(super) const ROWS: &[Function] = &[
    Function::new("coalesce", &[], coalesce).rest(Parameter::new("vals", Takes::Any).nullable()).keeps(),
    Function::new("coalescelist", &[], coalescelist)
        .rest(Parameter::new("vals", Takes::Any).nullable())
        .keeps(),
    Function::new("alltrue", BOOLS, |args| every(args, false)),
    Function::new("anytrue", BOOLS, |args| every(args, true)),
    Function::new("max", &[], |args| extreme(args, true)).rest(Parameter::new("numbers", Takes::Number)),
    Function::new("min", &[], |args| extreme(args, false)).rest(Parameter::new("numbers", Takes::Number)),
    Function::new("sum", &[Parameter::new("list", Takes::Any)], sum),
];

/// The first that is neither null nor the empty text, as the type that all have in common. One that turns out not to
/// suit that type is passed over like null.
fn coalesce(args: &Arguments<'_>) -> Outcome {
    let types: Vec<Type> = args.rest().iter().map(|value| type_of(value, Limits::DEFAULT.depth)).collect();
    let to = common(&types).ok_or_else(|| args.fail("the arguments have no common type"))?;
    for value in args.rest() {
        let value = match convert(value, &to) {
            Err(problem) if problem.kind == ProblemKind::Evaluation => continue,
            converted => converted?,
        };
        match stands(&value) {
            Some(true) => return Ok(value),
            Some(false) => {}
            None => return Err(args.not_known_text(&value)),
        }
    }
    Err(args.fail("all arguments are null or empty"))
}

impl Arguments<'_> {
    fn not_known_text(&self, value: &Value) -> Stop {
        let unknown = value.unknowns().first().map(|unknown| (*unknown).clone());
        unknown.map_or_else(|| self.not_known(value), Stop::Unknown)
    }
}

/// Whether a value is neither null nor the empty text; `None`: not known.
fn stands(value: &Value) -> Option<bool> {
    match &value.kind {
        Kind::Null => Some(false),
        Kind::Text(text) if text.is_empty() => Some(false),
        Kind::Text(text) => {
            let something = text.pieces().iter().any(|piece| match piece {
                Piece::Known(..) => true,
                Piece::Unknown(unknown) => is_something(&unknown.symbol),
            });
            something.then_some(true)
        }
        Kind::Unknown(unknown) => is_something(&unknown.symbol).then_some(true),
        _ => Some(true),
    }
}

/// What is never null nor empty.
fn is_something(symbol: &Symbol) -> bool {
    match symbol {
        Symbol::Anything | Symbol::AnyText | Symbol::Name => false,
        Symbol::Attribute { attribute, .. } => matches!(&**attribute, "arn" | "id"),
        _ => true,
    }
}

/// The first list that is not empty.
fn coalescelist(args: &Arguments<'_>) -> Outcome {
    // The types are looked at before the values: a set is refused also where it is not needed.
    for (index, value) in args.rest().iter().enumerate() {
        let list = match (&value.kind, value.of.as_deref()) {
            (Kind::List(list), _) => list.kind != ListKind::Set,
            (Kind::Null, of) => matches!(of, Some(Type::List(_) | Type::Tuple(_))),
            (Kind::Unknown(_) | Kind::OneOf(_), _) => true,
            _ => false,
        };
        if !list {
            return Err(args.wrong(index, "the arguments must be lists or tuples"));
        }
    }
    for value in args.rest() {
        match (&value.kind, is_empty(value)) {
            (Kind::List(_), Some(false)) => return Ok(value.clone()),
            (Kind::List(_), Some(true)) | (Kind::Null, _) => {}
            _ => return Err(args.not_known_text(value)),
        }
    }
    Err(args.fail("all arguments are empty"))
}

/// `strong` decides alone; null counts as false.
fn every(args: &Arguments<'_>, strong: bool) -> Outcome {
    let list = args.list(0)?;
    let mut unsure = list.open.clone();
    for item in &list.items {
        match &item.kind {
            Kind::Bool(known) if *known == strong => return args.give_bool(strong),
            Kind::Null if !strong => return args.give_bool(strong),
            Kind::Bool(_) | Kind::Null => {}
            _ => unsure = unsure.or_else(|| item.unknowns().first().map(|unknown| (*unknown).clone())),
        }
    }
    match unsure {
        Some(unknown) => Err(Stop::Unknown(unknown)),
        None => args.give_bool(!strong),
    }
}

fn extreme(args: &Arguments<'_>, greatest: bool) -> Outcome {
    let numbers: Vec<Float> =
        args.rest().iter().map(|value| args.number_of(value)).collect::<Result<_, _>>()?;
    // The first of equal ones: 0 and -0 are equal, and so are numbers of different bits.
    let found = numbers.into_iter().reduce(|best, next| {
        let better = if greatest { next > best } else { next < best };
        if better { next } else { best }
    });
    if found.is_none() {
        return Err(args.fail("at least one number is needed"));
    }
    args.give_number(found)
}

fn sum(args: &Arguments<'_>) -> Outcome {
    let items = args.closed(0)?;
    if items.is_empty() {
        return Err(args.wrong(0, "an empty list has no sum"));
    }
    let mut sum: Option<Float> = None;
    for item in items {
        if item.is_null() {
            return Err(args.wrong(0, "a null stands in the list"));
        }
        let number = args.number_of(&convert(item, &Type::Number)?)?;
        let longer = match sum {
            None => Some(number),
            Some(sum) => sum.add(&number),
        };
        sum = Some(longer.ok_or_else(|| args.fail("the sum is out of bounds"))?);
    }
    args.give_number(sum)
}
