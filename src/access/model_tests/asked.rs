//! The list of who may, against the model: who is asked for is found if anybody lets him in, and only then.

use super::super::{Caller, CallerKind, NewAccess, Request, not_granted};
use super::{ARNS, ASKED, CALLERS, Dice, F, O, allowed, policy, read_policy, request_of};
use crate::access::testing::setting;
use crate::policy::PolicyKind;
use crate::policy::facts::{self, ActionFact};

/// Words of questions, with the callers that each names: by ARN, by pattern, by account, by the name of a service.
const WORDS: [(&str, &[usize]); 12] = [
    ("arn:aws:iam::111122223333:root", &[2]),
    ("arn:aws:sts::111122223333:assumed-role/a/one", &[3]),
    ("arn:aws:iam::111122223333:role/a", &[3, 4]),
    ("arn:aws:iam::111122223333:role/team/b", &[5]),
    ("arn:aws:iam::111122223333:role/*", &[3, 4, 5, 6]),
    ("arn:aws:sts::*:assumed-role/a/*", &[3, 4, 8, 9]),
    ("arn:aws:iam::444455556666:user/u", &[7]),
    (O, &[0, 1, 2, 3, 4, 5, 6]),
    (F, &[7, 8]),
    ("7777*", &[9, 10]),
    ("s3.amazonaws.com", &[11]),
    ("*.amazonaws.com", &[11, 12, 13]),
];

/// Whether a caller is named by a word of [`WORDS`], told apart from how the question tells it.
fn is_named(word: &str, caller: &Caller, role: Option<&String>) -> bool {
    let like = |text: &str| match word.split_once('*') {
        Some((before, behind)) => text.starts_with(before) && text.ends_with(behind.trim_start_matches('*')),
        None => text == word,
    };
    like(&caller.name) || caller.account.as_deref().is_some_and(like) || role.is_some_and(|role| like(role))
        // Two stars: what is between them as well.
        || word == "arn:aws:sts::*:assumed-role/a/*" && caller.name.contains(":assumed-role/a/")
}

/// The ARN of the role of a session, as the request tells it.
fn role(request: &Request) -> Option<String> {
    (request.caller.kind == CallerKind::Session).then(|| request.values("aws:PrincipalArn").concat())
}

fn is_told(found: &[NewAccess], action: &str) -> bool {
    found.iter().any(|access| access.actions.contains(&action))
}

fn asked(seeds: std::ops::Range<u64>) -> (usize, usize) {
    let (mut yes, mut no) = (0, 0);
    for seed in seeds {
        let dice = &mut Dice::of(seed + 31_000_000);
        let json = policy(dice, true);
        let document = read_policy(&json, PolicyKind::Key);
        let (word, callers) = WORDS[dice.roll(WORDS.len())];
        let action = format!("kms:{}", dice.pick(&ASKED));
        let ask = |actions: &[String]| not_granted(&document, actions, &[word.to_owned()], &setting());
        let (one, all) = (ask(std::slice::from_ref(&action)), ask(&[]));
        let case = || format!("seed {seed}, {word} and {action} of {json:#}");
        assert!(!one.answer.is_open() && !all.answer.is_open(), "{:?} {}", one.answer, case());
        for access in one.found.iter().chain(&all.found) {
            let request = &access.request;
            assert!(allowed(request, &json, access.needs_identity_policy), "{request:?} of {}", case());
            assert!(is_named(word, &request.caller, role(request).as_ref()), "{request:?} of {}", case());
            assert!(access.actions.contains(&request.action.as_str()), "{access:?} of {}", case());
            let known = facts::actions().iter().map(ActionFact::full_name);
            let order: Vec<&str> = known.filter(|name| access.actions.contains(name)).collect();
            assert_eq!(order, access.actions, "in the order of the table, each once: {}", case());
        }
        // All actions are asked for at once, or one by one.
        assert_eq!(one.answer.is_yes(), is_told(&one.found, &action), "{}", case());
        assert_eq!(one.answer.is_yes(), is_told(&all.found, &action), "{:?} {}", all.found, case());
        let count = if one.answer.is_yes() { &mut yes } else { &mut no };
        *count += 1;
        for _ in 0..30 {
            let caller = Caller::of_arn(CALLERS[callers[dice.roll(callers.len())]]).unwrap();
            let request = request_of(dice, caller, action.clone());
            assert!(one.answer.is_yes() || !allowed(&request, &json, true), "{request:#?} of {}", case());
            // Who needs no identity policy is told so.
            let free = || one.found.iter().any(|access| !access.needs_identity_policy);
            assert!(!allowed(&request, &json, false) || free(), "{request:#?} of {}", case());
        }
    }
    (yes, no)
}

#[test]
fn who_is_asked_for_is_found_if_he_is_let_in() {
    let (yes, no) = asked(0..500);
    assert!(yes > 60 && no > 60, "{yes} {no}");
}

#[test]
fn the_words_of_questions_name_these_callers() {
    for (word, callers) in WORDS {
        for (at, name) in CALLERS.iter().enumerate() {
            let caller = Caller::of_arn(name).unwrap();
            let role = match at {
                5 => Some(ARNS[1].to_owned()),
                _ => caller.role().map(|role| {
                    format!("arn:aws:iam::{}:role/{role}", caller.account.as_deref().unwrap_or_default())
                }),
            };
            assert_eq!(is_named(word, &caller, role.as_ref()), callers.contains(&at), "{word} {name}");
        }
    }
}
