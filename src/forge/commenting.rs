//! Dispatches what comments on pull requests need to the forge's client.

use super::{Comment, Error, Forge, HeadQuery, Identity, PullRequestHead, Thread};

impl Forge {
    /// A pull request with its commits; `None` if there is none with this number.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn pull_request_head(&self, number: u64) -> Result<Option<PullRequestHead>, Error> {
        match self {
            Self::GitHub(github) => github.pull_request_head(number).await,
            Self::GitLab(gitlab) => gitlab.pull_request_head(number).await,
            Self::Gitea(gitea) => gitea.pull_request_head(number).await,
            Self::Bitbucket(bitbucket) => bitbucket.pull_request_head(number).await,
        }
    }

    /// The open pull requests with this newest commit, of the most recently updated ones.
    ///
    /// # Errors
    /// If a request fails.
    pub async fn pull_requests_at(&self, query: &HeadQuery) -> Result<Vec<PullRequestHead>, Error> {
        let mut found = match self {
            Self::GitHub(github) => github.open_pull_requests(query).await,
            Self::GitLab(gitlab) => gitlab.open_pull_requests(query).await,
            Self::Gitea(gitea) => gitea.open_pull_requests().await,
            Self::Bitbucket(bitbucket) => bitbucket.open_pull_requests().await,
        }?;
        found.retain(|pull_request| query.matches(pull_request));
        Ok(found)
    }

    /// The account that the credentials belong to.
    ///
    /// # Errors
    /// If the request fails, or the credentials may not read their account.
    pub async fn identity(&self) -> Result<Identity, Error> {
        match self {
            Self::GitHub(github) => github.identity().await,
            Self::GitLab(gitlab) => gitlab.identity().await,
            Self::Gitea(gitea) => gitea.identity().await,
            Self::Bitbucket(bitbucket) => bitbucket.identity().await,
        }
    }

    /// Replaces the body of a comment.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn update_comment(
        &self,
        thread: Thread,
        comment: &Comment,
        body: &str,
    ) -> Result<Comment, Error> {
        match self {
            Self::GitHub(github) => github.update_comment(thread, comment, body).await,
            Self::GitLab(gitlab) => gitlab.update_comment(thread, comment, body).await,
            Self::Gitea(gitea) => gitea.update_comment(thread, comment, body).await,
            Self::Bitbucket(bitbucket) => bitbucket.update_comment(thread, comment, body).await,
        }
    }
}
