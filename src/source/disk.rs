//! The only door to the file system: contained, bounded, remembered.

use super::{FileId, Limits, Problem, ProblemKind, SourceMap, Span};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Reads files below one root directory into a [`SourceMap`], each once.
///
/// Nothing outside the root is ever read: paths are resolved, links included, before they are opened. Paths given
/// and taken are relative to the root, with `/`, without `.` and `..`; [`Disk::join`] makes them.
#[derive(Debug)]
pub struct Disk {
    backing: Backing,
    shown: String,
    seen_from: Vec<String>,
    beside: Option<Beside>,
    map: Arc<SourceMap>,
    read: Mutex<FxHashMap<String, Result<FileId, Problem>>>,
}

/// Another directory that may be read, under a name that no file of the root has.
#[derive(Debug)]
struct Beside {
    name: String,
    root: PathBuf,
    shown: String,
}

#[derive(Debug)]
enum Backing {
    Directory(PathBuf),
    Memory(BTreeMap<String, Vec<u8>>),
}

impl Disk {
    /// The directory `root`; `shown` is put before paths shown to the user (empty, or ending in `/`).
    pub fn directory(root: &Path, shown: impl Into<String>, map: Arc<SourceMap>) -> std::io::Result<Self> {
        Ok(Self::new(Backing::Directory(root.canonicalize()?), shown.into(), map))
    }

    /// Files held in memory, for tests and for standard input.
    pub fn memory<P: Into<String>, T: Into<Vec<u8>>>(
        files: impl IntoIterator<Item = (P, T)>,
        map: Arc<SourceMap>,
    ) -> Self {
        let files = files.into_iter().map(|(path, text)| (path.into(), text.into())).collect();
        Self::new(Backing::Memory(files), String::new(), map)
    }

    fn new(backing: Backing, shown: String, map: Arc<SourceMap>) -> Self {
        Self { backing, shown, seen_from: Vec::new(), beside: None, map, read: Mutex::default() }
    }

    /// The texts read so far, and those of every other disk of this run.
    pub fn map(&self) -> &Arc<SourceMap> {
        &self.map
    }

    /// `relative` as seen from the directory `from`; `None` when it leaves the root or is absolute.
    pub fn join(from: &str, relative: &str) -> Option<String> {
        let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        for component in Path::new(relative).components() {
            match component {
                Component::CurDir => {}
                Component::Normal(part) => parts.push(part.to_str()?),
                Component::ParentDir => {
                    parts.pop()?;
                }
                Component::RootDir | Component::Prefix(_) => return None,
            }
        }
        Some(parts.join("/"))
    }

    /// The same, for a working directory that lies inside the root, at `inside`: shown paths are relative to it.
    #[must_use]
    pub fn seen_from(mut self, inside: &str) -> Self {
        self.seen_from = inside.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        self
    }

    /// The same with another directory that may be read, under `name`; `shown` is put before its paths.
    pub fn with(mut self, name: &str, root: &Path, shown: &str) -> std::io::Result<Self> {
        let shown = shown.trim_end_matches('/').to_owned();
        self.beside = Some(Beside { name: name.to_owned(), root: root.canonicalize()?, shown });
        Ok(self)
    }

    /// The directory beside the root that `path` leads into, and the path there.
    fn beside<'p>(&self, path: &'p str) -> Option<(&Beside, &'p str)> {
        let beside = self.beside.as_ref()?;
        let rest = path.strip_prefix(beside.name.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| (beside, rest.trim_start_matches('/')))
    }

    /// The real place of `path`, or an error when links lead out of where it lies.
    fn contained(&self, root: &Path, path: &str) -> std::io::Result<PathBuf> {
        match self.beside(path) {
            Some((beside, rest)) => contained(&beside.root, rest),
            None => contained(root, path),
        }
    }

    /// The path of a file as shown to the user.
    pub fn shown(&self, path: &str) -> String {
        if let Some((beside, rest)) = self.beside(path) {
            return format!("{}/{rest}", beside.shown);
        }
        let common = self.seen_from.iter().zip(path.split('/')).take_while(|(one, two)| one == two).count();
        let up = "../".repeat(self.seen_from.len() - common);
        let rest: Vec<&str> = path.split('/').skip(common).collect();
        format!("{}{up}{}", self.shown, rest.join("/"))
    }

    /// Reads a file as text; remembered, so the same path gives the same [`FileId`].
    ///
    /// # Errors
    /// A [`Problem`] (unreadable or limit) when it is missing, outside the root, too large or not text.
    pub fn read(&self, path: &str) -> Result<FileId, Problem> {
        self.read_up_to(path, Limits::DEFAULT.file_bytes)
    }

    /// As [`Disk::read`], with the larger bound that holds for Terraform plans.
    ///
    /// # Errors
    /// As [`Disk::read`].
    pub fn read_plan(&self, path: &str) -> Result<FileId, Problem> {
        self.read_up_to(path, Limits::DEFAULT.plan_bytes)
    }

    fn read_up_to(&self, path: &str, most: u64) -> Result<FileId, Problem> {
        if let Some(known) = self.read.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return known.clone();
        }
        let outcome = self.read_new(path, most);
        self.read
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(path.to_owned())
            .or_insert(outcome)
            .clone()
    }

    fn read_new(&self, path: &str, most: u64) -> Result<FileId, Problem> {
        let bytes =
            self.bytes_up_to(path, most).map_err(|(kind, message)| self.whole_file(path, kind, &message))?;
        if let Some((what, help)) = sealed(&bytes) {
            return Err(self.whole_file(path, ProblemKind::Unreadable, what).help(help));
        }
        let text = decode(bytes).map_err(|why| self.whole_file(path, ProblemKind::Unreadable, &why))?;
        Ok(self.map.add(self.shown(path), text))
    }

    fn whole_file(&self, path: &str, kind: ProblemKind, message: &str) -> Problem {
        let shown = self.shown(path);
        let message = format!("`{shown}` {message}");
        Problem::new(kind, Span::start_of(self.map.add(shown, "")), message)
    }

    /// The bytes of a file, for `filebase64`, hashes and the like.
    ///
    /// # Errors
    /// Kind and message of the problem, as for [`Disk::read`].
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, (ProblemKind, String)> {
        self.bytes_up_to(path, Limits::DEFAULT.file_bytes)
    }

    fn bytes_up_to(&self, path: &str, most: u64) -> Result<Vec<u8>, (ProblemKind, String)> {
        let unreadable =
            |error: std::io::Error| (ProblemKind::Unreadable, format!("cannot be read: {error}"));
        match &self.backing {
            Backing::Memory(files) => files
                .get(path)
                .cloned()
                .ok_or_else(|| unreadable(std::io::Error::from(std::io::ErrorKind::NotFound))),
            Backing::Directory(root) => {
                let place = self.contained(root, path).map_err(unreadable)?;
                let meta = std::fs::metadata(&place).map_err(unreadable)?;
                if !meta.is_file() {
                    return Err((ProblemKind::Unreadable, "is not a regular file".to_owned()));
                }
                if meta.len() > most {
                    let mebibytes = most >> 20;
                    return Err((
                        ProblemKind::Limit,
                        format!("is larger than {mebibytes} MiB and was not read"),
                    ));
                }
                std::fs::read(place).map_err(unreadable)
            }
        }
    }

    /// Names of the files (not directories) directly in the directory `path`, sorted; empty when there is none.
    pub fn files_in(&self, path: &str) -> Vec<String> {
        let mut names = match &self.backing {
            Backing::Memory(files) => files
                .keys()
                .filter_map(|file| match file.rsplit_once('/') {
                    Some((parent, name)) => (parent == path).then(|| name.to_owned()),
                    None => path.is_empty().then(|| file.clone()),
                })
                .collect(),
            Backing::Directory(root) => match self.contained(root, path).and_then(std::fs::read_dir) {
                Ok(entries) => entries
                    .filter_map(Result::ok)
                    .filter(|entry| entry.path().is_file())
                    .filter_map(|entry| entry.file_name().into_string().ok())
                    .collect(),
                Err(_) => Vec::new(),
            },
        };
        names.sort();
        names
    }

    /// Names of the directories directly in the directory `path`, sorted; links are not followed.
    pub fn directories_in(&self, path: &str) -> Vec<String> {
        let mut names: Vec<String> = match &self.backing {
            Backing::Memory(files) => {
                let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
                let below = files.keys().filter_map(|file| file.strip_prefix(&prefix)?.split_once('/'));
                below.map(|(name, _)| name.to_owned()).collect()
            }
            Backing::Directory(root) => match self.contained(root, path).and_then(std::fs::read_dir) {
                Ok(entries) => entries
                    .filter_map(Result::ok)
                    .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
                    .filter_map(|entry| entry.file_name().into_string().ok())
                    .collect(),
                Err(_) => Vec::new(),
            },
        };
        names.sort();
        names.dedup();
        names
    }

    /// Whether `path` is a file inside the root.
    pub fn is_file(&self, path: &str) -> bool {
        match &self.backing {
            Backing::Memory(files) => files.contains_key(path),
            Backing::Directory(root) => self.contained(root, path).is_ok_and(|place| place.is_file()),
        }
    }
}

/// The real place of `path`, or an error when links lead out of `root`.
fn contained(root: &Path, path: &str) -> std::io::Result<PathBuf> {
    let place = root.join(path).canonicalize()?;
    if place.starts_with(root) {
        return Ok(place);
    }
    Err(std::io::Error::other("it lies outside the scanned root"))
}

/// Files that hold what we want to know in a form that only another tool can open: what to say, and what to do.
fn sealed(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    if bytes.starts_with(b"PK\x03\x04") {
        let what = "is a binary plan file or another archive, which only the tool that wrote it can read";
        Some((what, "if it is a plan, check the output of `terraform show -json <plan file>`"))
    } else if bytes.starts_with(b"\0GITCRYPT") {
        Some(("is encrypted with git-crypt", "run `git-crypt unlock`, or leave it out with `--exclude`"))
    } else {
        None
    }
}

/// Text of a file: UTF-8, or UTF-16 with a byte order mark (PowerShell 5 writes plans so).
fn decode(bytes: Vec<u8>) -> Result<String, String> {
    let units = |little: bool| -> Vec<u16> {
        let (pairs, _) = bytes.get(2..).unwrap_or_default().as_chunks::<2>();
        pairs
            .iter()
            .map(|pair| if little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) })
            .collect()
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => {
            String::from_utf16(&units(true)).map_err(|_| "is not valid UTF-16 text".to_owned())
        }
        [0xfe, 0xff, ..] => {
            String::from_utf16(&units(false)).map_err(|_| "is not valid UTF-16 text".to_owned())
        }
        _ if memchr::memchr(0, &bytes).is_some() => Err("is a binary file, not text".to_owned()),
        _ => String::from_utf8(bytes)
            .map_err(|error| format!("is not valid UTF-8 text (byte {})", error.utf8_error().valid_up_to())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_stay_inside_the_root() {
        assert_eq!(Disk::join("a/b", "../c/./d.tf").as_deref(), Some("a/c/d.tf"));
        assert_eq!(Disk::join("", "./x").as_deref(), Some("x"));
        assert_eq!(Disk::join("a", "../../x"), None);
        assert_eq!(Disk::join("a", "/etc/passwd"), None);
    }

    #[test]
    fn shown_paths_are_relative_to_the_working_directory() {
        let disk = Disk::memory([("a", "")], Arc::default()).seen_from("infra/prod");
        assert_eq!(disk.shown("infra/prod/main.tf"), "main.tf");
        assert_eq!(disk.shown("infra/kms/main.tf"), "../kms/main.tf");
        assert_eq!(disk.shown("main.tf"), "../../main.tf");
    }

    #[test]
    fn a_directory_beside_the_root_is_read_under_its_name() {
        let [root, beside] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        std::fs::create_dir(beside.path().join("kms")).unwrap();
        std::fs::write(beside.path().join("kms/main.tf"), "# k").unwrap();
        let disk = Disk::directory(root.path(), "", Arc::default()).unwrap();
        let disk = disk.with("<modules>", beside.path(), "../vendor/").unwrap();
        let file = disk.read("<modules>/kms/main.tf").unwrap();
        assert_eq!(disk.map().path(file), "../vendor/kms/main.tf");
        assert_eq!(
            (disk.files_in("<modules>/kms"), disk.directories_in("<modules>")),
            (vec!["main.tf".to_owned()], vec!["kms".to_owned()])
        );
        assert!(!disk.is_file("<modules>/../x") && !disk.is_file("kms/main.tf"));
    }

    #[test]
    fn links_out_of_the_root_are_refused() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "s").unwrap();
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret"), root.path().join("link")).unwrap();
        let disk = Disk::directory(root.path(), "", Arc::default()).unwrap();
        assert!(disk.read("link").unwrap_err().message.contains("outside the scanned root"));
        assert!(!disk.is_file("link"));
    }

    #[test]
    fn utf16_plans_are_read_and_binaries_refused() {
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("{}".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let disk = Disk::memory([("p.json", utf16), ("b.tf", vec![b'a', 0, b'b'])], Arc::default());
        let id = disk.read("p.json").unwrap();
        assert_eq!(&**disk.map().file(id).text(), "{}");
        assert_eq!(disk.read("b.tf").unwrap_err().message, "`b.tf` is a binary file, not text");
        assert_eq!(disk.files_in(""), ["b.tf", "p.json"]);
    }

    #[test]
    fn sealed_files_are_named_with_the_tool_that_opens_them() {
        let disk = Disk::memory(
            [("plan.out", &b"PK\x03\x04\x14\0"[..]), ("k.tf", &b"\0GITCRYPT\0\xfe\x01"[..])],
            Arc::default(),
        );
        let plan = disk.read("plan.out").unwrap_err();
        assert!(plan.message.starts_with("`plan.out` is a binary plan file"), "{plan:?}");
        assert!(plan.help.unwrap().contains("terraform show -json"));
        assert_eq!(disk.read("k.tf").unwrap_err().message, "`k.tf` is encrypted with git-crypt");
    }
}
