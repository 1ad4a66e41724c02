//! What of the new policy is plainly in the old one, so that nobody has to search for it.
//!
//! A statement that asks for no less than one of the old policy, for no more actions and nobody else, lets nothing new
//! in as long as no Deny about those actions was lifted. Most pairs of real policies share most of their statements.
//! What is easy to get wrong: naming a role is more than naming its account, while everyone is more than either.

use super::bits::Bits;
use super::line::{Line, Named, Who};

/// What a Deny of the old policy forbids and none of the new one: to whom, and which actions.
pub(super) struct Lifted<'a> {
    who: &'a Who,
    acts: Bits,
}

/// The Deny statements that are not in the new policy, or not as wide.
pub(super) fn lifted<'a>(old: &'a [Line], new: &[Line]) -> Vec<Lifted<'a>> {
    let mut lifted = Vec::new();
    for deny in old.iter().filter(|line| line.denies) {
        let mut gone = deny.acts.any();
        for other in new.iter().filter(|line| line.denies && asks_less(line, deny)) {
            if everybody(&other.who, &deny.who) {
                gone.drop(&other.acts.certain);
                if other.act_test == deny.act_test && deny.acts.perhaps.within(&other.acts.perhaps) {
                    gone.drop(&deny.acts.perhaps);
                }
            }
        }
        if !gone.is_empty() {
            lifted.push(Lifted { who: &deny.who, acts: gone });
        }
    }
    lifted
}

impl Lifted<'_> {
    /// Whether it may have forbidden something to those whom a principal means.
    fn concerns(&self, item: Option<&Named>) -> bool {
        let Some(named) = item else { return true };
        self.who.negated
            || self.who.hidden.is_some()
            || self.who.items.iter().any(|(_, denied)| !apart(denied, named))
    }
}

/// Whether nobody is meant by both, plainly. Names count without regard to case, for they are unique that way.
fn apart(one: &Named, other: &Named) -> bool {
    let differ = |one: &str, other: &str| !one.eq_ignore_ascii_case(other);
    match (one, other) {
        (Named::Nobody, _)
        | (_, Named::Nobody)
        | (Named::Service(_), Named::Role(..) | Named::Identity(..))
        | (Named::Role(..) | Named::Identity(..), Named::Service(_)) => true,
        (Named::Role(account, name, _), Named::Role(its_account, its_name, _))
        | (Named::Identity(account, name, _), Named::Identity(its_account, its_name, _)) => {
            account != its_account || differ(name, its_name)
        }
        // A session of a role is that role too, a user is not.
        (Named::Role(..), Named::Identity(_, _, of_sts))
        | (Named::Identity(_, _, of_sts), Named::Role(..)) => !of_sts,
        _ => false,
    }
}

/// The actions of a new line that may be new for one of its principals; `None`: for all of a list that is negated or
/// not known in part.
pub(super) fn may_be_new(line: &Line, item: Option<&Named>, old: &[Line], lifted: &[Lifted<'_>]) -> Bits {
    let mut left = line.acts.any();
    for known in old.iter().filter(|known| !known.denies && asks_less(known, line)) {
        let same = match item {
            Some(named) => holds(&known.who, named),
            None => everybody(&known.who, &line.who),
        };
        if same {
            let mut known_acts = known.acts.certain.clone();
            if known.act_test == line.act_test {
                known_acts.take(&known.acts.perhaps);
                // What both cover in doubt they cover together; what is certain in the new line is not.
                let mut doubted = known.acts.perhaps.clone();
                doubted.keep(&line.acts.certain);
                known_acts.drop(&doubted);
            }
            let concerned = lifted.iter().filter(|lifted| lifted.concerns(item));
            concerned.for_each(|lifted| known_acts.drop(&lifted.acts));
            left.drop(&known_acts);
        }
    }
    left
}

/// Whether each test of one line is one of the other's too.
fn asks_less(line: &Line, other: &Line) -> bool {
    let within = |some: &[usize], all: &[usize]| some.iter().all(|test| all.contains(test));
    within(&line.tests, &other.tests) && within(&line.tied, &other.tied)
}

fn everyone(who: &Who) -> bool {
    !who.negated && who.items.iter().any(|(_, named)| *named == Named::Everyone)
}

/// Whether a list holds a principal.
fn holds(who: &Who, named: &Named) -> bool {
    everyone(who)
        || (!who.negated && who.items.iter().any(|(_, other)| other == named))
        || matches!(named, Named::Hidden(_, test, _) if !who.negated && who.hidden == Some(*test))
}

/// Whether a list holds everybody whom another one means.
fn everybody(who: &Who, other: &Who) -> bool {
    let within = |one: &Who, two: &Who| {
        one.items.iter().all(|(_, item)| two.items.iter().any(|(_, other)| other == item))
    };
    everyone(who)
        || (who.negated == other.negated
            && (other.hidden.is_none() || who.hidden == other.hidden)
            && within(other, who)
            && (!who.negated || (within(who, other) && who.hidden == other.hidden)))
}

#[cfg(test)]
mod tests {
    use super::super::line::Prepared;
    use super::*;
    use crate::access::testing::{policy, setting, statement};
    use crate::access::widen::ground::Ground;
    use crate::access::widen::line::Reader;
    use crate::access::widen::test::Table;

    /// The lines of an old and of a new policy, whose tests are of one table.
    fn lines(old: &str, new: &str) -> (Vec<Line>, Vec<Line>) {
        let (old, new, setting) = (policy(old), policy(new), setting());
        let ground = Ground { own: "111122223333".to_owned(), setting: std::borrow::Cow::Borrowed(&setting) };
        let mut table = Table::default();
        let mut reader = Reader { table: &mut table, ground: &ground };
        (reader.lines(&Prepared::of(&old)), reader.lines(&Prepared::of(&new)))
    }

    fn allow(principal: &str, action: &str) -> String {
        statement("Allow", principal, action, "")
    }

    /// Everybody whom a list may name, each with those of the others that nobody is besides.
    const NAMED: [(&str, &[usize]); 9] = [
        (r#""*""#, &[7]),
        (r#"{"AWS":"%O"}"#, &[7]),
        (r#"{"AWS":"arn:aws:iam::%O:role/a"}"#, &[3, 4, 6, 7]),
        (r#"{"AWS":"arn:aws:iam::%F:role/a"}"#, &[2, 4, 6, 7]),
        (r#"{"AWS":"arn:aws:iam::%O:user/a"}"#, &[2, 3, 5, 6, 7]),
        (r#"{"AWS":"arn:aws:sts::%O:assumed-role/a/s"}"#, &[4, 6, 7]),
        (r#"{"Service":"sns.amazonaws.com"}"#, &[2, 3, 4, 5, 7]),
        (r#"{"AWS":"AROAEXAMPLE123456789"}"#, &[0, 1, 2, 3, 4, 5, 6, 7, 8]),
        (r#"{"AWS":"<?who>"}"#, &[7]),
    ];

    #[test]
    fn some_are_plainly_nobody_of_others() {
        let all: Vec<String> = NAMED.iter().map(|(principal, _)| allow(principal, r#""kms:Sign""#)).collect();
        let (lines, _) = lines(&all.join(","), "");
        let named: Vec<&Named> = lines.iter().map(|line| &line.who.items[0].1).collect();
        for (at, (principal, others)) in NAMED.iter().enumerate() {
            for (to, (other, _)) in NAMED.iter().enumerate() {
                assert_eq!(apart(named[at], named[to]), others.contains(&to), "{principal} {other}");
            }
        }
        let case =
            |name: &str| Named::Role("111122223333".to_owned(), name.to_owned(), format!("role/{name}"));
        assert!(!apart(&case("a"), &case("A")), "names are unique without regard to case");
    }

    /// The actions that have to be searched for, for each principal of the last statement of the new policy.
    fn left(old: &str, new: &str) -> Vec<u32> {
        let (old, new) = lines(old, new);
        let lifted = lifted(&old, &new);
        let last = new.last().unwrap();
        let each = last.principals().into_iter();
        each.map(|(_, named)| may_be_new(last, named.as_ref(), &old, &lifted).count()).collect()
    }

    #[test]
    fn what_is_plainly_there_already_is_not_searched_for() {
        let (role, user) = (r#"{"AWS":"arn:aws:iam::%O:role/a"}"#, r#"{"AWS":"arn:aws:iam::%O:user/a"}"#);
        let both = r#"{"AWS":["arn:aws:iam::%O:role/a","arn:aws:iam::%O:user/a"]}"#;
        let (one, two) = (r#""kms:Sign""#, r#"["kms:Sign","kms:Verify"]"#);
        let tls = r#"{"Bool":{"aws:SecureTransport":"true"}}"#;
        let tied = r#"{"StringEquals":{"aws:PrincipalType":"User"}}"#;
        let when = |condition: &str| statement("Allow", role, one, condition);
        let but = |principal: &str| allow(principal, one).replace("Principal", "NotPrincipal");
        let open = r#"{"AWS":["arn:aws:iam::%O:role/a","?list"]}"#;
        for (old, new, expected) in [
            (allow(role, one), allow(role, one), &[0][..]),
            (allow(role, two), allow(role, one), &[0]),
            (allow(role, one), allow(role, two), &[1]),
            (allow(role, one), allow(both, one), &[0, 1]),
            (allow(both, one), allow(user, one), &[0]),
            (allow(r#""*""#, one), allow(both, one), &[0, 0]),
            (allow(r#"{"AWS":"%O"}"#, one), allow(both, one), &[1, 1]),
            (allow(r#""*""#, one), but(role), &[0]),
            (but(role), but(role), &[0]),
            (but(role), but(user), &[1]),
            (but(both), but(role), &[1]),
            (but(role), but(both), &[1]),
            (but(r#""*""#), allow(r#""*""#, one), &[1]),
            (but(role), allow(role, one), &[1]),
            (allow(role, one), but(role), &[1]),
            (when(tls), when(tls), &[0]),
            (when(""), when(tls), &[0]),
            (when(tls), when(""), &[1]),
            (when(tied), when(""), &[1]),
            (when(""), when(tied), &[0]),
            (statement("Deny", role, one, ""), allow(role, one), &[1]),
            (allow(open, one), allow(open, one), &[0, 0]),
            (allow(open, one), allow(role, one), &[0]),
            (allow(role, one), allow(open, one), &[0, 1]),
            (allow(role, r#"["kms:Sign","?act"]"#), allow(role, one), &[0]),
        ] {
            assert_eq!(left(&old, &new), expected, "{old}\n{new}");
        }
        let perhaps = allow(role, r#"["kms:Sign","?act"]"#);
        assert_eq!(left(&perhaps, &perhaps), [0]);
        assert!(left(&allow(role, r#"["kms:Sign","?other"]"#), &perhaps)[0] > 1, "another unknown");
        assert!(
            left(&allow(role, r#""?act""#), &allow(role, one))[0] == 1,
            "what is in doubt is not certain"
        );
    }

    #[test]
    fn a_lifted_deny_concerns_those_whom_it_may_have_meant() {
        let (role, other) = (r#"{"AWS":"arn:aws:iam::%O:role/a"}"#, r#"{"AWS":"arn:aws:iam::%O:role/b"}"#);
        let (sign, both) = (r#""kms:Sign""#, r#"["kms:Sign","kms:Verify"]"#);
        let allow = allow(role, both);
        let beside = |deny: &str| if deny.is_empty() { allow.clone() } else { format!("{deny},{allow}") };
        let deny =
            |principal: &str, action: &str, condition: &str| statement("Deny", principal, action, condition);
        let spares = |principal: &str| deny(principal, sign, "").replace("Principal", "NotPrincipal");
        let tls = r#"{"Bool":{"aws:SecureTransport":"false"}}"#;
        for (old, new, expected) in [
            (String::new(), deny(role, sign, ""), 0),
            (deny(role, sign, ""), String::new(), 1),
            (deny(r#""*""#, sign, ""), String::new(), 1),
            (deny(other, sign, ""), String::new(), 0),
            (deny(role, sign, ""), deny(role, sign, ""), 0),
            (deny(role, sign, ""), deny(role, both, ""), 0),
            (deny(role, both, ""), deny(role, sign, ""), 1),
            (deny(role, sign, ""), deny(r#""*""#, sign, ""), 0),
            (deny(r#""*""#, sign, ""), deny(role, sign, ""), 1),
            (deny(role, sign, ""), deny(role, sign, tls), 1),
            (deny(role, sign, tls), deny(role, sign, ""), 0),
            (spares(other), String::new(), 1),
            (spares(role), String::new(), 1),
            (spares(other), spares(other), 0),
            (spares(other), spares(r#"{"AWS":["arn:aws:iam::%O:role/a","arn:aws:iam::%O:role/b"]}"#), 1),
            (deny(r#""?principals""#, sign, ""), String::new(), 1),
            (deny(r#""?principals""#, sign, ""), deny(r#""?principals""#, sign, ""), 0),
            (deny(r#""?principals""#, sign, ""), deny(r#""?others""#, sign, ""), 1),
            (deny(role, r#""?act""#, ""), deny(role, r#""?act""#, ""), 0),
            (deny(role, r#""?act""#, ""), deny(role, r#""?other""#, ""), 2),
            (deny(role, r#""?act""#, ""), deny(role, sign, ""), 1),
        ] {
            assert_eq!(left(&beside(&old), &beside(&new)), [expected], "{old}\n{new}");
        }
    }
}
