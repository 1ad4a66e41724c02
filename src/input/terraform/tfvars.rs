//! Values given for the root module's variables.
//!
//! In the order in which Terraform lets later ones hold: `TF_VAR_…`, `terraform.tfvars`, `terraform.tfvars.json`,
//! `*.auto.tfvars` and `*.auto.tfvars.json` by name, then `--var-file` and `--var` as typed (Terraform docs, "Variable
//! definition precedence"). What is easy to get wrong: in JSON, texts are taken as they are, they are no templates.

use super::eval::{Eval, Instance, Scope};
use super::{Given, Typed, veil};
use crate::source::{Problem, Span};
use crate::syntax::{hcl, json};
use crate::value::Value;
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

/// What the files and the user give.
#[derive(Default)]
pub(super) struct Values {
    /// By variable name; the one that holds.
    pub given: FxHashMap<Arc<str>, Value>,
    /// Comments of the files.
    pub comments: Vec<Span>,
}

/// Collects the values; mistakes are reported to `eval`. `root` is any instance of the root module.
pub(super) fn values(eval: &Eval<'_>, root: &Rc<Instance>, given: &Given) -> Values {
    let mut values = Values::default();
    let disk = eval.session.disk();
    for (name, value) in &given.environment {
        values.add_text(eval, root, (name, value), "given in the environment");
    }
    for name in automatic(&disk.files_in(&eval.root)) {
        let path = if eval.root.is_empty() { name.clone() } else { format!("{}/{name}", eval.root) };
        values.add_file(eval, root, &path);
    }
    for typed in &given.typed {
        match typed {
            Typed::File(path) => values.add_file(eval, root, path),
            Typed::Var(name, value) => {
                values.add_text(eval, root, (name, value), "given on the command line");
            }
        }
    }
    values
}

/// The files that are read without being named, in order.
fn automatic(names: &[String]) -> Vec<String> {
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"];
    let mut files: Vec<String> = fixed
        .iter()
        .filter(|name| names.iter().any(|own| own == *name))
        .map(|&name| name.to_owned())
        .collect();
    let auto = |name: &&String| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json");
    let mut autos: Vec<String> = names.iter().filter(auto).cloned().collect();
    autos.sort();
    files.extend(autos);
    files
}

impl Values {
    fn add_text(&mut self, eval: &Eval<'_>, root: &Rc<Instance>, (name, value): (&str, &Value), note: &str) {
        veil::hide_given(root, name, value.span, eval.session.disk().map());
        let read = typed_text(eval, root, name, value);
        let value = eval.settled(read, value.span).via(value.span, note);
        self.given.insert(name.into(), value);
    }

    fn add_file(&mut self, eval: &Eval<'_>, root: &Rc<Instance>, path: &str) {
        let disk = eval.session.disk();
        let id = match disk.read(path) {
            Ok(id) => id,
            Err(problem) => return eval.report(problem),
        };
        let text = Arc::clone(disk.map().file(id).text());
        let note = format!("set in `{}`", path.rsplit('/').next().unwrap_or(path));
        if std::path::Path::new(path).extension().is_some_and(|extension| extension == "json") {
            match json::parse_file(id, &text, 0..text.len()) {
                Ok(value) => self.add_json(eval, root, &value, &note),
                Err(problem) => eval.report(problem),
            }
            return;
        }
        let file = hcl::parse(id, &text);
        file.problems.into_iter().for_each(|problem| eval.report(problem));
        self.comments.extend(file.comments);
        for attribute in &file.body.attributes {
            veil::hide_given(root, &attribute.name.text, attribute.value.span, disk.map());
            let value = eval.expr(&attribute.value, Scope::top(root));
            let value = eval.settled(value, attribute.value.span).via(attribute.name.span, note.as_str());
            self.given.insert(Arc::clone(&attribute.name.text), value);
        }
    }

    fn add_json(&mut self, eval: &Eval<'_>, root: &Rc<Instance>, value: &Value, note: &str) {
        for entry in value.as_map().map_or(&[][..], |map| &map.entries) {
            if let Some(name) = entry.name.text.known().filter(|name| name != "//") {
                veil::hide_given(root, &name, entry.value.span, eval.session.disk().map());
                self.given.insert(name.into(), entry.value.clone().via(entry.name.span, note));
            }
        }
    }
}

/// A text from the command line: an expression where the variable is a collection, else as it is.
fn typed_text(eval: &Eval<'_>, root: &Rc<Instance>, name: &str, value: &Value) -> Result<Value, Problem> {
    let of = root.module.variables.get(name).and_then(|block| block.body.attribute("type"));
    let plain = of.is_none_or(|of| {
        matches!(&of.value.kind, hcl::ExprKind::Variable(name) if matches!(&**name, "string" | "number" | "bool"))
    });
    match value.as_text() {
        Some(text) if !plain => {
            let expr = hcl::parse_expression(text, value.span)?;
            eval.expr(&expr, Scope::top(root))
        }
        _ => Ok(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn automatic_files_come_in_terraforms_order() {
        let names =
            ["b.auto.tfvars.json", "terraform.tfvars.json", "a.auto.tfvars", "z.tfvars", "terraform.tfvars"];
        let names: Vec<String> = names.map(str::to_owned).into();
        assert_eq!(
            automatic(&names),
            ["terraform.tfvars", "terraform.tfvars.json", "a.auto.tfvars", "b.auto.tfvars.json"]
        );
    }
}
