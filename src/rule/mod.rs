//! House rules, written as data.
//!
//! A rule is one YAML file in `rules/`: a sentence over the questions of `access` and over what was declared, with its
//! prose, its examples and the published controls that ask for the same. It is read in two steps, as written
//! ([`RuleFile`]) and as checked ([`Rule`]). No rule's logic lives here by name: what a rule needs and cannot say becomes
//! a word of [`Test`]. What is easy to get wrong: a rule that cannot tell has not passed.

mod catalogue;
mod check;
mod engine;
#[cfg(test)]
mod engine_tests;
mod file;
mod fingerprint;
mod instead;
mod label;
#[cfg(test)]
mod lockout_tests;
mod predicate;
mod repair;
mod scene;
mod slot;
mod subject;
mod template;
mod undecided;
mod usage;
mod widening;
#[cfg(test)]
mod word_tests;

pub use catalogue::{Catalogue, RESERVED, schema};
pub use check::{Origin, Rule};
pub use engine::{asked, finish, judge, judge_on_all_threads, setting};
pub use file::{Anchor, EditFile, Example, Examples, GradeFile, Mapping, Reference, RuleFile};
pub use predicate::*;
pub use slot::slots;
pub use subject::{PolicyWord, Subject};
pub use template::Sentence;
