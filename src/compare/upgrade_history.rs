//! The commits of all versions, read once for the comparisons of all lines.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use crate::{
    changes::{RevertPairs, revert_pairs},
    error::Error,
    history::{self, Graph, Membership},
    messages::{self, Message},
    model::{Commit, ObjectId, Release},
    session::Session,
};

/// The commits that some releases contain, newest first.
pub struct UpgradeHistory {
    #[expect(clippy::vec_box, reason = "commits are ordered without moving them")]
    commits: Vec<Box<Commit>>,
    messages: Vec<Message>,
    graph: Graph,
    /// The reverts in the history of a version, by its commit: packages are often released together.
    reverts: RefCell<HashMap<ObjectId, Rc<Reverts>>>,
}

/// The reverts in the history of one version, by position.
#[derive(Default)]
pub(super) struct Reverts {
    /// For each position, whether the commit is cancelled: reverted, or a revert and nothing else.
    cancelled: Vec<bool>,
    /// The reverts among them, each with what it reverts.
    targets: HashMap<u32, Vec<u32>>,
}

impl Reverts {
    pub(super) fn is_cancelled(&self, at: u32) -> bool {
        self.cancelled.get(at as usize) == Some(&true)
    }

    /// What a cancelled commit reverts; empty if it is no revert.
    pub(super) fn targets(&self, at: u32) -> &[u32] {
        self.targets.get(&at).map_or(&[], Vec::as_slice)
    }
}

impl UpgradeHistory {
    /// Reads the commits that the releases contain.
    ///
    /// # Errors
    /// If a commit is missing or damaged.
    pub fn read(session: &Session, releases: &[&Release]) -> Result<Self, Error> {
        let versions = releases.iter().filter(|release| release.version.is_some());
        let tips: Vec<ObjectId> = versions.map(|release| release.commit).collect();
        let options = &session.settings.options.messages;
        let parse = |commit: &Commit| messages::parse_commit(commit, options);
        let walk = session.repository.walk(&tips, &parse, &|_| {})?;
        let graph = Graph::from_edges(&walk.commits, walk.edges);
        let order = graph.newest_first(&walk.commits);
        let graph = graph.reordered(&order);
        let mut commits = history::reorder(walk.commits, &order);
        // The messages are parsed.
        commits.iter_mut().for_each(|commit| commit.message = Box::default());
        Ok(Self {
            commits,
            messages: history::reorder(walk.results, &order),
            graph,
            reverts: RefCell::default(),
        })
    }

    /// The time of a commit, in seconds since 1970.
    #[must_use]
    pub fn seconds(&self, id: ObjectId) -> Option<i64> {
        let at = self.position(id)? as usize;
        self.commits.get(at).map(|commit| commit.committer_time.seconds)
    }

    pub(super) fn position(&self, id: ObjectId) -> Option<u32> {
        self.graph.position(id)
    }

    pub(super) fn is_merge(&self, at: u32) -> bool {
        self.commits.get(at as usize).is_some_and(|commit| commit.is_merge())
    }

    /// Which of the commits contain the others.
    pub(super) fn membership(&self, tips: &[ObjectId], wanted: &[u32]) -> Membership {
        let tips: Vec<Option<u32>> = tips.iter().map(|tip| self.position(*tip)).collect();
        Membership::new(&self.graph, &tips, wanted)
    }

    /// The reverts in the history of a commit.
    pub(super) fn reverts(&self, of: ObjectId) -> Rc<Reverts> {
        if let Some(found) = self.reverts.borrow().get(&of) {
            return Rc::clone(found);
        }
        let all: Vec<u32> = (0..self.graph.count()).collect();
        let contained = self.membership(&[of], &all);
        let own: Vec<u32> = all.into_iter().filter(|at| contained.contains(0, *at as usize)).collect();
        let commits: Vec<&Commit> =
            own.iter().filter_map(|at| Some(&**self.commits.get(*at as usize)?)).collect();
        let messages: Vec<&Message> = own.iter().filter_map(|at| self.messages.get(*at as usize)).collect();
        let pairs = revert_pairs(&commits, &messages);
        let found = Rc::new(self.numbered(&own, &pairs));
        self.reverts.borrow_mut().insert(of, Rc::clone(&found));
        found
    }

    /// The reverts of a part of the history, by their positions in the whole.
    fn numbered(&self, own: &[u32], pairs: &RevertPairs) -> Reverts {
        let mut reverts = Reverts { cancelled: vec![false; self.commits.len()], ..Reverts::default() };
        for (at, _) in own.iter().zip(&pairs.cancelled).filter(|(_, is_cancelled)| **is_cancelled) {
            reverts.cancelled.get_mut(*at as usize).into_iter().for_each(|slot| *slot = true);
        }
        let number = |at: &usize| own.get(*at).copied();
        for (revert, targets) in &pairs.pairs {
            let targets = targets.iter().filter_map(number).collect();
            number(revert)
                .into_iter()
                .for_each(|revert| drop(reverts.targets.insert(revert, Vec::clone(&targets))));
        }
        reverts
    }
}
