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
use crate::syntax::hcl::{Block, ExprKind};
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

    /// Says of a call to a module that is nowhere that its keys go unseen, when it is likely to declare some.
    pub(in super::super) fn note_missing(&self, instance: &Instance, call: usize) {
        let Some((name, block)) = instance.module.calls.get_index(call) else { return };
        let Some(attribute) = block.body.attribute("source") else { return };
        let source = literal(&attribute.value).unwrap_or_else(|| self.source_text(attribute.value.span));
        if !may_declare_keys(name, &source, block) || Address::parse(&source).is_none() {
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

/// Arguments that only make sense for a key of the module's own.
const KEY_ARGUMENTS: [&str; 10] = [
    "create_kms_key",
    "enable_key_rotation",
    "key_administrators",
    "key_policy",
    "key_statements",
    "key_users",
    "kms_key_administrators",
    "kms_key_deletion_window_in_days",
    "kms_key_policy",
    "kms_key_source_policy_documents",
];

/// Whether a call of a module that is not here is likely to declare keys: it comes from a source that is named after them,
/// is itself named like one, or writes what only a key of its own can need. Queues and buckets that merely use a key
/// have names like `kms_queue_alerts` and arguments like `kms_master_key_id`.
fn may_declare_keys(name: &str, source: &str, block: &Block) -> bool {
    let speaks = |text: &str| text.to_ascii_lowercase().contains("kms");
    let words = || name.split(['-', '_']);
    let is_key = words().next_back().is_some_and(|last| matches!(last, "kms" | "key" | "keys" | "cmk"));
    let named = is_key && words().any(|word| matches!(word, "kms" | "cmk"));
    // A module of roles and policies is often named after the key that they are for.
    let named = named && !source.contains("iam");
    let writes = |name: &&str| {
        let value = block.body.attribute(name).map(|attribute| &attribute.value.kind);
        value.is_some_and(|value| !matches!(value, ExprKind::Bool(false) | ExprKind::Null))
    };
    speaks(source) || named || KEY_ARGUMENTS.iter().any(writes)
}

#[cfg(test)]
mod tests {
    use super::may_declare_keys;
    use crate::source::SourceMap;
    use crate::syntax::hcl;

    #[test]
    fn calls_that_use_keys_are_told_from_calls_that_make_them() {
        let calls = [
            (true, "x", "schubergphilis/mcaf-kms/aws", ""),
            (true, "logs_kms", "git@example.com:infra/modules//security", ""),
            (true, "eks", "terraform-aws-modules/eks/aws", "kms_key_administrators = []"),
            (false, "eks", "terraform-aws-modules/eks/aws", "create_kms_key = false"),
            (false, "kms_queue_alerts", "github.com/18F/identity-terraform//sqs_alerts", ""),
            (false, "queue", "terraform-aws-modules/sqs/aws", "kms_master_key_id = 1"),
            (false, "kms_key", "git@example.com:infra/iam-role", ""),
            (false, "api_key", "git@example.com:infra/api", ""),
        ];
        for (expected, name, source, argument) in calls {
            let text = format!("module \"{name}\" {{\n  {argument}\n}}\n");
            let file = SourceMap::default().add("main.tf", text.as_str());
            let body = hcl::parse(file, &text).body;
            assert_eq!(
                may_declare_keys(name, source, &body.blocks[0]),
                expected,
                "{name} {source} {argument}"
            );
        }
    }
}
