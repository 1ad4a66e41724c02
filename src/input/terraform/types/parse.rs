//! Type constraints as `variable` blocks write them.

use super::{Member, Type, convert};
use crate::input::terraform::number;
use crate::source::{Limits, Problem, ProblemKind, Span};
use crate::syntax::hcl::{Call, Expr, ExprKind, ObjectItem, ObjectKey, Operator, Part};
use crate::value::{Entry, Kind, Name, Text, Value};
use std::sync::Arc;

const NAMES: [&str; 9] = ["any", "bool", "number", "string", "list", "set", "map", "object", "tuple"];

/// Reads a type constraint (`variable` blocks). Terraform language, "Type Constraints". The quoted and bare forms of
/// Terraform 0.11 (`"string"`, `list`, `map`) are read too.
pub(in super::super) fn parse(expr: &Expr) -> Result<Type, Problem> {
    parse_at(expr, Limits::DEFAULT.depth)
}

fn wrong(span: Span, message: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Evaluation, span, message)
}

fn parse_at(expr: &Expr, depth: usize) -> Result<Type, Problem> {
    let Some(deeper) = depth.checked_sub(1) else {
        return Err(Problem::new(ProblemKind::Limit, expr.span, "this type is nested too deeply"));
    };
    match &expr.kind {
        ExprKind::Variable(name) => named(name, expr.span),
        ExprKind::Template(template) => match template.parts.as_slice() {
            [Part::Literal(text)] => named(&text.known().unwrap_or_default(), expr.span),
            _ => Err(wrong(expr.span, "a type is a name such as `string`, not a text")),
        },
        ExprKind::Paren(inner) => parse_at(inner, deeper),
        ExprKind::Call(call) => parse_call(call, expr.span, deeper),
        _ => Err(wrong(expr.span, "this is not a type").help("types look like `string` or `list(string)`")),
    }
}

fn named(name: &str, span: Span) -> Result<Type, Problem> {
    let any = || Box::new(Type::Any);
    match name {
        "any" => Ok(Type::Any),
        "bool" => Ok(Type::Bool),
        "number" => Ok(Type::Number),
        "string" => Ok(Type::String),
        "list" => Ok(Type::List(any())),
        "set" => Ok(Type::Set(any())),
        "map" => Ok(Type::Map(any())),
        _ => Err(no_such_type(name, span)),
    }
}

fn no_such_type(name: &str, span: Span) -> Problem {
    let problem = wrong(span, format!("there is no type `{name}`"));
    match NAMES.iter().find(|known| strsim::damerau_levenshtein(known, name) <= 2) {
        Some(close) => problem.help(format!("did you mean `{close}`?")),
        None => problem,
    }
}

fn parse_call(call: &Call, span: Span, depth: usize) -> Result<Type, Problem> {
    let name = &*call.name.text;
    if !NAMES.contains(&name) && name != "optional" {
        return Err(no_such_type(name, call.name.span));
    }
    let [of] = call.args.as_slice() else {
        return Err(wrong(span, format!("`{name}` takes one type")));
    };
    match (name, &of.kind) {
        ("list", _) => Ok(Type::List(Box::new(parse_at(of, depth)?))),
        ("set", _) => Ok(Type::Set(Box::new(parse_at(of, depth)?))),
        ("map", _) => Ok(Type::Map(Box::new(parse_at(of, depth)?))),
        ("tuple", ExprKind::Tuple(items)) => {
            Ok(Type::Tuple(items.iter().map(|item| parse_at(item, depth)).collect::<Result<_, _>>()?))
        }
        ("object", ExprKind::Object(items)) => {
            Ok(Type::Object(items.iter().map(|item| member(item, depth)).collect::<Result<_, _>>()?))
        }
        ("tuple", _) => Err(wrong(of.span, "`tuple` takes a list of types in brackets")),
        ("object", _) => Err(wrong(of.span, "`object` takes names and types in braces")),
        ("optional", _) => Err(wrong(span, "`optional` may stand in an object type only")),
        _ => Err(wrong(span, format!("the type `{name}` takes no argument"))),
    }
}

fn member(item: &ObjectItem, depth: usize) -> Result<Member, Problem> {
    let name = match &item.key {
        ObjectKey::Name(name) => name.text.clone(),
        ObjectKey::Expr(key) => {
            let name = constant(key, depth).and_then(|value| value.as_str().map(Arc::from));
            name.ok_or_else(|| wrong(key.span, "the name of an attribute must be a plain name"))?
        }
    };
    let ExprKind::Call(call) = &item.value.kind else {
        return Ok(Member { name, of: parse_at(&item.value, depth)?, optional: None });
    };
    if &*call.name.text != "optional" {
        return Ok(Member { name, of: parse_at(&item.value, depth)?, optional: None });
    }
    match call.args.as_slice() {
        [of] => Ok(Member { name, of: parse_at(of, depth)?, optional: Some(None) }),
        [of, default] => {
            let of = parse_at(of, depth)?;
            let value = constant(default, depth).ok_or_else(|| {
                wrong(default.span, "the default of an optional attribute must be a constant")
            })?;
            Ok(Member { name, optional: Some(Some(convert(&value, &of)?)), of })
        }
        _ => Err(wrong(item.value.span, "`optional` takes a type and perhaps a default")),
    }
}

/// The value of an expression that refers to nothing.
fn constant(expr: &Expr, depth: usize) -> Option<Value> {
    let deeper = depth.checked_sub(1)?;
    let value = |kind| Some(Value::new(kind, expr.span));
    match &expr.kind {
        ExprKind::Null => value(Kind::Null),
        ExprKind::Bool(known) => value(Kind::Bool(*known)),
        ExprKind::Number(text) => value(Kind::Number(number::canonical(text)?)),
        ExprKind::Paren(inner) => constant(inner, deeper),
        ExprKind::Unary(Operator::Negate, inner) => match constant(inner, deeper)?.kind {
            Kind::Number(known) => value(Kind::Number(number::negated(&known))),
            _ => None,
        },
        ExprKind::Template(template) => {
            let literals = template.parts.iter().map(|part| match part {
                Part::Literal(text) => Some(text),
                _ => None,
            });
            let literals: Vec<&Text> = literals.collect::<Option<_>>()?;
            value(Kind::Text(Text::concat(literals)))
        }
        ExprKind::Tuple(items) => {
            let items = items.iter().map(|item| constant(item, deeper)).collect::<Option<_>>()?;
            Some(Value::tuple(items, expr.span))
        }
        ExprKind::Object(items) => {
            let entries = items.iter().map(|item| constant_entry(item, deeper)).collect::<Option<_>>()?;
            Some(Value::object(entries, expr.span))
        }
        _ => None,
    }
}

fn constant_entry(item: &ObjectItem, depth: usize) -> Option<Entry> {
    let name = match &item.key {
        ObjectKey::Name(name) => Name { text: Text::verbatim(name.text.clone(), name.span), span: name.span },
        ObjectKey::Expr(key) => {
            let text = convert(&constant(key, depth)?, &Type::String).ok()?.as_text()?.clone();
            Name { text, span: key.span }
        }
    };
    Some(Entry { name, value: constant(&item.value, depth)? })
}
