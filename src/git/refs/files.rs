//! Reads the refs of a repository from its files (gitrepository-layout(5), git-pack-refs(1)): loose refs, and
//! `packed-refs`, which also has the peeled object of annotated tags.
//!
//! The git library sorts the whole `packed-refs` first, which takes longer than reading a small window, and skips
//! damaged refs. This module reports each damaged ref.
//!
//! Loose refs are read before `packed-refs`, as in git: a ref that is packed meanwhile is found twice, not lost.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    name::is_valid,
    packed::{HEX_LENGTH, PackedRefs},
};
use crate::git::{Error, file::read_small};
use crate::model::ObjectId;

/// Longest chain of symbolic refs, as in git.
const MAX_SYMREF_DEPTH: usize = 5;
/// Largest file of a loose ref, in bytes.
const MAX_REF_FILE: u64 = 64 << 10;
/// Largest reflog, in bytes.
const MAX_REFLOG: u64 = 256 << 20;

/// What a ref points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::git) struct Target {
    /// The object.
    pub(in crate::git) object: ObjectId,
    /// The peeled object, which is not a tag; `None` if it is not recorded.
    pub(super) peeled: Option<ObjectId>,
}

/// The refs below a prefix, by the rest of their names, as bytes.
#[derive(Debug, Default)]
pub(in crate::git) struct Listing {
    /// The valid refs.
    pub(in crate::git) targets: BTreeMap<Vec<u8>, Target>,
    /// The broken refs, and what is wrong with them.
    pub(in crate::git) broken: BTreeMap<Vec<u8>, String>,
}

/// The refs of a repository.
pub(in crate::git) struct RefStore {
    common_dir: PathBuf,
    /// The git directory of the worktree, with `HEAD` and other per-worktree refs.
    git_dir: PathBuf,
}

/// The value of a ref.
#[derive(Debug, PartialEq, Eq)]
enum RefValue {
    /// An object.
    Object(ObjectId),
    /// Another ref, by its full name.
    Symbolic(String),
}

impl RefStore {
    /// The refs of a repository. For a linked worktree, `git_dir` differs from `common_dir`.
    pub(in crate::git) fn new(common_dir: &Path, git_dir: &Path) -> Self {
        Self { common_dir: common_dir.to_owned(), git_dir: git_dir.to_owned() }
    }

    /// Lists the refs below a prefix (`refs/tags`).
    ///
    /// # Errors
    /// If the directory or `packed-refs` cannot be read. A single damaged ref is not an error, but listed as broken.
    pub(in crate::git) fn list(&self, prefix: &str) -> Result<Listing, Error> {
        let mut loose = Vec::new();
        let path = self.common_dir.join(prefix);
        let failed = |error: io::Error| Error::DamagedFile {
            path: path.clone(),
            line: None,
            problem: error.to_string(),
        };
        collect_loose(&path, &mut Vec::new(), &mut loose).map_err(failed)?;
        let mut listing = Listing::default();
        // `0` follows `/` in ASCII.
        let start = format!("{prefix}/");
        self.packed_refs()?.records(&start, &format!("{prefix}0"), |record| {
            let Some(name) = record.name.strip_prefix(start.as_bytes()) else { return };
            let target = Target { object: record.object, peeled: record.peeled };
            listing.targets.insert(name.to_owned(), target);
        })?;
        // A loose ref overrides the packed ref, even if it is damaged.
        for (name, value) in loose {
            match value.and_then(|value| self.follow(value, MAX_SYMREF_DEPTH)) {
                Ok(object) => drop(listing.targets.insert(name, Target { object, peeled: None })),
                Err(problem) => {
                    listing.targets.remove(&name);
                    listing.broken.insert(name, problem);
                }
            }
        }
        Ok(listing)
    }

    /// Resolves a ref, by full name, to its object; `None` if it does not exist.
    ///
    /// # Errors
    /// If it is broken, or `packed-refs` is damaged.
    pub(in crate::git) fn find(&self, name: &str) -> Result<Option<ObjectId>, Error> {
        let damaged = |problem: String| Error::broken_ref(name, problem);
        match self.read(name)? {
            Some(RefValue::Object(object)) => Ok(Some(object)),
            // An unborn branch: HEAD of a new repository.
            Some(RefValue::Symbolic(next)) if next != name && self.read(&next)?.is_none() => Ok(None),
            Some(value) => self.follow(value, MAX_SYMREF_DEPTH).map(Some).map_err(damaged),
            None => Ok(None),
        }
    }

    /// The full name of the ref that a symbolic ref points to; `None` if it is not symbolic.
    pub(in crate::git) fn symbolic_target(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(match self.read(name)? {
            Some(RefValue::Symbolic(next)) => Some(next),
            _ => None,
        })
    }

    /// The lines of a ref's reflog, oldest first; empty if there is no reflog.
    ///
    /// # Errors
    /// If the reflog cannot be read.
    pub(super) fn reflog(&self, name: &str) -> Result<Vec<String>, Error> {
        let folder = if name == "HEAD" { &self.git_dir } else { &self.common_dir };
        let path = folder.join("logs").join(name);
        let text = read_small(&path, MAX_REFLOG).map_err(|error| Error::DamagedFile {
            path,
            line: None,
            problem: error.to_string(),
        })?;
        Ok(String::from_utf8_lossy(&text.unwrap_or_default()).lines().map(str::to_owned).collect())
    }

    /// Resolves a value to an object, through at most `depth` symbolic refs.
    fn follow(&self, value: RefValue, depth: usize) -> Result<ObjectId, String> {
        let next = match value {
            RefValue::Object(object) if object == ObjectId::from_bytes([0; 20]) => {
                return Err("it points to the null object ID".to_owned());
            }
            RefValue::Object(object) => return Ok(object),
            RefValue::Symbolic(next) => next,
        };
        let Some(depth) = depth.checked_sub(1) else {
            return Err("its symbolic refs form a cycle, or too long a chain".to_owned());
        };
        let value = self.read(&next).map_err(|error| error.to_string())?;
        self.follow(value.ok_or_else(|| format!("it points to `{next}`, which does not exist"))?, depth)
    }

    /// Reads a ref, loose or packed.
    fn read(&self, name: &str) -> Result<Option<RefValue>, Error> {
        if !is_valid(name.as_bytes()) {
            return Ok(None);
        }
        let is_per_worktree = !name.starts_with("refs/")
            || name.starts_with("refs/bisect/")
            || name.starts_with("refs/worktree/");
        let path = if is_per_worktree { &self.git_dir } else { &self.common_dir }.join(name);
        if !path.is_dir() {
            let damaged = |problem: String| Error::broken_ref(name, problem);
            let text = read_small(&path, MAX_REF_FILE).map_err(|error| damaged(error.to_string()))?;
            if let Some(text) = text {
                return parse_ref(&text).map(Some).map_err(damaged);
            }
        }
        let mut found = None;
        self.packed_refs()?.records(name, &format!("{name}\0"), |record| {
            if record.name == name.as_bytes() {
                found = Some(RefValue::Object(record.object));
            }
        })?;
        Ok(found)
    }

    fn packed_refs(&self) -> Result<PackedRefs, Error> {
        PackedRefs::open(&self.common_dir.join("packed-refs"))
    }
}

/// A loose ref: the rest of its name, and its value or what is wrong with it.
type LooseRef = (Vec<u8>, Result<RefValue, String>);

/// Collects the loose refs of a directory, recursively. Skips lock files and hidden files, as git does.
fn collect_loose(directory: &Path, name: &mut Vec<u8>, refs: &mut Vec<LooseRef>) -> io::Result<()> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let (file_name, length) = (entry.file_name(), name.len());
        name.extend_from_slice(file_name.as_encoded_bytes());
        if entry.file_type()?.is_dir() {
            name.push(b'/');
            collect_loose(&entry.path(), name, refs)?;
        } else if !file_name.as_encoded_bytes().starts_with(b".") && !name.ends_with(b".lock") {
            let is_valid = is_valid(&[b"refs/", name.as_slice()].concat());
            let value = match read_small(&entry.path(), MAX_REF_FILE) {
                _ if !is_valid => Err("its name is not valid".to_owned()),
                Ok(text) => parse_ref(&text.unwrap_or_default()),
                Err(error) => Err(error.to_string()),
            };
            refs.push((name.clone(), value));
        }
        name.truncate(length);
    }
    Ok(())
}

/// Parses the file of a loose ref; otherwise returns what is wrong with it.
fn parse_ref(text: &[u8]) -> Result<RefValue, String> {
    if let Some(name) = text.strip_prefix(b"ref:") {
        let name = String::from_utf8_lossy(name.trim_ascii()).into_owned();
        return if is_valid(name.as_bytes()) {
            Ok(RefValue::Symbolic(name))
        } else {
            Err("it points to an invalid ref name".to_owned())
        };
    }
    if text.trim_ascii().is_empty() {
        return Err("its file is empty".to_owned());
    }
    let (object, rest) = text.split_at_checked(HEX_LENGTH).unwrap_or((text, &[]));
    let object = std::str::from_utf8(object).ok().and_then(|object| object.parse().ok());
    let object = object.filter(|_| rest.first().is_none_or(u8::is_ascii_whitespace));
    object.map(RefValue::Object).ok_or_else(|| "its file does not contain an object ID".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(packed: &str, loose: &[(&str, &str)]) -> Listing {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("packed-refs"), packed).unwrap();
        for (name, text) in loose {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        RefStore::new(folder.path(), folder.path()).list("refs/tags").unwrap()
    }

    fn below(packed: &str, loose: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
        let listing = listing(packed, loose);
        assert!(listing.broken.is_empty(), "{listing:?}");
        let short = |target: Target| target.peeled.map(|id| id.to_string()[..2].to_owned());
        let name = |name: Vec<u8>| String::from_utf8(name).unwrap();
        listing.targets.into_iter().map(|(key, target)| (name(key), short(target))).collect()
    }

    fn id(digit: &str) -> String {
        digit.repeat(HEX_LENGTH)
    }

    #[test]
    fn packed_refs_give_peeled_tags() {
        let packed = format!(
            "# pack-refs with: peeled fully-peeled sorted \n{a} refs/heads/refs/tags/x\n{a} refs/tags/v1\n{b} refs/tags/v2\n^{c}\n{a} refs/tagsx/y\n",
            a = id("a"),
            b = id("b"),
            c = id("c")
        );
        let expected = [("v1", Some("aa")), ("v2", Some("cc"))];
        assert_eq!(below(&packed, &[]), expected.map(|(name, id)| (name.to_owned(), id.map(str::to_owned))));
    }

    #[test]
    fn packed_refs_without_peeled_header_leave_tags_unpeeled() {
        let packed = format!("{a} refs/tags/v1\n{a} refs/tags/v2\n^{b}\n", a = id("a"), b = id("b"));
        assert_eq!(below(&packed, &[]), [("v1".to_owned(), None), ("v2".to_owned(), Some("bb".to_owned()))]);
    }

    #[test]
    fn loose_refs_override_packed_refs() {
        let packed = format!("# pack-refs with: peeled \n{a} refs/tags/v1\n", a = id("a"));
        let loose = format!("{}\n", id("b"));
        let files = [("refs/tags/v1", &*loose), ("refs/tags/api/v2", &loose), ("refs/tags/v3.lock", "")];
        assert_eq!(below(&packed, &files), [("api/v2".to_owned(), None), ("v1".to_owned(), None)]);
    }

    #[test]
    fn ref_packed_after_open_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let ref_store = RefStore::new(folder.path(), folder.path());
        assert_eq!(ref_store.find("refs/heads/main").unwrap(), None);
        let packed = format!("# pack-refs with: peeled fully-peeled sorted \n{} refs/heads/main\n", id("a"));
        fs::write(folder.path().join("packed-refs"), packed).unwrap();
        assert_eq!(ref_store.find("refs/heads/main").unwrap().map(|found| found.to_string()), Some(id("a")));
    }

    #[test]
    fn damaged_loose_ref_hides_the_packed_ref() {
        let packed = format!("{a} refs/tags/v1\n{a} refs/tags/v9\n", a = id("a"));
        let short = &id("a")[..39];
        let long = format!("{}b\n", id("a"));
        let plus = format!("+{}", &id("a")[1..]);
        let texts = [
            "",
            "\n",
            "garbage\n",
            short,
            &long,
            &plus,
            "ref: refs/tags/missing\n",
            "ref: refs/tags/v1\n",
            "ref: ../x\n",
            "ref:\n",
        ];
        for text in texts {
            let listing = listing(&packed, &[("refs/tags/v1", text)]);
            assert_eq!(listing.broken.keys().collect::<Vec<_>>(), [b"v1"], "{text:?}");
            assert_eq!(listing.targets.keys().collect::<Vec<_>>(), [b"v9"], "{text:?}");
        }
        let zero = id("0");
        assert_eq!(listing("", &[("refs/tags/v1", &zero)]).broken.len(), 1, "the null object ID");
    }

    #[test]
    fn symbolic_refs_are_followed() {
        let packed = format!("{a} refs/heads/main\n", a = id("a"));
        let files =
            [("refs/tags/v1", "ref: refs/tags/latest\n"), ("refs/tags/latest", "ref:refs/heads/main")];
        let found = below(&packed, &files);
        assert_eq!(found, [("latest".to_owned(), None), ("v1".to_owned(), None)]);
    }
}
