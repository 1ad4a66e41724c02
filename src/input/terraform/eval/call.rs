//! Function calls: what only the evaluator can do (`try`, `can`, `templatefile`, …) and the way to all others.
//!
//! What is easy to get wrong: `try` catches what is certain to fail only. Where it is not known whether an argument
//! fails, both that argument and the next one are possible.

use super::choice::{assume, combinations, join, stops_terraform};
use super::collection::open_tuple;
use super::expr::{as_unknown, undecided};
use super::scope::Scope;
use super::{Eval, Outcome};
use crate::input::terraform::functions::{self, Host};
use crate::source::{Disk, Limits, Problem, ProblemKind, Span};
use crate::syntax::hcl::{self, Call, Expr, ExprKind, Template};
use crate::value::{Branch, Kind, List, Piece, Reason, Text, Unknown, Value};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

impl Eval<'_> {
    /// A function call.
    pub(super) fn call(&self, call: &Call, span: Span, scope: Scope<'_>) -> Outcome {
        let name = call.name.text.strip_prefix("core::").unwrap_or(&call.name.text);
        match name {
            "try" => return self.try_each(&call.args, span, scope),
            "can" => return self.can(&call.args, span, scope),
            "templatestring"
                if call.args.first().is_some_and(|arg| matches!(arg.kind, ExprKind::Template(_))) =>
            {
                let message = "`templatestring` takes a reference to a text, not a text written out";
                return Err(Problem::new(ProblemKind::Evaluation, span, message));
            }
            name if name.contains("::") => {
                return Ok(Value::unknown(Reason::NotEvaluated, self.source_text(span), span));
            }
            _ => {}
        }
        // Unlike an element's, a mistake in an argument costs the whole call.
        let args = self.faultless(|| {
            call.args.iter().map(|arg| self.expr(arg, scope)).collect::<Result<Vec<_>, Problem>>()
        })?;
        self.applied(call, args, span, scope)
    }

    /// A function applied to evaluated arguments.
    pub(super) fn applied(&self, call: &Call, args: Vec<Value>, span: Span, scope: Scope<'_>) -> Outcome {
        let name = call.name.text.strip_prefix("core::").unwrap_or(&call.name.text);
        let args = match name {
            "concat" => bounded(args),
            "compact" => args.into_iter().map(|list| sifted(list, span)).collect(),
            "templatefile" => args.into_iter().map(from_here).collect(),
            name if name.starts_with("file") => args.into_iter().map(from_here).collect(),
            _ => args,
        };
        self.distribute(&args, span, &mut |args| {
            let args = if call.expand { expanded(args)? } else { args.to_vec() };
            let of_secret = name.starts_with("template") && args.iter().any(|arg| arg.secret);
            let result = match name {
                "sensitive" | "nonsensitive" => marked(args, name == "sensitive", span),
                "templatefile" => self.template_file(&args, span, scope),
                "templatestring" => self.template_string(&args, span, scope),
                _ => self.built_in(name, call.name.span, &args, span),
            };
            let result = self.paid(result?, span)?;
            Ok(Value { secret: result.secret || of_secret, ..result })
        })
    }

    fn built_in(&self, name: &str, name_span: Span, args: &[Value], span: Span) -> Outcome {
        let call = functions::Call { name, span, args, host: self };
        functions::call(&call).unwrap_or_else(|| {
            let message = format!("there is no function `{name}`");
            Err(Problem::new(ProblemKind::Evaluation, name_span, message))
        })
    }

    /// `try(a, b, …)`: the first that does not fail.
    fn try_each(&self, args: &[Expr], span: Span, scope: Scope<'_>) -> Outcome {
        let none = || Problem::new(ProblemKind::Evaluation, span, "no argument of `try` can be evaluated");
        let mut failed = None;
        let mut branches = Vec::new();
        let mut failing = Vec::new();
        for arg in args {
            let before = self.doubt.replace(false);
            let outcome = self.expr(arg, scope.strict());
            let doubted = self.doubt.replace(before);
            let value = match outcome {
                Err(problem) if stops_terraform(&problem) => {
                    failed = Some(problem);
                    continue;
                }
                outcome => self.settled(outcome, arg.span),
            };
            let mut when = failing.clone();
            if !doubted {
                branches.push(Branch { when, value });
                return Ok(joined(branches, span));
            }
            let condition = self.qualified(format!("{} can be read", self.source_text(arg.span)), scope);
            let [(_, yes), (_, no)] = assume(&condition, arg.span);
            when.extend(yes);
            failing.extend(no);
            branches.push(Branch { when, value });
        }
        // Where every argument fails, Terraform stops: only the other cases are deployed.
        if branches.is_empty() { Err(failed.unwrap_or_else(none)) } else { Ok(joined(branches, span)) }
    }

    fn can(&self, args: &[Expr], span: Span, scope: Scope<'_>) -> Outcome {
        let [arg] = args else {
            return Err(Problem::new(ProblemKind::Evaluation, span, "`can` takes one argument"));
        };
        let before = self.doubt.replace(false);
        let outcome = self.expr(arg, scope.strict());
        let doubted = self.doubt.replace(before);
        match outcome {
            Ok(value) => match value.unknowns().first() {
                None if !doubted => Ok(Value::bool(true, span)),
                None => Ok(Value::unknown(Reason::NotEvaluated, self.source_text(span), span)),
                Some(unknown) => Ok(Value::new(Kind::Unknown(anything(unknown)), span)),
            },
            Err(problem) if stops_terraform(&problem) => Ok(Value::bool(false, span)),
            Err(problem) => Ok(self.settled(Err(problem), span)),
        }
    }

    fn template_file(&self, args: &[Value], span: Span, scope: Scope<'_>) -> Outcome {
        let [path, vars] = args else {
            return Err(Problem::new(ProblemKind::Evaluation, span, "`templatefile` takes a path and a map"));
        };
        let Some(path) = path.as_text().and_then(Text::known) else { return Ok(unknown_like(path, span)) };
        let known = self.templates.borrow().get(&path).cloned();
        let template = if let Some(template) = known {
            template
        } else {
            let template = Rc::new(self.parsed_template(&path, span)?);
            self.templates.borrow_mut().insert(path, Rc::clone(&template));
            template
        };
        self.filled(&template, vars, span, scope)
    }

    fn parsed_template(&self, path: &str, at: Span) -> Result<Template, Problem> {
        let place = self.place(path, at)?;
        let disk = self.session.disk();
        let whole = Span::start_of(disk.read(&place).map_err(|problem| Problem { span: at, ..problem })?);
        hcl::parse_template(&self.file(path, at)?, whole)
    }

    fn template_string(&self, args: &[Value], span: Span, scope: Scope<'_>) -> Outcome {
        let [text, vars] = args else {
            return Err(Problem::new(
                ProblemKind::Evaluation,
                span,
                "`templatestring` takes a text and a map",
            ));
        };
        let args_span = text.span;
        match text.as_text() {
            Some(text) if text.is_known() => {
                self.filled(&hcl::parse_template(text, args_span)?, vars, span, scope)
            }
            _ => Ok(unknown_like(text, span)),
        }
    }

    fn filled(&self, template: &Template, vars: &Value, span: Span, scope: Scope<'_>) -> Outcome {
        let Some(map) = vars.as_map() else {
            return match as_unknown(vars) {
                Some(_) => Ok(unknown_like(vars, span)),
                None => {
                    Err(Problem::new(ProblemKind::Evaluation, vars.span, "template variables are not a map"))
                }
            };
        };
        if map.open.is_some() || map.entries.iter().any(|entry| !entry.name.text.is_known()) {
            return Ok(unknown_like(vars, span));
        }
        let given: FxHashMap<String, Value> = map
            .entries
            .iter()
            .filter_map(|entry| Some((entry.name.text.known()?, entry.value.clone())))
            .collect();
        let value = self.template(template, span, scope.template(&given))?;
        if value.is_null() {
            return Err(Problem::new(ProblemKind::Evaluation, span, "the template's result is null"));
        }
        Ok(value)
    }
}

/// Alternatives of `try`, or the only one.
fn joined(mut branches: Vec<Branch>, span: Span) -> Value {
    match (branches.len(), branches.pop()) {
        (1, Some(only)) => only.value,
        (_, Some(last)) => {
            branches.push(last);
            join(branches, span)
        }
        (_, None) => Value::null(span),
    }
}

/// A path below `path.cwd` as one below the directory in which Terraform is taken to run: files are found all the same,
/// though it is not known where that directory lies.
fn from_here(path: Value) -> Value {
    let Some([Piece::Unknown(first), rest @ ..]) = path.as_text().map(Text::pieces) else { return path };
    if &*first.name != "path.cwd" {
        return path;
    }
    let rest = rest.iter().map(|piece| match piece {
        Piece::Known(known, places) => Text::placed(Arc::clone(known), places.clone()),
        Piece::Unknown(unknown) => Text::unknown(unknown.clone()),
    });
    let parts: Vec<Text> = std::iter::once(Text::made(".", path.span)).chain(rest).collect();
    Value { kind: Kind::Text(Text::concat(&parts)), ..path }
}

/// Lists to be joined of which too many are undecided: those become open, the others are kept.
fn bounded(args: Vec<Value>) -> Vec<Value> {
    if combinations(&args).is_some() {
        return args;
    }
    let open = |arg: Value| match undecided(&arg) {
        Some(unknown) => open_tuple(Vec::new(), Some(unknown), arg.span),
        None => arg,
    };
    args.into_iter().map(open).collect()
}

/// A list of which some elements may be null or empty, so that `compact` would drop them: one list for every case.
/// Where there are too many cases, those elements are what may follow.
fn sifted(value: Value, span: Span) -> Value {
    let Kind::List(list) = &value.kind else { return value };
    let droppable = |item: &Value| item.is_null() || item.as_text().is_some_and(Text::is_empty);
    let doubtful = |item: &Value| match &item.kind {
        Kind::OneOf(branches) => branches.iter().any(|branch| droppable(&branch.value)),
        _ => false,
    };
    let Some(first) = list.items.iter().find(|item| doubtful(item)) else { return value };
    let kept = |items: Vec<Value>, open: Option<Unknown>| Value {
        kind: Kind::List(Arc::new(List { kind: list.kind, items, open })),
        ..value.clone()
    };
    if let Some(cases) = combinations(&list.items) {
        let branch = |(when, items)| Branch { when, value: kept(items, list.open.clone()) };
        return join(cases.into_iter().map(branch).collect(), span);
    }
    let items = list.items.iter().filter(|item| !doubtful(item)).cloned().collect();
    kept(items, list.open.clone().or_else(|| undecided(first)))
}

/// The arguments with the last one's elements in its place (`f(a...)`).
fn expanded(args: &[Value]) -> Result<Vec<Value>, Problem> {
    let Some((last, before)) = args.split_last() else { return Ok(Vec::new()) };
    let mut all = before.to_vec();
    match &last.kind {
        Kind::List(tail) => {
            for item in &tail.items {
                let mut item = item.clone();
                super::inherit(&mut item, &last.trail);
                all.push(item);
            }
            all.extend(tail.open.iter().map(|open| Value::new(Kind::Unknown(anything(open)), last.span)));
        }
        Kind::Unknown(_) => all.push(last.clone()),
        _ => {
            let message = "only a list can be expanded with `...`";
            return Err(Problem::new(ProblemKind::Evaluation, last.span, message));
        }
    }
    Ok(all)
}

fn marked(mut args: Vec<Value>, secret: bool, span: Span) -> Outcome {
    match (args.pop(), args.is_empty()) {
        (Some(value), true) => Ok(Value { secret, ..value }),
        _ => Err(Problem::new(ProblemKind::Evaluation, span, "this function takes one argument")),
    }
}

fn anything(unknown: &Unknown) -> Unknown {
    Unknown { symbol: crate::value::Symbol::Anything, ..unknown.clone() }
}

/// An unknown result because of an argument that is not known.
fn unknown_like(value: &Value, span: Span) -> Value {
    let unknown = as_unknown(value).or_else(|| value.unknowns().first().map(|unknown| (*unknown).clone()));
    match unknown {
        Some(unknown) => Value::new(Kind::Unknown(anything(&unknown)), span),
        None => Value::unknown(Reason::InError, "argument", span),
    }
}

impl Host for Eval<'_> {
    fn file(&self, path: &str, at: Span) -> Result<Text, Problem> {
        let place = self.place(path, at)?;
        let disk = self.session.disk();
        let id = disk.read(&place).map_err(|problem| Problem { span: at, ..problem })?;
        let file = disk.map().file(id);
        let span = Span::new(id, 0..file.text().len());
        Ok(Text::verbatim(file.text().as_str(), span))
    }

    fn bytes(&self, path: &str, at: Span) -> Result<Vec<u8>, Problem> {
        let place = self.place(path, at)?;
        let unreadable = |(kind, message)| Problem::new(kind, at, format!("`{path}` {message}"));
        self.session.disk().bytes(&place).map_err(unreadable)
    }

    fn exists(&self, path: &str) -> bool {
        Disk::join(&self.root, path).is_some_and(|place| self.session.disk().is_file(&place))
    }

    fn walk(&self, dir: &str) -> Vec<String> {
        let Some(top) = Disk::join(&self.root, dir) else { return Vec::new() };
        let disk = self.session.disk();
        let mut found = BTreeSet::new();
        let mut left = vec![String::new()];
        while let Some(below) = left.pop() {
            let Some(place) = Disk::join(&top, &below) else { continue };
            let inside =
                |name: &String| if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
            found.extend(disk.files_in(&place).iter().map(inside));
            if found.len() > Limits::DEFAULT.elements || below.matches('/').count() > 32 {
                break;
            }
            left.extend(disk.directories_in(&place).iter().map(inside));
        }
        found.into_iter().collect()
    }
}

impl Eval<'_> {
    /// A path as Terraform takes it, seen from the disk's root.
    fn place(&self, path: &str, at: Span) -> Result<String, Problem> {
        let Some(place) = Disk::join(&self.root, path) else {
            let message = format!("`{path}` lies outside the scanned directory and is not read");
            return Err(Problem::new(ProblemKind::Unreadable, at, message));
        };
        if self.session.disk().is_file(&place) {
            return Ok(place);
        }
        let message = format!("there is no file `{path}`");
        Err(Problem::new(ProblemKind::Evaluation, at, message)
            .help("paths are relative to the root module; a generated file must exist before the check"))
    }
}
