//! The evaluator and the comparison against the naive model, on policies and requests drawn near each other.

mod asked;
mod laws;
mod lines;

use super::testing::setting;
use super::*;
use crate::policy::{Document, PolicyKind, facts, read};
use serde_json::{Value, json};

const O: &str = "111122223333";
const F: &str = "444455556666";

/// Repeatable chance.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % sides
    }

    fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.roll(all.len())]
    }

    fn some(&mut self, all: &[&str]) -> Vec<String> {
        (0..=self.roll(2)).map(|_| self.pick(all).to_owned()).collect()
    }
}

const ARNS: [&str; 9] = [
    "arn:aws:iam::111122223333:role/a",
    "arn:aws:iam::111122223333:role/team/b",
    "arn:aws:iam::111122223333:user/u",
    "arn:aws:iam::444455556666:role/a",
    "arn:aws:iam::111122223333:role/*",
    "arn:aws:iam::*:role/team/*",
    "arn:aws:iam::111122223333:*",
    "*",
    "arn:aws:iam::1111*:role/?",
];
const STRINGS: [&str; 6] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringEqualsIfExists",
];
const ARN_TESTS: [&str; 5] =
    ["ArnLike", "ArnNotLike", "StringLike", "StringNotLikeIfExists", "ArnEqualsIfExists"];
const SETS: [&str; 4] = [
    "ForAnyValue:StringLike",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringNotEquals",
    "ForAllValues:StringNotLike",
];
const TRUE: [&str; 2] = ["true", "false"];

/// Condition keys, the operators that test them, and values near which requests are drawn.
const KEYS: [(&str, &[&str], &[&str]); 17] = [
    ("kms:CallerAccount", &STRINGS, &[O, F, "1111*", "777788889999"]),
    ("aws:PrincipalAccount", &STRINGS, &[O, F]),
    ("aws:PrincipalArn", &ARN_TESTS, &ARNS),
    (
        "kms:ViaService",
        &STRINGS,
        &["s3.eu-west-1.amazonaws.com", "s3.*.amazonaws.com", "*", "sqs.eu-west-1.amazonaws.com"],
    ),
    (
        "aws:SourceIp",
        &["IpAddress", "NotIpAddress", "IpAddressIfExists"],
        &["203.0.113.0/24", "203.0.113.128/25", "10.0.0.0/8"],
    ),
    ("aws:SecureTransport", &["Bool", "BoolIfExists"], &TRUE),
    ("aws:MultiFactorAuthPresent", &["Bool", "BoolIfExists", "Null"], &TRUE),
    ("kms:EncryptionContext:app", &STRINGS, &["x", "X", "x*", "y?"]),
    ("kms:EncryptionContextKeys", &SETS, &["app", "team", "t*"]),
    ("aws:PrincipalOrgID", &STRINGS, &["o-aaaaaaaaaa", "o-bbbbbbbbbb", "o-*"]),
    ("kms:GrantIsForAWSResource", &["Bool", "Null", "BoolIfExists"], &TRUE),
    (
        "aws:CurrentTime",
        &["DateLessThan", "DateGreaterThan"],
        &["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"],
    ),
    (
        "kms:ScheduleKeyDeletionPendingWindowInDays",
        &["NumericLessThan", "NumericGreaterThanEquals", "NumericEquals"],
        &["7", "30"],
    ),
    ("aws:SourceAccount", &STRINGS, &[O, F]),
    (
        "aws:SourceArn",
        &ARN_TESTS,
        &["arn:aws:s3:::bucket", "arn:aws:s3:::b*", "arn:aws:sns:*:111122223333:*"],
    ),
    ("aws:PrincipalTag/team", &STRINGS, &["red", "blue", "r*"]),
    ("aws:PrincipalType", &["StringEquals", "StringNotEquals"], &["AssumedRole", "User", "Account"]),
];

fn condition(dice: &mut Dice, into: &mut Value) {
    let (key, operators, values) = KEYS[dice.roll(KEYS.len())];
    let operator = dice.pick(operators);
    // One key under one operator once: a second one would be another value of the same.
    let values = if operators.contains(&"Bool") || operator == "Null" {
        vec![dice.pick(&TRUE).to_owned()]
    } else {
        dice.some(values)
    };
    into[operator][key] = json!(values);
}

fn principal(dice: &mut Dice) -> Value {
    match dice.roll(9) {
        0 => json!("*"),
        1 => json!({"AWS": "*"}),
        2 | 3 => json!({"AWS": format!("arn:aws:iam::{O}:root")}),
        4 => json!({"AWS": [F]}),
        5 => json!({"AWS": [ARNS[0], ARNS[2]]}),
        6 => json!({"AWS": ARNS[dice.roll(4)]}),
        7 => json!({"AWS": format!("arn:aws:sts::{O}:assumed-role/a/one")}),
        _ => json!({"Service": dice.some(&["s3.amazonaws.com", "sns.amazonaws.com"])}),
    }
}

fn statement(dice: &mut Dice, with_principal: bool) -> Value {
    let actions: [&[&str]; 6] = [
        &["kms:*"],
        &["kms:Decrypt"],
        &["kms:De*", "kms:Enc?ypt"],
        &["kms:CreateGrant", "kms:GenerateDataKey*"],
        &["kms:Put*", "kms:ScheduleKeyDeletion"],
        &["*"],
    ];
    let name = if dice.roll(8) == 0 { "NotAction" } else { "Action" };
    let effect = if dice.roll(3) == 0 { "Deny" } else { "Allow" };
    let mut one = json!({"Effect": effect, name: actions[dice.roll(actions.len())], "Resource": "*"});
    if with_principal {
        one["Principal"] = principal(dice);
    }
    for _ in 0..[0, 0, 1, 1, 2][dice.roll(5)] {
        condition(dice, &mut one["Condition"]);
    }
    one
}

fn policy(dice: &mut Dice, with_principal: bool) -> Value {
    let statements: Vec<Value> = (0..=dice.roll(4)).map(|_| statement(dice, with_principal)).collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// The same policy with something else about it.
fn mutation(dice: &mut Dice, policy: &Value) -> Value {
    let mut other = policy.clone();
    let statements = other["Statement"].as_array_mut().unwrap();
    let at = dice.roll(statements.len());
    match dice.roll(5) {
        0 if statements.len() > 1 => drop(statements.remove(at)),
        1 => statements.push(statement(dice, true)),
        2 => condition(dice, &mut statements[at]["Condition"]),
        3 => statements[at]["Principal"] = principal(dice),
        _ => drop(statements[at].as_object_mut().unwrap().remove("Condition")),
    }
    other
}

fn read_policy(json: &Value, kind: PolicyKind) -> Document {
    read(&crate::policy::testing::from_json(json), kind).unwrap()
}

/// A value near a pattern of a policy.
fn near(dice: &mut Dice, pattern: &str) -> String {
    let filler = ["", "x", "team/b", "eu-west-1"][dice.roll(4)];
    let text = pattern
        .replace('*', filler)
        .replace('?', "q")
        .replace("/24", "")
        .replace("/25", "")
        .replace("/8", "");
    if dice.roll(6) == 0 { format!("{text}x") } else { text }
}

/// A value of a condition key as a request carries it.
fn carried(dice: &mut Dice, key: &str, operators: &[&str], values: &[&str]) -> String {
    if operators.contains(&"Bool") {
        dice.pick(&TRUE).to_owned()
    } else if key == "aws:SourceIp" {
        dice.pick(&["203.0.113.5", "203.0.113.200", "10.1.2.3", "192.0.2.1", "2001:db8::1"]).to_owned()
    } else if key == "aws:CurrentTime" {
        dice.pick(&[
            "2025-06-01T00:00:00Z",
            "2026-01-01T00:00:00Z",
            "2026-06-01T00:00:00Z",
            "2028-01-01T00:00:00Z",
        ])
        .to_owned()
    } else if key.ends_with("InDays") {
        dice.pick(&["6", "7", "8", "30", "31"]).to_owned()
    } else {
        let pattern = dice.pick(values);
        near(dice, pattern)
    }
}

/// Who asks.
const CALLERS: [&str; 14] = [
    "arn:aws:iam::111122223333:user/u",
    "arn:aws:iam::111122223333:user/v",
    "arn:aws:iam::111122223333:root",
    "arn:aws:sts::111122223333:assumed-role/a/one",
    "arn:aws:sts::111122223333:assumed-role/a/two",
    "arn:aws:sts::111122223333:assumed-role/b/one",
    "arn:aws:sts::111122223333:assumed-role/c/one",
    "arn:aws:iam::444455556666:user/u",
    "arn:aws:sts::444455556666:assumed-role/a/one",
    "arn:aws:sts::777788889999:assumed-role/a/one",
    "arn:aws:iam::777788889999:root",
    "s3.amazonaws.com",
    "sns.amazonaws.com",
    "sqs.amazonaws.com",
];

/// What is asked for.
const ASKED: [&str; 8] = [
    "Decrypt",
    "Encrypt",
    "CreateGrant",
    "GenerateDataKey",
    "PutKeyPolicy",
    "ScheduleKeyDeletion",
    "DescribeKey",
    "Sign",
];

/// A request as AWS would send it, near the policies' own words.
fn request(dice: &mut Dice) -> Request {
    let caller = Caller::of_arn(dice.pick(&CALLERS)).unwrap();
    let action = format!("kms:{}", dice.pick(&ASKED));
    request_of(dice, caller, action)
}

fn request_of(dice: &mut Dice, caller: Caller, action: String) -> Request {
    let act = facts::actions().iter().position(|one| one.full_name() == action).unwrap();
    let mut context = Vec::new();
    for (key, operators, values) in KEYS {
        let (missing, present) = super::widen::carries(&key.to_lowercase(), caller.kind, act);
        let follows = ["kms:CallerAccount", "aws:PrincipalAccount", "aws:PrincipalArn"].contains(&key);
        if follows || !present || (missing && dice.roll(2) == 0) {
            continue;
        }
        let value = |dice: &mut Dice| carried(dice, key, operators, values);
        let mut all = vec![value(dice)];
        if key == "kms:EncryptionContextKeys" && dice.roll(2) == 0 {
            all.push(value(dice));
        }
        if key == "aws:PrincipalType" {
            all = vec![
                match caller.kind {
                    CallerKind::Root => "Account",
                    CallerKind::User => "User",
                    CallerKind::Session => "AssumedRole",
                    CallerKind::FederatedUser => "FederatedUser",
                    CallerKind::Service => "Service",
                }
                .to_owned(),
            ];
        }
        context.push((key.to_owned(), all));
    }
    if caller.name.contains("assumed-role/b/") {
        context.push(("aws:PrincipalArn".to_owned(), vec![ARNS[1].to_owned()]));
    }
    Request {
        caller,
        action,
        key_arn: format!("arn:aws:kms:eu-west-1:{O}:key/k"),
        key_account: O.into(),
        context,
    }
}

fn agree(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let dice = &mut Dice::of(seed);
        let key = policy(dice, true);
        let identity: Vec<Value> = (0..dice.roll(3)).map(|_| policy(dice, false)).collect();
        let (document, identities) = (
            read_policy(&key, PolicyKind::Key),
            identity.iter().map(|one| read_policy(one, PolicyKind::Identity)).collect::<Vec<_>>(),
        );
        let policies = Policies { key: &document, identity: &identities, boundary: &[], session: &[] };
        for _ in 0..10 {
            let request = request(dice);
            let decided = decide(&request, &policies).outcome;
            let expected = super::model::outcome(&request, &key, &identity);
            assert_eq!(decided, expected, "seed {seed}\n{key:#}\n{identity:?}\n{request:#?}");
        }
    }
}

/// Every request, with and without an identity policy that allows everything.
fn allowed(request: &Request, policy: &Value, with_identity: bool) -> bool {
    let everything = json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let identity = if with_identity { vec![everything] } else { Vec::new() };
    super::model::outcome(request, policy, &identity) == Outcome::Allowed
}

/// How often the answer was yes and no.
fn compared(seeds: std::ops::Range<u64>, requests: usize) -> (usize, usize) {
    let (mut yes, mut no) = (0, 0);
    for seed in seeds {
        let dice = &mut Dice::of(seed);
        let old = policy(dice, true);
        let new = if dice.roll(3) == 0 { policy(dice, true) } else { mutation(dice, &old) };
        let (one, two) = (read_policy(&old, PolicyKind::Key), read_policy(&new, PolicyKind::Key));
        let answer = compare(&one, &two, &setting());
        let case = || format!("seed {seed}\nold {old:#}\nnew {new:#}\n");
        for access in &answer.found {
            let (with, request) = (access.needs_identity_policy, &access.request);
            assert!(allowed(request, &new, with), "not allowed by the new one: {access:#?}\n{}", case());
            assert!(!allowed(request, &old, with), "allowed by the old one: {access:#?}\n{}", case());
        }
        assert!(!answer.answer.is_open(), "{:?}\n{}", answer.answer, case());
        if answer.answer.is_yes() {
            yes += 1;
            continue;
        }
        no += 1;
        for _ in 0..requests {
            let request = request(dice);
            for with in [true, false] {
                let widened = allowed(&request, &new, with) && !allowed(&request, &old, with);
                assert!(!widened, "{with} {request:#?}\n{}", case());
            }
        }
    }
    (yes, no)
}

/// Makes one principal, action or condition value of a policy unknown.
fn blur(dice: &mut Dice, policy: &Value) -> Value {
    let mut other = policy.clone();
    let statements = other["Statement"].as_array_mut().unwrap();
    let at = dice.roll(statements.len());
    let one = &mut statements[at];
    let test = one["Condition"]
        .as_object()
        .and_then(|all| all.iter().next())
        .map(|(operator, keys)| (operator.clone(), keys.as_object().unwrap().keys().next().unwrap().clone()));
    match (dice.roll(3), test) {
        (0, Some((operator, key))) => one["Condition"][operator][key] = json!(["?value"]),
        (1, _) => one["Principal"] = json!({"AWS": ["?who"]}),
        _ => {
            let name = if one["Action"].is_null() { "NotAction" } else { "Action" };
            one[name] = json!(["?what"]);
        }
    }
    other
}

#[test]
fn an_unknown_never_turns_the_answer() {
    for seed in 0..400 {
        let dice = &mut Dice::of(seed + 77_000);
        let old = policy(dice, true);
        let new = mutation(dice, &old);
        let (old_blurred, new_blurred) = (blur(dice, &old), blur(dice, &new));
        let read = |json: &Value| read_policy(json, PolicyKind::Key);
        let known = compare(&read(&old), &read(&new), &setting()).answer;
        for (one, two) in [(&old, &new_blurred), (&old_blurred, &new)] {
            let blurred = compare(&read(one), &read(two), &setting()).answer;
            let stays = blurred.is_open() || blurred.verdict == known.verdict;
            assert!(
                stays,
                "{seed}: {:?} became {:?}\nold {one:#}\nnew {two:#}",
                known.verdict, blurred.verdict
            );
        }
    }
}

#[test]
fn the_evaluator_agrees_with_the_model() {
    agree(0..2_000);
}

#[test]
#[ignore = "a million requests take minutes"]
fn the_evaluator_agrees_with_the_model_a_million_times() {
    agree(1_000_000..1_100_000);
}

#[test]
fn witnesses_are_confirmed_and_proofs_survive() {
    let (yes, no) = compared(0..1_500, 60);
    assert!(yes > 200 && no > 200, "{yes} {no}");
}

#[test]
#[ignore = "ten thousand requests for each proof take minutes"]
fn proofs_survive_ten_thousand_requests() {
    compared(5_000_000..5_000_400, 10_000);
}
