//! Decimal digits of binary floats, and the texts made of them.

use super::{Float, PRECISION, distance, magnitude};
use dashu_int::UBig;
use dashu_int::ops::BitTest;

/// The decimal form of a number: `0.d1d2d3… * 10^point`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(clippy::struct_field_names, reason = "the digits are the digits")]
pub(in super::super) struct Digits {
    /// Whether it is below nought.
    pub negative: bool,
    /// ASCII digits without leading and trailing noughts; empty for nought.
    pub digits: Vec<u8>,
    /// How many of them stand before the decimal point; may lie outside.
    pub point: i64,
}

/// Every digit of the number.
pub(in super::super) fn exact(float: &Float) -> Digits {
    digits_of(&magnitude(&float.mantissa), float.exponent, float.is_negative())
}

fn digits_of(mantissa: &UBig, exponent: i64, negative: bool) -> Digits {
    let (whole, shift) = match usize::try_from(exponent) {
        Ok(left) => (mantissa << left, 0),
        Err(_) => (mantissa * UBig::from(5u8).pow(distance(exponent, 0)), exponent),
    };
    let mut digits = whole.to_string().into_bytes();
    if mantissa.is_zero() {
        digits.clear();
    }
    let point = i64::try_from(digits.len()).unwrap_or(0) + shift;
    let mut found = Digits { negative, digits, point };
    found.trim();
    found
}

/// The fewest digits that read back as the same 512-bit number (Go's `big.Float.Text` with precision -1).
pub(in super::super) fn shortest(float: &Float) -> Digits {
    shortest_of(float, PRECISION)
}

/// The same for a number that has only so many bits. Unlike other algorithms, Go's takes the neighbours of a power of
/// two to be equally far away: `pow(2, 64)` is 18446744073709550000.
pub(in super::super) fn shortest_of(float: &Float, precision: usize) -> Digits {
    let size = magnitude(&float.mantissa);
    let shift = precision.saturating_sub(size.bit_len());
    let mut digits = exact(float);
    if digits.digits.is_empty() || (float.exponent >= 0 && bits(float) <= precision) {
        return digits;
    }
    // With one bit more than the precision the neighbours lie half a unit away.
    let middle = size << (shift + 1);
    let inclusive = !middle.bit(1);
    let exponent = float.exponent - i64::try_from(shift + 1).unwrap_or(0);
    let lower = digits_of(&(&middle - UBig::ONE), exponent, false).digits;
    let upper = digits_of(&(&middle + UBig::ONE), exponent, false).digits;
    let at = |digits: &[u8], index: usize| digits.get(index).copied().unwrap_or(b'0');
    for (index, &digit) in digits.digits.iter().enumerate() {
        let (low, high) = (at(&lower, index), at(&upper, index));
        let may_cut = low != digit || inclusive && index + 1 == lower.len();
        let may_raise = digit != high && (inclusive || digit + 1 < high || index + 1 < upper.len());
        match (may_cut, may_raise) {
            (true, true) => digits.round(index + 1),
            (true, false) => digits.cut(index + 1),
            (false, true) => digits.raise(index + 1),
            (false, false) => continue,
        }
        return digits;
    }
    digits
}

fn bits(float: &Float) -> usize {
    magnitude(&float.mantissa).bit_len() + distance(0, float.exponent)
}

impl Digits {
    fn trim(&mut self) {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
    }

    fn cut(&mut self, count: usize) {
        self.digits.truncate(count);
        self.trim();
    }

    fn raise(&mut self, count: usize) {
        self.digits.truncate(count);
        while self.digits.last() == Some(&b'9') {
            self.digits.pop();
        }
        if let Some(last) = self.digits.last_mut() {
            *last += 1;
        } else {
            self.digits.push(b'1');
            self.point += 1;
        }
    }

    /// Keeps `count` digits, rounded to nearest, ties to even.
    pub(in super::super) fn round(&mut self, count: usize) {
        let Some(&next) = self.digits.get(count) else { return };
        let tie = next == b'5' && self.digits.len() == count + 1;
        let odd =
            count.checked_sub(1).and_then(|last| self.digits.get(last)).is_some_and(|digit| digit % 2 == 1);
        if next > b'5' || (next == b'5' && (!tie || odd)) {
            self.raise(count);
        } else {
            self.cut(count);
        }
    }

    /// Rounds to `places` digits behind the point; below the first digit it may become nought or one unit.
    pub(in super::super) fn round_places(&mut self, places: usize) {
        let keep = self.point + i64::try_from(places).unwrap_or(i64::MAX / 2);
        match usize::try_from(keep) {
            Ok(keep) => self.round(keep),
            Err(_) => self.cut(0),
        }
    }

    /// Without exponent: `-0.25`.
    pub(in super::super) fn plain(&self) -> String {
        let places = i64::try_from(self.digits.len()).unwrap_or(0) - self.point;
        self.fixed(usize::try_from(places).unwrap_or(0))
    }

    /// Without exponent and with exactly `places` digits behind the point; the digits are rounded already.
    pub(in super::super) fn fixed(&self, places: usize) -> String {
        let digit = |index: i64| {
            usize::try_from(index)
                .ok()
                .and_then(|index| self.digits.get(index))
                .map_or('0', |digit| char::from(*digit))
        };
        let mut text = String::from(if self.negative { "-" } else { "" });
        if self.point <= 0 {
            text.push('0');
        }
        text.extend((0..self.point).map(digit));
        if places > 0 {
            text.push('.');
            let end = self.point + i64::try_from(places).unwrap_or(0);
            text.extend((self.point..end).map(digit));
        }
        text
    }

    /// `d.ddde±dd` with all digits.
    pub(in super::super) fn scientific(&self) -> String {
        self.exponential(self.digits.len().saturating_sub(1))
    }

    /// `d.ddde±dd` with exactly `places` digits behind the point; the digits are rounded already.
    pub(in super::super) fn exponential(&self, places: usize) -> String {
        let mut digits = self.digits.iter().map(|digit| char::from(*digit)).chain(std::iter::repeat('0'));
        let mut text = String::from(if self.negative { "-" } else { "" });
        text.extend(digits.next());
        if places > 0 {
            text.push('.');
            text.extend(digits.take(places));
        }
        let power = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let sign = if power < 0 { '-' } else { '+' };
        format!("{text}e{sign}{:02}", power.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn rounding_is_to_nearest_and_ties_go_to_even() {
        let fixed = |text, places| {
            let mut digits = exact(&parse(text).unwrap());
            digits.round_places(places);
            digits.fixed(places)
        };
        assert_eq!(fixed("3.14159", 2), "3.14");
        assert_eq!(fixed("0.5", 0), "0");
        assert_eq!(fixed("1.5", 0), "2");
        assert_eq!(fixed("0.999", 2), "1.00");
        assert_eq!(fixed("0.0001", 2), "0.00");
        assert_eq!(fixed("0.1", 20), "0.10000000000000000000");
    }

    #[test]
    fn exponents_have_two_digits_at_least() {
        let mut digits = exact(&parse("123456.789").unwrap());
        digits.round(7);
        assert_eq!(digits.exponential(6), "1.234568e+05");
        assert_eq!(shortest(&parse("1e-10").unwrap()).scientific(), "1e-10");
    }
}
