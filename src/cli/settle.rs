//! Which findings make the exit code 1.

use super::Code;
use crate::finding::{Certainty, Finding, Severity};
use std::str::FromStr;

/// What becomes of findings that cannot be decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(super) enum Undecided {
    /// They are notes
    #[default]
    Note,
    /// They count as findings
    Fail,
}

/// A severity, as typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Threshold(pub(super) Severity);

impl FromStr for Threshold {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let known = Severity::ALL.into_iter().find(|severity| severity.name() == typed);
        let names = || Severity::ALL.map(Severity::name).join(", ");
        known.map(Self).ok_or_else(|| format!("the severities are {}", names()))
    }
}

/// The exit code of a scan that could look at everything.
pub(super) fn settle(findings: &[Finding], fail_on: Severity, undecided: Undecided) -> Code {
    let counts = |finding: &Finding| {
        finding.accepted.is_none()
            && finding.severity >= fail_on
            && (finding.certainty == Certainty::Certain || undecided == Undecided::Fail)
    };
    if findings.iter().any(counts) { Code::Findings } else { Code::Clean }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Acceptance;
    use crate::source::{Problem, ProblemKind, SourceMap, Span};

    #[test]
    fn possible_and_accepted_findings_do_not_fail() {
        let span = Span::start_of(SourceMap::default().add("a", ""));
        let mut finding = Finding::of_problem(Problem::new(ProblemKind::Evaluation, span, "m"));
        let settled =
            |finding: &Finding, undecided| settle(std::slice::from_ref(finding), Severity::High, undecided);
        assert_eq!(settled(&finding, Undecided::Note), Code::Findings);
        finding.certainty = Certainty::Undecided;
        assert_eq!(settled(&finding, Undecided::Note), Code::Clean);
        assert_eq!(settled(&finding, Undecided::Fail), Code::Findings);
        finding.accepted = Some(Acceptance { reason: String::new(), span });
        assert_eq!(settled(&finding, Undecided::Fail), Code::Clean);
        finding.accepted = None;
        finding.severity = Severity::Medium;
        assert_eq!(settled(&finding, Undecided::Fail), Code::Clean);
    }

    #[test]
    fn severities_are_named() {
        assert_eq!("low".parse::<Threshold>().unwrap(), Threshold(Severity::Low));
        assert!("none".parse::<Threshold>().unwrap_err().contains("critical, high, medium, low, info"));
    }
}
