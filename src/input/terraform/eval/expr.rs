//! Expressions, one kind each.

use super::scope::{Node, Scope};
use super::{Eval, Outcome};
use crate::input::terraform::{operators, types};
use crate::source::{Limits, Problem, ProblemKind, Span};
use crate::syntax::hcl::{Expr, ExprKind, ObjectItem, ObjectKey, Operator};
use crate::value::{Entry, Kind, Name, Number, Reason, Symbol, Text, Unknown, Value};
use std::sync::Arc;

impl Eval<'_> {
    /// What an expression is worth.
    pub(in super::super) fn expr(&self, expr: &Expr, scope: Scope<'_>) -> Outcome {
        let node = self.node(expr, scope)?;
        let value = self.force(node, expr.span)?;
        if value.secret {
            self.remember_secret(&value);
        }
        Ok(value)
    }

    /// What an element of something larger is worth: outside of `try`, a mistake in it costs only the element.
    pub(in super::super) fn element(&self, expr: &Expr, scope: Scope<'_>) -> Outcome {
        let outcome = self.expr(expr, scope);
        if scope.strict {
            return outcome;
        }
        let failed = outcome.is_err();
        let value = self.settled(outcome, expr.span);
        Ok(if failed { value.of_type(self.type_of_failed(expr, scope)) } else { value })
    }

    /// What an expression is, evaluated no further than needed.
    pub(super) fn node(&self, expr: &Expr, scope: Scope<'_>) -> Result<Node, Problem> {
        self.deeper(expr.span, || match &expr.kind {
            ExprKind::Paren(inner) => self.node(inner, scope),
            ExprKind::Variable(name) => Self::variable_node(name, expr.span, scope),
            ExprKind::Attr(source, name) => {
                let node = self.node(source, scope)?;
                self.attribute_of(node, name, expr.span, scope)
            }
            ExprKind::Index(source, index) => {
                let node = self.node(source, scope)?;
                let index = self.expr(index, scope)?;
                self.index_of(node, &index, expr.span, scope)
            }
            ExprKind::Splat(splat) => self.splat(splat, expr.span, scope).map(Node::Value),
            _ => self.plain(expr, scope).map(Node::Value),
        })
    }

    fn plain(&self, expr: &Expr, scope: Scope<'_>) -> Outcome {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Null => Ok(Value::null(span)),
            ExprKind::Bool(value) => Ok(Value::bool(*value, span)),
            ExprKind::Number(text) => number(text, span),
            ExprKind::Template(template) => self.template(template, span, scope),
            ExprKind::Tuple(items) => {
                let items = items.iter().map(|item| self.element(item, scope)).collect::<Result<_, _>>()?;
                self.paid(Value::tuple(items, span), span)
            }
            ExprKind::Object(items) => self.paid(self.object(items, span, scope)?, span),
            ExprKind::Call(call) => self.call(call, span, scope),
            ExprKind::Unary(operator, operand) => self.unary(*operator, operand, span, scope),
            ExprKind::Binary(operator, _, left, right) => self.binary(*operator, [left, right], span, scope),
            ExprKind::Conditional(condition, then, otherwise) => {
                self.conditional(condition, [then, otherwise], span, scope)
            }
            ExprKind::For(each) => self.paid(self.comprehension(each, span, scope)?, span),
            _ => Ok(Value::unknown(Reason::InError, self.source_text(span), span)),
        }
    }

    fn unary(&self, operator: Operator, operand: &Expr, span: Span, scope: Scope<'_>) -> Outcome {
        let operand = self.expr(operand, scope)?;
        self.distribute(&[operand], span, &mut |sides| match sides {
            [operand] => operators::unary(operator, operand, span),
            _ => Ok(Value::null(span)),
        })
    }

    fn object(&self, items: &[ObjectItem], span: Span, scope: Scope<'_>) -> Outcome {
        let mut entries: Vec<Entry> = Vec::with_capacity(items.len());
        let mut open = None;
        let mut secret = false;
        let mut seen = rustc_hash::FxHashMap::default();
        for item in items {
            let name = match &item.key {
                ObjectKey::Name(name) => {
                    Ok(Name { text: Text::verbatim(&*name.text, name.span), span: name.span })
                }
                ObjectKey::Expr(key) if is_ambiguous(key) => Err(ambiguous(key)),
                ObjectKey::Expr(key) => self.expr(key, scope).and_then(|key| {
                    secret |= key.secret;
                    object_key(&key)
                }),
            };
            let value = self.element(&item.value, scope)?;
            let name = match name {
                Ok(name) => name,
                Err(problem) if scope.strict => return Err(problem),
                Err(problem) => {
                    let value = self.settled(Err(problem), span);
                    open = as_unknown(&value);
                    continue;
                }
            };
            // `{a = 1, a = 2}` is `{a = 2}` in Terraform.
            match name.text.known().and_then(|known| seen.insert(known, entries.len())) {
                Some(before) => {
                    if let Some(entry) = entries.get_mut(before) {
                        self.note_replaced(entry, &name, &value);
                        *entry = Entry { name, value };
                    }
                    if let Some(known) = entries.get(before).and_then(|entry| entry.name.text.known()) {
                        seen.insert(known, before);
                    }
                }
                None => entries.push(Entry { name, value }),
            }
        }
        let map = crate::value::Map { kind: crate::value::MapKind::Object, entries, open };
        Ok(Value { secret, ..Value::new(Kind::Map(Arc::new(map)), span) })
    }
}

/// Whether a key may be meant as a name with dots in it as well as a reference (`{ var.name = 1 }`).
fn is_ambiguous(key: &Expr) -> bool {
    let mut next = key;
    loop {
        next = match &next.kind {
            ExprKind::Attr(source, _) => source,
            ExprKind::Index(source, at) if matches!(at.kind, ExprKind::Number(_) | ExprKind::Template(_)) => {
                source
            }
            ExprKind::Variable(_) => return !std::ptr::eq(next, key),
            _ => return false,
        }
    }
}

fn ambiguous(key: &Expr) -> Problem {
    let message = "this key of an object may be a reference or a name with dots";
    let help = "put parentheses around a reference, quotes around a name";
    Problem::new(ProblemKind::Evaluation, key.span, message).help(help)
}

/// A key of an object: a text, a number or a bool; unknown characters stay unknown.
pub(super) fn object_key(key: &Value) -> Result<Name, Problem> {
    let wrong = |what: &str| {
        Err(Problem::new(ProblemKind::Evaluation, key.span, format!("{what} cannot be the key of an object")))
    };
    match &key.kind {
        Kind::Null => wrong("null"),
        Kind::List(_) | Kind::Map(_) => wrong("a collection"),
        Kind::Unknown(unknown) => Ok(Name { text: Text::unknown(unknown.clone()), span: key.span }),
        Kind::OneOf(_) => {
            let unknown = undecided(key).unwrap_or_else(|| nothing_known(key.span));
            Ok(Name { text: Text::unknown(unknown), span: key.span })
        }
        Kind::Text(text) => Ok(Name { text: text.clone(), span: key.span }),
        Kind::Bool(_) | Kind::Number(_) => {
            let text = types::convert(key, &types::Type::String)?;
            Ok(Name { text: text.as_text().cloned().unwrap_or_default(), span: key.span })
        }
    }
}

/// The unknown that a value is, if it is one.
pub(super) fn as_unknown(value: &Value) -> Option<Unknown> {
    match &value.kind {
        Kind::Unknown(unknown) => Some(unknown.clone()),
        _ => undecided(value),
    }
}

/// The unknown that stands for an undecided conditional where alternatives cannot be kept.
pub(super) fn undecided(value: &Value) -> Option<Unknown> {
    let Kind::OneOf(branches) = &value.kind else { return None };
    let assumption = branches.iter().find_map(|branch| branch.when.first())?;
    Some(Unknown {
        reason: Reason::NotEvaluated,
        name: Arc::clone(&assumption.condition),
        span: assumption.span,
        symbol: Symbol::Anything,
    })
}

pub(super) fn nothing_known(span: Span) -> Unknown {
    Unknown { reason: Reason::NotEvaluated, name: "value".into(), span, symbol: Symbol::Anything }
}

/// A number literal; Terraform reads `007` as 7 and `1e3` as 1000.
fn number(text: &Arc<str>, span: Span) -> Outcome {
    if text.len() > Limits::DEFAULT.text_bytes {
        return Err(Problem::new(ProblemKind::Limit, span, "a number has too many digits"));
    }
    if let Ok(small) = text.parse::<i64>() {
        return Ok(Value::new(Kind::Number(Number::from(small)), span));
    }
    types::convert(&Value::text(Text::verbatim(Arc::clone(text), span), span), &types::Type::Number)
}
