//! Where GitHub and SARIF readers find a file and recognise a line.
//!
//! Both want paths from the root of the repository, while findings carry paths from the working directory. A line is
//! recognised by the hash that GitHub's upload action computes (`primaryLocationLineHash`), so that alerts keep their
//! identity whoever uploads.

use crate::source::SourceFile;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rustc_hash::FxHashMap;

/// What stays as it is in a segment of a path (RFC 3986, unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A path from the root of the repository, given the working directory's path in it (`prefix`).
pub(super) fn in_repository(prefix: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in prefix.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// The path as a URI reference: relative where the path is, percent-encoded.
pub(super) fn uri(prefix: &str, path: &str) -> String {
    let path = in_repository(prefix, path);
    let encoded = utf8_percent_encode(&path, SEGMENT).to_string();
    if path.starts_with('/') { format!("file://{encoded}") } else { encoded }
}

/// Characters that a line's hash looks at, from the line's start on.
const WINDOW: usize = 100;
/// What the upload action reads at the end of a file.
const END: u16 = u16::MAX;

/// The hash of every line that a finding may stand on, by line number from 1: `<hash>:<how many lines before and
/// including this one have it>`.
pub(super) fn line_hashes(file: &SourceFile) -> Vec<String> {
    let (units, starts) = without_blanks(file.text());
    let mut seen: FxHashMap<u64, usize> = FxHashMap::default();
    starts
        .into_iter()
        .map(|start| {
            let window = units.iter().skip(start).copied().chain(std::iter::repeat(0)).take(WINDOW);
            let hash = window.fold(0_u64, |hash, unit| hash.wrapping_mul(37).wrapping_add(u64::from(unit)));
            let count = seen.entry(hash).or_default();
            *count += 1;
            format!("{hash:x}:{count}")
        })
        .collect()
}

/// The text without blanks, every line break as LF, with its end mark; and where its lines start.
fn without_blanks(text: &str) -> (Vec<u16>, Vec<usize>) {
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut starts = Vec::new();
    let (mut at_start, mut after_return) = (true, false);
    for unit in text.encode_utf16().map(Some).chain([None]) {
        let is_feed = unit == Some(u16::from(b'\n'));
        let is_return = unit == Some(u16::from(b'\r'));
        let skipped =
            unit == Some(u16::from(b' ')) || unit == Some(u16::from(b'\t')) || (after_return && is_feed);
        after_return = is_return;
        if skipped {
            continue;
        }
        if at_start {
            starts.push(units.len());
        }
        at_start = is_feed || is_return;
        units.push(if is_return { u16::from(b'\n') } else { unit.unwrap_or(END) });
    }
    (units, starts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    fn hashes(text: &str) -> Vec<String> {
        let map = SourceMap::default();
        let id = map.add("f", text);
        line_hashes(&map.file(id))
    }

    #[test]
    fn paths_start_at_the_repository() {
        assert_eq!(in_repository("infra/", "../modules/./a.tf"), "modules/a.tf");
        assert_eq!(in_repository("", "a.tf"), "a.tf");
        assert_eq!(uri("in fra/", "a b%ü.tf"), "in%20fra/a%20b%25%C3%BC.tf");
        assert_eq!(uri("x/", "/tmp/a.tf"), "file:///tmp/a.tf");
    }

    #[test]
    fn lines_hash_as_the_upload_action_does() {
        assert_eq!(hashes(""), ["c129715d7a2bc9a3:1"]);
        let lines = ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"];
        assert_eq!(hashes(" a\nb\n  \t\tc\n d"), lines);
        assert_eq!(hashes(" a\r\nb\r\n  \t\tc\r d"), lines);
    }
}
