//! `validation` blocks of variables: values that a module refuses.
//!
//! Only variables that something asks for are validated, when they are asked for first (Terraform docs, "Custom
//! conditions"). What is easy to get wrong: a condition that is not known refuses nothing.

use super::scope::Scope;
use super::{Eval, Instance};
use crate::input::terraform::types::truth;
use crate::source::{Problem, ProblemKind};
use crate::syntax::hcl::Block;
use crate::value::Value;
use std::rc::Rc;

impl Eval<'_> {
    /// Reports a value that a validation of its variable refuses, at the place where the value was given.
    pub(super) fn validate(&self, instance: &Rc<Instance>, label: &str, value: &Value, variable: &Block) {
        for validation in variable.body.blocks_of("validation") {
            let Some(condition) = validation.body.attribute("condition") else { continue };
            let doubt = self.doubt.get();
            let outcome = self.expr(&condition.value, Scope::top(instance));
            let holds = truth(&self.settled(outcome, condition.value.span));
            if holds == Some(false) {
                let why = self.error_message(instance, validation);
                let why = why.map(|why| format!(": `{why}`")).unwrap_or_default();
                let message = format!("the value of `{label}` does not pass its validation{why}");
                let problem = Problem::new(ProblemKind::Evaluation, value.span, message);
                self.report(problem.label(condition.value.span, "this condition does not hold"));
            }
            self.doubt.set(doubt);
        }
    }

    /// What the module says to a refused value, on one line; nothing where that is not known or sensitive.
    fn error_message(&self, instance: &Rc<Instance>, validation: &Block) -> Option<String> {
        let message = validation.body.attribute("error_message")?;
        let value = self.expr(&message.value, Scope::top(instance)).ok().filter(|value| !value.secret)?;
        let text = value.as_str()?.replace('`', "'");
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!line.is_empty()).then(|| line.chars().take(300).collect())
    }
}
