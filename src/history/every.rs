//! The windows of every version at once: one pass over the graph, O(commits + tags).
//!
//! A commit belongs to the lowest version that contains it. Versions are taken from the lowest up, and each takes what is
//! reachable from it and not yet taken. With [`Prereleases::Collapse`] a final version is taken before its own
//! pre-releases, so that it takes what is theirs, and only a pre-release that has something of its own keeps a window.

use crate::model::{IdMap, ObjectId, Version};

use super::{
    Graph, Point, Prereleases, VersionTag, Versions, Window,
    base::{BaseOf, Verdict, standing},
};

/// What is to have a window.
#[derive(Debug, Clone, Copy)]
pub struct Assignment<'a> {
    /// The versions of the repository.
    pub versions: &'a Versions,
    /// The newest commit of what is unreleased; `None` leaves that out.
    pub head: Option<ObjectId>,
    /// The version that names what is unreleased.
    pub named: Option<&'a Version>,
    /// What becomes of pre-releases.
    pub prereleases: Prereleases,
}

const NOBODY: u32 = u32::MAX;

/// Gives `owner` to all that is reachable from `tip` and has none.
fn take(graph: &Graph, tip: u32, owner: u32, owners: &mut [u32]) {
    let mut stack = vec![tip];
    while let Some(commit) = stack.pop() {
        match owners.get_mut(commit as usize) {
            Some(current) if *current == NOBODY => *current = owner,
            _ => continue,
        }
        stack.extend(graph.parents(commit));
    }
}

/// The windows of every version and of what is unreleased, newest version first, from the graph of all commits reachable
/// from their tips, newest first (see [`Graph::newest_first`]). Every commit reachable from them is in exactly one window. A version without a commit of its own keeps an empty
/// window, unless it is a pre-release that collapses.
#[must_use]
pub fn assign(graph: &Graph, wanted: Assignment<'_>) -> Vec<Window> {
    let mut targets = targets(wanted);
    let mut owners = vec![NOBODY; graph.count() as usize];
    for (owner, target) in (0..).zip(&targets) {
        if let Some(tip) = graph.place(target.commit) {
            take(graph, tip, owner, &mut owners);
        }
    }
    let bases = Bases::new(wanted.versions, graph);
    let found: Vec<Option<(usize, bool)>> = targets.iter().map(|target| bases.of(target, graph)).collect();
    let mut parts: Vec<Vec<u32>> = targets.iter().map(|_| Vec::new()).collect();
    for (commit, owner) in (0..).zip(owners) {
        if let Some(part) = parts.get_mut(owner as usize) {
            part.push(commit);
        }
    }
    let mut windows: Vec<(Target, Window)> = Vec::with_capacity(targets.len());
    for ((target, base), commits) in targets.drain(..).zip(found).zip(parts) {
        windows.push((target, target.window(base, commits, wanted)));
    }
    collapse(windows, wanted)
}

/// Something that a window ends at.
#[derive(Debug, Clone, Copy)]
struct Target {
    /// Its version; `None` for what is unreleased.
    version: Option<usize>,
    commit: ObjectId,
}

/// What windows end at, in the order in which they take their commits.
fn targets(wanted: Assignment<'_>) -> Vec<Target> {
    let versions = &wanted.versions.all;
    let mut order: Vec<usize> = (0..versions.len()).collect();
    if wanted.prereleases == Prereleases::Collapse {
        // Numbers first, then the final version before its pre-releases, those from the lowest up.
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
        // A named version takes what is its own pre-releases' before they do; otherwise only the rest is unreleased.
        let before = wanted.named.filter(|_| wanted.prereleases == Prereleases::Collapse).and_then(|named| {
            let own = |target: &Target| {
                target.version.and_then(|index| versions.get(index)).is_some_and(|entry| {
                    entry.version.is_prerelease() && entry.version.same_core(named) && !named.is_prerelease()
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
        let unreleased = Point { commit: self.commit, version: wanted.named.cloned(), tag: None };
        let entry = self.version.and_then(|index| wanted.versions.get(index));
        Window {
            target: self.version.and_then(point).unwrap_or(unreleased),
            base: base.and_then(|(base, _)| point(base)),
            rollback: false,
            aside: base.is_some_and(|(_, aside)| aside),
            environments: entry
                .map(|entry| entry.environments.iter().map(|(index, _)| *index).collect())
                .unwrap_or_default(),
            prereleases: Vec::new(),
            commits,
        }
    }
}

/// Sorts newest version first, and lets pre-releases without a commit of their own go into their final version.
fn collapse(mut windows: Vec<(Target, Window)>, wanted: Assignment<'_>) -> Vec<Window> {
    let key = |target: &Target| target.version.map_or(usize::MAX, |index| index);
    windows.sort_by_key(|(target, _)| std::cmp::Reverse(key(target)));
    let mut kept: Vec<Window> = Vec::with_capacity(windows.len());
    for (_, window) in windows {
        let goes = wanted.prereleases == Prereleases::Collapse && window.commits.is_empty();
        let version = window.target.version.as_ref().filter(|version| goes && version.is_prerelease());
        let into = version.and_then(|version| {
            kept.iter_mut().rev().find(|other| {
                other
                    .target
                    .version
                    .as_ref()
                    .is_some_and(|other| other.same_core(version) && !other.is_prerelease())
            })
        });
        match (into, version) {
            (Some(into), Some(version)) => into.prereleases.push(version.clone()),
            _ => kept.push(window),
        }
    }
    kept
}

/// For each commit, the highest versions and the highest final versions among it and its ancestors.
struct Bases<'a> {
    versions: &'a Versions,
    /// What there is, once for a commit and those below it that have the same, along the first parents.
    kinds: Vec<[Highest; 2]>,
    /// Which of `kinds` each commit has.
    highest: Vec<u32>,
}

/// The highest ranks, highest first; [`NOBODY`] fills the rest. Several are kept, since tags may be out of order: where
/// the highest is above the version that is asked for, one of the others is below it.
type Highest = [u32; 4];

const ANY: usize = 0;
const FINAL: usize = 1;

/// Puts a rank into its place; the lowest falls out.
fn put(highest: &mut Highest, mut rank: u32) {
    for slot in highest {
        if rank == NOBODY || *slot == rank {
            return;
        }
        if *slot == NOBODY || *slot < rank {
            std::mem::swap(slot, &mut rank);
        }
    }
}

impl<'a> Bases<'a> {
    fn new(versions: &'a Versions, graph: &Graph) -> Self {
        let place = |(rank, entry): (u32, &VersionTag)| Some((graph.place(entry.tag.commit)?, rank));
        let mut tagged: Vec<(u32, u32)> = (0..).zip(&versions.all).filter_map(place).collect();
        tagged.sort_unstable();
        let highest = vec![0; graph.count() as usize];
        let mut bases = Self { versions, kinds: vec![[[NOBODY; 4]; 2]], highest };
        // Oldest first, so that each parent is done before its children.
        for at in (0..graph.count()).rev() {
            let parents = graph.parents(at);
            let first = parents.first().map_or(0, |parent| bases.kind(*parent));
            let is_tagged = tagged.last().is_some_and(|(place, _)| *place == at);
            let kind = if !is_tagged && parents.iter().all(|parent| bases.kind(*parent) == first) {
                first
            } else {
                let mut all = bases.above(at, graph);
                while let Some((_, rank)) = tagged.pop_if(|(place, _)| *place == at) {
                    let [any, last] = &mut all;
                    put(any, rank);
                    if versions.get(rank as usize).is_some_and(|entry| !entry.version.is_prerelease()) {
                        put(last, rank);
                    }
                }
                bases.numbered(all, first)
            };
            bases.highest.get_mut(at as usize).into_iter().for_each(|slot| *slot = kind);
        }
        bases
    }

    /// The number of a kind, which is perhaps that of the first parent.
    fn numbered(&mut self, kind: [Highest; 2], first: u32) -> u32 {
        if self.kinds.get(first as usize) == Some(&kind) {
            return first;
        }
        self.kinds.push(kind);
        u32::try_from(self.kinds.len() - 1).unwrap_or(0)
    }

    fn kind(&self, commit: u32) -> u32 {
        self.highest.get(commit as usize).copied().unwrap_or(0)
    }

    fn highest(&self, commit: u32) -> [Highest; 2] {
        self.kinds.get(self.kind(commit) as usize).copied().unwrap_or([[NOBODY; 4]; 2])
    }

    /// The highest among the parents of a commit.
    fn above(&self, commit: u32, graph: &Graph) -> [Highest; 2] {
        let mut all = graph.parents(commit).iter().map(|parent| self.highest(*parent));
        let mut above = all.next().unwrap_or([[NOBODY; 4]; 2]);
        for parent in all {
            for (above, parent) in above.iter_mut().zip(parent) {
                parent.into_iter().for_each(|rank| put(above, rank));
            }
        }
        above
    }

    /// The index of the base, and whether it is no ancestor.
    fn of(&self, target: &Target, graph: &Graph) -> Option<(usize, bool)> {
        let at = graph.place(target.commit)?;
        let Some(rank) = target.version else {
            let highest = *self.highest(at).get(ANY)?.first()?;
            return (highest != NOBODY).then_some((highest as usize, false));
        };
        let version = &self.versions.get(rank)?.version;
        let kind = if version.is_prerelease() { ANY } else { FINAL };
        let known = *self.above(at, graph).get(kind)?;
        let fitting = |candidate: &u32| {
            *candidate != NOBODY && (*candidate as usize) < rank && self.open(rank, *candidate as usize)
        };
        if let Some(base) = known.iter().find(|candidate| fitting(candidate)) {
            return Some((*base as usize, false));
        }
        // Only where all that is kept is above does a search tell what else there is.
        let is_full = known.iter().all(|candidate| *candidate != NOBODY);
        let found = if is_full { self.search(rank, at, graph) } else { None };
        found.map(|base| (base, false)).or_else(|| self.aside(rank))
    }

    fn open(&self, rank: usize, candidate: usize) -> bool {
        self.versions.get(candidate).zip(self.versions.get(rank)).is_some_and(|(entry, target)| {
            let of = BaseOf::Version { version: &target.version, tagged: true };
            standing(of, target.tag.commit, &entry.version, entry.tag.commit) == Some(Verdict::Lower)
        })
    }

    fn aside(&self, rank: usize) -> Option<(usize, bool)> {
        (0..rank).rev().find(|candidate| self.open(rank, *candidate)).map(|base| (base, true))
    }

    /// The highest version below `rank` among all ancestors of commit `at`.
    fn search(&self, rank: usize, at: u32, graph: &Graph) -> Option<usize> {
        let mut below = IdMap::default();
        for candidate in (0..rank).filter(|candidate| self.open(rank, *candidate)) {
            below.extend(self.versions.get(candidate).map(|entry| (entry.tag.commit, candidate)));
        }
        let places: std::collections::HashMap<u32, usize> =
            below.iter().filter_map(|(id, candidate)| Some((graph.place(*id)?, *candidate))).collect();
        let mut seen = std::collections::HashSet::from([at]);
        let (mut stack, mut best) = (vec![at], None);
        while let Some(commit) = stack.pop() {
            best = best.max(places.get(&commit).copied());
            stack.extend(graph.parents(commit).iter().filter(|parent| seen.insert(**parent)));
        }
        best
    }
}
