//! CloudFormation templates, evaluated as far as the template alone allows.
//!
//! A template is read as a tree ([`syntax`](crate::syntax)), then the resources that matter (keys and identity policies
//! that speak of KMS) are evaluated, and of everything else only what these need. What a deployment alone would tell
//! (parameters without default, imports, attributes) is unknown with its reason; a condition that cannot be decided
//! leaves both alternatives.
//!
//! It knows no IAM: a policy leaves it as a value. What is easy to get wrong: `AWS::NoValue` removes the member that it
//! stands for. Where that is undecided, the member is one of a few, of which null means "not there".

mod acceptance;
mod alternative;
mod arn;
mod assembly;
mod body;
#[cfg(test)]
mod cases_tests;
mod cidr;
mod circles;
mod components;
mod conditions;
#[cfg(test)]
mod conditions_tests;
mod constraint;
mod dependencies;
mod exports;
mod facts;
mod formula;
mod given;
#[cfg(test)]
mod given_tests;
mod globals;
mod handed;
mod identity;
mod include;
#[cfg(test)]
mod include_tests;
mod intrinsics;
mod jinja;
mod keys;
mod list;
mod loops;
mod mapping;
mod membership;
mod module;
mod overrides;
mod parameter;
mod parameter_file;
mod pointer;
mod recognise;
mod reference;
mod rules;
mod sam;
mod scope;
mod session;
mod stack;
#[cfg(test)]
mod stack_tests;
mod sub;
mod template;
#[cfg(test)]
mod tests;
mod text;
mod transform;
mod users;

pub use given::{Given, deployed};
pub use module::{fragment_of_project, type_of_project};
pub use recognise::{recognises, speaks_of_kms};
pub use session::{Session, calls_others};

use crate::key::{Declared, Key};
use crate::source::{Disk, Problem, ProblemKind, Span};
use crate::value::Value;
use rustc_hash::FxHashMap;
use scope::Evaluator;
use transform::Resource;

/// Evaluates the template at `path`, with what is given to its parameters, and gives the keys and the identity policies
/// that it declares.
///
/// JSON is read by the JSON reader, for YAML limits the length of names; what begins with a brace but is no JSON is
/// read as YAML, of which JSON is nearly a subset. A file that cannot be read, or holds mistakes, gives problems
/// besides what could be read.
pub fn load(disk: &Disk, path: &str, given: &Given) -> Declared {
    Session::new(disk).load(path, given)
}

/// Adds what one template declares, and then its nested stacks.
fn declare(evaluator: &mut Evaluator<'_>, declared: &mut Declared) {
    parameter::check_given(evaluator);
    acceptance::accepted(evaluator, evaluator.template.root(), None, &mut declared.accepted);
    let resources = transform::resources(evaluator);
    for resource in &resources {
        evaluator.bind(&resource.bound);
        if let Some(path) = keys::construct(resource.body).and_then(Value::as_str) {
            declared.constructs.insert(resource.address.clone(), path.to_owned());
        }
        if let Some(key) = keys::key(evaluator, resource) {
            declared.keys.push(key);
        }
        declared.identity_policies.extend(identity::policies(evaluator, resource));
        acceptance::accepted(evaluator, resource.body, Some(&resource.address), &mut declared.accepted);
        nested(evaluator, resource, declared);
        evaluator.bind(&[]);
    }
    // A mistake in an alias or in a user of keys costs no key anything, and is not reported.
    let mistakes = evaluator.problems.len();
    for resource in &resources {
        evaluator.bind(&resource.bound);
        declared.aliases.extend(pointer::alias(evaluator, resource));
        declared.users.extend(users::users(evaluator, resource));
        evaluator.bind(&[]);
    }
    evaluator.problems.truncate(mistakes);
    circles::report(evaluator, &resources);
    if !evaluator.stack.is_nested() {
        let foreign = std::mem::take(&mut evaluator.foreign_keys).into_iter();
        let known: FxHashMap<String, Key> = foreign.map(|key| (key.address.clone(), key)).collect();
        declared.foreign_keys.extend(known.into_values());
        declared.foreign_keys.sort_by(|one, two| one.address.cmp(&two.address));
    }
}

/// Adds what the nested stack that a resource is declares.
fn nested(evaluator: &mut Evaluator<'_>, resource: &Resource<'_>, declared: &mut Declared) {
    if !stack::is_call(resource.body) || keys::present(evaluator, resource).is_none() {
        return;
    }
    let Some(child) = stack::child(evaluator, resource) else { return };
    let new = |known: &[Problem]| {
        let problems = child.parsed().problems.iter().filter(|problem| !known.contains(problem));
        problems.cloned().collect::<Vec<_>>()
    };
    let problems = new(&declared.problems);
    declared.problems.extend(problems);
    declared.comments.extend(&child.parsed().comments);
    child.each(evaluator, &resource.address, |inner| declare(inner, declared));
}

/// A mistake that CloudFormation would report too.
fn mistake(span: Span, message: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Evaluation, span, message)
}
