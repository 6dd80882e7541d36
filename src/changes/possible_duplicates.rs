//! Selects the commits that can be a duplicate or the original of one, so that the index of released commits stays
//! small: most subjects occur once in a history, and hardly any commit was cherry-picked.

use crate::{
    messages::{self, Outline},
    model::{IdSet, ObjectId},
};

use super::{originals, outlined_commit::OutlinedCommit};

/// The properties of a history by which a commit can be a duplicate or the original of one.
pub(super) struct PossibleDuplicates {
    /// The digests of subjects that occur more than once, ascending. A digest collision only costs an index entry.
    subjects: Vec<u32>,
    /// The commits that others were cherry-picked from.
    sources: IdSet,
}

impl PossibleDuplicates {
    pub(super) fn new<'a>(
        all: impl Iterator<Item = OutlinedCommit<'a>>,
        options: &messages::Options,
    ) -> Self {
        let (mut subjects, mut sources) = (Vec::new(), IdSet::default());
        for commit in all {
            subjects.push(commit.outline.digest());
            if commit.outline.may_be_cherry_pick() {
                sources.extend(originals::commits(&commit.message(options)));
            }
        }
        subjects.sort_unstable();
        let mut before = None;
        subjects.retain(|digest| before.replace(*digest) == Some(*digest));
        subjects.dedup();
        Self { subjects, sources }
    }

    /// Whether others were cherry-picked from this commit.
    pub(super) fn is_source(&self, commit: ObjectId) -> bool {
        self.sources.contains(&commit)
    }

    /// Whether the subject of this outline may occur more than once.
    pub(super) fn is_repeated(&self, outline: Outline) -> bool {
        self.subjects.binary_search(&outline.digest()).is_ok()
    }
}
