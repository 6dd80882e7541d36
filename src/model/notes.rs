//! All that is rendered in one run.

use serde::{Deserialize, Serialize};

use super::Release;

/// The forges whose addresses and message forms are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ForgeKind {
    /// github.com or GitHub Enterprise.
    GitHub,
    /// gitlab.com or a self-hosted GitLab.
    GitLab,
    /// Gitea or Forgejo (Codeberg).
    Gitea,
    /// Bitbucket Cloud.
    Bitbucket,
    /// Azure DevOps.
    Azure,
}

impl ForgeKind {
    /// The name in the configuration and in the JSON form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Gitea => "gitea",
            Self::Bitbucket => "bitbucket",
            Self::Azure => "azure",
        }
    }
}

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
