//! Selects the commits that can be a duplicate or the original of one, so that the index of released commits stays
//! small: most subjects occur once in a history, and hardly any commit was cherry-picked.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::{
    messages::{self, Outline},
    model::{Commit, IdSet, ObjectId},
};

use super::{originals, outlined_commit::OutlinedCommit};

/// The properties of a history by which a commit can be a duplicate or the original of one.
pub(super) struct PossibleDuplicates {
    /// The digests of subjects that occur more than once, ascending. A digest collision only costs an index entry.
    subjects: Vec<u32>,
    /// The digests of authors with their date that occur more than once, ascending.
    authorships: Vec<u32>,
    /// The commits that others were cherry-picked from.
    sources: IdSet,
}

impl PossibleDuplicates {
    pub(super) fn new<'a>(
        all: impl Iterator<Item = OutlinedCommit<'a>>,
        options: &messages::Options,
    ) -> Self {
        let (mut subjects, mut authorships, mut sources) = (Vec::new(), Vec::new(), IdSet::default());
        for commit in all {
            subjects.push(commit.outline.digest());
            if !commit.commit.is_merge() {
                authorships.push(authorship_digest(commit.commit));
            }
            if commit.outline.may_be_cherry_pick() {
                sources.extend(originals::commits(&commit.message(options)));
            }
        }
        Self { subjects: repeated(subjects), authorships: repeated(authorships), sources }
    }

    /// Whether others were cherry-picked from this commit.
    pub(super) fn is_source(&self, commit: ObjectId) -> bool {
        self.sources.contains(&commit)
    }

    /// Whether the subject of this outline may occur more than once.
    pub(super) fn is_repeated(&self, outline: Outline) -> bool {
        self.subjects.binary_search(&outline.digest()).is_ok()
    }

    /// Whether the author and date of this commit may occur more than once.
    pub(super) fn is_authored_again(&self, commit: &Commit) -> bool {
        self.authorships.binary_search(&authorship_digest(commit)).is_ok()
    }
}

/// The digests that occur more than once, ascending.
fn repeated(mut digests: Vec<u32>) -> Vec<u32> {
    digests.sort_unstable();
    let mut before = None;
    digests.retain(|digest| before.replace(*digest) == Some(*digest));
    digests.dedup();
    digests
}

fn authorship_digest(commit: &Commit) -> u32 {
    let mut hasher = DefaultHasher::new();
    (commit.author_time.seconds, &commit.author.email).hash(&mut hasher);
    (hasher.finish() >> 32) as u32
}
