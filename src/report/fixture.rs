//! One fixed set of findings, for the tests of every format.

use super::{Look, Printed, Report, RuleCard, Summary};
use crate::finding::{Acceptance, Certainty, Finding, Fix, Label, Severity};
use crate::source::{SourceMap, Span};

/// A finding at `span`, certain and critical.
pub(super) fn finding(span: Span, fact: &str) -> Finding {
    Finding {
        rule: "public-access".into(),
        severity: Severity::Critical,
        certainty: Certainty::Certain,
        message: "everyone may use this key".into(),
        help: Some("name the accounts that need it".into()),
        stack: None,
        construct: None,
        resource: "aws_kms_key.a".into(),
        also: Vec::new(),
        primary: Label { span, fact: fact.into() },
        secondary: Vec::new(),
        fixes: Vec::new(),
        fingerprint: "00c0ffee".into(),
        accepted: None,
    }
}

const MAIN: &str =
    "module \"keys\" {\n  source = \"./modules/keys\"\n  admins = [\"*\"] # ünïcödé 😀 \u{202e}\n}\n";
const CALLED: &str =
    "variable \"admins\" {}\n\nresource \"aws_kms_key\" \"this\" {\n  policy = local.policy\n}\n";

/// Findings of every sort: certain, possible, accepted, with labels in two files, hostile, of a whole file.
pub(super) fn report() -> (SourceMap, Report) {
    let map = SourceMap::default();
    let main = map.add("main.tf", MAIN);
    let called = map.add("modules/keys/a b%.tf", CALLED);
    let broken = map.add("broken.tf", "");
    let at = |file, text: &str, word: &str| {
        let start = text.find(word).unwrap();
        Span::new(file, start..start + word.len())
    };
    let mut public = finding(at(main, MAIN, "*"), "`*` is everyone");
    public.secondary = vec![
        Label { span: at(main, MAIN, "module \"keys\""), fact: "module called here".into() },
        Label { span: at(called, CALLED, "local.policy"), fact: "through `local.policy`".into() },
    ];
    public.fixes = vec![Fix {
        title: "name the account".into(),
        edits: vec![(at(main, MAIN, "*"), "arn:aws:iam::111122223333:root".into())],
    }];
    let mut possible = finding(at(called, CALLED, "\"admins\""), "`var.admins` has no default");
    possible.certainty = Certainty::Undecided;
    possible.fingerprint = "00decade".into();
    let mut hostile = finding(at(main, MAIN, "😀"), "a\u{1b}[31m, b: `c`\n::error::x");
    hostile.rule = "rotation-disabled".into();
    hostile.severity = Severity::Medium;
    hostile.message = "line one\n::error::two, 100% | <b> `\u{202e}`".into();
    hostile.help = None;
    hostile.fingerprint = "00face".into();
    let mut accepted = finding(at(called, CALLED, "policy"), "accepted");
    accepted.fingerprint = "00fade".into();
    accepted.accepted =
        Some(Acceptance { reason: "a \"demo\"".into(), span: at(called, CALLED, "variable") });
    let mut unreadable = finding(Span::start_of(broken), "");
    unreadable.rule = "unreadable-file".into();
    unreadable.severity = Severity::High;
    unreadable.message = "`broken.tf` is a binary file, not text".into();
    unreadable.resource = String::new();
    unreadable.help = None;
    unreadable.fingerprint = String::new();
    let findings = vec![unreadable, public, hostile, possible, accepted];
    let summary = Summary { files: 3, keys: 1, policies: 1, unreadable: 1 };
    (map, Report { findings, summary })
}

/// A report with everything that printing needs.
pub(super) fn printed<'a>(map: &'a SourceMap, report: &'a Report) -> Printed<'a> {
    static RULES: std::sync::OnceLock<Vec<RuleCard>> = std::sync::OnceLock::new();
    let card = |id: &str, severity| RuleCard {
        id: id.into(),
        title: format!("the title of {id}"),
        help: "why and what to do".into(),
        severity,
        tags: vec!["policy".into()],
    };
    let rules = RULES.get_or_init(|| {
        vec![
            card("public-access", Severity::Critical),
            card("rotation-disabled", Severity::Medium),
            card("unreadable-file", Severity::High),
        ]
    });
    Printed { report, map, rules, prefix: "infra/", exit_code: 2, look: Look::default() }
}

mod tests {
    use super::super::{Format, step_summary};
    use super::*;

    /// Compares with the file in `testdata/report/`, or rewrites it when `KMSGUARD_BLESS` is set.
    fn expect(name: &str, actual: &str) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/report").join(name);
        if std::env::var_os("KMSGUARD_BLESS").is_some() {
            std::fs::write(&path, actual).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(actual, expected, "{name} differs; KMSGUARD_BLESS=1 rewrites it");
    }

    #[test]
    fn every_format_prints_the_fixed_findings() {
        let (map, report) = report();
        let mut printed = printed(&map, &report);
        for (name, format) in Format::ALL {
            let mut out = Vec::new();
            format.write(&printed, &mut out).unwrap();
            expect(&format!("fixed.{name}"), &String::from_utf8(out).unwrap());
        }
        expect("fixed.md", &step_summary(&printed));
        printed.look = Look { color: true, unicode: true, width: Some(80), quiet: false };
        let mut out = Vec::new();
        Format::Text.write(&printed, &mut out).unwrap();
        expect("fixed.ansi", &String::from_utf8(out).unwrap());
    }
}
