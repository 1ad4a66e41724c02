//! Templates: quoted strings, heredocs and template files.
//!
//! What is easy to get wrong: a template that is one interpolation and nothing else gives that very value, not a
//! text; and what is not known stays a piece of an otherwise known text.

use super::choice::combinations;
use super::expr::undecided;
use super::scope::{Node, Scope};
use super::{Eval, Outcome};
use crate::input::terraform::types::{self, Type};
use crate::source::{Limits, Problem, ProblemKind, Span};
use crate::syntax::hcl::{Part, Template};
use crate::value::{Kind, Text, Trail, Value};

impl Eval<'_> {
    /// What a template is worth.
    pub(super) fn template(&self, template: &Template, span: Span, scope: Scope<'_>) -> Outcome {
        if let [Part::Interpolation(only)] = template.parts.as_slice() {
            return self.expr(only, scope);
        }
        self.parts(&template.parts, span, scope)
    }

    fn parts(&self, parts: &[Part], span: Span, scope: Scope<'_>) -> Outcome {
        if let [Part::Literal(text)] = parts {
            return Ok(Value::text(text.clone(), span));
        }
        let values = parts.iter().map(|part| self.part(part, span, scope)).collect::<Result<Vec<_>, _>>()?;
        self.joined(values, span)
    }

    fn part(&self, part: &Part, span: Span, scope: Scope<'_>) -> Outcome {
        match part {
            Part::Literal(text) => Ok(Value::text(text.clone(), span)),
            Part::Interpolation(expr) => {
                let value = self.element(expr, scope)?;
                match self.text_of(&value, expr.span) {
                    // What cannot stand there leaves a gap that is not known.
                    Err(problem) if !scope.strict => {
                        self.text_of(&self.settled(Err(problem), expr.span), expr.span)
                    }
                    text => text,
                }
            }
            Part::If { condition, then, otherwise } => {
                let decided = self.expr(condition, scope)?;
                match types::truth(&decided) {
                    Some(true) => self.parts(then, span, scope),
                    Some(false) => self.parts(otherwise, span, scope),
                    None => self.choose(condition, &decided, scope, &mut |holds, scope| {
                        self.parts(if holds { then } else { otherwise }, span, scope)
                    }),
                }
            }
            Part::For { key_name, value_name, source, body } => {
                let node = self.node(source, scope)?;
                let names = (key_name.as_ref(), value_name);
                let mut turn = |scope: Scope<'_>| self.parts(body, span, scope);
                match node {
                    Node::Value(value) => self.distribute(&[value], span, &mut |values| match values {
                        [value] => {
                            self.turns(names, &Node::Value(value.clone()), (scope, source.span), &mut turn)
                        }
                        _ => Ok(Value::null(span)),
                    }),
                    node => self.turns(names, &node, (scope, source.span), &mut turn),
                }
            }
        }
    }

    /// A value as the text that an interpolation makes of it; alternatives stay alternatives.
    pub(super) fn text_of(&self, value: &Value, span: Span) -> Outcome {
        self.distribute(std::slice::from_ref(value), span, &mut |values| match values {
            [Value { kind: Kind::Unknown(unknown), secret, trail, .. }] => Ok(Value {
                secret: *secret,
                trail: trail.clone(),
                ..Value::text(Text::unknown(unknown.clone()), span)
            }),
            [value @ Value { kind: Kind::Text(_), .. }] => Ok(value.clone()),
            [Value { kind: Kind::Null, .. }] => {
                let message = "a value inside a text is null";
                Err(Problem::new(ProblemKind::Evaluation, span, message))
            }
            [Value { kind: Kind::List(_) | Kind::Map(_), .. }] => {
                let message = "a collection cannot stand inside a text";
                let help = "make a text of it with `join(…)` or `jsonencode(…)`";
                Err(Problem::new(ProblemKind::Evaluation, span, message).help(help))
            }
            [value] => types::convert(value, &Type::String),
            _ => Ok(Value::null(span)),
        })
    }

    /// One text of many; where there are too many alternatives, the last ones become unknown pieces.
    pub(super) fn joined(&self, mut values: Vec<Value>, span: Span) -> Outcome {
        while combinations(&values).is_none() {
            let Some(last) = values.iter_mut().rev().find(|value| matches!(value.kind, Kind::OneOf(_)))
            else {
                break;
            };
            if let Some(unknown) = undecided(last) {
                last.kind = Kind::Text(Text::unknown(unknown));
            } else {
                last.kind = Kind::Null;
            }
        }
        self.distribute(&values, span, &mut |values| {
            let secret = values.iter().any(|value| value.secret);
            let trail = Trail::of_all(values.iter().map(|value| &value.trail));
            let text = Text::concat(values.iter().filter_map(Value::as_text));
            if text.known_len() > Limits::DEFAULT.text_bytes {
                return Err(Problem::new(ProblemKind::Limit, span, "a text grows too long"));
            }
            self.paid(Value { trail, secret, ..Value::text(text, span) }, span)
        })
    }
}
