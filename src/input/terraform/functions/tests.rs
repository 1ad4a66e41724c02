//! What functions keep: places, trails, marks, and what is known of unknowns.

use crate::input::terraform::oracle::{beside, outcome};
use crate::value::{Kind, Value};

const UNKNOWN: &str = r#"
variable "u" {}
variable "s" { type = string }
variable "flag" { type = bool }
variable "secret" {
  default   = "x"
  sensitive = true
}
data "aws_caller_identity" "me" {}
data "aws_partition" "p" {}
locals {
  arn  = "arn:aws:iam::111122223333:role/Admin"
  root = "arn:${data.aws_partition.p.partition}:iam::${data.aws_caller_identity.me.account_id}:root"
}
"#;

/// A value for people: unknown parts as `${name}`.
fn shown(value: &Value) -> String {
    match &value.kind {
        Kind::Text(text) => format!("\"{}\"", text.shown()),
        Kind::Unknown(unknown) => format!("${{{}}}", unknown.name),
        Kind::Null => "null".to_owned(),
        Kind::Bool(known) => known.to_string(),
        Kind::Number(number) => number.as_str().to_owned(),
        Kind::OneOf(branches) => {
            let branches: Vec<String> = branches.iter().map(|branch| shown(&branch.value)).collect();
            branches.join(" | ")
        }
        Kind::List(list) => {
            let mut items: Vec<String> = list.items.iter().map(shown).collect();
            items.extend(list.open.iter().map(|open| format!("…{}", open.name)));
            format!("[{}]", items.join(", "))
        }
        Kind::Map(map) => {
            let entry = |entry: &crate::value::Entry| {
                format!("{} = {}", entry.name.text.shown(), shown(&entry.value))
            };
            let mut entries: Vec<String> = map.entries.iter().map(entry).collect();
            entries.extend(map.open.iter().map(|open| format!("…{}", open.name)));
            format!("{{{}}}", entries.join(", "))
        }
    }
}

#[test]
fn unknown_arguments_leave_what_is_certain() {
    let cases = [
        ("length([var.u, 1])", "2"),
        ("length(toset([var.u, 1]))", "${var.u}"),
        ("contains([\"a\", var.u], \"a\")", "true"),
        ("contains([\"a\", var.u], \"b\")", "${var.u}"),
        ("startswith(\"abc-${var.s}\", \"abc\")", "true"),
        ("startswith(\"abc-${var.s}\", \"x\")", "false"),
        ("startswith(var.s, \"x\")", "${var.s}"),
        ("endswith(\"${var.s}/x\", \"y\")", "false"),
        ("strcontains(\"a*${var.s}\", \"*\")", "true"),
        ("concat([\"a\"], var.u, [\"b\"])", "[\"a\", \"b\", …var.u]"),
        ("merge({a = 1}, {b = var.u})", "{a = 1, b = ${var.u}}"),
        ("merge(var.u, {a = 1})", "{a = 1, …var.u}"),
        ("merge({a = 1}, var.u)", "{a = 1 | ${var.u}, …var.u}"),
        ("join(\",\", [\"a\", var.s, \"b\"])", "\"a,${var.s},b\""),
        ("format(\"%s-%s\", \"a\", var.s)", "\"a-${var.s}\""),
        ("formatlist(\"arn:%s\", [var.s, \"b\"])", "[\"arn:${var.s}\", \"arn:b\"]"),
        ("coalesce(\"a\", var.s)", "\"a\""),
        ("coalesce(var.s, \"a\")", "${var.s}"),
        ("coalesce(\"x${var.s}\", \"a\")", "\"x${var.s}\""),
        ("toset([\"b\", \"a\", \"x${var.s}\"])", "[\"a\", \"b\", \"x${var.s}\"]"),
        ("flatten([[\"a\"], var.u])", "[\"a\", …var.u]"),
        ("compact([\"a\", \"\", var.s])", "[\"a\", ${var.s}]"),
        ("upper(\"a${var.s}\")", "\"A${var.s}\""),
        ("replace(\"a-b${var.s}\", \"-\", \"_\")", "\"a_b${var.s}\""),
        ("trimprefix(\"arn:${var.s}\", \"arn:\")", "\"${var.s}\""),
        ("trimsuffix(\"${var.s}/*\", \"/*\")", "\"${var.s}\""),
        ("substr(\"abcd${var.s}\", 0, 3)", "\"abc\""),
        ("substr(\"abcd${var.s}\", 0, 5)", "${var.s}"),
        ("split(\":\", local.root)[4]", "\"${data.aws_caller_identity.me.account_id}\""),
        ("alltrue([false, var.flag])", "false"),
        ("alltrue([true, var.flag])", "${var.flag}"),
        ("jsondecode(jsonencode({a = var.u, b = 1}))", "{a = ${var.u}, b = 1}"),
        (
            "jsonencode({b = var.s, a = [local.root]})",
            "\"{\"a\":[\"arn:${data.aws_partition.p.partition}:iam::${data.aws_caller_identity.me.account_id}:root\"],\"b\":\"${var.s}\"}\"",
        ),
        ("sha256(var.s)", "${var.s}"),
        ("lookup({a = 1}, var.s, 2)", "${var.s}"),
        ("lookup({a = var.u}, \"b\", 2)", "2"),
        ("keys({b = var.u, a = 1})", "[\"a\", \"b\"]"),
        ("one(var.u)", "${var.u}"),
        ("element([\"a\", var.u], 0)", "\"a\""),
        ("setunion([\"a\"], [\"x${var.s}\"])", "[\"a\", \"x${var.s}\"]"),
        ("setsubtract([\"a\", \"b\"], [var.s])", "${var.s}"),
    ];
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let (value, _) = beside(UNKNOWN, text);
        if shown(&value) != expected {
            wrong.push(format!("{text}\n    {}\n    {expected}", shown(&value)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn alternatives_are_tried_one_by_one() {
    let cases = [
        ("upper(var.flag ? \"a\" : \"b\")", "\"A\" | \"B\""),
        ("concat([\"x\"], var.flag ? [\"a\"] : [])", "[\"x\", \"a\"] | [\"x\"]"),
        ("join(\",\", [var.flag ? \"a\" : \"b\", var.flag ? \"c\" : \"d\"])", "\"a,c\" | \"b,d\""),
        ("length(var.flag ? [1] : [1, 2])", "1 | 2"),
    ];
    for (text, expected) in cases {
        let (value, _) = beside(UNKNOWN, text);
        assert_eq!(shown(&value), expected, "{text}");
    }
}

#[test]
fn texts_keep_the_places_of_their_characters() {
    let cases = [
        ("trimprefix(local.arn, \"arn:\")", 0..3, "aws"),
        ("substr(local.arn, 13, 12)", 0..12, "111122223333"),
        ("split(\":\", local.arn)[4]", 0..12, "111122223333"),
        ("join(\"\", [local.arn, \"/*\"])", 37..38, "*"),
        ("format(\"%s/x\", local.arn)", 0..3, "arn"),
        ("format(\"%s/x\", local.arn)", 37..38, "x"),
        ("replace(local.arn, \"Admin\", \"Other\")", 0..3, "arn"),
        ("replace(local.arn, \"Admin\", \"Other\")", 31..36, "Admin"),
        ("lower(local.arn)", 31..32, "A"),
        ("lower(local.arn)", 32..36, "dmin"),
        ("regex(\"role/(.*)\", local.arn)[0]", 0..5, "Admin"),
        ("jsonencode({a = local.arn})", 6..9, "arn"),
        ("trim(\" x \", \" \")", 0..1, "x"),
        ("basename(local.arn)", 0..5, "Admin"),
        ("yamldecode(\"a: [b, 'c d']\").a[1]", 0..3, "c d"),
    ];
    for (text, range, expected) in cases {
        let (value, map) = beside(UNKNOWN, text);
        let found = value.as_text().and_then(|text| text.span(range)).map(|span| map.slice(span));
        assert_eq!(found.as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn sensitive_marks_spread() {
    for (text, secret) in [
        ("upper(var.secret)", true),
        ("join(\",\", [var.secret])", true),
        ("jsonencode({a = var.secret})", true),
        ("concat([var.secret], [\"a\"])", false),
        ("concat([var.secret], [\"a\"])[0]", true),
        ("merge({a = var.secret}, {b = 1}).b", false),
        ("nonsensitive(var.secret)", false),
        ("length(sensitive([1]))", true),
    ] {
        assert_eq!(beside(UNKNOWN, text).0.secret, secret, "{text}");
    }
}

#[test]
fn what_is_known_only_to_the_clock_chance_or_providers_is_unknown() {
    for text in
        ["timestamp()", "uuid()", "bcrypt(\"x\")", "formatdate(\"YYYY\", timestamp())", "provider::aws::x(1)"]
    {
        assert!(matches!(beside(UNKNOWN, text).0.kind, Kind::Unknown(_)), "{text}");
    }
}

#[test]
fn hostile_calls_end_in_a_problem() {
    let thousand = "join(\"\", [for i in range(1000) : \"0123456789\"])";
    for text in [
        "setproduct(range(1000), range(1000))".to_owned(),
        format!("replace({thousand}, \"\", {thousand})"),
        "indent(1000000000, \"a\\nb\")".to_owned(),
        "format(\"%999999999d\", 1)".to_owned(),
        "regex(\"((a{100}){100}){100}\", \"a\")".to_owned(),
        "1e99999999999 + 1".to_owned(),
        format!("parseint({thousand}, 10)"),
    ] {
        let (value, problems, _) = outcome("locals {}", &text);
        assert!(value.is_err() || !problems.is_empty() || !value.unwrap().unknowns().is_empty(), "{text}");
    }
}

#[test]
fn every_function_of_terraform_is_there() {
    let recorded = include_str!("../../../../testdata/terraform/functions.json");
    let names: std::collections::BTreeMap<String, serde_json::Value> =
        serde_json::from_str(recorded).unwrap();
    let ours =
        |name: &str| super::FAMILIES.iter().flat_map(|family| family.iter()).any(|row| row.name == name);
    let evaluators = ["can", "templatefile", "templatestring", "try"];
    let missing: Vec<&String> =
        names.keys().filter(|name| !ours(name) && !evaluators.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(
        beside("locals {}", "pow(2, 64)").0.kind,
        Kind::Number(crate::value::Number::from_canonical("18446744073709550000"))
    );
}

/// As the real Terraform 1.11.4 answers.
#[test]
fn what_shows_no_type_has_one_all_the_same() {
    for refused in [
        "alltrue(range(0))",
        "tolist(tostring(null))",
        "true ? \"a\" : [\"a\"]",
        "[for x in [] : x if x != tobool([])]",
        "formatlist(\"%s\", [null])",
        "toset([\"a\"])[0]",
        "merge(tostring(null), {})",
        "coalesce({ a = { b = 1 } }, \"x\")",
        "var.s.name",
    ] {
        let (outcome, problems, _) = outcome(UNKNOWN, refused);
        assert!(outcome.is_err() || !problems.is_empty(), "{refused}: {outcome:?}");
    }
    for (expr, expected) in [
        ("concat(tolist([\"a\"]), range(1))", "[\"a\", \"0\"]"),
        ("distinct(true ? tolist([\"b\", \"a\"]) : toset([\"a\"]))", "[\"b\", \"a\"]"),
        ("chunklist([], 1)", "[]"),
        ("keys({}) == []", "true"),
        ("keys(tomap({})) == toset([])[*]", "false"),
        ("length([1]) / length([1, 2, 3])", "0.33333333333333333334"),
        ("-(0 / 4) / 4", "-0"),
        ("pow(0.1, 1) == 0.1", "false"),
        ("cidrsubnet(\"10.0.0.0/16\", -1, 2)", "\"10.4.0.0/15\""),
        ("cidrcontains(\"10.0.0.0/8\", \"10.1.0.0/16\")", "true"),
        ("urldecode(\"a%2Fb+c\")", "\"a/b c\""),
        ("format(\"%v\", tostring(null))", "\"null\""),
        ("\"1\" ? 1 : 2", "1"),
    ] {
        assert_eq!(shown(&beside(UNKNOWN, expr).0), expected, "{expr}");
    }
}
