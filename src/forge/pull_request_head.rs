//! A pull request with the commits that it consists of, to comment on it.

/// The head and base of a pull request, as the forge has them now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PullRequestHead {
    /// Its number (GitLab: the IID).
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its newest commit: the ID, or at least its first 12 hex digits.
    pub head: String,
    /// The full name of the repository of its source branch, if the forge returns it.
    pub head_repository: Option<String>,
    /// The source branch.
    pub source_branch: Option<String>,
    /// The target branch.
    pub target_branch: Option<String>,
    /// A commit of the target branch, in the form of `head`: its newest one when the pull request was updated last, or
    /// (GitLab) the one where the source branch started.
    pub base: Option<String>,
    /// Whether the source branch is in another repository.
    pub is_from_fork: bool,
    /// Whether it is open.
    pub is_open: bool,
    /// Its labels; `None` if the forge has none.
    pub labels: Option<Vec<String>>,
}

impl PullRequestHead {
    /// Whether a full commit ID is that of its newest commit.
    #[must_use]
    pub fn is_at(&self, commit: &str) -> bool {
        self.head.len() >= 12 && commit.starts_with(&self.head)
    }
}

/// What to find an open pull request by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeadQuery {
    /// The full ID of its newest commit.
    pub commit: String,
    /// The full name of the repository of its source branch, if known.
    pub repository: Option<String>,
    /// Its source branch, if known.
    pub branch: Option<String>,
}

impl HeadQuery {
    /// Whether a pull request is one of those that are searched for.
    #[must_use]
    pub fn matches(&self, pull_request: &PullRequestHead) -> bool {
        let is_repository = match (&self.repository, &pull_request.head_repository) {
            (Some(wanted), Some(found)) => wanted.eq_ignore_ascii_case(found),
            _ => true,
        };
        pull_request.is_open && pull_request.is_at(&self.commit) && is_repository
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pull_request_is_found_by_commit_and_repository() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let query = HeadQuery {
            commit: commit.to_owned(),
            repository: Some("o/r".to_owned()),
            ..HeadQuery::default()
        };
        let found = PullRequestHead {
            head: commit.to_owned(),
            head_repository: Some("O/R".to_owned()),
            is_open: true,
            ..PullRequestHead::default()
        };
        assert!(query.matches(&found));
        assert!(query.matches(&PullRequestHead { head: commit[..12].to_owned(), ..found.clone() }));
        for other in [
            PullRequestHead { head: String::new(), ..found.clone() },
            PullRequestHead { head: commit[..7].to_owned(), ..found.clone() },
            PullRequestHead { head: commit.replace('0', "f"), ..found.clone() },
            PullRequestHead { head_repository: Some("evil/r".to_owned()), ..found.clone() },
            PullRequestHead { is_open: false, ..found },
        ] {
            assert!(!query.matches(&other), "{other:?}");
        }
    }
}
