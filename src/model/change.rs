//! One entry of the notes.

use std::sync::Arc;

use super::{IssueRef, ObjectId, PathSetId, Person, PullRequest};

/// A `Key: value` line of the last paragraph of a message (git-interpret-trailers), or a conventional footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trailer {
    /// The key as written.
    pub key: String,
    /// The value; continuation lines are kept with their line breaks.
    pub value: String,
}

/// What a reader would call one change: a squashed pull request, a merged one, or a commit. All texts are as written
/// by people (hostile until escaped for a format); only C0/C1 control and bidirectional-override characters are gone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// One line: the description of a conventional header, else the subject or the pull request's title, without a
    /// trailing pull request reference.
    pub title: String,
    /// What the message says below its header, without trailers and footers.
    /// Shared, since long histories have many and each is only handed on.
    pub description: Option<Arc<str>>,
    /// The conventional type, lower case (`feat`); `None` where the message is not conventional.
    pub kind: Option<String>,
    /// The conventional scope.
    pub scope: Option<String>,
    /// Whether it breaks something for its users.
    pub breaking: bool,
    /// What breaks and what to do about it: all paragraphs of the `BREAKING CHANGE` footer.
    pub breaking_note: Option<String>,
    /// The commits that make it up, newest first; never empty once built.
    pub commits: Vec<ObjectId>,
    /// The pull request it came from, where one is known.
    pub pull_request: Option<Box<PullRequest>>,
    /// Further pull request numbers that the subject names, as in `(#1546) (#1595)`.
    pub other_references: Vec<u64>,
    /// Who made it, the author first, then co-authors; each once.
    pub authors: Vec<Arc<Person>>,
    /// The issues it closes, ascending, each once.
    pub closes: Vec<IssueRef>,
    /// The footers and trailers of its message.
    pub trailers: Vec<Trailer>,
    /// The path sets that its commits touch (see `Commit::touches`), ascending.
    pub touches: Vec<PathSetId>,
    /// The names of the components it touches, in the order of the configuration.
    pub components: Vec<String>,
    /// Whether it reverts something that an earlier version released.
    pub reverts_released: bool,
    /// Whether it says nothing but the version that it is released in, or that is tagged on its commit.
    pub names_version: bool,
}
