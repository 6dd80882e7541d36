//! What single commits change in one folder.

use std::collections::{BTreeMap, BTreeSet};

use super::{commit_files::CommitFiles, diff::Trees};
use crate::{
    git::Error,
    model::{Commit, ObjectId},
};

/// Most files of a folder that are compared.
const MAX_FILES: usize = 20_000;

/// A file of a folder that a commit changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderChange {
    /// Its path in the folder.
    pub path: String,
    /// The content before; `None` if the commit adds it.
    pub before: Option<ObjectId>,
    /// The content after; `None` if the commit deletes it.
    pub after: Option<ObjectId>,
}

impl CommitFiles<'_> {
    /// The files that a commit changes in a folder, against its parent, by path. Of a merge, these are only those
    /// that it has from no parent.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub fn changes_in(&mut self, commit: &Commit, folder: &str) -> Result<Vec<FolderChange>, Error> {
        let (trees, overrides) = self.trees();
        let after = subtree(trees, commit.tree, folder)?;
        let mut before = Vec::with_capacity(commit.parents.len());
        for parent in &*commit.parents {
            let root = trees.root(overrides, *parent)?;
            let tree = subtree(trees, root, folder)?;
            if tree == after {
                return Ok(Vec::new());
            }
            before.push(files(trees, tree)?);
        }
        let after = files(trees, after)?;
        let paths: BTreeSet<&String> = before.iter().flat_map(BTreeMap::keys).chain(after.keys()).collect();
        let change = |path: &String| {
            let new = after.get(path).copied();
            let old: Vec<Option<ObjectId>> = before.iter().map(|files| files.get(path).copied()).collect();
            let from_parent = old.contains(&new) || (old.is_empty() && new.is_none());
            let before = old.into_iter().flatten().next();
            (!from_parent).then(|| FolderChange { path: path.clone(), before, after: new })
        };
        Ok(paths.into_iter().filter_map(change).collect())
    }

    /// The paths of the files in a folder of a root tree.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub fn files_in(&mut self, root: ObjectId, folder: &str) -> Result<Vec<String>, Error> {
        let (trees, _) = self.trees();
        let tree = subtree(trees, root, folder)?;
        Ok(files(trees, tree)?.into_keys().collect())
    }

    /// The content of the file at a path of a root tree; `None` if there is none.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub fn file(&mut self, root: ObjectId, path: &str) -> Result<Option<Vec<u8>>, Error> {
        self.trees().0.file(root, path)
    }

    /// The content of a file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn content(&mut self, file: ObjectId) -> Result<Vec<u8>, Error> {
        let (_, content) = self.trees().0.object(file).map_err(|error| error.while_reading("blob"))?;
        Ok(content.to_vec())
    }

    /// The object ID of the entry at a path of a root tree; `None` if there is none.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub fn entry(&mut self, root: ObjectId, path: &str) -> Result<Option<ObjectId>, Error> {
        Ok(self.trees().0.entry_at(root, path)?.map(|(id, _)| id))
    }
}

fn subtree(trees: &mut Trees, root: ObjectId, folder: &str) -> Result<Option<ObjectId>, Error> {
    Ok(trees.entry_at(root, folder)?.filter(|(_, mode)| *mode == 0o40_000).map(|(id, _)| id))
}

/// The regular files below a tree, by path, with their contents.
fn files(trees: &mut Trees, tree: Option<ObjectId>) -> Result<BTreeMap<String, ObjectId>, Error> {
    let mut files = BTreeMap::new();
    let mut folders: Vec<(String, ObjectId)> = tree.map(|tree| (String::new(), tree)).into_iter().collect();
    while let Some((prefix, tree)) = folders.pop() {
        trees.diff_entries(None, Some(tree), &mut |_, new| {
            let Some(entry) = new.filter(|_| files.len() + folders.len() < MAX_FILES) else { return };
            let path = format!("{prefix}{}", entry.lossy_name());
            match entry.mode & 0o170_000 {
                0o040_000 => folders.push((path + "/", entry.id)),
                0o100_000 => drop(files.insert(path, entry.id)),
                _ => {}
            }
        })?;
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::{
        super::tree_tests::{Files, written},
        *,
    };
    use crate::git::Repository;

    #[test]
    fn only_own_changes_of_a_merge_are_returned() {
        let folder = tempfile::tempdir().unwrap();
        let inner = git2::Repository::init_bare(folder.path()).unwrap();
        let mut commits: Vec<(ObjectId, ObjectId)> = Vec::new();
        let mut commit = |files: &[(&'static str, u8)], parents: &[usize]| {
            let tree = written(&inner, &files.iter().copied().collect::<Files>());
            let who = git2::Signature::now("a", "a@b").unwrap();
            let parents: Vec<_> = parents
                .iter()
                .map(|at| inner.find_commit(commits[*at].0.to_string().parse().unwrap()).unwrap())
                .collect();
            let parents: Vec<_> = parents.iter().collect();
            let tree_object = inner.find_tree(tree.to_string().parse().unwrap()).unwrap();
            let id = inner.commit(None, &who, &who, "m", &tree_object, &parents).unwrap();
            commits.push((id.to_string().parse().unwrap(), tree));
            commits.len() - 1
        };
        let root = commit(&[("f/a", 1), ("x", 1)], &[]);
        let one = commit(&[("f/a", 1), ("f/b", 1), ("x", 1)], &[root]);
        let other = commit(&[("f/a", 2), ("f/g/c", 1), ("x", 2)], &[root]);
        let merge = commit(&[("f/a", 2), ("f/b", 1), ("f/g/c", 2), ("x", 2)], &[one, other]);
        let repository = Repository::open(folder.path()).unwrap();
        let mut files = CommitFiles::new(&repository);
        let mut changed = |at: usize| {
            let commit = repository.commits().unwrap().commit(commits[at].0).unwrap();
            let changes = files.changes_in(&commit, "f").unwrap();
            let text = |change: &FolderChange| {
                format!(
                    "{}{}{}",
                    change.path,
                    u8::from(change.before.is_some()),
                    u8::from(change.after.is_some())
                )
            };
            changes.iter().map(text).collect::<Vec<_>>()
        };
        assert_eq!(changed(root), ["a01"]);
        assert_eq!(changed(one), ["b01"]);
        assert_eq!(changed(other), ["a11", "g/c01"]);
        assert_eq!(changed(merge), ["g/c11"]);
        let tree = commits[merge].1;
        assert_eq!(files.files_in(tree, "f").unwrap(), ["a", "b", "g/c"]);
        assert!(files.file(tree, "f/a").unwrap().is_some() && files.entry(tree, "f/z").unwrap().is_none());
    }
}
