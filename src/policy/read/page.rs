//! The document itself: `Version`, `Id`, `Statement`.
//!
//! IAM User Guide, "IAM JSON policy elements: Version": the one of 2012 knows policy variables, the one of 2008, which
//! also holds where none is written, does not.

use super::scope::{Scope, leaves};
use super::statement::STATEMENT;
use super::{Flaw, Reader, broken, find, name, name_of, open_names, scalar, undecided};
use crate::policy::{DefectKind, Document, Version};
use crate::source::Span;
use crate::value::{Entry, Kind, Map, Value};

impl Reader {
    /// One whole document, or what stands in its place.
    pub(super) fn page(&mut self, value: &Value, scope: &Scope, document: &mut Document) {
        for (value, scope) in leaves(value, &scope.under(value)) {
            match &value.kind {
                Kind::Map(map) => {
                    self.characters(&value, &scope);
                    let (version, span) = self.object(map, &value, &scope, document);
                    if std::mem::replace(&mut self.objects, true) && document.version != version {
                        document.version = Version::Unknown(undecided(&value, &scope));
                    } else {
                        (document.version, document.version_span) = (version, span);
                    }
                }
                Kind::Unknown(unknown) => document.open.push(unknown.clone()),
                other => {
                    let fact = format!("{}, but a policy is one JSON object", name_of(other));
                    self.note(Flaw::new(DefectKind::NotJson, value.span, "policy", fact), &scope);
                    document.open.push(broken("the policy", value.span));
                }
            }
        }
    }

    fn object(
        &mut self,
        map: &Map,
        value: &Value,
        scope: &Scope,
        document: &mut Document,
    ) -> (Version, Span) {
        let entries = self.distinct(map, scope, name::Sameness::Exact);
        let claimed = self.legal(&entries, &["Version", "Id", "Statement"], "a policy", scope);
        match find(&entries, "Statement") {
            Some(entry) => self.statements(entry, scope, document),
            None => match open_names(map, &entries) {
                Some(unknown) => document.open.push(unknown),
                None if claimed.contains(&"Statement") => document.open.push(broken("Statement", value.span)),
                None => {
                    let flaw =
                        Flaw::new(DefectKind::ElementMissing, value.span, STATEMENT, "the policy has none");
                    self.note(flaw, scope);
                }
            },
        }
        match find(&entries, "Version") {
            Some(entry) => (self.version(entry, scope), entry.value.span),
            None => match open_names(map, &entries) {
                Some(unknown) => (Version::Unknown(unknown), value.span),
                None => (Version::Missing, value.span),
            },
        }
    }

    /// `Version`: a text; what is undecided about it is not known.
    fn version(&mut self, entry: &Entry, scope: &Scope) -> Version {
        let mut found: Option<Version> = None;
        for (value, scope) in leaves(&entry.value, &scope.under(&entry.value)) {
            let absent = value.is_null() && matches!(entry.value.kind, Kind::OneOf(_));
            let next = if absent { Version::Missing } else { self.one_version(&value, &scope) };
            found = Some(match found {
                None => next,
                Some(before) if before == next => before,
                Some(_) => Version::Unknown(undecided(&value, &scope)),
            });
        }
        found.unwrap_or(Version::Missing)
    }

    fn one_version(&mut self, value: &Value, scope: &Scope) -> Version {
        if let Kind::Unknown(unknown) = &value.kind {
            return Version::Unknown(unknown.clone());
        }
        let Some(text) = scalar(value) else {
            self.wrong_type("Version", value, "a text", scope);
            return Version::Other(String::new());
        };
        if let Some(unknown) = text.unknowns().next() {
            return Version::Unknown(unknown.clone());
        }
        match text.known_parts().as_str() {
            "2012-10-17" => Version::V2012,
            "2008-10-17" => Version::V2008,
            other => Version::Other(other.to_owned()),
        }
    }
}
