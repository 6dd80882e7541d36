//! Finds which commits of a history revert which others, so that the effect on each part of it is known.

use crate::{messages::Message, model::Commit};

use super::{lineage::Lineage, lookups::Lookups, reverts, window_commits::WindowCommits};

/// The reverts of a history, by the positions of its commits.
pub struct RevertPairs {
    /// Whether a commit is cancelled: it was reverted, or it is a revert and nothing else.
    pub cancelled: Vec<bool>,
    /// The reverts among the cancelled commits, each with what it reverts, which is older.
    pub pairs: Vec<(usize, Vec<usize>)>,
}

/// Finds the reverts of a history as [`group()`](super::group()) does for a window. `commits` are newest first.
#[must_use]
pub fn revert_pairs(commits: &[&Commit], messages: &[&Message]) -> RevertPairs {
    let window = WindowCommits::new(commits, messages);
    let found = reverts::find(window, &Lineage::new(commits), Lookups::none());
    let mut cancelled = vec![false; commits.len()];
    for (at, _) in found.reasons() {
        cancelled.get_mut(at).into_iter().for_each(|slot| *slot = true);
    }
    RevertPairs { cancelled, pairs: found.into_pairs() }
}
