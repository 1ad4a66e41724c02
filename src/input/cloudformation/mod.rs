//! CloudFormation templates, evaluated as far as the template alone allows.
//!
//! A template is read as a tree ([`syntax`](crate::syntax)), then the resources that matter (keys and identity policies
//! that speak of KMS) are evaluated, and of everything else only what these need. What a deployment alone would tell
//! (parameters without default, imports, attributes) is unknown with its reason; a condition that cannot be decided
//! leaves both alternatives.
//!
//! It knows no IAM: a policy leaves it as a value. What is easy to get wrong: `AWS::NoValue` removes the member that it
//! stands for. Where that is undecided, the member is one of a few, of which null means "not there".

mod alternative;
mod conditions;
mod identity;
mod intrinsics;
mod jinja;
mod keys;
mod list;
mod mapping;
mod parameter;
mod pointer;
mod recognise;
mod reference;
mod scope;
mod sub;
mod template;
#[cfg(test)]
mod tests;
mod text;
mod transform;

pub use recognise::recognises;

use crate::key::Declared;
use crate::source::{Disk, FileId, Problem, ProblemKind, Span};
use crate::syntax::{json, yaml};
use scope::Evaluator;
use template::Template;

/// Evaluates the template at `path` and gives the keys and the identity policies that it declares.
///
/// JSON is read by the JSON reader, for YAML limits the length of names; what begins with a brace but is no JSON is
/// read as YAML, of which JSON is nearly a subset. A file that cannot be read, or holds mistakes, gives problems
/// besides what could be read.
pub fn load(disk: &Disk, path: &str) -> Declared {
    let file = match disk.read(path) {
        Ok(file) => file,
        Err(problem) => return Declared { problems: vec![problem], ..Declared::default() },
    };
    let text = disk.map().file(file).text().clone();
    let stream = parse(file, &text);
    let mut declared =
        Declared { problems: stream.problems, comments: stream.comments, ..Declared::default() };
    jinja::explain(file, &text, &mut declared.problems);
    for document in stream.documents {
        if let Some(template) = Template::new(document) {
            declare(&template, &mut declared);
        }
    }
    declared
}

fn parse(file: FileId, text: &str) -> yaml::Stream {
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return yaml::parse(file, text);
    }
    let mistake = match json::parse_file(file, text, 0..text.len()) {
        Ok(document) => return yaml::Stream { documents: vec![document], ..yaml::Stream::default() },
        Err(mistake) => mistake,
    };
    if mistake.kind == ProblemKind::Syntax {
        let stream = yaml::parse(file, text);
        if stream.problems.is_empty() {
            return stream;
        }
    }
    yaml::Stream { problems: vec![mistake], ..yaml::Stream::default() }
}

/// Adds what one template declares.
fn declare(template: &Template, declared: &mut Declared) {
    let mut evaluator = Evaluator::new(template);
    let resources = transform::resources(&mut evaluator);
    for resource in &resources {
        evaluator.bind(&resource.bound);
        if let Some(key) = keys::key(&mut evaluator, resource) {
            declared.keys.push(key);
        }
        declared.identity_policies.extend(identity::policies(&mut evaluator, resource));
        evaluator.bind(&[]);
    }
    // A mistake in an alias costs no key anything, and is not reported.
    let mistakes = evaluator.problems.len();
    for resource in &resources {
        evaluator.bind(&resource.bound);
        declared.aliases.extend(pointer::alias(&mut evaluator, resource));
        evaluator.bind(&[]);
    }
    evaluator.problems.truncate(mistakes);
    for problem in evaluator.problems {
        if !declared.problems.contains(&problem) {
            declared.problems.push(problem);
        }
    }
}

/// A mistake that CloudFormation would report too.
fn mistake(span: Span, message: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Evaluation, span, message)
}
