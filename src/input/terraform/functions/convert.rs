//! Conversions and marks: `tostring`, `toset`, `sensitive`, …

use super::signature::{Arguments, Function, Outcome, Parameter, Takes};
use crate::input::terraform::types::{Type, convert};
use crate::value::{Kind, Value};

const ANY: &[Parameter] = &[Parameter::new("v", Takes::Any).nullable()];

pub(super) const ROWS: &[Function] = &[
    Function::new("tostring", ANY, |args| to(args, &Type::String)).text(),
    Function::new("tonumber", ANY, |args| to(args, &Type::Number)),
    Function::new("tobool", ANY, |args| to(args, &Type::Bool)),
    Function::new("tolist", ANY, |args| to(args, &Type::List(Box::new(Type::Any)))).keeps(),
    Function::new("toset", ANY, |args| to(args, &Type::Set(Box::new(Type::Any)))).keeps(),
    Function::new("tomap", ANY, |args| to(args, &Type::Map(Box::new(Type::Any)))).keeps(),
    Function::new("sensitive", ANY, |args| marked(args, true)).keeps(),
    Function::new("nonsensitive", ANY, |args| marked(args, false)).keeps().unmarked(),
    Function::new("issensitive", ANY, issensitive).keeps().unmarked(),
    Function::new("ephemeralasnull", ANY, |args| Ok(args.value(0)?.clone())).keeps(),
];

/// The value itself where nothing changes, so that it keeps its place and its way.
fn to(args: &Arguments<'_>, to: &Type) -> Outcome {
    Ok(convert(args.value(0)?, to)?)
}

fn marked(args: &Arguments<'_>, secret: bool) -> Outcome {
    Ok(Value { secret, ..args.value(0)?.clone() })
}

fn issensitive(args: &Arguments<'_>) -> Outcome {
    let value = args.value(0)?;
    match (&value.kind, value.secret) {
        (_, true) => args.give_bool(true),
        (Kind::Unknown(_), false) => Err(args.not_known(value)),
        // The marks of elements are not the marks of what holds them.
        (Kind::List(_) | Kind::Map(_), false) => args.give_bool(false),
        (_, false) => args.give_bool(value.holds_secret()),
    }
}
