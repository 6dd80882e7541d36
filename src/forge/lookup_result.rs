//! Results of lookups.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{IdMap, ObjectId, PullRequest};

/// The results of a lookup, and what is missing.
#[derive(Debug, Clone, Default)]
pub struct LookupResult {
    /// Pull requests by number.
    pub pull_requests: BTreeMap<u64, PullRequest>,
    /// For each requested commit that the forge has, the numbers of the pull requests that contain it, ascending.
    pub of_commits: IdMap<Vec<u64>>,
    /// Logins by the email addresses of commits, in lower case.
    pub logins: BTreeMap<String, String>,
    /// Requested numbers that are not a pull request: issues, or unused numbers.
    pub absent: BTreeSet<u64>,
    /// Messages about requests that failed.
    pub missing: Vec<String>,
}

impl LookupResult {
    /// No results, for this reason.
    #[must_use]
    pub fn missing(reason: impl Into<String>) -> Self {
        Self { missing: vec![reason.into()], ..Self::default() }
    }

    /// Adds pull requests by number; a number without one is added to `absent`.
    pub(super) fn insert_by_number(&mut self, pulls: impl IntoIterator<Item = (u64, Option<PullRequest>)>) {
        for (number, pull) in pulls {
            match pull {
                Some(pull) => drop(self.pull_requests.insert(number, pull)),
                None => drop(self.absent.insert(number)),
            }
        }
    }

    /// Adds the pull requests that contain a commit.
    pub(super) fn insert(&mut self, commit: ObjectId, pulls: Vec<PullRequest>) {
        let mut numbers: Vec<u64> = pulls.iter().map(|pull| pull.number).collect();
        numbers.sort_unstable();
        self.of_commits.insert(commit, numbers);
        self.pull_requests.extend(pulls.into_iter().map(|pull| (pull.number, pull)));
    }

    /// Adds the results of another lookup.
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

/// Parses an RFC 3339 timestamp to seconds since 1970.
pub(super) fn seconds(text: Option<&str>) -> Option<i64> {
    Some(chrono::DateTime::parse_from_rfc3339(text?).ok()?.timestamp())
}

/// The abbreviated commit ID (7 characters), for messages.
pub(super) fn short(commit: ObjectId) -> String {
    commit.to_string().chars().take(7).collect()
}
