//! What cannot be known, and how a value came to be.

use crate::source::Span;
use std::fmt;
use std::sync::Arc;

/// A value that cannot be known here, with the reason: never guessed, never dropped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unknown {
    /// Why it cannot be known.
    pub reason: Reason,
    /// What it is called where it is used: `var.admins`, `data.aws_caller_identity.me.account_id`, `!Ref Admins`.
    pub name: Arc<str>,
    /// Where it enters: the reference, the declaration without default, the unreadable module.
    pub span: Span,
    /// What is known of it all the same.
    pub symbol: Symbol,
}

impl Unknown {
    /// The address of a resource and the name of its attribute, where it is one.
    pub fn attribute(&self) -> Option<(&str, &str)> {
        match &self.symbol {
            Symbol::Attribute { resource, attribute } => Some((resource, attribute)),
            _ => None,
        }
    }
}

/// What an element is called that is read with a key that is not known: `…[terraform.workspace]`.
pub fn by_key(key: &str) -> String {
    format!("…[{key}]")
}

/// What has to be known for something of that name: the innermost key, where it is read with one.
pub fn key_needed(name: &str) -> &str {
    let inner = name.trim_start_matches("…[");
    if inner.len() == name.len() { name } else { inner.split(']').next().unwrap_or(inner) }
}

/// Why a value cannot be known at plan time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Reason {
    /// A variable or parameter without default, and no value was given.
    NotSet,
    /// An attribute that exists only after apply.
    AfterApply,
    /// A data source, an import or a dynamic reference: read from outside.
    ReadOutside,
    /// A module whose source is not here.
    ModuleMissing,
    /// An output of a nested stack whose template is not here.
    StackElsewhere,
    /// An import of a name that several templates export.
    Ambiguous,
    /// A function, macro or construct that is not evaluated here (clock, randomness, providers).
    NotEvaluated,
    /// Something in the configuration that is itself in error; reported on its own.
    InError,
    /// A bound against hostile input was hit; reported on its own.
    Limit,
    /// Marked sensitive: known, but never looked at or shown.
    Sensitive,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSet => "has no default and no value was given",
            Self::AfterApply => "is known only after apply",
            Self::ReadOutside => "is read from outside at plan or apply time",
            Self::ModuleMissing => "comes from a module whose source is not here",
            Self::StackElsewhere => "is an output of a stack whose template is not here",
            Self::Ambiguous => "is exported by several templates, and which one is meant is not known",
            Self::NotEvaluated => "is not evaluated offline",
            Self::InError => "is in error",
            Self::Limit => "was not evaluated to the end, a limit was reached",
            Self::Sensitive => "is sensitive",
        })
    }
}

/// What is known of an unknown value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Symbol {
    /// Nothing: any value, of any shape.
    Anything,
    /// A text of which nothing else is known.
    AnyText,
    /// The 12 digits of the account that deploys, which is the key's own account.
    OwnAccount,
    /// The 12 digits of some account, which one is not known.
    SomeAccount,
    /// The 12 digits of the account that a provider configuration deploys to, by what sets that configuration apart. An
    /// input language turns it into `OwnAccount` for a key of the same configuration; elsewhere it is some account.
    AccountOf(Arc<str>),
    /// The partition (`aws`, `aws-cn`, …) that is deployed to.
    Partition,
    /// The Region that is deployed to.
    Region,
    /// The partition's DNS suffix (`amazonaws.com`).
    UrlSuffix,
    /// A name made of characters that IAM allows in names: no `*`, no `:`.
    Name,
    /// The id of the organisation that the deploying account belongs to.
    OwnOrganization,
    /// An attribute of a declared resource: `aws_kms_key.k`, `arn`. It is one resource's, so never a wildcard.
    Attribute {
        /// The resource's address.
        resource: Arc<str>,
        /// The attribute's name.
        attribute: Arc<str>,
    },
}

/// How a value came: the newest step first.
#[derive(Clone, PartialEq, Eq, Debug, std::default::Default)]
pub struct Trail(Option<Arc<Step>>);

/// One step of a [`Trail`].
#[derive(PartialEq, Eq, Debug)]
pub struct Step {
    /// The place that the value came through.
    pub span: Span,
    /// A fact about the place: ``through `var.admins` ``, `default here`, `module called here`.
    pub note: Arc<str>,
    /// Set where the place is a default that applies because no value was given.
    pub default: Option<Default>,
    /// What came before.
    pub before: Trail,
}

/// A default that applies: of a Terraform variable or a CloudFormation parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Default {
    /// What it is the default of: `var.account`, `AccountId`.
    pub name: Arc<str>,
    /// The value that is written there.
    pub value: Span,
    /// Whether that is the empty text, which leaves no characters where it is put in.
    pub empty: bool,
}

/// How a trail says that a default applies.
pub const DEFAULT_HERE: &str = "default here";

impl Trail {
    /// The trail with one more step; the same step twice in a row is kept once.
    #[must_use]
    pub fn via(&self, span: Span, note: impl Into<Arc<str>>) -> Self {
        self.add(span, note.into(), None)
    }

    /// The trail with a default that applies, named at `span`.
    #[must_use]
    pub fn via_default(&self, span: Span, default: Default) -> Self {
        self.add(span, DEFAULT_HERE.into(), Some(default))
    }

    /// The trail with a step of another one.
    #[must_use]
    pub fn with(&self, step: &Step) -> Self {
        self.add(step.span, Arc::clone(&step.note), step.default.clone())
    }

    fn add(&self, span: Span, note: Arc<str>, default: Option<Default>) -> Self {
        if self.0.as_ref().is_some_and(|step| step.span == span) {
            return self.clone();
        }
        Self(Some(Arc::new(Step { span, note, default, before: self.clone() })))
    }

    /// The way by which something made of several values came: of the first that came by a default, since that is where
    /// it can be changed without touching the rest, else of the first that has one.
    #[must_use]
    pub fn of_all<'a>(trails: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut first = None;
        for trail in trails {
            if trail.by_default().is_some() {
                return trail.clone();
            }
            first = first.or((!trail.is_empty()).then_some(trail));
        }
        first.cloned().unwrap_or_default()
    }

    /// The defaults that it came by, the newest first.
    pub fn defaults(&self) -> impl Iterator<Item = &Default> {
        self.steps().filter_map(|step| step.default.as_ref())
    }

    /// The default that it came by, if it did: no value was given.
    pub fn by_default(&self) -> Option<&Default> {
        self.defaults().next()
    }

    /// The steps, the newest first.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        std::iter::successors(self.0.as_deref(), |step| step.before.0.as_deref())
    }

    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl Drop for Trail {
    /// Long trails are taken apart in a loop: the derived drop would recurse.
    fn drop(&mut self) {
        let mut next = self.0.take();
        while let Some(step) = next {
            match Arc::try_unwrap(step) {
                Ok(mut step) => next = step.before.0.take(),
                Err(_) => break,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{by_key, key_needed};

    #[test]
    fn what_is_read_by_a_key_needs_the_innermost() {
        assert_eq!(key_needed(&by_key("terraform.workspace")), "terraform.workspace");
        assert_eq!(key_needed(&format!("{}.b", by_key(&by_key("var.a")))), "var.a");
        assert_eq!(key_needed("var.a[0].b"), "var.a[0].b");
    }
}
