//! Comments on pull requests on Bitbucket Cloud, and what they need: the pull request with its commits, the own
//! account.
//!
//! Source: developer.atlassian.com, "The Bitbucket Cloud REST API", "Pullrequests" and "Users".

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    forge::{Comment, Error, Identity, PullRequestHead, Thread},
    model::ForgeKind,
};

use super::pull_requests::{Bitbucket, Page};

/// Maximum number of pages, of 50 open pull requests each, to search.
const PULL_PAGES: usize = 20;

impl Bitbucket {
    pub(in crate::forge) async fn pull_request_head(
        &self,
        number: u64,
    ) -> Result<Option<PullRequestHead>, Error> {
        let path = format!("{}/pullrequests/{number}", self.own);
        let found = self.rest.get::<RestPull>(&path, &format!("reading pull request #{number}")).await?;
        Ok(found.map(RestPull::into_head))
    }

    pub(in crate::forge) async fn open_pull_requests(&self) -> Result<Vec<PullRequestHead>, Error> {
        let mut all = Vec::new();
        for page in 1..=PULL_PAGES {
            let path =
                format!("{}/pullrequests?state=OPEN&sort=-updated_on&pagelen=50&page={page}", self.own);
            let response = self.rest.request_path(&path).await?;
            let found: Page<RestPull> = self.rest.parse(&response, "searching the pull request")?;
            let is_last = found.next.is_none();
            all.extend(found.values.into_iter().map(RestPull::into_head));
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    pub(in crate::forge) async fn identity(&self) -> Result<Identity, Error> {
        let response = self.rest.request_path("/user").await?;
        let account: RestAccount = self.rest.parse(&response, "reading the account of the token")?;
        Ok(account.into_model())
    }

    pub(in crate::forge) async fn comments(&self, thread: Thread) -> Result<Vec<Comment>, Error> {
        let path = format!("{}?pagelen=50", self.comments_path(thread)?);
        let doing = format!("reading the comments of {}", thread.title());
        let all = self.pages::<RestComment>(&path, &doing).await?;
        Ok(all.into_iter().filter(|comment| !comment.deleted).map(RestComment::into_model).collect())
    }

    pub(in crate::forge) async fn comment(&self, thread: Thread, body: &str) -> Result<Comment, Error> {
        let doing = format!("commenting on {}", thread.title());
        self.write_comment(Method::POST, &self.comments_path(thread)?, body, &doing).await
    }

    pub(in crate::forge) async fn update_comment(
        &self,
        thread: Thread,
        comment: &Comment,
        body: &str,
    ) -> Result<Comment, Error> {
        let path = format!("{}/{}", self.comments_path(thread)?, comment.id);
        let doing = format!("updating the comment on {}", thread.title());
        self.write_comment(Method::PUT, &path, body, &doing).await
    }

    pub(in crate::forge) async fn delete_comment(
        &self,
        thread: Thread,
        comment: &Comment,
    ) -> Result<(), Error> {
        let path = format!("{}/{}", self.comments_path(thread)?, comment.id);
        self.rest.delete(&path, &format!("deleting a duplicate comment on {}", thread.title())).await
    }

    async fn write_comment(
        &self,
        method: Method,
        path: &str,
        body: &str,
        doing: &str,
    ) -> Result<Comment, Error> {
        let content = json!({ "content": { "raw": body } });
        let written: RestComment = self.rest.send(self.rest.json(method, path, &content)?, doing).await?;
        Ok(written.into_model())
    }

    fn comments_path(&self, thread: Thread) -> Result<String, Error> {
        match thread {
            Thread::PullRequest(number) => Ok(format!("{}/pullrequests/{number}/comments", self.own)),
            Thread::Issue(_) => {
                Err(Error::Unsupported { forge: ForgeKind::Bitbucket, what: "commenting on an issue" })
            }
        }
    }
}

#[derive(Deserialize)]
struct RestComment {
    id: u64,
    #[serde(default)]
    content: Value,
    user: Option<RestAccount>,
    /// A deleted comment stays in the list if it has replies.
    #[serde(default)]
    deleted: bool,
}

impl RestComment {
    fn into_model(self) -> Comment {
        let body = self.content.get("raw").and_then(Value::as_str).unwrap_or_default();
        Comment {
            id: self.id.to_string(),
            body: body.to_owned(),
            author: self.user.map(RestAccount::into_model),
        }
    }
}

/// Logins are not public.
#[derive(Deserialize)]
struct RestAccount {
    uuid: Option<String>,
}

impl RestAccount {
    fn into_model(self) -> Identity {
        Identity { id: self.uuid, login: None }
    }
}

#[derive(Deserialize)]
struct RestPull {
    id: u64,
    title: String,
    state: String,
    source: Side,
    destination: Side,
}

#[derive(Deserialize)]
struct Side {
    branch: Option<Branch>,
    commit: Option<Hash>,
    /// `null` if the fork was deleted.
    repository: Option<Repository>,
}

#[derive(Deserialize)]
struct Branch {
    name: String,
}

#[derive(Deserialize)]
struct Hash {
    /// Abbreviated to 12 hex digits.
    hash: String,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

impl RestPull {
    fn into_head(self) -> PullRequestHead {
        let name = |side: &Side| side.repository.as_ref().map(|it| it.full_name.clone());
        let (head_repository, base_repository) = (name(&self.source), name(&self.destination));
        let hash = |commit: Option<Hash>| commit.map(|commit| commit.hash);
        PullRequestHead {
            number: self.id,
            title: self.title,
            is_from_fork: head_repository.is_none() || head_repository != base_repository,
            head: hash(self.source.commit).unwrap_or_default(),
            head_repository,
            source_branch: self.source.branch.map(|branch| branch.name),
            target_branch: self.destination.branch.map(|branch| branch.name),
            base: hash(self.destination.commit),
            is_open: matches!(self.state.as_str(), "OPEN" | "DRAFT"),
            labels: None,
        }
    }
}
