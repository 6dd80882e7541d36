//! What a forge found.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{IdMap, ObjectId, PullRequest};

/// What was had for a question, and what was not.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The pull requests by their numbers.
    pub pull_requests: BTreeMap<u64, PullRequest>,
    /// For each commit that was asked about, the numbers of the pull requests that contain it, ascending.
    pub of_commits: IdMap<Vec<u64>>,
    /// Logins by the addresses of commits, lower case.
    pub logins: BTreeMap<String, String>,
    /// Numbers that are no pull request's: an issue's, or nothing's.
    pub absent: BTreeSet<u64>,
    /// What could not be had, one sentence each.
    pub missing: Vec<String>,
}

impl Found {
    /// Nothing, for this reason.
    #[must_use]
    pub fn missing(reason: impl Into<String>) -> Self {
        Self { missing: vec![reason.into()], ..Self::default() }
    }

    /// Takes over the answers to questions for pull requests by their numbers; a number without one is no pull request's.
    pub(super) fn insert_answers(&mut self, answers: impl IntoIterator<Item = (u64, Option<PullRequest>)>) {
        for (number, pull) in answers {
            match pull {
                Some(pull) => drop(self.pull_requests.insert(number, pull)),
                None => drop(self.absent.insert(number)),
            }
        }
    }

    /// Notes which pull requests contain a commit, and what they are.
    pub(super) fn insert(&mut self, commit: ObjectId, pulls: Vec<PullRequest>) {
        let mut numbers: Vec<u64> = pulls.iter().map(|pull| pull.number).collect();
        numbers.sort_unstable();
        self.of_commits.insert(commit, numbers);
        self.pull_requests.extend(pulls.into_iter().map(|pull| (pull.number, pull)));
    }

    /// Takes over what another question found.
    pub fn extend(&mut self, other: Self) {
        self.pull_requests.extend(other.pull_requests);
        self.of_commits.extend(other.of_commits);
        self.logins.extend(other.logins);
        self.absent.extend(other.absent);
        for missing in other.missing {
            if !self.missing.contains(&missing) {
                self.missing.push(missing);
            }
        }
    }
}

/// A moment as forges write it (RFC 3339), in seconds since 1970.
pub(super) fn seconds(text: Option<&str>) -> Option<i64> {
    Some(chrono::DateTime::parse_from_rfc3339(text?).ok()?.timestamp())
}

/// A commit's name for messages.
pub(super) fn short(commit: ObjectId) -> String {
    commit.to_string().chars().take(7).collect()
}
