//! The references of a repository, as its files hold them (gitrepository-layout(5), git-pack-refs(1)): loose ones in
//! folders, the others in one packed file, which also tells what an annotated tag leads to.
//!
//! The git library sorts the whole packed file before it answers, which takes longer than a small window, and passes over
//! references that are damaged. Here each of those is named.
//!
//! Loose references are read before the packed file, as git does: one that is packed in between is then found twice, and
//! not lost.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    name::is_valid,
    packed::{HEX, PackedRefs},
};
use crate::git::{Error, file::read_small};
use crate::model::ObjectId;

/// Symbolic references that lead to one another; git follows as many.
const DEEPEST: usize = 5;
/// No file of a reference is longer.
const LONGEST: u64 = 64 << 10;
/// No log of a reference is longer.
const LONGEST_LOG: u64 = 256 << 20;

/// Where a reference leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::git) struct Target {
    /// The object that it names.
    pub(in crate::git) object: ObjectId,
    /// What stands behind that when all annotated tags are taken away; `None` where that is not known.
    pub(super) peeled: Option<ObjectId>,
}

/// The references in a folder, by what their names have beyond it, as bytes.
#[derive(Debug, Default)]
pub(in crate::git) struct Listing {
    /// Those that name an object.
    pub(in crate::git) found: BTreeMap<Vec<u8>, Target>,
    /// Those that do not, and why.
    pub(in crate::git) broken: BTreeMap<Vec<u8>, String>,
}

/// A repository's references.
pub(in crate::git) struct References {
    folder: PathBuf,
    /// What belongs to one worktree: `HEAD` and a few others.
    own: PathBuf,
}

/// What a file of a reference says.
#[derive(Debug, PartialEq, Eq)]
enum Content {
    /// It names an object.
    Object(ObjectId),
    /// It names another reference.
    Symbolic(String),
}

impl References {
    /// The references of the repository whose common directory is `folder`, and whose own git directory is `own`.
    pub(in crate::git) fn new(folder: &Path, own: &Path) -> Self {
        Self { folder: folder.to_owned(), own: own.to_owned() }
    }

    /// All below a folder of references (`refs/tags`).
    ///
    /// # Errors
    /// When the folder or the packed file cannot be read. A single reference that is damaged is listed as such.
    pub(in crate::git) fn below(&self, folder: &str) -> Result<Listing, Error> {
        let mut own = Vec::new();
        let path = self.folder.join(folder);
        let failed =
            |error: io::Error| Error::File { path: path.clone(), line: None, problem: error.to_string() };
        loose(&path, &mut Vec::new(), &mut own).map_err(failed)?;
        let mut listing = Listing::default();
        // What comes behind `/` in ASCII is `0`.
        let start = format!("{folder}/");
        self.packed_refs()?.records(&start, &format!("{folder}0"), |record| {
            let Some(name) = record.name.strip_prefix(start.as_bytes()) else { return };
            let target = Target { object: record.object, peeled: record.peeled };
            listing.found.insert(name.to_owned(), target);
        })?;
        // A loose reference is newer than a packed one of its name, even where it is damaged.
        for (name, content) in own {
            match content.and_then(|content| self.followed(content, DEEPEST)) {
                Ok(object) => drop(listing.found.insert(name, Target { object, peeled: None })),
                Err(problem) => {
                    listing.found.remove(&name);
                    listing.broken.insert(name, problem);
                }
            }
        }
        Ok(listing)
    }

    /// What one reference names, in the end; `None` where it is not there.
    ///
    /// # Errors
    /// When it is there and names no object, or the packed file is damaged.
    pub(in crate::git) fn find(&self, name: &str) -> Result<Option<ObjectId>, Error> {
        let damaged = |problem: String| Error::reference(name, problem);
        match self.content(name)? {
            Some(Content::Object(object)) => Ok(Some(object)),
            // A branch that is still to be made: HEAD of a new repository.
            Some(Content::Symbolic(next)) if next != name && self.content(&next)?.is_none() => Ok(None),
            Some(content) => self.followed(content, DEEPEST).map(Some).map_err(damaged),
            None => Ok(None),
        }
    }

    /// The name that a symbolic reference leads to, or its own; `None` where it names an object itself.
    pub(in crate::git) fn symbolic(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(match self.content(name)? {
            Some(Content::Symbolic(next)) => Some(next),
            _ => None,
        })
    }

    /// The lines of a reference's log, oldest first; none where it has none.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub(super) fn log(&self, name: &str) -> Result<Vec<String>, Error> {
        let folder = if name == "HEAD" { &self.own } else { &self.folder };
        let path = folder.join("logs").join(name);
        let text = read_small(&path, LONGEST_LOG).map_err(|error| Error::File {
            path,
            line: None,
            problem: error.to_string(),
        })?;
        Ok(String::from_utf8_lossy(&text.unwrap_or_default()).lines().map(str::to_owned).collect())
    }

    /// The object that a reference leads to, over as many others.
    fn followed(&self, content: Content, depth: usize) -> Result<ObjectId, String> {
        let next = match content {
            Content::Object(object) if object == ObjectId::from_bytes([0; 20]) => {
                return Err("it names no object".to_owned());
            }
            Content::Object(object) => return Ok(object),
            Content::Symbolic(next) => next,
        };
        let Some(depth) = depth.checked_sub(1) else {
            return Err("it leads over too many symbolic references, or in a circle".to_owned());
        };
        let content = self.content(&next).map_err(|error| error.to_string())?;
        self.followed(content.ok_or_else(|| format!("it leads to `{next}`, which does not exist"))?, depth)
    }

    /// What a reference says, wherever it is kept.
    fn content(&self, name: &str) -> Result<Option<Content>, Error> {
        if !is_valid(name.as_bytes()) {
            return Ok(None);
        }
        let is_own = !name.starts_with("refs/")
            || name.starts_with("refs/bisect/")
            || name.starts_with("refs/worktree/");
        let path = if is_own { &self.own } else { &self.folder }.join(name);
        if !path.is_dir() {
            let damaged = |problem: String| Error::reference(name, problem);
            let text = read_small(&path, LONGEST).map_err(|error| damaged(error.to_string()))?;
            if let Some(text) = text {
                return content(&text).map(Some).map_err(damaged);
            }
        }
        let mut found = None;
        self.packed_refs()?.records(name, &format!("{name}\0"), |record| {
            if record.name == name.as_bytes() {
                found = Some(Content::Object(record.object));
            }
        })?;
        Ok(found)
    }

    fn packed_refs(&self) -> Result<PackedRefs, Error> {
        PackedRefs::open(&self.folder.join("packed-refs"))
    }
}

/// A reference that has a file: its name, and what that says.
type Loose = (Vec<u8>, Result<Content, String>);

/// Adds what lies in a folder and those in it, each under the names that lead to it. Locks and hidden files are passed over, as
/// in git.
fn loose(folder: &Path, name: &mut Vec<u8>, found: &mut Vec<Loose>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let (own, before) = (entry.file_name(), name.len());
        name.extend_from_slice(own.as_encoded_bytes());
        if entry.file_type()?.is_dir() {
            name.push(b'/');
            loose(&entry.path(), name, found)?;
        } else if !own.as_encoded_bytes().starts_with(b".") && !name.ends_with(b".lock") {
            let is_valid = is_valid(&[b"refs/", name.as_slice()].concat());
            let content = match read_small(&entry.path(), LONGEST) {
                _ if !is_valid => Err("its name is not valid".to_owned()),
                Ok(text) => content(&text.unwrap_or_default()),
                Err(error) => Err(error.to_string()),
            };
            found.push((name.clone(), content));
        }
        name.truncate(before);
    }
    Ok(())
}

/// What the text of a reference's file says; else what is wrong with it.
fn content(text: &[u8]) -> Result<Content, String> {
    if let Some(name) = text.strip_prefix(b"ref:") {
        let name = String::from_utf8_lossy(name.trim_ascii()).into_owned();
        return if is_valid(name.as_bytes()) {
            Ok(Content::Symbolic(name))
        } else {
            Err("it leads to a name that is not valid".to_owned())
        };
    }
    if text.trim_ascii().is_empty() {
        return Err("its file is empty".to_owned());
    }
    let (object, rest) = text.split_at_checked(HEX).unwrap_or((text, &[]));
    let object = std::str::from_utf8(object).ok().and_then(|object| object.parse().ok());
    let object = object.filter(|_| rest.first().is_none_or(u8::is_ascii_whitespace));
    object.map(Content::Object).ok_or_else(|| "its file does not hold an object's name".to_owned())
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
        References::new(folder.path(), folder.path()).below("refs/tags").unwrap()
    }

    fn below(packed: &str, loose: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
        let listing = listing(packed, loose);
        assert!(listing.broken.is_empty(), "{listing:?}");
        let short = |target: Target| target.peeled.map(|id| id.to_string()[..2].to_owned());
        let name = |name: Vec<u8>| String::from_utf8(name).unwrap();
        listing.found.into_iter().map(|(key, target)| (name(key), short(target))).collect()
    }

    fn id(digit: &str) -> String {
        digit.repeat(HEX)
    }

    #[test]
    fn packed_references_tell_what_is_behind_a_tag() {
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
    fn old_packed_files_tell_nothing_of_tags_without_a_line_of_their_own() {
        let packed = format!("{a} refs/tags/v1\n{a} refs/tags/v2\n^{b}\n", a = id("a"), b = id("b"));
        assert_eq!(below(&packed, &[]), [("v1".to_owned(), None), ("v2".to_owned(), Some("bb".to_owned()))]);
    }

    #[test]
    fn loose_references_go_before_packed_ones_and_lie_in_folders() {
        let packed = format!("# pack-refs with: peeled \n{a} refs/tags/v1\n", a = id("a"));
        let loose = format!("{}\n", id("b"));
        let files = [("refs/tags/v1", &*loose), ("refs/tags/api/v2", &loose), ("refs/tags/v3.lock", "")];
        assert_eq!(below(&packed, &files), [("api/v2".to_owned(), None), ("v1".to_owned(), None)]);
    }

    #[test]
    fn what_is_packed_meanwhile_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let references = References::new(folder.path(), folder.path());
        assert_eq!(references.find("refs/heads/main").unwrap(), None);
        let packed = format!("# pack-refs with: peeled fully-peeled sorted \n{} refs/heads/main\n", id("a"));
        fs::write(folder.path().join("packed-refs"), packed).unwrap();
        assert_eq!(references.find("refs/heads/main").unwrap().map(|found| found.to_string()), Some(id("a")));
    }

    #[test]
    fn damaged_references_are_listed_as_such_even_over_packed_ones() {
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
            assert_eq!(listing.found.keys().collect::<Vec<_>>(), [b"v9"], "{text:?}");
        }
        let zero = id("0");
        assert_eq!(listing("", &[("refs/tags/v1", &zero)]).broken.len(), 1, "the name of no object");
    }

    #[test]
    fn symbolic_references_are_followed() {
        let packed = format!("{a} refs/heads/main\n", a = id("a"));
        let files =
            [("refs/tags/v1", "ref: refs/tags/latest\n"), ("refs/tags/latest", "ref:refs/heads/main")];
        let found = below(&packed, &files);
        assert_eq!(found, [("latest".to_owned(), None), ("v1".to_owned(), None)]);
    }
}
