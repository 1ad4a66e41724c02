//! Cloud assemblies: what the AWS CDK writes into `cdk.out`.
//!
//! The manifest says which templates are stacks, what these are called and which account and Region they go to; the
//! lists of assets say which file lies behind the address of a nested stack's template (AWS CDK, "Cloud assembly
//! schema"). What is easy to get wrong: the directory keeps the templates of stacks that the app no longer has. They are
//! in no manifest, are never deployed, and are passed over.

use crate::source::Disk;
use crate::syntax::json;
use crate::value::{Entry, Text, Value};
use rustc_hash::{FxHashMap, FxHashSet};

/// The manifest of one directory.
#[derive(Default)]
pub(super) struct Assembly {
    /// Stacks by the file of their template.
    stacks: FxHashMap<String, Artifact>,
    /// Files by the hash that they are uploaded under.
    assets: FxHashMap<String, String>,
    /// Those files.
    files: FxHashSet<String>,
}

/// What the manifest says of a stack.
#[derive(Clone)]
pub(super) struct Artifact {
    /// Its name.
    pub(super) name: String,
    /// The account that it goes to, where that is settled.
    pub(super) account: Option<Text>,
    /// The Region that it goes to, where that is settled.
    pub(super) region: Option<Text>,
}

/// How the names of templates end that the CDK writes.
const TEMPLATE: &str = ".template.json";

/// Characters of the hash that an asset is uploaded under.
const HASH: usize = 64;

impl Assembly {
    /// The assembly that `directory` is; `None` when it is none.
    pub(super) fn read(disk: &Disk, directory: &str) -> Option<Self> {
        let manifest = value(disk, directory, "manifest.json")?;
        manifest.get("version")?;
        let artifacts = manifest.get("artifacts")?.as_map()?;
        let mut assembly = Self::default();
        for Entry { name, value: artifact } in &artifacts.entries {
            let property = |name: &str| artifact.get("properties")?.get(name)?.as_str();
            match artifact.get("type").and_then(Value::as_str) {
                Some("aws:cloudformation:stack") => {
                    let Some(file) = property("templateFile") else { continue };
                    let own = name.text.shown();
                    let stack = Artifact {
                        name: property("stackName").map_or(own, str::to_owned),
                        account: environment(artifact, 0),
                        region: environment(artifact, 1),
                    };
                    assembly.stacks.insert(file.to_owned(), stack);
                }
                Some("cdk:asset-manifest") => {
                    if let Some(assets) = property("file").and_then(|file| value(disk, directory, file)) {
                        assembly.add_assets(&assets);
                    }
                }
                _ => {}
            }
        }
        (!assembly.stacks.is_empty()).then_some(assembly)
    }

    fn add_assets(&mut self, assets: &Value) {
        let files = assets.get("files").and_then(Value::as_map);
        for Entry { name, value: asset } in files.into_iter().flat_map(|files| &files.entries) {
            let path = asset.get("source").and_then(|source| source.get("path")).and_then(Value::as_str);
            if let Some(path) = path {
                self.assets.insert(name.text.shown(), path.to_owned());
                self.files.insert(path.to_owned());
            }
        }
    }

    /// What the manifest says of the stack with this template.
    pub(super) fn stack(&self, file: &str) -> Option<&Artifact> {
        self.stacks.get(file)
    }

    /// Whether a file is a template that was left behind by a stack that the app no longer has.
    pub(super) fn leaves_out(&self, file: &str) -> bool {
        file.ends_with(TEMPLATE) && !self.stacks.contains_key(file) && !self.files.contains(file)
    }

    /// The file behind the address of an upload, however the address is put together.
    pub(super) fn asset(&self, address: &Value) -> Option<&str> {
        let mut left = vec![address];
        while let Some(value) = left.pop() {
            if let Some(text) = value.as_text() {
                let known = text.known_parts();
                let mut words =
                    known.split(|c: char| !c.is_ascii_hexdigit()).filter(|word| word.len() == HASH);
                if let Some(file) = words.find_map(|word| self.assets.get(word)) {
                    return Some(file);
                }
            }
            left.extend(value.as_list().into_iter().flat_map(|list| &list.items));
            left.extend(value.as_map().into_iter().flat_map(|map| &map.entries).map(|entry| &entry.value));
        }
        None
    }
}

/// Account (0) or Region (1) of `aws://111122223333/eu-west-1`; `None` for `unknown-account` and `unknown-region`.
fn environment(artifact: &Value, part: usize) -> Option<Text> {
    let text = artifact.get("environment")?.as_text()?;
    let known = text.as_known()?;
    let word = known.strip_prefix("aws://")?.split('/').nth(part)?;
    let account = word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit());
    let region = word.contains('-') && !word.starts_with("unknown-");
    let start = word.as_ptr() as usize - known.as_ptr() as usize;
    (if part == 0 { account } else { region }).then(|| text.slice(start..start + word.len()))
}

/// A JSON file of the assembly.
fn value(disk: &Disk, directory: &str, name: &str) -> Option<Value> {
    let path = Disk::join(directory, name).filter(|path| disk.is_file(path))?;
    let file = disk.read(&path).ok()?;
    let text = disk.map().file(file).text().clone();
    json::parse_file(file, &text, 0..text.len()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn read(files: &[(&str, &str)]) -> Option<Assembly> {
        Assembly::read(&Disk::memory(files.iter().copied(), Arc::default()), "out")
    }

    #[test]
    fn stacks_are_told_from_what_was_left_behind() {
        let hash = "ab".repeat(32);
        let manifest = r#"{"version": "1", "artifacts": {
            "A": {"type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1",
                  "properties": {"templateFile": "A.template.json", "stackName": "a-prod"}},
            "B": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
                  "properties": {"templateFile": "B.template.json"}},
            "A.assets": {"type": "cdk:asset-manifest", "properties": {"file": "A.assets.json"}},
            "Out": {"type": "cdk:asset-manifest", "properties": {"file": "../../x.json"}}}}"#;
        let assets =
            format!(r#"{{"files": {{"{hash}": {{"source": {{"path": "N.nested.template.json"}}}}}}}}"#);
        let assembly = read(&[("out/manifest.json", manifest), ("out/A.assets.json", &assets)]).unwrap();
        let known = |file: &str| {
            let stack = assembly.stack(file).unwrap();
            let text = |text: &Option<Text>| text.as_ref().and_then(Text::known).unwrap_or_default();
            (stack.name.clone(), text(&stack.account), text(&stack.region))
        };
        assert_eq!(known("A.template.json"), ("a-prod".into(), "111122223333".into(), "eu-west-1".into()));
        assert_eq!(known("B.template.json"), ("B".into(), String::new(), String::new()));
        assert!(assembly.leaves_out("Old.template.json"));
        assert!(!assembly.leaves_out("N.nested.template.json") && !assembly.leaves_out("policy.json"));
        let map = crate::source::SourceMap::default();
        let text = format!("[\"https://s3/\", {{\"x\": \"/b/{hash}.json\"}}]");
        let file = map.add("t", text.as_str());
        let address = json::parse_file(file, &text, 0..text.len()).unwrap();
        assert_eq!(assembly.asset(&address), Some("N.nested.template.json"));
    }

    #[test]
    fn other_manifests_are_none() {
        for text in
            ["", "[]", "{}", r#"{"version": 3, "artifacts": {}}"#, r#"{"version": 3, "artifacts": 1}"#]
        {
            assert!(read(&[("out/manifest.json", text)]).is_none(), "{text}");
        }
    }
}
