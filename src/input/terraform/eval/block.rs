//! Bodies of blocks as objects: arguments, nested blocks, `dynamic` blocks; and what a resource's attributes are.
//!
//! Nested blocks become tuples of objects under their type's name, in the order written. What is easy to get wrong:
//! where it is not known which blocks a `dynamic` makes, the tuple is open, and what is certain stays in it.

use super::choice::combinations;
use super::collection::open_tuple;
use super::expr::{as_unknown, undecided};
use super::module::object_of;
use super::scope::{Bound, Node, Scope};
use super::step::{ANY_ATTRIBUTE, take_name};
use super::{Eval, Instance, Outcome, Slot};
use crate::input::terraform::{data_source, symbol, veil};
use crate::source::{Problem, ProblemKind, Span};
use crate::syntax::hcl::{Attribute, Block, Body, ExprKind, Ident};
use crate::value::{Entry, Kind, Name, Reason, Symbol, Text, Type, Unknown, Value};
use std::rc::Rc;
use std::sync::Arc;

/// Arguments and blocks that steer Terraform and are no attributes.
const META: [&str; 8] =
    ["count", "for_each", "provider", "depends_on", "lifecycle", "connection", "provisioner", "providers"];

impl Eval<'_> {
    /// A body as an object.
    pub(in super::super) fn body(&self, body: &Body, scope: Scope<'_>, span: Span) -> Value {
        let mut entries = Vec::new();
        for attribute in body.attributes.iter().filter(|own| !META.contains(&&*own.name.text)) {
            entries.push(entry(&attribute.name, self.given_argument(attribute, scope)));
        }
        let mut kinds: Vec<&Ident> = Vec::new();
        for block in &body.blocks {
            let kind = block_kind(block);
            if !META.contains(&&*kind.text) && kinds.iter().all(|known| known.text != kind.text) {
                kinds.push(kind);
            }
        }
        for kind in kinds {
            entries.push(entry(kind, self.nested(body, &kind.text, scope, span)));
        }
        if body.broken { object_of(entries, Some(lost(span)), span) } else { Value::object(entries, span) }
    }

    /// An argument's value; sensitive where the provider's schema says so, wherever it comes from.
    fn given_argument(&self, attribute: &Attribute, scope: Scope<'_>) -> Value {
        let mut value = self.settled(self.expr(&attribute.value, scope), attribute.value.span);
        if !value.is_null() && veil::is_sensitive_argument(&attribute.name.text) {
            value.secret = true;
            self.remember_secret(&value);
        }
        value
    }

    /// The nested blocks of a type as a tuple of objects.
    fn nested(&self, body: &Body, kind: &str, scope: Scope<'_>, span: Span) -> Value {
        let mut parts: Vec<Value> = Vec::new();
        for block in body.blocks.iter().filter(|block| &*block_kind(block).text == kind) {
            if &*block.kind.text == "dynamic" {
                parts.push(self.settled(self.dynamic(block, scope), block.header));
            } else {
                let value = self.body(&block.body, scope, block.header.cover(block.body.span));
                parts.push(Value::tuple(vec![value], block.header));
            }
        }
        if combinations(&parts).is_none() {
            for part in &mut parts {
                if let Some(unknown) = undecided(part) {
                    *part = open_tuple(Vec::new(), Some(unknown), part.span);
                }
            }
        }
        let joined = self.distribute(&parts, span, &mut |parts| Ok(one_after_another(parts, span)));
        self.settled(joined.and_then(|blocks| self.paid(blocks, span)), span)
    }

    /// What a `dynamic` block makes.
    fn dynamic(&self, block: &Block, scope: Scope<'_>) -> Outcome {
        let missing = |what: &str| {
            let message = format!("this `dynamic` block has no `{what}`");
            Problem::new(ProblemKind::Evaluation, block.header, message)
        };
        let each = block.body.attribute("for_each").ok_or_else(|| missing("for_each"))?;
        let content = block.body.blocks_of("content").next().ok_or_else(|| missing("content"))?;
        let iterator = block.body.attribute("iterator").and_then(|iterator| match &iterator.value.kind {
            ExprKind::Variable(name) => Some(Arc::clone(name)),
            _ => None,
        });
        let iterator = iterator.unwrap_or_else(|| Arc::clone(&block_kind(block).text));
        let span = each.value.span;
        match self.node(&each.value, scope)? {
            Node::Value(value) => self.distribute(&[value], span, &mut |values| match values {
                [value] => self.contents(&Node::Value(value.clone()), &iterator, content, (scope, span)),
                _ => Ok(Value::null(span)),
            }),
            node => self.contents(&node, &iterator, content, (scope, span)),
        }
    }

    fn contents(
        &self,
        source: &Node,
        iterator: &str,
        content: &Block,
        (scope, span): (Scope<'_>, Span),
    ) -> Outcome {
        if let Node::Value(value @ Value { kind: Kind::Unknown(unknown), .. }) = source
            && !value.of.as_ref().is_some_and(|of| of.is_primitive())
        {
            return Ok(open_tuple(Vec::new(), Some(unknown.clone()), content.header));
        }
        let elements = self.elements(source, span)?;
        let mut items = Vec::new();
        for (key, element) in elements.items {
            let value = self.force(element, span)?;
            let name = |text: &str| Name { text: Text::made(text, span), span };
            let both = vec![Entry { name: name("key"), value: key }, Entry { name: name("value"), value }];
            let node = Node::Value(Value::object(both, span));
            let bound = Bound { name: iterator, node, outer: scope.names };
            items.push(self.body(&content.body, scope.bind(&bound), content.header.cover(content.body.span)));
        }
        Ok(open_tuple(items, elements.open, content.header))
    }

    /// An attribute of an occurrence of a resource or data source: as configured, as the provider computes it, or
    /// unknown.
    pub(in super::super) fn resource_attribute(
        &self,
        instance: &Rc<Instance>,
        (at, occurrence): (usize, usize),
        name: &Ident,
        span: Span,
    ) -> Value {
        let Some((address, block)) = instance.module.resources.get_index(at) else {
            return Value::unknown(Reason::InError, &*name.text, span);
        };
        let repeat = self.resource_repeat(instance, at);
        let Some(found) = repeat.occurrences.get(occurrence) else {
            return Value::unknown(Reason::InError, &*name.text, span);
        };
        let address = instance.address_of(&format!("{address}{}", found.suffix));
        let label = format!("{address}.{}", name.text);
        let slot = Slot::Attribute(at, occurrence, Arc::clone(&name.text));
        let scope = Scope::of(instance, &found.repetition);
        let resource = Resource { address: address.as_str().into(), block, scope };
        let value = self
            .named(instance, slot, (&label, span), || Ok(self.attribute_value(&resource, &name.text, span)));
        if is_of_another_question(&value, block, name, span) {
            return self.attribute_value(&resource, &name.text, span);
        }
        value
    }

    fn attribute_value(&self, resource: &Resource<'_>, name: &str, span: Span) -> Value {
        if let Some(value) = self.configured(resource, name).filter(|value| !value.is_null()) {
            return value;
        }
        if is_broken(&resource.block.body) {
            return Value::unknown(Reason::InError, format!("{}.{name}", resource.address), span);
        }
        let computed = match &*resource.block.kind.text {
            "data" => data_source::attribute(self, resource, name, span),
            _ => symbol::attribute(self, resource, name, span),
        };
        computed.unwrap_or_else(|| resource.unknown(name, span))
    }

    /// An argument as configured; nested blocks as a tuple.
    pub(in super::super) fn configured(&self, resource: &Resource<'_>, name: &str) -> Option<Value> {
        if META.contains(&name) {
            return None;
        }
        let body = &resource.block.body;
        if let Some(attribute) = body.attribute(name) {
            return Some(self.given_argument(attribute, resource.scope));
        }
        let is_block = body.blocks.iter().any(|block| &*block_kind(block).text == name);
        is_block.then(|| self.nested(body, name, resource.scope, resource.block.header))
    }

    /// A resource as one value: what is configured, what can be computed, and an open rest.
    pub(super) fn whole_resource(
        &self,
        instance: &Rc<Instance>,
        (at, occurrence): (usize, usize),
        span: Span,
    ) -> Value {
        let Some((_, block)) = instance.module.resources.get_index(at) else {
            return Value::unknown(Reason::InError, "resource", span);
        };
        let mut names: Vec<Ident> = Vec::new();
        let written = block.body.attributes.iter().map(|attribute| &attribute.name);
        for name in written.chain(block.body.blocks.iter().map(block_kind)) {
            if !META.contains(&&*name.text) && names.iter().all(|known| known.text != name.text) {
                names.push(name.clone());
            }
        }
        for name in ["id", "arn", "json"] {
            if names.iter().all(|known| &*known.text != name) {
                names.push(Ident { text: name.into(), span });
            }
        }
        let take =
            |name: &Ident| entry(name, self.resource_attribute(instance, (at, occurrence), name, span));
        let entries = names.iter().map(take).collect();
        let rest = Ident { text: ANY_ATTRIBUTE.into(), span };
        let open = as_unknown(&self.resource_attribute(instance, (at, occurrence), &rest, span));
        self.settled(self.paid(object_of(entries, open, span), span), span)
    }
}

/// What the provider computes stands where it is asked for: an earlier question must not lend its place.
fn is_of_another_question(value: &Value, block: &Block, name: &Ident, span: Span) -> bool {
    let written = block.header.contains(value.span) || block.body.span.contains(value.span);
    value.span != span
        && !written
        && block.body.attribute(&name.text).is_none()
        && value.unknowns().iter().all(|unknown| unknown.reason != Reason::InError)
}

/// An occurrence of a resource or data source, ready to be asked.
pub(in super::super) struct Resource<'s> {
    /// Its address.
    pub address: Arc<str>,
    /// Its block.
    pub block: &'s Block,
    /// Where its arguments stand.
    pub scope: Scope<'s>,
}

impl Resource<'_> {
    /// Its type: `aws_kms_key`.
    pub(in super::super) fn type_name(&self) -> &str {
        self.block.labels.first().map_or("", |label| &label.text)
    }

    /// An attribute of it of which nothing else is known.
    pub(in super::super) fn unknown(&self, attribute: &str, span: Span) -> Value {
        let data = &*self.block.kind.text != "resource";
        let symbol = if data {
            Symbol::Anything
        } else {
            Symbol::Attribute { resource: Arc::clone(&self.address), attribute: attribute.into() }
        };
        let reason = if data { Reason::ReadOutside } else { Reason::AfterApply };
        let name = if attribute == ANY_ATTRIBUTE {
            Arc::clone(&self.address)
        } else {
            format!("{}.{attribute}", self.address).into()
        };
        let of = if !data && attribute == "arn" { Type::String } else { Type::Any };
        Value::new(Kind::Unknown(Unknown { reason, name, span, symbol }), span).of_type(of)
    }
}

/// A nested block's type; that of its contents for `dynamic`.
fn block_kind(block: &Block) -> &Ident {
    match block.labels.first() {
        Some(label) if &*block.kind.text == "dynamic" => label,
        _ => &block.kind,
    }
}

fn entry(name: &Ident, value: Value) -> Entry {
    Entry { name: Name { text: Text::made(Arc::clone(&name.text), name.span), span: name.span }, value }
}

/// What a mistake may have cost a body.
fn lost(span: Span) -> Unknown {
    Unknown { reason: Reason::InError, name: "this block".into(), span, symbol: Symbol::Anything }
}

/// Whether a mistake may have cost a body, or one in it, arguments or blocks.
fn is_broken(body: &Body) -> bool {
    body.broken || body.blocks.iter().any(|block| is_broken(&block.body))
}

/// Tuples put together.
fn one_after_another(parts: &[Value], span: Span) -> Value {
    let mut items = Vec::new();
    let mut open = None;
    for part in parts {
        match &part.kind {
            Kind::List(list) => {
                items.extend(list.items.iter().cloned());
                open = open.or_else(|| list.open.clone());
            }
            _ => open = open.or_else(|| as_unknown(part)),
        }
    }
    open_tuple(items, open, span)
}

/// A literal `true` or `false` argument of a block.
pub(in super::super) fn setting(block: &Block, name: &str) -> Option<bool> {
    match &block.body.attribute(name)?.value.kind {
        ExprKind::Bool(value) => Some(*value),
        _ => None,
    }
}

/// A literal `true` or `false` argument of a nested block (`lifecycle`), and its place.
pub(in super::super) fn literal_child(block: &Block, child: &str, name: &str) -> Option<(bool, Span)> {
    let child = block.body.blocks_of(child).next()?;
    Some((setting(child, name)?, child.body.attribute(name)?.value.span))
}

/// The value under a name of an object, as a reference would take it.
pub(in super::super) fn member(value: &Value, name: &str) -> Option<Value> {
    take_name(value, name, value.span).ok()
}
