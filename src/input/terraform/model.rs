//! Models of public modules: what a call declares when the module's source is not here.
//!
//! A model is a folder in `model/` with files in Terraform's own language, written by us from the module's documented
//! inputs. The head of its `main.tf` names the module and the versions that it holds for; `local.module_major` is the major
//! version that the call gets, and `local.module_unread` may hold what a call writes in vain. Adding a model is adding a folder. What is easy to get wrong: a model's text is nobody's
//! configuration, so no place in it is ever shown; `relocate` moves every one to the call.

use super::address::Address;
use super::session::literal;
use super::version::{Range, Version};
use crate::source::{FileId, Span};
use crate::syntax::hcl::Block;
use std::sync::{Arc, OnceLock};

/// The folders of `model/`.
#[derive(rust_embed::RustEmbed)]
#[folder = "src/input/terraform/model/"]
struct Files;

/// A model.
#[derive(Debug)]
pub(super) struct Model {
    /// The module's address in the registry.
    pub title: String,
    /// The versions that it holds for, for people.
    pub versions: String,
    /// Its texts.
    pub texts: Vec<Arc<str>>,
    range: Range,
    last: u64,
    /// Commits with the texts of a released version, and that version.
    commits: Vec<(String, Version)>,
}

/// So many characters of a commit's name say which one is meant.
const SHORT: usize = 7;

/// A call that is judged by a model.
#[derive(Debug)]
pub(super) struct Site {
    /// The `module` block.
    pub block: Arc<Block>,
    /// The module instance's address without the occurrence, for names.
    pub name: String,
    /// What is said of the model at the call's `source`.
    pub note: Arc<str>,
    /// The model's texts, parsed for this call.
    pub files: Vec<FileId>,
}

/// Which version of its module a call gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Pinned {
    /// One of this major version.
    Major(u64),
    /// Which one is not said.
    Somehow,
    /// One that the model does not hold for.
    Outside,
}

impl Model {
    /// The model of the module that a `module` block calls; the error is the model that does not hold for the version
    /// that is asked for.
    pub(super) fn of(block: &Block) -> Option<Result<(&'static Self, String), &'static Self>> {
        let address = Address::of(block).filter(|address| address.inside.is_empty())?;
        let names = address.registry_names()?.join("/");
        let model = models().iter().find(|model| model.title == names)?;
        let version = block.body.attribute("version").and_then(|version| literal(&version.value));
        Some(match model.pinned(&address, version.as_deref()) {
            Pinned::Major(major) => Ok((model, format!("locals {{\n  module_major = {major}\n}}\n"))),
            Pinned::Somehow => Ok((model, UNPINNED.to_owned())),
            Pinned::Outside => Err(model),
        })
    }

    fn pinned(&self, address: &Address, version: Option<&str>) -> Pinned {
        let within = |range: Range| match range.and(self.range) {
            range if range.is_empty() => Pinned::Outside,
            range => range.newest_major(self.last).map_or(Pinned::Outside, Pinned::Major),
        };
        match (version, address.reference.as_deref()) {
            (Some(version), _) => Range::of(version).map_or(Pinned::Somehow, within),
            // What is tagged `v1.2` is a version; a branch or commit may be any.
            (None, Some(reference)) => {
                let version =
                    Version::parse(reference).filter(|_| reference.len() < SHORT || reference.contains('.'));
                let version = version.or_else(|| self.version_of(reference));
                version.map_or(Pinned::Somehow, |version| within(Range::only(version)))
            }
            (None, None) => Pinned::Major(self.last),
        }
    }

    /// The version of a commit, given by the whole or the beginning of its name.
    fn version_of(&self, commit: &str) -> Option<Version> {
        let known = self.commits.iter().find(|(name, _)| commit.len() >= SHORT && name.starts_with(commit));
        known.map(|(_, version)| *version)
    }

    /// Reads the head of a model: `# module:`, `# versions: FIRST to LAST`, `# commit: NAME VERSION`.
    fn read(text: &str) -> Option<Self> {
        let head: Vec<&str> = text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .filter_map(|line| line.strip_prefix("# "))
            .collect();
        let entry = |name: &str| head.iter().find_map(|line| line.strip_prefix(name));
        let commits = head.iter().filter_map(|line| line.strip_prefix("commit: ")?.split_once(' '));
        let commits = commits.filter_map(|(name, version)| Some((name.to_owned(), Version::parse(version)?)));
        let commits = commits.collect();
        let versions = entry("versions: ")?.trim();
        let (first, last) = versions.split_once(" to ")?;
        let last = Version::parse(last)?.number();
        let range = Range::up_to(Version::parse(first)?, last);
        let (title, versions) = (entry("module: ")?.trim().to_owned(), versions.to_owned());
        Some(Self { title, versions, texts: vec![text.into()], range, last, commits })
    }

    /// What the trail says of it.
    pub(super) fn note(&self) -> String {
        format!("in the model of `{}` (versions {})", self.title, self.versions)
    }
}

/// The version is read from something that source does not tell.
const UNPINNED: &str =
    "data \"module_version\" \"here\" {}\nlocals {\n  module_major = data.module_version.here.major\n}\n";

/// All models; read once.
fn models() -> &'static [Model] {
    static MODELS: OnceLock<Vec<Model>> = OnceLock::new();
    MODELS.get_or_init(|| {
        let mut paths: Vec<_> = Files::iter().collect();
        paths.sort();
        let text = |path: &str| Files::get(path).map(|file| String::from_utf8_lossy(&file.data).into_owned());
        let heads = paths.iter().filter_map(|path| Some((path.strip_suffix("/main.tf")?, path)));
        heads
            .filter_map(|(folder, head)| {
                let mut model = Model::read(&text(head)?)?;
                let others =
                    paths.iter().filter(|path| *path != head && path.starts_with(&format!("{folder}/")));
                model.texts.extend(others.filter_map(|path| Some(text(path)?.into())));
                Some(model)
            })
            .collect()
    })
}

impl Site {
    /// Where it is called.
    pub(super) fn header(&self) -> Span {
        self.block.header
    }

    /// The place that the model is named at: the call's `source`.
    pub(super) fn source(&self) -> Span {
        self.block.body.attribute("source").map_or(self.block.header, |source| source.value.span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;
    use crate::syntax::hcl;

    #[test]
    fn every_file_is_a_model_and_parses() {
        let texts: Vec<_> = models().iter().flat_map(|model| &model.texts).collect();
        assert_eq!(Files::iter().count(), texts.len());
        for text in texts {
            let file = hcl::parse(SourceMap::default().add("m", &**text), text);
            assert_eq!(file.problems, []);
            assert!(file.body.blocks.iter().all(|block| &*block.kind.text != "module"));
        }
    }

    #[test]
    fn models_hold_for_their_versions() {
        let of = |call: &str| {
            let text = format!("module \"k\" {{\n{call}\n}}\n");
            let file = hcl::parse(SourceMap::default().add("m", text.as_str()), &text);
            Model::of(&file.body.blocks[0]).map(|found| found.map(|(_, version)| version).map_err(|_| ()))
        };
        let major = |major: u64| Some(Ok(format!("locals {{\n  module_major = {major}\n}}\n")));
        let kms = "source = \"terraform-aws-modules/kms/aws\"\n";
        let git = "source = \"git::https://github.com/terraform-aws-modules/terraform-aws-kms.git?ref=";
        assert_eq!(of(kms), major(4));
        assert_eq!(of(&format!("{kms}version = \"~> 2.1\"")), major(2));
        assert_eq!(of(&format!("{kms}version = \">= 5.0\"")), Some(Err(())));
        assert_eq!(of(&format!("{git}v3.1.0\"")), major(3));
        assert_eq!(of(&format!("{git}v9.0.0\"")), Some(Err(())));
        assert_eq!(of(&format!("{git}407e3db34a65\"")), major(4));
        assert_eq!(of(&format!("{git}main\"")), Some(Ok(UNPINNED.to_owned())));
        assert_eq!(of(&format!("{git}1234567\"")), Some(Ok(UNPINNED.to_owned())));
        assert_eq!(of("source = \"terraform-aws-modules/kms/aws//wrappers\""), None);
        assert_eq!(of("source = \"acme/kms/aws\""), None);
    }
}
