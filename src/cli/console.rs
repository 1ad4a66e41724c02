//! `kmsguard console`: evaluate expressions in a directory's scope.
//!
//! One expression a line. With `--json`, lines are `{"id":1,"expr":"…"}` and so are the answers: what `jsonencode` gives,
//! or that it is unknown, a mistake, or not evaluated offline. What is easy to get wrong: an answer must go out before
//! the next line is read, since a program may wait for it.

use super::output::{tell, tell_problem};
use super::shown::{reasons, shown};
use super::variable::Variables;
use super::{Code, Failure};
use crate::input::terraform::{Answer, Console, json_text};
use crate::report::safe;
use crate::scan::{self, Request};
use crate::source::{Limits, Problem, SourceMap};
use crate::value::{Reason, Text, Value};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::PathBuf;

/// What `kmsguard console` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The directory of the root module
    #[arg(value_name = "DIR", default_value = ".")]
    dir: String,
    #[command(flatten)]
    variables: Variables,
    /// A directory with copies of the Terraform modules that are called from registries or git
    #[arg(long, value_name = "DIR")]
    modules: Option<PathBuf>,
    /// Take and answer lines of JSON: `{"id":1,"expr":"…"}`
    #[arg(long)]
    json: bool,
}

/// A question.
#[derive(Deserialize)]
struct Asked {
    id: serde_json::Value,
    expr: String,
}

/// An answer.
#[derive(Debug, Default, Serialize)]
struct Answered {
    id: serde_json::Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    json: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unknown: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    sensitive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unsupported: bool,
}

/// Reads expressions and prints values until there is nothing more to read.
pub(super) fn run(args: &Args) -> Result<Code, Failure> {
    let request = Request { modules: args.modules.clone(), ..args.variables.request() };
    scan::with_console(&args.dir, &request, |console, map| {
        for problem in console.problems() {
            tell_problem(problem, map);
        }
        if args.json { lines(&mut |line| json_line(console, line), false) } else { prompt(console, map) }
    })?
}

/// Answers every line; `asks`: with a prompt before each.
fn lines(answer: &mut dyn FnMut(&str) -> Option<String>, asks: bool) -> Result<Code, Failure> {
    let mut input = BufReader::new(io::stdin().lock());
    let mut out = io::stdout().lock();
    loop {
        if asks {
            write!(out, "> ")?;
            out.flush()?;
        }
        let mut line = Vec::new();
        let read = input.by_ref().take(Limits::DEFAULT.file_bytes).read_until(b'\n', &mut line);
        if read.map_err(|error| Failure::Told(format!("standard input cannot be read: {error}")))? == 0 {
            return Ok(Code::Clean);
        }
        let line = String::from_utf8_lossy(&line);
        match line.trim() {
            "" => {}
            "exit" | "quit" if asks => return Ok(Code::Clean),
            line => {
                if let Some(answer) = answer(line) {
                    writeln!(out, "{answer}")?;
                    out.flush()?;
                }
            }
        }
    }
}

/// Prints values for people. Exit code 2 when an expression could not be evaluated.
fn prompt(console: &Console<'_>, map: &SourceMap) -> Result<Code, Failure> {
    let asks = io::stdin().is_terminal() && io::stdout().is_terminal();
    let mut failed = false;
    let code = lines(
        &mut |line| match console.evaluate(line) {
            Answer::Value(value) => {
                let why = reasons(&value).into_iter().map(|reason| format!("\n# {reason}"));
                Some(format!("{}{}", shown(&value), why.collect::<String>()))
            }
            Answer::Type(of) => Some(of),
            Answer::Unsupported(why) => {
                failed = true;
                tell(&format!("error: {why}"));
                None
            }
            Answer::Mistakes(problems) => {
                failed = true;
                for problem in &problems {
                    tell_problem(problem, map);
                }
                None
            }
        },
        asks,
    )?;
    Ok(if failed && !asks { Code::Failed } else { code })
}

fn json_line(console: &Console<'_>, line: &str) -> Option<String> {
    let answered = match serde_json::from_str::<Asked>(line) {
        Ok(asked) => Answered { id: asked.id, ..answered(console.evaluate(&asked.expr)) },
        Err(error) => {
            let error = Some(format!("the line is not `{{\"id\":1,\"expr\":\"…\"}}`: {error}"));
            Answered { ok: Some(false), error, ..Answered::default() }
        }
    };
    let text = serde_json::to_string(&answered).ok()?;
    Some(safe::json(&text).into_owned())
}

fn answered(answer: Answer) -> Answered {
    let value = match answer {
        Answer::Type(of) => {
            let json = serde_json::to_string(&of).ok();
            return Answered { ok: Some(true), json, ..Answered::default() };
        }
        Answer::Unsupported(_) => return Answered { unsupported: true, ..Answered::default() },
        Answer::Mistakes(problems) => {
            let message = |problem: Problem| problem.message;
            let error = problems.into_iter().next().map(message);
            return Answered { ok: Some(false), error, ..Answered::default() };
        }
        Answer::Value(value) => value,
    };
    let unknowns = value.unknowns();
    let offline = |reason| matches!(reason, Reason::NotEvaluated | Reason::Limit);
    if unknowns.iter().any(|unknown| offline(unknown.reason)) {
        return Answered { unsupported: true, ..Answered::default() };
    }
    let sensitive = value.holds_secret();
    let json = if sensitive { None } else { encoded(&value) };
    Answered { ok: Some(true), unknown: json.is_none(), sensitive, json, ..Answered::default() }
}

/// The JSON text of a value that is known throughout.
fn encoded(value: &Value) -> Option<String> {
    json_text(value).and_then(|text| Text::known(&text))
}
