//! Ranges of IP addresses.

use super::signature::{Arguments, Function, Outcome, Parameter, Stop, Takes};
use crate::value::{Kind, ListKind, Text};
use dashu_int::IBig;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const PREFIX: Parameter = Parameter::new("prefix", Takes::Text);

pub(super) const ROWS: &[Function] = &[
    Function::new("cidrhost", &[PREFIX, Parameter::new("hostnum", Takes::Number)], cidrhost).text(),
    Function::new("cidrnetmask", &[PREFIX], cidrnetmask).text(),
    Function::new(
        "cidrsubnet",
        &[PREFIX, Parameter::new("newbits", Takes::Number), Parameter::new("netnum", Takes::Number)],
        cidrsubnet,
    )
    .text(),
    Function::new("cidrsubnets", &[PREFIX], cidrsubnets).rest(Parameter::new("newbits", Takes::Number)),
];

/// A range as numbers.
struct Range {
    base: u128,
    length: u32,
    bits: u32,
}

impl Range {
    fn read(args: &Arguments<'_>) -> Result<Self, Stop> {
        let text = args.known(0)?;
        let net: IpNet =
            text.parse().map_err(|_| args.wrong(0, format!("`{text}` is not a range of addresses")))?;
        let net = net.trunc();
        Ok(match net {
            IpNet::V4(net) => {
                Self { base: u128::from(u32::from(net.addr())), length: net.prefix_len().into(), bits: 32 }
            }
            IpNet::V6(net) => Self { base: net.addr().into(), length: net.prefix_len().into(), bits: 128 },
        })
    }

    /// How many addresses a range of this length has; `None`: all of them.
    fn size(&self, length: u32) -> Option<u128> {
        1u128.checked_shl(self.bits - length)
    }

    fn last(&self) -> u128 {
        self.size(self.length).map_or(u128::MAX, |size| self.base + (size - 1))
    }

    fn address(&self, number: u128) -> IpAddr {
        match u32::try_from(number) {
            Ok(number) if self.bits == 32 => Ipv4Addr::from(number).into(),
            _ => Ipv6Addr::from(number).into(),
        }
    }

    /// The length after `more` bits; `None`: longer than an address.
    fn longer(&self, more: i64) -> Option<u32> {
        u32::try_from(more)
            .ok()
            .map(|more| self.length.saturating_add(more))
            .filter(|length| *length <= self.bits)
    }
}

/// Negative numbers count from the end.
fn cidrhost(args: &Arguments<'_>) -> Outcome {
    let range = Range::read(args)?;
    let whole = args.number(1)?.as_integer().ok_or_else(|| args.wrong(1, "a whole number is needed"))?;
    let number = if whole < IBig::ZERO {
        IBig::from(range.last()) + 1 + whole
    } else {
        IBig::from(range.base) + whole
    };
    let number = u128::try_from(number).ok().filter(|number| (range.base..=range.last()).contains(number));
    let number = number.ok_or_else(|| args.wrong(1, "the range has no such address"))?;
    args.give_made(range.address(number).to_string())
}

fn cidrnetmask(args: &Arguments<'_>) -> Outcome {
    let range = Range::read(args)?;
    if range.bits != 32 {
        return Err(args.wrong(0, "ranges of IPv6 have no netmask"));
    }
    let mask = u32::MAX.checked_shl(32 - range.length).unwrap_or(0);
    args.give_made(Ipv4Addr::from(mask).to_string())
}

fn cidrsubnet(args: &Arguments<'_>) -> Outcome {
    let range = Range::read(args)?;
    let more = args.integer(1)?;
    let length = range.longer(more).ok_or_else(|| args.wrong(1, "the range cannot be divided so far"))?;
    let number = args.number(2)?.as_integer().and_then(|number| u128::try_from(number).ok());
    let fits = |number: &u128| 1u128.checked_shl(length - range.length).is_none_or(|count| *number < count);
    let number = number.filter(fits).ok_or_else(|| args.wrong(2, "there is no subnet of this number"))?;
    let base = range.size(length).map_or(range.base, |size| range.base + number * size);
    args.give_made(format!("{}/{length}", range.address(base)))
}

/// One after the other, each at the next place where one of its size may begin.
fn cidrsubnets(args: &Arguments<'_>) -> Outcome {
    let range = Range::read(args)?;
    let mut items = Vec::new();
    let mut last: Option<u128> = None;
    for (index, value) in args.rest().iter().enumerate() {
        let more = args.number_of(value)?.as_i64().filter(|more| *more >= 1);
        let length = more.and_then(|more| range.longer(more));
        let length = length.ok_or_else(|| args.wrong(index + 1, "the range cannot be divided so"))?;
        let size = range.size(length).unwrap_or(1);
        let base = match last {
            None => Some(range.base),
            Some(last) => (last - last % size).checked_add(size),
        };
        let fits = |base: &u128| base.checked_add(size - 1).is_some_and(|end| end <= range.last());
        let full = || args.wrong(index + 1, "there is not enough room left in the range");
        let base = base.filter(fits).ok_or_else(full)?;
        last = Some(base + (size - 1));
        let text = format!("{}/{length}", range.address(base));
        items.push(args.make(Kind::Text(Text::made(text, args.call.span))));
    }
    args.give_list(ListKind::List, items, None)
}
