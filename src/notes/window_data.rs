//! The windows that were asked for, with all that was read for them.

use std::borrow::Cow;

use crate::{
    changes::OutlinedCommit,
    history::{Versions, Window},
    messages::{self, Message, Outline},
    model::{Commit, ForgeFacts},
};

use super::select::Selected;

/// So many messages are read before their texts are let go.
const PART: usize = 1 << 16;

/// The messages of commits. Those of a long history are read when their turn comes, and are not held: they take more room than
/// the texts that they are read from, and most are asked for once.
pub enum Messages {
    /// They have been read.
    Read(Vec<Box<Message>>),
    /// The commits have their texts; of each the outline is known.
    Unread(Vec<Outline>),
}

/// The windows of a line that were asked for, with all that was read for them, before anything is made of it.
pub struct WindowData {
    /// The versions of the line.
    pub versions: Versions,
    /// What was asked for.
    pub selected: Selected,
    /// The messages of its commits, in their order.
    pub messages: Messages,
    /// What a forge told of them; nothing where none was asked.
    pub forge: ForgeFacts,
}

impl WindowData {
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
    pub(in crate::notes) fn commits_of(&self, window: &Window) -> impl Iterator<Item = &Commit> {
        let commits = window.commits.iter().map(|at| self.selected.commits.get(*at as usize));
        commits.flatten().map(Box::as_ref)
    }

    /// The messages of the commits of a window.
    pub(in crate::notes) fn messages_of(
        &self,
        window: &Window,
        options: &messages::Options,
    ) -> Vec<Cow<'_, Message>> {
        let all = window.commits.iter().filter_map(|at| self.commit(*at as usize, options));
        all.map(|(_, message)| message).collect()
    }

    /// A commit as one that another may be a duplicate of.
    pub(in crate::notes) fn candidate(&self, at: usize) -> Option<OutlinedCommit<'_>> {
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
}
