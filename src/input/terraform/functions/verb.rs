//! The verbs of `format`: `%s`, `%05.2f`, `%[2]q`, …

use crate::input::terraform::number::{Digits, Float, exact, shortest_of};
use dashu_int::IBig;
use unicode_segmentation::UnicodeSegmentation;

/// One verb as written.
#[expect(clippy::struct_excessive_bools, reason = "the flags are independent of each other")]
#[derive(Clone, Debug)]
pub(super) struct Verb {
    pub(super) mode: Mode,
    pub(super) sharp: bool,
    pub(super) width: Option<usize>,
    /// The number of the argument, from 0, when it is given.
    pub(super) index: Option<usize>,
    precision: Option<usize>,
    zero: bool,
    minus: bool,
    plus: bool,
    space: bool,
}

/// What it prints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    /// `%v`.
    Plain,
    /// `%s`.
    Text,
    /// `%q`.
    Quoted,
    /// `%t`.
    Bool,
    /// `%d`, `%b`, `%o`, `%x`, `%X`.
    Integer(char),
    /// `%e`, `%E`, `%f`, `%g`, `%G`.
    Float(char),
}

/// Widths beyond this are refused.
const MOST: usize = 4096;

/// Reads a verb behind its `%`; gives its length too.
pub(super) fn parse(text: &str) -> Result<(Verb, usize), String> {
    let mut verb = Verb::general();
    let mut rest = text;
    while let Some(flag) = rest.chars().next() {
        match flag {
            '+' => verb.plus = true,
            '-' => verb.minus = true,
            ' ' => verb.space = true,
            '#' => verb.sharp = true,
            '0' => verb.zero = true,
            _ => break,
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    verb.index = index(&mut rest)?;
    verb.width = number(&mut rest)?;
    if let Some(behind) = rest.strip_prefix('.') {
        rest = behind;
        verb.precision = Some(number(&mut rest)?.unwrap_or(0));
    }
    verb.index = index(&mut rest)?.or(verb.index);
    let Some(mode) = rest.chars().next() else { return Err("the format ends inside a verb".to_owned()) };
    verb.mode = match mode {
        'v' => Mode::Plain,
        's' => Mode::Text,
        'q' => Mode::Quoted,
        't' => Mode::Bool,
        'd' | 'b' | 'o' | 'x' | 'X' => Mode::Integer(mode),
        'e' | 'E' | 'f' | 'g' | 'G' => Mode::Float(mode),
        _ => return Err(format!("there is no verb `%{mode}`")),
    };
    Ok((verb, text.len() - rest.len() + mode.len_utf8()))
}

fn number(rest: &mut &str) -> Result<Option<usize>, String> {
    let digits = rest.len() - rest.trim_start_matches(|character: char| character.is_ascii_digit()).len();
    let (number, behind) = rest.split_at_checked(digits).unwrap_or_default();
    if digits == 0 {
        return Ok(None);
    }
    *rest = behind;
    let known = number.parse().ok().filter(|known| *known <= MOST);
    known.map(Some).ok_or_else(|| format!("the width `{number}` is too large"))
}

fn index(rest: &mut &str) -> Result<Option<usize>, String> {
    let Some(mut inner) = rest.strip_prefix('[') else { return Ok(None) };
    let known = number(&mut inner)?.and_then(|index| index.checked_sub(1));
    match (known, inner.strip_prefix(']')) {
        (Some(index), Some(behind)) => {
            *rest = behind;
            Ok(Some(index))
        }
        _ => Err("`[` must be followed by the number of a value and `]`".to_owned()),
    }
}

impl Verb {
    /// `%g`, which `%v` is for numbers.
    pub(super) fn general() -> Self {
        Self {
            mode: Mode::Float('g'),
            sharp: false,
            width: None,
            index: None,
            precision: None,
            zero: false,
            minus: false,
            plus: false,
            space: false,
        }
    }

    /// Whether the value goes in as it is.
    pub(super) fn is_plain(&self) -> bool {
        self.width.is_none() && self.precision.is_none()
    }

    /// `%s`: at most as many characters as the precision says, padded.
    pub(super) fn text(&self, text: &str) -> String {
        match self.precision {
            Some(most) => self.padded(&text.graphemes(true).take(most).collect::<String>()),
            None => self.padded(text),
        }
    }

    /// Padded to the width, counted in characters as people see them.
    pub(super) fn padded(&self, text: &str) -> String {
        let missing = self.width.unwrap_or(0).saturating_sub(text.graphemes(true).count());
        let pad = if self.zero { "0" } else { " " }.repeat(missing);
        if self.minus { format!("{text}{pad}") } else { format!("{pad}{text}") }
    }

    /// A number; `None` when a whole one is needed.
    pub(super) fn number(&self, number: &Float) -> Option<String> {
        let (negative, digits) = match self.mode {
            Mode::Integer(verb) => (number.is_negative(), self.integer(verb, &number.as_integer()?)),
            Mode::Float(verb) => (number.signed(), self.float(verb, number)),
            _ => return None,
        };
        let sign = match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        let missing = self.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
        // A precision switches the zeros of whole numbers off, as in Go.
        let zeros =
            self.zero && !self.minus && !(matches!(self.mode, Mode::Integer(_)) && self.precision.is_some());
        Some(match (self.minus, zeros) {
            (true, _) => format!("{sign}{digits}{}", " ".repeat(missing)),
            (_, true) => format!("{sign}{}{digits}", "0".repeat(missing)),
            _ => format!("{}{sign}{digits}", " ".repeat(missing)),
        })
    }

    fn integer(&self, verb: char, whole: &IBig) -> String {
        let size = whole.clone().into_parts().1;
        let digits = match verb {
            'b' => size.in_radix(2).to_string(),
            'o' => size.in_radix(8).to_string(),
            'x' => size.in_radix(16).to_string(),
            'X' => size.in_radix(16).to_string().to_uppercase(),
            _ => size.to_string(),
        };
        let digits =
            format!("{}{digits}", "0".repeat(self.precision.unwrap_or(0).saturating_sub(digits.len())));
        let prefix = match (self.sharp, verb) {
            (true, 'b') => "0b",
            (true, 'o') => "0",
            (true, 'x') => "0x",
            (true, 'X') => "0X",
            _ => "",
        };
        format!("{prefix}{digits}")
    }

    fn float(&self, verb: char, number: &Float) -> String {
        let positive = if number.is_negative() { number.negate() } else { number.clone() };
        let mut digits = exact(&positive);
        let text = match verb {
            'f' => {
                let places = self.precision.unwrap_or(6);
                digits.round_places(places);
                digits.fixed(places)
            }
            'e' | 'E' => {
                let places = self.precision.unwrap_or(6);
                digits.round(places + 1);
                digits.exponential(places)
            }
            _ => self.compact(&positive, digits),
        };
        if verb.is_uppercase() { text.to_uppercase() } else { text }
    }

    /// `%g`: with an exponent only when it is below -4 or not below the precision (six when none is given).
    fn compact(&self, number: &Float, mut digits: Digits) -> String {
        let limit = match self.precision {
            None => {
                digits = shortest_of(number, number.bits());
                6
            }
            Some(precision) => {
                let precision = precision.max(1);
                digits.round(precision);
                let count = digits.digits.len();
                let whole = i64::try_from(count).is_ok_and(|count| count >= digits.point);
                if precision > count && whole { count } else { precision }
            }
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let power = digits.point - 1;
        if digits.digits.is_empty() || (-4..limit).contains(&power) {
            digits.plain()
        } else {
            digits.scientific()
        }
    }
}
