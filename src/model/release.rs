//! A release: a version with its window, sections, contributors and facts.

use std::{cmp::Ordering, sync::Arc};

use chrono::NaiveDate;

use super::{Bump, Change, Ends, ObjectId, Person, Version};

/// How the notes treat a commit of the window. Each commit has exactly one outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It is part of a change in a section.
    Listed,
    /// A rule excludes it from the notes.
    Hidden,
    /// A merge commit whose commits are listed, or a commit that another one represents: its pull request is listed.
    Merged,
    /// Reverted within the window, or the commit that reverts it.
    Reverted,
    /// An earlier version has the same change from another branch, or another commit of the window has it.
    Duplicate,
}

impl Outcome {
    /// The name in the JSON form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Hidden => "hidden",
            Self::Merged => "merged",
            Self::Reverted => "reverted",
            Self::Duplicate => "duplicate",
        }
    }
}

/// The outcome of a commit, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitOutcome {
    /// The commit.
    pub id: ObjectId,
    /// Its subject, control characters removed.
    pub subject: Arc<str>,
    /// Its outcome.
    pub outcome: Outcome,
    /// The ID of the section that lists it, if any.
    pub section: Option<Arc<str>>,
    /// The reason, as shown to the user.
    pub reason: Arc<str>,
}

/// A heading with its changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name in the configuration and in the JSON form: `breaking`, `features`, `fixes`, …
    pub id: String,
    /// Its heading, if configured; otherwise the locale has one for the ID.
    pub title: Option<String>,
    /// Its changes, in display order.
    pub changes: Vec<Change>,
}

/// A contributor of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contributor {
    /// Name and email address.
    pub person: Arc<Person>,
    /// The login on the forge, if known.
    pub login: Option<String>,
    /// Whether this is the first release with their commits; `None` if not checked.
    pub first_time: Option<bool>,
    /// Number of commits of the window as author or co-author, without merge commits.
    pub commits: usize,
    /// Whether it is a bot or a coding assistant; then it is only listed if the project asks for it.
    pub bot: bool,
}

impl Contributor {
    /// Compares for display order: bots last, most commits first, then by person.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        let by_commits = other.commits.cmp(&self.commits);
        self.bot.cmp(&other.bot).then(by_commits).then_with(|| self.person.cmp(&other.person))
    }
}

/// An attention item: what operators must do or know when the version is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attention {
    /// Its kind: `migration`, `container`, `kubernetes`, `terraform`, `environment`, or a configured one.
    pub kind: String,
    /// Its heading, if configured; otherwise the locale has one for the kind.
    pub title: Option<String>,
    /// The changed paths, ascending (migrations are numbered, so this is the order in which they run).
    pub paths: Vec<String>,
}

impl Attention {
    /// Adds paths to the item of this kind and heading; creates it if necessary.
    pub fn add(
        items: &mut Vec<Self>,
        kind: &str,
        title: Option<&str>,
        paths: impl IntoIterator<Item = String>,
    ) {
        let known = items.iter_mut().find(|item| item.kind == kind && item.title.as_deref() == title);
        match known {
            Some(item) => item.paths.extend(paths),
            None => items.push(Self {
                kind: kind.to_owned(),
                title: title.map(str::to_owned),
                paths: paths.into_iter().collect(),
            }),
        }
    }
}

/// Where a window starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Its version, if it is one.
    pub version: Option<Version>,
    /// Its tag, if it has one.
    pub tag: Option<String>,
    /// Its commit.
    pub commit: ObjectId,
}

/// A window that is neither a version nor unreleased changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionRange {
    /// The range, in git's syntax: `v1.1.0..a1b2c3d`.
    pub revisions: String,
    /// The lowest version that contains all its commits, if any.
    pub within: Option<Version>,
}

/// Statistics of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Number of commits, with merge commits.
    pub commits: usize,
    /// Number of changes in all sections.
    pub changes: usize,
    /// Number of contributors, without bots.
    pub contributors: usize,
    /// Whole days from the base's commit to the release; `None` without a base.
    pub days_since_base: Option<i64>,
}

/// A version with its window, sections, contributors and facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Release {
    /// The version; `None` for unreleased changes without one, and for a [`RevisionRange`].
    pub version: Option<Version>,
    /// The range, if it is neither a version nor unreleased changes.
    pub range: Option<RevisionRange>,
    /// Its tag; for a version that is not tagged yet, the tag that it will have.
    pub tag: Option<String>,
    /// The commit that the window ends at.
    pub commit: ObjectId,
    /// The date of the tag, else of the commit, else today; `None` for unreleased changes without a version.
    pub date: Option<NaiveDate>,
    /// The package, in a repository with several packages.
    pub package: Option<String>,
    /// Whether the version is a pre-release.
    pub prerelease: bool,
    /// Whether the target is older than its base: then the changes are those that a rollback removes.
    pub rollback: bool,
    /// The environments that run the version, by the tags in git, in the order of the configuration.
    pub environments: Vec<String>,
    /// Pre-releases that collapse into this version, newest first.
    pub prereleases: Vec<Version>,
    /// The versions between base and version whose changes are included, newest first; empty except in comparisons.
    pub skipped: Vec<Version>,
    /// Where the window starts; `None` for the first version.
    pub base: Option<Base>,
    /// Which number the changes require to raise; `None` if they require no new version.
    pub bump: Option<Bump>,
    /// URL of the forge's comparison of base and version.
    pub compare_url: Option<String>,
    /// The sections, in display order; none is empty.
    pub sections: Vec<Section>,
    /// The contributors: most commits first, then by name.
    pub contributors: Vec<Contributor>,
    /// The attention items.
    pub attention: Vec<Attention>,
    /// Every commit of the window, newest first.
    pub commits: Vec<CommitOutcome>,
    /// Statistics.
    pub statistics: Statistics,
    /// In a comparison: its two ends.
    pub ends: Option<Box<Ends>>,
    /// What people wrote about the version, in Markdown, shown above the sections. Untrusted, like the texts of
    /// changes.
    pub summary: Option<String>,
    /// What people named as most important in the version, one line each. Untrusted.
    pub highlights: Vec<String>,
}

impl Release {
    /// An empty release that ends at a commit; a version of `None` is unreleased changes.
    #[must_use]
    pub const fn new(version: Option<Version>, commit: ObjectId) -> Self {
        Self {
            version,
            range: None,
            tag: None,
            commit,
            date: None,
            package: None,
            prerelease: false,
            rollback: false,
            environments: Vec::new(),
            prereleases: Vec::new(),
            skipped: Vec::new(),
            base: None,
            bump: None,
            compare_url: None,
            sections: Vec::new(),
            contributors: Vec::new(),
            attention: Vec::new(),
            commits: Vec::new(),
            statistics: Statistics { commits: 0, changes: 0, contributors: 0, days_since_base: None },
            ends: None,
            summary: None,
            highlights: Vec::new(),
        }
    }
}
