//! The plan's outline: what of it is looked at, and where that stands. The rest is skipped without being kept.
//!
//! Format: Terraform documentation, "JSON Output Format". Versions 1.x, 0.1 and 0.2 are alike in what is read here.

use crate::source::{FileId, Problem, ProblemKind, Span};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// What is read of a plan.
#[derive(Deserialize)]
pub(super) struct Outline<'a> {
    #[serde(default, borrow)]
    format_version: Option<&'a RawValue>,
    /// Planning stopped in the middle.
    #[serde(default)]
    pub(super) errored: Option<bool>,
    /// False when not everything was planned (`-target`, deferred changes).
    #[serde(default)]
    pub(super) complete: Option<bool>,
    #[serde(default, borrow)]
    pub(super) resource_changes: Option<Changes<'a>>,
    #[serde(default, borrow)]
    pub(super) configuration: Option<&'a RawValue>,
}

/// The changes of resources that matter here.
pub(super) struct Changes<'a>(pub(super) Vec<Change<'a>>);

/// An element of `resource_changes`.
#[derive(Deserialize)]
pub(super) struct Change<'a> {
    #[serde(default, borrow)]
    pub(super) address: Option<&'a RawValue>,
    #[serde(default, borrow)]
    pub(super) mode: Cow<'a, str>,
    #[serde(default, borrow, rename = "type")]
    pub(super) type_name: Cow<'a, str>,
    #[serde(default)]
    pub(super) deposed: Option<String>,
    #[serde(default)]
    pub(super) action_reason: Option<String>,
    #[serde(default, borrow, rename = "change")]
    pub(super) body: Option<&'a RawValue>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Changes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Wanted<'a>(std::marker::PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for Wanted<'a> {
            type Value = Changes<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of resource changes")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut kept = Vec::new();
                while let Some(change) = list.next_element::<Change<'a>>()? {
                    if is_wanted(&change.mode, &change.type_name) {
                        kept.push(change);
                    }
                }
                Ok(Changes(kept))
            }
        }
        deserializer.deserialize_seq(Wanted(std::marker::PhantomData))
    }
}

/// Whether resources of a type can say anything about keys.
pub(super) fn is_wanted(mode: &str, type_name: &str) -> bool {
    if mode == "data" {
        return type_name == "aws_iam_policy_document";
    }
    super::keys::role_of(type_name).is_some()
        || super::pointer::is_pointer(type_name)
        || super::users::is_user(type_name)
        || super::keys::IDENTITY_POLICIES.contains(&type_name)
}

/// Reads the outline of the plan in `file`.
///
/// # Errors
/// When it is no plan, is cut off, or is of a version that is not known.
pub(super) fn outline(file: FileId, text: &str) -> Result<Outline<'_>, Problem> {
    let problem = |range: std::ops::Range<usize>, message: String| {
        Problem::new(ProblemKind::Unreadable, Span::new(file, range), message)
    };
    if text.starts_with("PK") {
        let message = "is a binary plan file, which only Terraform can read".to_owned();
        return Err(problem(0..0, message).help("pass the output of `terraform show -json <plan file>`"));
    }
    let json = text.strip_prefix('\u{feff}').unwrap_or(text);
    let shift = text.len() - json.len();
    match serde_json::from_str::<Outline<'_>>(json) {
        Ok(outline) => match outline.format_version.map(RawValue::get) {
            Some(version) if is_known(version) => Ok(outline),
            version => Err(problem(0..0, unknown_version(version))),
        },
        Err(error) => match version_of(json) {
            Some(version) if !is_known(&version) => Err(problem(0..0, unknown_version(Some(&version)))),
            _ if error.is_eof() => {
                let message = "the plan ends in the middle, it was cut off".to_owned();
                let help = "write it again with `terraform show -json <plan file>`";
                Err(problem(text.len()..text.len(), message).help(help))
            }
            _ => {
                let at = shift + offset(json, error.line(), error.column());
                Err(problem(at..at, format!("the plan is not as Terraform writes it: {}", said(&error))))
            }
        },
    }
}

/// The error without its position and without texts of the plan, which may be secret.
fn said(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Syntax => "it is not valid JSON here",
        _ => "a value of another type is expected here",
    }
}

fn is_known(version: &str) -> bool {
    let version = version.trim_matches('"');
    matches!(version, "0.1" | "0.2" | "1") || version.starts_with("1.")
}

fn unknown_version(version: Option<&str>) -> String {
    match version {
        Some(version) => {
            let shown: String = version.trim_matches('"').chars().take(20).collect();
            format!("the plan has format version `{shown}`, and only versions 1.x, 0.1 and 0.2 are known")
        }
        None => "the plan does not say its `format_version`".to_owned(),
    }
}

fn version_of(json: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Version {
        format_version: String,
    }
    serde_json::from_str::<Version>(json).ok().map(|version| version.format_version)
}

fn offset(json: &str, line: usize, column: usize) -> usize {
    let before: usize = json.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(json.len())
}
