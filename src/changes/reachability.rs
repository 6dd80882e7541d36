//! Finds which commits of a window are ancestors of a revert.
//!
//! On one first-parent line, this follows from the order of the commits. Otherwise one pass marks the ancestors of 64
//! reverts.

use smallvec::SmallVec;

use crate::model::{IdMap, ObjectId};

use super::window_commits::WindowCommits;

/// How many reverts are marked in one pass: one bit each.
const CHUNK: usize = 64;

/// A first-parent line, by the position of its newest commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LineId(usize);

/// Answers which commits of a window are ancestors of its reverts.
pub(super) struct Reachability {
    /// The parents of each commit that are in the window.
    parents: Vec<SmallVec<[usize; 2]>>,
    /// The first-parent line of each commit.
    lines: Vec<Option<LineId>>,
    /// The positions of the reverts, ascending.
    reverts: Vec<usize>,
    /// The index into `reverts.chunks(CHUNK)` for which `marks` is valid.
    chunk: Option<usize>,
    /// For each commit, a bit for each revert of the chunk that descends from it.
    marks: Vec<u64>,
}

impl Reachability {
    pub(super) fn new(window: WindowCommits<'_>) -> Self {
        let commits = window.commits();
        let index: IdMap<usize> = commits.iter().zip(0..).map(|(commit, at)| (commit.id, at)).collect();
        let position = |parent: &ObjectId| index.get(parent).copied();
        let reverts = window.iter().zip(0..).filter(|((_, message), _)| !message.reverts.is_empty());
        // If the first parent is outside of the window, the second must not take its place.
        let first = |at: usize| window.commit(at)?.parents.first().and_then(position);
        Self {
            lines: lines(commits.len(), first),
            parents: commits
                .iter()
                .map(|commit| commit.parents.iter().filter_map(position).collect())
                .collect(),
            reverts: reverts.map(|(_, at)| at).collect(),
            chunk: None,
            marks: Vec::new(),
        }
    }

    /// Whether a commit is an ancestor of a revert.
    pub(super) fn is_ancestor(&mut self, ancestor: usize, revert: usize) -> bool {
        if self.lines.get(revert) == self.lines.get(ancestor) {
            return revert < ancestor;
        }
        let Ok(order) = self.reverts.binary_search(&revert) else { return false };
        if self.chunk != Some(order / CHUNK) {
            self.mark_ancestors(order / CHUNK);
        }
        self.marks.get(ancestor).is_some_and(|bits| bits >> (order % CHUNK) & 1 == 1)
    }

    /// Marks the ancestors of the reverts of a chunk.
    fn mark_ancestors(&mut self, chunk: usize) {
        self.chunk = Some(chunk);
        self.marks.clear();
        self.marks.resize(self.parents.len(), 0);
        let reverts = self.reverts.chunks(CHUNK).nth(chunk).unwrap_or_default();
        for (bit, revert) in reverts.iter().enumerate() {
            if let Some(bits) = self.marks.get_mut(*revert) {
                *bits |= 1 << bit;
            }
        }
        // Commits come after all their descendants, so one pass is enough.
        let newest = reverts.first().copied().unwrap_or_default();
        for (at, parents) in self.parents.iter().enumerate().skip(newest) {
            let bits = self.marks.get(at).copied().unwrap_or_default();
            for parent in parents.iter().filter(|_| bits != 0) {
                if let Some(of_parent) = self.marks.get_mut(*parent) {
                    *of_parent |= bits;
                }
            }
        }
    }
}

/// The first-parent line of each of `count` commits.
fn lines(count: usize, first_parent: impl Fn(usize) -> Option<usize>) -> Vec<Option<LineId>> {
    let mut lines = vec![None; count];
    for tip in 0..count {
        let mut next = Some(tip);
        while let Some(slot) = next.and_then(|at| lines.get_mut(at)).filter(|line| line.is_none()) {
            *slot = Some(LineId(tip));
            next = next.and_then(&first_parent);
        }
    }
    lines
}
