//! What the stages between the repository and the notes are told.

use std::path::PathBuf;

use chrono::NaiveDate;

use crate::{
    changes::Unit,
    history, messages,
    model::{PathChangeKind, PathSet, PathSetId, PathSets, RepositoryInfo, Version},
    rules,
};

/// What the stages between the repository and the notes are told.
pub struct Options {
    /// How messages are read.
    pub messages: messages::Options,
    /// What a change is made of.
    pub unit: Unit,
    /// Rules and sections.
    pub rules: rules::Options,
    /// The path sets that commits are asked for.
    pub sets: PathSets,
    /// Each component's name and its path set.
    pub components: Vec<(String, PathSetId)>,
    /// Which paths want attention, with the path set of each rule.
    pub attention: Vec<(PathSet, AttentionRule)>,
    /// Where the repository lives.
    pub repository: RepositoryInfo,
    /// The day's date, for what is named but not tagged.
    pub today: NaiveDate,
    /// The offset from UTC in minutes at which dates are given; `None`: as recorded.
    pub offset: Option<i32>,
    /// Authors that are not named as contributors.
    pub excluded: Vec<regex::Regex>,
    /// Whether bots are named as contributors.
    pub bots: bool,
}

/// A line of versions: the repository's own, or a package's.
pub struct Line {
    /// The package; `None` for the repository as a whole.
    pub package: Option<String>,
    /// How its tags are read.
    pub history: history::Options,
    /// The path sets that its changes must touch, each.
    pub filters: Vec<PathSetId>,
    /// Whether the tag pattern was set by the user.
    pub explicit: bool,
    /// The first version, where there is none yet.
    pub initial: Version,
    /// The changelog file.
    pub changelog: PathBuf,
}

impl Line {
    /// Whether something that touches these path sets is the line's: it touches each of its filters.
    #[must_use]
    pub fn takes(&self, touches: &[PathSetId]) -> bool {
        self.filters.iter().all(|filter| touches.contains(filter))
    }
}

/// Which paths want attention, and under which heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttentionRule {
    /// `migration`, `container`, …
    pub kind: String,
    /// Its heading; `None` for the locale's word.
    pub title: Option<String>,
    /// What must have happened to a path.
    pub on: Vec<PathChangeKind>,
}
