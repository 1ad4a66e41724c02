//! Evaluates simple HCL expressions and blocks for the tests of this room, with hcl-edit as the reader.

use super::functions::{self, Call, Host};
use super::{number, operators, types};
use crate::source::{FileId, Problem, ProblemKind, SourceMap, Span};
use crate::syntax::hcl::Operator;
use crate::value::{Entry, Kind, Name, Text, Value};
use hcl_edit::Span as _;
use hcl_edit::expr::{BinaryOperator, Expression, ObjectKey, TraversalOperator, UnaryOperator};
use hcl_edit::structure::{Body, Structure};
use hcl_edit::template::{Element, Template};
use std::path::PathBuf;

/// Why there is no value.
pub(super) enum Failure {
    /// This reader cannot evaluate it.
    Unsupported,
    /// It is in error.
    Problem(Problem),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// A text and what its names mean.
pub(super) struct Scope {
    pub file: FileId,
    pub text: String,
    pub data: Vec<(String, Value)>,
}

/// The value of an expression; it must have one.
pub(super) fn evaluated(text: &str) -> Value {
    let scope = Scope::new(&SourceMap::default(), text);
    match scope.value(&text.parse().unwrap()) {
        Ok(value) => value,
        Err(Failure::Problem(problem)) => panic!("{text}: {}", problem.message),
        Err(Failure::Unsupported) => panic!("{text}: not supported"),
    }
}

/// The files of the recorded fixture.
struct Fixture(PathBuf, FileId);

impl Host for Fixture {
    fn file(&self, path: &str, at: Span) -> Result<Text, Problem> {
        let bytes = self.bytes(path, at)?;
        let text =
            String::from_utf8(bytes).map_err(|_| Problem::new(ProblemKind::Evaluation, at, "is not text"))?;
        Ok(Text::made(text, at))
    }

    fn bytes(&self, path: &str, at: Span) -> Result<Vec<u8>, Problem> {
        std::fs::read(self.0.join(path))
            .map_err(|error| Problem::new(ProblemKind::Evaluation, at, error.to_string()))
    }

    fn exists(&self, path: &str) -> bool {
        self.0.join(path).is_file()
    }

    fn walk(&self, dir: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut left = vec![String::new()];
        while let Some(below) = left.pop() {
            let Ok(entries) = std::fs::read_dir(self.0.join(dir).join(&below)) else { continue };
            for entry in entries.flatten() {
                let name = format!("{below}{}", entry.file_name().to_string_lossy());
                if entry.path().is_dir() {
                    left.push(format!("{name}/"));
                } else {
                    found.push(name);
                }
            }
        }
        found.sort();
        found
    }
}

impl Scope {
    pub(super) fn new(map: &SourceMap, text: &str) -> Self {
        Self { file: map.add("t.tf", text), text: text.to_owned(), data: Vec::new() }
    }

    fn span(&self, range: Option<std::ops::Range<usize>>) -> Span {
        Span::new(self.file, range.unwrap_or(0..self.text.len()))
    }

    pub(super) fn value(&self, expr: &Expression) -> Result<Value, Failure> {
        let span = self.span(expr.span());
        let value = |kind| Ok(Value::new(kind, span));
        match expr {
            Expression::Null(_) => value(Kind::Null),
            Expression::Bool(known) => value(Kind::Bool(**known)),
            Expression::Number(_) if self.text[span.range()].starts_with('-') => Err(Failure::Unsupported),
            Expression::Number(_) => match number::canonical(&self.text[span.range()]) {
                Some(number) => value(Kind::Number(number)),
                None => Err(Failure::Unsupported),
            },
            Expression::String(text) => {
                use unicode_normalization::UnicodeNormalization;
                value(Kind::Text(Text::made(text.as_str().nfc().collect::<String>(), span)))
            }
            Expression::StringTemplate(template) => self.template(&template.iter().cloned().collect(), span),
            Expression::HeredocTemplate(heredoc) => self.template(&heredoc.template, span),
            Expression::Parenthesis(inner) => self.value(inner.inner()),
            Expression::Array(items) => {
                let items = items.iter().map(|item| self.value(item)).collect::<Result<_, _>>()?;
                Ok(Value::tuple(items, span))
            }
            Expression::Object(object) => {
                let mut entries: Vec<Entry> = Vec::new();
                for (key, item) in object.iter() {
                    let name = self.key(key)?;
                    entries.retain(|entry| entry.name.text.known() != name.text.known());
                    entries.push(Entry { name, value: self.value(item.expr())? });
                }
                Ok(Value::object(entries, span))
            }
            Expression::Conditional(conditional) => {
                let condition = types::convert(&self.value(&conditional.cond_expr)?, &types::Type::Bool)?;
                if self.text.contains("tonumber") {
                    return Err(Failure::Unsupported);
                }
                let both = vec![self.value(&conditional.true_expr)?, self.value(&conditional.false_expr)?];
                let mut both = types::unify(both)?;
                match condition.as_bool() {
                    Some(true) => Ok(both.remove(0)),
                    Some(false) => Ok(both.remove(1)),
                    None => Err(Problem::new(ProblemKind::Evaluation, span, "null condition").into()),
                }
            }
            Expression::FuncCall(call) => self.call(call, span),
            Expression::UnaryOp(operation) => {
                let op = match operation.operator.value() {
                    UnaryOperator::Neg => Operator::Negate,
                    UnaryOperator::Not => Operator::Not,
                };
                Ok(operators::unary(op, &self.value(&operation.expr)?, span)?)
            }
            Expression::BinaryOp(operation) => {
                let op = operator(*operation.operator.value());
                let (left, right) = (self.value(&operation.lhs_expr)?, self.value(&operation.rhs_expr)?);
                Ok(operators::binary(op, &left, &right, span)?)
            }
            Expression::Traversal(traversal) => self.traversal(traversal),
            Expression::Variable(_) | Expression::ForExpr(_) => Err(Failure::Unsupported),
        }
    }

    fn traversal(&self, traversal: &hcl_edit::expr::Traversal) -> Result<Value, Failure> {
        if let Expression::Variable(name) = &traversal.expr {
            let mut path = name.to_string();
            for operator in &traversal.operators {
                let TraversalOperator::GetAttr(name) = operator.value() else {
                    return Err(Failure::Unsupported);
                };
                path.push('.');
                path.push_str(name);
            }
            let found = self.data.iter().find(|(name, _)| *name == path);
            return found.map(|(_, value)| value.clone()).ok_or(Failure::Unsupported);
        }
        let mut value = self.value(&traversal.expr)?;
        for operator in &traversal.operators {
            let TraversalOperator::Index(index) = operator.value() else { return Err(Failure::Unsupported) };
            let Kind::Number(index) = self.value(index)?.kind else { return Err(Failure::Unsupported) };
            let index = usize::try_from(index.as_i64().unwrap()).map_err(|_| Failure::Unsupported)?;
            let item = value.as_list().ok_or(Failure::Unsupported)?.items.get(index).cloned();
            value = item.ok_or(Failure::Unsupported)?;
        }
        Ok(value)
    }

    fn key(&self, key: &ObjectKey) -> Result<Name, Failure> {
        match key {
            ObjectKey::Ident(name) => {
                let span = self.span(name.span());
                Ok(Name { text: Text::made(name.as_str(), span), span })
            }
            ObjectKey::Expression(Expression::Variable(name)) => {
                let span = self.span(name.span());
                Ok(Name { text: Text::made(name.as_str(), span), span })
            }
            ObjectKey::Expression(expr) => {
                let value = types::convert(&self.value(expr)?, &types::Type::String)?;
                Ok(Name { text: value.as_text().ok_or(Failure::Unsupported)?.clone(), span: value.span })
            }
        }
    }

    fn template(&self, template: &Template, span: Span) -> Result<Value, Failure> {
        let mut text = Text::default();
        if template.iter().count() == 1 || self.text.contains('~') {
            return Err(Failure::Unsupported);
        }
        for element in template {
            match element {
                Element::Literal(literal) => {
                    text.push(&Text::made(literal.as_str(), self.span(literal.span())))
                }
                Element::Interpolation(interpolation) => {
                    let value = self.value(&interpolation.expr)?;
                    text.push(&operators::as_text(&value).ok_or(Failure::Unsupported)?);
                }
                Element::Directive(_) => return Err(Failure::Unsupported),
            }
        }
        Ok(Value::text(text, span))
    }

    fn call(&self, call: &hcl_edit::expr::FuncCall, span: Span) -> Result<Value, Failure> {
        let name = call.name.name.as_str();
        if matches!(name, "try" | "can" | "templatefile" | "templatestring") {
            return Err(Failure::Unsupported);
        }
        let mut args: Vec<Value> = call.args.iter().map(|arg| self.value(arg)).collect::<Result<_, _>>()?;
        if call.args.expand_final() {
            let last = args.pop().ok_or(Failure::Unsupported)?;
            args.extend(last.as_list().ok_or(Failure::Unsupported)?.items.iter().cloned());
        }
        let host =
            Fixture(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/terraform/fixture"), self.file);
        match functions::call(&Call { name, span, args: &args, host: &host }) {
            Some(result) => Ok(result?),
            None => Err(Failure::Unsupported),
        }
    }

    /// A block's body as an object, nested blocks as tuples under their type.
    pub(super) fn body(&self, body: &Body) -> Result<Value, Failure> {
        let mut entries: Vec<Entry> = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let span = self.span(attribute.key.span());
                    let name = Name { text: Text::made(attribute.key.as_str(), span), span };
                    entries.push(Entry { name, value: self.value(&attribute.value)? });
                }
                Structure::Block(block) if block.ident.as_str() == "dynamic" => {
                    return Err(Failure::Unsupported);
                }
                Structure::Block(block) => {
                    let span = self.span(block.ident.span());
                    let value = self.body(&block.body)?;
                    let at = entries.iter().position(|entry| entry.name.text.is(block.ident.as_str()));
                    let mut items = at
                        .map(|at| entries.remove(at).value.as_list().unwrap().items.clone())
                        .unwrap_or_default();
                    items.push(value);
                    let name = Name { text: Text::made(block.ident.as_str(), span), span };
                    entries.push(Entry { name, value: Value::tuple(items, span) });
                }
            }
        }
        Ok(Value::object(entries, self.span(body.span())))
    }
}

fn operator(op: BinaryOperator) -> Operator {
    match op {
        BinaryOperator::Eq => Operator::Equal,
        BinaryOperator::NotEq => Operator::NotEqual,
        BinaryOperator::LessEq => Operator::LessOrEqual,
        BinaryOperator::GreaterEq => Operator::GreaterOrEqual,
        BinaryOperator::Less => Operator::Less,
        BinaryOperator::Greater => Operator::Greater,
        BinaryOperator::Plus => Operator::Add,
        BinaryOperator::Minus => Operator::Subtract,
        BinaryOperator::Mul => Operator::Multiply,
        BinaryOperator::Div => Operator::Divide,
        BinaryOperator::Mod => Operator::Remainder,
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
    }
}

/// The recorded cases of policy documents.
mod documents {
    use super::*;
    use crate::input::terraform::policy_document::render;

    #[derive(serde::Deserialize)]
    struct Case {
        id: String,
        hcl: String,
        json: Option<String>,
        minified_json: Option<String>,
        error_contains: Option<String>,
    }

    #[test]
    fn documents_are_those_of_the_provider() {
        let recorded = include_str!("../../../testdata/terraform/policy_document_cases.json");
        let cases: Vec<Case> = serde_json::from_str(recorded).unwrap();
        let map = SourceMap::default();
        let mut wrong = Vec::new();
        for case in &cases {
            match check(&map, case) {
                Ok(()) => {}
                Err(why) => wrong.push(format!("{}: {why}", case.id)),
            }
        }
        println!("{} of {} documents are right", cases.len() - wrong.len(), cases.len());
        assert_eq!(cases.len(), 57);
        // One case needs `dynamic`, which this reader has not.
        assert!(wrong.len() <= 1, "{}", wrong.join("\n"));
    }

    fn check(map: &SourceMap, case: &Case) -> Result<(), String> {
        let body: Body = case.hcl.parse().map_err(|error| format!("{error}"))?;
        let mut scope = Scope::new(map, &case.hcl);
        let mut problems = Vec::new();
        let mut last = None;
        for block in body.blocks() {
            let arguments = scope.body(&block.body).map_err(|_| "unsupported".to_owned())?;
            let rendered = render(&arguments, scope.span(block.span()));
            problems.extend(rendered.problems);
            let path = format!("data.aws_iam_policy_document.{}", block.labels[1].as_str());
            scope.data.push((format!("{path}.json"), rendered.json.clone()));
            last = Some((rendered.json, rendered.minified_json));
        }
        let (json, minified) = last.unwrap();
        if case.error_contains.is_some() {
            return if problems.is_empty() { Err("no problem".to_owned()) } else { Ok(()) };
        }
        let silent =
            ["source_principal_string", "source_numeric_condition_dropped"].contains(&case.id.as_str());
        if problems.is_empty() == silent {
            return Err(format!("{problems:?}"));
        }
        for (ours, theirs) in [(json, &case.json), (minified, &case.minified_json)] {
            let ours = ours.as_str().map(str::to_owned);
            if ours != *theirs {
                return Err(format!("\n  {ours:?}\n  {theirs:?}"));
            }
        }
        Ok(())
    }
}

/// The recorded expressions that this reader can read.
mod expressions {
    use super::*;
    use crate::value::{ListKind, MapKind};

    #[derive(serde::Deserialize)]
    struct Recorded {
        cat: String,
        expr: String,
        ok: bool,
        result_json: Option<String>,
        r#type: Option<serde_json::Value>,
    }

    #[test]
    fn expressions_are_those_of_terraform() {
        let recorded = include_str!("../../../testdata/terraform/expressions.json");
        let recorded: Vec<Recorded> = serde_json::from_str(recorded).unwrap();
        let map = SourceMap::default();
        let (mut right, mut unsupported, mut wrong) = (0, 0, Vec::new());
        for case in &recorded {
            match outcome(&map, case) {
                None => unsupported += 1,
                Some(Ok(())) => right += 1,
                Some(Err(why)) => wrong.push(format!("{} {}\n    {why}", case.cat, case.expr)),
            }
        }
        println!("{right} right, {} wrong, {unsupported} unsupported", wrong.len());
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    fn outcome(map: &SourceMap, case: &Recorded) -> Option<Result<(), String>> {
        let expr: Expression = case.expr.parse().ok()?;
        let scope = Scope::new(map, &case.expr);
        match (scope.value(&expr), case.ok) {
            (Err(Failure::Unsupported), _) => None,
            (Err(Failure::Problem(_)), false) => Some(Ok(())),
            (Err(Failure::Problem(problem)), true) => {
                Some(Err(format!("error `{}`, should be {:?}", problem.message, case.result_json)))
            }
            (Ok(value), false) => {
                if value.unknowns().is_empty() {
                    Some(Err(format!("{}, should be an error", json(&value))))
                } else {
                    Some(Ok(()))
                }
            }
            (Ok(value), true) => {
                if !value.unknowns().is_empty() {
                    // Knowing less is never wrong.
                    return None;
                }
                let ours = json(&value);
                let Some(theirs) = &case.result_json else { return Some(Ok(())) };
                if ours != unescaped(theirs) {
                    return Some(Err(format!("{ours}\n    {theirs}")));
                }
                let of = case.r#type.as_ref()?;
                if fits(&value, of) { Some(Ok(())) } else { Some(Err(format!("{ours} is not {of}"))) }
            }
        }
    }

    fn json(value: &Value) -> String {
        use crate::input::terraform::json::{Layout, encode, plain};
        let text = encode(&plain(value), Layout::Compact, value.span).unwrap().shown();
        unescaped(&text)
    }

    /// `terraform output -json` and the recorder agree on everything but these.
    fn unescaped(text: &str) -> String {
        text.replace("\\u003c", "<").replace("\\u003e", ">").replace("\\u0026", "&")
    }

    fn fits(value: &Value, of: &serde_json::Value) -> bool {
        let of = of.as_array().and_then(|of| of[0].as_str()).or(of.as_str());
        match (&value.kind, of) {
            (Kind::Null, _) | (_, None | Some("dynamic")) => true,
            (Kind::Bool(_), Some("bool"))
            | (Kind::Number(_), Some("number"))
            | (Kind::Text(_), Some("string")) => true,
            (Kind::List(list), Some(of)) => {
                of == match list.kind {
                    ListKind::Tuple => "tuple",
                    ListKind::List => "list",
                    ListKind::Set => "set",
                }
            }
            (Kind::Map(map), Some(of)) => of == if map.kind == MapKind::Map { "map" } else { "object" },
            _ => false,
        }
    }
}
