//! Looks up pull requests on Gitea and Forgejo: REST v1, with or without a token.
//!
//! m pull requests take m requests and n commits take n: there are no batch endpoints. If none is found, one more
//! request checks whether the repository is accessible.
//!
//! Source: `/swagger.v1.json` of any Gitea or Forgejo, "repository".

use serde::Deserialize;

use crate::{
    http,
    model::{ObjectId, PullRequest, PullRequestState},
};

use crate::forge::{
    Access, Error, LookupResult,
    links::escaped,
    lookup_result::{seconds, short},
    rest::{Rest, each},
};

/// A repository on Gitea or Forgejo.
#[derive(Debug)]
pub struct Gitea {
    pub(in crate::forge) rest: Rest,
    /// The path of the repository in the API.
    pub(super) own: String,
}

impl Gitea {
    pub(in crate::forge) fn new(client: http::Client, access: &Access) -> Self {
        let own = format!("/repos/{}/{}", escaped(&access.owner, ""), escaped(&access.name, ""));
        Self { rest: Rest::new(client, access), own }
    }

    pub(in crate::forge) async fn pull_requests(&self, numbers: &[u64]) -> LookupResult {
        let (results, missing) = each(numbers, |number| async move {
            let path = format!("{}/pulls/{number}", self.own);
            self.rest.get::<Pull>(&path, &format!("reading pull request #{number}")).await
        })
        .await;
        let mut result = LookupResult { missing, ..LookupResult::default() };
        if let Err(error) = self.check_accessible(&results).await {
            result.missing.push(error.to_string());
            return result;
        }
        result
            .insert_by_number(results.into_iter().map(|(number, pull)| (number, pull.map(Pull::into_model))));
        result
    }

    pub(in crate::forge) async fn of_commits(&self, commits: &[ObjectId]) -> LookupResult {
        // Cache negative results too: a commit without a pull request is a 404, and there are many.
        let (cached, unknown): (Vec<ObjectId>, Vec<ObjectId>) =
            commits.iter().partition(|commit| self.is_cached_as_none(**commit));
        let (results, missing) = each(&unknown, |commit| async move {
            let path = format!("{}/commits/{commit}/pull", self.own);
            self.rest
                .get::<Pull>(&path, &format!("reading the pull request of commit {}", short(commit)))
                .await
        })
        .await;
        let mut result = LookupResult { missing, ..LookupResult::default() };
        if let Err(error) = self.check_accessible(&results).await {
            result.missing.push(error.to_string());
            return result;
        }
        for (commit, pull) in results {
            if pull.is_none() {
                self.cache_none(commit);
            }
            result.insert(commit, pull.map(Pull::into_model).into_iter().collect());
        }
        for commit in cached {
            result.insert(commit, Vec::new());
        }
        result
    }

    /// Checks that the repository is accessible if there are only 404s, which may also mean that it is not.
    async fn check_accessible<Q>(&self, results: &[(Q, Option<Pull>)]) -> Result<(), Error> {
        if results.is_empty() || results.iter().any(|(_, pull)| pull.is_some()) {
            return Ok(());
        }
        let response = self.rest.request_path(&self.own).await?;
        self.rest.parse::<serde::de::IgnoredAny>(&response, "reading the repository").map(drop)
    }

    fn is_cached_as_none(&self, commit: ObjectId) -> bool {
        self.rest.cache().is_some_and(|cache| cache.fresh(&self.key(commit)).is_some())
    }

    fn cache_none(&self, commit: ObjectId) {
        if let Some(cache) = self.rest.cache() {
            cache.put(&self.key(commit), "none", None, None);
        }
    }

    fn key(&self, commit: ObjectId) -> String {
        format!("no pull request of {} {commit}", self.rest.url(&self.own))
    }
}

/// The fields of Gitea's pull requests that are used.
#[derive(Debug, Deserialize)]
struct Pull {
    number: u64,
    html_url: Option<String>,
    title: String,
    body: Option<String>,
    state: String,
    #[serde(default)]
    merged: bool,
    merged_at: Option<String>,
    merge_commit_sha: Option<String>,
    head: Option<Branch>,
    base: Option<Branch>,
    /// `null` if there are none.
    labels: Option<Vec<Label>>,
    user: Option<User>,
    milestone: Option<Milestone>,
}

#[derive(Debug, Deserialize)]
struct Branch {
    /// Its name; `ref` is `refs/pull/12/head` if the branch was deleted.
    label: String,
}

#[derive(Debug, Deserialize)]
struct Label {
    name: String,
}

#[derive(Debug, Deserialize)]
struct User {
    #[serde(default)]
    id: i64,
    login: String,
}

#[derive(Debug, Deserialize)]
struct Milestone {
    title: String,
}

impl Pull {
    fn into_model(self) -> PullRequest {
        let state = match (self.merged, self.state.as_str()) {
            (true, _) => PullRequestState::Merged,
            (false, "open") => PullRequestState::Open,
            _ => PullRequestState::Closed,
        };
        // -1 is a deleted user; lower IDs are bots.
        let author = self.user.filter(|user| user.id != -1);
        PullRequest {
            number: self.number,
            url: self.html_url,
            title: Some(self.title),
            body: self.body,
            labels: self.labels.unwrap_or_default().into_iter().map(|label| label.name).collect(),
            author_is_bot: author.as_ref().is_some_and(|user| user.id < -1 || user.login.ends_with("[bot]")),
            author: author.map(|user| user.login),
            source_branch: self.head.map(|branch| branch.label),
            target_branch: self.base.map(|branch| branch.label),
            milestone: self.milestone.map(|milestone| milestone.title),
            closes: Vec::new(),
            state: Some(state),
            merged_at: seconds(self.merged_at.as_deref()),
            merge_commits: self
                .merge_commit_sha
                .filter(|_| state == PullRequestState::Merged)
                .and_then(|commit| commit.parse().ok())
                .into_iter()
                .collect(),
        }
    }
}
