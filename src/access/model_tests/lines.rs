//! Requests written out as JSON lines, in the form that `kmsguard can --json` reads, for an evaluator that is not ours.
//!
//! `.ci/simulate` asks both and compares. Left out is what that evaluator is known to judge otherwise: it drops
//! `kms:EncryptionContext:` keys, does not let the root user in by the statement of its account, and lets operations
//! work across accounts of which the AWS KMS Developer Guide says that they do not ("Allowing users in other accounts").

use super::{Dice, O, policy, request};
use crate::access::{CallerKind, Request};
use crate::policy::facts;
use serde_json::{Value, json};

/// How many are written.
const REQUESTS: usize = 2_500;

/// The request with what every request of an identity carries.
fn context(request: &Request) -> Value {
    let mut context = serde_json::Map::new();
    for key in ["aws:PrincipalArn", "aws:PrincipalAccount", "kms:CallerAccount"] {
        if let [value] = request.values(key).as_slice() {
            context.insert(key.to_owned(), json!(value));
        }
    }
    for (key, values) in &request.context {
        let values = if values.len() == 1 { json!(values[0]) } else { json!(values) };
        context.insert(key.clone(), values);
    }
    Value::Object(context)
}

fn line(dice: &mut Dice, id: usize) -> Option<String> {
    let key = policy(dice, true);
    let identity: Vec<Value> = (0..dice.roll(3)).map(|_| policy(dice, false)).collect();
    let boundary: Vec<Value> = (0..usize::from(dice.roll(5) == 0)).map(|_| policy(dice, false)).collect();
    let request = request(dice);
    let identity = if request.caller.kind == CallerKind::Service { Vec::new() } else { identity };
    let boundary = if request.caller.kind == CallerKind::Service { Vec::new() } else { boundary };
    let text = json!({
        "id": id.to_string(),
        "principal": request.caller.name,
        "action": request.action,
        "key_account": O,
        "key_arn": format!("arn:aws:kms:eu-west-1:{O}:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
        "key_policy": key,
        "identity_policies": identity,
        "permissions_boundary": boundary,
        "context": context(&request),
    })
    .to_string();
    let foreign = request.caller.account.as_deref().is_some_and(|account| account != O);
    let stays = facts::action(&request.action).is_some_and(|act| !act.cross_account);
    let skipped = request.caller.kind == CallerKind::Root || text.contains("kms:EncryptionContext:");
    (!(skipped || foreign && stays)).then_some(text)
}

#[test]
#[ignore = "writes a file for .ci/simulate"]
fn requests_are_written_as_json_lines() {
    let path = std::env::var_os("KMSGUARD_REQUESTS").expect("where to write");
    let dice = &mut Dice::of(20_261_121);
    let lines: Vec<String> = (0..).filter_map(|id| line(dice, id)).take(REQUESTS).collect();
    std::fs::write(path, lines.join("\n") + "\n").unwrap();
}
