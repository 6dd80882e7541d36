//! Reachability: which commits of a window a revert descends from.
//!
//! On one line of first parents the order of the commits says so. Elsewhere the ancestors of 64 reverts are marked in one
//! pass.

use smallvec::SmallVec;

use crate::model::{IdMap, ObjectId};

use super::window_commits::WindowCommits;

/// So many reverts have a bit each in the marks of a commit.
const CHUNK: usize = 64;

/// A line of first parents, by the position of its newest commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LineId(usize);

/// Which commits of a window its reverts descend from.
pub(super) struct Reachability {
    /// The parents of each commit, as far as they are in the window.
    parents: Vec<SmallVec<[usize; 2]>>,
    /// For each commit, its line of first parents.
    lines: Vec<Option<LineId>>,
    /// The positions of the reverts, ascending.
    reverts: Vec<usize>,
    /// Which of `reverts.chunks(CHUNK)` `marks` is about.
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
        // A first parent outside of the window is no parent here, and the second then no first.
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
        // No commit comes before one of its descendants.
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

/// The line of each of `count` commits.
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
