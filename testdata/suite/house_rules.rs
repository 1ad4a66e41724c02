//! Rules of the house, profiles and accepted findings, as a user meets them.

use super::command::{kmsguard, place};

const OWNER: &str = "id: owner-tag\ntitle: no owner\nseverity: medium\nsubject: key\nwhen: {not: {tag: {name: owner}}}\nmessage: \"`{key}` has no owner\"\n";
const KEY: &str =
    "resource \"aws_kms_key\" \"k\" {\n  enable_key_rotation = true\n  deletion_window_in_days = 30\n}\n";

fn open_key(actions: &str) -> String {
    format!(
        "resource \"aws_kms_key\" \"k\" {{\n  enable_key_rotation = true\n  deletion_window_in_days = 30\n  policy = jsonencode({{ Version = \"2012-10-17\", Statement = [\n    {{ Effect = \"Allow\", Principal = {{ AWS = \"111122223333\" }}, Action = \"kms:*\", Resource = \"*\" }},\n    {{ Effect = \"Allow\", Principal = \"*\", Action = {actions}, Resource = \"*\" }}] }})\n}}\n"
    )
}

#[test]
fn a_bad_rule_file_is_told_and_the_rest_is_judged() {
    let bad = OWNER.replace("owner-tag", "bad").replace("not:", "nott:");
    let here = place(&[("rules/a.yaml", OWNER), ("rules/b.yaml", &bad), ("main.tf", KEY)]);
    let ran = kmsguard(here.path(), &["check", ".", "--rules", "rules", "--format", "json"]);
    assert_eq!((ran.code, ran.rules()), (2, vec!["owner-tag".to_owned(), "rule-invalid".to_owned()]));
    let told = ran.json()["findings"][1].clone();
    assert_eq!(
        (&told["message"], &told["help"]),
        (&"unknown word `nott`".into(), &"did you mean `not`?".into())
    );
    let tried = kmsguard(here.path(), &["rules", "test", "rules"]);
    assert_eq!(tried.code, 2);
    assert!(tried.err.contains("rules/b.yaml:5:8: unknown word `nott`"), "{tried:?}");
    assert_eq!(kmsguard(here.path(), &["check", ".", "--rules", "nowhere"]).code, 2);
}

#[test]
fn a_rule_names_rules_that_exist() {
    let named = |names: &str| format!("{OWNER}instead-of: [{names}]\n");
    let other = OWNER.replace("owner-tag", "team-tag");
    let check = |names: &str| {
        let here = place(&[("rules/a.yaml", &named(names)), ("rules/b.yaml", &other), ("main.tf", KEY)]);
        kmsguard(here.path(), &["check", ".", "--rules", "rules", "--format", "json"])
    };
    assert_eq!(check("rotation-disabled, team-tag").rules(), ["owner-tag"]);
    let told = |names: &str| {
        let ran = check(names);
        assert_eq!(ran.code, 2);
        let all = ran.json()["findings"].as_array().unwrap().clone();
        let one = all.into_iter().find(|it| it["rule"] == "rule-invalid").unwrap();
        assert_eq!(one["labels"][0]["start"]["column"], 14);
        (one["message"].clone(), one["help"].clone())
    };
    let near = ("there is no rule `tem-tag`".into(), "did you mean `team-tag`?".into());
    assert_eq!(told("tem-tag"), near);
    let near = ("there is no rule `rotation-disable`".into(), "did you mean `rotation-disabled`?".into());
    assert_eq!(told("rotation-disable"), near);
    assert_eq!(told("syntax-error").0, "there is no rule `syntax-error`");
}

#[test]
fn a_rule_of_the_house_takes_the_place_of_a_built_in_one() {
    let own = OWNER.replace("owner-tag", "rotation-disabled");
    let here = place(&[("mine.yaml", &own), ("main.tf", KEY)]);
    let listed = kmsguard(here.path(), &["rules", "--rules", "mine.yaml"]).out;
    assert!(listed.contains("no owner (mine.yaml, instead of the built-in rule)"), "{listed}");
    let found = kmsguard(here.path(), &["check", ".", "--rules", "mine.yaml", "--format", "json"]);
    assert_eq!(found.json()["findings"][0]["message"], "`aws_kms_key.k` has no owner");
    let page = kmsguard(here.path(), &["explain", "rotation-disabled", "--rules", "mine.yaml"]).out;
    assert!(page.contains("No owner."), "{page}");
}

#[test]
fn settings_name_rules_inside_their_repository_only() {
    let files = |rules: &str| {
        let settings = format!("rules: {rules}\n");
        place(&[
            ("rules/a.yaml", OWNER),
            ("infra/kmsguard.yaml", &settings),
            ("infra/main.tf", KEY),
            (".git/HEAD", ""),
        ])
    };
    let check = |rules: &str| {
        let here = files(rules);
        let ran = kmsguard(&here.path().join("infra"), &["check", ".", "--format", "json"]);
        (ran.code, ran.rules(), ran.json()["findings"][0]["message"].clone())
    };
    assert_eq!(check("../rules").1, ["owner-tag"]);
    assert_eq!(check("[../rules/a.yaml]").1, ["owner-tag"]);
    assert_eq!(check("{from: ../rules, owner-tag: off}").0, 0);
    // The same files, named once more.
    let here = files("../rules");
    let twice =
        kmsguard(&here.path().join("infra"), &["check", ".", "--rules", "../rules", "--format", "json"]);
    assert_eq!((twice.code, twice.rules()), (1, vec!["owner-tag".to_owned()]));
    let (code, _, message) = check("../../etc");
    assert_eq!((code, message), (2, "`../../etc` leads out of the repository".into()));
    assert_eq!(check("{public-acess: off}").2, "there is no rule `public-acess`");
}

#[test]
fn profiles_choose_what_is_asked() {
    let here = place(&[("main.tf", "resource \"aws_kms_key\" \"k\" {}\n")]);
    let check =
        |profile: &str| kmsguard(here.path(), &["check", ".", "--format", "json", "--profile", profile]);
    assert_eq!(check("default").rules(), ["rotation-disabled"]);
    assert_eq!(check("cis-7.0").rules(), ["rotation-disabled"]);
    assert_eq!(check("fsbp").rules(), [""; 0]);
    assert_eq!(check("pci-dss-4.0.1").rules(), ["rotation-disabled"]);
    let wrong = check("fsbp,pci-dss-4.0");
    assert_eq!(wrong.code, 2);
    let told = "no rule is for `PCI DSS 4.0`, there are rules for `PCI DSS 3.2.1`, `PCI DSS 4.0.1`";
    assert!(wrong.err.contains(told), "{wrong:?}");
    let wrong = check("pedntic");
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("did you mean `pedantic`?"), "{wrong:?}");
}

#[test]
fn a_baseline_hides_what_it_holds_until_it_changes() {
    let here = place(&[("main.tf", &open_key("[\"kms:Decrypt\"]"))]);
    let written = kmsguard(here.path(), &["baseline"]);
    assert_eq!(written.code, 0, "{written:?}");
    let args = ["check", ".", "--baseline", "kmsguard-baseline.json", "--format", "json"];
    let check = || kmsguard(here.path(), &args);
    assert_eq!((check().code, check().rules()), (0, vec![]));
    assert_eq!(kmsguard(here.path(), &["check", "."]).code, 1);
    std::fs::write(here.path().join("kmsguard.yaml"), "baseline: kmsguard-baseline.json\n").unwrap();
    assert_eq!(kmsguard(here.path(), &["check", "."]).code, 0);
    std::fs::write(here.path().join("main.tf"), open_key("[\"kms:Decrypt\", \"kms:Encrypt\"]")).unwrap();
    let mut found = check().rules();
    found.sort();
    assert_eq!(found, ["public-access", "suppression-stale"]);
    std::fs::write(here.path().join("main.tf"), format!("# moved\n\n{}", open_key("[\"kms:Decrypt\"]")))
        .unwrap();
    assert_eq!(check().rules(), [""; 0], "another place is no other content");
}

#[test]
fn settings_accept_by_rule_resource_and_path() {
    let accept = |entry: &str| {
        let settings = format!("accept:\n  - {{rule: public-access, reason: a demo, {entry}}}\n");
        let here = place(&[("main.tf", &open_key("[\"kms:Decrypt\"]")), ("kmsguard.yaml", &settings)]);
        kmsguard(here.path(), &["check", ".", "--format", "json"]).rules()
    };
    assert_eq!(accept("resource: aws_kms_key.*"), [""; 0]);
    assert_eq!(accept("path: \"*.tf\", until: 2999-01-01"), [""; 0]);
    let stale = ["suppression-stale".to_owned(), "public-access".to_owned()];
    for useless in ["until: 2020-01-01", "resource: aws_kms_key.other", "fingerprint: \"00000000\""] {
        let mut found = accept(useless);
        found.sort_by_key(|rule| rule == "public-access");
        assert_eq!(found, stale, "{useless}");
    }
}
