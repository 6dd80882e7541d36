//! The parsed message: the types that the parsers of this module fill in.

use std::sync::Arc;

use thin_vec::ThinVec;

use crate::model::{IssueRef, Person, Trailer};

use super::{outline::Outline, subject::SubjectKey, text::letters};

/// A parsed message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// The first line, with the lines that continue its sentence.
    pub subject: Arc<str>,
    /// A merge, a release, a fixup or an ordinary commit.
    pub kind: MessageKind,
    /// The changes that it describes; never empty.
    pub changes: Vec<DescribedChange>,
    /// Whether it is a list of changes without a title of its own; its subject is a merge or the first of the list.
    pub is_list: bool,
    /// Whether it merges the fix of a vulnerability that it names.
    pub fixes_advisory: bool,
    /// The pull request it came from.
    pub pull_request: Option<Box<PullRequestMention>>,
    /// Further numbers at the end of the title, as 1546 in `(#1546) (#1595)`.
    pub other_references: ThinVec<u64>,
    /// The targets that it reverts.
    pub reverts: ThinVec<RevertTarget>,
    /// Whether it does nothing but revert.
    pub only_reverts: bool,
    /// The commits that it was cherry-picked from: full commit IDs, lower case.
    pub cherry_picked_from: ThinVec<String>,
    /// The pull requests that it backports to another branch.
    pub backport_of: ThinVec<u64>,
    /// The people in its `Co-authored-by` trailers, each once.
    pub co_authors: ThinVec<Person>,
    /// The key of the subject, for comparison with other subjects.
    pub(super) subject_key: SubjectKey,
}

impl Message {
    /// The subject without the references that a forge adds to a squash: the string by which subjects are compared.
    pub(crate) fn subject_key(&self) -> &str {
        self.subject_key.text(&self.subject)
    }

    /// Its outline. [`Outline::of`] the raw text has the same digest, but may report a cherry-pick where this does not.
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
    /// A commit that only records a version.
    Release,
    /// A commit that belongs to another one (`fixup!`).
    Fixup,
}

/// The branches of a merge that its message names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Branches {
    /// The branch that was merged.
    pub source: Option<String>,
    /// The branch it was merged into.
    pub target: Option<String>,
}

/// A pull request that a message names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PullRequestMention {
    /// Its number.
    pub number: u64,
    /// Its title, if the message has it.
    pub title: Option<String>,
    /// The branch it was merged from.
    pub source_branch: Option<String>,
    /// The branch it was merged into.
    pub target_branch: Option<String>,
    /// Whether the source branch is in a fork.
    pub from_fork: bool,
    /// Its data from the forge, if that was queried.
    pub details: Option<Box<PullRequestDetails>>,
}

impl PullRequestMention {
    /// A pull request of which only the number is known.
    #[must_use]
    pub fn numbered(number: u64) -> Box<Self> {
        Box::new(Self { number, ..Self::default() })
    }

    /// Whether its title is known, and is more than the name of its branch, which forges propose.
    pub(crate) fn has_own_title(&self) -> bool {
        let is_branch = |title: &str| {
            let title = letters(title);
            let branch = self.source_branch.as_deref().unwrap_or_default();
            let last = branch.rsplit('/').next().unwrap_or_default();
            title.is_empty() || title == letters(branch) || title == letters(last)
        };
        self.title.as_deref().is_some_and(|title| !is_branch(title))
    }

    /// Its details, if they describe changes.
    pub(crate) fn details_with_changes(&self) -> Option<&PullRequestDetails> {
        self.details.as_deref().filter(|details| !details.changes.is_empty())
    }
}

/// The forge's data about the pull request of a commit that affects the changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PullRequestDetails {
    /// The changes described by its title, by its release note, or by the messages with which its body overrides the
    /// merged ones.
    pub changes: Vec<DescribedChange>,
    /// Whether these changes always replace those of its commits: its body overrides them, or has a release note.
    pub overrides_commits: bool,
    /// Whether its body opts out of release notes.
    pub needs_no_note: bool,
    /// The reason for the change, from its body.
    pub reason: Option<Arc<str>>,
    /// Whether only the forge associates it with the commit and no message names it; usually after a rebase.
    pub only_from_forge: bool,
}

/// A target of a revert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevertTarget {
    /// A commit by its full or abbreviated ID, in lower-case hex digits.
    Commit(String),
    /// A commit by its subject.
    Subject(String),
    /// A pull request.
    PullRequest(u64),
}

/// A change that a message describes, before commits are grouped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DescribedChange {
    /// One line; empty only if the message is.
    pub title: Arc<str>,
    /// The prose below it.
    pub description: Option<Arc<str>>,
    /// The conventional type, lower case.
    pub kind: Option<Box<str>>,
    /// Whether the type is only that of a commit squashed in it.
    pub has_squashed_kind: bool,
    /// The conventional scope.
    pub scope: Option<Box<str>>,
    /// Whether it is a breaking change.
    pub breaking: bool,
    /// The text of its breaking footers.
    pub breaking_note: Option<String>,
    /// The pull request that its squash bullet names.
    pub pull_request: Option<u64>,
    /// The subjects of the squashed commits that are breaking by their `!`, which is not counted: the commits were
    /// private to the pull request, and its subject has none.
    pub squashed_breaking: ThinVec<String>,
    /// Its trailers, also called footers.
    pub trailers: Vec<Trailer>,
    /// The issues that it closes.
    pub closes: ThinVec<IssueRef>,
    /// The issues that the references around its title name, as 7 in `[ISSUE #7] x` and `x (closes #7)`.
    pub issues: ThinVec<u64>,
}
