//! Answers reachability queries, and reads only as much history as they need.
//!
//! Commits are visited newest first. With generation numbers from a commit-graph file the order is exact (a commit is
//! always before its ancestors), and so is the point to stop. Without them commit dates give the order. Because clocks
//! may be wrong, a walk then continues past the point where dates say that it is done: further the larger the clock
//! skew seen so far, and to the roots if there is a large skew at its frontier.

use std::collections::{BinaryHeap, hash_map::Entry};

use crate::model::{IdMap, IdSet, Node, ObjectId, Parents};

/// Minimum clock skew that is tolerated, in seconds: a day, for clocks in a wrong time zone.
const MARGIN: i64 = 86_400;
/// Commits that are visited past the point where dates say that the walk is done (git's `SLOP`).
const SLOP: usize = 64;

/// Reachability queries on a history that is read with a function.
pub struct Ancestry<'a, E> {
    read: &'a dyn Fn(ObjectId) -> Result<Node, E>,
    pub(super) nodes: IdMap<Node>,
    /// Largest clock skew so far: by how many seconds a commit is dated before its parent.
    skew: i64,
}

/// Sort key, newest first: generation number (`u32::MAX` if unknown), date, ID.
pub(super) type Key = (u32, i64, ObjectId);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Wanted,
    Unwanted,
}

impl<'a, E> Ancestry<'a, E> {
    /// Queries on commits that `read` returns; calls it once for each commit.
    pub fn new(read: &'a dyn Fn(ObjectId) -> Result<Node, E>) -> Self {
        Self { read, nodes: IdMap::default(), skew: 0 }
    }

    /// The commit's parents, date and generation number.
    ///
    /// # Errors
    /// If the commit cannot be read.
    pub fn node(&mut self, id: ObjectId) -> Result<&Node, E> {
        match self.nodes.entry(id) {
            Entry::Occupied(cached) => Ok(cached.into_mut()),
            Entry::Vacant(entry) => Ok(entry.insert((self.read)(id)?)),
        }
    }

    pub(super) fn key(&mut self, id: ObjectId) -> Result<Key, E> {
        let node = self.node(id)?;
        Ok((node.generation.unwrap_or(u32::MAX), node.seconds, id))
    }

    pub(super) fn parents(&mut self, id: ObjectId) -> Result<Parents, E> {
        let node = self.node(id)?;
        let (parents, seconds, exact) = (node.parents.clone(), node.seconds, node.generation.is_some());
        if !exact {
            for parent in &parents {
                let ahead = self.node(*parent)?.seconds.saturating_sub(seconds);
                self.skew = self.skew.max(ahead);
            }
        }
        Ok(parents)
    }

    fn margin(&self) -> i64 {
        MARGIN.max(self.skew.saturating_mul(2))
    }

    /// The index of the first of `candidates` that is `target` or an ancestor of it.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub fn first_ancestor(&mut self, target: ObjectId, candidates: &[ObjectId]) -> Result<Option<usize>, E> {
        let mut search = Search::default();
        search.start(self, target)?;
        for (index, candidate) in candidates.iter().enumerate() {
            if search.reaches(self, *candidate)? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// The index of the first of `tips` that is `target` or a descendant of it. Visits each commit at most once for all
    /// tips.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub fn first_descendant(&mut self, target: ObjectId, tips: &[ObjectId]) -> Result<Option<usize>, E> {
        let mut search = Search::default();
        for (index, tip) in tips.iter().enumerate() {
            search.start(self, *tip)?;
            if search.reaches(self, target)? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// Whether `ancestor` is `commit` or an ancestor of it.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub fn is_ancestor(&mut self, ancestor: ObjectId, commit: ObjectId) -> Result<bool, E> {
        Ok(self.first_ancestor(commit, &[ancestor])?.is_some())
    }

    /// The first of `commits` that is its own ancestor; checks only commits that earlier queries visited. Only grafts
    /// and replace refs can create such a cycle.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub fn cycle(&mut self, commits: impl Iterator<Item = ObjectId>) -> Result<Option<ObjectId>, E> {
        for commit in commits {
            let Some(node) = self.nodes.get(&commit) else { continue };
            for parent in node.parents.clone() {
                if self.is_ancestor(commit, parent)? {
                    return Ok(Some(commit));
                }
            }
        }
        Ok(None)
    }

    /// Whether a commit at the frontier of a walk is dated before one of its unseen parents: then dates cannot bound
    /// the walk.
    fn frontier_has_clock_skew(
        &mut self,
        heap: &BinaryHeap<Key>,
        seen: &dyn Fn(ObjectId) -> bool,
    ) -> Result<bool, E> {
        let frontier: Vec<_> =
            heap.iter().filter(|(generation, ..)| *generation == u32::MAX).copied().collect();
        for (_, seconds, id) in frontier {
            for parent in self.node(id)?.parents.clone() {
                if !seen(parent) && self.node(parent)?.seconds > seconds.saturating_add(MARGIN) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The commits reachable from `wanted` and not from `unwanted` (`git rev-list wanted --not unwanted`), in no order.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub fn range(&mut self, wanted: &[ObjectId], unwanted: &[ObjectId]) -> Result<Vec<ObjectId>, E> {
        let mut walk = Walk::default();
        for (side, tips) in [(Side::Unwanted, unwanted), (Side::Wanted, wanted)] {
            for tip in tips {
                walk.reach(self, *tip, side)?;
            }
        }
        while let Some(key) = walk.heap.peek().copied() {
            if walk.is_done(self, key)? {
                break;
            }
            walk.heap.pop();
            let (_, seconds, id) = key;
            let side = walk.sides.get(&id).copied().unwrap_or(Side::Unwanted);
            walk.visited.insert(id);
            if side == Side::Wanted {
                walk.waiting -= 1;
                walk.oldest = walk.oldest.min(seconds);
                walk.found.push(id);
            }
            for parent in self.parents(id)? {
                walk.reach(self, parent, side)?;
            }
        }
        let Walk { mut found, sides, .. } = walk;
        found.retain(|id| sides.get(id) == Some(&Side::Wanted));
        Ok(found)
    }
}

/// The state of a walk from some tips to commits that are sought.
#[derive(Default)]
pub(super) struct Search {
    heap: BinaryHeap<Key>,
    pub(super) seen: IdSet,
}

impl Search {
    pub(super) fn start<E>(&mut self, history: &mut Ancestry<'_, E>, tip: ObjectId) -> Result<(), E> {
        if self.seen.insert(tip) {
            self.heap.push(history.key(tip)?);
        }
        Ok(())
    }

    /// Continues the walk until it reaches `sought` or cannot reach it any more.
    fn reaches<E>(&mut self, history: &mut Ancestry<'_, E>, sought: ObjectId) -> Result<bool, E> {
        let (generation, seconds, _) = history.key(sought)?;
        self.walk(history, (generation, seconds), &|seen| seen.contains(&sought))?;
        Ok(self.seen.contains(&sought))
    }

    /// Continues the walk until `is_done`, or until it can reach no commit of this generation and date or newer.
    pub(super) fn walk<E>(
        &mut self,
        history: &mut Ancestry<'_, E>,
        (generation, seconds): (u32, i64),
        is_done: &dyn Fn(&IdSet) -> bool,
    ) -> Result<(), E> {
        let (mut slop, mut exhaustive) = (0, false);
        while !is_done(&self.seen) {
            let Some((top_generation, top_seconds, id)) = self.heap.peek().copied() else { break };
            if top_generation <= generation && top_generation != u32::MAX {
                break;
            }
            let dated_before = top_seconds < seconds.saturating_sub(history.margin());
            if dated_before && top_generation == u32::MAX && generation == u32::MAX && !exhaustive {
                slop += 1;
                if slop > SLOP {
                    exhaustive =
                        history.frontier_has_clock_skew(&self.heap, &|id| self.seen.contains(&id))?;
                    if !exhaustive {
                        break;
                    }
                }
            }
            self.heap.pop();
            for parent in history.parents(id)? {
                if self.seen.insert(parent) {
                    self.heap.push(history.key(parent)?);
                }
            }
        }
        Ok(())
    }
}

/// The state of a walk for [`Ancestry::range`].
struct Walk {
    heap: BinaryHeap<Key>,
    sides: IdMap<Side>,
    visited: IdSet,
    found: Vec<ObjectId>,
    /// Number of wanted commits on the heap.
    waiting: usize,
    /// Date of the oldest wanted commit found.
    oldest: i64,
    /// Commits visited since the last wanted commit left the heap.
    slop: usize,
    /// Whether to walk to the roots, because of clock skew at the frontier.
    exhaustive: bool,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            heap: BinaryHeap::new(),
            sides: IdMap::default(),
            visited: IdSet::default(),
            found: Vec::new(),
            waiting: 0,
            oldest: i64::MAX,
            slop: 0,
            exhaustive: false,
        }
    }
}

impl Walk {
    /// Reaches a commit from one side. An unwanted commit stays unwanted, and so do its ancestors.
    fn reach<E>(&mut self, history: &mut Ancestry<'_, E>, id: ObjectId, side: Side) -> Result<(), E> {
        match self.sides.insert(id, side) {
            None => {
                self.heap.push(history.key(id)?);
                self.waiting += usize::from(side == Side::Wanted);
            }
            Some(Side::Unwanted) => {
                self.sides.insert(id, Side::Unwanted);
            }
            Some(Side::Wanted) if side == Side::Unwanted => {
                if self.visited.contains(&id) {
                    self.mark_unwanted(history, id)?;
                } else {
                    self.waiting -= 1;
                }
            }
            Some(Side::Wanted) => {}
        }
        Ok(())
    }

    /// Marks the ancestors of a visited commit as unwanted: clock skew made the walk visit it as wanted first.
    fn mark_unwanted<E>(&mut self, history: &mut Ancestry<'_, E>, id: ObjectId) -> Result<(), E> {
        let mut stack = vec![id];
        while let Some(id) = stack.pop() {
            for parent in history.node(id)?.parents.clone() {
                if self.sides.get(&parent) == Some(&Side::Wanted) {
                    self.sides.insert(parent, Side::Unwanted);
                    if self.visited.contains(&parent) {
                        stack.push(parent);
                    } else {
                        self.waiting -= 1;
                    }
                }
            }
        }
        Ok(())
    }

    fn is_done<E>(&mut self, history: &mut Ancestry<'_, E>, top: Key) -> Result<bool, E> {
        if self.waiting > 0 {
            self.slop = 0;
            return Ok(false);
        }
        let (generation, seconds, _) = top;
        if generation != u32::MAX || self.found.is_empty() {
            return Ok(true);
        }
        if self.exhaustive || seconds >= self.oldest.saturating_sub(history.margin()) {
            return Ok(false);
        }
        self.slop += 1;
        if self.slop <= SLOP {
            return Ok(false);
        }
        let sides = &self.sides;
        self.exhaustive =
            history.frontier_has_clock_skew(&self.heap, &|id| sides.get(&id) == Some(&Side::Unwanted))?;
        Ok(!self.exhaustive)
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, collections::BTreeSet, convert::Infallible};

    use proptest::prelude::*;

    use super::*;

    fn id(number: usize) -> ObjectId {
        let mut bytes = [0; 20];
        bytes[..8].copy_from_slice(&(number as u64).to_le_bytes());
        ObjectId::from_bytes(bytes)
    }

    /// Commit `n` has parents below `n`; `dates` may be skewed.
    #[derive(Debug, Clone)]
    struct Graph {
        parents: Vec<Vec<usize>>,
        dates: Vec<i64>,
        /// Empty without a commit-graph file.
        generations: Vec<u32>,
    }

    impl Graph {
        fn node(&self, id: ObjectId) -> Node {
            let bytes: [u8; 8] = id.as_bytes()[..8].try_into().unwrap();
            let commit = usize::try_from(u64::from_le_bytes(bytes)).unwrap();
            Node {
                parents: self.parents[commit].iter().map(|parent| super::tests::id(*parent)).collect(),
                seconds: self.dates[commit],
                generation: self.generations.get(commit).copied(),
            }
        }

        fn ancestors(&self, commit: usize) -> BTreeSet<usize> {
            let mut all = BTreeSet::from([commit]);
            let mut stack = vec![commit];
            while let Some(commit) = stack.pop() {
                stack.extend(self.parents[commit].iter().copied().filter(|parent| all.insert(*parent)));
            }
            all
        }

        fn range(&self, wanted: usize, unwanted: usize) -> BTreeSet<ObjectId> {
            let read = |id| Ok::<_, Infallible>(self.node(id));
            let found = Ancestry::new(&read).range(&[id(wanted)], &[id(unwanted)]).unwrap();
            let set: BTreeSet<_> = found.iter().copied().collect();
            assert_eq!(set.len(), found.len(), "each commit once");
            set
        }
    }

    prop_compose! {
        /// Up to 300 commits, dated by a steady clock with a skew of up to `skew` seconds.
        fn graph(skew: i64)(
            picks in prop::collection::vec((any::<[u8; 3]>(), 0u8..10, -skew..=skew), 2..300),
            generations in any::<bool>(),
        ) -> Graph {
            let mut graph = Graph { parents: Vec::new(), dates: Vec::new(), generations: Vec::new() };
            for (number, (parents, kind, skew)) in picks.iter().enumerate() {
                let count = match kind { 0..6 => 1, 6..9 => 2, _ => 3 };
                let near = |pick: &u8| number - 1 - usize::from(*pick) % number.min(6);
                let picked: BTreeSet<_> =
                    if number == 0 { BTreeSet::new() } else { parents[..count].iter().map(near).collect() };
                if generations {
                    let above = picked.iter().map(|parent| graph.generations[*parent]).max();
                    graph.generations.push(1 + above.unwrap_or(0));
                }
                graph.parents.push(picked.into_iter().collect());
                graph.dates.push(1_000_000 * number as i64 + skew);
            }
            graph
        }
    }

    proptest! {
        #[test]
        fn range_matches_reachability(graph in graph(50_000_000), a in any::<u8>(), b in any::<u8>()) {
            let (a, b) = (usize::from(a) % graph.parents.len(), usize::from(b) % graph.parents.len());
            let expected: BTreeSet<_> =
                graph.ancestors(a).difference(&graph.ancestors(b)).map(|commit| id(*commit)).collect();
            prop_assert_eq!(graph.range(a, b), expected);
        }

        #[test]
        fn first_ancestor_matches_reachability(graph in graph(50_000_000), target in any::<u8>(), picks in prop::collection::vec(any::<u8>(), 0..6)) {
            let count = graph.parents.len();
            let target = usize::from(target) % count;
            let candidates: Vec<_> = picks.iter().map(|pick| usize::from(*pick) % count).collect();
            let ancestors = graph.ancestors(target);
            let read = |id| Ok::<_, Infallible>(graph.node(id));
            let ids: Vec<_> = candidates.iter().map(|commit| id(*commit)).collect();
            let found = Ancestry::new(&read).first_ancestor(id(target), &ids).unwrap();
            prop_assert_eq!(found, candidates.iter().position(|commit| ancestors.contains(commit)));
        }

        #[test]
        fn first_descendant_matches_reachability(graph in graph(50_000_000), target in any::<u8>(), picks in prop::collection::vec(any::<u8>(), 0..6)) {
            let count = graph.parents.len();
            let target = usize::from(target) % count;
            let tips: Vec<_> = picks.iter().map(|pick| usize::from(*pick) % count).collect();
            let read = |id| Ok::<_, Infallible>(graph.node(id));
            let ids: Vec<_> = tips.iter().map(|commit| id(*commit)).collect();
            let found = Ancestry::new(&read).first_descendant(id(target), &ids).unwrap();
            prop_assert_eq!(found, tips.iter().position(|tip| graph.ancestors(*tip).contains(&target)));
        }

        #[test]
        fn containing_and_descending_match_reachability(graph in graph(50_000_000), tips in prop::collection::vec(any::<u8>(), 0..6), targets in prop::collection::vec(any::<u8>(), 0..4)) {
            let count = graph.parents.len();
            let pick = |picks: &[u8]| picks.iter().map(|pick| usize::from(*pick) % count).collect::<Vec<_>>();
            let (tips, targets) = (pick(&tips), pick(&targets));
            let read = |id| Ok::<_, Infallible>(graph.node(id));
            let ids: Vec<_> = tips.iter().map(|commit| id(*commit)).collect();
            let sought = targets.iter().map(|commit| id(*commit)).collect();
            let expected = |is_strict: bool| -> Vec<bool> {
                let contains = |tip: usize| {
                    let ancestors = graph.ancestors(tip);
                    targets.iter().any(|target| ancestors.contains(target) && !(is_strict && *target == tip))
                };
                tips.iter().map(|tip| contains(*tip)).collect()
            };
            prop_assert_eq!(Ancestry::new(&read).containing(&ids, &sought).unwrap(), expected(false));
            prop_assert_eq!(Ancestry::new(&read).descending(&ids, &sought).unwrap(), expected(true));
        }

        #[test]
        fn independent_matches_reachability(graph in graph(50_000_000), picks in prop::collection::vec(any::<u8>(), 0..8)) {
            let picks: BTreeSet<_> = picks.iter().map(|pick| usize::from(*pick) % graph.parents.len()).collect();
            let read = |id| Ok::<_, Infallible>(graph.node(id));
            let ids: Vec<_> = picks.iter().map(|commit| id(*commit)).collect();
            let found: BTreeSet<_> = Ancestry::new(&read).independent(&ids).unwrap().into_iter().collect();
            let is_covered = |commit: usize| {
                picks.iter().any(|other| *other != commit && graph.ancestors(*other).contains(&commit))
            };
            let expected = picks.iter().filter(|commit| !is_covered(**commit)).map(|commit| id(*commit)).collect();
            prop_assert_eq!(found, expected);
        }
    }

    /// A linear history of 5,000 commits, one an hour.
    fn line() -> Graph {
        let parents = (0..5_000usize).map(|number| number.checked_sub(1).into_iter().collect()).collect();
        Graph { parents, dates: (0..5_000).map(|number| number * 3_600).collect(), generations: Vec::new() }
    }

    #[test]
    fn walk_stops_early_on_sane_dates() {
        let graph = line();
        let reads = Cell::new(0);
        let read = |id| {
            reads.set(reads.get() + 1);
            Ok::<_, Infallible>(graph.node(id))
        };
        let mut ancestry = Ancestry::new(&read);
        assert_eq!(ancestry.first_ancestor(id(4_999), &[id(4_990)]), Ok(Some(0)));
        assert_eq!(ancestry.range(&[id(4_999)], &[id(4_990)]).unwrap().len(), 9);
        assert!(reads.get() < 200, "{} reads", reads.get());
    }

    #[test]
    fn commit_dated_1970_does_not_end_the_walk() {
        let mut graph = line();
        // 4,999 is the target, on a branch off commit 4,000; the base is 4,998 on the main line. A commit between them
        // is dated 1970.
        graph.parents[4_999] = vec![4_000];
        graph.dates[4_500] = 0;
        assert_eq!(graph.range(4_999, 4_998), BTreeSet::from([id(4_999)]));
        assert_eq!(graph.range(4_998, 4_999).len(), 998);
    }
}
