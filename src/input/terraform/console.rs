//! Looking in: expressions in the scope of a root module, as `terraform console` evaluates them.
//!
//! Each expression is evaluated afresh, so a mistake is told every time that it is met. What is easy to get wrong: a
//! mistake in something that is merely asked for by name costs the expression even inside `try`, as in Terraform, while
//! what the provider does silently is a mistake of ours to tell and not Terraform's.

use super::eval::{Eval, Scope};
use super::keys::STACK_BYTES;
use super::session::{Session, downloaded};
use super::{Given, tfvars, types};
use crate::source::{Limits, Problem, ProblemKind, Span};
use crate::syntax::hcl::{self, Expr, ExprKind};
use crate::value::{Text, Value};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The scope of a root module, ready to be asked.
pub struct Console<'a> {
    session: &'a Session<'a>,
    dir: &'a str,
    workspace: String,
    given: FxHashMap<Arc<str>, Value>,
    downloaded: FxHashMap<String, String>,
    problems: Vec<Problem>,
}

/// What an expression gives.
#[derive(Debug)]
pub enum Answer {
    /// Its value, perhaps with unknown parts.
    Value(Value),
    /// What `type(…)` says, as Terraform's console alone knows it.
    Type(String),
    /// A limit was met.
    Unsupported(String),
    /// Terraform would stop here too.
    Mistakes(Vec<Problem>),
}

/// Runs `work` with the scope of the root module in `dir`, on a stack as large as evaluation may need. A directory
/// without Terraform files has an empty scope, in which functions can be called.
///
/// The workspace is the one given, else the one that `terraform workspace select` chose, else `default`.
///
/// # Errors
/// A sentence, when there is no memory for the stack.
pub fn console<T: Send>(
    session: &Session<'_>,
    dir: &str,
    given: &Given,
    work: impl FnOnce(&Console<'_>) -> T + Send,
) -> Result<T, String> {
    let none = || "no memory to evaluate in".to_owned();
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(STACK_BYTES);
        let running = builder.spawn_scoped(scope, || work(&Console::new(session, dir, given)));
        running.map_err(|_| none())?.join().map_err(|_| none())
    })
}

impl<'a> Console<'a> {
    fn new(session: &'a Session<'a>, dir: &'a str, given: &Given) -> Self {
        let disk = session.disk();
        let module = session.module(dir);
        let mut problems = module.as_ref().map(|module| module.problems.clone()).unwrap_or_default();
        let start = module.and_then(|module| module.start);
        let start = start.unwrap_or_else(|| Span::start_of(disk.map().add("console", "")));
        let eval = Eval::new(session, dir, start);
        let values = tfvars::values(&eval, &eval.root_instance(), given);
        problems.extend(eval.take_problems());
        Self {
            session,
            dir,
            workspace: given.workspace.clone().unwrap_or_else(|| selected(session, dir)),
            given: values.given,
            downloaded: downloaded(disk, dir),
            problems,
        }
    }

    /// Mistakes in the directory's files, and in what was given.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Evaluates one expression.
    pub fn evaluate(&self, text: &str) -> Answer {
        let map = self.session.disk().map();
        let span = Span::new(map.add("expression", text), 0..text.len());
        let expr = match hcl::parse_expression(&Text::verbatim(text, span), span) {
            Ok(expr) => expr,
            Err(problem) => return Answer::Mistakes(vec![problem]),
        };
        let mut eval = Eval::new(self.session, self.dir, span);
        eval.workspace = Some(self.workspace.clone());
        eval.given.clone_from(&self.given);
        eval.downloaded.clone_from(&self.downloaded);
        let root = eval.root_instance();
        let asked = asked_type(&expr);
        let outcome = eval.expr(asked.unwrap_or(&expr), Scope::top(&root));
        let mut problems = eval.take_problems();
        problems.retain(|problem| !is_remark(problem));
        match outcome {
            Err(problem) => {
                problems.push(eval.discreet(problem));
                stopped(problems)
            }
            Ok(_) if !problems.is_empty() => stopped(problems),
            Ok(value) if asked.is_some() => {
                Answer::Type(types::laid_out(&types::type_of(&value, Limits::DEFAULT.depth), 0))
            }
            Ok(value) => Answer::Value(value),
        }
    }
}

/// What is asked for its type: `type(…)` stands alone.
fn asked_type(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Call(call) if &*call.name.text == "type" => match call.args.as_slice() {
            [only] if !call.expand => Some(only),
            _ => None,
        },
        _ => None,
    }
}

fn stopped(problems: Vec<Problem>) -> Answer {
    match problems.iter().find(|problem| problem.kind == ProblemKind::Limit) {
        Some(limit) => Answer::Unsupported(limit.message.clone()),
        None => Answer::Mistakes(problems),
    }
}

/// What the provider or Terraform does without a word. We tell it as a mistake, for Terraform it is none.
pub(super) fn is_remark(problem: &Problem) -> bool {
    problem.kind == ProblemKind::Unread || problem.message.starts_with("the provider ")
}

/// The workspace that was selected in a directory.
fn selected(session: &Session<'_>, dir: &str) -> String {
    let disk = session.disk();
    let path = crate::source::Disk::join(dir, ".terraform/environment").filter(|path| disk.is_file(path));
    let name =
        path.and_then(|path| disk.read(&path).ok()).map(|id| disk.map().file(id).text().trim().to_owned());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "default".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Disk;

    fn asked(files: &[(&str, &str)], exprs: &[&str]) -> Vec<String> {
        let disk = Disk::memory(files.iter().copied(), Arc::default());
        let session = Session::new(&disk);
        let shown = |answer| match answer {
            Answer::Value(value) => match value.unknowns().first() {
                Some(unknown) => format!("`{}` {}", unknown.name, unknown.reason),
                None => format!("{:?}", value.as_str()),
            },
            Answer::Type(of) => of,
            Answer::Unsupported(why) => format!("unsupported: {why}"),
            Answer::Mistakes(problems) => problems[0].message.clone(),
        };
        console(&session, "", &Given::default(), |console| {
            exprs.iter().map(|expr| shown(console.evaluate(expr))).collect()
        })
        .unwrap()
    }

    #[test]
    fn a_mistake_is_told_each_time_and_also_inside_try() {
        let files = [("a.tf", "locals {\n  bad = 1 + \"x\"\n  good = \"g\"\n}\n")];
        let told = asked(&files, &["local.bad", "try(local.bad, \"x\")", "local.good"]);
        assert_eq!(told[0], told[1]);
        assert_eq!(told[2], "Some(\"g\")");
    }

    #[test]
    fn types_are_told() {
        assert_eq!(asked(&[], &["type(\"a\")", "type(toset([1]))"]), ["string", "set(number)"]);
    }

    #[test]
    fn the_clock_is_not_evaluated_and_functions_need_no_files() {
        let told = asked(&[], &["timestamp()", "upper(\"a\")", "terraform.workspace", "1 +"]);
        assert!(told[0].starts_with("`timestamp()`"), "{told:?}");
        assert_eq!(told[1..3], ["Some(\"A\")", "Some(\"default\")"]);
        assert!(!told[3].starts_with("Some"));
    }
}
