//! Which resource types use keys, or send to what uses them, and where that is written: for every notation.
//!
//! This is the one place outside of the input languages that has their words, so that rules and all languages go by the
//! same table. Data (`users.tsv`): one row a type, for Terraform and CloudFormation at once. The types of the `awscc` provider are made
//! from CloudFormation's schema, so their names follow from it. What is easy to get wrong: a path may lead through lists
//! of blocks and then has several values.

use super::{KeyUser, Part, PartOf, Pointer};
use crate::source::{Limits, Span};
use crate::value::{Branch, Kind, Text, Value};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// What is read of one resource type.
#[derive(Debug)]
pub(crate) struct Row {
    sort: &'static str,
    arn: Option<&'static str>,
    default_key: Option<&'static str>,
    /// Whether it counts without a key: what others send to, or on behalf of.
    always: bool,
    parts: Vec<Column>,
}

/// Where one part of a user is written.
#[derive(Debug)]
struct Column {
    part: Part,
    terraform: Vec<&'static str>,
    cloudformation: Vec<&'static str>,
    awscc: Vec<String>,
}

/// A notation's names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Names {
    /// Those of the `aws` provider.
    Terraform,
    /// CloudFormation's.
    CloudFormation,
    /// Those of the `awscc` provider.
    Awscc,
}

/// What a notation gives of one part: the name's place, the value, and the resource that it leads to.
pub(crate) struct Written {
    pub(crate) name_span: Span,
    pub(crate) span: Span,
    pub(crate) value: Value,
    pub(crate) leads_to: Option<String>,
}

/// The most values of one part.
const MOST: usize = 1_000;

struct Table {
    rows: Vec<Row>,
    terraform: FxHashMap<String, Vec<usize>>,
    cloudformation: FxHashMap<&'static str, Vec<usize>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let (terraform, cloudformation) = Default::default();
    let mut table = Table { rows: Vec::new(), terraform, cloudformation };
    for line in include_str!("users.tsv").lines() {
        let fields: Vec<&'static str> = line.split('\t').collect();
        let [sort, terraform, cloudformation, arn, default_key, parts] = fields.as_slice() else { continue };
        let at = table.rows.len();
        if *terraform != "-" {
            table.terraform.entry((*terraform).to_owned()).or_default().push(at);
        }
        if *cloudformation != "-" {
            table.cloudformation.entry(cloudformation).or_default().push(at);
            table.terraform.entry(awscc_type(cloudformation)).or_default().push(at);
        }
        let given = |field: &'static str| (field != "-").then_some(field);
        table.rows.push(Row {
            sort,
            arn: given(arn),
            default_key: given(default_key).filter(|key| *key != "none"),
            always: *default_key != "-",
            parts: parts.split(' ').filter_map(Column::read).collect(),
        });
    }
    table
});

/// The rows of a Terraform type, and the names that its arguments have.
pub(crate) fn of_terraform(type_name: &str) -> (Vec<&'static Row>, Names) {
    let names = if type_name.starts_with("awscc_") { Names::Awscc } else { Names::Terraform };
    (rows(TABLE.terraform.get(type_name)), names)
}

/// The rows of a CloudFormation type.
pub(crate) fn of_cloudformation(type_name: &str) -> Vec<&'static Row> {
    rows(TABLE.cloudformation.get(type_name))
}

fn rows(at: Option<&Vec<usize>>) -> Vec<&'static Row> {
    at.into_iter().flatten().filter_map(|at| TABLE.rows.get(*at)).collect()
}

/// What there is of users, as rules may name it.
pub fn sorts() -> impl Iterator<Item = &'static str> {
    TABLE.rows.iter().map(|row| row.sort)
}

impl Column {
    fn read(text: &'static str) -> Option<Self> {
        let (part, paths) = text.split_once('=')?;
        let (terraform, cloudformation) = paths.split_once('|')?;
        let path = |text: &'static str| if text == "-" { Vec::new() } else { text.split('.').collect() };
        let cloudformation = path(cloudformation);
        Some(Self {
            part: Part::named(part)?,
            terraform: path(terraform),
            awscc: cloudformation.iter().map(|name| snake(name)).collect(),
            cloudformation,
        })
    }

    fn path(&self, names: Names) -> Vec<&str> {
        match names {
            Names::Terraform => self.terraform.clone(),
            Names::CloudFormation => self.cloudformation.clone(),
            Names::Awscc => self.awscc.iter().map(String::as_str).collect(),
        }
    }
}

impl Row {
    /// The paths of which one must have a value for a resource to be a user; `None`: it is one without.
    pub(crate) fn paths_that_count(&self, names: Names) -> Option<Vec<Vec<&str>>> {
        let first = self.parts.first()?.part;
        let columns = self.parts.iter().take_while(|column| column.part == first);
        (!self.always).then(|| columns.map(|column| column.path(names)).collect())
    }

    /// The user that a resource is by this row; `None` where nothing is written that makes it one. `read` gives what is
    /// written at a path; what comes of it may be null.
    pub(crate) fn user(
        &self,
        names: Names,
        bare: impl FnOnce() -> KeyUser,
        mut read: impl FnMut(&[&str]) -> Vec<Written>,
    ) -> Option<KeyUser> {
        let first = self.parts.first()?.part;
        let mut parts = Vec::new();
        let mut past_first = false;
        for column in &self.parts {
            // Nothing more is read of a resource that is none.
            past_first |= column.part != first;
            if past_first && parts.is_empty() && !self.always {
                return None;
            }
            let path = column.path(names);
            if path.is_empty() {
                continue;
            }
            for written in read(&path) {
                each(column.part, written, &mut parts);
            }
        }
        if parts.is_empty() && !self.always {
            return None;
        }
        Some(KeyUser { sort: self.sort, arn: self.arn, default_key: self.default_key, parts, ..bare() })
    }
}

/// Adds what is written, element by element where it is a list.
fn each(part: Part, written: Written, parts: &mut Vec<PartOf>) {
    let Written { name_span, span, value, leads_to } = written;
    let mut add = |value: Value, leads_to: Option<String>| {
        let empty = value.is_null() || value.as_text().is_some_and(crate::value::Text::is_empty);
        if parts.len() < MOST && !empty {
            let mut pointer = Pointer::of(value);
            pointer.address = pointer.address.or(leads_to);
            pointer.value.secret |= part == Part::Secret;
            parts.push(PartOf { part, name_span, span, value: pointer });
        }
    };
    match &value.kind {
        Kind::List(list) if part != Part::Policy => {
            list.items.iter().take(MOST).for_each(|item| add(item.clone(), None));
        }
        _ => add(value, leads_to),
    }
}

/// What stands at a path of a value, through lists; each with the name's place.
pub(crate) fn at_path(value: &Value, path: &[&str], name_span: Span) -> Vec<Written> {
    let mut found = Vec::new();
    collect(value, path, name_span, &mut found);
    found
}

/// Recursion goes one step down the path, or into one list on the way, which paths bound.
fn collect(value: &Value, path: &[&str], name_span: Span, found: &mut Vec<Written>) {
    if found.len() >= MOST {
        return;
    }
    match (&value.kind, path) {
        (_, []) | (Kind::Unknown(_), _) => {
            found.push(Written { name_span, span: name_span, value: value.clone(), leads_to: None });
        }
        (Kind::List(list), _) => {
            for item in list.items.iter().filter(|item| item.as_list().is_none()).take(MOST) {
                collect(item, path, name_span, found);
            }
        }
        (Kind::Map(map), [name, rest @ ..]) => {
            if let Some(entry) = map.entry(name) {
                collect(&entry.value, rest, entry.name.span, found);
            }
        }
        (Kind::OneOf(branches), _) => {
            let case = |branch: &Branch| {
                let inner = match &branch.value.kind {
                    Kind::OneOf(_) => None,
                    _ => at_path(&branch.value, path, name_span).into_iter().next(),
                };
                let value = inner.map_or_else(|| Value::null(branch.value.span), |written| written.value);
                Branch { when: branch.when.clone(), value }
            };
            let cases: Vec<Branch> = branches.iter().take(Limits::DEFAULT.alternatives).map(case).collect();
            if cases.iter().any(|case| !case.value.is_null()) {
                let value = match same_text(&cases) {
                    Some(text) => text,
                    None => Value { kind: Kind::OneOf(cases.into()), ..value.clone() },
                };
                found.push(Written { name_span, span: name_span, value, leads_to: None });
            }
        }
        _ => {}
    }
}

/// The text that every one of a few alternatives is.
fn same_text(cases: &[Branch]) -> Option<Value> {
    let known = |case: &Branch| case.value.as_text().and_then(Text::known);
    let (first, others) = cases.split_first()?;
    let text = known(first)?;
    others.iter().all(|case| known(case).as_ref() == Some(&text)).then(|| first.value.clone())
}

/// `AWS::Logs::LogGroup` as the `awscc` provider has it: `awscc_logs_log_group`.
fn awscc_type(type_name: &str) -> String {
    let mut words = type_name.split("::").skip(1);
    let service = words.next().unwrap_or_default().to_ascii_lowercase();
    format!("awscc_{service}_{}", snake(words.next().unwrap_or_default()))
}

/// `KMSMasterKeyID` as `kms_master_key_id`: a new word begins where letters become capital, and at the last capital of
/// a run.
fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                !before.is_ascii_uppercase() || after.is_some_and(char::is_ascii_lowercase)
            });
        if begins {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        let lines = include_str!("users.tsv").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(lines.clone().count(), TABLE.rows.len());
        for (line, row) in lines.zip(&TABLE.rows) {
            let written = line.rsplit('\t').next().unwrap().split(' ').count();
            assert_eq!(row.parts.len(), written, "{line}");
        }
    }

    #[test]
    fn awscc_names_follow_from_cloudformation() {
        assert_eq!(awscc_type("AWS::SecretsManager::ResourcePolicy"), "awscc_secretsmanager_resource_policy");
        assert_eq!(awscc_type("AWS::RDS::DBInstance"), "awscc_rds_db_instance");
        let names = ["KMSMasterKeyID", "SSEAlgorithm", "OKActions", "KmsKeyArn", "S3BucketName"];
        let snakes = ["kms_master_key_id", "sse_algorithm", "ok_actions", "kms_key_arn", "s3_bucket_name"];
        assert_eq!(names.map(snake), snakes);
    }
}
