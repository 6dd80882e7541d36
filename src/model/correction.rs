//! What people corrected about a change after its commits were written.

use std::sync::Arc;

use super::ObjectId;

/// A field of a change that a correction sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CorrectedField {
    /// The title.
    Title,
    /// The section that lists it.
    Section,
    /// The scope.
    Scope,
    /// Whether it is breaking.
    Breaking,
    /// The description.
    Description,
    /// Whether it is listed.
    Hide,
    /// Which changes are one entry.
    MergeInto,
}

impl CorrectedField {
    /// All fields.
    pub const ALL: [Self; 7] = [
        Self::Title,
        Self::Section,
        Self::Scope,
        Self::Breaking,
        Self::Description,
        Self::Hide,
        Self::MergeInto,
    ];

    /// The key in the corrections file, and the name in the JSON form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Section => "section",
            Self::Scope => "scope",
            Self::Breaking => "breaking",
            Self::Description => "description",
            Self::Hide => "hide",
            Self::MergeInto => "merge_into",
        }
    }
}

/// The part of a change in an entry that several changes were merged into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merging {
    /// It is the entry with this number.
    Target(usize),
    /// It is part of the entry with this number.
    Into(usize),
}

/// A correction of one change, which the classification applies. An absent field stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Correction {
    /// One line.
    pub title: Option<String>,
    /// The ID of a section, which exists.
    pub section: Option<String>,
    /// The scope; empty for none.
    pub scope: Option<String>,
    /// Whether it is breaking.
    pub breaking: Option<bool>,
    /// The description, which is also the reason.
    pub description: Option<String>,
    /// Why it is hidden.
    pub hide: Option<String>,
    /// The entry that it is merged into, or that others are merged into.
    pub merging: Option<Merging>,
    /// Whether the change only edits corrections, so that it is neither listed nor counted.
    pub is_only_corrections: bool,
    /// The corrections file, for reasons.
    pub file: Arc<str>,
}

/// What a corrected change was before: the rules read that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenChange {
    /// Its title.
    pub title: String,
    /// Its scope.
    pub scope: Option<String>,
    /// Whether its message says that it is breaking.
    pub breaking: bool,
}

/// A change that a correction merged into another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedChange {
    /// Its title.
    pub title: String,
    /// Its commits, newest first.
    pub commits: Vec<ObjectId>,
    /// The number of its pull request, if it has one.
    pub pull_request: Option<u64>,
    /// The reason, as `explain` prints it.
    pub reason: Arc<str>,
}
