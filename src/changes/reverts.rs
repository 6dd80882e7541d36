//! Cancels reverts against the commits that they revert inside a window.
//!
//! Neither a revert nor its targets are changes then. Reverts are handled newest first, so that a revert that was
//! itself reverted has no effect. A revert can only cancel its ancestors. A revert of something that an earlier version
//! released is a change like any other, and so is a commit that reverts and does more.

use crate::model::ObjectId;

use super::{
    lineage::Lineage, lookups::Lookups, revert_targets::TargetSearch, window_commits::WindowCommits,
};

/// The effect of reverts on the commits of a window, by position.
pub(super) struct Reverts {
    /// The reason why a commit is not a change: it was reverted, or is a revert and nothing else.
    cancelled: Vec<Option<String>>,
    /// Whether a commit reverts something that is not in the window.
    of_released: Vec<bool>,
    /// The commits that are reverts and nothing else, each with what it reverts; all of them are cancelled.
    pairs: Vec<(usize, Vec<usize>)>,
}

/// Finds the reverts of a window and the commits that they cancel.
pub(super) fn find(window: WindowCommits<'_>, lineage: &Lineage, lookups: Lookups<'_>) -> Reverts {
    let mut reverts = Reverts {
        cancelled: vec![None; window.len()],
        of_released: vec![false; window.len()],
        pairs: Vec::new(),
    };
    if window.messages().iter().all(|message| message.reverts.is_empty()) {
        return reverts;
    }
    let mut search = TargetSearch::new(window, lookups);
    for (at, (commit, message)) in window.iter().enumerate() {
        if message.reverts.is_empty() || reverts.is_cancelled(at) {
            continue;
        }
        let targets = search.targets(at, message, &|at| reverts.is_cancelled(at));
        for target in &targets.positions {
            reverts.cancel(*target, &format!("reverted by {}", commit.id.short()));
            reverts.cancel_members(*target, commit.id, lineage);
        }
        if !message.only_reverts {
            continue;
        }
        if targets.positions.is_empty() || targets.has_missing {
            reverts.mark_released(at);
        } else {
            let ids: Vec<String> = targets
                .positions
                .iter()
                .filter_map(|target| window.commit(*target))
                .map(|target| target.id.short())
                .collect();
            reverts
                .cancel(at, &format!("reverts {} in the same version, so neither is listed", ids.join(", ")));
            reverts.pairs.push((at, targets.positions));
        }
    }
    reverts
}

impl Reverts {
    /// The cancelled commits, each with the reason.
    pub(super) fn reasons(&self) -> impl Iterator<Item = (usize, &str)> {
        self.cancelled.iter().enumerate().filter_map(|(at, reason)| Some((at, reason.as_deref()?)))
    }

    /// The reverts that were cancelled with what they revert, newest first.
    pub(super) fn into_pairs(self) -> Vec<(usize, Vec<usize>)> {
        self.pairs
    }

    /// Whether a commit reverts something that an earlier version released.
    pub(super) fn is_of_released(&self, at: usize) -> bool {
        self.of_released.get(at) == Some(&true)
    }

    fn is_cancelled(&self, at: usize) -> bool {
        self.cancelled.get(at).is_some_and(Option::is_some)
    }

    /// Cancels a commit; returns false if it was cancelled before.
    fn cancel(&mut self, at: usize, reason: &str) -> bool {
        match self.cancelled.get_mut(at) {
            Some(slot) if slot.is_none() => {
                *slot = Some(reason.to_owned());
                true
            }
            _ => false,
        }
    }

    fn mark_released(&mut self, at: usize) {
        if let Some(slot) = self.of_released.get_mut(at) {
            *slot = true;
        }
    }

    /// Cancels all commits that a reverted merge introduced. Members of commits that were cancelled before are
    /// cancelled already.
    fn cancel_members(&mut self, merge: usize, by: ObjectId, lineage: &Lineage) {
        let mut stack = vec![merge];
        while let Some(merge) = stack.pop() {
            for member in lineage.members(merge) {
                let reason = || format!("reverted by {}, with the merge that introduced it", by.short());
                if !self.is_cancelled(member) && self.cancel(member, &reason()) {
                    stack.push(member);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Instant};

    use super::*;
    use crate::messages;
    use crate::model::{Commit, Person, Time};

    /// `(number, parents, message)`; the commit ID repeats the number.
    fn commit(number: u32, parents: &[u32], message: &str) -> Commit {
        Commit {
            id: id(number),
            tree: id(0),
            parents: parents.iter().map(|parent| id(*parent)).collect(),
            author: Arc::new(Person { name: "A".into(), email: "a@x".into() }),
            author_time: Time { seconds: i64::from(number), offset: 0 },
            committer_time: Time::default(),
            message: message.into(),
            undecodable: false,
            touches: Default::default(),
        }
    }

    fn id(number: u32) -> ObjectId {
        let mut bytes = [0; 20];
        for chunk in bytes.chunks_exact_mut(4) {
            chunk.copy_from_slice(&number.to_le_bytes());
        }
        ObjectId::from_bytes(bytes)
    }

    fn reverts(commit: u32) -> String {
        format!("Revert \"x\"\n\nThis reverts commit {}.", id(commit))
    }

    fn found(commits: &[Commit], commit: &dyn Fn(&str) -> Option<Commit>) -> Reverts {
        let options = messages::Options::default();
        let messages: Vec<_> =
            commits.iter().map(|it| messages::parse(&it.message, it.is_merge(), &options)).collect();
        let (commits, messages): (Vec<_>, Vec<_>) = (commits.iter().collect(), messages.iter().collect());
        let lookups = Lookups { commit, ..Lookups::none() };
        find(WindowCommits::new(&commits, &messages), &Lineage::new(&commits), lookups)
    }

    /// The numbers of the cancelled commits, oldest first.
    fn cancelled(commits: &[Commit]) -> Vec<u32> {
        let found = found(commits, &|_| None).cancelled;
        let number = |it: &Commit| u32::from_le_bytes(it.id.as_bytes()[..4].try_into().unwrap());
        commits.iter().zip(found).filter(|(_, why)| why.is_some()).map(|(it, _)| number(it)).rev().collect()
    }

    #[test]
    fn revert_only_cancels_an_ancestor() {
        // 2 and 3 are on two branches that 4 merges; 3 reverts a commit that is not its ancestor.
        let merge = "Merge branch 'b'";
        for text in ["Revert \"feat: x\"".to_owned(), reverts(2), "Undo\n\nReverts #7".to_owned()] {
            let side = [commit(4, &[3, 2], merge), commit(3, &[1], &text), commit(2, &[1], "feat: x (#7)")];
            assert!(cancelled(&side).is_empty(), "{text}");
            let straight = [commit(3, &[2], &text), commit(2, &[1], "feat: x (#7)")];
            assert!(cancelled(&straight).contains(&2), "{text}");
        }
        let older = [commit(3, &[2], "feat: x"), commit(2, &[1], "Revert \"feat: x\"")];
        assert!(cancelled(&older).is_empty());
    }

    #[test]
    fn id_of_a_commit_outside_the_window_does_not_match_by_subject() {
        let window = [commit(9, &[8], &reverts(5)), commit(8, &[7], "x")];
        assert_eq!(cancelled(&window), [8, 9], "a squash has changed the ID");
        let released = commit(5, &[4], "x");
        let known = found(&window, &|name| (name == released.id.to_string()).then(|| released.clone()));
        assert_eq!(known.cancelled, [None, None]);
        assert_eq!(known.of_released, [true, false]);
        // A cherry-pick of the commit has its author and date.
        let original = Commit { author_time: Time { seconds: 8, offset: 0 }, ..released };
        let picked = found(&window, &|_| Some(original.clone()));
        assert!(picked.cancelled.iter().all(Option::is_some));
    }

    #[test]
    fn ambiguous_abbreviated_id_is_resolved_by_subject() {
        let twin = |last: u8| {
            let mut bytes = *id(2).as_bytes();
            bytes[19] = last;
            ObjectId::from_bytes(bytes)
        };
        let window = |text: &str| {
            let (mut one, mut two) = (commit(2, &[], "x"), commit(2, &[], "y"));
            (one.id, two.id) = (twin(1), twin(2));
            one.parents = [two.id].into();
            two.parents.clear();
            let mut revert = commit(9, &[], &format!("{text}\n\nThis reverts commit 02000000."));
            revert.parents = [one.id].into();
            found(&[revert, one, two], &|_| None).cancelled.iter().map(Option::is_some).collect::<Vec<_>>()
        };
        assert_eq!(window("Revert \"y\""), [true, false, true]);
        assert_eq!(window("Revert it"), [false, false, false]);
    }

    #[test]
    fn commit_that_reverts_and_does_more_stays_a_change() {
        let text = format!("Count again\n\nFor speed.\n\nThis reverts commit {}.", id(2));
        assert_eq!(cancelled(&[commit(3, &[2], &text), commit(2, &[1], "x")]), [2]);
    }

    #[test]
    fn reverts_of_reverts_and_relands_cancel_each_other() {
        let chain = |count: u32| -> Vec<Commit> {
            let text = |at: u32| if at == 1 { "x".to_owned() } else { reverts(at - 1) };
            (1..=count).rev().map(|at| commit(at, &[at - 1], &text(at))).collect()
        };
        assert_eq!(cancelled(&chain(3)), [2, 3], "the revert was reverted");
        assert_eq!(cancelled(&chain(4)), [1, 2, 3, 4]);
        let reland =
            [commit(3, &[2], "Reland \"x\" (#3)"), commit(2, &[1], "Revert \"x\""), commit(1, &[], "x")];
        assert_eq!(cancelled(&reland), [2, 3]);
        // Reverted twice is still reverted.
        let twice = [commit(3, &[2], &reverts(1)), commit(2, &[1], &reverts(1)), commit(1, &[], "x")];
        assert_eq!(cancelled(&twice), [1, 2, 3]);
    }

    /// In quadratic time, each case would take minutes in a debug build.
    #[test]
    fn fifty_thousand_reverts_take_linear_time() {
        const MANY: u32 = 50_000;
        let line = |text: &dyn Fn(u32) -> String| -> Vec<Commit> {
            (1..=MANY).rev().map(|at| commit(at, &[at - 1], &text(at))).collect()
        };
        let start = Instant::now();
        let same = line(&|at| if at == 1 { "x".to_owned() } else { reverts(1) });
        assert_eq!(cancelled(&same).len(), MANY as usize);
        let subjects = line(&|at| (if at * 2 > MANY { "Revert \"x\"" } else { "x" }).to_owned());
        assert_eq!(cancelled(&subjects).len(), MANY as usize);
        let chain = line(&|at| if at == 1 { "x".to_owned() } else { reverts(at - 1) });
        assert_eq!(cancelled(&chain).len(), MANY as usize);
        let mut all = line(&|_| "x".to_owned());
        let sentences: String = (1..MANY).map(|at| format!("This reverts commit {}.\n", id(at))).collect();
        all[0].message = format!("Revert all\n\n{sentences}").into();
        assert_eq!(cancelled(&all).len(), MANY as usize);
        // About 40 s in a debug build on one loaded core; quadratic time would be many minutes.
        assert!(start.elapsed().as_secs() < 240, "{:?}", start.elapsed());
    }
}
