//! Words about tags, sizes, versions and key types, at their bounds and where something is not known.

use super::*;

const YES: Option<Certainty> = Some(Certainty::Certain);
const OPEN: Option<Certainty> = Some(Certainty::Undecided);

/// How the first is found: certain, undecided, or not at all.
fn found(subject: &str, when: &str, source: &str) -> Option<Certainty> {
    let (findings, _) = judged(rule(subject, when, ""), source, &config());
    findings.first().map(|it| it.certainty)
}

fn with(arguments: &str) -> String {
    format!("variable \"v\" {{\n  type = string\n}}\nresource \"aws_kms_key\" \"k\" {{\n  {arguments}\n}}\n")
}

#[test]
fn a_tag_is_found_by_name_and_value() {
    let owner = "{ owner = \"team-a\" }";
    let choice = |one: &str, two: &str| format!("var.v == \"\" ? {one} : {two}");
    for (tags, named, valued) in [
        (owner.to_owned(), YES, YES),
        ("{}".to_owned(), None, None),
        ("null".to_owned(), None, None),
        ("{ Owner = \"team-a\" }".to_owned(), None, None),
        ("{ owner = \"x\" }".to_owned(), YES, None),
        ("{ owner = var.v }".to_owned(), YES, OPEN),
        ("{ (var.v) = \"team-a\" }".to_owned(), OPEN, OPEN),
        ("{ (var.v) = \"x\" }".to_owned(), OPEN, None),
        ("{ owner = \"team-a\", (var.v) = \"x\" }".to_owned(), YES, YES),
        ("var.v".to_owned(), OPEN, OPEN),
        ("merge({ owner = \"team-a\" }, { team = \"a\" })".to_owned(), YES, YES),
        (choice(owner, "{ owner = \"team-b\" }"), YES, YES),
        (choice(owner, "{ owner = \"x\" }"), YES, OPEN),
        (choice(owner, "{}"), OPEN, OPEN),
        (choice(owner, "var.m"), OPEN, OPEN),
        (choice("{}", "{ team = \"a\" }"), None, None),
        (choice(owner, &format!("({})", choice("{ owner = \"team-c\" }", "{}"))), OPEN, OPEN),
    ] {
        let source = format!("variable \"m\" {{}}\n{}", with(&format!("tags = {tags}")));
        assert_eq!(found("key", "{tag: {name: owner}}", &source), named, "{tags}");
        assert_eq!(found("key", "{tag: {name: owner, matches: '^team-'}}", &source), valued, "{tags}");
    }
    assert_eq!(found("key", "{tag: {name: owner}}", &with("")), None);
}

#[test]
fn an_alias_of_which_nothing_is_known_may_be_for_the_key() {
    let source = |target: &str| {
        format!(
            "{}resource \"aws_kms_key\" \"l\" {{}}\nresource \"aws_kms_alias\" \"a\" {{\n  name = \"alias/a\"\n  target_key_id = {target}\n}}\n",
            with("")
        )
    };
    let of = |word: &str, target: &str| {
        let (findings, _) =
            judged(rule("key", &format!("{{aliased: {word}}}"), ""), &source(target), &config());
        findings.iter().map(|it| it.certainty == Certainty::Certain).collect::<Vec<_>>()
    };
    assert_eq!(of("true", "aws_kms_key.k.key_id"), [true], "one of two has it");
    assert_eq!(of("false", "aws_kms_key.k.key_id"), [true], "the other has none");
    for word in ["true", "false"] {
        assert_eq!(of(word, "var.v"), [false, false], "{word}");
    }
}

#[test]
fn the_size_of_a_policy_lies_between_bounds() {
    let closed = key(&statement(ROLE, "kms:Sign", ""));
    let open = key(&format!("{}, var.v", statement(ROLE, "kms:Sign", "")));
    let of = |source: &str, word: &str| found("policy", &format!("{{size: {{{word}}}}}"), source);
    let size = |source: &str| (1..2_000).find(|at| of(source, &format!("over: {at}")) != YES).unwrap();
    let (exact, least) = (size(&closed), size(&open));
    let policy = format!(
        r#"{{"Statement":[{{"Action":"kms:Sign","Effect":"Allow","Principal":{{"AWS":"{ROLE}"}},"Resource":"*"}}],"Version":"2012-10-17"}}"#
    );
    assert_eq!(exact, policy.len());
    for (word, expected) in [
        (format!("over: {}", exact - 1), YES),
        (format!("over: {exact}"), None),
        (format!("under: {exact}"), None),
        (format!("under: {}", exact + 1), YES),
        (format!("over: {}, under: {}", exact - 1, exact + 1), YES),
    ] {
        assert_eq!(of(&closed, &word), expected, "{word}");
    }
    // What is not known can only make it longer.
    for (word, expected) in [
        (format!("over: {}", least - 1), YES),
        (format!("over: {least}"), OPEN),
        (format!("under: {least}"), None),
        (format!("under: {}", least + 1), OPEN),
        (format!("over: {}, under: {}", least - 1, least + 1), OPEN),
    ] {
        assert_eq!(of(&open, &word), expected, "{word}");
    }
}

#[test]
fn actions_work_with_some_types_of_keys() {
    let of = |arguments: &str, action: &str| {
        let source = with(&format!(
            "policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{}] }})\n  {arguments}",
            statement(ROLE, action, "")
        ));
        found("action", "{action: {dead: [other-key-type]}}", &source)
    };
    let pair =
        |spec: &str, usage: &str| format!("customer_master_key_spec = \"{spec}\"\n  key_usage = \"{usage}\"");
    // AWS KMS Developer Guide, "Key type reference".
    let actions =
        ["kms:Decrypt", "kms:GenerateDataKey", "kms:Sign", "kms:GenerateMac", "kms:DeriveSharedSecret"];
    for (arguments, works) in [
        (String::new(), [true, true, false, false, false]),
        ("customer_master_key_spec = null".to_owned(), [true, true, false, false, false]),
        (pair("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"), [true, true, false, false, false]),
        (pair("RSA_2048", "ENCRYPT_DECRYPT"), [true, false, false, false, false]),
        (pair("RSA_2048", "SIGN_VERIFY"), [false, false, true, false, false]),
        (pair("HMAC_256", "GENERATE_VERIFY_MAC"), [false, false, false, true, false]),
        (pair("ECC_NIST_P256", "KEY_AGREEMENT"), [false, false, false, false, true]),
        (pair("ECC_NIST_P256", "SIGN_VERIFY"), [false, false, true, false, false]),
        // No such key can be: which actions work with it is no question.
        (pair("HMAC_256", "ENCRYPT_DECRYPT"), [true; 5]),
    ] {
        for (action, works) in actions.into_iter().zip(works) {
            assert_eq!(of(&arguments, action), if works { None } else { YES }, "{action} {arguments}");
        }
        for action in ["kms:DescribeKey", "kms:CreateKey", "kms:S*", "kms:*", "s3:GetObject"] {
            assert_eq!(of(&arguments, action), None, "{action} {arguments}");
        }
    }
    for unknown in ["customer_master_key_spec = var.v", "key_usage = var.v"] {
        assert_eq!(of(unknown, "kms:Sign"), OPEN, "{unknown}");
        assert_eq!(of(unknown, "kms:DescribeKey"), None, "{unknown}");
    }
}

#[test]
fn another_test_may_demand_that_a_key_is_there() {
    let of = |first: &str, second: &str| {
        let source = key_with(&format!(", Condition = {{ {first}, {second} }}"));
        let when = "{condition: {operator: '^ForAll', presence-demanded: true}}";
        found("condition", when, &source)
    };
    let first = "\"ForAllValues:StringEquals\" = { \"aws:TagKeys\" = \"a\" }";
    for (second, expected) in [
        ("Null = { \"aws:TagKeys\" = \"false\" }", YES),
        ("Null = { \"AWS:tagkeys\" = \"False\" }", YES),
        ("Null = { \"aws:TagKeys\" = \"true\" }", None),
        ("Null = { \"aws:TagKeys\" = [\"true\", \"false\"] }", None),
        ("Null = { \"aws:TagKeys\" = var.v }", None),
        ("Null = { \"aws:PrincipalTag/a\" = \"false\" }", None),
        ("\"ForAnyValue:StringLike\" = { \"aws:TagKeys\" = \"b\" }", YES),
        ("\"ForAllValues:StringLike\" = { \"aws:TagKeys\" = \"b\" }", None),
        ("StringNotEquals = { \"aws:TagKeys\" = \"b\" }", None),
        ("StringEqualsIfExists = { \"aws:TagKeys\" = \"b\" }", None),
        ("StringEquals = { \"aws:TagKeys\" = \"b\" }", YES),
    ] {
        assert_eq!(of(first, second), expected, "{second}");
    }
}

#[test]
fn what_a_misspelt_condition_key_means_is_suggested() {
    let told = |name: &str| {
        let more = "help: ['did you mean {suggestion}?', 'none']\nedits:\n  - {title: 'write `{meant}`', find: '{condition-key}', with: '{meant}'}";
        let source = key_with(&format!(", Condition = {{ StringEquals = {{ \"{name}\" = \"a\" }} }}"));
        let (findings, _) =
            judged(rule("condition", "{condition: {known: false}}", more), &source, &config());
        let [finding] = findings.as_slice() else { return None };
        let title = finding.fixes.first().map(|fix| fix.title.clone());
        Some((finding.help.clone().unwrap_or_default(), title.unwrap_or_default()))
    };
    for (name, meant) in [("kms:ViaServce", "kms:ViaService"), ("aws:PrincipalOrgI", "aws:PrincipalOrgID")] {
        assert_eq!(told(name), Some((format!("did you mean `{meant}`?"), format!("write `{meant}`"))));
    }
    assert_eq!(told("aws:Unheard-Of-By-Anybody"), Some(("none".to_owned(), String::new())));
    for fine in ["kms:ViaService", "KMS:viaservice", "s3:prefix", "nothing"] {
        assert_eq!(told(fine), None, "{fine}");
    }
}

#[test]
fn every_attribute_is_called_in_words() {
    for (name, called) in [
        ("spec", "the key spec"),
        ("usage", "the key usage"),
        ("origin", "the origin"),
        ("rotation", "automatic rotation"),
        ("rotation_period", "the rotation period"),
        ("deletion_window", "the deletion window"),
        ("enabled", "the enabled state"),
        ("multi_region", "multi-Region"),
        ("bypass_lockout_check", "the bypass of the lockout safety check"),
        ("custom_key_store", "the custom key store"),
        ("xks_key", "the external key"),
        ("description", "the description"),
        ("tags", "the tags"),
        ("primary_key", "the primary key"),
        ("key_material", "the key material"),
    ] {
        let when = format!("{{attribute: {{name: {name}, is: x, default: x}}}}");
        let (findings, _) = judged(rule("key", &when, ""), &with(""), &config());
        let told = format!("{called} is not set here, its default is `x`");
        let facts: Vec<&str> = findings
            .iter()
            .flat_map(|it| std::iter::once(&it.primary).chain(&it.secondary))
            .map(|label| label.fact.as_str())
            .collect();
        assert!(facts.contains(&told.as_str()), "{name}: {facts:?}");
    }
    let (findings, _) = judged(
        rule("key", "{attribute: {name: deletion_window, under: 8}}", ""),
        &with("deletion_window_in_days = 7"),
        &config(),
    );
    assert_eq!(findings[0].primary.fact, "the deletion window is `7`");
}

#[test]
fn the_version_of_a_policy_is_known_beside_statements_that_are_not() {
    let of = |policy: &str, word: &str| {
        found("policy", &format!("{{version: [{word}]}}"), &with(&format!("policy = {policy}")))
    };
    let document =
        |version: &str, statements: &str| format!("jsonencode({{ {version}Statement = [{statements}] }})");
    let (new, old) = ("Version = \"2012-10-17\", ", "Version = \"2008-10-17\", ");
    let own = statement(OWN, "kms:*", "");
    for statements in [own.clone(), String::new(), format!("{own}, var.v")] {
        for (version, word) in
            [(new, "current"), (old, "old"), ("", "missing"), ("Version = \"x\", ", "other")]
        {
            for asked in ["current", "old", "missing", "other"] {
                let expected = if asked == word { YES } else { None };
                assert_eq!(
                    of(&document(version, &statements), asked),
                    expected,
                    "{version} {statements} {asked}"
                );
            }
        }
    }
    assert_eq!(of(&document("Version = var.v, ", &own), "old"), OPEN);
    assert_eq!(of("var.v", "old"), OPEN);
}
