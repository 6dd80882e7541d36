//! A line of versions, what has been read of it, and what its releases are made by.

use std::path::PathBuf;

use chrono::NaiveDate;

use crate::{
    changes::{
        group::Unit,
        message::{self, Message},
    },
    classify,
    history::{self, Versions},
    model::{Commit, ForgeFacts, PathSet, RepositoryInfo, Version},
    release::AttentionRule,
    select::Selected,
};

/// What the stages between the repository and the notes are told.
pub struct Options {
    /// How messages are read.
    pub messages: message::Options,
    /// What a change is made of.
    pub unit: Unit,
    /// Rules and sections.
    pub classify: classify::Options,
    /// The path sets that commits are asked for: those of the rules first, in the rules' own numbering.
    pub sets: Vec<PathSet>,
    /// Each component's name and its path set.
    pub components: Vec<(String, u16)>,
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
    pub filters: Vec<u16>,
    /// Whether the tag pattern was set by the user.
    pub explicit: bool,
    /// The first version, where there is none yet.
    pub initial: Version,
    /// The changelog file.
    pub changelog: PathBuf,
}

/// A line with its versions and the windows that were asked for, before anything is made of them.
pub struct Read {
    /// The versions of the line.
    pub versions: Versions,
    /// What was asked for.
    pub selected: Selected,
    /// The messages of its commits, in their order.
    pub messages: Vec<Box<Message>>,
    /// What a forge told of them; nothing where none was asked.
    pub forge: ForgeFacts,
}

impl Read {
    /// All commits with their messages, newest first.
    pub fn commits(&self) -> impl Iterator<Item = (&Commit, &Message)> {
        self.selected.commits.iter().map(Box::as_ref).zip(self.messages.iter().map(Box::as_ref))
    }

    /// Leaves it in memory. Freeing a million commits one by one takes longer than writing their notes, and the program ends after that.
    pub fn forget(self) {
        std::mem::forget(self.selected.commits);
        std::mem::forget(self.messages);
    }
}
