//! The settings file as written, before it is checked.

use crate::finding::Severity;
use crate::source::{FileId, Problem, ProblemKind, SourceMap};
use crate::syntax::typed::{Placed, read};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// `kmsguard.yaml`, as written.
#[derive(Clone, Debug, Default, serde::Deserialize, schemars::JsonSchema)]
#[schemars(title = "kmsguard settings")]
#[serde(deny_unknown_fields, default)]
pub struct Written {
    /// The account that keys are deployed to: 12 digits, quoted.
    pub key_account: Option<Placed<Digits>>,
    /// The partition: `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: Option<Placed<String>>,
    /// The Region that keys are deployed to.
    pub region: Option<Placed<String>>,
    /// Accounts that may use keys: 12 digits each, quoted.
    pub trusted_accounts: Vec<Placed<Digits>>,
    /// Organisations that may use keys: `o-…`.
    pub trusted_orgs: Vec<Placed<String>>,
    /// The least severity that makes the exit code 1.
    pub fail_on: Option<Severity>,
    /// Directories with rules of the house, or by rule: `off` or a severity. In the second form the directories stand
    /// under `from`.
    pub rules: Rules,
    /// Which rules are asked: `default`, `strict`, `pedantic`, or sets of published controls (`fsbp`, `cis-7.0`,
    /// `nist-800-53`, `pci-dss`); several together are their union.
    pub profile: Option<OneOrMore>,
    /// The ARN of the role, user or session that applies changes.
    pub deployer: Option<Placed<String>>,
    /// Findings that are accepted.
    pub accept: Vec<Accept>,
    /// A file with findings that are accepted, written by `kmsguard baseline`; relative to the settings.
    pub baseline: Option<Placed<String>>,
}

/// Findings that are accepted: those of the rules that also fit all that is given beside.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// The rule, or several.
    pub rule: OneOrMore,
    /// The address of the resource; `*` and `?` are wildcards.
    #[serde(default)]
    pub resource: Option<Placed<String>>,
    /// The file, or a directory; `*`, `**` and `?` are wildcards.
    #[serde(default)]
    pub path: Option<Placed<String>>,
    /// How the finding's fingerprint begins: it is accepted as it is now, and returns when it changes.
    #[serde(default)]
    pub fingerprint: Option<Placed<String>>,
    /// Why this is fine.
    pub reason: Placed<String>,
    /// The last day: `2027-01-31`.
    #[serde(default)]
    pub until: Option<Placed<String>>,
}

impl Written {
    /// Reads the settings in `file`.
    ///
    /// # Errors
    /// The first mistake that keeps them from being read.
    pub fn read(map: &SourceMap, file: FileId) -> Result<Self, Problem> {
        let source = map.file(file);
        if source.text().lines().all(|line| line.trim().is_empty() || line.trim().starts_with('#')) {
            return Ok(Self::default());
        }
        read::<Self>(file, source.text(), ProblemKind::Settings)
    }
}

/// The name in `rules` that is no rule: where rules of the house are.
pub const FROM: &str = "from";

/// What `rules` says.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Directories and files with rules of the house, relative to the settings.
    pub from: Vec<Placed<String>>,
    /// Severities by rule.
    pub levels: BTreeMap<Placed<String>, Level>,
}

/// One text or several.
#[derive(Clone, Debug)]
pub struct OneOrMore(Vec<Placed<String>>);

impl OneOrMore {
    /// All of them.
    pub fn all(self) -> Vec<Placed<String>> {
        self.0
    }
}

/// What stands where one text or several may.
enum Form {
    One(String),
    Several(Vec<Placed<String>>),
    Levels(Rules),
}

/// Reads texts, and where `levels` are allowed a mapping of them.
struct FormVisitor {
    levels: bool,
}

impl<'de> Visitor<'de> for FormVisitor {
    type Value = Form;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.levels {
            "directories with rules, or severities by rule"
        } else {
            "a text or a list"
        })
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Form, E> {
        Ok(Form::One(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Form, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = items.next_element()? {
            texts.push(text);
        }
        Ok(Form::Several(texts))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Form, A::Error> {
        if !self.levels {
            return Err(de::Error::invalid_type(de::Unexpected::Map, &self));
        }
        let mut rules = Rules::default();
        while let Some(id) = entries.next_key::<Placed<String>>()? {
            if id.value == FROM {
                rules.from = entries.next_value::<OneOrMore>()?.all();
            } else {
                let level = entries.next_value()?;
                rules.levels.insert(id, level);
            }
        }
        Ok(Form::Levels(rules))
    }
}

/// A form that is no mapping, and one that may be.
struct Plain(Form);
struct WithLevels(Form);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FormVisitor { levels: false }).map(Self)
    }
}

impl<'de> Deserialize<'de> for WithLevels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FormVisitor { levels: true }).map(Self)
    }
}

/// The texts of a form in its place; a single one has the place of the whole.
fn texts(mut form: Placed<Form>) -> Vec<Placed<String>> {
    match &mut form.value {
        Form::One(text) => {
            let text = std::mem::take(text);
            vec![form.map(|_| text)]
        }
        Form::Several(texts) => std::mem::take(texts),
        Form::Levels(_) => Vec::new(),
    }
}

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Placed::<Plain>::deserialize(deserializer).map(|form| Self(texts(form.map(|Plain(form)| form))))
    }
}

impl schemars::JsonSchema for OneOrMore {
    fn schema_name() -> Cow<'static, str> {
        "OneOrMore".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": ["string", "array"], "items": {"type": "string"}})
    }
}

impl<'de> Deserialize<'de> for Rules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut form = Placed::<WithLevels>::deserialize(deserializer)?.map(|WithLevels(form)| form);
        Ok(match &mut form.value {
            Form::Levels(rules) => std::mem::take(rules),
            _ => Self { from: texts(form), ..Self::default() },
        })
    }
}

impl schemars::JsonSchema for Rules {
    fn schema_name() -> Cow<'static, str> {
        "Rules".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let directories = generator.subschema_for::<OneOrMore>();
        let level = generator.subschema_for::<Level>();
        schemars::json_schema!({
            "anyOf": [
                directories,
                {"type": "object", "properties": {"from": directories}, "additionalProperties": level},
            ],
        })
    }
}

/// Digits, quoted or not.
#[derive(Clone, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Digits {
    /// Quoted.
    Text(String),
    /// Not quoted.
    Number(u64),
}

/// How severe a rule is to be.
#[derive(Clone, Copy, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not asked.
    Off,
    /// Worth knowing.
    Info,
    /// Worth tidying.
    Low,
    /// Worth changing before it is applied.
    Medium,
    /// It will fail, or expose, or lose something.
    High,
    /// Anyone gets in, or nobody ever again.
    Critical,
}

impl Level {
    /// The severity; `None` when the rule is off.
    pub(super) fn severity(self) -> Option<Severity> {
        Some(match self {
            Self::Off => return None,
            Self::Info => Severity::Info,
            Self::Low => Severity::Low,
            Self::Medium => Severity::Medium,
            Self::High => Severity::High,
            Self::Critical => Severity::Critical,
        })
    }
}
