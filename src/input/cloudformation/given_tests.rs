//! Values given to parameters: every form of file, what is refused, what is hidden.

use super::{Given, load};
use crate::key::Declared;
use crate::source::{Disk, SourceMap};
use crate::value::Kind;
use std::sync::Arc;

const TEMPLATE: &str = "\
Parameters:
  Who: {Type: String, AllowedValues: ['*', '111122223333']}
  Pattern: {Type: String, Default: abc, AllowedPattern: '[a-z]{3}', ConstraintDescription: three letters}
  Days: {Type: Number, Default: 30, MinValue: 7, MaxValue: 30}
  List: {Type: 'List<Number>', Default: '1, 2'}
  Name: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b}
  Secret: {Type: String, NoEcho: true, Default: hush}
Resources:
  K:
    Type: AWS::KMS::Key
    Properties:
      Description: !Join ['/', [!Ref Who, !Ref Pattern, !Ref Days, !Select [1, !Ref List], !Ref Name]]
      KeyPolicy: !Ref Secret
";

/// The template with what a file gives.
fn with(name: &str, text: &str) -> (Arc<SourceMap>, Declared) {
    let map = Arc::new(SourceMap::default());
    let disk = Disk::memory([("t/template.yaml", TEMPLATE)], Arc::clone(&map));
    let mut given = Given::default();
    let problems = given.add(&map, map.add(name, text));
    let mut declared = load(&disk, "t/template.yaml", &given.for_one());
    declared.problems.extend(problems);
    (map, declared)
}

fn description(declared: &Declared) -> String {
    let value = &declared.keys[0].attributes[&crate::key::Attribute::Description];
    match &value.kind {
        Kind::Text(text) => text.shown(),
        other => format!("{other:?}").chars().take(8).collect(),
    }
}

#[test]
fn every_form_of_file_gives_the_same() {
    let forms = [
        (
            "a.json",
            r#"[{"ParameterKey": "Who", "ParameterValue": "*"}, {"ParameterKey": "Days", "ParameterValue": 9}]"#,
        ),
        ("b.json", r#"["Who=*", "Days=9"]"#),
        ("c.json", r#"{"Parameters": {"Who": "*", "Days": "9"}, "Tags": {"a": "b"}, "StackPolicy": {}}"#),
        ("d.yaml", "template-file-path: t/template.yaml\nparameters:\n  Who: '*'\n  Days: 9\n"),
        ("e.yml", "Who: '*'\nDays: 9\n"),
        (
            "samconfig.toml",
            "version = 0.1\n[default.deploy.parameters]\nparameter_overrides = \"Who='*' Days=9\"\n",
        ),
        (
            "f.toml",
            "version = 0.1\n[prod.global.parameters]\nparameter_overrides = [\"Who=*\", \"Days=9\"]\n",
        ),
        (
            "samconfig.yaml",
            "version: 0.1\ndefault:\n  deploy:\n    parameters:\n      parameter_overrides: Who=* Days=9\n",
        ),
        (
            "g.json",
            r#"[{"ParameterKey": "Who", "ParameterValue": "*"}, {"ParameterKey": "Days", "ParameterValue": "9", "UsePreviousValue": false}]"#,
        ),
    ];
    for (name, text) in forms {
        let (_, declared) = with(name, text);
        assert!(declared.problems.is_empty(), "{name}: {:?}", declared.problems);
        assert_eq!(description(&declared), "*/abc/9/2/${Name}", "{name}");
    }
}

#[test]
fn a_deployment_file_is_for_its_template_alone() {
    let (_, declared) =
        with("d.yaml", "template-file-path: other/template.yaml\nparameters: {Pattern: xyz}\n");
    assert!(!description(&declared).contains("xyz"));
}

#[test]
fn a_value_of_before_is_not_known() {
    let (_, declared) = with(
        "p.json",
        r#"[{"ParameterKey": "Pattern", "UsePreviousValue": true}, {"ParameterKey": "Who", "ParameterValue": "*"}]"#,
    );
    assert_eq!(description(&declared), "*/${Pattern}/30/2/${Name}");
}

#[test]
fn what_cloudformation_refuses_is_told_where_it_stands() {
    let told = |text: &str| {
        let (map, declared) = with("p.json", text);
        let shown = |problem: &crate::source::Problem| {
            format!(
                "{} at {} {}",
                problem.message,
                map.slice(problem.span),
                problem.help.clone().unwrap_or_default()
            )
        };
        declared.problems.iter().map(shown).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(
        told(r#"{"Who": "x"}"#),
        "the value `x` of parameter `Who` is not among its allowed values at \"x\" "
    );
    assert_eq!(
        told(r#"{"Pattern": "abcd"}"#),
        "the value `abcd` of parameter `Pattern` does not match its allowed pattern at \"abcd\" its constraint says: `three letters`"
    );
    assert_eq!(
        told(r#"{"Days": "6"}"#),
        "the value `6` of parameter `Days` is below its `MinValue` at \"6\" "
    );
    assert_eq!(told(r#"{"List": "1,x"}"#), "the value `x` of parameter `List` is not a number at \"1,x\" ");
    assert_eq!(
        told(r#"{"Patern": "abc"}"#),
        "the template has no parameter `Patern` at \"Patern\" did you mean `Pattern`"
    );
    assert!(told(r#"{"Who": {"a": 1}}"#).starts_with("gives no values to parameters"));
    assert!(told("").starts_with("gives no values to parameters"));
}

#[test]
fn what_no_echo_hides_has_no_place_of_its_own() {
    let (map, declared) = with("p.json", r#"{"Secret": "secret-text"}"#);
    let policy = &declared.keys[0].policies[0].value;
    assert!(policy.secret && policy.as_str() == Some("secret-text"), "{policy:?}");
    let mut places = vec![policy.span, policy.as_text().unwrap().span(0..3).unwrap()];
    places.extend(policy.trail.steps().map(|step| step.span));
    for place in places {
        assert!(map.path(place.file).ends_with("template.yaml"), "{place:?}");
        assert_eq!(map.slice(place), "!Ref Secret");
    }
}
