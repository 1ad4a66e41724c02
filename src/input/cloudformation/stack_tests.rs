//! Nested stacks: who is a root, what is told apart, and that nothing grows without bound.

use super::Given;
use super::Session;
use crate::key::Declared;
use crate::source::{Disk, ProblemKind};
use std::fmt::Write;
use std::sync::Arc;

fn stack(id: &str, url: &str, parameters: &str) -> String {
    format!(
        "  {id}:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: {url}\n      Parameters: {{{parameters}}}\n"
    )
}

fn disk(files: &[(&str, String)]) -> Disk {
    Disk::memory(files.iter().map(|(path, text)| (*path, text.clone().into_bytes())), Arc::default())
}

fn load(files: &[(&str, String)], path: &str) -> Declared {
    Session::new(&disk(files)).load(path, &Given::default())
}

const KEY: &str = "  K: {Type: AWS::KMS::Key}\n";

#[test]
fn roots_are_those_that_no_other_template_calls() {
    let calls = |url: &str| format!("Resources:\n{}", stack("S", url, ""));
    let files = [
        ("a.yaml", calls("b/c.yaml")),
        ("b/c.yaml", calls("./d.yaml")),
        ("b/d.yaml", format!("Resources:\n{KEY}")),
        ("e.yaml", calls("f.yaml")),
        ("f.yaml", calls("e.yaml")),
        ("g.yaml", calls("g.yaml")),
        ("h.yaml", calls("https://s3.amazonaws.com/x/b/d.yaml")),
    ];
    let paths: Vec<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    let disk = disk(&files);
    let session = Session::new(&disk);
    assert_eq!(session.roots(&paths), ["a.yaml", "e.yaml", "g.yaml", "h.yaml"]);
    let keys: Vec<_> =
        session.load("a.yaml", &Given::default()).keys.into_iter().map(|key| key.address).collect();
    assert_eq!(keys, ["S/S/K"]);
    for circle in ["e.yaml", "g.yaml"] {
        let problems = session.load(circle, &Given::default()).problems;
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].message.ends_with("calls itself"), "{problems:?}");
    }
}

#[test]
fn conditions_of_two_stacks_are_told_apart() {
    let conditions = "Conditions:\n  C: !Equals [!Ref AWS::StackName, x]\n";
    let root = format!(
        "{conditions}Parameters: {{}}\nResources:\n{}",
        stack("S", "c.yaml", "Who: !If [C, here, there]")
    );
    let child = format!(
        "{conditions}Parameters:\n  Who: {{Type: String}}\nResources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy: !If [C, none, !Ref Who]\n"
    );
    let declared = load(&[("r.yaml", root), ("c.yaml", child)], "r.yaml");
    let shown = format!("{:?}", declared.keys[0].policies[0].value);
    assert!(declared.problems.is_empty(), "{:?}", declared.problems);
    for told in ["\"S/C\"", "\"C\"", "\"none\"", "\"here\"", "\"there\""] {
        assert!(shown.contains(told), "{told} in {shown}");
    }
}

#[test]
fn lists_are_given_as_text_and_secrets_stay_secret() {
    let root = format!(
        "Parameters:\n  Token: {{Type: String, NoEcho: true, Default: hush}}\nResources:\n{}",
        stack("S", "c.yaml", "Who: !Sub 'a, ${AWS::AccountId}', Token: !Ref Token")
    );
    let child =         "Parameters:\n  Who: {Type: CommaDelimitedList}\n  Token: {Type: String}\nResources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      Description: !Ref Token\n      KeyPolicy: !Ref Who\n".to_owned();
    let declared = load(&[("r.yaml", root), ("c.yaml", child)], "r.yaml");
    let key = &declared.keys[0];
    let list = key.policies[0].value.as_list().unwrap();
    assert_eq!(list.items[0].as_str(), Some("a"));
    assert_eq!(list.items[1].unknowns()[0].symbol, crate::value::Symbol::OwnAccount);
    assert!(key.attributes[&crate::key::Attribute::Description].secret);
}

#[test]
fn stacks_that_double_at_every_level_end_with_a_problem() {
    let mut files = Vec::new();
    for level in 0..40 {
        let url = format!("t{}.yaml", level + 1);
        let mut text = String::from("Resources:\n");
        for id in ["A", "B"] {
            let given = if id == "B" { "P: !GetAtt A.Outputs.O" } else { "P: x" };
            text.push_str(&stack(id, &url, given));
        }
        write!(
            text,
            "{KEY}Parameters: {{P: {{Type: String}}}}\nOutputs: {{O: {{Value: !GetAtt B.Outputs.O}}}}\n"
        )
        .unwrap();
        files.push((format!("t{level}.yaml"), text));
    }
    let files: Vec<(&str, String)> = files.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
    let declared = load(&files, "t0.yaml");
    assert!(declared.problems.iter().any(|problem| problem.kind == ProblemKind::Limit));
    assert!(declared.problems.len() < 10, "{:?}", declared.problems);
}

#[test]
fn stacks_that_need_each_other_are_unknown_and_end() {
    let root = format!(
        "Parameters: {{}}\nResources:\n{}{}",
        stack("A", "c.yaml", "P: !GetAtt B.Outputs.O"),
        stack("B", "c.yaml", "P: !GetAtt A.Outputs.O"),
    );
    let child = "Parameters: {P: {Type: String}}\nResources:\n  K: {Type: AWS::KMS::Key, Properties: {Description: !Ref P}}\nOutputs: {O: {Value: !Ref P}}\n";
    let declared = load(&[("r.yaml", root), ("c.yaml", child.to_owned())], "r.yaml");
    assert_eq!(declared.keys.len(), 2);
}
