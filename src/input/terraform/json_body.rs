//! The JSON syntax of Terraform as a body of blocks and expressions.
//!
//! JSON does not tell blocks from arguments, so the block types that Terraform and the AWS provider know where keys
//! and policies are declared are listed here (Terraform documentation, "JSON Configuration Syntax"). Texts are templates,
//! but some arguments hold an expression as text: types, providers, addresses. What is easy to get wrong: every level
//! of labels and every body may be one object or a list of them, and `"//"` is a comment in bodies alone.

use crate::source::{Problem, ProblemKind, Remark, Span, nearest};
use crate::syntax::hcl::{
    Attribute, Block, Body, Expr, ExprKind, Ident, ObjectItem, ObjectKey, Operator, parse_expression,
    parse_template,
};
use crate::value::{Entry, Kind, Map, Name, Text, Value};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A `.tf.json` file's body.
pub(super) fn body(value: &Value) -> (Body, Vec<Problem>, Vec<Remark>) {
    let mut reader = Reader { problems: Vec::new(), remarks: Vec::new() };
    let mut body = Body::empty(value.span);
    for object in reader.objects(value) {
        let part = reader.body(object, value.span, Place::Top);
        body.attributes.extend(part.attributes);
        body.blocks.extend(part.blocks);
    }
    (body, reader.problems, reader.remarks)
}

/// Which body it is: what is a block there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Resource,
    Document,
    Statement,
    Lifecycle,
    Module,
    Provider,
    Variable,
    Moved,
    Settings,
    Check,
    Dynamic(Content),
    Plain,
}

/// Block types at the top of a file.
const TOP_BLOCKS: [&str; 13] = [
    "resource",
    "data",
    "ephemeral",
    "variable",
    "output",
    "module",
    "provider",
    "check",
    "terraform",
    "moved",
    "import",
    "removed",
    "locals",
];

/// Blocks of the AWS provider's configuration.
const PROVIDER_BLOCKS: [&str; 5] =
    ["assume_role", "assume_role_with_web_identity", "default_tags", "ignore_tags", "endpoints"];

/// What the `content` of a `dynamic` block is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Statement,
    Plain,
}

impl Place {
    /// The labels that a block of type `name` has here, and what its body is; `None` for an argument.
    fn block(self, name: &str) -> Option<(usize, Self)> {
        Some(match (self, name) {
            (Self::Top, "resource" | "data" | "ephemeral") | (Self::Check, "data") => (2, Self::Resource),
            (Self::Top, "variable") => (1, Self::Variable),
            (Self::Top, "output") => (1, Self::Lifecycle),
            (Self::Top, "module") => (1, Self::Module),
            (Self::Top, "provider") => (1, Self::Provider),
            (Self::Top, "check") => (1, Self::Check),
            (Self::Top, "terraform") => (0, Self::Settings),
            (Self::Top, "moved" | "import" | "removed") => (0, Self::Moved),
            (Self::Resource | Self::Document | Self::Moved, "lifecycle") => (0, Self::Lifecycle),
            (Self::Resource, "provisioner") | (Self::Settings, "backend" | "provider_meta") => {
                (1, Self::Plain)
            }
            (Self::Document, "dynamic") => (1, Self::Dynamic(Content::Statement)),
            (Self::Resource | Self::Statement | Self::Provider, "dynamic") => {
                (1, Self::Dynamic(Content::Plain))
            }
            (Self::Document, "statement") | (Self::Dynamic(Content::Statement), "content") => {
                (0, Self::Statement)
            }
            _ if self.has_plain(name) => (0, Self::Plain),
            _ => return None,
        })
    }

    /// Whether `name` is a block of nothing but arguments here.
    fn has_plain(self, name: &str) -> bool {
        match self {
            Self::Top => name == "locals",
            Self::Resource | Self::Document => matches!(name, "timeouts" | "connection"),
            Self::Statement => matches!(name, "principals" | "not_principals" | "condition"),
            Self::Dynamic(Content::Plain) => name == "content",
            Self::Lifecycle => matches!(name, "precondition" | "postcondition"),
            Self::Variable => name == "validation",
            Self::Provider => PROVIDER_BLOCKS.contains(&name),
            Self::Settings => matches!(name, "required_providers" | "cloud"),
            Self::Check => name == "assert",
            Self::Dynamic(Content::Statement) | Self::Module | Self::Moved | Self::Plain => false,
        }
    }

    /// Whether the texts of the argument `name` are expressions, not templates.
    fn is_expression(self, name: &str) -> bool {
        match self {
            Self::Variable => name == "type",
            Self::Resource | Self::Document => matches!(name, "provider" | "depends_on"),
            Self::Module => matches!(name, "providers" | "depends_on"),
            Self::Lifecycle => matches!(name, "ignore_changes" | "replace_triggered_by" | "depends_on"),
            Self::Moved => matches!(name, "from" | "to" | "provider"),
            Self::Dynamic(_) => name == "iterator",
            _ => false,
        }
    }
}

struct Reader {
    problems: Vec<Problem>,
    remarks: Vec<Remark>,
}

impl Reader {
    /// One object or a list of them; nothing for null.
    fn objects<'v>(&mut self, value: &'v Value) -> Vec<&'v Map> {
        match &value.kind {
            Kind::Map(map) => vec![map],
            Kind::List(list) => list.items.iter().flat_map(|item| self.objects(item)).collect(),
            Kind::Null => Vec::new(),
            _ => {
                let message = "expected an object, or a list of objects, for a block";
                self.problems.push(Problem::new(ProblemKind::Syntax, value.span, message));
                Vec::new()
            }
        }
    }

    fn body(&mut self, object: &Map, span: Span, place: Place) -> Body {
        let mut body = Body::empty(span);
        let mut seen = FxHashMap::default();
        for entry in &object.entries {
            let name = ident(&entry.name);
            if &*name.text == "//" {
                self.remark(&entry.value, span);
                continue;
            }
            if let Some((labels, inner)) = place.block(&name.text) {
                let mut found = Found { kind: &name, labels: Vec::new(), blocks: &mut body.blocks };
                self.blocks(&entry.value, labels, inner, &mut found);
            } else if place == Place::Top {
                self.unknown_type(&name);
            } else {
                self.once(&name, &mut seen);
                body.attributes.push(self.attribute(name, &entry.value, place));
            }
        }
        body
    }

    fn remark(&mut self, value: &Value, about: Span) {
        if value.as_text().is_some() {
            self.remarks.push(Remark { text: value.span, about });
        }
    }

    /// A block type that is not known here may be a newer Terraform's, but not if it is a known one misspelt.
    fn unknown_type(&mut self, name: &Ident) {
        if let Some(meant) = nearest(&name.text, TOP_BLOCKS) {
            let message = format!("`{}` is not a block type of Terraform", name.text);
            let problem = Problem::new(ProblemKind::Syntax, name.span, message);
            self.problems.push(problem.help(format!("did you mean `{meant}`?")));
        }
    }

    fn once(&mut self, name: &Ident, seen: &mut FxHashMap<Arc<str>, Span>) {
        if let Some(first) = seen.insert(name.text.clone(), name.span) {
            let message = format!("the argument `{}` was already set in this block", name.text);
            let problem = Problem::new(ProblemKind::Syntax, name.span, message);
            self.problems.push(problem.label(first, "first set here").help("remove one of the two"));
        }
    }

    fn attribute(&mut self, name: Ident, value: &Value, place: Place) -> Attribute {
        let reading = if place.is_expression(&name.text) { Reading::Expression } else { Reading::Template };
        Attribute { name, value: self.expr(value, reading) }
    }

    /// The blocks in `value`, below `left` more levels of labels.
    fn blocks(&mut self, value: &Value, left: usize, place: Place, found: &mut Found<'_>) {
        for object in self.objects(value) {
            if left == 0 {
                let span =
                    if matches!(value.kind, Kind::Map(_)) { value.span } else { spread(object, value.span) };
                let from = self.remarks.len();
                let body = self.body(object, span, found.place(place));
                let header = found.labels.last().unwrap_or(found.kind).span;
                let own = self.remarks.iter_mut().skip(from).filter(|remark| remark.about == span);
                own.for_each(|remark| remark.about = header.cover(span));
                let (kind, labels) = (found.kind.clone(), found.labels.clone());
                found.blocks.push(Block { kind, labels, body, header });
                continue;
            }
            for entry in &object.entries {
                let label = ident(&entry.name);
                if &*label.text == "//" {
                    self.remark(&entry.value, value.span);
                    continue;
                }
                found.labels.push(label);
                self.blocks(&entry.value, left - 1, place, found);
                found.labels.pop();
            }
        }
    }

    fn expr(&mut self, value: &Value, reading: Reading) -> Expr {
        let kind = match &value.kind {
            Kind::Null => ExprKind::Null,
            Kind::Bool(value) => ExprKind::Bool(*value),
            Kind::Number(number) => match number.as_str().strip_prefix('-') {
                Some(digits) => {
                    let positive = Expr { kind: ExprKind::Number(digits.into()), span: value.span };
                    ExprKind::Unary(Operator::Negate, positive.into())
                }
                None => ExprKind::Number(number.as_str().into()),
            },
            Kind::Text(text) => self.text(text, value.span, reading),
            Kind::List(list) => {
                ExprKind::Tuple(list.items.iter().map(|item| self.expr(item, reading)).collect())
            }
            Kind::Map(map) => {
                ExprKind::Object(map.entries.iter().map(|entry| self.item(entry, reading)).collect())
            }
            Kind::OneOf(_) | Kind::Unknown(_) => ExprKind::Invalid,
        };
        Expr { kind, span: value.span }
    }

    fn item(&mut self, entry: &Entry, reading: Reading) -> ObjectItem {
        let name = &entry.name;
        let plain = !name.text.known_parts().contains('{');
        let key = if plain {
            ObjectKey::Name(ident(name))
        } else {
            let kind = self.text(&name.text, name.span, Reading::Template);
            ObjectKey::Expr(Expr { kind, span: name.span })
        };
        ObjectItem { key, value: self.expr(&entry.value, reading) }
    }

    fn text(&mut self, text: &Text, span: Span, reading: Reading) -> ExprKind {
        let outcome = match reading {
            Reading::Template => parse_template(text, span).map(ExprKind::Template),
            Reading::Expression => parse_expression(text, span).map(|expr| expr.kind),
        };
        outcome.unwrap_or_else(|problem| {
            self.problems.push(problem);
            ExprKind::Invalid
        })
    }
}

/// How texts are read.
#[derive(Clone, Copy)]
enum Reading {
    Template,
    Expression,
}

/// The blocks found so far, and the labels on the way to the next one.
struct Found<'a> {
    kind: &'a Ident,
    labels: Vec<Ident>,
    blocks: &'a mut Vec<Block>,
}

impl Found<'_> {
    /// The body's place, which for some blocks depends on their labels.
    fn place(&self, place: Place) -> Place {
        let first = self.labels.first().map_or("", |label| &*label.text);
        match place {
            Place::Resource if first == "aws_iam_policy_document" => Place::Document,
            Place::Dynamic(_) if first != "statement" => Place::Dynamic(Content::Plain),
            place => place,
        }
    }
}

fn ident(name: &Name) -> Ident {
    Ident { text: name.text.known_parts().into(), span: name.span }
}

/// The place of an object that stands in a list, from its first name to its last value.
fn spread(object: &Map, list: Span) -> Span {
    let spans = object.entries.iter().map(|entry| entry.name.span.cover(entry.value.span));
    spans.reduce(Span::cover).unwrap_or(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;
    use crate::syntax::{hcl::Part, json};

    fn read(text: &str) -> (SourceMap, Body, Vec<Problem>) {
        let map = SourceMap::default();
        let file = map.add("main.tf.json", text);
        let (body, problems, _) = body(&json::parse_file(file, text, 0..text.len()).unwrap());
        (map, body, problems)
    }

    #[test]
    fn labels_and_bodies_may_be_objects_or_lists() {
        let (map, body, problems) = read(
            r#"{"//": "note", "resource": [{"aws_kms_key": {"a": {"//": "x", "enable_key_rotation": true}}},
                {"aws_kms_key": {"b": [{"lifecycle": {"prevent_destroy": true}}]}}], "locals": {"n": -1},
                "provider": {"aws": [{}, {"alias": "w", "assume_role": {"role_arn": "r"}}]}}"#,
        );
        assert_eq!(problems, []);
        let headers: Vec<_> = body.blocks.iter().map(|block| map.slice(block.header)).collect();
        assert_eq!(headers, ["\"a\"", "\"b\"", "\"locals\"", "\"aws\"", "\"aws\""]);
        assert_eq!(body.blocks[0].body.attributes.len(), 1);
        assert_eq!(body.blocks[1].body.blocks[0].body.attributes.len(), 1);
        assert_eq!(&*body.blocks[4].body.blocks[0].kind.text, "assume_role");
    }

    #[test]
    fn documents_have_their_blocks() {
        let (_, body, problems) = read(
            r#"{"data": {"aws_iam_policy_document": {"d": {"statement": [{"actions": ["kms:*"],
                "principals": {"type": "AWS", "identifiers": ["*"]}, "condition": [{"test": "t"}]}],
                "dynamic": {"statement": {"for_each": ["x"], "iterator": "s",
                "content": {"sid": "${s.value}", "principals": [{"type": "AWS"}]}}}}}}}"#,
        );
        assert_eq!(problems, []);
        let document = &body.blocks[0].body;
        let kinds: Vec<_> = document.blocks.iter().map(|block| &*block.kind.text).collect();
        assert_eq!(kinds, ["statement", "dynamic"]);
        assert_eq!(document.blocks[0].body.blocks.len(), 2);
        let dynamic = &document.blocks[1];
        assert_eq!(&*dynamic.labels[0].text, "statement");
        assert!(
            matches!(&dynamic.body.attribute("iterator").unwrap().value.kind, ExprKind::Variable(s) if &**s == "s")
        );
        assert_eq!(dynamic.body.blocks[0].body.blocks[0].body.attributes.len(), 1);
    }

    #[test]
    fn texts_are_templates_at_their_place() {
        let (map, body, problems) =
            read(r#"{"locals": {"a": "x\"${var.y}", "b": {"k${1}": "v"}, "c": "${"}}"#);
        assert_eq!(problems.len(), 1);
        let ExprKind::Template(a) = &body.blocks[0].body.attributes[0].value.kind else { panic!() };
        let [Part::Literal(text), Part::Interpolation(expr)] = a.parts.as_slice() else { panic!("{a:?}") };
        assert_eq!(map.slice(text.span(1..2).unwrap()), "\\\"");
        assert_eq!(map.slice(expr.span), "var.y");
        let ExprKind::Object(items) = &body.blocks[0].body.attributes[1].value.kind else { panic!() };
        assert!(matches!(items[0].key, ObjectKey::Expr(_)));
        let ExprKind::Template(v) = &items[0].value.kind else { panic!() };
        assert!(matches!(v.parts.as_slice(), [Part::Literal(text)] if text.is("v")));
        assert!(matches!(body.blocks[0].body.attributes[2].value.kind, ExprKind::Invalid));
    }

    #[test]
    fn unknown_block_types_are_passed_unless_misspelt() {
        let (_, body, problems) = read(r#"{"action": {"x": {}}, "resourcs": {}}"#);
        assert!(body.blocks.is_empty());
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].help.as_deref(), Some("did you mean `resource`?"));
    }

    #[test]
    fn types_and_addresses_are_expressions() {
        let (_, body, problems) = read(
            r#"{"variable": {"x": {"type": "list(string)", "default": "list(string)"}},
                "module": {"m": {"source": "./m", "providers": {"aws": "aws.west"}}}}"#,
        );
        assert_eq!(problems, []);
        assert!(matches!(body.blocks[0].body.attributes[0].value.kind, ExprKind::Call(_)));
        assert!(matches!(body.blocks[0].body.attributes[1].value.kind, ExprKind::Template(_)));
        let ExprKind::Object(providers) = &body.blocks[1].body.attributes[1].value.kind else { panic!() };
        assert!(matches!(providers[0].value.kind, ExprKind::Attr(..)));
    }
}
