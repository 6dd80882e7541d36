//! A window: what one version is the first to contain.

use crate::model::{ObjectId, Tag, Version};

/// An end of a window: a commit with what names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The commit.
    pub commit: ObjectId,
    /// The version that stands there, or that is to stand there.
    pub version: Option<Version>,
    /// The tag that is there.
    pub tag: Option<Tag>,
}

/// The commits that one version is the first to contain.
#[derive(Debug, Clone)]
pub struct Window {
    /// Where it ends.
    pub target: Point,
    /// Where it starts; `None`: at the beginning of history.
    pub base: Option<Point>,
    /// Whether the target is older than the base, so that the commits are those that are lost.
    pub rollback: bool,
    /// Whether the base is no ancestor of the target.
    pub aside: bool,
    /// The indices of the environments whose tags stand on the version.
    pub environments: Vec<usize>,
    /// Pre-releases that collapse into the version, newest first.
    pub prereleases: Vec<Version>,
    /// The commits, newest first, by their index among those that were read.
    pub commits: Vec<u32>,
}
