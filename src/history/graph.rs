//! Commits by their numbers: who has which parents, in arrays that are quick to go through again and again.

use std::collections::BinaryHeap;

use crate::model::{Commit, IdMap, ObjectId};

/// The graph of some commits, which are called by their places in the list that it was made from.
pub struct Graph {
    /// Parents of commit `n`: `parents[starts[n]..starts[n + 1]]`.
    starts: Vec<u32>,
    parents: Vec<u32>,
    index: IdMap<u32>,
}

impl Graph {
    /// The graph of `commits`; parents that are not among them are left out.
    #[must_use]
    pub fn new(commits: &[&Commit]) -> Self {
        let index: IdMap<u32> = (0..).zip(commits).map(|(at, commit)| (commit.id, at)).collect();
        let mut graph = Self { starts: Vec::with_capacity(commits.len() + 1), parents: Vec::new(), index };
        graph.starts.push(0);
        for commit in commits {
            graph.parents.extend(commit.parents.iter().filter_map(|parent| graph.index.get(parent)));
            graph.end();
        }
        graph
    }

    /// Ends the parents of one commit.
    fn end(&mut self) {
        self.starts.push(u32::try_from(self.parents.len()).unwrap_or(u32::MAX));
    }

    /// How many commits there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.index.len()).unwrap_or(u32::MAX)
    }

    /// The place of a commit.
    #[must_use]
    pub fn place(&self, id: ObjectId) -> Option<u32> {
        self.index.get(&id).copied()
    }

    pub(super) fn parents(&self, commit: u32) -> &[u32] {
        let at = |index: u32| self.starts.get(index as usize).map_or(0, |start| *start as usize);
        self.parents.get(at(commit)..at(commit + 1)).unwrap_or_default()
    }

    /// The places of the commits it was made from, newest first: no commit before one of its descendants, otherwise by
    /// the committer's date, and by id where that is the same (`git log --date-order`).
    #[must_use]
    pub fn newest_first(&self, commits: &[&Commit]) -> Vec<u32> {
        let mut children = vec![0u32; commits.len()];
        for parent in &self.parents {
            children.get_mut(*parent as usize).into_iter().for_each(|count| *count += 1);
        }
        let key =
            |at: u32| commits.get(at as usize).map(|commit| (commit.committer_time.seconds, commit.id, at));
        let free = (0..).zip(&children).filter(|(_, count)| **count == 0).filter_map(|(at, _)| key(at));
        let mut heap: BinaryHeap<(i64, ObjectId, u32)> = free.collect();
        let mut order = Vec::with_capacity(commits.len());
        while let Some((_, _, at)) = heap.pop() {
            order.push(at);
            for parent in self.parents(at) {
                let Some(count) = children.get_mut(*parent as usize) else { continue };
                *count -= 1;
                if *count == 0 {
                    heap.extend(key(*parent));
                }
            }
        }
        order
    }

    /// The same graph of the same commits in another order, which gives each place once.
    #[must_use]
    pub fn arranged(mut self, order: &[u32]) -> Self {
        let mut places = vec![0; order.len()];
        for (place, old) in (0..).zip(order) {
            places.get_mut(*old as usize).into_iter().for_each(|slot| *slot = place);
        }
        let now = |old: u32| places.get(old as usize).copied().unwrap_or(old);
        let (starts, parents) =
            (Vec::with_capacity(self.starts.len()), Vec::with_capacity(self.parents.len()));
        let mut graph = Self { starts, parents, index: IdMap::default() };
        graph.starts.push(0);
        for old in order {
            graph.parents.extend(self.parents(*old).iter().map(|parent| now(*parent)));
            graph.end();
        }
        self.index.values_mut().for_each(|place| *place = now(*place));
        Self { index: self.index, ..graph }
    }
}
