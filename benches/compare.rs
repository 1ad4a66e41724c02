//! How long a comparison of two key policies takes.
//!
//! `cargo bench --bench compare` measures policies made here. With `KMSGUARD_POLICIES=DIR` it compares the key policies
//! of a folder pair by pair instead, both ways, and prints how the times are distributed: policy documents in `*.json`
//! files, and the keys of all Terraform, templates and plans below. Each pair counts with the fastest of three runs,
//! since a machine that does other things as well stretches some of them.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark without its input measures nothing"
)]

use divan::Bencher;
use kmsguard::access::{New, Setting, compare};
use kmsguard::policy::{Document, Effect, Elements, PolicyKind, read_with};
use kmsguard::scan;
use kmsguard::source::SourceMap;
use kmsguard::syntax::json;
use kmsguard::value::{Text, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn main() {
    match std::env::var("KMSGUARD_POLICIES") {
        Ok(place) => pair_by_pair(&policies(&place)),
        Err(_) => divan::main(),
    }
}

fn read(value: &Value) -> Option<Document> {
    read_with(value, PolicyKind::Key, &|text| json::parse_text(text, value.span))
}

fn document(text: &str) -> Option<Document> {
    let file = SourceMap::default().add("policy.json", text);
    let value = json::parse_file(file, text, 0..text.len()).ok()?;
    value.get("Statement").and_then(|_| read(&value))
}

/// The distinct key policies of a folder.
fn policies(place: &str) -> Vec<Document> {
    let map = Arc::new(SourceMap::default());
    let request = scan::Request { paths: vec![place.to_owned()], ..scan::Request::default() };
    let loaded = scan::load(&request, &map).expect("a folder that can be read");
    let keys = loaded.units.iter().flat_map(|(_, declared)| &declared.keys);
    let stated = keys.flat_map(|key| &key.policies).filter_map(|policy| read(&policy.value));
    let files = ignore::WalkBuilder::new(place).build().flatten();
    let files = files.filter(|entry| entry.path().extension().is_some_and(|end| end == "json"));
    let written = files.filter_map(|entry| document(&std::fs::read_to_string(entry.path()).ok()?));
    let written = written.filter(|document| document.statements.iter().all(|one| one.principals.is_some()));
    let distinct: BTreeMap<String, Document> =
        stated.chain(written).map(|document| (said(&document), document)).collect();
    distinct.into_values().collect()
}

/// What tells two policies apart: all but the places.
fn said(document: &Document) -> String {
    let statements = document.statements.iter().map(|one| {
        let principals = one.principals.iter().flat_map(|all| &all.items).map(|item| item.value.shown("own"));
        let texts = |all: &Option<Elements<Text>>| {
            let items = all.iter().flat_map(|all| &all.items);
            items.map(|item| item.value.shown()).collect::<Vec<_>>()
        };
        let conditions = one.conditions.iter().map(|test| {
            let values: Vec<String> = test.values.iter().map(|value| value.value.shown()).collect();
            (test.operator.shown(), test.key.shown(), values)
        });
        let effect = matches!(one.effect, Effect::Deny);
        let (principals, conditions) = (principals.collect::<Vec<_>>(), conditions.collect::<Vec<_>>());
        format!(
            "{effect} {principals:?} {:?} {:?} {conditions:?}",
            texts(&one.actions),
            texts(&one.resources)
        )
    });
    statements.collect()
}

/// Whether the answer was given up for too much work.
fn is_bound(answer: &New) -> bool {
    let bounds = ["the search was ended", "cannot all be told apart", "more callers are told apart"];
    answer.answer.because.iter().any(|why| bounds.iter().any(|bound| why.fact.contains(bound)))
}

fn pair_by_pair(policies: &[Document]) {
    let setting = Setting::default();
    let mut times: Vec<Duration> = Vec::new();
    let (mut yes, mut no, mut open, mut bounds) = (0, 0, 0, 0);
    for old in policies {
        for new in policies {
            let run = || {
                let start = Instant::now();
                let answer = compare(old, new, &setting);
                (start.elapsed(), answer)
            };
            let (first, answer) = run();
            times.push(first.min(run().0).min(run().0));
            bounds += usize::from(is_bound(&answer));
            match &answer.answer {
                answer if answer.is_yes() => yes += 1,
                answer if answer.is_no() => no += 1,
                _ => open += 1,
            }
        }
    }
    times.sort_unstable();
    let at =
        |part: usize| times.get(times.len().saturating_sub(1) * part / 1000).copied().unwrap_or_default();
    let pairs = times.len();
    println!("{} policies, {pairs} pairs: {yes} wider, {no} not, {open} cannot tell", policies.len());
    println!("median {:?}, 90 % {:?}, 99 % {:?}, longest {:?}", at(500), at(900), at(990), at(1000));
    println!("{bounds} at a bound");
}

const ROOT: &str = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;

fn policy(statements: &[String]) -> Document {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{ROOT},{}]}}"#, statements.join(","));
    document(&text).expect("a policy")
}

/// Statements of many sorts, of some 320 bytes each.
fn statements(count: usize) -> Vec<String> {
    let each = (0..count).map(|at| {
        let test = match at % 5 {
            0 => format!(r#""StringEquals":{{"kms:ViaService":["s3.eu-west-{at}.amazonaws.com","sqs.eu-west-1.amazonaws.com"]}}"#),
            1 => format!(r#""StringLike":{{"kms:EncryptionContext:app":"team-{at}-*"}}"#),
            2 => format!(r#""ForAllValues:StringEquals":{{"kms:EncryptionContextKeys":["app","k{at}"]}},"Null":{{"kms:EncryptionContextKeys":"false"}}"#),
            3 => format!(r#""ArnLike":{{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/team{at}/*"}}"#),
            _ => r#""Bool":{"kms:GrantIsForAWSResource":"true"}"#.to_owned(),
        };
        let effect = if at % 10 == 9 { "Deny" } else { "Allow" };
        format!(
            r#"{{"Sid":"Statement{at}","Effect":"{effect}","Principal":{{"AWS":["arn:aws:iam::111122223333:role/team{at}/reader","arn:aws:iam::444455556666:role/other{at}"]}},"Action":["kms:Decrypt","kms:DescribeKey","kms:GenerateDataKey*","kms:CreateGrant"],"Resource":"*","Condition":{{{test}}}}}"#
        )
    });
    each.collect()
}

#[divan::bench]
fn a_role_more(bencher: Bencher<'_, '_>) {
    let (old, new) = (policy(&statements(2)), policy(&statements(3)));
    bencher.bench(|| compare(&old, &new, &Setting::default()));
}

#[divan::bench]
fn the_same(bencher: Bencher<'_, '_>) {
    let (old, new) = (policy(&statements(100)), policy(&statements(100)));
    bencher.bench(|| compare(&old, &new, &Setting::default()));
}

/// A policy of 100 statements, near the size that KMS accepts, and one of another kind of change for each argument.
#[divan::bench(args = ["principal", "condition", "deny", "values"])]
fn a_hundred_statements(bencher: Bencher<'_, '_>, change: &str) {
    let old = statements(99);
    let mut new = old.clone();
    for (at, statement) in new.iter_mut().enumerate() {
        *statement = match (change, at) {
            ("principal", 50) => statement.replace("role/other50", "role/another"),
            ("condition", 51) => statement.replace("team-51-*", "team-*"),
            ("deny", 59) => statement.replace("Deny", "Allow"),
            ("values", _) => statement.replace("eu-west-1", "eu-*"),
            _ => continue,
        };
    }
    let (old, new) = (policy(&old), policy(&new));
    bencher.bench(|| compare(&old, &new, &Setting::default()));
}
