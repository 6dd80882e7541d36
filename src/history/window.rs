//! A window: the commits that one version is the first to contain.

use crate::model::{MaintenanceLine, ObjectId, Tag, Version};

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
    /// The versions between base and target that contain commits of the target that the base does not contain: these
    /// commits are theirs.
    pub between: Vec<Point>,
    /// Whether the target is older than the base: then the commits are those that a rollback removes.
    pub rollback: bool,
    /// Whether both ends were named. Then a change counts as released before only if the other end has it: it may
    /// never have run the versions between.
    pub is_range: bool,
    /// Whether the base is not an ancestor of the target.
    pub diverged: bool,
    /// If the base is not an ancestor of the target: the index of the lowest version that the base contains and the
    /// target does not. What these versions released on their branch counts as released before.
    pub line_start: Option<usize>,
    /// Indices of the environments that run the version, by the tags.
    pub environments: Vec<usize>,
    /// Pre-releases that collapse into the version, newest first.
    pub prereleases: Vec<Version>,
    /// The maintenance line of unreleased changes: versions above it do not count.
    pub maintenance: Option<MaintenanceLine>,
    /// Indices of the commits among those read, newest first.
    pub commits: Vec<u32>,
    /// The commits that a version before the base contains too, each with the first such version: changes that were
    /// brought up from an older line. Newest first.
    pub also_in: Vec<(u32, Version)>,
}

impl Window {
    /// Whether it is the window of a final version, tagged or not.
    pub(super) fn is_of_final(&self) -> bool {
        self.target.version.as_ref().is_some_and(|version| !version.is_prerelease())
    }
}
