//! A window: the commits that one version is the first to contain.

use crate::model::{ObjectId, Tag, Version};

/// An end of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The commit.
    pub commit: ObjectId,
    /// The version tagged there, or to be tagged there.
    pub version: Option<Version>,
    /// The tag that points to the commit.
    pub tag: Option<Tag>,
}

/// The commits that one version is the first to contain.
#[derive(Debug, Clone)]
pub struct Window {
    /// Where it ends.
    pub target: Point,
    /// Where it starts; `None` for the beginning of history.
    pub base: Option<Point>,
    /// Whether the target is older than the base: then the commits are those that a rollback removes.
    pub rollback: bool,
    /// Whether the base is not an ancestor of the target.
    pub diverged: bool,
    /// Indices of the environments that have a tag of the version.
    pub environments: Vec<usize>,
    /// Pre-releases that collapse into the version, newest first.
    pub prereleases: Vec<Version>,
    /// Indices of the commits among those read, newest first.
    pub commits: Vec<u32>,
}
