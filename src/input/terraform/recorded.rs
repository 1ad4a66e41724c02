//! The evaluator against recorded results of the real Terraform.

use super::Given;
use super::console::is_remark;
use super::eval::{Eval, Instance, Outcome, Scope};
use super::json::{Layout, encode};
use super::session::Session;
use super::tfvars;
use crate::source::{Disk, SourceMap};
use crate::syntax::hcl::{self, Ident};
use crate::value::{Text, Value};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

fn testdata(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/terraform").join(path)
}

fn recorded(path: &str) -> Json {
    serde_json::from_str(&std::fs::read_to_string(testdata(path)).unwrap()).unwrap()
}

/// Runs `work` with the root module of a directory, on a stack as large as a scan's.
fn with_root<T: Send>(dir: &Path, work: impl FnOnce(&Eval<'_>, &Rc<Instance>) -> T + Send) -> T {
    let disk = Disk::directory(dir, "", Arc::<SourceMap>::default()).unwrap();
    let run = || {
        let session = Session::new(&disk);
        let start = session.module("").unwrap().start.unwrap();
        let mut eval = Eval::new(&session, "", start);
        eval.workspace = Some("default".to_owned());
        let apart = eval.root_instance();
        eval.given = tfvars::values(&eval, &apart, &Given::default()).given;
        let root = eval.root_instance();
        work(&eval, &root)
    };
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(256 << 20);
        builder.spawn_scoped(scope, run).unwrap().join().unwrap()
    })
}

fn expression(eval: &Eval<'_>, root: &Rc<Instance>, text: &str) -> Outcome {
    let map = eval.session.disk().map();
    let id = map.add("expr", text);
    let span = crate::source::Span::new(id, 0..text.len());
    let expr = hcl::parse_expression(&Text::verbatim(text, span), span)?;
    let value = eval.expr(&expr, Scope::top(root))?;
    match eval.take_problems().into_iter().find(|problem| !is_remark(problem)) {
        Some(problem) => Err(problem),
        None => Ok(value),
    }
}

fn json_of(value: &Value) -> Option<Json> {
    let text = encode(value, Layout::Compact, value.span).ok()?;
    serde_json::from_str(&text.known()?).ok()
}

/// The recorded expressions whose result differs on purpose: what is not deployed at all, attributes that only the
/// provider's schema knows, a crash of Terraform's own, more alternatives than "unknown", the clock,
/// the machine's directories and the bytes of Go's compressor.
const DIFFERENT: [&str; 14] = [
    "base64gzip(\"hello\")",
    "base64gzip(\"\")",
    "plantimestamp()",
    "basename(abspath(path.module))",
    "pathexpand(\"~/x\") == pathexpand(\"~/x\")",
    "{ var.s = 1 }",
    "try(1 / 0, \"e\")",
    "provider::aws::arn_parse(\"x\")",
    "terraform.applying",
    "terraform_data.u.nope",
    "try(terraform_data.u.nope, \"e\")",
    "try(terraform_data.u.id.x, \"t\")",
    "terraform_data.u.id == \"\" ? \"a\" : \"b\"",
    "element([\"a\",\"b\",\"c\"], -1)",
];

/// What differs, if anything does.
fn difference(outcome: &Outcome, case: &Json) -> Option<String> {
    match (outcome, case["ok"].as_bool().unwrap()) {
        (Err(_), false) => None,
        (Err(problem), true) => Some(problem.message.clone()),
        (Ok(value), false) => Some(format!("no mistake: {:?}", json_of(value))),
        (Ok(value), true) if !value.unknowns().is_empty() => {
            (!case["result_json"].is_null()).then(|| "unknown".to_owned())
        }
        (Ok(value), true) => {
            let text = encode(value, Layout::Compact, value.span).ok().and_then(|text| text.known());
            let expected = case["result_json"].as_str();
            let parsed = expected.and_then(|text| serde_json::from_str::<Json>(text).ok());
            let same = text.as_deref() == expected || (parsed.is_some() && json_of(value) == parsed);
            (!same).then(|| text.unwrap_or_else(|| format!("{:?}", value.kind)))
        }
    }
}

#[test]
fn expressions_are_worth_what_terraform_says() {
    let cases = recorded("expressions.json");
    let wrong = with_root(&testdata("fixture"), |eval, root| {
        let mut wrong = Vec::new();
        let (mut equal, mut unknown) = (0, 0);
        for case in cases.as_array().unwrap() {
            let text = case["expr"].as_str().unwrap();
            if DIFFERENT.contains(&text) {
                continue;
            }
            let outcome = expression(eval, root, text);
            let missing =
                matches!(&outcome, Err(problem) if problem.message.starts_with("there is no function"));
            let Some(seen) = difference(&outcome, case).filter(|_| !missing) else {
                let open = outcome.as_ref().is_ok_and(|value| !value.unknowns().is_empty());
                (equal, unknown) = if open { (equal, unknown + 1) } else { (equal + 1, unknown) };
                continue;
            };
            wrong.push(format!(
                "{} {text}\n    {seen}\n    {}{}",
                case["cat"], case["result_json"], case["detail"]
            ));
        }
        let apart = DIFFERENT.len();
        eprintln!(
            "{equal} equal, {unknown} not known to both, {apart} different on purpose, {} wrong",
            wrong.len()
        );
        wrong
    });
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Modules in which Terraform stops for a reason that is not ours to report: the provider's own checks, variables
/// without value, validations, numbers that are known only after apply, and what no key has to do with.
const NOT_OURS: [&str; 12] = [
    "err_bad_policy",
    "err_count_unknown",
    "err_cycle",
    "err_deletion",
    "err_dyn_foreach_unknown_type",
    "err_foreach_unknown",
    "err_required_var",
    "err_rotation",
    "err_stmt_attr_as_block",
    "err_unknown_arg",
    "err_var_type",
    "err_var_validation",
];

fn output(eval: &Eval<'_>, root: &Rc<Instance>, name: &str) -> Value {
    let span = root.module.start.unwrap();
    let name = Ident { text: name.into(), span };
    eval.output(root, &name, span)
}

#[test]
fn modules_give_the_outputs_that_terraform_plans() {
    for (name, case) in recorded("modules.json").as_object().unwrap() {
        let Some(outputs) = case["outputs"].as_object() else { continue };
        with_root(&testdata("modules").join(name), |eval, root| {
            for (output_name, expected) in outputs {
                let value = output(eval, root, output_name);
                assert_eq!(json_of(&value).as_ref(), Some(&expected[0]), "{name}: {output_name}: {value:?}");
            }
            assert_eq!(eval.take_problems(), [], "{name}");
        });
    }
}

#[test]
fn modules_declare_the_keys_that_terraform_plans() {
    for (name, case) in recorded("modules.json").as_object().unwrap() {
        let disk = Disk::directory(&testdata("modules").join(name), "", Arc::default()).unwrap();
        let declared = Session::new(&disk).load("", &Given::default());
        let Some(resources) = case["resources"].as_object() else {
            let found = !declared.problems.is_empty();
            let diagnostics = &case["diagnostics"];
            assert_ne!(found, NOT_OURS.contains(&name.as_str()), "{name}: found {found}: {diagnostics}");
            continue;
        };
        assert_eq!(declared.problems, [], "{name}");
        let planned = resources.iter().filter(|(_, resource)| resource["type"] == "aws_kms_key");
        let mut planned: Vec<&str> = planned.map(|(address, _)| address.as_str()).collect();
        let mut found: Vec<&str> = declared.keys.iter().map(|key| key.address.as_str()).collect();
        planned.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, planned, "{name}");
        for key in &declared.keys {
            let Some(policy) = resources[&key.address]["after"]["policy"].as_str() else { continue };
            let stated = key.policies[0].value.as_text().and_then(Text::known).unwrap();
            let json = |text: &str| serde_json::from_str::<Json>(text).unwrap();
            assert_eq!(json(&stated), json(policy), "{name}: {}", key.address);
        }
    }
}

#[test]
fn named_values_are_evaluated_when_asked_and_once() {
    with_root(&testdata("fixture"), |eval, root| {
        assert_eq!(eval.steps(), 0);
        expression(eval, root, "[local.users, local.users]").unwrap();
        let first = eval.steps();
        expression(eval, root, "[local.users, local.users]").unwrap();
        let second = eval.steps() - first;
        // The tuple, its two elements evaluated, and its size.
        assert!(second < first && second <= 7, "{first} then {second}");
    });
}
