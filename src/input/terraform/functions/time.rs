//! Dates and times. The clock itself is never read: a plan must not depend on when it is looked at.

use super::encoding::not_evaluated;
use super::signature::{Arguments, Function, Outcome, Parameter, Stop, Takes};
use crate::input::terraform::number::Float;
use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, ToSpan};

pub(super) const ROWS: &[Function] = &[
    Function::new("timestamp", &[], |args| not_evaluated(args, "timestamp()")).text(),
    Function::new("plantimestamp", &[], |args| not_evaluated(args, "plantimestamp()")).text(),
    Function::new(
        "timeadd",
        &[Parameter::new("timestamp", Takes::Text), Parameter::new("duration", Takes::Text)],
        timeadd,
    )
    .text(),
    Function::new(
        "timecmp",
        &[Parameter::new("timestamp_a", Takes::Text), Parameter::new("timestamp_b", Takes::Text)],
        timecmp,
    ),
    Function::new(
        "formatdate",
        &[Parameter::new("format", Takes::Text), Parameter::new("time", Takes::Text)],
        formatdate,
    )
    .text(),
];

/// A time stamp of RFC 3339: the local time, and minutes east of UTC.
struct Stamp {
    local: DateTime,
    offset: i32,
}

impl Stamp {
    fn read(args: &Arguments<'_>, index: usize) -> Result<Self, Stop> {
        let text = args.known(index)?;
        let wrong =
            || args.wrong(index, format!("`{text}` is not a time stamp such as `2006-01-02T15:04:05Z`"));
        Self::parse(&text).ok_or_else(wrong)
    }

    fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let rest = rest.strip_prefix('T')?;
        let (clock, behind) = rest.split_at_checked(8)?;
        let digits = behind
            .strip_prefix('.')
            .map_or(0, |tail| 1 + tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len());
        let (fraction, zone) = behind.split_at_checked(digits)?;
        if digits == 1 {
            return None;
        }
        let local = DateTime::from_parts(parse_date(date, 4, 2)?, parse_clock(clock, fraction, 2)?);
        Some(Self { local, offset: parse_zone(zone)? })
    }

    fn utc(&self) -> Option<DateTime> {
        self.local.checked_sub(i64::from(self.offset).minutes()).ok()
    }

    fn zone(&self, colon: &str) -> String {
        let (sign, minutes) = if self.offset < 0 { ('-', -self.offset) } else { ('+', self.offset) };
        format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
    }

    /// As Go's `time.RFC3339` prints it: without fractions of a second.
    fn text(&self) -> String {
        let zone = if self.offset == 0 { "Z".to_owned() } else { self.zone(":") };
        let (date, clock) = (self.local.date(), self.local.time());
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{zone}",
            date.year(),
            date.month(),
            date.day(),
            clock.hour(),
            clock.minute(),
            clock.second()
        )
    }
}

/// Three or two numbers between separators, each with so many digits at least and at most.
fn fields<const N: usize>(text: &str, separator: char, widths: [(usize, usize); N]) -> Option<[i16; N]> {
    let mut found = [0; N];
    let mut parts = text.split(separator);
    for (slot, (least, most)) in found.iter_mut().zip(widths) {
        let part = parts.next()?;
        let plain = (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        *slot = if plain { part.parse().ok()? } else { return None };
    }
    if parts.next().is_none() { Some(found) } else { None }
}

fn parse_date(text: &str, year: usize, least: usize) -> Option<Date> {
    let [year, month, day] = fields(text, '-', [(year, year), (least, 2), (least, 2)])?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn parse_clock(text: &str, fraction: &str, least: usize) -> Option<Time> {
    let [hour, minute, second] = fields(text, ':', [(least, 2), (least, 2), (least, 2)])?;
    let digits: String =
        fraction.trim_start_matches('.').chars().chain("000000000".chars()).take(9).collect();
    let small = |number: i16| i8::try_from(number).ok();
    Time::new(small(hour)?, small(minute)?, small(second)?, digits.parse().ok()?).ok()
}

fn parse_zone(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let [hours, minutes] = fields(text.strip_prefix(['+', '-'])?, ':', [(2, 2), (2, 2)])?;
    let inside = hours < 24 && minutes < 60;
    inside.then(|| sign * (i32::from(hours) * 60 + i32::from(minutes)))
}

/// What Terraform's `yamldecode` makes of a plain scalar that looks like a time; `None`: it does not.
pub(super) fn yaml_stamp(text: &str) -> Option<String> {
    if let Some(date) = parse_date(text, 4, 1) {
        return Some(Stamp { local: DateTime::from_parts(date, Time::midnight()), offset: 0 }.text());
    }
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let spaced = text.contains(' ');
    let zone_at = if spaced { rest.len() } else { rest.find(['Z', '+', '-'])? };
    let (clock, zone) = rest.split_at_checked(zone_at)?;
    let (clock, fraction) = clock.split_at_checked(clock.find('.').unwrap_or(clock.len()))?;
    let local = DateTime::from_parts(parse_date(date, 4, 1)?, parse_clock(clock, fraction, 1)?);
    Some(Stamp { local, offset: if spaced { 0 } else { parse_zone(zone)? } }.text())
}

/// A duration as Go writes it: `1h30m`, `-1.5h`, `300ms`; in nanoseconds.
fn duration(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut sum = 0_i64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, behind) = rest.split_at_checked(digits)?;
        let end = behind.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(behind.len());
        let (unit, after) = behind.split_at_checked(end)?;
        let scale = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        sum = sum.checked_add(nanoseconds(number, scale)?)?;
        rest = after;
    }
    Some(sign * sum)
}

/// So many units in nanoseconds. The fraction is calculated with doubles, as Go's `ParseDuration` does.
fn nanoseconds(number: &str, scale: i64) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole = if whole.is_empty() { 0 } else { whole.parse::<i64>().ok()?.checked_mul(scale)? };
    // More digits than fit are left out.
    let digits = fraction.get(..fraction.len().min(18)).filter(|digits| !digits.is_empty());
    let part = match digits {
        None => 0,
        Some(digits) => {
            let parts = 10_i64.checked_pow(u32::try_from(digits.len()).ok()?)?;
            let [digits, scale, parts] =
                [digits.parse().ok()?, scale, parts].map(|whole| Float::integer(whole).to_f64());
            i64::try_from(Float::of_f64(digits * (scale / parts))?.truncate()).ok()?
        }
    };
    whole.checked_add(part)
}

fn timeadd(args: &Arguments<'_>) -> Outcome {
    let stamp = Stamp::read(args, 0)?;
    let text = args.known(1)?;
    let nanoseconds = duration(&text)
        .ok_or_else(|| args.wrong(1, format!("`{text}` is not a duration such as `1h30m`")))?;
    let local = stamp.local.checked_add(SignedDuration::from_nanos(nanoseconds));
    let local = local.map_err(|_| args.fail("the result is out of bounds"))?;
    args.give_made(Stamp { local, ..stamp }.text())
}

fn timecmp(args: &Arguments<'_>) -> Outcome {
    let (first, second) = (Stamp::read(args, 0)?, Stamp::read(args, 1)?);
    let (Some(first), Some(second)) = (first.utc(), second.utc()) else {
        return Err(args.fail("a time is out of bounds"));
    };
    args.give_number(Some(Float::integer(first.cmp(&second) as i64)))
}

/// Runs of one letter are verbs; what stands between single quotes is not.
fn formatdate(args: &Arguments<'_>) -> Outcome {
    let (format, stamp) = (args.known(0)?, Stamp::read(args, 1)?);
    let mut out = String::new();
    let mut rest = format.as_str();
    while let Some(first) = rest.chars().next() {
        let length = if first == '\'' {
            let inner = quoted(rest).ok_or_else(|| args.wrong(0, "a quote is not closed"))?;
            out.push_str(&inner.0);
            inner.1
        } else if first.is_ascii_alphabetic() {
            let length = rest.len() - rest.trim_start_matches(first).len();
            let verb = rest.get(..length).unwrap_or_default();
            let text =
                verb_text(verb, &stamp).ok_or_else(|| args.wrong(0, format!("there is no verb `{verb}`")))?;
            out.push_str(&text);
            length
        } else {
            out.push(first);
            first.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    args.give_made(out)
}

/// The text between quotes, two of them standing for one, and its length with quotes.
fn quoted(text: &str) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character != '\'' {
            out.push(character);
        } else if characters.next_if(|(_, next)| *next == '\'').is_some() {
            out.push('\'');
        } else {
            return Some((out, at + 1));
        }
    }
    None
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn verb_text(verb: &str, stamp: &Stamp) -> Option<String> {
    let (date, clock) = (stamp.local.date(), stamp.local.time());
    let month = usize::try_from(date.month()).ok().and_then(|month| MONTHS.get(month - 1)).copied()?;
    let day = usize::try_from(date.weekday().to_monday_zero_offset())
        .ok()
        .and_then(|day| DAYS.get(day))
        .copied()?;
    let twelve = (clock.hour() + 11) % 12 + 1;
    let afternoon = clock.hour() >= 12;
    Some(match verb {
        "YYYY" => format!("{:04}", date.year()),
        "YY" => format!("{:02}", date.year() % 100),
        "MMMM" => month.to_owned(),
        "MMM" => month.chars().take(3).collect(),
        "MM" => format!("{:02}", date.month()),
        "M" => date.month().to_string(),
        "DD" => format!("{:02}", date.day()),
        "D" => date.day().to_string(),
        "EEEE" => day.to_owned(),
        "EEE" => day.chars().take(3).collect(),
        "hh" => format!("{:02}", clock.hour()),
        "h" => clock.hour().to_string(),
        "HH" => format!("{twelve:02}"),
        "H" => twelve.to_string(),
        "AA" => if afternoon { "PM" } else { "AM" }.to_owned(),
        "aa" => if afternoon { "pm" } else { "am" }.to_owned(),
        "mm" => format!("{:02}", clock.minute()),
        "m" => clock.minute().to_string(),
        "ss" => format!("{:02}", clock.second()),
        "s" => clock.second().to_string(),
        "Z" if stamp.offset == 0 => "Z".to_owned(),
        "ZZZ" if stamp.offset == 0 => "UTC".to_owned(),
        "Z" | "ZZZZZ" => stamp.zone(":"),
        "ZZZ" | "ZZZZ" => stamp.zone(""),
        _ => return None,
    })
}
