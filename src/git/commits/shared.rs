//! Commits that are read for several windows, kept between them.
//!
//! The windows of the packages of a repository overlap: without this, each would read the same commits again.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::commit_graph::CommitGraph;
use crate::model::{Commit, IdMap, Node, ObjectId};

/// The commits that were read, in all threads.
#[derive(Default)]
pub(in crate::git) struct SharedCommits {
    nodes: Mutex<IdMap<Node>>,
    commits: Mutex<IdMap<Commit>>,
    graph: OnceLock<Option<CommitGraph>>,
}

impl SharedCommits {
    pub(super) fn node(&self, id: ObjectId) -> Option<Node> {
        lock(&self.nodes).get(&id).cloned()
    }

    pub(super) fn add_node(&self, id: ObjectId, node: &Node) {
        lock(&self.nodes).insert(id, node.clone());
    }

    pub(super) fn commit(&self, id: ObjectId) -> Option<Commit> {
        lock(&self.commits).get(&id).cloned()
    }

    pub(super) fn add_commit(&self, commit: &Commit) {
        lock(&self.commits).insert(commit.id, commit.clone());
    }

    pub(super) fn has_commits(&self) -> bool {
        !lock(&self.commits).is_empty()
    }

    /// The commit-graph file, opened by the first call.
    pub(super) fn graph(&self, open: impl FnOnce() -> Option<CommitGraph>) -> Option<&CommitGraph> {
        self.graph.get_or_init(open).as_ref()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
