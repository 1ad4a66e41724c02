//! Tables of the condition operators.

use super::compare::{Against, holds};
use super::testing::{policy, statement};
use super::world::World;
use super::{Caller, Request};
use crate::logic::{Answer, Verdict};

fn judge(condition: &str, context: &[(&str, &[&str])]) -> Verdict {
    let document = policy(&statement("Allow", r#""*""#, r#""kms:*""#, condition));
    let context = context
        .iter()
        .map(|(key, values)| ((*key).to_owned(), values.iter().map(|v| (*v).to_owned()).collect()))
        .collect();
    let request = Request {
        caller: Caller::of_arn("arn:aws:iam::111122223333:user/ann").unwrap(),
        action: "kms:Decrypt".into(),
        key_arn: "arn:aws:kms:eu-west-1:111122223333:key/a".into(),
        key_account: "111122223333".into(),
        context,
    };
    let world = World::default();
    let against = Against { request: &request, variables: true, world: &world };
    let holds = document.statements[0].conditions.iter().map(|c| holds(c, against));
    Answer::all(holds).verdict
}

#[test]
fn operators_compare_as_documented() {
    use Verdict::{CannotTell, No, Yes};
    let with = |condition: &str, value: &str| judge(condition, &[("aws:K", &[value])]);
    for (condition, value, verdict) in [
        (r#"{"StringEquals":{"aws:k":["a","b"]}}"#, "b", Yes),
        (r#"{"StringEquals":{"aws:k":"A"}}"#, "a", No),
        (r#"{"StringEqualsIgnoreCase":{"aws:k":"A"}}"#, "a", Yes),
        (r#"{"StringNotEquals":{"aws:k":["a","b"]}}"#, "b", No),
        (r#"{"StringNotEqualsIgnoreCase":{"aws:k":"A"}}"#, "b", Yes),
        (r#"{"StringLike":{"aws:k":"a*c?"}}"#, "abbcd", Yes),
        (r#"{"StringNotLike":{"aws:k":"a*"}}"#, "abc", No),
        (r#"{"StringEquals":{"aws:k":"a*"}}"#, "abc", No),
        (r#"{"StringLike":{"aws:k":"a${*}"}}"#, "abc", No),
        (r#"{"StringLike":{"aws:k":"a${*}"}}"#, "a*", Yes),
        (r#"{"NumericLessThan":{"aws:k":"10"}}"#, "9", Yes),
        (r#"{"NumericGreaterThanEquals":{"aws:k":10}}"#, "9", No),
        (r#"{"NumericNotEquals":{"aws:k":"10"}}"#, "10.0", No),
        (r#"{"DateGreaterThan":{"aws:k":"2020-01-01T00:00:00Z"}}"#, "2026-01-01T00:00:00Z", Yes),
        (r#"{"DateLessThan":{"aws:k":"2020-01-01"}}"#, "1577836799", Yes),
        (r#"{"Bool":{"aws:k":true}}"#, "true", Yes),
        (r#"{"BinaryEquals":{"aws:k":"QmluYXJ5"}}"#, "QmluYXJ5", Yes),
        (r#"{"IpAddress":{"aws:k":"203.0.113.0/24"}}"#, "203.0.113.9", Yes),
        (r#"{"NotIpAddress":{"aws:k":"203.0.113.9"}}"#, "203.0.113.9", No),
        (r#"{"IpAddress":{"aws:k":"2001:db8::/32"}}"#, "2001:db8::1", Yes),
        (
            r#"{"ArnEquals":{"aws:k":"arn:aws:sns:*:111122223333:*"}}"#,
            "arn:aws:sns:eu-west-1:111122223333:t",
            Yes,
        ),
        (r#"{"ArnLike":{"aws:k":"arn:aws:*:111122223333:t:*"}}"#, "arn:aws:sns:eu-west-1:111122223333:t", No),
        (
            r#"{"StringLike":{"aws:k":"arn:aws:*:111122223333:t"}}"#,
            "arn:aws:sns:eu-west-1:111122223333:t",
            Yes,
        ),
        (r#"{"StringEquals":{"aws:k":"?value"}}"#, "a", CannotTell),
        (r#"{"StringEquals":{"aws:k":["?value","a"]}}"#, "a", Yes),
        (r#"{"StringNotEquals":{"aws:k":["?value","a"]}}"#, "a", No),
        (r#"{"Null":{"aws:k":"false"}}"#, "a", Yes),
        (r#"{"StringEquals":{"aws:k":"${aws:missing, 'a'}"}}"#, "a", Yes),
        (r#"{"StringEquals":{"aws:k":"${aws:missing}"}}"#, "a", No),
        (r#"{"StringEquals":{"aws:k":"x-${AWS:K}"}}"#, "x", No),
    ] {
        assert_eq!(with(condition, value), verdict, "{condition}");
    }
}

#[test]
fn missing_keys_and_several_values() {
    use Verdict::{No, Yes};
    for (condition, verdict) in [
        (r#"{"StringEquals":{"aws:k":"a"}}"#, No),
        (r#"{"StringNotEquals":{"aws:k":"a"}}"#, Yes),
        (r#"{"StringEqualsIfExists":{"aws:k":"a"}}"#, Yes),
        (r#"{"StringNotEqualsIfExists":{"aws:k":"a"}}"#, Yes),
        (r#"{"Null":{"aws:k":"true"}}"#, Yes),
        (r#"{"ForAllValues:StringEquals":{"aws:k":"a"}}"#, Yes),
        (r#"{"ForAnyValue:StringEquals":{"aws:k":"a"}}"#, No),
        (r#"{"ForAnyValue:StringNotEquals":{"aws:k":"a"}}"#, No),
    ] {
        assert_eq!(judge(condition, &[]), verdict, "{condition}");
    }
    let both = [("aws:k", ["a", "b"].as_slice())];
    for (condition, verdict) in [
        (r#"{"ForAllValues:StringEquals":{"aws:k":["a","b","c"]}}"#, Yes),
        (r#"{"ForAllValues:StringEquals":{"aws:k":"a"}}"#, No),
        (r#"{"ForAnyValue:StringEquals":{"aws:k":"b"}}"#, Yes),
        (r#"{"ForAnyValue:StringNotEquals":{"aws:k":["a"]}}"#, Yes),
        (r#"{"ForAllValues:StringNotEquals":{"aws:k":["a"]}}"#, No),
    ] {
        assert_eq!(judge(condition, &both), verdict, "{condition}");
    }
}
