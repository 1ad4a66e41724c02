//! Snippets that are included, and loops among members.

use super::{Given, load};
use crate::key::{Attribute, Declared};
use crate::source::{Disk, ProblemKind, SourceMap};
use std::sync::Arc;

fn loaded(files: &[(&str, &str)]) -> (Arc<SourceMap>, Declared) {
    let map = Arc::new(SourceMap::default());
    let disk =
        Disk::memory(files.iter().map(|(path, text)| (*path, text.as_bytes().to_vec())), Arc::clone(&map));
    let declared = load(&disk, "t/a.yaml", &Given::default());
    (map, declared)
}

#[test]
fn a_local_snippet_is_read_in_its_place() {
    let template = "\
Resources:
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: ../more.yaml}}
  K:
    Type: AWS::KMS::Key
    Properties:
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: properties.json}}
      EnableKeyRotation: false
      KeyPolicy:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: policy.yaml}}
";
    let (map, declared) = loaded(&[
        ("t/a.yaml", template),
        ("more.yaml", "L:\n  Type: AWS::KMS::Key\n"),
        ("t/properties.json", r#"{"Description": "here", "EnableKeyRotation": true}"#),
        ("t/policy.yaml", "Statement: [{Effect: Allow, Principal: '*', Action: kms:Decrypt}]\n"),
    ]);
    assert!(declared.problems.is_empty(), "{:?}", declared.problems);
    let addresses: Vec<&str> = declared.keys.iter().map(|key| key.address.as_str()).collect();
    assert_eq!(addresses, ["L", "K"]);
    let key = &declared.keys[1];
    assert_eq!(key.attributes[&Attribute::Rotation].as_bool(), Some(false));
    assert_eq!(map.path(key.attributes[&Attribute::Description].span.file), "t/properties.json");
    let policy = &key.policies[0].value;
    assert_eq!(map.path(policy.get("Statement").unwrap().span.file), "t/policy.yaml");
    assert!(policy.trail.steps().any(|step| &*step.note == "included here"));
}

#[test]
fn what_is_not_here_is_told_and_not_known() {
    let including = |location: &str| {
        let template = format!(
            "Resources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: '{location}'}}}}\n      Enabled: true\n"
        );
        loaded(&[("t/a.yaml", &template)]).1
    };
    for location in ["gone.yaml", "../../etc/passwd"] {
        let declared = including(location);
        assert_eq!(declared.problems[0].kind, ProblemKind::Unseen);
        assert!(!declared.keys[0].policies[0].value.unknowns().is_empty());
    }
    let remote = including("s3://bucket/snippet.yaml");
    assert!(remote.problems.is_empty() && !remote.keys[0].policies[0].value.unknowns().is_empty());
}

#[test]
fn a_loop_among_members_makes_members() {
    let template = "\
Transform: AWS::LanguageExtensions
Resources:
  K:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement: []
        Fn::ForEach::More: [Name, [a, b-c], {'X${Name}': !Ref Name, 'Y&{Name}': !Sub 'is ${Name}'}]
";
    let (_, declared) = loaded(&[("t/a.yaml", template)]);
    let policy = &declared.keys[0].policies[0].value;
    let text = |name: &str| policy.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    assert!(declared.problems.is_empty(), "{:?}", declared.problems);
    assert_eq!(
        [text("Xa"), text("Xb-c"), text("Ya"), text("Ybc")].map(Option::unwrap),
        ["a", "b-c", "is a", "is b-c"]
    );
    assert!(policy.as_map().unwrap().open.is_none());
}
