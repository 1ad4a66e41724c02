//! What uses keys, and what sends to it.
//!
//! A log group, a queue, a volume: each names a key that a service will use for it. Beside them stand the senders, which
//! name no key but a queue or a topic that has one: an alarm, a bucket's notification. Which resource types there are,
//! and what of them is read, is data (`users.tsv`). What is easy to get wrong: two resources may speak of one
//! thing (a bucket and its encryption), and one resource may be several users.

use super::Pointer;
use crate::source::Span;
use crate::value::{Reason, Symbol, Text, Trail, Unknown, Value};

/// A resource for which a service uses a key, or that sends to one.
#[derive(Clone, Debug)]
pub struct KeyUser {
    /// What it is, by the word that rules use: `log-group`, `queue`, `alarm`.
    pub sort: &'static str,
    /// Its address.
    pub address: String,
    /// The resource's type as written.
    pub type_name: String,
    /// The declaration's head.
    pub span: Span,
    /// How it came to be declared.
    pub trail: Trail,
    /// What is written of it.
    pub parts: Vec<PartOf>,
    /// Its ARN, with `{partition}`, `{region}`, `{account}` and `{name}` to be put in.
    pub arn: Option<&'static str>,
    /// The key that is used where none is written: `alias/aws/secretsmanager`.
    pub default_key: Option<&'static str>,
    /// The account that it is deployed to, where the source says so.
    pub account: Option<Text>,
    /// The Region, where the source says so.
    pub region: Option<Text>,
}

/// What is read of a user, under one name for all notations.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The key.
    Key,
    /// The key that replicas of objects are encrypted with.
    ReplicaKey,
    /// How it is encrypted, where that is a choice: `aws:kms`.
    Algorithm,
    /// Whether an S3 Bucket Key is used.
    BucketKey,
    /// Its name.
    Name,
    /// The bucket that it writes to.
    Bucket,
    /// The role that the service takes on.
    Role,
    /// What it is about: the bucket of a notification, the topic of a subscription. Not written: itself.
    Source,
    /// What it sends to, or speaks of.
    Target,
    /// A policy of its own.
    Policy,
    /// An account that it is shared with.
    Account,
    /// How it sends: `sqs`.
    Protocol,
    /// A secret in plain text.
    Secret,
}

/// Something written of a user.
#[derive(Clone, Debug)]
pub struct PartOf {
    /// What it is.
    pub part: Part,
    /// The argument's name, for labels.
    pub name_span: Span,
    /// Where something is written for it; the value may come from elsewhere.
    pub span: Span,
    /// The value, and the resource that it leads to.
    pub value: Pointer,
}

impl Part {
    /// The name in rules and in the table of users.
    pub fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::ReplicaKey => "replica-key",
            Self::Algorithm => "algorithm",
            Self::BucketKey => "bucket-key",
            Self::Name => "name",
            Self::Bucket => "bucket",
            Self::Role => "role",
            Self::Source => "source",
            Self::Target => "target",
            Self::Policy => "policy",
            Self::Account => "account",
            Self::Protocol => "protocol",
            Self::Secret => "secret",
        }
    }

    /// The part of that name.
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|part| part.name() == name)
    }
}

const ALL: [Part; 13] = [
    Part::Key,
    Part::ReplicaKey,
    Part::Algorithm,
    Part::BucketKey,
    Part::Name,
    Part::Bucket,
    Part::Role,
    Part::Source,
    Part::Target,
    Part::Policy,
    Part::Account,
    Part::Protocol,
    Part::Secret,
];

impl KeyUser {
    /// All that is written of one part.
    pub fn all(&self, part: Part) -> impl Iterator<Item = &PartOf> {
        self.parts.iter().filter(move |of| of.part == part)
    }

    /// What is written of a part first.
    pub fn part(&self, part: Part) -> Option<&PartOf> {
        self.all(part).next()
    }

    /// Whether it has a key.
    pub fn has_key(&self) -> bool {
        let of_key = |of: &PartOf| matches!(of.part, Part::Key | Part::ReplicaKey);
        self.default_key.is_some() || self.parts.iter().any(of_key)
    }

    /// Whether it has a key or sends to something, which may have one.
    pub fn takes_part(&self) -> bool {
        self.has_key() || self.part(Part::Target).is_some()
    }

    /// Its name as a text; what is not known is one piece of it.
    pub fn name(&self) -> Text {
        let written = self.part(Part::Name).and_then(|of| of.value.value.as_text());
        written.cloned().unwrap_or_else(|| self.unknown("name", Symbol::Name))
    }

    /// Its ARN, as far as it is known; `None` for what has none.
    pub fn arn(&self) -> Option<Text> {
        let mut parts = Vec::new();
        let mut rest = self.arn?;
        while let Some((before, (slot, after))) =
            rest.split_once('{').and_then(|(before, behind)| Some((before, behind.split_once('}')?)))
        {
            parts.push(Text::made(before, self.span));
            parts.push(match slot {
                "partition" => self.unknown(slot, Symbol::Partition),
                "region" => self.region.clone().unwrap_or_else(|| self.unknown(slot, Symbol::Region)),
                "account" => self.account.clone().unwrap_or_else(|| self.unknown(slot, Symbol::OwnAccount)),
                _ => self.name(),
            });
            rest = after;
        }
        parts.push(Text::made(rest, self.span));
        Some(Text::concat(&parts))
    }

    fn unknown(&self, what: &str, symbol: Symbol) -> Text {
        let name = format!("{}.{what}", self.address);
        Text::unknown(Unknown { reason: Reason::AfterApply, name: name.into(), span: self.span, symbol })
    }

    /// Every value in it.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.parts.iter_mut().map(|of| &mut of.value.value)
    }
}
