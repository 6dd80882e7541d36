//! What the comment says, before it is text.

use crate::model::{NotesFile, ObjectId, RepositoryInfo};

use super::contribution::{Contribution, Unlisted};

/// What the comment says.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The repository on its forge.
    pub repository: RepositoryInfo,
    /// The newest commit of the pull request.
    pub head: ObjectId,
    /// The commit that it is compared with.
    pub base: ObjectId,
    /// Its target branch, if known.
    pub target_branch: Option<String>,
    /// How many commits it has.
    pub commits: usize,
    /// What it changes in the notes of each line of versions that it is about.
    pub contributions: Vec<Contribution>,
    /// Its changes that are not listed.
    pub unlisted: Vec<Unlisted>,
    /// The findings about its title and messages.
    pub findings: Vec<Remark>,
    /// The labels of which it has none, although the project's rules decide by them.
    pub missing_labels: Vec<String>,
    /// The files that it changes and that decide what the notes say, sorted.
    pub notes_files: Vec<(NotesFile, String)>,
    /// Whether the forge's data is complete.
    pub is_complete: bool,
}

/// A finding of a check, without those that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Whether it is an error, not only a possible problem.
    pub is_error: bool,
    /// What was found; lines after the first are a list.
    pub message: String,
    /// What to do next; may be empty.
    pub fix: String,
}
