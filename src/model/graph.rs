//! Nodes and edges of the commit graph, and tags.

use super::{ObjectId, Parents};

/// A commit in the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its parents, in order.
    pub parents: Parents,
    /// The committer date, in seconds since the epoch.
    pub seconds: i64,
    /// Its generation number (greater than that of each parent); `None` if it is not in a commit-graph file.
    pub generation: Option<u32>,
}

/// A tag of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name, without `refs/tags/`; invalid UTF-8 becomes U+FFFD.
    pub name: String,
    /// The object that the ref points to: a tag object, or the commit itself.
    pub object: ObjectId,
    /// The peeled commit.
    pub commit: ObjectId,
}
