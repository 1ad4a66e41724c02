//! The intrinsic functions: which object is a call, and which function it calls.

use super::scope::Evaluator;
use super::{cidr, conditions, exports, list, mapping, mistake, reference, sub, text};
use crate::source::{Span, nearest};
use crate::value::{Kind, Map, Reason, Symbol, Unknown, Value};

/// A call as written.
pub(super) struct Call<'a> {
    /// The name alone: `Sub`.
    pub name: &'a str,
    /// The name as written: `!Sub`, `Fn::Sub`.
    pub written: &'a str,
    /// Where the name stands.
    pub name_span: Span,
    /// The argument, not evaluated.
    pub arg: &'a Value,
    /// The whole call.
    pub span: Span,
}

type Function = fn(&mut Evaluator<'_>, &Call<'_>) -> Option<Value>;

/// The functions that are evaluated (CloudFormation User Guide, "Intrinsic function reference").
const FUNCTIONS: &[(&str, Function)] = &[
    ("Ref", reference::reference),
    ("GetAtt", |evaluator, call| Some(reference::get_att(evaluator, call))),
    ("Sub", |evaluator, call| Some(sub::sub(evaluator, call))),
    ("Join", |evaluator, call| Some(text::join(evaluator, call))),
    ("Split", |evaluator, call| Some(text::split(evaluator, call))),
    ("Base64", |evaluator, call| Some(text::base64(evaluator, call))),
    ("ToJsonString", |evaluator, call| Some(text::to_json(evaluator, call))),
    ("Select", |evaluator, call| Some(list::select(evaluator, call))),
    ("Length", |evaluator, call| Some(list::length(evaluator, call))),
    ("FindInMap", |evaluator, call| Some(mapping::find(evaluator, call))),
    ("If", conditions::choose),
    ("And", |evaluator, call| Some(conditions::as_value(evaluator, call))),
    ("Or", |evaluator, call| Some(conditions::as_value(evaluator, call))),
    ("Not", |evaluator, call| Some(conditions::as_value(evaluator, call))),
    ("Equals", |evaluator, call| Some(conditions::as_value(evaluator, call))),
    ("Condition", |evaluator, call| Some(conditions::as_value(evaluator, call))),
    ("ImportValue", |evaluator, call| Some(exports::import(evaluator, call))),
    ("GetStackOutput", |_, call| Some(call.unknown(Reason::ReadOutside))),
    ("GetAZs", |_, call| Some(call.unknown(Reason::ReadOutside))),
    ("Cidr", |evaluator, call| Some(cidr::cidr(evaluator, call))),
    ("Transform", |_, call| Some(call.unknown(Reason::NotEvaluated))),
    ("Contains", |evaluator, call| Some(conditions::as_value(evaluator, call))),
    ("EachMemberEquals", |evaluator, call| Some(conditions::as_value(evaluator, call))),
    ("EachMemberIn", |evaluator, call| Some(conditions::as_value(evaluator, call))),
    ("RefAll", |_, call| Some(call.unknown(Reason::ReadOutside))),
    ("ValueOf", |_, call| Some(call.unknown(Reason::ReadOutside))),
    ("ValueOfAll", |_, call| Some(call.unknown(Reason::ReadOutside))),
];

/// The call that an object is: its only member is named `Ref`, `Fn::…` or a tag. `Condition` alone is one only among
/// conditions: policies have a member of that name.
pub(super) fn call_of<'a>(value: &'a Value, map: &'a Map) -> Option<Call<'a>> {
    let [only] = map.entries.as_slice() else { return None };
    let written = only.name.text.as_known()?;
    let name = match written.strip_prefix("Fn::") {
        Some(name) => name,
        None if written == "Ref" => written,
        None => written.strip_prefix('!')?,
    };
    if name.starts_with("ForEach::") {
        return None;
    }
    Some(Call { name, written, name_span: only.name.span, arg: &only.value, span: value.span })
}

/// Evaluates a call; `None`: the value is removed.
pub(super) fn evaluate(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Option<Value> {
    if let Some((_, function)) = FUNCTIONS.iter().find(|(name, _)| *name == call.name) {
        return function(evaluator, call);
    }
    // Macros and preprocessors (`!Rain::Embed`) have words of their own.
    if evaluator.template.is_rewritten() || call.name.contains("::") {
        return Some(call.unknown(Reason::NotEvaluated));
    }
    let problem = mistake(call.name_span, format!("there is no intrinsic function `{}`", call.written));
    let problem = match nearest(call.name, FUNCTIONS.iter().map(|(name, _)| *name)) {
        Some(near) if call.written.starts_with('!') => problem.help(format!("did you mean `!{near}`")),
        Some("Ref") => problem.help("did you mean `Ref`"),
        Some(near) => problem.help(format!("did you mean `Fn::{near}`")),
        None => problem,
    };
    Some(evaluator.wrong(call.span, call.written, problem))
}

impl Call<'_> {
    /// The arguments: the elements of a list, or the only one.
    pub(super) fn args(&self) -> &[Value] {
        match &self.arg.kind {
            Kind::List(list) => &list.items,
            _ => std::slice::from_ref(self.arg),
        }
    }

    /// Reports that the arguments are not what the function takes.
    pub(super) fn malformed(&self, evaluator: &mut Evaluator<'_>, takes: &str) -> Value {
        let problem = mistake(self.arg.span, format!("`{}` takes {takes}", self.written));
        evaluator.wrong(self.span, self.written, problem)
    }

    /// The call itself as an unknown.
    pub(super) fn unknown(&self, reason: Reason) -> Value {
        Value::unknown(reason, self.shown(), self.span)
    }

    /// The result as unknown as the first unknown in what it was computed from.
    pub(super) fn unknown_of(&self, values: &[Value]) -> Value {
        let unknown = values.iter().find_map(|value| value.unknowns().first().map(|found| derived(found)));
        match unknown {
            Some(unknown) => Value::new(Kind::Unknown(unknown), self.span),
            None => self.unknown(Reason::NotEvaluated),
        }
    }

    /// For people: the name, with a short argument.
    fn shown(&self) -> String {
        let short = self.arg.as_str().filter(|text| text.len() <= 64 && !text.contains("{{"));
        short.map_or_else(|| self.written.to_owned(), |text| format!("{} {text}", self.written))
    }
}

/// As unknown as what it was computed from, where nothing else can be said of it.
pub(super) fn derived(from: &Unknown) -> Unknown {
    Unknown { symbol: Symbol::Anything, ..from.clone() }
}
