//! A commit with the outline of its message. Of the many commits of a history only few need their messages parsed.

use std::borrow::Cow;

use crate::{
    messages::{self, Message, Outline},
    model::Commit,
};

/// A commit with the outline of its message, and the message where that was parsed.
#[derive(Clone, Copy)]
pub struct OutlinedCommit<'a> {
    pub(super) commit: &'a Commit,
    pub(super) outline: Outline,
    message: Option<&'a Message>,
}

impl<'a> OutlinedCommit<'a> {
    /// A commit whose message was parsed.
    #[must_use]
    pub fn parsed(commit: &'a Commit, message: &'a Message) -> Self {
        Self { commit, outline: message.outline(), message: Some(message) }
    }

    /// A commit whose message was not parsed, with the outline of it.
    #[must_use]
    pub fn unparsed(commit: &'a Commit, outline: Outline) -> Self {
        Self { commit, outline, message: None }
    }

    /// The message; parsed now where it was not.
    pub(super) fn message(&self, options: &messages::Options) -> Cow<'a, Message> {
        match self.message {
            Some(message) => Cow::Borrowed(message),
            None => Cow::Owned(messages::parse_commit(self.commit, options)),
        }
    }
}
