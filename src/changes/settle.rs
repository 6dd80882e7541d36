//! Finds reverts and duplicates across windows that were grouped separately.

use std::ops::Range;

use crate::{
    messages::{self, Message},
    model::{Commit, Outcome},
};

use super::{
    duplicates,
    lineage::Lineage,
    lookups::Lookups,
    outcomes::Outcomes,
    outlined_commit::OutlinedCommit,
    released_index::{Released, ReleasedIndex},
    reverts,
    window_commits::WindowCommits,
};

/// The outcomes of commits that a later window reverts, or that repeat a commit of the same or an earlier window. The
/// rules are those of [`group()`](super::group()). `commits` are those of all windows, newest first; `windows` are
/// ranges of them, newest first.
#[must_use]
pub fn settle(commits: &[&Commit], messages: &[&Message], windows: &[Range<usize>]) -> Outcomes {
    let all = WindowCommits::new(commits, messages);
    let outlined = |at| Some(OutlinedCommit::parsed(all.commit(at)?, all.message(at)?));
    let ranked = || (0..).zip(windows.iter().rev());
    let index = ReleasedIndex::new(
        ranked().map(|(rank, window)| (rank, String::new(), window.clone().filter_map(outlined).collect())),
        (0..all.len()).filter_map(outlined),
        &messages::Options::default(),
    );
    let duplicates = ranked().flat_map(|(rank, window)| {
        let released = Released { index: &index, after: None, before: rank };
        let found = duplicates::find(all.part(window), released, Lookups::none());
        found.into_iter().map(|(at, reason)| (window.start + at, reason))
    });
    let reverts = reverts::find(all, &Lineage::new(commits), Lookups::none());
    Outcomes::undecided(all.len())
        .then(Outcome::Reverted, reverts.reasons())
        .then(Outcome::Duplicate, duplicates)
}
