//! Where a called module is: in a local directory, downloaded, among the copies that were given, in a model, or nowhere.
//!
//! What is easy to get wrong: a module that is nowhere is not empty. Whatever is taken from it is unknown, and where it
//! speaks of KMS, keys may be declared that nobody sees; that is said once for each call.

use super::module::call_key;
use super::{Eval, Instance, Scope};
use crate::input::terraform::address::Address;
use crate::input::terraform::model::{Model, Site};
use crate::input::terraform::module::{Local, Module};
use crate::input::terraform::session::{literal, local_source};
use crate::source::{FileId, Limits, Problem, ProblemKind, Span};
use crate::syntax::hcl::Block;
use crate::value::{Reason, Value};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Calls that models stand in for.
#[derive(Default)]
pub(in super::super) struct Models {
    /// By the call.
    modules: FxHashMap<Span, Arc<Module>>,
    /// By the texts that were parsed for the call.
    pub sites: FxHashMap<FileId, Arc<Site>>,
}

impl Eval<'_> {
    /// The module that a call leads to, when it is here or modelled.
    pub(in super::super) fn called_module(&self, instance: &Instance, call: usize) -> Option<Arc<Module>> {
        let (name, block) = instance.module.calls.get_index(call)?;
        let dir = match local_source(&instance.module.dir, block) {
            Some(dir) => Some(dir),
            None => self
                .downloaded
                .get(&call_key(instance, name))
                .cloned()
                .filter(|dir| self.session.module(dir).is_some())
                .or_else(|| self.session.vendored(block)),
        };
        match dir {
            Some(dir) => self.session.module(&dir),
            None => self.modelled(instance, name, block),
        }
    }

    /// The model of the module that is called, parsed for this call.
    fn modelled(&self, instance: &Instance, name: &str, block: &Arc<Block>) -> Option<Arc<Module>> {
        if let Some(known) = self.models.borrow().modules.get(&block.header) {
            return Some(Arc::clone(known));
        }
        let (model, version) = Model::of(block)?.ok()?;
        if self.models.borrow().modules.len() >= Limits::DEFAULT.models {
            let message = format!("more than {} calls of modules that are not here", Limits::DEFAULT.models);
            self.report(Problem::new(ProblemKind::Limit, block.header, message));
            return None;
        }
        let (module, files) = self.session.modelled(model, version);
        let site = Arc::new(Site {
            block: Arc::clone(block),
            name: instance.address_of(&format!("module.{name}")),
            note: model.note().into(),
            files: files.clone(),
        });
        let mut models = self.models.borrow_mut();
        models.sites.extend(files.into_iter().map(|file| (file, Arc::clone(&site))));
        models.modules.insert(block.header, Arc::clone(&module));
        Some(module)
    }

    /// Tells what a call writes in vain: the values in a model's `local.module_unread`, under what is to be said.
    pub(in super::super) fn note_unread(&self, instance: &Rc<Instance>) {
        let found = instance.module.locals.get("module_unread").and_then(Local::attribute);
        let (Some(attribute), Some(called)) = (found, &instance.called) else { return };
        let unread = self.settled(self.expr(&attribute.value, Scope::top(instance)), attribute.value.span);
        for entry in unread.as_map().map_or(&[][..], |map| &map.entries) {
            let Some(message) = entry.name.text.known() else { continue };
            for value in entry.value.as_list().map_or(&[][..], |list| &list.items) {
                let problem = Problem::new(ProblemKind::Unread, value.span, message.as_str());
                self.report(problem.label(called.block.header, "module called here"));
            }
        }
    }

    /// What stands for a module that is nowhere.
    pub(super) fn missing_module(&self, instance: &Instance, call: usize) -> Value {
        let (name, span) = match instance.module.calls.get_index(call) {
            Some((name, block)) => (format!("module.{name}"), block.header),
            None => ("module".to_owned(), self.origin),
        };
        Value::unknown(Reason::ModuleMissing, name, span)
    }

    /// Says of a call to a module that is nowhere that its keys go unseen, when its name or source speaks of KMS.
    pub(in super::super) fn note_missing(&self, instance: &Instance, call: usize) {
        let Some((name, block)) = instance.module.calls.get_index(call) else { return };
        let Some(attribute) = block.body.attribute("source") else { return };
        let source = literal(&attribute.value).unwrap_or_else(|| self.source_text(attribute.value.span));
        let speaks = |text: &str| text.to_ascii_lowercase().contains("kms");
        // A module of roles and policies is often named after the key that they are for.
        let named = speaks(name) && !source.contains("iam");
        if !(speaks(&source) || named) || Address::parse(&source).is_none() {
            return;
        }
        let message =
            format!("the keys of `module.{name}` are not judged: its source `{source}` is not here");
        let get = "run `terraform init`, or give a copy of the module with `--modules DIR`";
        let help = match Model::of(block) {
            Some(Err(model)) => {
                format!(
                    "{get}; the built-in model of `{}` holds for versions {} only",
                    model.title, model.versions
                )
            }
            _ => get.to_owned(),
        };
        self.report(Problem::new(ProblemKind::Unseen, block.header, message).help(help));
    }
}
