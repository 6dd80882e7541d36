//! What a message says: the types that the parsers of this folder fill in.

use std::sync::Arc;

use thin_vec::ThinVec;

use crate::model::{IssueRef, Person, Trailer};

use super::{outline::Outline, subject::SubjectKey};

/// A parsed message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// The first paragraph as one line.
    pub subject: Arc<str>,
    /// Whether it is a merge's, a release's, a fixup's or an ordinary one.
    pub kind: MessageKind,
    /// The things that it says were done; never empty.
    pub entries: Vec<Entry>,
    /// The pull request it came from.
    pub pull_request: Option<Box<PullRequestMention>>,
    /// Further numbers at the subject's end, as in `(#1546) (#1595)`.
    pub other_references: ThinVec<u64>,
    /// What it reverts.
    pub reverts: ThinVec<Reverted>,
    /// Whether it does nothing but revert.
    pub only_reverts: bool,
    /// The commits that it was cherry-picked from, full names in lower case.
    pub cherry_picked_from: ThinVec<String>,
    /// The pull requests that it backports to another branch.
    pub backport_of: ThinVec<u64>,
    /// The people named in its `Co-authored-by` trailers.
    pub co_authors: ThinVec<Person>,
    /// The key of the subject, by which it is compared with others.
    pub(super) subject_key: SubjectKey,
}

impl Message {
    /// The subject without the references that a forge adds when it squashes: the text by which subjects are compared.
    pub(crate) fn subject_key(&self) -> &str {
        self.subject_key.text(&self.subject)
    }

    /// Its outline. [`Outline::of`] its text has the same digest, and says of more messages that they may be cherry-picks.
    pub(crate) fn outline(&self) -> Outline {
        Outline::new(self.subject_key, !self.cherry_picked_from.is_empty())
    }
}

/// The kind of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum MessageKind {
    /// An ordinary commit.
    #[default]
    Commit,
    /// A merge of branches.
    BranchMerge(Box<Branches>),
    /// A merged pull request.
    PullRequestMerge,
    /// A commit that says only that a version was made.
    Release,
    /// A commit that belongs to another one (`fixup!`).
    Fixup,
}

/// The branches of a merge, as far as its message names them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Branches {
    /// The branch that was merged.
    pub source: Option<String>,
    /// The branch it was merged into.
    pub target: Option<String>,
}

/// A pull request, as far as a message names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PullRequestMention {
    /// Its number.
    pub number: u64,
    /// Its title, where the message has it.
    pub title: Option<String>,
    /// The branch it came from.
    pub source_branch: Option<String>,
    /// The branch it went into.
    pub target_branch: Option<String>,
    /// What the forge knows about it, where a forge was asked.
    pub details: Option<Box<PullRequestDetails>>,
}

impl PullRequestMention {
    /// A pull request of which only the number is known.
    #[must_use]
    pub fn numbered(number: u64) -> Box<Self> {
        Box::new(Self { number, ..Self::default() })
    }

    /// Its details, where they have entries.
    pub(crate) fn details_with_entries(&self) -> Option<&PullRequestDetails> {
        self.details.as_deref().filter(|details| !details.entries.is_empty())
    }
}

/// What a forge knows about the pull request of a commit, as far as it bears on the changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PullRequestDetails {
    /// The entries of its title, of its release note, or of the messages that its body gives instead of the merged ones.
    pub entries: Vec<Entry>,
    /// Whether the entries replace those of its commits, whatever these say: its body corrects them, or has a release note.
    pub overrides_commits: bool,
    /// Whether its body says that it needs no release note.
    pub needs_no_note: bool,
    /// Why it was done, as its body says.
    pub reason: Option<Arc<str>>,
    /// Whether no message names it: only the forge knows that the commit belongs to it, as a rule a rebased one.
    pub known_by_forge_only: bool,
}

/// A thing that a revert undoes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reverted {
    /// A commit by its name, perhaps abbreviated; lower-case hexadecimal digits.
    Commit(String),
    /// A commit by its subject.
    Subject(String),
    /// A pull request.
    PullRequest(u64),
}

/// One thing that a message says was done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// One line; empty only where the message is.
    pub title: Arc<str>,
    /// The prose below it.
    pub description: Option<Arc<str>>,
    /// The conventional type, lower case.
    pub kind: Option<Box<str>>,
    /// The conventional scope.
    pub scope: Option<Box<str>>,
    /// Whether it is a breaking change.
    pub breaking: bool,
    /// The text of its breaking footers.
    pub breaking_note: Option<String>,
    /// The pull request that a squash bullet names.
    pub pull_request: Option<u64>,
    /// Footers and trailers.
    pub trailers: Vec<Trailer>,
    /// The issues that it closes.
    pub closes: ThinVec<IssueRef>,
}
