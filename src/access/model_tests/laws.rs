//! What holds of comparisons whatever the policies say, unknown values, negated lists and undecided effects included.

use super::{ARNS, Dice, F, O, condition, policy, read_policy, statement};
use crate::access::compare;
use crate::access::testing::setting;
use crate::logic::Verdict;
use crate::policy::PolicyKind;
use serde_json::{Value, json};

/// Principals of every sort, and some of whom nothing, or little, is known.
fn principals(dice: &mut Dice) -> Value {
    match dice.roll(13) {
        0 => json!({"AWS": "?attribute"}),
        1 => json!({"AWS": "?who"}),
        2 => json!("?principals"),
        3 => json!({"AWS": [ARNS[0], "?who"]}),
        4 => json!({"AWS": [ARNS[0], ARNS[2], "?attribute"]}),
        5 => json!({"AWS": "?account"}),
        6 => json!({"AWS": [F, O]}),
        7 => json!({"AWS": {"?if": "c", "then": ARNS[0], "else": [ARNS[0], ARNS[3]]}}),
        8 => json!({"Service": ["s3.amazonaws.com", "?service"]}),
        9 => json!({"AWS": "AROAEXAMPLE123456789"}),
        10 => json!({"AWS": format!("arn:aws:iam::{O}:role/<?name>")}),
        11 => json!({"AWS": "<?who>"}),
        _ => json!("*"),
    }
}

/// A statement, with more in it that is not known than [`statement`] has.
fn rich_statement(dice: &mut Dice) -> Value {
    let mut one = statement(dice, true);
    if dice.roll(2) == 0 {
        one["Principal"] = principals(dice);
    }
    let map = one.as_object_mut().unwrap();
    if dice.roll(6) == 0 {
        let principal = map.remove("Principal").unwrap();
        map.insert("NotPrincipal".to_owned(), principal);
    }
    match dice.roll(10) {
        0 => drop(map.insert("Effect".to_owned(), json!("?effect"))),
        1 => drop(map.insert("Action".to_owned(), json!(["kms:Decrypt", "?act"]))),
        2 => drop(map.insert("Resource".to_owned(), json!("?resource"))),
        3 => {
            drop(map.insert("Condition".to_owned(), json!({"StringEquals": {"aws:PrincipalOrgID": "?org"}})));
        }
        4 => drop(map.insert("Condition".to_owned(), json!("?conditions"))),
        _ => {}
    }
    if map.contains_key("Action") {
        map.remove("NotAction");
    }
    one
}

fn rich(dice: &mut Dice) -> Vec<Value> {
    (0..=dice.roll(3)).map(|_| rich_statement(dice)).collect()
}

fn verdict(old: &[Value], new: &[Value]) -> Verdict {
    let read =
        |all: &[Value]| read_policy(&json!({"Version": "2012-10-17", "Statement": all}), PolicyKind::Key);
    compare(&read(old), &read(new), &setting()).answer.verdict
}

/// Each statement as two that say the same together: one for requests with a key, one for those without.
fn split(statements: &[Value]) -> Vec<Value> {
    let half = |one: &Value, word: &str| {
        let mut half = one.clone();
        half["Condition"]["Null"]["aws:UserAgent"] = json!(word);
        half
    };
    let with_test = |one: &&Value| !one["Condition"].is_string();
    let known = statements.iter().filter(with_test);
    let mut all: Vec<Value> = known.flat_map(|one| [half(one, "true"), half(one, "false")]).collect();
    all.extend(statements.iter().filter(|one| !with_test(one)).cloned());
    all
}

/// Whether somebody is not known, and some statement names several who may be that one.
fn are_open_lists(statements: &[&Vec<Value>]) -> bool {
    let principals = || {
        let each = statements.iter().flat_map(|all| all.iter());
        each.map(|one| format!("{}{}", one["Principal"], one["NotPrincipal"]))
    };
    principals().any(|text| text.contains('?')) && principals().any(|text| text.contains(','))
}

#[test]
fn a_statement_may_be_written_as_two() {
    let mut told = [0_usize; 3];
    for seed in 0..400 {
        let dice = &mut Dice::of(seed + 51_000_000);
        let old = rich(dice);
        let mut new = old.clone();
        match dice.roll(4) {
            0 => new.push(rich_statement(dice)),
            1 => new[0]["Principal"] = principals(dice),
            2 => new = rich(dice),
            _ => drop(new.remove(dice.roll(old.len()))),
        }
        let plain = verdict(&old, &new);
        let case = || format!("seed {seed}\nold {old:#?}\nnew {new:#?}");
        // Of a list with several of whom it is not known whether they are meant, one is looked at.
        let lists = are_open_lists(&[&old, &new]);
        for (halves, what) in [(verdict(&split(&old), &new), "old"), (verdict(&old, &split(&new)), "new")] {
            let open = lists && (halves == Verdict::CannotTell || plain == Verdict::CannotTell);
            assert!(
                halves == plain || open,
                "{plain:?}, and {halves:?} with the {what} one in halves, {}",
                case()
            );
        }
        told[plain as usize] += 1;
    }
    assert!(told.iter().all(|count| *count > 25), "{told:?}");
}

#[test]
fn what_only_takes_away_lets_nothing_new_in() {
    for seed in 0..400 {
        let dice = &mut Dice::of(seed + 52_000_000);
        let old = rich(dice);
        let at = dice.roll(old.len());
        let mut new = old.clone();
        match dice.roll(4) {
            0 => {
                let mut deny = rich_statement(dice);
                deny["Effect"] = json!("Deny");
                new.push(deny);
            }
            1 if old[at]["Effect"] == "Allow" => drop(new.remove(at)),
            2 if old[at]["Effect"] == "Allow" && !old[at]["Condition"].is_string() => {
                condition(dice, &mut new[at]["Condition"]);
                // Another test of the same key and operator would take the place of the one that is there.
                let overwritten = old[at]["Condition"].as_object().is_some_and(|all| {
                    all.iter().any(|(name, keys)| {
                        keys.as_object()
                            .unwrap()
                            .iter()
                            .any(|(key, was)| new[at]["Condition"][name][key] != *was)
                    })
                });
                if overwritten {
                    continue;
                }
            }
            _ => new.reverse(),
        }
        assert_eq!(verdict(&old, &new), Verdict::No, "seed {seed}\nold {old:#?}\nnew {new:#?}");
    }
}

#[test]
fn nothing_is_new_to_who_had_everything() {
    let everything = json!([{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]);
    for seed in 0..100 {
        let dice = &mut Dice::of(seed + 53_000_000);
        let new = if dice.roll(2) == 0 {
            rich(dice)
        } else {
            policy(dice, true)["Statement"].as_array().unwrap().clone()
        };
        assert_eq!(verdict(everything.as_array().unwrap(), &new), Verdict::No, "seed {seed} {new:#?}");
    }
}
