//! Finds the leader of each merged pull request: the commit to which the other commits of the pull request belong.
//!
//! A merge leads the commits that it introduced. Of a pull request that was merged by rebasing, the newest commit leads
//! the others.

use std::collections::BTreeMap;

use super::{lineage::Lineage, outcomes::Outcomes, window_commits::WindowCommits};

/// The leader of each commit of a window, and the members that each leader leads.
pub(super) struct Leaders {
    leaders: Vec<Option<u32>>,
    members: Vec<Vec<u32>>,
}

impl Leaders {
    /// Takes the merges of the lineage, and the newest commit of each rebased pull request. Of rebased commits, those
    /// that already have an outcome are ignored.
    pub(super) fn new(lineage: Lineage, window: WindowCommits<'_>, outcomes: &Outcomes) -> Self {
        let rebased = rebased(&lineage, window, outcomes);
        let (mut leaders, mut members) = lineage.into_parts();
        for (first, others) in rebased.values().filter_map(|commits| commits.split_first()) {
            let leader = u32::try_from(*first).ok();
            for other in others {
                if let (Some(slot), Some(members), Ok(member)) =
                    (leaders.get_mut(*other), members.get_mut(*first), u32::try_from(*other))
                {
                    *slot = leader;
                    members.push(member);
                }
            }
        }
        Self { leaders, members }
    }

    /// The leader of a commit.
    pub(super) fn leader_of(&self, at: usize) -> Option<usize> {
        self.leaders.get(at).copied().flatten().map(|leader| leader as usize)
    }

    /// The commits that a commit leads, newest first.
    pub(super) fn members(&self, leader: usize) -> impl Iterator<Item = usize> {
        self.members.get(leader).into_iter().flatten().map(|member| *member as usize)
    }
}

/// The commits of each rebased pull request, newest first, by its number and the merge that introduced them.
fn rebased(
    lineage: &Lineage,
    window: WindowCommits<'_>,
    outcomes: &Outcomes,
) -> BTreeMap<(u64, Option<usize>), Vec<usize>> {
    let mut rebased: BTreeMap<(u64, Option<usize>), Vec<usize>> = BTreeMap::new();
    for at in 0..window.len() {
        let mention = window.pull_request(at).filter(|mention| {
            mention.details.as_ref().is_some_and(|details| details.only_from_forge)
                && !window.is_merge(at)
                && !outcomes.is_unlisted(at)
        });
        if let Some(mention) = mention {
            rebased.entry((mention.number, lineage.merge_of(at))).or_default().push(at);
        }
    }
    rebased
}
