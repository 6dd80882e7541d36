//! Pull requests (GitLab: merge requests), and the data that a forge returns about commits.

use std::collections::{BTreeMap, BTreeSet};

use super::{CommitPrefix, IssueRef, ObjectId};

/// The pull request of a change. Without data from a forge, only the number is always set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PullRequest {
    /// Its number on the forge (GitLab: the IID).
    pub number: u64,
    /// Its URL, if the forge is known.
    pub url: Option<String>,
    /// Its title, if known.
    pub title: Option<String>,
    /// Its description, from the forge.
    pub body: Option<String>,
    /// Its labels, from the forge.
    pub labels: Vec<String>,
    /// The login of its author, if known.
    pub author: Option<String>,
    /// Whether that login belongs to a bot.
    pub author_is_bot: bool,
    /// Its source branch, if known.
    pub source_branch: Option<String>,
    /// Its target branch, if known.
    pub target_branch: Option<String>,
    /// Its milestone, from the forge.
    pub milestone: Option<String>,
    /// The issues that it closes, from the forge.
    pub closes: Vec<IssueRef>,
    /// Its state, from the forge.
    pub state: Option<PullRequestState>,
    /// When it was merged, in seconds since the epoch, from the forge.
    pub merged_at: Option<i64>,
    /// The merge commit, the squash commit, or the last rebased commit, from the forge; GitLab may have two. Empty if
    /// not known.
    pub merge_commits: Vec<CommitPrefix>,
}

impl PullRequest {
    /// Whether the forge merged it as this commit.
    #[must_use]
    pub fn is_merged_as(&self, commit: ObjectId) -> bool {
        self.merge_commits.iter().any(|merged| merged.names(commit))
    }
}

/// The state of a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullRequestState {
    /// It is open.
    Open,
    /// It was merged.
    Merged,
    /// It was closed without the forge merging it; its commits may have been pushed by hand.
    Closed,
}

/// The data that a forge returned about the commits of a window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForgeFacts {
    /// Pull requests by number.
    pub pull_requests: BTreeMap<u64, PullRequest>,
    /// Logins by the email addresses of commits, lower case.
    pub logins: BTreeMap<String, String>,
    /// The logins of first-time contributors; `None` if not requested.
    pub newcomers: Option<BTreeSet<String>>,
    /// The data that is missing, one sentence each.
    pub missing: Vec<String>,
}
