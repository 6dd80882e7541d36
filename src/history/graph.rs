//! Commits by their numbers: who has which parents, in arrays that are quick to go through again and again.

use std::{borrow::Borrow, collections::BinaryHeap};

use crate::model::{Commit, Links, Numbers, ObjectId};

/// The graph of some commits, which are called by their places in the list that it was made from.
pub struct Graph {
    /// Parents of commit `n`: `parents[starts[n]..starts[n + 1]]`.
    starts: Vec<u32>,
    parents: Vec<u32>,
    numbers: Numbers,
    /// The place of each number.
    places: Vec<u32>,
}

impl Graph {
    /// The graph of `commits`; parents that are not among them are left out.
    #[must_use]
    pub fn new(commits: &[impl Borrow<Commit>]) -> Self {
        let commits = || commits.iter().map(Borrow::borrow);
        let numbers: Numbers = commits().map(|commit| commit.id).collect();
        let places = (0..).take(commits().len()).collect();
        let mut graph = Self::empty(numbers, places);
        for commit in commits() {
            graph.parents.extend(commit.parents.iter().filter_map(|parent| graph.numbers.get(*parent)));
            graph.end();
        }
        graph
    }

    /// The graph of `commits` that a walk has numbered, with all their parents.
    #[must_use]
    pub fn linked(commits: &[impl Borrow<Commit>], links: Links) -> Self {
        let mut places = vec![0; commits.len()];
        for (place, number) in (0..).zip(&links.own) {
            places.get_mut(*number as usize).into_iter().for_each(|slot| *slot = place);
        }
        let mut graph = Self::empty(links.numbers, places);
        let mut parents = links.parents.into_iter();
        for commit in commits {
            let own = parents.by_ref().take(commit.borrow().parents.len());
            graph.parents.extend(own.filter_map(|number| graph.places.get(number as usize)));
            graph.end();
        }
        graph
    }

    fn empty(numbers: Numbers, places: Vec<u32>) -> Self {
        let mut starts = Vec::with_capacity(places.len() + 1);
        starts.push(0);
        Self { starts, parents: Vec::with_capacity(places.len()), numbers, places }
    }

    /// Ends the parents of one commit.
    fn end(&mut self) {
        self.starts.push(u32::try_from(self.parents.len()).unwrap_or(u32::MAX));
    }

    /// How many commits there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.places.len()).unwrap_or(u32::MAX)
    }

    /// The place of a commit.
    #[must_use]
    pub fn place(&self, id: ObjectId) -> Option<u32> {
        self.places.get(self.numbers.get(id)? as usize).copied()
    }

    pub(super) fn parents(&self, commit: u32) -> &[u32] {
        let at = |index: u32| self.starts.get(index as usize).map_or(0, |start| *start as usize);
        self.parents.get(at(commit)..at(commit + 1)).unwrap_or_default()
    }

    /// The places of the commits it was made from, newest first: no commit before one of its descendants, otherwise by
    /// the committer's date, and by id where that is the same (`git log --date-order`).
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

    /// A commit that is its own ancestor, by its place, where an order leaves commits out: [`Self::newest_first`] never comes to
    /// one of those.
    #[must_use]
    pub fn in_circle(&self, order: &[u32]) -> Option<u32> {
        let mut is_left = vec![true; self.places.len()];
        for at in order {
            is_left.get_mut(*at as usize).into_iter().for_each(|slot| *slot = false);
        }
        let mut children = vec![None; is_left.len()];
        for at in (0..self.count()).filter(|at| is_left.get(*at as usize) == Some(&true)) {
            for parent in self.parents(at) {
                children.get_mut(*parent as usize).into_iter().for_each(|slot| *slot = Some(at));
            }
        }
        // Each that is left has a child that is left: upwards it can only go in a circle.
        let mut at = (0..self.count()).find(|at| is_left.get(*at as usize) == Some(&true))?;
        for _ in 0..is_left.len() {
            at = children.get(at as usize).copied().flatten()?;
        }
        Some(at)
    }

    /// The same graph of the same commits in another order, which gives each place once.
    #[must_use]
    pub fn arranged(mut self, order: &[u32]) -> Self {
        let mut places = vec![0; order.len()];
        for (place, old) in (0..).zip(order) {
            places.get_mut(*old as usize).into_iter().for_each(|slot| *slot = place);
        }
        let now = |old: u32| places.get(old as usize).copied().unwrap_or(old);
        self.places.iter_mut().for_each(|place| *place = now(*place));
        let mut graph = Self::empty(std::mem::take(&mut self.numbers), std::mem::take(&mut self.places));
        for old in order {
            graph.parents.extend(self.parents(*old).iter().map(|parent| now(*parent)));
            graph.end();
        }
        graph
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::Counter;

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
    fn circle_is_found() {
        // 2 and 3 are each other's ancestors, with 4 above and 1 below them.
        let commits = [commit(4, &[3]), commit(3, &[2]), commit(2, &[3, 1]), commit(1, &[])];
        let commits: Vec<&Commit> = commits.iter().collect();
        let graph = Graph::new(&commits);
        let order = graph.newest_first(&commits);
        assert!(order.len() < commits.len());
        assert!(matches!(graph.in_circle(&order), Some(1 | 2)));
        let straight = Graph::new(&commits[..1]);
        assert_eq!(straight.in_circle(&straight.newest_first(&commits[..1])), None);
    }

    #[test]
    fn numbers_in_any_order_make_the_same_graph() {
        let commits = [commit(4, &[3, 2]), commit(1, &[]), commit(3, &[1]), commit(2, &[1])];
        let commits: Vec<&Commit> = commits.iter().collect();
        // Two threads found them in this order, which is not that in which they were read.
        let counter = Counter::default();
        for number in [3, 1, 2, 4] {
            counter.number(ObjectId::from_bytes([number; 20]));
        }
        let (own, parents) = (vec![3, 1, 0, 2], vec![0, 2, 1, 1]);
        let linked = Graph::linked(&commits, Links { numbers: counter.numbers(), own, parents });
        let looked_up = Graph::new(&commits);
        let order = looked_up.newest_first(&commits);
        assert_eq!((linked.count(), looked_up.count()), (4, 4));
        let (linked, looked_up) = (linked.arranged(&order), looked_up.arranged(&order));
        for commit in &commits {
            let place = linked.place(commit.id).unwrap();
            assert_eq!(Some(place), looked_up.place(commit.id));
            assert_eq!(linked.parents(place), looked_up.parents(place));
        }
        assert_eq!(linked.place(ObjectId::from_bytes([9; 20])), None);
    }
}
