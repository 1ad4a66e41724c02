//! Many requests as JSON, one object a line: answers for tests and other programs.

use super::super::place::Place;
use super::super::{Code, Failure, output, policy_file};
use super::{caller, known_action};
use crate::access::{Outcome, Policies, Request, decide};
use crate::policy::{Document, PolicyKind};
use crate::report::safe;
use crate::source::{FileId, SourceMap};
use crate::syntax::json::parse_file;
use crate::value::Value;
use serde::Serialize;

/// What is answered.
#[derive(Debug, Serialize)]
struct Answered {
    id: Option<String>,
    result: &'static str,
    because: Vec<Place>,
}

/// A key of an account, for policies that name none.
pub(super) fn any_key(account: &str) -> String {
    format!("arn:aws:kms:us-east-1:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab")
}

/// Answers each line of a file; `-` is standard input. An array of requests will do as well.
pub(super) fn run(path: &str) -> Result<Code, Failure> {
    let map = SourceMap::default();
    let file = policy_file::read_text(path, &map)?;
    let text = map.file(file).text().clone();
    let asked = if text.trim_start().starts_with('[') {
        let value =
            parse_file(file, &text, 0..text.len()).map_err(|problem| policy_file::told(&problem, &map))?;
        value.as_list().map(|list| list.items.clone()).unwrap_or_default()
    } else {
        by_line(file, &text, &map)?
    };
    let answers: Result<Vec<String>, String> = asked.iter().map(|value| answer(value, &map)).collect();
    let answers = answers?;
    output::print(|out| answers.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    Ok(Code::Clean)
}

fn by_line(file: FileId, text: &str, map: &SourceMap) -> Result<Vec<Value>, String> {
    let mut start = 0;
    let mut values = Vec::new();
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if !line.trim().is_empty() {
            let value = parse_file(file, text, start..start + line.trim_end().len());
            values.push(value.map_err(|problem| policy_file::told(&problem, map))?);
        }
        start = end;
    }
    Ok(values)
}

fn answer(asked: &Value, map: &SourceMap) -> Result<String, String> {
    let told = |error: String| format!("{}: {error}", super::super::place::at(map, asked.span));
    let field =
        |name: &str| asked.get(name).and_then(Value::as_str).ok_or_else(|| format!("`{name}` is missing"));
    let request = request(asked, &field).map_err(told)?;
    let key = asked.get("key_policy").and_then(|value| policy_file::document(value, PolicyKind::Key));
    let key = key.ok_or_else(|| told("`key_policy` is missing".to_owned()))?;
    let policies = Policies {
        key: &key,
        identity: &policies(asked, "identity_policies"),
        boundary: &policies(asked, "permissions_boundary"),
        session: &policies(asked, "session_policies"),
    };
    let decision = decide(&request, &policies);
    let answered = Answered {
        id: asked.get("id").and_then(Value::as_str).map(str::to_owned),
        result: match decision.outcome {
            Outcome::Allowed => "Allowed",
            Outcome::ImplicitlyDenied => "ImplicitlyDenied",
            Outcome::ExplicitlyDenied => "ExplicitlyDenied",
            Outcome::Undecided => "Undecided",
        },
        because: decision.because.iter().map(|witness| Place::of(map, witness)).collect(),
    };
    let text = serde_json::to_string(&answered).map_err(|error| error.to_string())?;
    Ok(safe::json(&text).into_owned())
}

fn request<'a>(
    asked: &'a Value,
    field: &impl Fn(&str) -> Result<&'a str, String>,
) -> Result<Request, String> {
    let (caller, role) = caller(field("principal")?)?;
    let mut context: Vec<(String, Vec<String>)> = asked
        .get("context")
        .and_then(Value::as_map)
        .into_iter()
        .flat_map(|map| &map.entries)
        .map(|entry| (entry.name.text.shown(), texts(&entry.value)))
        .collect();
    context.extend(role.map(|role| ("aws:PrincipalArn".to_owned(), vec![role])));
    let key_account = field("key_account")?.to_owned();
    let key_arn =
        asked.get("key_arn").and_then(Value::as_str).map_or_else(|| any_key(&key_account), str::to_owned);
    Ok(Request { caller, action: known_action(field("action")?)?, key_arn, key_account, context })
}

fn texts(value: &Value) -> Vec<String> {
    let text = |value: &Value| match value.as_bool() {
        Some(truth) => truth.to_string(),
        None => value.as_text().map(crate::value::Text::shown).unwrap_or_default(),
    };
    value.as_list().map_or_else(|| vec![text(value)], |list| list.items.iter().map(text).collect())
}

fn policies(asked: &Value, name: &str) -> Vec<Document> {
    let list = asked.get(name).and_then(Value::as_list).map(|list| list.items.as_slice()).unwrap_or_default();
    list.iter().filter_map(|value| policy_file::document(value, PolicyKind::Identity)).collect()
}
