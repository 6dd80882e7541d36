//! What the comment on a pull request needs of GitHub: the pull request with its commits, the own account, an update.
//!
//! Source: docs.github.com, "REST API endpoints for pull requests", "users" and "issue comments".

use serde::Deserialize;
use serde_json::{Value, json};

use crate::forge::{
    Comment, Error, HeadQuery, Identity, PullRequestHead, Thread,
    links::escaped,
    rest::{RestAccount, RestComment},
};

use super::{client::Octo, pull_requests::GitHub};

/// Maximum number of pages, of 100 open pull requests each, to search.
const PULL_PAGES: usize = 10;
/// The account of the token that GitHub Actions creates for each job.
const ACTIONS: &str = "github-actions[bot]";

impl GitHub {
    pub(in crate::forge) async fn pull_request_head(
        &self,
        number: u64,
    ) -> Result<Option<PullRequestHead>, Error> {
        let path = format!("{}/pulls/{number}", self.own());
        let found = self.octo.get::<RestPull>(&path, &format!("reading pull request #{number}")).await?;
        Ok(found.map(RestPull::into_head))
    }

    /// The open pull requests from the repository and branch of the query, if it names them.
    pub(in crate::forge) async fn open_pull_requests(
        &self,
        query: &HeadQuery,
    ) -> Result<Vec<PullRequestHead>, Error> {
        let owner = query.repository.as_deref().and_then(|name| name.split('/').next());
        let filter = match owner.zip(query.branch.as_deref()) {
            Some((owner, branch)) => format!("&head={}:{}", escaped(owner, ""), escaped(branch, "")),
            None => String::new(),
        };
        let mut all = Vec::new();
        for page in 1..=PULL_PAGES {
            let path = format!(
                "{}/pulls?state=open&sort=updated&direction=desc{filter}&per_page=100&page={page}",
                self.own()
            );
            let found = self.octo.get::<Vec<RestPull>>(&path, "searching the pull request").await?;
            let found = found
                .ok_or_else(|| Error::not_found(self.access.kind, "searching the pull request".into()))?;
            let count = found.len();
            all.extend(found.into_iter().map(RestPull::into_head));
            if count < 100 {
                break;
            }
        }
        Ok(all)
    }

    /// The token of an app, such as that of a job, may not read `/user`; GraphQL tells its login.
    pub(in crate::forge) async fn identity(&self) -> Result<Identity, Error> {
        match self.octo.get::<RestAccount>("/user", "reading the account of the token").await {
            Ok(Some(account)) => return Ok(account.into_model()),
            Ok(None) | Err(Error::Refused { status: 403, .. }) => {}
            Err(error) => return Err(error),
        }
        let login = viewer(&self.octo).await.unwrap_or_else(|| ACTIONS.to_owned());
        Ok(Identity { id: None, login: Some(login) })
    }

    pub(in crate::forge) async fn update_comment(
        &self,
        thread: Thread,
        comment: &Comment,
        body: &str,
    ) -> Result<Comment, Error> {
        let path = format!("{}/issues/comments/{}", self.own(), comment.id);
        let doing = format!("updating the comment on {}", thread.title());
        let updated = self.octo.patch::<RestComment>(&path, &json!({ "body": body }), &doing).await?;
        Ok(updated.into_model())
    }
}

/// The login of the token's account; `None` if GitHub does not tell it.
async fn viewer(octo: &Octo) -> Option<String> {
    let query = json!({ "query": "query { viewer { login } }" });
    let response = octo.graphql::<Value>(&query, "reading the account of the token").await.ok()?;
    response.pointer("/data/viewer/login")?.as_str().map(str::to_owned)
}

#[derive(Deserialize)]
struct RestPull {
    number: u64,
    title: String,
    state: String,
    head: Side,
    base: Side,
    #[serde(default)]
    labels: Vec<Label>,
}

#[derive(Deserialize)]
struct Side {
    #[serde(rename = "ref")]
    branch: String,
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
            source_branch: Some(self.head.branch),
            target_branch: Some(self.base.branch),
            base: Some(self.base.sha),
            is_open: self.state == "open",
            labels: Some(self.labels.into_iter().map(|label| label.name).collect()),
        }
    }
}
