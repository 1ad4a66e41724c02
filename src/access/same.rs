//! Whether an ARN pattern means a principal's ARN, pieces that are not known included.
//!
//! Both are written out with a mark for every unknown that stands for one thing throughout (the own account, the
//! partition, an attribute of a resource); two texts with the same marks are the same.

use super::view::View;
use super::words::glob;
use crate::value::{Piece, Symbol, Text};

/// Whether two texts mean the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sameness {
    /// They do.
    Yes,
    /// They do not.
    No,
    /// It depends on an unknown.
    CannotTell,
}

/// Stands for the own account where its digits are not known.
const OWN: char = '\u{1}';
/// Stands before the name of an attribute.
const ATTRIBUTE: char = '\u{2}';

/// Whether `pattern` (wildcards if `wild`) matches the `aws:PrincipalArn` of the principal `arn`: that of a session
/// is the ARN of its role, of which the path is not known.
pub(super) fn matches_arn(view: &View<'_>, pattern: &Text, arn: &Text, wild: bool) -> Sameness {
    let (Some(pattern), Some(arn)) = (written_out(view, pattern), written_out(view, arn)) else {
        return Sameness::CannotTell;
    };
    let meets = |pattern: &str, arn: &str| if wild { glob(pattern, arn) } else { pattern == arn };
    if let Some((head, role)) = role_of_session(&arn) {
        if meets(&pattern, &format!("{head}:role/{role}")) {
            return Sameness::Yes;
        }
        let named = pattern.rsplit('/').next().is_some_and(|name| name == role || (wild && glob(name, role)));
        return if named { Sameness::CannotTell } else { Sameness::No };
    }
    if meets(&pattern, &arn) {
        return Sameness::Yes;
    }
    if pattern.contains(ATTRIBUTE) != arn.contains(ATTRIBUTE) {
        return Sameness::CannotTell;
    }
    // The own account may be the one that the other side spells out.
    let blank = |text: &str| {
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        match fields.as_slice() {
            [head, partition, service, region, _, rest] => {
                [head, partition, service, region, "", rest].map(|field| (*field).to_owned()).join(":")
            }
            _ => text.to_owned(),
        }
    };
    let perhaps = pattern.contains(OWN) != arn.contains(OWN) && meets(&blank(&pattern), &blank(&arn));
    if perhaps { Sameness::CannotTell } else { Sameness::No }
}

/// A text with marks for unknowns; `None` when one of them may be anything. Partitions are all written `aws`: an
/// account is of one partition.
fn written_out(view: &View<'_>, text: &Text) -> Option<String> {
    let mut out = String::new();
    for piece in text.pieces() {
        match piece {
            Piece::Known(known, _) => out.push_str(known),
            Piece::Unknown(unknown) => match &unknown.symbol {
                Symbol::OwnAccount => match view.own.account() {
                    Some(id) => out.push_str(id),
                    None => out.push(OWN),
                },
                Symbol::Partition => out.push_str("aws"),
                Symbol::Attribute { resource, attribute } => {
                    out.push(ATTRIBUTE);
                    out.push_str(resource);
                    out.push('.');
                    out.push_str(attribute);
                }
                _ => return None,
            },
        }
    }
    let rest = out.strip_prefix("arn:aws-").and_then(|rest| rest.split_once(':'));
    if let Some((_, rest)) = rest {
        out = format!("arn:aws:{rest}");
    }
    Some(out)
}

/// `arn:aws:iam::1111` and the role's name, for the ARN of an assumed role's session.
fn role_of_session(arn: &str) -> Option<(String, &str)> {
    let (head, rest) = arn.split_once(":assumed-role/")?;
    let (role, _) = rest.split_once('/')?;
    Some((head.replacen(":sts:", ":iam:", 1), role))
}
