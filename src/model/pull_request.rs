//! A merged pull request (GitLab: merge request), as far as it is known.

use super::IssueRef;

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
}
