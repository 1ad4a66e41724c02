//! Where a `module` block gets its module from: the `source` argument, read (Terraform docs, "Module Sources").
//!
//! A module of a registry and the git repository that it is published from are the same module: the registry takes
//! `NAMESPACE/NAME/PROVIDER` from a repository `terraform-PROVIDER-NAME`. What is easy to get wrong: `//` splits off a
//! directory inside the module, but not the `//` of a URL's scheme, and `github.com/a/b` is a repository, not a registry.

use crate::syntax::hcl::Block;

/// A `source` that does not lead to a local directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Address {
    /// What it names.
    pub origin: Origin,
    /// The directory inside the module; empty for the module itself.
    pub inside: String,
    /// `?ref=` of a git source.
    pub reference: Option<String>,
}

/// What a `source` names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    /// `[HOST/]NAMESPACE/NAME/PROVIDER`.
    Registry {
        /// The namespace.
        namespace: String,
        /// The module's name.
        name: String,
        /// The provider that it is for.
        provider: String,
    },
    /// Host and path of a repository, without `.git`.
    Repository(Vec<String>),
}

impl Address {
    /// Reads a `source`; `None` when it is local or no address.
    pub(super) fn parse(source: &str) -> Option<Self> {
        if source.starts_with('.') || source.starts_with('/') || source.is_empty() {
            return None;
        }
        let (place, query) = source.split_once('?').unwrap_or((source, ""));
        let reference = query.split('&').find_map(|pair| pair.strip_prefix("ref=")).map(str::to_owned);
        let (forced, place) = match place.split_once("::") {
            Some((_, place)) => (true, place),
            None => (false, place),
        };
        let (schemed, place) = match place.split_once("://") {
            Some((_, place)) => (true, place),
            None => (false, place),
        };
        let (place, inside) = place.split_once("//").unwrap_or((place, ""));
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        // `git@github.com:org/repository` separates the path with a colon.
        let place = if schemed { place.to_owned() } else { place.replacen(':', "/", 1) };
        let parts: Vec<String> = place
            .trim_end_matches(".git")
            .split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        let origin = match parts.as_slice() {
            [host, ..] if forced || schemed || is_forge(host) => Origin::Repository(parts),
            [namespace, name, provider] => Origin::registry(namespace, name, provider),
            [host, namespace, name, provider] if host.contains('.') => {
                Origin::registry(namespace, name, provider)
            }
            [_, _, ..] => Origin::Repository(parts),
            _ => return None,
        };
        Some(Self { origin, inside: inside.trim_matches('/').to_owned(), reference })
    }

    /// The address that a `module` block's literal `source` names.
    pub(super) fn of(block: &Block) -> Option<Self> {
        Self::parse(&super::session::literal(&block.body.attribute("source")?.value)?)
    }

    /// Its names in a registry: namespace, name, provider. A repository that a registry could publish has them too.
    pub(super) fn registry_names(&self) -> Option<[&str; 3]> {
        match &self.origin {
            Origin::Registry { namespace, name, provider } => Some([namespace, name, provider]),
            Origin::Repository(parts) => {
                let [.., namespace, repository] = parts.as_slice() else { return None };
                let (provider, name) = repository.strip_prefix("terraform-")?.split_once('-')?;
                Some([namespace, name, provider])
            }
        }
    }

    /// The name of the repository that it comes from, as far as it is known.
    pub(super) fn repository_name(&self) -> Option<String> {
        match &self.origin {
            Origin::Registry { name, provider, .. } => Some(format!("terraform-{provider}-{name}")),
            Origin::Repository(parts) => parts.last().cloned(),
        }
    }
}

impl Origin {
    fn registry(namespace: &str, name: &str, provider: &str) -> Self {
        Self::Registry { namespace: namespace.into(), name: name.into(), provider: provider.into() }
    }
}

/// Hosts whose addresses are repositories without being marked as such.
fn is_forge(host: &str) -> bool {
    ["github.com", "bitbucket.org", "gitlab.com", "codeberg.org"].contains(&host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_source_names_the_same_module() {
        let sources = [
            "acme/kms/aws",
            "app.terraform.io/acme/kms/aws",
            "registry.terraform.io/acme/kms/aws",
            "github.com/acme/terraform-aws-kms",
            "git::https://github.com/acme/terraform-aws-kms.git?ref=v1.2.0",
            "git::ssh://git@github.com/acme/terraform-aws-kms.git?ref=v1.2.0",
            "git@github.com:acme/terraform-aws-kms.git",
            "git::git@github.com:acme/terraform-aws-kms.git?depth=1&ref=v1.2.0",
        ];
        for source in sources {
            let address = Address::parse(source).unwrap();
            assert_eq!(address.registry_names(), Some(["acme", "kms", "aws"]), "{source}");
            assert_eq!(address.reference.is_some(), source.contains("ref="), "{source}");
            assert_eq!(address.repository_name().as_deref(), Some("terraform-aws-kms"));
            assert_eq!(address.inside, "");
        }
    }

    #[test]
    fn directories_inside_and_local_sources() {
        let of = |source: &str| Address::parse(source);
        assert_eq!(of("acme/kms/aws//modules/key").unwrap().inside, "modules/key");
        let git = of("git::https://example.com/infra/modules.git//kms/key?ref=abc").unwrap();
        assert_eq!((git.inside.as_str(), git.reference.as_deref()), ("kms/key", Some("abc")));
        assert_eq!(git.registry_names(), None);
        assert_eq!(git.repository_name().as_deref(), Some("modules"));
        assert!(of("./kms").is_none() && of("../kms").is_none() && of("").is_none() && of("kms").is_none());
    }
}
