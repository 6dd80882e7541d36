//! The forges: where a repository lives, the addresses of its pages, and what its server knows of merged pull requests
//! and releases.
//!
//! A question is a list of numbers or of commits; what comes back is what was had and, in words, what was not. One answer that
//! is missing never loses the rest. Requests grow with the question and never with the repository.

mod access;
mod address;
mod bitbucket;
mod error;
mod found;
mod gitea;
mod github;
mod gitlab;
mod links;
mod publishing;
mod release;
mod rest;
mod server;

use crate::{
    http,
    model::{ForgeKind, ObjectId, RepositoryInfo},
};

pub use access::{Access, Credentials, api_of, detect, is_usual_api, public_forge};
pub use address::locate;
pub use error::Error;
pub use found::Found;
pub use links::Links;
pub use release::{Abilities, Asset, Attachment, Comment, Fields, Release, RemoteTag, Thread, made_order};
pub use server::{Server, api_address, web_address};

use bitbucket::Bitbucket;
use gitea::Gitea;
use github::GitHub;
use gitlab::GitLab;

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

/// `owner/name`, as messages write it.
#[must_use]
pub fn slug(repository: &RepositoryInfo) -> Option<String> {
    Some(format!("{}/{}", repository.owner.as_ref()?, repository.name.as_ref()?))
}
