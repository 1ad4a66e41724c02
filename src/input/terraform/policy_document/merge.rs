//! Documents merged by Sid, and the result as a value.

use super::block::Reader;
use super::{Document, Parts, Statement, entry, foreign, object, text_of, tuple, wrong};
use crate::input::terraform::alternative::{perhaps, undecided};
use crate::input::terraform::types::edge;
use crate::source::{Problem, Span};
use crate::value::{Kind, Text, Unknown, Value};

/// Source documents, then the blocks, then override documents; with the mistakes found.
pub(super) fn build(parts: &Parts<'_>, span: Span) -> (Value, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut merged = Document::default();
    let read = |list: &[Value], argument: &str, problems: &mut Vec<Problem>| -> Vec<Document> {
        list.iter().filter_map(|document| foreign::read(document, argument, problems)).collect()
    };
    let [more_sources, more_overrides] = parts.open;
    let unknown = |open: &Option<Unknown>| Document { open: open.clone(), ..Document::default() };
    let mut sources = read(parts.sources, "source_policy_documents", &mut problems);
    unique(
        sources.iter().flat_map(|document| &document.statements),
        " in `source_policy_documents`",
        &mut problems,
    );
    sources.push(unknown(more_sources));
    let own = own(parts, span, &mut problems);
    unique(own.statements.iter(), "", &mut problems);
    let mut overrides = read(parts.overrides, "override_policy_documents", &mut problems);
    overrides.push(unknown(more_overrides));
    for document in sources.into_iter().chain([own]).chain(overrides) {
        merge(&mut merged, document);
    }
    (printed(merged, parts.arguments, span), problems)
}

/// The document that the arguments of the data source itself make.
fn own(parts: &Parts<'_>, span: Span, problems: &mut Vec<Problem>) -> Document {
    let given = |name| parts.arguments.get(name).filter(|value| !value.is_null());
    let version = match given("version") {
        Some(version) => text_of(version, problems),
        None => Value::text(Text::made("2012-10-17", span), span),
    };
    if let Some(known) = version.as_text().and_then(Text::known)
        && !matches!(known.as_str(), "2012-10-17" | "2008-10-17")
    {
        let message = format!("`version` must be `2012-10-17` or `2008-10-17`, not `{known}`");
        problems.push(wrong(version.span, message));
    }
    let old = version.as_text().is_some_and(|text| text.is("2008-10-17"));
    let id = given("policy_id").map(|id| text_of(id, problems));
    let mut reader = Reader { old, problems };
    let (statements, open) = match &parts.statements.kind {
        Kind::List(list) => {
            (list.items.iter().map(|block| reader.statement(block)).collect(), list.open.clone())
        }
        _ => (Vec::new(), undecided(parts.statements)),
    };
    Document { version: Some(version), id, statements, open }
}

/// Sids that stand twice are refused.
fn unique<'a>(statements: impl Iterator<Item = &'a Statement>, place: &str, problems: &mut Vec<Problem>) {
    let mut seen = std::collections::BTreeMap::new();
    for statement in statements {
        let Some(sid) = statement.sid.as_ref().and_then(Text::known).filter(|sid| !sid.is_empty()) else {
            continue;
        };
        if let Some(first) = seen.get(&sid) {
            let message = format!("two statements have the Sid `{sid}`{place}");
            problems.push(wrong(statement.value.span, message).label(*first, "the first of them"));
        } else {
            seen.insert(sid, statement.value.span);
        }
    }
}

/// Puts a document over another: a Sid that is there already replaces its statement in place.
fn merge(base: &mut Document, over: Document) {
    if let Some(id) = over.id.filter(|id| !id.as_text().is_some_and(Text::is_empty)) {
        base.id = Some(id);
    }
    base.version = greater(base.version.take(), over.version);
    let mut places: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for (index, statement) in base.statements.iter().enumerate() {
        if let Some(sid) = statement.sid.as_ref().and_then(Text::known) {
            places.entry(sid).or_insert(index);
        }
    }
    let standing = base.statements.len();
    let mut unsure: Vec<Text> = Vec::new();
    for statement in over.statements {
        let sid = statement.sid.as_ref().and_then(Text::known).filter(|sid| !sid.is_empty());
        let place = sid.as_ref().and_then(|sid| places.get(sid)).copied();
        if let Some(replaced) = place.and_then(|place| base.statements.get_mut(place)) {
            *replaced = statement;
        } else {
            unsure.extend(statement.sid.clone().filter(|sid| !sid.is_known()));
            if let Some(sid) = sid {
                places.insert(sid, base.statements.len());
            }
            base.statements.push(statement);
        }
    }
    unsure.extend(over.open.iter().map(|unknown| Text::unknown(unknown.clone())));
    for statement in base.statements.iter_mut().take(standing) {
        if let Some(unknown) = unsure.iter().find_map(|sid| may_replace(sid, statement)) {
            let condition = format!("{} keeps this statement", unknown.name);
            statement.value = perhaps(&statement.value, &unknown, condition);
        }
    }
    base.open = base.open.take().or(over.open);
}

/// Whether a statement whose Sid is not fully known may replace another one.
fn may_replace(sid: &Text, standing: &Statement) -> Option<Unknown> {
    let known = standing.sid.as_ref()?;
    let (start, end) = (edge(sid, true), edge(sid, false));
    let fits = known.known().is_none_or(|known| {
        !known.is_empty() && known.starts_with(start.as_str()) && known.ends_with(end.as_str())
    });
    if fits { sid.unknowns().next().cloned() } else { None }
}

/// The greater of two versions; what is not known may be greater than `2008-10-17` only.
fn greater(left: Option<Value>, right: Option<Value>) -> Option<Value> {
    let (Some(left), Some(right)) = (&left, &right) else { return left.or(right) };
    let known = |value: &Value| value.as_text().and_then(Text::known);
    Some(
        match (known(left), known(right)) {
            (Some(one), Some(two)) => {
                if two > one {
                    right
                } else {
                    left
                }
            }
            (Some(one), None) if one == "2012-10-17" => left,
            (None, Some(two)) if two == "2012-10-17" => right,
            (None, _) => left,
            (_, None) => right,
        }
        .clone(),
    )
}

/// The document in the order that it is printed in; what is empty is left out.
fn printed(document: Document, arguments: &Value, span: Span) -> Value {
    let place =
        |name: &str| arguments.as_map().and_then(|map| map.entry(name)).map_or(span, |entry| entry.name.span);
    let mut entries = Vec::new();
    for (name, argument, value) in
        [("Version", "version", document.version), ("Id", "policy_id", document.id)]
    {
        if let Some(value) = value.filter(|value| !value.as_text().is_some_and(Text::is_empty)) {
            entries.push(entry(name, place(argument), value));
        }
    }
    let like = Value::null(span);
    let statements: Vec<Value> = document.statements.into_iter().map(|statement| statement.value).collect();
    if !statements.is_empty() || document.open.is_some() {
        entries.push(entry("Statement", place("statement"), tuple(statements, document.open, &like)));
    }
    object(entries, None, &like)
}
