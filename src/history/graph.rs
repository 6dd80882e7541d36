//! The commit graph as arrays of indices, for fast repeated traversal.

use std::{borrow::Borrow, collections::BinaryHeap};

use crate::model::{Commit, Edges, IdNumbers, ObjectId};

/// A graph of commits, identified by their positions in the slice that it was built from.
pub struct Graph {
    /// Parents of commit `n`: `parents[starts[n]..starts[n + 1]]`.
    starts: Vec<u32>,
    parents: Vec<u32>,
    numbers: IdNumbers,
    /// The position of each commit number.
    positions: Vec<u32>,
}

impl Graph {
    /// Builds the graph of `commits`, without parents that are not among them.
    #[must_use]
    pub fn new(commits: &[impl Borrow<Commit>]) -> Self {
        let commits = || commits.iter().map(Borrow::borrow);
        let numbers: IdNumbers = commits().map(|commit| commit.id).collect();
        let positions = (0..).take(commits().len()).collect();
        let mut graph = Self::empty(numbers, positions);
        for commit in commits() {
            graph.parents.extend(commit.parents.iter().filter_map(|parent| graph.numbers.get(*parent)));
            graph.end();
        }
        graph
    }

    /// Builds the graph of `commits` from the edges that a walk recorded; contains all their parents.
    #[must_use]
    pub fn from_edges(commits: &[impl Borrow<Commit>], edges: Edges) -> Self {
        let mut positions = vec![0; commits.len()];
        for (position, number) in (0..).zip(&edges.commits) {
            positions.get_mut(*number as usize).into_iter().for_each(|slot| *slot = position);
        }
        let mut graph = Self::empty(edges.numbers, positions);
        let mut parents = edges.parents.into_iter();
        for commit in commits {
            let own = parents.by_ref().take(commit.borrow().parents.len());
            graph.parents.extend(own.filter_map(|number| graph.positions.get(number as usize)));
            graph.end();
        }
        graph
    }

    fn empty(numbers: IdNumbers, positions: Vec<u32>) -> Self {
        let mut starts = Vec::with_capacity(positions.len() + 1);
        starts.push(0);
        Self { starts, parents: Vec::with_capacity(positions.len()), numbers, positions }
    }

    /// Ends the list of parents of a commit.
    fn end(&mut self) {
        self.starts.push(u32::try_from(self.parents.len()).unwrap_or(u32::MAX));
    }

    /// Number of commits.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.positions.len()).unwrap_or(u32::MAX)
    }

    /// The position of a commit.
    #[must_use]
    pub fn position(&self, id: ObjectId) -> Option<u32> {
        self.positions.get(self.numbers.get(id)? as usize).copied()
    }

    pub(super) fn parents(&self, commit: u32) -> &[u32] {
        let at = |index: u32| self.starts.get(index as usize).map_or(0, |start| *start as usize);
        self.parents.get(at(commit)..at(commit + 1)).unwrap_or_default()
    }

    /// For each commit, how many parents it has in the graph.
    pub(super) fn parent_counts(&self) -> Vec<u32> {
        (0..self.count())
            .map(|commit| u32::try_from(self.parents(commit).len()).unwrap_or(u32::MAX))
            .collect()
    }

    /// For each commit, its children.
    pub(super) fn children(&self) -> Vec<Vec<u32>> {
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); self.positions.len()];
        for commit in 0..self.count() {
            for parent in self.parents(commit) {
                if let Some(children) = children.get_mut(*parent as usize) {
                    children.push(commit);
                }
            }
        }
        children
    }

    /// For each commit, whether it is `commit` or an ancestor of it.
    pub(super) fn ancestors(&self, commit: u32) -> Vec<bool> {
        let mut is_ancestor = vec![false; self.positions.len()];
        let mut stack = vec![commit];
        while let Some(commit) = stack.pop() {
            if let Some(seen) = is_ancestor.get_mut(commit as usize).filter(|seen| !**seen) {
                *seen = true;
                stack.extend(self.parents(commit));
            }
        }
        is_ancestor
    }

    /// A set of seen commits for walks over this graph.
    pub(super) fn seen(&self) -> Seen {
        Seen { walks: vec![0; self.positions.len()], walk: 1 }
    }

    /// Those of `commits` that no other one is a descendant of, newest first. The graph must be newest first, and so
    /// must `commits`, each once.
    pub(super) fn independent(&self, commits: &[u32], seen: &mut Seen) -> Vec<u32> {
        seen.clear();
        let oldest = commits.last().copied().unwrap_or_default();
        let mut independent = Vec::new();
        let mut stack = Vec::new();
        for commit in commits {
            if !seen.insert(*commit) {
                continue;
            }
            independent.push(*commit);
            stack.push(*commit);
            while let Some(commit) = stack.pop() {
                let parents = self.parents(commit).iter();
                stack.extend(parents.filter(|parent| **parent <= oldest && seen.insert(**parent)));
            }
        }
        independent
    }

    /// Whether `tip` is `commit` or a descendant of it. `seen` has the commits that earlier walks to `commit` saw. The
    /// graph must be newest first.
    pub(super) fn reaches(&self, tip: u32, commit: u32, seen: &mut Seen) -> bool {
        let mut stack = Vec::new();
        if tip <= commit && seen.insert(tip) {
            stack.push(tip);
        }
        while let Some(at) = stack.pop() {
            if at == commit {
                return true;
            }
            let parents = self.parents(at).iter();
            stack.extend(parents.filter(|parent| **parent <= commit && seen.insert(**parent)));
        }
        false
    }

    /// The positions of all commits, newest first: no commit before its descendants, otherwise by committer date, then
    /// by ID (`git log --date-order`). Commits of a cycle and their ancestors are missing.
    #[must_use]
    pub fn newest_first(&self, commits: &[impl Borrow<Commit>]) -> Vec<u32> {
        let mut children = vec![0u32; commits.len()];
        for parent in &self.parents {
            children.get_mut(*parent as usize).into_iter().for_each(|count| *count += 1);
        }
        let key = |at: u32| {
            let commit: &Commit = commits.get(at as usize)?.borrow();
            Some((commit.committer_time.seconds, commit.id, at))
        };
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

    /// The position of a commit that is its own ancestor, if `order` (see [`Self::newest_first`]) lacks commits.
    #[must_use]
    pub fn find_cycle(&self, order: &[u32]) -> Option<u32> {
        let mut is_left = vec![true; self.positions.len()];
        for at in order {
            is_left.get_mut(*at as usize).into_iter().for_each(|slot| *slot = false);
        }
        let mut children = vec![None; is_left.len()];
        for at in (0..self.count()).filter(|at| is_left.get(*at as usize) == Some(&true)) {
            for parent in self.parents(at) {
                children.get_mut(*parent as usize).into_iter().for_each(|slot| *slot = Some(at));
            }
        }
        // Each remaining commit has a remaining child, so a walk to children ends in a cycle.
        let mut at = (0..self.count()).find(|at| is_left.get(*at as usize) == Some(&true))?;
        for _ in 0..is_left.len() {
            at = children.get(at as usize).copied().flatten()?;
        }
        Some(at)
    }

    /// Reorders the commits. `order` must contain each position once.
    #[must_use]
    pub fn reordered(mut self, order: &[u32]) -> Self {
        let mut positions = vec![0; order.len()];
        for (position, old) in (0..).zip(order) {
            positions.get_mut(*old as usize).into_iter().for_each(|slot| *slot = position);
        }
        let now = |old: u32| positions.get(old as usize).copied().unwrap_or(old);
        self.positions.iter_mut().for_each(|position| *position = now(*position));
        let mut graph = Self::empty(std::mem::take(&mut self.numbers), std::mem::take(&mut self.positions));
        for old in order {
            graph.parents.extend(self.parents(*old).iter().map(|parent| now(*parent)));
            graph.end();
        }
        graph
    }
}

/// The commits that a walk has seen; cleared in O(1).
pub(super) struct Seen {
    /// For each commit, the last walk that saw it.
    walks: Vec<u32>,
    walk: u32,
}

impl Seen {
    /// Begins a new walk.
    pub(super) fn clear(&mut self) {
        match self.walk.checked_add(1) {
            Some(walk) => self.walk = walk,
            None => {
                self.walks.fill(0);
                self.walk = 1;
            }
        }
    }

    /// Whether the walk has seen a commit.
    pub(super) fn contains(&self, commit: u32) -> bool {
        self.walks.get(commit as usize) == Some(&self.walk)
    }

    /// Adds a commit; whether it is new.
    pub(super) fn insert(&mut self, commit: u32) -> bool {
        match self.walks.get_mut(commit as usize) {
            Some(walk) if *walk != self.walk => {
                *walk = self.walk;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::IdInterner;

    fn commit(number: u8, parents: &[u8]) -> Commit {
        let id = |number: &u8| ObjectId::from_bytes([*number; 20]);
        Commit {
            id: id(&number),
            tree: id(&0),
            parents: parents.iter().map(id).collect(),
            author: Arc::default(),
            author_time: Default::default(),
            committer_time: Default::default(),
            message: Box::default(),
            undecodable: false,
            touches: Default::default(),
        }
    }

    #[test]
    fn cycle_is_found() {
        // 2 and 3 are ancestors of each other; 4 is a child of 3, 1 a parent of 2.
        let commits = [commit(4, &[3]), commit(3, &[2]), commit(2, &[3, 1]), commit(1, &[])];
        let commits: Vec<&Commit> = commits.iter().collect();
        let graph = Graph::new(&commits);
        let order = graph.newest_first(&commits);
        assert!(order.len() < commits.len());
        assert!(matches!(graph.find_cycle(&order), Some(1 | 2)));
        let straight = Graph::new(&commits[..1]);
        assert_eq!(straight.find_cycle(&straight.newest_first(&commits[..1])), None);
    }

    #[test]
    fn commit_numbering_does_not_affect_the_graph() {
        let commits = [commit(4, &[3, 2]), commit(1, &[]), commit(3, &[1]), commit(2, &[1])];
        let commits: Vec<&Commit> = commits.iter().collect();
        // Commits are numbered in the order of discovery, which differs from the order of reading.
        let interner = IdInterner::default();
        for number in [3, 1, 2, 4] {
            interner.intern(ObjectId::from_bytes([number; 20]));
        }
        let (commit_numbers, parents) = (vec![3, 1, 0, 2], vec![0, 2, 1, 1]);
        let linked = Graph::from_edges(
            &commits,
            Edges { numbers: interner.finish(), commits: commit_numbers, parents },
        );
        let looked_up = Graph::new(&commits);
        let order = looked_up.newest_first(&commits);
        assert_eq!((linked.count(), looked_up.count()), (4, 4));
        let (linked, looked_up) = (linked.reordered(&order), looked_up.reordered(&order));
        for commit in &commits {
            let position = linked.position(commit.id).unwrap();
            assert_eq!(Some(position), looked_up.position(commit.id));
            assert_eq!(linked.parents(position), looked_up.parents(position));
        }
        assert_eq!(linked.position(ObjectId::from_bytes([9; 20])), None);
    }
}
