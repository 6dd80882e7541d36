//! The references of a repository, as its files hold them (gitrepository-layout(5), git-pack-refs(1)): loose ones in
//! folders, the others in one packed file, which also tells what an annotated tag leads to.
//!
//! The git library sorts the whole packed file before it answers, which takes longer than a small window. What has
//! another form than the usual one is answered with `None`; the library is asked then.
//!
//! Loose references are read before the packed file, as git does: one that is packed in between is then found twice, and
//! not lost.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use memchr::memmem;

use super::{
    Error,
    packed_refs::{HEX, PackedRefs},
    repository::id,
};
use crate::model::ObjectId;

/// Where a reference leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    /// The object that it names.
    pub(super) object: ObjectId,
    /// What stands behind that when all annotated tags are taken away; `None` where that is not known.
    pub(super) peeled: Option<ObjectId>,
}

/// A repository's references.
pub(super) struct References {
    folder: PathBuf,
}

impl References {
    /// The references of the repository whose common directory is `folder`.
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// All below a folder of references (`refs/tags`), by what their names have beyond it, as bytes.
    pub(super) fn below(&self, folder: &str) -> Option<BTreeMap<Vec<u8>, Target>> {
        let mut own = BTreeMap::new();
        loose(&self.folder.join(folder), &mut Vec::new(), &mut own)?;
        let mut found = self.packed(folder)?;
        // A loose reference is newer than a packed one of its name.
        found.extend(own);
        Some(found)
    }

    /// What one reference names; `None` where it is not there too.
    pub(super) fn find(&self, name: &str) -> Option<ObjectId> {
        if let Ok(text) = fs::read(self.folder.join(name)) {
            return object(text.trim_ascii_end());
        }
        let lines = self.packed_refs()?.lines(name, &format!("{name}\0")).ok()?;
        let at = memmem::find(&lines, format!(" {name}\n").as_bytes())?;
        object(lines.get(at.checked_sub(HEX)?..at)?)
    }

    fn packed_refs(&self) -> Option<PackedRefs> {
        PackedRefs::open(&self.folder.join("packed-refs")).ok()
    }

    fn packed(&self, folder: &str) -> Option<BTreeMap<Vec<u8>, Target>> {
        // What comes behind `/` in ASCII is `0`.
        let packed = self.packed_refs()?;
        let all = packed.lines(&format!("{folder}/"), &format!("{folder}0")).ok()?;
        let mut found = BTreeMap::new();
        // No name has a space in it: what is found stands behind the object's.
        let start = format!(" {folder}/");
        for at in memmem::find_iter(&all, &start) {
            let object = object(all.get(at.checked_sub(HEX)?..at)?)?;
            let mut lines = all.get(at + start.len()..)?.split(|byte| *byte == b'\n');
            let name = lines.next()?.trim_ascii_end();
            let peeled = match lines.next().and_then(|line| line.strip_prefix(b"^")) {
                Some(peeled) => Some(self::object(peeled.trim_ascii_end())?),
                None => packed.tells_peeled.then_some(object),
            };
            found.insert(name.to_owned(), Target { object, peeled });
        }
        Some(found)
    }
}

/// Adds what lies in a folder and those in it, each under the names that lead to it.
fn loose(folder: &Path, name: &mut Vec<u8>, found: &mut BTreeMap<Vec<u8>, Target>) -> Option<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Some(()),
        Err(_) => return None,
    };
    for entry in entries {
        let entry = entry.ok()?;
        let (own, before) = (entry.file_name(), name.len());
        name.extend_from_slice(own.as_encoded_bytes());
        if entry.file_type().ok()?.is_dir() {
            name.push(b'/');
            loose(&entry.path(), name, found)?;
        } else if !name.ends_with(b".lock") {
            let object = object(fs::read(entry.path()).ok()?.trim_ascii_end())?;
            found.insert(name.clone(), Target { object, peeled: None });
        }
        name.truncate(before);
    }
    Some(())
}

/// The references below `folder` (`refs/tags/`) as the git library lists them, by what their names have beyond it.
pub(super) fn listed(
    repository: &git2::Repository,
    folder: &str,
) -> Result<BTreeMap<Vec<u8>, Target>, Error> {
    let failed = || Error::library(format!("the references below {folder}"));
    let mut found = BTreeMap::new();
    for reference in repository.references_glob(&format!("{folder}*")).map_err(failed())? {
        let reference = reference.map_err(failed())?;
        let name = reference.name_bytes();
        let name = name.strip_prefix(folder.as_bytes()).unwrap_or(name).to_owned();
        // A reference to another one leads to what that leads to, or nowhere.
        let Ok(reference) = reference.resolve() else { continue };
        let Some(object) = reference.target() else { continue };
        let peeled = reference.target_peel().map(id).transpose()?;
        found.insert(name, Target { object: id(object)?, peeled });
    }
    Ok(found)
}

fn object(hex: &[u8]) -> Option<ObjectId> {
    std::str::from_utf8(hex).ok().filter(|hex| hex.len() == HEX)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(packed: &str, loose: &[(&str, &str)]) -> Option<Vec<(String, Option<String>)>> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("packed-refs"), packed).unwrap();
        for (name, text) in loose {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let found = References::new(folder.path()).below("refs/tags")?;
        let short = |target: Target| target.peeled.map(|id| id.to_string()[..2].to_owned());
        let name = |name: Vec<u8>| String::from_utf8(name).unwrap();
        Some(found.into_iter().map(|(key, target)| (name(key), short(target))).collect())
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
        let found = below(&packed, &[]).unwrap();
        let expected = [("v1", Some("aa")), ("v2", Some("cc"))];
        assert_eq!(found, expected.map(|(name, id)| (name.to_owned(), id.map(str::to_owned))));
    }

    #[test]
    fn old_packed_files_tell_nothing_of_tags_without_a_line_of_their_own() {
        let packed = format!("{a} refs/tags/v1\n{a} refs/tags/v2\n^{b}\n", a = id("a"), b = id("b"));
        let found = below(&packed, &[]).unwrap();
        assert_eq!(found, [("v1".to_owned(), None), ("v2".to_owned(), Some("bb".to_owned()))]);
    }

    #[test]
    fn loose_references_go_before_packed_ones_and_lie_in_folders() {
        let packed = format!("# pack-refs with: peeled \n{a} refs/tags/v1\n", a = id("a"));
        let loose = format!("{}\n", id("b"));
        let files = [("refs/tags/v1", &*loose), ("refs/tags/api/v2", &loose), ("refs/tags/v3.lock", "")];
        let found = below(&packed, &files).unwrap();
        assert_eq!(found, [("api/v2".to_owned(), None), ("v1".to_owned(), None)]);
    }

    #[test]
    fn what_is_packed_meanwhile_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let references = References::new(folder.path());
        assert_eq!(references.find("refs/heads/main"), None);
        let packed = format!("# pack-refs with: peeled fully-peeled sorted \n{} refs/heads/main\n", id("a"));
        fs::write(folder.path().join("packed-refs"), packed).unwrap();
        assert_eq!(references.find("refs/heads/main").map(|found| found.to_string()), Some(id("a")));
    }

    #[test]
    fn what_has_another_form_is_left_to_the_library() {
        assert_eq!(below("", &[("refs/tags/v1", "ref: refs/heads/main\n")]), None);
        assert_eq!(below("", &[("refs/tags/v1", "")]), None);
        assert_eq!(below("zz refs/tags/v1\n", &[]), None);
    }
}
