//! The evaluator against recorded results of the real Terraform.

use super::Given;
use super::console::is_remark;
use super::declared;
use super::eval::{Eval, Instance, Outcome, Scope};
use super::json::{Layout, encode};
use super::session::Session;
use super::tfvars;
use crate::source::{Disk, SourceMap, Span};
use crate::syntax::hcl::{self, Ident};
use crate::value::{Text, Value};
use serde_json::Value as Json;
use std::collections::BTreeSet;
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
    on_a_large_stack(run)
}

fn on_a_large_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(256 << 20);
        builder.spawn_scoped(scope, run).unwrap().join().unwrap()
    })
}

/// How many expressions a tree of modules takes that is six deep, with `width` occurrences at two of the levels.
fn steps_of_deep_modules(width: usize) -> u64 {
    let each = format!("for_each = toset([for n in range({width}) : tostring(n)])\n");
    let level = |at: usize| {
        let each = if matches!(at, 1 | 4) { each.as_str() } else { "" };
        let name = if each.is_empty() { "var.name" } else { "\"${var.name}-${each.key}\"" };
        format!(
            "variable \"name\" {{ default = \"r\" }}\nlocals {{ unneeded = [for n in range(1000) : n + 1] }}\n\
             module \"m\" {{\n{each}source = \"./m\"\nname = {name}\n}}\noutput \"all\" {{ value = module.m }}\n"
        )
    };
    let path = |at: usize| format!("{}main.tf", "m/".repeat(at));
    let mut files: Vec<(String, String)> = (0..6).map(|at| (path(at), level(at))).collect();
    let leaf = "variable \"name\" {}\noutput \"all\" { value = upper(var.name) }\n";
    files.push((path(6), leaf.to_owned()));
    let disk = Disk::memory(files.iter().map(|(path, text)| (path.as_str(), text.as_str())), Arc::default());
    on_a_large_stack(|| {
        let session = Session::new(&disk);
        let start = session.module("").unwrap().start.unwrap();
        let eval = Eval::new(&session, "", start);
        let root = eval.root_instance();
        let all = json_of(&output(&eval, &root, "all")).unwrap();
        assert_eq!(eval.take_problems(), []);
        assert_eq!(all.to_string().matches("\"R-").count(), width * width);
        eval.steps()
    })
}

#[test]
fn deep_modules_take_work_by_the_number_of_their_instances() {
    let per_instance = |width: usize| steps_of_deep_modules(width) / (width * width) as u64;
    let (few, many) = (per_instance(10), per_instance(50));
    // The six levels are shared by more leaves, so each leaf takes less; and nothing takes the thousand steps of a
    // local that nobody asks for.
    assert!(many <= few && few < 200, "{few} steps for each of 100 instances, {many} for each of 2,500");
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

/// The recorded expressions whose result differs on purpose, and why.
const DIFFERENT: [(&str, &str); 11] = [
    ("base64gzip(\"hello\")", "the bytes are those of Go's compressor"),
    ("base64gzip(\"\")", "the bytes are those of Go's compressor"),
    ("plantimestamp()", "the clock"),
    ("basename(abspath(path.module))", "where the directory lies is the machine's"),
    ("pathexpand(\"~/x\") == pathexpand(\"~/x\")", "the home directory is the machine's"),
    ("try(1 / 0, \"e\")", "infinity, which no attribute can hold, is a mistake here"),
    ("provider::aws::arn_parse(\"x\")", "providers' functions are not evaluated"),
    ("terraform.applying", "an ephemeral value, which Terraform refuses in outputs"),
    ("try(terraform_data.u.id.x, \"t\")", "types of attributes are the provider's schema, which is not here"),
    (
        "terraform_data.u.id == \"\" ? \"a\" : \"b\"",
        "both alternatives are kept, where Terraform knows neither",
    ),
    ("element([\"a\",\"b\",\"c\"], -1)", "counted from the end, as later versions do; 1.11 crashes"),
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
            if DIFFERENT.iter().any(|(expr, _)| *expr == text) {
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

/// Modules in which Terraform stops and evaluation does not, and why.
const NOT_OURS: [(&str, &str); 7] = [
    ("err_bad_policy", "said of the policy, when it is read as one, by the rule `policy-not-json`"),
    ("err_count_unknown", "a number that is not known is judged as one: the key may exist"),
    ("err_foreach_unknown", "keys that are not known are judged as one: each may exist"),
    ("err_deletion", "a range of the provider's schema, told by the rule `deletion-underprotected`"),
    ("err_rotation", "the provider's schema says what goes together, told by the rule `rotation-impossible`"),
    ("err_stmt_attr_as_block", "no key is there, so nobody looks; told where one is, see `declared`"),
    ("err_required_var", "values are given at the run: unknown here"),
];

/// Mistakes that are found only where somebody asks for what they are in: outputs and documents.
fn asked_for(name: &str) -> usize {
    with_root(&testdata("modules").join(name), |eval, root| {
        for name in root.module.outputs.keys() {
            output(eval, root, name);
        }
        let of_outputs = eval.take_problems().len();
        let asked = root.module.resources.keys().filter(|address| {
            let of = if address.starts_with("data.aws_iam_policy_document") { ".json" } else { "" };
            expression(eval, root, &format!("{address}{of}")).is_err()
        });
        of_outputs + asked.count()
    })
}

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
            let found = !declared.problems.is_empty() || asked_for(name) > 0;
            let diagnostics = &case["diagnostics"];
            let excepted = NOT_OURS.iter().any(|(module, _)| module == name);
            assert_ne!(found, excepted, "{name}: found {found}: {diagnostics}");
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
fn what_is_not_declared_is_told_on_the_lines_on_which_terraform_tells_it() {
    for name in ["err_undeclared", "err_module_args"] {
        let disk = Disk::directory(&testdata("modules").join(name), "", Arc::default()).unwrap();
        let session = Session::new(&disk);
        // Not by way of `load`, which leaves doubtful ones to Terraform where there is no key.
        let problems = declared::mistakes(&session, &session.module("").unwrap(), &|_| false);
        let line = |span: Span| format!("main.tf:{}", disk.map().positions(span).0.line);
        let also = |(span, fact): &(Span, String)| (fact == declared::ALSO).then_some(*span);
        let places = problems
            .iter()
            .flat_map(|problem| std::iter::once(problem.span).chain(problem.labels.iter().filter_map(also)));
        let ours: BTreeSet<String> = places.map(line).collect();
        let cases = recorded("modules.json");
        let theirs = cases[name]["diagnostics"].as_array().unwrap().iter();
        let theirs: BTreeSet<String> = theirs.map(|told| told["at"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ours, theirs, "{name}: {problems:#?}");
    }
}

#[test]
fn a_circle_is_told_with_every_place_that_it_goes_through() {
    let text = "locals {\n  a = local.b\n  b = [local.c]\n  c = local.b\n}\n";
    let disk = Disk::memory([("main.tf", text)], Arc::default());
    on_a_large_stack(|| {
        let session = Session::new(&disk);
        let start = session.module("").unwrap().start.unwrap();
        let eval = Eval::new(&session, "", start);
        let root = eval.root_instance();
        let problem = expression(&eval, &root, "local.a").unwrap_err();
        assert_eq!(problem.message, "`local.b` depends on itself");
        let places: Vec<&str> = problem.labels.iter().map(|(_, fact)| &**fact).collect();
        assert_eq!(places, ["`local.b` needs `local.c`"]);
        assert_eq!(disk.map().slice(problem.span), "local.b");
        assert_eq!(disk.map().slice(problem.labels[0].0), "local.c");
    });
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
