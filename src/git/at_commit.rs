//! Files as a commit has them, and whether a path comes with the repository at all.

use std::sync::Arc;

use super::{Error, Repository, commits::altered::Altered, objects::reader::Objects, trees::diff::Trees};
use crate::model::ObjectId;

/// What a name in a tree is, with the name of its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeEntry {
    /// A file.
    File(ObjectId),
    /// A symbolic link; the object holds where it leads.
    Link(ObjectId),
    /// A folder.
    Folder(ObjectId),
    /// A commit of another repository.
    Submodule,
}

const FOLDER: u32 = 0o40_000;
const LINK: u32 = 0o120_000;
const SUBMODULE: u32 = 0o160_000;

impl Repository {
    /// The root tree of a commit, whatever `git replace` would put in its place.
    ///
    /// # Errors
    /// When the commit is missing or damaged.
    pub fn tree_of(&self, commit: ObjectId) -> Result<ObjectId, Error> {
        self.trees().root(&Altered::default(), commit)
    }

    /// What has this name in a tree.
    ///
    /// # Errors
    /// When the tree is missing or damaged.
    pub fn tree_entry(&self, tree: ObjectId, name: &str) -> Result<Option<TreeEntry>, Error> {
        let found = self.trees().at(tree, name)?;
        Ok(found.map(|(object, mode)| match mode {
            FOLDER => TreeEntry::Folder(object),
            LINK => TreeEntry::Link(object),
            SUBMODULE => TreeEntry::Submodule,
            _ => TreeEntry::File(object),
        }))
    }

    /// The names in a tree that are UTF-8.
    ///
    /// # Errors
    /// When the tree is missing or damaged.
    pub fn names(&self, tree: ObjectId) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        self.trees().each_difference(None, Some(tree), &mut |_, new| {
            let name = new.map(|entry| entry.name.to_vec());
            names.extend(name.and_then(|name| String::from_utf8(name).ok()));
        })?;
        Ok(names)
    }

    /// What a file's object holds; `None` where it is larger than `limit` bytes.
    ///
    /// # Errors
    /// When the object is missing or damaged.
    pub fn content(&self, file: ObjectId, limit: u64) -> Result<Option<Vec<u8>>, Error> {
        let mut objects = self.recorded();
        let (_, content) = objects.read(file)?;
        Ok((content.len() as u64 <= limit).then(|| content.to_vec()))
    }

    /// The commit that a full reference name stands for, as in `refs/remotes/origin/main`; `None` where there is none.
    #[must_use]
    pub fn reference_commit(&self, name: &str) -> Option<ObjectId> {
        self.has_commit(&self.references().find(name).ok()??.to_string())
    }

    /// The commit of this full name; `None` where the repository lacks it.
    #[must_use]
    pub fn has_commit(&self, name: &str) -> Option<ObjectId> {
        let commit: ObjectId = name.parse().ok()?;
        self.tree_of(commit).ok().map(|_| commit)
    }

    /// The full name of the branch that a remote's `HEAD` stands for.
    #[must_use]
    pub fn remote_head(&self, remote: &str) -> Option<String> {
        self.references().symbolic(&format!("refs/remotes/{remote}/HEAD")).ok()?
    }

    /// The names of the remotes.
    #[must_use]
    pub fn remotes(&self) -> Vec<String> {
        let names = self.inner.remotes();
        names.iter().flat_map(|names| names.iter().flatten().flatten()).map(str::to_owned).collect()
    }

    /// Whether a path of the work tree comes with the repository: it, or a submodule that it lies in, is in the index or in
    /// `HEAD`. Case does not count, since on some systems it does not. What cannot be told counts as such.
    #[must_use]
    pub fn is_tracked(&self, path: &str) -> bool {
        self.tracks(path).unwrap_or(true)
    }

    fn tracks(&self, path: &str) -> Result<bool, Error> {
        let path = path.to_lowercase();
        let is_it = |other: &str| {
            let other = other.to_lowercase();
            // Git has no entry for a folder, so that what lies below an entry lies in a submodule.
            path.strip_prefix(&other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let index = self.inner.index().map_err(Error::library("the index"))?;
        if index.iter().any(|entry| is_it(&String::from_utf8_lossy(&entry.path))) {
            return Ok(true);
        }
        let Some(head) = self.head()? else { return Ok(false) };
        let (mut trees, mut found) = (self.trees(), false);
        let root = trees.root(&Altered::default(), head.commit)?;
        trees.differing((None, Some(root)), &|_| true, &mut |file, _| {
            found = is_it(file);
            !found
        })?;
        Ok(found)
    }

    fn trees(&self) -> Trees {
        Trees::new(self.recorded())
    }

    /// Objects as they are recorded: what a replacement says is not what the base branch was reviewed with.
    fn recorded(&self) -> Objects {
        Objects::shared_by(self.stores.opened(), Arc::default())
    }
}
