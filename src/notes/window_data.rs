//! The selected windows with all data read for them.

use std::borrow::Cow;

use crate::{
    changes::OutlinedCommit,
    history::{Versions, Window},
    messages::{self, Message, Outline},
    model::{Commit, ForgeFacts},
};

use super::select::Selection;

/// How many messages are parsed before their raw text is freed.
const PART: usize = 1 << 16;

/// The messages of commits. Those of a long history are parsed when needed and not stored: parsed messages take more
/// memory than the raw text, and most are used once.
pub enum Messages {
    /// Parsed messages.
    Parsed(Vec<Box<Message>>),
    /// Only outlines; the commits have the raw text.
    Unparsed(Vec<Outline>),
}

/// The selected windows of a line, with all data read for them.
pub struct WindowData {
    /// The versions of the line.
    pub versions: Versions,
    /// The windows and their commits.
    pub selected: Selection,
    /// The messages of the commits, in the same order.
    pub messages: Messages,
    /// The forge's data; empty if no forge was queried.
    pub forge: ForgeFacts,
}

impl WindowData {
    /// The commit at an index, with its message.
    #[must_use]
    pub fn commit(&self, at: usize, options: &messages::Options) -> Option<(&Commit, Cow<'_, Message>)> {
        let commit = self.selected.commits.get(at)?;
        let message = match &self.messages {
            Messages::Parsed(messages) => Cow::Borrowed(messages.get(at)?.as_ref()),
            Messages::Unparsed(_) => Cow::Owned(messages::parse_commit(commit, options)),
        };
        Some((commit, message))
    }

    /// The commits of a window, newest first.
    pub(in crate::notes) fn commits_of(&self, window: &Window) -> impl Iterator<Item = &Commit> {
        let commits = window.commits.iter().map(|at| self.selected.commits.get(*at as usize));
        commits.flatten().map(Box::as_ref)
    }

    /// The messages of the commits of a window, newest first.
    pub(in crate::notes) fn messages_of(
        &self,
        window: &Window,
        options: &messages::Options,
    ) -> Vec<Cow<'_, Message>> {
        let all = window.commits.iter().filter_map(|at| self.commit(*at as usize, options));
        all.map(|(_, message)| message).collect()
    }

    /// The commit at an index, with the outline of its message.
    pub(in crate::notes) fn outlined(&self, at: usize) -> Option<OutlinedCommit<'_>> {
        let commit = self.selected.commits.get(at)?;
        Some(match &self.messages {
            Messages::Parsed(messages) => OutlinedCommit::parsed(commit, messages.get(at)?),
            Messages::Unparsed(outlines) => OutlinedCommit::unparsed(commit, *outlines.get(at)?),
        })
    }

    /// All commits with their messages, newest first.
    pub fn commits(&self, options: &messages::Options) -> impl Iterator<Item = (&Commit, Cow<'_, Message>)> {
        (0..self.selected.commits.len()).filter_map(|at| self.commit(at, options))
    }

    /// Parses all messages and stores them, for use more than once.
    pub fn parse_messages(&mut self, options: &messages::Options) {
        let messages = self.take_messages(options);
        self.messages = Messages::Parsed(messages);
    }

    /// Takes all messages out, for the caller to change and put back. If they are parsed for this, the raw text is
    /// freed.
    pub fn take_messages(&mut self, options: &messages::Options) -> Vec<Box<Message>> {
        match std::mem::replace(&mut self.messages, Messages::Parsed(Vec::new())) {
            Messages::Parsed(messages) => messages,
            Messages::Unparsed(outlines) => {
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
