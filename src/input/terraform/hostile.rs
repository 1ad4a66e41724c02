//! Configurations that nobody writes with good intent, and those that lead nowhere.

use super::{Given, Session};
use crate::key::Declared;
use crate::source::{Disk, ProblemKind};
use crate::value::{Kind, Reason};
use std::fmt::Write;
use std::sync::Arc;

fn load(files: &[(&str, &str)]) -> Declared {
    let disk = Disk::memory(files.iter().copied(), Arc::default());
    Session::new(&disk).load("", &Given::default())
}

#[test]
fn long_chains_of_references_end_with_a_problem() {
    let mut text = "locals {\n  a0 = []\n".to_owned();
    for at in 1..20_000 {
        writeln!(text, "  a{at} = [local.a{}]", at - 1).unwrap();
    }
    text.push_str("}\nresource \"aws_kms_key\" \"k\" {\n  policy = jsonencode(local.a19999)\n}\n");
    let declared = load(&[("main.tf", &text)]);
    assert_eq!(declared.keys.len(), 1);
    assert!(declared.problems.iter().any(|problem| problem.kind == ProblemKind::Limit));
}

#[test]
fn values_do_not_nest_without_bound_when_asked_from_the_bottom_up() {
    let mut text = "locals {\n  a0 = []\n".to_owned();
    let mut all = String::new();
    for at in 1..5_000 {
        writeln!(text, "  a{at} = [local.a{}]", at - 1).unwrap();
        write!(all, "local.a{at}, ").unwrap();
    }
    write!(text, "}}\nresource \"aws_kms_key\" \"k\" {{\n  policy = jsonencode(length([{all}]))\n}}\n")
        .unwrap();
    let declared = load(&[("main.tf", &text)]);
    assert!(declared.problems.iter().any(|problem| problem.kind == ProblemKind::Limit));
}

#[test]
fn modules_that_call_themselves_are_refused() {
    let call = "module \"again\" {\n  source = \"../m\"\n  count = 2\n}\nresource \"aws_kms_key\" \"k\" {}\n";
    let declared = load(&[("main.tf", "module \"m\" {\n  source = \"./m\"\n}\n"), ("m/main.tf", call)]);
    assert_eq!(declared.keys.len(), 1);
    assert_eq!(declared.problems[0].message, "this module calls itself");
}

#[test]
fn great_numbers_are_refused() {
    let declared = load(&[("main.tf", "resource \"aws_kms_key\" \"k\" {\n  count = 1000000000\n}\n")]);
    assert_eq!(declared.problems[0].kind, ProblemKind::Limit);
}

#[test]
fn work_and_memory_are_bounded_together() {
    let loops = "locals {\n  a = [for x in range(300) : [for y in range(300) : [for z in range(300) : x]]]\n}\nresource \"aws_kms_key\" \"k\" {\n  policy = jsonencode(length(local.a))\n}\n";
    let declared = load(&[("main.tf", loops)]);
    assert_eq!(declared.problems.first().map(|problem| problem.kind), Some(ProblemKind::Limit));
    let mut texts = "locals {\n  a0 = \"0123456789\"\n".to_owned();
    for at in 1..400 {
        writeln!(texts, "  a{at} = substr(\"${{local.a{0}}}${{local.a{0}}}\", 0, 4000000)", at - 1).unwrap();
    }
    texts.push_str("}\nresource \"aws_kms_key\" \"k\" {\n  policy = local.a399\n}\n");
    let declared = load(&[("main.tf", &texts)]);
    assert_eq!(declared.problems.first().map(|problem| problem.kind), Some(ProblemKind::Limit));
}

#[test]
fn modules_whose_source_is_not_here_are_unknown() {
    let declared = load(&[(
        "main.tf",
        "module \"r\" {\n  source = \"app.terraform.io/acme/roles/aws\"\n}\nresource \"aws_kms_key\" \"k\" {\n  policy = module.r.policy\n}\n",
    )]);
    assert_eq!(declared.problems, []);
    let Kind::Unknown(unknown) = &declared.keys[0].policies[0].value.kind else { panic!() };
    assert_eq!((unknown.reason, &*unknown.name), (Reason::ModuleMissing, "module.r.policy"));
}

#[test]
fn files_outside_the_scanned_directory_are_not_read() {
    let declared = load(&[(
        "main.tf",
        "resource \"aws_kms_key\" \"k\" {\n  policy = templatefile(\"../../etc/passwd\", {})\n}\n",
    )]);
    assert_eq!(declared.problems[0].kind, ProblemKind::Unreadable);
    assert!(matches!(declared.keys[0].policies[0].value.kind, Kind::Unknown(_)));
}
