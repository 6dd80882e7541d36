//! Computes which path sets a commit touches.
//!
//! First looks up the literal prefixes of each path set: if the entries are the same in the commit and its parent,
//! nothing below differs. Compares trees only if an entry differs and a wildcard remains below it, and stops at the
//! first path that matches.

use std::{sync::Arc, thread};

use super::{diff::Trees, path_sets::Matcher};
use crate::git::{
    Error, Repository,
    commits::overrides::HistoryOverrides,
    objects::{database::ObjectDatabase, reader::Objects},
    threads::thread_count,
};
use crate::model::{Commit, IdMap, ObjectId, PathSetId, PathSets};

/// Path sets, each with the indices of its prefixes among all prefixes.
type Matchers = [(PathSetId, Matcher, Vec<usize>)];

/// The entries of a root tree at all prefixes: object ID and mode.
type PrefixEntries = Vec<Option<(ObjectId, u32)>>;

struct Query<'m> {
    matchers: &'m Matchers,
    prefixes: &'m [String],
    trees: Trees,
    cache: IdMap<std::rc::Rc<PrefixEntries>>,
}

impl Query<'_> {
    fn prefix_entries(&mut self, root: Option<ObjectId>) -> Result<std::rc::Rc<PrefixEntries>, Error> {
        let Some(root) = root else { return Ok(vec![None; self.prefixes.len()].into()) };
        if let Some(entries) = self.cache.get(&root) {
            return Ok(std::rc::Rc::clone(entries));
        }
        let found: Result<PrefixEntries, Error> =
            self.prefixes.iter().map(|prefix| self.trees.entry_at(root, prefix)).collect();
        let found = std::rc::Rc::new(found?);
        if self.cache.len() > 65_536 {
            self.cache.clear();
        }
        self.cache.insert(root, std::rc::Rc::clone(&found));
        Ok(found)
    }

    /// The path sets with a path that differs between two root trees.
    fn touched(&mut self, old: Option<ObjectId>, new: ObjectId) -> Result<Vec<PathSetId>, Error> {
        if old == Some(new) {
            return Ok(Vec::new());
        }
        let (before, after) = (self.prefix_entries(old)?, self.prefix_entries(Some(new))?);
        let mut touched = Vec::new();
        for (set, matcher, prefix_indices) in self.matchers {
            let differs = prefix_indices.iter().any(|at| before.get(*at) != after.get(*at));
            if differs && (matcher.whole || self.any_path(matcher, old, new)?) {
                touched.push(*set);
            }
        }
        Ok(touched)
    }

    fn any_path(&mut self, matcher: &Matcher, old: Option<ObjectId>, new: ObjectId) -> Result<bool, Error> {
        let enter = |folder: &str| matcher.filter.enters(folder);
        let to_end = self.trees.diff((old, Some(new)), &enter, &mut |path, _| !matcher.matches(path))?;
        Ok(!to_end)
    }
}

impl Repository {
    /// Sets `Commit::touches` of all `commits`, on several threads if there are many. A merge commit touches the path
    /// sets that differ from each of its parents. Fastest if commits are sorted close to their parents.
    ///
    /// # Errors
    /// If a glob is not valid or an object cannot be read.
    pub fn compute_touches(&self, commits: &mut [Box<Commit>], sets: &PathSets) -> Result<(), Error> {
        if sets.is_empty() || commits.is_empty() {
            return Ok(());
        }
        let matchers = sets.iter().map(|(id, set)| Ok((id, Matcher::new(set)?)));
        let matchers = matchers.collect::<Result<Vec<_>, Error>>()?;
        let mut prefixes: Vec<String> =
            matchers.iter().flat_map(|(_, matcher)| matcher.filter.prefixes.clone()).collect();
        prefixes.sort();
        prefixes.dedup();
        let index_of = |prefix: &String| prefixes.binary_search(prefix).unwrap_or(usize::MAX);
        let matchers = matchers.into_iter().map(|(id, matcher)| {
            let prefix_indices: Vec<usize> = matcher.filter.prefixes.iter().map(index_of).collect();
            (id, matcher, prefix_indices)
        });
        let matchers: Vec<_> = matchers.collect();
        let roots: IdMap<ObjectId> = commits.iter().map(|commit| (commit.id, commit.tree)).collect();
        let threads = if commits.len() < 512 { 1 } else { thread_count() };
        let part = commits.len().div_ceil(threads);
        let (database, overrides) = (&self.object_database.get(), &self.overrides);
        let results: Vec<Result<(), Error>> = thread::scope(|scope| {
            let (matchers, prefixes, roots) = (&matchers, &prefixes, &roots);
            let work = |part| {
                scope.spawn(move || compute_part((database, overrides), part, (matchers, prefixes, roots)))
            };
            let workers: Vec<_> = commits.chunks_mut(part).map(work).collect();
            let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
            joined.map(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        results.into_iter().collect()
    }
}

fn compute_part(
    (database, overrides): (&Arc<ObjectDatabase>, &Arc<HistoryOverrides>),
    commits: &mut [Box<Commit>],
    (matchers, prefixes, roots): (&Matchers, &[String], &IdMap<ObjectId>),
) -> Result<(), Error> {
    let trees = Trees::new(Objects::with_database(Arc::clone(database), Arc::clone(overrides)));
    let mut query = Query { matchers, prefixes, trees, cache: IdMap::default() };
    for commit in commits {
        let root = |query: &mut Query<'_>, parent: &ObjectId| match roots.get(parent) {
            Some(root) => Ok(*root),
            None => query.trees.root(overrides, *parent),
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
