//! Texts: dynamic references, conversions, `Fn::Join`, `Fn::Split`, `Fn::Base64`, `Fn::ToJsonString`.

use super::intrinsics::Call;
use super::scope::Evaluator;
use super::{alternative, intrinsics};
use crate::source::{Limits, Span};
use crate::value::{Kind, List, ListKind, Piece, Reason, Symbol, Text, Trail, Unknown, Value};
use base64::Engine;
use memchr::memmem;
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::sync::Arc;

/// A text whose dynamic references (`{{resolve:service:…}}`) are unknown: CloudFormation reads them from Parameter
/// Store or Secrets Manager when it deploys. So are placeholders that another tool fills in before that. Two of them are the
/// same thing only where they read the same.
pub(super) fn resolved(text: &Text, at: Span) -> Kind {
    let may_hold = |piece: &Piece| matches!(piece, Piece::Known(known, _) if known.contains("{{resolve:") || known.contains("${"));
    if text.encodes().is_some() || !text.pieces().iter().any(may_hold) {
        return Kind::Text(text.clone());
    }
    let known = text.known_parts();
    let mut parts = Vec::new();
    let mut done = 0;
    for (hole, reason) in holes(&known) {
        let span = text.span(hole.clone()).unwrap_or(at);
        let name = name(&text.slice(hole.clone()));
        parts.push(text.slice(done..hole.start));
        parts.push(Text::unknown(Unknown { reason, name: name.into(), span, symbol: Symbol::AnyText }));
        done = hole.end;
    }
    if done == 0 {
        return Kind::Text(text.clone());
    }
    parts.push(text.slice(done..known.len()));
    let text = Text::concat(&parts);
    match text.pieces() {
        [Piece::Unknown(unknown)] => Kind::Unknown(unknown.clone()),
        _ => Kind::Text(text),
    }
}

/// What something that is filled in later is called: as it is written, but for what names a secret.
fn name(hole: &Text) -> String {
    let written = hole.shown();
    match written.strip_prefix("{{resolve:").and_then(|inner| inner.split_once(':')) {
        Some((service, _)) if service != "ssm" => {
            let digest = Sha256::digest(&written);
            let mark = digest.iter().take(3).fold(0_u32, |mark, byte| mark << 8 | u32::from(*byte));
            format!("{{{{resolve:{service}:…{mark:06x}}}}}")
        }
        _ => written,
    }
}

/// The parts of a text that something fills in later: where, and why they are not known.
fn holes(text: &str) -> Vec<(Range<usize>, Reason)> {
    let mut holes = Vec::new();
    let mut done = 0;
    for start in memchr::memchr2_iter(b'{', b'$', text.as_bytes()) {
        let Some(rest) = text.get(start..).filter(|_| start >= done) else { continue };
        let found = match dynamic_reference(rest) {
            Some(length) => Some((length, Reason::ReadOutside)),
            None => placeholder(rest).map(|length| (length, Reason::NotEvaluated)),
        };
        if let Some((length, reason)) = found {
            done = start + length;
            holes.push((start..done, reason));
        }
    }
    holes
}

/// How long the dynamic reference is that a text begins with.
fn dynamic_reference(text: &str) -> Option<usize> {
    const HEAD: &str = "{{resolve:";
    let end = memmem::find(inside(text.strip_prefix(HEAD)?), b"}}")?;
    Some(HEAD.len() + end + 2)
}

/// The beginning of a text in which a placeholder must end, so that a text full of beginnings is not read to its end
/// for each.
fn inside(text: &str) -> &[u8] {
    text.as_bytes().get(..text.len().min(MOST_INSIDE)).unwrap_or_default()
}

/// The longest name of a secret has 2048 characters.
const MOST_INSIDE: usize = 4096;

/// What variables of the Serverless Framework begin with (its documentation, "Variables"), but for those that IAM has too.
const SERVERLESS: [&str; 7] = ["self:", "opt:", "env:", "file(", "param:", "sls:", "strToBool("];

/// How long the placeholder is that a text begins with: `${{NAME}}`, or a variable of the Serverless Framework.
fn placeholder(text: &str) -> Option<usize> {
    if text.starts_with("${{") {
        return memmem::find(inside(text), b"}}").map(|end| end + 2);
    }
    let name = text.get(2..)?;
    if !SERVERLESS.iter().any(|source| name.starts_with(source)) {
        return None;
    }
    let mut depth = 0_usize;
    inside(text).iter().enumerate().find_map(|(at, byte)| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => return None,
        }
        (depth == 0).then_some(at + 1)
    })
}

/// A scalar as a text, as CloudFormation converts it; `None` for lists, mappings and null.
pub(super) fn of(value: &Value) -> Option<Text> {
    match &value.kind {
        Kind::Text(text) => Some(text.clone()),
        Kind::Number(number) => Some(Text::made(number.as_str(), value.span)),
        Kind::Bool(truth) => Some(Text::made(truth.to_string(), value.span)),
        Kind::Unknown(unknown) => {
            let symbol = match &unknown.symbol {
                Symbol::Anything => Symbol::AnyText,
                symbol => symbol.clone(),
            };
            Some(Text::unknown(Unknown { symbol, ..unknown.clone() }))
        }
        Kind::Null | Kind::List(_) | Kind::Map(_) | Kind::OneOf(_) => None,
    }
}

/// A text as a value: one unknown piece alone is an unknown.
pub(super) fn value(text: &Text, span: Span) -> Value {
    let kind = match text.pieces() {
        [Piece::Unknown(unknown)] => Kind::Unknown(unknown.clone()),
        _ => resolved(text, span),
    };
    Value::new(kind, span)
}

/// What a value that came from elsewhere (a parameter's default) looks like inside a text: placed where it is used.
pub(super) fn replaced(text: &Text, at: Span) -> Text {
    let parts: Vec<Text> = text
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Known(known, _) => Text::made(known.clone(), at),
            Piece::Unknown(unknown) => Text::unknown(unknown.clone()),
        })
        .collect();
    Text::concat(&parts)
}

/// Puts texts together; the result has come the way of its parts ([`Trail::of_all`]).
pub(super) fn together(evaluator: &mut Evaluator<'_>, parts: &[Text], of: &[Value], span: Span) -> Value {
    let size: usize = parts.iter().map(Text::known_len).sum();
    if size > Limits::DEFAULT.text_bytes {
        return evaluator.limit(span, "a text made by an intrinsic function is too long");
    }
    if let Some(given_up) = evaluator.spend(size.div_ceil(16) + parts.len(), span) {
        return given_up;
    }
    let mut made = value(&Text::concat(parts), span);
    made.secret = of.iter().any(|value| value.secret);
    made.trail = Trail::of_all(of.iter().map(|value| &value.trail));
    made
}

/// `Fn::Join: [delimiter, [value, …]]`.
pub(super) fn join(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let [delimiter, values] = call.args() else {
        return call.malformed(evaluator, "a delimiter and a list of values");
    };
    let delimiter = evaluator.present(delimiter);
    let values = evaluator.present(values);
    alternative::each(&evaluator.facts.clone(), vec![delimiter, values], call.span, |both| {
        match both.as_slice() {
            [delimiter, values] => join_list(evaluator, call, delimiter, values),
            _ => call.unknown(Reason::NotEvaluated),
        }
    })
}

fn join_list(evaluator: &mut Evaluator<'_>, call: &Call<'_>, delimiter: &Value, values: &Value) -> Value {
    let Some(between) = of(delimiter) else {
        return call.malformed(evaluator, "a delimiter and a list of values");
    };
    let list = match &values.kind {
        Kind::List(list) => list.clone(),
        Kind::Unknown(unknown) => return Value::new(Kind::Unknown(intrinsics::derived(unknown)), call.span),
        _ => return call.malformed(evaluator, "a delimiter and a list of values"),
    };
    let mut items = list.items.clone();
    if let Some(open) = &list.open {
        let rest = Unknown { symbol: Symbol::AnyText, ..open.clone() };
        items.push(Value::new(Kind::Unknown(rest), values.span));
    }
    alternative::each(&evaluator.facts.clone(), items, call.span, |items| {
        let items: Vec<Value> = items.into_iter().filter(|item| !item.is_null()).collect();
        let mut parts = Vec::with_capacity(items.len() * 2);
        for item in &items {
            let Some(text) = of(item) else {
                return call.malformed(evaluator, "a list of texts to join");
            };
            if !parts.is_empty() {
                parts.push(between.clone());
            }
            // A value that came from elsewhere is underlined there only when it stands alone.
            parts.push(if item.trail.is_empty() { text } else { replaced(&text, call.span) });
        }
        let from: Vec<Value> = std::iter::once(values.clone()).chain(items).collect();
        together(evaluator, &parts, &from, call.span)
    })
}

/// `Fn::Split: [delimiter, text]`.
pub(super) fn split(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let [delimiter, source] = call.args() else {
        return call.malformed(evaluator, "a delimiter and a text");
    };
    let delimiter = evaluator.present(delimiter);
    let source = evaluator.present(source);
    alternative::each(&evaluator.facts.clone(), vec![delimiter, source], call.span, |both| {
        let texts: Option<Vec<Text>> = both.iter().map(of).collect();
        let Some([delimiter, source]) = texts.as_deref() else {
            return call.malformed(evaluator, "a delimiter and a text");
        };
        match delimiter.as_known() {
            Some(delimiter) if !delimiter.is_empty() && cannot_hold(source, delimiter) => {
                let trail = both.last().map(|source| source.trail.clone()).unwrap_or_default();
                let secret = both.iter().any(|value| value.secret);
                let item = |text: Text| {
                    let at = text.span(0..text.known_len()).unwrap_or(call.span);
                    Value { trail: trail.clone(), secret, ..value(&text, at) }
                };
                Value::tuple(parts(source, delimiter).into_iter().map(item).collect(), call.span)
            }
            _ => {
                let unknown = source.unknowns().chain(delimiter.unknowns()).next();
                unknown.map_or_else(
                    || call.malformed(evaluator, "a delimiter that is not empty and a text"),
                    |unknown| Value::new(Kind::Unknown(intrinsics::derived(unknown)), call.span),
                )
            }
        }
    })
}

/// Whether no unknown piece of a text can hold a delimiter, so that it can be split all the same.
pub(super) fn cannot_hold(text: &Text, delimiter: &str) -> bool {
    let never = |symbol: &Symbol, character: char| match symbol {
        Symbol::OwnAccount | Symbol::SomeAccount | Symbol::AccountOf(_) => !character.is_ascii_digit(),
        Symbol::Partition | Symbol::Region => !character.is_ascii_alphanumeric() && character != '-',
        Symbol::UrlSuffix => !character.is_ascii_alphanumeric() && !matches!(character, '-' | '.'),
        Symbol::Name | Symbol::OwnOrganization => matches!(character, ':' | '/' | '*' | '|' | ';' | ' '),
        Symbol::Anything | Symbol::AnyText | Symbol::Attribute { .. } => false,
    };
    text.unknowns().all(|unknown| delimiter.chars().any(|character| never(&unknown.symbol, character)))
        && (text.is_known() || delimiter.chars().count() == 1)
}

fn parts(text: &Text, delimiter: &str) -> Vec<Text> {
    let known = text.known_parts();
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, _) in known.match_indices(delimiter).take(Limits::DEFAULT.elements) {
        parts.push(text.slice(from..at));
        from = at + delimiter.len();
    }
    parts.push(text.slice(from..known.len()));
    parts
}

/// `Fn::Base64: text`.
pub(super) fn base64(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let argument = evaluator.present(call.arg);
    alternative::each(&evaluator.facts.clone(), vec![argument], call.span, |argument| {
        let Some(text) = argument.first().and_then(of) else {
            return call.malformed(evaluator, "a text");
        };
        match text.known() {
            Some(known) => {
                let encoded = base64::engine::general_purpose::STANDARD.encode(known);
                let from = Text::made(encoded, call.span);
                together(evaluator, &[from], &argument, call.span)
            }
            None => call.unknown_of(&argument),
        }
    })
}

/// `Fn::ToJsonString: value` (`AWS::LanguageExtensions`): a text that remembers what it encodes.
pub(super) fn to_json(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let argument = evaluator.present(call.arg);
    let text = match json(&argument) {
        Some(json) => Text::made(json, call.span),
        None => match call.unknown_of(std::slice::from_ref(&argument)).kind {
            Kind::Unknown(unknown) => Text::unknown(Unknown { symbol: Symbol::AnyText, ..unknown }),
            _ => Text::default(),
        },
    };
    let (secret, trail) = (argument.secret, argument.trail.clone());
    Value { trail, secret, ..Value::text(text.encoding(argument), call.span) }
}

/// A value as JSON text; `None` when not all of it is known. Values are at most [`Limits::depth`] deep.
pub(super) fn json(value: &Value) -> Option<String> {
    serde_json::to_string(&plain(value)?).ok()
}

fn plain(value: &Value) -> Option<serde_json::Value> {
    Some(match &value.kind {
        Kind::Null => serde_json::Value::Null,
        Kind::Bool(truth) => (*truth).into(),
        Kind::Number(number) => {
            serde_json::from_str(number.as_str()).unwrap_or_else(|_| number.as_str().into())
        }
        Kind::Text(text) => text.known()?.into(),
        Kind::List(list) if list.open.is_none() => {
            list.items.iter().map(plain).collect::<Option<Vec<_>>>()?.into()
        }
        Kind::Map(map) if map.open.is_none() => {
            let entry = |entry: &crate::value::Entry| Some((entry.name.text.known()?, plain(&entry.value)?));
            map.entries.iter().map(entry).collect::<Option<serde_json::Map<_, _>>>()?.into()
        }
        _ => return None,
    })
}

/// A tuple whose elements were made at one place.
pub(super) fn list(items: Vec<Value>, open: Option<Unknown>, span: Span) -> Value {
    Value::new(Kind::List(Arc::new(List { kind: ListKind::Tuple, items, open })), span)
}

#[cfg(test)]
mod tests {
    use super::{holes, name};
    use crate::source::{SourceMap, Span};
    use crate::value::Text;

    #[test]
    fn references_are_told_apart_and_secrets_not_named() {
        let file = SourceMap::default().add("t", "");
        let named = |text: &str| name(&Text::made(text, Span::start_of(file)));
        assert_eq!(named("{{resolve:ssm:/a:1}}"), "{{resolve:ssm:/a:1}}");
        let [one, two] = ["{{resolve:secretsmanager:a}}", "{{resolve:secretsmanager:b}}"].map(named);
        assert!(one.starts_with("{{resolve:secretsmanager:…") && one != two, "{one} {two}");
        assert_eq!(one, named("{{resolve:secretsmanager:a}}"));
        assert!(!named("{{resolve:ssm-secure:/db/password:3}}").contains("password"));
    }

    #[test]
    fn what_is_filled_in_later_is_found() {
        let found = |text: &str| -> Vec<String> {
            holes(text).into_iter().map(|(hole, _)| text.get(hole).unwrap().to_owned()).collect()
        };
        assert_eq!(
            found("a{{resolve:ssm:x:1}}b{{resolve:secretsmanager:y}}"),
            ["{{resolve:ssm:x:1}}", "{{resolve:secretsmanager:y}}"]
        );
        assert_eq!(
            found("${{COMMIT}}-${self:custom.${opt:stage}}é"),
            ["${{COMMIT}}", "${self:custom.${opt:stage}}"]
        );
        // Variables of IAM and of `Fn::Sub` are none.
        for text in
            ["${aws:username}", "${AWS::Region}", "${s3:prefix}", "${Name}", "${self:open", "{{resolve:x"]
        {
            assert!(found(text).is_empty(), "{text}");
        }
        let many = "${{".repeat(10_000);
        assert!(found(&many).is_empty());
    }
}
