//! Dispatches lookups of pull requests to the forge's client.

use super::{
    Access, Error, LookupResult, bitbucket::Bitbucket, gitea::Gitea, github::GitHub, gitlab::GitLab,
};
use crate::{
    http,
    model::{ForgeKind, ObjectId},
};

/// A client for a repository on a forge. Create and use it in a tokio runtime.
#[derive(Debug)]
pub enum Forge {
    /// github.com or GitHub Enterprise.
    GitHub(GitHub),
    /// gitlab.com or self-hosted GitLab.
    GitLab(GitLab),
    /// Gitea or Forgejo, such as Codeberg.
    Gitea(Gitea),
    /// Bitbucket Cloud.
    Bitbucket(Bitbucket),
}

impl Forge {
    /// A client for the repository in `access`.
    ///
    /// # Errors
    /// If the forge is not supported, or its API URL is not valid.
    pub fn new(client: http::Client, access: Access) -> Result<Self, Error> {
        match access.kind {
            ForgeKind::GitHub => GitHub::new(client, access).map(Self::GitHub),
            ForgeKind::GitLab => Ok(Self::GitLab(GitLab::new(client, &access))),
            ForgeKind::Gitea => Ok(Self::Gitea(Gitea::new(client, &access))),
            ForgeKind::Bitbucket => Ok(Self::Bitbucket(Bitbucket::new(client, &access))),
            kind @ ForgeKind::Azure => Err(Error::Unsupported { forge: kind, what: "reading pull requests" }),
        }
    }

    /// The pull requests with these numbers. Other numbers are in [`LookupResult::absent`].
    pub async fn pull_requests(&self, numbers: &[u64]) -> LookupResult {
        match self {
            Self::GitHub(github) => github.pull_requests(numbers).await,
            Self::GitLab(gitlab) => gitlab.pull_requests(numbers).await,
            Self::Gitea(gitea) => gitea.pull_requests(numbers).await,
            Self::Bitbucket(bitbucket) => bitbucket.pull_requests(numbers).await,
        }
    }

    /// The pull requests that contain these commits.
    pub async fn of_commits(&self, commits: &[ObjectId]) -> LookupResult {
        match self {
            Self::GitHub(github) => github.of_commits(commits).await,
            Self::GitLab(gitlab) => gitlab.of_commits(commits).await,
            Self::Gitea(gitea) => gitea.of_commits(commits).await,
            Self::Bitbucket(bitbucket) => bitbucket.of_commits(commits).await,
        }
    }

    /// Whether its pull requests include the issues that they close, so that an empty list means none.
    #[must_use]
    pub fn lists_closed_issues(&self) -> bool {
        match self {
            Self::GitHub(github) => github.has_token(),
            Self::GitLab(_) | Self::Gitea(_) | Self::Bitbucket(_) => false,
        }
    }

    /// Which of these logins had nothing merged before a time (seconds since 1970); `None` if unknown.
    pub async fn newcomers(&self, logins: &[String], before: i64) -> Option<Vec<String>> {
        match self {
            Self::GitHub(github) => github.newcomers(logins, before).await,
            Self::GitLab(gitlab) => gitlab.newcomers(logins, before).await,
            // Each login would require reading all pull requests.
            Self::Gitea(_) | Self::Bitbucket(_) => None,
        }
    }
}
