//! Questions about ancestry, asked of a history that is read only as far as they need.
//!
//! Commits are looked at newest first. Where a commit-graph file gives generation numbers, "newest" is exact (a commit
//! always comes before its ancestors) and so is the moment to stop. Elsewhere dates decide the order, and clocks lie: so
//! a walk goes on past the point where dates say it is done, the further the more the dates seen so far have lied, and
//! to the very end where they lie badly at its edge.

use std::collections::{BinaryHeap, hash_map::Entry};

use crate::model::{IdMap, IdSet, Node, ObjectId, Parents};

/// How far dates are never trusted: a day, for clocks in a wrong time zone.
const MARGIN: i64 = 86_400;
/// Commits that are looked at beyond the end that dates tell.
const SLOP: usize = 64;

/// A history behind a function that gives a commit's parents.
pub struct Ancestry<'a, E> {
    read: &'a dyn Fn(ObjectId) -> Result<Node, E>,
    nodes: IdMap<Node>,
    /// The most that a commit was dated before its parent so far, in seconds.
    skew: i64,
}

/// Newest first: the generation (unknown ones are above all known), then the date, then the id.
type Key = (u32, i64, ObjectId);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Wanted,
    Unwanted,
}

impl<'a, E> Ancestry<'a, E> {
    /// A history whose commits are asked of `read`, each once.
    pub fn new(read: &'a dyn Fn(ObjectId) -> Result<Node, E>) -> Self {
        Self { read, nodes: IdMap::default(), skew: 0 }
    }

    /// The commit's parents and date.
    ///
    /// # Errors
    /// When the commit cannot be read.
    pub fn node(&mut self, id: ObjectId) -> Result<&Node, E> {
        match self.nodes.entry(id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => Ok(unknown.insert((self.read)(id)?)),
        }
    }

    fn key(&mut self, id: ObjectId) -> Result<Key, E> {
        let node = self.node(id)?;
        Ok((node.generation.unwrap_or(u32::MAX), node.seconds, id))
    }

    fn parents(&mut self, id: ObjectId) -> Result<Parents, E> {
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

    /// The first of `candidates` that is `target` or an ancestor of it, by its index.
    ///
    /// # Errors
    /// When a commit cannot be read.
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

    /// The first of `tips` that is `target` or a descendant of it, by its index. However many tips there are, no commit is
    /// looked at twice.
    ///
    /// # Errors
    /// When a commit cannot be read.
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
    /// When a commit cannot be read.
    pub fn is_ancestor(&mut self, ancestor: ObjectId, commit: ObjectId) -> Result<bool, E> {
        Ok(self.first_ancestor(commit, &[ancestor])?.is_some())
    }

    /// The first of `suspects` that is its own ancestor, of those that have been asked for. Only grafts and replacements can make
    /// such a circle.
    ///
    /// # Errors
    /// When a commit cannot be read.
    pub fn circle(&mut self, suspects: impl Iterator<Item = ObjectId>) -> Result<Option<ObjectId>, E> {
        for suspect in suspects {
            let Some(node) = self.nodes.get(&suspect) else { continue };
            for parent in node.parents.clone() {
                if self.is_ancestor(suspect, parent)? {
                    return Ok(Some(suspect));
                }
            }
        }
        Ok(None)
    }

    /// Whether a commit at the edge of a walk is dated before one of its unseen parents, so that dates say nothing
    /// about what lies behind it.
    fn lies_at_the_edge(
        &mut self,
        heap: &BinaryHeap<Key>,
        seen: &dyn Fn(ObjectId) -> bool,
    ) -> Result<bool, E> {
        let edge: Vec<_> = heap.iter().filter(|(generation, ..)| *generation == u32::MAX).copied().collect();
        for (_, seconds, id) in edge {
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
    /// When a commit cannot be read.
    pub fn range(&mut self, wanted: &[ObjectId], unwanted: &[ObjectId]) -> Result<Vec<ObjectId>, E> {
        let mut walk = Walk::default();
        for (side, tips) in [(Side::Unwanted, unwanted), (Side::Wanted, wanted)] {
            for tip in tips {
                walk.meet(self, *tip, side)?;
            }
        }
        while let Some(key) = walk.heap.peek().copied() {
            if walk.is_done(self, key)? {
                break;
            }
            walk.heap.pop();
            let (_, seconds, id) = key;
            let side = walk.sides.get(&id).copied().unwrap_or(Side::Unwanted);
            walk.passed.insert(id);
            if side == Side::Wanted {
                walk.waiting -= 1;
                walk.oldest = walk.oldest.min(seconds);
                walk.found.push(id);
            }
            for parent in self.parents(id)? {
                walk.meet(self, parent, side)?;
            }
        }
        let Walk { mut found, sides, .. } = walk;
        found.retain(|id| sides.get(id) == Some(&Side::Wanted));
        Ok(found)
    }
}

/// A walk down from some commits, for [`Ancestry::first_ancestor`] and [`Ancestry::first_descendant`].
#[derive(Default)]
struct Search {
    heap: BinaryHeap<Key>,
    seen: IdSet,
}

impl Search {
    fn start<E>(&mut self, history: &mut Ancestry<'_, E>, tip: ObjectId) -> Result<(), E> {
        if self.seen.insert(tip) {
            self.heap.push(history.key(tip)?);
        }
        Ok(())
    }

    /// Walks on until `sought` is met or can no longer be.
    fn reaches<E>(&mut self, history: &mut Ancestry<'_, E>, sought: ObjectId) -> Result<bool, E> {
        let (generation, seconds, _) = history.key(sought)?;
        let (mut beyond, mut to_the_end) = (0, false);
        while !self.seen.contains(&sought) {
            let Some((top_generation, top_seconds, id)) = self.heap.peek().copied() else { break };
            if top_generation <= generation && top_generation != u32::MAX {
                break;
            }
            let dated_before = top_seconds < seconds.saturating_sub(history.margin());
            if dated_before && top_generation == u32::MAX && generation == u32::MAX && !to_the_end {
                beyond += 1;
                if beyond > SLOP {
                    to_the_end = history.lies_at_the_edge(&self.heap, &|id| self.seen.contains(&id))?;
                    if !to_the_end {
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
        Ok(self.seen.contains(&sought))
    }
}

/// The state of a walk for [`Ancestry::range`].
struct Walk {
    heap: BinaryHeap<Key>,
    sides: IdMap<Side>,
    passed: IdSet,
    found: Vec<ObjectId>,
    /// Wanted commits on the heap.
    waiting: usize,
    /// The date of the oldest wanted commit found.
    oldest: i64,
    /// Commits looked at since nothing wanted was waiting.
    beyond: usize,
    /// Dates have been found to lie: only the end of history is the end.
    to_the_end: bool,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            heap: BinaryHeap::new(),
            sides: IdMap::default(),
            passed: IdSet::default(),
            found: Vec::new(),
            waiting: 0,
            oldest: i64::MAX,
            beyond: 0,
            to_the_end: false,
        }
    }
}

impl Walk {
    /// Comes upon a commit from one side. What is unwanted once stays so, and so does all that is behind it.
    fn meet<E>(&mut self, history: &mut Ancestry<'_, E>, id: ObjectId, side: Side) -> Result<(), E> {
        match self.sides.insert(id, side) {
            None => {
                self.heap.push(history.key(id)?);
                self.waiting += usize::from(side == Side::Wanted);
            }
            Some(Side::Unwanted) => {
                self.sides.insert(id, Side::Unwanted);
            }
            Some(Side::Wanted) if side == Side::Unwanted => {
                if self.passed.contains(&id) {
                    self.disown(history, id)?;
                } else {
                    self.waiting -= 1;
                }
            }
            Some(Side::Wanted) => {}
        }
        Ok(())
    }

    /// A commit that was passed as wanted turns out unwanted (its date, or that of a commit above it, lied).
    fn disown<E>(&mut self, history: &mut Ancestry<'_, E>, id: ObjectId) -> Result<(), E> {
        let mut stack = vec![id];
        while let Some(id) = stack.pop() {
            for parent in history.node(id)?.parents.clone() {
                if self.sides.get(&parent) == Some(&Side::Wanted) {
                    self.sides.insert(parent, Side::Unwanted);
                    if self.passed.contains(&parent) {
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
            self.beyond = 0;
            return Ok(false);
        }
        let (generation, seconds, _) = top;
        if generation != u32::MAX || self.found.is_empty() {
            return Ok(true);
        }
        if self.to_the_end || seconds >= self.oldest.saturating_sub(history.margin()) {
            return Ok(false);
        }
        self.beyond += 1;
        if self.beyond <= SLOP {
            return Ok(false);
        }
        let sides = &self.sides;
        self.to_the_end =
            history.lies_at_the_edge(&self.heap, &|id| sides.get(&id) == Some(&Side::Unwanted))?;
        Ok(!self.to_the_end)
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

    /// Commit `n` has parents below `n`; `dates` may lie.
    #[derive(Debug, Clone)]
    struct Graph {
        parents: Vec<Vec<usize>>,
        dates: Vec<i64>,
        /// Empty where no commit-graph file is there.
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
            assert_eq!(set.len(), found.len(), "no commit twice");
            set
        }
    }

    prop_compose! {
        /// Up to 300 commits; each date is off by up to `lie` seconds of a steady clock.
        fn graph(lie: i64)(
            picks in prop::collection::vec((any::<[u8; 3]>(), 0u8..10, -lie..=lie), 2..300),
            generations in any::<bool>(),
        ) -> Graph {
            let mut graph = Graph { parents: Vec::new(), dates: Vec::new(), generations: Vec::new() };
            for (number, (parents, kind, lie)) in picks.iter().enumerate() {
                let count = match kind { 0..6 => 1, 6..9 => 2, _ => 3 };
                let near = |pick: &u8| number - 1 - usize::from(*pick) % number.min(6);
                let picked: BTreeSet<_> =
                    if number == 0 { BTreeSet::new() } else { parents[..count].iter().map(near).collect() };
                if generations {
                    let above = picked.iter().map(|parent| graph.generations[*parent]).max();
                    graph.generations.push(1 + above.unwrap_or(0));
                }
                graph.parents.push(picked.into_iter().collect());
                graph.dates.push(1_000_000 * number as i64 + lie);
            }
            graph
        }
    }

    proptest! {
        #[test]
        fn a_range_is_what_ancestry_says(graph in graph(50_000_000), a in any::<u8>(), b in any::<u8>()) {
            let (a, b) = (usize::from(a) % graph.parents.len(), usize::from(b) % graph.parents.len());
            let expected: BTreeSet<_> =
                graph.ancestors(a).difference(&graph.ancestors(b)).map(|commit| id(*commit)).collect();
            prop_assert_eq!(graph.range(a, b), expected);
        }

        #[test]
        fn the_first_ancestor_is_found(graph in graph(50_000_000), target in any::<u8>(), picks in prop::collection::vec(any::<u8>(), 0..6)) {
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
        fn the_first_descendant_is_found(graph in graph(50_000_000), target in any::<u8>(), picks in prop::collection::vec(any::<u8>(), 0..6)) {
            let count = graph.parents.len();
            let target = usize::from(target) % count;
            let tips: Vec<_> = picks.iter().map(|pick| usize::from(*pick) % count).collect();
            let read = |id| Ok::<_, Infallible>(graph.node(id));
            let ids: Vec<_> = tips.iter().map(|commit| id(*commit)).collect();
            let found = Ancestry::new(&read).first_descendant(id(target), &ids).unwrap();
            prop_assert_eq!(found, tips.iter().position(|tip| graph.ancestors(*tip).contains(&target)));
        }
    }

    /// A straight line of 5,000 commits, one an hour.
    fn line() -> Graph {
        let parents = (0..5_000usize).map(|number| number.checked_sub(1).into_iter().collect()).collect();
        Graph { parents, dates: (0..5_000).map(|number| number * 3_600).collect(), generations: Vec::new() }
    }

    #[test]
    fn only_the_newest_part_is_read() {
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
    fn a_clock_that_stood_at_zero_does_not_hide_a_commit() {
        let mut graph = line();
        // 4,999 is the target, on a branch that left the line at 4,000; the base is 4,998 on the line; a commit
        // between them was made on a machine whose clock stood at 1970.
        graph.parents[4_999] = vec![4_000];
        graph.dates[4_500] = 0;
        assert_eq!(graph.range(4_999, 4_998), BTreeSet::from([id(4_999)]));
        assert_eq!(graph.range(4_998, 4_999).len(), 998);
    }
}
