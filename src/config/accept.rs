//! Entries of `accept`, checked.

use super::Checker;
use super::written::Accept;
use crate::suppress::entry::{Entry, Pattern};
use crate::suppress::{LEAST_DIGITS, is_fingerprint};
use crate::syntax::typed::Placed;

impl Checker {
    /// One entry; `None` when a mistake leaves nothing that it could accept.
    pub(super) fn accept(&mut self, written: Accept, known_rules: &[&str]) -> Option<Entry> {
        let named = written.rule.all();
        let span = named.first().map(|rule| rule.span(self.file))?;
        let rules: Vec<String> = named.into_iter().filter_map(|id| self.rule(id, known_rules)).collect();
        let mistakes = self.problems.len();
        if written.reason.value.trim().is_empty() {
            let message = "no reason is given, so nothing is accepted".to_owned();
            self.report(&written.reason, message, "say why this is fine");
        }
        let entry = Entry {
            resource: self.pattern(written.resource.as_ref(), Pattern::of_resource),
            path: self.pattern(written.path.as_ref(), Pattern::of_path),
            fingerprint: written.fingerprint.and_then(|given| self.fingerprint(given)),
            until: written.until.as_ref().and_then(|until| self.day(until)),
            reason: written.reason.value,
            span,
            rules,
        };
        (!entry.rules.is_empty() && self.problems.len() == mistakes).then_some(entry)
    }

    fn pattern(
        &mut self,
        written: Option<&Placed<String>>,
        read: fn(&str) -> Option<Pattern>,
    ) -> Option<Pattern> {
        let written = written?;
        let pattern = read(&written.value);
        if pattern.is_none() {
            let message = "this pattern is too long".to_owned();
            self.report(written, message, "`*` stands for any characters");
        }
        pattern
    }

    fn fingerprint(&mut self, given: Placed<String>) -> Option<String> {
        if is_fingerprint(&given.value) {
            return Some(given.value);
        }
        let message = format!("`{}` is not a fingerprint", given.value);
        let help = format!("write at least {LEAST_DIGITS} digits of the finding's `fingerprint`, in quotes");
        self.report(&given, message, help);
        None
    }

    fn day(&mut self, until: &Placed<String>) -> Option<jiff::civil::Date> {
        let day = until.value.parse().ok();
        if day.is_none() {
            let message = format!("`{}` is not a date", until.value);
            self.report(until, message, "write it as `2027-01-31`");
        }
        day
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Known};
    use crate::source::SourceMap;

    fn load(text: &str) -> (Config, Vec<(String, String)>) {
        let map = SourceMap::default();
        let file = map.add("kmsguard.yaml", text);
        let (config, problems) =
            Config::load(&map, file, Known { rules: &["public-access", "policy-size"], standards: &[] });
        (config, problems.into_iter().map(|it| (it.message, map.slice(it.span))).collect())
    }

    #[test]
    fn entries_are_read() {
        let (config, problems) = load(
            "accept:\n  - rule: [public-access, policy-size]\n    resource: aws_kms_key.*\n    path: infra\n    \
             fingerprint: \"0123456789ab\"\n    reason: a demo\n    until: 2027-01-31\nbaseline: kmsguard-baseline.json\n",
        );
        assert_eq!(problems, []);
        let entry = &config.accept[0];
        assert_eq!(entry.rules, ["public-access", "policy-size"]);
        assert_eq!(entry.resource.as_ref().unwrap().written(), "aws_kms_key.*");
        assert_eq!(entry.until.unwrap().to_string(), "2027-01-31");
        assert_eq!(config.baseline.unwrap().value, "kmsguard-baseline.json");
    }

    #[test]
    fn mistakes_in_entries_accept_nothing() {
        let (config, problems) = load(
            "accept:\n  - {rule: public-access, reason: \"\"}\n  - {rule: public-acess, reason: a}\n  \
             - {rule: policy-size, reason: a, until: soon}\n  - {rule: policy-size, reason: a, fingerprint: xyz}\n",
        );
        assert!(config.accept.is_empty());
        let told: Vec<&str> = problems.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(
            told,
            [
                "no reason is given, so nothing is accepted",
                "there is no rule `public-acess`",
                "`soon` is not a date",
                "`xyz` is not a fingerprint",
            ]
        );
        assert_eq!(problems[2].1, "soon");
    }
}
