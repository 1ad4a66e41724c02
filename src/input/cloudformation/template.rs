//! The sections of a template and what stands in them.

use super::module;
use crate::source::{Span, nearest};
use crate::value::{Entry, Kind, Map, Unknown, Value};
use rustc_hash::FxHashMap;

/// A template, with its sections indexed by name.
pub(super) struct Template {
    root: Value,
    index: FxHashMap<&'static str, FxHashMap<String, usize>>,
    /// The resources that are modules.
    modules: Vec<usize>,
}

/// The sections that names are looked up in.
const INDEXED: [&str; 4] = ["Parameters", "Conditions", "Mappings", "Resources"];

impl Template {
    /// A document as a template; `None` when it has no resources.
    pub(super) fn new(root: Value) -> Option<Self> {
        root.get("Resources")?.as_map()?;
        let mut index = FxHashMap::default();
        for section in INDEXED {
            let Some(map) = root.get(section).and_then(Value::as_map) else { continue };
            let names = map.entries.iter().enumerate();
            let names = names.filter_map(|(at, entry)| Some((entry.name.text.known()?, at)));
            index.insert(section, names.collect());
        }
        let resources = root.get("Resources").and_then(Value::as_map).map(|map| map.entries.as_slice());
        let modules = resources.unwrap_or_default().iter().enumerate();
        let modules =
            modules.filter(|(_, entry)| module::is_module(&entry.value)).map(|(at, _)| at).collect();
        Some(Self { root, index, modules })
    }

    /// The resources that are modules.
    pub(super) fn modules(&self) -> impl ExactSizeIterator<Item = Option<&Entry>> {
        let resources = self.section("Resources");
        self.modules.iter().map(move |at| resources.and_then(|map| map.entries.get(*at)))
    }

    /// All of it.
    pub(super) fn root(&self) -> &Value {
        &self.root
    }

    /// A section that is a mapping.
    pub(super) fn section(&self, name: &str) -> Option<&Map> {
        self.root.get(name)?.as_map()
    }

    /// An entry of an indexed section.
    pub(super) fn entry(&self, section: &str, name: &str) -> Option<&Entry> {
        let at = *self.index.get(section)?.get(name)?;
        self.section(section)?.entries.get(at)
    }

    /// Where values of parameters are written that must not be shown (`NoEcho`).
    pub(super) fn secret_places(&self) -> impl Iterator<Item = Span> {
        let parameters = self.section("Parameters").into_iter().flat_map(|map| &map.entries);
        let secret = parameters
            .filter(|parameter| parameter.value.get("NoEcho").and_then(Value::as_bool) == Some(true));
        secret.flat_map(|parameter| {
            ["Default", "AllowedValues"].into_iter().filter_map(|name| Some(parameter.value.get(name)?.span))
        })
    }

    /// A name that is near to one that is not there, in any of these sections.
    pub(super) fn near(&self, name: &str, sections: &[&str]) -> Option<&str> {
        // Long sections of a hostile template are not worth the search.
        let names = sections.iter().filter_map(|section| self.section(section));
        let names = names.flat_map(|map| map.entries.iter().take(2000));
        nearest(name, names.filter_map(|entry| entry.name.text.as_known()))
    }

    /// Whether it is only a part of a template: it refers to parameters, but has no section of them.
    pub(super) fn is_fragment(&self) -> bool {
        self.root.get("Parameters").is_none()
    }

    /// Why names may exist that are not written here: the file is broken, or a section is.
    pub(super) fn hidden(&self, section: &str) -> Option<&Unknown> {
        let root = self.root.as_map()?;
        root.open.as_ref().or_else(|| self.section(section).and_then(|map| map.open.as_ref()))
    }

    /// Whether a transform rewrites it before it is deployed: anything but `AWS::LanguageExtensions`, which only adds
    /// intrinsic functions.
    pub(super) fn is_rewritten(&self) -> bool {
        let names = |value: &Value| match &value.kind {
            Kind::List(list) => list.items.iter().any(rewrites),
            _ => rewrites(value),
        };
        self.root.get("Transform").is_some_and(names)
            || self.root.as_map().is_some_and(|map| map.get("Fn::Transform").is_some())
    }
}

fn rewrites(transform: &Value) -> bool {
    let name = transform.get("Name").unwrap_or(transform);
    name.as_str() != Some("AWS::LanguageExtensions")
}
