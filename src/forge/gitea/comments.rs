//! What the comment on a pull request needs of Gitea and Forgejo: the pull request with its commits, the own account,
//! an update.
//!
//! Source: `/swagger.v1.json` of any Gitea or Forgejo, "repository", "issue" and "user".

use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::forge::{
    Comment, Error, Identity, PullRequestHead, Thread,
    rest::{RestAccount, RestComment},
};

use super::pull_requests::Gitea;

/// Maximum number of pages, of 50 open pull requests each, to search.
const PULL_PAGES: usize = 20;
/// The ID of the account of the token that Gitea and Forgejo Actions create for each job.
const ACTIONS: &str = "-2";

impl Gitea {
    pub(in crate::forge) async fn pull_request_head(
        &self,
        number: u64,
    ) -> Result<Option<PullRequestHead>, Error> {
        let path = format!("{}/pulls/{number}", self.own);
        let found = self.rest.get::<RestPull>(&path, &format!("reading pull request #{number}")).await?;
        Ok(found.map(RestPull::into_head))
    }

    pub(in crate::forge) async fn open_pull_requests(&self) -> Result<Vec<PullRequestHead>, Error> {
        let mut all = Vec::new();
        for page in 1..=PULL_PAGES {
            let path = format!("{}/pulls?state=open&sort=recentupdate&limit=50&page={page}", self.own);
            let response = self.rest.request_path(&path).await?;
            let found: Vec<RestPull> = self.rest.parse(&response, "searching the pull request")?;
            if found.is_empty() {
                break;
            }
            all.extend(found.into_iter().map(RestPull::into_head));
        }
        Ok(all)
    }

    /// The token of a job may have no access to `/user`.
    pub(in crate::forge) async fn identity(&self) -> Result<Identity, Error> {
        match self.rest.get::<RestAccount>("/user", "reading the account of the token").await {
            Ok(Some(account)) => Ok(account.into_model()),
            Ok(None) | Err(Error::Refused { status: 403, .. }) => {
                Ok(Identity { id: Some(ACTIONS.to_owned()), login: None })
            }
            Err(error) => Err(error),
        }
    }

    pub(in crate::forge) async fn update_comment(
        &self,
        thread: Thread,
        comment: &Comment,
        body: &str,
    ) -> Result<Comment, Error> {
        let path = format!("{}/issues/comments/{}", self.own, comment.id);
        let request = self.rest.json(Method::PATCH, &path, &json!({ "body": body }))?;
        let doing = format!("updating the comment on {}", thread.title());
        let updated: RestComment = self.rest.send(request, &doing).await?;
        Ok(updated.into_model())
    }
}

#[derive(Deserialize)]
struct RestPull {
    number: u64,
    title: String,
    state: String,
    head: Side,
    base: Side,
    /// `null` if there are none.
    labels: Option<Vec<Label>>,
}

#[derive(Deserialize)]
struct Side {
    /// The branch; `ref` is `refs/pull/12/head` if the branch was deleted.
    label: String,
    sha: String,
    /// `null` if the fork was deleted.
    repo: Option<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

impl RestPull {
    fn into_head(self) -> PullRequestHead {
        let name = |side: &Side| side.repo.as_ref().map(|repository| repository.full_name.clone());
        let (head_repository, base_repository) = (name(&self.head), name(&self.base));
        PullRequestHead {
            number: self.number,
            title: self.title,
            is_from_fork: head_repository.is_none() || head_repository != base_repository,
            head: self.head.sha,
            head_repository,
            source_branch: Some(self.head.label),
            target_branch: Some(self.base.label),
            base: Some(self.base.sha),
            is_open: self.state == "open",
            labels: Some(self.labels.unwrap_or_default().into_iter().map(|label| label.name).collect()),
        }
    }
}
