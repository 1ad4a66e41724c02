//! What answers are given with: the elements that decide, and what is not known.

use super::testing::{ROOT, policy, setting, statement};
use super::*;
use crate::logic::Verdict::{self, CannotTell, No, Yes};

const USE: &str = r#"["kms:Decrypt","kms:DescribeKey"]"#;

/// Whether the last statement is public, and the facts that say why.
fn public(statements: &str) -> (Verdict, Vec<String>) {
    let document = policy(statements);
    let answer = is_public(document.statements.last().unwrap(), &document, &setting());
    (answer.verdict, answer.because.into_iter().map(|it| it.fact.to_string()).collect())
}

fn tells(facts: &[String], part: &str) -> bool {
    facts.iter().any(|fact| fact.contains(part))
}

#[test]
fn a_deny_that_stops_is_told() {
    let all = statement("Allow", r#""*""#, USE, "");
    let deny = |principal: &str, condition: &str| {
        let deny = statement("Deny", principal, r#""kms:*""#, condition);
        public(&format!("{deny},{all}"))
    };
    assert_eq!(deny(r#""*""#, "").0, No);
    let (verdict, facts) = deny(r#"{"AWS":"<?who>"}"#, "");
    assert!(
        verdict == CannotTell && tells(&facts, "this statement denies it") && tells(&facts, "`who`"),
        "{facts:?}"
    );
    let (verdict, facts) = deny(r#""*""#, r#"{"StringNotLike":{"aws:PrincipalOrgID":"<?org>"}}"#);
    assert!(verdict == CannotTell && tells(&facts, "`org`"), "{facts:?}");
    let (verdict, facts) = deny(r#"{"AWS":"%F"}"#, "");
    assert!(verdict == Yes && !tells(&facts, "denies"), "{facts:?}");
}

#[test]
fn what_is_not_known_of_an_action_is_told() {
    let (verdict, facts) = public(&statement("Allow", r#""*""#, r#""kms:<?act>""#, ""));
    assert!(verdict == CannotTell && tells(&facts, "`act`"), "{facts:?}");
    let but =
        statement("Allow", r#""*""#, r#"["kms:<?act>","kms:*Key*"]"#, "").replace("Action", "NotAction");
    let (verdict, facts) = public(&but);
    assert!(verdict == CannotTell && tells(&facts, "`act`"), "{facts:?}");
    let known = statement("Allow", r#""*""#, r#""kms:Put*""#, "").replace("Action", "NotAction");
    assert_eq!(public(&known).0, Yes);
}

#[test]
fn of_cases_that_differ_the_one_that_may_hold_is_told() {
    let who = |one: &str, two: &str| format!(r#"{{"AWS":{{"?if":"c","then":"{one}","else":"{two}"}}}}"#);
    let own = "arn:aws:iam::%O:root";
    for (one, two, holds) in [("<?who>", own, "true"), (own, "<?who>", "false")] {
        let (verdict, facts) = public(&statement("Allow", &who(one, two), USE, ""));
        let when = format!("when `c` is {holds}, which is not known");
        assert!(verdict == CannotTell && tells(&facts, "`who`") && tells(&facts, &when), "{facts:?}");
    }
    let (verdict, facts) = public(&statement("Allow", &who("*", "<?who>"), USE, ""));
    assert!(verdict == CannotTell && tells(&facts, "when `c` is true"), "{facts:?}");
    let (verdict, _) = public(&format!("{ROOT},{}", statement("Allow", &who(own, "%F"), USE, "")));
    assert_eq!(verdict, No);
}

#[test]
fn a_resource_is_told_by_what_it_may_be() {
    let of = |resource: &str| {
        let own = statement("Allow", r#""*""#, USE, "");
        public(&own.replace(r#""Resource":"*""#, &format!(r#""Resource":"{resource}""#)))
    };
    let (verdict, facts) = of("arn:aws:kms:eu-west-1:%O:key/a");
    assert!(verdict == CannotTell && tells(&facts, "may be this key or another"), "{facts:?}");
    let (verdict, facts) = of("arn:aws:kms:eu-west-1:%O:key/<?id>");
    assert!(verdict == CannotTell && tells(&facts, "`id`") && !tells(&facts, "or another"), "{facts:?}");
    let (verdict, facts) = of("arn:aws:s3:::b");
    assert!(verdict == No && !tells(&facts, "may be this key"), "{facts:?}");
}
