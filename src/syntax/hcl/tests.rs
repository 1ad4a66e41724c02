//! What the parser accepts, refuses, keeps and costs.

use super::*;
use crate::source::SourceMap;
use std::fmt::Write as _;
use std::sync::Arc;

fn read(text: &str) -> (Arc<SourceMap>, File) {
    let map = Arc::new(SourceMap::default());
    let file = map.add("main.tf", text);
    let parsed = parse(file, text);
    (map, parsed)
}

fn messages(text: &str) -> Vec<String> {
    read(text).1.problems.into_iter().map(|problem| problem.message).collect()
}

/// The value of `a` in short: literals as they are, the rest as its source.
fn template(text: &str) -> String {
    let (map, file) = read(text);
    assert!(file.problems.is_empty(), "{text:?}: {:?}", file.problems);
    let ExprKind::Template(template) = &file.body.attribute("a").unwrap().value.kind else {
        panic!("{text:?} is no template")
    };
    shown(&template.parts, &map)
}

fn shown(parts: &[Part], map: &SourceMap) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Literal(text) => out.push_str(&text.known().unwrap()),
            Part::Interpolation(expr) => write!(out, "<{}>", map.slice(expr.span)).unwrap(),
            Part::If { condition, then, otherwise } => {
                let (then, otherwise) = (shown(then, map), shown(otherwise, map));
                write!(out, "<if {} [{then}] [{otherwise}]>", map.slice(condition.span)).unwrap();
            }
            Part::For { source, body, .. } => {
                write!(out, "<for {} [{}]>", map.slice(source.span), shown(body, map)).unwrap();
            }
        }
    }
    out
}

/// Judged by `terraform fmt` 1.11.4.
const ACCEPTED: &str = r#"a = "$$${x}"
a = "$$$${x}"
a = x[*].b.*.c
a = x[*].b[*].c
a = f(x... )
a = { for k in x : k => c ? a :⏎ b }
a = [1⏎,2]
b "x\n" {}
b x "y" {}
a = <<E⏎x⏎  E  ⏎
a = x . b
a = -x.b
a = !-x
a = 1e5
a = f (x)
a = a::b::c(x)
a = "%{ if x }y%{ else }z%{ endif }"
a = (x⏎)
a = x["a"]["b"].c[0].1.d
a = {(x) = 1, "${y}z" : 2}
a = {x.y = 2}
a = {1 = 2, true = 3}
a = {f(x) = 2}
a = {a ? b : c = 2}
a = {a = 1, a = 2}
a = 1 /* c⏎ */ + 2
a = 1 # c
a = "${⏎1⏎}"
a = for
for = 1
a = x.for
é = 1
a-b = 1
a = x[* ].y
a = x.*[0]
a = x.*
a = {}.b
a = "x".b
a = [⏎# c⏎1 # d⏎, 2]
b { }
b { a = 1 }
a = f(⏎)
a = 007
a = "${~ 1 ~}"
a = "${1⏎~}"
a = "${"x"}"
a = x.b.*.0
a = <<-E⏎${x}E⏎E⏎
a = x?y:z
a = x?y::z():z
a = {b:1}
a = <<E⏎\q $ % $$ $${x} %%{y}⏎E⏎
a = [for⏎ x in y : x]"#;

const REFUSED: &str = r#"a = { b =⏎ 1 }
b { a = 1⏎}
b { a = 1, c = 2 }
b { c {} }
b {⏎} c {⏎}
a = x.0.0
a = x.*.b.*.c
a = f(x...,)
a = {⏎ b = c ?⏎ 1 : 2 }
a = 1 +⏎ 2
a = {x = 1,,}
a = {x = 1⏎,y=2}
a = "\q"
a = "\u00"
"a" = 1
b "x${1}" {}
a = <<E⏎x⏎E
a = <<E ⏎x⏎E⏎
a = 1.
a = .5
a = [for x in y : x => 1]
a = {for x in y : x}
a = [for x in y : x...]
a = {for x in y : x => 1 if x,}
a = "%{ if x }y"
a = "%{ endif }"
a = x[]
a = x\[1]
a = ()
a = "a⏎b"
a = 1;
a = 'x'
a = {for = 1}
a = x ? y⏎: z
a = {⏎"a"⏎= 1}
b⏎{⏎}
a⏎= 1
a = ⏎1
a = 1 b = 2
a = f(,)
a = [,]
a = 0x10
a = [1 2]
a = {a = 1 b = 2}
a = "${}"
a = "x" "y"
/* unclosed
a = 1 /* unclosed
a = {a::b=1}
a = %{ x }
b { c = 1 # c⏎}
b { # c⏎ b = 1 }
a = 1⏎a = 2
b {⏎ b = 1 }
a = 10.11.10.12/32
a = 1...
a = "\$""#;

#[test]
fn accepts_and_refuses_what_terraform_does() {
    for case in ACCEPTED.lines() {
        for text in [case.replace('⏎', "\n"), format!("\u{feff}{}\r\n", case.replace('⏎', "\r\n"))] {
            assert_eq!(messages(&text), [""; 0], "{text:?}");
        }
    }
    for case in REFUSED.lines() {
        assert!(!messages(&case.replace('⏎', "\n")).is_empty(), "{case:?}");
    }
}

#[test]
fn a_mistake_costs_one_item() {
    let text =
        "a {\n  x = 1\n  y = [1, \n  z = 3\n}\nb = )\nc \"d\" {\n  e = \"open\n  f = 2\n}\n} \ng = 1\n";
    let (_, file) = read(text);
    assert_eq!(file.problems.len(), 4, "{:?}", file.problems);
    let first = &file.body.blocks[0].body;
    let names = |body: &Body| body.attributes.iter().map(|a| a.name.text.to_string()).collect::<Vec<_>>();
    assert_eq!(names(first), ["x", "y", "z"]);
    assert!(matches!(first.attributes[1].value.kind, ExprKind::Invalid));
    assert_eq!(names(&file.body), ["b", "g"]);
    assert_eq!(names(&file.body.blocks[1].body), ["e", "f"]);
}

#[test]
fn an_unclosed_block_ends_before_the_next_one() {
    let text = "resource \"a\" \"b\" {\n  x = 1\n  y {\n}\nresource \"c\" \"d\" {\n  z = 1\n}\n";
    let (map, file) = read(text);
    assert_eq!(file.body.blocks.len(), 2);
    assert_eq!(file.problems.len(), 1);
    assert_eq!(map.slice(file.problems[0].labels[0].0), "resource \"a\" \"b\"");
    assert_eq!(&*file.body.blocks[1].body.attributes[0].name.text, "z");
}

#[test]
fn templates_are_decoded_as_terraform_does() {
    assert_eq!(template(r#"a = "x\n\t\"\\é\U0001F600$${y}%%{z}$ %""#), "x\n\t\"\\é😀${y}%{z}$ %");
    assert_eq!(template("a = \"e\u{301}\""), "é");
    assert_eq!(template("a = \" x \\n ${~ 1 ~} \\n y\""), " x<1>y");
    assert_eq!(template("a = <<-E\n    a\n\n     \n\t  b ${x}\n    c\n  E\n"), " a\n\n     \nb <x>\n c\n");
    assert_eq!(template("a = <<-E\n  ${x}\n  a\n  E\n"), "<x>\na\n");
    assert_eq!(template("a = <<-E\n${x}\n  a\n  E\n"), "<x>\n  a\n");
    assert_eq!(
        template("a = <<E\n  a ~}\n  %{ if x ~}\n  b\n  %{ endif ~}\n c\nE\n"),
        "  a ~}\n  <if x [  b\n  ] []> c\n"
    );
    assert_eq!(template("a = \"%{ for k, v in m }${k}%{ endfor }\""), "<for m [<k>]>");
}

#[test]
fn places_lead_to_the_characters() {
    let text = "a = <<-E\n    one\n      two\n    E\nb = \"x\\ny\"\n";
    let (map, file) = read(text);
    let literal = |name: &str| {
        let ExprKind::Template(template) = &file.body.attribute(name).unwrap().value.kind else { panic!() };
        let Part::Literal(text) = &template.parts[0] else { panic!() };
        text.clone()
    };
    let (a, b) = (literal("a"), literal("b"));
    assert_eq!(map.slice(a.span(6..9).unwrap()), "two");
    assert_eq!(map.slice(b.span(1..2).unwrap()), "\\n");
    assert_eq!(map.slice(b.span(2..3).unwrap()), "y");
    assert_eq!(map.slice(file.body.attribute("a").unwrap().value.span), "<<-E\n    one\n      two\n    E");
}

#[test]
fn parts_of_other_texts_lead_to_the_outer_file() {
    let (map, file) = read("a = \"x $${f(\\\"y\\\")} z\"\n");
    let ExprKind::Template(outer) = &file.body.attributes[0].value.kind else { panic!() };
    let Part::Literal(text) = &outer.parts[0] else { panic!() };
    let inner = parse_template(text, file.body.attributes[0].value.span).unwrap();
    let [Part::Literal(x), Part::Interpolation(call), Part::Literal(_)] = inner.parts.as_slice() else {
        panic!("{inner:?}")
    };
    assert_eq!(map.slice(x.span(0..1).unwrap()), "x");
    assert_eq!(map.slice(call.span), "f(\\\"y\\\")");
    let whole = file.body.attributes[0].value.span;
    assert!(
        parse_expression(&Text::default(), whole).unwrap_err().message.starts_with("expected an expression")
    );
    let wrong = parse_template(&Text::verbatim("${1", whole), whole).unwrap_err();
    assert_eq!(wrong.message, "expected `}` after the interpolation, found the end of the text");
}

#[test]
fn comments_are_kept_once_and_without_their_line_break() {
    let (map, file) = read("# one\r\na = { // two\n  /* three */ b = 1 }\n");
    let found: Vec<_> = file.comments.iter().map(|span| map.slice(*span)).collect();
    assert_eq!(found, ["# one", "// two", "/* three */"]);
}

#[test]
fn hostile_texts_cost_linear_work_and_no_stack() {
    let line = |before: &str, unit: &str, after: &str, count: usize| {
        format!("{before}{}{after}", unit.repeat(count))
    };
    let cases = [
        ("a = 1", " + 1", "\n"),
        ("a = {\n", "k = 1\n", "}\n"),
        ("a = ", "[", ""),
        ("a = ", "(", ""),
        ("a = ", "!", ""),
        ("a = ", "\"${", ""),
        ("a = {", "(", "}}}}}"),
        ("", "a {\n", ""),
        ("", "a {\n", "b = 1\n"),
        ("", "a = <<E\n", ""),
        ("", "a = \"\n", ""),
        ("", "a = [\n", ""),
        ("", "a = /*\n", ""),
        ("", "}\n", ""),
        ("", "}", ""),
        ("a = x", ".b", "\n"),
        ("a = x", "[*]", "\n"),
        ("a = \"", "%{ if x }", "\"\n"),
        ("a = <<E\n", "some text of a line\n", "E\n"),
        ("a = <<-E\n", "   $ {$${ text\n", "E\n"),
        ("a = ", "b ? c : ", "\n"),
    ];
    for (before, unit, after) in cases {
        let [few, many] = [5_000, 20_000].map(|count| looks(&line(before, unit, after, count)));
        assert!(many <= few * 9 / 2, "{unit:?}: {few} looks at bytes, and {many} in four times the text");
    }
}

/// How often the parser looks at a byte.
fn looks(text: &str) -> usize {
    let mut parser = Parser::new(text, Origin::File(SourceMap::default().add("main.tf", text), 0));
    parser.file();
    parser.looks.get()
}

#[test]
fn bodies_know_what_a_mistake_may_have_cost_them() {
    let broken = |text: &str| -> Vec<bool> {
        let file = parse(SourceMap::default().add("a.tf", text), text);
        file.body.blocks.iter().map(|block| block.body.broken).collect()
    };
    assert_eq!(
        broken("a {\n  x = 1\n}\nb {\n  x = jsonencode({\n}\n\nc {\n  y = 2\n}\n"),
        [false, true, false]
    );
    assert_eq!(broken("a {\n  x = [1 2]\n  y = 1\n}\n"), [false]);
    assert_eq!(broken("a {\n  x 1\n  y = 1\n}\n"), [true]);
    assert_eq!(broken("a {\n  x = [\n    1 2\n  ]\n}\n"), [true]);
    assert_eq!(broken("a {\n  b {\n    x = 1\n"), [true]);
}
