//! What a resource hands to the parameters of the template that it deploys.
//!
//! A nested stack takes a mapping, a stack set a list of keys and values, a module has its properties. What is easy to get
//! wrong: a stack set deploys to other accounts and Regions, where `AWS::AccountId` of the template around it is not the
//! own account.

use super::scope::Evaluator;
use super::stack::Sort;
use crate::source::Span;
use crate::value::{
    Branch, Entry, Kind, List, Map, MapKind, Name, Piece, Reason, Symbol, Text, Unknown, Value,
};
use std::sync::Arc;

/// The values by name, as a mapping where they are known to be one.
pub(super) fn handed(evaluator: &mut Evaluator<'_>, body: &Value, sort: Sort) -> Option<Value> {
    let properties = body.get("Properties")?;
    let written = if sort == Sort::Module { properties } else { properties.get("Parameters")? };
    let value = evaluator.value(written)?;
    Some(if sort == Sort::Instances { by_name(&value) } else { value })
}

/// `[{ParameterKey: name, ParameterValue: value}]` as a mapping.
fn by_name(value: &Value) -> Value {
    let Some(list) = value.as_list() else { return value.clone() };
    let mut open = list.open.clone();
    let mut entries = Vec::new();
    for item in &list.items {
        let named = item.get("ParameterKey").and_then(|name| Some((name, name.as_text()?)));
        let Some((name, text)) = named else {
            open.get_or_insert_with(|| unknown(item.span));
            continue;
        };
        let previous = item.get("UsePreviousValue").and_then(Value::as_bool) == Some(true);
        let value = item.get("ParameterValue").filter(|_| !previous).map_or_else(
            || Value::new(Kind::Unknown(unknown(item.span)), item.span),
            |value| abroad(value, name.span),
        );
        entries.push(Entry { name: Name { text: text.clone(), span: name.span }, value });
    }
    Value { kind: Kind::Map(Arc::new(Map { kind: MapKind::Object, entries, open })), ..value.clone() }
}

fn unknown(span: Span) -> Unknown {
    Unknown { reason: Reason::ReadOutside, name: "a parameter".into(), span, symbol: Symbol::AnyText }
}

/// A value as it is seen from another account and Region. Values are at most as deep as evaluation allows.
fn abroad(value: &Value, at: Span) -> Value {
    let kind = match &value.kind {
        Kind::Unknown(unknown) => Kind::Unknown(seen(unknown)),
        Kind::Text(text) if !text.is_known() => {
            let part = |piece: &Piece| match piece {
                Piece::Known(known, _) => Text::made(known.clone(), at),
                Piece::Unknown(unknown) => Text::unknown(seen(unknown)),
            };
            Kind::Text(Text::concat(&text.pieces().iter().map(part).collect::<Vec<_>>()))
        }
        Kind::List(list) => {
            let items = list.items.iter().map(|item| abroad(item, at)).collect();
            Kind::List(Arc::new(List { items, kind: list.kind, open: list.open.clone() }))
        }
        Kind::OneOf(branches) => {
            let branch =
                |branch: &Branch| Branch { when: branch.when.clone(), value: abroad(&branch.value, at) };
            Kind::OneOf(branches.iter().map(branch).collect())
        }
        kind => kind.clone(),
    };
    Value { kind, ..value.clone() }
}

fn seen(unknown: &Unknown) -> Unknown {
    let symbol = match &unknown.symbol {
        Symbol::OwnAccount => Symbol::SomeAccount,
        Symbol::Region | Symbol::OwnOrganization | Symbol::Attribute { .. } => Symbol::AnyText,
        symbol => symbol.clone(),
    };
    Unknown { symbol, ..unknown.clone() }
}
