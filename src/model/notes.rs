//! The notes: all releases of one run.

use super::{ForgeKind, Release};

/// The repository on its forge, derived from the URL of the remote.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RepositoryInfo {
    /// The forge, if known.
    pub forge: Option<ForgeKind>,
    /// The owner, group or workspace (on GitLab with subgroups: `a/b`).
    pub owner: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// Its URL, without a trailing slash.
    pub url: Option<String>,
}

/// The releases of one run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Notes {
    /// Whether no requested data is missing.
    pub complete: bool,
    /// Warnings about these notes, one sentence each.
    pub warnings: Vec<String>,
    /// The repository.
    pub repository: RepositoryInfo,
    /// The releases, newest first.
    pub releases: Vec<Release>,
}
