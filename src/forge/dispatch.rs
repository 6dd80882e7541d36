//! A forge that can be asked, and what it knows of pull requests.

use super::{Access, Error, Found, bitbucket::Bitbucket, gitea::Gitea, github::GitHub, gitlab::GitLab};
use crate::{
    http,
    model::{ForgeKind, ObjectId},
};

/// A repository on a forge that can be asked. Made and used within a tokio runtime.
#[derive(Debug)]
pub enum Forge {
    /// github.com or GitHub Enterprise.
    GitHub(GitHub),
    /// gitlab.com or one's own GitLab.
    GitLab(GitLab),
    /// Gitea, or Forgejo and with it Codeberg.
    Gitea(Gitea),
    /// Bitbucket Cloud.
    Bitbucket(Bitbucket),
}

impl Forge {
    /// The repository that `access` tells of.
    ///
    /// # Errors
    /// When nothing here speaks to that forge, or its address is none.
    pub fn new(client: http::Client, access: Access) -> Result<Self, Error> {
        match access.kind {
            ForgeKind::GitHub => GitHub::new(client, access).map(Self::GitHub),
            ForgeKind::GitLab => Ok(Self::GitLab(GitLab::new(client, &access))),
            ForgeKind::Gitea => Ok(Self::Gitea(Gitea::new(client, &access))),
            ForgeKind::Bitbucket => Ok(Self::Bitbucket(Bitbucket::new(client, &access))),
            kind @ ForgeKind::Azure => {
                Err(Error::Unsupported { forge: kind, what: "asking for pull requests" })
            }
        }
    }

    /// The pull requests with these numbers. A number that is no pull request's is among [`Found::absent`].
    pub async fn pull_requests(&self, numbers: &[u64]) -> Found {
        match self {
            Self::GitHub(github) => github.pull_requests(numbers).await,
            Self::GitLab(gitlab) => gitlab.pull_requests(numbers).await,
            Self::Gitea(gitea) => gitea.pull_requests(numbers).await,
            Self::Bitbucket(bitbucket) => bitbucket.pull_requests(numbers).await,
        }
    }

    /// The pull requests that contain these commits.
    pub async fn of_commits(&self, commits: &[ObjectId]) -> Found {
        match self {
            Self::GitHub(github) => github.of_commits(commits).await,
            Self::GitLab(gitlab) => gitlab.of_commits(commits).await,
            Self::Gitea(gitea) => gitea.of_commits(commits).await,
            Self::Bitbucket(bitbucket) => bitbucket.of_commits(commits).await,
        }
    }

    /// Whether its pull requests come with the issues that they close, so that none means none.
    #[must_use]
    pub fn tells_what_closes(&self) -> bool {
        match self {
            Self::GitHub(github) => github.has_token(),
            Self::GitLab(_) | Self::Gitea(_) | Self::Bitbucket(_) => false,
        }
    }

    /// Which of these logins had nothing merged before a moment (seconds since 1970); `None` where the forge does not say.
    pub async fn newcomers(&self, logins: &[String], before: i64) -> Option<Vec<String>> {
        match self {
            Self::GitHub(github) => github.newcomers(logins, before).await,
            Self::GitLab(gitlab) => gitlab.newcomers(logins, before).await,
            // Each would take a walk through all pull requests.
            Self::Gitea(_) | Self::Bitbucket(_) => None,
        }
    }
}
