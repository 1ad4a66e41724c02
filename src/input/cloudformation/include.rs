//! `AWS::Include`: a snippet of a template in a file of its own.
//!
//! `Fn::Transform: {Name: AWS::Include, Parameters: {Location: path}}` stands for what the file holds: alone for all of
//! it, beside other members for further members (CloudFormation User Guide, "`AWS::Include` transform"). `aws
//! cloudformation package` uploads local files, so these are read; what lies in S3 stays a transform that is not
//! evaluated. What is easy to get wrong: a snippet cannot include another one.

use super::session;
use crate::source::{Disk, Problem, ProblemKind};
use crate::syntax::yaml::Stream;
use crate::value::{Entry, Kind, List, Map, Value};
use memchr::memmem;
use std::sync::Arc;

/// Snippets read for one template.
const MOST: usize = 100;

/// Whether a text may include snippets.
pub(super) fn may_include(text: &str) -> bool {
    memmem::find(text.as_bytes(), b"AWS::Include").is_some()
}

/// Puts the local snippets that the templates of a file name into them.
pub(super) fn include(disk: &Disk, path: &str, stream: &mut Stream) {
    let documents = std::mem::take(&mut stream.documents);
    let mut reading = Reading { disk, path, stream, read: 0 };
    let documents = documents.iter().map(|document| reading.value(document)).collect();
    stream.documents = documents;
}

struct Reading<'a> {
    disk: &'a Disk,
    path: &'a str,
    stream: &'a mut Stream,
    read: usize,
}

impl Reading<'_> {
    /// Trees are at most as deep as the parsers allow.
    fn value(&mut self, value: &Value) -> Value {
        let kind = match &value.kind {
            Kind::List(list) => {
                let items = list.items.iter().map(|item| self.value(item)).collect();
                Kind::List(Arc::new(List { items, kind: list.kind, open: list.open.clone() }))
            }
            Kind::Map(map) => match self.map(map) {
                Ok(map) => Kind::Map(Arc::new(map)),
                Err(snippet) => return snippet,
            },
            _ => return value.clone(),
        };
        Value { kind, ..value.clone() }
    }

    /// A mapping with what it includes; or what stands for all of it.
    fn map(&mut self, map: &Map) -> Result<Map, Value> {
        let mut entries: Vec<Entry> = Vec::with_capacity(map.entries.len());
        for entry in &map.entries {
            match self.snippet(entry) {
                None => entries.push(Entry { name: entry.name.clone(), value: self.value(&entry.value) }),
                Some(snippet) if map.entries.len() == 1 => return Err(snippet),
                Some(snippet) => {
                    let new = snippet.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
                    let stands = |new: &&Entry| {
                        map.entries.iter().all(|old| old.name.text.as_known() != new.name.text.as_known())
                    };
                    let trail = |new: &Entry| {
                        let mut new = new.clone();
                        snippet.trail.steps().for_each(|step| new.value.trail = new.value.trail.with(step));
                        new
                    };
                    entries.extend(new.iter().filter(stands).map(trail));
                }
            }
        }
        Ok(Map { entries, kind: map.kind, open: map.open.clone() })
    }

    /// What an entry includes, when it does and the file is here.
    fn snippet(&mut self, entry: &Entry) -> Option<Value> {
        let is_transform =
            ["Fn::Transform", "!Transform", "Transform"].iter().any(|name| entry.name.text.is(name));
        if !is_transform || entry.value.get("Name").and_then(Value::as_str) != Some("AWS::Include") {
            return None;
        }
        let location = entry.value.get("Parameters")?.get("Location")?;
        let written = location.as_str().filter(|written| !written.contains("://"))?;
        self.read += 1;
        if self.read > MOST {
            let message = format!("more than {MOST} snippets are included and the rest was not read");
            self.tell(Problem::new(ProblemKind::Limit, location.span, message));
            return None;
        }
        let directory = self.path.rsplit_once('/').map_or("", |(directory, _)| directory);
        let path = Disk::join(directory, written).filter(|path| self.disk.is_file(path));
        let Some(path) = path else {
            let problem = Problem::new(
                ProblemKind::Unseen,
                location.span,
                format!("the snippet `{written}` is not here"),
            );
            self.tell(
                problem.help("it may declare keys or policies: check it together with what includes it"),
            );
            return None;
        };
        let file = self.disk.read(&path).map_err(|problem| self.tell(problem)).ok()?;
        let text = self.disk.map().file(file).text().clone();
        let stream = session::parse(file, &text);
        self.stream.problems.extend(stream.problems);
        self.stream.comments.extend(stream.comments);
        let document = stream.documents.into_iter().next()?;
        Some(document.via(location.span, "included here"))
    }

    /// Limits are told once.
    fn tell(&mut self, problem: Problem) {
        let said = problem.kind == ProblemKind::Limit
            && self.stream.problems.iter().any(|known| known.message == problem.message);
        if !said {
            self.stream.problems.push(problem);
        }
    }
}
