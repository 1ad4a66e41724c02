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
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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
        } else if path.extension().is_some_and(|ext| ext == "tf" || ext == "tofu" || ext == "tfvars") {
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
        // Of what hcl-edit alone accepts, Terraform is the judge: see `accepts_real_files`.
        assert_eq!(outcome.get("different"), None);
    }
}

/// What `terraform fmt` says of a text: whether its grammar is accepted. `None` without a terraform on the PATH.
fn terraform_accepts(text: &[u8]) -> Option<bool> {
    let mut child = Command::new("terraform")
        .args(["fmt", "-check", "-no-color", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(text).ok()?;
    // 3: accepted, and to be formatted.
    Some(matches!(child.wait().ok()?.code(), Some(0 | 3)))
}

/// Every real file that Terraform accepts is accepted: `KMSGUARD_HCL_CORPUS=DIR cargo test --lib accepts_real_files --
/// --ignored --nocapture`. Each file that is refused here is shown to the terraform on the PATH.
#[test]
#[ignore = "needs a directory of real files and the terraform binary"]
fn accepts_real_files() {
    let corpus = std::env::var("KMSGUARD_HCL_CORPUS").expect("KMSGUARD_HCL_CORPUS names a directory");
    let mut found = Vec::new();
    files(Path::new(&corpus), &mut found);
    let (mut accepted, mut both, mut wrong) = (0, 0, Vec::new());
    for path in &found {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let file = SourceMap::default().add("main.tf", text.as_str());
        let problems = parse(file, &text).problems;
        match problems.first().map(|problem| (problem, terraform_accepts(text.as_bytes()))) {
            None => accepted += 1,
            Some((_, None)) => panic!("there is no terraform on the PATH"),
            Some((problem, Some(true))) => wrong.push(format!("{}: {}", path.display(), problem.message)),
            Some((problem, Some(false))) => {
                both += 1;
                eprintln!("refused by both: {}: {}", path.display(), problem.message);
            }
        }
    }
    eprintln!(
        "{} files, {accepted} accepted, {both} refused by both, {} refused here alone",
        found.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Makes a text of a size.
type Make<'a> = Box<dyn Fn(usize) -> String + 'a>;

/// The time that hostile texts take, by their size: `cargo test --lib hostile_texts_by_size -- --ignored --nocapture`.
#[test]
#[ignore = "prints a table"]
fn hostile_texts_by_size() {
    let many = |unit: &str, bytes: usize| unit.repeat(bytes / unit.len());
    let open = |unit: &str, bytes: usize| format!("a = {}", many(unit, bytes));
    let items = |bytes: usize| {
        format!("a = {{\n{}}}\n", (0..bytes / 9).fold(String::new(), |all, n| all + &format!("k{n} = 1\n")))
    };
    let cases: [(&str, Make<'_>); 12] = [
        ("[", Box::new(|bytes| open("[", bytes))),
        ("(", Box::new(|bytes| open("(", bytes))),
        ("{a=", Box::new(|bytes| open("{a=", bytes))),
        ("\"${", Box::new(|bytes| open("\"${", bytes))),
        ("%{ if x }", Box::new(|bytes| format!("a = \"{}\"\n", many("%{ if x }", bytes)))),
        ("blocks in blocks", Box::new(|bytes| many("a {\n", bytes))),
        ("heredoc", Box::new(|bytes| format!("a = <<E\n{}E\n", many("some text of a line\n", bytes)))),
        ("indented heredoc", Box::new(|bytes| format!("a = <<-E\n{}E\n", many("   $ {$${ text\n", bytes)))),
        ("heads of heredocs", Box::new(|bytes| many("a = <<E\n", bytes))),
        ("comments", Box::new(|bytes| many("# a comment\n", bytes) + "/*" + &many("* ", bytes))),
        ("items of an object", Box::new(items)),
        ("operators", Box::new(|bytes| format!("a = 1{}\n", many(" + 1", bytes)))),
    ];
    eprintln!("{:20} {:>10} {:>10} {:>10}", "", "256 KiB", "1 MiB", "4 MiB");
    for (name, make) in cases {
        let times = [18, 20, 22].map(|power| {
            let text = make(1 << power);
            let file = SourceMap::default().add("main.tf", text.as_str());
            let start = std::time::Instant::now();
            drop(parse(file, &text));
            start.elapsed().as_secs_f64() * 1000.0
        });
        eprintln!("{name:20} {:>7.1} ms {:>7.1} ms {:>7.1} ms", times[0], times[1], times[2]);
    }
}
