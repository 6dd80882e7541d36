//! Finds which merge commit introduced each commit of a window.
//!
//! The first-parent line of the newest commit is the main line. Its merges are visited oldest first: each introduces
//! the commits that are reachable from its other parents and were not introduced before, and the merges among those are
//! treated the same way. So a commit belongs to the innermost merge that introduced it: to the feature's pull request,
//! not to the promotion of `develop` to `staging`. Each commit is visited once.

use crate::model::{Commit, IdMap};

/// For each commit (newest first) the position of the innermost merge that introduced it; `None` for the main line.
#[must_use]
pub fn introducing_merges(commits: &[&Commit]) -> Vec<Option<u32>> {
    let index: IdMap<u32> = (0..).zip(commits).map(|(at, commit)| (commit.id, at)).collect();
    let mut owners: Vec<Option<Option<u32>>> = vec![None; commits.len()];
    let parents = |at: u32| {
        let commit = commits.get(at as usize);
        commit.into_iter().flat_map(|commit| commit.parents.iter()).map(|parent| index.get(parent).copied())
    };
    // A window may have several tips: the newest commit not yet visited starts another main line.
    for tip in (0..).take(commits.len()) {
        let mut stack = vec![(tip, None)];
        while let Some((tip, owner)) = stack.pop() {
            let mut line = Some(tip);
            // The oldest merge of the line is pushed last, and so popped first.
            while let Some(at) = line {
                match owners.get_mut(at as usize) {
                    Some(slot) if slot.is_none() => *slot = Some(owner),
                    _ => break,
                }
                let mut all = parents(at);
                line = all.next().flatten();
                let others: Vec<u32> = all.flatten().collect();
                stack.extend(others.into_iter().rev().map(|other| (other, Some(at))));
            }
        }
    }
    owners.into_iter().map(Option::flatten).collect()
}

/// Which merge introduced each commit, and which commits each merge introduced.
pub(super) struct Lineage {
    merges: Vec<Option<u32>>,
    members: Vec<Vec<u32>>,
}

impl Lineage {
    /// The lineage of the commits of a window, newest first.
    pub(super) fn new(commits: &[&Commit]) -> Self {
        let merges = introducing_merges(commits);
        let mut members = vec![Vec::new(); merges.len()];
        for (at, merge) in (0..).zip(&merges) {
            if let Some(list) = merge.and_then(|merge| members.get_mut(merge as usize)) {
                list.push(at);
            }
        }
        Self { merges, members }
    }

    /// The innermost merge that introduced a commit.
    pub(super) fn merge_of(&self, at: usize) -> Option<usize> {
        self.merges.get(at).copied().flatten().map(|merge| merge as usize)
    }

    /// The commits that a merge introduced, without those of merges inside it; newest first.
    pub(super) fn members(&self, merge: usize) -> impl Iterator<Item = usize> {
        self.members.get(merge).into_iter().flatten().map(|member| *member as usize)
    }

    /// For each commit the merge that introduced it, and the commits that it introduced.
    pub(super) fn into_parts(self) -> (Vec<Option<u32>>, Vec<Vec<u32>>) {
        (self.merges, self.members)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{ObjectId, Person, Time};

    /// `(commit, parents)`, newest first.
    fn owners(graph: &[(u8, &[u8])]) -> Vec<(u8, Option<u8>)> {
        let id = |number: u8| ObjectId::from_bytes([number; 20]);
        let commits: Vec<Commit> = graph
            .iter()
            .map(|(number, parents)| Commit {
                id: id(*number),
                tree: id(0),
                parents: parents.iter().map(|parent| id(*parent)).collect(),
                author: Arc::new(Person::default()),
                author_time: Time::default(),
                committer_time: Time::default(),
                message: Default::default(),
                undecodable: false,
                touches: Default::default(),
            })
            .collect();
        let name = |at: Option<u32>| at.map(|at| graph[at as usize].0);
        introducing_merges(&commits.iter().collect::<Vec<_>>())
            .into_iter()
            .zip(graph)
            .map(|(owner, (number, _))| (*number, name(owner)))
            .collect()
    }

    #[test]
    fn nested_merges_keep_each_commit_in_its_feature() {
        // 2, 3: a feature, merged by 4 into develop; 5 on develop; 6 merges develop into staging; 7 merges staging.
        let graph: [(u8, &[u8]); 7] =
            [(7, &[1, 6]), (6, &[1, 5]), (5, &[4]), (4, &[1, 3]), (3, &[2]), (2, &[1]), (1, &[])];
        let owner = owners(&graph);
        assert_eq!(
            owner,
            [(7, None), (6, Some(7)), (5, Some(6)), (4, Some(6)), (3, Some(4)), (2, Some(4)), (1, None)]
        );
    }

    #[test]
    fn back_merge_introduces_no_commit_of_the_main_line() {
        // 4 merges main (3) back into the feature (2); 5 merges the feature.
        let graph: [(u8, &[u8]); 5] = [(5, &[3, 4]), (4, &[2, 3]), (3, &[1]), (2, &[1]), (1, &[])];
        assert_eq!(owners(&graph), [(5, None), (4, Some(5)), (3, None), (2, Some(5)), (1, None)]);
    }

    #[test]
    fn octopus_merge_introduces_all_its_branches() {
        let graph: [(u8, &[u8]); 5] = [(5, &[1, 2, 3, 4]), (4, &[1]), (3, &[1]), (2, &[1]), (1, &[])];
        assert_eq!(owners(&graph), [(5, None), (4, Some(5)), (3, Some(5)), (2, Some(5)), (1, None)]);
    }
}
