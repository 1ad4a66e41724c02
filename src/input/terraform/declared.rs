//! What is wrong with a module however it is evaluated: references to what it does not declare, and calls that do not
//! give a module what it takes. `terraform validate` refuses both.
//!
//! Only modules that are walked for their keys are asked, and all that they write, also what no key needs. What is easy
//! to get wrong: nothing is certain where a declaration may be elsewhere (a file that could not be read or parsed, one
//! that Terragrunt generates), and addresses in `moved`, `import` and `removed` blocks, in `provider` arguments and
//! in `ignore_changes` are no references.

use super::eval::did_you_mean;
use super::module::{Local, Module};
use super::session::{Session, is_json, local_source};
use crate::source::{Disk, Problem, ProblemKind, Span, nearest};
use crate::syntax::hcl::{Block, Body, Expr, ExprKind, Names};
use rustc_hash::FxHashSet;
use std::collections::VecDeque;
use std::sync::Arc;

/// What references start with that are no resources: today's, and those that later versions have.
const ROOTS: [&str; 17] = [
    "action",
    "arg",
    "count",
    "data",
    "each",
    "ephemeral",
    "lazy",
    "list",
    "local",
    "module",
    "path",
    "resource",
    "self",
    "template",
    "terraform",
    "tofu",
    "var",
];

/// Arguments of `module` blocks that are Terraform's own.
const OF_CALLS: [&str; 6] = ["count", "depends_on", "for_each", "providers", "source", "version"];

/// Nested blocks and arguments in which names are not references.
const NO_REFERENCES: [&str; 5] = ["ignore_changes", "iterator", "provider", "providers", "source"];

/// The mistakes of a module. None where a declaration may be somewhere else; what is `told` already is left out where
/// it is doubtful.
pub(super) fn mistakes(
    session: &Session<'_>,
    module: &Module,
    told: &dyn Fn(&Problem) -> bool,
) -> Vec<Problem> {
    if !is_whole(session, module) {
        return Vec::new();
    }
    let json = |span: Span| is_json(&session.disk().map().path(span.file));
    let mut undeclared = Vec::new();
    // JSON does not tell the blocks of resources from arguments, so it is not known there what `dynamic` blocks bind.
    let mut check = |expr: &Expr, names: &Names<'_>| {
        let found = reference(module, expr, names).filter(|found| !found.is_resource || !json(expr.span));
        undeclared.extend(found);
    };
    for table in [&module.outputs, &module.calls, &module.resources, &module.providers] {
        table.values().for_each(|block| expressions(&block.body, &mut check));
    }
    for rule in module.variables.values().flat_map(|block| block.body.blocks_of("validation")) {
        expressions(&rule.body, &mut check);
    }
    for local in module.locals.values().filter_map(Local::attribute) {
        local.value.walk_named(&Names::default(), &mut check);
    }
    let (doubtful, certain): (Vec<_>, Vec<_>) =
        undeclared.into_iter().partition(|found| found.problem.help.is_none() || !found.problem.is_certain());
    let mut problems: Vec<Problem> = certain.into_iter().map(|found| found.problem).collect();
    problems.extend(nowhere(doubtful.into_iter().filter(|found| !told(&found.problem))));
    problems.extend(module.calls.iter().flat_map(|(name, block)| of_call(session, module, (name, block))));
    let documents = module.resources.values().filter(|block| is_document(block) && !json(block.header));
    problems.extend(documents.flat_map(|block| blocks_as_arguments(&block.body)));
    problems
}

/// The blocks of an `aws_iam_policy_document`, which are no arguments (documentation of the data source).
const BLOCKS: [&str; 4] = ["condition", "not_principals", "principals", "statement"];

fn is_document(block: &Block) -> bool {
    let type_name = block.labels.first().map(|label| &*label.text);
    &*block.kind.text == "data" && type_name == Some("aws_iam_policy_document")
}

/// Blocks that are written as arguments, in a document or a statement of it.
fn blocks_as_arguments(body: &Body) -> Vec<Problem> {
    let bodies = std::iter::once(body).chain(body.blocks_of("statement").map(|block| &block.body));
    let attributes = bodies.flat_map(|body| &body.attributes);
    let wrong = attributes.filter(|attribute| BLOCKS.contains(&&*attribute.name.text));
    let told = wrong.map(|attribute| {
        let name = &attribute.name;
        let message = format!("`{}` is a block here, not an argument", name.text);
        Problem::new(ProblemKind::Evaluation, name.span, message)
            .help(format!("write `{} {{ … }}` without `=`, or a `dynamic` block", name.text))
    });
    told.collect()
}

/// Whether all that a module declares has been read.
fn is_whole(session: &Session<'_>, module: &Module) -> bool {
    let generated = Disk::join(&module.dir, "terragrunt.hcl");
    let generated = generated.is_some_and(|path| session.disk().is_file(&path));
    !generated && module.problems.is_empty() && module.start.is_some() && !module.modelled
}

/// The expressions of a body and of the blocks in it, with the names that `dynamic` blocks bind.
fn expressions<'b>(body: &'b Body, visit: &mut dyn FnMut(&'b Expr, &Names<'b>)) {
    let mut left = VecDeque::from([(body, Names::default())]);
    while let Some((body, names)) = left.pop_front() {
        let asked = body.attributes.iter().filter(|own| !NO_REFERENCES.contains(&&*own.name.text));
        for attribute in asked {
            attribute.value.walk_named(&names, &mut |expr, names| visit(expr, names));
        }
        for block in &body.blocks {
            let names = iterator(block).map_or_else(|| names.clone(), |name| names.with(name));
            left.push_back((&block.body, names));
        }
    }
}

/// The name that a `dynamic` block gives to what it walks.
fn iterator(block: &Block) -> Option<&str> {
    if &*block.kind.text != "dynamic" {
        return None;
    }
    match block.body.attribute("iterator").map(|iterator| &iterator.value.kind) {
        Some(ExprKind::Variable(name)) => Some(name),
        _ => block.labels.first().map(|label| &*label.text),
    }
}

struct Undeclared {
    label: String,
    problem: Problem,
    is_resource: bool,
}

/// What is wrong with a reference, if the expression is one and something is.
fn reference(module: &Module, expr: &Expr, names: &Names<'_>) -> Option<Undeclared> {
    let ExprKind::Attr(source, name) = &expr.kind else { return None };
    let problem =
        |what: &str, space: &str, label: &str, known: &mut dyn Iterator<Item = &Arc<str>>| Undeclared {
            label: label.to_owned(),
            problem: undeclared((what, label), expr.span, known.map(|name| format!("{space}{name}"))),
            is_resource: space.is_empty(),
        };
    match &source.kind {
        ExprKind::Variable(root) if names.has(root) => None,
        ExprKind::Variable(root) => {
            let label = format!("{root}.{}", name.text);
            match &**root {
                "var" => (!module.variables.contains_key(&name.text))
                    .then(|| problem("variable", "var.", &label, &mut module.variables.keys())),
                "local" => (!module.locals.contains_key(&name.text))
                    .then(|| problem("local value", "local.", &label, &mut module.locals.keys())),
                "module" => (!module.calls.contains_key(&name.text))
                    .then(|| problem("module call", "module.", &label, &mut module.calls.keys())),
                root if ROOTS.contains(&root) => None,
                _ => (!module.resources.contains_key(&*label))
                    .then(|| problem("resource", "", &label, &mut module.resources.keys())),
            }
        }
        ExprKind::Attr(space, of) => {
            let ExprKind::Variable(root) = &space.kind else { return None };
            let label = match &**root {
                root if names.has(root) => return None,
                "data" | "ephemeral" => format!("{root}.{}.{}", of.text, name.text),
                "resource" => format!("{}.{}", of.text, name.text),
                _ => return None,
            };
            (!module.resources.contains_key(&*label))
                .then(|| problem("resource", "", &label, &mut module.resources.keys()))
        }
        _ => None,
    }
}

/// A reference to something that is not there.
pub(super) fn undeclared(
    (what, label): (&str, &str),
    span: Span,
    known: impl Iterator<Item = String>,
) -> Problem {
    let message = if what.starts_with("an ") {
        format!("`{label}` is not {what}")
    } else {
        format!("`{label}` is not declared in this module: there is no such {what}")
    };
    let known = known.filter(|known| is_typo(label, known));
    let problem = did_you_mean(Problem::new(ProblemKind::Evaluation, span, message), label, known);
    // Wrappers of Terraform write files with variables of their own just before it runs.
    let generated = what == "variable" && problem.help.is_none();
    if generated { problem.doubtful([]).help(GENERATED) } else { problem }
}

/// Whether a reference may mean a known one: all but one of its names are the same, and that one nearly is.
fn is_typo(label: &str, known: &str) -> bool {
    let count = |all: &str| all.split('.').count();
    let mut differing = label.split('.').zip(known.split('.')).filter(|(one, other)| one != other);
    let (first, more) = (differing.next(), differing.next());
    let near = first.is_some_and(|(one, other)| nearest(one, [other]).is_some());
    near && more.is_none() && count(label) == count(known)
}

/// The names that nothing declares and no key needs, in one: doubtful, as directories may be parts of others that are put
/// together before Terraform runs.
fn nowhere(found: impl Iterator<Item = Undeclared>) -> Option<Problem> {
    let mut seen = FxHashSet::default();
    let found: Vec<Undeclared> = found.filter(|found| seen.insert(found.label.clone())).collect();
    let (first, others) = found.split_first()?;
    let mut problem = first.problem.clone().doubtful([]).help(GENERATED);
    for other in others.iter().take(LABELS) {
        problem = problem.label(other.problem.span, ALSO);
    }
    if !others.is_empty() {
        let names = match others {
            [other] => format!("`{}`", other.label),
            _ => format!("{} other names", others.len()),
        };
        problem.message = format!("`{}` and {names} are not declared in this module", first.label);
    }
    Some(problem)
}

/// What is said at the places of the others.
pub(super) const ALSO: &str = "nor is this";

/// What to do about a name that no file here declares.
const GENERATED: &str =
    "declare it; or, if a tool writes its declaration before Terraform runs, let it do so before this check";

/// What is wrong with the arguments of a call, where the module that it leads to lies beside it.
fn of_call(session: &Session<'_>, module: &Module, (name, block): (&str, &Block)) -> Vec<Problem> {
    let called = local_source(&module.dir, block).and_then(|dir| session.module(&dir));
    let Some(called) = called.filter(|called| is_whole(session, called)) else { return Vec::new() };
    let given = block.body.attributes.iter().map(|own| &own.name);
    let unknown = given
        .filter(|given| !OF_CALLS.contains(&&*given.text) && !called.variables.contains_key(&given.text));
    let mut problems: Vec<Problem> = unknown
        .map(|given| {
            let message = format!("the module of `module.{name}` has no variable `{}`", given.text);
            let problem = Problem::new(ProblemKind::Evaluation, given.span, message);
            let known = called.variables.keys().filter(|known| block.body.attribute(known).is_none());
            did_you_mean(problem, &given.text, known.map(ToString::to_string))
        })
        .collect();
    let required =
        called.variables.iter().filter(|(_, variable)| variable.body.attribute("default").is_none());
    let missing: Vec<(&Arc<str>, &Arc<Block>)> =
        required.filter(|(variable, _)| block.body.attribute(variable).is_none()).collect();
    if !missing.is_empty() && !block.body.broken {
        let names: Vec<String> = missing.iter().map(|(variable, _)| format!("`{variable}`")).collect();
        let message = format!("the call of `module.{name}` does not give {}", names.join(", "));
        let problem = Problem::new(ProblemKind::Evaluation, block.header, message);
        let problem = missing.iter().take(LABELS).fold(problem, |problem, (variable, declared)| {
            problem.label(declared.header, format!("`{variable}` has no default"))
        });
        problems.push(problem.help("give the argument, or the variable a default"));
    }
    problems
}

/// So many variables that are not given, or names that are not declared, are shown.
const LABELS: usize = 5;

#[cfg(test)]
mod tests {
    use super::super::session::Session;
    use super::{is_typo, mistakes};
    use crate::source::Disk;
    use std::sync::Arc;

    fn told(files: &[(&str, &str)]) -> Vec<String> {
        let disk = Disk::memory(files.iter().copied(), Arc::default());
        let session = Session::new(&disk);
        let shown = |problem: &crate::source::Problem| {
            let help = problem.help.as_deref().unwrap_or_default();
            format!("{}: {} ({help})", disk.map().slice(problem.span), problem.message)
        };
        mistakes(&session, &session.module("").unwrap(), &|_| false).iter().map(shown).collect()
    }

    #[test]
    fn references_are_asked_for_their_declarations_wherever_they_stand() {
        let text = r#"
variable "name" {}
locals {
  a = [for k, v in var.name : local.b]
  c = try(var.nmae, data.aws_region.here.name)
}
output "o" { value = "${module.m.x} ${aws_kms_key.k.arn}" }
resource "aws_kms_key" "l" {
  tags = { for aws_kms_key, v in {} : aws_kms_key.x => v }
  dynamic "x" {
    for_each = []
    content { y = x.value }
  }
  lifecycle { ignore_changes = [tags.a] }
  provider = aws.other
}
moved {
  from = aws_kms_key.old
  to   = aws_kms_key.l
}
"#;
        let mut told = told(&[("main.tf", text)]);
        told.sort();
        let starts = ["aws_kms_key.k: ", "local.b: ", "module.m: ", "var.nmae: "];
        assert_eq!(told.len(), starts.len(), "{told:#?}");
        for (told, start) in told.iter().zip(starts) {
            assert!(told.starts_with(start), "{told}");
        }
        let others = "`module.m` and `data.aws_region.here` are not declared in this module";
        assert!(told[2].contains(others), "{told:?}");
        assert!(told[3].ends_with("(did you mean `var.name`?)"), "{told:?}");
    }

    #[test]
    fn a_typo_is_in_one_name() {
        assert!(is_typo("var.nmae", "var.name") && is_typo("data.aws_regoin.here", "data.aws_region.here"));
        for other in
            ["aws_sns_topic.fail", "aws_sns_topics.defaults", "aws_sns_topic", "data.aws_sns_topic.default"]
        {
            assert!(!is_typo("aws_sns_topic.default", other), "{other}");
        }
    }

    #[test]
    fn calls_give_a_module_what_it_takes() {
        let call = "module \"m\" {\n  source = \"./m\"\n  nmae = 1\n  count = 2\n}\nmodule \"gone\" {\n  source = \"a/b/c\"\n  x = 1\n}\n";
        let variables = "variable \"name\" {}\nvariable \"other\" {\n  default = 1\n}\n";
        let told = told(&[("main.tf", call), ("m/variables.tf", variables)]);
        assert_eq!(
            told,
            [
                "nmae: the module of `module.m` has no variable `nmae` (did you mean `name`?)",
                "module \"m\": the call of `module.m` does not give `name` (give the argument, or the variable a default)",
            ]
        );
    }

    #[test]
    fn nothing_is_said_where_a_declaration_may_be_elsewhere() {
        let text = "locals {\n  a = var.b\n}\n";
        assert_eq!(told(&[("main.tf", text)]).len(), 1);
        assert_eq!(told(&[("main.tf", text), ("terragrunt.hcl", "")]).len(), 0);
        assert_eq!(told(&[("main.tf", text), ("broken.tf", "variable \"b\" {")]).len(), 0);
        assert_eq!(told(&[("main.tf.json", r#"{"output": {"o": {"value": "${a.b}"}}}"#)]).len(), 0);
    }

    #[test]
    fn blocks_of_documents_are_no_arguments() {
        let text = "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    principals = []\n    actions = []\n  }\n  statement = []\n}\n";
        let told_of = told(&[("main.tf", text)]);
        assert_eq!(told_of.len(), 2, "{told_of:?}");
        let json = r#"{"data": {"aws_iam_policy_document": {"d": {"statement": [{"principals": []}]}}}}"#;
        assert_eq!(told(&[("main.tf.json", json)]).len(), 0);
    }
}
