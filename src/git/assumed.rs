//! Reads the repository as if HEAD were another commit, also one that does not exist: the merge of a pull request.
//!
//! The merge and its trees are in memory only. Nothing is written, and no ref changes.

use std::sync::Arc;

use git2::ObjectType;

use super::{
    Error, Repository,
    commits::reader::{parse, read},
    objects::{
        memory::MemoryObjects,
        reader::{EMPTY_TREE, Objects},
    },
    trees::{diff::Trees, merge::TreeMerge},
};
use crate::model::ObjectId;

/// A merge that has not happened.
#[derive(Debug, Clone, Copy)]
pub struct AssumedMerge<'m> {
    /// The first parent: the commit that is merged into.
    pub base: ObjectId,
    /// The second parent: the commit that is merged.
    pub head: ObjectId,
    /// Their newest common ancestor; `None` if there is none.
    pub fork: Option<ObjectId>,
    /// The message.
    pub message: &'m str,
}

impl Repository {
    /// Takes a commit for HEAD from now on.
    pub fn assume_head(&mut self, commit: ObjectId) {
        self.assumed_head = Some(commit);
    }

    /// Takes a merge that has not happened for HEAD from now on, and returns the commit's ID, which is the same for
    /// the same merge. The merge is as old as the newer of its parents.
    ///
    /// # Errors
    /// If a commit or a tree is missing, damaged or too large.
    pub fn assume_merge(&mut self, merge: &AssumedMerge<'_>) -> Result<ObjectId, Error> {
        let (mut objects, mut memory) = (Objects::new(self), MemoryObjects::default());
        let base = parse(read(&mut objects, &self.overrides, merge.base)?, merge.base)?;
        let (base_tree, base_seconds) = (base.tree, base.seconds());
        let head = parse(read(&mut objects, &self.overrides, merge.head)?, merge.head)?;
        let (head_tree, seconds) = (head.tree, head.seconds().max(base_seconds));
        let author = head.author.to_vec();
        let mut trees = Trees::new(Objects::new(self));
        let fork = merge.fork.map(|fork| trees.root(&self.overrides, fork)).transpose()?;
        let mut merging = TreeMerge { trees: &mut trees, memory: &mut memory, entries: 0 };
        let tree = merging.merge((fork, Some(base_tree), Some(head_tree)), 0)?.unwrap_or(EMPTY_TREE);
        let mut commit =
            format!("tree {tree}\nparent {}\nparent {}\nauthor ", merge.base, merge.head).into_bytes();
        commit.extend_from_slice(&author);
        let rest = format!("\ncommitter tidings <> {seconds} +0000\n\n{}", merge.message);
        commit.extend_from_slice(rest.as_bytes());
        let id = memory.add(ObjectType::Commit, commit);
        self.object_database = Arc::new(self.object_database.with_memory(memory));
        self.assumed_head = Some(id);
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assumed_merge_is_read_and_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let inner = git2::Repository::init_bare(folder.path()).unwrap();
        let who = git2::Signature::new("A", "a@x", &git2::Time::new(5, 0)).unwrap();
        let commit = |name: &str, parents: &[git2::Oid]| {
            let mut builder = inner.treebuilder(None).unwrap();
            builder.insert(name, inner.blob(b"x").unwrap(), 0o100_644).unwrap();
            let tree = inner.find_tree(builder.write().unwrap()).unwrap();
            let parents: Vec<_> = parents.iter().map(|id| inner.find_commit(*id).unwrap()).collect();
            inner.commit(None, &who, &who, name, &tree, &parents.iter().collect::<Vec<_>>()).unwrap()
        };
        let fork = commit("fork", &[]);
        let (base, head) = (commit("base", &[fork]), commit("head", &[fork]));
        let id = |oid: git2::Oid| ObjectId::from_bytes(oid.as_bytes().try_into().unwrap());
        let mut repository = Repository::open(folder.path()).unwrap();
        let (base, head, fork) = (id(base), id(head), Some(id(fork)));
        let merge = repository.assume_merge(&AssumedMerge { base, head, fork, message: "Merge" }).unwrap();
        assert_eq!(repository.head().unwrap().unwrap().commit, merge);
        let read = repository.fork().unwrap();
        let found = read.commits().unwrap().commit(merge).unwrap();
        assert_eq!((found.parents.as_slice(), &*found.message), ([base, head].as_slice(), "Merge"));
        assert_eq!(read.names(found.tree).unwrap(), ["base", "head"]);
        assert!(Repository::open(folder.path()).unwrap().has_commit(&merge.to_string()).is_none());
        repository.assume_head(base);
        assert_eq!(repository.head().unwrap().unwrap().commit, base);
    }
}
