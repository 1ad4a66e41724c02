//! Files with values of parameters, as AWS's tools read them.
//!
//! The list of the CLI and the console (`[{"ParameterKey": …, "ParameterValue": …}]`, or `["Name=value"]` as `deploy`
//! takes it), the template configuration of `CodePipeline` (`{"Parameters": {…}}`), the deployment file of Git sync
//! (`parameters:` and `template-file-path:`), SAM's `samconfig.toml` (`parameter_overrides`), and a plain mapping of names
//! to values. What is easy to get wrong: which one it is says the content, not the name.

use super::given::ForTemplates;
use super::overrides;
use crate::source::{FileId, Problem, ProblemKind, SourceMap, Span};
use crate::syntax::toml as sam_configuration;
use crate::value::{Entry, Kind, Name, Reason, Symbol, Unknown, Value};

/// Reads such a file; what it gives and the mistakes in it.
pub(super) fn read(map: &SourceMap, file: FileId) -> (ForTemplates, Vec<Problem>) {
    let source = map.file(file);
    let text = source.text();
    let is_toml = std::path::Path::new(source.path()).extension().is_some_and(|ending| ending == "toml");
    let (document, mut problems) = if is_toml {
        match sam_configuration::parse(file, text) {
            Ok(document) => (Some(document), Vec::new()),
            Err(problem) => (None, vec![problem]),
        }
    } else {
        let stream = super::session::parse(file, text);
        (stream.documents.into_iter().next(), stream.problems)
    };
    let mut given = ForTemplates::default();
    match document {
        Some(document) => of_document(&document, &mut given, &mut problems),
        None if problems.is_empty() => problems.push(unfit(Span::start_of(file))),
        None => {}
    }
    (given, problems)
}

fn unfit(at: Span) -> Problem {
    Problem::new(ProblemKind::Syntax, at, "gives no values to parameters in a form that AWS's tools read")
        .help("write `[{\"ParameterKey\": \"Name\", \"ParameterValue\": \"value\"}]` or `{\"Parameters\": {\"Name\": \"value\"}}`")
}

fn of_document(document: &Value, given: &mut ForTemplates, problems: &mut Vec<Problem>) {
    if let Some(overrides) = of_sam(document) {
        return of_overrides(overrides, given, problems);
    }
    if document.as_list().is_some() {
        return of_overrides(document, given, problems);
    }
    let template = ["template-file-path", "templateFilePath"].iter().find_map(|name| document.get(name));
    given.only = template.and_then(Value::as_str).map(str::to_owned);
    match ["Parameters", "parameters"].iter().find_map(|name| document.get(name)) {
        Some(parameters) => of_overrides(parameters, given, problems),
        // A deployment without parameters.
        None if template.is_some() || document.get("Tags").is_some() => {}
        None => of_overrides(document, given, problems),
    }
}

/// `parameter_overrides` of a configuration file of the SAM CLI: of the default environment, for `deploy` before all
/// commands (AWS SAM Developer Guide, "AWS SAM CLI configuration file").
fn of_sam(document: &Value) -> Option<&Value> {
    document.get("version")?;
    let environments = document.as_map()?.entries.iter().filter(|entry| entry.value.as_map().is_some());
    let mut environments: Vec<&Entry> = environments.collect();
    environments.sort_by_key(|entry| !entry.name.text.is("default"));
    let environment = &environments.first()?.value;
    ["deploy", "global"]
        .iter()
        .find_map(|command| environment.get(command)?.get("parameters")?.get("parameter_overrides"))
}

/// Values in any of the shapes that stand for a set of them.
fn of_overrides(written: &Value, given: &mut ForTemplates, problems: &mut Vec<Problem>) {
    match &written.kind {
        Kind::List(list) => list.items.iter().for_each(|item| of_item(item, given, problems)),
        Kind::Text(text) => given.values.extend(overrides::read(text, written.span)),
        Kind::Map(map) => {
            for entry in &map.entries {
                if matches!(entry.value.kind, Kind::Map(_)) {
                    problems.push(unfit(entry.value.span));
                } else {
                    given.values.push(entry.clone());
                }
            }
        }
        _ => problems.push(unfit(written.span)),
    }
}

/// `{"ParameterKey": name, "ParameterValue": value}`, or `"name=value"`.
fn of_item(item: &Value, given: &mut ForTemplates, problems: &mut Vec<Problem>) {
    if let Some(text) = item.as_text() {
        given.values.extend(overrides::of_item(text, item.span));
        return;
    }
    let Some(key) = item.get("ParameterKey") else { return problems.push(unfit(item.span)) };
    let Some(name) = key.as_text() else { return problems.push(unfit(key.span)) };
    let previous = item.get("UsePreviousValue").and_then(Value::as_bool) == Some(true);
    let value = match item.get("ParameterValue") {
        Some(value) if !previous => value.clone(),
        _ if previous => {
            let unknown = Unknown {
                reason: Reason::ReadOutside,
                name: name.shown().into(),
                span: item.span,
                symbol: Symbol::AnyText,
            };
            Value::new(Kind::Unknown(unknown), item.span)
        }
        _ => return problems.push(unfit(item.span)),
    };
    given.values.push(Entry { name: Name { text: name.clone(), span: key.span }, value });
}
