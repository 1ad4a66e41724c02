//! Modules: resources of a type that ends in `::MODULE`, and the fragments that they stand for.
//!
//! `CloudFormation` puts the resources of the fragment in the place of the module, its parameters set by the module's
//! properties, the module's logical id before those of its resources (User Guide, "Modules", "Reference module
//! resources"). A module is registered from a project of the `CloudFormation` CLI: `.rpdk-config` names the type, and the
//! fragment lies in `fragments` ("Module structure and requirements"). What is easy to get wrong: constraints of a
//! module's parameters are not enforced.

use super::reference;
use super::scope::Evaluator;
use super::stack;
use super::transform::Resource;
use crate::source::{Disk, FileId, SourceMap, Span};
use crate::syntax::json;
use crate::value::{Entry, Reason, Symbol, Value};

/// How the types of modules end.
pub(super) const ENDING: &str = "::MODULE";

/// The type that a project of the `CloudFormation` CLI declares, when it is one of a module.
pub fn type_of_project(map: &SourceMap, file: FileId) -> Option<String> {
    let text = map.file(file).text().clone();
    let config = json::parse_file(file, &text, 0..text.len()).ok()?;
    let of = ["typeName", "type_name"].iter().find_map(|name| config.get(name))?.as_str()?;
    of.ends_with(ENDING).then(|| of.to_owned())
}

/// The fragment of the project in a directory: the only file in `fragments`.
pub fn fragment_of_project(disk: &Disk, directory: &str) -> Option<String> {
    let inside = Disk::join(directory, "fragments")?;
    let is_template = |name: &String| {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        matches!(ending.as_deref(), Some("json" | "yaml" | "yml"))
    };
    let mut names = disk.files_in(&inside).into_iter().filter(is_template);
    let (only, other) = (names.next()?, names.next());
    other.is_none().then(|| Disk::join(&inside, &only))?
}

/// Whether a resource is a module.
pub(super) fn is_module(body: &Value) -> bool {
    body.get("Type").and_then(Value::as_str).is_some_and(|of| of.ends_with(ENDING))
}

/// What a name gives that is made of a module's and of one in it: `Ref` of `Vault.Key` or `VaultKey`, or an attribute.
pub(super) fn within(
    evaluator: &mut Evaluator<'_>,
    name: &str,
    attribute: Option<&str>,
    at: Span,
) -> Option<Value> {
    let modules = evaluator.template.modules().len();
    if modules == 0 || evaluator.spend(modules, at).is_some() {
        return None;
    }
    let (module, inner) = part(evaluator, name)?;
    let resource = Resource {
        address: evaluator.full(&module.name.text.shown()),
        span: module.name.span,
        body: &module.value,
        bound: Vec::new(),
    };
    let full = evaluator.full(name);
    let elsewhere = || reference::unknown(Reason::ModuleMissing, &full, at, Symbol::AnyText);
    let Some(child) = stack::child(evaluator, &resource) else { return Some(elsewhere()) };
    let mut found = None;
    child.each(evaluator, &resource.address, |fragment| {
        if fragment.template.entry("Resources", inner).is_some() {
            found = Some(match attribute {
                Some(attribute) => reference::attribute(fragment, inner, attribute, at),
                None => reference::named(fragment, inner, at),
            });
        }
    });
    found.map(|found| found.via(at, format!("in module `{}`", resource.address)))
}

/// The module that a name begins with, and the rest of the name; the longest such module.
fn part<'a, 'n>(evaluator: &Evaluator<'a>, name: &'n str) -> Option<(&'a Entry, &'n str)> {
    let parts = evaluator.template.modules().flatten().filter_map(|entry| {
        let rest = name.strip_prefix(entry.name.text.as_known()?)?;
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        (!rest.is_empty()).then_some((entry, rest))
    });
    parts.min_by_key(|(_, rest)| rest.len())
}
