//! Every expression in an expression.

use super::tree::{Expr, ExprKind, ObjectKey, Part, Traverse};

impl Expr {
    /// Visits this expression and all that are in it, in no particular order.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Expr)) {
        let mut left = vec![self];
        while let Some(expr) = left.pop() {
            visit(expr);
            expr.parts(&mut left);
        }
    }

    /// The expressions directly in it.
    fn parts<'e>(&'e self, parts: &mut Vec<&'e Expr>) {
        match &self.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Variable(_)
            | ExprKind::Invalid => {}
            ExprKind::Template(template) => of_template(&template.parts, parts),
            ExprKind::Tuple(items) => parts.extend(items),
            ExprKind::Object(items) => {
                for item in items {
                    if let ObjectKey::Expr(key) = &item.key {
                        parts.push(key);
                    }
                    parts.push(&item.value);
                }
            }
            ExprKind::Attr(source, _) | ExprKind::Unary(_, source) | ExprKind::Paren(source) => {
                parts.push(source);
            }
            ExprKind::Index(one, two) | ExprKind::Binary(_, _, one, two) => parts.extend([&**one, two]),
            ExprKind::Splat(splat) => {
                parts.push(&splat.source);
                of_steps(&splat.each, parts);
            }
            ExprKind::Call(call) => parts.extend(&call.args),
            ExprKind::Conditional(one, two, three) => parts.extend([&**one, two, three]),
            ExprKind::For(each) => {
                parts.extend([&each.source, &each.value]);
                parts.extend(each.key.iter().chain(&each.condition));
            }
        }
    }
}

fn of_template<'e>(template: &'e [Part], parts: &mut Vec<&'e Expr>) {
    let mut left: Vec<&Part> = template.iter().collect();
    while let Some(part) = left.pop() {
        match part {
            Part::Literal(_) => {}
            Part::Interpolation(expr) => parts.push(expr),
            Part::If { condition, then, otherwise } => {
                parts.push(condition);
                left.extend(then.iter().chain(otherwise));
            }
            Part::For { source, body, .. } => {
                parts.push(source);
                left.extend(body);
            }
        }
    }
}

fn of_steps<'e>(steps: &'e [Traverse], parts: &mut Vec<&'e Expr>) {
    let mut left: Vec<&Traverse> = steps.iter().collect();
    while let Some(step) = left.pop() {
        match step {
            Traverse::Attr(_) => {}
            Traverse::Index(expr) => parts.push(expr),
            Traverse::Splat(steps) => left.extend(steps),
        }
    }
}
