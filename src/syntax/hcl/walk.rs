//! Every expression in an expression, with the names that are bound where it stands.

use super::tree::{Expr, ExprKind, Ident, ObjectKey, Part, Traverse};
use std::rc::Rc;

/// The names that `for` and templates bind around an expression, the innermost first.
#[derive(Clone, Default, Debug)]
pub struct Names<'e>(Option<Rc<Bound<'e>>>);

#[derive(Debug)]
struct Bound<'e> {
    name: &'e str,
    outer: Names<'e>,
}

impl<'e> Names<'e> {
    /// The same with one more.
    #[must_use]
    pub fn with(&self, name: &'e str) -> Self {
        Self(Some(Rc::new(Bound { name, outer: self.clone() })))
    }

    /// Whether a name is bound.
    pub fn has(&self, name: &str) -> bool {
        let mut next = &self.0;
        while let Some(bound) = next {
            if bound.name == name {
                return true;
            }
            next = &bound.outer.0;
        }
        false
    }

    fn with_both(&self, key: Option<&'e Ident>, value: &'e Ident) -> Self {
        let keyed = key.map(|key| self.with(&key.text));
        keyed.as_ref().unwrap_or(self).with(&value.text)
    }
}

type Left<'e> = Vec<(&'e Expr, Names<'e>)>;

impl Expr {
    /// Visits this expression and all that are in it, in no particular order.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Expr)) {
        self.walk_named(&Names::default(), &mut |expr, _| visit(expr));
    }

    /// The same with the names that are bound where each stands.
    pub fn walk_named<'e>(&'e self, names: &Names<'e>, visit: &mut impl FnMut(&'e Expr, &Names<'e>)) {
        let mut left: Left<'e> = vec![(self, names.clone())];
        while let Some((expr, names)) = left.pop() {
            visit(expr, &names);
            expr.parts(&names, &mut left);
        }
    }

    /// The expressions directly in it.
    fn parts<'e>(&'e self, names: &Names<'e>, left: &mut Left<'e>) {
        let mut add = |expr: &'e Expr| left.push((expr, names.clone()));
        match &self.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Variable(_)
            | ExprKind::Invalid => {}
            ExprKind::Template(template) => of_template(&template.parts, names, left),
            ExprKind::Tuple(items) => items.iter().for_each(add),
            ExprKind::Object(items) => {
                for item in items {
                    if let ObjectKey::Expr(key) = &item.key {
                        add(key);
                    }
                    add(&item.value);
                }
            }
            ExprKind::Attr(source, _) | ExprKind::Unary(_, source) | ExprKind::Paren(source) => add(source),
            ExprKind::Index(one, two) | ExprKind::Binary(_, _, one, two) => {
                [&**one, two].into_iter().for_each(add);
            }
            ExprKind::Splat(splat) => {
                add(&splat.source);
                of_steps(&splat.each, &mut add);
            }
            ExprKind::Call(call) => call.args.iter().for_each(add),
            ExprKind::Conditional(one, two, three) => [&**one, two, three].into_iter().for_each(add),
            ExprKind::For(each) => {
                add(&each.source);
                let inner = names.with_both(each.key_name.as_ref(), &each.value_name);
                let parts = each.key.iter().chain([&each.value]).chain(&each.condition);
                left.extend(parts.map(|part| (part, inner.clone())));
            }
        }
    }
}

fn of_template<'e>(template: &'e [Part], names: &Names<'e>, left: &mut Left<'e>) {
    let mut parts: Vec<(&'e Part, Names<'e>)> = template.iter().map(|part| (part, names.clone())).collect();
    while let Some((part, names)) = parts.pop() {
        match part {
            Part::Literal(_) => {}
            Part::Interpolation(expr) => left.push((expr, names)),
            Part::If { condition, then, otherwise } => {
                parts.extend(then.iter().chain(otherwise).map(|part| (part, names.clone())));
                left.push((condition, names));
            }
            Part::For { key_name, value_name, source, body } => {
                let inner = names.with_both(key_name.as_ref(), value_name);
                parts.extend(body.iter().map(|part| (part, inner.clone())));
                left.push((source, names));
            }
        }
    }
}

fn of_steps<'e>(steps: &'e [Traverse], add: &mut impl FnMut(&'e Expr)) {
    let mut left: Vec<&Traverse> = steps.iter().collect();
    while let Some(step) = left.pop() {
        match step {
            Traverse::Attr(_) => {}
            Traverse::Index(expr) => add(expr),
            Traverse::Splat(steps) => left.extend(steps),
        }
    }
}
