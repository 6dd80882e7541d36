//! Parses GitHub's responses and converts them to the model.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    forge::lookup_result::seconds,
    model::{IssueRef, PullRequest, PullRequestState},
};

/// A GraphQL response, which may contain both data and errors.
#[derive(Debug, Deserialize)]
pub(super) struct GraphQlResponse {
    #[serde(default)]
    pub(super) data: Option<Value>,
    #[serde(default)]
    pub(super) errors: Vec<GraphQlError>,
}

/// An error in a GraphQL response.
#[derive(Debug, Deserialize)]
pub(super) struct GraphQlError {
    #[serde(rename = "type", default)]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    pub(super) path: Vec<Value>,
}

impl GraphQlError {
    /// The alias that the error applies to; `None` if it applies to the whole query.
    pub(super) fn alias(&self) -> Option<&str> {
        self.path.iter().filter_map(Value::as_str).find(|part| *part != "repository")
    }

    pub(super) fn is_not_found(&self) -> bool {
        self.kind.as_deref() == Some("NOT_FOUND")
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pull {
    pub(super) number: u64,
    url: String,
    title: String,
    body: Option<String>,
    state: String,
    merged_at: Option<String>,
    head_ref_name: Option<String>,
    base_ref_name: Option<String>,
    merge_commit: Option<Oid>,
    author: Option<Actor>,
    labels: Option<Nodes<Label>>,
    milestone: Option<Milestone>,
    closing_issues_references: Option<Nodes<Issue>>,
    base_repository: Option<Repository>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Oid {
    oid: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Actor {
    #[serde(rename = "__typename", default)]
    kind: String,
    login: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Nodes<T> {
    /// Contains `null` for nodes without access.
    #[serde(default = "Vec::new")]
    pub(super) nodes: Vec<Option<T>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Label {
    name: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Milestone {
    title: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Issue {
    number: u64,
    url: String,
    repository: Repository,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    name_with_owner: String,
}

/// A commit with the pull requests that contain it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CommitNode {
    pub(super) committed_date: Option<String>,
    author: Option<CommitAuthor>,
    associated_pull_requests: Option<Nodes<Pull>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct CommitAuthor {
    email: Option<String>,
    user: Option<User>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct User {
    login: String,
}

impl Pull {
    /// Whether its base is this repository, and not a fork or the parent.
    pub(super) fn is_of(&self, owner: &str, name: &str) -> bool {
        let full = format!("{owner}/{name}");
        self.base_repository.as_ref().is_none_or(|base| base.name_with_owner.eq_ignore_ascii_case(&full))
    }

    /// Whether it is merged, so that only its texts can still change.
    pub(super) fn is_merged(&self) -> bool {
        self.state == "MERGED"
    }

    pub(super) fn into_model(self, owner: &str, name: &str) -> PullRequest {
        let own = format!("{owner}/{name}");
        let issue = |issue: Issue| IssueRef {
            number: issue.number,
            repository: Some(issue.repository.name_with_owner)
                .filter(|other| !other.eq_ignore_ascii_case(&own)),
            url: Some(issue.url),
        };
        PullRequest {
            number: self.number,
            url: Some(self.url),
            title: Some(self.title),
            body: self.body,
            labels: all(self.labels).map(|label| label.name).collect(),
            author_is_bot: self.author.as_ref().is_some_and(|author| author.kind == "Bot"),
            author: self.author.map(|author| author.login),
            source_branch: self.head_ref_name,
            target_branch: self.base_ref_name,
            milestone: self.milestone.map(|milestone| milestone.title),
            closes: all(self.closing_issues_references).map(issue).collect(),
            state: Some(match self.state.as_str() {
                "MERGED" => PullRequestState::Merged,
                "OPEN" => PullRequestState::Open,
                _ => PullRequestState::Closed,
            }),
            merged_at: seconds(self.merged_at.as_deref()),
            merge_commits: self.merge_commit.and_then(|commit| commit.oid.parse().ok()).into_iter().collect(),
        }
    }
}

impl CommitNode {
    /// The author's email address and login, if GitHub has both.
    pub(super) fn login(&self) -> Option<(String, String)> {
        let author = self.author.as_ref()?;
        Some((author.email.as_ref()?.to_lowercase(), author.user.as_ref()?.login.clone()))
    }

    pub(super) fn pulls(self) -> impl Iterator<Item = Pull> {
        all(self.associated_pull_requests)
    }
}

fn all<T>(nodes: Option<Nodes<T>>) -> impl Iterator<Item = T> {
    nodes.into_iter().flat_map(|nodes| nodes.nodes).flatten()
}

/// The fields of the REST API's pull requests that are used.
#[derive(Debug, Deserialize)]
pub(super) struct RestPull {
    number: u64,
    html_url: String,
    title: String,
    body: Option<String>,
    state: String,
    merged_at: Option<String>,
    merge_commit_sha: Option<String>,
    user: Option<RestUser>,
    head: Branch,
    base: Branch,
    #[serde(default)]
    labels: Vec<Label>,
    milestone: Option<Milestone>,
}

#[derive(Debug, Deserialize)]
struct RestUser {
    login: String,
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Debug, Deserialize)]
struct Branch {
    #[serde(rename = "ref")]
    name: String,
    repo: Option<BranchRepository>,
}

#[derive(Debug, Deserialize)]
struct BranchRepository {
    full_name: String,
}

impl RestPull {
    pub(super) fn is_of(&self, owner: &str, name: &str) -> bool {
        let full = format!("{owner}/{name}");
        self.base.repo.as_ref().is_none_or(|base| base.full_name.eq_ignore_ascii_case(&full))
    }

    pub(super) fn into_model(self) -> PullRequest {
        let state = match (self.state.as_str(), &self.merged_at) {
            (_, Some(_)) => PullRequestState::Merged,
            ("open", None) => PullRequestState::Open,
            _ => PullRequestState::Closed,
        };
        PullRequest {
            number: self.number,
            url: Some(self.html_url),
            title: Some(self.title),
            body: self.body,
            labels: self.labels.into_iter().map(|label| label.name).collect(),
            author_is_bot: self.user.as_ref().is_some_and(|user| user.kind == "Bot"),
            author: self.user.map(|user| user.login),
            source_branch: Some(self.head.name),
            target_branch: Some(self.base.name),
            milestone: self.milestone.map(|milestone| milestone.title),
            closes: Vec::new(),
            merged_at: seconds(self.merged_at.as_deref()),
            // For an open pull request, this is GitHub's test merge.
            merge_commits: self
                .merge_commit_sha
                .filter(|_| state == PullRequestState::Merged)
                .and_then(|commit| commit.parse().ok())
                .into_iter()
                .collect(),
            state: Some(state),
        }
    }
}
