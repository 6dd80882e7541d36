//! The commits of a window with their messages.
//!
//! Commits are addressed by their position in the window: newest first, from 0.

use std::ops::Range;

use crate::{
    messages::{Message, PullRequestMention},
    model::Commit,
};

/// The commits of a window, newest first, with their messages.
#[derive(Clone, Copy)]
pub(super) struct WindowCommits<'a> {
    commits: &'a [&'a Commit],
    messages: &'a [&'a Message],
}

impl<'a> WindowCommits<'a> {
    pub(super) fn new(commits: &'a [&'a Commit], messages: &'a [&'a Message]) -> Self {
        Self { commits, messages }
    }

    /// The commits at these positions; none if the range exceeds the window.
    pub(super) fn part(self, range: &Range<usize>) -> Self {
        let commits = self.commits.get(range.clone()).unwrap_or_default();
        Self { commits, messages: self.messages.get(range.clone()).unwrap_or_default() }
    }

    pub(super) fn len(self) -> usize {
        self.commits.len()
    }

    pub(super) fn commits(self) -> &'a [&'a Commit] {
        self.commits
    }

    pub(super) fn messages(self) -> &'a [&'a Message] {
        self.messages
    }

    /// Each commit with its message.
    pub(super) fn iter(
        self,
    ) -> impl DoubleEndedIterator<Item = (&'a Commit, &'a Message)> + ExactSizeIterator {
        self.commits.iter().copied().zip(self.messages.iter().copied())
    }

    pub(super) fn commit(self, at: usize) -> Option<&'a Commit> {
        self.commits.get(at).copied()
    }

    pub(super) fn message(self, at: usize) -> Option<&'a Message> {
        self.messages.get(at).copied()
    }

    /// The pull request that the message of a commit names.
    pub(super) fn pull_request(self, at: usize) -> Option<&'a PullRequestMention> {
        self.message(at)?.pull_request.as_deref()
    }

    pub(super) fn is_merge(self, at: usize) -> bool {
        self.commit(at).is_some_and(Commit::is_merge)
    }

    /// Whether the message of a commit describes a change in conventional form.
    pub(super) fn is_conventional(self, at: usize) -> bool {
        self.message(at).is_some_and(|message| message.changes.iter().any(|change| change.kind.is_some()))
    }
}
