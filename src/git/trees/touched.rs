//! Computes which path sets a commit touches.
//!
//! First looks up the literal prefixes of each path set: if the entries are the same in the commit and its parent,
//! nothing below differs. Compares trees only if an entry differs and a wildcard remains below it, and stops at the
//! first path that matches.

use std::{sync::Arc, thread};

use super::{diff::Trees, path_sets::Matcher, prefix_tree::PrefixTree};
use crate::git::{
    Error, Repository,
    commits::overrides::HistoryOverrides,
    objects::{
        database::ObjectDatabase,
        reader::{EMPTY_TREE, Objects},
    },
    threads::thread_count,
};
use crate::model::{Commit, IdMap, ObjectId, PathSetId, PathSets};

/// The path sets, and their literal prefixes.
struct PrefixedSets {
    matchers: Vec<(PathSetId, Matcher)>,
    /// The prefixes of all sets, ascending.
    prefixes: Vec<String>,
    /// For each prefix, the indices of the sets that have it.
    sets_of_prefix: Vec<Vec<usize>>,
    /// The prefixes by their components, if they are too many to look up each.
    tree: Option<PrefixTree>,
}

/// From this number of prefixes on, following the differences of two trees is faster than looking up each prefix.
const MANY_PREFIXES: usize = 8;

impl PrefixedSets {
    fn new(sets: &PathSets) -> Result<Self, Error> {
        let matchers = sets.iter().map(|(id, set)| Ok((id, Matcher::new(set)?)));
        let matchers = matchers.collect::<Result<Vec<_>, Error>>()?;
        let mut prefixes: Vec<String> =
            matchers.iter().flat_map(|(_, matcher)| matcher.filter.prefixes.clone()).collect();
        prefixes.sort();
        prefixes.dedup();
        let mut sets_of_prefix = vec![Vec::new(); prefixes.len()];
        for (set, (_, matcher)) in matchers.iter().enumerate() {
            for prefix in &matcher.filter.prefixes {
                let index = prefixes.binary_search(prefix).ok();
                index
                    .and_then(|index| sets_of_prefix.get_mut(index))
                    .into_iter()
                    .for_each(|sets| sets.push(set));
            }
        }
        let tree = (prefixes.len() >= MANY_PREFIXES).then(|| PrefixTree::new(&prefixes));
        Ok(Self { matchers, prefixes, sets_of_prefix, tree })
    }
}

/// The entries of a root tree at all prefixes: object ID and mode.
type PrefixEntries = Vec<Option<(ObjectId, u32)>>;

struct Query<'m> {
    sets: &'m PrefixedSets,
    trees: Trees,
    cache: IdMap<std::rc::Rc<PrefixEntries>>,
}

impl Query<'_> {
    fn prefix_entries(&mut self, root: Option<ObjectId>) -> Result<std::rc::Rc<PrefixEntries>, Error> {
        let prefixes = &self.sets.prefixes;
        let Some(root) = root else { return Ok(vec![None; prefixes.len()].into()) };
        if let Some(entries) = self.cache.get(&root) {
            return Ok(std::rc::Rc::clone(entries));
        }
        let found: Result<PrefixEntries, Error> =
            prefixes.iter().map(|prefix| self.trees.entry_at(root, prefix)).collect();
        let found = std::rc::Rc::new(found?);
        if self.cache.len() > 65_536 {
            self.cache.clear();
        }
        self.cache.insert(root, std::rc::Rc::clone(&found));
        Ok(found)
    }

    /// The indices of the prefixes that differ between two root trees.
    fn differing_prefixes(&mut self, old: Option<ObjectId>, new: ObjectId) -> Result<Vec<usize>, Error> {
        if let Some(tree) = &self.sets.tree {
            let mut found = Vec::new();
            tree.differing(&mut self.trees, (old, Some(new)), &mut found)?;
            return Ok(found);
        }
        let (before, after) = (self.prefix_entries(old)?, self.prefix_entries(Some(new))?);
        let entries = before.iter().zip(after.iter()).enumerate();
        Ok(entries.filter(|(_, (before, after))| before != after).map(|(index, _)| index).collect())
    }

    /// The path sets with a path that differs between two root trees, ascending.
    fn touched(&mut self, old: Option<ObjectId>, new: ObjectId) -> Result<Vec<PathSetId>, Error> {
        if old == Some(new) {
            return Ok(Vec::new());
        }
        let sets = self.sets;
        let prefixes = self.differing_prefixes(old, new)?;
        let candidates = prefixes.iter().filter_map(|prefix| sets.sets_of_prefix.get(*prefix)).flatten();
        let mut candidates: Vec<usize> = candidates.copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        let mut touched = Vec::new();
        for (set, matcher) in candidates.into_iter().filter_map(|set| sets.matchers.get(set)) {
            if matcher.whole || self.any_path(matcher, old, new)? {
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

/// The path sets of commits that touch no path, such as those of `git commit --allow-empty`.
pub type EmptyCommitSets<'f> = &'f (dyn Fn(&Commit) -> Vec<PathSetId> + Sync);

impl Repository {
    /// Sets `Commit::touches` of all `commits`, on several threads if there are many. A merge commit touches the path
    /// sets that differ from each of its parents. A commit with the tree of its only parent is counted as touching the
    /// sets that `empty` returns, ascending. Fastest if commits are sorted close to their parents.
    ///
    /// # Errors
    /// If a glob is not valid or an object cannot be read.
    pub fn compute_touches(
        &self,
        commits: &mut [Box<Commit>],
        sets: &PathSets,
        empty: EmptyCommitSets<'_>,
    ) -> Result<(), Error> {
        if sets.is_empty() || commits.is_empty() {
            return Ok(());
        }
        let sets = &PrefixedSets::new(sets)?;
        let roots: IdMap<ObjectId> = commits.iter().map(|commit| (commit.id, commit.tree)).collect();
        let threads = if commits.len() < 512 { 1 } else { thread_count() };
        let part = commits.len().div_ceil(threads);
        let (database, overrides) = (&self.object_database.get(), &self.overrides);
        let results: Vec<Result<(), Error>> = thread::scope(|scope| {
            let roots = &roots;
            let work =
                |part| scope.spawn(move || compute_part((database, overrides), part, (sets, roots), empty));
            let workers: Vec<_> = commits.chunks_mut(part).map(work).collect();
            let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
            joined.map(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        results.into_iter().collect()
    }

    /// Whether a commit has the tree of its only parent, or is a root commit without files.
    ///
    /// # Errors
    /// If the commit or its parent cannot be read.
    pub fn is_empty_commit(&self, commit: &Commit) -> Result<bool, Error> {
        let mut trees = Trees::new(Objects::new(self));
        Ok(match commit.parents.as_slice() {
            [] => commit.tree == EMPTY_TREE,
            [parent] => trees.root(&self.overrides, *parent)? == commit.tree,
            _ => false,
        })
    }
}

fn compute_part(
    (database, overrides): (&Arc<ObjectDatabase>, &Arc<HistoryOverrides>),
    commits: &mut [Box<Commit>],
    (sets, roots): (&PrefixedSets, &IdMap<ObjectId>),
    empty: EmptyCommitSets<'_>,
) -> Result<(), Error> {
    let trees = Trees::new(Objects::with_database(Arc::clone(database), Arc::clone(overrides)));
    let mut query = Query { sets, trees, cache: IdMap::default() };
    for commit in commits {
        let root = |query: &mut Query<'_>, parent: &ObjectId| match roots.get(parent) {
            Some(root) => Ok(*root),
            None => query.trees.root(overrides, *parent),
        };
        let first = commit.parents.first().map(|parent| root(&mut query, parent)).transpose()?;
        if commit.parents.len() < 2 && first.unwrap_or(EMPTY_TREE) == commit.tree {
            commit.touches = empty(commit).into();
            continue;
        }
        let mut touches = query.touched(first, commit.tree)?;
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::{
        super::tree_tests::{Files, files, written},
        *,
    };
    use crate::model::PathSet;

    /// A line of commits with these files.
    #[expect(clippy::vec_box, reason = "same type as the commits of windows")]
    fn commits(inner: &git2::Repository, versions: &[Files]) -> Vec<Box<Commit>> {
        let id = |number: usize| ObjectId::from_bytes([u8::try_from(number).unwrap(); 20]);
        let commit = |(number, files): (usize, &Files)| {
            Box::new(Commit {
                id: id(number),
                tree: written(inner, files),
                parents: number.checked_sub(1).map(id).into_iter().collect(),
                author: Arc::default(),
                author_time: Default::default(),
                committer_time: Default::default(),
                message: Box::default(),
                undecodable: false,
                touches: Default::default(),
            })
        };
        versions.iter().enumerate().map(commit).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn many_path_sets_are_touched_like_each_alone(versions in proptest::collection::vec(files(), 1..20)) {
            const PATTERNS: [&str; 12] =
                ["a", "a/x", "a/y", "a/y/z", "a0", "b/c/*", "b/c/e", "b", "c", ".", "**/x", "b/é 新"];
            let folder = tempfile::tempdir().unwrap();
            let inner = git2::Repository::init_bare(folder.path()).unwrap();
            let mut together = commits(&inner, &versions);
            let repository = Repository::open(folder.path()).unwrap();
            let set = |pattern: &str| PathSet { include: vec![pattern.to_owned()], exclude: vec!["b/c/d".to_owned()] };
            let mut sets = PathSets::default();
            let ids = PATTERNS.map(|pattern| sets.add(set(pattern)).unwrap());
            let nothing = |_: &Commit| Vec::new();
            repository.compute_touches(&mut together, &sets, &nothing).unwrap();
            for (pattern, id) in PATTERNS.into_iter().zip(ids) {
                let mut alone = commits(&inner, &versions);
                let mut one = PathSets::default();
                one.add(set(pattern)).unwrap();
                repository.compute_touches(&mut alone, &one, &nothing).unwrap();
                for (together, alone) in together.iter().zip(&alone) {
                    prop_assert_eq!(together.touches.contains(&id), !alone.touches.is_empty(), "{}", pattern);
                }
            }
        }
    }

    #[test]
    fn commit_without_changes_counts_as_touching_the_given_sets() {
        let folder = tempfile::tempdir().unwrap();
        let inner = git2::Repository::init_bare(folder.path()).unwrap();
        let one = Files::from([("a", 1)]);
        let mut commits = commits(&inner, &[Files::new(), one.clone(), one, Files::new()]);
        let repository = Repository::open(folder.path()).unwrap();
        let mut sets = PathSets::default();
        let id = sets.add(PathSet { include: vec!["b".to_owned()], exclude: Vec::new() }).unwrap();
        repository.compute_touches(&mut commits, &sets, &|_| vec![id]).unwrap();
        let touches: Vec<bool> = commits.iter().map(|commit| !commit.touches.is_empty()).collect();
        assert_eq!(touches, [true, false, true, false]);
    }
}
