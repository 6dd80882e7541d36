//! Which path sets a commit touches.
//!
//! A path set is first asked along its fixed prefix: where the entry there is the same in the commit and its parent,
//! nothing below can differ, and no diff is made. Only where a wildcard remains below a differing entry are the trees
//! compared, and that stops at the first path that matches.

use std::{sync::Arc, thread};

use super::{diff::Trees, path_sets::Matcher};
use crate::git::{
    Error, Repository,
    commits::altered::Altered,
    objects::{alternates::Opened, reader::Objects},
    threads::thread_count,
};
use crate::model::{Commit, IdMap, ObjectId, PathSetId, PathSets};

/// Path sets, each with where its prefixes stand among all.
type Matchers = [(PathSetId, Matcher, Vec<usize>)];

/// A thread's memory of what lies at the prefixes of each root tree.
type AtPrefixes = Vec<Option<(ObjectId, u32)>>;

struct Query<'m> {
    matchers: &'m Matchers,
    prefixes: &'m [String],
    trees: Trees,
    known: IdMap<std::rc::Rc<AtPrefixes>>,
}

impl Query<'_> {
    fn at_prefixes(&mut self, root: Option<ObjectId>) -> Result<std::rc::Rc<AtPrefixes>, Error> {
        let Some(root) = root else { return Ok(vec![None; self.prefixes.len()].into()) };
        if let Some(known) = self.known.get(&root) {
            return Ok(std::rc::Rc::clone(known));
        }
        let found: Result<AtPrefixes, Error> =
            self.prefixes.iter().map(|prefix| self.trees.at(root, prefix)).collect();
        let found = std::rc::Rc::new(found?);
        if self.known.len() > 65_536 {
            self.known.clear();
        }
        self.known.insert(root, std::rc::Rc::clone(&found));
        Ok(found)
    }

    /// The sets of which a path differs between two root trees.
    fn touched(&mut self, old: Option<ObjectId>, new: ObjectId) -> Result<Vec<PathSetId>, Error> {
        if old == Some(new) {
            return Ok(Vec::new());
        }
        let (before, after) = (self.at_prefixes(old)?, self.at_prefixes(Some(new))?);
        let mut touched = Vec::new();
        for (set, matcher, places) in self.matchers {
            let differs = places.iter().any(|at| before.get(*at) != after.get(*at));
            if differs && (matcher.whole || self.any_path(matcher, old, new)?) {
                touched.push(*set);
            }
        }
        Ok(touched)
    }

    fn any_path(&mut self, matcher: &Matcher, old: Option<ObjectId>, new: ObjectId) -> Result<bool, Error> {
        let enter = |folder: &str| matcher.filter.enters(folder);
        let to_end = self.trees.differing((old, Some(new)), &enter, &mut |path, _| !matcher.matches(path))?;
        Ok(!to_end)
    }
}

impl Repository {
    /// Fills in `Commit::touches` for all `commits`, on several threads where there are many. A merge commit touches
    /// what differs from each of its parents. Commits that stand near their parents are the quickest.
    ///
    /// # Errors
    /// When a glob is not valid or an object cannot be read.
    pub fn touch(&self, commits: &mut [Box<Commit>], sets: &PathSets) -> Result<(), Error> {
        if sets.is_empty() || commits.is_empty() {
            return Ok(());
        }
        let matchers = sets.iter().map(|(id, set)| Ok((id, Matcher::new(set)?)));
        let matchers = matchers.collect::<Result<Vec<_>, Error>>()?;
        let mut prefixes: Vec<String> =
            matchers.iter().flat_map(|(_, matcher)| matcher.filter.prefixes.clone()).collect();
        prefixes.sort();
        prefixes.dedup();
        let place = |prefix: &String| prefixes.binary_search(prefix).unwrap_or(usize::MAX);
        let matchers = matchers.into_iter().map(|(id, matcher)| {
            let places: Vec<usize> = matcher.filter.prefixes.iter().map(place).collect();
            (id, matcher, places)
        });
        let matchers: Vec<_> = matchers.collect();
        let roots: IdMap<ObjectId> = commits.iter().map(|commit| (commit.id, commit.tree)).collect();
        let threads = if commits.len() < 512 { 1 } else { thread_count() };
        let part = commits.len().div_ceil(threads);
        let (stores, altered) = (&self.stores.opened(), &self.altered);
        let done: Vec<Result<(), Error>> = thread::scope(|scope| {
            let (matchers, prefixes, roots) = (&matchers, &prefixes, &roots);
            let work =
                |part| scope.spawn(move || touch_part((stores, altered), part, (matchers, prefixes, roots)));
            let workers: Vec<_> = commits.chunks_mut(part).map(work).collect();
            let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
            joined.map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        done.into_iter().collect()
    }
}

fn touch_part(
    (stores, altered): (&Arc<Opened>, &Arc<Altered>),
    commits: &mut [Box<Commit>],
    (matchers, prefixes, roots): (&Matchers, &[String], &IdMap<ObjectId>),
) -> Result<(), Error> {
    let trees = Trees::new(Objects::shared_by(Arc::clone(stores), Arc::clone(altered)));
    let mut query = Query { matchers, prefixes, trees, known: IdMap::default() };
    for commit in commits {
        let root = |query: &mut Query<'_>, parent: &ObjectId| match roots.get(parent) {
            Some(root) => Ok(*root),
            None => query.trees.root(altered, *parent),
        };
        let mut touches = match commit.parents.first() {
            Some(first) => {
                let first = root(&mut query, first)?;
                query.touched(Some(first), commit.tree)?
            }
            None => query.touched(None, commit.tree)?,
        };
        for parent in commit.parents.iter().skip(1) {
            if touches.is_empty() {
                break;
            }
            let parent = root(&mut query, parent)?;
            let other = query.touched(Some(parent), commit.tree)?;
            touches.retain(|set| other.contains(set));
        }
        commit.touches = touches.into();
    }
    Ok(())
}
