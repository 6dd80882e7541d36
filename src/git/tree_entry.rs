//! Looks up tree entries and file contents of a commit, and whether git tracks a path.

use std::sync::Arc;

use super::{
    Error, Repository, commits::overrides::HistoryOverrides, objects::reader::Objects, trees::diff::Trees,
};
use crate::model::ObjectId;

/// An entry of a tree, with its object ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeEntry {
    /// A file.
    File(ObjectId),
    /// A symbolic link; the blob contains its target.
    Link(ObjectId),
    /// A subtree.
    Folder(ObjectId),
    /// A submodule (gitlink).
    Submodule,
}

const FOLDER: u32 = 0o40_000;
const LINK: u32 = 0o120_000;
const SUBMODULE: u32 = 0o160_000;

impl Repository {
    /// The root tree of a commit as recorded, without replace refs.
    ///
    /// # Errors
    /// If the commit is missing or damaged.
    pub fn tree_of(&self, commit: ObjectId) -> Result<ObjectId, Error> {
        self.trees().root(&HistoryOverrides::default(), commit)
    }

    /// The entry with this name in a tree; `None` if there is none.
    ///
    /// # Errors
    /// If the tree is missing or damaged.
    pub fn tree_entry(&self, tree: ObjectId, name: &str) -> Result<Option<TreeEntry>, Error> {
        let found = self.trees().entry_at(tree, name)?;
        Ok(found.map(|(object, mode)| match mode {
            FOLDER => TreeEntry::Folder(object),
            LINK => TreeEntry::Link(object),
            SUBMODULE => TreeEntry::Submodule,
            _ => TreeEntry::File(object),
        }))
    }

    /// The names of all entries of a tree that are valid UTF-8, in git's order.
    ///
    /// # Errors
    /// If the tree is missing or damaged.
    pub fn names(&self, tree: ObjectId) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        self.trees().diff_entries(None, Some(tree), &mut |_, new| {
            let name = new.map(|entry| entry.name.to_vec());
            names.extend(name.and_then(|name| String::from_utf8(name).ok()));
        })?;
        Ok(names)
    }

    /// Content of a blob; `None` if it is larger than `limit` bytes.
    ///
    /// # Errors
    /// If the object is missing or damaged.
    pub fn content(&self, file: ObjectId, limit: u64) -> Result<Option<Vec<u8>>, Error> {
        let mut objects = self.recorded();
        let (_, content) = objects.read(file).map_err(|error| error.while_reading("blob"))?;
        Ok((content.len() as u64 <= limit).then(|| content.to_vec()))
    }

    /// The commit that a ref points to, by full name (`refs/remotes/origin/main`); `None` if there is none.
    #[must_use]
    pub fn ref_commit(&self, name: &str) -> Option<ObjectId> {
        self.has_commit(&self.ref_store().find(name).ok()??.to_string())
    }

    /// Parses a full commit ID; `None` if it is not one, or the repository does not contain the commit.
    #[must_use]
    pub fn has_commit(&self, name: &str) -> Option<ObjectId> {
        let commit: ObjectId = name.parse().ok()?;
        self.tree_of(commit).ok().map(|_| commit)
    }

    /// The full ref name that a remote's `HEAD` points to.
    #[must_use]
    pub fn remote_head(&self, remote: &str) -> Option<String> {
        self.ref_store().symbolic_target(&format!("refs/remotes/{remote}/HEAD")).ok()?
    }

    /// The names of the remotes.
    #[must_use]
    pub fn remotes(&self) -> Vec<String> {
        let names = self.inner.remotes();
        names.iter().flat_map(|names| names.iter().flatten().flatten()).map(str::to_owned).collect()
    }

    /// Whether git tracks a path of the work tree: the path, or a submodule that contains it, is in the index or in
    /// `HEAD`. Ignores case, because some file systems do. Returns `true` if the index or `HEAD` cannot be read.
    #[must_use]
    pub fn is_tracked(&self, path: &str) -> bool {
        self.tracks(path).unwrap_or(true)
    }

    fn tracks(&self, path: &str) -> Result<bool, Error> {
        let path = path.to_lowercase();
        let is_it = |other: &str| {
            let other = other.to_lowercase();
            // Git tracks no directories, so a path below an entry is in a submodule.
            path.strip_prefix(&other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let index = self.inner.index().map_err(Error::library("the index"))?;
        if index.iter().any(|entry| is_it(&String::from_utf8_lossy(&entry.path))) {
            return Ok(true);
        }
        let Some(head) = self.head()? else { return Ok(false) };
        let (mut trees, mut found) = (self.trees(), false);
        let root = trees.root(&HistoryOverrides::default(), head.commit)?;
        trees.diff((None, Some(root)), &|_| true, &mut |file, _| {
            found = is_it(file);
            !found
        })?;
        Ok(found)
    }

    fn trees(&self) -> Trees {
        Trees::new(self.recorded())
    }

    /// Reads objects without replace refs: the reviewed content of the base branch is the recorded one.
    fn recorded(&self) -> Objects {
        Objects::with_database(self.object_database.get(), Arc::default())
    }
}
