//! Callbacks to the repository, so that grouping needs no access to it.

use crate::model::{Commit, ObjectId, Person};

/// Callbacks to the repository. Few commits need them.
#[derive(Clone, Copy)]
pub struct Lookups<'a> {
    /// The patch ID of a commit (`git patch-id`); `None` if it has none or must not be compared.
    pub patch_id: &'a dyn Fn(ObjectId) -> Option<[u8; 20]>,
    /// Whether two commits make the same change, by their patch IDs.
    pub is_same_patch: &'a dyn Fn(ObjectId, ObjectId) -> bool,
    /// Whether to compare the patches of commits inside a window too. In the whole history this would be thousands of
    /// diffs, since commits of a series often have one date.
    pub compares_window: bool,
    /// The commit with this full or abbreviated ID, inside or outside of the window.
    pub commit: &'a dyn Fn(&str) -> Option<Commit>,
    /// Maps a person by `.mailmap`.
    pub mailmap: &'a dyn Fn(Person) -> Person,
}

impl Lookups<'_> {
    /// Lookups that find nothing, for use without a repository.
    #[must_use]
    pub fn none() -> Self {
        Self {
            patch_id: &|_| None,
            is_same_patch: &|_, _| false,
            compares_window: false,
            commit: &|_| None,
            mailmap: &|person| person,
        }
    }
}
