//! Determines whether the authors of a version evidently wrote conventional commits.

use std::collections::{BinaryHeap, HashSet};

use crate::model::ObjectId;

/// How many commits show the habit.
const COMMITS: usize = 200;

/// At least this share of the commits must say a type, in percent.
const MIN_TYPED: usize = 75;

/// What the habit depends on, of one commit.
#[derive(Debug, Clone)]
pub(super) struct CommitHabit {
    /// Its parents.
    pub(super) parents: Vec<ObjectId>,
    /// The committer's time, in seconds since the epoch.
    pub(super) seconds: i64,
    /// Whether its subject says a type; `None` for a merge, whose subject git or a forge wrote.
    pub(super) says_type: Option<bool>,
}

/// Whether at least three quarters of the last 200 commits that `target` contains say a type, merges left out. Newer
/// ones come first; the result depends on `target` alone. A commit that `commit` cannot return ends its line.
pub(super) fn writes_types(
    target: ObjectId,
    mut commit: impl FnMut(ObjectId) -> Option<CommitHabit>,
) -> bool {
    let mut seen = HashSet::from([target]);
    let mut waiting: BinaryHeap<(i64, ObjectId)> = BinaryHeap::from([(i64::MAX, target)]);
    let (mut typed, mut plain) = (0, 0);
    while let Some((_, id)) = waiting.pop() {
        let Some(habit) = commit(id) else { continue };
        for parent in habit.parents {
            if seen.insert(parent)
                && let Some(older) = commit(parent)
            {
                waiting.push((older.seconds, parent));
            }
        }
        match habit.says_type {
            Some(true) => typed += 1,
            Some(false) => plain += 1,
            None => {}
        }
        if typed + plain == COMMITS || plain * 100 > COMMITS * (100 - MIN_TYPED) {
            break;
        }
    }
    typed > 0 && typed * 100 >= (typed + plain) * MIN_TYPED
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> ObjectId {
        format!("{number:040x}").parse().unwrap()
    }

    /// A line of commits, newest first, each with whether it says a type.
    fn judged(line: &[Option<bool>]) -> bool {
        writes_types(id(0), |commit| {
            let at = (0..line.len()).find(|at| id(*at) == commit)?;
            let parents = (at + 1 < line.len()).then(|| id(at + 1)).into_iter().collect();
            Some(CommitHabit { parents, seconds: -i64::try_from(at).unwrap(), says_type: line[at] })
        })
    }

    #[test]
    fn three_quarters_of_the_last_commits_decide() {
        let (typed, plain, merge) = (Some(true), Some(false), None);
        assert!(judged(&[typed, plain, typed, typed]));
        assert!(!judged(&[typed, plain, typed]));
        assert!(judged(&[typed, merge, merge, merge]), "merges do not count");
        assert!(!judged(&[merge]), "no commit says a type");
        assert!(!judged(&[]));
        let old = |newest: Option<bool>| [vec![newest; 200], vec![plain; 500]].concat();
        assert!(judged(&old(typed)), "only the last 200 count");
        let changed = [vec![plain; 51], vec![typed; 500]].concat();
        assert!(!judged(&changed), "more than a quarter of the last 200 have no type");
    }
}
