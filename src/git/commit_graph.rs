//! The commit-graph file, where there is one: parents, dates and generation numbers without opening a commit.
//!
//! `git` writes it in `gc` and `fetch`. Like `git`, we leave it alone where grafts, replacements or a shallow boundary
//! change the parents that it records.

use gix_commitgraph::{Graph, Position};

use super::Repository;
use crate::model::{Node, ObjectId};

/// An opened commit-graph file (or chain of files).
pub(super) struct CommitGraph(Graph);

impl CommitGraph {
    /// The repository's commit-graph; `None` where there is none that can be used.
    pub(super) fn open(repository: &Repository) -> Option<Self> {
        let altered = &repository.altered;
        if !(altered.shallow.is_empty() && altered.grafts.is_empty() && altered.replaced.is_empty()) {
            return None;
        }
        let info = repository.inner.commondir().join("objects").join("info");
        gix_commitgraph::at(info, gix_hash::Kind::Sha1, None).ok().map(Self)
    }

    /// What it knows of a commit; `None` where the commit is newer than the file, or the file is damaged there.
    pub(super) fn node(&self, id: ObjectId) -> Option<Node> {
        let commit = self.0.commit_by_id(gix_hash::oid::try_from_bytes(id.as_bytes()).ok()?)?;
        let generation = commit.generation();
        let parents = commit.iter_parents().map(|parent| self.id_at(parent.ok()?)).collect::<Option<_>>()?;
        Some(Node {
            parents,
            seconds: i64::try_from(commit.committer_timestamp()).ok()?,
            generation: (generation > 0).then_some(generation),
        })
    }

    fn id_at(&self, position: Position) -> Option<ObjectId> {
        self.0.id_at(position).as_bytes().try_into().ok().map(ObjectId::from_bytes)
    }
}
