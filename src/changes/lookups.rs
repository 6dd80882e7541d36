//! The questions that grouping asks of the repository.

use crate::model::{Commit, ObjectId, Person};

/// The questions that grouping asks of the repository. Few commits need them.
#[derive(Clone, Copy)]
pub struct Lookups<'a> {
    /// The patch id of a commit (`git patch-id`); `None` where it has none or is not to be compared.
    pub patch_id: &'a dyn Fn(ObjectId) -> Option<[u8; 20]>,
    /// The commit of this name, perhaps abbreviated, in the window or not.
    pub commit: &'a dyn Fn(&str) -> Option<Commit>,
    /// A person as `.mailmap` names them.
    pub mailmap: &'a dyn Fn(Person) -> Person,
}

impl Lookups<'_> {
    /// Lookups that find nothing, where there is no repository to ask.
    #[must_use]
    pub fn none() -> Self {
        Self { patch_id: &|_| None, commit: &|_| None, mailmap: &|person| person }
    }
}
