//! Sets of paths, and what changed at one.

use serde::{Deserialize, Serialize};

/// Which paths are meant: those that match one of `include` (all where it is empty) and none of `exclude`.
/// Globs are relative to the root of the repository, with `/` between names; `**` spans folders.
/// A pattern without any wildcard names a file or a whole folder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct PathSet {
    /// Globs of which one must match.
    pub include: Vec<String>,
    /// Globs of which none may match.
    pub exclude: Vec<String>,
}

/// What happened to a path between two trees, and its word in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathChangeKind {
    /// Only the newer tree has it.
    Added,
    /// Both have it, with other content or mode.
    Modified,
    /// Only the older tree has it.
    Deleted,
}

/// A path that differs between two trees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PathChange {
    /// Relative to the root, `/` between names; bytes that are not UTF-8 are U+FFFD.
    pub path: String,
    /// How it differs.
    pub kind: PathChangeKind,
    /// The path sets (by index in the query) that it lies in, ascending.
    pub sets: Vec<u16>,
}
