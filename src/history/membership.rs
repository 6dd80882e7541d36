//! Determines which of several tips contain each of some commits.

use super::graph::Graph;

/// How many tips are handled at a time.
const BLOCK: usize = 64;

/// For each of some commits, the tips that contain it.
pub struct Membership {
    /// For each block of tips, one bit for each tip, by the number of the commit.
    blocks: Vec<Vec<u64>>,
}

impl Membership {
    /// Finds the tips that contain each of `wanted`, by the positions in a graph that is ordered newest first. A tip of
    /// `None` contains nothing.
    ///
    /// Visits each commit once for 64 tips.
    #[must_use]
    pub fn new(graph: &Graph, tips: &[Option<u32>], wanted: &[u32]) -> Self {
        let blocks = tips.chunks(BLOCK).map(|tips| {
            let mut bits = vec![0_u64; graph.count() as usize];
            for (tip, commit) in tips.iter().enumerate() {
                let slot = commit.and_then(|commit| bits.get_mut(commit as usize));
                slot.into_iter().for_each(|slot| *slot |= 1 << tip);
            }
            for commit in 0..graph.count() {
                let own = bits.get(commit as usize).copied().unwrap_or_default();
                for parent in graph.parents(commit) {
                    bits.get_mut(*parent as usize).into_iter().for_each(|slot| *slot |= own);
                }
            }
            wanted.iter().map(|commit| bits.get(*commit as usize).copied().unwrap_or_default()).collect()
        });
        Self { blocks: blocks.collect() }
    }

    /// Whether a tip contains a commit; both are positions in the lists that were given.
    #[must_use]
    pub fn contains(&self, tip: usize, wanted: usize) -> bool {
        let bits = self.blocks.get(tip / BLOCK).and_then(|block| block.get(wanted));
        bits.is_some_and(|bits| bits & (1 << (tip % BLOCK)) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Commit, ObjectId};

    fn commit(number: u8, parents: &[u8]) -> Commit {
        let id = |number: u8| ObjectId::from_bytes([number; 20]);
        Commit {
            id: id(number),
            tree: id(0),
            parents: parents.iter().map(|parent| id(*parent)).collect(),
            author: Default::default(),
            author_time: Default::default(),
            committer_time: Default::default(),
            message: Default::default(),
            undecodable: false,
            touches: Default::default(),
        }
    }

    #[test]
    fn tips_contain_their_ancestors_across_blocks() {
        // 5 merges 3 and 4, which both follow 2; 1 is the root.
        let commits = [commit(5, &[3, 4]), commit(4, &[2]), commit(3, &[2]), commit(2, &[1]), commit(1, &[])];
        let graph = Graph::new(&commits);
        // Position 2 is commit 3, position 1 is commit 4.
        let mut tips = vec![Some(2); 70];
        tips.extend([Some(1), Some(0), None]);
        let found = Membership::new(&graph, &tips, &[0, 1, 2, 3, 4]);
        let of = |tip: usize| (0..5).map(|commit| found.contains(tip, commit)).collect::<Vec<_>>();
        assert_eq!(of(0), [false, false, true, true, true]);
        assert_eq!(of(69), of(0));
        assert_eq!(of(70), [false, true, false, true, true]);
        assert_eq!((of(71), of(72)), (vec![true; 5], vec![false; 5]));
    }
}
