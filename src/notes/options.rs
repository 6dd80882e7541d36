//! Options of the stages between the repository and the notes.

use std::path::PathBuf;

use chrono::NaiveDate;

use crate::{
    changes::Unit,
    corrections::Corrections,
    fragments::FragmentMode,
    git::{self, Repository},
    history, messages,
    model::{
        Commit, ContentCheck, ObjectId, PathChangeKind, PathSet, PathSetId, PathSets, RepositoryInfo, Version,
    },
    rules::{self, PlainMessages},
};

use super::empty_commits::EmptyCommits;

/// Options of the stages between the repository and the notes.
pub struct Options {
    /// How to parse messages.
    pub messages: messages::Options,
    /// The unit of a change.
    pub unit: Unit,
    /// Which messages without a type are read.
    pub plain: PlainMessages,
    /// Rules and sections.
    pub rules: rules::Options,
    /// The path sets to match commits against.
    pub sets: PathSets,
    /// To which lines commits belong that touch no path.
    pub empty_commits: EmptyCommits,
    /// Each component's name and its path set.
    pub components: Vec<(String, PathSetId)>,
    /// Whether the areas that changes are in are named.
    pub areas: bool,
    /// The folders of the packages, each with the name of its package.
    pub package_folders: Vec<(String, String)>,
    /// The rules for attention items, each with its path set.
    pub attention: Vec<(PathSet, AttentionRule)>,
    /// The repository on its forge.
    pub repository: RepositoryInfo,
    /// Today's date, for versions that are not tagged.
    pub today: NaiveDate,
    /// The offset of dates from UTC in minutes; `None`: as recorded.
    pub offset: Option<i32>,
    /// Patterns of `Name <email>` of authors to leave out of the contributors.
    pub excluded: Vec<regex::Regex>,
    /// Whether bots are contributors.
    pub bots: bool,
    /// Whether entries come from fragments.
    pub fragments: FragmentMode,
    /// What people corrected.
    pub corrections: Corrections,
    /// The pull request that is read as if it were merged.
    pub assumed: Option<AssumedPullRequest>,
}

/// A pull request that is read as if it were merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssumedPullRequest {
    /// Its number.
    pub number: u64,
    /// The merge that has not happened.
    pub commit: ObjectId,
}

impl Options {
    /// Sets the path sets that the commits touch.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub(super) fn compute_touches(
        &self,
        repository: &Repository,
        commits: &mut [Box<Commit>],
    ) -> Result<(), git::Error> {
        let empty = |commit: &Commit| self.empty_commits.sets(&commit.subject(), &self.messages);
        repository.compute_touches(commits, &self.sets, &empty)
    }
}

/// A line of versions: the repository's own, or a package's.
pub struct Line {
    /// The package; `None` for the repository as a whole.
    pub package: Option<String>,
    /// How to parse its tags.
    pub history: history::Options,
    /// Lists of path sets: its changes must touch one set of each list.
    pub filters: Vec<Vec<PathSetId>>,
    /// Whether the tag pattern was set by the user.
    pub explicit: bool,
    /// The first version, if there is none yet.
    pub initial: Version,
    /// The changelog file.
    pub changelog: PathBuf,
}

impl Line {
    /// Whether a commit or change that touches these path sets belongs to the line.
    #[must_use]
    pub fn includes(&self, touches: &[PathSetId]) -> bool {
        self.filters.iter().all(|any| any.iter().any(|set| touches.contains(set)))
    }
}

/// A rule for attention items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttentionRule {
    /// `migration`, `container`, …
    pub kind: String,
    /// Its heading; `None` for the locale's heading of the kind.
    pub title: Option<String>,
    /// The kinds of changes to a path that match.
    pub on: Vec<PathChangeKind>,
    /// What the content of a path must be.
    pub content: Option<ContentCheck>,
}
