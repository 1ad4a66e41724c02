//! Words that have no meaning where they stand, or ask for nothing.

use super::*;

/// The word that a rule with this subject and `when` is told about, if it is.
fn misfit(subject: &str, when: &str) -> Option<String> {
    let text = format!(
        "id: a-rule\ntitle: t\nseverity: low\nsubject: {subject}\nwhen: {when}\nmessage: m\nundecided: u\n"
    );
    let map = SourceMap::default();
    let told = Rule::read(map.add("a-rule.yaml", text.as_str()), &text).err()?;
    let messages: Vec<&str> = told.iter().map(|problem| problem.message.as_str()).collect();
    let [message] = messages.as_slice() else { panic!("{messages:?} in {text}") };
    let end = format!("` does not fit the subject `{subject}`");
    let word = message.strip_prefix('`').and_then(|rest| rest.strip_suffix(end.as_str()));
    Some(word.unwrap_or_else(|| panic!("{message}")).to_owned())
}

/// A subject, a `when`, and the word that does not fit.
const WORDS: &[(&str, &str, Option<&str>)] = &[
    ("key", "{in-statement: [{conditioned: true}]}", Some("in-statement")),
    ("principal", "{in-statement: [{conditioned: true}]}", None),
    ("policy", "{other-statement: {actions: all}}", Some("other-statement")),
    ("statement", "{other-statement: {actions: all}}", None),
    ("statement", "{other-statement: {when: [{lacks: decrypt}]}}", Some("lacks")),
    ("key", "{field: {name: name, written: true}}", Some("field")),
    ("alias", "{field: {name: name, written: true}}", None),
    ("alias", "{field: {name: name}}", Some("field")),
    ("key", "{not: {field: {name: name, written: true}}}", Some("field")),
    ("key", "{all: [{conditioned: true}, {lacks: decrypt}]}", Some("lacks")),
    ("key", "{any: [{conditioned: true}, {lacks: decrypt}]}", Some("lacks")),
    ("key", "{given: [{lacks: decrypt}]}", Some("lacks")),
    ("writer", "{some-statement: [{lacks: decrypt}]}", Some("lacks")),
    ("principal", "{in-statement: [{lacks: decrypt}]}", Some("lacks")),
    ("principal", "{in-policy: [{lacks: decrypt}]}", Some("lacks")),
    ("writer", "{lacks: decrypt}", None),
    ("statement", "{defect: [not-json]}", Some("defect")),
    ("policy", "{defect: [not-json]}", None),
    ("principal", "{principal: {may: {}}}", Some("may")),
    ("principal", "{principal: {may: {any: [kms:Decrypt]}}}", None),
    ("key", "{alias-change: [renamed]}", Some("alias-change")),
    ("alias", "{alias-change: [renamed]}", None),
    ("statement", "{shut-out: true}", Some("shut-out")),
    ("key", "{widens-to: []}", Some("widens-to")),
    ("key", "{attribute: {name: spec}}", Some("attribute")),
    ("key", "{attribute: {name: spec, written: true}}", None),
    ("statement", "{change: {action: [create]}}", Some("change")),
    ("key", "{change: {action: [create]}}", None),
    ("key", "{use: [bucket]}", Some("use")),
    ("key-user", "{use: [bucket]}", None),
    ("key-user", "{use: [bucket, nothing]}", Some("use")),
    ("key-user", "{from: [bucket]}", Some("from")),
    ("delivery", "{from: [bucket]}", None),
    ("delivery", "{from: [nothing]}", Some("from")),
    ("key", "{key-is: [declared]}", Some("key-is")),
    ("key", "{other-region: true}", Some("other-region")),
    ("key", "{key-used-by: {any-of: [bucket]}}", None),
    ("key", "{key-used-by: {any-of: [nothing]}}", Some("key-used-by")),
    ("statement", "{for-key: {used-by: [bucket], leaves: kms:Decrypt}}", None),
    ("statement", "{for-key: {used-by: [nothing], leaves: kms:Decrypt}}", Some("for-key")),
    ("key", "{for-key: {used-by: [bucket], leaves: kms:Decrypt}}", Some("for-key")),
    ("key", "{own-policy: [{conditioned: true}]}", Some("own-policy")),
    ("key-user", "{own-policy: [{conditioned: true}]}", None),
    ("key-user", "{own-policy: [{lacks: decrypt}]}", Some("lacks")),
    ("key-user", "{part: {name: key}}", Some("part")),
    ("key-user", "{part: {name: key, written: true}}", None),
    ("key-user", "{sender-part: {name: key, written: true}}", Some("sender-part")),
    ("delivery", "{sender-part: {name: key}}", Some("sender-part")),
    ("key", "{context: {key: a, admits: b, refuses: c}}", Some("context")),
    ("key-user", "{context: {key: a, admits: '{arn}/*', refuses: '{name}'}}", None),
    ("key-user", "{context: {key: a, admits: '{other}', refuses: c}}", Some("context")),
    ("key-user", "{context: {key: a, admits: b, refuses: '{other}'}}", Some("context")),
];

#[test]
fn every_word_has_its_subjects() {
    let lets_in = |more: &str| format!("{{lets-in: {{actions: [kms:Decrypt]{more}}}}}");
    let service = ", service: logs.amazonaws.com";
    let cases: Vec<(&str, String, Option<&str>)> = WORDS
        .iter()
        .map(|(subject, when, word)| (*subject, (*when).to_owned(), *word))
        .chain([
            ("key", lets_in(service), Some("lets-in")),
            ("key-user", lets_in(service), None),
            ("key-user", lets_in(""), Some("lets-in")),
            ("key-user", lets_in(", service: a.amazonaws.com, role: b"), Some("lets-in")),
            ("key-user", lets_in(", service: '{other}.amazonaws.com'"), Some("lets-in")),
            ("key-user", lets_in(", role: '{other}'"), Some("lets-in")),
            (
                "key-user",
                lets_in(&format!("{service}, context: {{'aws:SourceArn': '{{other}}'}}")),
                Some("lets-in"),
            ),
            ("key-user", lets_in(&format!("{service}, context: {{'aws:SourceArn': '{{arn}}'}}")), None),
        ])
        .collect();
    for (subject, when, word) in cases {
        assert_eq!(misfit(subject, &when).as_deref(), word, "{subject}: {when}");
    }
}

#[test]
fn a_rule_has_so_many_words() {
    let fits = |when: &str| {
        let text = format!(
            "id: a-rule\ntitle: t\nseverity: low\nsubject: statement\nwhen: {when}\nmessage: m\nundecided: u\n"
        );
        let map = SourceMap::default();
        Rule::read(map.add("a-rule.yaml", text.as_str()), &text).is_ok()
    };
    let words = |one: &str, count: usize| vec![one; count].join(", ");
    let negations = |count: usize| format!("{{all: [{}]}}", words("{not: {conditioned: true}}", count));
    assert!(fits(&negations(80)) && !fits(&negations(110)), "a negation and what it negates are two words");
    for word in ["all", "any", "given", "some-statement", "in-statement", "in-policy"] {
        let within = |count: usize| format!("{{{word}: [{}]}}", words("{conditioned: true}", count));
        assert!(fits(&within(150)) && !fits(&within(250)), "{word}");
    }
    let other = |count: usize| {
        format!("{{other-statement: {{actions: all, when: [{}]}}}}", words("{conditioned: true}", count))
    };
    assert!(fits(&other(150)) && !fits(&other(250)));
}

#[test]
fn an_expression_may_be_too_large() {
    let of = |pattern: &str| {
        let text = format!(
            "id: a-rule\ntitle: t\nseverity: low\nsubject: principal\nwhen: {{principal: {{matches: '{pattern}'}}}}\nmessage: m\nundecided: u\n"
        );
        let map = SourceMap::default();
        let told = Rule::read(map.add("a-rule.yaml", text.as_str()), &text).err();
        told.map(|told| told[0].message.clone()).unwrap_or_default()
    };
    assert_eq!(of("^a$"), "");
    assert!(
        of("(a{1000}){1000}").ends_with("is too large a regular expression"),
        "{}",
        of("(a{1000}){1000}")
    );
    assert!(of("(a").ends_with("is not a regular expression"));
}
