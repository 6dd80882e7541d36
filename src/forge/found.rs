//! What a forge found.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{IdMap, PullRequest};

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
