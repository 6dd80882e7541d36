//! The order in which commits are shown.

use std::collections::BinaryHeap;

use crate::model::{Commit, IdMap, ObjectId};

/// The indices of the commits, newest first: no commit before one of its descendants, otherwise by the committer's date,
/// and by id where that is the same (`git log --date-order`).
#[must_use]
pub fn newest_first(commits: &[&Commit]) -> Vec<u32> {
    let index: IdMap<u32> = (0..).zip(commits).map(|(index, commit)| (commit.id, index)).collect();
    let mut children = vec![0u32; commits.len()];
    for parent in commits.iter().flat_map(|commit| &commit.parents) {
        if let Some(count) = index.get(parent).and_then(|at| children.get_mut(*at as usize)) {
            *count += 1;
        }
    }
    let key = |at: u32| commits.get(at as usize).map(|commit| (commit.committer_time.seconds, commit.id, at));
    let free = (0..).zip(&children).filter(|(_, count)| **count == 0).filter_map(|(at, _)| key(at));
    let mut heap: BinaryHeap<(i64, ObjectId, u32)> = free.collect();
    let mut order = Vec::with_capacity(commits.len());
    while let Some((_, _, at)) = heap.pop() {
        order.push(at);
        for parent in commits.get(at as usize).map(|commit| commit.parents.as_slice()).unwrap_or_default() {
            let Some(parent) = index.get(parent).copied() else { continue };
            if let Some(count) = children.get_mut(parent as usize) {
                *count -= 1;
                if *count == 0 {
                    heap.extend(key(parent));
                }
            }
        }
    }
    order
}

/// The items in an order that gives each index once.
#[must_use]
pub fn arranged<T>(items: Vec<T>, order: &[u32]) -> Vec<T> {
    let mut slots: Vec<Option<T>> = items.into_iter().map(Some).collect();
    order.iter().filter_map(|index| slots.get_mut(*index as usize).and_then(Option::take)).collect()
}
