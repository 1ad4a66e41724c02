//! From module instances to keys: what is declared, with its policies.
//!
//! Only modules that speak of KMS are walked, and only what a key needs is evaluated. What is easy to get wrong: an
//! `aws_kms_key_policy` belongs to the key that its `key_id` leads to, occurrence by occurrence, and replaces that
//! key's own policy when it is applied.

use super::eval::{Eval, Instance, Resource, Scope, literal_child, told};
use super::module::Module;
use super::session::{Session, downloaded, local_source};
use super::{
    ATTRIBUTES, Given, attribute_name, declared, misspelt, pointer, provider, relocate, symbol, tfvars, users,
};
use crate::key::{Attribute, Declared, Dialect, IdentityPolicy, Key, Pointer, Role, StatedPolicy};
use crate::source::{Problem, ProblemKind};
use crate::syntax::hcl::{Block, Ident};
use crate::value::{Kind, Map, Reason, Text, Trail, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;
use std::sync::Arc;

/// Evaluation nests deep (see `eval::DEPTH`), so it gets a stack of its own. Only what is used takes memory.
pub(super) const STACK_BYTES: usize = 256 << 20;

/// Evaluates a root module.
pub(super) fn load(session: &Session<'_>, dir: &str, given: &Given) -> Declared {
    let speaks = |dir: &str| session.speaks_of_kms(dir);
    if !speaks(dir) && !downloaded(session.disk(), dir).values().any(|dir| speaks(dir)) {
        return Declared::default();
    }
    std::thread::scope(|scope| {
        // Named as the thread that it works for: what is told of panics there holds here.
        let name = std::thread::current().name().unwrap_or_default().to_owned();
        let builder = std::thread::Builder::new().name(name).stack_size(STACK_BYTES);
        let running = builder.spawn_scoped(scope, || Walk::new(session, dir).map(|walk| walk.run(given)));
        match running.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(Some(declared))) => declared,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Ok(Ok(None)) | Err(_) => unfinished(session, dir),
        }
    })
}

/// Whether a module is called by local paths alone: not a downloaded one, nor a copy of one.
fn is_own(instance: &Rc<Instance>) -> bool {
    let mut next = Rc::clone(instance);
    loop {
        let Some(called) = &next.called else { return true };
        let Some(parent) = called.parent.upgrade() else { return false };
        if local_source(&parent.module.dir, &called.block).is_none() {
            return false;
        }
        next = parent;
    }
}

/// No thread could be started: say so, pass nothing.
fn unfinished(session: &Session<'_>, dir: &str) -> Declared {
    let start = session.module(dir).and_then(|module| module.start);
    let message = "the module could not be evaluated: no memory for it";
    let problem = start.map(|start| Problem::new(ProblemKind::Limit, start, message));
    Declared { problems: problem.into_iter().collect(), ..Declared::default() }
}

/// The walk over one root module.
struct Walk<'a> {
    eval: Eval<'a>,
    root: Rc<Instance>,
    declared: Declared,
    seen: FxHashSet<String>,
    /// The modules met that are the user's own.
    own: Vec<Arc<Module>>,
    relevant: FxHashMap<String, bool>,
    apart: Vec<Apart>,
    identities: Vec<(Rc<Instance>, usize)>,
    pointers: Vec<(Rc<Instance>, usize)>,
    users: Vec<(Rc<Instance>, usize)>,
}

/// An `aws_kms_key_policy`.
struct Apart {
    key_id: Value,
    key: Key,
}

impl<'a> Walk<'a> {
    fn new(session: &'a Session<'a>, dir: &str) -> Option<Self> {
        let start = session.module(dir)?.start?;
        let mut eval = Eval::new(session, dir, start);
        eval.downloaded = downloaded(session.disk(), dir);
        let root = eval.root_instance();
        let (declared, seen, own, relevant, apart, identities, pointers, users) = Default::default();
        Some(Self { eval, root, declared, seen, own, relevant, apart, identities, pointers, users })
    }

    fn run(mut self, given: &Given) -> Declared {
        self.eval.workspace.clone_from(&given.workspace);
        let values = tfvars::values(&self.eval, &self.eval.root_instance(), given);
        self.eval.given = values.given;
        self.declared.comments.extend(values.comments);
        let root = Rc::clone(&self.root);
        self.module(&root);
        self.join_policies();
        for (instance, at) in std::mem::take(&mut self.identities) {
            self.identity_policies(&instance, at);
        }
        for (instance, at) in std::mem::take(&mut self.pointers) {
            self.pointer(&instance, at);
        }
        for (instance, at) in std::mem::take(&mut self.users) {
            self.users(&instance, at);
        }
        // Last, so that what an evaluated value met is told as it met it.
        self.mistakes();
        self.declared.problems.extend(self.eval.take_problems());
        relocate::relocate(&mut self.declared, &self.eval.models.borrow().sites);
        let map = self.eval.session.disk().map();
        self.declared
            .keys
            .sort_by_cached_key(|key| (map.path(key.span.file), key.span.start, natural(&key.address)));
        self.declared
    }

    /// Reports what is wrong with the modules however they are evaluated. What is doubtful is left to Terraform where
    /// there is nothing to judge.
    fn mistakes(&mut self) {
        let found = &self.declared;
        let judged =
            !(found.keys.is_empty() && found.grants.is_empty() && found.identity_policies.is_empty());
        let said = self.eval.told();
        let told = |problem: &Problem| said.contains(&self.eval.said(problem));
        for module in std::mem::take(&mut self.own) {
            for problem in declared::mistakes(self.eval.session, &module, &told) {
                if judged || problem.is_certain() {
                    self.eval.report(problem);
                }
            }
        }
    }

    /// A `moved` block: both addresses are written from the module's point of view.
    fn moved(&mut self, instance: &Rc<Instance>, block: &Block) {
        let map = self.eval.session.disk().map();
        let address = |name: &str| {
            let written = map.slice(block.body.attribute(name)?.value.span);
            let plain: String = written.chars().filter(|c| !c.is_whitespace()).collect();
            let plain = plain.trim_matches('"');
            let within = if instance.address.is_empty() { "" } else { "." };
            (!plain.is_empty()).then(|| format!("{}{within}{plain}", instance.address))
        };
        self.declared.moved.extend(address("from").zip(address("to")));
    }

    fn module(&mut self, instance: &Rc<Instance>) {
        if self.seen.insert(instance.module.dir.clone()) {
            self.declared.comments.extend_from_slice(&instance.module.comments);
            self.declared.remarks.extend_from_slice(&instance.module.remarks);
            self.declared.problems.extend_from_slice(&instance.module.problems);
            if is_own(instance) {
                self.own.push(Arc::clone(&instance.module));
            }
        }
        if instance.module.modelled {
            self.eval.note_unread(instance);
        }
        for block in &instance.module.moved {
            self.moved(instance, block);
        }
        for (at, block) in instance.module.resources.values().enumerate() {
            if &*block.kind.text == "resource" {
                self.resource(instance, at, block);
            }
        }
        for call in 0..instance.module.calls.len() {
            let Some(module) = self.eval.called_module(instance, call) else {
                self.eval.note_missing(instance, call);
                continue;
            };
            if !module.modelled && !self.is_relevant(&module.dir) {
                continue;
            }
            let repeat = self.eval.call_repeat(instance, call);
            for at in 0..repeat.occurrences.len() {
                if let Some(child) = self.eval.child(instance, call, &repeat, at) {
                    self.module(&child);
                }
            }
        }
    }

    fn is_relevant(&mut self, dir: &str) -> bool {
        let session = self.eval.session;
        *self.relevant.entry(dir.to_owned()).or_insert_with_key(|dir| session.speaks_of_kms(dir))
    }

    fn resource(&mut self, instance: &Rc<Instance>, at: usize, block: &Arc<Block>) {
        let type_name = block.labels.first().map_or("", |label| &*label.text);
        if let Some(role) = role_of(type_name) {
            self.each_occurrence(instance, at, &mut |walk, resource, trail| walk.key(resource, role, trail));
        } else if IDENTITY_POLICIES.contains(&type_name) {
            self.identities.push((Rc::clone(instance), at));
        } else if matches!(type_name, "aws_kms_alias" | "awscc_kms_alias" | "aws_kms_grant") {
            self.pointers.push((Rc::clone(instance), at));
        } else if users::is_user(type_name) {
            self.users.push((Rc::clone(instance), at));
        }
    }

    fn each_occurrence(
        &mut self,
        instance: &Rc<Instance>,
        at: usize,
        work: &mut dyn FnMut(&mut Self, &Resource<'_>, Trail),
    ) {
        let Some((name, block)) = instance.module.resources.get_index(at) else { return };
        let repeat = self.eval.resource_repeat(instance, at);
        for occurrence in &repeat.occurrences {
            let address = instance.address_of(&format!("{name}{}", occurrence.suffix));
            let scope = Scope::of(instance, &occurrence.repetition);
            let resource = Resource { address: address.into(), block, scope };
            let mut trail = instance.trail();
            for step in occurrence.trail.steps() {
                trail = trail.with(step);
            }
            let before = self.eval.problem_count();
            work(self, &resource, trail);
            let mut doubts = told(&occurrence.trail);
            doubts.extend(instance.doubts());
            if !doubts.is_empty() {
                self.eval.doubt_problems(before, &doubts);
            }
        }
    }

    fn key(&mut self, resource: &Resource<'_>, role: Role, trail: Trail) {
        self.eval.note_again(resource.scope.instance, Some(resource.block.header));
        for problem in misspelt::arguments(resource.type_name(), resource.block) {
            self.eval.report(problem);
        }
        let mut key = self.bare_key(resource, role, trail);
        let argument = if resource.type_name().starts_with("awscc_") { "key_policy" } else { "policy" };
        let stated = self.stated(resource, argument, &key);
        key.policies.extend(stated);
        if role == Role::PolicyAlone {
            let key_id = self.eval.configured(resource, "key_id").unwrap_or_else(|| Value::null(key.span));
            self.apart.push(Apart { key_id, key });
        } else {
            self.declared.keys.push(key);
        }
    }

    fn bare_key(&self, resource: &Resource<'_>, role: Role, trail: Trail) -> Key {
        let eval = &self.eval;
        let mut attributes = std::collections::BTreeMap::new();
        for argument in &resource.block.body.attributes {
            let Some(attribute) = attribute_name(&argument.name.text) else { continue };
            if let Some(value) =
                eval.configured(resource, &argument.name.text).filter(|value| !value.is_null())
            {
                attributes.insert(attribute, value);
            }
        }
        if let Some((true, span)) = literal_child(resource.block, "lifecycle", "prevent_destroy") {
            attributes.insert(Attribute::Retained, Value::bool(true, span));
        }
        if resource.block.body.broken {
            for attribute in ATTRIBUTES {
                let lost = || Value::unknown(Reason::InError, &*resource.address, resource.block.header);
                attributes.entry(attribute).or_insert_with(lost);
            }
        }
        let provider = provider::of(resource);
        if resource.type_name().starts_with("aws_")
            && let Some(given) = provider.default_tags(eval)
        {
            let own = attributes.remove(&Attribute::Tags);
            attributes.insert(Attribute::Tags, tags(given, own));
        }
        let own_region = eval.configured(resource, "region").and_then(|region| region.as_text().cloned());
        let region = own_region.or_else(|| provider.region(eval)).filter(Text::is_known);
        let partition = region.as_ref().and_then(partition_of);
        Key {
            address: resource.address.to_string(),
            type_name: resource.type_name().to_owned(),
            role,
            dialect: Dialect::Terraform,
            span: resource.block.header,
            trail,
            policies: Vec::new(),
            policy_elsewhere: resource.block.body.broken,
            attributes,
            account: provider.account(eval).filter(Text::is_known),
            partition,
            region,
            deployer: provider.deployer(eval),
            change: None,
        }
    }

    /// The policy as configured; null and the empty text count as not stated.
    fn stated(&self, resource: &Resource<'_>, argument: &str, key: &Key) -> Option<StatedPolicy> {
        let name: &Ident = &resource.block.body.attribute(argument)?.name;
        let mut value = self.eval.configured(resource, argument)?;
        if value.is_null() || value.as_text().is_some_and(Text::is_empty) {
            return None;
        }
        let apart = provider::of(resource).apart(&self.eval);
        value = symbol::seen_from(apart.as_deref(), &value);
        let bypass = key.attributes.get(&Attribute::BypassLockoutCheck).cloned();
        Some(StatedPolicy { address: key.address.clone(), name_span: name.span, value, bypass })
    }

    /// Identity policies come last: mistakes that no key and no policy on KMS has to do with are not reported.
    fn identity_policies(&mut self, instance: &Rc<Instance>, at: usize) {
        let before = self.eval.problem_count();
        let known = self.declared.identity_policies.len();
        self.each_occurrence(instance, at, &mut |walk, resource, trail| {
            let Some(value) = walk.eval.configured(resource, "policy").filter(speaks_of_kms) else { return };
            let address = resource.address.to_string();
            let span = resource.block.header;
            let holder = ["role", "user"].iter().find_map(|name| walk.eval.configured(resource, name));
            let holder = holder.map(Pointer::of);
            walk.declared.identity_policies.push(IdentityPolicy { address, span, trail, value, holder });
        });
        if self.declared.identity_policies.len() == known {
            self.eval.forget_problems(before);
        }
    }

    /// Aliases and grants come last too, and a mistake in them costs no key anything.
    fn pointer(&mut self, instance: &Rc<Instance>, at: usize) {
        let before = self.eval.problem_count();
        self.each_occurrence(instance, at, &mut |walk, resource, trail| {
            if resource.type_name() == "aws_kms_grant" {
                walk.declared.grants.push(pointer::grant(&walk.eval, resource, trail));
            } else {
                walk.declared.aliases.push(pointer::alias(&walk.eval, resource, trail));
            }
        });
        self.eval.forget_problems(before);
    }

    /// So do users of keys.
    fn users(&mut self, instance: &Rc<Instance>, at: usize) {
        let before = self.eval.problem_count();
        self.each_occurrence(instance, at, &mut |walk, resource, trail| {
            let found = users::users(&walk.eval, resource, &trail);
            walk.declared.users.extend(found);
        });
        self.eval.forget_problems(before);
    }

    /// Gives each `aws_kms_key_policy` to its key.
    fn join_policies(&mut self) {
        let index: FxHashMap<String, usize> =
            self.declared.keys.iter().enumerate().map(|(at, key)| (key.address.clone(), at)).collect();
        for apart in std::mem::take(&mut self.apart) {
            let address = Pointer::of(apart.key_id.clone()).address;
            let owner = address.and_then(|address| index.get(&address));
            match owner.and_then(|at| self.declared.keys.get_mut(*at)) {
                Some(key) => key.policies.extend(apart.key.policies),
                None => self.foreign_policy(apart, &index),
            }
        }
    }

    /// A policy whose key is not certain: it is judged alone, and any key that it may belong to knows of it.
    fn foreign_policy(&mut self, apart: Apart, index: &FxHashMap<String, usize>) {
        let certain = apart.key_id.unknowns().is_empty() && !matches!(apart.key_id.kind, Kind::OneOf(_));
        let named: FxHashSet<usize> = apart
            .key_id
            .unknowns()
            .into_iter()
            .filter_map(|unknown| index.get(unknown.attribute()?.0).copied())
            .collect();
        for (at, key) in self.declared.keys.iter_mut().enumerate() {
            let may_own = if named.is_empty() { !certain } else { named.contains(&at) };
            key.policy_elsewhere |= may_own && key.policies.is_empty();
        }
        self.declared.keys.push(apart.key);
    }
}

/// Resources that attach a policy to an identity.
pub(in crate::input) const IDENTITY_POLICIES: [&str; 4] =
    ["aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy"];

/// The role of a resource type; `None` when it declares no key and no key policy.
pub(in crate::input) fn role_of(type_name: &str) -> Option<Role> {
    Some(match type_name {
        "aws_kms_key" | "awscc_kms_key" => Role::Key,
        "aws_kms_external_key" => Role::External,
        "aws_kms_replica_key" | "awscc_kms_replica_key" => Role::Replica,
        "aws_kms_replica_external_key" => Role::ReplicaExternal,
        "aws_kms_key_policy" => Role::PolicyAlone,
        _ => return None,
    })
}

fn partition_of(region: &Text) -> Option<Text> {
    let known = region.known()?;
    let partition = match known.split('-').take(2).collect::<Vec<_>>().as_slice() {
        ["cn", _] => "aws-cn",
        ["us", "gov"] => "aws-us-gov",
        ["us", "iso"] => "aws-iso",
        ["us", "isob"] => "aws-iso-b",
        _ => "aws",
    };
    Some(Text::made(partition, region.span(0..region.known_len())?))
}

/// Whether a policy has anything to do with KMS, as far as can be seen.
fn speaks_of_kms(value: &Value) -> bool {
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        match &value.kind {
            Kind::Text(text) => match text.encodes() {
                Some(inner) => left.push(inner),
                None if text.known_parts().to_ascii_lowercase().contains("kms") => return true,
                None => {}
            },
            Kind::List(list) => left.extend(&list.items),
            Kind::Map(map) => left.extend(map.entries.iter().map(|entry| &entry.value)),
            Kind::OneOf(branches) => left.extend(branches.iter().map(|branch| &branch.value)),
            _ => {}
        }
    }
    false
}

/// Addresses with their numbers in order: `k[2]` before `k[10]`.
fn natural(address: &str) -> (String, Vec<u64>) {
    let digits = |part: &str| part.chars().all(|one| one.is_ascii_digit()) && !part.is_empty();
    let numbers = address.split(['[', ']']).filter(|part| digits(part)).filter_map(|part| part.parse().ok());
    let name = address.split(['[', ']']).filter(|part| !digits(part)).collect::<Vec<_>>().join("[");
    (name, numbers.collect())
}

/// The tags of a resource under those of its provider; its own hold before.
fn tags(given: Value, own: Option<Value>) -> Value {
    let Some(own) = own.filter(|own| !own.is_null()) else { return given };
    match (&given.kind, &own.kind) {
        (Kind::Map(defaults), Kind::Map(written)) => {
            let entries = defaults.entries.iter().chain(&written.entries).cloned().collect();
            let open = written.open.clone().or_else(|| defaults.open.clone());
            let map = Map { kind: written.kind, entries, open };
            Value { kind: Kind::Map(Arc::new(map)), ..own }
        }
        (Kind::Unknown(_), Kind::Map(_)) => given,
        _ => own,
    }
}
