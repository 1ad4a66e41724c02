//! Stacks: a template with what it is deployed with; nested stacks and their outputs.
//!
//! A child is evaluated by an evaluator of its own, with the parameters that its parent gives. Its logical ids and
//! conditions get the parent's logical id put before them (`Data/Key`), so that nothing of two stacks is taken for one.
//! What is easy to get wrong: `aws cloudformation package` uploads what a *text* names; a path that an intrinsic function
//! makes is taken by CloudFormation as it is, and is no local file.

use super::handed::handed;
use super::reference::unknown;
use super::scope::Evaluator;
use super::session::{Parsed, Session};
use super::transform::Resource;
use super::{body, keys, loops, mistake, module, rules};
use crate::source::{Disk, Limits, Problem, ProblemKind, Span};
use crate::value::{Entry, Reason, Symbol, Text, Trail, Value};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

const TOO_MANY: &str = "there are too many nested stacks and the rest was not evaluated";

/// What a template is deployed with.
#[derive(Clone, Default)]
pub(super) struct Stack {
    /// How it is made.
    pub(super) kind: Sort,
    /// Its name, or the path of its template as shown; that of the outermost one for a nested stack.
    pub(super) name: String,
    /// What stands before its logical ids: empty, or the ids of the stacks around it (`Network/Keys/`).
    pub(super) prefix: String,
    /// The path of its template.
    pub(super) path: String,
    /// The values that its parameters are given.
    pub(super) given: BTreeMap<String, Value>,
    /// How it comes to be deployed: the stacks around it.
    pub(super) trail: Trail,
    /// The account that it goes to, where that is settled.
    pub(super) account: Option<Text>,
    /// The Region that it goes to, where that is settled.
    pub(super) region: Option<Text>,
    /// Whether it goes to accounts and Regions that are not those of the stack around it.
    pub(super) is_abroad: bool,
    /// The name that it is deployed under, where that is settled.
    pub(super) deployed_as: Option<String>,
    /// The paths of the templates around it.
    pub(super) around: Vec<String>,
    /// How many imports lead to it.
    pub(super) imports: usize,
}

/// How a stack is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Sort {
    /// By itself, or nested in another: where the other one is.
    #[default]
    Stack,
    /// As a part of another one: a module.
    Module,
    /// In other accounts and Regions: by a stack set.
    Instances,
}

impl Sort {
    /// What a type makes, and the property that names the template.
    fn of(type_name: &str) -> Option<(Self, &'static str)> {
        match type_name {
            "AWS::CloudFormation::Stack" => Some((Self::Stack, "TemplateURL")),
            "AWS::CloudFormation::StackSet" => Some((Self::Instances, "TemplateURL")),
            "AWS::Serverless::Application" => Some((Self::Stack, "Location")),
            _ if type_name.ends_with(module::ENDING) => Some((Self::Module, "")),
            _ => None,
        }
    }

    fn shown(self) -> &'static str {
        match self {
            Self::Stack => "nested stack",
            Self::Module => "module",
            Self::Instances => "stack set",
        }
    }
}

/// The children of a stack and what is known of their outputs; kept while its evaluator comes and goes.
#[derive(Default)]
pub(super) struct Kept {
    children: FxHashMap<String, Option<Arc<Child>>>,
    outputs: FxHashMap<String, Value>,
    inner: FxHashMap<String, Kept>,
}

/// A nested stack whose template is here.
pub(super) struct Child {
    parsed: Arc<Parsed>,
    stack: Stack,
}

/// Where the template of a nested stack lies.
enum Place<'v> {
    /// In this file.
    Local(&'v Value, String),
    /// It is named, and outside of the scanned root.
    Outside(&'v Value),
    /// On a server, or by an expression that CloudFormation alone evaluates.
    Elsewhere,
    /// It is a module, and no project here, or more than one, is of that type.
    NoProject(&'v Value),
}

impl Stack {
    /// The stack of a template that no other one calls.
    pub(super) fn root(path: &str, name: String) -> Self {
        Self { path: path.to_owned(), name, ..Self::default() }
    }

    /// Whether another stack makes it.
    pub(super) fn is_nested(&self) -> bool {
        !self.around.is_empty()
    }
}

/// Whether `body` declares a nested stack.
pub(super) fn is_call(body: &Value) -> bool {
    sort(body).is_some()
}

fn sort(body: &Value) -> Option<(Sort, &'static str)> {
    Sort::of(body.get("Type")?.as_str()?)
}

/// The file that holds the template of a nested stack, when `body` declares one and its template is named by a local
/// path.
pub(super) fn local(session: &Session<'_>, body: &Value, from: &str) -> Option<String> {
    match place(session, body, from)? {
        Place::Local(_, path) => Some(path),
        Place::Outside(_) | Place::Elsewhere | Place::NoProject(..) => None,
    }
}

/// Where the template of a nested stack lies; `None` when `body` declares none.
///
/// The CDK names the file in the metadata ("aws:asset:path") or in its list of assets, since the address of its upload
/// is made by intrinsic functions. Paths are relative to the template that names them (AWS CLI, `cloudformation package`; SAM,
/// `AWS::Serverless::Application`, `Location`).
fn place<'v>(session: &Session<'_>, body: &'v Value, from: &str) -> Option<Place<'v>> {
    let (sort, property) = sort(body)?;
    if sort == Sort::Module {
        let of = body.get("Type")?;
        let fragment = of.as_str().and_then(|of| session.fragment(of));
        return Some(fragment.map_or(Place::NoProject(of), |path| Place::Local(of, path.to_owned())));
    }
    let metadata = body.get("Metadata");
    let asset = |name: &str| metadata.and_then(|metadata| metadata.get(name));
    let uploaded = asset("aws:asset:path")
        .filter(|_| asset("aws:asset:property").is_some_and(|named| named.as_str() == Some(property)));
    let written = uploaded.or_else(|| body.get("Properties")?.get(property));
    let directory = from.rsplit_once('/').map_or("", |(directory, _)| directory);
    if let (None, Some(address)) = (uploaded, written)
        && let Some(path) = session.assembly(directory).as_deref().and_then(|one| one.asset(address))
    {
        return Disk::join(directory, path).map(|path| Place::Local(address, path));
    }
    let Some((at, written)) = written.and_then(|value| Some((value, value.as_str()?))) else {
        return Some(Place::Elsewhere);
    };
    if ["http://", "https://", "s3://"].into_iter().any(|scheme| written.starts_with(scheme)) {
        return Some(Place::Elsewhere);
    }
    let joined = Disk::join(directory, written.strip_prefix("file://").unwrap_or(written));
    Some(joined.map_or(Place::Outside(at), |path| Place::Local(at, path)))
}

/// The nested stack that a resource is, once its template and parameters are read; `None` when it is none, its template
/// is not here, or a bound was hit.
pub(super) fn child(evaluator: &mut Evaluator<'_>, resource: &Resource<'_>) -> Option<Arc<Child>> {
    let place = place(evaluator.session, resource.body, &evaluator.stack.path)?;
    match evaluator.kept.children.get(&resource.address) {
        Some(Some(child)) => return Some(Arc::clone(child)),
        Some(None) => return None,
        None => {}
    }
    evaluator.kept.children.insert(resource.address.clone(), None);
    let (at, path) = match place {
        Place::Elsewhere => {
            let (written, parsed) = written_inside(evaluator, resource.body)?;
            let path = format!("{}#{}", evaluator.stack.path, resource.address);
            let child = Arc::new(called(evaluator, resource, written.span, path, Arc::new(parsed)));
            evaluator.kept.children.insert(resource.address.clone(), Some(Arc::clone(&child)));
            return Some(child);
        }
        Place::NoProject(at) => {
            let message = format!("the module `{}` is not here", at.as_str().unwrap_or_default());
            let problem = Problem::new(ProblemKind::Unseen, at.span, message);
            evaluator.report(problem.help("it may declare keys: check it together with its one project (`.rpdk-config` and `fragments`)"));
            return None;
        }
        Place::Outside(at) => {
            let message = "this path leads out of what is scanned, and the template was not read";
            evaluator.report(Problem::new(ProblemKind::Unseen, at.span, message));
            return None;
        }
        Place::Local(at, path) => (at, path),
    };
    let parsed = read(evaluator, at, &path)?;
    let child = Arc::new(called(evaluator, resource, at.span, path, parsed));
    evaluator.kept.children.insert(resource.address.clone(), Some(Arc::clone(&child)));
    Some(child)
}

/// The template that a stack set holds as a text; reported where it may declare keys and cannot be read.
fn written_inside<'v>(evaluator: &mut Evaluator<'_>, body: &'v Value) -> Option<(&'v Value, Parsed)> {
    let inside = body.get("Properties")?.get("TemplateBody")?;
    evaluator.stacks += 1;
    if evaluator.stacks > Limits::DEFAULT.stacks {
        evaluator.limit(inside.span, TOO_MANY);
        return None;
    }
    if let Some(parsed) = body::parsed(evaluator, inside) {
        return Some((inside, parsed));
    }
    if super::identity::holds_text(inside, b"kms:") {
        let message = "the template of this stack set is written as a text and was not read";
        let problem = Problem::new(ProblemKind::Unseen, inside.span, message);
        evaluator.report(problem.help("put it into a file of its own, and name it by `TemplateURL`"));
    }
    None
}

fn read(evaluator: &mut Evaluator<'_>, at: &Value, path: &str) -> Option<Arc<Parsed>> {
    if evaluator.stack.path == path || evaluator.stack.around.iter().any(|around| around == path) {
        let message = format!("the template `{}` calls itself", evaluator.session.disk.shown(path));
        evaluator.report(mistake(at.span, message));
        return None;
    }
    if evaluator.stack.around.len() >= Limits::DEFAULT.module_depth {
        evaluator.limit(at.span, "stacks are nested too deep and were not evaluated");
        return None;
    }
    evaluator.stacks += 1;
    if evaluator.stacks > Limits::DEFAULT.stacks {
        evaluator.limit(at.span, TOO_MANY);
        return None;
    }
    let session = evaluator.session;
    if !session.disk.is_file(path) {
        let message = format!("the template `{}` is not here", session.disk.shown(path));
        let problem = Problem::new(ProblemKind::Unseen, at.span, message);
        evaluator.report(problem.help("it may declare keys: check it together with what calls it"));
        return None;
    }
    match session.called(path) {
        Ok(parsed) => Some(parsed),
        Err(problem) => {
            evaluator.report(problem);
            None
        }
    }
}

/// A nested stack with the parameters that the resource gives it.
fn called(
    evaluator: &mut Evaluator<'_>,
    resource: &Resource<'_>,
    at: Span,
    path: String,
    parsed: Arc<Parsed>,
) -> Child {
    let kind = sort(resource.body).map(|(sort, _)| sort).unwrap_or_default();
    let written = handed(evaluator, resource.body, kind);
    let mut given = BTreeMap::new();
    for Entry { name, value } in written.iter().filter_map(Value::as_map).flat_map(|map| &map.entries) {
        let Some(known) = name.text.known() else { continue };
        let note = format!("given to `{}` here", resource.address);
        given.insert(known, value.clone().via(name.span, note));
    }
    unasked(evaluator, (kind, written.as_ref()), &parsed);
    if let Some(open) = written.as_ref().and_then(open) {
        absent(&parsed, &mut given, &open);
    }
    let around = evaluator.stack.around.iter().cloned().chain([evaluator.stack.path.clone()]).collect();
    let trail = keys::present(evaluator, resource)
        .unwrap_or_default()
        .via(at, format!("{} `{}` called here", kind.shown(), resource.address));
    let prefix = format!("{}{}", resource.address, if kind == Sort::Module { "" } else { "/" });
    let own = Stack { kind, prefix, path, given, trail, around, ..evaluator.stack.clone() };
    let stack = match kind {
        Sort::Module => own,
        Sort::Stack => Stack { deployed_as: None, ..own },
        Sort::Instances => Stack { deployed_as: None, account: None, region: None, is_abroad: true, ..own },
    };
    Child { parsed, stack }
}

/// What leaves open which parameters are given.
fn open(written: &Value) -> Option<Value> {
    match written.as_map() {
        Some(map) => map.open.clone().map(|open| Value::new(crate::value::Kind::Unknown(open), written.span)),
        None if written.is_null() => None,
        None => Some(written.clone()),
    }
}

/// Parameters that may or may not be given are not known.
fn absent(parsed: &Parsed, given: &mut BTreeMap<String, Value>, open: &Value) {
    for template in &parsed.templates {
        for entry in template.section("Parameters").into_iter().flat_map(|map| &map.entries) {
            if let Some(name) = entry.name.text.known() {
                given.entry(name).or_insert_with(|| {
                    let reason = open.unknowns().first().map_or(Reason::NotEvaluated, |open| open.reason);
                    unknown(reason, &entry.name.text.shown(), open.span, Symbol::AnyText)
                });
            }
        }
    }
}

/// Reports parameters that the child does not have: CloudFormation refuses them.
fn unasked(evaluator: &mut Evaluator<'_>, (sort, written): (Sort, Option<&Value>), parsed: &Parsed) {
    let [template] = parsed.templates.as_slice() else { return };
    if template.is_rewritten() || template.hidden("Parameters").is_some() {
        return;
    }
    for entry in written.and_then(Value::as_map).into_iter().flat_map(|map| &map.entries) {
        let Some(name) = entry.name.text.as_known() else { continue };
        if template.entry("Parameters", name).is_none() {
            let message = format!("the {} has no parameter `{name}`", sort.shown());
            let problem = mistake(entry.name.span, message);
            evaluator.report(match template.near(name, &["Parameters"]) {
                Some(near) => problem.help(format!("did you mean `{near}`")),
                None => problem,
            });
        }
    }
}

impl Child {
    /// The templates that it is made of: one, but for streams of several documents.
    pub(super) fn each(
        &self,
        evaluator: &mut Evaluator<'_>,
        address: &str,
        mut work: impl FnMut(&mut Evaluator<'_>),
    ) {
        for template in &self.parsed.templates {
            let mut inner = Evaluator::new(template, &self.stack, evaluator.session);
            // Of what holds here, nothing holds in other accounts and Regions.
            match self.stack.kind {
                Sort::Instances => inner.share_bounds(evaluator),
                Sort::Stack | Sort::Module => inner.lend(evaluator),
            }
            inner.kept = evaluator.kept.inner.remove(address).unwrap_or_default();
            rules::hold(&mut inner);
            work(&mut inner);
            let kept = std::mem::take(&mut inner.kept);
            inner.give_back(evaluator);
            evaluator.kept.inner.insert(address.to_owned(), kept);
        }
    }

    /// The mistakes in its notation, and its comments.
    pub(super) fn parsed(&self) -> &Parsed {
        &self.parsed
    }
}

/// `Fn::GetAtt: [stack, Outputs.name]`: what the nested stack gives out under that name, used at `at`.
pub(super) fn output(evaluator: &mut Evaluator<'_>, resource: &Entry, name: &str, at: Span) -> Value {
    let resource = Resource {
        address: format!("{}{}", evaluator.stack.prefix, resource.name.text.shown()),
        span: resource.name.span,
        body: &resource.value,
        bound: Vec::new(),
    };
    let asked = format!("{}.Outputs.{name}", resource.address);
    if let Some(known) = evaluator.kept.outputs.get(&asked) {
        return known.clone();
    }
    let elsewhere = unknown(Reason::StackElsewhere, &asked, at, Symbol::AnyText);
    let Some(child) = child(evaluator, &resource) else { return elsewhere };
    let mut found: Option<Value> = None;
    let mut hidden = child.parsed.templates.is_empty() || !child.parsed.problems.is_empty();
    child.each(evaluator, &resource.address, |inner| {
        let template = inner.template;
        hidden |= template.is_rewritten() || template.hidden("Outputs").is_some();
        let output = template.section("Outputs").and_then(|outputs| outputs.get(name));
        let made = if output.is_none() { loops::made(inner, "Outputs", name) } else { None };
        hidden |= loops::stand_in(template, "Outputs");
        if let Some(value) =
            output.or(made.as_ref().map(|made| made.body)).and_then(|output| output.get("Value"))
        {
            let bound = made.as_ref().map(|made| made.bound.as_slice()).unwrap_or_default();
            let given = inner.with_bound(bound, |inner| inner.present(value));
            found = Some(given.via(value.span, format!("output `{name}` of the nested stack")));
        }
    });
    let value = match found {
        Some(found) => found.via(at, format!("through nested stack `{}`", resource.address)),
        None if hidden => elsewhere,
        None => {
            let problem =
                mistake(at, format!("the nested stack `{}` has no output `{name}`", resource.address));
            evaluator.wrong(at, &asked, problem)
        }
    };
    evaluator.kept.outputs.insert(asked, value.clone());
    value
}
