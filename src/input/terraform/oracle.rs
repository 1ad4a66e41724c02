//! Expressions and policy documents for the tests of functions, and the recorded cases of documents.

use super::eval::{Eval, Scope};
use super::session::Session;
use crate::source::{Disk, Problem, SourceMap, Span};
use crate::syntax::hcl;
use crate::value::{Text, Value};
use std::sync::Arc;

/// What an expression is worth beside a configuration, and the mistakes found on the way.
pub(super) fn outcome(
    configuration: &str,
    text: &str,
) -> (Result<Value, Problem>, Vec<Problem>, Arc<SourceMap>) {
    let map = Arc::<SourceMap>::default();
    let disk = Disk::memory([("main.tf", configuration)], Arc::clone(&map));
    let session = Session::new(&disk);
    let id = map.add("expression", text);
    let span = Span::new(id, 0..text.len());
    let eval = Eval::new(&session, "", span);
    let root = eval.root_instance();
    let expr = hcl::parse_expression(&Text::verbatim(text, span), span).unwrap();
    let value = eval.expr(&expr, Scope::top(&root));
    (value, eval.take_problems(), map)
}

/// The value of an expression beside a configuration; there must be no mistake.
pub(super) fn beside(configuration: &str, text: &str) -> (Value, Arc<SourceMap>) {
    let (value, problems, map) = outcome(configuration, text);
    assert!(problems.is_empty(), "{text}: {problems:#?}");
    (value.unwrap_or_else(|problem| panic!("{text}: {}", problem.message)), map)
}

/// The value of an expression that refers to nothing.
pub(super) fn evaluated(text: &str) -> Value {
    beside("locals {}", text).0
}

#[derive(serde::Deserialize)]
struct Case {
    id: String,
    hcl: String,
    json: Option<String>,
    minified_json: Option<String>,
    error_contains: Option<String>,
}

#[test]
fn documents_are_those_of_the_provider() {
    let recorded = include_str!("../../../testdata/terraform/policy_document_cases.json");
    let cases: Vec<Case> = serde_json::from_str(recorded).unwrap();
    let wrong: Vec<String> =
        cases.iter().filter_map(|case| check(case).err().map(|why| format!("{}: {why}", case.id))).collect();
    assert_eq!(cases.len(), 57);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check(case: &Case) -> Result<(), String> {
    let silent = ["source_principal_string", "source_numeric_condition_dropped"].contains(&case.id.as_str());
    for (attribute, theirs) in [("json", &case.json), ("minified_json", &case.minified_json)] {
        let (ours, problems, _) = outcome(&case.hcl, &format!("data.aws_iam_policy_document.t.{attribute}"));
        if case.error_contains.is_some() {
            if problems.is_empty() {
                return Err("no problem".to_owned());
            }
            continue;
        }
        if problems.is_empty() == silent {
            return Err(format!("{problems:?}"));
        }
        let ours = ours.map_err(|problem| problem.message)?;
        let ours = ours.as_text().and_then(Text::known);
        if ours != *theirs {
            return Err(format!("\n  {ours:?}\n  {theirs:?}"));
        }
    }
    Ok(())
}

const DOCUMENT: &str = r#"
variable "u" {}
variable "flag" { type = bool }
data "aws_iam_policy_document" "t" {
  override_policy_documents = var.flag ? [jsonencode({ Statement = [{ Sid = "New", Effect = "Deny", Action = "n" }] })] : []
  statement {
    sid       = "A"
    actions   = ["kms:Encrypt", "kms:Decrypt"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.u}:root", var.flag ? "a" : "b"]
    }
  }
  dynamic "statement" {
    for_each = var.u
    content { actions = [statement.value] }
  }
}
data "aws_iam_policy_document" "o" {
  override_policy_documents = [var.u]
  statement {
    sid     = "A"
    actions = ["a:b"]
  }
  statement { actions = ["c:d"] }
}
"#;

#[test]
fn documents_keep_places_unknowns_and_alternatives() {
    let (value, map) = beside(DOCUMENT, "data.aws_iam_policy_document.t.json");
    let crate::value::Kind::OneOf(branches) = &value.kind else { panic!("{value:?}") };
    assert_eq!(branches.len(), 2);
    for (branch, count) in branches.iter().zip([2, 1]) {
        let document = branch.value.as_text().unwrap().encodes().unwrap();
        let statements = document.get("Statement").unwrap().as_list().unwrap();
        assert_eq!((statements.items.len(), statements.open.is_some()), (count, true));
        let actions = statements.items[0].get("Action").unwrap().as_list().unwrap();
        assert_eq!(map.slice(actions.items[0].span), "\"kms:Encrypt\"");
        let identifiers = statements.items[0].get("Principal").unwrap().get("AWS").unwrap();
        let shown: Vec<_> =
            identifiers.as_list().unwrap().items.iter().map(|item| item.unknowns().len()).collect();
        assert_eq!(shown.len(), 2);
        assert!(shown.contains(&1), "{identifiers:?}");
    }
}

#[test]
fn a_statement_that_an_unknown_document_may_replace_is_not_certain() {
    let (value, _) = beside(DOCUMENT, "data.aws_iam_policy_document.o.json");
    let document = value.as_text().unwrap().encodes().unwrap();
    let statements = document.get("Statement").unwrap().as_list().unwrap();
    assert!(statements.open.is_some());
    assert!(matches!(statements.items[0].kind, crate::value::Kind::OneOf(_)));
    assert!(matches!(statements.items[1].kind, crate::value::Kind::Map(_)));
}
