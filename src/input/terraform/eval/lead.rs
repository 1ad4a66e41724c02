//! From an expression to the resource that it reads: `aws_s3_bucket.b.id`, also through variables, locals and outputs.
//!
//! A name that is written is a value like any other, and says nothing of where it came from; the expression does. What is
//! easy to get wrong: only what is nothing but a reference leads anywhere; of a conditional nothing is certain.

use super::Eval;
use super::scope::{Node, Scope};
use crate::syntax::hcl::{Expr, ExprKind, Part};

/// References followed one after the other, at most.
const MOST_STEPS: usize = 64;

impl Eval<'_> {
    /// The address of the resource or data source whose attribute the expression is.
    pub(in super::super) fn leads_to(&self, expr: &Expr, scope: Scope<'_>) -> Option<String> {
        self.lead(expr, scope, MOST_STEPS)
    }

    fn lead(&self, expr: &Expr, scope: Scope<'_>, left: usize) -> Option<String> {
        let left = left.checked_sub(1)?;
        match &expr.kind {
            ExprKind::Paren(inner) => self.lead(inner, scope, left),
            ExprKind::Template(template) => match template.parts.as_slice() {
                [Part::Interpolation(only)] => self.lead(only, scope, left),
                _ => None,
            },
            ExprKind::Attr(source, name) => match self.node(source, scope).ok()? {
                Node::Resource(instance, at, occurrence) => {
                    let (address, _) = instance.module.resources.get_index(at)?;
                    let repeat = self.resource_repeat(&instance, at);
                    let suffix = &repeat.occurrences.get(occurrence)?.suffix;
                    Some(instance.address_of(&format!("{address}{suffix}")))
                }
                Node::Module(child) => {
                    let output = child.module.outputs.get(&name.text)?;
                    self.lead(&output.body.attribute("value")?.value, Scope::top(&child), left)
                }
                Node::Space(space) => self.lead_of_name(&space, &name.text, scope, left),
                _ => None,
            },
            _ => None,
        }
    }

    fn lead_of_name(&self, space: &str, name: &str, scope: Scope<'_>, left: usize) -> Option<String> {
        let instance = scope.instance;
        match space {
            "local" => {
                let local = instance.module.locals.get(name)?.attribute()?;
                self.lead(&local.value, Scope::top(instance), left)
            }
            "var" => {
                let called = instance.called.as_ref()?;
                let parent = called.parent.upgrade()?;
                let argument = called.block.body.attribute(name)?;
                self.lead(&argument.value, Scope::of(&parent, &called.repetition), left)
            }
            _ => None,
        }
    }
}
