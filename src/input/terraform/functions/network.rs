//! Ranges of IP addresses.

use super::signature::{Arguments, Function, Outcome, Parameter, Stop, Takes};
use crate::input::terraform::types::Type;
use crate::value::{Kind, ListKind, Text};
use dashu_int::{IBig, UBig};
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
    Function::new(
        "cidrcontains",
        &[
            Parameter::new("containing_prefix", Takes::Text),
            Parameter::new("contained_ip_or_prefix", Takes::Text),
        ],
        cidrcontains,
    ),
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

/// What Terraform calculates, also where it makes little sense: fewer bits give a larger range, a negative number the
/// complement, and less than no bits at all the text `<nil>`.
fn cidrsubnet(args: &Arguments<'_>) -> Outcome {
    let range = Range::read(args)?;
    let more = args.integer(1)?;
    let length = i64::from(range.length).saturating_add(more);
    if length > i64::from(range.bits) {
        return Err(args.wrong(1, "the range cannot be divided so far"));
    }
    let number = args.number(2)?.as_integer().ok_or_else(|| args.wrong(2, "a whole number is needed"))?;
    let low = u64::try_from(number.clone().into_parts().1 & UBig::from(u64::MAX)).unwrap_or(u64::MAX);
    let most =
        u32::try_from(more).ok().and_then(|more| 1u64.checked_shl(more)).map_or(u64::MAX, |all| all - 1);
    let none = || args.wrong(2, "there is no subnet of this number");
    if low > most {
        return Err(none());
    }
    let shift = usize::try_from(i64::from(range.bits).saturating_sub(length)).unwrap_or(usize::MAX);
    let moved = if number.is_zero() || shift > 1_000 { number.clone() } else { number.clone() << shift };
    if !number.is_zero() && shift > 1_000 {
        return Err(none());
    }
    let base = (IBig::from(range.base) | moved).into_parts().1;
    let base = u128::try_from(base).ok().filter(|base| range.bits == 128 || *base <= u128::from(u32::MAX));
    let base = base.ok_or_else(none)?;
    if length < 0 {
        return args.give_made("<nil>");
    }
    args.give_made(format!("{}/{length}", range.address(base)))
}

/// Whether an address or a range lies in a range. A function of OpenTofu.
fn cidrcontains(args: &Arguments<'_>) -> Outcome {
    let [whole, part] = [args.known(0)?, args.known(1)?];
    let no_range = |_| args.wrong(0, format!("`{whole}` is not a range of addresses"));
    let range: IpNet = whole.parse().map_err(no_range)?;
    let inside = match (part.parse::<IpAddr>(), part.parse::<IpNet>()) {
        (Ok(address), _) if range.addr().is_ipv4() == address.is_ipv4() => range.contains(&address),
        (_, Ok(net)) if range.addr().is_ipv4() == net.addr().is_ipv4() => range.contains(&net),
        (Ok(_), _) | (_, Ok(_)) => {
            return Err(args.fail("an IPv4 and an IPv6 range cannot be compared"));
        }
        _ => return Err(args.wrong(1, format!("`{part}` is neither an address nor a range"))),
    };
    args.give_bool(inside)
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
    args.give_list_of(ListKind::List, items, None, Type::String)
}
