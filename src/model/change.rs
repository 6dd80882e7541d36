//! One entry of the notes.

use std::sync::Arc;

use super::{
    CorrectedField, Correction, FileCounts, FileKind, FragmentText, IssueRef, MergedChange, ObjectId,
    PathSetId, Person, PullRequest, Reading, Version, WrittenChange,
};

/// A `Key: value` line of the last paragraph of a message (git-interpret-trailers), or a conventional footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trailer {
    /// The key as written.
    pub key: String,
    /// The value; continuation lines are kept with their line breaks.
    pub value: String,
}

/// What the changes that one entry joins have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinedBy {
    /// The dependency that they update.
    Dependency,
    /// The title.
    Title,
}

/// A change that joins others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// What they have in common.
    pub by: JoinedBy,
    /// How many of its commits are its own: the first ones.
    pub own_commits: usize,
}

/// An entry of the notes: a squashed or merged pull request, or a commit. All strings are untrusted and must be escaped
/// for the output format; only C0/C1 control and bidirectional-override characters have been removed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// One line: the description of a conventional header, else the subject or the pull request's title, without a
    /// trailing pull request reference.
    pub title: String,
    /// The body of the message, without trailers and footers. Shared, because long histories have many and stages only
    /// pass them on.
    pub description: Option<Arc<str>>,
    /// The reason, if it is known from notes in the JSON form; else it is read from the description.
    pub reason: Option<Arc<str>>,
    /// The conventional type, lower case (`feat`); `None` where the message is not conventional.
    pub kind: Option<String>,
    /// Whether the type is only that of a commit squashed in it. Tools that read only types do not know it.
    pub has_squashed_kind: bool,
    /// The conventional types of the commits that it merged; empty for a squash, whose commits are not in the history.
    pub merged_types: Vec<String>,
    /// The conventional scope.
    pub scope: Option<String>,
    /// Whether it is a breaking change.
    pub breaking: bool,
    /// The subjects of the squashed commits whose `!` is not counted.
    pub squashed_breaking: Vec<String>,
    /// All paragraphs of the `BREAKING CHANGE` footer.
    pub breaking_note: Option<String>,
    /// Its commits, newest first; not empty in finished notes.
    pub commits: Vec<ObjectId>,
    /// Its pull request, if known.
    pub pull_request: Option<Box<PullRequest>>,
    /// Further pull request numbers in the subject, as in `(#1546) (#1595)`.
    pub other_references: Vec<u64>,
    /// The issues that the references around its title name, as 7 in `[ISSUE #7] x` and `x (closes #7)`, in order; none
    /// is also its pull request or one of the further ones.
    pub issues: Vec<IssueRef>,
    /// The author, then co-authors, without duplicates.
    pub authors: Vec<Arc<Person>>,
    /// The issues that it closes, ascending, without duplicates.
    pub closes: Vec<IssueRef>,
    /// The footers and trailers of its message.
    pub trailers: Vec<Trailer>,
    /// The path sets that its commits touch (see `Commit::touches`), ascending.
    pub touches: Vec<PathSetId>,
    /// The kinds of the files that it touches, if users notice none of them; ascending. Not computed for a breaking
    /// change, nor for a type that is not listed anyway.
    pub only_touches: Vec<FileKind>,
    /// How many files it touches; only for a message without a type that is to be read, and only if they are known.
    pub files: Option<FileCounts>,
    /// What its message was read as, if it has no type and the project's messages are read.
    pub reading: Option<Reading>,
    /// The names of the components that it touches, in the order of the configuration.
    pub components: Vec<String>,
    /// The areas of the repository that its paths are in, most paths first; empty unless asked for.
    pub areas: Vec<String>,
    /// Whether it reverts a change that an earlier version released.
    pub reverts_released: bool,
    /// The versions of older lines that released it before, if this version brings it up from them; lowest first.
    pub also_in: Vec<Version>,
    /// Whether its scope only repeats the name of its section, as `deps` under "Dependencies".
    pub scope_repeats_section: bool,
    /// Which changes it joins; `None` if it is one.
    pub joined: Option<Joined>,
    /// Whether its message is only the version that it is released in, or that is tagged on its commit.
    pub names_version: bool,
    /// The fragment that its text comes from.
    pub fragment: Option<Box<FragmentText>>,
    /// Why it is not listed, in a project that lists changes by fragments.
    pub unlisted: Option<Arc<str>>,
    /// Which of the changes of its first commit it is, from 1.
    pub ordinal: usize,
    /// The correction that is to be applied; `None` once it is.
    pub correction: Option<Box<Correction>>,
    /// The fields that a correction has set, ascending.
    pub corrected: Vec<CorrectedField>,
    /// What it was before it was corrected.
    pub written: Option<Box<WrittenChange>>,
    /// The changes that a correction merged into it.
    pub merged: Vec<MergedChange>,
}
