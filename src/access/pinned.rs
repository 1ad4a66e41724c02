//! Whether the part of a condition value that tells callers apart is fixed.
//!
//! S3 User Guide, "The meaning of public": a fixed value has no wildcard and no policy variable. A piece that is not
//! known here is fixed too when what is known of it says that it is one account, one resource, one name.

use super::Breadth;
use super::limit::Kind;
use super::range::Range;
use crate::policy::AccountRef;
use crate::value::{Piece, Symbol, Text, Unknown};
use std::net::IpAddr;

/// Whether a part is fixed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Pinned<T> {
    /// To this.
    To(T),
    /// No, for the reason given.
    Loose(&'static str),
    /// It is fixed but can match nobody.
    Nothing,
    /// It depends on an unknown.
    Open,
}

impl<T> Pinned<T> {
    /// What a value that is not pinned narrows to; an error says why it does not narrow.
    pub(super) fn otherwise(self, wild: bool) -> Result<Kind, &'static str> {
        match self {
            Self::Loose(reason) => Err(reason),
            Self::Open if wild => Ok(Kind::Within(Range::ANYONE)),
            Self::Open => Ok(Kind::Within(Range { least: Breadth::Nobody, most: Breadth::ForeignOrg })),
            Self::Nothing | Self::To(_) => Ok(Kind::Nobody),
        }
    }
}

/// Whether the whole text is fixed.
pub(super) fn pinned_text(text: &Text, wild: bool, variables: bool) -> Pinned<()> {
    for piece in text.pieces() {
        match piece {
            Piece::Known(known, _) => {
                if variables && known.contains("${") {
                    return Pinned::Loose("holds a policy variable");
                }
                if wild && known.contains(['*', '?']) {
                    return Pinned::Loose("holds a wildcard");
                }
            }
            Piece::Unknown(unknown) if is_one(unknown) => {}
            Piece::Unknown(_) => return Pinned::Open,
        }
    }
    Pinned::To(())
}

/// Whether an unknown is certainly neither wildcard nor variable.
fn is_one(unknown: &Unknown) -> bool {
    !matches!(unknown.symbol, Symbol::Anything | Symbol::AnyText)
}

/// An account id.
pub(super) fn pinned_account(text: &Text, wild: bool, variables: bool) -> Pinned<AccountRef> {
    match pinned_text(text, wild, variables) {
        Pinned::To(()) => {}
        Pinned::Loose(reason) => return Pinned::Loose(reason),
        Pinned::Nothing => return Pinned::Nothing,
        // Compared literally it is one account at most, whatever it reads.
        Pinned::Open if !wild && !variables => return account_of_unknown(text),
        Pinned::Open => return Pinned::Open,
    }
    match text.known() {
        Some(id) if id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()) => {
            Pinned::To(AccountRef::Id(id))
        }
        Some(_) => Pinned::Nothing,
        None => account_of_unknown(text),
    }
}

fn account_of_unknown(text: &Text) -> Pinned<AccountRef> {
    match text.pieces() {
        [Piece::Unknown(unknown)] if unknown.symbol == Symbol::OwnAccount => Pinned::To(AccountRef::Own),
        pieces => {
            let unknown = pieces.iter().find_map(|piece| match piece {
                Piece::Unknown(unknown) => Some(unknown.clone()),
                Piece::Known(..) => None,
            });
            unknown.map_or(Pinned::Nothing, |unknown| Pinned::To(AccountRef::Unknown(unknown)))
        }
    }
}

/// The account of a principal's ARN, and whether the value stands for the whole account (`:root`, `*`).
///
/// Partition, service and account must be literal: under `StringLike` a wildcard before the account runs across
/// colons, and a path of a role may hold any text.
pub(super) fn pinned_arn_account(text: &Text, wild: bool, variables: bool) -> Pinned<(AccountRef, bool)> {
    if let [Piece::Unknown(unknown)] = text.pieces() {
        return match &unknown.symbol {
            Symbol::Attribute { .. } => Pinned::To((AccountRef::Own, false)),
            _ => Pinned::Open,
        };
    }
    let Some((head, account, rest)) = arn_parts(text) else {
        return match pinned_text(text, wild, variables) {
            Pinned::To(()) | Pinned::Nothing => Pinned::Nothing,
            Pinned::Loose(reason) => Pinned::Loose(reason),
            Pinned::Open => Pinned::Open,
        };
    };
    match pinned_text(&head, wild, variables) {
        Pinned::To(()) => {}
        Pinned::Loose(reason) => return Pinned::Loose(reason),
        Pinned::Nothing => return Pinned::Nothing,
        Pinned::Open => return Pinned::Open,
    }
    let whole = rest.as_known().is_some_and(|rest| matches!(rest, "root" | "*" | "role/*" | "user/*"));
    match pinned_account(&account, wild, variables) {
        Pinned::To(account) => Pinned::To((account, whole)),
        Pinned::Loose(reason) => Pinned::Loose(reason),
        Pinned::Nothing => Pinned::Nothing,
        Pinned::Open => Pinned::Open,
    }
}

/// What stands before, in and after the account field of an ARN.
pub(super) fn arn_parts(text: &Text) -> Option<(Text, Text, Text)> {
    let known = text.known_parts();
    let colons: Vec<usize> = known.match_indices(':').map(|(at, _)| at).take(5).collect();
    let [first, _, _, fourth, fifth] = colons.as_slice() else { return None };
    if !known.get(..*first)?.eq("arn") {
        return None;
    }
    Some((text.slice(0..*fourth), text.slice(fourth + 1..*fifth), text.slice(fifth + 1..known.len())))
}

/// An organisation's id, or the path of one up to its first slash; `None` inside: the deploying account's own.
pub(super) fn pinned_org(text: &Text, wild: bool, variables: bool, path: bool) -> Pinned<Option<String>> {
    let id = match (path, text.known_parts().find('/')) {
        (true, Some(slash)) => text.slice(0..slash),
        (true, None) if wild && text.is_known() => {
            return Pinned::Loose("holds a wildcard in the organisation's id");
        }
        _ => text.clone(),
    };
    if let [Piece::Unknown(unknown)] = id.pieces()
        && unknown.symbol == Symbol::OwnOrganization
    {
        return Pinned::To(None);
    }
    match pinned_text(&id, wild, variables) {
        Pinned::To(()) => match id.known() {
            Some(id) if id.starts_with("o-") => Pinned::To(Some(id)),
            Some(_) => Pinned::Nothing,
            None => Pinned::Open,
        },
        Pinned::Loose(reason) => Pinned::Loose(reason),
        Pinned::Nothing => Pinned::Nothing,
        Pinned::Open => Pinned::Open,
    }
}

/// A unique id (`AIDA…`, `AROA…:session`, an account's 12 digits): fixed up to the session's name.
pub(super) fn pinned_user_id(text: &Text, wild: bool, variables: bool) -> Pinned<()> {
    let end = text.known_parts().find(':').unwrap_or_else(|| text.known_len());
    match pinned_text(&text.slice(0..end), wild, variables) {
        Pinned::To(()) if text.is_empty() => Pinned::Nothing,
        other => other,
    }
}

/// The ARN of a service's resource: its account must be literal, or, where ARNs have none (buckets), the whole.
pub(super) fn pinned_source(text: &Text, wild: bool, variables: bool) -> Pinned<()> {
    if let [Piece::Unknown(unknown)] = text.pieces() {
        return if is_one(unknown) { Pinned::To(()) } else { Pinned::Open };
    }
    let Some((_, account, rest)) = arn_parts(text) else { return pinned_text(text, wild, variables) };
    if account.is_empty() {
        return pinned_text(&rest, wild, variables);
    }
    match pinned_account(&account, wild, variables) {
        Pinned::To(_) => Pinned::To(()),
        Pinned::Loose(reason) => Pinned::Loose(reason),
        Pinned::Nothing => Pinned::Nothing,
        Pinned::Open => Pinned::Open,
    }
}

/// A range of addresses: a limit unless it is wider than `/8` (IPv4) or `/32` (IPv6). Private addresses are not what
/// KMS sees of a caller, so what they limit cannot be told.
pub(super) fn pinned_addresses(text: &Text) -> Result<Range, &'static str> {
    let Some(known) = text.known() else { return Ok(Range::ANYONE) };
    let Some((address, width)) = cidr(&known) else { return Ok(Range::NOBODY) };
    let private = match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_loopback(),
    };
    let widest = if address.is_ipv4() { 8 } else { 32 };
    if width < widest {
        return Err("is a range of addresses that holds much of the internet");
    }
    Ok(if private { Range::ANYONE } else { Range::exactly(Breadth::WorldByNetwork) })
}

/// An address and the length of its prefix.
fn cidr(text: &str) -> Option<(IpAddr, u8)> {
    let net: ipnet::IpNet = match text.parse() {
        Ok(net) => net,
        Err(_) => ipnet::IpNet::from(text.parse::<IpAddr>().ok()?),
    };
    Some((net.addr(), net.prefix_len()))
}
