//! Copies of modules in a directory that the user names (`--modules DIR`): which one does a call mean?
//!
//! A copy lies under the names that people give it: `NAMESPACE/NAME/PROVIDER`, `NAME`, the repository's name or path.
//! Under such a directory, or beside it (`NAME-1.2.0`, `NAME@v1.2.0`), several versions may lie; the newest that the
//! call allows is taken. What is easy to get wrong: names come from pull requests, so they never lead out of DIR.

use super::address::{Address, Origin};
use super::session::literal;
use super::version::{Range, Version};
use crate::source::Disk;
use crate::syntax::hcl::Block;

/// The directory of the copy that a `module` block means.
pub(super) fn find(disk: &Disk, modules: &str, block: &Block) -> Option<String> {
    let address = Address::of(block)?;
    let version = block.body.attribute("version").and_then(|version| literal(&version.value));
    let allowed = allowed(&address, version.as_deref());
    candidates(&address).iter().find_map(|candidate| {
        let parts = candidate.split('/').chain(address.inside.split('/'));
        if parts.clone().any(|part| part == "." || part == "..") {
            return None;
        }
        copy(disk, &Disk::join(modules, candidate)?, &address, allowed)
    })
}

/// The versions that a call allows; every one where that cannot be read.
fn allowed(address: &Address, version: Option<&str>) -> Range {
    let pinned = || address.reference.as_deref().and_then(Version::parse).map(Range::only);
    version.and_then(Range::of).or_else(pinned).unwrap_or(Range::ALL)
}

/// Where a copy may lie, the surest first.
fn candidates(address: &Address) -> Vec<String> {
    let mut found = Vec::new();
    if let Origin::Repository(parts) = &address.origin {
        let (_, path) = parts.split_first().map_or(("", &[][..]), |(host, path)| (host.as_str(), path));
        found.extend([parts.join("/"), path.join("/")]);
    }
    if let Some([namespace, name, provider]) = address.registry_names() {
        found.push(format!("{namespace}/{name}/{provider}"));
        found.push(format!("{namespace}.{name}.{provider}"));
        found.extend(address.repository_name().map(|repository| format!("{namespace}/{repository}")));
    }
    found.extend(address.repository_name());
    found.extend(address.registry_names().map(|[_, name, _]| name.to_owned()));
    found.retain(|candidate| !candidate.is_empty());
    found
}

/// The directory with Terraform files at `place`, or the newest allowed version under or beside it.
fn copy(disk: &Disk, place: &str, address: &Address, allowed: Range) -> Option<String> {
    let inside = |dir: &str| match address.inside.as_str() {
        "" => dir.to_owned(),
        inside => format!("{dir}/{inside}"),
    };
    let here = inside(place);
    if has_terraform(disk, &here) {
        return Some(here);
    }
    let (above, name) = place.rsplit_once('/').unwrap_or(("", place));
    let beside = |other: String| if above.is_empty() { other } else { format!("{above}/{other}") };
    let below =
        disk.directories_in(place).into_iter().map(|version| (version.clone(), format!("{place}/{version}")));
    let neighbours = disk.directories_in(above).into_iter().filter_map(|other| {
        let version = other.strip_prefix(name)?.strip_prefix(['-', '@', '_'])?.to_owned();
        Some((version, beside(other)))
    });
    let mut versions: Vec<(Version, String)> = below
        .chain(neighbours)
        .filter_map(|(version, dir)| Some((Version::parse(&version)?, inside(&dir))))
        .filter(|(version, dir)| allowed.allows(*version) && has_terraform(disk, dir))
        .collect();
    versions.sort();
    versions.pop().map(|(_, dir)| dir)
}

fn has_terraform(disk: &Disk, dir: &str) -> bool {
    let endings = [".tf", ".tofu", ".tf.json", ".tofu.json"];
    disk.files_in(dir).iter().any(|name| endings.iter().any(|ending| name.ends_with(ending)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::hcl;
    use std::sync::Arc;

    fn found(files: &[&str], call: &str) -> Option<String> {
        let disk = Disk::memory(files.iter().map(|file| (*file, "")), Arc::default());
        let text = format!("module \"m\" {{\n{call}\n}}\n");
        let id = disk.map().add("call.tf", text.as_str());
        let file = hcl::parse(id, &text);
        find(&disk, "v", &file.body.blocks[0])
    }

    #[test]
    fn a_copy_is_found_under_every_usual_name() {
        let calls =
            ["source = \"acme/kms/aws\"", "source = \"git::https://github.com/acme/terraform-aws-kms.git\""];
        for call in calls {
            for dir in ["v/acme/kms/aws", "v/kms", "v/terraform-aws-kms", "v/acme/terraform-aws-kms"] {
                assert_eq!(found(&[&format!("{dir}/main.tf")], call).as_deref(), Some(dir), "{call}");
            }
        }
        assert_eq!(found(&["v/other/main.tf", "v/kms/README.md"], calls[0]), None);
    }

    #[test]
    fn the_newest_version_that_is_allowed_is_taken() {
        let files =
            ["v/acme/kms/aws/1.9.0/main.tf", "v/acme/kms/aws/1.10.0/main.tf", "v/acme/kms/aws/2.0.0/main.tf"];
        let of = |rest: &str| found(&files, &format!("source = \"acme/kms/aws\"\n{rest}"));
        assert_eq!(of("version = \"~> 1.2\"").as_deref(), Some("v/acme/kms/aws/1.10.0"));
        assert_eq!(of("").as_deref(), Some("v/acme/kms/aws/2.0.0"));
        assert_eq!(of("version = \"3.0.0\""), None);
        let beside = ["v/kms-1.0.0/sub/main.tf", "v/kms@v2.0.0/sub/main.tf"];
        let git = "source = \"git::https://example.com/x/kms.git//sub?ref=v1.0.0\"";
        assert_eq!(found(&beside, git).as_deref(), Some("v/kms-1.0.0/sub"));
    }

    #[test]
    fn names_do_not_lead_out() {
        assert_eq!(found(&["main.tf"], "source = \"acme/../aws\""), None);
        assert_eq!(found(&["main.tf", "v/kms/x"], "source = \"acme/kms/aws//../..\""), None);
    }
}
