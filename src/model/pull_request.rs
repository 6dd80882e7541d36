//! A merged pull request (GitLab: merge request), as far as it is known.

use std::collections::{BTreeMap, BTreeSet};

use super::{IssueRef, ObjectId};

/// What is known of the pull request that a change came from. Read from commit messages alone, only the number is sure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PullRequest {
    /// Its number on the forge (GitLab: the IID).
    pub number: u64,
    /// Its page, where the forge is known.
    pub url: Option<String>,
    /// Its title, where known.
    pub title: Option<String>,
    /// Its description, where a forge was asked.
    pub body: Option<String>,
    /// Its labels, where a forge was asked.
    pub labels: Vec<String>,
    /// The login of who opened it, where known.
    pub author: Option<String>,
    /// Whether that login belongs to a bot.
    pub author_is_bot: bool,
    /// The branch it was merged from, where known.
    pub source_branch: Option<String>,
    /// The branch it was merged into, where known.
    pub target_branch: Option<String>,
    /// The milestone it was filed under, where a forge was asked.
    pub milestone: Option<String>,
    /// The issues that the forge says it closes.
    pub closes: Vec<IssueRef>,
    /// What has become of it, where a forge was asked.
    pub state: Option<PullRequestState>,
    /// When it was merged, in seconds since 1970, where a forge was asked.
    pub merged_at: Option<i64>,
    /// The commit that it became: the merge, the squash, or the last of the rebased; where a forge was asked.
    pub merge_commit: Option<ObjectId>,
}

/// What has become of a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullRequestState {
    /// It is open.
    Open,
    /// It was merged.
    Merged,
    /// It was closed without the forge merging it; its commits may have been pushed by hand.
    Closed,
}

/// What a forge knows of the commits of a window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForgeFacts {
    /// The pull requests by their numbers.
    pub pull_requests: BTreeMap<u64, PullRequest>,
    /// Logins by the addresses of commits, lower case.
    pub logins: BTreeMap<String, String>,
    /// The logins of whom nothing was merged before; `None` where that was not asked.
    pub newcomers: Option<BTreeSet<String>>,
    /// What could not be had, one sentence each.
    pub missing: Vec<String>,
}
