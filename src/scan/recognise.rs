//! What a file is, by its content.
//!
//! Most JSON and YAML files in a repository are something else: their bytes are searched for a few words, and only
//! those that may be a plan or a template are decoded. What is easy to get wrong: a file that is not infrastructure
//! code is passed over in silence, but not when the user named it.

use super::tree::Tree;
use super::walk::Named;
use crate::input::{cloudformation, plan};
use crate::source::{FileId, Problem, ProblemKind, Span};
use memchr::memmem;
use std::fs::File;
use std::io::Read;

/// Bytes looked at to tell what a very large file is.
const HEAD: u64 = 64 << 10;

/// The word by which deployment files of Git sync are told.
const DEPLOYS: &str = "template-file-path";

/// What a file is.
#[derive(Debug)]
pub(super) enum Recognised {
    /// A Terraform plan.
    Plan(FileId),
    /// A deployment file of Git sync, and the template that it names.
    Deployment(FileId, String),
    /// A CloudFormation template that may declare keys, or calls others that may.
    Template,
    /// A CloudFormation template in which nothing speaks of KMS.
    Silent,
    /// One that gives something to other stacks.
    Exporting,
    /// A project that declares a module of this type.
    Module(String),
    /// Something else.
    Foreign,
    /// It cannot be read.
    Unreadable(Problem),
}

/// Looks at the file at `path`, which `named` says little about.
pub(super) fn recognise(tree: &Tree, path: &str, named: Named) -> Recognised {
    if named == Named::Project {
        return project(tree, path);
    }
    let bytes = match tree.disk.bytes(path) {
        Ok(bytes) => bytes,
        Err((ProblemKind::Limit, _)) => return large(tree, path, named),
        Err(_) => return tree.disk.read(path).err().map_or(Recognised::Foreign, Recognised::Unreadable),
    };
    if !may_be_code(&bytes) || (named == Named::Draft && is_draft(&bytes)) {
        return Recognised::Foreign;
    }
    let file = match tree.disk.read(path) {
        Ok(file) => file,
        // Binary files with a JSON or YAML name are nothing to us, unless they were encrypted.
        Err(problem) if is_encrypted(&bytes) => return Recognised::Unreadable(problem),
        Err(_) => return Recognised::Foreign,
    };
    let text = tree.disk.map().file(file);
    let deployed =
        || holds(&bytes, DEPLOYS).then(|| cloudformation::deployed(tree.disk.map(), file)).flatten();
    if named != Named::Template && plan::recognises(text.text()) {
        Recognised::Plan(file)
    } else if let Some(template) = deployed() {
        Recognised::Deployment(file, template)
    } else if !cloudformation::recognises(text.text()) {
        if looks_like_template(&bytes) { Recognised::Silent } else { Recognised::Foreign }
    } else if cloudformation::speaks_of_kms(&bytes) || cloudformation::calls_others(&bytes) {
        Recognised::Template
    } else if holds(&bytes, "Export") {
        Recognised::Exporting
    } else {
        Recognised::Silent
    }
}

/// Looks at the settings of a project of the `CloudFormation` CLI.
fn project(tree: &Tree, path: &str) -> Recognised {
    let file = tree.disk.read(path).ok();
    let of = file.and_then(|file| cloudformation::type_of_project(tree.disk.map(), file));
    of.map_or(Recognised::Foreign, Recognised::Module)
}

/// A file over the bound for templates can only be a plan; what looks like a template at its start is not passed over
/// in silence.
fn large(tree: &Tree, path: &str, named: Named) -> Recognised {
    let mut head = Vec::new();
    let opened = File::open(tree.root.join(path)).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    if opened.is_err() || named == Named::Other {
        return Recognised::Foreign;
    }
    if named != Named::Json || !holds(&head, "format_version") {
        let told = || tree.disk.read(path).err().map_or(Recognised::Foreign, Recognised::Unreadable);
        return if looks_like_template(&head) { told() } else { Recognised::Foreign };
    }
    match tree.disk.read_plan(path) {
        Ok(file) if plan::recognises(tree.disk.map().file(file).text()) => Recognised::Plan(file),
        Ok(_) => Recognised::Foreign,
        Err(problem) => Recognised::Unreadable(problem),
    }
}

/// What a text from standard input is.
pub(super) fn recognise_text(file: FileId, text: &str) -> Recognised {
    if plan::recognises(text) {
        Recognised::Plan(file)
    } else if cloudformation::recognises(text) {
        Recognised::Template
    } else {
        let message = "standard input is neither a Terraform plan nor a CloudFormation template";
        Recognised::Unreadable(
            Problem::new(ProblemKind::Unreadable, Span::start_of(file), message)
                .help("pipe the output of `terraform show -json <plan file>` into kmsguard"),
        )
    }
}

/// Whether bytes can be a plan or a template at all: UTF-16, escapes or encryption may hide the words.
fn may_be_code(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
        || is_encrypted(bytes)
        || ["Resources", "AWS", "format_version", DEPLOYS, "\\u", "\\x"]
            .into_iter()
            .any(|word| holds(bytes, word))
}

/// Whether placeholders of a template engine stand in it, so that it is not yet what it will be.
fn is_draft(bytes: &[u8]) -> bool {
    let dynamic = |at: usize| bytes.get(at + 2..).is_some_and(|rest| rest.starts_with(b"resolve:"));
    holds(bytes, "<%") || memmem::find_iter(bytes, "{{").any(|at| !dynamic(at))
}

fn is_encrypted(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0GITCRYPT")
}

fn looks_like_template(bytes: &[u8]) -> bool {
    holds(bytes, "AWSTemplateFormatVersion") || (holds(bytes, "Resources") && holds(bytes, "AWS::"))
}

fn holds(bytes: &[u8], word: &str) -> bool {
    memmem::find(bytes, word.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_files_are_passed_over() {
        assert!(!may_be_code(br#"{"name":"x","dependencies":{}}"#));
        assert!(may_be_code(b"Resources:\n"));
        assert!(is_draft(b"Name: {{ .Name }}") && !is_draft(b"Name: '{{resolve:ssm:x}}'"));
        assert!(may_be_code(b"\0GITCRYPT\0abc"));
    }
}
