//! Terraform's numbers: binary floats of 512 bits, printed as the shortest decimal that reads back the same.
//!
//! Values carry numbers as text ([`Number`]); this is where they are calculated with. Rounding is to nearest, ties to
//! even, as Go's `big.Float` does it, because Terraform's results (`1/3` has 155 digits) depend on it. What is easy to
//! get wrong: `-0` is a number of its own that prints as `-0`, yet equals `0`.

mod decimal;

use crate::value::Number;
use dashu_int::{IBig, UBig, ops::BitTest};
use std::cmp::Ordering;

pub(super) use decimal::{Digits, exact, shortest, shortest_of};

/// Bits of a mantissa that was written or read.
const PRECISION: usize = 512;

/// Bits of a mantissa that was counted (a length, an index): Go's `SetInt64`.
const COUNTED: usize = 64;

/// Bits of a double's mantissa.
const DOUBLE: usize = 53;

/// Binary exponents beyond this are refused: nobody writes such numbers but to exhaust memory.
const MOST_EXPONENT: i64 = 50_000;

/// `mantissa * 2^exponent`; the mantissa has at most so many bits. A result has as many as its operands (Go `big.Float`).
#[derive(Clone, Debug)]
pub(super) struct Float {
    mantissa: IBig,
    exponent: i64,
    bits: usize,
    /// Set of a nought below nought.
    minus: bool,
}

impl Float {
    /// Nought.
    pub(super) fn zero() -> Self {
        Self { mantissa: IBig::ZERO, exponent: 0, bits: COUNTED, minus: false }
    }

    /// An integer that was counted.
    pub(super) fn integer(value: i64) -> Self {
        Self::rounded(&IBig::from(value), 0, COUNTED).unwrap_or_else(Self::zero)
    }

    /// An integer of any size, rounded to 512 bits.
    pub(super) fn big(value: &IBig) -> Option<Self> {
        let bits = magnitude(value).bit_len();
        Self::rounded(value, 0, bits.clamp(COUNTED, PRECISION))
    }

    /// The same rounded to so many bits.
    pub(super) fn to_bits(&self, bits: usize) -> Option<Self> {
        Some(Self { minus: self.minus, ..Self::rounded(&self.mantissa, self.exponent, bits)? })
    }

    /// The value of a double. `None` for infinities and NaN.
    pub(super) fn of_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let bits = value.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let power = i64::try_from((bits >> 52) & 0x7ff).ok()?;
        let (mantissa, exponent) =
            if power == 0 { (fraction, -1074) } else { (fraction | 1 << 52, power - 1075) };
        let mantissa = IBig::from(mantissa);
        let minus = value.is_sign_negative();
        let float = Self::rounded(&if minus { -mantissa } else { mantissa }, exponent, DOUBLE)?;
        Some(Self { minus: minus && float.is_zero(), ..float })
    }

    /// The nearest double, as Go's `Float64` gives it.
    pub(super) fn to_f64(&self) -> f64 {
        shortest(self).scientific().parse().unwrap_or(f64::NAN)
    }

    /// The number of a value.
    pub(super) fn of(number: &Number) -> Option<Self> {
        let small = number.as_i64().filter(|small| *small != 0);
        let float = match small {
            Some(small) => Self::rounded(&IBig::from(small), 0, COUNTED)?,
            None => parse(number.as_str())?,
        };
        float.to_bits(number.bits())
    }

    /// As a value's number.
    pub(super) fn number(&self) -> Number {
        let number = match self.as_i64() {
            Some(0) if self.minus => Number::from_canonical("-0"),
            Some(small) => Number::from(small),
            None => Number::from_canonical(shortest_of(self, self.bits).plain()),
        };
        number.of_bits(self.bits)
    }

    /// The value, if it is an integer that fits.
    pub(super) fn as_i64(&self) -> Option<i64> {
        let small = self.exponent <= 64 && self.mantissa.bit_len() <= PRECISION;
        if small { self.as_integer().and_then(|whole| i64::try_from(whole).ok()) } else { None }
    }

    /// The value, if it is an integer.
    pub(super) fn as_integer(&self) -> Option<IBig> {
        let floor = self.floor_integer();
        (Self::rounded(&floor, 0, PRECISION)? == *self).then_some(floor)
    }

    /// Whether it is nought.
    pub(super) fn is_zero(&self) -> bool {
        self.mantissa.is_zero()
    }

    /// Whether it is below nought.
    pub(super) fn is_negative(&self) -> bool {
        self.mantissa < IBig::ZERO
    }

    /// Whether it has a minus sign, as nought may have one too.
    pub(super) fn signed(&self) -> bool {
        self.minus || self.is_negative()
    }

    /// How many bits its mantissa may have.
    pub(super) fn bits(&self) -> usize {
        self.bits
    }

    /// The greatest integer that is not greater.
    pub(super) fn floor_integer(&self) -> IBig {
        match usize::try_from(self.exponent) {
            Ok(left) => self.mantissa.clone() << left,
            // An arithmetic shift of a negative number rounds down, as floor does.
            Err(_) => self.mantissa.clone() >> distance(self.exponent, 0),
        }
    }

    /// The integer part, cut towards nought.
    pub(super) fn truncate(&self) -> IBig {
        if self.is_negative() { -self.negate().floor_integer() } else { self.floor_integer() }
    }

    /// With the other sign.
    pub(super) fn negate(&self) -> Self {
        let minus = self.is_zero() && !self.minus;
        Self { mantissa: -self.mantissa.clone(), minus, ..self.clone() }
    }

    /// Sum. `None`: out of bounds.
    pub(super) fn add(&self, other: &Self) -> Option<Self> {
        let bits = self.bits.max(other.bits);
        if self.is_zero() && other.is_zero() {
            return Some(Self { bits, minus: self.minus && other.minus, ..self.clone() });
        }
        if self.is_zero() || other.is_zero() {
            return (if self.is_zero() { other } else { self }).to_bits(bits);
        }
        let exponent = self.exponent.min(other.exponent);
        let left = self.mantissa.clone() << distance(exponent, self.exponent);
        let right = other.mantissa.clone() << distance(exponent, other.exponent);
        Self::rounded(&(left + right), exponent, bits)
    }

    /// Product, with as many bits as it needs (cty `Multiply`). `None`: out of bounds.
    pub(super) fn multiply(&self, other: &Self) -> Option<Self> {
        let exponent = self.exponent + other.exponent;
        let whole = Self::rounded(&(&self.mantissa * &other.mantissa), exponent, PRECISION)?;
        let bits = self.bits.max(other.bits).max(whole.mantissa.bit_len());
        let minus = whole.is_zero() && self.signed() != other.signed();
        Some(Self { minus, ..whole.to_bits(bits.min(PRECISION))? })
    }

    /// Quotient. `None`: out of bounds, or the divisor is nought.
    pub(super) fn divide(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let bits = self.bits.max(other.bits);
        let negative = self.signed() != other.signed();
        if self.is_zero() {
            return Some(Self { bits, minus: negative, ..self.clone() });
        }
        let length = |float: &Self| float.mantissa.bit_len();
        let shift = (bits + 2 + length(other)).saturating_sub(length(self));
        let scaled = magnitude(&self.mantissa) << shift;
        let divisor = magnitude(&other.mantissa);
        let quotient = &scaled / &divisor;
        // One more bit stands for whatever was left over, so that rounding happens once.
        let sticky = UBig::from(u8::from(&quotient * &divisor != scaled));
        let mantissa = IBig::from((quotient << 1) | sticky);
        let exponent = self.exponent - other.exponent - i64::try_from(shift).ok()? - 1;
        Self::rounded(&if negative { -mantissa } else { mantissa }, exponent, bits)
    }

    /// Remainder as Terraform's `%`: by the integer part of the quotient; by nought it is the number itself. It has the
    /// bits of the dividend.
    pub(super) fn remainder(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return Some(self.clone());
        }
        let times = Self::rounded(&self.divide(other)?.truncate(), 0, self.bits)?;
        let whole = other.multiply(&times)?.to_bits(self.bits)?;
        self.add(&whole.negate())?.to_bits(self.bits)
    }

    /// Rounds to so many bits and takes factors of two out of the mantissa, so that equal numbers are equal.
    fn rounded(mantissa: &IBig, exponent: i64, bits: usize) -> Option<Self> {
        if mantissa.is_zero() {
            return Some(Self { bits, ..Self::zero() });
        }
        let negative = *mantissa < IBig::ZERO;
        let mut size = magnitude(mantissa);
        let mut exponent = exponent;
        let excess = size.bit_len().saturating_sub(bits);
        if excess > 0 {
            let half = UBig::ONE << (excess - 1);
            let kept: UBig = &size >> excess;
            let rest = &size - (&kept << excess);
            let up = rest > half || (rest == half && kept.bit(0));
            size = if up { kept + UBig::ONE } else { kept };
            exponent += i64::try_from(excess).ok()?;
        }
        let twos = size.trailing_zeros().unwrap_or(0);
        size >>= twos;
        exponent += i64::try_from(twos).ok()?;
        let mantissa = if negative { -IBig::from(size) } else { IBig::from(size) };
        (exponent.abs() <= MOST_EXPONENT).then_some(Self { mantissa, exponent, bits, minus: false })
    }
}

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Float {}

impl Ord for Float {
    fn cmp(&self, other: &Self) -> Ordering {
        let exponent = self.exponent.min(other.exponent);
        let left = self.mantissa.clone() << distance(exponent, self.exponent);
        left.cmp(&(other.mantissa.clone() << distance(exponent, other.exponent)))
    }
}

impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn magnitude(value: &IBig) -> UBig {
    value.clone().into_parts().1
}

fn distance(from: i64, to: i64) -> usize {
    usize::try_from(to - from).unwrap_or(0)
}

/// Reads a decimal number as Terraform's `tonumber` and its literals do: `+5`, `.5`, `5.`, `1e3`; no blanks, no
/// underscores, no other bases, no infinity.
pub(super) fn parse(text: &str) -> Option<Float> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, power) = match rest.split_once(['e', 'E']) {
        Some((mantissa, power)) => (mantissa, exponent(power)?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let power = power - i64::try_from(fraction.len()).ok()?;
    if power.unsigned_abs() > 10_000 || digits.len() > 20_000 {
        return None;
    }
    let size: IBig = digits.parse().ok()?;
    let size = if negative { -size } else { size };
    let ten = |power: usize| IBig::from(10).pow(power);
    let whole = |mantissa| Float { mantissa, exponent: 0, bits: PRECISION, minus: false };
    let float = match usize::try_from(power) {
        Ok(power) => Float::rounded(&(size * ten(power)), 0, PRECISION)?,
        Err(_) => whole(size).divide(&whole(ten(distance(power, 0))))?,
    };
    Some(Float { minus: negative && float.is_zero(), ..float })
}

fn exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// A number literal or a text that reads as a number, in canonical form.
pub(super) fn canonical(text: &str) -> Option<Number> {
    let plain = text.len() < 18 && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain && !text.is_empty() {
        return Some(Number::from_canonical(text));
    }
    parse(text).map(|float| float.number())
}

/// With the other sign; `0` becomes `-0`.
pub(super) fn negated(number: &Number) -> Number {
    let text = match number.as_str().strip_prefix('-') {
        Some(positive) => Number::from_canonical(positive),
        None => Number::from_canonical(format!("-{}", number.as_str())),
    };
    text.of_bits(number.bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(float: Option<Float>) -> String {
        float.unwrap().number().as_str().to_owned()
    }

    #[test]
    fn arithmetic_prints_as_terraform_does() {
        let number = |text| parse(text).unwrap();
        assert_eq!(text(number("0.1").add(&number("0.2"))), "0.3");
        assert_eq!(text(number("1").divide(&number("3"))), format!("0.{}5", "3".repeat(154)));
        assert_eq!(text(number("1.1").add(&number("2.2"))), format!("3.3{}2", "0".repeat(152)));
        assert_eq!(text(number("-7").remainder(&number("3"))), "-1");
        assert_eq!(text(number("1e400").add(&number("1"))).len(), 401);
        assert!(number("1e400") > number("1e399"));
    }

    #[test]
    fn texts_that_are_numbers() {
        for (written, read) in
            [("+5", "5"), (".5", "0.5"), ("5.", "5"), ("1e3", "1000"), ("007", "7"), ("1e-7", "0.0000001")]
        {
            assert_eq!(canonical(written).unwrap().as_str(), read);
        }
        for not in ["", ".", "0x10", " 1", "1_000", "1e", "Infinity", "1e999999999", "--1", "1e+-3"] {
            assert!(canonical(not).is_none(), "{not}");
        }
        assert_eq!(negated(&Number::from(0)).as_str(), "-0");
    }
}
