//! A line of versions, what has been read of it, and what its releases are made by.

use std::{borrow::Cow, path::PathBuf};

use chrono::NaiveDate;

use crate::{
    changes::{OutlinedCommit, Unit},
    history::{self, Versions, Window},
    messages::{self, Message, Outline},
    model::{Commit, ForgeFacts, PathSet, RepositoryInfo, Version},
    notes::{assemble::AttentionRule, select::Selected},
    rules,
};

/// So many messages are read before their texts are let go.
const PART: usize = 1 << 16;

/// What the stages between the repository and the notes are told.
pub struct Options {
    /// How messages are read.
    pub messages: messages::Options,
    /// What a change is made of.
    pub unit: Unit,
    /// Rules and sections.
    pub classify: rules::Options,
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

/// The messages of commits. Those of a long history are read when their turn comes, and are not held: they take more room than
/// the texts that they are read from, and most are asked for once.
pub enum Messages {
    /// They have been read.
    Read(Vec<Box<Message>>),
    /// The commits have their texts; of each the outline is known.
    Unread(Vec<Outline>),
}

/// A line with its versions and the windows that were asked for, before anything is made of them.
pub struct Read {
    /// The versions of the line.
    pub versions: Versions,
    /// What was asked for.
    pub selected: Selected,
    /// The messages of its commits, in their order.
    pub messages: Messages,
    /// What a forge told of them; nothing where none was asked.
    pub forge: ForgeFacts,
}

impl Read {
    /// The commit at a place, with its message.
    #[must_use]
    pub fn commit(&self, at: usize, options: &messages::Options) -> Option<(&Commit, Cow<'_, Message>)> {
        let commit = self.selected.commits.get(at)?;
        let message = match &self.messages {
            Messages::Read(messages) => Cow::Borrowed(messages.get(at)?.as_ref()),
            Messages::Unread(_) => Cow::Owned(messages::parse_commit(commit, options)),
        };
        Some((commit, message))
    }

    /// The commits of a window, newest first.
    pub(super) fn commits_of(&self, window: &Window) -> impl Iterator<Item = &Commit> {
        let commits = window.commits.iter().map(|at| self.selected.commits.get(*at as usize));
        commits.flatten().map(Box::as_ref)
    }

    /// The messages of the commits of a window.
    pub(super) fn messages_of(&self, window: &Window, options: &messages::Options) -> Vec<Cow<'_, Message>> {
        let all = window.commits.iter().filter_map(|at| self.commit(*at as usize, options));
        all.map(|(_, message)| message).collect()
    }

    /// A commit as one that another may be a duplicate of.
    pub(super) fn candidate(&self, at: usize) -> Option<OutlinedCommit<'_>> {
        let commit = self.selected.commits.get(at)?;
        Some(match &self.messages {
            Messages::Read(messages) => OutlinedCommit::parsed(commit, messages.get(at)?),
            Messages::Unread(outlines) => OutlinedCommit::unparsed(commit, *outlines.get(at)?),
        })
    }

    /// All commits with their messages, newest first.
    pub fn commits(&self, options: &messages::Options) -> impl Iterator<Item = (&Commit, Cow<'_, Message>)> {
        (0..self.selected.commits.len()).filter_map(|at| self.commit(at, options))
    }

    /// Reads all messages that have not been read, for what looks at them more than once.
    pub fn read_messages(&mut self, options: &messages::Options) {
        let messages = self.take_messages(options);
        self.messages = Messages::Read(messages);
    }

    /// Takes all messages out, to be put back by whoever has added to them. Where they are read for that, the texts go.
    pub fn take_messages(&mut self, options: &messages::Options) -> Vec<Box<Message>> {
        match std::mem::replace(&mut self.messages, Messages::Read(Vec::new())) {
            Messages::Read(messages) => messages,
            Messages::Unread(outlines) => {
                let mut messages = Vec::with_capacity(outlines.len());
                for part in self.selected.commits.chunks_mut(PART) {
                    messages.extend(messages::parse_commits(part, options));
                    part.iter_mut().for_each(|commit| commit.message = Box::default());
                }
                messages
            }
        }
    }

    /// Leaves it in memory. Freeing a million commits one by one takes longer than writing their notes, and the program ends after that.
    pub fn forget(self) {
        std::mem::forget(self);
    }
}
