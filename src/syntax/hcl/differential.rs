//! The same expressions at the same places as hcl-edit, and every literal's place re-reads to it.
//!
//! Over `testdata/hcl`, and over every `.tf` file below the directory that `KMSGUARD_HCL_CORPUS` names. Where
//! hcl-edit refuses a file that Terraform accepts, only the second half is checked.

use super::*;
use crate::source::SourceMap;
use crate::value::{Piece, Text};
use hcl_edit::Span as _;
use hcl_edit::expr::Expression;
use hcl_edit::visit::{self, Visit};
use std::path::{Path, PathBuf};

/// What an expression is, where, and its text if it is a plain one.
type Seen = (usize, usize, &'static str, String);

#[derive(Default)]
struct Theirs(Vec<Seen>);

impl Visit for Theirs {
    fn visit_expr(&mut self, expr: &Expression) {
        let mut text = String::new();
        let kind = match expr {
            Expression::Null(_) => "null",
            Expression::Bool(_) => "bool",
            Expression::Number(_) => "number",
            Expression::String(plain) => {
                text = plain.to_string();
                "template"
            }
            Expression::StringTemplate(_) | Expression::HeredocTemplate(_) => "template",
            Expression::Array(_) => "tuple",
            Expression::Object(_) => "object",
            Expression::Parenthesis(_) => "paren",
            Expression::Variable(_) => "variable",
            Expression::Conditional(_) => "conditional",
            Expression::FuncCall(_) => "call",
            Expression::UnaryOp(_) => "unary",
            Expression::BinaryOp(_) => "binary",
            Expression::ForExpr(_) => "for",
            Expression::Traversal(_) => "",
        };
        let span = expr.span().unwrap_or_default();
        if !kind.is_empty() {
            self.0.push((span.start, span.end, kind, text));
        }
        visit::visit_expr(self, expr);
    }
}

/// Our expressions and literals.
struct Ours<'a> {
    text: &'a str,
    seen: Vec<Seen>,
    literals: Vec<Text>,
}

impl Ours<'_> {
    fn body(&mut self, body: &Body) {
        body.attributes.iter().for_each(|attribute| self.expr(&attribute.value));
        body.blocks.iter().for_each(|block| self.body(&block.body));
    }

    fn expr(&mut self, expr: &Expr) {
        let mut text = String::new();
        let kind = match &expr.kind {
            ExprKind::Null => "null",
            ExprKind::Bool(_) => "bool",
            ExprKind::Number(_) => "number",
            ExprKind::Template(template) => {
                if let ([Part::Literal(literal)], false) = (template.parts.as_slice(), template.heredoc) {
                    text = literal.known().unwrap();
                }
                "template"
            }
            ExprKind::Tuple(_) => "tuple",
            ExprKind::Object(_) => "object",
            ExprKind::Variable(_) => "variable",
            ExprKind::Attr(..) | ExprKind::Index(..) | ExprKind::Splat(_) => "",
            ExprKind::Call(_) => "call",
            // hcl-edit reads the sign as the number's.
            ExprKind::Unary(Operator::Negate, operand) if matches!(operand.kind, ExprKind::Number(_)) => {
                "number"
            }
            ExprKind::Unary(..) => "unary",
            ExprKind::Binary(..) => "binary",
            ExprKind::Conditional(..) => "conditional",
            ExprKind::For(_) => "for",
            ExprKind::Paren(_) => "paren",
            ExprKind::Invalid => panic!("invalid without a problem"),
        };
        if !kind.is_empty() {
            self.seen.push((expr.span.start as usize, expr.span.end as usize, kind, text));
        }
        if kind != "number" {
            self.below(expr);
        }
    }

    fn below(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Template(template) => self.parts(&template.parts),
            ExprKind::Tuple(items) => self.exprs(items),
            ExprKind::Object(items) => {
                for item in items {
                    if let ObjectKey::Expr(key) = &item.key {
                        self.expr(key);
                    }
                    self.expr(&item.value);
                }
            }
            ExprKind::Attr(inner, _) | ExprKind::Unary(_, inner) | ExprKind::Paren(inner) => self.expr(inner),
            ExprKind::Index(source, index) => {
                self.expr(source);
                self.index(index);
            }
            ExprKind::Splat(splat) => {
                self.expr(&splat.source);
                self.steps(&splat.each);
            }
            ExprKind::Call(call) => self.exprs(&call.args),
            ExprKind::Binary(_, _, left, right) => self.exprs([&**left, right]),
            ExprKind::Conditional(condition, then, otherwise) => self.exprs([&**condition, then, otherwise]),
            ExprKind::For(each) => {
                self.exprs([&each.source, &each.value]);
                self.exprs(each.key.iter().chain(&each.condition));
            }
            _ => {}
        }
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    /// hcl-edit does not count a legacy index as an expression.
    fn index(&mut self, index: &Expr) {
        if !self.text.get(..index.span.start as usize).unwrap().trim_end().ends_with('.') {
            self.expr(index);
        }
    }

    fn steps(&mut self, steps: &[Traverse]) {
        for step in steps {
            match step {
                Traverse::Attr(_) => {}
                Traverse::Index(index) => self.index(index),
                Traverse::Splat(steps) => self.steps(steps),
            }
        }
    }

    fn parts(&mut self, parts: &[Part]) {
        for part in parts {
            match part {
                Part::Literal(text) => self.literals.push(text.clone()),
                Part::Interpolation(expr) => self.expr(expr),
                Part::If { condition, then, otherwise } => {
                    self.expr(condition);
                    self.parts(then);
                    self.parts(otherwise);
                }
                // hcl-edit's visitor passes over what a directive goes through.
                Part::For { body, .. } => self.parts(body),
            }
        }
    }
}

/// Every verbatim run stands in the file as it is in the text.
fn check_places(map: &SourceMap, text: &Text) {
    for piece in text.pieces() {
        let Piece::Known(text, places) = piece else { panic!("unknown") };
        assert_eq!(places[0].at, 0);
        for (index, place) in places.iter().enumerate() {
            let end = places.get(index + 1).map_or(text.len(), |next| next.at as usize);
            let run = text.get(place.at as usize..end).unwrap();
            assert!(!run.is_empty());
            if place.verbatim {
                assert_eq!(map.slice(place.span), run);
            }
        }
    }
}

fn check(path: &Path) -> &'static str {
    let Ok(text) = std::fs::read_to_string(path) else { return "unreadable" };
    let map = SourceMap::default();
    let file = map.add(path.display().to_string(), text.as_str());
    let parsed = parse(file, &text);
    let theirs = hcl_edit::parser::parse_body(&text);
    if !parsed.problems.is_empty() {
        eprintln!("refused here: {}: {:?}", path.display(), parsed.problems[0]);
        return if theirs.is_ok() { "refused here alone" } else { "refused by both" };
    }
    let mut ours = Ours { text: &text, seen: Vec::new(), literals: Vec::new() };
    ours.body(&parsed.body);
    ours.literals.iter().for_each(|literal| check_places(&map, literal));
    let Ok(body) = theirs else {
        eprintln!("refused there: {}", path.display());
        return "refused there alone";
    };
    let mut there = Theirs::default();
    there.visit_body(&body);
    ours.seen.sort();
    there.0.sort();
    if let Some((a, b)) = ours.seen.iter().zip(&there.0).find(|(a, b)| a != b) {
        eprintln!("{}:\n  here  {a:?}\n  there {b:?}", path.display());
        return "different";
    }
    if ours.seen.len() == there.0.len() { "same" } else { "different" }
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() && !path.is_symlink() {
            files(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "tf" || ext == "tfvars") {
            found.push(path);
        }
    }
}

fn tally(dir: &Path) -> std::collections::BTreeMap<&'static str, usize> {
    let mut found = Vec::new();
    files(dir, &mut found);
    let mut tally = std::collections::BTreeMap::new();
    for path in found {
        *tally.entry(check(&path)).or_default() += 1;
    }
    tally
}

#[test]
fn agrees_with_hcl_edit() {
    let own = tally(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/hcl"));
    assert!(own.contains_key("same"), "{own:?}");
    assert!(own.keys().all(|outcome| ["same", "refused there alone"].contains(outcome)), "{own:?}");
    if let Ok(corpus) = std::env::var("KMSGUARD_HCL_CORPUS") {
        let outcome = tally(Path::new(&corpus));
        eprintln!("{outcome:?}");
        assert_eq!(outcome.get("different"), None);
        assert_eq!(outcome.get("refused here alone"), None);
    }
}
