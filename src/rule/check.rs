//! A rule as checked: valid by construction.
//!
//! Slots exist for the subject, words fit it, the id is well-formed. What is wrong in a rule file becomes spanned
//! problems; a rule with any is not used.

use super::catalogue::RESERVED;
use super::file::{Anchor, EditFile, Examples, Mapping, Reference, RuleFile};
use super::predicate::Test;
use super::subject::{PolicyWord, Subject};
use super::template::{Sentence, Template};
use crate::config::{FROM, Profile, Selection};
use crate::finding::Severity;
use crate::source::{FileId, Problem, ProblemKind, Span};
use crate::syntax::typed::{Placed, read};

/// A rule that can be asked.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name.
    pub id: String,
    /// The version of kmsguard that first had it; rules of a house have none.
    pub since: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// The narrowest profile that it is in.
    pub profile: Profile,
    /// How bad it is.
    pub severity: Severity,
    /// What it belongs to.
    pub tags: Vec<String>,
    /// Published controls that ask for the same.
    pub mappings: Vec<Mapping>,
    /// What it finds, in a few words.
    pub title: String,
    /// Why it matters.
    pub why: String,
    /// What to do about it.
    pub fix: String,
    /// Where the facts come from.
    pub references: Vec<Reference>,
    /// What it speaks about.
    pub subject: Subject,
    /// Sources that are found and sources that are not.
    pub examples: Examples,
    pub(super) policies: Vec<PolicyWord>,
    pub(super) when: Test,
    pub(super) grades: Vec<Grade>,
    pub(super) edits: Vec<Edit>,
    pub(super) instead_of: Vec<String>,
    pub(super) at: Anchor,
    pub(super) message: Template,
    pub(super) label: Option<Template>,
    pub(super) help: Option<Template>,
    pub(super) undecided: Option<Template>,
}

/// A rule that another one names, and where.
pub(super) type Named = (String, Span);

/// A narrower case of a rule.
#[derive(Clone, Debug)]
pub(super) struct Grade {
    pub(super) when: Test,
    pub(super) severity: Severity,
    pub(super) message: Option<Template>,
    pub(super) help: Option<Template>,
    pub(super) profile: Option<Profile>,
}

/// A change of the text that a finding underlines.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) title: Template,
    pub(super) find: Template,
    pub(super) with: Template,
}

/// Where a rule comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// It came with kmsguard.
    BuiltIn,
    /// A file of the user's, as shown.
    House {
        /// The file.
        path: String,
        /// Whether it stands for a built-in rule of the same id.
        overrides: bool,
    },
}

/// Words that a rule may have: bounds what a hostile rule file costs.
const MOST_WORDS: usize = 200;

impl Rule {
    /// Whether the profiles in force have it: by its own profile, or by a published control that asks for it. Rules of a
    /// house are in every set of controls.
    pub fn is_selected(&self, selection: &Selection) -> bool {
        let house = matches!(self.origin, Origin::House { .. });
        selection.reaches(self.profile)
            || self.mappings.iter().any(|mapping| selection.asks_for(&mapping.standard))
            || (house && self.profile == Profile::Default)
    }

    /// Reads and checks one rule file.
    ///
    /// # Errors
    /// Every mistake in it, each with its place.
    pub fn read(file: FileId, text: &str) -> Result<Self, Vec<Problem>> {
        Self::read_with_names(file, text).map(|(rule, _)| rule)
    }

    /// The same, with the rules that it names and where: whether there are such rules is known when all are read.
    pub(super) fn read_with_names(file: FileId, text: &str) -> Result<(Self, Vec<Named>), Vec<Problem>> {
        let written: RuleFile = read(file, text, ProblemKind::Rule).map_err(|problem| vec![problem])?;
        let named = written.instead_of.iter().map(|other| (other.value.clone(), other.span(file))).collect();
        Ok((Self::check(file, written)?, named))
    }

    /// Checks what stands in a rule file.
    pub(super) fn check(file: FileId, written: RuleFile) -> Result<Self, Vec<Problem>> {
        Checker { file, subject: written.subject, problems: Vec::new() }.rule(written)
    }
}

struct Checker {
    file: FileId,
    subject: Subject,
    problems: Vec<Problem>,
}

impl Checker {
    fn rule(mut self, written: RuleFile) -> Result<Rule, Vec<Problem>> {
        self.id(&written.id);
        let when = self.test(written.when);
        let mut grades = Vec::new();
        for grade in written.grades {
            let when = self.test(grade.when);
            let message = self.optional(grade.message.as_ref());
            let help = self.optional(grade.help.as_ref());
            grades.push(Grade { when, severity: grade.severity, message, help, profile: grade.profile });
        }
        let instead_of = self.instead_of(written.instead_of, &written.id.value);
        let edits = written.edits.iter().filter_map(|edit| self.edit(edit)).collect();
        let message = self.sentence(&written.message);
        let label = self.optional(written.label.as_ref());
        let help = self.optional(written.help.as_ref());
        let undecided = self.optional(written.undecided.as_ref());
        let (Some(message), []) = (message, self.problems.as_slice()) else {
            return Err(self.problems);
        };
        Ok(Rule {
            id: written.id.value,
            since: written.since,
            origin: Origin::BuiltIn,
            profile: written.profile,
            severity: written.severity,
            tags: written.tags,
            mappings: written.mappings,
            title: written.title,
            why: written.why,
            fix: written.fix,
            references: written.references,
            subject: written.subject,
            examples: written.examples,
            policies: written.policies,
            when,
            grades,
            edits,
            instead_of,
            at: written.at,
            message,
            label,
            help,
            undecided,
        })
    }

    fn report<T>(&mut self, at: &Placed<T>, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::new(ProblemKind::Rule, at.span(self.file), message).help(help));
    }

    fn id(&mut self, id: &Placed<String>) {
        let kebab = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        if !id.value.split('-').all(kebab) {
            let message = format!("`{}` is not a rule id", id.value);
            self.report(id, message, "use lower-case words joined by `-`");
        } else if RESERVED.contains(&id.value.as_str()) || id.value == FROM {
            let message = format!("`{}` means something else already", id.value);
            self.report(id, message, "choose another id");
        }
    }

    /// The rules that say less. Whether they exist is asked when all rules are read.
    fn instead_of(&mut self, others: Vec<Placed<String>>, own: &str) -> Vec<String> {
        for other in others.iter().filter(|other| other.value == own) {
            self.report(other, format!("`{own}` cannot stand for itself"), "name other rules");
        }
        others.into_iter().map(|other| other.value).collect()
    }

    fn edit(&mut self, edit: &EditFile) -> Option<Edit> {
        let mut part =
            |sentence: &Placed<Sentence>| match Template::may_be_empty(&sentence.value, self.subject) {
                Ok(template) => Some(template),
                Err(refusal) => {
                    self.report(sentence, refusal.message, refusal.help);
                    None
                }
            };
        Some(Edit { title: part(&edit.title)?, find: part(&edit.find)?, with: part(&edit.with)? })
    }

    fn test(&mut self, test: Placed<Test>) -> Test {
        if test.value.words() > MOST_WORDS {
            let message = format!("more than {MOST_WORDS} words");
            self.report(&test, message, "make several rules of it");
        }
        if let Some((word, help)) = test.value.misfit(self.subject) {
            let message = format!("`{word}` does not fit the subject `{}`", self.subject.name());
            self.report(&test, message, help);
        }
        test.value
    }

    fn optional(&mut self, sentence: Option<&Placed<Sentence>>) -> Option<Template> {
        sentence.and_then(|sentence| self.sentence(sentence))
    }

    fn sentence(&mut self, sentence: &Placed<Sentence>) -> Option<Template> {
        match Template::check(&sentence.value, self.subject) {
            Ok(template) => Some(template),
            Err(refusal) => {
                self.report(sentence, refusal.message, refusal.help);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    const GOOD: &str = "id: open-key
since: 0.1.0
severity: high
title: t
why: w
fix: f
references: []
subject: principal
when:
  all:
    - effect: allow
    - principal: {kind: [everyone]}
message: '`{principal}` is open'
examples: {flagged: [], accepted: []}
";

    fn problems(text: &str) -> Vec<(String, String, Option<String>)> {
        let map = SourceMap::default();
        let file = map.add("open-key.yaml", text);
        match Rule::read(file, text) {
            Ok(_) => Vec::new(),
            Err(problems) => problems
                .into_iter()
                .map(|problem| (problem.message, map.slice(problem.span), problem.help))
                .collect(),
        }
    }

    #[test]
    fn a_good_rule_is_read() {
        assert_eq!(problems(GOOD), []);
    }

    #[test]
    fn mistakes_lie_on_the_word_that_is_wrong() {
        let one = |from: &str, to: &str| problems(&GOOD.replace(from, to)).remove(0);
        let (message, at, help) = one("effect:", "efect:");
        assert_eq!((message.as_str(), at.as_str()), ("unknown word `efect`", "efect"));
        assert_eq!(help.unwrap(), "did you mean `effect`?");
        let (message, at, _) = one("{principal}", "{princpal}");
        assert_eq!(message, "unknown slot `princpal`");
        assert!(at.contains("{princpal}"));
        let (message, _, _) = one("principal: {kind: [everyone]}", "lacks: decrypt");
        assert_eq!(message, "`lacks` does not fit the subject `principal`");
        let (message, at, _) = one("kind: [everyone]", "matches: '('");
        assert_eq!((message.as_str(), at.as_str()), ("`(` is not a regular expression", "'('"));
    }
}
