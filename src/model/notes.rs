//! All that is rendered in one run.

use super::{ForgeKind, Release};

/// Where the repository lives, as far as its remote tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RepositoryInfo {
    /// Which forge, where known.
    pub forge: Option<ForgeKind>,
    /// The owner, group or workspace (GitLab: with subgroups, `a/b`).
    pub owner: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// Its page, without a trailing slash.
    pub url: Option<String>,
}

/// The releases of one run with what is said about them as a whole.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Notes {
    /// Whether nothing that was asked for is missing.
    pub complete: bool,
    /// What the reader should know about these notes, one sentence each.
    pub warnings: Vec<String>,
    /// Where the repository lives.
    pub repository: RepositoryInfo,
    /// Newest first.
    pub releases: Vec<Release>,
}
