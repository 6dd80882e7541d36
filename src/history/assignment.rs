//! Computes the windows of all versions with one traversal of the graph, in O(commits + tags).
//!
//! A commit belongs to the lowest version that contains it. Versions are processed from the lowest up: each claims the
//! reachable commits that no version has claimed. With [`Prereleases::Collapse`] a final version is processed before
//! its pre-releases and claims their commits; a pre-release keeps a window only if it has commits that its final
//! version does not contain.

use crate::model::{IdMap, ObjectId, Version};

use super::{
    Graph, Point, Prereleases, VersionTag, Versions, Window,
    base::{BaseOf, CandidateStatus, candidate_status},
};

/// The targets to compute windows for.
#[derive(Debug, Clone, Copy)]
pub struct Assignment<'a> {
    /// The versions of the repository.
    pub versions: &'a Versions,
    /// The newest unreleased commit; `None` for no window of unreleased changes.
    pub head: Option<ObjectId>,
    /// The version to give to unreleased changes.
    pub unreleased_version: Option<&'a Version>,
    /// How pre-releases are handled.
    pub prereleases: Prereleases,
}

const NONE: u32 = u32::MAX;

/// Sets the owner of all commits that are reachable from `tip` and have no owner.
fn claim_reachable(graph: &Graph, tip: u32, owner: u32, owners: &mut [u32]) {
    let mut stack = vec![tip];
    while let Some(commit) = stack.pop() {
        match owners.get_mut(commit as usize) {
            Some(current) if *current == NONE => *current = owner,
            _ => continue,
        }
        stack.extend(graph.parents(commit));
    }
}

/// The windows of all versions and of unreleased changes, newest version first. `graph` has all commits reachable from
/// them, newest first (see [`Graph::newest_first`]); each is in exactly one window. A version without commits has an
/// empty window, unless it is a pre-release that collapses.
#[must_use]
pub fn assign(graph: &Graph, wanted: Assignment<'_>) -> Vec<Window> {
    let mut targets = targets(wanted);
    let mut owners = vec![NONE; graph.count() as usize];
    for (owner, target) in (0..).zip(&targets) {
        if let Some(tip) = graph.position(target.commit) {
            claim_reachable(graph, tip, owner, &mut owners);
        }
    }
    let bases = BaseRanks::new(wanted.versions, graph);
    let target_bases: Vec<Option<(usize, bool)>> =
        targets.iter().map(|target| bases.base_of(target, graph)).collect();
    let mut commits_by_target: Vec<Vec<u32>> = targets.iter().map(|_| Vec::new()).collect();
    for (commit, owner) in (0..).zip(owners) {
        if let Some(commits) = commits_by_target.get_mut(owner as usize) {
            commits.push(commit);
        }
    }
    let mut windows: Vec<(Target, Window)> = Vec::with_capacity(targets.len());
    for ((target, base), commits) in targets.drain(..).zip(target_bases).zip(commits_by_target) {
        windows.push((target, target.window(base, commits, wanted)));
    }
    collapse(windows, wanted)
}

/// The end of a window.
#[derive(Debug, Clone, Copy)]
struct Target {
    /// Index of its version; `None` for unreleased changes.
    version: Option<usize>,
    commit: ObjectId,
}

/// The targets, in the order in which they claim commits.
fn targets(wanted: Assignment<'_>) -> Vec<Target> {
    let versions = &wanted.versions.all;
    let mut order: Vec<usize> = (0..versions.len()).collect();
    if wanted.prereleases == Prereleases::Collapse {
        // Sort by numbers, then the final version before its pre-releases, those in ascending order.
        let compare = |a: &Version, b: &Version| {
            if a.same_core(b) {
                a.is_prerelease().cmp(&b.is_prerelease()).then_with(|| a.cmp(b))
            } else {
                a.cmp(b)
            }
        };
        order.sort_by(|a, b| match (versions.get(*a), versions.get(*b)) {
            (Some(a), Some(b)) => compare(&a.version, &b.version),
            _ => a.cmp(b),
        });
    }
    let target = |index: usize| {
        versions.get(index).map(|entry| Target { version: Some(index), commit: entry.tag.commit })
    };
    let mut targets: Vec<Target> = order.into_iter().filter_map(target).collect();
    if let Some(head) = wanted.head {
        let unreleased = Target { version: None, commit: head };
        // If unreleased changes have a version, it claims the commits of its own pre-releases; otherwise it comes last.
        let before = wanted
            .unreleased_version
            .filter(|_| wanted.prereleases == Prereleases::Collapse)
            .and_then(|named| {
                let own = |target: &Target| {
                    target.version.and_then(|index| versions.get(index)).is_some_and(|entry| {
                        entry.version.is_prerelease()
                            && entry.version.same_core(named)
                            && !named.is_prerelease()
                    })
                };
                targets.iter().position(own)
            });
        targets.insert(before.unwrap_or(targets.len()), unreleased);
    }
    targets
}

impl Target {
    fn window(self, base: Option<(usize, bool)>, commits: Vec<u32>, wanted: Assignment<'_>) -> Window {
        let point = |index: usize| {
            wanted.versions.get(index).map(|entry| Point {
                commit: entry.tag.commit,
                version: Some(entry.version.clone()),
                tag: Some(entry.tag.clone()),
            })
        };
        let unreleased =
            Point { commit: self.commit, version: wanted.unreleased_version.cloned(), tag: None };
        let entry = self.version.and_then(|index| wanted.versions.get(index));
        Window {
            target: self.version.and_then(point).unwrap_or(unreleased),
            base: base.and_then(|(base, _)| point(base)),
            rollback: false,
            diverged: base.is_some_and(|(_, diverged)| diverged),
            environments: entry
                .map(|entry| entry.environments.iter().map(|(index, _)| *index).collect())
                .unwrap_or_default(),
            prereleases: Vec::new(),
            commits,
        }
    }
}

/// Sorts newest version first, and merges pre-releases without commits into their final version.
fn collapse(mut windows: Vec<(Target, Window)>, wanted: Assignment<'_>) -> Vec<Window> {
    let key = |target: &Target| target.version.map_or(usize::MAX, |index| index);
    windows.sort_by_key(|(target, _)| std::cmp::Reverse(key(target)));
    let mut remaining: Vec<Window> = Vec::with_capacity(windows.len());
    for (_, window) in windows {
        let collapses = wanted.prereleases == Prereleases::Collapse && window.commits.is_empty();
        let version = window.target.version.as_ref().filter(|version| collapses && version.is_prerelease());
        let into = version.and_then(|version| {
            remaining.iter_mut().rev().find(|other| {
                other
                    .target
                    .version
                    .as_ref()
                    .is_some_and(|other| other.same_core(version) && !other.is_prerelease())
            })
        });
        match (into, version) {
            (Some(into), Some(version)) => into.prereleases.push(version.clone()),
            _ => remaining.push(window),
        }
    }
    remaining
}

/// The highest versions, and the highest final versions, among each commit and its ancestors.
struct BaseRanks<'a> {
    versions: &'a Versions,
    /// Distinct values; a commit with the same value as its first parent shares its entry.
    distinct: Vec<[Highest; 2]>,
    /// For each commit, an index into `distinct`.
    highest: Vec<u32>,
}

/// The highest ranks (indices of versions), highest first, padded with [`NONE`]. More than one, because tags may be out
/// of order: the highest rank may be above the target's, but another one below it.
type Highest = [u32; 4];

const ANY: usize = 0;
const FINAL: usize = 1;

/// Inserts a rank in order, and drops the lowest.
fn insert_rank(highest: &mut Highest, mut rank: u32) {
    for slot in highest {
        if rank == NONE || *slot == rank {
            return;
        }
        if *slot == NONE || *slot < rank {
            std::mem::swap(slot, &mut rank);
        }
    }
}

impl<'a> BaseRanks<'a> {
    fn new(versions: &'a Versions, graph: &Graph) -> Self {
        let tag_position =
            |(rank, entry): (u32, &VersionTag)| Some((graph.position(entry.tag.commit)?, rank));
        let mut tagged: Vec<(u32, u32)> = (0..).zip(&versions.all).filter_map(tag_position).collect();
        tagged.sort_unstable();
        let highest = vec![0; graph.count() as usize];
        let mut bases = Self { versions, distinct: vec![[[NONE; 4]; 2]], highest };
        // Oldest first: parents before their children.
        for at in (0..graph.count()).rev() {
            let parents = graph.parents(at);
            let first = parents.first().map_or(0, |parent| bases.kind(*parent));
            let is_tagged = tagged.last().is_some_and(|(position, _)| *position == at);
            let kind = if !is_tagged && parents.iter().all(|parent| bases.kind(*parent) == first) {
                first
            } else {
                let mut all = bases.highest_of_parents(at, graph);
                while let Some((_, rank)) = tagged.pop_if(|(position, _)| *position == at) {
                    let [any, last] = &mut all;
                    insert_rank(any, rank);
                    if versions.get(rank as usize).is_some_and(|entry| !entry.version.is_prerelease()) {
                        insert_rank(last, rank);
                    }
                }
                bases.intern(all, first)
            };
            bases.highest.get_mut(at as usize).into_iter().for_each(|slot| *slot = kind);
        }
        bases
    }

    /// The index of a value in `distinct`; reuses that of the first parent if equal.
    fn intern(&mut self, kind: [Highest; 2], first: u32) -> u32 {
        if self.distinct.get(first as usize) == Some(&kind) {
            return first;
        }
        self.distinct.push(kind);
        u32::try_from(self.distinct.len() - 1).unwrap_or(0)
    }

    fn kind(&self, commit: u32) -> u32 {
        self.highest.get(commit as usize).copied().unwrap_or(0)
    }

    fn highest(&self, commit: u32) -> [Highest; 2] {
        self.distinct.get(self.kind(commit) as usize).copied().unwrap_or([[NONE; 4]; 2])
    }

    /// The highest ranks among the parents of a commit and their ancestors.
    fn highest_of_parents(&self, commit: u32, graph: &Graph) -> [Highest; 2] {
        let mut all = graph.parents(commit).iter().map(|parent| self.highest(*parent));
        let mut above = all.next().unwrap_or([[NONE; 4]; 2]);
        for parent in all {
            for (above, parent) in above.iter_mut().zip(parent) {
                parent.into_iter().for_each(|rank| insert_rank(above, rank));
            }
        }
        above
    }

    /// The index of the base, and whether it is not an ancestor.
    fn base_of(&self, target: &Target, graph: &Graph) -> Option<(usize, bool)> {
        let at = graph.position(target.commit)?;
        let Some(rank) = target.version else {
            let highest = *self.highest(at).get(ANY)?.first()?;
            return (highest != NONE).then_some((highest as usize, false));
        };
        let version = &self.versions.get(rank)?.version;
        let kind = if version.is_prerelease() { ANY } else { FINAL };
        let ranks = *self.highest_of_parents(at, graph).get(kind)?;
        let is_base = |candidate: &u32| {
            *candidate != NONE && (*candidate as usize) < rank && self.is_candidate(rank, *candidate as usize)
        };
        if let Some(base) = ranks.iter().find(|candidate| is_base(candidate)) {
            return Some((*base as usize, false));
        }
        // Search all ancestors only if all recorded ranks are above the target's.
        let is_full = ranks.iter().all(|candidate| *candidate != NONE);
        let found = if is_full { self.search(rank, at, graph) } else { None };
        found.map(|base| (base, false)).or_else(|| self.highest_below(rank))
    }

    fn is_candidate(&self, rank: usize, candidate: usize) -> bool {
        self.versions.get(candidate).zip(self.versions.get(rank)).is_some_and(|(entry, target)| {
            let of = BaseOf::Version { version: &target.version, tagged: true };
            candidate_status(of, target.tag.commit, &entry.version, entry.tag.commit)
                == Some(CandidateStatus::Lower)
        })
    }

    fn highest_below(&self, rank: usize) -> Option<(usize, bool)> {
        (0..rank).rev().find(|candidate| self.is_candidate(rank, *candidate)).map(|base| (base, true))
    }

    /// The highest version below `rank` among all ancestors of commit `at`.
    fn search(&self, rank: usize, at: u32, graph: &Graph) -> Option<usize> {
        let mut below = IdMap::default();
        for candidate in (0..rank).filter(|candidate| self.is_candidate(rank, *candidate)) {
            below.extend(self.versions.get(candidate).map(|entry| (entry.tag.commit, candidate)));
        }
        let ranks_by_position: std::collections::HashMap<u32, usize> =
            below.iter().filter_map(|(id, candidate)| Some((graph.position(*id)?, *candidate))).collect();
        let mut seen = std::collections::HashSet::from([at]);
        let (mut stack, mut best) = (vec![at], None);
        while let Some(commit) = stack.pop() {
            best = best.max(ranks_by_position.get(&commit).copied());
            stack.extend(graph.parents(commit).iter().filter(|parent| seen.insert(**parent)));
        }
        best
    }
}
