//! Decimal literals as canonical text.

/// More digits than this are not written out: `1e999999999` is a number, but no text that anyone compares.
const MOST_DIGITS: usize = 4096;

/// The canonical text ([`Number`](crate::value::Number)) of a decimal literal with an optional sign, fraction and
/// exponent. `None` when its exponent is absurd, or it is no such literal.
pub(in crate::syntax) fn canonical(literal: &str) -> Option<String> {
    let (negative, rest) = match literal.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, literal.strip_prefix('+').unwrap_or(literal)),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() + fraction.len() == 0
        || !mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        return None;
    }
    let digits: String = [whole, fraction].concat();
    let point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let text = placed(&digits, point)?;
    Some(if negative && text != "0" { format!("-{text}") } else { text })
}

/// `digits` with the decimal point before the digit at `point`, without superfluous zeros.
fn placed(digits: &str, point: i64) -> Option<String> {
    if digits.bytes().all(|digit| digit == b'0') {
        return Some("0".to_owned());
    }
    let absent = usize::try_from(point.unsigned_abs()).ok().filter(|absent| *absent <= MOST_DIGITS)?;
    let (whole, fraction) = if point <= 0 {
        (String::new(), "0".repeat(absent) + digits)
    } else if absent >= digits.len() {
        (digits.to_owned() + &"0".repeat(absent - digits.len()), String::new())
    } else {
        let (whole, fraction) = digits.split_at_checked(absent)?;
        (whole.to_owned(), fraction.to_owned())
    };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    })
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn literals_become_plain_decimals() {
        for (literal, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("12.50", "12.5"),
            ("1e3", "1000"),
            ("1.25E+1", "12.5"),
            ("12e-3", "0.012"),
            ("-100e-2", "-1"),
            ("0.0e9", "0"),
            ("123456789012", "123456789012"),
        ] {
            assert_eq!(canonical(literal).as_deref(), Some(expected), "{literal}");
        }
    }

    #[test]
    fn absurd_exponents_are_refused() {
        assert_eq!(canonical("1e999999999"), None);
        assert_eq!(canonical("1e-99999999999999999999"), None);
        assert_eq!(canonical("0e999999999").as_deref(), Some("0"));
    }
}
