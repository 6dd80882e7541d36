//! Places in the graph of commits.

use super::{ObjectId, Parents};

/// A commit's place in the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its parents, in order.
    pub parents: Parents,
    /// When it was committed, in seconds since the epoch.
    pub seconds: i64,
    /// Its generation number (greater than that of each parent), where a commit-graph file gives one.
    pub generation: Option<u32>,
}

/// A tag of the repository that leads to a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name, without `refs/tags/`; bytes that are not UTF-8 are U+FFFD.
    pub name: String,
    /// What it points at: a tag object, or the commit itself.
    pub object: ObjectId,
    /// The commit it leads to.
    pub commit: ObjectId,
}
