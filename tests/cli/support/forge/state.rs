//! The state of a fake forge.

use std::collections::BTreeMap;

use serde_json::Value;

use super::MOMENT;

/// A repository on a forge.
#[derive(Default)]
pub(super) struct State {
    pub(super) owner: String,
    pub(super) name: String,
    pub(super) pulls: BTreeMap<u64, Pull>,
    pub(super) issues: BTreeMap<u64, Issue>,
    /// Pushed commits, with the author's email address and its login.
    pub(super) commits: BTreeMap<String, (String, Option<String>)>,
    /// Tags and their commits.
    pub(super) tags: BTreeMap<String, String>,
    /// Oldest first.
    pub(super) releases: Vec<Release>,
    /// GitHub's deployments, oldest first.
    pub(super) deployments: Vec<Deployment>,
    /// The remaining requests, and when the limit resets, in seconds since 1970.
    pub(super) limit: Option<(usize, u64)>,
    /// The status of a refusal.
    pub(super) limit_status: u16,
    /// The labels of the repository (Gitea), numbered from 1 in this order.
    pub(super) labels: Vec<String>,
    /// Files uploaded next to the releases (GitLab's generic packages).
    pub(super) uploads: BTreeMap<String, Vec<u8>>,
    /// Bitbucket has not indexed the commits of pull requests yet.
    pub(super) is_unindexed: bool,
    pub(super) page_size: Option<usize>,
    pub(super) max_aliases: Option<usize>,
    pub(super) is_private: bool,
    /// A tag may have several releases.
    pub(super) is_lenient: bool,
    /// GitHub's setting: a release becomes immutable when it is published.
    pub(super) makes_immutable: bool,
    /// The token may read the settings of the repository.
    pub(super) is_admin: bool,
    /// The workflows that can be started (GitHub), with the names of their inputs.
    pub(super) workflows: BTreeMap<String, Vec<String>>,
    /// The tags of immutable releases that were deleted.
    pub(super) used_tags: Vec<String>,
    /// The login of the token's account; empty for `ada`.
    pub(super) login: String,
    /// The token may not read its account, as that of an app.
    pub(super) hides_account: bool,
    /// The body of a comment that another run of the same account creates right before the next one.
    pub(super) racing: Option<String>,
    /// The number of IDs assigned to releases, files and comments.
    pub(super) ids: u64,
}

/// A pull request or merge request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pull {
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) is_bot: bool,
    pub(crate) labels: Vec<String>,
    pub(crate) milestone: Option<String>,
    pub(crate) source: String,
    pub(crate) target: String,
    pub(crate) merged_at: Option<String>,
    pub(crate) merge_commit: Option<String>,
    pub(crate) squash_commit: Option<String>,
    pub(crate) commits: Vec<String>,
    /// The commit of the target branch.
    pub(crate) base: Option<String>,
    /// The full name of the fork that it comes from.
    pub(crate) fork: Option<String>,
    pub(crate) closes: Vec<u64>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) is_closed: bool,
    pub(crate) is_broken: bool,
}

/// An issue.
#[derive(Debug, Clone, Default)]
pub(crate) struct Issue {
    pub(crate) labels: Vec<String>,
    pub(crate) comments: Vec<Comment>,
}

/// A comment or note.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) body: String,
    /// The login of its author.
    pub(crate) author: String,
}

/// The ID of an account.
pub(super) fn account_id(login: &str) -> i64 {
    match login {
        "ada" => 1,
        "gitea-actions" => -2,
        other => 1_000 + i64::try_from(other.len()).unwrap(),
    }
}

/// A release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Release {
    pub(crate) id: u64,
    pub(crate) tag: String,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) draft: bool,
    pub(crate) prerelease: bool,
    /// `target_commitish`.
    pub(crate) target: String,
    /// Whether it was published while GitHub's setting was on.
    pub(crate) immutable: bool,
    /// The request's value of `make_latest` (GitHub).
    pub(crate) is_latest: bool,
    /// GitHub's discussion category.
    pub(crate) discussion: Option<String>,
    /// GitLab's milestones.
    pub(crate) milestones: Vec<String>,
    /// GitLab's `released_at`.
    pub(crate) released_at: Option<String>,
    pub(crate) assets: Vec<Asset>,
}

/// A release asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asset {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) content_type: String,
    /// Its content; for GitLab's links the URL.
    pub(crate) content: Vec<u8>,
}

/// A deployment on GitHub.
#[derive(Debug, Clone)]
pub(crate) struct Deployment {
    pub(crate) id: u64,
    pub(crate) reference: String,
    pub(crate) sha: String,
    pub(crate) task: String,
    pub(crate) environment: String,
    pub(crate) description: String,
    pub(crate) is_production: bool,
    pub(crate) payload: Value,
    /// Oldest first.
    pub(crate) statuses: Vec<Value>,
}

impl Deployment {
    /// Its state: that of the newest status.
    pub(crate) fn state(&self) -> &str {
        self.statuses.last().and_then(|status| status["state"].as_str()).unwrap_or_default()
    }
}

impl Pull {
    pub(super) fn new(number: u64) -> Self {
        Self {
            number,
            title: format!("Pull request {number}"),
            author: Some("ada".to_owned()),
            source: format!("topic-{number}"),
            target: "main".to_owned(),
            ..Self::default()
        }
    }

    /// The resulting commit, for any merge method.
    pub(super) fn result(&self) -> Option<&String> {
        self.merge_commit.as_ref().or(self.squash_commit.as_ref())
    }
}

impl State {
    pub(super) fn next_id(&mut self) -> u64 {
        self.ids += 1;
        1_000 + self.ids
    }

    pub(super) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The pull requests that contain a commit; `None` if the forge does not have the commit.
    pub(super) fn pulls_of(&self, sha: &str) -> Option<Vec<&Pull>> {
        let existing = self.commits.keys().find(|existing| sha.len() >= 7 && existing.starts_with(sha))?;
        Some(self.pulls.values().filter(|pull| pull.commits.contains(existing)).collect())
    }

    /// The login of the token's account.
    pub(super) fn login(&self) -> String {
        if self.login.is_empty() { "ada".to_owned() } else { self.login.clone() }
    }

    /// A new comment by the token's account, and one that another run created right before it, if any; oldest first.
    pub(super) fn new_comments(&mut self, body: &str) -> Vec<Comment> {
        let author = self.login();
        let bodies = self.racing.take().into_iter().chain([body.to_owned()]);
        let bodies: Vec<String> = bodies.collect();
        bodies.into_iter().map(|body| Comment { id: self.next_id(), body, author: author.clone() }).collect()
    }

    /// The labels and comments of a pull request or issue.
    pub(super) fn thread(&mut self, number: u64) -> Option<(&mut Vec<String>, &mut Vec<Comment>)> {
        if let Some(pull) = self.pulls.get_mut(&number) {
            return Some((&mut pull.labels, &mut pull.comments));
        }
        self.issues.get_mut(&number).map(|issue| (&mut issue.labels, &mut issue.comments))
    }

    /// Deletes a comment; false if there is none with this ID.
    pub(super) fn delete_comment(&mut self, id: &str) -> bool {
        let threads = self.pulls.values_mut().map(|pull| &mut pull.comments);
        let mut is_found = false;
        for comments in threads.chain(self.issues.values_mut().map(|issue| &mut issue.comments)) {
            let before = comments.len();
            comments.retain(|comment| comment.id.to_string() != id);
            is_found |= comments.len() < before;
        }
        is_found
    }

    pub(super) fn latest(&self) -> Option<&Release> {
        let full = || self.releases.iter().rev().filter(|release| !release.draft && !release.prerelease);
        full().find(|release| release.is_latest).or_else(|| full().next())
    }

    pub(super) fn release(&mut self, id: u64) -> Option<&mut Release> {
        self.releases.iter_mut().find(|release| release.id == id)
    }

    /// Replaces the release with the same ID, or appends it.
    pub(super) fn store(&mut self, release: Release) {
        match self.release(release.id) {
            Some(existing) => *existing = release,
            None => self.releases.push(release),
        }
    }

    /// Creates a release's missing tag at its target; false if the target was never pushed.
    pub(super) fn create_tag(&mut self, tag: &str, target: &str) -> bool {
        let is_commit = target.len() == 40 && target.bytes().all(|byte| byte.is_ascii_hexdigit());
        if self.tags.contains_key(tag) {
            return true;
        }
        if is_commit && !self.commits.contains_key(target) {
            return false;
        }
        self.tags.insert(tag.to_owned(), target.to_owned());
        true
    }
}

pub(super) fn unknown_author() -> (String, Option<String>) {
    ("ada@example.com".to_owned(), None)
}

/// When a release was published; `None` for drafts.
pub(super) fn published_at(release: &Release) -> Option<&'static str> {
    (!release.draft).then_some(MOMENT)
}
