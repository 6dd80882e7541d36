//! Reachability in the graph of the whole history, in the order of its positions: no commit is before its descendants.

use crate::model::{IdSet, ObjectId};

use super::{Graph, graph::Seen};

/// Reachability queries on a graph that is newest first.
pub(super) struct Sweep<'g> {
    graph: &'g Graph,
    /// The IDs of its commits.
    ids: &'g [ObjectId],
    wanted: Seen,
    unwanted: Seen,
}

impl<'g> Sweep<'g> {
    pub(super) fn new(graph: &'g Graph, ids: &'g [ObjectId]) -> Self {
        Self { graph, ids, wanted: graph.seen(), unwanted: graph.seen() }
    }

    /// As [`super::Ancestry::range`].
    pub(super) fn range(&mut self, wanted: &[ObjectId], unwanted: &[ObjectId]) -> Vec<ObjectId> {
        self.wanted.clear();
        self.unwanted.clear();
        let (wanted, unwanted) = (self.positions(wanted), self.positions(unwanted));
        let Some(first) = wanted.iter().chain(&unwanted).min().copied() else { return Vec::new() };
        unwanted.into_iter().for_each(|at| {
            self.unwanted.insert(at);
        });
        let mut waiting = wanted.into_iter().filter(|at| self.wanted.insert(*at)).count();
        let mut range = Vec::new();
        for at in first..self.graph.count() {
            if waiting == 0 {
                break;
            }
            let is_wanted = self.wanted.contains(at);
            waiting -= usize::from(is_wanted);
            if self.unwanted.contains(at) {
                for parent in self.graph.parents(at) {
                    self.unwanted.insert(*parent);
                }
            } else if is_wanted {
                range.extend(self.ids.get(at as usize));
                let parents = self.graph.parents(at).iter();
                waiting += parents.filter(|parent| self.wanted.insert(**parent)).count();
            }
        }
        range
    }

    /// As [`super::Ancestry::containing`].
    pub(super) fn containing(&mut self, tips: &[ObjectId], targets: &IdSet) -> Vec<bool> {
        self.wanted.clear();
        let targets: Vec<ObjectId> = targets.iter().copied().collect();
        let (tips, targets) = (tips.iter().map(|tip| self.graph.position(*tip)), self.positions(&targets));
        let tips: Vec<Option<u32>> = tips.collect();
        let (newest, oldest) = (tips.iter().flatten().min().copied(), targets.iter().max().copied());
        targets.into_iter().for_each(|at| {
            self.wanted.insert(at);
        });
        if let (Some(newest), Some(oldest)) = (newest, oldest) {
            for at in (newest..=oldest).rev() {
                if self.graph.parents(at).iter().any(|parent| self.wanted.contains(*parent)) {
                    self.wanted.insert(at);
                }
            }
        }
        tips.into_iter().map(|tip| tip.is_some_and(|tip| self.wanted.contains(tip))).collect()
    }

    /// As [`super::Ancestry::independent`].
    pub(super) fn independent(&mut self, commits: &[ObjectId]) -> Vec<ObjectId> {
        let mut positions = self.positions(commits);
        positions.sort_unstable();
        positions.dedup();
        let independent = self.graph.independent(&positions, &mut self.wanted);
        independent.into_iter().filter_map(|at| self.ids.get(at as usize).copied()).collect()
    }

    /// As [`super::Ancestry::newest_first`].
    pub(super) fn newest_first(&self, commits: &[ObjectId]) -> Vec<ObjectId> {
        let mut positions = self.positions(commits);
        positions.sort_unstable();
        positions.into_iter().filter_map(|at| self.ids.get(at as usize).copied()).collect()
    }

    /// The parents of a commit.
    pub(super) fn parents(&self, commit: ObjectId) -> impl Iterator<Item = ObjectId> {
        let at = self.graph.position(commit);
        let parents = at.map(|at| self.graph.parents(at)).unwrap_or_default();
        parents.iter().filter_map(|parent| self.ids.get(*parent as usize).copied())
    }

    /// The position of a commit.
    pub(super) fn position(&self, commit: ObjectId) -> Option<u32> {
        self.graph.position(commit)
    }

    fn positions(&self, commits: &[ObjectId]) -> Vec<u32> {
        commits.iter().filter_map(|id| self.graph.position(*id)).collect()
    }
}
