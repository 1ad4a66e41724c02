//! `Ref`, `Fn::GetAtt`: parameters, pseudo parameters, resources and their attributes.

use super::intrinsics::Call;
use super::scope::Evaluator;
use super::{arn, loops, mistake, module, parameter, sam, text};
use crate::source::{Span, nearest};
use crate::value::{Entry, Kind, Name, Reason, Symbol, Text, Trail, Unknown, Value};

/// Attributes of resources that may be evaluated one inside the other (a role's name made of another's).
const MOST_REACHING: usize = 4;

/// `Ref: name`; `None` for `AWS::NoValue`.
pub(super) fn reference(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Option<Value> {
    let name = evaluator.present(call.arg);
    match name.as_str() {
        Some("AWS::NoValue") => None,
        Some(name) => Some(named(evaluator, name, call.span)),
        None if name.unknowns().is_empty() => {
            Some(call.malformed(evaluator, "the name of a parameter or resource"))
        }
        None => Some(call.unknown_of(&[name])),
    }
}

/// What a name stands for, used at `at`.
pub(super) fn named(evaluator: &mut Evaluator<'_>, name: &str, at: Span) -> Value {
    if let Some(bound) = evaluator.bound(name) {
        return bound.clone();
    }
    if let Some(entry) = evaluator.template.entry("Parameters", name) {
        return parameter::value(evaluator, entry, at);
    }
    if name.starts_with("AWS::") {
        return pseudo(evaluator, name, at);
    }
    if let Some(value) = of_loop(evaluator, name, "Ref", at) {
        return value;
    }
    match evaluator.template.entry("Resources", name) {
        Some(entry) => of_resource(evaluator, entry, "Ref", at),
        None if sam::owner(evaluator.template, name).is_some() => {
            unknown(Reason::AfterApply, &evaluator.full(name), at, Symbol::Name)
        }
        None => match module::within(evaluator, name, None, at) {
            Some(value) => value,
            None => missing(evaluator, name, at),
        },
    }
}

/// A pseudo parameter (CloudFormation User Guide, "Pseudo parameters reference").
fn pseudo(evaluator: &mut Evaluator<'_>, name: &str, at: Span) -> Value {
    const NAMES: [&str; 8] = [
        "AWS::AccountId",
        "AWS::NotificationARNs",
        "AWS::NoValue",
        "AWS::Partition",
        "AWS::Region",
        "AWS::StackId",
        "AWS::StackName",
        "AWS::URLSuffix",
    ];
    let settled = match name {
        "AWS::AccountId" => evaluator.stack.account.clone(),
        "AWS::Region" => evaluator.stack.region.clone(),
        "AWS::StackName" => evaluator.stack.deployed_as.as_ref().map(|name| Text::made(name.as_str(), at)),
        _ => None,
    };
    if let Some(settled) = settled {
        let span = settled.span(0..settled.known_len()).unwrap_or(at);
        return Value::text(settled, span).via(at, format!("through `{name}`"));
    }
    let symbol = match name {
        "AWS::AccountId" => Symbol::OwnAccount,
        "AWS::Partition" => Symbol::Partition,
        "AWS::Region" => Symbol::Region,
        "AWS::URLSuffix" => Symbol::UrlSuffix,
        "AWS::StackName" => Symbol::Name,
        "AWS::StackId" => Symbol::Attribute { resource: name.into(), attribute: "Arn".into() },
        "AWS::NotificationARNs" => Symbol::Anything,
        // Removed inside a text: nothing is left of it.
        "AWS::NoValue" => return Value::text(Text::default(), at),
        _ => {
            let problem = mistake(at, format!("there is no pseudo parameter `{name}`"));
            let near = nearest(name, NAMES);
            let problem = match near {
                Some(near) => problem.help(format!("did you mean `{near}`")),
                None => problem,
            };
            return evaluator.wrong(at, name, problem);
        }
    };
    unknown(Reason::ReadOutside, name, at, symbol)
}

/// `Fn::GetAtt: [resource, attribute]` or `resource.attribute`.
pub(super) fn get_att(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let parts: Vec<Value> = call.args().iter().map(|part| evaluator.present(part)).collect();
    let texts: Option<Vec<Text>> = parts.iter().map(text::of).collect();
    let Some(known) = texts.unwrap_or_default().iter().map(Text::known).collect::<Option<Vec<_>>>() else {
        return call.unknown_of(&parts);
    };
    let path = known.join(".");
    match path.split_once('.') {
        Some((resource, name)) if !name.is_empty() => attribute(evaluator, resource, name, call.span),
        _ => call.malformed(evaluator, "a resource and the name of an attribute"),
    }
}

/// An attribute of a resource, used at `at`.
pub(super) fn attribute(evaluator: &mut Evaluator<'_>, resource: &str, name: &str, at: Span) -> Value {
    if let Some(entry) = evaluator.template.entry("Resources", resource) {
        // `Vault.Key` is a resource of a module, `Vault.Key.Arn` an attribute of one.
        if module::is_module(&entry.value) {
            let (inner, attribute) =
                name.split_once('.').map_or((name, None), |(inner, rest)| (inner, Some(rest)));
            let joined = format!("{resource}.{inner}");
            if let Some(value) = module::within(evaluator, &joined, attribute, at) {
                return value;
            }
        }
        return of_resource(evaluator, entry, name, at);
    }
    if let Some(value) = of_loop(evaluator, resource, name, at) {
        return value;
    }
    if sam::owner(evaluator.template, resource).is_none()
        && let Some(value) = module::within(evaluator, resource, Some(name), at)
    {
        return value;
    }
    match sam::owner(evaluator.template, resource) {
        Some(owner) if name == "Arn" => {
            let path = sam::property(evaluator.template, &owner.value, "RolePath");
            let path = path.and_then(|path| evaluator.value(path)).filter(|path| !path.is_null());
            let path = path.unwrap_or_else(|| Value::text(Text::made("/", at), at));
            let name = unknown(Reason::AfterApply, &evaluator.full(resource), at, Symbol::Name);
            super::alternative::each(&evaluator.facts, vec![path, name], at, |parts| {
                identity_arn("role", &parts, at)
            })
        }
        _ => missing(evaluator, resource, at),
    }
}

/// The same of a resource that a loop makes.
fn of_loop(evaluator: &mut Evaluator<'_>, resource: &str, name: &str, at: Span) -> Option<Value> {
    if evaluator.template.entry("Resources", resource).is_some() {
        return None;
    }
    let made = loops::made(evaluator, "Resources", resource)?;
    let name_made = Name { text: Text::made(resource, made.span), span: made.span };
    let entry = Entry { name: name_made, value: made.body.clone() };
    Some(evaluator.with_bound(&made.bound, |evaluator| of_resource(evaluator, &entry, name, at)))
}

/// An attribute, or what `Ref` gives, of a resource of this template. Names and ARNs follow from the properties where
/// they are written ("Return values" of the resource types).
fn of_resource(evaluator: &mut Evaluator<'_>, resource: &Entry, name: &str, at: Span) -> Value {
    let of = resource.value.get("Type").and_then(Value::as_str).unwrap_or_default();
    match (of, name) {
        ("AWS::IAM::Role", "Arn") => named_arn(evaluator, resource, ["role", "RoleName"], at),
        ("AWS::IAM::User", "Arn") => named_arn(evaluator, resource, ["user", "UserName"], at),
        ("AWS::IAM::InstanceProfile", "Arn") => {
            named_arn(evaluator, resource, ["instance-profile", "InstanceProfileName"], at)
        }
        ("AWS::IAM::ManagedPolicy", "Ref" | "PolicyArn") => {
            named_arn(evaluator, resource, ["policy", "ManagedPolicyName"], at)
        }
        ("AWS::IAM::Role", "Ref") => property(evaluator, resource, "RoleName", at),
        ("AWS::IAM::User", "Ref") => property(evaluator, resource, "UserName", at),
        ("AWS::IAM::Group", "Ref") => property(evaluator, resource, "GroupName", at),
        ("AWS::CloudFormation::Stack" | "AWS::Serverless::Application", _)
            if let Some(output) = name.strip_prefix("Outputs.") =>
        {
            super::stack::output(evaluator, resource, output, at)
        }
        _ => arn::of(evaluator, resource, name, at).unwrap_or_else(|| own(evaluator, resource, name, at)),
    }
}

/// The attribute as itself: it exists only once the resource does. What a nested stack, a custom resource or a parameter
/// store hands on is no name of one thing but any text that someone wrote.
fn own(evaluator: &Evaluator<'_>, resource: &Entry, attribute: &str, at: Span) -> Value {
    let address = evaluator.full(&resource.name.text.shown());
    let name = format!("{address}.{attribute}");
    let of = resource.value.get("Type").and_then(Value::as_str).unwrap_or_default();
    let free =
        of == "AWS::SSM::Parameter" || of.starts_with("AWS::CloudFormation::") || !of.starts_with("AWS::");
    let symbol = if free {
        Symbol::AnyText
    } else {
        Symbol::Attribute { resource: address.into(), attribute: attribute.into() }
    };
    unknown(Reason::AfterApply, &name, at, symbol)
}

/// The ARN of an IAM resource; `sort` is its word in ARNs and the property with its name.
fn named_arn(evaluator: &mut Evaluator<'_>, resource: &Entry, sort: [&str; 2], at: Span) -> Value {
    let [word, property_name] = sort;
    let name = property(evaluator, resource, property_name, at);
    let path = written(evaluator, resource, "Path").unwrap_or_else(|| Value::text(Text::made("/", at), at));
    super::alternative::each(&evaluator.facts, vec![path, name], at, |parts| identity_arn(word, &parts, at))
}

/// A name that the resource has by this property; CloudFormation makes one where none is written.
fn property(evaluator: &mut Evaluator<'_>, resource: &Entry, name: &str, at: Span) -> Value {
    match written(evaluator, resource, name) {
        Some(value) if !value.is_null() => {
            value.via(at, format!("through resource `{}`", resource.name.text.shown()))
        }
        _ => unknown(Reason::AfterApply, &resource.name.text.shown(), at, Symbol::Name),
    }
}

/// A property as it is written, evaluated.
pub(super) fn written(evaluator: &mut Evaluator<'_>, resource: &Entry, property: &str) -> Option<Value> {
    let value = resource.value.get("Properties")?.get(property)?;
    if evaluator.reaching >= MOST_REACHING {
        return None;
    }
    evaluator.reaching += 1;
    let value = evaluator.value(value);
    evaluator.reaching -= 1;
    value
}

/// `arn:PARTITION:iam::ACCOUNT:…` in the account that is deployed to.
fn identity_arn(word: &str, rest: &[Value], at: Span) -> Value {
    let made = |text: &str| Text::made(text, at);
    let symbol = |name: &str, symbol: Symbol| text::of(&unknown(Reason::ReadOutside, name, at, symbol));
    let mut parts = vec![made("arn:")];
    parts.extend(symbol("AWS::Partition", Symbol::Partition));
    parts.push(made(":iam::"));
    parts.extend(symbol("AWS::AccountId", Symbol::OwnAccount));
    parts.push(made(&format!(":{word}")));
    parts.extend(rest.iter().filter_map(text::of).map(|part| text::replaced(&part, at)));
    let mut made = Value::text(Text::concat(&parts), at);
    made.secret = rest.iter().any(|value| value.secret);
    made.trail = Trail::of_all(rest.iter().rev().map(|value| &value.trail));
    made
}

/// A value of which only this is known.
pub(super) fn unknown(reason: Reason, name: &str, span: Span, symbol: Symbol) -> Value {
    Value::new(Kind::Unknown(Unknown { reason, name: name.into(), span, symbol }), span)
}

/// Whether a name is written for a tool that fills the template in before CloudFormation sees it: `self:custom.stage`,
/// `opt:stage`, `file(x.yml):key` of the Serverless Framework. CloudFormation's own names hold colons in pairs only.
fn is_for_another(name: &str) -> bool {
    name.replace("::", "").contains([':', '('])
}

/// A name that is nowhere in the template. CloudFormation refuses it, unless a transform adds it; and a fragment is
/// completed by whoever includes it.
fn missing(evaluator: &mut Evaluator<'_>, name: &str, at: Span) -> Value {
    let template = evaluator.template;
    if let Some(hidden) = template.hidden("Parameters").or_else(|| template.hidden("Resources")) {
        return unknown(hidden.reason, name, at, Symbol::AnyText);
    }
    if template.is_rewritten() || is_for_another(name) || loops::stand_in(template, "Resources") {
        return unknown(Reason::NotEvaluated, name, at, Symbol::AnyText);
    }
    if template.is_fragment() {
        return unknown(Reason::NotSet, name, at, Symbol::AnyText);
    }
    let problem = mistake(at, format!("there is no parameter or resource `{name}` in this template"));
    let problem = match evaluator.near(name, &["Parameters", "Resources"]) {
        Some(near) => problem.help(format!("did you mean `{near}`")),
        None => problem,
    };
    evaluator.wrong(at, name, problem)
}
