//! Lets versions claim the commits of the whole graph in their order.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{
    Graph,
    candidate::{Candidate, Key},
    graph::Seen,
};

/// A version with the position of its commit in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) version: Candidate,
    pub(super) position: u32,
}

const NONE: u32 = u32::MAX;

/// The claims of versions on the commits of a graph.
pub(super) struct Claims {
    /// The versions in their order.
    order: Vec<Item>,
    /// For each commit, the place of the version that claims it.
    owners: Vec<u32>,
    /// For each place, the commits of earlier versions at which its claim ends.
    ends: Vec<Vec<u32>>,
    /// The places, lowest version first.
    by_key: Vec<u32>,
    /// The places, by the position of their commit.
    by_position: Vec<u32>,
    /// For each place, the highest version among the earlier ones, as an index of `by_key`.
    highest_before: Vec<Option<u32>>,
}

impl Claims {
    /// The claims of `versions`, lowest first.
    pub(super) fn new(graph: &Graph, versions: Vec<Item>) -> Self {
        let claims = claim(graph, &versions);
        let (order, (owners, ends)) = match claims {
            Some(claims) => (versions, claims),
            None => {
                let order = ordered(graph, &versions);
                let claims = claim(graph, &order).unwrap_or_default();
                (order, claims)
            }
        };
        let places = || (0..).zip(&order);
        let mut by_key: Vec<(Key, u32)> = places().map(|(place, item)| (item.version.key, place)).collect();
        by_key.sort_unstable();
        let mut by_position: Vec<(u32, u32)> = places().map(|(place, item)| (item.position, place)).collect();
        by_position.sort_unstable();
        let mut rank = vec![0; order.len()];
        for (at, (_, place)) in (0..).zip(&by_key) {
            rank.get_mut(*place as usize).into_iter().for_each(|slot| *slot = at);
        }
        let mut highest = None;
        let highest_before = rank.iter().map(|rank| {
            let before = highest;
            highest = highest.max(Some(*rank));
            before
        });
        let highest_before = highest_before.collect();
        Self {
            highest_before,
            by_key: by_key.into_iter().map(|(_, place)| place).collect(),
            by_position: by_position.into_iter().map(|(_, place)| place).collect(),
            order,
            owners,
            ends,
        }
    }

    /// The first version that contains the commit at a position.
    pub(super) fn owner(&self, position: u32) -> Option<Candidate> {
        let place = self.owners.get(position as usize)?;
        self.order.get(*place as usize).map(|item| item.version)
    }

    /// The versions in their order.
    pub(super) fn order(&self) -> &[Item] {
        &self.order
    }

    /// For each place, the commits that the version claims, newest first.
    pub(super) fn commits(&self) -> Vec<Vec<u32>> {
        let mut commits: Vec<Vec<u32>> = vec![Vec::new(); self.order.len()];
        for (position, owner) in (0..).zip(&self.owners) {
            if let Some(commits) = commits.get_mut(*owner as usize) {
                commits.push(position);
            }
        }
        commits
    }

    /// Of other versions, those that none of these contains, and the rest with the positions of their commits.
    pub(super) fn standing(&self, others: &[Item]) -> (Vec<Key>, Vec<(u32, Key)>) {
        let is_claimed =
            |item: &&Item| self.owners.get(item.position as usize).is_some_and(|owner| *owner != NONE);
        let (claimed, free): (Vec<&Item>, Vec<&Item>) = others.iter().rev().partition(is_claimed);
        let claimed = claimed.into_iter().map(|item| (item.position, item.version.key));
        (free.into_iter().map(|item| item.version.key).collect(), claimed.collect())
    }

    /// The commits below which all history lies that the version at a place shares with earlier ones, without those
    /// that another one contains.
    pub(super) fn forks(&self, place: usize, graph: &Graph, seen: &mut Seen) -> Vec<u32> {
        let ends = self.ends.get(place).map(Vec::as_slice).unwrap_or_default();
        if ends.len() < 2 { ends.to_vec() } else { graph.independent(ends, seen) }
    }

    /// The highest version that is earlier than the one at a place.
    pub(super) fn highest_before(&self, place: usize) -> Option<Item> {
        self.earlier(place).next().copied()
    }

    /// The versions that are earlier than the one at a place, highest first.
    fn earlier(&self, place: usize) -> impl Iterator<Item = &Item> {
        let highest = self.highest_before.get(place).copied().flatten();
        let count = highest.map_or(0, |highest| highest as usize + 1);
        let places = self.by_key.iter().take(count).rev().filter(move |other| (**other as usize) < place);
        places.filter_map(|place| self.order.get(*place as usize))
    }

    /// The base of the version at a place whose only fork is `fork`.
    pub(super) fn base_at(&self, place: usize, fork: u32, graph: &Graph, seen: &mut Seen) -> Option<Item> {
        let at = |place: &u32| self.order.get(*place as usize);
        let start =
            self.by_position.partition_point(|place| at(place).is_some_and(|item| item.position < fork));
        let here = self
            .by_position
            .iter()
            .skip(start)
            .take_while(|place| at(place).is_some_and(|item| item.position == fork));
        let tagged = here
            .filter(|other| (**other as usize) < place)
            .filter_map(at)
            .max_by_key(|item| item.version.key);
        if tagged.is_some() {
            return tagged.copied();
        }
        seen.clear();
        self.earlier(place).find(|other| graph.reaches(other.position, fork, seen)).copied()
    }
}

/// The owners of the commits, and the commits at which each claim ends; `None` if a version contains a later one.
fn claim(graph: &Graph, order: &[Item]) -> Option<(Vec<u32>, Vec<Vec<u32>>)> {
    let mut owners = vec![NONE; graph.count() as usize];
    let mut ends = Vec::with_capacity(order.len());
    // The number of versions of each commit that have not claimed yet.
    let mut waiting = vec![0u32; owners.len()];
    for item in order {
        waiting.get_mut(item.position as usize).into_iter().for_each(|count| *count += 1);
    }
    let mut stack = Vec::new();
    for (place, item) in (0..).zip(order) {
        let mut own = Vec::new();
        stack.push(item.position);
        waiting.get_mut(item.position as usize).into_iter().for_each(|count| *count -= 1);
        while let Some(commit) = stack.pop() {
            let Some(owner) = owners.get_mut(commit as usize) else { continue };
            if commit != item.position && waiting.get(commit as usize).is_some_and(|count| *count > 0) {
                return None;
            }
            if *owner == NONE {
                *owner = place;
                stack.extend(graph.parents(commit));
            } else if *owner != place {
                own.push(commit);
            }
        }
        own.sort_unstable();
        own.dedup();
        ends.push(own);
    }
    Some((owners, ends))
}

/// The versions in their order: lowest first, but none before one that it contains.
fn ordered(graph: &Graph, versions: &[Item]) -> Vec<Item> {
    let mut at_position: Vec<(u32, u32)> =
        (0..).zip(versions).map(|(at, item)| (item.position, at)).collect();
    at_position.sort_unstable();
    let (mut open, children) = (graph.parent_counts(), graph.children());
    // The number of versions of each commit that are not placed.
    let mut unplaced = vec![0u32; open.len()];
    for (position, _) in &at_position {
        unplaced.get_mut(*position as usize).into_iter().for_each(|count| *count += 1);
    }
    let mut free: Vec<u32> =
        (0..).zip(&open).filter(|(_, count)| **count == 0).map(|(commit, _)| commit).collect();
    let mut next: BinaryHeap<Reverse<(Key, u32)>> = BinaryHeap::new();
    let mut order = Vec::with_capacity(versions.len());
    loop {
        while let Some(commit) = free.pop() {
            let start = at_position.partition_point(|(position, _)| *position < commit);
            let here = at_position.iter().skip(start).take_while(|(position, _)| *position == commit);
            let mut is_tagged = false;
            for (_, at) in here {
                is_tagged = true;
                next.extend(versions.get(*at as usize).map(|item| Reverse((item.version.key, *at))));
            }
            if !is_tagged {
                release_children(commit, &children, &mut open, &mut free);
            }
        }
        let Some(Reverse((_, at))) = next.pop() else { break };
        let Some(item) = versions.get(at as usize) else { continue };
        order.push(*item);
        let Some(count) = unplaced.get_mut(item.position as usize) else { continue };
        *count -= 1;
        if *count == 0 {
            release_children(item.position, &children, &mut open, &mut free);
        }
    }
    order
}

/// Frees the children of a commit of which all parents are placed.
fn release_children(commit: u32, children: &[Vec<u32>], open: &mut [u32], free: &mut Vec<u32>) {
    for child in children.get(commit as usize).into_iter().flatten() {
        if let Some(count) = open.get_mut(*child as usize) {
            *count -= 1;
            if *count == 0 {
                free.push(*child);
            }
        }
    }
}
