//! Numbers.

use super::signature::{Arguments, Function, Outcome, Parameter, Takes};
use crate::input::terraform::number::Float;
use crate::value::Kind;
use dashu_int::IBig;

const NUM: Parameter = Parameter::new("num", Takes::Number);
const ONE: &[Parameter] = &[NUM];

pub(super) const ROWS: &[Function] = &[
    Function::new("abs", ONE, |args| {
        let number = args.number(0)?;
        args.give_number(Some(if number.signed() { number.negate() } else { number }))
    }),
    Function::new("floor", ONE, |args| {
        let number = args.number(0)?;
        args.give_number(Float::big(&number.floor_integer()).and_then(|floor| floor.to_bits(number.bits())))
    }),
    Function::new("ceil", ONE, |args| {
        let number = args.number(0)?;
        let ceiling = -number.negate().floor_integer();
        args.give_number(Float::big(&ceiling).and_then(|ceiling| ceiling.to_bits(number.bits())))
    }),
    Function::new("signum", ONE, |args| args.give_number(Some(Float::integer(args.integer(0)?.signum())))),
    Function::new("log", &[NUM, Parameter::new("base", Takes::Number)], |args| {
        let (number, base) = (args.number(0)?.to_f64(), args.number(1)?.to_f64());
        through_double(args, number.ln() / base.ln())
    }),
    Function::new("pow", &[NUM, Parameter::new("power", Takes::Number)], |args| {
        let (number, power) = (args.number(0)?.to_f64(), args.number(1)?.to_f64());
        through_double(args, number.powf(power))
    }),
    Function::new(
        "parseint",
        &[Parameter::new("number", Takes::Any), Parameter::new("base", Takes::Number)],
        parseint,
    ),
];

/// Terraform calculates these with doubles.
fn through_double(args: &Arguments<'_>, result: f64) -> Outcome {
    if !result.is_finite() {
        return Err(args.fail("the result is not a number"));
    }
    args.give_number(Float::of_f64(result))
}

fn parseint(args: &Arguments<'_>) -> Outcome {
    let value = args.value(0)?;
    if !matches!(value.kind, Kind::Text(_) | Kind::Unknown(_) | Kind::OneOf(_)) {
        return Err(args.wrong(0, "the number must be given as a text"));
    }
    let text = args.known(0)?;
    let base = args.integer(1)?;
    let base = u32::try_from(base).ok().filter(|base| (2..=62).contains(base));
    let base = base.ok_or_else(|| args.wrong(1, "the base must be between 2 and 62"))?;
    let wrong = || args.wrong(0, format!("`{text}` is not a whole number to base {base}"));
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    if digits.is_empty() || digits.len() > 1000 {
        return Err(wrong());
    }
    let mut whole = IBig::ZERO;
    for character in digits.chars() {
        let digit = digit(character, base).filter(|digit| *digit < base).ok_or_else(wrong)?;
        whole = whole * IBig::from(base) + IBig::from(digit);
    }
    args.give_number(Float::big(&if negative { -whole } else { whole }))
}

/// Up to base 36 upper and lower case are the same; beyond it, upper case goes on where lower case ends.
fn digit(character: char, base: u32) -> Option<u32> {
    if base <= 36 || !character.is_ascii_uppercase() {
        return character.to_digit(36);
    }
    character.to_digit(36).map(|digit| digit + 26)
}
