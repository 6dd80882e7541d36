//! The files that single commits change, and folders that only lead to another one.

use std::collections::HashMap;

use super::{
    diff::{Trees, Visit},
    entries::Entry,
};
use crate::git::{Error, Repository, commits::overrides::HistoryOverrides, objects::reader::Objects};
use crate::model::{Commit, ObjectId};

/// Most paths that are returned for a commit: which areas a change is in shows in the first ones.
const MAX_PATHS: usize = 2_000;

/// Size of the tree cache, in bytes: the parent of a commit may be that of many commits before.
const CACHE_SIZE: usize = 32 << 20;

/// Reads the files that commits change.
pub struct CommitFiles<'r> {
    overrides: &'r HistoryOverrides,
    trees: Trees,
    /// For each folder that was asked for, its only entry.
    only_folders: HashMap<String, Option<String>>,
}

impl<'r> CommitFiles<'r> {
    /// No files read yet.
    #[must_use]
    pub fn new(repository: &'r Repository) -> Self {
        let trees = Trees::with_cache(Objects::new(repository), CACHE_SIZE);
        Self { overrides: &repository.overrides, trees, only_folders: HashMap::new() }
    }

    /// The reader of trees, and the parents that replace those of commits.
    pub(super) fn trees(&mut self) -> (&mut Trees, &'r HistoryOverrides) {
        (&mut self.trees, self.overrides)
    }

    /// Calls `visit` with each file that a commit changes against its first parent, in git's order, until it returns
    /// `false`. Of a merge, these are the changes of all commits that it brings.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub fn visit(&mut self, commit: &Commit, visit: Visit<'_>) -> Result<(), Error> {
        let parent = commit.parents.first();
        let old = parent.map(|parent| self.trees.root(self.overrides, *parent)).transpose()?;
        self.trees.diff((old, Some(commit.tree)), &|_| true, visit)?;
        Ok(())
    }

    /// The first 2,000 of the paths that a commit changes, as [`Self::visit`] visits them.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub fn paths(&mut self, commit: &Commit) -> Result<Vec<String>, Error> {
        let mut paths = Vec::new();
        self.visit(commit, &mut |path, _| {
            paths.push(path.to_owned());
            paths.len() < MAX_PATHS
        })?;
        Ok(paths)
    }

    /// The name of the only entry of a folder, if that is a folder too. The answer for a path is that of the first
    /// `root` it is asked for: layouts rarely change.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub fn only_folder(&mut self, root: ObjectId, folder: &str) -> Result<Option<String>, Error> {
        if let Some(known) = self.only_folders.get(folder) {
            return Ok(known.clone());
        }
        let tree = self.trees.entry_at(root, folder)?.filter(|(_, mode)| *mode == 0o40_000);
        let (mut entries, mut only) = (0, None);
        if let Some((tree, _)) = tree {
            self.trees.diff_entries(None, Some(tree), &mut |_, new| {
                entries += 1;
                only = new.filter(|entry| entry.tree().is_some()).map(Entry::lossy_name);
            })?;
        }
        let found = only.filter(|_| entries == 1);
        self.only_folders.insert(folder.to_owned(), found.clone());
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tree_tests::{Files, written},
        *,
    };

    #[test]
    fn paths_and_only_folders_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let inner = git2::Repository::init_bare(folder.path()).unwrap();
        let tree = written(&inner, &Files::from([("a/b/c/d", 1), ("a/b/c/e", 1), ("f", 1)]));
        let commit = Commit {
            id: tree,
            tree,
            parents: Default::default(),
            author: Default::default(),
            author_time: Default::default(),
            committer_time: Default::default(),
            message: Box::default(),
            undecodable: false,
            touches: Default::default(),
        };
        let repository = Repository::open(folder.path()).unwrap();
        let mut files = CommitFiles::new(&repository);
        assert_eq!(files.paths(&commit).unwrap(), ["a/b/c/d", "a/b/c/e", "f"]);
        let mut only = |folder| files.only_folder(tree, folder).unwrap();
        assert_eq!(only("a").as_deref(), Some("b"));
        assert_eq!(only("a/b").as_deref(), Some("c"));
        assert_eq!([only("a/b/c"), only(""), only("f"), only("x")], [None, None, None, None]);
    }
}
