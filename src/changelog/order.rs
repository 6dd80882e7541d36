//! Finds the index of a new version among others, in either direction.

use std::cmp::Ordering;

use crate::model::Version;

/// The order of the versions in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    NewestFirst,
    OldestFirst,
}

impl Direction {
    /// The order of most pairs of neighbours; newest first in a tie. `None` is "unreleased", higher than all versions.
    pub(super) fn of(versions: &[Option<&Version>]) -> Self {
        let (mut up, mut down) = (0, 0);
        for (a, b) in versions.iter().zip(versions.iter().skip(1)) {
            match rank(*a, *b) {
                Ordering::Less => up += 1,
                Ordering::Greater => down += 1,
                Ordering::Equal => {}
            }
        }
        if up > down { Self::OldestFirst } else { Self::NewestFirst }
    }
}

fn rank(a: Option<&Version>, b: Option<&Version>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.cmp(b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

/// The index to insert `new` at, so that as few of the others as possible are on the wrong side of it.
///
/// In a sorted file that index is unique. In an unsorted one (releases by date) the index closest to the newest wins.
pub(super) fn insertion_index(new: &Version, others: &[&Version], direction: Direction) -> usize {
    let belongs_before = |other: &Version| match direction {
        Direction::NewestFirst => other > new,
        Direction::OldestFirst => other < new,
    };
    // The cost is relative to index 0. Each step right moves one version before `new`: correctly or wrongly.
    let (mut best, mut best_cost, mut cost) = (0, 0_i64, 0_i64);
    for (index, other) in others.iter().enumerate() {
        cost += if belongs_before(other) { -1 } else { 1 };
        if cost < best_cost || (cost == best_cost && direction == Direction::OldestFirst) {
            (best, best_cost) = (index + 1, cost);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(new: u64, others: &[u64], direction: Direction) -> usize {
        let others: Vec<_> = others.iter().map(|n| Version::new(*n, 0, 0)).collect();
        insertion_index(&Version::new(new, 0, 0), &others.iter().collect::<Vec<_>>(), direction)
    }

    #[test]
    fn versions_are_inserted_in_version_order() {
        assert_eq!(index(5, &[9, 7, 3, 1], Direction::NewestFirst), 2);
        assert_eq!(index(10, &[9, 7, 3, 1], Direction::NewestFirst), 0);
        assert_eq!(index(0, &[9, 7, 3, 1], Direction::NewestFirst), 4);
        assert_eq!(index(5, &[1, 3, 7, 9], Direction::OldestFirst), 2);
        assert_eq!(index(10, &[1, 3, 7, 9], Direction::OldestFirst), 4);
        assert_eq!(index(0, &[1, 3, 7, 9], Direction::OldestFirst), 0);
        assert_eq!(index(10, &[3, 9, 7], Direction::NewestFirst), 0, "by date: the backport 3 came last");
        assert_eq!(index(4, &[], Direction::NewestFirst), 0);
    }

    #[test]
    fn direction_is_that_of_most_neighbours() {
        let of = |versions: &[u64]| {
            let versions: Vec<_> = versions.iter().map(|n| Version::new(*n, 0, 0)).collect();
            Direction::of(&versions.iter().map(Some).collect::<Vec<_>>())
        };
        assert_eq!(of(&[]), Direction::NewestFirst);
        assert_eq!(of(&[1]), Direction::NewestFirst);
        assert_eq!(of(&[3, 9, 7, 5]), Direction::NewestFirst);
        assert_eq!(of(&[1, 2, 3]), Direction::OldestFirst);
        assert_eq!(Direction::of(&[Some(&Version::new(1, 0, 0)), None]), Direction::OldestFirst);
    }
}
