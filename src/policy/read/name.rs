//! Names in objects: each once, each one of the grammar's.
//!
//! IAM User Guide, "Grammar of the IAM JSON policy language": no name twice in one object; names of elements are
//! compared with case, names of condition keys without.

use super::scope::Scope;
use super::{Flaw, Reader};
use crate::policy::DefectKind;
use crate::policy::name_like;
use crate::value::{Entry, Map};
use rustc_hash::FxHashMap;

/// How two names are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sameness {
    /// Character by character.
    Exact,
    /// Without regard to case: condition keys.
    AnyCase,
}

impl Reader {
    /// The entries that count: of a name that stands twice the last one, as JSON parsers do; every other one is a
    /// mistake. Names that are not fully known are kept and never compared.
    pub(super) fn distinct<'m>(&mut self, map: &'m Map, scope: &Scope, same: Sameness) -> Vec<&'m Entry> {
        let mut places: FxHashMap<String, usize> = FxHashMap::default();
        let mut kept: Vec<Option<&Entry>> = Vec::with_capacity(map.entries.len());
        for entry in &map.entries {
            let known = entry.name.text.known();
            let key = known.map(|name| if same == Sameness::AnyCase { name.to_lowercase() } else { name });
            if let Some(before) = key.and_then(|key| places.insert(key, kept.len())) {
                let first = kept.get_mut(before).and_then(Option::take);
                self.note_twice(entry, first, scope);
            }
            kept.push(Some(entry));
        }
        kept.into_iter().flatten().collect()
    }

    fn note_twice(&mut self, entry: &Entry, before: Option<&Entry>, scope: &Scope) {
        let name = entry.name.text.shown();
        let fact = match before.map(|before| before.name.text.shown()) {
            Some(other) if other != name => {
                format!("the same name as `{other}`, since case does not count here, and one of them is lost")
            }
            _ => "stands twice in this object, and only the last one counts".to_owned(),
        };
        self.note(Flaw::new(DefectKind::DuplicateName, entry.name.span, name, fact), scope);
    }

    /// Notes names outside `names`; gives those of `names` that were probably meant.
    pub(super) fn legal(
        &mut self,
        entries: &[&Entry],
        names: &[&'static str],
        whose: &str,
        scope: &Scope,
    ) -> Vec<&'static str> {
        let mut meant = Vec::new();
        for entry in entries {
            let Some(name) = entry.name.text.known() else { continue };
            if names.contains(&name.as_str()) {
                continue;
            }
            let near = name_like(&name, names.iter().copied());
            let fact = match near {
                Some(near) if near.eq_ignore_ascii_case(&name) => {
                    format!("not an element of {whose}, whose names are case-sensitive")
                }
                _ => format!("not an element of {whose}"),
            };
            let span = entry.name.text.span(0..name.len()).unwrap_or(entry.name.span);
            let flaw = Flaw::new(DefectKind::ElementUnknown, span, name, fact);
            self.note(flaw.suggest(near.map(str::to_owned)), scope);
            meant.extend(near);
        }
        meant
    }
}
