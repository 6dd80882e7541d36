//! A commit with the outline of its message. Of a long history, only few commits need their messages parsed.

use std::borrow::Cow;

use crate::{
    messages::{self, Message, Outline},
    model::Commit,
};

/// A commit with the outline of its message, and the message itself if it was parsed.
#[derive(Clone, Copy)]
pub struct OutlinedCommit<'a> {
    pub(super) commit: &'a Commit,
    pub(super) outline: Outline,
    message: Option<&'a Message>,
}

impl<'a> OutlinedCommit<'a> {
    /// A commit with a parsed message.
    #[must_use]
    pub fn parsed(commit: &'a Commit, message: &'a Message) -> Self {
        Self { commit, outline: message.outline(), message: Some(message) }
    }

    /// A commit with the outline of a message that was not parsed.
    #[must_use]
    pub fn unparsed(commit: &'a Commit, outline: Outline) -> Self {
        Self { commit, outline, message: None }
    }

    /// The message, parsed now if it was not before.
    pub(super) fn message(&self, options: &messages::Options) -> Cow<'a, Message> {
        match self.message {
            Some(message) => Cow::Borrowed(message),
            None => Cow::Owned(messages::parse_commit(self.commit, options)),
        }
    }
}
