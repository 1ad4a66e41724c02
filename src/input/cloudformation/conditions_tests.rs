//! What follows from conditions, and that many of them cost no more than each does.

use super::scope::Evaluator;
use super::session::Session;
use super::stack::Stack;
use super::template::Template;
use super::{Given, declare, load};
use crate::key::{Attribute, Declared};
use crate::source::{Disk, SourceMap};
use crate::syntax::yaml;
use crate::value::{Kind, Value};
use std::fmt::Write;
use std::sync::Arc;

/// The texts that the description of the key `K` can be, with the conditions that they depend on.
fn descriptions(resource: &str) -> Vec<String> {
    let text = format!(
        "\
Parameters:
  Env: {{Type: String, AllowedValues: [prod, dev]}}
  Size: {{Type: String}}
  List: {{Type: CommaDelimitedList, AllowedValues: [a, b]}}
Mappings:
  Regions: {{us-east-1: {{Name: east}}, eu-west-1: {{Name: west}}}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsDev: !Equals [dev, !Ref Env]
  NotProd: !Not [!Condition IsProd]
  IsBig: !Equals [!Ref Size, big]
  IsSmall: !Equals [!Ref Size, small]
  BigProd: !And [!Condition IsProd, !Condition IsBig]
  IsEast: !Equals [!Ref AWS::Region, us-east-1]
  Two: !Equals [!Ref List, a]
Resources:
  K:
    Type: AWS::KMS::Key
{resource}
"
    );
    let map = Arc::new(SourceMap::default());
    let disk = Disk::memory([("t.yaml", text)], map);
    let declared = load(&disk, "t.yaml", &Given::default());
    assert!(declared.problems.is_empty(), "{:?}", declared.problems);
    let shown = |value: &Value| {
        value.as_text().map_or_else(|| format!("{:?}", value.kind), crate::value::Text::shown)
    };
    let value = &declared.keys[0].attributes[&Attribute::Description];
    match &value.kind {
        Kind::OneOf(branches) => branches
            .iter()
            .map(|branch| {
                let when = branch
                    .when
                    .iter()
                    .map(|one| format!("{}{}", if one.holds { "" } else { "!" }, one.condition));
                format!("{}: {}", when.collect::<Vec<_>>().join("&"), shown(&branch.value))
            })
            .collect(),
        _ => vec![shown(value)],
    }
}

fn described(condition: &str, description: &str) -> Vec<String> {
    let condition =
        if condition.is_empty() { String::new() } else { format!("    Condition: {condition}\n") };
    descriptions(&format!("{condition}    Properties: {{Description: {description}}}"))
}

#[test]
fn the_condition_of_the_resource_holds_in_it() {
    assert_eq!(described("IsProd", "!If [IsProd, a, b]"), ["a"]);
    assert_eq!(described("IsProd", "!If [NotProd, a, b]"), ["b"]);
    assert_eq!(described("IsProd", "!If [IsDev, a, b]"), ["b"]);
    assert_eq!(described("BigProd", "!If [IsSmall, a, b]"), ["b"]);
    assert_eq!(described("IsDev", "!If [BigProd, a, b]"), ["b"]);
    assert_eq!(described("IsDev", "!Ref Env"), ["dev"]);
    assert_eq!(described("IsProd", "!If [IsBig, a, b]"), ["IsBig: a", "!IsBig: b"]);
}

#[test]
fn an_alternative_holds_in_what_stands_in_it() {
    assert_eq!(
        described("", "!If [IsProd, !If [IsDev, a, b], !If [IsDev, c, d]]"),
        ["IsProd: b", "!IsProd: c"]
    );
    assert_eq!(
        described("", "!If [BigProd, !Ref Env, !If [IsProd, !If [IsBig, x, y], z]]"),
        ["BigProd: prod", "!BigProd&IsProd: y", "!BigProd&!IsProd: z"]
    );
}

#[test]
fn what_is_put_together_does_not_contradict_itself() {
    assert_eq!(described("", "!Join ['', [!If [IsProd, p, n], !If [IsDev, d, e], !Ref Env]]").len(), 2);
    assert_eq!(described("", "!Sub '${Env}'").len(), 2);
    let of_region = described("IsEast", "!FindInMap [Regions, !Ref AWS::Region, Name]");
    assert_eq!(of_region, ["east"]);
    assert_eq!(described("", "!If [NotProd, a, b]"), ["!IsProd: a", "IsProd: b"]);
}

#[test]
fn what_is_asked_inside_says_the_same_outside() {
    // `IsDev` is first met where `IsProd` holds.
    let found = described("", "!Join ['', [!If [IsProd, !If [IsDev, a, b], c], !If [IsDev, d, e]]]");
    assert_eq!(found, ["IsProd&!IsDev: be", "!IsProd&IsDev: cd"]);
}

#[test]
fn of_a_list_more_than_one_value_may_be_given() {
    assert_eq!(described("", "!If [Two, a, b]").len(), 2);
    assert!(descriptions("    Properties: {Description: !Ref List}")[0].contains("NotSet"));
}

/// A template in which as many conditions decide who may use its key.
fn independent(conditions: usize) -> String {
    let mut text = String::from("Parameters:\n");
    for index in 0..conditions {
        writeln!(text, "  P{index}: {{Type: String}}").unwrap();
    }
    text.push_str("Conditions:\n");
    for index in 0..conditions {
        writeln!(text, "  C{index}: !Equals [!Ref P{index}, x]").unwrap();
    }
    text.push_str(
        "Resources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy:\n        Statement:\n",
    );
    for index in 0..conditions {
        writeln!(text, "          - !If [C{index}, {{Effect: Allow, Principal: !If [C{index}, x, '*'], Action: !If [C{}, kms:Decrypt, kms:Encrypt]}}, !Ref AWS::NoValue]", (index + 1) % conditions).unwrap();
    }
    let all: Vec<String> = (0..conditions).map(|index| format!("!If [C{index}, a, b]")).collect();
    writeln!(text, "      Description: !Join ['', [{}]]", all.join(", ")).unwrap();
    text
}

fn steps(text: &str) -> u64 {
    let map = Arc::new(SourceMap::default());
    let disk = Disk::memory([("t.yaml", text.to_owned())], Arc::clone(&map));
    let session = Session::new(&disk);
    let file = disk.read("t.yaml").unwrap();
    let document = yaml::parse(file, text).documents.remove(0);
    let template = Template::new(document).unwrap();
    let stack = Stack::root("t.yaml", "t.yaml".to_owned());
    let mut evaluator = Evaluator::new(&template, &stack, &session);
    declare(&mut evaluator, &mut Declared::default());
    evaluator.steps()
}

#[test]
fn ten_times_the_conditions_take_ten_times_the_steps() {
    let (few, many) = (steps(&independent(6)), steps(&independent(60)));
    assert!(few > 50 && many <= 10 * few, "{few} steps for 6 conditions, {many} for 60");
}

#[test]
fn a_part_of_a_template_leaves_conditions_to_the_rest() {
    let key =
        "Resources:\n  K:\n    Type: AWS::KMS::Key\n    Properties: {Description: !If [Elsewhere, a, b]}\n";
    let problems = |text: &str| {
        let disk = Disk::memory([("t.yaml", text)], Arc::new(SourceMap::default()));
        load(&disk, "t.yaml", &Given::default()).problems.len()
    };
    let conditions = "Conditions: {Here: !Equals [a, b]}\n";
    assert_eq!(problems(&format!("{conditions}{key}")), 0);
    assert_eq!(problems(&format!("Parameters: {{A: {{Type: String}}}}\n{conditions}{key}")), 1);
}
