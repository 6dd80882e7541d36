//! Options of the stages between the repository and the notes.

use std::path::PathBuf;

use chrono::NaiveDate;

use crate::{
    changes::Unit,
    history, messages,
    model::{PathChangeKind, PathSet, PathSetId, PathSets, RepositoryInfo, Version},
    rules,
};

/// Options of the stages between the repository and the notes.
pub struct Options {
    /// How to parse messages.
    pub messages: messages::Options,
    /// The unit of a change.
    pub unit: Unit,
    /// Rules and sections.
    pub rules: rules::Options,
    /// The path sets to match commits against.
    pub sets: PathSets,
    /// Each component's name and its path set.
    pub components: Vec<(String, PathSetId)>,
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
}

/// A line of versions: the repository's own, or a package's.
pub struct Line {
    /// The package; `None` for the repository as a whole.
    pub package: Option<String>,
    /// How to parse its tags.
    pub history: history::Options,
    /// The path sets of which its changes must touch every one.
    pub filters: Vec<PathSetId>,
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
        self.filters.iter().all(|filter| touches.contains(filter))
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
}
