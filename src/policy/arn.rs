//! Amazon Resource Names in their parts.
//!
//! IAM User Guide, "Identify AWS resources with Amazon Resource Names": `arn:partition:service:region:account:resource`,
//! where the resource may hold further colons. Pieces that are not known are taken to hold no colon: Terraform
//! interpolates whole fields. What is easy to get wrong: `arn:${x}` has no fields at all.

use super::glob::{Case, Glob};
use super::{AccountRef, Arn};
use crate::logic::Verdict;
use crate::value::{Symbol, Text};

impl Arn {
    /// Takes an ARN apart; `None` when the text does not begin with `arn:` or has fewer than six known fields.
    pub fn parse(text: &Text) -> Option<Self> {
        let [head, partition, service, region, account, resource] = fields(text)?;
        head.is("arn").then(|| Self {
            partition,
            service,
            region,
            account: AccountRef::of(&account),
            resource,
            text: text.clone(),
        })
    }

    /// The resource before and after its first known slash; `None` when there is none.
    pub fn resource_parts(&self) -> Option<(Text, Text)> {
        let known = self.resource.known_parts();
        let slash = known.find('/')?;
        Some((self.resource.slice(0..slash), self.resource.slice(slash + 1..known.len())))
    }
}

impl AccountRef {
    /// The account that a text names. Whether a known one has twelve digits is for the caller to judge.
    pub fn of(text: &Text) -> Self {
        let mut unknowns = text.unknowns();
        match (unknowns.next(), unknowns.next()) {
            (None, _) => Self::Id(text.known_parts()),
            (Some(one), None) if text.known_len() == 0 && one.symbol == Symbol::OwnAccount => Self::Own,
            (Some(one), _) => Self::Unknown(one.clone()),
        }
    }

    /// Whether it is an account id of twelve digits.
    pub fn is_id(text: &str) -> bool {
        text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// Whether a subject matches a pattern as `ArnLike` and `ArnEquals` compare (IAM User Guide, "ARN condition
/// operators"): each of the six fields on its own, with wildcards in the pattern. Unknown pieces of the subject stand
/// for any characters; those of the pattern leave no certain match.
pub fn like(pattern: &Text, subject: &Text) -> Verdict {
    let whole = |text: &Text| text.is_known();
    let (Some(patterns), Some(subjects)) = (fields(pattern), fields(subject)) else {
        let pattern_glob = Glob::pattern(pattern, Case::Counts);
        let subject_glob = Glob::literal(subject, Case::Counts);
        return match pattern_glob.meets(&subject_glob) {
            Verdict::No => Verdict::No,
            // The documents do not say what becomes of a pattern with fewer fields.
            _ if pattern.is("*") && whole(subject) => Verdict::Yes,
            _ => Verdict::CannotTell,
        };
    };
    let mut verdict = Verdict::Yes;
    for (pattern, subject) in patterns.iter().zip(&subjects) {
        let field = Glob::literal(subject, Case::Counts).within(&Glob::pattern(pattern, Case::Counts));
        match field {
            Verdict::No => return Verdict::No,
            Verdict::CannotTell => verdict = Verdict::CannotTell,
            Verdict::Yes => {}
        }
    }
    verdict
}

/// The six fields of an ARN or of a pattern for ARNs.
fn fields(text: &Text) -> Option<[Text; 6]> {
    let known = text.known_parts();
    let mut colons = known.match_indices(':').map(|(at, _)| at);
    let mut fields = Vec::with_capacity(6);
    let mut start = 0;
    for _ in 0..5 {
        let colon = colons.next()?;
        fields.push(text.slice(start..colon));
        start = colon + 1;
    }
    fields.push(text.slice(start..known.len()));
    <[Text; 6]>::try_from(fields).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{known, mixed, unknown};

    #[test]
    fn fields_are_split_at_the_first_five_colons() {
        let arn = Arn::parse(&known("arn:aws:logs:eu-west-1:111122223333:log-group:a:b")).unwrap();
        assert_eq!(arn.resource.known().as_deref(), Some("log-group:a:b"));
        assert_eq!(arn.account, AccountRef::Id("111122223333".into()));
        assert!(Arn::parse(&known("arn:aws:iam::1")).is_none());
        assert!(Arn::parse(&known("urn:aws:iam::1:root")).is_none());
    }

    #[test]
    fn unknown_pieces_stay_in_their_field() {
        let text = mixed(&["arn:", "?partition", ":iam::", "?own", ":role/a/", "?name"]);
        let arn = Arn::parse(&text).unwrap();
        assert_eq!(arn.account, AccountRef::Own);
        assert_eq!(arn.service.known().as_deref(), Some("iam"));
        assert!(arn.region.is_empty());
        let (kind, rest) = arn.resource_parts().unwrap();
        assert!(kind.is("role"));
        assert_eq!(rest.shown(), "a/${name}");
        assert!(!arn.partition.is_known());
    }

    #[test]
    fn arns_are_compared_field_by_field() {
        let of = |pattern: &str, subject: &[&str]| like(&known(pattern), &mixed(subject));
        let role = ["arn:aws:iam::111122223333:role/app"];
        assert_eq!(of("arn:aws:iam::111122223333:role/*", &role), Verdict::Yes);
        assert_eq!(of("arn:*:role/app", &role), Verdict::CannotTell);
        assert_eq!(of("arn:aws*:*:*:*:role/?pp", &role), Verdict::Yes);
        assert_eq!(of("*", &role), Verdict::Yes);
        let open = ["arn:", "?partition", ":iam::111122223333:role/", "?name"];
        assert_eq!(of("arn:*:iam::111122223333:role/*", &open), Verdict::Yes);
        assert_eq!(of("arn:aws:iam::111122223333:role/*", &open), Verdict::CannotTell);
        assert_eq!(of("arn:aws:iam::444455556666:role/*", &open), Verdict::No);
    }

    #[test]
    fn a_partly_unknown_account_is_unknown() {
        let text = mixed(&["1111", "?text"]);
        assert_eq!(AccountRef::of(&text), AccountRef::Unknown(unknown("text")));
    }
}
