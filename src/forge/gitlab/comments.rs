//! What the comment on a merge request needs of GitLab: the merge request with its commits, the own account, an update.
//!
//! Source: docs.gitlab.com, "Merge requests API", "Users API" and "Notes API".

use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::forge::{
    Comment, Error, HeadQuery, Identity, PullRequestHead, Thread,
    links::escaped,
    rest::{RestAccount, RestComment},
};

use super::merge_requests::GitLab;

/// Maximum number of pages, of 100 open merge requests each, to search.
const REQUEST_PAGES: usize = 10;

impl GitLab {
    pub(in crate::forge) async fn pull_request_head(
        &self,
        number: u64,
    ) -> Result<Option<PullRequestHead>, Error> {
        let path = format!("{}/merge_requests/{number}", self.own);
        let found = self.rest.get::<RestRequest>(&path, &format!("reading merge request !{number}")).await?;
        Ok(found.map(RestRequest::into_head))
    }

    /// The open merge requests from the branch of the query, if it names one.
    pub(in crate::forge) async fn open_pull_requests(
        &self,
        query: &HeadQuery,
    ) -> Result<Vec<PullRequestHead>, Error> {
        let filter = query.branch.as_deref().map(|branch| format!("&source_branch={}", escaped(branch, "")));
        let filter = filter.unwrap_or_default();
        let mut all = Vec::new();
        for page in 1..=REQUEST_PAGES {
            let path = format!(
                "{}/merge_requests?state=opened&order_by=updated_at{filter}&per_page=100&page={page}",
                self.own
            );
            let response = self.rest.request_path(&path).await?;
            let found: Vec<RestRequest> = self.rest.parse(&response, "searching the merge request")?;
            let count = found.len();
            all.extend(found.into_iter().map(RestRequest::into_head));
            if count < 100 {
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

    pub(in crate::forge) async fn update_comment(
        &self,
        thread: Thread,
        comment: &Comment,
        body: &str,
    ) -> Result<Comment, Error> {
        let path = format!("{}/notes/{}", self.thread_path(thread), comment.id);
        let request = self.rest.json(Method::PUT, &path, &json!({ "body": body }))?;
        let doing = format!("updating the comment on {}", thread.title());
        let updated: RestComment = self.rest.send(request, &doing).await?;
        Ok(updated.into_model())
    }
}

#[derive(Deserialize)]
struct RestRequest {
    iid: u64,
    title: String,
    state: String,
    sha: Option<String>,
    source_branch: Option<String>,
    target_branch: Option<String>,
    source_project_id: Option<u64>,
    target_project_id: Option<u64>,
    /// Only in the response for a single merge request.
    diff_refs: Option<DiffRefs>,
    #[serde(default)]
    labels: Vec<String>,
}

#[derive(Deserialize)]
struct DiffRefs {
    base_sha: Option<String>,
}

impl RestRequest {
    fn into_head(self) -> PullRequestHead {
        PullRequestHead {
            number: self.iid,
            title: self.title,
            head: self.sha.unwrap_or_default(),
            head_repository: None,
            source_branch: self.source_branch,
            target_branch: self.target_branch,
            base: self.diff_refs.and_then(|refs| refs.base_sha),
            is_from_fork: self.source_project_id.is_none()
                || self.source_project_id != self.target_project_id,
            is_open: self.state == "opened",
            labels: Some(self.labels),
        }
    }
}
